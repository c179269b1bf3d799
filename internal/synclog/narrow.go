package synclog

import (
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
)

// OfGroup is what of a difference concerns a group: the components that it owns in
// either moment, with everything in them and the connections that touch them; its
// items; and the decisions that touch those components. The group is named by its id
// or one that it had. What was compared as text stays.
func (d Difference) OfGroup(before, after *Log, id string) (Difference, error) {
	return d.ofGroup(before, after, id, func(g board.Group) []string { return g.Owns })
}

// OfWork is [Difference.OfGroup] with the components and connections that the group's
// items touch as well.
func (d Difference) OfWork(before, after *Log, id string) (Difference, error) {
	return d.ofGroup(before, after, id, func(g board.Group) []string {
		refs := slices.Clone(g.Owns)
		for _, it := range g.Items {
			refs = append(refs, it.Touches...)
		}
		return refs
	})
}

func (d Difference) ofGroup(before, after *Log, id string, refs func(board.Group) []string) (Difference, error) {
	was, is := before.groupOf(after, id), after.groupOf(before, id)
	if was == nil && is == nil {
		return d, after.UnknownGroup(id)
	}
	var wasRefs, isRefs []string
	if was != nil {
		wasRefs = refs(*was)
	}
	if is != nil {
		isRefs = refs(*is)
	}
	n := narrowing{before: before, after: after}
	for _, c := range d.compared {
		n.parts = append(n.parts, c.found.Part(c.before, c.after, before.keysIn(c.before, wasRefs), after.keysIn(c.after, isRefs)))
	}
	return d.narrowed(n, func(c change.Change) bool { return has(was, c.Subject) || has(is, c.Subject) }), nil
}

// Near is what of a difference concerns the neighbourhood of a component, as
// [diagram.Difference.Near] draws it, and the items and decisions that touch
// something in it. The component is named as in the later moment, or as in the
// earlier one where that does not have it. What was compared as text stays.
func (d Difference) Near(before, after *Log, component string, depth int) (Difference, error) {
	n := narrowing{before: before, after: after}
	found := false
	for _, c := range d.compared {
		key, ok := c.find(before, after, component)
		var p diagram.Part
		if ok && !found {
			p, found = c.found.Near(c.before, c.after, key, depth), true
		} else {
			p = c.found.Part(c.before, c.after, nil, nil)
		}
		n.parts = append(n.parts, p)
	}
	if !found {
		return d, problem.Problem{What: fmt.Sprintf("no diagram has a component %q", component), Hint: d.hint(component)}
	}
	return d.narrowed(n, func(c change.Change) bool {
		return slices.ContainsFunc([]*Log{before, after}, func(l *Log) bool { return n.touchedBy(l, itemTouches(l, c.Subject)) })
	}), nil
}

// Shows tells whether a component or a connection of a compared diagram is in the part
// that the difference was narrowed to; everything is in one that was not.
func (d Difference) Shows(of *diagram.Diagram, ref string) bool {
	return d.parts == nil || slices.ContainsFunc(d.parts, func(p diagram.Part) bool { return p.Of(of) && p.Has(of, ref) })
}

// groupOf is a group as this moment has it, by an id that it has in either; nil when
// it is not there.
func (l *Log) groupOf(other *Log, id string) *board.Group {
	f, ok := l.File(id)
	if there, known := other.File(id); !ok && known {
		f, ok = l.successor(there.Group())
	}
	if !ok {
		return nil
	}
	g := f.Group()
	return &g
}

func has(g *board.Group, item string) bool {
	return g != nil && slices.ContainsFunc(g.Items, func(it board.Item) bool { return it.ID == item })
}

// keysIn are the components and connections of one diagram that references lead to.
func (l *Log) keysIn(d *diagram.Diagram, refs []string) []string {
	if d == nil {
		return nil
	}
	var keys []string
	for _, ref := range refs {
		if at, key, ok := l.resolve(ref); ok && at == d {
			keys = append(keys, key)
		}
	}
	return keys
}

// find is the key by which a component is known in one of the two diagrams.
func (c compared) find(before, after *Log, component string) (string, bool) {
	for _, side := range []struct {
		log *Log
		d   *diagram.Diagram
	}{{after, c.after}, {before, c.before}} {
		if d, key, ok := side.log.resolve(component); ok && d == side.d {
			_, isComponent := d.Component(key)
			return key, isComponent
		}
	}
	return "", false
}

// hint names a component that may have been meant.
func (d Difference) hint(component string) string {
	for _, c := range d.compared {
		if c.after == nil {
			continue
		}
		if near := c.after.Resolve(component); len(near) > 0 {
			return "did you mean " + c.prefix + near[0] + "?"
		}
	}
	return "name a component by its whole key, as in storage.kafka; archsync diagram show lists them"
}

// narrowing is a part of every compared diagram, in their order.
type narrowing struct {
	before, after *Log
	parts         []diagram.Part
}

// touchedBy tells whether one of a moment's references leads into the parts.
func (n narrowing) touchedBy(l *Log, refs []string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool {
		d, key, ok := l.resolve(ref)
		return ok && slices.ContainsFunc(n.parts, func(p diagram.Part) bool { return p.Of(d) && p.Has(d, key) })
	})
}

func itemTouches(l *Log, id string) []string {
	_, it, err := l.Find(id)
	if err != nil || it.ID != id {
		return nil
	}
	return it.Touches
}

func decisionTouches(l *Log, id string) []string {
	d, _ := l.FindDecision(id)
	return d.Touches
}

// narrowed is the difference within the parts, with the items that are wanted.
func (d Difference) narrowed(n narrowing, item func(change.Change) bool) Difference {
	next := Difference{
		Items:    keep(d.Items, item),
		Problems: d.Problems, Texts: d.Texts,
		Architecture: d.Architecture, beside: map[string]bool{}, parts: n.parts,
		Decisions: keep(d.Decisions, func(c change.Change) bool {
			return n.touchedBy(n.before, decisionTouches(n.before, c.Subject)) || n.touchedBy(n.after, decisionTouches(n.after, c.Subject))
		}),
	}
	for i, c := range d.compared {
		c.found = c.found.Within(n.parts[i])
		next.add(c)
		if c.prefix == "" {
			next.Architecture = c.found
		}
	}
	return next
}
