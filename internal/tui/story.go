package tui

import (
	"cmp"
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// story is the biography of what was selected, in front of the screen.
type story struct {
	subject   chronicle.Subject
	biography chronicle.Biography
	known     bool
	fault     string
	at        int // of the chapters, the newest first
}

// storyMsg is a biography that was read, with the chronicle that it is from.
type storyMsg struct {
	generation int
	subject    chronicle.Subject
	chronicle  *chronicle.Chronicle
	biography  chronicle.Biography
	found      bool
	err        error
}

// openStory opens the biography of what is selected. In the history that is one of the
// things that a sync changed: it is asked which.
func (m *Model) openStory() tea.Cmd {
	if m.at == onHistory {
		m.overlay = newPicker("Why: what changed, "+m.name(m.history.at), m.changedChoices())
		return nil
	}
	subject, _ := m.subject()
	return m.tell(subject)
}

// changedChoices are what the selected sync changed, as stories to open.
func (m *Model) changedChoices() []choice {
	diff, _ := m.changesOf(m.history.at)
	var choices []choice
	for _, part := range []struct {
		kind    chronicle.Kind
		changes []change.Change
	}{
		{chronicle.Item, diff.Items}, {chronicle.Decision, diff.Decisions},
		{chronicle.Component, diff.Components}, {chronicle.Connection, diff.Connections},
	} {
		for _, facts := range synclog.BySubject(part.changes) {
			s := chronicle.Subject{Kind: part.kind, ID: facts[0].Subject}
			label := s.ID
			if title := facts[0].Title; title != "" && title != s.ID {
				label = title + "  " + s.ID
			}
			choices = append(choices, choice{label: label, hint: string(s.Kind), do: func(m *Model) tea.Cmd { return m.tell(s) }})
		}
	}
	return choices
}

// tell opens the biography of a subject.
func (m *Model) tell(subject chronicle.Subject) tea.Cmd {
	m.overlay = &story{subject: subject}
	q := storyQuestion{ctx: m.ctx, log: m.log, memo: m.host.Memo, generation: m.generation, subject: subject}
	if m.chronicleOf == m.generation {
		q.known = m.chronicle
	}
	return q.answer
}

// noStory is why there is no biography to open.
func (m *Model) noStory() string {
	if !m.known || m.scene == nil {
		return "the log is still being read"
	}
	if m.at == onHistory {
		if len(m.changedChoices()) == 0 {
			return "the selected sync changed nothing that has a story"
		}
		return ""
	}
	if _, ok := m.subject(); !ok {
		return "select an item, component, connection or group to be told of"
	}
	return ""
}

// subject is what is selected, as a chronicle names it.
func (m *Model) subject() (chronicle.Subject, bool) {
	if m.scene == nil {
		return chronicle.Subject{}, false
	}
	switch m.at {
	case onBoard:
		if r := m.board.selected(m); r != nil {
			return chronicle.Subject{Kind: chronicle.Item, ID: r.item.ID}, true
		}
		return chronicle.Subject{Kind: chronicle.Group, ID: m.board.group}, m.board.group != ""
	case onArch:
		r, ok := m.arch.selected(m)
		if !ok || r.node == nil || r.tree.diagram == nil || r.node.Kind == diagram.LayerNode {
			return chronicle.Subject{}, false
		}
		kind := chronicle.Component
		if r.node.Kind == diagram.ConnectionNode {
			kind = chronicle.Connection
		}
		return chronicle.Subject{Kind: kind, ID: m.scene.log.Name(r.tree.diagram, r.node.ID)}, true
	}
	return chronicle.Subject{}, false
}

// storyQuestion holds the values that a biography is read from.
type storyQuestion struct {
	ctx        context.Context
	log        Log
	memo       chronicle.Memo
	generation int
	subject    chronicle.Subject
	known      *chronicle.Chronicle
}

func (q storyQuestion) answer() tea.Msg {
	msg := storyMsg{generation: q.generation, subject: q.subject, chronicle: q.known}
	if msg.chronicle == nil {
		if msg.chronicle, msg.err = q.read(); msg.err != nil {
			return msg
		}
	}
	if msg.biography, msg.found = msg.chronicle.Biography(q.subject); msg.found {
		msg.err = msg.chronicle.Attribute(q.ctx, &msg.biography, q.log.Commits(present()))
	}
	return msg
}

// read is everything that happened up to the present.
func (q storyQuestion) read() (*chronicle.Chronicle, error) {
	past, err := q.log.Past(q.ctx, present(), q.memo)
	if err != nil {
		return nil, err
	}
	return past.Chronicle(q.ctx)
}

// present is the moment that stories end with.
func present() history.Moment { return history.Moment{Expr: nowKey, Kind: history.Now} }

func (m *Model) onStory(msg storyMsg) {
	if msg.generation != m.generation {
		if s, open := m.overlay.(*story); open && s.subject == msg.subject && !s.known {
			m.overlay = nil
			m.say(roleMuted, "the log changed meanwhile: press w again")
		}
		return
	}
	m.learn(msg.chronicle)
	s, open := m.overlay.(*story)
	if !open || s.subject != msg.subject {
		return
	}
	switch {
	case msg.err != nil:
		s.fault = failure(msg.err)
	case !msg.found:
		s.fault = "nothing is known of it"
	default:
		s.biography, s.known = msg.biography, true
	}
	m.mark()
}

func (s *story) hints() []hint {
	return []hint{{"↑↓", "select"}, {"enter", "travel there"}, {"esc", "close"}}
}

func (s *story) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	last := max(len(s.biography.Story)-1, 0)
	switch k.String() {
	case "up", "k":
		s.at--
	case "down", "j":
		s.at++
	case "pgup":
		s.at -= max(m.page()/4, 1)
	case "pgdown", " ":
		s.at += max(m.page()/4, 1)
	case "home":
		s.at = 0
	case "end":
		s.at = last
	case "enter":
		return s.travel(m)
	case "esc", "q", "w":
		m.overlay = nil
	}
	s.at = min(max(s.at, 0), last)
	return nil
}

