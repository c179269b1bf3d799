package picture

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
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
}

// say adds the message that an edge is.
func (t *talk) say(v View, diagram int, e Edge) {
	from, to := t.lifeline(v, v.lifeline(diagram, e.From)), t.lifeline(v, v.lifeline(diagram, e.To))
	t.messages = append(t.messages, message{from, to, e.Arrows, join(" ", markOf(e.Mark), oneLine(e.Label)), e.IDs[0], e.Mark})
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
	for _, msg := range t.messages {
		row := newTape(columns)
		for _, x := range at {
			row.put(x, m.set("│"))
		}
		m.arrow(row, at, msg)
		rows = append(rows, Line{Text: row.text(), Subject: msg.subject, Mark: msg.mark})
	}
	return rows, len(t.messages)
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

// around a message's label: a piece of its line and a blank on each side, and the
// arrowhead.
const besideLabel = 6

// columns finds the columns of the lifelines, each as near to the one before as names and
// messages let it, and how many there are in all.
func (m manner) columns(t talk) (at []int, all int) {
	for i, name := range t.names {
		x := (width(name) - 1) / 2
		if i > 0 {
			x += at[i-1] + width(t.names[i-1])/2 + 3
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
