package picture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
)

// sheet is a canvas while it is drawn. Lines are gathered as arms first, so that
// crossings and branches come out as one character.
type sheet struct {
	*Canvas
	plan    plan
	font    font
	boxes   []arms  // of borders, a cell each
	lines   []arms  // of connections
	owner   []int32 // the box without children that a cell belongs to, its border included; -1
	corners []corner
	dashes  []change.Kind
	short   map[int]int // by frame, the columns at its left that its name lacks
	fixed   []bool      // cells with a text, which no line changes
	line    []int32     // the connection whose line a cell is part of; -1; -2 where several are
}

// newSheet is an empty sheet for a plan.
func newSheet(p plan) *sheet {
	n := p.width * p.height
	s := &sheet{
		Canvas: &Canvas{Width: p.width, Height: p.height, cells: make([]cell, n), byID: map[string]int{}, ascii: p.manner.ascii},
		plan:   p, font: newFont(p.manner.ascii), short: map[int]int{},
		boxes: make([]arms, n), lines: make([]arms, n), owner: make([]int32, n), corners: make([]corner, n),
		dashes: make([]change.Kind, n), fixed: make([]bool, n), line: make([]int32, n),
	}
	for i := range n {
		s.cells[i] = cell{text: " ", subject: -1}
		s.owner[i], s.line[i] = -1, -1
	}
	return s
}

// draw makes the canvas of a plan, and says of which frames the name had to be cut
// short, and how many columns more at their left it would take.
func draw(p plan) (canvas *Canvas, short map[int]int) {
	s := newSheet(p)
	s.addSubjects()
	for i := range p.view.Nodes {
		s.border(i)
	}
	order := s.edgesByWeight()
	for _, i := range order {
		s.route(i)
	}
	for _, i := range order {
		s.heads(i)
	}
	s.ink()
	for i := range p.view.Nodes {
		s.node(i)
	}
	for _, i := range order {
		s.label(i)
	}
	return s.Canvas, s.short
}

// edgesByWeight draws what changed last, above the rest.
func (s *sheet) edgesByWeight() []int {
	var plain, marked []int
	for i, e := range s.plan.view.Edges {
		if e.Mark == "" {
			plain = append(plain, i)
		} else {
			marked = append(marked, i)
		}
	}
	return append(plain, marked...)
}

// addSubjects lists the nodes and edges that are drawn, in the view's order.
func (s *sheet) addSubjects() {
	v := s.plan.view
	for i, n := range v.Nodes {
		changed := n.Counts.Plus(counted(n.Mark))
		s.addSubject(Subject{IDs: []string{n.ID}, Label: oneLine(n.Label), Mark: n.Mark, Changed: changed, Where: s.plan.boxes[i], leaf: n.Kind != Frame, outer: n.Parent})
	}
	for i, n := range v.Nodes {
		s.hide(i, n.Hidden)
	}
	for i, e := range v.Edges {
		s.addSubject(Subject{
			IDs: e.IDs, Connection: true, Label: oneLine(e.Label), Mark: e.Mark, Changed: counted(e.Mark),
			Where: around(s.plan.routes[i]), from: e.From, to: e.To,
		})
	}
}

func (s *sheet) addSubject(sub Subject) {
	s.compared = s.compared || sub.Changed.Total() > 0
	for _, id := range sub.IDs {
		if _, ok := s.byID[id]; !ok {
			s.byID[id] = len(s.subjects)
		}
	}
	s.subjects = append(s.subjects, sub)
}

// hide makes what is folded into a node found there, unless it is drawn as well.
func (s *sheet) hide(node int, ids []string) {
	for _, id := range ids {
		if _, ok := s.byID[id]; !ok {
			s.byID[id] = node
		}
	}
}

func around(route []point) Rect {
	low, high := route[0], route[0]
	for _, q := range route {
		low = point{min(low.x, q.x), min(low.y, q.y)}
		high = point{max(high.x, q.x), max(high.y, q.y)}
	}
	return Rect{low.x, low.y, high.x - low.x + 1, high.y - low.y + 1}
}

func (s *sheet) at(x, y int) int { return y*s.Width + x }

func (s *sheet) edgeSubject(i int) int32 { return int32(len(s.plan.view.Nodes) + i) }

