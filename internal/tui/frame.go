package tui

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/plain"
)

// Heights from which the frame has its parts. Below, the body comes first.
const (
	fullFrame  = 16 // header, tabs, notes, two lines of timeline, footer
	shortFrame = 9  // the timeline in one line
	smallFrame = 5  // header, notes, footer
)

// frameRows is how many lines of a screen h lines high are not the body.
func frameRows(h int) int {
	switch {
	case h >= fullFrame:
		return 6
	case h >= shortFrame:
		return 5
	case h >= smallFrame:
		return 3
	}
	return min(h, 1)
}

// bodyRows is how many lines of the screen are the screen's own, bodyTop the first.
func (m *Model) bodyRows() int { return m.height - frameRows(m.height) }

func (m *Model) bodyTop() int {
	if m.height >= shortFrame {
		return 2
	}
	return 1
}

// View is the whole screen at the size that the terminal last told.
func (m *Model) View() string { return m.render(m.width, m.height) }

// render is the whole screen: exactly h lines, none wider than w cells.
func (m *Model) render(w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	m = m.begun()
	bodyRows := h - frameRows(h)
	rows := make([]string, 0, h)
	add := func(lines ...line) {
		for _, l := range lines {
			rows = append(rows, m.theme.draw(l.fit(w)))
		}
	}
	add(m.header(w))
	if h >= shortFrame {
		add(m.tabs(w))
	}
	rows = append(rows, m.body(w, bodyRows)...)
	if h >= smallFrame {
		add(m.notes(w))
	}
	switch {
	case h >= fullFrame:
		add(m.timelineBar(w)...)
	case h >= shortFrame:
		add(m.timelineTicks(w))
	}
	if h >= smallFrame {
		add(m.footer(w))
	}
	return m.theme.spell(strings.Join(rows[:min(len(rows), h)], "\n"))
}

// begun is the model as it is shown: with the board that it began with as long as
// nothing else was read. Keys wait for what is read.
func (m *Model) begun() *Model {
	if m.first == nil || m.scene != nil || m.at != onBoard || !m.isNow() {
		return m
	}
	shown := *m
	shown.scene = m.first
	shown.board.settle(&shown)
	return &shown
}

// body draws the screen, and what lies over it.
func (m *Model) body(w, h int) []string {
	if h <= 0 {
		return nil
	}
	rows := make([]string, h)
	for i, l := range height(m.picture(w, h), h) {
		rows[i] = m.theme.draw(l.fit(w))
	}
	if m.overlay == nil {
		return rows
	}
	b := m.overlay.view(m, w, h).draw(m.theme, w, h)
	if len(b) == 0 {
		return rows
	}
	top := max((h-len(b))/3, 0)
	if _, low := m.overlay.(*filterLine); low { // what it does should be seen
		top = h - len(b)
	}
	return cover(rows, b, (w-cells(b[0]))/2, top)
}

// picture is the screen in the state that it is in.
func (m *Model) picture(w, h int) []line {
	switch {
	case m.failed() != nil:
		return centred(m.failurePicture(w), w, h)
	case m.scene == nil:
		return centred([]line{{say(roleMuted, "reading "+m.loadingName()+" …")}}, w, h)
	}
	return m.screen().view(m, w, h)
}

func (m *Model) loadingName() string {
	if !m.known {
		return "the log"
	}
	return m.name(m.cursor)
}

func (m *Model) failurePicture(w int) []line {
	what := m.name(m.cursor)
	if m.failure != nil {
		what = "the timeline"
	}
	block := []line{{say(roleError, what+" cannot be read")}, nil}
	for _, part := range wrap(failure(m.failed()), min(w-4, 72)) {
		block = append(block, line{say(roleText, part)})
	}
	return append(block, nil,
		line{say(roleKey, "["), say(roleMuted, " "), say(roleKey, "]"), say(roleMuted, "  another sync    "), say(roleKey, "."), say(roleMuted, "  now    "), say(roleKey, "Q"), say(roleMuted, "  quit")},
		line{say(roleFaint, "it is read again when its files change")})
}

// header says which log, which group and which two moments.
func (m *Model) header(w int) line {
	left := line{say(roleAccent, " archsync")}
	if m.title != "" {
		left = append(left, say(roleText, "  "), quote(roleText, m.title))
	}
	if name := m.board.groupName(m); name != "" && m.at == onBoard {
		left = append(left, say(roleFaint, " › "), quote(roleStrong, name))
	}
	const least = 10 // our own name
	right := m.moments(max(w-least, 0))
	if w < 2*least {
		return right.fit(w)
	}
	return spread(w, left, append(right, say(roleText, " ")), least-1)
}

// moments are cursor and base, and what a person should not overlook: as much of
// it as fits. That this is the past always does.
func (m *Model) moments(w int) line {
	var many, few, at, badge, against line
	if n := m.unsavedCount(); n > 0 {
		many = append(many, say(roleWarn, "● "+itoa(n)+" unsaved  "))
		few = append(few, say(roleWarn, "●"+itoa(n)+" "))
	}
	if m.scene != nil && len(m.scene.log.Problems) > 0 {
		n := len(m.scene.log.Problems)
		many = append(many, say(roleError, "! "+plural(n, "problem")+"  "))
		few = append(few, say(roleError, "!"+itoa(n)+" "))
	}
	if !m.known {
		return many
	}
	if !m.isNow() {
		badge = line{say(roleBadge, " PAST ")}
		at = line{say(roleText, " ")}
	}
	at = append(at, say(roleStrong, m.name(m.cursor)))
	if m.base() >= 0 {
		against = line{say(roleMuted, " vs "+m.name(m.base()))}
	}
	if m.pinned {
		against = append(against, say(roleAccent, " pinned"))
	}
	for _, l := range []line{
		slices.Concat(many, badge, at, against), slices.Concat(few, badge, at, against),
		slices.Concat(few, badge, at), slices.Concat(badge, at),
	} {
		if l.width() <= w {
			return l
		}
	}
	return badge
}

