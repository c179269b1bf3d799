package board

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// span is a stretch of the source: from its first byte to behind its last.
type span struct{ from, to int }

// start is where a node starts, with its anchor and tag.
func (d *document) start(n *yaml.Node) int { return d.offset(n.Line, n.Column) }

// end is where a node's text ends. column is where the block collection it stands
// in starts, from 0: the indentation of block scalars counts from there. An end that
// could not be found is that of the line; whoever splices looks at the result.
func (d *document) end(n *yaml.Node, column int) int {
	from := d.start(n)
	switch {
	case n.Kind == yaml.AliasNode:
		return min(from+1+len(n.Value), len(d.src))
	case n.Kind == yaml.ScalarNode:
		return d.scalarEnd(n, column)
	case n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0:
		return d.flowEnd(d.content(from))
	case n.Kind == yaml.SequenceNode:
		if dash, ok := d.dash(n, len(n.Content)-1); ok {
			column = dash - d.lineStart(dash)
		}
		return d.end(n.Content[len(n.Content)-1], column)
	}
	return d.end(n.Content[len(n.Content)-1], n.Content[0].Column-1)
}

func (d *document) scalarEnd(n *yaml.Node, column int) int {
	from := d.start(n)
	if n.Value == "" && n.Style&^yaml.TaggedStyle == 0 {
		return d.propertiesEnd(from)
	}
	from = d.content(from)
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return quoteEnd(d.src, from, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return quoteEnd(d.src, from, '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.blockEnd(from, column)
	}
	return d.plainEnd(n, from)
}

// content is where a node's text starts, behind its anchor and tag.
func (d *document) content(at int) int {
	for {
		next := d.propertiesEnd(at)
		if next == at {
			return at
		}
		at = d.skipBlank(next)
	}
}

// propertiesEnd is where the anchors and tags that stand at an offset end.
func (d *document) propertiesEnd(at int) int {
	end := at
	for i := at; i < len(d.src) && (d.src[i] == '&' || d.src[i] == '!'); {
		for i < len(d.src) && !isBlank(d.src[i]) && breakLength(d.src[i:]) == 0 {
			i++
		}
		end = i
		for i < len(d.src) && isBlank(d.src[i]) {
			i++
		}
	}
	return end
}

// skipBlank skips blanks, line breaks and comments.
func (d *document) skipBlank(at int) int {
	for at < len(d.src) {
		switch n := breakLength(d.src[at:]); {
		case n > 0:
			at += n
		case isBlank(d.src[at]):
			at++
		case d.src[at] == '#' && (at == 0 || isBlank(d.src[at-1]) || breakLength(d.src[at-1:]) > 0):
			at = d.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// blanksEnd is behind the blanks that stand at an offset.
func (d *document) blanksEnd(at int) int {
	for at < len(d.src) && isBlank(d.src[at]) {
		at++
	}
	return at
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// quoteEnd is behind the quote that closes the one at from.
func quoteEnd(src []byte, from int, quote byte) int {
	for i := from + 1; i < len(src); i++ {
		switch {
		case src[i] == '\\' && quote == '"':
			i++
		case src[i] == quote && quote == '\'' && i+1 < len(src) && src[i+1] == quote:
			i++
		case src[i] == quote:
			return i + 1
		}
	}
	return len(src)
}

// plainEnd follows a plain scalar's value through the source, where a line break
// stands for a blank and blanks around it for nothing.
func (d *document) plainEnd(n *yaml.Node, from int) int {
	at, end := from, from
	for i := 0; i < len(n.Value); {
		if n.Value[i] == ' ' || n.Value[i] == '\n' || n.Value[i] == '\t' || breakLength([]byte(n.Value[i:])) > 0 {
			i += max(1, breakLength([]byte(n.Value[i:])))
			at = skipSpace(d.src, at)
			continue
		}
		at = skipSpace(d.src, at)
		if at >= len(d.src) || d.src[at] != n.Value[i] {
			return d.lineEnd(from)
		}
		i++
		at++
		end = at
	}
	return end
}

func skipSpace(src []byte, at int) int {
	for at < len(src) {
		switch n := breakLength(src[at:]); {
		case n > 0:
			at += n
		case isBlank(src[at]):
			at++
		default:
			return at
		}
	}
	return at
}

// flowEnd is behind the bracket that closes the one at from.
func (d *document) flowEnd(from int) int {
	depth := 0
	for i := from; i < len(d.src); {
		switch c := d.src[i]; {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth <= 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && startsToken(d.src, i):
			i = quoteEnd(d.src, i, c)
			continue
		case c == '#' && (isBlank(d.src[i-1]) || d.src[i-1] == '\n' || d.src[i-1] == '\r'):
			i = d.lineEnd(i)
			continue
		}
		i++
	}
	return len(d.src)
}

// startsToken tells whether a quote in a flow collection opens a quoted scalar and
// is not a character of a plain one.
func startsToken(src []byte, at int) bool {
	return at == 0 || bytes.IndexByte([]byte(" \t\r\n,[]{}:"), src[at-1]) >= 0
}

// blockEnd is where the text of a block scalar whose header stands at from ends,
// before the last line's break. With the indicator + the empty lines behind count.
func (d *document) blockEnd(from, column int) int {
	header := d.src[from:d.lineEnd(from)]
	width, keep := -1, false
	for _, c := range header[1:] {
		if c >= '1' && c <= '9' {
			width = max(column, 0) + int(c-'0')
		} else if c == '+' {
			keep = true
		} else if c != '-' {
			break
		}
	}
	end := d.lineEnd(from)
	for at := d.nextLine(from); at < len(d.src); at = d.nextLine(at) {
		to := d.lineEnd(at)
		text := bytes.TrimLeft(d.src[at:to], " ")
		spaces := to - at - len(text)
		if len(text) > 0 && width < 0 {
			width = max(spaces, column+1)
		}
		if len(text) > 0 && spaces < width {
			break
		}
		if len(text) > 0 || keep || width >= 0 && spaces > width {
			end = to
		}
	}
	return end
}

// dash is where the dash of a block sequence's element stands. It is not found
// when the element shares its line with what the sequence stands in.
func (d *document) dash(seq *yaml.Node, index int) (int, bool) {
	column := seq.Column - 1
	if from := d.start(seq); from >= len(d.src) || d.src[from] != '-' {
		if column = d.firstDash(seq); column < 0 {
			return 0, false
		}
	}
	from := d.start(seq.Content[index])
	for line := d.lineOf(from); line >= seq.Line; line-- {
		at := d.offset(line, 1)
		dash := at + column
		if dash >= from || dash >= len(d.src) || d.src[dash] != '-' || !isDash(d.src[dash:]) {
			continue
		}
		if len(bytes.Trim(d.src[at:dash], " ")) == 0 {
			return dash, true
		}
	}
	return 0, false
}

func isDash(s []byte) bool {
	return s[0] == '-' && (len(s) == 1 || isBlank(s[1]) || breakLength(s[1:]) > 0)
}

// firstDash is the column, from 0, of the first dash of a sequence that starts
// with an anchor or a tag; -1 when there is none.
func (d *document) firstDash(seq *yaml.Node) int {
	first := d.start(seq.Content[0])
	for line := d.lineOf(first); line > seq.Line; line-- {
		at := d.offset(line, 1)
		text := bytes.TrimLeft(d.src[at:d.lineEnd(at)], " ")
		dash := d.lineEnd(at) - len(text)
		if len(text) > 0 && isDash(text) && dash < first {
			return dash - at
		}
	}
	return -1
}

// element is the lines of a block sequence's element, without the last line's
// break: from its dash to its last text, and the comments below that are indented
// deeper than the dash.
func (d *document) element(seq *yaml.Node, index int) (lines span, dash int, ok bool) {
	dash, ok = d.dash(seq, index)
	if !ok {
		return span{}, 0, false
	}
	column := dash - d.lineStart(dash)
	n := seq.Content[index]
	inner := column
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 {
		inner = n.Content[0].Column - 1
	}
	lines = span{d.lineStart(dash), d.lineEnd(max(d.end(n, inner), dash+1))}
	if index+1 < len(seq.Content) { // should the end be misjudged, the next element is not ours
		if next, ok := d.dash(seq, index+1); ok && d.lineStart(next) <= lines.to {
			return span{}, 0, false
		}
	}
	for at := d.nextLine(lines.to); at > lines.to && at < len(d.src); at = d.nextLine(at) {
		text := bytes.TrimLeft(d.src[at:d.lineEnd(at)], " \t")
		if len(text) == 0 || text[0] != '#' || d.lineEnd(at)-len(text)-at <= column {
			break
		}
		lines.to = d.lineEnd(at)
	}
	return lines, dash, true
}

// ownLine tells whether only blanks stand before an offset on its line.
func (d *document) ownLine(at int) bool {
	from := d.lineStart(at)
	return from <= at && len(bytes.TrimLeft(d.src[from:at], " ")) == 0
}