// border draws the frame of a node and takes its cells.
func (s *sheet) border(i int) {
	n, r := s.plan.view.Nodes[i], s.plan.boxes[i]
	if n.Kind != Frame {
		for y := r.Y; y <= r.bottom(); y++ {
			for x := r.X; x <= r.right(); x++ {
				s.owner[s.at(x, y)] = int32(i)
				s.claim(s.at(x, y), int32(i), Blank, n.Mark)
			}
		}
	}
	if n.bare() {
		return
	}
	role := BoxLine
	if n.Kind == Frame || n.Kind == Grid {
		role = FrameLine
	}
	s.rect(r, int32(i), role, n.Mark)
	if round(n.Shape) && n.Kind != Frame {
		for _, k := range []int{s.at(r.X, r.Y), s.at(r.right(), r.Y), s.at(r.X, r.bottom()), s.at(r.right(), r.bottom())} {
			s.corners[k] = rounded
		}
	}
}

// rect draws the border of a rectangle.
func (s *sheet) rect(r Rect, subject int32, role Role, mark change.Kind) {
	h, v := weights(mark)
	for x := r.X; x <= r.right(); x++ {
		for _, y := range []int{r.Y, r.bottom()} {
			k := s.at(x, y)
			if x > r.X {
				s.boxes[k] = s.boxes[k].with(arm(left, h))
			}
			if x < r.right() {
				s.boxes[k] = s.boxes[k].with(arm(right, h))
			}
			s.claim(k, subject, role, mark)
		}
	}
	for y := r.Y; y <= r.bottom(); y++ {
		for _, x := range []int{r.X, r.right()} {
			k := s.at(x, y)
			if y > r.Y {
				s.boxes[k] = s.boxes[k].with(arm(up, v))
			}
			if y < r.bottom() {
				s.boxes[k] = s.boxes[k].with(arm(down, v))
			}
			s.claim(k, subject, role, mark)
		}
	}
}

// claim makes a cell part of a subject.
func (s *sheet) claim(k int, subject int32, role Role, mark change.Kind) {
	s.cells[k].subject, s.cells[k].role, s.cells[k].mark = subject, role, kindIndex(mark)
	s.dashes[k] = ""
	if mark == change.Removed {
		s.dashes[k] = change.Removed
	}
}

// route draws the line of an edge.
func (s *sheet) route(i int) {
	r := s.plan.routes[i]
	level, upright := weights(s.plan.view.Edges[i].Mark)
	for k := 1; k < len(r); k++ {
		a, b := r[k-1], r[k]
		dx, dy := sign1(b.x-a.x), sign1(b.y-a.y)
		weight := level
		if dy != 0 {
			weight = upright
		}
		for a != b {
			next := point{a.x + dx, a.y + dy}
			s.stroke(a, arm(toward(dx, dy), weight), i)
			s.stroke(next, arm(toward(-dx, -dy), weight), i)
			a = next
		}
	}
}

// stroke adds an arm of edge i to a cell.
func (s *sheet) stroke(q point, a arms, i int) {
	e := s.plan.view.Edges[i]
	k := s.at(q.x, q.y)
	s.lines[k] = s.lines[k].with(a)
	switch s.line[k] {
	case -1, int32(i):
		s.line[k] = int32(i)
	default:
		s.line[k] = -2
	}
	if s.owner[k] >= 0 && s.boxes[k] == 0 {
		s.lines[k] = 0 // the edge of a text without a border
		return
	}
	if s.boxes[k] != 0 {
		if e.Mark != "" && s.owner[k] < 0 {
			s.cells[k].mark = kindIndex(e.Mark)
		}
		return // a border stays a border, with a branch
	}
	s.claim(k, s.edgeSubject(i), EdgeLine, e.Mark)
	if e.Dashed && e.Mark == "" {
		s.dashes[k] = faint
	}
}

// heads draws the arrowheads of an edge, each in the cell before the border.
func (s *sheet) heads(i int) {
	r, e := s.plan.routes[i], s.plan.view.Edges[i]
	n := len(r)
	if e.tailed() {
		s.head(i, e.Tail, r[0], r[1])
	}
	if e.headed() {
		s.head(i, e.Head, r[n-1], r[n-2])
	}
}

