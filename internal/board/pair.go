package board

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// setPair lists the ways to give a key of a mapping a value, or to take it out when
// there are no renderings. The mapping is nil for a file that holds nothing.
func (e *editor) setPair(mapping *yaml.Node, key string, values []rendering, rank func(string) int) [][]splice {
	if mapping == nil {
		return e.firstPair(key, values)
	}
	pairs := ownPairs(mapping)
	index := slices.IndexFunc(pairs, func(p pair) bool { return keyText(p.key) == key })
	m := pairEditor{editor: e, mapping: mapping, pairs: pairs, key: key, rank: rank}
	switch isFlow := mapping.Style&yaml.FlowStyle != 0; {
	case index < 0 && len(values) == 0: // a merge key brings it: null hides it
		return m.insert(isFlow, []rendering{{head: " null", flow: "null"}})
	case index < 0:
		return m.insert(isFlow, values)
	case len(values) == 0 && isFlow:
		return m.flowRemovals(index)
	case len(values) == 0:
		return m.removals(index)
	case isFlow:
		return m.flowReplacements(index, values)
	}
	return m.replacements(index, values)
}

// firstPair writes a key into a file that holds nothing but comments.
func (e *editor) firstPair(key string, values []rendering) [][]splice {
	var tries [][]splice
	for _, v := range values {
		eol := e.d.lineEnding()
		text := strings.Join(append([]string{scalarText(key, false) + ":" + v.head}, v.below...), eol) + eol
		end := len(e.d.src)
		if end > 0 && e.d.lineStart(end) != end {
			text = eol + strings.TrimSuffix(text, eol)
		}
		tries = append(tries, []splice{{span{end, end}, text}})
	}
	return tries
}

// pairEditor edits one key of a mapping.
type pairEditor struct {
	*editor
	mapping *yaml.Node
	pairs   []pair
	key     string
	rank    func(string) int
}

func (m *pairEditor) column() int { return m.pairs[0].key.Column - 1 }

func (m *pairEditor) end(n *yaml.Node) int { return m.d.end(n, m.column()) }

func (m *pairEditor) insert(isFlow bool, values []rendering) [][]splice {
	if len(m.pairs) == 0 {
		return m.insertOnly(values)
	}
	after := m.predecessor()
	var tries [][]splice
	for _, v := range values {
		switch {
		case isFlow && after < 0:
			at := m.d.start(m.pairs[0].key)
			tries = append(tries, []splice{{span{at, at}, m.flowStyle().text(textNode(m.key)) + ": " + v.flow + ", "}})
		case isFlow:
			at := m.end(m.pairs[after].value)
			tries = append(tries, []splice{{span{at, at}, ", " + m.flowStyle().text(textNode(m.key)) + ": " + v.flow}})
		case after < 0:
			at := m.d.lineStart(m.d.start(m.pairs[0].key))
			tries = append(tries, []splice{{span{at, at}, strings.Join(m.lines(v), m.d.lineEnding()) + m.d.lineEnding()}})
		default:
			at := m.d.lineEnd(m.end(m.pairs[after].value))
			eol := m.d.lineEnding()
			tries = append(tries, []splice{{span{at, at}, eol + strings.Join(m.lines(v), eol)}})
		}
	}
	return tries
}

// insertOnly writes the first pair of an empty flow mapping.
func (m *pairEditor) insertOnly(values []rendering) [][]splice {
	at := m.d.content(m.d.start(m.mapping)) + 1
	var tries [][]splice
	for _, v := range values {
		tries = append(tries, []splice{{span{at, at}, m.flowStyle().text(textNode(m.key)) + ": " + v.flow}})
	}
	return tries
}

// lines is the key with its value, in the mapping's column.
func (m *pairEditor) lines(v rendering) []string {
	return indent(m.column(), append([]string{scalarText(m.key, false) + ":" + v.head}, v.below...))
}

// predecessor is the last pair whose key comes before ours; -1 for none. An unknown
// first key of an item stays first.
func (m *pairEditor) predecessor() int {
	found := -1
	for i, p := range m.pairs {
		if m.rank(keyText(p.key)) <= m.rank(m.key) {
			found = i
		}
	}
	if found < 0 && !m.d.ownLine(m.d.start(m.pairs[0].key)) {
		return 0
	}
	return found
}

// colon is behind the colon of a pair whose value starts at or behind it; not found
// where key and value are written in YAML's long form.
func (m *pairEditor) colon(p pair) (int, bool) {
	at := m.end(p.key)
	for at < len(m.d.src) && isBlank(m.d.src[at]) {
		at++
	}
	if at >= len(m.d.src) || m.d.src[at] != ':' {
		return 0, false
	}
	return at + 1, true
}

