package diagram

import (
	"cmp"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// link is a connection in the terms in which both moments can be compared: its
// ends as identities, its direction without regard to which end was written first.
type link struct {
	*Connection
	from, to string // the later ids; of an end that is gone, its earlier id behind a "-"
	arrow    string // "->", "--" or "<->": never "<-"
	done     bool
}

// newLink takes c to identities: name gives that of an end.
func newLink(c *Connection, name func(id string) string) *link {
	l := &link{Connection: c, from: name(c.From), to: name(c.To), arrow: c.Arrows}
	if l.arrow == "<-" {
		l.from, l.to, l.arrow = l.to, l.from, "->"
	}
	if l.arrow != "->" && l.to < l.from {
		l.from, l.to = l.to, l.from
	}
	return l
}

func (l *link) way() string { return l.from + "\x00" + l.arrow + "\x00" + l.to }

func (l *link) pair() string { return min(l.from, l.to) + "\x00" + max(l.from, l.to) }

// pairing finds for the connections of the earlier moment those of the later one,
// from the surest evidence to the weakest.
type pairing struct {
	m     *matching
	a, b  []*link
	later map[*link]*link // in b, for one in a
	found map[*link]*link // the other way round
}

// connectionFacts gives the pairs as well: later ids by earlier ones.
func (m *matching) connectionFacts(f *factList) map[string]string {
	p := m.pairLinks()
	joined := make(map[string]string, len(p.later))
	for _, y := range p.b {
		x := p.found[y]
		if x == nil {
			f.add(y.Layer, "", connectionChange(change.Added, change.ReasonAdded, y, nil, change.Value(y.ID)))
			continue
		}
		joined[x.ID] = y.ID
		compareLinks(f, x, y)
	}
	for _, x := range p.a {
		if p.later[x] == nil {
			f.add(x.Layer, x.ID, connectionChange(change.Removed, change.ReasonRemoved, x, change.Value(x.ID), nil))
		}
	}
	return joined
}

func connectionChange(k change.Kind, r change.Reason, l *link, from, to *string) change.Change {
	return change.Change{Kind: k, Subject: l.ID, Reason: r, From: from, To: to, Title: l.Label}
}

func compareLinks(f *factList, x, y *link) {
	add := func(r change.Reason, from, to *string) {
		f.add(y.Layer, x.ID, connectionChange(change.Changed, r, y, from, to))
	}
	switch {
	case x.way() == y.way():
	case x.pair() == y.pair():
		add(change.ReasonReversed, change.Value(x.ID), change.Value(y.ID))
	default:
		add(change.ReasonRepointed, change.Value(x.ID), change.Value(y.ID))
	}
	if x.Label != y.Label {
		add(change.ReasonRelabelled, change.Present(x.Label), change.Present(y.Label))
	}
	if from, to, differ := compareStyles(x.upright(), y.upright()); differ {
		add(change.ReasonRestyled, from, to)
	}
}

// upright is the style as if the connection had been written along its arrow.
func (l *link) upright() map[string]string {
	if l.Arrows != "<-" || l.Style == nil {
		return l.Style
	}
	style := make(map[string]string, len(l.Style))
	for k, v := range l.Style {
		switch {
		case strings.HasPrefix(k, "source-"):
			k = "target-" + strings.TrimPrefix(k, "source-")
		case strings.HasPrefix(k, "target-"):
			k = "source-" + strings.TrimPrefix(k, "target-")
		}
		style[k] = v
	}
	return style
}

func (m *matching) pairLinks() *pairing {
	p := &pairing{m: m, later: map[*link]*link{}, found: map[*link]*link{}}
	for i := range m.a.Connections {
		p.a = append(p.a, newLink(&m.a.Connections[i], func(id string) string {
			if to, ok := m.to[id]; ok {
				return to
			}
			return "-" + id
		}))
	}
	for i := range m.b.Connections {
		p.b = append(p.b, newLink(&m.b.Connections[i], func(id string) string { return id }))
	}
	p.equal(func(l *link) string {
		return l.Layer + "\x00" + l.way() + "\x00" + l.Label + "\x00" + describe(l.upright(), sortedKeys(l.upright()))
	})
	p.equal(func(l *link) string { return l.Layer + "\x00" + l.way() + "\x00" + l.Label })
	p.relabelled()
	p.equal(func(l *link) string { return l.Layer + "\x00" + l.pair() + "\x00" + l.Label })
	p.repointed()
	return p
}

func (p *pairing) join(x, y *link) {
	p.later[x], p.found[y] = y, x
	x.done, y.done = true, true
}

// left groups what has no partner yet by a key, in the file's order.
func left(links []*link, key func(*link) string) map[string][]*link {
	groups := map[string][]*link{}
	for _, l := range links {
		if !l.done {
			groups[key(l)] = append(groups[key(l)], l)
		}
	}
	return groups
}

// equal joins what has the same key, in the file's order.
func (p *pairing) equal(key func(*link) string) {
	in := left(p.b, key)
	for _, x := range p.a {
		if x.done {
			continue
		}
		k := key(x)
		if ys := in[k]; len(ys) > 0 {
			p.join(x, ys[0])
			in[k] = ys[1:]
		}
	}
}

// relabelled joins what runs the same way under another label, the likest first.
func (p *pairing) relabelled() {
	key := func(l *link) string { return l.Layer + "\x00" + l.way() }
	after := left(p.b, key)
	before := left(p.a, key)
	for _, k := range sortedKeys(before) {
		type candidate struct {
			x, y *link
			like float64
		}
		var cs []candidate
		for _, x := range before[k] {
			for _, y := range after[k] {
				cs = append(cs, candidate{x, y, likeName(fold(x.Label), fold(y.Label))})
			}
		}
		slices.SortStableFunc(cs, func(c, d candidate) int {
			return cmp.Or(
				-cmp.Compare(c.like, d.like),
				cmp.Compare(min(c.x.Label, c.y.Label), min(d.x.Label, d.y.Label)),
				cmp.Compare(max(c.x.Label, c.y.Label), max(d.x.Label, d.y.Label)),
			)
		})
		for _, c := range cs {
			if !c.x.done && !c.y.done {
				p.join(c.x, c.y)
			}
		}
	}
}

// repointed joins what kept the end it comes from, its direction and its label,
// where neither has another candidate, and where something more speaks for it: a
// label, or that the old end is gone and the new one was not there before. A
// connection without direction may have kept either end.
func (p *pairing) repointed() {
	after := map[string][]*link{}
	for _, y := range p.b {
		for _, k := range y.roots() {
			after[k] = append(after[k], y)
		}
	}
	candidates := map[*link][]*link{}
	for _, x := range p.a {
		for _, k := range x.roots() {
			for _, y := range after[k] {
				if p.mayRepoint(x, y) && !slices.Contains(candidates[x], y) {
					candidates[x] = append(candidates[x], y)
					candidates[y] = append(candidates[y], x)
				}
			}
		}
	}
	for _, x := range p.a {
		if ys := candidates[x]; len(ys) == 1 && len(candidates[ys[0]]) == 1 {
			p.join(x, ys[0])
		}
	}
}

// roots are the ends that a connection without a partner may have kept, each with
// what else has to be equal.
func (l *link) roots() []string {
	if l.done {
		return nil
	}
	rest := "\x00" + l.arrow + "\x00" + l.Label + "\x00" + l.Layer
	if l.arrow == "->" || l.from == l.to {
		return []string{l.from + rest}
	}
	return []string{l.from + rest, l.to + rest}
}

func (p *pairing) mayRepoint(x, y *link) bool {
	if x.Label != "" {
		return true
	}
	gone, fresh := x.to, y.to
	if x.from != y.from {
		gone, fresh = x.other(y), y.other(x)
	}
	_, was := p.m.from[fresh]
	return strings.HasPrefix(gone, "-") && !was
}

// other is the end of l that m does not have.
func (l *link) other(m *link) string {
	if l.from == m.from || l.from == m.to {
		return l.to
	}
	return l.from
}
