package layout

import (
	"math"
	"slices"
)

// Unjogged is the placement without small steps in its routes: where the end of a route
// can move along its box, or a part of it aside, by less than a limit, and two corners
// are gone then. Nothing comes nearer than apart to anything else by that, and no edge
// is crossed more often. Boxes stay, and so do ends at ports.
func (p Placement) Unjogged(g Graph, limit, apart float64) Placement {
	u := &unjogging{graph: g, p: p.clone(), limit: limit, apart: apart, inner: g.parents()}
	for i, e := range g.Edges {
		if g.Contains(e.From, e.To) || g.Contains(e.To, e.From) {
			continue
		}
		for u.step(i, false) || u.step(i, true) {
			continue
		}
	}
	return u.p
}

type unjogging struct {
	graph        Graph
	p            Placement
	limit, apart float64
	inner        []bool // by node: it has children
}

// step takes one step from the beginning of a route, or from its end.
func (u *unjogging) step(edge int, back bool) bool {
	r := u.p.Routes[edge].moved(0, 0)
	if back {
		slices.Reverse(r.Points)
	}
	for _, straight := range []func(Route) (Route, bool){u.slideEnd, u.slideRest} {
		next, ok := straight(r)
		if !ok {
			continue
		}
		if back {
			slices.Reverse(next.Points)
		}
		if u.allowed(edge, next) {
			u.p.Routes[edge] = next
			return true
		}
	}
	return false
}

// jog is the vector of a route's second part, if that is a small step between two parts
// that run the same way.
func (u *unjogging) jog(r Route) (d Point, ok bool) {
	q := r.Points
	if len(q) < 4 {
		return Point{}, false
	}
	d = Point{q[2].X - q[1].X, q[2].Y - q[1].Y}
	first, second := Point{q[1].X - q[0].X, q[1].Y - q[0].Y}, Point{q[3].X - q[2].X, q[3].Y - q[2].Y}
	same := first.X*second.X+first.Y*second.Y > 0 && (first.X == 0) == (second.X == 0) && (first.Y == 0) == (second.Y == 0)
	across := d.X*first.X+d.Y*first.Y == 0
	return d, same && across && math.Abs(d.X+d.Y) < u.limit
}

// slideEnd moves a route's first part in line with its third.
func (u *unjogging) slideEnd(r Route) (Route, bool) {
	d, ok := u.jog(r)
	if !ok || onPart(r.Label, r.Points[1], r.Points[2]) {
		return r, false
	}
	if onPart(r.Label, r.Points[0], r.Points[1]) {
		r.Label = &Point{r.Label.X + d.X, r.Label.Y + d.Y}
	}
	first := Point{r.Points[0].X + d.X, r.Points[0].Y + d.Y}
	r.Points = append([]Point{first}, r.Points[3:]...)
	return r, true
}

// slideRest moves a route's third part in line with its first.
func (u *unjogging) slideRest(r Route) (Route, bool) {
	d, ok := u.jog(r)
	if !ok || onPart(r.Label, r.Points[1], r.Points[2]) {
		return r, false
	}
	if onPart(r.Label, r.Points[2], r.Points[3]) {
		r.Label = &Point{r.Label.X - d.X, r.Label.Y - d.Y}
	}
	next := Point{r.Points[3].X - d.X, r.Points[3].Y - d.Y}
	r.Points = append([]Point{r.Points[0], next}, r.Points[4:]...)
	return r, true
}

// onPart tells whether a label stands on a part of a route.
func onPart(label *Point, a, b Point) bool {
	const near = 1 // engines round labels
	return label != nil && partOf(a, b).grown(near).holds(*label)
}

func (b Box) holds(p Point) bool {
	return p.X >= b.X && p.X <= b.X+b.Width && p.Y >= b.Y && p.Y <= b.Y+b.Height
}

// allowed tells whether an edge may have another route.
func (u *unjogging) allowed(edge int, next Route) bool {
	e, old := u.graph.Edges[edge], u.p.Routes[edge]
	last := len(next.Points) - 1
	return u.mayEnd(e.From, e.FromPort, old.Points[0], next.Points[0]) &&
		u.mayEnd(e.To, e.ToPort, old.Points[len(old.Points)-1], next.Points[last]) &&
		!u.closer(edge, next) && !u.cutsMore(edge, next) && u.labelFree(edge, next)
}

// mayEnd tells whether a route may end at another place of a box: on the same side, and
// away from the corners.
func (u *unjogging) mayEnd(node, port int, was, is Point) bool {
	if was == is {
		return true
	}
	b := u.p.Boxes[node]
	along, low, size := is.X, b.X, b.Width
	if was.X == is.X {
		along, low, size = is.Y, b.Y, b.Height
	}
	return port == NoPort && along >= low+u.apart && along <= low+size-u.apart
}

// closer tells whether a route would run closer beside another than it may.
func (u *unjogging) closer(edge int, next Route) bool {
	for i, other := range u.p.Routes {
		if i == edge {
			continue
		}
		if u.beside(next.Points, other.Points) && !u.beside(u.p.Routes[edge].Points, other.Points) {
			return true
		}
		if crossings(next.Points, other.Points) > crossings(u.p.Routes[edge].Points, other.Points) {
			return true
		}
	}
	return false
}

// beside tells whether parts of two routes run along each other too close.
func (u *unjogging) beside(r, s []Point) bool {
	for i := 1; i < len(r); i++ {
		for k := 1; k < len(s); k++ {
			if partOf(r[i-1], r[i]).grown(u.apart/2).overlaps(partOf(s[k-1], s[k]).grown(u.apart/2)) &&
				(r[i-1].X == r[i].X) == (s[k-1].X == s[k].X) {
				return true
			}
		}
	}
	return false
}

func partOf(a, b Point) Box {
	return Box{X: min(a.X, b.X), Y: min(a.Y, b.Y), Width: math.Abs(a.X - b.X), Height: math.Abs(a.Y - b.Y)}
}

// cutsMore tells whether a route would run through, or close by, what it did not before.
func (u *unjogging) cutsMore(edge int, next Route) bool {
	e, old := u.graph.Edges[edge], u.p.Routes[edge].Points
	for i, b := range u.p.Boxes {
		switch {
		case i == e.From || i == e.To:
			b = b.grown(-0.5)
		case u.graph.Contains(i, e.From) || u.graph.Contains(i, e.To):
			continue
		default:
			b = b.grown(u.apart)
		}
		if b.CutBy(next.Points) && !b.CutBy(old) {
			return true
		}
	}
	for i, r := range u.p.Routes {
		if l := u.label(i, r); i != edge && r.Label != nil && l.CutBy(next.Points) && !l.CutBy(old) {
			return true
		}
	}
	return false
}

func (u *unjogging) label(edge int, r Route) Box {
	if r.Label == nil {
		return Box{}
	}
	s := u.graph.Edges[edge].Label
	return Box{X: r.Label.X - s.Width/2, Y: r.Label.Y - s.Height/2, Width: s.Width, Height: s.Height}
}

// labelFree tells whether the label of an edge may stand where another route has it.
func (u *unjogging) labelFree(edge int, next Route) bool {
	if next.Label == nil || *next.Label == *u.p.Routes[edge].Label {
		return true
	}
	l := u.label(edge, next)
	for i, b := range u.p.Boxes {
		if !u.inner[i] && l.overlaps(b) {
			return false
		}
	}
	for i, r := range u.p.Routes {
		if i != edge && (l.CutBy(r.Points) || r.Label != nil && l.overlaps(u.label(i, r))) {
			return false
		}
	}
	return true
}
