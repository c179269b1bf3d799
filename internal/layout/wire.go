package layout

import (
	"cmp"
	"container/heap"
	"errors"
	"maps"
	"math"
	"slices"
)

// New routes are found on a grid of lanes: one between every two neighbouring sides
// of boxes, on both axes, so that a point of the grid lies clearly in a box or out
// of it. The cheapest way leads over points that are in nothing but what holds one
// of the two ends. It is then given tracks of its own,
// so that no two routes lie on each other.

var errNoWay = errors.New("there is no way for a route between the boxes")

// dropBlocked drops the routes that run into something new.
func (b *sheet) dropBlocked(fresh []bool) {
	for i := range b.graph.Edges {
		b.routed[i] = b.routed[i] && !b.blocked(i, fresh)
	}
}

// dropEnds drops the routes that end at a box on the sides along an axis, and tells
// whether there are any.
func (b *sheet) dropEnds(node int, a axis) bool {
	dropped := false
	for i, e := range b.graph.Edges {
		r := b.p.Routes[i].Points
		if !b.routed[i] {
			continue
		}
		n := len(r)
		if e.From == node && a.at(r[0]) == a.at(r[1]) || e.To == node && a.at(r[n-1]) == a.at(r[n-2]) {
			b.routed[i], dropped = false, true
		}
	}
	return dropped
}

// wireAll finds ways for all edges that have none.
func (b *sheet) wireAll() error {
	if !slices.Contains(b.routed, false) {
		return nil
	}
	w := newWiring(b)
	for i, routed := range b.routed {
		if routed {
			continue
		}
		if err := w.wire(i); err != nil {
			return err
		}
	}
	return nil
}

// blocked tells whether the route of an edge cuts or touches one of the given boxes.
func (b *sheet) blocked(i int, boxes []bool) bool {
	e, r := b.graph.Edges[i], b.p.Routes[i]
	for k, given := range boxes {
		if !given || b.graph.Contains(k, e.From) || b.graph.Contains(k, e.To) || b.graph.Contains(e.From, k) || b.graph.Contains(e.To, k) {
			continue
		}
		if b.p.Boxes[k].grown(1. / grid).CutBy(r.Points) {
			return true
		}
	}
	return false
}

// wiring is the grid of lanes over a sheet. Lane i of an axis lies before side i of
// all sides of boxes, and the last behind the last.
type wiring struct {
	*sheet
	sides    [2][]float64
	seen     [2][]float64 // where the lanes will be seen, about
	seenSide [2][]float64 // and the sides
	owner    [][]int      // the innermost box at a point, by lanes
	taken    [2][]int     // how many tracks are in a lane
	spare    [2][]float64 // how many have room in it
	moved    [2][]float64 // boxes that would move if it had to grow
}

func newWiring(b *sheet) *wiring {
	w := &wiring{sheet: b}
	w.sidesNow()
	for _, a := range []axis{horizontal, vertical} {
		w.seen[a] = w.lanesSeen(a)
	}
	w.owner = make([][]int, len(w.sides[horizontal])+1)
	for x := range w.owner {
		w.owner[x] = make([]int, len(w.sides[vertical])+1)
		for y := range w.owner[x] {
			w.owner[x][y] = Root
		}
	}
	for _, a := range []axis{horizontal, vertical} {
		w.count(a)
	}
	for i := range b.p.Boxes {
		left, right := w.lanes(horizontal, i)
		top, bottom := w.lanes(vertical, i)
		for x := left; x < right; x++ {
			for y := top; y < bottom; y++ {
				w.owner[x][y] = i
			}
		}
	}
	return w
}

// sidesNow reads the sides again: stretching moved them.
func (w *wiring) sidesNow() {
	for _, a := range []axis{horizontal, vertical} {
		w.sides[a] = w.sides[a][:0]
		for _, x := range w.p.Boxes {
			low, high := a.box(x)
			w.sides[a] = append(w.sides[a], low, high)
		}
		slices.Sort(w.sides[a])
		w.sides[a] = slices.Compact(w.sides[a])
	}
}

