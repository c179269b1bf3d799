package diagram

import (
	"cmp"
	"context"
	"math"
	"slices"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2sequence"
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/label"

	"github.com/archsync/archsync/internal/layout"
)

// detourBudget bounds the search for ways around, for all edges of a drawing
// together: about two seconds. Edges beyond it stay straight.
const detourBudget = 4_000_000

// across draws the edges whose ends were placed apart, which no engine sees: those
// that cross the border of a grid, a sequence diagram or a near container, and
// those between the cells of one grid.
type across struct {
	edges []*d2graph.Edge
}

// route implements D2's plug-in for edges across borders: straight lines for now,
// for only when everything has its place is it known what is in the way.
func (a *across) route(_ context.Context, _ *d2graph.Graph, edges []*d2graph.Edge) error {
	for _, e := range edges {
		for _, o := range []*d2graph.Object{e.Src, e.Dst} {
			settleLabel(o)
		}
		e.Route = traced(e, []*geo.Point{e.Src.Center(), e.Dst.Center()})
		if e.Label.Value != "" {
			e.LabelPosition = position(label.InsideMiddleCenter)
		}
	}
	a.edges = append(a.edges, edges...)
	return nil
}

// detour leads the edges around what is in their way, upright and level, and looks
// for places for their labels. Where there is no way they stay straight.
func (a *across) detour(g *d2graph.Graph) {
	edges := append(a.edges, betweenCells(g)...)
	if len(edges) == 0 {
		return
	}
	open := map[*d2graph.Edge]bool{}
	for _, e := range edges {
		open[e] = true
	}
	t := &layout.Terrain{Budget: detourBudget}
	labels := &labelField{}
	for _, e := range g.Edges {
		if !open[e] {
			t.Lines = append(t.Lines, line(e))
			labels.take(e)
		}
	}
	for _, e := range edges {
		t.Walls = walls(g, e)
		if points, ok := t.Detour(end(e.Src, e.Dst, e.SrcTableColumnIndex), end(e.Dst, e.Src, e.DstTableColumnIndex)); ok {
			e.Route = d2Points(points)
			if !boxed(e.Src) || !boxed(e.Dst) {
				e.Route = traced(e, e.Route)
			}
		}
		t.Lines = append(t.Lines, line(e))
		labels.place(e, append(t.Walls, frames(e)...))
	}
}

// boxed tells whether an object fills its box, so that a route which ends at the box
// ends at its outline.
func boxed(o *d2graph.Object) bool {
	if dx, dy := o.GetModifierElementAdjustments(); dx != 0 || dy != 0 {
		return false
	}
	switch o.Shape.Value {
	case "", d2target.ShapeRectangle, d2target.ShapeSquare, d2target.ShapeSQLTable, d2target.ShapeClass, d2target.ShapeCode, d2target.ShapeSequenceDiagram:
		return !label.FromString(labelOf(o)).IsOutside()
	}
	return false
}

func labelOf(o *d2graph.Object) string {
	if !o.HasLabel() || o.LabelPosition == nil {
		return ""
	}
	return *o.LabelPosition
}

// betweenCells are the edges that D2 drew itself, as straight lines, between two
// cells of a grid.
func betweenCells(g *d2graph.Graph) []*d2graph.Edge {
	var edges []*d2graph.Edge
	for _, e := range g.Edges {
		if !d2sequence.IsLifelineEnd(e.Dst) && e.Src != e.Dst && e.Src.Parent == e.Dst.Parent && e.Src.Parent.IsGridDiagram() {
			edges = append(edges, e)
		}
	}
	return edges
}

// walls are what an edge has no business in: every object that neither holds nor is
// held by one of its ends, the outermost only, and the titles of what it runs in.
func walls(g *d2graph.Graph, e *d2graph.Edge) []layout.Box {
	var boxes []layout.Box
	var visit func(o *d2graph.Object)
	visit = func(o *d2graph.Object) {
		switch {
		case o == e.Src || o == e.Dst:
			if !holds(o, e.Src) || !holds(o, e.Dst) {
				return
			}
		case !holds(o, e.Src) && !holds(o, e.Dst) && !unseen(o):
			boxes = append(boxes, outline(o))
			return
		}
		if title, ok := titleBox(o); ok {
			title.X, title.Width = title.X-label.PADDING, title.Width+2*label.PADDING // else a line touches its letters
			boxes = append(boxes, title)
		}
		for _, child := range o.ChildrenArray {
			visit(child)
		}
	}
	for _, o := range g.Root.ChildrenArray {
		visit(o)
	}
	return boxes
}

// unseen tells whether nothing of an object itself is painted: it keeps room in a grid.
func unseen(o *d2graph.Object) bool {
	is := func(s *d2graph.Scalar, value string) bool { return s != nil && s.Value == value }
	return is(o.Style.Opacity, "0") ||
		is(o.Style.Fill, "transparent") && is(o.Style.Stroke, "transparent") && !o.HasLabel() && !o.HasIcon()
}

