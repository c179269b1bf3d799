package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/archsync/archsync/internal/plain"
)

// span is a run of text in one role. Its text has no line breaks, no escapes.
type span struct {
	text string
	role role
}

// line is one line of the screen before it is coloured.
type line []span

// say is a span of archsync's own words.
func say(r role, text string) span { return span{text, r} }

// quote is a span of other people's words, made safe.
func quote(r role, text string) span { return span{plain.Line(text), r} }

// cells is how many cells a text takes.
func cells(s string) int { return ansi.StringWidth(s) }

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

func (l line) width() int {
	n := 0
	for _, s := range l {
		n += cells(s.text)
	}
	return n
}

// text is the line without its roles.
func (l line) text() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// fit cuts or fills a line to exactly w cells; a cut is shown by an ellipsis.
func (l line) fit(w int) line {
	if w <= 0 {
		return nil
	}
	n := l.width()
	if n <= w {
		if n == w {
			return l
		}
		return append(l[:len(l):len(l)], span{blanks(w - n), roleText})
	}
	var cut line
	room := w - 1
	for _, s := range l {
		c := cells(s.text)
		if c <= room {
			cut = append(cut, s)
			room -= c
			continue
		}
		kept := ansi.Truncate(s.text, room, "")
		cut = append(cut, span{kept + "…" + blanks(room-cells(kept)), s.role})
		break
	}
	return cut
}

// selected puts the whole line on the ground of what is selected.
func (l line) selected() line {
	marked := make(line, len(l))
	for i, s := range l {
		marked[i] = span{s.text, s.role | onSelection}
	}
	return marked
}

// spread puts left and right at the ends of w cells. Where both do not fit, left
// is cut down to least cells, and then right is left out.
func spread(w int, left, right line, least int) line {
	r := right.width()
	if r == 0 {
		return left.fit(w)
	}
	if w-r-1 < min(least, left.width()) {
		return left.fit(w)
	}
	return append(append(left.fit(w-r-1), say(roleText, " ")), right...)
}

// fitText cuts or fills a text to exactly w cells.
func fitText(s string, w int) string { return line{{s, roleText}}.fit(w).text() }

// fitLeft fills on the left: numbers stand under each other.
func fitLeft(s string, w int) string {
	if n := cells(s); n < w {
		return blanks(w-n) + s
	}
	return fitText(s, w)
}

// wrap breaks other people's text between words into lines of at most w cells; a
// word that is longer is cut. Line breaks in the text stay. (ansi.Wrap would break
// at hyphens too, and with them arrows.)
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	for part := range strings.SplitSeq(plain.Text(strings.TrimRight(s, "\r\n")), "\n") {
		lines = append(lines, wrapPart(part, w)...)
	}
	return lines
}

func wrapPart(text string, w int) []string {
	var lines []string
	for cells(text) > w {
		head := ansi.Truncate(text, w, "")
		if head == "" { // one character that is wider than the room
			return append(lines, strings.Repeat("…", w))
		}
		head = head[:breakpoint(head, text[len(head):])]
		lines = append(lines, strings.TrimRight(head, " "))
		text = strings.TrimLeft(text[len(head):], " ")
	}
	return append(lines, text)
}

// breakpoint is where to break a line that has room for head, with tail after it:
// at the last blank, else behind the last slash of a path, else at its end.
func breakpoint(head, tail string) int {
	if strings.HasPrefix(tail, " ") {
		return len(head)
	}
	if at := strings.LastIndex(head, " "); at > 0 && strings.TrimSpace(head[:at]) != "" {
		return at
	}
	if at := strings.LastIndex(head, "/"); at > 0 {
		return at + 1
	}
	return len(head)
}

// wrapLine wraps text that continues under its own beginning: first stands before
// the first line, and blanks of its width before the others.
func wrapLine(first line, r role, text string, w int) []line {
	indent := first.width()
	var lines []line
	for i, part := range wrap(text, max(w-indent, 8)) {
		l := line{say(roleText, blanks(indent))}
		if i == 0 {
			l = first
		}
		lines = append(lines, append(l[:len(l):len(l)], say(r, part)))
	}
	return lines
}

// height makes a block exactly h lines high: cut at the end, or filled.
func height(block []line, h int) []line {
	if h <= 0 {
		return nil
	}
	if len(block) > h {
		return block[:h]
	}
	return append(block[:len(block):len(block)], make([]line, h-len(block))...)
}

// window is the h lines of a block that have line at in them: in the middle where
// there is enough on both sides.
func window(block []line, at, h int) []line {
	if len(block) <= h || h <= 0 {
		return height(block, h)
	}
	top := min(max(at-h/2, 0), len(block)-h)
	return block[top : top+h]
}

// scrolled is h lines of a block from line top on, as far as there are any.
func scrolled(block []line, top, h int) []line {
	top = min(top, max(len(block)-h, 0))
	return height(block[top:], h)
}

// pane is a block of lines in a rectangle of its own.
type pane struct {
	lines []line
	width int
}

// beside draws panes next to each other, h lines high, with a rule between them.
func beside(h int, panes ...pane) []line {
	rows := make([]line, max(h, 0))
	for i := range rows {
		for j, p := range panes {
			if j > 0 {
				rows[i] = append(rows[i], say(roleRule, "│"))
			}
			var l line
			if i < len(p.lines) {
				l = p.lines[i]
			}
			rows[i] = append(rows[i], l.fit(p.width)...)
		}
	}
	return rows
}

// centred puts a block into the middle of w times h cells.
func centred(block []line, w, h int) []line {
	widest := 0
	for _, l := range block {
		widest = max(widest, l.width())
	}
	left := blanks((w - widest) / 2)
	rows := make([]line, max((h-len(block))/3, 0), max(h, 0))
	for _, l := range block {
		rows = append(rows, append(line{say(roleText, left)}, l...))
	}
	return height(rows, h)
}

// cover lays a drawn box over drawn rows, its corner at x, y.
func cover(rows, box []string, x, y int) []string {
	covered := append([]string(nil), rows...)
	for i, b := range box {
		if y+i < 0 || y+i >= len(covered) {
			continue
		}
		row := covered[y+i]
		left := ansi.Truncate(row, x, "")
		left += blanks(x - cells(left))
		covered[y+i] = left + b + ansi.TruncateLeft(row, x+cells(b), "")
	}
	return covered
}

// windowRows is window for drawn rows.
func windowRows(rows []string, at, h int) []string {
	if len(rows) <= h {
		return rows
	}
	top := min(max(at-h/2, 0), len(rows)-h)
	return rows[top : top+h]
}

// cutRow cuts a drawn row to w cells.
func cutRow(row string, w int) string { return ansi.Truncate(row, w, "…") }
