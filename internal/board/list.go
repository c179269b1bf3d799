package board

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// flowCut takes one of n entries out of a flow collection, with a comma, and with
// its line where it has one of its own.
func flowCut(d *document, n, index int, start, end func(int) int) [][]splice {
	cut := span{start(index), end(index)}
	comma := skipSpace(d.src, cut.to)
	followed := comma < len(d.src) && d.src[comma] == ','
	if followed {
		cut.to = comma + 1
	}
	if d.ownLine(cut.from) && d.lineEnd(cut.to) == d.blanksEnd(cut.to) && (followed || index == 0) {
		return [][]splice{{{span{d.lineStart(cut.from), d.nextLine(cut.to)}, ""}}}
	}
	switch {
	case followed && index+1 < n:
		cut.to = d.blanksEnd(cut.to)
	case !followed && index > 0:
		between := d.src[end(index-1):cut.from]
		if bytes.IndexByte(between, '#') >= 0 { // the comma stays: YAML allows it behind the last entry
			return [][]splice{{{cut, ""}}}
		}
		cut.from = end(index - 1)
	}
	return [][]splice{{{cut, ""}}}
}

// listEdits changes a list by its elements: what stays keeps its lines.
func (m *pairEditor) listEdits(old, want *yaml.Node) [][]splice {
	common, tail := 0, 0
	shorter := min(len(old.Content), len(want.Content))
	for common < shorter && same(old.Content[common], want.Content[common]) {
		common++
	}
	for tail < shorter-common && same(old.Content[len(old.Content)-1-tail], want.Content[len(want.Content)-1-tail]) {
		tail++
	}
	if len(old.Content) == 0 {
		return nil
	}
	gone := span{common, len(old.Content) - tail}
	added := want.Content[common : len(want.Content)-tail]
	if old.Style&yaml.FlowStyle != 0 {
		return m.flowListEdits(old, gone, added)
	}
	return m.blockListEdits(old, gone, added)
}

func (m *pairEditor) flowListEdits(old *yaml.Node, gone span, added []*yaml.Node) [][]splice {
	var texts []string
	for _, n := range added {
		texts = append(texts, m.flowStyle().text(n))
	}
	text := strings.Join(texts, ", ")
	start := func(i int) int { return m.d.start(old.Content[i]) }
	end := func(i int) int { return m.end(old.Content[i]) }
	switch {
	case gone.from < gone.to && len(added) > 0:
		return [][]splice{{{span{start(gone.from), end(gone.to - 1)}, text}}}
	case gone.from+1 == gone.to:
		return flowCut(m.d, len(old.Content), gone.from, start, end)
	case gone.from < gone.to && gone.from > 0:
		return [][]splice{{{span{end(gone.from - 1), end(gone.to - 1)}, ""}}}
	case gone.from < gone.to && gone.to < len(old.Content):
		return [][]splice{{{span{start(gone.from), start(gone.to)}, ""}}}
	case gone.from == 0:
		return [][]splice{{{span{start(0), start(0)}, text + ", "}}}
	}
	at := end(gone.from - 1)
	return [][]splice{{{span{at, at}, ", " + text}}}
}

func (m *pairEditor) blockListEdits(old *yaml.Node, gone span, added []*yaml.Node) [][]splice {
	eol := m.d.lineEnding()
	dash, ok := m.d.dash(old, 0)
	if !ok {
		return nil
	}
	lines := indent(dash-m.d.lineStart(dash), layout{style: m.style()}.sequence(added))
	text := strings.Join(lines, eol)
	switch {
	case gone.from < gone.to:
		first, ok1 := m.d.dash(old, gone.from)
		last, ok2 := m.d.dash(old, gone.to-1)
		if !ok1 || !ok2 {
			return nil
		}
		end := max(m.d.end(old.Content[gone.to-1], last-m.d.lineStart(last)), last+1)
		if len(added) == 0 {
			return [][]splice{{{span{m.d.lineStart(first), m.d.nextLine(end)}, ""}}}
		}
		if len(added) == 1 && gone.to-gone.from == 1 && old.Content[gone.from].Kind == yaml.ScalarNode { // the comment behind stays
			at := m.d.start(old.Content[gone.from])
			return [][]splice{{{span{at, max(at, end)}, flowNode(added[0])}}, {{span{m.d.lineStart(first), m.d.lineEnd(end)}, text}}}
		}
		return [][]splice{{{span{m.d.lineStart(first), m.d.lineEnd(end)}, text}}}
	case gone.from == 0:
		at := m.d.lineStart(dash)
		return [][]splice{{{span{at, at}, text + eol}}}
	}
	before, ok := m.d.dash(old, gone.from-1)
	if !ok {
		return nil
	}
	at := m.d.lineEnd(max(m.d.end(old.Content[gone.from-1], before-m.d.lineStart(before)), before+1))
	return [][]splice{{{span{at, at}, eol + text}}}
}
