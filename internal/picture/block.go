package picture

import (
	"strings"

	"github.com/archsync/archsync/internal/layout"
)

// manner is how texts are set: in which characters and how wide.
type manner struct {
	ascii bool
	name  int // cells after which a name is broken
	label int // cells after which a connection's label is broken
	prose int // cells after which a line of prose is broken
	row   int // cells after which a line that must not be broken is cut
	wide  int // the same of tables, and of a sequence diagram with its lifelines
	blank int // cells kept free on both sides of a label that stands in its line
	idle  int // columns of straight lines that stay beside each other
}

// set gives texts in the characters of the manner.
func (m manner) set(s string) string {
	if !m.ascii {
		return s
	}
	return strings.NewReplacer(
		"↻", "(self)", "▸", ">", "×", "x", "…", "...", "•", "*", "→", "->", "←", "<-", "↔", "<->", "─", "-", "│", "|", "┼", "+", "┌", "+", "┐", "+", "└", "+", "┘", "+",
	).Replace(s)
}

// sign is the symbol of a shape in the characters of the manner.
func (m manner) sign(shape string) string {
	if m.ascii {
		return asciiSign(shape)
	}
	return sign(shape)
}

// block is the text of a node, broken into lines.
type block struct {
	name  []string                    // centred
	rows  []Line                      // from the left, below the name
	rule  bool                        // there is a line between the two
	width int                         // of the widest
	cell  struct{ width, height int } // of a grid's cells, with their borders
}

// blocks sets the texts of a view.
func (m manner) blocks(v View) []block {
	blocks := make([]block, len(v.Nodes))
	for i, n := range v.Nodes {
		blocks[i] = m.block(n)
	}
	return blocks
}

// block sets the text of a node.
func (m manner) block(n Node) block {
	var b block
	switch n.Kind {
	case Frame, Grid:
		b.name = []string{cut(oneLine(m.headline(n)), titleWidth)}
		for _, l := range n.Loops {
			b.name[0] = join(" ", b.name[0], m.set(cut(oneLine(l.Text), titleWidth)))
		}
	default:
		b.name = m.lines(n)
	}
	if n.Kind == Text || (m.headline(n) == "" && len(n.Lines) > 0) {
		b.name = nil
	}
	b.name = m.few(b.name)
	for _, l := range b.name {
		b.width = max(b.width, width(l))
	}
	switch n.Kind {
	case Frame:
		return b
	case Grid:
		m.gridBlock(n, &b)
		return b
	}
	b.rows = m.rows(n)
	b.rule = len(b.name) > 0 && len(b.rows) > 0
	for _, l := range n.Loops {
		l.Text = m.set(cut(oneLine(l.Text), rowWidth))
		b.rows = append(b.rows, l)
	}
	for _, l := range b.rows {
		b.width = max(b.width, width(l.Text))
	}
	return b
}

// rows sets what stands in a node below its name; of prose at most so much.
func (m manner) rows(n Node) []Line {
	rows, told := m.lifelines(n)
	for i, l := range n.Lines[told:] {
		if i == 0 && n.Kind == Text {
			l.Text = join(" ", m.prefix(n), l.Text)
		}
		if l.whole {
			l.Text = m.set(cut(l.Text, m.wide))
			rows = append(rows, l)
			continue
		}
		if !n.flows {
			l.Text = m.set(cut(l.Text, m.row))
			rows = append(rows, l)
			continue
		}
		for _, part := range wrap(m.set(l.Text), m.prose) {
			l.Text = part
			rows = append(rows, l)
		}
	}
	if n.Kind == Text {
		return atMost(rows, proseLines)
	}
	return rows
}

// headline is a node's whole name: mark, sign, label, badge.
func (m manner) headline(n Node) string {
	return m.set(join(" ", m.prefix(n), n.Label, n.badge()))
}

func (m manner) prefix(n Node) string {
	return join(" ", markOf(n.Mark), m.sign(n.Shape))
}

// lines breaks a node's name; mark and sign stay with its first word, the badge with
// its last where there is room.
func (m manner) lines(n Node) []string {
	lines := wrap(m.set(n.Label), m.name)
	if prefix := m.prefix(n); prefix != "" {
		lines[0] = join(" ", prefix, lines[0])
	}
	badge := m.set(n.badge())
	last := len(lines) - 1
	switch {
	case badge == "":
	case width(lines[last])+1+width(badge) <= max(m.name, 24):
		lines[last] += " " + badge
	default:
		lines = append(lines, badge)
	}
	return lines
}

// gridBlock sets the cells of a grid, all equally large.
func (m manner) gridBlock(n Node, b *block) {
	for _, l := range n.Lines {
		lines := wrap(m.set(oneLine(join(" ", markOf(l.Mark), m.sign(l.shape), l.Text))), m.name)
		l.Text = strings.Join(lines, "\n")
		b.rows = append(b.rows, l)
		b.cell.width = max(b.cell.width, widest(lines)+4)
		b.cell.height = max(b.cell.height, len(lines)+2)
	}
	b.width = max(b.width+2, n.Across*(b.cell.width+1)-1)
}

