package picture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Emphasis is how much of the eye a cell wants, besides its role and mark.
type Emphasis uint8

// The emphases.
const (
	Normal   Emphasis = iota
	Selected          // what is selected
	Near              // its connections, and what they lead to
	Matched           // found by a search
	Faded             // recedes, because it is not what is looked at
)

// Look is what is looked at in a window.
type Look struct {
	Selected string          // a component or connection; "" for none
	Matched  map[string]bool // ids that a search found
	Recede   bool            // unchanged parts fade; of a drawing without changes none do
}

// Run is a piece of a row whose cells look alike.
type Run struct {
	Text     string
	Role     Role
	Mark     change.Kind
	Emphasis Emphasis
}

// Window gives the rows of a part of the drawing, each cell once, as wide and high as
// the part wherever it lies. A wide character that is cut by a side is a blank. It
// costs as much as the part is large.
func (c *Canvas) Window(r Rect, l Look) [][]Run {
	emphases := c.emphases(l)
	rows := make([][]Run, max(r.Height, 0))
	for y := range rows {
		rows[y] = c.row(r.X, r.Y+y, r.Width, emphases)
	}
	return rows
}

// emphases gives every subject's, and at the end the one of cells without a subject.
func (c *Canvas) emphases(l Look) []Emphasis {
	out := make([]Emphasis, len(c.subjects)+1)
	fade := l.Recede && c.compared
	for i, s := range c.subjects {
		switch {
		case slices.ContainsFunc(s.IDs, func(id string) bool { return l.Matched[id] }):
			out[i] = Matched
		case fade && s.Changed.Total() == 0:
			out[i] = Faded
		}
	}
	chosen, ok := c.byID[l.Selected]
	if !ok {
		return out
	}
	c.markNear(out, chosen)
	out[chosen] = Selected
	return out
}

func (c *Canvas) markNear(out []Emphasis, chosen int) {
	if s := c.subjects[chosen]; s.Connection {
		out[s.from], out[s.to] = Near, Near
		return
	}
	for i, s := range c.subjects {
		if s.Connection && s.from != s.to && (s.from == chosen || s.to == chosen) {
			out[i], out[s.from+s.to-chosen] = Near, Near
		}
	}
}

func (c *Canvas) row(x, y, columns int, emphases []Emphasis) []Run {
	var runs []Run
	var b strings.Builder
	var now Run
	flush := func() {
		if b.Len() > 0 {
			now.Text = b.String()
			runs = append(runs, now)
			b.Reset()
		}
	}
	for i := 0; i < columns; i++ {
		k, text := c.shown(x+i, y, x, x+columns)
		next := Run{Role: k.role, Mark: kinds()[k.mark]}
		if k.subject >= 0 {
			next.Emphasis = emphases[k.subject]
			text = cmp.Or(c.corner(x+i, y, k, next.Emphasis), text)
		}
		if next != (Run{Role: now.Role, Mark: now.Mark, Emphasis: now.Emphasis}) {
			flush()
			now = next
		}
		b.WriteString(text)
	}
	flush()
	return runs
}

// corner is the corner of a box that is selected, or was found, so that it shows without
// colours too: the weight of lines tells of changes already. It is "" elsewhere.
func (c *Canvas) corner(x, y int, k cell, e Emphasis) string {
	if e != Selected && e != Matched || k.role != BoxLine && k.role != FrameLine {
		return ""
	}
	r := c.subjects[k.subject].Where
	if x != r.X && x != r.right() || y != r.Y && y != r.bottom() {
		return ""
	}
	switch {
	case c.ascii && e == Selected:
		return "@"
	case c.ascii:
		return "*"
	case e == Matched:
		return "◇"
	case y == r.Y && x == r.X:
		return "▛"
	case y == r.Y:
		return "▜"
	case x == r.X:
		return "▙"
	}
	return "▟"
}

// shown is a cell as a window from one column to before another shows it.
func (c *Canvas) shown(x, y, from, to int) (cell, string) {
	if x < 0 || y < 0 || x >= c.Width || y >= c.Height {
		return cell{subject: -1}, " "
	}
	k := c.cells[y*c.Width+x]
	cutLeft := k.text == "" && x == from
	cutRight := x == to-1 && x+1 < c.Width && c.cells[y*c.Width+x+1].text == ""
	if cutLeft || cutRight {
		return k, " "
	}
	return k, k.text
}

// String is the whole drawing as plain text, a line a row, without blanks at the
// ends of lines.
func (c *Canvas) String() string {
	var b strings.Builder
	for y := range c.Height {
		var line strings.Builder
		for _, k := range c.cells[y*c.Width : (y+1)*c.Width] {
			line.WriteString(k.text)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