func (s *sheet) head(i int, shape string, end, before point) {
	if end == before {
		return
	}
	dx, dy := sign1(end.x-before.x), sign1(end.y-before.y)
	k := s.at(end.x-dx, end.y-dy)
	if s.boxes[k] != 0 || s.owner[k] >= 0 {
		return // two borders touch
	}
	s.unbranch(end, dx, dy)
	s.claim(k, s.edgeSubject(i), EdgeHead, s.plan.view.Edges[i].Mark)
	s.cells[k].text = s.font.head(shape, dx, dy)
	s.fixed[k] = true
}

// unbranch takes the branch from the border that an arrowhead points at.
func (s *sheet) unbranch(end point, dx, dy int) {
	s.lines[s.at(end.x, end.y)] &^= arms(3) << toward(-dx, -dy)
}

// ink turns arms into characters.
func (s *sheet) ink() {
	for k := range s.cells {
		a := s.boxes[k].with(s.lines[k])
		if s.fixed[k] || a == 0 {
			continue
		}
		c := s.corners[k]
		if s.boxes[k] == 0 && s.line[k] >= 0 {
			c = rounded
		}
		s.cells[k].text = s.font.glyph(a, c, s.dashes[k])
	}
}

// write puts a text into cells, from the left, and gives the column behind it.
func (s *sheet) write(x, y int, text string, subject int32, role Role, mark change.Kind) int {
	for g := uniseg.NewGraphemes(text); g.Next(); {
		w := g.Width()
		if x < 0 || y < 0 || y >= s.Height || x+w > s.Width {
			return x
		}
		if w == 0 {
			s.attach(x-1, y, g.Str())
			continue
		}
		for i := range w {
			k := s.at(x+i, y)
			s.claim(k, subject, role, mark)
			s.fixed[k], s.cells[k].text = true, ""
		}
		s.cells[s.at(x, y)].text = g.Str()
		x += w
	}
	return x
}

// attach adds a grapheme without a width of its own to the cell before.
func (s *sheet) attach(x, y int, text string) {
	for ; x >= 0; x-- {
		if c := &s.cells[s.at(x, y)]; c.text != "" {
			c.text += text
			return
		}
	}
}

// node writes what stands in a node, or on a frame's border.
func (s *sheet) node(i int) {
	n, r, b := s.plan.view.Nodes[i], s.plan.boxes[i], s.plan.blocks[i]
	switch n.Kind {
	case Frame:
		s.title(i)
		return
	case Grid:
		s.title(i)
		s.grid(i)
		return
	}
	rows := len(b.name) + len(b.rows)
	if b.rule {
		rows++
	}
	y := r.Y + (r.Height-rows)/2
	for _, l := range b.name {
		s.write(r.X+(r.Width-width(l))/2, y, l, int32(i), BoxName, n.Mark)
		y++
	}
	if b.rule {
		s.rule(r, y, i)
		y++
	}
	x := r.X + 2
	if n.bare() && n.alone {
		x = r.X + 1
	}
	for _, l := range b.rows {
		s.row(i, x, y, l)
		y++
	}
}

// row writes a line inside a node, which may tell of something else.
func (s *sheet) row(i, x, y int, l Line) {
	subject := int32(i)
	if l.Subject != "" {
		loops := s.plan.view.Nodes[i].Loops
		isLoop := slices.ContainsFunc(loops, func(k Line) bool { return k.Subject == l.Subject })
		subject = s.inner(i, l, isLoop || s.plan.view.Nodes[i].Kind == List)
	}
	mark := l.Mark
	if mark == "" {
		mark = s.plan.view.Nodes[i].Mark
	}
	end := s.write(x, y, l.Text, subject, BoxText, mark)
	if subject != int32(i) {
		s.subjects[subject].Where = Rect{x, y, end - x, 1}
	}
}

// inner makes a line inside a node a subject of its own.
func (s *sheet) inner(i int, l Line, connection bool) int32 {
	if k, ok := s.byID[l.Subject]; ok && s.subjects[k].ID() == l.Subject {
		return int32(k)
	}
	s.byID[l.Subject] = len(s.subjects)
	s.addSubject(Subject{
		IDs: []string{l.Subject}, Label: oneLine(l.Text), Mark: l.Mark, Changed: counted(l.Mark),
		leaf: !connection, Connection: connection, outer: i, from: i, to: i,
	})
	return int32(len(s.subjects) - 1)
}