// frames are the borders of the containers that an edge may cross, on which its
// label reads badly.
func frames(e *d2graph.Edge) []layout.Box {
	const thick = 2.
	var boxes []layout.Box
	for _, o := range []*d2graph.Object{e.Src, e.Dst} {
		for p := o.Parent; p != nil && p.Parent != nil; p = p.Parent {
			b := boxOf(p)
			boxes = append(boxes,
				layout.Box{X: b.X, Y: b.Y, Width: b.Width, Height: thick},
				layout.Box{X: b.X, Y: b.Y + b.Height - thick, Width: b.Width, Height: thick},
				layout.Box{X: b.X, Y: b.Y, Width: thick, Height: b.Height},
				layout.Box{X: b.X + b.Width - thick, Y: b.Y, Width: thick, Height: b.Height})
		}
	}
	return boxes
}

// holds tells whether outer is inner or has it somewhere inside.
func holds(outer, inner *d2graph.Object) bool {
	for ; inner != nil; inner = inner.Parent {
		if inner == outer {
			return true
		}
	}
	return false
}

func boxOf(o *d2graph.Object) layout.Box {
	return layout.Box{X: o.TopLeft.X, Y: o.TopLeft.Y, Width: o.Width, Height: o.Height}
}

// outline is an object with its label and icon, where those stand outside.
func outline(o *d2graph.Object) layout.Box {
	margin, _ := o.SpacingOpt(label.PADDING, label.PADDING, false)
	b := boxOf(o)
	return layout.Box{
		X: b.X - margin.Left, Y: b.Y - margin.Top,
		Width: margin.Left + b.Width + margin.Right, Height: margin.Top + b.Height + margin.Bottom,
	}
}

// end is where an edge may meet o on its way to other.
func end(o, other *d2graph.Object, column *int) layout.End {
	e := layout.End{Box: boxOf(o), Inward: o != other && holds(o, other)}
	if o.SQLTable != nil && column != nil && *column < len(o.SQLTable.Columns) {
		row := o.Height / float64(len(o.SQLTable.Columns)+1)
		e.Rows = []float64{o.TopLeft.Y + row*(float64(*column)+1.5)}
	}
	return e
}

func line(e *d2graph.Edge) []layout.Point {
	points := make([]layout.Point, len(e.Route))
	for i, p := range e.Route {
		points[i] = layout.Point{X: p.X, Y: p.Y}
	}
	return points
}

func d2Points(points []layout.Point) []*geo.Point {
	out := make([]*geo.Point, len(points))
	for i, p := range points {
		out[i] = geo.NewPoint(p.X, p.Y)
	}
	return out
}

// labelField is where the labels of edges stand.
type labelField struct{ taken []layout.Box }

// take enters the label of an edge that has its place.
func (f *labelField) take(e *d2graph.Edge) {
	if b, ok := edgeLabelBox(e); ok {
		f.taken = append(f.taken, b)
	}
}

// place finds for an edge's label the point of its route where the least is in the
// way; the middle of the longest segment, if all is the same.
func (f *labelField) place(e *d2graph.Edge, walls []layout.Box) {
	if e.Label.Value == "" {
		return
	}
	e.LabelPosition = position(label.UnlockedMiddle)
	best, least := 0.5, math.Inf(1)
	for _, share := range labelSpots(e.Route) {
		e.LabelPercentage = &share
		b, _ := edgeLabelBox(e)
		if hidden := covered(b, walls) + covered(b, f.taken); hidden < least {
			best, least = share, hidden
		}
	}
	e.LabelPercentage = &best
	f.take(e)
}

// labelSpots are the places on a route where a label may stand, as shares of its
// length: the middles of its segments, the longest first, then their quarters.
func labelSpots(r []*geo.Point) []float64 {
	type segment struct{ start, length float64 }
	var segments []segment
	total := 0.
	for i := 1; i < len(r); i++ {
		length := math.Hypot(r[i].X-r[i-1].X, r[i].Y-r[i-1].Y)
		segments = append(segments, segment{total, length})
		total += length
	}
	if total == 0 {
		return []float64{0.5}
	}
	slices.SortStableFunc(segments, func(a, b segment) int { return cmp.Compare(b.length, a.length) })
	var spots []float64
	for _, within := range []float64{0.5, 0.25, 0.75} {
		for _, s := range segments {
			spots = append(spots, (s.start+within*s.length)/total)
		}
	}
	return spots
}

// covered is how much of b lies under other boxes.
func covered(b layout.Box, others []layout.Box) float64 {
	area := 0.
	for _, o := range others {
		w := min(b.X+b.Width, o.X+o.Width) - max(b.X, o.X)
		h := min(b.Y+b.Height, o.Y+o.Height) - max(b.Y, o.Y)
		area += max(0, w) * max(0, h)
	}
	return area
}
