package diagram

import (
	"maps"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Difference is what changed between two diagrams: one change for each fact.
type Difference struct {
	Components  []change.Change
	Connections []change.Change

	// Renamed leads from the earlier to the later id of every component that
	// stands in both under different ids, also of those whose id changed only
	// because a container's did.
	Renamed map[string]string

	// Joined leads from the earlier to the later id of every connection that stands in
	// both, also where the two are equal.
	Joined map[string]string
}

// All lists the changes of components, then those of connections.
func (d Difference) All() []change.Change {
	return append(append([]change.Change(nil), d.Components...), d.Connections...)
}

// Diff compares two diagrams by meaning; nil stands for an empty one. Order in the
// file, positions, quoting and which end of an arrow was written first mean nothing.
//
// Identity is found by [matching]. A component is moved when its container is
// another one, renamed when its own key is; a child whose id changed only with that
// of its container did not change. A connection whose ends were renamed did not
// change. In a scenario or step, a fact that also holds in the layer it extends is
// not repeated.
//
// From and To are ids for added, removed, renamed, moved, repointed and reversed;
// labels, tooltips and shapes for those; and the differing attributes for restyled.
// Diff(b, a) is the mirror of Diff(a, b), up to the order of the changes.
func Diff(a, b *Diagram) Difference {
	a, b = orEmpty(a), orEmpty(b)
	m := match(a, b)
	var facts factList
	m.componentFacts(&facts)
	components := facts.fresh(m)
	facts = factList{}
	joined := m.connectionFacts(&facts)
	return Difference{Components: components, Connections: facts.fresh(m), Renamed: m.renamed(), Joined: joined}
}

// Ref is what a component or connection of a is called in b, when d is the difference
// between the two; false when a does not have it, or b no longer does.
func (d Difference) Ref(a, b *Diagram, ref string) (string, bool) {
	a, b = orEmpty(a), orEmpty(b)
	if _, ok := a.Component(ref); ok {
		id := orSame(d.Renamed, ref)
		_, there := b.Component(id)
		return id, there
	}
	c, ok := a.Connection(ref)
	if !ok {
		return "", false
	}
	now, there := b.Connection(d.Joined[c.ID])
	if there && ref != c.ID {
		if _, alone := b.Connection(now.ends()); alone {
			return now.ends(), true
		}
	}
	return now.ID, there
}

func orEmpty(d *Diagram) *Diagram {
	if d == nil {
		return &Diagram{}
	}
	return d
}

// factList gathers changes with the layer they happened in and the id that the
// subject had before.
type factList struct {
	facts []fact
}

type fact struct {
	change.Change
	layer, before string
}

func (f *factList) add(layer, before string, c change.Change) {
	f.facts = append(f.facts, fact{c, layer, before})
}

// key is what a fact says, without the layer it says it of.
func (f fact) key() string {
	from, to := orNone(f.From), orNone(f.To)
	return strings.Join([]string{
		string(f.Reason), bare(f.layer, f.before), bare(f.layer, f.Subject), bare(f.layer, from), bare(f.layer, to),
	}, "\x00")
}

// fresh leaves out the facts that a scenario or step has from what it extends,
// before or after.
func (f *factList) fresh(m *matching) []change.Change {
	said := map[string]bool{}
	for _, x := range f.facts {
		said[x.layer+"\x00"+x.key()] = true
	}
	var fresh []change.Change
	for _, x := range f.facts {
		inherited := slices.ContainsFunc(append(m.a.extends(x.layer), m.b.extends(x.layer)...), func(base string) bool {
			return said[base+"\x00"+x.key()]
		})
		if !inherited {
			fresh = append(fresh, x.Change)
		}
	}
	return fresh
}

// extends names the layers that a scenario or step is an addition to: the one it
// is written in, and for a step the one before it.
func (d *Diagram) extends(layer string) []string {
	segments := splitKey(layer)
	if len(segments) < 2 || segments[len(segments)-2] == "layers" {
		return nil
	}
	written := strings.Join(segments[:len(segments)-2], ".")
	steps := strings.TrimPrefix(written+".steps.", ".")
	if !strings.HasPrefix(layer, steps) {
		return []string{written}
	}
	before := written
	for _, l := range d.Layers {
		if l == layer {
			break
		}
		if strings.HasPrefix(l, steps) && len(splitKey(l)) == len(segments) {
			before = l
		}
	}
	return []string{written, before}
}

// splitKey cuts a key at the dots that are not in quotes.
func splitKey(key string) []string {
	var segments []string
	quote, start := rune(0), 0
	for i, r := range key {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '.':
			segments = append(segments, key[start:i])
			start = i + 1
		}
	}
	if start < len(key) {
		segments = append(segments, key[start:])
	}
	return segments
}

func (m *matching) componentFacts(f *factList) {
	for _, y := range m.b.Components {
		id, ok := m.from[y.ID]
		if !ok {
			f.add(y.Layer, "", componentChange(change.Added, change.ReasonAdded, y, nil, change.Value(y.ID)))
			continue
		}
		x, _ := m.a.Component(id)
		m.compareComponents(f, x, y)
	}
	for _, x := range m.a.Components {
		if _, ok := m.to[x.ID]; !ok {
			f.add(x.Layer, x.ID, componentChange(change.Removed, change.ReasonRemoved, x, change.Value(x.ID), nil))
		}
	}
}

func componentChange(k change.Kind, r change.Reason, c Component, from, to *string) change.Change {
	return change.Change{Kind: k, Subject: c.ID, Reason: r, From: from, To: to, Title: c.Label, Place: c.Container}
}

func (m *matching) compareComponents(f *factList, x, y Component) {
	add := func(k change.Kind, r change.Reason, from, to *string) {
		f.add(y.Layer, x.ID, componentChange(k, r, y, from, to))
	}
	if !m.sameContainer(x, y) {
		add(change.Moved, change.ReasonMoved, change.Value(x.ID), change.Value(y.ID))
	}
	if x.Key != y.Key {
		add(change.Renamed, change.ReasonRenamed, change.Value(x.ID), change.Value(y.ID))
	}
	switch {
	case x.Shape != y.Shape:
		add(change.Changed, change.ReasonReshaped, change.Value(x.Shape), change.Value(y.Shape))
	case x.Content != y.Content:
		add(change.Changed, change.ReasonReshaped, change.Present(x.Content), change.Present(y.Content))
	}
	if x.Label != y.Label && !(x.Default && y.Default) {
		add(change.Changed, change.ReasonRelabelled, change.Present(x.Label), change.Present(y.Label))
	}
	if from, to, differ := compareStyles(withLink(x), withLink(y)); differ {
		add(change.Changed, change.ReasonRestyled, from, to)
	}
	if x.Tooltip != y.Tooltip {
		add(change.Changed, change.ReasonRetooltipped, change.Present(x.Tooltip), change.Present(y.Tooltip))
	}
}

// withLink is a component's style with its link, which has no reason of its own.
func withLink(c Component) map[string]string {
	if c.Link == "" {
		return c.Style
	}
	style := maps.Clone(c.Style)
	if style == nil {
		style = map[string]string{}
	}
	style["link"] = c.Link
	return style
}

// compareStyles describes the attributes in which two styles differ, on both sides.
func compareStyles(x, y map[string]string) (from, to *string, differ bool) {
	var keys []string
	for k, v := range x {
		if w, ok := y[k]; !ok || v != w {
			keys = append(keys, k)
		}
	}
	for k := range y {
		if _, ok := x[k]; !ok {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, nil, false
	}
	return change.Present(describe(x, keys)), change.Present(describe(y, keys)), true
}
