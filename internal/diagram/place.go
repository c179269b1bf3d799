package diagram

import (
	"math"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/label"
	"oss.terrastruct.com/d2/lib/shape"

	"github.com/archsync/archsync/internal/layout"
)

const (
	containerPadding = 30. // pixels between a container's border and its children, at least
	edgeSpace        = 40. // pixels of a side for each edge that ends there
	titleGap         = 6.  // pixels between a container's title and its children, besides D2's own
	smallStep        = 24. // pixels of a step in a route that is taken out where it can be
	besideEdge       = 8.  // pixels that an edge keeps from others then
	labelMargin      = 16. // pixels of an edge to be seen before and behind its label, together
)

// model is one of D2's plain graphs as a graph to place, with the way back.
type model struct {
	d2      *d2graph.Graph
	graph   layout.Graph
	objects []*d2graph.Object // in the order of graph.Nodes
	node    map[*d2graph.Object]int
	margins []geo.Spacing // room outside the shape for labels, icons and copies
	degree  map[*d2graph.Object]int
	titled  map[*d2graph.Object]bool // containers whose title stands where we want
	entered map[*d2graph.Object]bool // containers whose border an edge crosses
	joined  map[*d2graph.Object]bool // containers with edges between their children
}

func newModel(g *d2graph.Graph) *model {
	m := &model{
		d2: g, node: map[*d2graph.Object]int{}, titled: map[*d2graph.Object]bool{},
		degree: degrees(g), entered: entered(g), joined: joined(g),
	}
	m.graph.Direction = layout.Direction(g.Root.Direction.Value)
	for _, o := range g.Root.ChildrenArray {
		m.add(o, layout.Root)
	}
	m.addEdges()
	return m
}

// degrees counts for every object the edges that start or end at it, whichever
// are more: those share a side.
func degrees(g *d2graph.Graph) map[*d2graph.Object]int {
	in, out := map[*d2graph.Object]int{}, map[*d2graph.Object]int{}
	for _, e := range g.Edges {
		out[e.Src]++
		in[e.Dst]++
	}
	for o, n := range in {
		out[o] = max(out[o], n)
	}
	return out
}

func (m *model) add(o *d2graph.Object, parent int) {
	m.titled[o] = len(o.ChildrenArray) > 0 && o.HasLabel() && o.LabelPosition == nil
	settleLabel(o)
	least := m.widen(o)
	margin, _ := o.SpacingOpt(label.PADDING, label.PADDING, false)
	n := layout.Node{
		ID: o.AbsID(), Parent: parent,
		Width:  margin.Left + o.Width + margin.Right,
		Height: margin.Top + o.Height + margin.Bottom,
		Ports:  columnPorts(o, m.graph.Direction, margin),
	}
	if len(o.ChildrenArray) > 0 {
		n.Padding = m.padding(o, margin, false)
	} else {
		n.Least = layout.Size{
			Width:  margin.Left + least.Width + margin.Right,
			Height: margin.Top + least.Height + margin.Bottom,
		}
	}
	if m.titled[o] {
		n.Padding.Top += titleGap
	}
	i := len(m.graph.Nodes)
	m.node[o] = i
	m.graph.Nodes = append(m.graph.Nodes, n)
	m.objects = append(m.objects, o)
	m.margins = append(m.margins, margin)
	for _, child := range o.ChildrenArray {
		m.add(child, i)
	}
}

// settleLabel decides where label and icon of an object stand, which D2 leaves to
// the layout engine: containers at the top, what does not fit outside.
func settleLabel(o *d2graph.Object) {
	container := len(o.ChildrenArray) > 0
	if o.Icon != nil && o.IconPosition == nil {
		o.IconPosition = position(iconPosition(o, container))
		if container && o.LabelPosition == nil {
			o.LabelPosition = position(label.InsideTopRight)
			return
		}
	}
	if o.HasLabel() && o.LabelPosition == nil {
		o.LabelPosition = position(labelPosition(o, container))
	}
}

func position(p label.Position) *string {
	s := p.String()
	return &s
}

