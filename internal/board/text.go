package board

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A value is written as plainly as YAML 1.2 and the readers of YAML 1.1 that are
// still about all understand: plain where no reader takes it for anything but
// that text, else in quotes; several lines as a literal block.

// scalarText is a text as a YAML scalar on one line. In a flow collection fewer
// texts can stand plain.
func scalarText(s string, flow bool) string {
	if plainWord(s) && plainShape(s, flow) {
		return s
	}
	if quotable(s) {
		if !strings.ContainsAny(s, `"\`) {
			return `"` + s + `"`
		}
		if !strings.Contains(s, "'") {
			return "'" + s + "'"
		}
	}
	return escaped(s)
}

// plainWord tells whether no reader takes the plain text s for a number, a
// boolean, null, a merge key or a time of day in base 60. A date stays plain.
func plainWord(s string) bool {
	switch strings.ToLower(s) {
	case "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=",
		".nan", ".inf", "-.inf", "+.inf":
		return false
	}
	if validDate(s) {
		return true
	}
	return !numberLike(s)
}

// numberLike is generous: what starts as a number and goes on with nothing but
// the characters of numbers and timestamps is one for some reader.
func numberLike(s string) bool {
	digits := strings.TrimLeft(s, "+-.")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	if strings.Trim(s, "0123456789+-._:eETtZz ") == "" {
		return true
	}
	lower := strings.ToLower(digits)
	for _, base := range []struct{ prefix, digits string }{
		{"0x", "0123456789abcdef_"}, {"0o", "01234567_"}, {"0b", "01_"},
	} {
		if rest, ok := strings.CutPrefix(lower, base.prefix); ok && strings.Trim(rest, base.digits) == "" {
			return true
		}
	}
	return false
}

// plainShape tells whether YAML's grammar lets s stand without quotes.
func plainShape(s string, flow bool) bool {
	if strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`=<", rune(s[0])) || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || s[len(s)-1] == ':' || strings.HasPrefix(s, "...") {
		return false
	}
	if flow && strings.ContainsAny(s, ",[]{}:?#&*!|'\"%@`") {
		return false
	}
	return quotable(s)
}

// quotable tells whether every character of s can stand for itself in quotes on one line.
func quotable(s string) bool {
	for _, r := range s {
		if !printable(r) {
			return false
		}
	}
	return true
}

// printable leaves out, beside what YAML calls not printable, every line break
// and the invisible characters that a reviewer should see escaped.
func printable(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r != 0x7f
	}
	return r != utf8.RuneError && r != '\u2028' && r != '\u2029' && r != '\ufeff' &&
		(unicode.IsGraphic(r) || r == '\u200c' || r == '\u200d')
}

