package layout_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/layout"
)

func box(x, y, w, h float64) layout.Box { return layout.Box{X: x, Y: y, Width: w, Height: h} }

// between looks for a way between two boxes.
func between(t *layout.Terrain, from, to layout.Box) ([]layout.Point, bool) {
	t.Budget = 1_000_000
	return t.Detour(layout.End{Box: from}, layout.End{Box: to})
}

func TestDetour(t *testing.T) {
	a, b := box(0, 0, 40, 40), box(200, 0, 40, 40)
	for name, c := range map[string]struct {
		terrain layout.Terrain
		from    layout.Box
		to      layout.Box
		bends   int // -1 where there is no way
	}{
		"nothing between":       {layout.Terrain{}, a, b, 0},
		"shifted a little":      {layout.Terrain{}, a, box(200, 15, 40, 40), 0},
		"round a corner":        {layout.Terrain{}, a, box(200, 200, 40, 40), 1},
		"a wall":                {layout.Terrain{Walls: []layout.Box{box(100, -10, 40, 60)}}, a, b, 2},
		"a narrow passage":      {layout.Terrain{Walls: []layout.Box{box(100, -200, 40, 250), box(100, 62, 40, 250)}}, a, b, 2},
		"along another line":    {layout.Terrain{Lines: [][]layout.Point{{{X: 40, Y: 20}, {X: 200, Y: 20}}}}, a, b, 0},
		"enclosed on all sides": {layout.Terrain{Walls: []layout.Box{box(180, -20, 80, 19), box(180, 41, 80, 19), box(180, -1, 19, 42), box(241, -1, 19, 42)}}, a, b, -1},
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := between(&c.terrain, c.from, c.to)
			if !ok && c.bends >= 0 || ok && len(r)-2 != c.bends {
				t.Errorf("got %v, %v; want %d bends", r, ok, c.bends)
			}
			if ok && c.terrain.Lines != nil && r[0].Y == c.terrain.Lines[0][0].Y {
				t.Errorf("%v lies on %v", r, c.terrain.Lines)
			}
		})
	}
}

func TestDetourInsideItsContainer(t *testing.T) {
	outer, inner := layout.End{Box: box(0, 0, 300, 300), Inward: true}, layout.End{Box: box(100, 100, 50, 50)}
	for _, ends := range [][2]layout.End{{outer, inner}, {inner, outer}} {
		terrain := layout.Terrain{Budget: 100_000}
		r, ok := terrain.Detour(ends[0], ends[1])
		if !ok {
			t.Fatal("there is no way")
		}
		for _, p := range r {
			if p.X < 0 || p.X > 300 || p.Y < 0 || p.Y > 300 {
				t.Errorf("%v leaves the container", r)
			}
		}
	}
}

func TestDetourMeetsRows(t *testing.T) {
	terrain := layout.Terrain{Budget: 100_000}
	r, ok := terrain.Detour(layout.End{Box: box(0, 0, 50, 100), Rows: []float64{90}}, layout.End{Box: box(200, 0, 50, 50)})
	if !ok || r[0] != (layout.Point{X: 50, Y: 90}) {
		t.Errorf("got %v, %v", r, ok)
	}
}

func TestDetourEndsWithItsBudget(t *testing.T) {
	terrain := layout.Terrain{Budget: 3}
	if r, ok := terrain.Detour(layout.End{Box: box(0, 0, 40, 40)}, layout.End{Box: box(400, 300, 40, 40)}); ok || terrain.Budget != 0 {
		t.Errorf("got %v with %d steps left", r, terrain.Budget)
	}
}

// A detour is upright and level, joins the borders of its boxes from outside, and
// cuts no wall unless the straight line cuts more.
func TestRandomDetours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) layout.Box {
			n := rapid.IntRange(0, 12)
			return box(float64(n.Draw(t, "x"))*50, float64(n.Draw(t, "y"))*50, 10+float64(n.Draw(t, "w"))*5, 10+float64(n.Draw(t, "h"))*5)
		}), 2, 9).Draw(t, "boxes")
		from, to := boxes[0], boxes[1]
		if touch(from, to) {
			t.Skip("the ends overlap")
		}
		walls := slices.DeleteFunc(boxes[2:], func(b layout.Box) bool { return touch(b, from) || touch(b, to) })
		terrain := layout.Terrain{Walls: walls}
		r, ok := between(&terrain, from, to)
		if again, _ := between(&terrain, from, to); !slices.Equal(r, again) {
			t.Fatalf("%v, then %v", r, again)
		}
		if !ok {
			return
		}
		for i := 1; i < len(r); i++ {
			if r[i-1].X != r[i].X && r[i-1].Y != r[i].Y {
				t.Errorf("%v is slanted", r)
			}
		}
		if !onBorder(from, r[0]) || !onBorder(to, r[len(r)-1]) {
			t.Errorf("%v does not join %v and %v", r, from, to)
		}
		if from.CutBy(r) || to.CutBy(r) {
			t.Errorf("%v runs through its own ends", r)
		}
	})
}

func touch(a, b layout.Box) bool {
	const near = 20
	return overlap(box(a.X-near, a.Y-near, a.Width+2*near, a.Height+2*near), b)
}

func onBorder(b layout.Box, p layout.Point) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) < 0.6 }
	return near(p.X, b.X) || near(p.X, b.X+b.Width) || near(p.Y, b.Y) || near(p.Y, b.Y+b.Height)
}

func BenchmarkDetour(b *testing.B) {
	terrain := layout.Terrain{}
	for i := range 100 {
		terrain.Walls = append(terrain.Walls, box(float64(i%10)*120, float64(i/10)*90+60, 80, 50))
	}
	for b.Loop() {
		if _, ok := between(&terrain, box(0, -40, 60, 40), box(1100, 1000, 60, 40)); !ok {
			b.Fatal("there is no way")
		}
	}
}
