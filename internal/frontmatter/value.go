package frontmatter

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// Shape is the kind of a value.
type Shape int

// The shapes of values. Null is what a key without a value has. A scalar fits
// where a list is expected, as a list of one.
const (
	Null Shape = iota
	Scalar
	List
	Mapping
)

// String is the shape in words.
func (s Shape) String() string {
	return [...]string{"empty", "a single value", "a list", "a mapping"}[s]
}

func (s Shape) fits(found Shape) bool {
	return found == s || found == Null || s == List && found == Scalar
}

func (s Shape) hint(key string) string {
	switch s {
	case List:
		return fmt.Sprintf("write %s: [one, two]", key)
	case Mapping:
		return fmt.Sprintf("write %s: {key: value}", key)
	}
	return fmt.Sprintf("write %s: text, in quotes where it holds special characters", key)
}

// value is a YAML value with its scalars both as spelled and as meant.
type value struct {
	shape Shape
	text  string
	meant any
	keys  []string // of a mapping, in order
	elems []value
}

func scalar(text string, meant any) value { return value{shape: Scalar, text: text, meant: meant} }

// plain is the value as Go values.
func (v value) plain() any {
	switch v.shape {
	case Scalar:
		return v.meant
	case List:
		elems := make([]any, len(v.elems))
		for i, e := range v.elems {
			elems[i] = e.plain()
		}
		return elems
	case Mapping:
		pairs := make(map[string]any, len(v.elems))
		for i, e := range v.elems {
			pairs[v.keys[i]] = e.plain()
		}
		return pairs
	}
	return nil
}

// read parses the front matter and fills the entries.
func (d *Document) read() []problem.Problem {
	text := d.src[d.yaml.from:d.yaml.to]
	if len(text) > MaxYAML {
		d.frozen = "its front matter is too large"
		return []problem.Problem{d.problem(1, 0, fmt.Sprintf("front matter has %d bytes, more than the %d that are read", len(text), MaxYAML), "move text below the closing fence")}
	}
	if oddBreak.Match(text) {
		d.frozen = "its front matter has line breaks that are no line feeds"
	}
	root, err := mapping(text)
	if err == nil {
		err = d.enter(root)
	}
	if err == nil {
		return nil
	}
	d.frozen = "its front matter is not valid YAML"
	d.entries = nil
	d.readLines()
	line, what := located(err)
	line, column := d.suspect(line)
	return []problem.Problem{d.problem(line+1, column, "front matter is not valid YAML: "+what, "quote values that hold special characters such as : # @ [ {")}
}

// suspect is where on the line of an error to look: its value, for the parser
// knows no columns.
func (d *Document) suspect(line int) (in, column int) {
	lines := d.lines()
	if line = min(line, len(lines)); line < 1 {
		return 1, 1
	}
	text := lines[line-1]
	return line, 1 + utf8.RuneCountInString(keyPrefix.FindString(text))
}

// oddBreak is what YAML takes for a line break and people do not see as one.
var oddBreak = regexp.MustCompile(`\r[^\n]|\r$|\x{85}|\x{2028}|\x{2029}`)

// mapping is the mapping at the top of a YAML text; nil for an empty text. The
// parser is guarded because a panic of it must not take the whole log down.
func mapping(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser failed: %v", r)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 || doc.Content[0].ShortTag() == tagNull {
		return nil, nil
	}
	if root = doc.Content[0]; root.Kind != yaml.MappingNode {
		return nil, &fault{root.Line, "keys and values are expected"}
	}
	return root, nil
}

// The tags of the values that are told apart.
const (
	tagNull  = "!!null"
	tagBool  = "!!bool"
	tagInt   = "!!int"
	tagFloat = "!!float"
	tagMerge = "!!merge"
)

// fault is something wrong on a line of the front matter, from 1.
type fault struct {
	line int
	what string
}

func (f *fault) Error() string { return f.what }

