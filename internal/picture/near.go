package picture

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/layout"
)

// apart takes out what D2's near puts at a side of the whole drawing: titles,
// legends, notes. Only boxes without connections are.
func (v View) apart() (main View, near []Node) {
	keep := make([]bool, len(v.Nodes))
	joined := make([]bool, len(v.Nodes))
	for i := range keep {
		keep[i] = true
	}
	for _, e := range v.Edges {
		joined[e.From], joined[e.To] = true, true
	}
	for i, n := range v.Nodes {
		if n.Kind != Frame && n.Parent == layout.Root && !joined[i] && atSide(n.style["near"]) {
			keep[i] = false
			near = append(near, n)
		}
	}
	if len(near) == 0 || len(near) == len(v.Nodes) {
		return v, nil
	}
	return v.pick(keep), near
}

// atSide tells whether near is one of D2's places at the edge of a drawing, and not
// another component.
func atSide(near string) bool {
	vertical, horizontal, ok := strings.Cut(near, "-")
	switch vertical {
	case "top", "center", "bottom":
	default:
		return false
	}
	return ok && (horizontal == "left" || horizontal == "center" || horizontal == "right")
}

// sides parts what stands above a drawing from what stands below: what D2 puts at the
// left or right of its middle, too.
func sides(near []Node) (above, below []Node) {
	for _, n := range near {
		if strings.HasPrefix(n.style["near"], "top-") {
			above = append(above, n)
		} else {
			below = append(below, n)
		}
	}
	return above, below
}

// putNear adds to each plan what was taken apart from it, above and below the drawing.
// It gives the number of rows above.
func (r reel) putNear(near [][]Node) int {
	above, below := make([][]Node, len(r)), make([][]Node, len(r))
	for i, nodes := range near {
		above[i], below[i] = sides(nodes)
	}
	r.widen(near)
	rowsAbove := r.rowsOf(above)
	if rows := rowsAbove; rows > 0 {
		for i, p := range r {
			p.moveBy(func(x int) int { return x }, func(y int) int { return y + rows })
			p.height += rows
			p.putRows(above[i], 0)
		}
	}
	if rows := r.rowsOf(below); rows > 0 {
		for i, p := range r {
			p.height += rows
			p.putRows(below[i], p.height-rows+1)
		}
	}
	return rowsAbove
}

// join adds to a plan what was taken apart from it, and measures it: above, where so many
// rows are kept for that, and below, each in the columns where it was in the last.
func (p *plan) join(near []Node, rows int, last *plan) {
	_, high := p.bounds()
	p.width, p.height = max(high.x+1, last.width), max(high.y+1, rows)
	main := len(p.boxes)
	above, below := sides(near)
	p.putRows(above, 0)
	if rows := (reel{p}).rowsOf([][]Node{below}); rows > 0 {
		p.height += rows
		p.putRows(below, p.height-rows+1)
	}
	for i := main; i < len(p.boxes); i++ {
		for k, n := range last.view.Nodes {
			if n.ID == p.view.Nodes[i].ID && atSide(n.style["near"]) {
				p.boxes[i].X = last.boxes[k].X
			}
		}
		p.width = max(p.width, p.boxes[i].right()+1)
	}
}

// off is how far a plan must be moved so that nothing of it lies before the first column
// and the given row.
func (p *plan) off(row int) (x, y int) {
	low, high := p.bounds()
	if high.x < low.x {
		return 0, 0
	}
	return max(0, -low.x), max(0, row-low.y)
}

// moved is a plan somewhere else.
func (p *plan) moved(x, y int) *plan {
	q := *p
	q.boxes, q.routes, q.labels = slices.Clone(p.boxes), slices.Clone(p.routes), slices.Clone(p.labels)
	for i, r := range q.routes {
		q.routes[i] = slices.Clone(r)
	}
	for i, l := range q.labels {
		if l != nil {
			at := *l
			q.labels[i] = &at
		}
	}
	q.moveBy(func(i int) int { return i + x }, func(i int) int { return i + y })
	q.width, q.height = q.width+x, q.height+y
	return &q
}

// widen makes all plans as wide as the widest of these nodes, with what is there in
// the middle.
func (r reel) widen(near [][]Node) {
	for i, nodes := range near {
		for _, n := range nodes {
			w, _ := r[i].manner.block(n).size(n)
			by := w - r[i].width
			for _, p := range r {
				if by > 0 {
					p.moveBy(func(x int) int { return x + by/2 }, func(y int) int { return y })
					p.width = w
				}
			}
		}
	}
}

// rowsOf counts the rows that the nodes of each plan take below each other, with one to
// the drawing: as many as the most.
func (r reel) rowsOf(nodes [][]Node) int {
	most := 0
	for i := range nodes {
		rows := min(len(nodes[i]), 1)
		for _, n := range nodes[i] {
			_, h := r[i].manner.block(n).size(n)
			rows += h
		}
		most = max(most, rows)
	}
	return most
}

// putRows puts nodes below each other, each at its side.
func (p *plan) putRows(nodes []Node, y int) {
	for _, n := range nodes {
		b := p.manner.block(n)
		w, h := b.size(n)
		x := (p.width - w) / 2
		switch {
		case strings.HasSuffix(n.style["near"], "-left"):
			x = 0
		case strings.HasSuffix(n.style["near"], "-right"):
			x = p.width - w
		}
		p.view.Nodes = append(p.view.Nodes[:len(p.view.Nodes):len(p.view.Nodes)], n)
		p.blocks = append(p.blocks, b)
		p.boxes = append(p.boxes, Rect{x, y, w, h})
		y += h
	}
}
