package layout_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/layout"
)

// TestSmallStepsAreTakenOut has an edge from a box at the left to one at the right, with
// a step of 6 on its way.
func TestSmallStepsAreTakenOut(t *testing.T) {
	step := []layout.Point{{X: 60, Y: 20}, {X: 80, Y: 20}, {X: 80, Y: 26}, {X: 200, Y: 26}}
	for name, c := range map[string]struct {
		change func(g *layout.Graph, p *layout.Placement)
		bends  int
	}{
		"free":                  {func(*layout.Graph, *layout.Placement) {}, 0},
		"too large":             {func(_ *layout.Graph, p *layout.Placement) { setY(p, 0, 2, 50); setY(p, 0, 3, 50) }, 2},
		"at a port":             {func(g *layout.Graph, p *layout.Placement) { port(g, 0); port(g, 1) }, 2},
		"one end at a port":     {func(g *layout.Graph, _ *layout.Placement) { port(g, 0) }, 0},
		"at corners":            {func(_ *layout.Graph, p *layout.Placement) { p.Boxes[0].Height, p.Boxes[1].Y = 26, 20 }, 2},
		"another edge is there": {func(_ *layout.Graph, p *layout.Placement) { p.Routes[1].Points = around(14, 32) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := graph("a b", "a>b b>a")
			p := layout.Placement{
				Boxes: []layout.Box{{ID: "a", Width: 60, Height: 40}, {ID: "b", X: 200, Width: 60, Height: 40}},
				Routes: []layout.Route{{ID: "a>b", Points: slices.Clone(step)},
					{ID: "b>a", Points: []layout.Point{{X: 260, Y: 20}, {X: 280, Y: 20}, {X: 280, Y: 90}, {X: -20, Y: 90}, {X: -20, Y: 20}, {X: 0, Y: 20}}}},
			}
			c.change(&g, &p)
			points := p.Unjogged(g, 24, 8).Routes[0].Points
			if len(points)-2 != c.bends {
				t.Errorf("%d bends, want %d: %v", len(points)-2, c.bends, points)
			}
			if len(p.Routes[0].Points) != 4 {
				t.Error("the placement itself has changed")
			}
		})
	}
}

func setY(p *layout.Placement, route, point int, y float64) { p.Routes[route].Points[point].Y = y }

func port(g *layout.Graph, node int) {
	g.Nodes[node].Ports = []layout.Port{{Y: 20}}
	if node == 0 {
		g.Edges[0].FromPort = 0
	} else {
		g.Edges[0].ToPort = 0
	}
}

// around is a route from above the step at the right to below it at the left.
func around(right, left float64) []layout.Point {
	return []layout.Point{{X: 200, Y: right}, {X: 150, Y: right}, {X: 150, Y: -60}, {X: -20, Y: -60}, {X: -20, Y: 60},
		{X: 70, Y: 60}, {X: 70, Y: left}, {X: 60, Y: left}}
}

// TestUnjoggedIsNoWorse holds what may not become more.
func TestUnjoggedIsNoWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		p := place(t, g)
		q := p.Unjogged(g, 24, 8)
		checkPlacement(t, g, q)
		before, after := layout.Measure(g, p), layout.Measure(g, q)
		if after.Bends > before.Bends || after.Crossings > before.Crossings || after.Hidden > before.Hidden {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}
