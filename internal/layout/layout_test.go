package layout_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/layout"
)

// graph makes a test graph of "id" and "outer/id" nodes, 60 by 40, and "a>b" edges.
func graph(nodes, edges string) layout.Graph {
	g := layout.Graph{}
	at := map[string]int{}
	for i, path := range strings.Fields(nodes) {
		n := layout.Node{ID: path, Parent: layout.Root, Width: 60, Height: 40}
		if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
			n.Parent = at[path[:cut]]
			g.Nodes[n.Parent].Padding = layout.Insets{Top: 30, Right: 20, Bottom: 20, Left: 20}
		}
		at[path] = i
		g.Nodes = append(g.Nodes, n)
	}
	for _, e := range strings.Fields(edges) {
		from, to, _ := strings.Cut(e, ">")
		g.Edges = append(g.Edges, layout.Edge{
			ID: e, From: at[from], To: at[to], FromPort: layout.NoPort, ToPort: layout.NoPort,
			Label: layout.Size{Width: 30, Height: 16},
		})
	}
	return g
}

func place(t interface {
	Fatalf(string, ...any)
}, g layout.Graph) layout.Placement {
	p, err := layout.ELK(layout.Pixels())(context.Background(), g)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return p
}

// checkPlacement asserts what makes a drawing readable.
func checkPlacement(t interface{ Errorf(string, ...any) }, g layout.Graph, p layout.Placement) {
	if !p.Fits(g) {
		t.Errorf("the placement is not one of the graph: %+v", p)
	}
	for i, n := range g.Nodes {
		b := p.Boxes[i]
		if b.Width < n.Width-0.01 || b.Height < n.Height-0.01 {
			t.Errorf("%s is %g by %g, smaller than asked for", n.ID, b.Width, b.Height)
		}
		if n.Parent != layout.Root && !inside(b, p.Boxes[n.Parent], g.Nodes[n.Parent].Padding) {
			t.Errorf("%s %v is not inside %v", n.ID, b, p.Boxes[n.Parent])
		}
		for k := range i {
			if g.Nodes[k].Parent == n.Parent && overlap(b, p.Boxes[k]) {
				t.Errorf("%s and %s overlap", n.ID, g.Nodes[k].ID)
			}
		}
	}
	if m := layout.Measure(g, p); m.Through+m.Foreign > 0 {
		t.Errorf("%d edges run through boxes, %d through containers", m.Through, m.Foreign)
	}
}

// checkBorders asserts that routes lead from border to border, where boxes have room for
// the ends of all their edges.
func checkBorders(t interface{ Errorf(string, ...any) }, g layout.Graph, p layout.Placement) {
	meets := func(b layout.Box, q layout.Point) bool {
		const skin = 0.01
		outer := layout.Box{X: b.X - skin, Y: b.Y - skin, Width: b.Width + 2*skin, Height: b.Height + 2*skin}
		return onBorder(b, q) && inside(layout.Box{X: q.X, Y: q.Y}, outer, layout.Insets{})
	}
	for i, e := range g.Edges {
		r := p.Routes[i].Points
		if !meets(p.Boxes[e.From], r[0]) || !meets(p.Boxes[e.To], r[len(r)-1]) {
			t.Errorf("%s does not lead from %v to %v: %v", e.ID, p.Boxes[e.From], p.Boxes[e.To], r)
		}
	}
}

func inside(b, outer layout.Box, in layout.Insets) bool {
	const skin = 0.01
	return b.X >= outer.X+in.Left-skin && b.Y >= outer.Y+in.Top-skin &&
		b.X+b.Width <= outer.X+outer.Width-in.Right+skin && b.Y+b.Height <= outer.Y+outer.Height-in.Bottom+skin
}

func overlap(b, c layout.Box) bool {
	return b.X < c.X+c.Width && c.X < b.X+b.Width && b.Y < c.Y+c.Height && c.Y < b.Y+b.Height
}

