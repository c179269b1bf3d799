package picture

import (
	"context"
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// names are what the nodes and edges of a view are called in all the views that it is
// placed with.
type names struct {
	view  View
	near  []Node // what stands at the sides of the drawing
	nodes []string
	edges []string
}

// nameAll names what takes from one on show, and decides with the stage what that is. A
// component keeps its name through renames; in another container it has another one,
// because a place is in one container. An edge is named by the nodes that it joins,
// whichever it begins at, with a number where several do.
func nameAll(ctx context.Context, takes []Take, from int, s stage) []names {
	known := identities(takes)
	takes = takes[from:]
	by := func(t Take, v View) naming {
		n := naming{names: &names{view: v}, now: known[t.After], was: known[t.Before], taken: map[string]bool{}}
		n.nameNodes()
		return n
	}
	layers := make([]layer, len(takes))
	var staged []layer
	for i, t := range takes {
		if t.Zoom == Changes {
			v, closed := t.chosen(t.Choice)
			layers[i] = layer{v, by(t, v).nodes, closed}
			staged = append(staged, layers[i])
		}
	}
	s.set(ctx, staged)
	all := make([]names, len(takes))
	for i, t := range takes {
		var v View
		if t.Zoom == Changes {
			v = s.view(layers[i], t.Choice)
		} else {
			v = t.View(t.Choice)
		}
		main, near := v.apart()
		n := by(t, main)
		n.nameEdges()
		n.near = near
		all[i] = *n.names
	}
	return all
}

// identities follows the diagrams of takes in the order in which they come.
func identities(takes []Take) map[*diagram.Diagram]diagram.Identity {
	var versions []*diagram.Diagram
	for _, t := range takes {
		for _, d := range []*diagram.Diagram{t.Before, t.After} {
			if d != nil && !slices.Contains(versions, d) {
				versions = append(versions, d)
			}
		}
	}
	known := map[*diagram.Diagram]diagram.Identity{}
	for i, id := range diagram.Identities(versions) {
		known[versions[i]] = id
	}
	return known
}

// naming is names while they are given.
type naming struct {
	*names
	now, was diagram.Identity
	taken    map[string]bool
}

func (n *naming) nameNodes() {
	for _, node := range n.view.Nodes {
		n.nodes = append(n.nodes, n.free(n.node(node), 1))
	}
}

func (n *naming) nameEdges() {
	for _, e := range n.view.Edges {
		ends := []string{n.nodes[e.From], n.nodes[e.To]}
		slices.Sort(ends)
		n.edges = append(n.edges, n.free(ends[0]+" -- "+ends[1], n.strand(e)))
	}
}

func (n *naming) node(node Node) string {
	name := n.identity(node.Mark).Component(node.ID)
	if node.others {
		name = "others"
	}
	if node.Parent != layout.Root {
		name = n.nodes[node.Parent] + " > " + name
	}
	return name
}

// strand is the least number that one of the edge's connections has.
func (n *naming) strand(e Edge) int {
	least := 0
	for _, id := range e.IDs {
		if k := n.identity(e.Mark).Strand(id); least == 0 || k < least {
			least = k
		}
	}
	return least
}

func (n *naming) identity(mark change.Kind) diagram.Identity {
	if mark == change.Removed {
		return n.was
	}
	return n.now
}

// free is a name with the first number from at that nothing else has.
func (n *naming) free(name string, at int) string {
	for ; ; at++ {
		numbered := name
		if at > 1 {
			numbered = fmt.Sprintf("%s #%d", name, at)
		}
		if !n.taken[numbered] {
			n.taken[numbered] = true
			return numbered
		}
	}
}

// graph is a view's graph with these names.
func (n names) graph(g layout.Graph) layout.Graph {
	for i := range g.Nodes {
		g.Nodes[i].ID = n.nodes[i]
	}
	for i := range g.Edges {
		g.Edges[i].ID = n.edges[i]
	}
	return g
}
