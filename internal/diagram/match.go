package diagram

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A component of one moment is the same as one of another when their ids are
// equal. What is left over on both sides is compared by what it says: its key and
// label, its tooltip, its neighbours, its shape, for a container its children. Two
// are taken for the same only when the words speak for it (a store that took over
// all connections of another is still another store), and only when each is the
// other's one best candidate. Whatever is found helps to find more, so this goes in
// rounds until nothing is added. Every measure is symmetric and no choice depends
// on an order: matching b with a gives the mirror of matching a with b.

// matching is the identity of components between an earlier and a later diagram.
type matching struct {
	a, b   *Diagram
	to     map[string]string // id in a -> id in b
	from   map[string]string // id in b -> id in a
	common map[string]bool   // words that tell nothing
}

func match(a, b *Diagram) *matching {
	m := &matching{a: a, b: b, to: make(map[string]string, len(a.Components)), from: make(map[string]string, len(b.Components))}
	for _, c := range a.Components {
		if _, ok := b.component[c.ID]; ok {
			m.join(c.ID, c.ID)
		}
	}
	if len(m.to) == len(a.Components) || len(m.to) == len(b.Components) {
		return m
	}
	m.common = commonWords(a, b)
	for {
		before := len(m.to)
		left := m.leftover()
		if left.none() {
			return m
		}
		m.carry(left.a)
		m.containers(m.leftover())
		if len(m.to) == before {
			m.leaves(m.leftover())
		}
		if len(m.to) == before {
			return m
		}
	}
}

func (m *matching) join(a, b string) {
	m.to[a] = b
	m.from[b] = a
}

// pools are the components without a partner.
type pools struct{ a, b []*subject }

func (p pools) none() bool { return len(p.a) == 0 || len(p.b) == 0 }

// subject is a component prepared for comparison.
type subject struct {
	Component
	key, label string // folded; label "" when it is the key's own text
	telling    string // the key without common words
	neighbours map[string]bool
	children   map[string]bool
	linked     bool // has connections at all
	parent     bool // has children
}

func (m *matching) leftover() pools {
	return pools{m.subjects(m.a, m.to, m.to), m.subjects(m.b, m.from, nil)}
}

// subjects prepares the components of d that are not in matched. Neighbours are
// named by their ids in the later diagram: through rename, or as they are.
func (m *matching) subjects(d *Diagram, matched, rename map[string]string) []*subject {
	var left []*subject
	for _, c := range d.Components {
		if _, ok := matched[c.ID]; ok {
			continue
		}
		s := &subject{Component: c, key: fold(c.Key), telling: telling(c.Key, m.common), neighbours: map[string]bool{}, children: map[string]bool{}}
		if !c.Default {
			s.label = fold(c.Label)
		}
		s.linked = len(d.touching[c.ID]) > 0
		for _, i := range d.touching[c.ID] {
			if token, ok := neighbour(d.Connections[i], c.ID, matched, rename); ok {
				s.neighbours[token] = true
			}
		}
		left = append(left, s)
	}
	if len(left) > 0 {
		addChildren(d, left)
	}
	return left
}

func addChildren(d *Diagram, left []*subject) {
	byID := make(map[string]*subject, len(left))
	for _, s := range left {
		byID[s.ID] = s
	}
	for _, c := range d.Components {
		if s := byID[c.Container]; s != nil && c.Container != "" {
			s.parent = true
			s.children[fold(c.Key)] = true
		}
	}
}

// neighbour says which way a connection goes from id, and to which component, when
// that one is known on both sides.
func neighbour(c Connection, id string, matched, rename map[string]string) (string, bool) {
	other, way := c.To, c.Arrows
	if c.To == id {
		other, way = c.From, Turned(c.Arrows)
	}
	if _, ok := matched[other]; !ok {
		return "", false
	}
	if rename != nil {
		other = rename[other]
	}
	return way + other, true
}

// Turned is the arrow read from its other end.
func Turned(arrows string) string {
	switch arrows {
	case "->":
		return "<-"
	case "<-":
		return "->"
	}
	return arrows
}

// carry joins what kept its key in a container that is known by another id now.
func (m *matching) carry(left []*subject) {
	for _, s := range left {
		container, ok := m.to[s.Container]
		if !ok {
			continue
		}
		id := container + "." + s.Key
		if _, exists := m.b.component[id]; !exists {
			continue
		}
		if _, taken := m.from[id]; !taken {
			m.join(s.ID, id)
		}
	}
}

func (m *matching) containers(p pools) {
	m.best(p, func(x, y *subject) float64 {
		if !x.parent || !y.parent {
			return 0
		}
		words, same := likeText(x, y), m.sameContainer(x.Component, y.Component)
		share, common := overlap(x.children, y.children)
		switch {
		case same && share >= 0.7 && common >= 2,
			same && words >= 0.5 && share >= 0.3,
			same && words == 1 && share > 0,
			!same && words == 1 && share >= 0.5,
			!same && share >= 0.8 && common >= 3:
			return 1 + words + 2*share + bonus(same)
		}
		return 0
	})
}

func (m *matching) leaves(p pools) {
	unique := uniqueTooltips(m.a, m.b)
	m.best(p, func(x, y *subject) float64 {
		if x.parent != y.parent {
			return 0
		}
		words, same := likeText(x, y), m.sameContainer(x.Component, y.Component)
		if words < 0.8 && x.Tooltip != "" && x.Tooltip == y.Tooltip && unique[x.Tooltip] {
			words = 0.8
		}
		if words < 0.5 {
			return 0
		}
		share, common := overlap(x.neighbours, y.neighbours)
		alone := !x.linked && !y.linked
		alike := x.Shape == y.Shape && x.Content == y.Content
		switch {
		case same && words == 1 && (alike || common > 0),
			same && words >= 0.8 && alike && alone,
			same && share >= 0.5,
			!same && words == 1 && alike && (alone || share >= 0.3),
			!same && words >= 0.8 && alike && share >= 0.5:
			return 1 + 2*words + 1.5*share + bonus(same) + 0.5*bonus(alike)
		}
		return 0
	})
}