// count tells how crowded the lanes of an axis are.
func (w *wiring) count(a axis) {
	n := len(w.seen[a])
	w.taken[a], w.spare[a], w.moved[a] = make([]int, n), make([]float64, n), make([]float64, n)
	var at []float64
	for i, r := range w.p.Routes {
		for k := 1; w.routed[i] && k < len(r.Points); k++ {
			if x := a.at(r.Points[k]); x == a.at(r.Points[k-1]) {
				at = append(at, x)
			}
		}
	}
	slices.Sort(at)
	for _, x := range slices.Compact(at) {
		i, _ := slices.BinarySearch(w.sides[a], x)
		w.taken[a][i]++
	}
	for i := range n {
		w.spare[a][i] = math.Inf(1)
		if i > 0 && i < n-1 {
			w.spare[a][i] = 1 + ((w.seenSide[a][i]-w.seenSide[a][i-1])-2*w.s.EdgeNode)/w.s.Tracks
		}
		before := 0
		for _, x := range w.guess {
			if low, _ := a.box(x); low < w.seen[a][i] {
				before++
			}
		}
		w.moved[a][i] = float64(min(before, len(w.guess)-before))
	}
}

// crowding is the cost of one more track in a lane.
func (w *wiring) crowding(a axis, lane int) float64 {
	if float64(w.taken[a][lane])+1 <= w.spare[a][lane] {
		return 0
	}
	return w.s.crowding() * w.s.Tracks * w.moved[a][lane]
}

// lanesSeen guesses where lanes will be seen from where boxes are.
func (w *wiring) lanesSeen(a axis) []float64 {
	sum, n := make([]float64, len(w.sides[a])), make([]float64, len(w.sides[a]))
	for i, x := range w.p.Boxes {
		low, high := a.box(x)
		guessLow, guessHigh := a.box(w.guess[i])
		for _, s := range [][2]float64{{low, guessLow}, {high, guessHigh}} {
			k, _ := slices.BinarySearch(w.sides[a], s[0])
			sum[k] += s[1]
			n[k]++
		}
	}
	w.seenSide[a] = make([]float64, len(sum))
	for i := range sum {
		w.seenSide[a][i] = sum[i] / n[i]
	}
	seen := make([]float64, len(w.sides[a])+1)
	for i := range seen {
		switch i {
		case 0:
			seen[i] = sum[0]/n[0] - w.s.EdgeNode
		case len(seen) - 1:
			seen[i] = sum[i-1]/n[i-1] + w.s.EdgeNode
		default:
			seen[i] = (sum[i-1]/n[i-1] + sum[i]/n[i]) / 2
		}
	}
	return seen
}

// lanes are those that run through a box: from first up to, not including, end.
func (w *wiring) lanes(a axis, node int) (first, end int) {
	low, high := a.box(w.p.Boxes[node])
	i, _ := slices.BinarySearch(w.sides[a], low)
	j, _ := slices.BinarySearch(w.sides[a], high)
	return i + 1, j + 1
}

// state is a point of the grid with the axis on which a way comes there.
type state struct {
	x, y int
	axis axis
}

func (s state) lane(a axis) int {
	if a == horizontal {
		return s.x
	}
	return s.y
}

func (s state) step(by int) state {
	if s.axis == horizontal {
		s.x += by
	} else {
		s.y += by
	}
	return s
}

// wire finds a way for an edge and gives it tracks.
func (w *wiring) wire(edge int) error {
	way := w.search(edge)
	if way == nil {
		return errNoWay
	}
	w.track(edge, way)
	return nil
}

// doors are the points beside a box from which it is reached, with what each costs
// beyond its way. The end of an edge to what lies inside the box is reached from
// inside.
func (w *wiring) doors(node, other int, start bool) map[state]float64 {
	doors := map[state]float64{}
	inside := node != other && w.graph.Contains(node, other)
	full := w.full(node)
	for _, a := range []axis{horizontal, vertical} {
		first, end := w.lanes(a, node)
		from, to := w.lanes(a.other(), node)
		low, high := first-1, end
		if inside {
			low, high = first, end-1
		}
		if !inside {
			from, to = w.within(a.other(), node, from, to)
		}
		for k := from; k < to; k++ {
			off := w.offMiddle(a.other(), node, k)
			if start {
				off += w.crowding(a.other(), k)
			}
			doors[at(a, low, k)] = off + w.wrongSide(a, start != inside) + full[a][0]
			doors[at(a, high, k)] = off + w.wrongSide(a, start == inside) + full[a][1]
		}
	}
	if node == other { // a loop leaves on one axis and comes back on the other
		for d := range doors {
			if (d.axis == horizontal) != start {
				delete(doors, d)
			}
		}
	}
	return doors
}

