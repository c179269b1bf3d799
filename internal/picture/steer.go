package picture

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/layout"
)

// Subjects are the components and connections that were drawn, frames before what
// stands in them, connections behind.
func (c *Canvas) Subjects() iter.Seq[Subject] { return slices.Values(c.subjects) }

// Subject finds what was drawn for a component or connection: for a component that is
// folded away, the box that stands for it.
func (c *Canvas) Subject(id string) (Subject, bool) {
	i, ok := c.byID[id]
	if !ok {
		return Subject{}, false
	}
	return c.subjects[i], true
}

// Hit finds what is drawn in a cell: inside a frame, the frame.
func (c *Canvas) Hit(x, y int) (Subject, bool) {
	if x < 0 || y < 0 || x >= c.Width || y >= c.Height {
		return Subject{}, false
	}
	if k := c.cells[y*c.Width+x]; k.subject >= 0 {
		return c.subjects[k.subject], true
	}
	found := -1
	for i, s := range c.subjects {
		if !s.Connection && s.Where.Contains(x, y) {
			found = i // a frame in a frame comes behind it
		}
	}
	if found < 0 {
		return Subject{}, false
	}
	return c.subjects[found], true
}

// Outer gives the frame that a component is drawn in.
func (c *Canvas) Outer(id string) (Subject, bool) {
	i, ok := c.byID[id]
	if !ok || c.subjects[i].Connection || c.subjects[i].outer == layout.Root {
		return Subject{}, false
	}
	return c.subjects[c.subjects[i].outer], true
}

// Nearest finds the box next to another one in a direction: dx or dy is 1 or -1, the
// other 0. From a subject that is not drawn it finds the first box. ok is false where
// there is nothing that way.
func (c *Canvas) Nearest(id string, dx, dy int) (found string, ok bool) {
	from, ok := c.byID[id]
	if !ok {
		return c.first()
	}
	best := 0
	for i, s := range c.subjects {
		if i == from || !s.leaf || s.Where.Width == 0 {
			continue
		}
		if far, ahead := distance(c.subjects[from].Where, s.Where, dx, dy); ahead && (found == "" || far < best) {
			best, found = far, s.ID()
		}
	}
	return found, found != ""
}

func (c *Canvas) first() (string, bool) {
	for _, s := range c.inOrder() {
		if s.leaf {
			return s.ID(), true
		}
	}
	return "", false
}

// distance is how far b lies from a in a direction; what lies aside counts more, and
// a row as much as two columns. A box is ahead when it begins behind a's end that
// way, or, overlapping it, when its middle is.
func distance(a, b Rect, dx, dy int) (far int, ahead bool) {
	gapX, gapY := gap(a.X, a.right(), b.X, b.right()), gap(a.Y, a.bottom(), b.Y, b.bottom())
	middleX, middleY := b.X+b.right()-a.X-a.right(), b.Y+b.bottom()-a.Y-a.bottom()
	if dx != 0 {
		return max(gapX, 0) + 6*max(gapY, 0) + abs(middleY)/2, middleX*dx > 0 && gapX > 0
	}
	return 2*max(gapY, 0) + 3*max(gapX, 0) + abs(middleX)/4, middleY*dy > 0 && gapY > 0
}

// gap is the distance of two intervals; 0 or less where they overlap.
func gap(a, b, c, d int) int { return max(c-b, a-d) }

func abs(x int) int { return max(x, -x) }

// inOrder lists what was drawn as it is read: by rows, then from the left.
func (c *Canvas) inOrder() []Subject {
	subjects := slices.Clone(c.subjects)
	slices.SortStableFunc(subjects, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.Where.Y, b.Where.Y), cmp.Compare(a.Where.X, b.Where.X))
	})
	return subjects
}

// Changes lists the ids of what changed, as it is read. A folded container in which
// something changed is among them.
func (c *Canvas) Changes() []string {
	var ids []string
	for _, s := range c.inOrder() {
		if s.Changed.Total() > 0 {
			ids = append(ids, s.ID())
		}
	}
	return ids
}

// Find lists the ids of what has a text in its id or label, whatever the case, as it
// is read.
func (c *Canvas) Find(text string) []string {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	var ids []string
	for _, s := range c.inOrder() {
		if strings.Contains(strings.ToLower(s.ID()), text) || strings.Contains(strings.ToLower(s.Label), text) {
			ids = append(ids, s.ID())
		}
	}
	return ids
}

// Reveal moves a window as little as shows a subject with a margin around it, or the
// upper left of what is larger than the window.
func (c *Canvas) Reveal(window Rect, id string) Rect {
	s, ok := c.Subject(id)
	if !ok {
		return c.Clamp(window)
	}
	window.X = reveal(window.X, window.Width, s.Where.X, s.Where.Width, 4)
	window.Y = reveal(window.Y, window.Height, s.Where.Y, s.Where.Height, 2)
	return c.Clamp(window)
}

func reveal(at, size, from, length, margin int) int {
	if length+2*margin > size {
		margin = 0
	}
	if length >= size {
		return from
	}
	return min(max(at, from+length+margin-size), from-margin)
}