// travel takes the cursor to the sync of the selected chapter.
func (s *story) travel(m *Model) tea.Cmd {
	if !s.known || len(s.biography.Story) == 0 {
		return nil
	}
	m.overlay = nil
	to, ok := m.placeOf(s.chapter().At)
	if !ok {
		m.say(roleWarn, "that sync is no longer in the timeline")
		return nil
	}
	return m.travel(to)
}

// chapter is the selected one.
func (s *story) chapter() chronicle.Chapter {
	return s.biography.Story[len(s.biography.Story)-1-s.at]
}

// placeOf is where a snapshot stands in the timeline; the zero Snapshot is now.
func (m *Model) placeOf(s chronicle.Snapshot) (place, bool) {
	if s == (chronicle.Snapshot{}) {
		return m.now(), true
	}
	for i, t := range m.timeline {
		if t.Commit == s.Commit {
			return place(i), true
		}
	}
	return 0, false
}

func (s *story) view(_ *Model, w, h int) box {
	inside := min(78, w-4)
	b := box{title: "Why: " + s.subject.ID, width: inside}
	switch {
	case s.fault != "":
		b.lines = wrapLine(nil, roleError, s.fault, inside)
	case !s.known:
		b.lines = []line{{say(roleMuted, "reading its story …")}}
	default:
		lines, at := s.lines(inside)
		b.lines = window(lines, at, max(h-2, 1))
	}
	return b
}

// lines are the whole story, and the line at which the selected chapter ends.
func (s *story) lines(w int) (lines []line, at int) {
	d := detail{width: w}
	d.title(cmp.Or(s.biography.Title, s.subject.ID), false)
	for _, l := range s.biography.Lives {
		d.field("there", roleText, lifeText(l))
	}
	for _, n := range s.biography.Names[:len(s.biography.Names)-1] {
		d.field("was called", roleText, n.ID)
	}
	d.field("last shown", roleText, cmp.Or(s.biography.Shown.Date, "at no sync yet"))
	d.links("owned by", s.biography.Owners)
	d.links("waits for", s.biography.Waits)
	d.links("in force", s.biography.InForce())
	d.add(nil)
	for i := range s.biography.Story {
		ch := s.biography.Story[len(s.biography.Story)-1-i]
		chosen := i == s.at
		from := len(d.lines)
		d.chapter(ch, chosen)
		if chosen {
			d.lines[from] = d.lines[from].fit(w).selected()
			at = from + min(len(d.lines)-1-from, 3)
		}
	}
	return d.lines, at
}

