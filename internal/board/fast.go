package board

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Nearly every file of a long history is as archsync wrote it. The reader here
// takes that plain block style and nothing else: keys and single-line values, lists,
// literal blocks, comments. It never complains; at the first thing that is unusual,
// wrong or even suspicious it gives the file up to the full YAML parser. Where it
// does read a file it must agree with that parser: FuzzPlain holds it to that. It is
// worth its lines because it is about ten times faster.

// readPlain reads a group from plain block style; ok is false for anything else.
func readPlain(src string) (g Group, ok bool) {
	if len(src) > maxBytes || !plainSource(src) {
		return Group{}, false
	}
	r := plainReader{src: src}
	r.next()
	seen := make([]string, 0, len(groupKeys)+1)
	for !r.done {
		key, value, ok := r.key(0)
		if !ok || slices.Contains(seen, key) {
			return Group{}, false
		}
		seen = append(seen, key)
		switch {
		case key == keyItems && value == "":
			g.Items, ok = r.items()
		case key == keyItems:
			ok = false
		default:
			ok = r.field(&g, nil, key, value, 0)
		}
		if !ok {
			return Group{}, false
		}
	}
	return g, true
}

// plainSource tells whether a source ends in a line break and has no tab, no other
// line break than LF, no control character and nothing that is not UTF-8.
func plainSource(src string) bool {
	if src != "" && src[len(src)-1] != '\n' {
		return false
	}
	ascii := true
	for i := range len(src) {
		c := src[i]
		if c < ' ' && c != '\n' || c == 0x7f {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return true
	}
	for _, r := range src {
		if r >= utf8.RuneSelf && !printable(r) {
			return false
		}
	}
	return true
}

// plainReader stands on a line that is neither blank nor a comment.
type plainReader struct {
	src    string
	pos    int    // where the next line starts
	line   int    // number of the present line, from 1
	indent int    // blanks before its text
	text   string // without indentation and line break
	done   bool
}

// raw steps to the next line whatever it holds; ok is false at the end.
func (r *plainReader) raw() (ok bool) {
	if r.pos >= len(r.src) {
		r.done = true
		return false
	}
	end := r.pos + strings.IndexByte(r.src[r.pos:], '\n')
	from := r.pos
	for from < end && r.src[from] == ' ' {
		from++
	}
	r.indent, r.text = from-r.pos, r.src[from:end]
	r.pos = end + 1
	r.line++
	return true
}

// next steps to the next line that holds something.
func (r *plainReader) next() {
	for r.raw() && (r.text == "" || r.text[0] == '#') {
	}
}

// key reads "key: value" on the present line, which must stand in that column, and
// steps on unless the value continues below. The value is "" when none is there.
func (r *plainReader) key(column int) (key, value string, ok bool) {
	if r.indent != column {
		return "", "", false
	}
	end := 0
	for end < len(r.text) && keyByte(r.text[end]) {
		end++
	}
	if end == 0 || end > 64 || end >= len(r.text) || r.text[end] != ':' || !plainWord(r.text[:end]) || !letter(r.text[0]) {
		return "", "", false
	}
	key, value = r.text[:end], r.text[end+1:]
	if value != "" && value[0] != ' ' {
		return "", "", false
	}
	return key, strings.Trim(value, " "), true
}

func keyByte(c byte) bool {
	return letter(c) || c >= '0' && c <= '9' || c == '-'
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// field reads the value of a key of a record whose keys stand in a column, and
// steps behind it. A key the record does not know goes to extra, if there is one.
func (r *plainReader) field(rec record, extra *[]Field, key, value string, column int) bool {
	if to := rec.scalar(key); to != nil {
		text, ok := r.scalar(value, column)
		*to = text
		return ok
	}
	if to := rec.list(key); to != nil {
		list, ok := r.list(value, column)
		*to = list
		return ok
	}
	typed, ok := r.unknown(value, column)
	if extra != nil {
		*extra = append(*extra, Field{key, typed})
	}
	return ok
}

// unknown reads the value of a key nobody knows: a scalar, or below the key a list
// or a mapping of scalars.
func (r *plainReader) unknown(value string, column int) (any, bool) {
	if value != "" {
		if value[0] == '[' {
			return nil, false
		}
		text, ok := r.scalar(value, column)
		if !ok {
			return nil, false
		}
		return plainValue(value, text)
	}
	r.next()
	switch {
	case r.done:
		return nil, false
	case dashed(r.text):
		return r.unknownList(column)
	case r.indent > column:
		return r.unknownMap(column)
	}
	return nil, false
}

func (r *plainReader) unknownList(column int) (any, bool) {
	sources, ok := r.entries(column)
	list := make([]any, len(sources))
	for i, source := range sources {
		text, isText := plainScalar(source)
		if !ok || !isText {
			return nil, false
		}
		if list[i], ok = plainValue(source, text); !ok {
			return nil, false
		}
	}
	return list, ok
}

func (r *plainReader) unknownMap(column int) (any, bool) {
	at := r.indent
	m := map[string]any{}
	for !r.done && r.indent == at {
		key, source, ok := r.key(at)
		if _, twice := m[key]; !ok || twice || source == "" || source[0] == '[' {
			return nil, false
		}
		text, ok := r.scalar(source, at)
		if !ok {
			return nil, false
		}
		if m[key], ok = plainValue(source, text); !ok {
			return nil, false
		}
	}
	return m, r.done || r.indent <= column
}

// plainValue is the value of an unknown key: a text that is one for sure, a boolean
// or a small decimal number.
func plainValue(source, text string) (any, bool) {
	if source[0] == '"' || source[0] == '\'' || source[0] == '|' || plainWord(text) {
		return text, true
	}
	if text == "true" || text == "false" {
		return text == "true", true
	}
	whole, fraction, isFloat := strings.Cut(text, ".")
	if len(text) > 15 || !digits(whole) || whole[0] == '0' && len(whole) > 1 {
		return nil, false
	}
	if isFloat {
		f, err := strconv.ParseFloat(text, 64)
		return f, err == nil && digits(fraction)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// scalar reads a value on the key's line or a literal block below it.
func (r *plainReader) scalar(value string, column int) (string, bool) {
	if value == "" {
		return "", false
	}
	if value == "|" || value == "|-" {
		return r.literal(value == "|", column)
	}
	text, ok := plainScalar(value)
	r.next()
	return text, ok
}

// plainScalar reads a single-line scalar with the comment that may follow it.
func plainScalar(s string) (string, bool) {
	if c := s[0]; c == '"' || c == '\'' {
		end := 1 + strings.IndexByte(s[1:], c)
		if end == 0 || strings.IndexByte(s[:end], '\\') >= 0 {
			return "", false
		}
		rest := strings.TrimLeft(s[end+1:], " ")
		if rest != "" && (rest[0] != '#' || s[end+1] != ' ') {
			return "", false
		}
		return s[1:end], true
	}
	if !plainStart(s[0]) {
		return "", false
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimRight(s[:i], " ")
	}
	if s[len(s)-1] == ':' || strings.Contains(s, ": ") || nullWord(s) {
		return "", false
	}
	return s, true
}

func plainStart(c byte) bool {
	return letter(c) || c >= '0' && c <= '9' || c == '/' || c == '(' || c == '+' || c == '$' || c >= utf8.RuneSelf
}

func nullWord(s string) bool {
	return s == "null" || s == "Null" || s == "NULL"
}

// literal reads the lines of a literal block under a key in that column.
func (r *plainReader) literal(newline bool, column int) (string, bool) {
	var b strings.Builder
	width, blank := 0, 0
	for {
		if !r.raw() {
			break
		}
		if r.text == "" {
			if r.indent > 0 || width == 0 {
				return "", false
			}
			blank++
			continue
		}
		if width == 0 {
			width = r.indent
			if width <= column {
				return "", false
			}
		}
		if r.indent < width {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		for ; blank > 0; blank-- {
			b.WriteByte('\n')
		}
		b.WriteString(r.src[r.pos-1-len(r.text)-(r.indent-width) : r.pos-1])
	}
	if !r.done && r.text[0] == '#' {
		r.next()
	}
	if newline {
		b.WriteByte('\n')
	}
	return b.String(), width > 0
}

// list reads a list on the key's line or below it.
func (r *plainReader) list(value string, column int) ([]string, bool) {
	if value == "" {
		return r.blockList(column)
	}
	if value[0] == '[' {
		r.next()
		return flowList(value)
	}
	text, ok := r.scalar(value, column)
	return []string{text}, ok
}

func (r *plainReader) blockList(column int) ([]string, bool) {
	r.next()
	list, ok := r.entries(column)
	for i, source := range list {
		text, isText := plainScalar(source)
		if !ok || !isText {
			return nil, false
		}
		list[i] = text
	}
	return list, ok
}

// entries are the sources of a list's entries, which start on the present line.
func (r *plainReader) entries(column int) ([]string, bool) {
	at := r.indent
	if r.done || at < column || !dashed(r.text) {
		return nil, false
	}
	var list []string
	for !r.done && r.indent == at && dashed(r.text) {
		value := strings.Trim(r.text[2:], " ")
		if value == "" {
			return nil, false
		}
		list = append(list, value)
		r.next()
	}
	return list, r.done || r.indent <= column
}

func dashed(text string) bool {
	return len(text) > 1 && text[0] == '-' && text[1] == ' '
}

// flowList reads "[a, b]" whose entries are plain words or simple quoted texts.
func flowList(s string) ([]string, bool) {
	if s[len(s)-1] != ']' {
		return nil, false
	}
	body := strings.Trim(s[1:len(s)-1], " ")
	if body == "" {
		return nil, true
	}
	if strings.ContainsAny(body, `'"[]{}#&*!|>%@:?`+"`") {
		return nil, false
	}
	parts := strings.Split(body, ",")
	for i, part := range parts {
		part = strings.Trim(part, " ")
		if part == "" || !plainStart(part[0]) || nullWord(part) {
			return nil, false
		}
		parts[i] = part
	}
	return parts, true
}

// items reads the list of items below their key.
func (r *plainReader) items() ([]Item, bool) {
	r.next()
	at := r.indent
	if r.done || !dashed(r.text) {
		return nil, false
	}
	items := make([]Item, 0, 1+strings.Count(r.src[r.pos:], "\n"+strings.Repeat(" ", at)+"- "))
	for !r.done && r.indent == at && dashed(r.text) {
		items = append(items, Item{})
		if len(items) > maxItems || !r.item(&items[len(items)-1]) {
			return nil, false
		}
	}
	return items, r.done || r.indent == 0
}

func (r *plainReader) item(it *Item) bool {
	it.Line = r.line
	dash := r.indent
	text := strings.TrimLeft(r.text[2:], " ")
	r.indent += len(r.text) - len(text)
	r.text = text
	column := r.indent
	var seen [24]string
	n := 0
	for !r.done && r.indent > dash {
		key, value, ok := r.key(column)
		if !ok || n == len(seen) || slices.Contains(seen[:n], key) {
			return false
		}
		seen[n] = key
		n++
		if !r.field(it, &it.Extra, key, value, column) {
			return false
		}
	}
	return it.ID != ""
}
