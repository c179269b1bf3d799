package layout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	elk "github.com/d2lang/elk-go"
)

// ELKVersion names the engine that [ELK] makes, with the release of elk-go and the
// number of the option profile below. It changes whenever the same graph may be
// placed otherwise, and is part of every cache key.
const ELKVersion = "elk-go v0.2.0 profile 2"

// Spacing is how much room an engine leaves, in the graph's unit.
type Spacing struct {
	Layers   float64 // between two layers of nodes
	Nodes    float64 // between two nodes of a layer
	EdgeNode float64 // between an edge and a node
	EdgeEdge float64 // between two edges
	SelfLoop float64 // between a node and an edge from it to itself
	Tracks   float64 // between two edges in a drawing that was folded; 0 is EdgeEdge
	Turns    float64 // the same of two edges that run across the direction, between layers; 0 is Tracks
	Unit     float64 // places are whole multiples of it once folded; 0 is an eighth

	// Of versions that are placed as one: how many times longer than need be each may be
	// on an axis so that what is in it stays where it was (0 is 2.5), and for which part
	// of what is to come the first has room (0 is a tenth).
	Budget, Ahead float64

	// Crowding is what it is worth that a new route moves no box by one unit, in units of
	// its way; 0 is a tenth. The smaller boxes are in the unit, the more it is.
	Crowding float64

	// Slim is how many times longer than it asks for a box may stay when it was so, and no
	// box is stretched by another that is in line with it by chance; 0 is any number. In
	// cells the coordinates are too few for that.
	Slim float64
}

func (s Spacing) crowding() float64 { return cmp.Or(s.Crowding, 0.1) }

func (s Spacing) unit() float64 {
	if s.Unit == 0 {
		return 1. / grid
	}
	return s.Unit
}

// Pixels is the spacing for drawings measured in pixels: tight, which gives a third
// to a fifth of the area of D2's own spacing, and fewer bends.
func Pixels() Spacing {
	return Spacing{Layers: 40, Nodes: 30, EdgeNode: 20, EdgeEdge: 14, SelfLoop: 30, Tracks: 8, Slim: 1.5}
}

// ELK makes an engine of elk-go's layered algorithm (Sugiyama's method with
// orthogonal routes; Eclipse Layout Kernel 0.12) that leaves the given room.
func ELK(s Spacing) Engine {
	return func(ctx context.Context, g Graph) (Placement, error) {
		return place(ctx, g, func() translation { return translate(g, s) })
	}
}

// place checks g, translates it and reads back what the engine made of it.
func place(ctx context.Context, g Graph, translate func() translation) (Placement, error) {
	if err := g.Check(); err != nil {
		return Placement{}, fmt.Errorf("place graph: %w", err)
	}
	t := translate()
	if err := run(ctx, func() error { return elk.Layout(t.root) }); err != nil {
		return Placement{}, fmt.Errorf("place graph of %d nodes and %d edges: %w", len(g.Nodes), len(g.Edges), err)
	}
	p := t.placement(g)
	if !p.Fits(g) {
		return Placement{}, errors.New("place graph: the engine left an edge without a route or a box without a place")
	}
	return p, nil
}

// run has elk-go do something; a panic is an error. It knows no context: past the
// deadline the goroutine is left to end on its own, on a graph that nobody reads any more.
func run(ctx context.Context, layout func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("elk-go panicked: %v", p)
			}
		}()
		done <- layout()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// translation is a graph in elk-go's terms, with the way back.
type translation struct {
	root  *elk.Graph
	nodes []*elk.Node
	edges []*elk.Edge
}

