package picture

import (
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

// putNear adds what was taken apart, above and below the drawing; what D2 puts at
// the left or right of its middle stands below.
func (p *plan) putNear(near []Node) {
	var above, below []Node
	for _, n := range near {
		if strings.HasPrefix(n.style["near"], "top-") {
			above = append(above, n)
		} else {
			below = append(below, n)
		}
	}
	if height := p.rowsOf(above); height > 0 {
		p.moveBy(func(x int) int { return x }, func(y int) int { return y + height })
		p.height += height
		p.putRows(above, 0)
	}
	if height := p.rowsOf(below); height > 0 {
		p.height += height
		p.putRows(below, p.height-height+1)
	}
}

// rowsOf counts the rows that nodes take below each other, with one to the drawing.
func (p *plan) rowsOf(nodes []Node) int {
	rows := min(len(nodes), 1)
	for _, n := range nodes {
		_, h := p.manner.block(n).size(n)
		rows += h
	}
	return rows
}

// putRows puts nodes below each other, each at its side.
func (p *plan) putRows(nodes []Node, y int) {
	for _, n := range nodes {
		w, _ := p.manner.block(n).size(n)
		if w > p.width {
			p.center(w)
		}
	}
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

// center widens the drawing to a width, with what is there in its middle.
func (p *plan) center(width int) {
	by := (width - p.width) / 2
	p.moveBy(func(x int) int { return x + by }, func(y int) int { return y })
	p.width = width
}
