package diagram

import (
	"maps"
	"math"
	"slices"
	"testing"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2sequence"
	"oss.terrastruct.com/d2/d2target"

	"github.com/archsync/archsync/internal/layout"
)

// plugInCases are what D2 asks of an engine that it calls as its layout plug-in.
var plugInCases = map[string]string{
	"labels":                 "a: One {b: Two; c: A rather longer label than the box; b -> c: says a lot}; d: Five\nsix {shape: cylinder}; c -> d; a.c -> d: x",
	"labels outside":         "a: Above {shape: person}; b: Image {shape: image; icon: x.png}; c: Corner {label.near: outside-top-right}; a -> b: one -> c: two; a -> c",
	"icons":                  "a: {icon: x.png}; b: Box {icon: x.png; c: Inner {icon: x.png}}; d: Table {shape: sql_table; icon: x.png; id: int}; a -> b.c -> d: x; e: Code {icon: x.png; icon.near: top-left}; b -> e",
	"padding of containers":  "a: A title that is longer than all inside {b: {shape: cylinder; c; d}; e: {shape: oval; f: {g}}}; a.b.c -> a.e.f.g; h -> a.b.d",
	"containers by shape":    "a: Queue {shape: queue; x -> y}; b: Cloud {shape: cloud; x}; c: Hexagon {shape: hexagon; x}; d: Stored {shape: stored_data; x}; a -> b -> c -> d; a.x -> d.x",
	"ports of tables":        "a: {shape: sql_table; id: int; name: text; b: int}; b: {shape: sql_table; id: int; a: int}; a.b -> b.id: to; b.a -> a.id: from; a -> b; c -> a.name; b -> c",
	"tables in containers":   "s: Schema {a: {shape: sql_table; id: int; b: int}; b: {shape: sql_table; id: int}; a.b -> b.id}; t: Other {c: {shape: sql_table; x: int}; c.x -> _.s.a.id; c.x -> _.s.b.id}",
	"loops":                  "a -> a: again; a -> a; a -> a: and once more; b: Box {c -> c: inside; c -> d}; b -> b: all; a -> b",
	"loops of tables":        "a: {shape: sql_table; id: int; parent: int}; a.parent -> a.id: up; a -> a; a -> b",
	"parallel edges":         "a -> b: one; a -> b: two; a -> b; b -> a: back; a <-> b: both; a -- b; c: {d -> e: x; d -> e: y; e -> d}; b -> c.d: p; b -> c.d: q",
	"to what lies inside":    "a: Outer {b: Inner {c; d}; e}; a -> a.b; a -> a.b.c: in; a.b.d -> a: out; a.b -> a.e; a.b -> a.b.d; a.e -> a: up; f -> a.b.c",
	"in and out at once":     "a: Outer {b: {c: {d}}}; a -> a.b.c.d; a.b.c.d -> a.b; a.b.c -> a; a.b.c.d -> x; x -> a; x -> a.b",
	"cells with children":    "g: Grid {grid-columns: 2; a: {x -> y: z}; b: {x -> x; y}; c; d: {e: {f}}}; g.a -> g.d; g.c -> out; out -> g.d.e.f",
	"grid of containers":     "grid-rows: 2; a: A {b -> c}; d: D {e}; f; g: G {h -> i -> j}; a.c -> d.e; f -> g.j: far",
	"near a constant":        "a -> b -> c; k: Legend {near: bottom-right; one -> two: means}; t: |md # Title | {near: top-center}; k.one -> a",
	"near, with a container": "n: Notes {near: center-left; a: {b -> c}; a -> d}; x: {y -> z}; z: {near: center-right}",
	"sequence inside":        "s: Talk {shape: sequence_diagram; a -> b: hi; b -> a: ho; a -> a: hm}; x -> s; s -> y: then; z: {w}; x -> z.w",
	"sequence of a part":     "s: {shape: sequence_diagram; a -> b: hi; b.span -> a: ho}; s.a -> x; x -> s.b: into; y -> s.a",
	"grid in a container":    "c: C {g: G {grid-rows: 1; a; b; d}; e; e -> g.b: to; g.d -> e}; f -> c.g.a; c.g -> f",
	"copies and depth":       "a: {style.multiple: true}; b: {style.3d: true}; c: {style.multiple: true; d: {style.3d: true}}; a -> b: x -> c.d; b -> a; c -> a",
}

// Whatever D2 leaves to its plug-in is there, in all directions, and drawn so that it
// can be read.
func TestPlugInPlacesEverything(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(plugInCases)) {
		for _, d := range []string{"down", "right", "up", "left"} {
			t.Run(name+" "+d, func(t *testing.T) {
				checkBoard(t, placed(t, "direction: "+d+"\n"+plugInCases[name]))
			})
		}
	}
}