// Clamp moves a window onto the drawing; a drawing that is smaller is centred in it.
func (c *Canvas) Clamp(window Rect) Rect {
	window.X = clamp(window.X, window.Width, c.Width)
	window.Y = clamp(window.Y, window.Height, c.Height)
	return window
}

func clamp(at, size, all int) int {
	if all <= size {
		return -((size - all) / 2)
	}
	return min(max(at, 0), all-size)
}

// Beyond says what lies outside of a window on one side.
type Beyond struct {
	Boxes   int           // components, each counted on every side that it lies beyond
	Changed change.Counts // what happened there, connections that are all beyond included
}

// Hints say what lies outside of a window.
type Hints struct{ Left, Right, Up, Down Beyond }

// Hints counts what a window does not show.
func (c *Canvas) Hints(window Rect) Hints {
	var h Hints
	for _, s := range c.subjects {
		if s.Where.Width == 0 || (!s.leaf && !s.Connection && s.Mark == "") {
			continue
		}
		for _, side := range []struct {
			hint *Beyond
			is   bool
		}{
			{&h.Left, s.Where.right() < window.X},
			{&h.Right, s.Where.X > window.right()},
			{&h.Up, s.Where.bottom() < window.Y},
			{&h.Down, s.Where.Y > window.bottom()},
		} {
			if side.is {
				side.hint.see(s)
			}
		}
	}
	return h
}

func (b *Beyond) see(s Subject) {
	if !s.Connection {
		b.Boxes++
	}
	b.Changed = b.Changed.Plus(s.Changed)
}

// Minimap draws the whole in a few cells, with the window's frame over it: boxes as
// blocks, and what changed by its mark. It is at most as large as asked for and keeps
// the proportions.
func (c *Canvas) Minimap(columns, rows int, window Rect) [][]Run {
	if c.Width == 0 || c.Height == 0 || columns < 2 || rows < 2 {
		return nil
	}
	scale := max(float64(c.Width)/float64(columns), float64(c.Height)/float64(rows), 1)
	m := &Canvas{
		Width:    max(int(math.Ceil(float64(c.Width)/scale)), 2),
		Height:   max(int(math.Ceil(float64(c.Height)/scale)), 2),
		subjects: c.subjects,
	}
	m.cells = make([]cell, m.Width*m.Height)
	for i := range m.cells {
		m.cells[i] = cell{text: " ", subject: -1}
	}
	to := func(r Rect) Rect {
		x, y := int(float64(r.X)/scale), int(float64(r.Y)/scale)
		return Rect{x, y, int(float64(r.right())/scale) - x + 1, int(float64(r.bottom())/scale) - y + 1}
	}
	for i, s := range c.subjects {
		if s.leaf && s.Where.Width > 0 {
			m.fill(to(s.Where), i, s)
		}
	}
	m.windowFrame(to(window.cut(c.Width, c.Height)))
	return m.Window(Rect{0, 0, m.Width, m.Height}, Look{})
}

// cut is the part of r that lies on something of a size.
func (r Rect) cut(width, height int) Rect {
	x, y := min(max(r.X, 0), width-1), min(max(r.Y, 0), height-1)
	return Rect{x, y, max(min(r.right(), width-1)-x, 0) + 1, max(min(r.bottom(), height-1)-y, 0) + 1}
}

// fill draws a subject in a minimap.
func (c *Canvas) fill(r Rect, subject int, s Subject) {
	mark := foremost(s.Changed)
	text := "▪"
	if mark != "" {
		text = mark.Mark()
	}
	for y := max(r.Y, 0); y <= min(r.bottom(), c.Height-1); y++ {
		for x := max(r.X, 0); x <= min(r.right(), c.Width-1); x++ {
			if k := &c.cells[y*c.Width+x]; k.mark == 0 {
				*k = cell{text: text, subject: int32(subject), role: BoxName, mark: kindIndex(mark)}
			}
		}
	}
}

// foremost is the kind by which several changes are shown in one cell.
func foremost(n change.Counts) change.Kind {
	switch {
	case n.Added > 0:
		return change.Added
	case n.Removed > 0:
		return change.Removed
	case n.Changed > 0:
		return change.Changed
	case n.Moved > 0:
		return change.Moved
	case n.Renamed > 0:
		return change.Renamed
	}
	return ""
}

// windowFrame draws the window's frame in a minimap.
func (c *Canvas) windowFrame(r Rect) {
	f := newFont(false)
	put := func(x, y int, a arms) {
		if x >= 0 && y >= 0 && x < c.Width && y < c.Height {
			c.cells[y*c.Width+x] = cell{text: f.glyph(a, square, ""), subject: -1, role: FrameLine}
		}
	}
	for x := r.X; x <= r.right(); x++ {
		put(x, r.Y, arm(left, light)|arm(right, light))
		put(x, r.bottom(), arm(left, light)|arm(right, light))
	}
	for y := r.Y; y <= r.bottom(); y++ {
		put(r.X, y, arm(up, light)|arm(down, light))
		put(r.right(), y, arm(up, light)|arm(down, light))
	}
	put(r.X, r.Y, arm(down, light)|arm(right, light))
	put(r.right(), r.Y, arm(down, light)|arm(left, light))
	put(r.X, r.bottom(), arm(up, light)|arm(right, light))
	put(r.right(), r.bottom(), arm(up, light)|arm(left, light))
}
