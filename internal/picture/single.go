package picture

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/layout"
)

// singles finds the containers that no layered layout can draw. Each is made one
// node by the function it is given.
func (v View) singles() []func(int) Node {
	single := make([]func(int) Node, len(v.Nodes))
	for i, n := range v.Nodes {
		switch {
		case n.Shape == "sequence_diagram" && n.Kind == Frame:
			single[i] = v.sequence
		case n.Kind == Frame && v.isGrid(i):
			single[i] = v.grid
		}
	}
	return single
}

// sequence writes a sequence diagram as the list of its messages, in their order;
// of the whole layer for [layout.Root].
func (v View) sequence(i int) Node {
	n := Node{Parent: layout.Root, Shape: "sequence_diagram", Label: "sequence"}
	if i != layout.Root {
		n = v.Nodes[i]
	}
	n.Kind = List
	within := func(k int) bool { return i == layout.Root || (k != i && v.isIn(k, i)) }
	var messages []Line
	talks := make([]bool, len(v.Nodes))
	n.talk = &talk{}
	for _, e := range v.inTheirOrder() {
		if !within(e.From) || !within(e.To) {
			continue
		}
		talks[e.From], talks[e.To] = true, true
		n.talk.say(v, i, e)
		messages = append(messages, Line{Text: v.message(i, e), Subject: e.IDs[0], Mark: e.Mark})
	}
	digits := len(strconv.Itoa(len(messages)))
	for k := range messages {
		messages[k].Text = fmt.Sprintf("%*d %s", digits, k+1, messages[k].Text)
	}
	n.Lines = append(n.Lines, messages...)
	for _, g := range n.talk.groups() {
		talks[g.node] = true
		n.Lines = append(n.Lines, Line{Text: g.name, Subject: g.subject, Mark: g.mark})
	}
	for k, c := range v.Nodes {
		if within(k) && !talks[k] && c.Kind != Frame {
			n.Lines = append(n.Lines, Line{Text: firstLine(c), Subject: c.ID, Mark: c.Mark})
		}
	}
	return n
}

// inTheirOrder are the edges as they stand in the file: in a layer, D2 puts what stands in
// a block before what stands beside it. What is gone comes last; what was written in
// several files stays as it is.
func (v View) inTheirOrder() []Edge {
	edges := slices.Clone(v.Edges)
	ofOther := func(e Edge) bool { return e.Mark != change.Removed && e.place.File != edges[0].place.File }
	if slices.ContainsFunc(edges, ofOther) {
		return edges
	}
	slices.SortStableFunc(edges, func(a, b Edge) int {
		switch {
		case a.Mark == change.Removed || b.Mark == change.Removed:
			return gone(a) - gone(b)
		case a.place.Line != b.place.Line:
			return a.place.Line - b.place.Line
		}
		return a.place.Column - b.place.Column
	})
	return edges
}

func gone(e Edge) int {
	if e.Mark == change.Removed {
		return 1
	}
	return 0
}

func firstLine(n Node) string {
	if n.Label == "" && len(n.Lines) > 0 {
		return n.Lines[0].Text
	}
	return oneLine(n.Label)
}

// message is one line of a sequence diagram: "web → api: login".
func (v View) message(diagram int, e Edge) string {
	s := v.actor(diagram, e.From) + " " + arrow(e.Arrows) + " " + v.actor(diagram, e.To)
	if e.Label != "" {
		s += ": " + oneLine(e.Label)
	}
	return join(" ", markOf(e.Mark), s)
}

// actor names an end of a message by the lifeline that it is on, not by the span.
func (v View) actor(diagram, i int) string { return firstLine(v.Nodes[v.lifeline(diagram, i)]) }

func (v View) lifeline(diagram, i int) int {
	for v.Nodes[i].Parent != diagram && v.Nodes[i].Parent != layout.Root {
		i = v.Nodes[i].Parent
	}
	return i
}

func arrow(arrows string) string {
	switch arrows {
	case "->":
		return "→"
	case "<-":
		return "←"
	case "<->":
		return "↔"
	}
	return "──"
}

// isGrid tells whether a container is a grid of plain boxes that no edge enters, which
// can be drawn as one node.
func (v View) isGrid(i int) bool {
	if style := v.styleOf(i); style["grid-rows"] == "" && style["grid-columns"] == "" {
		return false
	}
	for _, n := range v.Nodes {
		if n.Parent == i && n.Kind != Box {
			return false
		}
	}
	for _, e := range v.Edges {
		if i == layout.Root || (e.From != i && v.isIn(e.From, i)) || (e.To != i && v.isIn(e.To, i)) {
			return false
		}
	}
	return true
}

// styleOf is what the file says of a node; of the whole layer for [layout.Root].
func (v View) styleOf(i int) map[string]string {
	if i == layout.Root {
		return v.board.Style
	}
	return v.Nodes[i].style
}

// gridOf is how the children of a frame stand, by its style: of the whole layer for
// [layout.Root]. D2 fills a grid of which only the columns are given column by column.
func (v View) gridOf(i int) layout.Grid {
	style, cells := v.styleOf(i), 0
	for _, c := range v.Nodes {
		if c.Parent == i {
			cells++
		}
	}
	rows, _ := strconv.Atoi(style["grid-rows"])
	columns, _ := strconv.Atoi(style["grid-columns"])
	switch {
	case columns > 0 && rows > 0:
		return layout.Grid{Columns: columns}
	case columns > 0:
		return layout.Grid{Rows: max(share(cells, columns), 1)}
	case rows > 0:
		return layout.Grid{Columns: max(share(cells, rows), 1)}
	}
	return layout.Grid{}
}

// grid makes one node of a grid, its cells row by row.
func (v View) grid(i int) Node {
	n := Node{Parent: layout.Root}
	if i != layout.Root {
		n = v.Nodes[i]
	}
	n.Kind = Grid
	var cells []Line
	for _, c := range v.Nodes {
		if c.Parent == i {
			cells = append(cells, Line{Text: c.Label, Subject: c.ID, Mark: c.Mark, bare: c.bare(), shape: c.Shape})
		}
	}
	switch form := v.gridOf(i); {
	case form.Rows > 0:
		cells, n.Across = transposed(cells, form.Rows), share(len(cells), form.Rows)
	case form.Columns > 0:
		n.Across = min(form.Columns, len(cells))
	default:
		n.Across = len(cells)
	}
	n.Lines, n.Across = cells, max(n.Across, 1)
	return n
}

func share(n, among int) int { return int(math.Ceil(float64(n) / float64(max(among, 1)))) }

// transposed reorders what is listed column by column, each of a given height, so
// that it is listed row by row. Where the last columns are shorter there are gaps,
// lines of nothing.
func transposed(cells []Line, height int) []Line {
	across := share(len(cells), height)
	out := make([]Line, 0, across*height)
	for row := range height {
		for column := range across {
			if i := column*height + row; i < len(cells) {
				out = append(out, cells[i])
			} else {
				out = append(out, Line{})
			}
		}
	}
	return out
}
