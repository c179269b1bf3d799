package layout

import "testing"

// As elk-go gave it, the route of this edge joins its nodes by chance: at a corner.
func TestRouteToWhatLiesInsideIsMovedBack(t *testing.T) {
	g := Graph{Nodes: []Node{{Parent: Root}, {Parent: 0}, {Parent: 1}}}
	boxes := []Box{{X: 0, Y: 3, Width: 99, Height: 14}, {X: 3, Y: 4, Width: 52.5, Height: 12}, {X: 8, Y: 9, Width: 40, Height: 5}}
	r := Route{Points: []Point{{55.5, 10}, {6, 10}, {6, 14}, {8, 14}}, Label: &Point{30, 10}}
	g.settle(&r, Edge{From: 1, To: 2}, boxes)
	if first, last := r.Points[0], r.Points[3]; first != (Point{55.5, 7}) || last != (Point{8, 11}) || *r.Label != (Point{30, 7}) {
		t.Errorf("got %v with the label at %v", r.Points, *r.Label)
	}
	for _, e := range []Edge{{From: 0, To: 2}, {From: 2, To: 1}, {From: 1, To: 1}} {
		stays := Route{Points: []Point{{1, 2}, {3, 4}}}
		if g.settle(&stays, e, boxes); stays.Points[0] != (Point{1, 2}) {
			t.Errorf("the route from %d to %d was moved to %v", e.From, e.To, stays.Points)
		}
	}
}