// rule draws a line across a box.
func (s *sheet) rule(r Rect, y, i int) {
	mark := s.plan.view.Nodes[i].Mark
	h, v := weights(mark)
	for x := r.X; x <= r.right(); x++ {
		a := arm(left, h) | arm(right, h)
		k := s.at(x, y)
		if x == r.X {
			a = arm(right, h) | arm(up, v) | arm(down, v)
		}
		if x == r.right() {
			a = arm(left, h) | arm(up, v) | arm(down, v)
		}
		if s.fixed[k] {
			continue
		}
		s.claim(k, int32(i), BoxLine, mark)
		s.cells[k].text = s.font.glyph(a.with(s.lines[k]), square, s.dashes[k])
	}
}

// title writes the name of a frame on its upper border, between connections that come
// through, else on its lower one; else as much of it as there is room for.
func (s *sheet) title(i int) {
	r, name := s.plan.boxes[i], s.plan.blocks[i].name
	if len(name) == 0 || name[0] == "" {
		return
	}
	text := name[0]
	best, bestRoom, bestRow := -1, 0, r.Y
	for _, y := range []int{r.Y, r.bottom()} {
		x, room := s.gap(r, y, width(text)+2)
		if room > bestRoom {
			best, bestRoom, bestRow = x, room, y
		}
		if room >= width(text)+2 {
			break
		}
	}
	if bestRow != r.Y || bestRoom < width(text)+2 {
		s.short[i] = width(text) + 4 - s.leftGap(r)
	}
	if best < 0 || bestRoom < 3 {
		return
	}
	text = " " + s.plan.manner.set(cut(text, bestRoom-2)) + " "
	end := s.write(best, bestRow, text, int32(i), FrameName, s.plan.view.Nodes[i].Mark)
	for _, l := range s.plan.view.Nodes[i].Loops {
		s.subjects[s.inner(i, l, true)].Where = Rect{best, bestRow, end - best, 1}
	}
}

// leftGap is how many cells of a frame's upper border nothing crosses, from the left.
func (s *sheet) leftGap(r Rect) int {
	x := r.X + 1
	for x < r.right() && s.lines[s.at(x, r.Y)] == 0 {
		x++
	}
	return x - r.X - 1
}

// gap finds the first run of wanted cells on a level border that nothing crosses, with
// a piece of the border left before it and behind it if there is one such run, or the
// longest run there is.
func (s *sheet) gap(r Rect, y, want int) (x, room int) {
	start := r.X + 2 // the corner has a piece of the border behind it
	for at := start; at <= r.right()-1; at++ {
		if at < r.right()-1 && s.lines[s.at(at, y)] == 0 && !s.fixed[s.at(at, y)] {
			continue
		}
		switch free := at - start; {
		case start == r.X+2 && free >= want:
			return start, want
		case start > r.X+2 && free >= want+2:
			return start + 1, want
		case free > room:
			x, room = start, free
		}
		start = at + 1
	}
	return x, min(room, want)
}

// grid draws the cells of a grid as boxes of their own.
func (s *sheet) grid(i int) {
	n, r, b := s.plan.view.Nodes[i], s.plan.boxes[i], s.plan.blocks[i]
	for k, l := range b.rows {
		if l.Subject == "" {
			continue
		}
		x := r.X + 2 + k%n.Across*(b.cell.width+1)
		s.gridCell(i, Rect{x, r.Y + 1 + k/n.Across*b.cell.height, b.cell.width, b.cell.height}, l)
	}
}

func (s *sheet) gridCell(grid int, box Rect, l Line) {
	subject := s.inner(grid, l, false)
	if !l.bare {
		s.rect(box, subject, BoxLine, l.Mark)
	}
	for y := box.Y; y <= box.bottom(); y++ {
		for x := box.X; x <= box.right(); x++ {
			cell := s.at(x, y)
			s.claim(cell, subject, BoxLine, l.Mark)
			if s.boxes[cell] != 0 {
				s.cells[cell].text = s.font.glyph(s.boxes[cell], square, s.dashes[cell])
			}
		}
	}
	lines := strings.Split(l.Text, "\n")
	for k, line := range lines {
		s.write(box.X+(box.Width-width(line))/2, box.Y+(box.Height-len(lines))/2+k, line, subject, BoxName, l.Mark)
	}
	s.subjects[subject].Where = box
}