func TestKindsOfGraphs(t *testing.T) {
	for name, g := range map[string]layout.Graph{
		"empty":               graph("", ""),
		"one":                 graph("a", ""),
		"chain":               graph("a b c", "a>b b>c"),
		"cycle":               graph("a b c", "a>b b>c c>a"),
		"parallel":            graph("a b", "a>b a>b a>b b>a"),
		"self loop":           graph("a b", "a>a a>b"),
		"containers":          graph("a a/b a/c d d/e d/e/f", "a/b>a/c a/c>d/e/f d>a"),
		"container and child": graph("a a/b a/b/c", "a>a/b a/b/c>a a>a"),
		"far inside":          graph("a a/b a/b/c a/b/c/d", "a/b>a/b/c a>a/b/c/d a/b>a/b/c/d a/b/c>a/b/c/d a/b/c/d>a/b"),
		"lonely":              graph("a b c d/e", ""),
	} {
		for _, d := range []layout.Direction{"", layout.Down, layout.Up, layout.Left, layout.Right} {
			t.Run(fmt.Sprintf("%s %s", name, d), func(t *testing.T) {
				g.Direction = d
				p := place(t, g)
				checkPlacement(t, g, p)
				checkBorders(t, g, p)
			})
		}
	}
}

func TestEdgesPointTheWayOfTheGraph(t *testing.T) {
	for d, later := range map[layout.Direction]func(a, b layout.Box) bool{
		layout.Down:  func(a, b layout.Box) bool { return b.Y >= a.Y+a.Height },
		layout.Up:    func(a, b layout.Box) bool { return a.Y >= b.Y+b.Height },
		layout.Right: func(a, b layout.Box) bool { return b.X >= a.X+a.Width },
		layout.Left:  func(a, b layout.Box) bool { return a.X >= b.X+b.Width },
	} {
		g := graph("a b", "a>b")
		g.Direction = d
		p := place(t, g)
		if !later(p.Boxes[0], p.Boxes[1]) {
			t.Errorf("%s: %+v", d, p.Boxes)
		}
	}
}

func TestPortsAreWhereTheEdgesEnd(t *testing.T) {
	g := graph("a b", "a>b")
	g.Direction = layout.Right
	g.Nodes[0].Ports = []layout.Port{{X: 60, Y: 33, Side: layout.East}}
	g.Nodes[1].Ports = []layout.Port{{X: 0, Y: 7, Side: layout.West}}
	g.Edges[0].FromPort, g.Edges[0].ToPort = 0, 0
	p := place(t, g)
	first, last := p.Routes[0].Points[0], p.Routes[0].Points[len(p.Routes[0].Points)-1]
	if first.Y != p.Boxes[0].Y+33 || last.Y != p.Boxes[1].Y+7 {
		t.Errorf("route %v between %v", p.Routes[0].Points, p.Boxes)
	}
}

