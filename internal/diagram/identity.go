package diagram

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// places gives what stands in the versions of a diagram names that last: the place
// of each component and connection in every picture. A renamed component keeps its
// place, and one that was gone for a while finds it again; one that was moved to
// another container has a second place there. A connection's place is that of its
// ends, whichever was written first, with a number where several join the same two.
//
// A value knows the versions up to one; next gives the one after.
type places struct {
	lineage    map[string]string   // component id in the last version to the name that went through renames and moves
	component  map[string]string   // component id in the last version to place
	connection map[string]string   // connection id in the last version to place
	number     map[string]int      // connection id in the last version to the number of its strand, from 1
	strands    map[string][]strand // between two places, in all versions: how each connection was last drawn
}

// Identity gives what stands in one of several versions of a diagram names that it has
// in all of them, through renames and moves.
type Identity struct{ places places }

// Identities follows a diagram through its versions, oldest first; nil stands for an
// empty one.
func Identities(versions []*Diagram) []Identity {
	ids := make([]Identity, len(versions))
	var p places
	var before *Diagram
	for i, d := range versions {
		d = orEmpty(d)
		p, before = p.next(before, d), d
		ids[i] = Identity{p}
	}
	return ids
}

// Component is the name of a component, wherever it stands; that of what is not there
// is its id.
func (i Identity) Component(id string) string { return cmp.Or(i.places.lineage[id], id) }

// Strand is the number of a connection among those that ever joined the same two
// components, from 1.
func (i Identity) Strand(id string) int { return cmp.Or(i.places.number[id], 1) }

// strand is what tells connections between the same two components apart.
type strand struct{ arrows, label string }

// next gives the places after d, which follows before; before is nil for the first.
func (p places) next(before, d *Diagram) places {
	n := newPlaces(d)
	maps.Copy(n.strands, p.strands)
	n.follow(p, earlierIDs(before, d), d)
	n.addComponents(d)
	n.addConnections(d)
	return n
}

func newPlaces(d *Diagram) places {
	return places{
		lineage:    make(map[string]string, len(d.Components)),
		component:  make(map[string]string, len(d.Components)),
		connection: make(map[string]string, len(d.Connections)),
		number:     make(map[string]int, len(d.Connections)),
		strands:    map[string][]strand{},
	}
}

// earlierIDs leads from the ids in d to those in before, where they differ.
func earlierIDs(before, d *Diagram) map[string]string {
	if before == nil {
		return nil
	}
	earlier := map[string]string{}
	for from, to := range Diff(before, d).Renamed {
		earlier[to] = from
	}
	return earlier
}

// follow finds the lineage of every component: the one it had, or one that nothing
// else in d has.
func (p *places) follow(last places, earlier map[string]string, d *Diagram) {
	taken := make(map[string]bool, len(d.Components))
	for _, c := range d.Components {
		if line, ok := last.lineage[cmp.Or(earlier[c.ID], c.ID)]; ok {
			p.lineage[c.ID], taken[line] = line, true
		}
	}
	for _, c := range d.Components {
		if _, ok := p.lineage[c.ID]; ok {
			continue
		}
		line := c.ID
		for i := 2; taken[line]; i++ {
			line = fmt.Sprintf("%s #%d", c.ID, i)
		}
		p.lineage[c.ID], taken[line] = line, true
	}
}

// addComponents names places by the lineages of a component and what it stands in.
func (p *places) addComponents(d *Diagram) {
	for _, c := range d.Components {
		p.component[c.ID] = p.lineage[c.ID]
		if c.Container != "" {
			p.component[c.ID] = p.component[c.Container] + " > " + p.lineage[c.ID]
		}
	}
}

// between names the pair of places that a connection joins.
func (p *places) between(c Connection) string {
	ends := []string{p.component[c.From], p.component[c.To]}
	slices.Sort(ends)
	return ends[0] + " -- " + ends[1]
}

func (p *places) addConnections(d *Diagram) {
	between := map[string][]Connection{}
	for _, c := range d.Connections {
		pair := p.between(c)
		between[pair] = append(between[pair], c)
	}
	for _, pair := range sortedKeys(between) {
		p.addBetween(pair, between[pair])
	}
}

// addBetween gives connections between the same two components the strands that
// look like them, and those that are left the first free ones.
func (p *places) addBetween(pair string, cs []Connection) {
	strands := slices.Clone(p.strands[pair])
	used := make([]bool, len(strands), len(strands)+len(cs))
	take := func(c Connection, fits func(strand) bool) bool {
		for i, s := range strands {
			if !used[i] && fits(s) {
				used[i], strands[i] = true, strand{c.Arrows, c.Label}
				p.join(c, pair, i+1)
				return true
			}
		}
		return false
	}
	var left []Connection
	for _, c := range cs {
		if !take(c, func(s strand) bool { return s == strand{c.Arrows, c.Label} }) {
			left = append(left, c)
		}
	}
	for _, c := range left {
		if !take(c, func(strand) bool { return true }) {
			strands, used = append(strands, strand{}), append(used, false)
			take(c, func(strand) bool { return true })
		}
	}
	p.strands[pair] = strands
}

func (p *places) join(c Connection, pair string, number int) {
	p.number[c.ID] = number
	p.connection[c.ID] = fmt.Sprintf("%s #%d", pair, number)
}

// recalled makes places again of what is stored with a picture of d: the lineages of
// components that are not their ids, and the numbers of connections that are not 1.
func recalled(d *Diagram, lineage map[string]string, number map[string]int) places {
	p := newPlaces(d)
	for _, c := range d.Components {
		p.lineage[c.ID] = cmp.Or(lineage[c.ID], c.ID)
	}
	p.addComponents(d)
	for _, c := range d.Connections {
		pair, n := p.between(c), cmp.Or(number[c.ID], 1)
		for len(p.strands[pair]) < n {
			p.strands[pair] = append(p.strands[pair], strand{})
		}
		p.strands[pair][n-1] = strand{c.Arrows, c.Label}
		p.join(c, pair, n)
	}
	return p
}

// known are the lineages and numbers that [recalled] takes.
func (p places) known() (lineage map[string]string, number map[string]int) {
	lineage, number = map[string]string{}, map[string]int{}
	for id, line := range p.lineage {
		if line != id {
			lineage[id] = line
		}
	}
	for id, n := range p.number {
		if n != 1 {
			number[id] = n
		}
	}
	return lineage, number
}

// placed is a measured graph with places for ids. What is not in the diagram, or has
// no name, is an error of who measured.
func (p places) placed(g layout.Graph) (layout.Graph, error) {
	g.Nodes, g.Edges = slices.Clone(g.Nodes), slices.Clone(g.Edges)
	for i, n := range g.Nodes {
		place, ok := p.component[n.ID]
		if !ok {
			return layout.Graph{}, fmt.Errorf("there is no component %q", n.ID)
		}
		g.Nodes[i].ID = place
	}
	for i, e := range g.Edges {
		place, ok := p.connection[e.ID]
		if !ok {
			return layout.Graph{}, fmt.Errorf("there is no connection %q", e.ID)
		}
		g.Edges[i].ID = place
	}
	return g, nil
}
