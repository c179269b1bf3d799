// Package plain makes other people's text safe to show: a log is written by many
// hands, and no byte of it may steer a terminal (ANSI, OSC, other control
// characters), turn the reading direction around (Unicode's bidirectional
// controls, https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)
// or be taken for markup.
//
// What is not shown as it is stays visible, as Go would write it (\x1b, \u202e),
// so that nobody is misled by what is missing.
package plain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// Line is s as one line: line breaks and tabs become blanks.
func Line(s string) string { return escape(s, " ", " ") }

// Text is s with its line breaks, each a single \n; tabs become four blanks.
func Text(s string) string { return escape(s, "\n", "    ") }

// escape writes line breaks and tabs as told and makes the rest visible.
func escape(s, lineBreak, tab string) string {
	if !needsEscape(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			b.WriteString(lineBreak)
		case r == '\t':
			b.WriteString(tab)
		case r == utf8.RuneError && size == 1:
			writeByte(&b, s[i])
		case steers(r):
			writeRune(&b, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

func needsEscape(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || steers(r) }) >= 0
}

// steers tells whether a character commands a terminal or a reader instead of
// being read: C0 and C1 controls, DEL, bidirectional controls, and the separators
// that some terminals take for line breaks.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

func writeByte(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}

func writeRune(b *strings.Builder, r rune) {
	if r < 0x80 {
		writeByte(b, byte(r))
		return
	}
	writeUnicode(b, r)
}

// writeUnicode writes \uXXXX; all that steers has four digits.
func writeUnicode(b *strings.Builder, r rune) {
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&15])
	}
}

// JSON keeps the meaning of a JSON text and makes it safe to print: what
// [encoding/json] leaves as it is but a terminal would obey becomes \uXXXX.
func JSON(text []byte) []byte {
	if strings.IndexFunc(string(text), func(r rune) bool { return r != '\n' && steers(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range string(text) {
		if r == '\n' || !steers(r) {
			b.WriteRune(r)
			continue
		}
		writeUnicode(&b, r)
	}
	return []byte(b.String())
}

// Markdown is s as one line of Markdown text that shows s and nothing else, also
// at the start of a line, a list's entry or a heading: what CommonMark, or what the
// forges add to it, would take for markup or HTML gets a backslash. Blanks at the
// ends, which Markdown does not show, go.
func Markdown(s string) string {
	rs := []rune(strings.Trim(Line(s), " "))
	var b strings.Builder
	for i, r := range rs {
		if isMarkup(rs, i) || endsNumber(rs, i) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isMarkup(rs []rune, i int) bool {
	switch r := rs[i]; r {
	case '_': // CommonMark takes no emphasis from inside a word
		return i == 0 || i == len(rs)-1 || !isWord(rs[i-1]) || !isWord(rs[i+1])
	case '#': // at the end it would close a heading
		return i == 0 || i == len(rs)-1
	case '+', '-', '=':
		return i == 0
	case '\\', '`', '*', '<', '>', '[', ']', '|', '~', '$': // of the forges: |, ~~ and $formulas$
		return true
	case '&': // would begin a character reference
		return i+1 < len(rs) && (rs[i+1] == '#' || unicode.IsLetter(rs[i+1]))
	}
	return false
}

// endsNumber tells whether the character makes a numbered list's marker of the
// digits before it.
func endsNumber(rs []rune, i int) bool {
	if rs[i] != '.' && rs[i] != ')' || i == 0 || i+1 < len(rs) && rs[i+1] != ' ' {
		return false
	}
	return !slices.ContainsFunc(rs[:i], func(r rune) bool { return r < '0' || r > '9' })
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Slack is s as one line of mrkdwn, the format of Slack's messages, that shows s and
// nothing else: &, < and > as character references
// (https://api.slack.com/reference/surfaces/formatting#escaping). The marks of bold,
// italic, struck out and code cannot be escaped there: where one could begin or end
// such a part, at the margin of a word, a character that looks like it stands instead.
func Slack(s string) string {
	rs := []rune(Line(s))
	var b strings.Builder
	for i, r := range rs {
		inside := i > 0 && i < len(rs)-1 && isWord(rs[i-1]) && isWord(rs[i+1])
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case inside:
			b.WriteRune(r)
		default:
			b.WriteRune(besideMark(r))
		}
	}
	return b.String()
}

// besideMark is what stands for a mark of mrkdwn; other characters stand for themselves.
func besideMark(r rune) rune {
	switch r {
	case '*':
		return '∗'
	case '_':
		return 'ˍ'
	case '~':
		return '∼'
	case '`':
		return 'ˋ'
	}
	return r
}
