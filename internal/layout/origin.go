package layout

import "math"

// settle moves the route of edge e to where its ends lie on its nodes' borders.
// elk-go v0.2.0 gives an edge from a container to something inside it relative to
// another node than the one it names, when the container stands in one itself.
func (g Graph) settle(r *Route, e Edge, boxes []Box) {
	if len(r.Points) == 0 || g.joins(*r, e, boxes) {
		return
	}
	for outer := e.From; outer != Root; outer = g.Nodes[outer].Parent {
		moved := r.moved(-boxes[outer].X, -boxes[outer].Y)
		if g.joins(moved, e, boxes) {
			*r = moved
			return
		}
	}
}

// joins tells whether a route begins and ends on the borders of the nodes that its
// edge joins.
func (g Graph) joins(r Route, e Edge, boxes []Box) bool {
	return boxes[e.From].borders(r.Points[0]) && boxes[e.To].borders(r.Points[len(r.Points)-1])
}

// borders tells whether a point lies on the border of b.
func (b Box) borders(p Point) bool {
	const skin = 0.01
	right, bottom := b.X+b.Width, b.Y+b.Height
	if p.X < b.X-skin || p.X > right+skin || p.Y < b.Y-skin || p.Y > bottom+skin {
		return false
	}
	near := min(math.Abs(p.X-b.X), math.Abs(p.X-right), math.Abs(p.Y-b.Y), math.Abs(p.Y-bottom))
	return near < skin
}

// moved is the route shifted as a whole.
func (r Route) moved(dx, dy float64) Route {
	points := make([]Point, len(r.Points))
	for i, p := range r.Points {
		points[i] = Point{p.X + dx, p.Y + dy}
	}
	r.Points = points
	if r.Label != nil {
		r.Label = &Point{r.Label.X + dx, r.Label.Y + dy}
	}
	return r
}