func iconPosition(o *d2graph.Object, container bool) label.Position {
	switch {
	case container:
		return label.InsideTopLeft
	case o.SQLTable != nil || o.Class != nil || o.Language != "":
		return label.OutsideTopLeft
	}
	return label.InsideMiddleCenter
}

func labelPosition(o *d2graph.Object, container bool) label.Position {
	fits := float64(o.LabelDimensions.Width) <= o.Width && float64(o.LabelDimensions.Height) <= o.Height
	switch {
	case container && fits && o.Shape.Value != d2target.ShapeCloud: // what has room in a cloud depends on its contents
		return label.InsideTopLeft
	case container:
		return label.OutsideTopLeft
	case o.HasOutsideBottomLabel() || !fits:
		return label.OutsideBottomCenter
	case o.Icon != nil:
		return label.InsideTopCenter
	}
	return label.InsideMiddleCenter
}

// widen gives an object room for its edges, and for an icon under its label,
// unless its author fixed the size. It gives the size without the room for edges.
func (m *model) widen(o *d2graph.Object) (least layout.Size) {
	least = layout.Size{Width: o.Width, Height: o.Height}
	if n := m.degree[o]; n >= 2 {
		room := float64(n) * edgeSpace
		if m.graph.Direction.Horizontal() {
			if o.HeightAttr == nil {
				o.Height = max(o.Height, room)
			}
		} else if o.WidthAttr == nil {
			o.Width = max(o.Width, room)
		}
	}
	if o.HasLabel() && o.HasIcon() {
		more := float64(o.LabelDimensions.Height + label.PADDING)
		o.Height += more
		least.Height += more
	}
	return least
}

// padding is the room in a container for its title, below its contents too if asked for,
// its icon and what its outline takes away (a cylinder's lid), at about the size that it
// will have.
func (m *model) padding(o *d2graph.Object, margin geo.Spacing, below bool) layout.Insets {
	_, p := o.SpacingOpt(2*label.PADDING, 2*label.PADDING, true)
	if below {
		p.Bottom = max(p.Bottom, float64(o.LabelDimensions.Height)+2*label.PADDING) // where the title may yet move
	}
	w, h := m.contentSize(o)
	kind := d2target.DSL_SHAPE_TO_SHAPE_TYPE[o.Shape.Value]
	w, h = shape.NewShape(kind, geo.NewBox(geo.NewPoint(0, 0), w, h)).
		GetDimensionsToFit(max(o.Width, w)+p.Left+p.Right, max(o.Height, h)+p.Top+p.Bottom, 0, 0)
	outline := shape.NewShape(kind, geo.NewBox(geo.NewPoint(0, 0), w, h))
	inner := outline.GetInnerBox()
	side := func(taken, label, margin float64) float64 {
		return max(containerPadding, math.Ceil(taken)+label) + margin
	}
	return layout.Insets{
		Top:    side(inner.TopLeft.Y, p.Top, margin.Top),
		Left:   side(inner.TopLeft.X, p.Left, margin.Left),
		Bottom: side(h-inner.TopLeft.Y-inner.Height, p.Bottom, margin.Bottom),
		Right:  side(w-inner.TopLeft.X-inner.Width, p.Right, margin.Right),
	}
}

// contentSize guesses how much room the children of a container take: in a row across
// the direction of the graph, or along it where edges join them.
func (m *model) contentSize(o *d2graph.Object) (w, h float64) {
	const gap = 30
	row := m.joined[o] == m.graph.Direction.Horizontal()
	for _, c := range o.ChildrenArray {
		cw, ch := c.Width, c.Height
		if len(c.ChildrenArray) > 0 {
			cw, ch = m.contentSize(c)
			cw, ch = cw+2*containerPadding, ch+2*containerPadding
		}
		if row {
			w, h = w+cw+gap, max(h, ch)
		} else {
			w, h = max(w, cw), h+ch+gap
		}
	}
	return w, h
}

