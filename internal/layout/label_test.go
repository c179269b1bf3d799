package layout

import "testing"

// labelled is a picture of a -> b, level and 200 long, whose edge has got a label, with
// another box that stands somewhere.
func labelled(t *testing.T, other Box) Placement {
	t.Helper()
	earlier := Placement{
		Boxes:  []Box{{ID: "a", Width: 20, Height: 20}, {ID: "b", X: 220, Width: 20, Height: 20}, other},
		Routes: []Route{{ID: "a>b", Points: []Point{{20, 10}, {220, 10}}}},
	}
	g := Graph{Direction: Right, Edges: []Edge{{ID: "a>b", From: 0, To: 1, FromPort: NoPort, ToPort: NoPort, Label: Size{30, 12}}}}
	for _, b := range earlier.Boxes {
		g.Nodes = append(g.Nodes, Node{ID: b.ID, Parent: Root, Width: b.Width, Height: b.Height})
	}
	b := newSheet(g, earlier, Pixels())
	b.remember()
	b.labelStanding()
	if b.p.Routes[0].Label == nil {
		t.Fatal("the edge has no label")
	}
	return b.p
}

func TestLabelComesToTheMiddleOfAFreeRoute(t *testing.T) {
	p := labelled(t, Box{ID: "c", X: 100, Y: 200, Width: 20, Height: 20})
	if got := labelPart(p); got != 0.5 {
		t.Errorf("the label stands at %g of its route %v", got, p.Routes[0])
	}
}

func TestLabelAvoidsWhatStandsAtTheMiddle(t *testing.T) {
	for name, other := range map[string]Box{
		"above": {ID: "c", X: 100, Y: -22, Width: 40, Height: 30},
		"below": {ID: "c", X: 100, Y: 12, Width: 40, Height: 30},
	} {
		if got := labelPart(labelled(t, other)); got == 0.5 {
			t.Errorf("%s: the label stands where the box is", name)
		}
	}
}

// labelPart is the place of the label on its straight route, to a quarter.
func labelPart(p Placement) float64 {
	r := p.Routes[0]
	first, last := r.Points[0].X, r.Points[len(r.Points)-1].X
	part := (r.Label.X - first) / (last - first)
	for _, q := range []float64{0.25, 0.5, 0.75} {
		if part > q-0.125 && part < q+0.125 {
			return q
		}
	}
	return part
}

func TestLabelPushesApartWhatIsInItsWay(t *testing.T) {
	p := labelled(t, Box{ID: "c", X: 20, Y: 12, Width: 200, Height: 30})
	l, c := p.Routes[0].Label, p.Boxes[2]
	if gap := c.Y - (l.Y + 6); gap < 0 {
		t.Errorf("the label at %v lies on %v", *l, c)
	}
	if y := p.Routes[0].Points[0].Y; l.Y != y {
		t.Errorf("the label at %v is beside its route at %g", *l, y)
	}
}

func TestShared(t *testing.T) {
	b := Box{Width: 10, Height: 10}
	for _, c := range []struct {
		other Box
		want  float64
	}{
		{Box{X: 20, Width: 5, Height: 5}, 0},
		{Box{X: 8, Y: 1, Width: 10, Height: 5}, 2},
		{Box{X: 1, Y: 7, Width: 5, Height: 10}, 3},
		{Box{X: 3, Y: 4, Width: 2, Height: 2}, 5},
	} {
		if got := b.shared(c.other); got != c.want {
			t.Errorf("%v and %v have to move %g apart, want %g", b, c.other, got, c.want)
		}
	}
}
