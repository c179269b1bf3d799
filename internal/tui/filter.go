package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// filter narrows board, architecture and history. It is written as a line of terms that all
// must hold: status:blocked owner:ada group:storage component:kafka plan:2026-Q4
// late changed, and any other word is looked for in title and id. A value may name
// several, separated by commas. The zero filter lets everything pass.
type filter struct {
	text  string
	terms []term
	fault string         // what of it means nothing; "" where all does
	me    history.Author // who owner:me is; the zero Author where that is not known
}

type term struct {
	key    string // "" for a word
	values []string
}

// keyKind narrows the history alone.
const keyKind = "kind"

func filterKeys() []string { return []string{"status", "owner", "group", "component", "plan", keyKind} }

func filterWords() []string { return []string{"late", "changed"} }

func parseFilter(text string, me history.Author) filter {
	f := filter{text: strings.TrimSpace(text), me: me}
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		key, values, ok := strings.Cut(word, ":")
		switch {
		case ok && slices.Contains(filterKeys(), key):
			if values != "" {
				t := term{key, strings.Split(values, ",")}
				f.terms = append(f.terms, t)
				f.fault = cmp.Or(f.fault, t.fault(me))
			}
		case ok && plainWord(key):
			f.fault = cmp.Or(f.fault, fmt.Sprintf("%q is no key: %s", key, strings.Join(filterKeys(), ", ")))
			f.terms = append(f.terms, term{"", []string{word}})
		case slices.Contains(filterWords(), word):
			f.terms = append(f.terms, term{key: word})
		default:
			f.terms = append(f.terms, term{"", []string{word}})
		}
	}
	return f
}

func plainWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })
}

// fault is why nothing can ever pass a term.
func (t term) fault(me history.Author) string {
	for _, v := range t.values {
		statuses := board.Statuses()
		switch {
		case t.key == "status" && !slices.ContainsFunc(statuses, func(s board.Status) bool { return strings.HasPrefix(string(s), v) }):
			return fmt.Sprintf("%q is no status: planned, ongoing, blocked, done, dropped", v)
		case t.key == keyKind && !slices.ContainsFunc(chronicle.Kinds(), func(k chronicle.Kind) bool { return strings.HasPrefix(string(k), v) }):
			return fmt.Sprintf("%q is no kind: item, component, connection, decision", v)
		case t.key == "owner" && v == "me" && me == history.Author{}:
			return "git does not know who you are: owner:me is nobody"
		}
	}
	return ""
}

func (f filter) active() bool { return len(f.terms) > 0 }

// item tells whether an item passes.
func (f filter) item(s *scene, r *row) bool {
	for _, t := range f.terms {
		if t.key == "owner" && slices.Contains(t.values, "me") && synclog.IsPerson(r.item.Owner, f.me.Name, f.me.Mail) {
			continue
		}
		if !t.item(s, r) {
			return false
		}
	}
	return true
}

func (t term) item(s *scene, r *row) bool {
	it := r.item
	switch t.key {
	case "status":
		return t.begins(string(it.Status))
	case "owner": // me was asked for already, and is no part of a name
		others := slices.DeleteFunc(slices.Clone(t.values), func(v string) bool { return v == "me" })
		return term{values: others}.in(it.Owner)
	case "group":
		return t.in(r.group) || t.in(groupName(s, r.group))
	case "component":
		return slices.ContainsFunc(it.Touches, t.in)
	case "plan":
		return t.begins(it.Plan)
	case "late":
		return r.slipped && !r.ghost
	case "changed":
		return r.mark != ""
	case keyKind: // the board has one kind
		return true
	}
	return t.in(it.Title) || t.begins(it.ID)
}

// in tells whether text contains one of the values.
func (t term) in(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(t.values, func(v string) bool { return v != "" && strings.Contains(text, v) })
}

func (t term) begins(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(t.values, func(v string) bool { return v != "" && strings.HasPrefix(text, v) })
}

func groupName(s *scene, id string) string {
	for _, l := range s.lanes {
		if l.group.ID == id {
			return l.group.Name
		}
	}
	return ""
}

// nodes tells which lines of a tree pass: components that pass with their
// connections, and what they stand in. nil lets all pass.
func (f filter) nodes(s *scene, t *tree) []bool {
	if !f.active() {
		return nil
	}
	keep := make([]bool, len(t.nodes))
	touched := f.touched(s)
	for at := range t.nodes {
		if !f.node(s, t, at, touched) {
			continue
		}
		for i := at; i >= 0; i = t.parent(i) {
			keep[i] = true
		}
	}
	return keep
}

func (f filter) node(s *scene, t *tree, i int, touched map[string]bool) bool {
	n := &t.nodes[i]
	switch {
	case n.Kind == diagram.LayerNode, f.has("changed") && n.Mark == "":
		return false
	case n.Kind == diagram.ConnectionNode && !touched[n.ID]:
		return t.parent(i) >= 0 && f.passes(s, t.nodes[t.parent(i)].ID, touched)
	}
	return f.passes(s, n.ID, touched)
}

func (f filter) has(key string) bool {
	return slices.ContainsFunc(f.terms, func(t term) bool { return t.key == key })
}

// touched are the components that items which pass the filter name; nil when the
// filter asks nothing of items.
func (f filter) touched(s *scene) map[string]bool {
	if !f.has("status") && !f.has("owner") && !f.has("plan") && !f.has("late") {
		return nil
	}
	items := filter{me: f.me, terms: slices.DeleteFunc(slices.Clone(f.terms), func(t term) bool { return t.key == "changed" || t.key == "" })}
	touched := map[string]bool{}
	for _, l := range s.lanes {
		for i := range l.rows {
			if items.item(s, &l.rows[i]) {
				for _, c := range l.rows[i].item.Touches {
					touched[c] = true
				}
			}
		}
	}
	return touched
}