// joined finds the containers with edges between their children.
func joined(g *d2graph.Graph) map[*d2graph.Object]bool {
	found := map[*d2graph.Object]bool{}
	for _, e := range g.Edges {
		if e.Src.Parent == e.Dst.Parent && e.Src != e.Dst {
			found[e.Src.Parent] = true
		}
	}
	return found
}

// columnPorts are the ends for edges to single columns of a table: for column i
// the ports 2i, where edges leave, and 2i+1, where they come in.
func columnPorts(o *d2graph.Object, d layout.Direction, margin geo.Spacing) []layout.Port {
	if o.SQLTable == nil {
		return nil
	}
	left := layout.Port{X: 0, Side: layout.West}
	right := layout.Port{X: margin.Left + o.Width + margin.Right, Side: layout.East}
	leave, enter := right, left
	if d == layout.Left {
		leave, enter = left, right
	}
	var ports []layout.Port
	row := o.Height / float64(len(o.SQLTable.Columns)+1)
	for i := range o.SQLTable.Columns {
		y := margin.Top + row*(float64(i)+1.5)
		leave.Y, enter.Y = y, y
		ports = append(ports, leave, enter)
	}
	return ports
}

func (m *model) addEdges() {
	for _, e := range m.d2.Edges {
		m.graph.Edges = append(m.graph.Edges, layout.Edge{
			ID:   e.AbsID(),
			From: m.node[e.Src], FromPort: m.port(e.Src, e.SrcTableColumnIndex, 0),
			To: m.node[e.Dst], ToPort: m.port(e.Dst, e.DstTableColumnIndex, 1),
			Label: m.labelRoom(e),
		})
	}
	m.spreadTablePorts()
}

// labelRoom is what the engine keeps free for a label: its size, and along the edge
// a bit more, so that the line is seen before and behind it.
func (m *model) labelRoom(e *d2graph.Edge) layout.Size {
	if e.Label.Value == "" && e.Icon == nil {
		return layout.Size{}
	}
	room := layout.Size{Width: float64(e.LabelDimensions.Width), Height: float64(e.LabelDimensions.Height)}
	if m.graph.Direction.Horizontal() {
		room.Width += labelMargin
	} else {
		room.Height += labelMargin
	}
	return room
}

// port is where an edge ends at a table: at its column, or, for the table as a
// whole, at a port of its own, because a node with ports takes edges only there.
func (m *model) port(o *d2graph.Object, column *int, end int) int {
	if o.SQLTable == nil {
		return layout.NoPort
	}
	if column != nil && *column < len(o.SQLTable.Columns) {
		return 2**column + end
	}
	n := &m.graph.Nodes[m.node[o]]
	side := layout.South
	if (end == 1) != (m.graph.Direction == layout.Up) {
		side = layout.North
	}
	p := layout.Port{Side: side}
	if side == layout.South {
		p.Y = n.Height
	}
	n.Ports = append(n.Ports, p)
	return len(n.Ports) - 1
}

// spreadTablePorts shares the width of a table's top and bottom among the ports
// that edges to the whole table were given.
func (m *model) spreadTablePorts() {
	for i := range m.graph.Nodes {
		n := &m.graph.Nodes[i]
		bySide := map[layout.Side][]int{}
		for k, p := range n.Ports {
			if p.Side == layout.North || p.Side == layout.South {
				bySide[p.Side] = append(bySide[p.Side], k)
			}
		}
		for _, ports := range bySide {
			for k, p := range ports {
				n.Ports[p].X = n.Width / float64(len(ports)+1) * float64(k+1)
			}
		}
	}
}

// apply writes a placement into D2's graph.
func (m *model) apply(p layout.Placement) {
	p = p.Unjogged(m.graph, smallStep, besideEdge)
	for i, o := range m.objects {
		b, margin := p.Boxes[i], m.margins[i]
		o.TopLeft = geo.NewPoint(b.X+margin.Left, b.Y+margin.Top)
		o.Width = math.Ceil(b.Width) - margin.Left - margin.Right
		o.Height = math.Ceil(b.Height) - margin.Top - margin.Bottom
	}
	for i, e := range m.d2.Edges {
		m.route(e, p, i)
	}
	m.settleTitles()
}
