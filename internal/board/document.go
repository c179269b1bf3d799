package board

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// What is known of the YAML library, in one place:
//   - A node says where it starts, its anchor and tag included, in lines and
//     characters; where it ends is ours to find ([document.end]). An empty value
//     stands where its text would, usually right behind the colon.
//   - It breaks lines, as YAML 1.1 does, at CR, LF, CRLF, NEL, LS and PS, and takes
//     a byte order mark at the start as not there.
//   - It keeps aliases as they are and does not look at keys that stand twice.
//   - Its message about a syntax error has a line, often that of the collection's
//     start, and no column; it stops at the first error.
//   - Keys and texts are taken as written: yes and on are texts, a date is a
//     timestamp whose text is kept.

// Limits on what is read; a file beyond them is a problem.
const (
	maxBytes = 4 << 20
	maxItems = 5000
	maxDepth = 100       // of collections in collections, aliases followed
	maxNodes = 1_000_000 // with every alias written out
)

// document is YAML source with its tree.
type document struct {
	src    []byte
	starts []int      // the offset of every line
	root   *yaml.Node // nil for a file that holds nothing
	syntax bool       // the source is no YAML
}

// readDocument parses one YAML document within the limits. The problem has no path.
func readDocument(src []byte) (*document, *problem.Problem) {
	d := &document{src: src, starts: lineStarts(src)}
	if p := d.unreadable(); p != nil {
		return d, p
	}
	root, rest, err := decodeYAML(src)
	if err != nil {
		d.syntax = true
		return d, syntaxProblem(err)
	}
	if root != nil {
		if p := measure(root); p != nil {
			return d, p
		}
		d.root = root
	}
	if rest != nil {
		return d, at(rest, "a second YAML document starts here", "keep one group in a file, without --- behind it")
	}
	return d, nil
}

// unreadable looks at what must hold before the library may see the source.
func (d *document) unreadable() *problem.Problem {
	if len(d.src) > maxBytes {
		return &problem.Problem{What: fmt.Sprintf("the file is larger than %d MiB", maxBytes>>20), Hint: "split the group"}
	}
	for i := 0; i < len(d.src); {
		r, size := utf8.DecodeRune(d.src[i:])
		if r == utf8.RuneError && size == 1 {
			return d.problemAt(i, fmt.Sprintf("byte 0x%02x is not UTF-8", d.src[i]), "save the file as UTF-8")
		}
		if control(r) {
			return d.problemAt(i, fmt.Sprintf("control character U+%04X", r), `remove it, or write it as an escape in double quotes`)
		}
		i += size
	}
	return nil
}

// control tells whether YAML bars r from a file (YAML 1.2.2, section 5.1).
func control(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == 0x85:
		return false
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	}
	return r == 0xfffe || r == 0xffff
}

func (d *document) problemAt(offset int, what, hint string) *problem.Problem {
	line, column := d.position(offset)
	return &problem.Problem{Line: line, Column: column, What: what, Hint: hint}
}