// full is the cost of one more end at each side of a box: the low and the high one
// on each axis.
func (w *wiring) full(node int) (cost [2][2]float64) {
	var ends [2][2]int
	box := w.p.Boxes[node]
	for i, r := range w.p.Routes {
		if !w.routed[i] {
			continue
		}
		for _, end := range []struct {
			node int
			at   Point
		}{{w.graph.Edges[i].From, r.Points[0]}, {w.graph.Edges[i].To, r.Points[len(r.Points)-1]}} {
			for _, a := range []axis{horizontal, vertical} {
				low, high := a.box(box)
				if end.node == node && a.at(end.at) == low {
					ends[a][0]++
				} else if end.node == node && a.at(end.at) == high {
					ends[a][1]++
				}
			}
		}
	}
	for _, a := range []axis{horizontal, vertical} {
		low, high := a.other().box(w.guess[node])
		for k, n := range ends[a] {
			if float64(n+1)*w.s.EdgeEdge > high-low {
				lane, _ := w.lanes(a.other(), node)
				cost[a][k] = w.s.EdgeEdge * w.moved[a.other()][lane]
			}
		}
	}
	return cost
}

// wrongSide is the cost of leaving (or entering, turned round) at the low side of an
// axis, when low is set, or at the high one.
func (w *wiring) wrongSide(a axis, low bool) float64 {
	const side = 4
	if !a.along(w.graph.Direction) {
		return side * w.s.Layers / 2
	}
	against := w.graph.Direction == Left || w.graph.Direction == Up
	if low != against {
		return side * w.s.Layers
	}
	return 0
}

// within leaves of the lanes through a box those that will be seen so near to its
// middle that it need not become larger than it asks for, or the nearest.
func (w *wiring) within(a axis, node, from, to int) (first, end int) {
	low, high := a.box(w.guess[node])
	middle, half := (low+high)/2, w.graph.asked(node, a)/2
	off := func(lane int) float64 { return math.Abs(w.seen[a][lane] - middle) }
	first = from
	for k := from; k < to; k++ {
		if off(k) < off(first) {
			first = k
		}
	}
	end = first + 1
	for first > from && off(first-1) <= half {
		first--
	}
	for end < to && off(end) <= half {
		end++
	}
	return first, end
}

// asked is how large a node wants to be on an axis.
func (g Graph) asked(node int, a axis) float64 {
	return a.size(Size{g.Nodes[node].Width, g.Nodes[node].Height})
}

func (w *wiring) offMiddle(a axis, node, lane int) float64 {
	low, high := a.box(w.guess[node])
	return math.Abs(w.seen[a][lane]-(low+high)/2) / 4
}

func at(a axis, lane, other int) state {
	if a == horizontal {
		return state{lane, other, a}
	}
	return state{other, lane, a}
}

// open tells whether a way of an edge may lead over a point.
func (w *wiring) passes(s state, e Edge) bool {
	if s.x < 0 || s.y < 0 || s.x >= len(w.owner) || s.y >= len(w.owner[0]) {
		return false
	}
	o := w.owner[s.x][s.y]
	switch {
	case o == Root:
		return true
	case o == e.From || o == e.To:
		return e.From != e.To && (w.graph.Contains(o, e.From) && w.graph.Contains(o, e.To))
	}
	return w.graph.Contains(o, e.From) || w.graph.Contains(o, e.To)
}

