package diagram

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2parser"

	"github.com/archsync/archsync/internal/problem"
)

// rekey is the way of one component from a key to another, in one layer and in those
// that extend it. Keys are kept as the texts of their segments, without quotes; D2
// compares them without regard to case.
type rekey struct {
	layer    string
	old, new []string
	kept     int // leading segments that both keys have
}

// newRekey checks the two names against a diagram.
func newRekey(d *Diagram, from, to string) (rekey, error) {
	c, ok := d.Component(from)
	if !ok {
		return rekey{}, problem.Problem{Path: d.Path, What: fmt.Sprintf("there is no component %q", from), Hint: nearHint(d, from)}
	}
	old, _ := parseKey(bare(c.Layer, c.ID))
	k := rekey{layer: c.Layer, old: old}
	var err error
	if k.new, err = parseKey(strings.TrimPrefix(to, k.layer+": ")); err != nil {
		return k, wrongKey(to, err)
	}
	if home, ok := d.lookUp(k.layer, k.new[:len(k.new)-1]); ok {
		spelled, _ := parseKey(bare(home.Layer, home.ID)) // a container keeps its own spelling
		copy(k.new, spelled)
	}
	for k.kept < min(len(k.old), len(k.new))-1 && strings.EqualFold(k.old[k.kept], k.new[k.kept]) {
		k.kept++
	}
	return k, k.check(d, c)
}

func wrongKey(to string, err error) error {
	return problem.Problem{What: fmt.Sprintf("%q is not the key of a component: %v", to, err), Hint: `write it whole, as in storage.kafka, with quotes around odd parts: hosts."a.example"`}
}

// nearHint names components that may have been meant.
func nearHint(d *Diagram, text string) string {
	near := d.Resolve(text)
	switch len(near) {
	case 0:
		return "name a component by its whole key, as in storage.kafka"
	case 1:
		return "did you mean " + near[0] + "?"
	}
	return "did you mean one of " + strings.Join(near[:min(len(near), 5)], ", ") + "?"
}

func (k rekey) check(d *Diagram, c Component) error {
	complain := func(hint, format string, operands ...any) error {
		return problem.Problem{What: fmt.Sprintf(format, operands...), Hint: hint}
	}
	id, container := k.text(), quotePath(k.new[:len(k.new)-1])
	switch there, taken := d.lookUp(k.layer, k.new); {
	case slices.Equal(k.old, k.new):
		return complain("give another key", "it is called %q already", c.ID)
	case taken && there.ID != c.ID:
		return complain("choose another key, or merge the two by hand", "there is a component %q already", there.ID)
	case k.within():
		return complain("choose a key outside of it", "%q cannot move into itself", c.ID)
	}
	if _, known := d.lookUp(k.layer, k.new[:len(k.new)-1]); !known && container != "" {
		return complain(fmt.Sprintf("keys are absolute; put %s into the diagram first, if that is meant", container), "there is no container %q for %q", container, id)
	}
	for _, base := range d.extends(c.Layer) {
		if inherited, ok := d.lookUp(base, k.old); ok {
			return complain("rename that one: "+inherited.ID, "%q comes from what its layer extends", c.ID)
		}
	}
	return nil
}

// within tells whether the new key lies in the old one.
func (k rekey) within() bool {
	return len(k.new) > len(k.old) && equalFold(k.new[:len(k.old)], k.old)
}

// lookUp finds a component by the segments of its key, whatever their case.
func (d *Diagram) lookUp(layer string, segments []string) (Component, bool) {
	if id := inLayer(layer, quotePath(segments)); len(segments) > 0 {
		for _, c := range d.Components {
			if strings.EqualFold(c.ID, id) {
				return c, true
			}
		}
	}
	return Component{}, false
}

// parseKey cuts a key into the texts of its segments. It fails on what is no key of
// a component: patterns, D2's own words, text that goes on after the key.
func parseKey(text string) ([]string, error) {
	path, err := d2parser.ParseKey(text)
	if err != nil || !utf8.ValidString(text) {
		return nil, errors.New("D2 does not take it for a key")
	}
	if path.Range.End.Byte != len(text) {
		return nil, fmt.Errorf("%q is too much", text[path.Range.End.Byte:])
	}
	var segments []string
	for _, s := range path.Path {
		segment := s.Unbox()
		plain, unquoted := segment.(*d2ast.UnquotedString)
		switch word := segment.ScalarString(); {
		case word == "" || word == "_" && unquoted:
			return nil, errors.New("a part of it is empty")
		case unquoted && plain.Pattern != nil:
			return nil, fmt.Errorf("%q is a pattern", word)
		case unquoted && reserved(word):
			return nil, fmt.Errorf("%q is a word of D2's own", word)
		}
		segments = append(segments, segment.ScalarString())
	}
	return segments, nil
}