func TestWhatCannotBePlacedIsAnError(t *testing.T) {
	late := graph("a b", "")
	late.Nodes[0].Parent = 1
	port := graph("a b", "a>b")
	port.Edges[0].ToPort = 3
	end := graph("a", "")
	end.Edges = []layout.Edge{{From: 0, To: 9, FromPort: layout.NoPort, ToPort: layout.NoPort}}
	size := graph("a", "")
	size.Nodes[0].Width = -1
	for name, g := range map[string]layout.Graph{"parent": late, "port": port, "end": end, "size": size} {
		if _, err := layout.ELK(layout.Pixels())(t.Context(), g); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestPlacingEndsWithItsContext(t *testing.T) {
	var nodes, edges []string
	for i := range 400 {
		nodes = append(nodes, fmt.Sprint("n", i))
		edges = append(edges, fmt.Sprintf("n%d>n%d", i, (i*7+3)%400), fmt.Sprintf("n%d>n%d", i, (i*13+5)%400))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := layout.ELK(layout.Pixels())(ctx, graph(strings.Join(nodes, " "), strings.Join(edges, " ")))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestPlacementIsReadBack(t *testing.T) {
	g := graph("a a/b c", "a/b>c c>a")
	p := place(t, g)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var again layout.Placement
	if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(p, again) {
		t.Errorf("%v: %+v became %+v", err, p, again)
	}
	if p.Engine != layout.ELKVersion {
		t.Errorf("made by %q", p.Engine)
	}
	if again.Routes = again.Routes[1:]; again.Fits(g) {
		t.Error("a placement without a route fits")
	}
}

// drawGraph draws a graph of up to 14 nodes and 20 edges, one in another as it comes.
func drawGraph(t *rapid.T) layout.Graph {
	var nodes []string
	for i := range rapid.IntRange(1, 14).Draw(t, "nodes") {
		name := fmt.Sprint("n", i)
		if outer := rapid.IntRange(-3, i-1).Draw(t, "outer"); outer >= 0 {
			name = nodes[outer] + "/" + name
		}
		nodes = append(nodes, name)
	}
	var edges []string
	for range rapid.IntRange(0, 20).Draw(t, "edges") {
		edges = append(edges, rapid.SampledFrom(nodes).Draw(t, "from")+">"+rapid.SampledFrom(nodes).Draw(t, "to"))
	}
	g := graph(strings.Join(nodes, " "), strings.Join(edges, " "))
	g.Direction = rapid.SampledFrom([]layout.Direction{layout.Down, layout.Right}).Draw(t, "direction")
	return g
}

func TestRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		p := place(t, g)
		checkPlacement(t, g, p)
		checkBorders(t, g, p)
		if again := place(t, g); !reflect.DeepEqual(p, again) {
			t.Errorf("another placement of the same graph differs")
		}
	})
}

func TestMeasure(t *testing.T) {
	g := graph("a b c d", "a>b c>d")
	p := layout.Placement{
		Boxes: []layout.Box{{ID: "a", X: 0, Y: 0, Width: 10, Height: 10}, {ID: "b", X: 100, Y: 0, Width: 10, Height: 10},
			{ID: "c", X: 50, Y: -50, Width: 10, Height: 10}, {ID: "d", X: 50, Y: 50, Width: 10, Height: 10}},
		Routes: []layout.Route{{ID: "a>b", Points: []layout.Point{{X: 10, Y: 5}, {X: 100, Y: 5}}},
			{ID: "c>d", Points: []layout.Point{{X: 55, Y: -40}, {X: 55, Y: 20}, {X: 5, Y: 20}, {X: 5, Y: 5}, {X: 55, Y: 50}}}},
	}
	m := layout.Measure(g, p)
	if m.Crossings != 1 || m.Bends != 3 || m.Through != 1 || m.Area != 110*110 {
		t.Errorf("got %+v", m)
	}
}

// BenchmarkPlace places trees, and systems of components in containers of ten.
func BenchmarkPlace(b *testing.B) {
	for _, size := range []int{12, 40, 150, 400} {
		var nodes, edges []string
		for i := range size {
			nodes = append(nodes, fmt.Sprint("n", i))
			edges = append(edges, fmt.Sprintf("n%d>n%d", i/3, i))
		}
		benchmarkPlace(b, fmt.Sprint("tree of ", size), graph(strings.Join(nodes, " "), strings.Join(edges, " ")))
	}
	for _, size := range []int{40, 150, 250} {
		var nodes, edges []string
		name := func(i int) string { return fmt.Sprintf("g%d/n%d", i/10, i) }
		for i := range size {
			if i%10 == 0 {
				nodes = append(nodes, fmt.Sprint("g", i/10))
			}
			nodes = append(nodes, name(i))
			edges = append(edges, name(i/2)+">"+name(i))
			if i%2 == 0 {
				edges = append(edges, name(i)+">"+name(i/3))
			}
		}
		benchmarkPlace(b, fmt.Sprint("system of ", size), graph(strings.Join(nodes, " "), strings.Join(edges, " ")))
	}
}

func benchmarkPlace(b *testing.B, name string, g layout.Graph) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := layout.ELK(layout.Pixels())(b.Context(), g); err != nil {
				b.Fatal(err)
			}
		}
	})
}
