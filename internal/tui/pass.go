package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// passDialog is the lead's pass over a group's items, one at a time: the same that
// archsync update asks in lines. It becomes one edit.
type passDialog struct {
	log     *synclog.Log
	pass    synclog.Pass
	today   string
	at      int // the item that is asked about; behind the last one stands the preview
	asks    passLine
	input   input
	fresh   board.Item // the new item that is being written down
	warned  bool       // that esc would lose what was said
	problem string
}

// passLine is what the line at the bottom of a pass is for.
type passLine int

const (
	askNothing passLine = iota
	askBy
	askDue
	askTitle
	askStatus
	askFreshDue
	askComponent
)

// checkIn begins the pass of the chosen group, or of the selected item's group.
func (m *Model) checkIn() tea.Cmd {
	group := m.board.target(m)
	if group == "" {
		m.say(roleWarn, "choose a group first, with the arrows left and right")
		return nil
	}
	pass, err := synclog.BeginPass(m.scene.log, group)
	if err != nil {
		m.say(roleError, failure(err))
		return nil
	}
	p := &passDialog{log: m.scene.log, pass: pass, today: m.scene.today}
	p.goTo(0)
	m.overlay = p
	return nil
}

// goTo asks about an item; behind the last one what is new is asked for, then comes
// the preview.
func (p *passDialog) goTo(at int) {
	if p.at = min(max(at, 0), len(p.pass.Items)); p.at == len(p.pass.Items) {
		p.ask(askTitle, "anything new or planned? › ", "")
	}
}

// item is the item that is asked about; ok is false on the preview.
func (p *passDialog) item() (it board.Item, ok bool) {
	if p.at >= len(p.pass.Items) {
		return board.Item{}, false
	}
	return p.pass.Items[p.at], true
}

func (p *passDialog) hints() []hint {
	if p.asks != askNothing {
		return []hint{{"enter", p.empty()}, {"esc", "back"}}
	}
	if _, ok := p.item(); !ok {
		return []hint{{"enter", "check in"}, {"n", "anything new or planned"}, {"<", "back"}, {"esc", "leave"}}
	}
	return []hint{{"enter", "keep"}, {"d", "done"}, {"b", "blocked"}, {"s", "slipped"}, {"x", "drop"}, {"o", "ongoing"}, {"<", "back"}, {"c", "the rest is so: check in"}}
}

// empty says what enter does to a line with nothing in it.
func (p *passDialog) empty() string {
	if p.input.value() != "" {
		return "go on"
	}
	switch p.asks {
	case askTitle:
		return "nothing more"
	case askStatus:
		return "planned"
	case askFreshDue:
		return "no date"
	case askComponent:
		return "no component"
	}
	return "go on"
}

func (p *passDialog) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	p.problem = ""
	if p.asks != askNothing {
		p.typed(k)
		return nil
	}
	key := k.String()
	if key != "esc" && key != "q" && key != "ctrl+c" {
		p.warned = false
	}
	switch key {
	case "esc", "q", "ctrl+c":
		p.leave(m)
	case "c", "ctrl+s":
		return p.save(m)
	case "<", "left", "backspace", "up":
		p.goTo(p.at - 1)
	default:
		if it, ok := p.item(); ok {
			p.judge(it, key)
		} else {
			return p.confirm(m, key)
		}
	}
	return nil
}

// leave throws away what was said, when that was asked for twice.
func (p *passDialog) leave(m *Model) {
	if len(p.pass.Said()) > 0 && !p.warned {
		p.warned = true
		p.problem = "esc again throws away what you said; c checks in with it"
		return
	}
	m.overlay = nil
}

// judge takes a key about an item.
func (p *passDialog) judge(it board.Item, key string) {
	verdicts := map[string]synclog.Verdict{"k": synclog.Keep, "d": synclog.Finish, "x": synclog.Drop, "o": synclog.Proceed}
	switch v, ok := verdicts[key]; {
	case key == "enter" || key == "right" || key == "down":
		p.goTo(p.at + 1)
	case ok && v == synclog.Proceed && it.Status == board.Ongoing:
		p.say(it, synclog.Answer{Verdict: synclog.Keep})
	case ok:
		p.say(it, synclog.Answer{Verdict: v})
	case key == "b":
		p.ask(askBy, "blocked by › ", "")
	case key == "s":
		p.ask(askDue, "slipped to › ", p.log.SlipsTo(it, p.today))
	default:
		p.problem = "enter keeps the item; d, b, s, x and o say what became of it"
	}
}

