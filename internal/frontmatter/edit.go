package frontmatter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// New makes a file of the given keys in their order and a body. Empty values
// are left out. It fails on values that [Document.Set] does not take.
func New(path string, fields []Field, body string) (*Document, error) {
	var b strings.Builder
	b.WriteString("---\n")
	for _, f := range fields {
		text, err := render(f.Key, f.Value, "\n")
		if err != nil {
			return nil, fmt.Errorf("cannot write %q: %w", path, err)
		}
		b.WriteString(text)
	}
	b.WriteString("---\n")
	b.WriteString(body)
	d, ps := Parse(path, []byte(b.String()))
	if len(ps) > 0 {
		return nil, fmt.Errorf("cannot write %q: %w", path, ps[0])
	}
	return d, nil
}

// Set gives the document with another value for one key: a string, a []string, a
// map[string]string (written in the order of its keys) or nil. An empty value
// takes the key away. A key that was absent is written last. A value that is
// already there changes nothing. It fails where the front matter cannot be
// edited: not valid YAML, one flow mapping, or an anchor that is used elsewhere.
func (d *Document) Set(key string, v any) (*Document, error) {
	if d.frozen != "" {
		return nil, fmt.Errorf("cannot set %q in %q: %s", key, d.path, d.frozen)
	}
	e := d.find(key)
	if e.holds(v) {
		return d, nil
	}
	text, err := render(key, v, d.eol())
	if err != nil {
		return nil, fmt.Errorf("cannot set %q in %q: %w", key, d.path, err)
	}
	next, ps := Parse(d.path, d.replaced(e, text, v))
	if len(ps) > 0 || !next.find(key).holds(v) || len(next.entries) != len(d.entries)+growth(e, v) {
		return nil, fmt.Errorf("cannot set %q in %q: the lines around it do not allow it", key, d.path)
	}
	return next, nil
}

// growth is by how many keys the document grows.
func growth(e *entry, v any) int {
	switch {
	case e == nil:
		return 1
	case empty(v):
		return -1
	}
	return 0
}

// SetBody gives the document with another body.
func (d *Document) SetBody(body string) *Document {
	if body == d.Body() {
		return d
	}
	next := *d
	head := d.src[:d.body:d.body]
	if d.fenced && d.body > 0 && d.src[d.body-1] != '\n' { // the fence ends the file
		head = append(head, d.eol()...)
		next.body = len(head)
	}
	next.src = slices.Concat(head, []byte(body))
	return &next
}

// holds tells whether the entry already says v; a missing entry says nothing.
func (e *entry) holds(v any) bool {
	if e == nil || e.value.shape == Null || e.value.shape != Scalar && len(e.value.elems) == 0 {
		return empty(v)
	}
	switch v := v.(type) {
	case string:
		return e.value.shape == Scalar && e.value.text == v
	case []string:
		if e.value.shape == Scalar {
			return len(v) == 1 && v[0] == e.value.text
		}
		return e.value.shape == List && slices.EqualFunc(e.value.elems, v, isText)
	case map[string]string:
		return e.value.shape == Mapping && len(v) == len(e.value.elems) && maps.EqualFunc(e.value.pairs(), v, isText)
	}
	return false
}

func isText(v value, s string) bool { return v.shape == Scalar && v.text == s }

func (v value) pairs() map[string]value {
	pairs := map[string]value{}
	for i, k := range v.keys {
		pairs[k] = v.elems[i]
	}
	return pairs
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case map[string]string:
		return len(v) == 0
	}
	return false
}

// replaced is the source with the lines of e, or a new line at the end, saying
// text.
func (d *Document) replaced(e *entry, text string, v any) []byte {
	if !d.fenced {
		return slices.Concat(d.src[:d.start], []byte("---"+d.eol()+text+"---"+d.eol()), d.src[d.start:])
	}
	lines := d.lines()
	if e == nil {
		lines = append(lines, text)
	} else {
		lines = slices.Replace(lines, e.first, e.last+1, e.rewritten(lines, text, v, d.eol())...)
	}
	return slices.Concat(d.src[:d.yaml.from], []byte(strings.Join(lines, "")), d.src[d.yaml.to:])
}

// rewritten is the lines of the entry for a new value: in place where its form
// allows, so that a comment beside it and the style of a list stay.
func (e *entry) rewritten(lines []string, text string, v any, eol string) []string {
	if empty(v) {
		return nil
	}
	if e.first == e.last {
		if line, ok := e.inline(lines[e.first], v, eol); ok {
			return []string{line}
		}
	}
	if says, ok := elements(v); ok && e.block && (e.value.shape == List) == isList(v) {
		return e.blockLines(lines, says, eol)
	}
	return []string{text}
}