func bonus(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// sameContainer tells whether two components lie in the same layer and in what is
// the same container as far as is known.
func (m *matching) sameContainer(x, y Component) bool {
	if x.Layer != y.Layer {
		return false
	}
	if x.Container == "" || y.Container == "" {
		return x.Container == y.Container
	}
	return m.to[x.Container] == y.Container
}

// best joins every pair that score likes and of which each is the other's best by
// a margin. A score of 0 is no candidate. Pairs in different layers are none.
func (m *matching) best(p pools, score func(x, y *subject) float64) {
	const margin = 0.4
	type choice struct {
		other       int
		score, next float64
	}
	forA, forB := make([]choice, len(p.a)), make([]choice, len(p.b))
	offer := func(c *choice, other int, s float64) {
		switch {
		case s > c.score:
			*c = choice{other, s, c.score}
		case s > c.next:
			c.next = s
		}
	}
	for i, x := range p.a {
		for j, y := range p.b {
			if x.Layer != y.Layer {
				continue
			}
			if s := score(x, y); s > 0 {
				offer(&forA[i], j, s)
				offer(&forB[j], i, s)
			}
		}
	}
	for i, c := range forA {
		if c.score == 0 || c.score-c.next < margin {
			continue
		}
		if back := forB[c.other]; back.other == i && back.score-back.next >= margin {
			m.join(p.a[i].ID, p.b[c.other].ID)
		}
	}
}

// uniqueTooltips are those that exactly one component has, before and after.
func uniqueTooltips(a, b *Diagram) map[string]bool {
	count := func(d *Diagram) map[string]int {
		n := map[string]int{}
		for _, c := range d.Components {
			if c.Layer == "" {
				n[c.Tooltip]++
			}
		}
		return n
	}
	inA, inB := count(a), count(b)
	unique := map[string]bool{}
	for t, n := range inA {
		unique[t] = t != "" && n == 1 && inB[t] == 1
	}
	return unique
}

// likeText is how much the words of two components agree, 0 to 1: their keys, or
// their labels where both were written by hand. Words that many components have in
// their names say nothing about one: they count only in names that are equal whole.
func likeText(x, y *subject) float64 {
	if x.key == y.key && x.key != "" || x.label == y.label && x.label != "" {
		return 1
	}
	like := 0.95 * likeName(x.telling, y.telling)
	if x.label != "" && y.label != "" {
		like = max(like, 0.95*likeName(x.label, y.label))
	}
	return like
}

// likeName is how much two folded names agree, 0 to 1: equal 1; one at the start
// or end of the other at least 0.6; else the share of letter pairs that they have in
// common (the Sørensen-Dice coefficient).
func likeName(s, t string) float64 {
	if s == "" || t == "" {
		return 0
	}
	if s == t {
		return 1
	}
	if len(s) > len(t) {
		s, t = t, s
	}
	if len(s) >= 2 && (strings.HasPrefix(t, s) || strings.HasSuffix(t, s)) {
		return 0.6 + 0.4*float64(len(s))/float64(len(t))
	}
	return dice(s, t)
}

func dice(s, t string) float64 {
	if len(s) < 2 || len(t) < 2 {
		return 0
	}
	pairs := map[[2]byte]int{}
	for i := 1; i < len(s); i++ {
		pairs[[2]byte{s[i-1], s[i]}]++
	}
	common := 0
	for i := 1; i < len(t); i++ {
		if p := [2]byte{t[i-1], t[i]}; pairs[p] > 0 {
			pairs[p]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(s)+len(t)-2)
}

// commonWords are those in the keys of several components of the two diagrams. What
// stands in both counts once, whichever of them is the earlier.
func commonWords(a, b *Diagram) map[string]bool {
	const several = 4
	count := map[string]int{}
	for _, c := range a.Components {
		for _, w := range wordsOf(c.Key) {
			count[w]++
		}
	}
	for _, c := range b.Components {
		if _, both := a.component[c.ID]; both {
			continue
		}
		for _, w := range wordsOf(c.Key) {
			count[w]++
		}
	}
	common := map[string]bool{}
	for w, n := range count {
		if n >= several {
			common[w] = true
		}
	}
	return common
}

// wordsOf cuts a key where it is neither letter nor digit, lower case.
func wordsOf(key string) []string {
	return strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// telling is a folded key without common words; the whole when nothing is left.
func telling(key string, common map[string]bool) string {
	var b strings.Builder
	for _, w := range wordsOf(key) {
		if !common[w] {
			b.WriteString(w)
		}
	}
	if b.Len() == 0 {
		return fold(key)
	}
	return b.String()
}

// fold keeps of a name what tells it from others: letters and digits, lower case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// overlap is the share of two sets that they have in common (the Jaccard index),
// and how many members that is; 0 when either is empty.
func overlap(s, t map[string]bool) (share float64, common int) {
	for k := range s {
		if t[k] {
			common++
		}
	}
	if common == 0 {
		return 0, 0
	}
	return float64(common) / float64(len(s)+len(t)-common), common
}

// renamed lists what stands on both sides under different ids.
func (m *matching) renamed() map[string]string {
	changed := maps.Clone(m.to)
	maps.DeleteFunc(changed, func(a, b string) bool { return a == b })
	return changed
}

// sortedKeys are a map's keys in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