func reserved(word string) bool {
	_, is := d2ast.ReservedKeywords[strings.ToLower(word)]
	return is
}

// quotePath spells a key of the given segments.
func quotePath(segments []string) string {
	quoted := make([]string, len(segments))
	for i, s := range segments {
		quoted[i] = quoteKey(s)
	}
	return strings.Join(quoted, ".")
}

func equalFold(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }

// text is the new key, id the old one.
func (k rekey) text() string { return quotePath(k.new) }
func (k rekey) id() string   { return quotePath(k.old) }

// rewrite is what a key becomes: another one when it names the component or
// something in it.
func (k rekey) rewrite(segments []string) ([]string, bool) {
	if len(segments) < len(k.old) || !equalFold(segments[:len(k.old)], k.old) {
		return segments, false
	}
	return slices.Concat(k.new, segments[len(k.old):]), true
}

// layers are the layers in which the component is renamed: its own, and all that
// extend it.
func (k rekey) layers(d *Diagram) map[string]bool {
	found := map[string]bool{k.layer: true}
	for _, layer := range d.Layers { // an extended layer comes before those that extend it
		if slices.ContainsFunc(d.extends(layer), func(base string) bool { return found[base] }) {
			found[layer] = true
		}
	}
	return found
}

// is tells whether an object of D2's is the component.
func (k rekey) is(o *d2graph.Object) bool {
	for i := len(k.old) - 1; i >= 0; i-- {
		if o == nil || o.Graph == nil || o == o.Graph.Root || !strings.EqualFold(o.IDVal, k.old[i]) {
			return false
		}
		o = o.Parent
	}
	return o != nil && o == o.Graph.Root
}

// view is a diagram as it should be after the renaming. A label that somebody wrote
// and that was the old key's own text stays: only what was compiled of the new text
// tells.
func (k rekey) view(before, got *Diagram) view {
	layers := k.layers(before)
	v := view{before: before, names: map[string]string{}}
	for _, c := range before.Components {
		segments, err := parseKey(bare(c.Layer, c.ID))
		if next, named := k.rewrite(segments); err == nil && named && layers[c.Layer] {
			v.names[c.ID] = inLayer(c.Layer, quotePath(next))
		}
	}
	after := &Diagram{Path: before.Path, Layers: before.Layers, boards: before.boards}
	for _, c := range before.Components {
		after.Components = append(after.Components, k.renamed(c, v.names, got))
	}
	for _, c := range before.Connections {
		c.From, c.To = orSame(v.names, c.From), orSame(v.names, c.To)
		after.Connections = append(after.Connections, c)
	}
	for layer := range slices.Values(append([]string{""}, before.Layers...)) {
		nameLayer(after.Connections, layer)
	}
	after.index()
	v.after = after
	return v
}

// nameLayer names the connections of a layer; those of one layer stand together.
func nameLayer(all []Connection, layer string) {
	first := slices.IndexFunc(all, func(c Connection) bool { return c.Layer == layer })
	if first < 0 {
		return
	}
	n := first
	for n < len(all) && all[n].Layer == layer {
		n++
	}
	nameConnections(all[first:n])
}

func (k rekey) renamed(c Component, names map[string]string, got *Diagram) Component {
	id, named := names[c.ID]
	if near, ok := c.Style["near"]; ok {
		c.Style = withNear(c.Style, k.near(near))
	}
	c.Container = orSame(names, c.Container)
	if !named {
		return c
	}
	if strings.EqualFold(c.ID, inLayer(c.Layer, k.id())) {
		home, _ := got.lookUp(c.Layer, k.new[:len(k.new)-1])
		c.Container = home.ID
	}
	keys := splitKey(bare(c.Layer, id))
	c.ID, c.Key = id, keys[len(keys)-1]
	if now, ok := got.Component(id); ok && c.Default && now.Label == c.Label {
		c.Default = now.Default
	}
	return c
}

// near is what a value of near becomes.
func (k rekey) near(value string) string {
	segments, err := parseKey(value)
	if next, named := k.rewrite(segments); err == nil && named {
		return quotePath(next)
	}
	return value
}

func withNear(style map[string]string, near string) map[string]string {
	next := make(map[string]string, len(style))
	for key, value := range style {
		next[key] = value
	}
	next["near"] = near
	return next
}

func orSame(names map[string]string, id string) string {
	if next, ok := names[id]; ok {
		return next
	}
	return id
}
