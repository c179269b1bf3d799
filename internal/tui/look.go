package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/archsync/archsync/internal/picture"
)

// pictureView is the drawing with its heading, and the details where there is room.
func (a *archScreen) pictureView(m *Model, w, h int) []line {
	aside := asideWidth(w)
	if aside == 0 {
		if a.open {
			return scrolled(a.details(m, w), a.scroll, h)
		}
		above := append([]line{a.heading(m, w)}, a.brokenLines(m.scene, w)...)
		rows := append(above, a.canvasLines(m, w, h-len(above)-1)...)
		return append(rows, a.caption(m, w))
	}
	left := w - aside - 1
	drawing := append([]line{a.heading(m, left)}, a.canvasLines(m, left, h-1)...)
	return beside(h, pane{drawing, left}, pane{a.aside(m, aside, h), aside})
}

// canvasLines are the drawing's part under the window, with what is beyond its edges;
// the tree as long as nothing was drawn.
func (a *archScreen) canvasLines(m *Model, w, h int) []line {
	if h <= 0 {
		return nil
	}
	if a.seen == nil {
		return a.tree(m, w, h, false)
	}
	canvas := a.seen.canvas
	window := canvas.Clamp(picture.Rect{X: a.eyeX, Y: a.eyeY, Width: w, Height: h})
	look := picture.Look{Selected: a.drawnID(m), Recede: true}
	if m.filter.active() {
		look.Matched = a.matched(m)
	}
	return windowLines(canvas, window, look)
}

// windowLines are the part of a drawing under a window, with what is beyond its edges.
func windowLines(canvas *picture.Canvas, window picture.Rect, look picture.Look) []line {
	lines := make([]line, window.Height)
	for i, runs := range canvas.Window(window, look) {
		lines[i] = drawnLine(runs)
	}
	return edgeHints(lines, window.Width, canvas.Hints(window))
}

// matched are the ids that pass the filter.
func (a *archScreen) matched(m *Model) map[string]bool {
	t := a.treeOf(m.scene)
	touched := m.filter.touched(m.scene)
	matched := map[string]bool{}
	for i := range t.nodes {
		if m.filter.node(m.scene, t, i, touched) {
			matched[t.nodes[i].ID] = true
		}
	}
	return matched
}

func drawnLine(runs []picture.Run) line {
	l := make(line, len(runs))
	for i, r := range runs {
		l[i] = say(drawnRole(r), r.Text)
	}
	return l
}

// drawnRole is how a piece of a drawing looks: by what happened to it, then by what it
// is.
func drawnRole(r picture.Run) role {
	out := roleOf(r.Role)
	switch {
	case r.Mark != "":
		out = markRole(r.Mark)
	case r.Emphasis == picture.Faded && out != roleRule:
		out = roleFaint
	case r.Emphasis == picture.Near:
		out = roleText
	}
	switch r.Emphasis {
	case picture.Selected:
		if r.Mark == "" {
			out = roleAccent
		}
		out |= onSelection
	case picture.Matched:
		out = roleWarn
	}
	return out
}

func roleOf(r picture.Role) role {
	switch r {
	case picture.FrameLine:
		return roleRule
	case picture.FrameName:
		return roleStrong
	case picture.BoxLine, picture.EdgeLine:
		return roleFaint
	case picture.BoxText, picture.EdgeName, picture.EdgeHead:
		return roleMuted
	}
	return roleText
}

// edgeHints writes at the edges how much lies beyond them, near their middles where that
// covers no words.
func edgeHints(lines []line, w int, h picture.Hints) []line {
	last := len(lines) - 1
	if l := beyond("▴", h.Up); l != nil {
		lines[0] = lines[0].over(lines[0].freest(l.width(), w), l)
	}
	if l := beyond("▾", h.Down); l != nil {
		lines[last] = lines[last].over(lines[last].freest(l.width(), w), l)
	}
	if l := beyond("◂", h.Left); l != nil {
		y := freestRow(lines, 0, l.width())
		lines[y] = lines[y].over(0, l)
	}
	if l := beyond("▸", h.Right); l != nil {
		y := freestRow(lines, w-l.width(), w)
		lines[y] = lines[y].over(w-l.width(), l)
	}
	return lines
}

