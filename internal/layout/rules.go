package layout

import (
	"cmp"
	"math"
	"slices"
)

// wall is something that others keep a distance from: a box without children, one
// border of a box with children, a label, or a part of a route across the axis.
type wall struct {
	low, high float64 // on the axis
	from, to  float64 // on the other axis
	node      int     // or noNode
	edge      int     // or noEdge
}

const (
	noNode = -1
	noEdge = -1
)

// rules gathers what must be kept of one axis.
type rules struct {
	graph   Graph
	parents []bool
	placed  Placement
	axis    axis
	spacing Spacing
	near    float64 // on the other axis, how near things face each other
	walls   []wall
	ends    map[doorstep][]end
	kept    []rule
	last    fold
	stood   stood
}

// stood says of the nodes and edges of a graph that they were drawn before as they are
// now. What stood side by side may stay as near as it was, and boxes become larger than
// they can do with only where the ends of their routes have no room.
type stood struct{ node, edge []bool }

func (s stood) has(w wall) bool {
	switch {
	case w.node != noNode:
		return s.node != nil && s.node[w.node]
	case w.edge != noEdge:
		return s.edge != nil && s.edge[w.edge]
	}
	return false
}

// rule says that one place on the axis is at least so much before another.
type rule struct{ low, high, keep float64 }

func newRules(g Graph, p Placement, a axis, s Spacing, near float64, last fold, st stood) *rules {
	r := &rules{graph: g, parents: g.parents(), placed: p, axis: a, spacing: s, near: near, last: last, stood: st}
	r.all()
	return r
}

// size is the least that a box may be long.
func (r *rules) size(node int) float64 {
	n := r.graph.Nodes[node]
	if r.stood.node != nil && n.Least != (Size{}) {
		return r.axis.size(n.Least)
	}
	return r.graph.asked(node, r.axis)
}

// longest is how long a box may stay when it was that long. A box with children is as
// long as they want.
func (r *rules) longest(node int) float64 {
	if r.parents[node] || r.spacing.Slim == 0 {
		return math.Inf(1)
	}
	return r.spacing.Slim * r.graph.asked(node, r.axis)
}

func (r *rules) keep(low, high, keep float64) {
	if low < high {
		r.kept = append(r.kept, rule{low, high, keep})
	}
}

// apart keeps two places as far apart as wanted, or as they were, when both stood one
// after the other.
func (r *rules) apart(low, high, want float64, stood bool) {
	if stood {
		a, known := r.last.find(low)
		b, both := r.last.find(high)
		if known && both && a < b {
			want = min(want, b-a)
		}
	}
	r.keep(low, high, want)
}

func (r *rules) all() {
	for i := range r.graph.Nodes {
		r.addBox(i, r.parents[i])
	}
	for i := range r.graph.Edges {
		r.addRoute(i)
	}
	r.keepEnds()
	r.face()
}

func (r *rules) addBox(i int, container bool) {
	n, b := r.graph.Nodes[i], r.placed.Boxes[i]
	low, high := r.axis.box(b)
	from, to := r.axis.other().box(b)
	r.keep(low, high, r.size(i))
	if container {
		r.walls = append(r.walls, wall{low, low, from, to, i, noEdge}, wall{high, high, from, to, i, noEdge})
	} else {
		r.walls = append(r.walls, wall{low, high, from, to, i, noEdge})
	}
	if n.Parent == Root {
		return
	}
	outerLow, outerHigh := r.axis.box(r.placed.Boxes[n.Parent])
	padLow, padHigh := r.axis.padding(r.graph.Nodes[n.Parent].Padding)
	r.keep(outerLow, low, padLow)
	r.keep(high, outerHigh, padHigh)
}

func (r *rules) addRoute(i int) {
	e, route := r.graph.Edges[i], r.placed.Routes[i]
	a, o := r.axis, r.axis.other()
	for k := 1; k < len(route.Points); k++ {
		p, q := route.Points[k-1], route.Points[k]
		if a.at(p) == a.at(q) {
			r.walls = append(r.walls, wall{a.at(p), a.at(p), min(o.at(p), o.at(q)), max(o.at(p), o.at(q)), noNode, i})
		}
	}
	n := len(route.Points)
	r.addEnd(i, e.From, route.Points[0], route.Points[1])
	r.addEnd(i, e.To, route.Points[n-1], route.Points[n-2])
	if route.Label == nil {
		return
	}
	low, middle, high := labelStops(a, *route.Label, e.Label)
	from, _, to := labelStops(o, *route.Label, e.Label)
	r.keep(low, middle, middle-low)
	r.keep(middle, high, high-middle)
	r.walls = append(r.walls, wall{low, high, from, to, noNode, i})
}

// labelStops are the ends and the middle of a label on an axis, a whole number apart,
// so that what is on whole numbers stays on them.
func labelStops(a axis, at Point, size Size) (low, middle, high float64) {
	half := math.Ceil(a.size(size) / 2)
	return a.at(at) - half, a.at(at), a.at(at) + half
}

// addEnd notes where a route touches a box, when it does so across the axis.
func (r *rules) addEnd(edge, node int, at, next Point) {
	if r.axis.at(at) != r.axis.at(next) {
		return
	}
	low, _ := r.axis.other().box(r.placed.Boxes[node])
	side := doorstep{node, r.axis.other().at(at) == low}
	if r.ends == nil {
		r.ends = map[doorstep][]end{}
	}
	r.ends[side] = append(r.ends[side], end{r.axis.at(at), r.stood.has(wall{node: noNode, edge: edge})})
}

