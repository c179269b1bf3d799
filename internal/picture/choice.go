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
	Among  []string        // the same of several components and connections; those that are not there are left out
	Depth  int             // how many connections away a neighbour may be; 0 means 1, below 0 none
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
	v, closed := s.chosen(c)
	for i := range v.Nodes {
		closed[i] = closed[i] || v.folds(i, c)
	}
	return v.fold(closed, v.bystanders(closed, c), c.Zoom != All)
}

// chosen is what a choice does not leave out, with the containers that are closed
// because they are no more than neighbours of it.
func (s Scene) chosen(c Choice) (v View, closed []bool) {
	v = s.whole(c.Layer)
	if centres := v.centres(c); len(centres) > 0 {
		return v.around(centres, c.depth())
	}
	return v, make([]bool, len(v.Nodes))
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

// depth is how many connections away from a centre a component may be.
func (c Choice) depth() int {
	if c.Depth == 0 {
		return 1
	}
	return max(c.Depth, 0)
}

// centres are the nodes around which a choice wants everything else left out: of a
// connection, both its ends. There are none where it wants everything.
func (v View) centres(c Choice) map[int]bool {
	wanted := map[string]bool{}
	for _, id := range append(slices.Clone(c.Among), c.Focus) {
		wanted[id] = id != ""
	}
	centres := map[int]bool{}
	for i, n := range v.Nodes {
		if wanted[n.ID] {
			centres[i] = true
		}
	}
	for _, e := range v.Edges {
		if slices.ContainsFunc(e.IDs, func(id string) bool { return wanted[id] && id != c.Focus }) {
			centres[e.From], centres[e.To] = true, true
		}
	}
	return centres
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
