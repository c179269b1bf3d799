package layout

import (
	"cmp"
	"math"
	"slices"
)

// budget is how many times longer than need be a drawing may be on an axis.
func (s Spacing) budget() float64 { return cmp.Or(s.Budget, 2.5) }

// foldAll gives the placements of the versions of a union that was placed as p, each
// as near to the one before as it can be. Every node and edge of a version must be
// in u, by its id. Sizes are those that the version asks for where nothing holds a
// box open, and the routes are those of the union.
//
// A version drawn where the union was placed has holes where other versions have
// something. They are closed on each axis as far as what faces each other allows:
// one-dimensional compaction of a chip's layout, with the order of all boxes kept
// beside that of the neighbours.
func foldAll(u Graph, p Placement, versions []Graph, s Spacing) []Placement {
	p = restrict(u, p, u)
	p.snap()
	if s.Slim > 0 {
		for _, a := range []axis{horizontal, vertical} {
			p.separate(u, a, fold{})
		}
	}
	s = s.folded(u)
	var last [2]fold
	if len(versions) > 1 && len(versions[0].Nodes) > 0 {
		last = roomy(u, p, versions[0], s)
	}
	folded := make([]Placement, len(versions))
	for i, g := range versions {
		f := restrict(u, p, g)
		last = settle(g, &f, s, last, stood{})
		folded[i] = f
	}
	return folded
}

// roomy is where the first version begins: where the union has everything, drawn
// together evenly, so that it has room where later versions need it: the more, the
// more is to come.
func roomy(u Graph, p Placement, first Graph, s Spacing) (last [2]fold) {
	spread, ahead := s.budget()-0.2, cmp.Or(s.Ahead, 0.1)
	least := restrict(u, p, first)
	settle(first, &least, s, last, stood{})
	for _, a := range []axis{horizontal, vertical} {
		from := newRules(u, p, a, s, 0, fold{}, stood{}).stops()
		length := from[len(from)-1] - from[0]
		low, high := bounds(least)
		need := a.at(high) - a.at(low)
		part := min(1, min(spread*need, need+ahead*(length-need))/max(1, length))
		f := fold{from, make([]float64, len(from))}
		for i, x := range from {
			f.to[i] = (x - from[0]) * part
		}
		last[a] = f
	}
	return last
}

// settle moves everything in a placement of g to where there is just the room that
// s wants, or nearer to where last says that it was. It gives the maps it moved by.
func settle(g Graph, p *Placement, s Spacing, last [2]fold, st stood) [2]fold {
	axes := [2]axis{horizontal, vertical}
	if !g.Direction.Horizontal() {
		axes = [2]axis{vertical, horizontal}
	}
	near := 0. // what did not face each other may do so after the first axis
	for _, a := range axes {
		last[a] = newRules(g, *p, a, s, near, last[a], st).solve(last[a])
		p.move(a, last[a])
		near = s.EdgeEdge
	}
	for i := range p.Routes {
		p.Routes[i].Points = straighten(distinct(p.Routes[i].Points))
	}
	return last
}

// folded is the spacing for drawings that are folded: with as little room between
// routes as can be told apart, less where a drawing is full of them.
func (s Spacing) folded(g Graph) Spacing {
	const crowded = 4 // edges for each node
	if s.Tracks == 0 {
		s.Tracks = s.EdgeEdge
	}
	if s.Turns == 0 {
		s.Turns = s.Tracks
	}
	if len(g.Edges) > crowded*len(g.Nodes) {
		s.Tracks, s.Turns = max(1, math.Floor(s.Tracks*3/4)), max(1, math.Floor(s.Turns*3/4))
		s.EdgeEdge = max(1, math.Floor(s.EdgeEdge*3/4))
	}
	return s
}

// restrict takes what g holds out of a placement of u. A route is turned round when
// g has the edge the other way.
func restrict(u Graph, p Placement, g Graph) Placement {
	node, edge := u.index()
	f := Placement{Engine: p.Engine, Boxes: make([]Box, len(g.Nodes)), Routes: make([]Route, len(g.Edges))}
	for i, n := range g.Nodes {
		f.Boxes[i] = p.Boxes[node[n.ID]]
	}
	for i, e := range g.Edges {
		k := edge[e.ID]
		r := p.Routes[k].clone()
		if u.Edges[k].From != node[g.Nodes[e.From].ID] {
			slices.Reverse(r.Points)
		}
		if e.Label == (Size{}) {
			r.Label = nil
		}
		f.Routes[i] = r
	}
	return f
}

