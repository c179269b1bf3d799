package picture

import (
	"context"
	"fmt"
	"math"

	"github.com/archsync/archsync/internal/layout"
)

// point is a cell.
type point struct{ x, y int }

// Rect is a part of a drawing, in cells.
type Rect struct{ X, Y, Width, Height int }

// Contains tells whether a cell lies in r.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && y >= r.Y && x < r.X+r.Width && y < r.Y+r.Height
}

func (r Rect) right() int  { return r.X + r.Width - 1 }
func (r Rect) bottom() int { return r.Y + r.Height - 1 }

// plan says in which cells everything lies.
type plan struct {
	attempt
	view          View
	blocks        []block
	boxes         []Rect
	routes        [][]point
	labels        []*point // the middle of the room that was kept for a label
	width, height int
}

// place lays a view out and rounds to cells. Some frames keep columns free, as
// in [manner.graph]. Where a node turns out to be too small for the ends of
// its connections, all of it is done again, with room for them.
func place(ctx context.Context, v View, a attempt, wider map[int]int) (plan, error) {
	main, near := v.apart()
	p := plan{view: main, attempt: a}
	for _, n := range main.Nodes {
		p.blocks = append(p.blocks, a.manner.block(n))
	}
	g := a.manner.graph(main, p.blocks, a.direction, wider)
	for range 4 {
		placed, err := a.engine(ctx, g)
		if err != nil {
			return plan{}, err
		}
		p.round(placed)
		if !p.enlarge(g) {
			break
		}
	}
	p.squeeze()
	p.putNear(near)
	return p, p.check()
}

// mostCells is how large a drawing may be: far more than anybody pans over.
const mostCells = 1 << 24

// check tells whether a drawing would be too large to be kept.
func (p *plan) check() error {
	if p.width > mostCells || p.height > mostCells || p.width*p.height > mostCells {
		return fmt.Errorf("the drawing would be %d by %d cells large", p.width, p.height)
	}
	return nil
}

// enlarge gives the nodes that have a route's end beside their border, or on a
// corner, room for all their connections on one side.
func (p *plan) enlarge(g layout.Graph) bool {
	crowded := map[int]bool{}
	for i, r := range p.routes {
		e := p.view.Edges[i]
		if !p.boxes[e.From].onSide(r[0]) {
			crowded[e.From] = true
		}
		if !p.boxes[e.To].onSide(r[len(r)-1]) {
			crowded[e.To] = true
		}
	}
	for i := range crowded {
		ends := 0
		for _, e := range p.view.Edges {
			if e.From == i || e.To == i {
				ends++
			}
		}
		n := &g.Nodes[i]
		if g.Direction.Horizontal() {
			n.Height = max(n.Height+1, float64(ends+1))
		} else {
			n.Width = max(n.Width+1, float64(2*ends+2))
		}
	}
	return len(crowded) > 0
}

// onSide tells whether a cell lies on the border of r and on none of its corners.
func (r Rect) onSide(q point) bool {
	level := (q.y == r.Y || q.y == r.bottom()) && q.x > r.X && q.x < r.right()
	upright := (q.x == r.X || q.x == r.right()) && q.y > r.Y && q.y < r.bottom()
	return level || upright
}

// whole rounds to the nearest whole number, halves up, so that what lay on one line
// still does; what an engine's sums lack of a half is nothing.
func whole(x float64) int { return int(math.Floor(x + 0.5 + 1e-6)) }

func (p *plan) round(placed layout.Placement) {
	p.boxes, p.routes, p.labels = nil, nil, nil
	for _, b := range placed.Boxes {
		x, y := whole(b.X), whole(b.Y)
		p.boxes = append(p.boxes, Rect{x, y, whole(b.X+b.Width) - x + 1, whole(b.Y+b.Height) - y + 1})
	}
	for i, r := range placed.Routes {
		var route []point
		for _, q := range r.Points {
			route = append(route, point{whole(q.X), whole(q.Y)})
		}
		p.routes = append(p.routes, p.upright(route, i))
		var label *point
		if r.Label != nil {
			label = &point{whole(r.Label.X), whole(r.Label.Y)}
		}
		p.labels = append(p.labels, label)
	}
	p.shift()
}

// upright makes a route of level and upright pieces only, by an elbow where rounding
// made a piece slant, and leaves out points that say nothing.
func (p *plan) upright(route []point, edge int) []point {
	out := route[:1:1]
	for _, q := range route[1:] {
		last := out[len(out)-1]
		if q == last {
			continue
		}
		if q.x != last.x && q.y != last.y {
			elbow := point{q.x, last.y}
			if p.leavesUp(last, p.view.Edges[edge].From) {
				elbow = point{last.x, q.y}
			}
			out = appendStraight(out, elbow)
		}
		out = appendStraight(out, q)
	}
	if len(out) == 1 {
		out = append(out, out[0])
	}
	return out
}

// leavesUp tells whether a point lies on the upper or lower side of a node.
func (p *plan) leavesUp(q point, node int) bool {
	b := p.boxes[node]
	return q.y == b.Y || q.y == b.bottom()
}

// appendStraight drops the last point if it lies between its neighbours.
func appendStraight(r []point, q point) []point {
	if n := len(r); n >= 2 {
		a, b := r[n-2], r[n-1]
		if (a.x == b.x && b.x == q.x && between(a.y, b.y, q.y)) || (a.y == b.y && b.y == q.y && between(a.x, b.x, q.x)) {
			r = r[:n-1]
		}
	}
	return append(r, q)
}

func between(a, b, c int) bool { return (a <= b && b <= c) || (a >= b && b >= c) }

// shift moves everything so that the drawing begins at 0, 0, and measures it.
func (p *plan) shift() {
	low, high := point{math.MaxInt, math.MaxInt}, point{-1, -1}
	see := func(x, y int) {
		low = point{min(low.x, x), min(low.y, y)}
		high = point{max(high.x, x), max(high.y, y)}
	}
	for _, b := range p.boxes {
		see(b.X, b.Y)
		see(b.right(), b.bottom())
	}
	for _, r := range p.routes {
		for _, q := range r {
			see(q.x, q.y)
		}
	}
	for i, l := range p.labels {
		if l != nil {
			lines := p.manner.labelLines(p.view.Edges[i])
			w, h := widest(lines), len(lines)
			see(l.x-w/2, l.y-h/2)
			see(l.x-w/2+w-1, l.y-h/2+h-1)
		}
	}
	if high.x < 0 {
		return
	}
	p.moveBy(func(x int) int { return x - low.x }, func(y int) int { return y - low.y })
	p.width, p.height = high.x-low.x+1, high.y-low.y+1
}

// moveBy maps every place by a function for each axis. They never change an order.
func (p *plan) moveBy(x, y func(int) int) {
	for i, b := range p.boxes {
		l, t := x(b.X), y(b.Y)
		p.boxes[i] = Rect{l, t, x(b.right()) - l + 1, y(b.bottom()) - t + 1}
	}
	for _, r := range p.routes {
		for k, q := range r {
			r[k] = point{x(q.x), y(q.y)}
		}
	}
	for _, l := range p.labels {
		if l != nil {
			*l = point{x(l.x), y(l.y)}
		}
	}
}