func translate(g Graph, s Spacing) translation {
	s.SelfLoop = max(s.SelfLoop, widestLoopLabel(g)/2+5)
	t := translation{root: &elk.Graph{ID: elk.StringID("root"), LayoutOptions: rootOptions(g.Direction, s)}}
	parents := g.parents()
	for i, n := range g.Nodes {
		node := elkNode(i, n)
		if parents[i] {
			node.LayoutOptions = containerOptions(n, g.Direction, s)
		}
		if len(n.Ports) > 0 {
			node.LayoutOptions["elk.portConstraints"] = "FIXED_POS"
		}
		t.nodes = append(t.nodes, node)
		parent := t.root
		if n.Parent != Root {
			parent = t.nodes[n.Parent]
		}
		parent.Children = append(parent.Children, node)
	}
	for i, e := range g.Edges {
		t.edges = append(t.edges, elkEdge(i, e))
	}
	t.root.Edges = t.edges
	return t
}

func widestLoopLabel(g Graph) float64 {
	widest := 0.
	for _, e := range g.Edges {
		if e.From == e.To {
			widest = max(widest, e.Label.Width)
		}
	}
	return widest
}

func elkDirection(d Direction) string {
	if d == "" {
		d = Down
	}
	return strings.ToUpper(string(d))
}

// commonOptions hold for the root and for every container.
func commonOptions(s Spacing) elk.LayoutOptions {
	return elk.LayoutOptions{
		"elk.hierarchyHandling":                       "INCLUDE_CHILDREN",
		"elk.layered.thoroughness":                    8,
		"elk.layered.nodePlacement.strategy":          "NETWORK_SIMPLEX",
		"elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
		"elk.nodeSize.constraints":                    "MINIMUM_SIZE",
		"elk.contentAlignment":                        "H_CENTER V_CENTER",
		"elk.layered.spacing.nodeNodeBetweenLayers":   s.Layers,
		"elk.layered.spacing.edgeNodeBetweenLayers":   s.EdgeNode,
		"elk.layered.spacing.edgeEdgeBetweenLayers":   s.EdgeEdge,
		"elk.spacing.edgeNode":                        s.EdgeNode,
		"elk.spacing.edgeEdge":                        s.EdgeEdge,
		"elk.spacing.nodeNode":                        s.Nodes,
		"elk.spacing.nodeSelfLoop":                    s.SelfLoop,
	}
}

func rootOptions(d Direction, s Spacing) elk.LayoutOptions {
	o := commonOptions(s)
	o["elk.algorithm"] = "layered"
	o["elk.direction"] = elkDirection(d)
	o["elk.layered.considerModelOrder.strategy"] = "NODES_AND_EDGES"
	o["elk.layered.cycleBreaking.strategy"] = "GREEDY_MODEL_ORDER"
	return o
}

func containerOptions(n Node, d Direction, s Spacing) elk.LayoutOptions {
	o := commonOptions(s)
	o["elk.layered.considerModelOrder.strategy"] = "NONE"
	o["elk.layered.cycleBreaking.strategy"] = "GREEDY"
	first, second := n.Width, n.Height
	if !d.Horizontal() {
		first, second = second, first
	}
	o["elk.nodeSize.minimum"] = minimumSize(first, second)
	o["elk.padding"] = fmt.Sprintf("[top=%.0f,left=%.0f,bottom=%.0f,right=%.0f]",
		n.Padding.Top, n.Padding.Left, n.Padding.Bottom, n.Padding.Right)
	return o
}

// minimumSize is how elk writes a size. Rounded up, so that nothing is cut.
func minimumSize(first, second float64) string {
	return fmt.Sprintf("(%.0f, %.0f)", math.Ceil(first), math.Ceil(second))
}

func elkNode(i int, n Node) *elk.Node {
	node := &elk.Node{
		ID: nodeID(i), Width: elk.Float64(n.Width), Height: elk.Float64(n.Height),
		LayoutOptions: elk.LayoutOptions{"elk.layered.edgeRouting.selfLoopDistribution": "EQUALLY"},
	}
	for j, p := range n.Ports {
		node.Ports = append(node.Ports, &elk.Port{
			ID: portID(i, j), X: elk.Float64(p.X), Y: elk.Float64(p.Y), Width: elk.Float64(0), Height: elk.Float64(0),
			LayoutOptions: elk.LayoutOptions{"elk.port.side": strings.ToUpper(string(p.Side))},
		})
	}
	return node
}