// end is where a route touches a box.
type end struct {
	at    float64
	stood bool
}

// doorstep is one of the two sides of a box that lie along the axis.
type doorstep struct {
	node int
	low  bool
}

// keepEnds keeps the ends of routes off the corners of their box and off each other.
func (r *rules) keepEnds() {
	corner := max(1, math.Floor(r.spacing.EdgeEdge/2))
	for side, ends := range r.ends {
		slices.SortFunc(ends, func(e, f end) int { return cmp.Compare(e.at, f.at) })
		low, high := r.axis.box(r.placed.Boxes[side.node])
		first, last := ends[0], ends[len(ends)-1]
		r.apart(low, first.at, corner, first.stood)
		for i := 1; i < len(ends); i++ {
			r.apart(ends[i-1].at, ends[i].at, r.spacing.EdgeEdge, ends[i-1].stood && ends[i].stood)
		}
		r.apart(last.at, high, corner, last.stood)
	}
}

// face makes the rules between walls that see each other. What is hidden behind a wall
// that is wholly before another one is kept off by that one.
func (r *rules) face() {
	slices.SortStableFunc(r.walls, func(v, w wall) int {
		return cmp.Or(cmp.Compare(v.low, w.low), cmp.Compare(v.high, w.high))
	})
	cells := newCells(r.walls, r.near)
	v := view{{}}
	met := make([]int, len(r.walls))
	for i, w := range r.walls {
		first, end := v.cut(cells.covered(w.from-r.near/2, w.to+r.near/2))
		for k := first; k < end; k++ {
			v[k].open = r.seenFrom(w.low, v[k].open)
			for _, before := range v[k].open {
				if met[before] != i {
					met[before] = i
					r.between(r.walls[before], w)
				}
			}
		}
		v.join(first, end)
		first, end = v.cut(cells.covered(w.from, w.to))
		for k := first; k < end; k++ {
			v[k].open = append(v[k].open, i)
		}
	}
}

// view is what is seen looking back along the axis: stretches of cells, one behind the
// other, with the walls that are not hidden in all of their cells. The last has no end.
type view []stretch

type stretch struct {
	first int // cell
	open  []int
}

// cut makes stretches begin at two cells, and tells which those are.
func (v *view) cut(first, end int) (from, to int) { return v.cutAt(first), v.cutAt(end) }

func (v *view) cutAt(cell int) int {
	i, found := slices.BinarySearchFunc(*v, cell, func(s stretch, cell int) int { return cmp.Compare(s.first, cell) })
	if !found {
		*v = slices.Insert(*v, i, stretch{cell, slices.Clone((*v)[i-1].open)})
	}
	return i
}

// join makes one of neighbours, from one stretch up to another, that see the same.
func (v *view) join(from, to int) {
	last := from
	for i := from + 1; i < to; i++ {
		if !slices.Equal((*v)[last].open, (*v)[i].open) {
			last++
			(*v)[last] = (*v)[i]
		}
	}
	*v = slices.Delete(*v, last+1, max(last+1, to))
}

// seenFrom drops the walls that are hidden, from a place on, behind another of them.
func (r *rules) seenFrom(at float64, walls []int) []int {
	last := -1
	for _, k := range walls { // the later, the higher its low side
		if r.walls[k].high <= at {
			last = k
		}
	}
	return slices.DeleteFunc(walls, func(k int) bool { return k < last && r.walls[k].high <= r.walls[last].low })
}

func (r *rules) between(v, w wall) {
	if v.high > w.low {
		return
	}
	r.apart(v.high, w.low, r.room(v, w), r.stood.has(v) && r.stood.has(w))
}

// room is the distance that two walls want.
func (r *rules) room(v, w wall) float64 {
	switch {
	case v.node != noNode && w.node != noNode:
		if r.graph.Contains(v.node, w.node) || r.graph.Contains(w.node, v.node) {
			return 0 // the padding is kept
		}
		if r.axis.along(r.graph.Direction) {
			return r.spacing.Layers
		}
		return r.spacing.Nodes
	case v.node != noNode || w.node != noNode:
		return r.spacing.EdgeNode
	case r.axis.along(r.graph.Direction):
		return r.spacing.Turns
	}
	return r.spacing.Tracks
}

// cells cut the other axis into the points where walls begin or end and the open
// intervals between them.
type cells struct{ at []float64 }

func newCells(walls []wall, near float64) cells {
	var c cells
	for _, w := range walls {
		c.at = append(c.at, w.from-near/2, w.from, w.to, w.to+near/2)
	}
	slices.Sort(c.at)
	c.at = slices.Compact(c.at)
	return c
}

func (c cells) covered(from, to float64) (first, end int) {
	i, _ := slices.BinarySearch(c.at, from)
	j, _ := slices.BinarySearch(c.at, to)
	return 2 * i, 2*j + 1
}

// stops are all coordinates that a solution is wanted for.
func (r *rules) stops() []float64 {
	var stops []float64
	for _, w := range r.walls {
		stops = append(stops, w.low, w.high)
	}
	for _, k := range r.kept {
		stops = append(stops, k.low, k.high)
	}
	for _, route := range r.placed.Routes {
		for _, p := range route.Points {
			stops = append(stops, r.axis.at(p))
		}
	}
	slices.Sort(stops)
	return slices.Compact(stops)
}
