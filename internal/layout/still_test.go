package layout_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/layout"
)

// drawVersions draws versions of a graph in which nodes and edges come and go; a
// node's parent is the same in all of them.
func drawVersions(t *rapid.T) []layout.Graph {
	names := []string{"a", "b", "c", "d", "c/e", "c/f", "d/g", "d/g/h", "d/g/i", "d/k"}
	direction := rapid.SampledFrom([]layout.Direction{"", layout.Right, layout.Up, layout.Left}).Draw(t, "direction")
	versions := make([]layout.Graph, rapid.IntRange(1, 5).Draw(t, "versions"))
	for i := range versions {
		var nodes, edges []string
		for _, n := range names {
			parent := n[:max(0, strings.LastIndexByte(n, '/'))]
			if (parent == "" || slices.Contains(nodes, parent)) && rapid.IntRange(0, 3).Draw(t, n) > 0 {
				nodes = append(nodes, n)
			}
		}
		if len(nodes) == 0 {
			nodes = names[:1]
		}
		for range rapid.IntRange(0, 10).Draw(t, "edges") {
			e := rapid.SampledFrom(nodes).Draw(t, "from") + ">" + rapid.SampledFrom(nodes).Draw(t, "to")
			if !slices.Contains(edges, e) {
				edges = append(edges, e)
			}
		}
		versions[i] = graph(strings.Join(nodes, " "), strings.Join(edges, " "))
		versions[i].Direction = direction
		for k := range versions[i].Nodes {
			versions[i].Nodes[k].Width += 20 * float64(rapid.IntRange(0, 3).Draw(t, "wider"))
		}
		for k := range versions[i].Edges {
			if rapid.Bool().Draw(t, "bare") {
				versions[i].Edges[k].Label = layout.Size{}
			}
		}
	}
	return versions
}

type reporter interface {
	Errorf(string, ...any)
}

// checkEnds asserts that every route leads from its first node's border to its
// second's, in upright and level lines.
func checkEnds(t reporter, g layout.Graph, p layout.Placement) {
	for i, r := range p.Routes {
		from, to := p.Boxes[g.Edges[i].From], p.Boxes[g.Edges[i].To]
		if !onBorder(from, r.Points[0]) || !onBorder(to, r.Points[len(r.Points)-1]) {
			t.Errorf("%s: %v does not lead from %v to %v", r.ID, r.Points, from, to)
		}
		for k := 1; k < len(r.Points); k++ {
			if p, q := r.Points[k-1], r.Points[k]; p.X != q.X && p.Y != q.Y {
				t.Errorf("%s: %v slants", r.ID, r.Points)
			}
		}
		if (r.Label == nil) != (g.Edges[i].Label == layout.Size{}) {
			t.Errorf("%s: label at %v, size %v", r.ID, r.Label, g.Edges[i].Label)
		}
	}
}

// checkOrder asserts that of two boxes in both placements none came to stand on the
// other side of the other.
func checkOrder(t reporter, before, after layout.Placement) {
	if a, b, n := flips(before, after); n > 0 {
		t.Errorf("%s and %s changed their order, of %d pairs", a, b, n)
	}
}

// flips counts the pairs of boxes that changed their order, and names one. A box is
// left of another when its left side is, and above when its upper side is.
func flips(before, after layout.Placement) (a, b string, n int) {
	was := map[string]layout.Box{}
	for _, x := range before.Boxes {
		was[x.ID] = x
	}
	turned := func(d, e float64) bool { return d > 1e-6 && e < -1e-6 || d < -1e-6 && e > 1e-6 }
	for i, x := range after.Boxes {
		for _, y := range after.Boxes[:i] {
			p, ok := was[x.ID]
			q, both := was[y.ID]
			if ok && both && (turned(p.X-q.X, x.X-y.X) || turned(p.Y-q.Y, x.Y-y.Y)) {
				a, b, n = x.ID, y.ID, n+1
			}
		}
	}
	return a, b, n
}

func TestStillKeepsOrderAndShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions := drawVersions(t)
		ps, err := layout.Still(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), versions)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range ps {
			checkPlacement(t, versions[i], p)
			checkEnds(t, versions[i], p)
			if i > 0 {
				checkOrder(t, ps[i-1], p)
			}
		}
	})
}

func TestCameraKeepsOrderAndShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c layout.Camera
		for _, g := range drawVersions(t) {
			before := text(t, c)
			next, keyframe, err := c.Next(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), g)
			if err != nil {
				t.Fatal(err)
			}
			if text(t, c) != before {
				t.Errorf("the placement before was changed")
			}
			checkPlacement(t, g, next.Last)
			checkEnds(t, g, next.Last)
			if !keyframe {
				checkOrder(t, c.Last, next.Last)
			}
			c = next
		}
	})
}