// search gives the cheapest way from one end of an edge to the other (the A*
// algorithm). Corners cost as much as a detour.
func (w *wiring) search(edge int) []leg {
	f := &search{wiring: w, edge: w.graph.Edges[edge]}
	f.goals = w.doors(f.edge.To, f.edge.From, false)
	f.best = make([]float64, 2*len(w.seen[horizontal])*len(w.seen[vertical]))
	f.from = make([]state, len(f.best))
	for i := range f.best {
		f.best[i] = math.Inf(1)
	}
	f.aim()
	starts := w.doors(f.edge.From, f.edge.To, true)
	for _, s := range sortedStates(starts) {
		f.reach(s, s, starts[s])
	}
	end, least := state{}, math.Inf(1)
	for f.queue.Len() > 0 {
		v := heap.Pop(&f.queue).(visit)
		if v.guess >= least {
			break
		}
		if v.cost > f.best[f.index(v.state)] {
			continue
		}
		if extra, ok := f.goals[v.state]; ok && v.cost+extra < least {
			end, least = v.state, v.cost+extra
		}
		f.spread(v)
	}
	if math.IsInf(least, 1) {
		return nil
	}
	return f.legs(end)
}

// search is one looking for a way.
type search struct {
	*wiring
	edge      Edge
	goals     map[state]float64
	low, high [2]float64 // between which all goals will be seen
	best      []float64  // by index: the cost of the cheapest way so far
	from      []state    // by index: the state before on that way
	queue     queue
}

func (f *search) index(s state) int {
	return 2*(s.x*len(f.seen[vertical])+s.y) + int(s.axis)
}

// aim finds where the goals are.
func (f *search) aim() {
	for _, a := range []axis{horizontal, vertical} {
		f.low[a], f.high[a] = math.Inf(1), math.Inf(-1)
		for s := range f.goals {
			at := f.seen[a][s.lane(a)]
			f.low[a], f.high[a] = min(f.low[a], at), max(f.high[a], at)
		}
	}
}

// ahead is the least that the rest of a way can cost.
func (f *search) ahead(s state) float64 {
	sum := 0.
	for _, a := range []axis{horizontal, vertical} {
		at := f.seen[a][s.lane(a)]
		sum += max(0, f.low[a]-at, at-f.high[a])
	}
	return sum
}

func (f *search) reach(s, by state, cost float64) {
	if !f.passes(s, f.edge) {
		return
	}
	i := f.index(s)
	if f.best[i] <= cost {
		return
	}
	f.best[i], f.from[i] = cost, by
	heap.Push(&f.queue, visit{s, cost, cost + f.ahead(s)})
}

// spread goes one lane on, both ways, or turns.
func (f *search) spread(v visit) {
	turned := v.state
	turned.axis = v.axis.other()
	f.reach(turned, v.state, v.cost+2*f.s.Layers+f.crowding(v.axis, v.lane(v.axis)))
	here := f.seen[v.axis][v.lane(v.axis)]
	for _, by := range []int{-1, 1} {
		next := v.state.step(by)
		if k := next.lane(v.axis); k >= 0 && k < len(f.seen[v.axis]) {
			f.reach(next, v.state, v.cost+math.Abs(f.seen[v.axis][k]-here)+1)
		}
	}
}

// leg is a straight part of a way: it runs along an axis in a lane of the other.
type leg struct {
	axis     axis
	lane     int
	from, to int // the lanes across, between which it runs
}

// legs follows a way back from its end.
func (f *search) legs(end state) []leg {
	way := []leg{{end.axis, end.lane(end.axis.other()), end.lane(end.axis), end.lane(end.axis)}}
	for s := end; f.from[f.index(s)] != s; {
		s = f.from[f.index(s)]
		l := &way[len(way)-1]
		if s.axis == l.axis {
			l.from = s.lane(s.axis)
		} else {
			way = append(way, leg{s.axis, s.lane(s.axis.other()), s.lane(s.axis), s.lane(s.axis)})
		}
	}
	slices.Reverse(way)
	return way
}

// track makes a route of a way. Every leg gets a track between those that are in its
// lane already, where it crosses least.
func (w *wiring) track(edge int, way []leg) {
	e := w.graph.Edges[edge]
	first, last := way[0], way[len(way)-1]
	points := make([]Point, len(way)+1)
	*first.axis.of(&points[0]) = w.side(e.From, e.To, first.axis, first.from)
	*last.axis.of(&points[len(way)]) = w.side(e.To, e.From, last.axis, last.to)
	for i, l := range way {
		low, high := w.lane(l.axis.other(), l.lane)
		setLeg(points, i, l.axis, (low+high)/2)
	}
	w.p.Routes[edge], w.routed[edge] = Route{ID: e.ID, Points: points}, true
	for i, l := range way {
		w.choose(edge, i, l)
		w.taken[l.axis.other()][l.lane]++
	}
	if e.Label != (Size{}) {
		w.label(edge, way)
	}
	w.sidesNow()
}

