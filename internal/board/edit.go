package board

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// Every edit is tried as a splice of the source, the smallest first, and looked at:
// the result is parsed again and must mean what the file meant with that one change
// and nothing else. An edit that no splice can make is an error; the file is then
// for a person to edit. Errors are [problem.Problem] values with a place and a hint.

// SetItem gives a key of an item another value: a string, []string, any other value
// of [Field.Value], or nil, which takes the key out. For the keys of [Item] an
// empty value means nil too. Comments and the layout of all else stay; a value that
// is there already gives the same bytes.
func (f *File) SetItem(id, key string, value any) (*File, error) {
	e, err := f.editItem(id)
	if err != nil {
		return nil, err
	}
	want, err := e.wanted(&Item{}, key, value)
	if err != nil {
		return nil, err
	}
	if want == nil && (key == keyID || key == keyTitle || key == keyStatus) {
		return nil, e.fail(fmt.Sprintf("cannot take %s from item %q", key, id), "an item has an id, a title and a status")
	}
	if key == keyID && want != nil && want.Value != id {
		if _, taken := f.Item(want.Value); taken {
			return nil, e.fail(fmt.Sprintf("the id %q is taken", want.Value), "choose another one")
		}
	}
	if f.holds(e.mapping(), &Item{}, key, want) {
		return f, nil
	}
	return e.setItem(key, want)
}

// SetField gives a key of the group another value, as [File.SetItem] does for an
// item. The items have edits of their own.
func (f *File) SetField(key string, value any) (*File, error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	if key == keyItems {
		return nil, e.fail("cannot set items as a whole", "add, set and remove items one by one")
	}
	want, err := e.wanted(&Group{}, key, value)
	if err != nil {
		return nil, err
	}
	if e.d.root == nil && want == nil || f.holds(e.d.root, &Group{}, key, want) {
		return f, nil
	}
	expect := func(root *yaml.Node) bool {
		return samePairs(without(e.rootPairs(), key), without(pairsOf(root), key)) && holds(root, &Group{}, key, want)
	}
	tries := e.setPair(e.d.root, key, e.renderings(want), rootRank)
	return e.first(e.within(e.fieldLines(key), tries), expect, fmt.Sprintf("cannot set %s of group %q", key, f.ID()))
}

// AddItem appends an item at the end of the list, in the style of the file, with
// its unknown keys. Its Line does not matter.
func (f *File) AddItem(it Item) (*File, error) {
	if err := writable(it); err != nil {
		return nil, problem.Problem{Path: f.path, What: fmt.Sprintf("cannot add item %q: %v", it.ID, err)}
	}
	return f.add(itemNode(it), nil)
}

// AddRaw appends an item by its own lines, as [File.Raw] gives them: comments,
// quoting and unknown keys come along, indentation and line endings become the file's.
func (f *File) AddRaw(raw []byte) (*File, error) {
	node, err := rawItem(raw)
	if err != nil {
		return nil, problem.Problem{Path: f.path, What: fmt.Sprintf("cannot add an item: %v", err), Hint: `give one item that starts with "- id: ..."`}
	}
	return f.add(node, raw)
}

// RemoveItem takes an item's lines out. Comments above it stay.
func (f *File) RemoveItem(id string) (*File, error) {
	e, err := f.editItem(id)
	if err != nil {
		return nil, err
	}
	expect := func(root *yaml.Node) bool {
		items := slices.Delete(slices.Clone(e.d.items()), e.index, e.index+1)
		return e.sameItems(root, items)
	}
	return e.first(e.removals(), expect, fmt.Sprintf("cannot remove item %q", id))
}

// Raw is an item's own lines, ended by a line break: from its dash to the comments
// below that are indented deeper. They stand for themselves: in the place of an alias
// whose anchor is elsewhere in the file, the value is written out. An item of a flow
// list becomes lines of its own.
func (f *File) Raw(id string) ([]byte, bool) {
	e, err := f.editItem(id)
	if err != nil {
		return nil, false
	}
	eol := e.d.lineEnding()
	if lines, _, ok := e.d.element(e.list, e.index); ok && e.list.Style&yaml.FlowStyle == 0 {
		raw, whole := e.standalone(lines)
		raw = append(raw, eol...)
		if n, err := rawItem(raw); whole && err == nil && same(n, e.node()) {
			return raw, true
		}
	}
	lines := canonicalLayout().element(writtenOut(e.mapping()))
	return []byte(strings.Join(lines, eol) + eol), true
}

