package picture

import (
	"slices"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/layout"
)

// inside counts what happened in a container, without the container itself.
func (v View) inside(i int) change.Counts {
	var n change.Counts
	for k := range v.Nodes {
		if k != i && v.isIn(k, i) {
			n = n.Plus(counted(v.Nodes[k].Mark))
		}
	}
	for _, e := range v.Edges {
		if v.isIn(e.From, i) && v.isIn(e.To, i) {
			n = n.Plus(counted(e.Mark))
		}
	}
	return n
}

// happened counts what happened to a node and in it.
func (v View) happened(i int) change.Counts { return counted(v.Nodes[i].Mark).Plus(v.inside(i)) }

func counted(k change.Kind) change.Counts {
	if k == "" {
		return change.Counts{}
	}
	return change.Count([]change.Change{{Kind: k}})
}

// fold replaces every closed container, the bystanders of every frame, and everything
// that is drawn as one node anyway, by a box. Edges end at what is left to be seen;
// those inside a box are gone, and those that were lifted out of one are merged, or
// all parallel ones.
func (v View) fold(closed, bystanders []bool, merge bool) View {
	if v.board.Shape == "sequence_diagram" {
		return View{Nodes: []Node{v.sequence(layout.Root)}, board: v.board}
	}
	if v.isGrid(layout.Root) {
		return View{Nodes: []Node{v.grid(layout.Root)}, board: v.board}
	}
	f := folding{
		View: v, closed: closed, bystanders: bystanders, singles: v.singles(), out: View{board: v.board},
		shown: make([]int, len(v.Nodes)), lifted: make([]bool, len(v.Nodes)),
		whole: map[int]bool{}, others: map[int]int{},
	}
	for i := range v.Nodes {
		f.node(i)
	}
	f.edges(merge)
	for i, degree := range f.out.degrees() {
		f.out.Nodes[i].alone = degree == 0
	}
	return f.out
}

// folding is a view while it is folded.
type folding struct {
	View
	closed, bystanders []bool
	singles            []func(int) Node

	out    View
	shown  []int        // the position in out of what stands for a node
	lifted []bool       // whether that is another node
	whole  map[int]bool // of out: nodes that hide what is in them
	others map[int]int  // by frame of out: the box for its bystanders
}

// node decides what stands for node i; frames come before what stands in them.
func (f *folding) node(i int) {
	n, parent := f.Nodes[i], layout.Root
	if n.Parent != layout.Root {
		parent = f.shown[n.Parent]
	}
	if f.whole[parent] {
		f.hide(i, parent)
		return
	}
	if box, ok := f.others[parent]; ok && f.bystanders[i] {
		f.hide(i, box)
		f.out.Nodes[box].Inside += 1 + f.count(i)
		f.out.Nodes[box].Counts = f.out.Nodes[box].Counts.Plus(f.happened(i))
		return
	}
	at := len(f.out.Nodes)
	f.shown[i], f.whole[at] = at, true
	switch {
	case f.bystanders[i]:
		n = Node{ID: n.ID, Kind: Folded, Shape: "rectangle", Label: "others", Inside: 1 + f.count(i), Counts: f.happened(i), others: true}
		f.others[parent], f.lifted[i] = at, true
	case f.closed[i]:
		n.Kind, n.Counts, n.Inside = Folded, f.inside(i), f.count(i)
	case f.singles[i] != nil:
		n = f.singles[i](i)
	default:
		f.whole[at] = false
	}
	n.Parent = parent
	f.out.Nodes = append(f.out.Nodes, n)
}

func (f *folding) hide(i, in int) {
	f.shown[i], f.lifted[i] = in, true
	f.out.Nodes[in].Hidden = append(f.out.Nodes[in].Hidden, f.Nodes[i].ID)
}

// edges moves the ends of edges to what is shown. One from a node to itself becomes a
// line in it.
func (f *folding) edges(merge bool) {
	parallel := map[[2]int]int{}
	var edges []Edge
	for _, e := range f.Edges {
		mergeable := merge || f.lifted[e.From] || f.lifted[e.To]
		e.From, e.To = f.shown[e.From], f.shown[e.To]
		if e.From == e.To && f.whole[e.From] {
			continue
		}
		ends := [2]int{e.From, e.To}
		if i, ok := parallel[ends]; ok && mergeable {
			edges[i] = edges[i].with(e)
			continue
		}
		if mergeable {
			parallel[ends] = len(edges)
		}
		edges = append(edges, e)
	}
	for _, e := range edges {
		if e.From != e.To {
			f.out.Edges = append(f.out.Edges, e)
			continue
		}
		n := &f.out.Nodes[e.From]
		n.Loops = append(n.Loops, Line{Text: join(" ", markOf(e.Mark), "↻", e.text()), Subject: e.IDs[0], Mark: e.Mark})
	}
}

// fewest is how many bystanders are worth a box of their own.
const fewest = 4