// passes tells whether a component passes the terms that speak of components.
func (f filter) passes(s *scene, id string, touched map[string]bool) bool {
	if touched != nil && !touched[id] {
		return false
	}
	for _, t := range f.terms {
		switch t.key {
		case "component", "":
			if !t.in(id) {
				return false
			}
		case "group":
			if !slices.ContainsFunc(s.lanes, func(l lane) bool {
				return (t.in(l.group.ID) || t.in(l.group.Name)) && ownsComponent(l.group, id)
			}) {
				return false
			}
		}
	}
	return true
}

// filterLine is where a filter is written: what it does shows at once.
type filterLine struct {
	input   input
	before  filter
	refused bool // it means nothing as it is
}

func (m *Model) openFilter() tea.Cmd {
	text := m.filter.text
	if text != "" {
		text += " "
	}
	m.overlay = &filterLine{input: newInput("› ", text), before: m.filter}
	return nil
}

func (l *filterLine) hints() []hint {
	return []hint{{"enter", "keep"}, {"tab", "complete"}, {"esc", "as before"}, {"ctrl+u", "clear"}}
}

func (l *filterLine) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch k.String() {
	case "enter":
		if l.refused = m.filter.fault != ""; !l.refused {
			m.overlay = nil
		}
		return nil
	case "esc", "ctrl+c":
		m.overlay = nil
		m.setFilter(l.before)
		return nil
	case "tab":
		if next := l.candidates(m); len(next) > 0 {
			l.input.set(l.stem() + next[0])
		}
	default:
		l.input.update(k)
	}
	l.refused = false
	m.setFilter(parseFilter(l.input.value(), m.me))
	return nil
}

func (m *Model) setFilter(f filter) {
	m.filter = f
	m.board.settle(m)
	m.arch.settle(m)
	if m.at == onHistory {
		m.history.settle(m)
	}
}

func (l *filterLine) view(m *Model, w, _ int) box {
	inside := min(70, w-4)
	next := l.candidates(m)
	help := line{say(roleFaint, "tab  ")}
	for i, c := range next {
		r := roleMuted
		if i == 0 {
			r = roleText
		}
		help = append(help, quote(r, strings.TrimSpace(c)), say(roleText, "  "))
	}
	switch fault := cmp.Or(m.filter.fault, m.filter.nobody(m.scene)); {
	case l.refused, fault != "" && len(next) == 0:
		help = line{quote(roleError, fault)}
	case len(next) == 0:
		help = line{say(roleFaint, "other words are looked for in titles")}
	}
	return box{title: "Filter", lines: []line{l.input.line(inside), help.fit(inside)}, width: inside}
}

// nobody says which value of the filter nothing on the board has just now; that may
// be otherwise at another moment.
func (f filter) nobody(s *scene) string {
	for _, t := range f.terms {
		if t.key == "" || t.key == "status" || t.key == keyKind || slices.Contains(filterWords(), t.key) {
			continue
		}
		known := filterValues(s, t.key)
		for _, v := range t.values {
			has := func(k string) bool { return strings.Contains(strings.ToLower(k), v) }
			if s != nil && v != "me" && !slices.ContainsFunc(known, has) && !s.anyItem(term{t.key, []string{v}}) {
				return fmt.Sprintf("no %s here is %q", t.key, v)
			}
		}
	}
	return ""
}

func (s *scene) anyItem(t term) bool {
	return slices.ContainsFunc(s.lanes, func(l lane) bool {
		for i := range l.rows {
			if t.item(s, &l.rows[i]) {
				return true
			}
		}
		return false
	})
}

// last is the term that is being written, stem what stands before its value.
func (l *filterLine) last() string {
	text := l.input.value()
	return text[strings.LastIndex(text, " ")+1:]
}

func (l *filterLine) stem() string {
	text := l.input.value()
	return text[:len(text)-len(l.last())]
}

// candidates complete the term that is being written.
func (l *filterLine) candidates(m *Model) []string {
	key, typed, hasKey := strings.Cut(l.last(), ":")
	var found []string
	if !hasKey {
		for _, k := range filterKeys() {
			if strings.HasPrefix(k, key) {
				found = append(found, k+":")
			}
		}
		for _, k := range filterWords() {
			if strings.HasPrefix(k, key) && k != key {
				found = append(found, k+" ")
			}
		}
		return found
	}
	for _, v := range filterValues(m.scene, key) {
		if v != typed && strings.Contains(strings.ToLower(v), strings.ToLower(typed)) {
			found = append(found, key+":"+v)
		}
	}
	return found
}

// filterValues are the values that a key has on the board, each one word.
func filterValues(s *scene, key string) []string {
	if s == nil {
		return nil
	}
	var values []string
	add := func(v string) {
		v = plain.Line(strings.Join(strings.Fields(v), "-"))
		if v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	switch key {
	case "status":
		for _, st := range board.Statuses() {
			add(string(st))
		}
		return values
	case keyKind:
		for _, k := range []chronicle.Kind{chronicle.Item, chronicle.Component, chronicle.Connection, chronicle.Decision} {
			add(string(k))
		}
		return values
	case "group":
		for _, l := range s.lanes {
			add(l.group.ID)
		}
		return values
	case "component":
		for _, t := range s.trees {
			for _, n := range t.nodes {
				if n.Kind == diagram.ComponentNode {
					add(n.ID)
				}
			}
		}
	}
	for _, l := range s.lanes {
		for i := range l.rows {
			switch it := l.rows[i].item; key {
			case "owner":
				add(firstWord(shortPerson(it.Owner)))
			case "plan":
				add(it.Plan)
			}
		}
	}
	slices.Sort(values)
	return values
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return strings.ToLower(word)
}