// setLeg puts leg i of a route on a track.
func setLeg(points []Point, i int, a axis, at float64) {
	*a.other().of(&points[i]) = at
	*a.other().of(&points[i+1]) = at
}

// side is where a way that begins in a lane beside a box touches the box.
func (w *wiring) side(node, other int, a axis, lane int) float64 {
	low, high := a.box(w.p.Boxes[node])
	first, _ := w.lanes(a, node)
	if node != other && w.graph.Contains(node, other) {
		first++
	}
	if lane < first {
		return low
	}
	return high
}

// lane gives the sides between which a lane lies.
func (w *wiring) lane(a axis, i int) (low, high float64) {
	sides := w.sides[a]
	switch i {
	case 0:
		return sides[0] - w.beyond(a), sides[0]
	case len(sides):
		return sides[i-1], sides[i-1] + w.beyond(a)
	}
	return sides[i-1], sides[i]
}

// beyond is more than all routes may reach outside of the boxes.
func (w *wiring) beyond(a axis) float64 {
	far := 0.
	for i, r := range w.p.Routes {
		if w.routed[i] {
			for _, p := range r.Points {
				far = max(far, w.sides[a][0]-a.at(p), a.at(p)-w.sides[a][len(w.sides[a])-1])
			}
		}
	}
	return far + 2
}

// choose finds the track of leg i of an edge, and makes room for it.
func (w *wiring) choose(edge, i int, l leg) {
	o := l.axis.other()
	w.sidesNow()
	low, high := w.lane(o, l.lane)
	tracks := append([]float64{low}, append(w.tracks(edge, i, l.axis, low, high), high)...)
	points := w.p.Routes[edge].Points
	best, least := 0, math.Inf(1)
	for k := 1; k < len(tracks); k++ {
		setLeg(points, i, l.axis, (tracks[k-1]+tracks[k])/2)
		off := math.Abs(float64(2*k - len(tracks)))
		if c := float64(w.crossed(edge, points)) + off/1000; c < least {
			best, least = k, c
		}
	}
	setLeg(points, i, l.axis, (tracks[best-1]+tracks[best])/2)
	at := w.open(o, tracks[best-1], 1)
	setLeg(w.p.Routes[edge].Points, i, l.axis, at)
}

// tracks are taken in a lane by other routes, and by earlier legs of the same.
func (w *wiring) tracks(edge, leg int, a axis, low, high float64) []float64 {
	o := a.other()
	var taken []float64
	for k, r := range w.p.Routes {
		if !w.routed[k] {
			continue
		}
		for j := 1; j < len(r.Points); j++ {
			if k == edge && j > leg {
				break
			}
			at := o.at(r.Points[j])
			if at > low && at < high && at == o.at(r.Points[j-1]) {
				taken = append(taken, at)
			}
		}
	}
	slices.Sort(taken)
	return slices.Compact(taken)
}

func (w *wiring) crossed(edge int, points []Point) int {
	n := 0
	for k, r := range w.p.Routes {
		if w.routed[k] && k != edge {
			n += crossings(points, r.Points)
		}
	}
	return n
}

// label makes room for an edge's label in the middle of the leg that will be seen
// longest.
func (w *wiring) label(edge int, way []leg) {
	size, longest, most := w.graph.Edges[edge].Label, 0, -1.
	for i, l := range way {
		if long := math.Abs(w.seen[l.axis][l.to] - w.seen[l.axis][l.from]); long > most {
			longest, most = i, long
		}
	}
	w.putLabel(edge, longest, 0.5, size)
}

// visit is a state that can be reached, on the queue.
type visit struct {
	state
	cost  float64
	guess float64 // with the least that the rest can cost
}

// queue is a heap of visits, the most promising first.
type queue []visit

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].guess < q[j].guess }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(visit)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

func sortedStates(m map[state]float64) []state {
	return slices.SortedFunc(maps.Keys(m), func(s, t state) int {
		return cmp.Or(cmp.Compare(s.x, t.x), cmp.Compare(s.y, t.y), cmp.Compare(s.axis, t.axis))
	})
}
