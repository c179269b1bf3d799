package diagram

// Board is what a file says of a layer as a whole. D2 calls a layer a board.
type Board struct {
	Layer string
	Shape string            // "sequence_diagram"; "" for a plain graph
	Style map[string]string // "direction", "grid-rows" and the like, by D2's keyword
}

// Board gives what is said of a layer as a whole; "" is the root. Of a layer that
// does not exist nothing is said.
func (d *Diagram) Board(layer string) Board {
	for _, b := range d.boards {
		if b.Layer == layer {
			return b
		}
	}
	return Board{Layer: layer}
}

func boardOf(b board) Board {
	return Board{Layer: b.layer, Shape: b.graph.Root.Shape.Value, Style: objectStyle(b.graph.Root)}
}