// freest is where in the first w cells of a line a part of some width covers the fewest
// letters, as near to the middle as that can be.
func (l line) freest(width, w int) int {
	taken := append(l.lettered(), make([]int, w+width)...)
	middle := (w - width) / 2
	best, least := middle, sum(taken[max(middle, 0):max(middle, 0)+width])
	for off := 1; off <= middle && least > 0; off++ {
		for _, x := range []int{middle - off, middle + off} {
			if n := sum(taken[x : x+width]); n < least {
				best, least = x, n
			}
		}
	}
	return best
}

// freestRow is the line, as near to the middle one as can be, that has the fewest letters
// in some of its cells.
func freestRow(lines []line, from, to int) int {
	middle := len(lines) / 2
	letters := func(y int) int { return sum(lines[y].cells(from, to).lettered()) }
	best, least := middle, letters(middle)
	for off := 1; off < middle && least > 0; off++ {
		for _, y := range []int{middle - off, middle + off} {
			if y >= len(lines)-1 {
				continue // the hints for above and below stand in the outermost ones
			}
			if n := letters(y); n < least {
				best, least = y, n
			}
		}
	}
	return best
}

// lettered has a 1 for every cell of a line with a letter or a digit.
func (l line) lettered() []int {
	var at []int
	for _, s := range l {
		for _, r := range s.text {
			is := 0
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				is = 1
			}
			for range cells(string(r)) {
				at = append(at, is)
			}
		}
	}
	return at
}

func sum(ns []int) int {
	all := 0
	for _, n := range ns {
		all += n
	}
	return all
}

// beyond says how many boxes there are, and what happened to them; nil for none.
func beyond(sign string, b picture.Beyond) line {
	if b.Boxes == 0 && b.Changed.Total() == 0 {
		return nil
	}
	l := line{say(roleKey, " "+sign+" "), say(roleText, itoa(b.Boxes))}
	if b.Changed.Total() > 0 {
		l = append(append(l, say(roleText, " ")), countsLine(b.Changed)...)
	}
	return append(l, say(roleText, " "))
}

// over lays a part over the line from cell at on.
func (l line) over(at int, part line) line {
	if at < 0 {
		return l
	}
	end := at + part.width()
	out := append(l.cells(0, at), part...)
	return append(out, l.cells(end, max(l.width(), end))...)
}

// cells are the cells of a line from one to before another, filled with blanks; a wide
// character that is cut is a blank.
func (l line) cells(from, to int) line {
	var out line
	x := 0
	for _, s := range l {
		w := cells(s.text)
		if a, b := max(from-x, 0), min(to-x, w); a < b {
			kept := ansi.Cut(s.text, a, b)
			out = append(out, span{kept, s.role}, span{blanks(b - a - cells(kept)), s.role})
		}
		x += w
	}
	return append(out, say(roleText, blanks(to-from-out.width())))
}

// aside are the details beside the picture, with the map of the whole below them.
func (a *archScreen) aside(m *Model, w, h int) []line {
	small := a.minimap(m, w-2, min(minimapRows, h/3))
	details := scrolled(a.details(m, w), a.scroll, h-len(small))
	return append(details, small...)
}

// minimap is the whole drawing in a few cells; nil where the window shows it all.
func (a *archScreen) minimap(m *Model, w, h int) []line {
	if a.seen == nil {
		return nil
	}
	window := a.seen.canvas.Clamp(a.window(m))
	if a.seen.canvas.Width <= window.Width && a.seen.canvas.Height <= window.Height {
		return nil
	}
	var lines []line
	for _, runs := range a.seen.canvas.Minimap(w, h, window) {
		lines = append(lines, append(line{say(roleText, " ")}, drawnLine(runs)...))
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]line{{say(roleRule, strings.Repeat("─", w+2))}}, lines...)
}
