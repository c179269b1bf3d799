package picture

import (
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// Zoom is how much of a diagram is shown.
type Zoom int

// The levels, from near to far.
const (
	All        Zoom = iota // every component and every connection
	Merged                 // parallel connections as one line
	Changes                // and every container without a change folded, and what stands by as one box
	Containers             // every outermost container folded
	Outline                // the diagram as an indented text
)

// Choice is what of a scene is to be seen.
type Choice struct {
	Layer  string
	Zoom   Zoom
	Folded map[string]bool // containers by id that are folded (true) or wholly open (false) whatever the zoom; "" is the layer
	Focus  string          // a component to be shown with its neighbours only; "" or one that is not there for everything
	Depth  int             // how many connections away a neighbour may be; 0 means 1
}

// Default is the choice a scene opens with: everything, or, of a difference, only
// the containers in which something changed.
func (s Scene) Default() Choice {
	if s.Before != nil && len(s.Diff.Components)+len(s.Diff.Connections) > 0 {
		return Choice{Zoom: Changes}
	}
	return Choice{}
}

// View makes the graph that is to be drawn. The zoom Outline has none; it is made
// like Containers.
func (s Scene) View(c Choice) View {
	v := s.whole(c.Layer)
	closed := make([]bool, len(v.Nodes))
	if v.has(c.Focus) {
		v, closed = v.around(c.Focus, max(c.Depth, 1))
	}
	for i := range v.Nodes {
		closed[i] = closed[i] || v.folds(i, c)
	}
	return v.fold(closed, v.bystanders(closed, c), c.Zoom != All)
}

// folds tells whether node i is a container that the choice wants folded.
func (v View) folds(i int, c Choice) bool {
	n := v.Nodes[i]
	if n.Kind != Frame {
		return false
	}
	if fold, ok := c.Folded[n.ID]; ok {
		return fold
	}
	switch c.Zoom {
	case Changes:
		return n.Mark == "" && v.inside(i).Total() == 0
	case Containers, Outline:
		return true
	}
	return false
}

// has tells whether a component is in the view.
func (v View) has(id string) bool {
	return id != "" && slices.ContainsFunc(v.Nodes, func(n Node) bool { return n.ID == id })
}

// isIn tells whether node i is outer or stands in it.
func (v View) isIn(i, outer int) bool {
	for ; i != layout.Root; i = v.Nodes[i].Parent {
		if i == outer {
			return true
		}
	}
	return false
}
