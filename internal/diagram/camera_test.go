package diagram_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// boxOf finds a component in a frame.
func boxOf(t *testing.T, f diagram.Frame, id string) layout.Box {
	t.Helper()
	for _, b := range f.Boxes {
		if b.ID == id {
			return b
		}
	}
	t.Fatalf("there is no %q in %v", id, f.Boxes)
	return layout.Box{}
}

// shoot takes the pictures of versions one after the other.
func shoot(t interface{ Fatal(...any) }, l diagram.Lens, versions []*diagram.Diagram) []diagram.Camera {
	c := diagram.NewCamera(l)
	var cs []diagram.Camera
	for _, d := range versions {
		next, err := c.Extend(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		cs, c = append(cs, next), next
	}
	return cs
}

func pixels() diagram.Lens { return diagram.NewRenderer(nil).Lens(diagram.RenderOptions{}) }

func TestFramesKeepThePlaceOfWhatIsTheSame(t *testing.T) {
	before := compileText(t, "x: {filler; b}\ny: {c}\nx.filler -> x.b: calls\nx.b -> y.c\nx.filler -> y.c: reads\nx.filler -> y.c: writes")
	after := compileText(t, "x: {fillers; b}\ny: {c}\nx.fillers -> x.b: calls\nx.b -> y.c\nx.fillers -> y.c: writes\nx.fillers -> y.c: reads")
	cs := shoot(t, pixels(), []*diagram.Diagram{before, after})
	timeline, err := pixels().Timeline(t.Context(), []*diagram.Diagram{before, after})
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string][2]diagram.Frame{
		"camera": {cs[0].Frame(), cs[1].Frame()}, "timeline": {timeline[0], timeline[1]},
	} {
		was, is := f[0], f[1]
		for from, to := range map[string]string{"x": "x", "x.filler": "x.fillers", "x.b": "x.b", "y.c": "y.c"} {
			if middle(boxOf(t, was, from)) != middle(boxOf(t, is, to)) {
				t.Errorf("%s: %s moved from %v to %v", name, to, boxOf(t, was, from), boxOf(t, is, to))
			}
		}
		for from, to := range map[string]string{
			"x.filler -> y.c: writes": "x.fillers -> y.c: writes", "x.filler -> y.c: reads": "x.fillers -> y.c: reads", "x.filler -> x.b": "x.fillers -> x.b",
		} {
			if r := route(t, is, to); !slices.Equal(route(t, was, from), r) {
				t.Errorf("%s: %s ran along %v and runs along %v", name, to, route(t, was, from), r)
			}
		}
	}
}

func TestConnectionWrittenTheOtherWayKeepsItsRoute(t *testing.T) {
	cs := shoot(t, pixels(), []*diagram.Diagram{compileText(t, "a -> b"), compileText(t, "a; b <- a")})
	there, back := route(t, cs[0].Frame(), "a -> b"), route(t, cs[1].Frame(), "b <- a")
	slices.Reverse(back)
	if !slices.Equal(there, back) {
		t.Errorf("%v became %v", there, back)
	}
}

func middle(b layout.Box) layout.Point {
	return layout.Point{X: b.X + b.Width/2, Y: b.Y + b.Height/2}
}

func route(t *testing.T, f diagram.Frame, id string) []layout.Point {
	t.Helper()
	for _, r := range f.Routes {
		if r.ID == id {
			return slices.Clone(r.Points)
		}
	}
	t.Fatalf("there is no %q in %v", id, f.Routes)
	return nil
}