func lifeText(l chronicle.Life) string {
	text := "since " + cmp.Or(l.From.Date, "the last sync")
	if !l.Open {
		text += ", gone " + cmp.Or(l.To.Date, "since the last sync")
	}
	return text
}

func (d *detail) links(name string, links []chronicle.Link) {
	var names []string
	for _, l := range links {
		names = append(names, linkText(l))
	}
	d.list(name, names)
}

// linkText names a linked subject.
func linkText(l chronicle.Link) string {
	text := strings.TrimSpace(string(l.Kind) + " " + l.ID)
	if l.Title != l.ID {
		text = strings.TrimSpace(text + " " + l.Title)
	}
	if l.State != "" {
		text += " (" + l.State + ")"
	}
	return text
}

// chapter lists what happened at a sync, who wrote it and what it has to do with.
func (d *detail) chapter(ch chronicle.Chapter, chosen bool) {
	date := cmp.Or(ch.At.Date, nowKey)
	for _, e := range ch.Events {
		first := line{say(roleAccent, bar(chosen)), say(roleMuted, fitText(plain.Line(date), 10)+" "), mark(e.Kind), say(roleText, " ")}
		d.add(wrapLine(first, roleText, plain.Line(e.Words()), d.width-1)...)
		date = ""
	}
	under := line{say(roleText, blanks(14))}
	for _, c := range ch.Commits {
		d.add(wrapLine(under, roleMuted, plain.Line("by "+c.Author+", "+c.Summary), d.width-1)...)
	}
	guesses := 0
	for _, l := range ch.Links {
		switch {
		case l.Sure() && len(l.Change) > 0:
			d.add(wrapLine(under, roleText, plain.Line("with "+linkText(l)), d.width-1)...)
		case !l.Sure() && l.Basis != chronicle.BasisSync && guesses < 2:
			guesses++
			d.add(wrapLine(under, roleFaint, plain.Line("perhaps "+linkText(l)), d.width-1)...)
		}
	}
}

// marks say of the selected subject at which syncs it was there and changed.
type marks struct {
	subject chronicle.Subject
	there   map[string]bool // by key of a place
	changed map[string]bool
}

// pastMsg is all that happened, read when nothing else is left to read.
type pastMsg struct {
	generation int
	chronicle  *chronicle.Chronicle
}

// readPast reads what the timeline's marks are of, once the timeline is drawn and where
// no story has read it. What cannot be read is told when a story asks for it.
func (m *Model) readPast() tea.Cmd {
	if m.chronicleOf == m.generation && m.chronicle != nil || len(m.timeline) == 0 {
		return nil
	}
	q := storyQuestion{ctx: m.ctx, log: m.log, memo: m.host.Memo, generation: m.generation}
	return func() tea.Msg {
		c, err := q.read()
		if err != nil {
			return nil
		}
		return pastMsg{q.generation, c}
	}
}

func (m *Model) onPast(msg pastMsg) {
	if msg.generation == m.generation {
		m.learn(msg.chronicle)
	}
}

// learn takes over what happened up to the present.
func (m *Model) learn(c *chronicle.Chronicle) {
	m.chronicle, m.chronicleOf, m.marks = c, m.generation, marks{}
}

// mark follows the selection, once the past is known.
func (m *Model) mark() {
	subject, ok := m.subject()
	switch {
	case m.chronicle == nil || !ok:
		m.marks = marks{}
		return
	case m.marks.subject == subject:
		return
	}
	m.marks = marks{subject: subject, there: map[string]bool{}, changed: map[string]bool{}}
	for _, at := range m.chronicle.Appearances(subject) {
		key := cmp.Or(at.Snapshot.Commit, nowKey)
		m.marks.there[key], m.marks.changed[key] = at.There, at.Changed != ""
	}
}

// markOf is how a tick shows the selected subject: "" where it was there and did not
// change, so that the tick says what else did, and where the past is not known.
func (m *Model) markOf(p place) (sign string, r role) {
	switch key := m.key(p); {
	case m.marks.subject == (chronicle.Subject{}):
		return "", roleText
	case m.marks.changed[key]:
		return "●", roleAccent
	case m.marks.there[key]:
		return "", roleText
	}
	return "·", roleFaint
}