// standalone is the item's stretch of the source with every alias and merge key
// written out whose anchor lies elsewhere.
func (e *editor) standalone(lines span) ([]byte, bool) {
	own := map[*yaml.Node]bool{}
	var out []splice
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		own[n] = true
		switch {
		case n.Kind == yaml.AliasNode && !own[n.Alias]:
			out = append(out, splice{span{e.d.start(n), e.d.end(n, 0)}, flowStyle{inside: true}.text(n)})
		case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0:
			for _, p := range ownPairs(n) {
				if isMerge(p) && !own[mergeSource(p)] {
					out = append(out, e.merged(n, p))
					continue
				}
				walk(p.key)
				walk(p.value)
			}
		default:
			for _, child := range n.Content {
				walk(child)
			}
		}
	}
	walk(e.node())
	for i := range out {
		out[i].span = span{out[i].from - lines.from, out[i].to - lines.from}
	}
	return apply(e.d.src[lines.from:lines.to], out)
}

// mergeSource is the one mapping that a merge key names; nil for a list of them.
func mergeSource(p pair) *yaml.Node {
	if p.value.Kind == yaml.AliasNode {
		return p.value.Alias
	}
	return nil
}

// merged puts what a merge key brings to a block mapping in its place, as lines.
func (e *editor) merged(mapping *yaml.Node, merge pair) splice {
	brought := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairsOf(mapping) {
		if !slices.ContainsFunc(ownPairs(mapping), func(own pair) bool { return own.key == p.key }) {
			brought.Content = append(brought.Content, p.key, p.value)
		}
	}
	margin := e.d.lineEnding() + strings.Repeat(" ", merge.key.Column-1)
	return splice{span{e.d.start(merge.key), e.d.end(merge.value, 0)}, strings.Join(layout{style: e.style()}.mapping(brought.Content), margin)}
}

// editor is one edit of a file.
type editor struct {
	f     *File
	d     *document
	list  *yaml.Node // the list of items, when an item is edited
	index int        // of the item in it
}

func (f *File) edit() (*editor, error) {
	d, p := f.document()
	if p != nil {
		_, problems := Parse(f.path, []byte(f.src))
		first := problems[0]
		first.What = "cannot edit a file with a mistake in it: " + first.What
		return nil, first
	}
	if d.root != nil && d.root.Kind != yaml.MappingNode && tagOf(d.root) != tagNull {
		return nil, problem.Problem{Path: f.path, Line: d.root.Line, Column: d.root.Column, What: "cannot edit a file that holds no keys with values", Hint: "edit it by hand"}
	}
	if d.root != nil && d.root.Kind == yaml.MappingNode {
		if key, ok := twiceKey(d.root); ok {
			return nil, problem.Problem{Path: f.path, Line: key.Line, Column: key.Column, What: fmt.Sprintf("cannot edit a group whose key %q stands twice", key.Value), Hint: "keep one of the two"}
		}
	} else {
		d = &document{src: d.src, starts: d.starts}
	}
	return &editor{f: f, d: d}, nil
}

func twiceKey(mapping *yaml.Node) (*yaml.Node, bool) {
	seen := map[string]bool{}
	for _, p := range ownPairs(mapping) {
		if seen[keyText(p.key)] {
			return p.key, true
		}
		seen[keyText(p.key)] = true
	}
	return nil, false
}

// editItem is an edit of the one item with that id.
func (f *File) editItem(id string) (*editor, error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	e.index = -1
	for i, n := range e.d.items() {
		if m := resolved(n); m.Kind != yaml.MappingNode || itemID(m) != id || id == "" {
			continue
		}
		if e.index >= 0 {
			e.index = i
			e.locate()
			return nil, e.fail(fmt.Sprintf("cannot edit item %q: the id stands twice", id), "give one of the two another id")
		}
		e.index = i
	}
	if e.index < 0 {
		return nil, problem.Problem{Path: f.path, What: fmt.Sprintf("no item %q in group %q", id, f.ID()), Hint: `"archsync item list" shows the ids`}
	}
	e.locate()
	if key, ok := twiceKey(e.mapping()); ok {
		return nil, problem.Problem{Path: f.path, Line: key.Line, Column: key.Column, What: fmt.Sprintf("cannot edit item %q: its key %q stands twice", id, key.Value), Hint: "keep one of the two"}
	}
	return e, nil
}

