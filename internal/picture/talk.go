package picture

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// talk is what is said in a sequence diagram: lifelines from left to right, and the
// messages between them in their order.
type talk struct {
	nodes    []int // the lifelines, as positions in View.Nodes
	names    []string
	messages []message
}

// message goes between two lifelines, or from one to itself.
type message struct {
	from, to int // positions in talk.nodes
	arrows   string
	label    string
	subject  string
	mark     change.Kind
	groups   []group // that it stands in, the outermost first
}

// group is a frame around messages that follow each other: a loop, a choice.
type group struct {
	node    int // position in View.Nodes
	name    string
	subject string
	mark    change.Kind
}

// say adds the message that an edge is.
func (t *talk) say(v View, diagram int, e Edge) {
	from, to := t.lifeline(v, v.lifeline(diagram, e.From)), t.lifeline(v, v.lifeline(diagram, e.To))
	t.messages = append(t.messages, message{from, to, e.Arrows, join(" ", markOf(e.Mark), oneLine(e.Label)), e.IDs[0], e.Mark, v.groupsOf(diagram, e)})
}

// groupsOf are the groups of a sequence diagram that a message stands in.
func (v View) groupsOf(diagram int, e Edge) []group {
	var groups []group
	at := layout.Root
	if e.group != "" {
		at = slices.IndexFunc(v.Nodes, func(n Node) bool { return n.ID == e.group })
	}
	for ; at >= 0 && at != diagram; at = v.Nodes[at].Parent {
		n := v.Nodes[at]
		groups = append(groups, group{at, join(" ", markOf(n.Mark), firstLine(n)), n.ID, n.Mark})
	}
	slices.Reverse(groups)
	return groups
}

// groups are all that messages stand in, each once.
func (t *talk) groups() []group {
	var all []group
	for _, msg := range t.messages {
		for _, g := range msg.groups {
			if !slices.Contains(all, g) {
				all = append(all, g)
			}
		}
	}
	return all
}

// depth is how many groups lie in each other at most.
func (t *talk) depth() int {
	most := 0
	for _, msg := range t.messages {
		most = max(most, len(msg.groups))
	}
	return most
}

func (t *talk) lifeline(v View, node int) int {
	if i := slices.Index(t.nodes, node); i >= 0 {
		return i
	}
	t.nodes = append(t.nodes, node)
	t.names = append(t.names, join(" ", markOf(v.Nodes[node].Mark), firstLine(v.Nodes[node])))
	return len(t.nodes) - 1
}

// lifelines draws a sequence diagram: its lifelines as columns, a row for each message.
// told is how many of the node's lines that says; it is 0 for what is no sequence
// diagram, and where there is no room for one.
func (m manner) lifelines(n Node) (rows []Line, told int) {
	if n.talk == nil || len(n.talk.messages) == 0 {
		return nil, 0
	}
	t := m.inOrder(n.talk)
	at, columns := m.columns(t)
	if columns > m.wide {
		return nil, 0
	}
	head := newTape(columns)
	for i, name := range t.names {
		head.put(at[i]-(width(name)-1)/2, name)
	}
	rows = append(rows, Line{Text: head.text()})
	var open []group
	closeTo := func(n int) {
		for ; len(open) > n; open = open[:len(open)-1] {
			rows = append(rows, m.fence(columns, at, open, false))
		}
	}
	for _, msg := range t.messages {
		shared := 0
		for shared < min(len(open), len(msg.groups)) && open[shared] == msg.groups[shared] {
			shared++
		}
		closeTo(shared)
		for _, g := range msg.groups[shared:] {
			open = append(open, g)
			rows = append(rows, m.fence(columns, at, open, true))
		}
		row := m.between(columns, at, len(open))
		m.arrow(row, at, msg)
		rows = append(rows, Line{Text: row.text(), Subject: msg.subject, Mark: msg.mark})
	}
	closeTo(0)
	return rows, len(t.messages) + len(t.groups())
}

// between is a row of lifelines, with the sides of so many groups.
func (m manner) between(columns int, at []int, groups int) tape {
	row := newTape(columns)
	for _, x := range at {
		row.put(x, m.set("│"))
	}
	for k := range groups {
		row.put(groupInset*k, m.set("│"))
		row.put(columns-1-groupInset*k, m.set("│"))
	}
	return row
}

