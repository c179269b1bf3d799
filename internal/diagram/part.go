package diagram

import (
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/change"
)

// Part is a part of two compared diagrams: some of the components of each. What one
// of the two calls otherwise is in it under both names.
type Part struct {
	a, b          *Diagram
	before, after map[string]bool
	closed        bool // a connection belongs to it with both ends, not with one
}

// Part is the part of a and b with the given components and connections, those of a by
// their ids in a and those of b by theirs, with everything in the components. A
// connection belongs to it also when one of its ends does. d is the difference between the two; ids that a diagram
// does not have are left out.
func (d Difference) Part(a, b *Diagram, inA, inB []string) Part {
	p := newPart(a, b, inA, inB)
	d.identify(p)
	p.before, p.after = p.a.filled(p.before), p.b.filled(p.after)
	d.identify(p)
	return p
}

// Near is the neighbourhood of a component: it with everything in it, and what is
// connected with that over at most depth connections, in whichever direction, in
// either diagram. A connection belongs to it with both ends.
func (d Difference) Near(a, b *Diagram, id string, depth int) Part {
	p := d.Part(a, b, []string{id}, []string{id})
	p.closed = true
	for range depth {
		p.before, p.after = p.a.widened(p.before), p.b.widened(p.after)
	}
	d.identify(p)
	return p
}

func newPart(a, b *Diagram, inA, inB []string) Part {
	p := Part{a: orEmpty(a), b: orEmpty(b), before: map[string]bool{}, after: map[string]bool{}}
	p.a.take(p.before, inA)
	p.b.take(p.after, inB)
	return p
}

// take adds those of the components and connections to a set that the diagram has.
func (d *Diagram) take(set map[string]bool, ids []string) {
	for _, id := range ids {
		if _, ok := d.Component(id); ok {
			set[id] = true
		} else if c, ok := d.Connection(id); ok {
			set[c.ID] = true
		}
	}
}

// identify takes everything of a part in under the name that it has in the other
// diagram.
func (d Difference) identify(p Part) {
	for was, is := range d.Joined {
		if p.before[was] || p.after[is] {
			p.before[was], p.after[is] = true, true
		}
	}
	for _, c := range p.a.Components {
		later := orSame(d.Renamed, c.ID)
		if _, there := p.b.Component(later); there && (p.before[c.ID] || p.after[later]) {
			p.before[c.ID], p.after[later] = true, true
		}
	}
}

// filled adds everything that lies in the components of a set.
func (d *Diagram) filled(set map[string]bool) map[string]bool {
	next := maps.Clone(set)
	for _, c := range d.Components { // a container comes before its children
		if next[c.Container] {
			next[c.ID] = true
		}
	}
	return next
}

// widened adds everything that is connected with the components of a set.
func (d *Diagram) widened(set map[string]bool) map[string]bool {
	next := maps.Clone(set)
	for _, c := range d.Connections {
		if set[c.From] || set[c.To] {
			next[c.From], next[c.To] = true, true
		}
	}
	return next
}

// Of tells whether d is one of the two diagrams.
func (p Part) Of(d *Diagram) bool { return d == p.a || d == p.b }

// Has tells whether a component or a connection of one of the two diagrams belongs
// to the part.
func (p Part) Has(d *Diagram, ref string) bool {
	set := p.after
	if d == p.a {
		set = p.before
	}
	if set[ref] {
		return true
	}
	c, ok := d.Connection(ref)
	if !ok {
		return false
	}
	if set[c.ID] {
		return true
	}
	if p.closed {
		return set[c.From] && set[c.To]
	}
	return set[c.From] || set[c.To]
}

// Within is the part of a difference that concerns a part of the diagrams. What is
// said of a connection belongs to where it pointed before as well.
func (d Difference) Within(p Part) Difference {
	earlier := make(map[string]string, len(d.Joined))
	for before, now := range d.Joined {
		earlier[now] = before
	}
	narrow := func(changes []change.Change) []change.Change {
		return slices.DeleteFunc(slices.Clone(changes), func(c change.Change) bool {
			if c.Reason == change.ReasonRemoved {
				return !p.Has(p.a, c.Subject)
			}
			return !p.Has(p.b, c.Subject) && !p.Has(p.a, earlier[c.Subject])
		})
	}
	d.Components, d.Connections = narrow(d.Components), narrow(d.Connections)
	return d
}