func text(t interface{ Fatal(...any) }, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// In cells everything stays on whole numbers, or halves for the middles of labels.
func TestStillInCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions := drawVersions(t)
		s, engine := layout.Cells(versions[0].Direction), layout.ELKCells(false)
		var c layout.Camera
		for _, g := range versions {
			for i := range g.Nodes {
				g.Nodes[i].Width, g.Nodes[i].Height, g.Nodes[i].Padding = 9, 2, layout.Insets{Top: 2, Right: 2, Bottom: 2, Left: 2}
			}
			for i, e := range g.Edges {
				if e.Label != (layout.Size{}) {
					g.Edges[i].Label = layout.Size{Width: 5, Height: 1}
				}
			}
			if p, err := engine(t.Context(), g); err != nil || layout.Measure(g, p).Through > 0 {
				t.Skip("the engine does not place this in cells")
			}
			next, _, err := c.Next(t.Context(), engine, s, g)
			if err != nil {
				t.Fatal(err)
			}
			checkPlacement(t, g, next.Last)
			checkEnds(t, g, next.Last)

			for _, b := range next.Last.Boxes {
				if b.X != math.Trunc(b.X) || b.Y != math.Trunc(b.Y) || b.Width != math.Trunc(b.Width) || b.Height != math.Trunc(b.Height) {
					t.Errorf("%v is not on whole numbers", b)
				}
			}
			c = next
		}
	})
}

func TestBothHasOnePlaceForWhatIsInBoth(t *testing.T) {
	before, after := graph("a b c", "a>b b>c"), graph("a c d", "a>c a>d c>a")
	after.Nodes[0].Width = 200
	ps, err := layout.Both(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	if ps[0].Boxes[0] != ps[1].Boxes[0] || ps[0].Boxes[2] != ps[1].Boxes[1] || ps[0].Boxes[0].Width < 200 {
		t.Errorf("before %v, after %v", ps[0].Boxes, ps[1].Boxes)
	}
	all := slices.Concat(ps[0].Boxes, ps[1].Boxes[2:])
	for i, b := range all {
		for _, c := range all[:i] {
			if overlap(b, c) {
				t.Errorf("%v and %v overlap", b, c)
			}
		}
	}
}

func TestNothingChangedNothingMoves(t *testing.T) {
	g := graph("a a/b a/c d d/e", "a/b>a/c a/c>d/e d>a a>a")
	var c layout.Camera
	for range 3 {
		next, _, err := c.Next(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), g)
		if err != nil {
			t.Fatal(err)
		}
		if c.Last.Boxes != nil && text(t, c.Last) != text(t, next.Last) {
			t.Errorf("%v became %v", c.Last, next.Last)
		}
		c = next
	}
}

func TestWhatGoesLeavesTheRestWhereItIs(t *testing.T) {
	var c layout.Camera
	var last layout.Placement
	for _, g := range []layout.Graph{graph("a b c d", "a>b b>c b>d"), graph("a b c", "a>b b>c")} {
		next, _, err := c.Next(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), g)
		if err != nil {
			t.Fatal(err)
		}
		last, c = c.Last, next
	}
	if !slices.Equal(last.Boxes[:3], c.Last.Boxes) {
		t.Errorf("%v became %v", last.Boxes, c.Last.Boxes)
	}
}

func TestKeyframesAreFarApart(t *testing.T) {
	var c layout.Camera
	last := math.MinInt
	for i := range 3 * layout.KeyframeInterval {
		var nodes []string
		for k := range 6 { // nothing stays for more than two versions
			nodes = append(nodes, fmt.Sprint("n", i/2*6+k))
		}
		next, keyframe, err := c.Next(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), graph(strings.Join(nodes, " "), ""))
		if err != nil {
			t.Fatal(err)
		}
		if keyframe {
			if last >= 0 && i-last < layout.KeyframeInterval {
				t.Errorf("keyframes at %d and %d", last, i)
			}
			last = i
		}
		c = next
	}
	if last < 0 {
		t.Error("no keyframe")
	}
}

func TestUnionKeepsTheLargestAndCountsVersions(t *testing.T) {
	one, two := graph("a a/b c", "a/b>c"), graph("a a/b d", "a/b>d")
	two.Nodes[1].Width, one.Nodes[1].Height = 90, 70
	both := layout.Union(one, two, one)
	var ids []string
	for _, n := range both.Nodes {
		ids = append(ids, n.ID)
	}
	if got := strings.Join(ids, " "); got != "a a/b c d" {
		t.Errorf("nodes %s", got)
	}
	if b := both.Nodes[1]; b.Width != 90 || b.Height != 70 || b.Parent != 0 {
		t.Errorf("got %+v", b)
	}
	if len(both.Edges) != 2 || both.Edges[0].Weight != 2 || both.Edges[1].Weight != 1 {
		t.Errorf("got %+v", both.Edges)
	}
	if err := both.Check(); err != nil {
		t.Error(err)
	}
}

// What ends where another box ends is not pulled long by it.
func TestBoxesInLineDoNotStretchEachOther(t *testing.T) {
	column := func(height float64) layout.Graph {
		return layout.Graph{Direction: layout.Right, Nodes: []layout.Node{
			{ID: "a", Parent: layout.Root, Width: 40, Height: height}, {ID: "b", Parent: layout.Root, Width: 40, Height: 40},
		}}
	}
	c := layout.Camera{Last: layout.Placement{Boxes: []layout.Box{{ID: "a", Width: 40, Height: 40}, {ID: "b", X: 80, Width: 40, Height: 40}}}}
	next, _, err := c.Next(t.Context(), layout.ELK(layout.Pixels()), layout.Pixels(), column(200))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := next.Last.Boxes[0], next.Last.Boxes[1]; a.Height != 200 || b.Height != 40 {
		t.Errorf("the boxes are %v and %v high", a.Height, b.Height)
	}
}