// fence is the upper border of the innermost of the open groups, with its name, or the
// lower one.
func (m manner) fence(columns int, at []int, open []group, upper bool) Line {
	inner := len(open) - 1
	left := groupInset * inner
	right := columns - 1 - left
	row := m.between(columns, at, inner)
	corners := []string{"└", "┘"}
	if upper {
		corners = []string{"┌", "┐"}
	}
	row.put(left, m.set(corners[0]+strings.Repeat("─", right-left-1)+corners[1]))
	for _, x := range at {
		row.put(x, m.set("┼"))
	}
	g := open[inner]
	if upper {
		row.put(left+2, m.set(" "+cut(g.name, right-left-5)+" "))
	}
	return Line{Text: row.text(), Subject: g.subject, Mark: g.mark}
}

// inOrder has the lifelines in the diagram's order and every text in the manner's
// characters.
func (m manner) inOrder(t *talk) talk {
	order := make([]int, len(t.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return t.nodes[a] - t.nodes[b] })
	place := make([]int, len(order))
	out := talk{names: make([]string, len(order))}
	for i, was := range order {
		place[was], out.names[i] = i, m.set(cut(t.names[was], m.name))
	}
	for _, msg := range t.messages {
		msg.from, msg.to, msg.label = place[msg.from], place[msg.to], m.set(msg.label)
		out.messages = append(out.messages, msg)
	}
	return out
}

// groupInset is how many columns a group lies inside the one around it.
const groupInset = 2

// around a message's label: a piece of its line and a blank on each side, and the
// arrowhead.
const besideLabel = 6

// columns finds the columns of the lifelines, each as near to the one before as names and
// messages let it, and how many there are in all.
func (m manner) columns(t talk) (at []int, all int) {
	inset := groupInset * t.depth()
	for i, name := range t.names {
		x := inset + (width(name)-1)/2
		if i > 0 {
			x = (width(name)-1)/2 + at[i-1] + width(t.names[i-1])/2 + 3
		}
		for _, msg := range t.messages {
			low, high := min(msg.from, msg.to), max(msg.from, msg.to)
			switch {
			case low == high && low == i-1:
				x = max(x, at[low]+width(m.toItself(msg))+3)
			case high == i && low < i:
				x = max(x, at[low]+max(width(msg.label)+besideLabel, besideLabel))
			}
		}
		at = append(at, x)
		all = max(all, x+width(name)/2+1)
	}
	for _, msg := range t.messages {
		if msg.from == msg.to {
			all = max(all, at[msg.from]+width(m.toItself(msg))+2)
		}
	}
	all += inset
	for _, msg := range t.messages {
		for k, g := range msg.groups {
			all = max(all, width(g.name)+6+2*groupInset*k)
		}
	}
	return at, all
}

func (m manner) toItself(msg message) string { return join(" ", m.set("↻"), msg.label) }

// arrow draws a message from lifeline to lifeline, its label in the middle.
func (m manner) arrow(row tape, at []int, msg message) {
	if msg.from == msg.to {
		row.put(at[msg.from]+2, m.toItself(msg))
		return
	}
	arrows := msg.arrows
	low, high := at[msg.from], at[msg.to]
	if low > high {
		low, high = high, low
		arrows = diagram.Turned(arrows)
	}
	f := newFont(m.ascii)
	row.put(low+1, strings.Repeat(m.set("─"), high-low-1))
	if strings.HasPrefix(arrows, "<") {
		row.put(low+1, f.head("", -1, 0))
	}
	if strings.HasSuffix(arrows, ">") {
		row.put(high-1, f.head("", 1, 0))
	}
	if msg.label != "" {
		w := width(msg.label) + 2
		row.put(low+1+(high-low-1-w)/2, " "+msg.label+" ")
	}
}

// tape is a line of text that is written in places.
type tape []string // a cell each; "" behind a wide character

func newTape(columns int) tape {
	t := make(tape, columns)
	for i := range t {
		t[i] = " "
	}
	return t
}

func (t tape) put(x int, text string) {
	for g := uniseg.NewGraphemes(text); g.Next(); x += g.Width() {
		if x < 0 || x+g.Width() > len(t) || g.Width() == 0 {
			continue
		}
		t[x] = g.Str()
		for i := 1; i < g.Width(); i++ {
			t[x+i] = ""
		}
	}
}

func (t tape) text() string { return strings.TrimRight(strings.Join(t, ""), " ") }