func (e *editor) locate() {
	p, _ := e.d.itemsNode()
	e.list = resolved(p.value)
}

func (e *editor) node() *yaml.Node    { return e.list.Content[e.index] }
func (e *editor) mapping() *yaml.Node { return resolved(e.node()) }

func (e *editor) rootPairs() []pair {
	if e.d.root == nil {
		return nil
	}
	return pairsOf(e.d.root)
}

// fail is an error at the item, or at the file's start.
func (e *editor) fail(what, hint string) error {
	p := problem.Problem{Path: e.f.path, What: what, Hint: hint}
	if e.list != nil && e.index >= 0 {
		p.Line, p.Column = e.node().Line, e.node().Column
	}
	return p
}

// wanted is the node of a value; nil stands for a key that is to go.
func (e *editor) wanted(rec record, key string, value any) (*yaml.Node, error) {
	node, err := nodeOf(value)
	if err != nil {
		return nil, e.fail(fmt.Sprintf("cannot set %s: %v", key, err), "")
	}
	if _, err := nodeOf(key); err != nil || key == "" || key == "<<" {
		return nil, e.fail(fmt.Sprintf("cannot set %q: it is no key", key), "")
	}
	scalar, list := rec.scalar(key), rec.list(key)
	switch {
	case value == nil:
		return nil, nil
	case scalar != nil && (node.Kind != yaml.ScalarNode || tagOf(node) != tagText):
		return nil, e.fail(fmt.Sprintf("cannot set %s to %v: it holds one text", key, value), "")
	case scalar != nil && node.Value == "":
		return nil, nil
	case list != nil && node.Kind == yaml.ScalarNode && node.Value != "":
		return listNode([]string{node.Value})
	case list != nil && (len(node.Content) == 0 && node.Kind != yaml.MappingNode):
		return nil, nil
	case list != nil && !texts(node):
		return nil, e.fail(fmt.Sprintf("cannot set %s to %v: it holds a list of texts", key, value), "")
	}
	return node, nil
}

func texts(list *yaml.Node) bool {
	return list.Kind == yaml.SequenceNode && !slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return tagOf(n) != tagText })
}

// holds tells whether a mapping has that value under a key already.
func (f *File) holds(mapping *yaml.Node, rec record, key string, want *yaml.Node) bool {
	return mapping != nil && holds(mapping, rec, key, want)
}

func holds(mapping *yaml.Node, rec record, key string, want *yaml.Node) bool {
	got := lookup(mapping, key)
	r := reader{}
	if got == nil || want == nil {
		if got == nil {
			return want == nil
		}
		r.field(rec, key, got)
		switch {
		case rec.scalar(key) != nil:
			return *rec.scalar(key) == ""
		case rec.list(key) != nil:
			return len(*rec.list(key)) == 0
		}
		return false
	}
	switch {
	case rec.scalar(key) != nil:
		return r.text(key, got) == want.Value
	case rec.list(key) != nil:
		return slices.Equal(r.texts(key, got), r.texts(key, want))
	}
	return same(got, want) || reflect.DeepEqual(valueOf(got), valueOf(want))
}

// sameItems tells whether a tree is the file's with these items.
func (e *editor) sameItems(root *yaml.Node, items []*yaml.Node) bool {
	if root == nil || root.Kind != yaml.MappingNode {
		return len(items) == 0 && len(without(e.rootPairs(), keyItems)) == 0
	}
	if !samePairs(without(e.rootPairs(), keyItems), without(pairsOf(root), keyItems)) {
		return false
	}
	now := (&document{root: root}).items()
	return slices.EqualFunc(items, now, same)
}

