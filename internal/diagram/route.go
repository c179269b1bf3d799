package diagram

import (
	"math"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/label"

	"github.com/archsync/archsync/internal/layout"
)

// route takes the route of edge i to the real outlines of its ends: the engine
// ended it on the box around shape, label and icon.
func (m *model) route(e *d2graph.Edge, p layout.Placement, i int) {
	r, edge := p.Routes[i], m.graph.Edges[i]
	points := make([]*geo.Point, len(r.Points))
	for j, q := range r.Points {
		points[j] = geo.NewPoint(q.X, q.Y)
	}
	first, last := points[0], points[len(points)-1]
	pull(first, p.Boxes[edge.From], m.margins[edge.From])
	pull(last, p.Boxes[edge.To], m.margins[edge.To])
	e.Route = traced(e, points)
	if e.Label.Value == "" && e.Icon == nil {
		return
	}
	e.LabelPosition = position(label.InsideMiddleCenter)
	if r.Label != nil {
		at := along(e.Route, *r.Label)
		e.LabelPosition, e.LabelPercentage = position(label.UnlockedMiddle), &at
	}
}

// pull moves an end from the box with margins to the shape's own box.
func pull(p *geo.Point, b layout.Box, margin geo.Spacing) {
	const near = 0.5
	switch {
	case math.Abs(p.X-b.X) < near:
		p.X += margin.Left
	case math.Abs(p.X-b.X-b.Width) < near:
		p.X -= margin.Right
	}
	switch {
	case math.Abs(p.Y-b.Y) < near:
		p.Y += margin.Top
	case math.Abs(p.Y-b.Y-b.Height) < near:
		p.Y -= margin.Bottom
	}
}

// traced cuts a route where it meets the outlines of its ends. A shape drawn in
// several copies or in depth is met at its rearmost copy from above and right.
func traced(e *d2graph.Edge, points []*geo.Point) []*geo.Point {
	backSrc := toBack(e.Src, points[0])
	backDst := toBack(e.Dst, points[len(points)-1])
	from, to := e.TraceToShape(points, 0, len(points)-1)
	backDst()
	backSrc()
	return points[from : to+1]
}

func toBack(o *d2graph.Object, p *geo.Point) (restore func()) {
	dx, dy := o.GetModifierElementAdjustments()
	if (dx == 0 && dy == 0) || p.X <= o.TopLeft.X+dx || p.Y >= o.TopLeft.Y+o.Height-dy {
		return func() {}
	}
	front := *o.TopLeft
	o.TopLeft.X += dx
	o.TopLeft.Y -= dy
	return func() { *o.TopLeft = front }
}

// along is how far down a route, 0 to 1, the point nearest to q lies.
func along(r []*geo.Point, q layout.Point) float64 {
	total, at, best := 0., 0., math.Inf(1)
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		dx, dy := b.X-a.X, b.Y-a.Y
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		t := max(0, min(1, ((q.X-a.X)*dx+(q.Y-a.Y)*dy)/length/length))
		if d := math.Hypot(a.X+t*dx-q.X, a.Y+t*dy-q.Y); d < best {
			best, at = d, total+t*length
		}
		total += length
	}
	if total == 0 {
		return 0.5
	}
	return at / total
}
