package layout

// settle moves the route of edge e to where it belongs. elk-go v0.2.0 moves an edge from
// a container to something inside it once too often, when the container stands in one
// itself: by the place of that one.
func (g Graph) settle(r *Route, e Edge, boxes []Box) {
	outer := g.Nodes[e.From].Parent
	if outer != Root && e.From != e.To && g.Contains(e.From, e.To) {
		*r = r.moved(-boxes[outer].X, -boxes[outer].Y)
	}
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