// The room in a container depends on its outline.
func TestContainersOfEveryShape(t *testing.T) {
	for shape := range d2target.DSL_SHAPE_TO_SHAPE_TYPE {
		if !container(shape) {
			continue
		}
		for name, inner := range map[string]string{"one": "x", "row": "x; y; z; w; v", "column": "x -> y -> z -> w", "mixed": "x -> q -> r; s; t; q -> t: lbl", "deep": "x: {q: {r}; s}; x -> u"} {
			t.Run(shape+" "+name, func(t *testing.T) {
				checkBoard(t, placed(t, "a: A title {shape: "+shape+"; "+inner+"}; o -> a; b -> a.x: l; a -> c"))
			})
		}
	}
}

// container tells whether D2 lets a shape contain others.
func container(shape string) bool {
	switch shape {
	case "", d2target.ShapeText, d2target.ShapeCode, d2target.ShapeClass, d2target.ShapeSQLTable, d2target.ShapeImage, d2target.ShapeSequenceDiagram, d2target.ShapeHierarchy:
		return false
	}
	return true
}

func checkBoard(t *testing.T, g *d2graph.Graph) {
	t.Helper()
	for _, o := range g.Objects {
		checkObject(t, o)
	}
	for _, e := range g.Edges {
		checkEdge(t, e)
	}
	q := measureBoard(g)
	if q.Through+q.Foreign+q.Hidden+q.titles > 0 {
		t.Errorf("%d edges through boxes, %d through containers, %d through titles, %d labels hidden", q.Through, q.Foreign, q.titles, q.Hidden)
	}
}

func checkObject(t *testing.T, o *d2graph.Object) {
	t.Helper()
	if o.TopLeft == nil || o.Width <= 0 || o.Height <= 0 {
		t.Fatalf("%s has no place", o.AbsID())
	}
	if o.HasLabel() && o.LabelPosition == nil || o.Icon != nil && o.IconPosition == nil {
		t.Errorf("the label or the icon of %s has no place", o.AbsID())
	}
	if p := o.Parent; p != nil && p.Parent != nil && o.OuterSequenceDiagram() == nil {
		if !encloses(boxOf(p), boxOf(o)) {
			t.Errorf("%s %v is not inside %v", o.AbsID(), boxOf(o), boxOf(p))
		}
		if title, ok := titleBox(p); ok && title.CutBy(border(boxOf(o))) {
			t.Errorf("%s %v stands on the title of its container, %v", o.AbsID(), boxOf(o), title)
		}
	}
	for _, other := range o.Parent.ChildrenArray {
		if other != o && o.OuterSequenceDiagram() == nil && boxOf(o).CutBy(border(boxOf(other))) {
			t.Errorf("%s and %s overlap", o.AbsID(), other.AbsID())
		}
	}
}

// border is the outline of a box as a route.
func border(b layout.Box) []layout.Point {
	right, bottom := b.X+b.Width, b.Y+b.Height
	return []layout.Point{{X: b.X, Y: b.Y}, {X: right, Y: b.Y}, {X: right, Y: bottom}, {X: b.X, Y: bottom}, {X: b.X, Y: b.Y}}
}

func checkEdge(t *testing.T, e *d2graph.Edge) {
	t.Helper()
	if d2sequence.IsLifelineEnd(e.Dst) || e.Src.OuterSequenceDiagram() != nil && e.Src.OuterSequenceDiagram() == e.Dst.OuterSequenceDiagram() {
		return
	}
	r := line(e)
	if len(r) < 2 {
		t.Fatalf("%s has no route", e.AbsID())
	}
	for i := 1; i < len(r); i++ {
		if dx, dy := math.Abs(r[i].X-r[i-1].X), math.Abs(r[i].Y-r[i-1].Y); min(dx, dy) > 1 {
			t.Errorf("%s is slanted: %v", e.AbsID(), r)
		}
	}
	for _, end := range []struct {
		o     *d2graph.Object
		other *d2graph.Object
		at    layout.Point
	}{{e.Src, e.Dst, r[0]}, {e.Dst, e.Src, r[len(r)-1]}} {
		if off := awayFrom(end.o, end.at); off > 2 {
			t.Errorf("%s ends %.0f pixels off %s: %v", e.AbsID(), off, end.o.AbsID(), r)
		}
	}
	if e.Label.Value != "" && e.LabelPosition == nil {
		t.Errorf("the label of %s has no place", e.AbsID())
	}
}

// awayFrom is how far a point is from the outline of an object, or from that of its
// rearmost copy.
func awayFrom(o *d2graph.Object, p layout.Point) float64 {
	dx, dy := o.GetModifierElementAdjustments()
	b := outline(o)
	if out := max(b.X-p.X, p.X-b.X-b.Width, b.Y-p.Y, p.Y-b.Y-b.Height); out > 0 {
		return out
	}
	inward := min(p.X-b.X, b.X+b.Width-p.X, p.Y-b.Y, b.Y+b.Height-p.Y)
	if boxed(o) && dx == 0 && dy == 0 {
		return inward
	}
	return 0
}

func encloses(outer, b layout.Box) bool {
	return b.X >= outer.X && b.Y >= outer.Y && b.X+b.Width <= outer.X+outer.Width && b.Y+b.Height <= outer.Y+outer.Height
}
