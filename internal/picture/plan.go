package picture

import (
	"context"
	"fmt"
	"math"
	"slices"

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
	p := plan{view: main, attempt: a, blocks: a.manner.blocks(main)}
	placed, err := roomy(a.engine)(ctx, a.manner.graph(main, p.blocks, a.direction, wider))
	if err != nil {
		return plan{}, err
	}
	p.round(placed)
	one := reel{&p}
	one.shift()
	one.squeeze()
	one.putNear([][]Node{near})
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

// roomy places again what has a node that is too small for the ends of its
// connections, with room for them.
func roomy(engine layout.Engine) layout.Engine {
	return func(ctx context.Context, g layout.Graph) (p layout.Placement, err error) {
		g.Nodes = slices.Clone(g.Nodes)
		for range 4 {
			if p, err = engine(ctx, g); err != nil || !enlarge(g, p) {
				break
			}
		}
		return p, err
	}
}

// enlarge gives the nodes that have a route's end beside their border, or on a
// corner, room for all their connections on one side.
func enlarge(g layout.Graph, placed layout.Placement) bool {
	crowded := map[int]bool{}
	for i, r := range placed.Routes {
		e := g.Edges[i]
		for node, end := range map[int]layout.Point{e.From: r.Points[0], e.To: r.Points[len(r.Points)-1]} {
			if !cells(placed.Boxes[node]).onSide(point{whole(end.X), whole(end.Y)}) {
				crowded[node] = true
			}
		}
	}
	for i := range crowded {
		ends := 0
		for _, e := range g.Edges {
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
		p.boxes = append(p.boxes, cells(b))
	}
	for i, r := range placed.Routes {
		var route []point
		for _, q := range r.Points {
			route = append(route, point{whole(q.X), whole(q.Y)})
		}
		p.routes = append(p.routes, p.upright(route, i))
		var label *point
		if r.Label != nil {
			at := ontoLine(point{whole(r.Label.X), whole(r.Label.Y)}, p.routes[i])
			label = &at
		}
		p.labels = append(p.labels, label)
	}
}

// ontoLine is a place beside a level piece of a route, put on that piece. An engine gives
// a line a thickness, so that it runs beside the middle of a label of one row.
func ontoLine(q point, route []point) point {
	for k := 1; k < len(route); k++ {
		a, b := route[k-1], route[k]
		if a.y == b.y && between(a.x, q.x, b.x) && q.y-a.y <= 1 && a.y-q.y <= 1 {
			return point{q.x, a.y}
		}
	}
	return q
}

// cells are those of a box.
func cells(b layout.Box) Rect {
	x, y := whole(b.X), whole(b.Y)
	return Rect{x, y, whole(b.X+b.Width) - x + 1, whole(b.Y+b.Height) - y + 1}
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

// bounds are the first and the last cell that a plan takes; none are where the first
// is behind the last.
func (p *plan) bounds() (low, high point) {
	low, high = point{math.MaxInt, math.MaxInt}, point{math.MinInt, math.MinInt}
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
	return low, high
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