func elkEdge(i int, e Edge) *elk.Edge {
	edge := &elk.Edge{
		ID:      elk.StringID("e" + strconv.Itoa(i)),
		Sources: []elk.ID{endID(e.From, e.FromPort)},
		Targets: []elk.ID{endID(e.To, e.ToPort)},
	}
	if e.Weight > 0 {
		edge.LayoutOptions = elk.LayoutOptions{
			"elk.layered.priority.shortness":    e.Weight,
			"elk.layered.priority.straightness": e.Weight,
			"elk.layered.priority.direction":    e.Weight,
		}
	}
	if e.Label.Width > 0 {
		edge.Labels = []*elk.Label{{
			Text: elk.String("label"), Width: elk.Float64(e.Label.Width), Height: elk.Float64(e.Label.Height),
			LayoutOptions: elk.LayoutOptions{"elk.edgeLabels.inline": true},
		}}
	}
	return edge
}

func nodeID(i int) elk.ID { return elk.StringID("n" + strconv.Itoa(i)) }

func portID(node, port int) elk.ID {
	return elk.StringID("n" + strconv.Itoa(node) + "p" + strconv.Itoa(port))
}

func endID(node, port int) elk.ID {
	if port == NoPort {
		return nodeID(node)
	}
	return portID(node, port)
}

// placement reads the positions back, made absolute.
func (t translation) placement(g Graph) Placement {
	p := Placement{Engine: ELKVersion, Boxes: make([]Box, len(g.Nodes)), Routes: make([]Route, len(g.Edges))}
	origin := map[string]Point{}
	for i, n := range g.Nodes {
		e := t.nodes[i]
		b := Box{ID: n.ID, X: elk.Number(e.X), Y: elk.Number(e.Y), Width: elk.Number(e.Width), Height: elk.Number(e.Height)}
		if n.Parent != Root {
			b.X += p.Boxes[n.Parent].X
			b.Y += p.Boxes[n.Parent].Y
		}
		p.Boxes[i] = b
		origin[e.ID.String()] = Point{b.X, b.Y}
	}
	for i, e := range g.Edges {
		p.Routes[i] = route(e.ID, t.edges[i], origin)
		g.settle(&p.Routes[i], e, p.Boxes)
	}
	return p
}

func route(id string, e *elk.Edge, origin map[string]Point) Route {
	at := Point{}
	if e.Container != nil {
		at = origin[e.Container.String()]
	}
	r := Route{ID: id}
	add := func(p elk.Point) { r.Points = append(r.Points, Point{at.X + p.X, at.Y + p.Y}) }
	for _, s := range e.Sections {
		if s.StartPoint == nil || s.EndPoint == nil {
			continue
		}
		add(*s.StartPoint)
		for _, b := range s.BendPoints {
			add(b)
		}
		add(*s.EndPoint)
	}
	r.Points = straighten(r.Points)
	if len(e.Labels) > 0 && e.Labels[0].X != nil {
		l := e.Labels[0]
		r.Label = &Point{at.X + *l.X + elk.Number(l.Width)/2, at.Y + elk.Number(l.Y) + elk.Number(l.Height)/2}
	}
	return r
}

// straighten drops points that lie on the line between their neighbours.
func straighten(r []Point) []Point {
	if len(r) < 3 {
		return r
	}
	out := r[:1:1]
	for i := 1; i < len(r)-1; i++ {
		a, b, c := out[len(out)-1], r[i], r[i+1]
		if (a.X == b.X && b.X == c.X) || (a.Y == b.Y && b.Y == c.Y) {
			continue
		}
		out = append(out, b)
	}
	return append(out, r[len(r)-1])
}
