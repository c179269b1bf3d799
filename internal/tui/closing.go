package tui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/plain"
)

// Closing is the close of a sync that was planned and not carried out yet.
type Closing struct {
	Date    string
	Minutes string   // Markdown, as it will be recorded
	Facts   []string // what will be recorded, tagged and cleared: headings, and entries that begin with a blank
	Notices []string // what does not keep it from being closed

	// Record carries the plan out with the minutes as they were edited, and gives what
	// did not work, though the sync is closed. It fails when the log changed since.
	Record func(ctx context.Context, minutes string) (notices []string, err error)
}

// closingDialog shows what closing the sync records, lets the host edit the minutes,
// and closes it.
type closingDialog struct {
	plan    *Closing // nil while it is made
	minutes string
	problem string
	busy    bool
	scroll  int
}

type (
	plannedMsg struct {
		plan Closing
		err  error
	}
	editedMsg struct {
		text string
		err  error
	}
	closedMsg struct {
		date    string
		notices []string
		stamp   uint64 // of the log behind it: what was seen to change then is told
		err     error
	}
)

func (m *Model) openClosing() tea.Cmd {
	if m.busy || len(m.queue) > 0 {
		m.say(roleWarn, "an edit is still being written: once more")
		return nil
	}
	m.overlay = &closingDialog{}
	return m.planClosing()
}

func (m *Model) planClosing() tea.Cmd {
	ctx, date, plan := m.ctx, m.sync.running.Date, m.host.PlanClose
	return func() tea.Msg {
		p, err := plan(ctx, date)
		return plannedMsg{p, err}
	}
}

func (d *closingDialog) hints() []hint {
	switch {
	case d.plan == nil:
		return []hint{{"esc", "back"}}
	case d.busy:
		return nil
	}
	return []hint{{"enter", "close the sync"}, {"E", "edit the minutes"}, {"↑↓", "scroll"}, {"esc", "not yet"}}
}

func (d *closingDialog) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case plannedMsg:
		d.onPlan(msg)
	case editedMsg:
		d.onEdited(msg)
	case closedMsg:
		return d.onClosed(m, msg)
	case tea.KeyMsg:
		if !d.busy {
			return d.onKey(m, msg.String())
		}
	}
	return nil
}

func (d *closingDialog) onPlan(msg plannedMsg) {
	if msg.err != nil {
		d.problem = failure(msg.err)
		return
	}
	d.plan, d.minutes = &msg.plan, msg.plan.Minutes
}

func (d *closingDialog) onEdited(msg editedMsg) {
	switch {
	case msg.err != nil:
		d.problem = failure(msg.err)
	case strings.TrimSpace(msg.text) == "":
		d.problem = "the minutes were emptied: they stay as they were"
	default:
		d.minutes = msg.text
	}
}

func (d *closingDialog) onKey(m *Model, key string) tea.Cmd {
	switch key {
	case "esc", "q":
		m.overlay = nil
	case "up", "k":
		d.scroll = max(d.scroll-1, 0)
	case "down", "j":
		d.scroll++
	case "pgup":
		d.scroll = max(d.scroll-m.page(), 0)
	case "pgdown", " ":
		d.scroll += m.page()
	case "E":
		return d.edit(m)
	case "enter":
		return d.record(m)
	}
	return nil
}

func (d *closingDialog) edit(m *Model) tea.Cmd {
	switch {
	case d.plan == nil:
		return nil
	case m.host.EditText == nil:
		d.problem = "there is no editor here: set EDITOR"
		return nil
	}
	d.problem = ""
	return m.host.EditText("minutes-"+d.plan.Date, d.minutes, func(text string, err error) tea.Msg { return editedMsg{text, err} })
}

func (d *closingDialog) record(m *Model) tea.Cmd {
	if d.plan == nil {
		return nil
	}
	d.busy, d.problem = true, ""
	ctx, log, record, minutes, date := m.ctx, m.log, d.plan.Record, d.minutes, d.plan.Date
	return func() tea.Msg {
		notices, err := record(ctx, minutes)
		return closedMsg{date, notices, log.Stamp(), err}
	}
}

func (d *closingDialog) onClosed(m *Model, msg closedMsg) tea.Cmd {
	if msg.err != nil { // what changed underneath is planned again
		d.busy, d.plan, d.problem = false, nil, failure(msg.err)
		return tea.Batch(m.refresh(), m.planClosing())
	}
	m.overlay = nil
	m.settleWrite(msg.stamp)
	// What was edited is part of the snapshot, which only reopening takes back.
	m.done, m.undone, m.unsaved = nil, nil, nil
	m.say(roleAdded, "the sync of "+msg.date+" is closed; [ shows its minutes"+prefixedLine("; ", msg.notices))
	return tea.Batch(m.refresh(), m.readRunning())
}

func prefixedLine(prefix string, notices []string) string {
	if len(notices) == 0 {
		return ""
	}
	return prefix + plain.Line(strings.Join(notices, "; "))
}

func (d *closingDialog) view(_ *Model, w, h int) box {
	inside := max(min(96, w-4), 1)
	var lines []line
	switch {
	case d.problem != "":
		lines = append(lines, wrapLine(nil, roleError, plain.Line(d.problem), inside)...)
		lines = append(lines, nil)
	case d.busy:
		lines = append(lines, line{say(roleMuted, "closing …")}, nil)
	case d.plan == nil:
		lines = append(lines, line{say(roleMuted, "computing the minutes …")})
	}
	if d.plan == nil {
		return box{title: "Close the sync", lines: lines, width: inside}
	}
	text := append(wrapLine(nil, roleText, "Nothing is written yet. Enter records what stands here, in a commit with a tag.", inside), nil)
	for _, n := range d.plan.Notices {
		lines = append(lines, wrapLine(line{say(roleWarn, "! ")}, roleWarn, plain.Line(n), inside)...)
	}
	for _, f := range d.plan.Facts {
		first := line{}
		if strings.HasPrefix(f, " ") {
			first = line{say(roleFaint, "• ")}
		}
		text = append(text, wrapLine(first, roleMuted, plain.Line(strings.TrimSpace(f)), inside)...)
	}
	text = append(append(text, nil), textLines(markdown.Text(d.minutes), inside)...)
	room := max(h-len(lines)-2, 3)
	return box{title: "Close the sync of " + d.plan.Date, lines: append(lines, scrolled(text, d.scroll, min(room, len(text)))...), width: inside}
}
