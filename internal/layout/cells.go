package layout

import (
	"context"
	"slices"

	elk "github.com/d2lang/elk-go"
)

// CellsVersion names the engine that [ELKCells] makes; see [ELKVersion].
const CellsVersion = ELKVersion + " cells 3"

// ELKCells makes an engine for drawings in terminal cells. The unit is the line
// between two cells' middles: a box of h rows is h-1 high, so that borders and
// routes both lie on whole numbers; widths and heights must be whole. A tight one
// leaves less room, and the drawing comes out smaller and harder to read.
func ELKCells(tight bool) Engine {
	return func(ctx context.Context, g Graph) (Placement, error) {
		p, err := place(ctx, g, func() translation { return translateCells(g, tight) })
		if err != nil {
			return Placement{}, err
		}
		p.Engine = CellsVersion
		return p, nil
	}
}

// cellSpacing differs by direction, because a cell is twice as high as it is wide.
func cellSpacing(d Direction, tight bool) Spacing {
	s := Spacing{Layers: 3, Nodes: 3, EdgeNode: 2, EdgeEdge: 2, Turns: 1, SelfLoop: 2, Unit: 1, Budget: 5, Ahead: 0.2, Crowding: 1}
	if d.Horizontal() {
		s.Layers, s.Nodes, s.EdgeEdge = 4, 2, 1
	}
	if tight {
		s.Layers, s.Nodes = 3, 2
	}
	return s
}

// translateCells adds to the common profile what keeps positions on whole numbers:
// ports are a whole number apart instead of being spread over a side, and
// labels lie on their edges without a distance. Where no edge leads into a container,
// it is placed on its own: only then does elk-go pack what is not joined in rows.
func translateCells(g Graph, tight bool) translation {
	s := cellSpacing(g.Direction, tight)
	t := translate(g, s)
	aspect := 3.2 // of a wide screen, in cells
	if tight {
		aspect = 1
	}
	loop := max(s.SelfLoop, widestLoopLabel(g)+2)
	spread := func(o elk.LayoutOptions) {
		o["elk.spacing.edgeLabel"] = 0
		o["elk.spacing.labelLabel"] = 0
		o["elk.spacing.componentComponent"] = s.Nodes + 1
		o["elk.spacing.nodeSelfLoop"] = loop
		o["elk.aspectRatio"] = aspect
		o["elk.layered.spacing.edgeNodeBetweenLayers"] = 2
		o["elk.layered.spacing.edgeEdgeBetweenLayers"] = betweenLayers(g.Direction)
		o["elk.spacing.portPort"] = s.EdgeEdge // read from what a node stands in
		o["elk.spacing.portsSurrounding"] = "[top=1,left=1,bottom=1,right=1]"
	}
	spread(t.root.LayoutOptions)
	t.root.LayoutOptions["elk.padding"] = "[top=0,left=0,bottom=0,right=0]"
	parents, joined := g.parents(), g.joinedInside()
	if !slices.Contains(parents, true) {
		delete(t.root.LayoutOptions, "elk.hierarchyHandling")
	}
	for i, n := range t.nodes {
		if parents[i] {
			spread(n.LayoutOptions)
			if !joined[i] {
				n.LayoutOptions["elk.hierarchyHandling"] = "SEPARATE_CHILDREN"
				n.LayoutOptions["elk.nodeSize.minimum"] = minimumSize(g.Nodes[i].Width, g.Nodes[i].Height)
			}
		}
		n.LayoutOptions["elk.portAlignment.default"] = "CENTER"
	}
	return t
}

// betweenLayers is the distance of edges that run side by side between layers:
// columns of a drawing to the right, rows of one downwards.
func betweenLayers(d Direction) float64 {
	if d.Horizontal() {
		return 2
	}
	return 1
}

// joinedInside tells of every node whether an edge ends at something in it.
func (g Graph) joinedInside() []bool {
	joined := make([]bool, len(g.Nodes))
	for _, e := range g.Edges {
		for _, end := range []int{e.From, e.To} {
			for outer := g.Nodes[end].Parent; outer != Root; outer = g.Nodes[outer].Parent {
				joined[outer] = true
			}
		}
	}
	return joined
}
