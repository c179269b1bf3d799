package layout

import "math"

// labelStanding gives labels to routes that stand and had none: each where fewest other
// things have to make room for it. Nothing may have been stretched yet.
func (b *sheet) labelStanding() {
	labels := map[int]labelSpot{}
	for i, e := range b.graph.Edges {
		if b.routed[i] && e.Label != (Size{}) && b.p.Routes[i].Label == nil {
			labels[i] = b.clearest(i, labels)
		}
	}
	for i, e := range b.graph.Edges {
		if s, ok := labels[i]; ok {
			b.putLabel(i, s.leg, s.part, e.Label)
		}
	}
}

// labelSpot is a place for a label: so far along a leg of its route.
type labelSpot struct {
	leg  int
	part float64
	room Box
}

// clearest finds the place on a route where a label has most room, given the labels
// that are to come elsewhere.
func (b *sheet) clearest(edge int, others map[int]labelSpot) labelSpot {
	best, least := labelSpot{}, math.Inf(1)
	points := b.p.Routes[edge].Points
	for leg := range len(points) - 1 {
		p, q := points[leg], points[leg+1]
		for _, part := range []float64{0.5, 0.25, 0.75} {
			at := Point{p.X + (q.X-p.X)*part, p.Y + (q.Y-p.Y)*part}
			s := labelSpot{leg, part, b.labelRoom(at, b.graph.Edges[edge].Label)}
			if c := b.covered(edge, s.room, others) + math.Abs(part-0.5); c < least {
				best, least = s, c
			}
		}
	}
	return best
}

// labelRoom is the room that a label wants with what keeps a distance from it.
func (b *sheet) labelRoom(at Point, size Size) Box {
	return Box{X: at.X - size.Width/2, Y: at.Y - size.Height/2, Width: size.Width, Height: size.Height}.grown(b.s.Tracks)
}

// covered is how far other things reach into the room of a label.
func (b *sheet) covered(edge int, room Box, others map[int]labelSpot) float64 {
	sum := 0.
	for i, has := range b.has {
		e := b.graph.Edges[edge]
		if has && !b.graph.Contains(i, e.From) && !b.graph.Contains(i, e.To) || i == e.From || i == e.To {
			sum += room.shared(b.p.Boxes[i])
		}
	}
	for i, r := range b.p.Routes {
		if !b.routed[i] {
			continue
		}
		for k := 1; k < len(r.Points) && i != edge; k++ {
			p, q := r.Points[k-1], r.Points[k]
			sum += room.shared(Box{X: min(p.X, q.X), Y: min(p.Y, q.Y), Width: math.Abs(p.X - q.X), Height: math.Abs(p.Y - q.Y)})
		}
		if r.Label != nil {
			sum += room.shared(b.labelRoom(*r.Label, b.graph.Edges[i].Label))
		}
		if s, ok := others[i]; ok {
			sum += room.shared(s.room)
		}
	}
	return sum
}

// shared is how far the two boxes would have to move apart, or 0.
func (b Box) shared(c Box) float64 {
	across := min(b.X+b.Width, c.X+c.Width) - max(b.X, c.X)
	down := min(b.Y+b.Height, c.Y+c.Height) - max(b.Y, c.Y)
	if across < 0 || down < 0 {
		return 0
	}
	return min(b.X+b.Width-c.X, c.X+c.Width-b.X, b.Y+b.Height-c.Y, c.Y+c.Height-b.Y)
}

// putLabel makes room for an edge's label on a leg of its route, so far along it.
func (b *sheet) putLabel(edge, leg int, part float64, size Size) {
	points := b.p.Routes[edge].Points
	a := horizontal
	if points[leg].X == points[leg+1].X {
		a = vertical
	}
	o := a.other()
	place := func() (along, across float64) {
		p, q := b.p.Routes[edge].Points[leg], b.p.Routes[edge].Points[leg+1]
		return a.at(p) + (a.at(q)-a.at(p))*part, o.at(p)
	}
	_, across := place()
	b.open(o, across, o.size(size))
	b.open(o, across-0.5/grid, o.size(size))
	along, _ := place()
	begin := b.open(a, snap(along), a.size(size))
	_, across = place()
	at := Point{}
	*a.of(&at), *o.of(&at) = begin+a.size(size)/2, across
	b.p.Routes[edge].Label = &at
}