// size is how many columns and rows of cells a node takes, its border included; of
// a frame, the least it may.
func (b block) size(n Node) (columns, rows int) {
	switch n.Kind {
	case Frame:
		return b.width + 7, 3
	case Grid:
		return b.width + 4, 2 + b.cell.height*share(len(b.rows), n.Across)
	}
	rows = len(b.name) + len(b.rows) + 2
	if b.rule {
		rows++
	}
	if n.bare() && n.alone {
		return b.width + 2, max(rows-2, 1)
	}
	return b.width + 4, rows
}

// graph is the view as a graph to place, in lines between cells.
// In some frames a number of further columns at the left stays free.
func (m manner) graph(v View, blocks []block, d layout.Direction, wider map[int]int) layout.Graph {
	g := layout.Graph{Direction: d, Grid: v.gridOf(layout.Root)}
	degree, byRow := v.degrees(), v.joinedByRow()
	for i, n := range v.Nodes {
		columns, rows := blocks[i].size(n)
		node := layout.Node{ID: v.nodeID(i), Parent: n.Parent, Width: float64(columns - 1), Height: float64(rows - 1)}
		if byRow[i] {
			node.Ports = blocks[i].ports(node.Width)
		} else if d.Horizontal() {
			node.Height = max(node.Height, float64(degree[i]+1))
		} else {
			node.Width = max(node.Width, float64(2*degree[i]+1))
		}
		if n.Kind == Frame {
			node.Padding, node.Grid = padding(d), v.gridOf(i)
			node.Padding.Left += float64(wider[i])
		}
		g.Nodes = append(g.Nodes, node)
	}
	for _, e := range v.Edges {
		v.padInside(g, e)
		g.Edges = append(g.Edges, layout.Edge{
			ID: e.IDs[0], From: e.From, To: e.To, Label: m.room(e, d),
			FromPort: v.port(g.Nodes[e.From], e.From, e.fromRow, 0), ToPort: v.port(g.Nodes[e.To], e.To, e.toRow, 1),
		})
	}
	return g
}

// nodeID names node i; a ghost may have the id of something that is there.
func (v View) nodeID(i int) string {
	if v.Nodes[i].Mark == "removed" {
		return "- " + v.Nodes[i].ID
	}
	return v.Nodes[i].ID
}

// degrees counts for every node the edges that start at it or end at it, whichever
// are more: those share a side.
func (v View) degrees() []int {
	in, out := make([]int, len(v.Nodes)), make([]int, len(v.Nodes))
	for _, e := range v.Edges {
		out[e.From]++
		in[e.To]++
	}
	for i := range out {
		out[i] = max(out[i], in[i])
	}
	return out
}

// padding keeps a row or column inside a frame free where edges come in, so that
// their arrowheads are not on the frame.
func padding(d layout.Direction) layout.Insets {
	if d.Horizontal() {
		return layout.Insets{Top: 1, Right: 2, Bottom: 1, Left: 3}
	}
	return layout.Insets{Top: 2, Right: 2, Bottom: 1, Left: 2}
}

// padInside keeps room for an arrowhead on all sides of a frame that is joined to
// something in it: on which the connection comes in, the engine decides.
func (v View) padInside(g layout.Graph, e Edge) {
	outer := layout.Root
	switch {
	case v.isIn(e.To, e.From):
		outer = e.From
	case v.isIn(e.From, e.To):
		outer = e.To
	default:
		return
	}
	p := &g.Nodes[outer].Padding
	p.Top, p.Bottom = max(p.Top, 2), max(p.Bottom, 2)
	p.Left, p.Right = max(p.Left, 3), max(p.Right, 3)
}

// room is what is kept free for an edge's label.
func (m manner) room(e Edge, d layout.Direction) layout.Size {
	lines := m.labelLines(e)
	if len(lines) == 0 {
		return layout.Size{}
	}
	s := layout.Size{Width: float64(widest(lines) + m.blank), Height: float64(len(lines) - 1)}
	if !d.Horizontal() {
		s.Height++
	}
	return s
}

func (m manner) labelLines(e Edge) []string {
	text := m.set(e.text())
	switch {
	case e.Mark == "" && text == "":
		return nil
	case e.Mark == "":
		return m.few(wrap(text, m.label))
	case text == "":
		return []string{e.Mark.Mark()}
	}
	lines := m.few(wrap(text, m.label))
	lines[0] = e.Mark.Mark() + " " + lines[0] // the mark stays with the first word
	return lines
}

// few keeps the first lines of a name or label; an ellipsis stands for the rest.
func (m manner) few(lines []string) []string {
	if len(lines) <= nameLines {
		return lines
	}
	return append(lines[:nameLines-1:nameLines-1], m.set("…"))
}

func widest(lines []string) int {
	w := 0
	for _, l := range lines {
		w = max(w, width(l))
	}
	return w
}