func (p *passDialog) say(it board.Item, a synclog.Answer) {
	p.pass = p.pass.Answer(it.ID, a)
	p.goTo(p.at + 1)
}

// confirm takes a key on the preview.
func (p *passDialog) confirm(m *Model, key string) tea.Cmd {
	switch key {
	case "enter", "y":
		return p.save(m)
	case "n":
		p.goTo(p.at)
	default:
		p.problem = "enter checks in; n writes a new item down"
	}
	return nil
}

func (p *passDialog) ask(q passLine, prompt, text string) {
	p.asks, p.input = q, newInput(prompt, text)
}

// typed takes a key of the line that is being written.
func (p *passDialog) typed(k tea.KeyMsg) {
	switch k.String() {
	case "esc", "ctrl+c":
		p.asks = askNothing
	case "enter":
		p.answered(strings.TrimSpace(p.input.value()))
	default:
		p.input.update(k)
	}
}

func (p *passDialog) answered(text string) {
	it, _ := p.item()
	switch p.asks {
	case askBy:
		p.asks = askNothing
		p.say(it, synclog.Answer{Verdict: synclog.Block, By: text})
	case askDue:
		due, err := synclog.ParseDue(text, p.today)
		if err != nil {
			p.problem = failure(err)
			return
		}
		p.asks = askNothing
		p.say(it, synclog.Answer{Verdict: synclog.Slip, Due: due})
	case askTitle:
		if p.asks = askNothing; text != "" {
			p.fresh = board.Item{Title: text, Since: p.today}
			p.ask(askStatus, "p planned, o ongoing, b blocked, d done › ", "")
		}
	case askStatus:
		p.status(text)
	case askFreshDue:
		p.freshDue(text)
	case askComponent:
		p.component(text)
	}
}

func (p *passDialog) status(text string) {
	status, err := synclog.ParseNewStatus(text)
	if err != nil {
		p.problem = failure(err)
		return
	}
	p.fresh.Status = status
	p.ask(askFreshDue, "due, as 04-02, 10d or 2w › ", "")
}

func (p *passDialog) freshDue(text string) {
	if text != "" {
		due, err := synclog.ParseDue(text, p.today)
		if err != nil {
			p.problem = failure(err)
			return
		}
		p.fresh.Due = due
	}
	p.askComponent()
}

// askComponent goes on to the component of a new item where there is an architecture.
func (p *passDialog) askComponent() {
	if p.log.Main() == nil {
		p.add()
		return
	}
	prompt := "component, by a part of its name › "
	if len(p.fresh.Touches) > 0 {
		prompt = "touches " + strings.Join(p.fresh.Touches, ", ") + "; another › "
	}
	p.ask(askComponent, prompt, "")
}

// component takes the first of what is offered; an empty line is the last.
func (p *passDialog) component(text string) {
	found := p.log.Offer(text)
	switch {
	case text == "":
		p.add()
	case len(found) == 0:
		p.problem = "no component is called so; an empty line is none"
	default:
		if !slices.Contains(p.fresh.Touches, found[0]) {
			p.fresh.Touches = append(p.fresh.Touches, found[0])
		}
		p.askComponent()
	}
}

// add writes the new item down, and asks for the next. It gets its id when it is written.
func (p *passDialog) add() {
	p.pass = p.pass.Add(p.fresh)
	p.goTo(p.at)
}

// save queues the pass as one edit of the board as it is by then.
func (p *passDialog) save(m *Model) tea.Cmd {
	m.overlay = nil
	about := "checked_in " + p.pass.Group
	if len(p.pass.Said()) > 0 {
		about = "" // what it says of items is not replaced by a later check-in
	}
	pass := p.pass
	return m.enqueue(func(m *Model) tea.Cmd {
		ctx, log, now, newID := m.ctx, m.log, m.host.Now, m.host.NewID
		return func() tea.Msg {
			e, notices, err := passEdit(ctx, log, now, newID, pass)
			if err == nil && !e.Empty() {
				err = log.Write(e)
			}
			return writtenMsg{deed: deed{edit: e, about: about}, notices: notices, err: err, stamp: log.Stamp()}
		}
	})
}

// passEdit makes the edit of a pass, on one line of words, and says what was overtaken.
func passEdit(ctx context.Context, log Log, now func() time.Time, newID func() (string, error), pass synclog.Pass) (synclog.Edit, []string, error) {
	l, err := log.Read(ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.Board)
	if err != nil {
		return synclog.Edit{}, nil, err
	}
	if pass, err = withIDs(l, newID, pass); err != nil {
		return synclog.Edit{}, nil, err
	}
	e, overtaken, err := pass.Edit(l, now().In(l.Config.Location()).Format(time.DateOnly), true)
	e.Summary = strings.ReplaceAll(strings.Replace(e.Summary, "\n\n- ", ": ", 1), "\n- ", ", ")
	var notices []string
	for _, title := range overtaken {
		notices = append(notices, title+" was changed meanwhile, and is left as it is")
	}
	return e, notices, err
}

