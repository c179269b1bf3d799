package layout

import (
	"context"
	"fmt"
	"math"
)

// Direction is where the edges of a drawing mostly point.
type Direction string

// The directions. The zero value means Down.
const (
	Down  Direction = "down"
	Up    Direction = "up"
	Right Direction = "right"
	Left  Direction = "left"
)

// Horizontal tells whether edges run from side to side.
func (d Direction) Horizontal() bool { return d == Right || d == Left }

// Root is the parent of a node that lies in no other node.
const Root = -1

// Graph is what is to be placed. Nodes name each other by their position in
// Nodes, and a node stands after its parent.
type Graph struct {
	Direction Direction `json:"direction,omitempty"`
	Nodes     []Node    `json:"nodes"`
	Edges     []Edge    `json:"edges"`
	Grid      Grid      `json:"grid,omitzero"` // of the nodes that lie in no other
}

// Node is a box. For a node with children, Width and Height are the least it may
// have; for others they are what it gets.
type Node struct {
	ID      string  `json:"id"` // the caller's name for it; engines only pass it on
	Parent  int     `json:"parent"`
	Width   float64 `json:"width"`
	Height  float64 `json:"height"`
	Padding Insets  `json:"padding,omitzero"` // between its border and its children
	Ports   []Port  `json:"ports,omitempty"`  // when there are any, edges end only there
	Grid    Grid    `json:"grid,omitzero"`    // of its children
	Least   Size    `json:"least,omitzero"`   // what it can do with where room is short; zero is its size
}

// Insets are distances inwards from the four sides of a box.
type Insets struct {
	Top    float64 `json:"top,omitempty"`
	Right  float64 `json:"right,omitempty"`
	Bottom float64 `json:"bottom,omitempty"`
	Left   float64 `json:"left,omitempty"`
}

// Side is one of the four sides of a box.
type Side string

// The sides.
const (
	North Side = "north"
	East  Side = "east"
	South Side = "south"
	West  Side = "west"
)

// Port is a fixed place on a node's border, relative to the node's top left.
type Port struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Side Side    `json:"side"`
}

// NoPort is the port of an edge that may end anywhere on its node.
const NoPort = -1

// Edge joins two nodes, which may contain each other or be the same one.
type Edge struct {
	ID       string `json:"id"` // the caller's name for it
	From     int    `json:"from"`
	To       int    `json:"to"`
	FromPort int    `json:"fromPort"` // position in the node's Ports, or NoPort
	ToPort   int    `json:"toPort"`
	Label    Size   `json:"label,omitzero"` // room to keep free along the route

	// Weight is how much a short and straight route is worth, against those of
	// other edges; 0 is an edge like any other.
	Weight int `json:"weight,omitempty"`
}

// Size is a width and a height; the zero value is none.
type Size struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Point is a place, measured from the top left of the drawing, y downwards.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Box is a placed node.
type Box struct {
	ID     string  `json:"id"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Route is a placed edge: two points or more, from the border of its first node
// to the border of its second.
type Route struct {
	ID     string  `json:"id"`
	Points []Point `json:"points"`
	Label  *Point  `json:"label,omitempty"` // the middle of the room kept for the label
}

// Placement says where everything in a graph lies, in the graph's order.
type Placement struct {
	Engine string  `json:"engine"` // name, version and profile of what made it
	Boxes  []Box   `json:"boxes"`
	Routes []Route `json:"routes"`
}

// Engine places a graph, which it does not change. It ends with the context's
// error when the context ends first, and never panics.
type Engine func(ctx context.Context, g Graph) (Placement, error)

// Check tells what makes a graph one that no engine can place: a parent that does
// not come first, an end or a port that does not exist, a size that is no size.
func (g Graph) Check() error {
	for i, n := range g.Nodes {
		if n.Parent < Root || n.Parent >= i {
			return fmt.Errorf("node %q: parent %d does not stand before it", n.ID, n.Parent)
		}
		if !finite(n.Width) || !finite(n.Height) || n.Width < 0 || n.Height < 0 {
			return fmt.Errorf("node %q: size %g by %g", n.ID, n.Width, n.Height)
		}
	}
	for _, e := range g.Edges {
		if err := g.checkEnd(e.From, e.FromPort); err != nil {
			return fmt.Errorf("edge %q: start: %w", e.ID, err)
		}
		if err := g.checkEnd(e.To, e.ToPort); err != nil {
			return fmt.Errorf("edge %q: end: %w", e.ID, err)
		}
	}
	return nil
}

func (g Graph) checkEnd(node, port int) error {
	if node < 0 || node >= len(g.Nodes) {
		return fmt.Errorf("no node %d", node)
	}
	if port != NoPort && (port < 0 || port >= len(g.Nodes[node].Ports)) {
		return fmt.Errorf("node %q has no port %d", g.Nodes[node].ID, port)
	}
	return nil
}

// Contains tells whether node outer is inner or has it somewhere inside.
func (g Graph) Contains(outer, inner int) bool {
	for ; inner != Root; inner = g.Nodes[inner].Parent {
		if inner == outer {
			return true
		}
	}
	return false
}

// parents tells for every node whether it has children.
func (g Graph) parents() []bool {
	is := make([]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		if n.Parent != Root {
			is[n.Parent] = true
		}
	}
	return is
}

// Fits tells whether the placement is one of this graph: as many boxes and
// routes, with the same ids, every route with two points or more, every number
// finite. A placement that was stored is checked with it before it is used.
func (p Placement) Fits(g Graph) bool {
	if len(p.Boxes) != len(g.Nodes) || len(p.Routes) != len(g.Edges) {
		return false
	}
	for i, b := range p.Boxes {
		if b.ID != g.Nodes[i].ID || !finite(b.X+b.Y+b.Width+b.Height) {
			return false
		}
	}
	for i, r := range p.Routes {
		if r.ID != g.Edges[i].ID || len(r.Points) < 2 {
			return false
		}
		for _, pt := range r.Points {
			if !finite(pt.X + pt.Y) {
				return false
			}
		}
	}
	return true
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
