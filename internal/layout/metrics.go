package layout

import "math"

// Metrics are the numbers by which one placement of a graph is better than
// another: less is better in all of them.
type Metrics struct {
	Area      float64 // of the rectangle around everything
	Length    float64 // of all routes together
	Bends     int     // corners of all routes
	Crossings int     // pairs of route segments of different edges that cross
	Through   int     // pairs of an edge and a box without children that it passes through without ending in it
	Foreign   int     // pairs of an edge and a box with children that it passes through with no end in it
	Hidden    int     // pairs of an edge's label and another label, or a box without children, that overlap
}

// Add gives the sums of two metrics.
func (m Metrics) Add(n Metrics) Metrics {
	m.Area += n.Area
	m.Length += n.Length
	m.Bends += n.Bends
	m.Crossings += n.Crossings
	m.Through += n.Through
	m.Foreign += n.Foreign
	m.Hidden += n.Hidden
	return m
}

// Measure takes the metrics of a placement of g.
func Measure(g Graph, p Placement) Metrics {
	var m Metrics
	low, high := bounds(p)
	m.Area = max(0, high.X-low.X) * max(0, high.Y-low.Y)
	parents := g.parents()
	for i, r := range p.Routes {
		m.Bends += len(r.Points) - 2
		m.Length += length(r.Points)
		leaves, containers := through(g, p, i, parents)
		m.Through += leaves
		m.Foreign += containers
		for _, other := range p.Routes[i+1:] {
			m.Crossings += crossings(r.Points, other.Points)
		}
	}
	m.Hidden = hidden(g, p, parents)
	return m
}

// hidden counts what lies on labels of edges.
func hidden(g Graph, p Placement, parents []bool) int {
	n := 0
	var labels []Box
	for i, r := range p.Routes {
		if r.Label == nil {
			continue
		}
		size := g.Edges[i].Label
		l := Box{X: r.Label.X - size.Width/2, Y: r.Label.Y - size.Height/2, Width: size.Width, Height: size.Height}
		for _, other := range labels {
			if l.overlaps(other) {
				n++
			}
		}
		for k, b := range p.Boxes {
			if !parents[k] && l.overlaps(b) {
				n++
			}
		}
		labels = append(labels, l)
	}
	return n
}

func (b Box) overlaps(c Box) bool {
	const skin = 0.5
	return b.X+skin < c.X+c.Width && c.X+skin < b.X+b.Width && b.Y+skin < c.Y+c.Height && c.Y+skin < b.Y+b.Height
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

// through counts the boxes, without and with children, that edge i cuts without
// business in them.
func through(g Graph, p Placement, i int, parents []bool) (leaves, containers int) {
	e := g.Edges[i]
	for k, b := range p.Boxes {
		if g.Contains(k, e.From) || g.Contains(k, e.To) || g.Contains(e.From, k) || g.Contains(e.To, k) || !b.CutBy(p.Routes[i].Points) {
			continue
		}
		if parents[k] {
			containers++
		} else {
			leaves++
		}
	}
	return leaves, containers
}

// CutBy tells whether a route runs through the inside of b.
func (b Box) CutBy(r []Point) bool {
	for i := 1; i < len(r); i++ {
		if b.clips(r[i-1], r[i]) {
			return true
		}
	}
	return false
}

// clips tells whether a part of the segment pq lies inside b (Liang and Barsky's
// line clipping).
func (b Box) clips(p, q Point) bool {
	const skin = 0.01
	first, last := 0., 1.
	narrow := func(d, low, high float64) bool {
		if d == 0 {
			return low < 0 && high > 0
		}
		first, last = max(first, min(low/d, high/d)), min(last, max(low/d, high/d))
		return first < last
	}
	return narrow(q.X-p.X, b.X+skin-p.X, b.X+b.Width-skin-p.X) &&
		narrow(q.Y-p.Y, b.Y+skin-p.Y, b.Y+b.Height-skin-p.Y)
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
