package board

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// One wrong line makes a file no YAML at all, and the library stops there. People
// would lose the sight of a whole board for one missing quote. So a broken file is
// cut where block style lets it be cut, at the keys in column 1 and at the items'
// dashes; what parses alone is read, and in what does not the line is looked for.

// recover reads what can be read of a file about which p is known.
func (r *reader) recover(d *document, p problem.Problem) {
	if !d.syntax {
		r.read(d.root)
		r.problems = append(r.problems, p)
		return
	}
	r.salvage(d)
	if len(r.problems) > 0 {
		return
	}
	if at, message, ok := d.firstWrong(span{d.offset(1, 1), len(d.src)}); ok {
		p = *d.explain(at, message)
	}
	r.problems = append(r.problems, p)
}

// maxBroken is how many broken parts of a file are complained about.
const maxBroken = 100

func (r *reader) salvage(d *document) {
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}
	for _, part := range d.topLevel() {
		if len(r.problems) >= maxBroken {
			break
		}
		n, err := d.parsePart(part)
		switch {
		case conflictMarker(d.line(part.from)):
			r.note(d.problemAt(part.from, "an unresolved merge", "keep one of its two sides and take the marker lines out"))
		case err == nil && n != nil && n.Kind == yaml.MappingNode:
			root.Content = append(root.Content, n.Content...)
		case err != nil && itemsLine.Match(d.line(part.from)):
			root.Content = append(root.Content, textNode(keyItems), r.salvageItems(d, part))
		case err != nil:
			r.diagnose(d, part, err)
		default:
			r.note(d.problemAt(part.from, "not a key with a value", `a group's lines start with "key: "`))
		}
	}
	if p := measure(root); p != nil {
		r.note(p)
		return
	}
	r.read(root)
}

func (r *reader) note(p *problem.Problem) { r.problems = append(r.problems, *p) }

var (
	itemsLine   = regexp.MustCompile(`^items *:`)
	anchorError = regexp.MustCompile(`unknown anchor '([^']*)'`)
)

func conflictMarker(line []byte) bool {
	for _, marker := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(line, []byte(marker)) {
			return true
		}
	}
	return false
}

// line is the text of the line that starts at an offset.
func (d *document) line(at int) []byte { return d.src[at:d.lineEnd(at)] }

// topLevel cuts the source at the lines that start in column 1 and are neither a
// comment, an entry of a list nor a document marker.
func (d *document) topLevel() []span {
	return d.cut(span{d.offset(1, 1), len(d.src)}, func(line []byte) bool {
		return len(line) > 0 && bytes.IndexByte([]byte(" \t#-"), line[0]) < 0
	})
}

// cut cuts a stretch of lines before every line that starts a part; what stands
// before the first such line is left out.
func (d *document) cut(whole span, starts func(line []byte) bool) []span {
	var parts []span
	for at := whole.from; at < whole.to; at = d.nextLine(at) {
		if starts(d.line(at)) {
			parts = append(parts, span{at, whole.to})
			if n := len(parts); n > 1 {
				parts[n-2].to = at
			}
		}
	}
	return parts
}

// parsePart parses a stretch of lines alone; positions are those of the file.
func (d *document) parsePart(part span) (*yaml.Node, error) {
	n, _, err := decodeYAML(d.src[part.from:part.to])
	if n != nil {
		shift(n, d.lineOf(part.from)-1)
	}
	return n, err
}

func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		shift(child, lines)
	}
}

// salvageItems parses the items one by one and complains about those that fail.
func (r *reader) salvageItems(d *document, part span) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: d.lineOf(part.from), Column: 1}
	margin := -1
	below := span{d.nextLine(part.from), part.to}
	parts := d.cut(below, func(line []byte) bool {
		text := bytes.TrimLeft(line, " ")
		if len(text) == 0 || !isDash(text) || margin >= 0 && len(line)-len(text) != margin {
			return false
		}
		margin = len(line) - len(text)
		return true
	})
	for _, item := range parts {
		n, err := d.parsePart(item)
		if err == nil && n != nil && n.Kind == yaml.SequenceNode {
			list.Content = append(list.Content, n.Content...)
		} else if err != nil && len(r.problems) < maxBroken {
			r.diagnose(d, item, err)
		}
	}
	if len(parts) == 0 {
		r.diagnose(d, part, fmt.Errorf("the list of items is broken"))
	}
	return list
}

// maxSearch is how many lines of a broken part are looked through for the wrong one.
const maxSearch = 300

