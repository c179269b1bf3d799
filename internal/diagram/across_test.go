package diagram

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"github.com/archsync/archsync/internal/layout"
)

// placed compiles and places a text.
func placed(t *testing.T, text string) *d2graph.Graph {
	t.Helper()
	d, ps := open(t.Context(), fstest.MapFS{"a.d2": &fstest.MapFile{Data: []byte(text)}}, "a.d2", RenderOptions{})
	if d == nil {
		t.Fatal(ps)
	}
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.measure(ruler); err != nil {
		t.Fatal(err)
	}
	ctx := log.With(context.Background(), slog.New(slog.DiscardHandler))
	if err := d.place(ctx, NewRenderer(nil).core(d)); err != nil {
		t.Fatal(err)
	}
	return d.board
}

func TestEdgesAcrossBordersGoAround(t *testing.T) {
	for name, text := range map[string]string{
		"between cells":       "grid-columns: 3; a; b; c; a -> c: over; a -> b; c -> a",
		"out of a grid":       "g: {grid-columns: 3; a; b; c}; g.b -> out: far; out -> g.c; g -> out",
		"into a nested cell":  "g: {grid-rows: 2; a: {x -> y}; b; c: {z}}; out -> g.a.y; g.c.z -> g.a.x: up",
		"out of a sequence":   "s: {shape: sequence_diagram; a -> b: hi; b -> c: ho}; s.c -> out: then; out -> s.a",
		"near and far":        "k: Key {near: top-left; one; two}; a -> b -> c; k.one -> c: about; b -> k.two",
		"from a table's row":  "g: {grid-rows: 1; t: {shape: sql_table; id: int; name: text}; u: {shape: sql_table; ref: int}; b}; g.t.id -> g.u.ref; g.t.name -> out",
		"past what is unseen": "grid-columns: 3; a; b: '' {style: {fill: transparent; stroke: transparent}}; c; a -> c",
	} {
		t.Run(name, func(t *testing.T) {
			g := placed(t, text)
			q := measureBoard(g)
			if q.Through+q.Foreign+q.titles > 0 {
				t.Errorf("%d edges through boxes, %d through containers, %d through titles", q.Through, q.Foreign, q.titles)
			}
			for _, e := range g.Edges {
				if e.Src.OuterSequenceDiagram() != nil && e.Dst.OuterSequenceDiagram() == e.Src.OuterSequenceDiagram() {
					continue
				}
				for i := 1; i < len(e.Route); i++ {
					if p, q := e.Route[i-1], e.Route[i]; p.X != q.X && p.Y != q.Y {
						t.Errorf("%s is slanted from %v to %v", e.AbsID(), p, q)
					}
				}
			}
		})
	}
}

func TestEdgesKeepOffTitles(t *testing.T) {
	g := placed(t, "g: Title {grid-rows: 1; a; b; c}; g.a -> out")
	box, _ := g.Root.HasChild([]string{"g"})
	title, _ := titleBox(box)
	for _, beside := range []float64{title.X - 3, title.X + title.Width + 3} {
		upright := []layout.Point{{X: beside, Y: title.Y - 9}, {X: beside, Y: title.Y + title.Height + 9}}
		if !slices.ContainsFunc(walls(g, g.Edges[0]), func(w layout.Box) bool { return w.CutBy(upright) }) {
			t.Errorf("an edge at %v may touch the title, which is at %v", beside, title)
		}
	}
}

func TestTitlesStandBesideEdges(t *testing.T) {
	for name, c := range map[string]struct{ text, position string }{
		"nothing enters":       {"a: Title {b -> c}", "INSIDE_TOP_LEFT"},
		"one child, entered":   {"x -> a.b; a: A rather long title {b}", "INSIDE_TOP_LEFT"},
		"placed by its author": {"x -> a.b; a: Title {label.near: bottom-center; b}", "INSIDE_BOTTOM_CENTER"},
		"placed on an edge":    {"x -> a.b; a: Title {label.near: top-center; b}", "INSIDE_TOP_LEFT"},
		"entered everywhere":   {"x -> a.b; x -> a.c; x -> a.d; x -> a.e; x -> a.f; a: Title of it {b: ''; c: ''; d: ''; e: ''; f: ''}", "INSIDE_BOTTOM_LEFT"},
	} {
		g := placed(t, c.text)
		a, ok := g.Root.HasChild([]string{"a"})
		if !ok || *a.LabelPosition != c.position {
			t.Errorf("%s: the title stands at %v, want %s", name, *a.LabelPosition, c.position)
		}
	}
}
