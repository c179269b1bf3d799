package layout

import (
	"slices"
	"testing"
)

// Two boxes that end at one coordinate are no longer moved as one; the container's
// side and the low sides are.
func TestSeparate(t *testing.T) {
	g := Graph{
		Nodes: []Node{{ID: "outer", Parent: Root}, {ID: "a", Parent: 0}, {ID: "b", Parent: Root}},
		Edges: []Edge{{ID: "a -> b", From: 1, To: 2}},
	}
	p := Placement{
		Boxes:  []Box{{X: 0, Y: 0, Width: 60, Height: 60}, {X: 10, Y: 10, Width: 40, Height: 20}, {X: 10, Y: 90, Width: 40, Height: 20}},
		Routes: []Route{{Points: []Point{{50, 20}, {70, 20}, {70, 100}, {50, 100}}}},
	}
	last := p.separate(g, horizontal, fold{from: []float64{0, 10, 50, 60}, to: []float64{1, 11, 51, 61}})
	sides := make([]float64, 0, 3)
	for _, b := range p.Boxes {
		_, high := horizontal.box(b)
		sides = append(sides, high)
	}
	if sides[0] != 60 || sides[1] == sides[2] || sides[1] < 49.9 || sides[1] > 50 {
		t.Errorf("the boxes end at %v", sides)
	}
	if r := p.Routes[0].Points; r[0].X != sides[1] || r[3].X != sides[2] || r[1].X != 70 {
		t.Errorf("the route is %v, the boxes end at %v", r, sides)
	}
	for _, x := range sides[1:] {
		if to, known := last.find(x); !known || to != 51 {
			t.Errorf("%v goes to %v, %v", x, to, known)
		}
	}
	if !slices.IsSorted(last.from) {
		t.Errorf("the stops are %v", last.from)
	}
}