// ruleRole is the colour of the frame: red in the past.
func (m *Model) ruleRole() role {
	if m.known && !m.isNow() {
		return rolePast
	}
	return roleRule
}

// tabs are the screens on a rule: by name where there is room, else by key.
func (m *Model) tabs(w int) line {
	rule := m.ruleRole()
	l, right := m.tabNames(true), line{}
	if l.width() > w {
		l = m.tabNames(false)
	}
	if rule == rolePast {
		right = line{say(rolePast, " the past is read only "), say(rule, "─")}
		if l.width()+right.width() > w {
			right = line{say(rolePast, " read only "), say(rule, "─")}
		}
	}
	return ruled(w, l, right, rule)
}

func (m *Model) tabNames(all bool) line {
	rule := m.ruleRole()
	l := line{say(rule, "─")}
	for i, s := range m.screens() {
		key := everywhere().bindings[i].label()
		switch {
		case screenID(i) == m.at:
			l = append(l, say(rule, "┤"), say(roleAccent, " "+key+" "+s.title()+" "), say(rule, "├"))
		case all:
			l = append(l, say(rule, "─"), say(roleKey, " "+key), say(roleMuted, " "+s.title()+" "), say(rule, "─"))
		default:
			l = append(l, say(roleKey, " "+key+" "), say(rule, "─"))
		}
	}
	return l
}

// notes is the rule under the body: what just happened, and the filter.
func (m *Model) notes(w int) line {
	rule := m.ruleRole()
	l := line{say(rule, "─")}
	if m.note.text != "" {
		l = append(l, say(roleText, " "), say(m.note.role, m.note.text), say(roleText, " "))
	}
	var right line
	switch {
	case m.scene == nil && m.known && m.failed() == nil, m.busy:
		right = append(right, say(roleMuted, " … "))
	}
	right = append(right, m.playing()...)
	if m.filter.active() {
		right = append(right, say(roleWarn, " filter: "), quote(roleText, m.filter.text), say(roleText, " "))
	}
	return ruled(w, l, right, rule)
}

// ruled fills the room between left and right with a rule.
func ruled(w int, left, right line, rule role) line {
	if gap := w - left.width() - right.width(); gap > 0 {
		return append(append(left, say(rule, strings.Repeat("─", gap))), right...)
	}
	if gap := w - left.width(); gap > 0 {
		return append(left, say(rule, strings.Repeat("─", gap)))
	}
	return left.fit(w)
}

// footer lists the keys that matter now; what helps further is always there.
func (m *Model) footer(w int) line {
	hints, last := m.hints(), hint{"?", "help"}
	if m.overlay != nil {
		hints, last = m.overlay.hints(), hint{}
	}
	right := line{}
	if last.key != "" {
		right = line{say(roleKey, last.key), say(roleMuted, " "+last.what+" ")}
	}
	room := w - right.width() - 1
	l := line{say(roleText, " ")}
	for _, h := range hints {
		part := line{say(roleKey, m.theme.keys(h.key)), say(roleMuted, " "+h.what+"  ")}
		if l.width()+part.width() > room {
			continue
		}
		l = append(l, part...)
	}
	return spread(w, l, right, 0)
}

// hints are the short forms of what can be done now: what waits to be done, then the
// screen's, then everywhere's.
func (m *Model) hints() []hint {
	var soon, hints []hint
	for _, k := range []keymap{m.screen().keymap(), everywhere()} {
		for _, b := range k.bindings {
			h := hint{b.label(), b.shortNow(m)}
			switch {
			case h.what == "" || h.what == "help" || b.blocked(m) != "",
				slices.ContainsFunc(hints, func(other hint) bool { return other.what == h.what }): // the screen has a key for it
			case b.soon:
				soon = append(soon, h)
			default:
				hints = append(hints, h)
			}
		}
	}
	return append(soon, hints...)
}

// box is something laid over the body: a title on its border and what is in it.
type box struct {
	title string
	lines []line
	drawn []string // instead of lines: rows that are coloured already
	width int      // inside; 0 means as wide as the widest line
}

// draw puts a border around a box and keeps it inside w times h cells. Where there
// is no room for a border there is none.
func (b box) draw(t *theme, w, h int) []string {
	rows := b.drawn
	inside := b.width
	for _, l := range b.lines {
		inside = max(inside, l.width())
	}
	for _, r := range b.drawn {
		inside = max(inside, cells(r))
	}
	inside = min(inside, w-4)
	if len(b.lines)+len(b.drawn) == 0 || inside < 1 || h < 3 {
		return nil
	}
	if rows == nil {
		for _, l := range b.lines {
			rows = append(rows, t.draw(l.fit(inside)))
		}
	}
	rows = rows[:min(len(rows), h-2)]
	title := line{say(roleRule, "╭─"), say(roleAccent, " "+plain.Line(b.title)+" ")}
	top := ruled(inside+3, title, nil, roleRule).fit(inside + 3)
	framed := []string{t.draw(append(top, say(roleRule, "╮")))}
	side := t.draw(line{say(roleRule, "│")})
	for _, r := range rows {
		framed = append(framed, side+" "+r+blanks(inside-cells(r))+" "+side)
	}
	return append(framed, t.draw(line{say(roleRule, "╰"+strings.Repeat("─", inside+2)+"╯")}))
}