// decodeYAML reads the first document's content, nil when there is none, and the
// document that follows it.
func decodeYAML(src []byte) (root, rest *yaml.Node, err error) {
	defer func() {
		// The library's own errors come back as errors; should a file find a
		// hole in it, that is this file's problem and not the program's.
		if r := recover(); r != nil {
			root, rest, err = nil, nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var first, next yaml.Node
	if err := decoder.Decode(&first); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if err := decoder.Decode(&next); err == nil {
		rest = &next
	} else if !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if len(first.Content) > 0 {
		root = first.Content[0]
	}
	return root, rest, nil
}

var yamlMessage = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)`)

func syntaxProblem(err error) *problem.Problem {
	message := strings.ReplaceAll(err.Error(), "\n", " ")
	m := yamlMessage.FindStringSubmatch(message)
	line, _ := strconv.Atoi(m[1]) // no line, no number: 0 means the whole file
	return &problem.Problem{Line: line, What: "not YAML: " + m[2], Hint: "check indentation and quotes"}
}

// extent is how large a node is with its aliases written out.
type extent struct{ nodes, depth int }

// measurer adds up extents; what an anchor names is added up once.
type measurer struct {
	known   map[*yaml.Node]extent
	entered map[*yaml.Node]bool
}

// measure reports what would explode: nesting and aliases beyond the limits, and
// an anchor that contains itself.
func measure(root *yaml.Node) *problem.Problem {
	m := measurer{map[*yaml.Node]extent{}, map[*yaml.Node]bool{}}
	_, p := m.measure(root, 0)
	return p
}

func (m *measurer) measure(n *yaml.Node, depth int) (extent, *problem.Problem) {
	if n.Kind == yaml.AliasNode {
		return m.alias(n, depth)
	}
	if n.Anchor != "" {
		m.entered[n] = true
		defer delete(m.entered, n)
	}
	total := extent{nodes: 1}
	for _, child := range n.Content {
		e, p := m.measure(child, depth+1)
		if p != nil {
			return e, p
		}
		total = extent{total.nodes + e.nodes, max(total.depth, e.depth+1)}
		if depth+total.depth > maxDepth {
			return total, at(n, fmt.Sprintf("nested deeper than %d levels", maxDepth), "flatten it")
		}
		if total.nodes > maxNodes {
			return total, at(n, fmt.Sprintf("more than %d values, with aliases written out", maxNodes), "use fewer aliases")
		}
	}
	if n.Anchor != "" {
		m.known[n] = total
	}
	return total, nil
}

func (m *measurer) alias(n *yaml.Node, depth int) (extent, *problem.Problem) {
	if m.entered[n.Alias] {
		return extent{}, at(n, fmt.Sprintf("the anchor %q contains itself", n.Value), "write the value out")
	}
	if e, ok := m.known[n.Alias]; ok {
		if depth+e.depth > maxDepth {
			return e, at(n, fmt.Sprintf("nested deeper than %d levels", maxDepth), "flatten it")
		}
		return e, nil
	}
	return m.measure(n.Alias, depth)
}

// at is a problem at a node, without the path.
func at(n *yaml.Node, what, hint string) *problem.Problem {
	return &problem.Problem{Line: n.Line, Column: n.Column, What: what, Hint: hint}
}

// lineStarts is the offset of every line of src, with the line breaks of YAML 1.1.
func lineStarts(src []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(src, []byte{'\n'}))
	for i := 0; i < len(src); {
		if n := breakLength(src[i:]); n > 0 {
			i += n
			starts = append(starts, i)
		} else {
			i++
		}
	}
	return starts
}

// breakLength is the length of the line break that s starts with, 0 when it does not.
func breakLength(s []byte) int {
	switch {
	case len(s) == 0:
		return 0
	case s[0] == '\n':
		return 1
	case s[0] == '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case s[0] == 0xc2 && len(s) > 1 && s[1] == 0x85: // NEL
		return 2
	case s[0] == 0xe2 && len(s) > 2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9): // LS, PS
		return 3
	}
	return 0
}

const byteOrderMark = "\ufeff"

// offset is where line and column, both from 1 and the column in characters,
// stand in the source.
func (d *document) offset(line, column int) int {
	if line < 1 || line > len(d.starts) {
		return len(d.src)
	}
	at := d.starts[line-1]
	if line == 1 && bytes.HasPrefix(d.src, []byte(byteOrderMark)) {
		at += len(byteOrderMark)
	}
	for range column - 1 {
		if at >= len(d.src) {
			break
		}
		_, size := utf8.DecodeRune(d.src[at:])
		at += size
	}
	return at
}

// position is the line and column of an offset.
func (d *document) position(offset int) (line, column int) {
	line = d.lineOf(offset)
	text := d.src[d.starts[line-1]:offset]
	if line == 1 {
		text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	}
	return line, utf8.RuneCount(text) + 1
}

// lineOf is the number, from 1, of the line that offset lies in.
func (d *document) lineOf(offset int) int {
	i, found := slices.BinarySearch(d.starts, offset)
	if found {
		return i + 1
	}
	return i
}

// lineStart is where the line that holds offset starts, behind a byte order mark.
func (d *document) lineStart(offset int) int { return d.offset(d.lineOf(offset), 1) }

// lineEnd is where the text of the line that holds offset ends, before its break.
func (d *document) lineEnd(offset int) int {
	for offset < len(d.src) && breakLength(d.src[offset:]) == 0 {
		offset++
	}
	return offset
}

// nextLine is where the line after the one that holds offset starts.
func (d *document) nextLine(offset int) int {
	end := d.lineEnd(offset)
	return end + breakLength(d.src[end:])
}

// lineEnding is the line break the file uses: that of its first line.
func (d *document) lineEnding() string {
	end := d.lineEnd(0)
	if n := breakLength(d.src[end:]); n > 0 && d.src[end] < utf8.RuneSelf {
		return string(d.src[end : end+n])
	}
	return "\n"
}

// pair is a key of a mapping with its value.
type pair struct{ key, value *yaml.Node }

// ownPairs are the pairs that stand in a mapping itself, a merge key included.
func ownPairs(mapping *yaml.Node) []pair {
	pairs := make([]pair, 0, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		pairs = append(pairs, pair{mapping.Content[i], mapping.Content[i+1]})
	}
	return pairs
}

// pairsOf are the pairs that hold for a mapping: its own, and behind them those
// that its merge keys bring and it does not override (yaml.org/type/merge).
func pairsOf(mapping *yaml.Node) []pair {
	own := ownPairs(mapping)
	if !slices.ContainsFunc(own, isMerge) {
		return own
	}
	pairs := slices.DeleteFunc(slices.Clone(own), isMerge)
	known := map[string]bool{}
	for _, p := range pairs {
		known[keyText(p.key)] = true
	}
	for _, p := range own {
		if !isMerge(p) {
			continue
		}
		for _, source := range mergeSources(p.value) {
			for _, q := range pairsOf(source) {
				if !known[keyText(q.key)] {
					known[keyText(q.key)] = true
					pairs = append(pairs, q)
				}
			}
		}
	}
	return pairs
}

func isMerge(p pair) bool {
	return p.key.Kind == yaml.ScalarNode && p.key.ShortTag() == tagMerge
}

// mergeSources are the mappings that the value of a merge key names.
func mergeSources(value *yaml.Node) []*yaml.Node {
	value = resolved(value)
	if value.Kind == yaml.MappingNode {
		return []*yaml.Node{value}
	}
	var sources []*yaml.Node
	if value.Kind == yaml.SequenceNode {
		for _, e := range value.Content {
			if e = resolved(e); e.Kind == yaml.MappingNode {
				sources = append(sources, e)
			}
		}
	}
	return sources
}

// resolved follows an alias to what it names.
func resolved(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
