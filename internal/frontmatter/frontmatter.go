// Package frontmatter reads and edits Markdown files that begin with YAML
// between two fences:
//
//	---
//	topic: Retry budget
//	people: [ada, bo]   # a comment
//	---
//	The text.
//
// A person's bytes are kept: [Parse] holds the source, [Document.Set] changes
// the lines of one key and no other byte; comments, order, quoting, unknown
// keys, CRLF, a byte order mark and a missing final newline stay as they were.
//
// Front matter that is not YAML is common in the wild (`deciders: @ada`). It is
// reported, and what can be read line by line as `key: value` is read so; such
// a document cannot be edited.
//
// The package knows nothing of what the keys mean.
package frontmatter

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/problem"
)

// Limits of what is read. They are far above anything that a person writes and
// keep a hostile file from costing more than some milliseconds.
const (
	MaxSize  = 4 << 20  // bytes of a file
	MaxYAML  = 64 << 10 // bytes of its front matter
	maxNodes = 10_000   // values in it, with aliases counted each time
)

const bom = "\xef\xbb\xbf"

// Document is a Markdown file with its front matter. It does not change: an
// edit gives the next one. The zero value is an empty file.
type Document struct {
	path    string
	src     []byte
	start   int // of the first byte after the byte order mark
	yaml    span
	body    int // offset of the first byte after the closing fence
	fenced  bool
	frozen  string // why it cannot be edited; "" when it can
	entries []entry
}

// span is a half-open range of bytes of the source.
type span struct{ from, to int }

// entry is one key at the top level.
type entry struct {
	key          string
	value        value
	line, column int // of the key in the file, from 1
	first, last  int // its lines, counted from 0 in the front matter
	block        bool
	parts        []part // of a list or mapping in block style, when all its elements are scalars
}

// part is one element of a block: the line where it starts and what it says.
type part struct {
	line int
	says string
}

// Field is a key with its value as YAML means it: nil, bool, int64, uint64,
// float64, string, []any or map[string]any.
type Field struct {
	Key   string
	Value any
}

// Parse splits a file. path is only used in problems, which are relative to the
// file's first line. The document is never nil; without front matter it is all
// body. A fence that is never closed is a problem, and the file all body.
func Parse(path string, src []byte) (*Document, []problem.Problem) {
	d := &Document{path: path, src: src}
	if len(src) > MaxSize {
		d.src, d.frozen = nil, "the file is too large"
		return d, []problem.Problem{d.problem(0, 0, fmt.Sprintf("file has %d bytes, more than the %d that are read", len(src), MaxSize), "split the file")}
	}
	if bytes.HasPrefix(src, []byte(bom)) {
		d.start = len(bom)
	}
	d.body = d.start
	text := string(src[d.start:])
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t\r") != "---" {
		return d, nil
	}
	from := len(text) - len(rest)
	to, after, closed := closingFence(text, from)
	if !closed {
		return d, []problem.Problem{d.problem(1, 1, "front matter is not closed", "end it with a line of three dashes: ---")}
	}
	d.fenced = true
	d.yaml = span{d.start + from, d.start + to}
	d.body = d.start + after
	return d, d.read()
}

// closingFence finds the line that ends the front matter: where the line starts
// and where the text after it does.
func closingFence(text string, from int) (at, after int, ok bool) {
	for at = from; at < len(text); at = after {
		line := text[at:]
		after = len(text)
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line, after = line[:i], at+i+1
		}
		if t := strings.TrimRight(line, " \t\r"); t == "---" || t == "..." {
			return at, after, true
		}
	}
	return 0, 0, false
}

// Bytes is the file.
func (d *Document) Bytes() []byte { return slices.Clone(d.src) }

// Path is the name that the document was parsed under.
func (d *Document) Path() string { return d.path }

// Body is the Markdown after the front matter, as the file has it.
func (d *Document) Body() string { return string(d.src[d.body:]) }

