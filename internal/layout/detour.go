package layout

import (
	"container/heap"
	"math"
	"slices"
)

// Terrain is a finished placement in which further edges look for their way.
type Terrain struct {
	Walls  []Box     // to be kept out of, where there is a way around
	Lines  [][]Point // edges that are there: a new one runs along none and crosses few
	Budget int       // steps that all searches together may still take
}

// End is where an edge meets a box.
type End struct {
	Box    Box
	Inward bool      // the edge runs inside the box: its other end lies there
	Rows   []float64 // when there are any, it meets the box's left or right side at one of these heights
}

// What a step of a detour costs, in the unit of its length.
const (
	detourGap      = 16. // kept from walls; what is nearer costs more
	turnCost       = 60.
	crossCost      = 40.
	alongCost      = 250. // for lying on another line, and twice the length
	nearFactor     = 3.
	wallFactor     = 25.
	offCentreCost  = 12.
	maxDetourCells = 250_000
)

// Detour finds an orthogonal route between two boxes around the walls, by the A*
// search on the lines along the walls and their middles. It gives false where the
// search would cost more than the budget, or where there is no way around: the
// route cuts or grazes walls, and no fewer than the straight line does.
func (t *Terrain) Detour(from, to End) ([]Point, bool) {
	m := newMaze(t, from, to)
	if m == nil {
		return nil, false
	}
	points := straighten(m.search(&t.Budget))
	if len(points) < 2 {
		return nil, false
	}
	n := t.cuts(points)
	return points, n == 0 || n < t.cuts([]Point{from.Box.centre(), to.Box.centre()})
}

// cuts counts the walls that a route runs through or so near that it seems to.
func (t *Terrain) cuts(r []Point) int {
	const near = 3
	n := 0
	for _, w := range t.Walls {
		if w.grown(near).CutBy(r) {
			n++
		}
	}
	return n
}

func (b Box) centre() Point { return Point{b.X + b.Width/2, b.Y + b.Height/2} }

// heading is one of the four ways to go.
type heading int

const (
	eastward heading = iota
	southward
	westward
	northward
)

func (h heading) back() heading { return (h + 2) % 4 }

func (h heading) level() bool { return h == eastward || h == westward }

// maze is the grid that a detour is searched on.
type maze struct {
	terrain  *Terrain
	from, to End
	xs, ys   []float64
	factor   []float64       // of a step's length at each crossing of the grid; +Inf is closed
	alongX   [][]span        // for each row, the lines that lie on it
	alongY   [][]span        // for each column
	acrossX  [][]crossing    // for each gap between columns, the upright lines in it
	acrossY  [][]crossing    // for each gap between rows, the level lines in it
	goals    map[int]float64 // by state: what arriving there costs
}

type span struct{ low, high float64 }

type crossing struct {
	at float64 // where the line lies, across the way of travel
	span
}

func newMaze(t *Terrain, from, to End) *maze {
	m := &maze{terrain: t, from: from, to: to}
	m.xs = gridLines(t.Walls, from, to, func(b Box) (float64, float64, float64, float64) { return b.X, b.Width, b.Y, b.Height })
	m.ys = gridLines(t.Walls, from, to, func(b Box) (float64, float64, float64, float64) { return b.Y, b.Height, b.X, b.Width })
	for _, e := range []End{from, to} {
		m.ys = append(m.ys, e.Rows...)
	}
	m.xs, m.ys = tidyLines(m.xs), tidyLines(m.ys)
	if len(m.xs)*len(m.ys) > maxDetourCells {
		return nil
	}
	m.weigh()
	m.noteLines()
	return m
}

// gridLines are the coordinates on one axis where a route may run: beside every wall,
// through its middle (so that a wall never lies between two lines unseen), in the
// middle of narrow passages, and at the ends' own places.
func gridLines(walls []Box, from, to End, axis func(Box) (at, size, across, breadth float64)) []float64 {
	var lines []float64
	for i, w := range walls {
		at, size, across, breadth := axis(w)
		lines = append(lines, at-detourGap, at+size/2, at+size+detourGap)
		for _, v := range walls[:i] {
			at2, size2, across2, breadth2 := axis(v)
			if across >= across2+breadth2 || across2 >= across+breadth {
				continue
			}
			low, high := min(at+size, at2+size2), max(at, at2)
			if high > low && high-low < 2*detourGap {
				lines = append(lines, (low+high)/2)
			}
		}
	}
	at, size, _, _ := axis(from.Box)
	at2, size2, _, _ := axis(to.Box)
	if middle, ok := facing(at, size, at2, size2); ok {
		lines = append(lines, middle)
	}
	for _, e := range []End{from, to} {
		at, size, _, _ := axis(e.Box)
		lines = append(lines, at-detourGap, at, at+size/4, at+size/2, at+size*3/4, at+size, at+size+detourGap)
		if e.Inward {
			lines = append(lines, at+detourGap, at+size-detourGap)
		}
	}
	return lines
}

func tidyLines(lines []float64) []float64 {
	slices.Sort(lines)
	return slices.CompactFunc(lines, func(a, b float64) bool { return math.Abs(b-a) < 0.5 })
}