func (p Placement) clone() Placement {
	p.Boxes, p.Routes = slices.Clone(p.Boxes), slices.Clone(p.Routes)
	for i, r := range p.Routes {
		p.Routes[i] = r.clone()
	}
	return p
}

func (r Route) clone() Route {
	r.Points = slices.Clone(r.Points)
	if r.Label != nil {
		at := *r.Label
		r.Label = &at
	}
	return r
}

// index finds nodes and edges by id.
func (g Graph) index() (node, edge map[string]int) {
	node, edge = make(map[string]int, len(g.Nodes)), make(map[string]int, len(g.Edges))
	for i, n := range g.Nodes {
		node[n.ID] = i
	}
	for i, e := range g.Edges {
		edge[e.ID] = i
	}
	return node, edge
}

// move takes everything along one axis to where f says.
func (p *Placement) move(a axis, f fold) {
	for i := range p.Boxes {
		low, high := a.box(p.Boxes[i])
		a.setBox(&p.Boxes[i], f.at(low), f.at(high))
	}
	for _, r := range p.Routes {
		for k := range r.Points {
			at := a.of(&r.Points[k])
			*at = f.at(*at)
		}
		if r.Label != nil {
			at := a.of(r.Label)
			*at = f.at(*at)
		}
	}
}

// snap takes coordinates to a grid fine enough not to be seen, on which what an
// engine meant to be in line is in line exactly, and labels to their routes.
func (p *Placement) snap() {
	for i := range p.Boxes {
		for _, a := range []axis{horizontal, vertical} {
			low, high := a.box(p.Boxes[i])
			a.setBox(&p.Boxes[i], snap(low), snap(high))
		}
	}
	for i, r := range p.Routes {
		for k, q := range r.Points {
			r.Points[k] = Point{snap(q.X), snap(q.Y)}
		}
		r.Points = straighten(distinct(upright(r.Points)))
		p.Routes[i].Points = r.Points
		if r.Label != nil {
			*r.Label = nearest(r.Points, Point{snap(r.Label.X), snap(r.Label.Y)})
		}
	}
}

// upright gives a route that only goes along the axes. Where elk-go crosses the border
// of a container it may be off by a unit or less: the rest of the line is taken to
// where it began. Any other slant becomes a corner.
func upright(r []Point) []Point {
	const off = 1
	out := slices.Clone(r[:1])
	rest := slices.Clone(r[1:])
	for i, p := range rest {
		last := out[len(out)-1]
		dx, dy := math.Abs(p.X-last.X), math.Abs(p.Y-last.Y)
		switch {
		case dx == 0 || dy == 0:
		case dy <= off && dx > dy:
			for k := i; k < len(rest) && rest[k].Y == p.Y; k++ {
				rest[k].Y = last.Y
			}
		case dx <= off:
			for k := i; k < len(rest) && rest[k].X == p.X; k++ {
				rest[k].X = last.X
			}
		default:
			out = append(out, Point{p.X, last.Y})
		}
		out = append(out, rest[i])
	}
	return out
}

// nearest is the point of a route that is nearest to q: where a label goes with the
// line that it belongs to.
func nearest(r []Point, q Point) Point {
	best, least := r[0], math.Inf(1)
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		p := Point{
			X: max(min(a.X, b.X), min(q.X, max(a.X, b.X))),
			Y: max(min(a.Y, b.Y), min(q.Y, max(a.Y, b.Y))),
		}
		if d := math.Hypot(p.X-q.X, p.Y-q.Y); d < least {
			best, least = p, d
		}
	}
	return best
}

const grid = 8 // to the unit

func snap(x float64) float64 { return math.Round(x*grid) / grid }

// distinct drops points that are where the one before is; two stay.
func distinct(r []Point) []Point {
	out := r[:1:1]
	for _, p := range r[1:] {
		if p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	if len(out) == 1 {
		out = append(out, out[0])
	}
	return out
}

// Cells is the spacing of a drawing of the given direction in terminal cells, as
// [ELKCells] leaves it.
func Cells(d Direction) Spacing { return cellSpacing(d, false) }

// TightCells is that of a tight one.
func TightCells(d Direction) Spacing { return cellSpacing(d, true) }
