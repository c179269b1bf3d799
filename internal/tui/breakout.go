package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// breakoutForm asks for what is taken out of the sync: a topic, who should talk about
// it, and a line of what was said. The sync goes on behind it.
type breakoutForm struct {
	huh     *huh.Form
	fields  []huh.Field
	width   int // that the fields were last told
	answers *breakoutAnswers
	origin  meeting.Breakout // where it comes from
	problem string
}

type breakoutAnswers struct{ topic, people, line string }

// breakoutMsg is a breakout that was written, or not.
type breakoutMsg struct {
	written writtenMsg
	noted   runningMsg // that the sync has it
	form    *breakoutForm
}

func (m *Model) openBreakout() tea.Cmd {
	s := &m.sync
	origin := meeting.Breakout{Sync: s.running.Date}
	if t, ok := s.turn(m); ok {
		origin.Group = t.Group.ID
		if it, chosen := s.selectedItem(m); chosen {
			origin.Items, origin.Components = []string{it.ID}, it.Touches
		}
	}
	a := &breakoutAnswers{}
	if s.prepared != nil {
		a.people = joinPeople(s.prepared.Now.Concerned(origin.Group, origin.Items, origin.Components))
	}
	topic := huh.NewInput().Title(fitText("Topic", fieldLabel)).Inline(true).Prompt("").Placeholder("what is to be discussed").Value(&a.topic)
	people := huh.NewInput().Title(fitText("People", fieldLabel)).Inline(true).Prompt("").Placeholder("who, with commas").Value(&a.people).Suggestions(filterPeople(m.scene))
	line := huh.NewInput().Title(fitText("In a line", fieldLabel)).Inline(true).Prompt("").Placeholder("what was said, if need be").Value(&a.line)
	f := &breakoutForm{answers: a, origin: origin, fields: []huh.Field{topic, people, line}}
	f.huh = huh.NewForm(huh.NewGroup(f.fields...)).WithTheme(m.theme.form()).WithKeyMap(formKeys()).WithShowHelp(false).WithShowErrors(false)
	f.resize(m.width)
	m.overlay = f
	return f.huh.Init()
}

// joinPeople writes the names of people with commas, without their addresses.
func joinPeople(people []string) string {
	var names []string
	for _, p := range people {
		if name := shortPerson(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return joinList(names)
}

func (f *breakoutForm) hints() []hint {
	return []hint{{"enter", "next, then open it"}, {"ctrl+s", "open it"}, {"esc", "cancel"}}
}

func (f *breakoutForm) resize(w int) {
	if inside := formWidth(w); inside != f.width {
		f.width = inside
		f.huh.WithWidth(max(inside-1, 1))
	}
}

func (f *breakoutForm) update(m *Model, msg tea.Msg) tea.Cmd {
	f.resize(m.width)
	if k, ok := msg.(tea.KeyMsg); ok {
		f.problem = ""
		last := f.huh.GetFocusedField() == f.fields[len(f.fields)-1]
		switch key := k.String(); {
		case key == "ctrl+s", key == "enter" && last:
			return f.submit(m)
		case key == "esc", key == "ctrl+c":
			m.overlay = nil
			return nil
		case key == "tab" && last:
			return nil // it would end the form
		}
	}
	next, cmd := f.huh.Update(msg)
	if form, ok := next.(*huh.Form); ok {
		f.huh = form
	}
	return cmd
}

func (f *breakoutForm) submit(m *Model) tea.Cmd {
	b := f.origin
	b.Topic, b.People = strings.TrimSpace(f.answers.topic), splitList(f.answers.people)
	if b.Topic == "" {
		f.problem = "a breakout needs a topic"
		return nil
	}
	if line := strings.TrimSpace(f.answers.line); line != "" {
		b.Notes = "\n" + line + "\n"
	}
	m.overlay = nil
	w := breakoutWrite{m.ctx, m.log, b, f, m.host.Holder.ID, m.host.Now()}
	return m.enqueue(func(*Model) tea.Cmd { return w.write })
}

// breakoutWrite holds the values that a breakout is written from.
type breakoutWrite struct {
	ctx      context.Context
	log      Log
	breakout meeting.Breakout
	form     *breakoutForm
	holder   string
	now      time.Time
}

// write makes the file and notes it in the running sync, so that what is shown as
// taken out is in both.
func (w breakoutWrite) write() tea.Msg {
	msg := breakoutMsg{form: w.form}
	b := w.breakout
	l, err := w.log.Read(w.ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.All)
	if err == nil {
		if msg.written.deed.edit, b, err = synclog.OpenBreakout(l, b); err == nil {
			err = w.log.Write(msg.written.deed.edit)
		}
	}
	if msg.written.err = err; err == nil {
		open := driven(w.holder, w.now, func(r meeting.Running) meeting.Running { return r.Open(b.ID) })
		msg.noted.running, msg.noted.err = w.log.UpdateRunning(open)
	}
	msg.written.stamp = w.log.Stamp()
	return msg
}

func (m *Model) onBreakout(msg breakoutMsg) tea.Cmd {
	cmd := m.onWritten(msg.written)
	if msg.written.err != nil {
		msg.form.problem = failure(msg.written.err)
		m.overlay = msg.form
		return cmd
	}
	return tea.Batch(cmd, m.onRunning(msg.noted))
}

func (f *breakoutForm) view(m *Model, w, h int) box {
	inside := formWidth(w)
	var rows []string
	for _, field := range f.fields {
		for row := range strings.SplitSeq(field.View(), "\n") {
			rows = append(rows, cutRow(row, inside))
		}
	}
	last := wrapLine(line{say(roleText, "  ")}, roleFaint, "it becomes a file of its own, and stays on every agenda until it has an outcome", inside)
	if f.problem != "" {
		last = wrapLine(line{say(roleText, "  ")}, roleError, plain.Line(f.problem), inside)
	}
	for _, l := range last {
		rows = append(rows, m.theme.draw(l.fit(inside)))
	}
	return box{title: "Breakout", drawn: rows, width: inside}
}