func (m *maze) point(cell int) Point {
	return Point{m.xs[cell%len(m.xs)], m.ys[cell/len(m.xs)]}
}

// weigh settles what it costs to be at each crossing of the grid.
func (m *maze) weigh() {
	m.factor = make([]float64, len(m.xs)*len(m.ys))
	for i := range m.factor {
		m.factor[i] = 1
	}
	for _, w := range m.terrain.Walls {
		m.paint(w.grown(detourGap-1), nearFactor)
	}
	for _, w := range m.terrain.Walls {
		m.paint(w, wallFactor)
	}
	for _, e := range []End{m.from, m.to} {
		if !e.Inward {
			m.paint(e.Box.grown(detourGap-1), nearFactor)
		}
	}
	for _, e := range []End{m.from, m.to} {
		if !e.Inward {
			m.paint(e.Box, math.Inf(1))
		}
	}
}

func (b Box) grown(by float64) Box {
	b.X, b.Y, b.Width, b.Height = b.X-by, b.Y-by, b.Width+2*by, b.Height+2*by
	return b
}

// paint sets the factor of everything strictly inside b to at least f.
func (m *maze) paint(b Box, f float64) {
	const skin = 0.5 // lines less apart than this were made one
	for j, y := range m.ys {
		if y <= b.Y+skin || y >= b.Y+b.Height-skin {
			continue
		}
		for i, x := range m.xs {
			if x > b.X+skin && x < b.X+b.Width-skin {
				m.factor[j*len(m.xs)+i] = max(m.factor[j*len(m.xs)+i], f)
			}
		}
	}
}

// noteLines sorts the segments of the lines that are there by row and column.
func (m *maze) noteLines() {
	m.alongX, m.acrossY = make([][]span, len(m.ys)), make([][]crossing, len(m.ys))
	m.alongY, m.acrossX = make([][]span, len(m.xs)), make([][]crossing, len(m.xs))
	for _, r := range m.terrain.Lines {
		for i := 1; i < len(r); i++ {
			p, q := r[i-1], r[i]
			if math.Abs(p.Y-q.Y) <= math.Abs(p.X-q.X) {
				noteLine(m.ys, m.alongX, m.acrossY, (p.Y+q.Y)/2, span{min(p.X, q.X), max(p.X, q.X)})
			} else {
				noteLine(m.xs, m.alongY, m.acrossX, (p.X+q.X)/2, span{min(p.Y, q.Y), max(p.Y, q.Y)})
			}
		}
	}
}

// noteLine enters a segment that lies at a coordinate of one axis.
func noteLine(lines []float64, along [][]span, across [][]crossing, at float64, s span) {
	const beside = 6
	low, _ := slices.BinarySearch(lines, at-beside)
	for i := low; i < len(lines) && lines[i] <= at+beside; i++ {
		along[i] = append(along[i], s)
	}
	if i, _ := slices.BinarySearch(lines, at); i > 0 && i < len(lines) {
		across[i-1] = append(across[i-1], crossing{at, s})
	}
}

// step is an entry of the search's queue.
type step struct {
	state int // cell*4 + heading
	cost  float64
	total float64 // with what is left at least
}

type stepQueue []step

func (q stepQueue) Len() int { return len(q) }
func (q stepQueue) Less(i, j int) bool {
	if q[i].total != q[j].total {
		return q[i].total < q[j].total
	}
	return q[i].state < q[j].state
}
func (q stepQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *stepQueue) Push(x any)   { *q = append(*q, x.(step)) }
func (q *stepQueue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	*q = (*q)[:last]
	return s
}

// search gives the cheapest route, or nil when there is none within the budget,
// which it uses up.
func (m *maze) search(budget *int) []Point {
	cost := make([]float64, 4*len(m.factor))
	for i := range cost {
		cost[i] = math.Inf(1)
	}
	from := make([]int32, len(cost))
	m.goals = m.doors(m.to, m.from, true)
	queue := &stepQueue{}
	reach := func(state, before int, c float64) {
		if c < cost[state] {
			cost[state], from[state] = c, int32(before)
			heap.Push(queue, step{state, c, c + m.left(state/4)})
		}
	}
	starts := m.doors(m.from, m.to, false)
	for state, c := range starts {
		reach(state, -1, c)
	}
	best, bestCost := -1, math.Inf(1)
	for queue.Len() > 0 && *budget > 0 {
		*budget--
		s := heap.Pop(queue).(step)
		if s.total >= bestCost {
			return m.route(best, from)
		}
		if s.cost > cost[s.state] {
			continue
		}
		if extra, ok := m.goals[s.state]; ok && s.cost+extra < bestCost {
			best, bestCost = s.state, s.cost+extra
		}
		_, starting := starts[s.state]
		m.advance(s, starting && from[s.state] < 0, reach)
	}
	if best >= 0 && queue.Len() == 0 {
		return m.route(best, from)
	}
	return nil
}