func (m *pairEditor) replacements(index int, values []rendering) [][]splice {
	p := m.pairs[index]
	colon, ok := m.colon(p)
	if !ok {
		return nil
	}
	var tries [][]splice
	for _, v := range values {
		if v.node != nil && v.node.Kind == yaml.SequenceNode && p.value.Kind == yaml.SequenceNode {
			tries = append(tries, m.listEdits(p.value, v.node)...)
		}
		tries = append(tries, m.replace(p.value, colon, v)...)
	}
	return tries
}

// replace writes a value over another: with what stands behind it on the key's
// line, which can only be a comment, and as a second try without.
func (m *pairEditor) replace(old *yaml.Node, colon int, v rendering) [][]splice {
	eol := m.d.lineEnding()
	end := m.end(old)
	lineEnd := m.d.lineEnd(end)
	below := ""
	for _, line := range indent(m.column(), v.below) {
		below += eol + line
	}
	whole := []splice{{span{colon, lineEnd}, v.head + below}}
	keyLine := m.d.lineEnd(colon)
	switch {
	case isBlockScalar(old):
		header := m.headerEnd(old)
		return [][]splice{{{span{colon, header}, v.head}, {span{keyLine, lineEnd}, below}}, whole}
	case isBlockCollection(old):
		return [][]splice{{{span{colon, colon}, v.head}, {span{keyLine, lineEnd}, below}}, whole}
	case below == "" && m.d.start(old) < keyLine && end > m.d.start(old):
		return [][]splice{{{span{m.d.start(old), end}, quotedAs(old, v)}}, whole}
	}
	return [][]splice{{{span{colon, end}, v.head}, {span{lineEnd, lineEnd}, below}}, whole}
}

// quotedAs is a value on one line, a text in the quotes that the old one had.
func quotedAs(old *yaml.Node, v rendering) string {
	isText := v.node != nil && v.node.Kind == yaml.ScalarNode && tagOf(v.node) == tagText && old.Kind == yaml.ScalarNode
	switch {
	case isText && old.Style&yaml.DoubleQuotedStyle != 0:
		return escaped(v.node.Value)
	case isText && old.Style&yaml.SingleQuotedStyle != 0 && quotable(v.node.Value):
		return "'" + strings.ReplaceAll(v.node.Value, "'", "''") + "'"
	}
	return strings.TrimPrefix(v.head, " ")
}

func isBlockScalar(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

func isBlockCollection(n *yaml.Node) bool {
	return (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode) && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}

// headerEnd is behind the header of a block scalar, before its comment.
func (m *pairEditor) headerEnd(n *yaml.Node) int {
	at := m.d.content(m.d.start(n))
	for at < len(m.d.src) && strings.IndexByte("|>+-0123456789", m.d.src[at]) >= 0 {
		at++
	}
	return at
}

func (m *pairEditor) removals(index int) [][]splice {
	p := m.pairs[index]
	start, end := m.d.start(p.key), m.end(p.value)
	if m.d.ownLine(start) {
		return [][]splice{{{span{m.d.lineStart(start), m.d.nextLine(end)}, ""}}}
	}
	var tries [][]splice
	if index+1 < len(m.pairs) {
		next := m.d.start(m.pairs[index+1].key)
		if skipSpace(m.d.src, m.d.lineEnd(end)) == next {
			tries = append(tries, []splice{{span{start, next}, ""}})
		}
	}
	for start > 0 && isBlank(m.d.src[start-1]) {
		start--
	}
	return append(tries, []splice{{span{start, m.d.lineEnd(end)}, ""}})
}

func (m *pairEditor) flowReplacements(index int, values []rendering) [][]splice {
	p := m.pairs[index]
	var tries [][]splice
	for _, v := range values {
		colon, ok := m.colon(p)
		switch start := m.d.start(p.value); {
		case v.node != nil && v.node.Kind == yaml.SequenceNode && p.value.Kind == yaml.SequenceNode:
			tries = append(tries, m.listEdits(p.value, v.node)...)
			fallthrough
		case ok && m.end(p.value) > start:
			tries = append(tries, []splice{{span{start, m.end(p.value)}, v.flow}})
		case ok:
			tries = append(tries, []splice{{span{colon, colon}, " " + v.flow}})
		default:
			at := m.end(p.key)
			tries = append(tries, []splice{{span{at, at}, ": " + v.flow}})
		}
	}
	return tries
}

func (m *pairEditor) flowRemovals(index int) [][]splice {
	start := func(i int) int { return m.d.start(m.pairs[i].key) }
	end := func(i int) int { return max(m.end(m.pairs[i].key), m.end(m.pairs[i].value)) }
	return flowCut(m.d, len(m.pairs), index, start, end)
}