func TestBothIsOnePlacement(t *testing.T) {
	before := compileText(t, "a -> b; b -> c; old -> c")
	after := compileText(t, "a: a much longer label than before\na -> b; b -> c; c -> new")
	was, is, err := pixels().Both(t.Context(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if boxOf(t, was, id) != boxOf(t, is, id) {
			t.Errorf("%s moved from %v to %v", id, boxOf(t, was, id), boxOf(t, is, id))
		}
	}
	gone, come := boxOf(t, was, "old"), boxOf(t, is, "new")
	for _, b := range is.Boxes {
		if overlaps(gone, b) {
			t.Errorf("what is gone, %v, lies under %v", gone, b)
		}
	}
	if overlaps(gone, come) {
		t.Errorf("%v lies on %v", come, gone)
	}
}

func overlaps(b, c layout.Box) bool {
	return b.X < c.X+c.Width && c.X < b.X+b.Width && b.Y < c.Y+c.Height && c.Y < b.Y+b.Height
}

func TestFrameIsDrawn(t *testing.T) {
	text := "x: {a; b}\nc: {shape: cylinder; tooltip: t}\nx.a -> x.b: calls\nx.b -> c\ngrid: {grid-columns: 2; p; q}\nc -> grid\nx.a -> grid.q"
	r := diagram.NewRenderer(nil)
	fsys := files("a.d2", text)
	c, err := diagram.NewCamera(r.Lens(diagram.RenderOptions{})).Extend(t.Context(), compileText(t, text))
	if err != nil {
		t.Fatal(err)
	}
	frame := c.Frame()
	svg := render(t, r, fsys, diagram.RenderOptions{Frame: &frame})
	checkSVG(t, "frame", svg)
	if again := render(t, r, fsys, diagram.RenderOptions{Frame: &frame}); !bytes.Equal(svg, again) {
		t.Error("the same frame gives another picture")
	}
	if plain := render(t, r, fsys, diagram.RenderOptions{}); bytes.Equal(svg, plain) {
		t.Error("the frame makes no difference")
	}
	other, ps := r.Render(t.Context(), files("a.d2", text+"\nd -> c"), "a.d2", diagram.RenderOptions{Frame: &frame})
	if other != nil || len(ps) != 1 || !strings.Contains(ps[0].What, "another version") {
		t.Errorf("drew another version in this frame: %v", ps)
	}
}

func TestCameraIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var versions []*diagram.Diagram
		for i := range 3 {
			versions = append(versions, compileText(t, drawSketch(t, string(rune('a'+i))).text()))
		}
		lens := readBackLens()
		cs := shoot(t, lens, versions)
		for i, c := range cs {
			text, err := c.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			again, err := diagram.UnmarshalCamera(lens, text, versions[i])
			if err != nil {
				t.Fatal(err)
			}
			if back, _ := again.Marshal(); !bytes.Equal(text, back) {
				t.Fatalf("%s\nread back is\n%s", text, back)
			}
			if i+1 == len(cs) {
				continue
			}
			next, err := again.Extend(context.Background(), versions[i+1])
			if err != nil {
				t.Fatal(err)
			}
			want, _ := cs[i+1].Marshal()
			if got, _ := next.Marshal(); !bytes.Equal(got, want) {
				t.Fatalf("a camera that was stored goes on to\n%s\none that was not to\n%s", got, want)
			}
			if after, _ := c.Marshal(); !bytes.Equal(text, after) {
				t.Fatal("going on changed what was stored")
			}
		}
	})
}

// readBackLens measures without fonts: every component alike.
func readBackLens() diagram.Lens {
	measure := func(_ context.Context, d *diagram.Diagram) (layout.Graph, error) {
		var g layout.Graph
		at := map[string]int{}
		for i, c := range d.Components {
			n := layout.Node{ID: c.ID, Parent: layout.Root, Width: 60, Height: 40, Padding: layout.Insets{Top: 20, Left: 20, Right: 20, Bottom: 20}}
			if c.Container != "" {
				n.Parent = at[c.Container]
			}
			at[c.ID] = i
			g.Nodes = append(g.Nodes, n)
		}
		for _, c := range d.Connections {
			g.Edges = append(g.Edges, layout.Edge{ID: c.ID, From: at[c.From], To: at[c.To], FromPort: layout.NoPort, ToPort: layout.NoPort})
		}
		return g, nil
	}
	return diagram.Lens{Engine: layout.ELK(layout.Pixels()), Spacing: layout.Pixels(), Measure: measure}
}