func (e *editor) setItem(key string, want *yaml.Node) (*File, error) {
	expect := func(root *yaml.Node) bool {
		now := (&document{root: root}).items()
		if len(now) != len(e.list.Content) {
			return false
		}
		edited := resolved(now[e.index])
		if edited.Kind != yaml.MappingNode || !holds(edited, &Item{}, key, want) ||
			!samePairs(without(pairsOf(e.mapping()), key), without(pairsOf(edited), key)) {
			return false
		}
		items := slices.Clone(e.list.Content)
		items[e.index] = now[e.index]
		return e.sameItems(root, items)
	}
	var tries [][]splice
	if e.node().Kind == yaml.MappingNode {
		tries = e.setPair(e.node(), key, e.renderings(want), itemRank)
	}
	tries = append(tries, e.rewrites(key, want)...)
	return e.first(e.within(e.itemLines(), tries), expect, fmt.Sprintf("cannot set %s of item %q", key, itemID(e.mapping())))
}

// within keeps the tries that touch nothing outside a stretch of the source.
func (e *editor) within(lines span, tries [][]splice) [][]splice {
	return slices.DeleteFunc(tries, func(try []splice) bool {
		return slices.ContainsFunc(try, func(s splice) bool { return s.from < lines.from || s.to > lines.to })
	})
}

// itemLines is what an edit of the item may touch: its lines, in a flow list its text.
func (e *editor) itemLines() span {
	if e.list.Style&yaml.FlowStyle != 0 {
		return span{e.d.start(e.node()), e.d.end(e.node(), 0)}
	}
	lines, _, ok := e.d.element(e.list, e.index)
	if !ok {
		return span{}
	}
	return span{lines.from, e.d.nextLine(lines.to)}
}

// fieldLines is what an edit of a key of the group may touch: the key's lines. For
// a key that is not there, and in a group that is a flow mapping, it is anything:
// what is inserted takes nothing away.
func (e *editor) fieldLines(key string) span {
	all := span{0, len(e.d.src)}
	if e.d.root == nil || e.d.root.Style&yaml.FlowStyle != 0 {
		return all
	}
	for _, p := range ownPairs(e.d.root) {
		if keyText(p.key) == key {
			return span{e.d.lineStart(e.d.start(p.key)), e.d.nextLine(e.d.end(p.value, 0))}
		}
	}
	return all
}

// first makes the first of several splices that gives what is expected.
func (e *editor) first(tries [][]splice, expect func(root *yaml.Node) bool, what string) (*File, error) {
	for _, try := range tries {
		src, ok := apply(e.d.src, try)
		if !ok || bytes.Equal(src, e.d.src) {
			continue
		}
		d, p := readDocument(src)
		if p == nil && expect(d.root) {
			next, _ := Parse(e.f.path, src)
			return next, nil
		}
	}
	return nil, e.fail(what+" without changing more than that", "edit the file by hand: other lines depend on these, by an anchor, an alias or the missing end of a line")
}

// rawItem is the item that its own lines mean.
func rawItem(raw []byte) (*yaml.Node, error) {
	d, p := readDocument(raw)
	if p != nil {
		return nil, errors.New(p.What)
	}
	if d.root == nil || d.root.Kind != yaml.SequenceNode || len(d.root.Content) != 1 {
		return nil, errors.New("the text is not one entry of a list")
	}
	n := d.root.Content[0]
	if n.Kind != yaml.MappingNode || itemID(n) == "" {
		return nil, errors.New("the text is not an item with an id")
	}
	return n, nil
}

// writable reports what has no form in a file: bytes that are not UTF-8 and values
// of other types.
func writable(it Item) error {
	for _, key := range itemKeys {
		var value any
		if text := it.scalar(key); text != nil {
			value = *text
		} else {
			value = *it.list(key)
		}
		if _, err := nodeOf(value); err != nil {
			return err
		}
	}
	for _, f := range it.Extra {
		if _, err := mapNode(map[string]any{f.Key: f.Value}); err != nil {
			return err
		}
	}
	return nil
}

// writtenOut is a mapping with its merge keys written out.
func writtenOut(mapping *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairsOf(mapping) {
		n.Content = append(n.Content, p.key, p.value)
	}
	return n
}
