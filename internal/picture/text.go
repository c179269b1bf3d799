package picture

import (
	"strings"

	"github.com/rivo/uniseg"

	"github.com/archsync/archsync/internal/plain"
)

// Limits of what is shown of long texts, in cells and lines; the whole text is in
// the diagram.
const (
	titleWidth = 44
	proseLines = 16
	nameLines  = 6
	rowWidth   = 60
	wordWidth  = 24 // a word up to this is not broken, however narrow the line
)

// width is how many cells a text takes, by Unicode's rules for East Asian width and
// emoji.
func width(s string) int { return uniseg.StringWidth(s) }

// tidy makes a label safe, without blank lines around it.
func tidy(label string) string { return strings.TrimSpace(plain.Text(label)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cut shortens a text to a width, ending it with an ellipsis.
func cut(s string, limit int) string {
	if width(s) <= limit {
		return s
	}
	kept, room := "", max(limit-1, 0)
	for g := uniseg.NewGraphemes(s); g.Next() && g.Width() <= room; room -= g.Width() {
		kept += g.Str()
	}
	return kept + "…"
}

// wrap breaks a text into lines of at most limit cells, at blanks where there are
// any; a much longer word is broken where it must be.
func wrap(s string, limit int) []string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapLine(line, limit)...)
	}
	return lines
}

func wrapLine(s string, limit int) []string {
	if width(s) <= limit {
		return []string{strings.TrimRight(s, " ")}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && width(line)+1+width(word) <= limit {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		broken := breakWord(word, max(limit, wordWidth))
		lines = append(lines, broken[:len(broken)-1]...)
		line = broken[len(broken)-1]
	}
	return append(lines, line)
}

// breakWord cuts a word that is wider than a line, after a sign that separates its
// parts if there is one not too far back.
func breakWord(word string, limit int) []string {
	var parts []string
	part, parted := "", 0
	for g := uniseg.NewGraphemes(word); g.Next(); {
		if part != "" && width(part)+g.Width() > limit {
			if parted < len(part)/2 {
				parted = len(part)
			}
			parts = append(parts, part[:parted])
			part, parted = part[parted:], 0
		}
		part += g.Str()
		if strings.Contains("-_/.:@", g.Str()) {
			parted = len(part)
		}
	}
	return append(parts, part)
}

// prose makes lines of a markdown text, without the marks that only a renderer
// needs.
func prose(markdown string) []Line {
	var lines []Line
	rest := strings.Split(tidy(markdown), "\n")
	for len(rest) > 0 {
		if table := tableRows(rest); table != nil {
			lines, rest = append(lines, lineUp(table)...), rest[len(table):]
			continue
		}
		line := strings.TrimLeft(unmarked(rest[0]), "#>")
		if trimmed := strings.TrimLeft(line, " "); strings.HasPrefix(trimmed, "- ") || strings.HasPrefix(trimmed, "* ") {
			line = "• " + trimmed[2:]
		}
		lines, rest = append(lines, Line{Text: strings.TrimSpace(line)}), rest[1:]
	}
	return lines
}

// unmarked is a line without what makes a part of it bold, italic or code.
func unmarked(line string) string {
	return strings.NewReplacer("**", "", "__", "", "`", "").Replace(line)
}

// verbatim makes lines of a text whose lines mean something.
func verbatim(s string) []Line {
	var lines []Line
	for line := range strings.SplitSeq(strings.Trim(plain.Text(s), "\n"), "\n") {
		lines = append(lines, Line{Text: cut(strings.TrimRight(line, " "), rowWidth)})
	}
	return atMost(lines, proseLines)
}

func atMost(lines []Line, limit int) []Line {
	if len(lines) <= limit {
		return lines
	}
	return append(lines[:limit-1:limit-1], Line{Text: "…"})
}
