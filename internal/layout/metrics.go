package layout

import "math"

// Metrics are the numbers by which one placement of a graph is better than
// another: less is better in all of them.
type Metrics struct {
	Area      float64 // of the rectangle around everything
	Length    float64 // of all routes together
	Bends     int     // corners of all routes
	Crossings int     // pairs of route segments of different edges that cross
	Through   int     // pairs of an edge and a box it passes through without ending in it or around it
}

// Measure takes the metrics of a placement of g.
func Measure(g Graph, p Placement) Metrics {
	var m Metrics
	low, high := bounds(p)
	m.Area = max(0, high.X-low.X) * max(0, high.Y-low.Y)
	for i, r := range p.Routes {
		m.Bends += len(r.Points) - 2
		m.Length += length(r.Points)
		m.Through += through(g, p, i)
		for _, other := range p.Routes[i+1:] {
			m.Crossings += crossings(r.Points, other.Points)
		}
	}
	return m
}

func bounds(p Placement) (low, high Point) {
	low = Point{math.Inf(1), math.Inf(1)}
	high = Point{math.Inf(-1), math.Inf(-1)}
	see := func(q Point) {
		low = Point{min(low.X, q.X), min(low.Y, q.Y)}
		high = Point{max(high.X, q.X), max(high.Y, q.Y)}
	}
	for _, b := range p.Boxes {
		see(Point{b.X, b.Y})
		see(Point{b.X + b.Width, b.Y + b.Height})
	}
	for _, r := range p.Routes {
		for _, q := range r.Points {
			see(q)
		}
	}
	return low, high
}

func length(r []Point) float64 {
	sum := 0.
	for i := 1; i < len(r); i++ {
		sum += math.Hypot(r[i].X-r[i-1].X, r[i].Y-r[i-1].Y)
	}
	return sum
}

// through counts the boxes that edge i cuts without business in them.
func through(g Graph, p Placement, i int) int {
	e, n := g.Edges[i], 0
	for k, b := range p.Boxes {
		if g.Contains(k, e.From) || g.Contains(k, e.To) || g.Contains(e.From, k) || g.Contains(e.To, k) {
			continue
		}
		if b.cutBy(p.Routes[i].Points) {
			n++
		}
	}
	return n
}

// cutBy tells whether a segment's bounding box overlaps the inside of b; for the
// upright and level segments that engines give, that is the segment itself.
func (b Box) cutBy(r []Point) bool {
	const skin = 0.01
	for i := 1; i < len(r); i++ {
		p, q := r[i-1], r[i]
		if max(p.X, q.X) > b.X+skin && min(p.X, q.X) < b.X+b.Width-skin &&
			max(p.Y, q.Y) > b.Y+skin && min(p.Y, q.Y) < b.Y+b.Height-skin {
			return true
		}
	}
	return false
}

func crossings(r, s []Point) int {
	n := 0
	for i := 1; i < len(r); i++ {
		for j := 1; j < len(s); j++ {
			if cross(r[i-1], r[i], s[j-1], s[j]) {
				n++
			}
		}
	}
	return n
}

// cross tells whether segments ab and cd cross, touching ends left out.
func cross(a, b, c, d Point) bool {
	turn := func(p, q, r Point) float64 { return (q.X-p.X)*(r.Y-p.Y) - (q.Y-p.Y)*(r.X-p.X) }
	return turn(c, d, a)*turn(c, d, b) < 0 && turn(a, b, c)*turn(a, b, d) < 0
}