// withIDs gives the new items of a pass ids that are free.
func withIDs(l *synclog.Log, newID func() (string, error), pass synclog.Pass) (synclog.Pass, error) {
	items := pass.Added()
	for range items {
		pass = pass.DropLast()
	}
	var taken []string
	for _, it := range items {
		for {
			id, err := freeID(l, newID)
			if err != nil {
				return pass, err
			}
			if !slices.Contains(taken, id) {
				it.ID, taken = id, append(taken, id)
				break
			}
		}
		pass = pass.Add(it)
	}
	return pass, nil
}

// widestPass is how wide the pass is drawn where there is room.
const widestPass = 76

func (p *passDialog) view(_ *Model, w, h int) box {
	inside := max(min(widestPass, w-4), 1)
	it, ok := p.item()
	title := p.pass.Group + ": " + itoa(p.at+1) + " of " + itoa(len(p.pass.Items))
	if !ok {
		title = p.pass.Group + ": what the sync will see"
	}
	lines := p.previewLines(inside, max(h-8, 1))
	if ok {
		lines = p.itemLines(it, inside)
	}
	if p.asks != askNothing {
		lines = append(lines, nil, p.input.line(inside))
		lines = append(lines, p.offered()...)
	}
	if p.problem != "" {
		lines = append(lines, nil)
		lines = append(lines, wrapLine(nil, roleWarn, p.problem, inside)...)
	}
	return box{title: title, lines: lines, width: inside}
}

func (p *passDialog) itemLines(it board.Item, w int) []line {
	lines := wrapLine(nil, roleText, plain.Line(it.Title), w)
	facts := []string{string(it.Status), prefix("since ", it.Since), prefix("due ", it.Due), shortPerson(it.Owner), prefix("blocked by ", strings.Join(it.BlockedBy, ", ")), strings.Join(it.Touches, ", ")}
	facts = slices.DeleteFunc(facts, func(s string) bool { return s == "" })
	lines = append(lines, wrapLine(nil, roleMuted, plain.Line(strings.Join(facts, ", ")), w)...)
	if a := p.pass.AnswerOf(it.ID); a.Verdict != synclog.Keep {
		lines = append(lines, line{say(roleChanged, "you said: "+string(a.Verdict)+"; k keeps it as it is")})
	}
	return append(append(lines, nil), hintLines(p.hints(), w)...)
}

// hintLines are keys with what they do, as many on a line as it holds.
func hintLines(hints []hint, w int) []line {
	const gap = 3
	lines := []line{nil}
	used := 0
	for _, h := range hints {
		wide := cells(h.key) + 1 + cells(h.what)
		last := len(lines) - 1
		switch {
		case used > 0 && used+gap+wide > w:
			lines, last, used = append(lines, nil), last+1, 0
		case used > 0:
			lines[last], used = append(lines[last], say(roleText, blanks(gap))), used+gap
		}
		lines[last] = append(lines[last], say(roleKey, h.key), say(roleText, " "+h.what))
		used += wide
	}
	return lines
}

func prefix(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func (p *passDialog) previewLines(w, rows int) []line {
	var lines []line
	for _, said := range p.pass.Said() {
		lines = append(lines, line{say(roleText, "• "), quote(roleText, said)}.fit(w))
	}
	if len(lines) == 0 {
		lines = []line{{say(roleMuted, "no changes: the group has been over its items")}}
	}
	if len(lines) > rows {
		lines = append(lines[:rows-1:rows-1], line{say(roleFaint, "  and "+plural(len(lines)-rows+1, "more"))})
	}
	return append(append(lines, nil), hintLines(p.hints(), w)...)
}

// mostOffered is how many components are offered for a part of a name.
const mostOffered = 5

// offered are the components that fit what is written so far; enter takes the first.
func (p *passDialog) offered() []line {
	if p.asks != askComponent {
		return nil
	}
	found := p.log.Offer(p.input.value())
	var lines []line
	for i, key := range found[:min(len(found), mostOffered)] {
		r := roleMuted
		if i == 0 {
			r = roleText
		}
		lines = append(lines, line{say(roleFaint, "  "), quote(r, key)})
	}
	return lines
}
