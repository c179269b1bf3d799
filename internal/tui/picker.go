package tui

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
)

// choice is one of the things that a picker offers.
type choice struct {
	label string
	hint  string // on the right: what kind of thing, or its key; of a long one, below
	long  bool   // takes as many lines as it needs
	rank  int    // what has a lower one comes first, however well its name fits
	why   string // why it cannot be chosen just now
	do    func(*Model) tea.Cmd
}

// picker finds one of many things by typing a part of its name.
type picker struct {
	title string
	input input
	all   []choice
	shown []choice
	at    int
}

func newPicker(title string, all []choice) *picker {
	return &picker{title: title, input: newInput("› ", ""), all: all, shown: all}
}

func (p *picker) hints() []hint {
	return []hint{{"enter", "choose"}, {"↑↓", "select"}, {"esc", "close"}}
}

func (p *picker) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch k.String() {
	case "esc", "ctrl+c":
		m.overlay = nil
	case "up", "ctrl+p":
		p.at = max(p.at-1, 0)
	case "down", "ctrl+n", "tab":
		p.at = min(p.at+1, max(len(p.shown)-1, 0))
	case "enter":
		return p.choose(m)
	default:
		p.input.update(k)
		p.shown, p.at = matches(p.all, p.input.value()), 0
	}
	return nil
}

func (p *picker) choose(m *Model) tea.Cmd {
	if p.at >= len(p.shown) {
		return nil
	}
	c := p.shown[p.at]
	m.overlay = nil
	if c.why != "" {
		m.say(roleWarn, c.why)
		return nil
	}
	return c.do(m)
}

func (p *picker) view(_ *Model, w, h int) box {
	inside := min(76, w-4)
	lines := []line{p.input.line(inside), nil}
	room := max(min(h-6, 16), 1)
	var list []line
	at := 0
	for i, c := range p.shown {
		rows := p.rows(c, inside, i == p.at)
		if i == p.at {
			at = len(list) + min(len(rows)-1, room/2)
		}
		list = append(list, rows...)
	}
	if len(list) == 0 {
		list = []line{{say(roleMuted, " nothing has that name")}}
	}
	return box{title: p.title, lines: append(lines, window(list, at, room)...), width: inside}
}

// rows are the lines of a choice: one, or of a long one as many as it takes.
func (p *picker) rows(c choice, w int, chosen bool) []line {
	r := roleText
	if c.why != "" {
		r = roleFaint
	}
	rows := []line{spread(w, line{say(roleAccent, bar(chosen)), quote(r, c.label)}, line{quote(roleFaint, c.hint), say(roleText, " ")}, min(w, 24))}
	if c.long {
		rows = longRows(c, r, w, chosen)
	}
	for i := range rows {
		if chosen {
			rows[i] = rows[i].fit(w).selected()
		}
	}
	return rows
}

func longRows(c choice, r role, w int, chosen bool) []line {
	var rows []line
	for _, part := range wrap(plain.Line(c.label), max(w-2, 1)) {
		rows = append(rows, line{say(roleAccent, bar(chosen)), say(r, part)})
	}
	for _, part := range wrap(plain.Line(c.hint), max(w-4, 1)) {
		if part != "" {
			rows = append(rows, line{say(roleAccent, bar(chosen)), say(roleMuted, "  "+part)})
		}
	}
	return rows
}

// matches are the choices that contain the letters of what was typed in their
// order, the best first.
func matches(all []choice, typed string) []choice {
	if strings.TrimSpace(typed) == "" {
		return all
	}
	type scored struct {
		choice
		score int
	}
	var found []scored
	for _, c := range all {
		if n, ok := fuzzy(typed, c.label); ok {
			found = append(found, scored{c, n})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.score, a.score))
	})
	best := make([]choice, len(found))
	for i, s := range found {
		best[i] = s.choice
	}
	return best
}

// fuzzy tells whether the letters of typed stand in text in their order, and how
// well: letters in a row and at the beginnings of words count more, short texts
// before long ones.
func fuzzy(typed, text string) (score int, ok bool) {
	rest := []rune(strings.ToLower(text))
	previous, at := -2, 0
	for _, want := range strings.ToLower(typed) {
		if unicode.IsSpace(want) {
			continue
		}
		i := slices.Index(rest[at:], want)
		if i < 0 {
			return 0, false
		}
		i += at
		switch {
		case i == previous+1:
			score += 8
		case i == 0 || !unicode.IsLetter(rest[i-1]) && !unicode.IsDigit(rest[i-1]):
			score += 6
		default:
			score -= min(i-at, 3)
		}
		previous, at = i, i+1
	}
	if strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSpace(typed))) {
		score += 20
	}
	return score*4 - min(len(rest), 80)/4, true
}

