package board

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// splice replaces a stretch of the source by a text.
type splice struct {
	span
	text string
}

// apply makes splices, in any order; ok is false when they overlap or make no sense.
func apply(src []byte, splices []splice) (next []byte, ok bool) {
	sorted := slices.SortedStableFunc(slices.Values(splices), func(a, b splice) int { return a.from - b.from })
	at := 0
	for _, s := range sorted {
		if s.from < at || s.to < s.from || s.to > len(src) {
			return nil, false
		}
		next = append(append(next, src[at:s.from]...), s.text...)
		at = s.to
	}
	return append(next, src[at:]...), true
}

// rendering is a value as it can be written: behind its key and below it, or on one
// line in a flow collection.
type rendering struct {
	node  *yaml.Node // nil when only the text is known
	head  string     // with the blank before it, or empty
	below []string   // indented from the column of the key
	flow  string
}

// renderings are the ways to write a value, the most readable first; none for nil.
func (e *editor) renderings(want *yaml.Node) []rendering {
	if want == nil {
		return nil
	}
	var all []rendering
	for _, quoteBlocks := range []bool{false, true} {
		l := layout{e.style(), quoteBlocks}
		head, below := l.value(want)
		all = append(all, rendering{want, head, below, e.flowStyle().text(want)})
	}
	if want.Kind != yaml.ScalarNode {
		return all[:1]
	}
	return all
}

// flowStyle is how a file writes flow collections: one whose first key is in double
// quotes may be JSON and stays it.
func (e *editor) flowStyle() flowStyle {
	root := e.d.root
	json := root != nil && root.Style&yaml.FlowStyle != 0 && len(root.Content) > 0 && root.Content[0].Style&yaml.DoubleQuotedStyle != 0
	return flowStyle{inside: true, json: json}
}

// style is how the file lays out its lists, as its first ones show.
func (e *editor) style() style {
	s := canonical()
	root := e.d.root
	if root == nil || root.Kind != yaml.MappingNode {
		return s
	}
	found := false
	if list := e.d.items(); len(list) > 0 && list[0].Kind == yaml.MappingNode && list[0].Style&yaml.FlowStyle == 0 {
		p, _ := e.d.itemsNode()
		if dash, ok := e.d.dash(resolved(p.value), 0); ok {
			s.key = max(2, list[0].Content[0].Column-1-(dash-e.d.lineStart(dash)))
		}
	}
	look := func(mapping *yaml.Node) {
		for _, p := range ownPairs(mapping) {
			if list := p.value; !found && list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0 && list.Anchor == "" && list.Line > p.key.Line {
				s.dash, found = max(0, list.Column-p.key.Column), true
			}
		}
	}
	for _, n := range e.d.items() {
		if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 {
			look(n)
		}
	}
	look(root)
	return s
}

// itemRank orders the keys of an item; an unknown one comes last.
func itemRank(key string) int { return rank(itemKeys[:], key) }

// rootRank orders the keys of a group; the items come behind the unknown ones.
func rootRank(key string) int {
	if key == keyItems {
		return len(groupKeys) + 1
	}
	return rank(groupKeys[:], key)
}

// rewrites are the ways to write an item anew, its merge keys and what an alias
// names written out. Comments in its lines are lost: the last resort.
func (e *editor) rewrites(key string, want *yaml.Node) [][]splice {
	next := replacePair(writtenOut(e.mapping()), key, want)
	if e.list.Style&yaml.FlowStyle != 0 {
		n := e.node()
		return [][]splice{{{span{e.d.start(n), e.d.end(n, 0)}, e.flowStyle().text(next)}}}
	}
	lines, dash, ok := e.d.element(e.list, e.index)
	if !ok {
		return nil
	}
	var tries [][]splice
	for _, quoteBlocks := range []bool{false, true} {
		text := indent(dash-e.d.lineStart(dash), layout{e.style(), quoteBlocks}.element(next))
		tries = append(tries, []splice{{lines, strings.Join(text, e.d.lineEnding())}})
	}
	return tries
}

// replacePair gives a mapping's key a value, in its place or where its rank is;
// nil takes it out.
func replacePair(mapping *yaml.Node, key string, want *yaml.Node) *yaml.Node {
	next := &yaml.Node{Kind: yaml.MappingNode}
	done := want == nil
	for _, p := range ownPairs(mapping) {
		if !done && keyText(p.key) != key && itemRank(keyText(p.key)) > itemRank(key) && lookup(mapping, key) == nil {
			next.Content, done = append(next.Content, textNode(key), want), true
		}
		if keyText(p.key) != key {
			next.Content = append(next.Content, p.key, p.value)
		} else if want != nil {
			next.Content, done = append(next.Content, p.key, want), true
		}
	}
	if !done {
		next.Content = append(next.Content, textNode(key), want)
	}
	return next
}