func TestDamagedPlacementIsAnError(t *testing.T) {
	d := compileText(t, "a -> b")
	lens := readBackLens()
	for name, text := range map[string]string{
		"no json":   "x",
		"version":   `{"version": 7}`,
		"component": `{"version": 1, "components": [{"id": "z", "box": [0,0,1,1]}]}`,
		"route":     `{"version": 1, "connections": [{"id": "a -> b", "route": [1,2,3]}]}`,
		"number":    `{"version": 1, "connections": [{"id": "a -> b", "strand": 99999999, "route": [1,2,3,4]}]}`,
	} {
		if _, err := diagram.UnmarshalCamera(lens, []byte(text), d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := diagram.NewCamera(lens).Marshal(); err == nil {
		t.Error("a camera that has seen nothing was stored")
	}
}

func TestMeasuringAndPlacingFail(t *testing.T) {
	d := compileText(t, "a -> b")
	broken := errors.New("broken")
	lens := readBackLens()
	lens.Engine = func(context.Context, layout.Graph) (layout.Placement, error) { return layout.Placement{}, broken }
	if _, err := diagram.NewCamera(lens).Extend(t.Context(), d); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	lens.Engine = func(context.Context, layout.Graph) (layout.Placement, error) { panic("no way out") }
	if _, err := diagram.NewCamera(lens).Extend(t.Context(), d); err == nil || !strings.Contains(err.Error(), "no way out") {
		t.Errorf("of a panic: %v", err)
	}
	lens = readBackLens()
	lens.Measure = func(context.Context, *diagram.Diagram) (layout.Graph, error) {
		return layout.Graph{Nodes: []layout.Node{{ID: "z", Parent: layout.Root}}}, nil
	}
	if _, err := lens.Timeline(t.Context(), []*diagram.Diagram{d}); err == nil {
		t.Error("a component that does not exist was placed")
	}
}

// figures say how still the pictures of a history are.
type figures struct {
	steps, keyframes int
	dx, dy           float64 // sum of moves, in a component's own width and height
	moves            int
	flips            int // pairs that changed their order, outside of keyframes
	through          int // edges through boxes
	ratio            float64
	compared         int
	longest          float64 // of a component, in what it needs
	long, boxes      int     // components more than three times as long as that, and all
}

// step compares neighbouring pictures: of what is the same and in the same container.
func (f *figures) step(before, after *diagram.Diagram, was, is diagram.Frame) {
	f.steps++
	if is.Keyframe {
		f.keyframes++
		return
	}
	pairs := unmoved(before, after, was, is)
	for i, p := range pairs {
		f.dx += math.Abs(p[1].X+p[1].Width/2-p[0].X-p[0].Width/2) / p[1].Width
		f.dy += math.Abs(p[1].Y+p[1].Height/2-p[0].Y-p[0].Height/2) / p[1].Height
		f.moves++
		for _, q := range pairs[:i] {
			if turned(p[0].X-q[0].X, p[1].X-q[1].X) || turned(p[0].Y-q[0].Y, p[1].Y-q[1].Y) {
				f.flips++
			}
		}
	}
}

func turned(d, e float64) bool { return d > 1e-3 && e < -1e-3 || d < -1e-3 && e > 1e-3 }

func unmoved(before, after *diagram.Diagram, was, is diagram.Frame) [][2]layout.Box {
	later := diagram.Diff(before, after).Renamed
	same := func(id string) string {
		if to, ok := later[id]; ok {
			return to
		}
		return id
	}
	old := map[string]layout.Box{}
	for _, b := range was.Boxes {
		c, _ := before.Component(b.ID)
		if d, ok := after.Component(same(b.ID)); ok && d.Container == same(c.Container) {
			old[same(b.ID)] = b
		}
	}
	var pairs [][2]layout.Box
	for _, b := range is.Boxes {
		if o, ok := old[b.ID]; ok {
			pairs = append(pairs, [2]layout.Box{o, b})
		}
	}
	return pairs
}

// compare takes the area against that of a fresh placement.
func (f *figures) compare(t *testing.T, lens diagram.Lens, d *diagram.Diagram, is diagram.Frame) {
	g, err := lens.Measure(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := lens.Engine(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	m := layout.Measure(g, is.Placement)
	f.through += m.Through + m.Foreign
	f.ratio += m.Area / layout.Measure(g, fresh).Area
	f.compared++
	f.measureBoxes(g, is)
}

// measureBoxes compares the components that contain nothing with what they ask for.
func (f *figures) measureBoxes(g layout.Graph, is diagram.Frame) {
	const long = 3
	contains := map[int]bool{}
	for _, n := range g.Nodes {
		contains[n.Parent] = true
	}
	for i, b := range is.Boxes {
		if contains[i] {
			continue
		}
		n := g.Nodes[i]
		by := max(b.Width/n.Width, b.Height/n.Height)
		f.longest = max(f.longest, by)
		f.boxes++
		if by > long {
			f.long++
		}
	}
}

func measureFrames(t *testing.T, lens diagram.Lens, versions []*diagram.Diagram, frames []diagram.Frame) figures {
	var f figures
	every := max(1, len(versions)/10) // fresh placements take long
	for i, is := range frames {
		if i > 0 {
			f.step(versions[i-1], versions[i], frames[i-1], is)
		}
		if i%every == 0 {
			f.compare(t, lens, versions[i], is)
		}
	}
	return f
}

// bounds are what the figures of a history must keep.
type bounds struct{ move, area float64 }

func (f figures) check(t *testing.T, mode string, b bounds) {
	t.Helper()
	dx, dy, area := f.dx/float64(f.moves), f.dy/float64(f.moves), f.ratio/float64(f.compared)
	t.Logf("%-9s %3d steps, %d keyframes: moved %.3f widths and %.3f heights, %d pairs turned, %.2f of a fresh area, %d edges through boxes; %d of %d boxes are over 3 times as long as need be, the longest %.1f times",
		mode, f.steps, f.keyframes, dx, dy, f.flips, area, f.through, f.long, f.boxes, f.longest)
	if dx >= b.move || dy >= b.move || f.flips > 0 || area >= b.area || f.through > 0 {
		t.Errorf("%s: the bounds are %+v, no pair turned, no edge through a box", mode, b)
	}
	if most := (f.steps + layout.KeyframeInterval) / layout.KeyframeInterval; f.keyframes > most {
		t.Errorf("%s: %d keyframes in %d steps", mode, f.keyframes, f.steps)
	}
}

func TestRealHistoriesStandStill(t *testing.T) {
	lens := diagram.NewRenderer(&memory{kept: map[string][]byte{}}).Lens(diagram.RenderOptions{})
	for _, name := range histories {
		t.Run(name, func(t *testing.T) {
			versions := history(t, name)
			timeline, err := lens.Timeline(t.Context(), versions)
			if err != nil {
				t.Fatal(err)
			}
			measureFrames(t, lens, versions, timeline).check(t, "at once", bounds{0.25, 1.5})
			var frames []diagram.Frame
			for _, c := range shoot(t, lens, versions) {
				frames = append(frames, c.Frame())
			}
			measureFrames(t, lens, versions, frames).check(t, "extended", bounds{0.25, 2})
		})
	}
}