// inline replaces the value on the key's own line.
func (e *entry) inline(line string, v any, eol string) (string, bool) {
	line = strings.TrimRight(line, "\r\n")
	m := keyPrefix.FindString(line)
	if m == "" || e.value.shape == Mapping {
		return "", false
	}
	rest := line[len(m):]
	if strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "!") {
		return "", false
	}
	text, ok := flow(v)
	if !ok {
		return "", false
	}
	if !strings.HasSuffix(m, " ") {
		m += " "
	}
	return m + text + trailingComment(rest) + eol, true
}

var keyPrefix = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'\s:][^:]*):\s*`)

// flow is a value on one line.
func flow(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return Quote(v), true
	case []string:
		texts := make([]string, len(v))
		for i, s := range v {
			texts[i] = quoteIn(s, true)
		}
		return "[" + strings.Join(texts, ", ") + "]", true
	}
	return "", false
}

// blockLines keeps the lines of elements that stay, with what stands between
// them, and writes the others in the same indentation.
func (e *entry) blockLines(lines []string, says []string, eol string) []string {
	kept := map[string][]string{}
	old := make([][]string, len(e.parts))
	for i, p := range e.parts {
		end := e.last + 1
		if i+1 < len(e.parts) {
			end = e.parts[i+1].line
		}
		old[i] = lines[p.line:end]
		kept[p.says] = old[i]
	}
	first := lines[e.parts[0].line]
	indent := first[:len(first)-len(strings.TrimLeft(first, " "))]
	out := slices.Clone(lines[e.first:e.parts[0].line])
	for i, s := range says {
		if same, ok := kept[s]; ok {
			out = append(out, same...)
			continue
		}
		text := indent + elementText(s, e.value.shape)
		if len(says) == len(old) && e.value.shape == List && !slices.Contains(says, e.parts[i].says) { // it takes that one's place
			text += remark(old[i][0])
		}
		out = append(out, text+eol)
	}
	return out
}

// remark is the comment behind a list's element that stands on one line.
func remark(line string) string {
	_, text, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "-")
	return trailingComment(strings.TrimLeft(text, " "))
}

func elementText(says string, shape Shape) string {
	if shape == List {
		return "- " + Quote(says)
	}
	key, text, _ := strings.Cut(says, "\x00")
	return Quote(key) + ": " + Quote(text)
}

func isList(v any) bool { _, ok := v.([]string); return ok }

// elements is what the parts of a list or mapping say.
func elements(v any) ([]string, bool) {
	switch v := v.(type) {
	case []string:
		return v, true
	case map[string]string:
		var says []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			says = append(says, k+"\x00"+v[k])
		}
		return says, true
	}
	return nil, false
}

// render is a key with its value as new lines; "" for an empty value.
func render(key string, v any, eol string) (string, error) {
	if empty(v) {
		return "", nil
	}
	switch v := v.(type) {
	case string, []string:
		text, _ := flow(v)
		return Quote(key) + ": " + text + eol, nil
	case map[string]string:
		var b strings.Builder
		b.WriteString(Quote(key) + ":" + eol)
		says, _ := elements(v)
		for _, s := range says {
			b.WriteString("  " + elementText(s, Mapping) + eol)
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("a value of type %T cannot be written", v)
}

var (
	plainScalar = regexp.MustCompile(`^[\pL\pN_./(][^\x00-\x1f\x7f]*$`)
	// notText is what a YAML 1.1 or 1.2 reader takes for something else than text.
	notText = regexp.MustCompile(`^(?i:null|true|false|yes|no|on|off|y|n|~|[-+]?(0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|[0-9][0-9_]*(:[0-9]+)*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.[0-9_]+(e[-+]?[0-9]+)?|\.inf|\.nan))$`)
)

// Quote is a scalar as YAML text: plain where every reader takes it for the same
// text, else in double quotes.
func Quote(s string) string { return quoteIn(s, false) }

// quoteIn quotes for a place; inside a flow list fewer texts may stand plain.
func quoteIn(s string, inFlow bool) string {
	special := strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || strings.TrimSpace(s) != s
	special = special || inFlow && strings.ContainsAny(s, "[]{},?:")
	special = special || strings.ContainsFunc(s, hidden)
	if !special && plainScalar.MatchString(s) && !notText.MatchString(s) && !strings.HasPrefix(s, "...") {
		return s
	}
	return doubleQuoted(s)
}

// hidden tells characters that must not stand raw in a file: line breaks of
// YAML, byte order marks, bidirectional controls.
func hidden(r rune) bool { return r != ' ' && !strconv.IsPrint(r) }

// doubleQuoted is strconv's quoting, whose escapes (\n, \t, \", \\, \xNN, \uNNNN,
// \UNNNNNNNN) all mean the same in YAML, but for invalid UTF-8, which YAML
// cannot hold and which becomes U+FFFD.
func doubleQuoted(s string) string { return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) }

// trailingComment is the comment at the end of a value's line, with the space
// before it; "" without one.
func trailingComment(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" [,{", s[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			return s[len(strings.TrimRight(s[:i], " \t")):]
		}
	}
	return ""
}