// removals are the ways to take the item's lines out.
func (e *editor) removals() [][]splice {
	if e.list.Style&yaml.FlowStyle != 0 {
		start := func(i int) int { return e.d.start(e.list.Content[i]) }
		end := func(i int) int { return e.d.end(e.list.Content[i], 0) }
		return flowCut(e.d, len(e.list.Content), e.index, start, end)
	}
	lines, _, ok := e.d.element(e.list, e.index)
	if !ok {
		return nil
	}
	return [][]splice{{{span{lines.from, e.d.nextLine(lines.to)}, ""}}}
}

// add appends an item, by its own lines where raw gives them.
func (f *File) add(node *yaml.Node, raw []byte) (*File, error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	id := itemID(node)
	if id == "" {
		return nil, problem.Problem{Path: f.path, What: "cannot add an item without an id"}
	}
	if _, taken := f.Item(id); taken {
		return nil, problem.Problem{Path: f.path, What: fmt.Sprintf("cannot add item %q: the id is taken", id), Hint: "choose another one"}
	}
	items := append(slices.Clone(e.d.items()), node)
	if len(items) > maxItems {
		return nil, problem.Problem{Path: f.path, What: fmt.Sprintf("cannot add item %q: the group has %d items", id, maxItems), Hint: "split the group"}
	}
	expect := func(root *yaml.Node) bool { return e.sameItems(root, items) }
	return e.first(e.additions(node, raw), expect, fmt.Sprintf("cannot add item %q", id))
}

// additions are the ways to append an item to the list.
func (e *editor) additions(node *yaml.Node, raw []byte) [][]splice {
	p, found := e.d.itemsNode()
	list := p.value
	if !found || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return e.setPair(e.d.root, keyItems, e.firstItem(node, raw), rootRank)
	}
	last := len(list.Content) - 1
	if list.Style&yaml.FlowStyle != 0 {
		return e.flowAddition(list, node)
	}
	lines, dash, ok := e.d.element(list, last)
	if !ok {
		return nil
	}
	eol := e.d.lineEnding()
	var tries [][]splice
	for _, text := range e.asLines(node, raw) {
		text = indent(dash-e.d.lineStart(dash), text)
		tries = append(tries, []splice{{span{lines.to, lines.to}, eol + strings.Join(text, eol)}})
	}
	return tries
}

// flowAddition appends an item to a flow list that has some: on a line of its own
// where the last one stands so.
func (e *editor) flowAddition(list, node *yaml.Node) [][]splice {
	last := list.Content[len(list.Content)-1]
	start, end := e.d.start(last), e.d.end(last, 0)
	gap := ", "
	if e.d.ownLine(start) {
		gap = "," + e.d.lineEnding() + string(e.d.src[e.d.lineStart(start):start])
	}
	return [][]splice{{{span{end, end}, gap + e.flowStyle().text(node)}}}
}

// firstItem renders a list of one item.
func (e *editor) firstItem(node *yaml.Node, raw []byte) []rendering {
	var all []rendering
	for _, lines := range e.asLines(node, raw) {
		all = append(all, rendering{head: "", below: indent(e.style().dash, lines), flow: "[" + e.flowStyle().text(node) + "]"})
	}
	return all
}

// asLines are the ways to write an item from column 0 on.
func (e *editor) asLines(node *yaml.Node, raw []byte) [][]string {
	var all [][]string
	if raw != nil {
		all = append(all, unindented(raw))
	}
	for _, quoteBlocks := range []bool{false, true} {
		all = append(all, layout{e.style(), quoteBlocks}.element(node))
	}
	return all
}

// unindented moves lines to the left as far as the first one is indented.
func unindented(raw []byte) []string {
	d := &document{src: raw, starts: lineStarts(raw)}
	var lines []string
	margin := -1
	for at := 0; at < len(raw); at = d.nextLine(at) {
		line := string(raw[at:d.lineEnd(at)])
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		if margin < 0 {
			margin = spaces
		}
		lines = append(lines, line[min(margin, spaces):])
	}
	return lines
}
