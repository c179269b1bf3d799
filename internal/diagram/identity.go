package diagram

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
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
	strands    map[string][]strand // between two places, in all versions: how each connection was last drawn
}

// strand is what tells connections between the same two components apart.
type strand struct {
	Arrows string `json:"arrows"`
	Label  string `json:"label,omitempty"`
}

// next gives the places after d, which follows before; before is nil for the first.
func (p places) next(before, d *Diagram) places {
	n := places{
		lineage:    make(map[string]string, len(d.Components)),
		component:  make(map[string]string, len(d.Components)),
		connection: make(map[string]string, len(d.Connections)),
		strands:    maps.Clone(p.strands),
	}
	if n.strands == nil {
		n.strands = map[string][]strand{}
	}
	n.follow(p, earlierIDs(before, d), d)
	for _, c := range d.Components {
		n.component[c.ID] = n.placeOf(c)
	}
	n.addConnections(d)
	return n
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

// placeOf names the place of a component whose container has one.
func (p *places) placeOf(c Component) string {
	if c.Container == "" {
		return p.lineage[c.ID]
	}
	return p.component[c.Container] + " > " + p.lineage[c.ID]
}

func (p *places) addConnections(d *Diagram) {
	between := map[string][]Connection{}
	for _, c := range d.Connections {
		ends := []string{p.component[c.From], p.component[c.To]}
		slices.Sort(ends)
		key := ends[0] + " -- " + ends[1]
		between[key] = append(between[key], c)
	}
	for _, key := range sortedKeys(between) {
		p.addBetween(key, between[key])
	}
}

// addBetween gives connections between the same two components the strands that
// look like them, and those that are left the first free ones.
func (p *places) addBetween(key string, cs []Connection) {
	strands := slices.Clone(p.strands[key])
	used := make([]bool, len(strands), len(strands)+len(cs))
	take := func(c Connection, fits func(strand) bool) bool {
		for i, s := range strands {
			if !used[i] && fits(s) {
				used[i], strands[i] = true, strand{c.Arrows, c.Label}
				p.connection[c.ID] = fmt.Sprintf("%s #%d", key, i+1)
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
	p.strands[key] = strands
}