// openGoTo offers everything that has a name at this moment.
func (m *Model) openGoTo() tea.Cmd {
	if m.scene == nil {
		m.say(roleMuted, "the log is still being read")
		return nil
	}
	items, components := m.itemChoices(), m.componentChoices()
	later, sooner := components, items
	if m.at == onArch {
		later, sooner = items, components
		for i := range later {
			later[i].rank = 1
		}
	}
	choices := slices.Concat(sooner, later, m.groupChoices(), m.syncChoices())
	m.overlay = newPicker("Go to", choices)
	return nil
}

func (m *Model) itemChoices() []choice {
	var choices []choice
	for _, l := range m.scene.lanes {
		for i := range l.rows {
			r := &l.rows[i]
			choices = append(choices, choice{label: r.item.Title + "  " + r.item.ID, hint: "item of " + laneName(l), do: func(m *Model) tea.Cmd {
				m.at, m.board.open = onBoard, false
				if !m.filter.item(m.scene, r) {
					m.setFilter(filter{})
				}
				m.board.selectRow(m, r)
				return nil
			}})
		}
	}
	return choices
}

func (m *Model) componentChoices() []choice {
	var choices []choice
	for _, t := range m.scene.trees {
		for _, n := range t.nodes {
			if n.Kind != diagram.ComponentNode {
				continue
			}
			label := n.ID
			if n.Label != "" {
				label += "  " + n.Label
			}
			choices = append(choices, choice{label: label, hint: "component", do: func(m *Model) tea.Cmd {
				m.at, m.arch.open = onArch, false
				if m.filter.active() {
					m.setFilter(filter{})
				}
				return m.arch.goTo(m, t.path, n.ID)
			}})
		}
	}
	return choices
}

func (m *Model) groupChoices() []choice {
	choices := []choice{{label: "all groups", hint: "group", do: func(m *Model) tea.Cmd { return m.goToGroup("") }}}
	for _, l := range m.scene.lanes {
		choices = append(choices, choice{label: laneName(l), hint: "group", do: func(m *Model) tea.Cmd { return m.goToGroup(l.group.ID) }})
	}
	return choices
}

func (m *Model) goToGroup(id string) tea.Cmd {
	m.at = onBoard
	m.board.group, m.board.item, m.board.row, m.board.open = id, "", 0, false
	m.board.settle(m)
	return nil
}

func (m *Model) syncChoices() []choice {
	var choices []choice
	for p := m.now(); p >= 0; p-- {
		choices = append(choices, choice{label: m.name(p), hint: "sync", do: func(m *Model) tea.Cmd { return m.travel(p) }})
	}
	return choices
}

// openPalette offers every command, those of the screen first.
func (m *Model) openPalette() tea.Cmd {
	var choices []choice
	for _, k := range []keymap{m.screen().keymap(), everywhere()} {
		for _, b := range k.bindings {
			choices = append(choices, choice{label: b.what, hint: m.theme.keys(b.label()), why: b.blocked(m), do: b.do})
		}
	}
	m.overlay = newPicker("Commands", choices)
	return nil
}

// noProblems is why there are no problems to list.
func (m *Model) noProblems() string {
	if len(m.problems()) == 0 {
		return "no problem was found in the log's files"
	}
	return ""
}

// problems are those of the files and of the timeline.
func (m *Model) problems() []problem.Problem {
	if m.scene == nil {
		return nil
	}
	return slices.Concat(m.scene.log.Problems, m.trouble)
}

// openProblems lists what is wrong with the files; choosing one opens the editor.
func (m *Model) openProblems() tea.Cmd {
	var choices []choice
	for _, p := range m.problems() {
		choices = append(choices, choice{label: plain.Line(p.String()), hint: p.Hint, long: true, why: m.readOnly(), do: func(m *Model) tea.Cmd {
			return m.editAt(p.Path, p.Line)
		}})
	}
	m.overlay = newPicker(plural(len(choices), "problem"), choices)
	return nil
}
