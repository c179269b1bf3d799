package diagram

import (
	"slices"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/label"

	"github.com/archsync/archsync/internal/layout"
)

// settleTitles moves the titles of containers to where nothing stands on them and the
// fewest edges cross them: along the top, at the left if all is the same, or else along
// the bottom. Titles that their author placed stay on their side.
func (m *model) settleTitles() {
	for _, o := range m.objects {
		if !m.titled[o] && !m.hasPlacedTitle(o) {
			continue
		}
		best, fewest := "", -1
		for _, p := range m.titlePositions(o) {
			o.LabelPosition = position(p)
			if n := m.onTitle(o); fewest < 0 || n < fewest {
				best, fewest = *o.LabelPosition, n
			}
		}
		o.LabelPosition = &best
	}
}

// hasPlacedTitle tells whether the author chose the place of a container's title.
func (m *model) hasPlacedTitle(o *d2graph.Object) bool {
	return !m.titled[o] && len(o.ChildrenArray) > 0 && o.HasLabel() && o.LabelPosition != nil
}

// crossedTitles finds the containers whose titles something stands on or edges cross,
// wherever they may stand.
func (m *model) crossedTitles() map[*d2graph.Object]bool {
	crossed := map[*d2graph.Object]bool{}
	for _, o := range m.objects {
		if m.titled[o] && m.onTitle(o) > 0 {
			crossed[o] = true
		}
	}
	return crossed
}

// keepTitleRoom keeps room at the bottom of containers, where their titles may yet
// move, and makes those that edges come into from above or below so wide that one to
// the middle passes by the title.
func (m *model) keepTitleRoom(crossed map[*d2graph.Object]bool) {
	for i, o := range m.objects {
		if !m.titled[o] || !crossed[o] {
			continue
		}
		n, margin := &m.graph.Nodes[i], m.margins[i]
		n.Padding.Bottom = max(n.Padding.Bottom, m.padding(o, margin, true).Bottom)
		if m.entered[o] && !m.graph.Direction.Horizontal() {
			n.Width = max(n.Width, 2*float64(o.LabelDimensions.Width)+6*label.PADDING+margin.Left+margin.Right)
		}
	}
}

// entered finds the containers whose border an edge crosses.
func entered(g *d2graph.Graph) map[*d2graph.Object]bool {
	crossed := map[*d2graph.Object]bool{}
	enter := func(inner, other *d2graph.Object) {
		for o := inner.Parent; o != nil && !holds(o, other); o = o.Parent {
			crossed[o] = true
		}
	}
	for _, e := range g.Edges {
		enter(e.Src, e.Dst)
		enter(e.Dst, e.Src)
	}
	return crossed
}

// titlePositions are the places for a title, the wanted one first. An icon has the left
// corner for itself.
func (m *model) titlePositions(o *d2graph.Object) []label.Position {
	is := label.FromString(*o.LabelPosition)
	switch {
	case m.hasPlacedTitle(o):
		return sameSide(is)
	case is.IsOutside():
		return []label.Position{label.OutsideTopLeft, label.OutsideTopRight, label.OutsideTopCenter}
	case o.HasIcon():
		return []label.Position{label.InsideTopRight, label.InsideTopCenter}
	}
	return []label.Position{
		label.InsideTopLeft, label.InsideTopRight, label.InsideTopCenter,
		label.InsideBottomLeft, label.InsideBottomRight, label.InsideBottomCenter,
	}
}

// sameSide are the positions on the upper or lower side where a label stands, itself
// first.
func sameSide(p label.Position) []label.Position {
	for _, side := range [][]label.Position{
		{label.InsideTopLeft, label.InsideTopCenter, label.InsideTopRight},
		{label.InsideBottomLeft, label.InsideBottomCenter, label.InsideBottomRight},
		{label.OutsideTopLeft, label.OutsideTopCenter, label.OutsideTopRight},
		{label.OutsideBottomLeft, label.OutsideBottomCenter, label.OutsideBottomRight},
	} {
		if slices.Contains(side, p) {
			return append([]label.Position{p}, side...)
		}
	}
	return []label.Position{p}
}

// onTitle counts the edges that run through a container's title. Each of its children
// that the title touches counts for many.
func (m *model) onTitle(o *d2graph.Object) int {
	title, ok := titleBox(o)
	if !ok {
		return 0
	}
	n := 0
	for _, child := range o.ChildrenArray {
		if covered(title, []layout.Box{outline(child)}) > 0 {
			n += 1000
		}
	}
	for _, e := range m.d2.Edges {
		if title.CutBy(line(e)) {
			n++
		}
	}
	return n
}

// titleBox is where the label of a placed object stands.
func titleBox(o *d2graph.Object) (layout.Box, bool) {
	if !o.HasLabel() || o.LabelPosition == nil {
		return layout.Box{}, false
	}
	p := label.FromString(*o.LabelPosition)
	box := o.Box
	if !p.IsOutside() && !p.IsBorder() {
		box = o.ToShape().GetInnerBox()
	}
	w, h := float64(o.LabelDimensions.Width), float64(o.LabelDimensions.Height)
	at := p.GetPointOnBox(box, label.PADDING, w, h)
	return layout.Box{X: at.X, Y: at.Y, Width: w, Height: h}, true
}

// edgeLabelBox is where the label of a routed edge stands.
func edgeLabelBox(e *d2graph.Edge) (layout.Box, bool) {
	if e.Label.Value == "" || e.LabelPosition == nil || len(e.Route) < 2 {
		return layout.Box{}, false
	}
	share := 0.
	if e.LabelPercentage != nil {
		share = *e.LabelPercentage
	}
	w, h := float64(e.LabelDimensions.Width), float64(e.LabelDimensions.Height)
	at, _ := label.FromString(*e.LabelPosition).GetPointOnRoute(geo.Route(e.Route), 2, share, w, h)
	if at == nil {
		return layout.Box{}, false
	}
	return layout.Box{X: at.X, Y: at.Y, Width: w, Height: h}, true
}