// bystanders finds, for a view of what changed, the boxes that neither changed nor are
// joined to what did: in every frame, and in the layer, if there are enough of them.
// A closed container is one too, but not an outermost one: those are the picture that
// people know.
func (v View) bystanders(closed []bool, c Choice) []bool {
	is := make([]bool, len(v.Nodes))
	if c.Zoom != Changes {
		return is
	}
	near := v.nearChanges()
	count := map[int]int{}
	for i, n := range v.Nodes {
		open, said := c.Folded[v.frameID(n.Parent)]
		single := n.Kind != Frame || (closed[i] && n.Parent != layout.Root)
		is[i] = single && !near[i] && n.ID != c.Focus && (open || !said) && !atSide(n.style["near"])
		if is[i] {
			count[n.Parent]++
		}
	}
	for i, n := range v.Nodes {
		is[i] = is[i] && count[n.Parent] >= fewest
	}
	return is
}

// nearChanges marks what changed, and the ends of connections that changed or lead to
// something that did, with the frames around them.
func (v View) nearChanges() []bool {
	near := make([]bool, len(v.Nodes))
	for i, n := range v.Nodes {
		near[i] = n.Mark != ""
	}
	for _, e := range v.Edges {
		if e.Mark != "" || v.Nodes[e.From].Mark != "" || v.Nodes[e.To].Mark != "" {
			near[e.From], near[e.To] = true, true
		}
	}
	for i := range slices.Backward(v.Nodes) {
		if p := v.Nodes[i].Parent; near[i] && p != layout.Root {
			near[p] = true
		}
	}
	return near
}

func (v View) frameID(i int) string {
	if i == layout.Root {
		return ""
	}
	return v.Nodes[i].ID
}

// count is the number of components in a container, at any depth.
func (v View) count(i int) int {
	n := 0
	for k := range v.Nodes {
		if k != i && v.isIn(k, i) {
			n++
		}
	}
	return n
}

// with is two edges between the same ends drawn as one.
func (e Edge) with(f Edge) Edge {
	e.IDs = append(e.IDs[:len(e.IDs):len(e.IDs)], f.IDs...)
	if e.Label != f.Label {
		e.Label = ""
	}
	if e.Mark != f.Mark {
		e.Mark = change.Changed
	}
	e.Arrows = bothArrows(e.Arrows, f.Arrows)
	e.Dashed = e.Dashed && f.Dashed
	e.Head, e.Tail, e.HeadLabel, e.TailLabel = "", "", "", ""
	e.fromRow, e.toRow = "", ""
	return e
}

func bothArrows(a, b string) string {
	left := a[0] == '<' || b[0] == '<'
	right := a[len(a)-1] == '>' || b[len(b)-1] == '>'
	switch {
	case left && right:
		return "<->"
	case left:
		return "<-"
	case right:
		return "->"
	}
	return "--"
}

// around keeps some nodes, what is in them, and what is joined to those by at most
// depth connections, with the frames around all that. A container that is only a
// neighbour is closed.
func (v View) around(centres map[int]bool, depth int) (View, []bool) {
	near := v.near(centres, depth)
	keep := make([]bool, len(v.Nodes))
	closed := make([]bool, 0, len(v.Nodes))
	open := make([]bool, len(v.Nodes))
	for i := range v.Nodes {
		if !near[i] {
			continue
		}
		keep[i] = true
		for p := v.Nodes[i].Parent; p != layout.Root; p = v.Nodes[p].Parent {
			keep[p], open[p] = true, true
		}
	}
	for i, n := range v.Nodes {
		if keep[i] {
			closed = append(closed, n.Kind == Frame && !open[i])
		}
	}
	return v.pick(keep), closed
}

// pick leaves out nodes, and the edges that end at them. What stands in a node that is
// left out must be left out too.
func (v View) pick(keep []bool) View {
	out := View{board: v.board}
	place := make([]int, len(v.Nodes))
	for i, n := range v.Nodes {
		if !keep[i] {
			continue
		}
		place[i] = len(out.Nodes)
		if n.Parent != layout.Root {
			n.Parent = place[n.Parent]
		}
		out.Nodes = append(out.Nodes, n)
	}
	for _, e := range v.Edges {
		if keep[e.From] && keep[e.To] {
			e.From, e.To = place[e.From], place[e.To]
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// near marks the nodes at most depth connections away from some nodes and what is in
// them.
func (v View) near(centres map[int]bool, depth int) []bool {
	near := make([]bool, len(v.Nodes))
	for i, n := range v.Nodes {
		near[i] = centres[i] || (n.Parent != layout.Root && near[n.Parent])
	}
	for range depth {
		var reached []int
		for _, e := range v.Edges {
			switch {
			case near[e.From] && !near[e.To]:
				reached = append(reached, e.To)
			case near[e.To] && !near[e.From]:
				reached = append(reached, e.From)
			}
		}
		for _, i := range reached {
			near[i] = true
		}
	}
	return near
}

// markOf is the sign of a change; "" for none.
func markOf(k change.Kind) string {
	if k == "" {
		return ""
	}
	return k.Mark()
}