// escaped is s in double quotes with YAML's escapes (YAML 1.2.2, section 5.7), of
// those the ones that JSON has too, where it has them.
func escaped(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case printable(r) || r == utf8.RuneError:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// literalBlock is s as a literal block scalar: its header and its lines without
// indentation. It is for texts of several lines whose characters all stand for
// themselves; ok is false for others.
func literalBlock(s string) (header string, lines []string, ok bool) {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(s, "\n") || strings.Trim(body, "\n ") == "" || strings.HasSuffix(body, "\n") {
		return "", nil, false
	}
	lines = strings.Split(body, "\n")
	for _, line := range lines {
		if !quotable(strings.ReplaceAll(line, "\t", " ")) {
			return "", nil, false
		}
	}
	header = "|"
	if first := lines[0]; first == "" || first[0] == ' ' || first[0] == '\t' {
		header += strconv.Itoa(indentStep)
	}
	if body == s {
		header += "-"
	}
	return header, lines, true
}

// indentStep is by how many columns archsync indents what it writes.
const indentStep = 2

// style is how a file lays out its block collections.
type style struct {
	dash int // columns by which a sequence in a mapping is indented
	key  int // columns from a dash to the first key of its mapping
}

// canonical is the style of a file that archsync writes from nothing.
func canonical() style { return style{dash: indentStep, key: indentStep} }

// layout writes nodes as lines without indentation and line endings.
type layout struct {
	style
	quoteBlocks bool // write texts of several lines in quotes
}

// value is what follows a key: the rest of the key's line, with the blank before
// it, and the lines below.
func (l layout) value(n *yaml.Node) (head string, below []string) {
	switch {
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		return "", indent(l.dash, l.sequence(n.Content))
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		return "", indent(indentStep, l.mapping(n.Content))
	case n.Kind == yaml.ScalarNode && n.ShortTag() == tagText && !l.quoteBlocks:
		if header, lines, ok := literalBlock(n.Value); ok {
			return " " + header, indent(indentStep, lines)
		}
	}
	return " " + flowNode(n), nil
}

func (l layout) mapping(pairs []*yaml.Node) []string {
	var lines []string
	for i := 0; i+1 < len(pairs); i += 2 {
		head, below := l.value(pairs[i+1])
		lines = append(append(lines, flowNode(pairs[i])+":"+head), below...)
	}
	return lines
}

func (l layout) sequence(elements []*yaml.Node) []string {
	var lines []string
	for _, e := range elements {
		lines = append(lines, l.element(e)...)
	}
	return lines
}

// element is one entry of a block sequence, dash included.
func (l layout) element(n *yaml.Node) []string {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return []string{"- " + flowNode(n)}
	}
	lines := indent(l.key, l.mapping(n.Content))
	lines[0] = "-" + lines[0][1:]
	return lines
}

// indent moves lines to the right; an empty one stays empty.
func indent(columns int, lines []string) []string {
	moved := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			moved[i] = strings.Repeat(" ", columns) + line
		}
	}
	return moved
}

// flowNode is a node on one line of a block; a collection in flow style.
func flowNode(n *yaml.Node) string { return flowStyle{}.text(n) }

// flowStyle is how nodes are written on one line.
type flowStyle struct {
	inside bool // in a flow collection, where fewer texts can stand plain
	json   bool // keys and texts in double quotes
}

func (s flowStyle) text(n *yaml.Node) string {
	inner := flowStyle{inside: true, json: s.json}
	switch n.Kind {
	case yaml.AliasNode:
		return s.text(n.Alias)
	case yaml.SequenceNode:
		parts := make([]string, len(n.Content))
		for i, e := range n.Content {
			parts[i] = inner.text(e)
		}
		return explicitTag(n) + "[" + strings.Join(parts, ", ") + "]"
	case yaml.MappingNode:
		var parts []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, inner.text(n.Content[i])+": "+inner.text(n.Content[i+1]))
		}
		return explicitTag(n) + "{" + strings.Join(parts, ", ") + "}"
	}
	if tagOf(n) != tagText || n.Style&yaml.TaggedStyle != 0 {
		return explicitTag(n) + otherScalar(n)
	}
	if s.json || n.ShortTag() == tagText && validDate(n.Value) { // a date that is a text to YAML stays one
		return escaped(n.Value)
	}
	if n.Line > 0 && n.Style == 0 && n.Value != "" && plainShape(n.Value, s.inside) { // somebody wrote it so
		return n.Value
	}
	return scalarText(n.Value, s.inside)
}

// otherScalar writes what is no text: numbers, booleans, null, timestamps and
// whatever has a tag of its own.
func otherScalar(n *yaml.Node) string {
	if n.Style&yaml.TaggedStyle != 0 {
		return escaped(n.Value)
	}
	if n.ShortTag() == tagNull {
		return "null"
	}
	return n.Value
}

func explicitTag(n *yaml.Node) string {
	if n.Style&yaml.TaggedStyle == 0 {
		return ""
	}
	if strings.HasPrefix(n.Tag, "!") {
		return n.Tag + " "
	}
	return "!<" + n.Tag + "> "
}

// Text is the field's value on one line, as it would stand in a file; a text is itself.
func (f Field) Text() string { return flowText(f.Value) }

// flowText is a value of an unknown key on one line, as it would stand in the
// file, except that a text is itself.
func flowText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	n, err := nodeOf(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return flowNode(n)
}