var lineOfError = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?`)

// located takes an error apart; the line counts from 1 in the front matter.
func located(err error) (line int, what string) {
	if f, ok := errors.AsType[*fault](err); ok {
		return f.line, f.what
	}
	what, _, _ = strings.Cut(err.Error(), "\n")
	m := lineOfError.FindStringSubmatch(what)
	if m == nil {
		return 1, what
	}
	line, _ = strconv.Atoi(m[1])
	return max(line, 1), what[len(m[0]):]
}

// enter turns the pairs of the top level into entries with their lines.
func (d *Document) enter(root *yaml.Node) error {
	if root == nil {
		return nil
	}
	if root.Style&yaml.FlowStyle != 0 {
		d.frozen = "its front matter is one flow mapping"
	}
	lines := d.lines()
	var c converter
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, val := root.Content[i], root.Content[i+1]
		if d.Has(key.Value) {
			return &fault{key.Line, fmt.Sprintf("key %q stands twice", key.Value)}
		}
		v, err := c.convert(val)
		if err != nil {
			return err
		}
		end := len(lines)
		if i+2 < len(root.Content) {
			end = root.Content[i+2].Line - 1
		}
		first := min(key.Line, len(lines)) - 1
		e := entry{key: key.Value, value: v, line: key.Line + 1, column: key.Column, first: first, last: lastLine(lines, first, end)}
		e.block, e.parts = blockParts(key, val, v)
		d.entries = append(d.entries, e)
	}
	return nil
}

// lastLine is the last line before end that belongs to the key on line first:
// blank lines and comments at the margin belong to what follows.
func lastLine(lines []string, first, end int) int {
	last := min(end, len(lines)) - 1
	for last > first {
		line := lines[last]
		if strings.TrimSpace(line) != "" && line[0] != '#' {
			break
		}
		last--
	}
	return max(first, last)
}

// blockParts finds the lines of the elements of a block whose elements are all
// scalars of their own lines.
func blockParts(key, val *yaml.Node, v value) (block bool, parts []part) {
	if val.Style&yaml.FlowStyle != 0 || val.Kind != yaml.SequenceNode && val.Kind != yaml.MappingNode {
		return false, nil
	}
	step := len(val.Content) / max(len(v.elems), 1)
	if len(val.Content) != step*len(v.elems) {
		return false, nil // a merge key
	}
	last := key.Line
	for i, e := range v.elems {
		line := val.Content[i*step].Line
		if line <= last || e.shape != Scalar {
			return false, nil
		}
		says := e.text
		if v.shape == Mapping {
			says = v.keys[i] + "\x00" + says
		}
		parts = append(parts, part{line - 1, says})
		last = line
	}
	return len(parts) > 0, parts
}

// converter turns nodes into values. An alias counts what it stands for, so that
// a file of aliases to aliases ends at the limit.
type converter struct {
	nodes int
	known map[*yaml.Node]value // what anchors stand for
}

func (c *converter) convert(n *yaml.Node) (value, error) {
	if c.nodes++; c.nodes > maxNodes {
		return value{}, &fault{n.Line, fmt.Sprintf("there are more than %d values", maxNodes)}
	}
	var v value
	var err error
	switch n.Kind {
	case yaml.SequenceNode:
		v, err = c.list(n)
	case yaml.MappingNode:
		v, err = c.mapping(n)
	case yaml.AliasNode:
		return c.alias(n)
	default:
		v, err = scalarOf(n)
	}
	if n.Anchor != "" && err == nil {
		if c.known == nil {
			c.known = map[*yaml.Node]value{}
		}
		c.known[n] = v
	}
	return v, err
}

// scalarOf is a scalar; dates are text, as everywhere in a log.
func scalarOf(n *yaml.Node) (value, error) {
	switch n.ShortTag() {
	case tagNull:
		return value{}, nil
	case tagBool, tagInt, tagFloat:
		var meant any
		if err := n.Decode(&meant); err != nil {
			return value{}, &fault{n.Line, err.Error()}
		}
		if i, ok := meant.(int); ok {
			meant = int64(i)
		}
		return scalar(n.Value, meant), nil
	}
	return scalar(n.Value, n.Value), nil
}

func (c *converter) list(n *yaml.Node) (value, error) {
	v := value{shape: List}
	for _, elem := range n.Content {
		e, err := c.convert(elem)
		if err != nil {
			return v, err
		}
		v.elems = append(v.elems, e)
	}
	return v, nil
}

func (c *converter) mapping(n *yaml.Node) (value, error) {
	v := value{shape: Mapping}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		e, err := c.convert(n.Content[i+1])
		if err != nil {
			return v, err
		}
		if key.ShortTag() == tagMerge && e.shape == Mapping {
			v.merge(e)
			continue
		}
		v.set(key.Value, e)
	}
	return v, nil
}

// merge adds the pairs of a << key that are not there.
func (v *value) merge(from value) {
	for i, k := range from.keys {
		if !slices.Contains(v.keys, k) {
			v.set(k, from.elems[i])
		}
	}
}

func (v *value) set(key string, e value) {
	if i := slices.Index(v.keys, key); i >= 0 {
		v.elems[i] = e
		return
	}
	v.keys, v.elems = append(v.keys, key), append(v.elems, e)
}

func (c *converter) alias(n *yaml.Node) (value, error) {
	v, ok := c.known[n.Alias]
	if !ok {
		return v, &fault{n.Line, fmt.Sprintf("alias %q stands inside what it names", n.Value)}
	}
	if c.nodes += v.count(); c.nodes > maxNodes {
		return v, &fault{n.Line, fmt.Sprintf("there are more than %d values", maxNodes)}
	}
	return v, nil
}

func (v value) count() int {
	n := 1
	for _, e := range v.elems {
		n += e.count()
	}
	return n
}

// readLines is the fallback for what is not YAML: `key: value` at the margin,
// and `- element` below a key without a value.
func (d *Document) readLines() {
	for i, line := range d.lines() {
		line = strings.TrimRight(line, " \t\r\n")
		if item, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "- "); ok {
			d.continueList(strings.TrimSpace(item))
			continue
		}
		key, text, ok := strings.Cut(line, ":")
		if !ok || key == "" || strings.ContainsAny(key, " \t#\"'{[&*!|>%@`") {
			continue
		}
		e := entry{key: key, line: i + 2, column: 1, first: i, last: i}
		if text = unquote(strings.TrimSpace(text)); text != "" {
			e.value = scalar(text, text)
		}
		d.entries = append(d.entries, e)
	}
}

func (d *Document) continueList(item string) {
	if len(d.entries) == 0 {
		return
	}
	v := &d.entries[len(d.entries)-1].value
	if v.shape == Scalar {
		return
	}
	v.shape = List
	text := unquote(item)
	v.elems = append(v.elems, scalar(text, text))
}

// unquote takes a trailing comment and one pair of quotes off.
func unquote(s string) string {
	s = strings.TrimSpace(s[:len(s)-len(trailingComment(s))])
	if n := len(s); n >= 2 && s[0] == s[n-1] && (s[0] == '"' || s[0] == '\'') {
		return s[1 : n-1]
	}
	return s
}