// BodyLine is the line of the file on which the body starts, from 1.
func (d *Document) BodyLine() int { return 1 + bytes.Count(d.src[:d.body], []byte("\n")) }

// Keys lists the keys in the file's order.
func (d *Document) Keys() []string {
	keys := make([]string, len(d.entries))
	for i, e := range d.entries {
		keys[i] = e.key
	}
	return keys
}

// Has tells whether the key is there, whatever its value.
func (d *Document) Has(key string) bool { return d.find(key) != nil }

// Text is a scalar as it is spelled, without its quotes: 0007 stays "0007". It
// is "" for a key that is absent, null, a list or a mapping.
func (d *Document) Text(key string) string {
	if e := d.find(key); e != nil && e.value.shape == Scalar {
		return e.value.text
	}
	return ""
}

// Source is the value of a key as it stands in the file, for values in which
// YAML sees something else than their author did.
func (d *Document) Source(key string) string {
	e := d.find(key)
	if e == nil {
		return ""
	}
	text := strings.Join(d.lines()[e.first:e.last+1], "")
	return strings.TrimSpace(text[len(keyPrefix.FindString(text)):])
}

// List is the scalars of a list; a single scalar is a list of one. Elements that
// are lists or mappings are left out.
func (d *Document) List(key string) []string {
	e := d.find(key)
	if e == nil {
		return nil
	}
	if e.value.shape == Scalar {
		return []string{e.value.text}
	}
	var texts []string
	if e.value.shape == List {
		for _, v := range e.value.elems {
			if v.shape == Scalar {
				texts = append(texts, v.text)
			}
		}
	}
	return texts
}

// Map is the pairs of a mapping whose values are scalars.
func (d *Document) Map(key string) map[string]string {
	e := d.find(key)
	if e == nil || e.value.shape != Mapping {
		return nil
	}
	pairs := map[string]string{}
	for i, v := range e.value.elems {
		if v.shape == Scalar {
			pairs[e.value.keys[i]] = v.text
		}
	}
	return pairs
}

// Extra is the keys that the caller does not know, in the file's order.
func (d *Document) Extra(known ...string) []Field {
	var fields []Field
	for _, e := range d.entries {
		if !slices.Contains(known, e.key) {
			fields = append(fields, Field{e.key, e.value.plain()})
		}
	}
	return fields
}

// Position is the line and column of a key, from 1; of an absent key, the first
// line and no column.
func (d *Document) Position(key string) (line, column int) {
	if e := d.find(key); e != nil {
		return e.line, e.column
	}
	return 1, 0
}

// Problem is a complaint about a key's value.
func (d *Document) Problem(key, what, hint string) problem.Problem {
	line, column := d.Position(key)
	return d.problem(line, column, what, hint)
}

// Expect reports the keys whose value has another shape than the one given for
// them; null fits any. Keys that are not named may be anything.
func (d *Document) Expect(shapes map[string]Shape) []problem.Problem {
	var ps []problem.Problem
	for _, e := range d.entries {
		want, known := shapes[e.key]
		if known && !want.fits(e.value.shape) {
			ps = append(ps, d.Problem(e.key, fmt.Sprintf("%s is %s where %s is expected", e.key, e.value.shape, want), want.hint(e.key)))
		}
	}
	return ps
}

func (d *Document) find(key string) *entry {
	for i := range d.entries {
		if d.entries[i].key == key {
			return &d.entries[i]
		}
	}
	return nil
}

func (d *Document) problem(line, column int, what, hint string) problem.Problem {
	return problem.Problem{Path: d.path, Line: line, Column: column, What: what, Hint: hint}
}

// lines are the lines of the front matter, each with its ending.
func (d *Document) lines() []string {
	return slices.Collect(strings.Lines(string(d.src[d.yaml.from:d.yaml.to])))
}

// eol is the line ending that the file uses; that of its first line decides.
func (d *Document) eol() string {
	if i := bytes.IndexByte(d.src, '\n'); i > 0 && d.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