// label writes the label of an edge into its line, as near as possible to where
// room was kept for it; where there is none, beside it; else as a numbered note.
func (s *sheet) label(i int) {
	e := s.plan.view.Edges[i]
	lines := s.plan.manner.labelLines(e)
	if len(lines) == 0 {
		return
	}
	if s.place(i, lines) {
		return
	}
	note := fmt.Sprintf("[%d]", len(s.Notes)+1)
	s.Notes = append(s.Notes, note+" "+plain.Line(e.IDs[0])+": "+oneLine(join(" ", markOf(e.Mark), e.text())))
	s.place(i, []string{note})
}

// spot is where a label may stand, and how far that is from where it should.
type spot struct {
	Rect
	far int
}

func (s *sheet) place(i int, lines []string) bool {
	w, h := widest(lines), len(lines)
	spots := s.spots(i, w, h)
	slices.SortStableFunc(spots, func(a, b spot) int { return a.far - b.far })
	for _, at := range spots {
		if !s.free(at.Rect, i) {
			continue
		}
		e := s.plan.view.Edges[i]
		for k, l := range lines {
			x := at.X + (w-width(l))/2
			s.clear(Rect{x - s.plan.manner.blank, at.Y + k, width(l) + 2*s.plan.manner.blank, 1}, i)
			s.write(x, at.Y+k, l, s.edgeSubject(i), EdgeName, e.Mark)
		}
		return true
	}
	return false
}

// clear opens the line of edge i around its label, but not at its corners.
func (s *sheet) clear(r Rect, i int) {
	for x := max(r.X, 0); x < min(r.X+r.Width, s.Width); x++ {
		k := s.at(x, r.Y)
		if s.line[k] == int32(i) && !s.fixed[k] && s.lines[k].shape() == level && s.boxes[k] == 0 {
			s.cells[k].text = " "
		}
	}
}

// spots lists where the label of edge i could stand: in its level pieces, across
// its upright ones, and beside those.
func (s *sheet) spots(i, w, h int) []spot {
	r := s.plan.routes[i]
	want := s.plan.labels[i]
	if want == nil {
		mid := r[len(r)/2]
		want = &mid
	}
	var spots []spot
	add := func(x, y, malus int) {
		dx, dy := x+w/2-want.x, y+h/2-want.y
		spots = append(spots, spot{Rect{x, y, w, h}, max(dx, -dx) + 2*max(dy, -dy) + malus})
	}
	for k := 1; k < len(r); k++ {
		a, b := r[k-1], r[k]
		if a.y == b.y {
			for x := min(a.x, b.x) + 1; x+w <= max(a.x, b.x); x++ {
				add(x, a.y-h/2, 0)
			}
			continue
		}
		for y := min(a.y, b.y) + 1; y+h <= max(a.y, b.y); y++ {
			add(a.x-w/2, y, 1)
			add(a.x+2, y, 6)
			add(a.x-1-w, y, 7)
			add(a.x+1, y, 14)
			add(a.x-w, y, 15)
		}
	}
	return spots
}

// free tells whether a label may stand somewhere: on nothing but its own straight
// line, and beside no other text and no box.
func (s *sheet) free(r Rect, i int) bool {
	if r.X < 0 || r.Y < 0 || r.right() >= s.Width || r.bottom() >= s.Height {
		return false
	}
	for y := r.Y; y <= r.bottom(); y++ {
		for x := r.X; x <= r.right(); x++ {
			if !s.open(s.at(x, y), i) {
				return false
			}
		}
		for _, x := range []int{r.X - 1, r.right() + 1} {
			if x < 0 || x >= s.Width {
				continue
			}
			k := s.at(x, y)
			if s.owner[k] >= 0 || (s.fixed[k] && s.cells[k].role != EdgeHead) {
				return false
			}
		}
	}
	return true
}

// open tells whether a cell holds nothing, or a straight piece of edge i's line.
func (s *sheet) open(k, i int) bool {
	if s.owner[k] >= 0 || s.boxes[k] != 0 || s.fixed[k] {
		return false
	}
	return s.line[k] == -1 || (s.line[k] == int32(i) && straight(s.lines[k]))
}

func straight(a arms) bool { return a.shape() == level || a.shape() == upright }