// diagnose complains about the lines of a part that are wrong: of each of its keys,
// the first line with which it stops being YAML.
func (r *reader) diagnose(d *document, part span, err error) {
	if m := anchorError.FindStringSubmatch(err.Error()); m != nil {
		if !bytes.Contains(d.src, []byte("&"+m[1])) {
			at := part.from + max(0, bytes.Index(d.src[part.from:part.to], []byte("*"+m[1])))
			r.note(d.problemAt(at, fmt.Sprintf("no anchor %q for this alias", m[1]), "write the value out, or in quotes if the star is meant"))
		}
		return
	}
	before := len(r.problems)
	for _, key := range d.keysOf(part) {
		if at, message, ok := d.firstWrong(key); ok {
			r.note(d.explain(at, message))
			r.otherEntries(d, key, at)
		}
	}
	if len(r.problems) == before {
		at, message, ok := d.firstWrong(part)
		if !ok {
			at, message = part.from, messageOf(err)
		}
		r.note(d.explain(at, message))
	}
}

// otherEntries complains about the entries of a list below a line that is wrong.
func (r *reader) otherEntries(d *document, key span, wrong int) {
	isEntry := func(line []byte) bool {
		text := bytes.TrimLeft(line, " ")
		return len(text) > 0 && isDash(text)
	}
	if !isEntry(d.line(wrong)) || wrong == key.from {
		return
	}
	for _, entry := range d.cut(span{d.nextLine(wrong), key.to}, isEntry) {
		if at, message, ok := d.firstWrong(entry); ok && len(r.problems) < maxBroken {
			r.note(d.explain(at, message))
		}
	}
}

func messageOf(err error) string { return syntaxProblem(err).What }

// keysOf cuts a part at the lines that stand in the column of its first key.
func (d *document) keysOf(part span) []span {
	first := d.line(part.from)
	column := len(first) - len(bytes.TrimLeft(first, " -"))
	return d.cut(part, func(line []byte) bool {
		text := bytes.TrimLeft(line, " -")
		return len(text) > 0 && text[0] != '#' && len(line)-len(text) == column
	})
}

// firstWrong is the first line with which a part stops being YAML, and why.
func (d *document) firstWrong(part span) (at int, message string, ok bool) {
	if _, err := d.parseDashless(part); err == nil {
		return 0, "", false
	}
	at = part.from
	for range maxSearch {
		if at >= part.to {
			break
		}
		next := d.nextLine(at)
		if _, err := d.parseDashless(span{part.from, next}); err != nil {
			return at, messageOf(err), true
		}
		at = next
	}
	return part.from, "not YAML", true
}

// parseDashless parses a key's lines, the dash of an item before it aside.
func (d *document) parseDashless(part span) (*yaml.Node, error) {
	text := slices.Clone(d.src[part.from:part.to])
	for i, c := range text {
		if c == '-' {
			text[i] = ' '
		} else if c != ' ' {
			break
		}
	}
	n, _, err := decodeYAML(text)
	if err != nil && anchorError.MatchString(err.Error()) {
		return n, nil
	}
	return n, err
}

var keyPrefix = regexp.MustCompile(`^[ \t]*(?:- +)*(?:[A-Za-z_][\w-]*:[ \t]+)?`)

// explain says in words what is wrong with the line that starts at an offset; a
// message of the library's is the last resort.
func (d *document) explain(at int, message string) *problem.Problem {
	line := d.line(at)
	if blank := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; bytes.IndexByte(blank, '\t') >= 0 {
		return d.problemAt(at+bytes.IndexByte(blank, '\t'), "a tab indents the line", "indent with blanks")
	}
	if conflictMarker(line) {
		return d.problemAt(at, "an unresolved merge", "keep one of its two sides and take the marker lines out")
	}
	prefix := len(keyPrefix.Find(line))
	value := strings.TrimRight(string(line[prefix:]), " ")
	what, hint := wrongValue(value)
	if what == "" {
		if strings.Contains(message, "did not find expected") || strings.Contains(message, "mapping values are not allowed") {
			message = "the line is not indented as its neighbours are"
		}
		return d.problemAt(at+len(line)-len(bytes.TrimLeft(line, " ")), message, "check the line's indentation, quotes and brackets")
	}
	return d.problemAt(at+prefix, what, hint)
}

// wrongValue names the usual mistakes of a value on one line.
func wrongValue(value string) (what, hint string) {
	if value == "" {
		return "", ""
	}
	quoted := "put it in quotes: " + scalarText(value, false)
	switch first := value[0]; {
	case strings.IndexByte("@`%", first) >= 0:
		return fmt.Sprintf("a value cannot start with %q", string(first)), quoted
	case first == '"' || first == '\'':
		if end := quoteEnd([]byte(value), 0, first); end < len(value) {
			return "text behind the closing quote", "put the whole value in quotes"
		}
		return "the quote is not closed", fmt.Sprintf("add %s at its end", string(first))
	case first == '[' || first == '{':
		return "a bracket is not closed, or text stands behind it", "check the brackets, or put the value in quotes"
	case strings.Contains(value, ": ") || strings.HasSuffix(value, ":"):
		return `": " in a value without quotes`, quoted
	}
	return "", ""
}