// left is the least that is still to go from a cell.
func (m *maze) left(cell int) float64 {
	p, b := m.point(cell), m.to.Box
	if m.to.Inward {
		return 0
	}
	return max(0, b.X-p.X, p.X-b.X-b.Width) + max(0, b.Y-p.Y, p.Y-b.Y-b.Height)
}

// doors are the states in which a route may start or arrive at an end, with what
// that costs beside the way: in the middles of the sides for nothing, at their
// quarters and straight across from the other end for a little.
func (m *maze) doors(e, other End, arriving bool) map[int]float64 {
	doors := map[int]float64{}
	add := func(x, y float64, out heading, cost float64) {
		i, j := nearestLine(m.xs, x), nearestLine(m.ys, y)
		if e.Inward != arriving {
			out = out.back()
		}
		state := (j*len(m.xs)+i)*4 + int(out)
		if old, ok := doors[state]; !ok || cost < old {
			doors[state] = cost
		}
	}
	b := e.Box
	for _, y := range e.Rows {
		add(b.X, y, westward, 0)
		add(b.X+b.Width, y, eastward, 0)
	}
	if len(e.Rows) > 0 {
		return doors
	}
	for _, y := range doorsteps(b.Y, b.Height, other.Box.Y, other.Box.Height) {
		cost := offCentre(y, b.Y+b.Height/2)
		add(b.X, y, westward, cost)
		add(b.X+b.Width, y, eastward, cost)
	}
	for _, x := range doorsteps(b.X, b.Width, other.Box.X, other.Box.Width) {
		cost := offCentre(x, b.X+b.Width/2)
		add(x, b.Y, northward, cost)
		add(x, b.Y+b.Height, southward, cost)
	}
	return doors
}

// doorsteps are the places on a side where a route may meet it.
func doorsteps(at, size, otherAt, otherSize float64) []float64 {
	steps := []float64{at + size/2, at + size/4, at + size*3/4}
	if middle, ok := facing(at, size, otherAt, otherSize); ok {
		steps = append(steps, middle)
	}
	return steps
}

// facing is the middle of what two sides share, where a straight line joins them.
func facing(at, size, otherAt, otherSize float64) (middle float64, ok bool) {
	const least = 10
	low, high := max(at, otherAt), min(at+size, otherAt+otherSize)
	return (low + high) / 2, high-low >= least
}

func offCentre(at, centre float64) float64 {
	if math.Abs(at-centre) < 0.5 {
		return 0
	}
	return offCentreCost
}

func nearestLine(lines []float64, at float64) int {
	i, _ := slices.BinarySearch(lines, at)
	if i == len(lines) || i > 0 && at-lines[i-1] < lines[i]-at {
		return i - 1
	}
	return i
}

// advance tries the ways on from a state: ahead, and unless the route has only
// left its box, to both sides.
func (m *maze) advance(s step, starting bool, reach func(state, before int, cost float64)) {
	cell, h := s.state/4, heading(s.state%4)
	for _, way := range []heading{h, (h + 1) % 4, (h + 3) % 4} {
		c := s.cost
		if way != h {
			if starting {
				continue
			}
			c += turnCost * min(m.factor[cell], nearFactor)
		}
		next, ok := m.neighbour(cell, way)
		if !ok {
			continue
		}
		if c += m.price(cell, next, way); !math.IsInf(c, 1) {
			reach(next*4+int(way), s.state, c)
		}
	}
}

func (m *maze) neighbour(cell int, h heading) (int, bool) {
	i, j := cell%len(m.xs), cell/len(m.xs)
	switch h {
	case eastward:
		return cell + 1, i+1 < len(m.xs)
	case westward:
		return cell - 1, i > 0
	case southward:
		return cell + len(m.xs), j+1 < len(m.ys)
	default:
		return cell - len(m.xs), j > 0
	}
}

// price is what it costs to go from a crossing of the grid to the next.
func (m *maze) price(a, b int, h heading) float64 {
	p, q := m.point(a), m.point(b)
	length := math.Abs(p.X-q.X) + math.Abs(p.Y-q.Y)
	cost := length * max(m.factor[a], m.factor[b])
	lane, gap := a/len(m.xs), min(a%len(m.xs), b%len(m.xs))
	along, across, at := m.alongX[lane], m.acrossX[gap], p.Y
	low, high := min(p.X, q.X), max(p.X, q.X)
	if !h.level() {
		lane, gap = a%len(m.xs), min(a/len(m.xs), b/len(m.xs))
		along, across, at = m.alongY[lane], m.acrossY[gap], p.X
		low, high = min(p.Y, q.Y), max(p.Y, q.Y)
	}
	for _, s := range along {
		if s.low < high && s.high > low {
			cost += alongCost + 2*length
		}
	}
	for _, c := range across {
		if c.low < at && at < c.high && c.at > low && c.at <= high {
			cost += crossCost
		}
	}
	return cost
}

// route walks back from the state in which a route arrived.
func (m *maze) route(state int, from []int32) []Point {
	var points []Point
	for ; state >= 0; state = int(from[state]) {
		points = append(points, m.point(state/4))
	}
	slices.Reverse(points)
	return points
}
