package layout

import (
	"context"
	"math"
	"slices"
)

// sheet is a placement in the making: what an earlier version placed, what is put
// between it, and what is still to come. Its coordinates only say what comes
// before what; room is made by stretching the drawing, and what is too much of it
// is taken away when everything is settled.
type sheet struct {
	graph  Graph
	p      Placement // where has and routed say so
	has    []bool
	routed []bool
	guess  []Box // about where each box will be seen
	s      Spacing
	clear  [2]float64   // on each axis: no label reaches further from its middle
	before [2]fold      // on each axis: where what is there was before anything was stretched
	tracks [2][]wall    // on each axis: the parts of routes across it, about where they are seen
	was    [2][]float64 // on each axis: how long each box was; 0 for those that are new
}

// newSheet takes from an earlier placement what g still has. A route stays only
// where its edge joins the same two nodes.
func newSheet(g Graph, earlier Placement, s Spacing) *sheet {
	b := &sheet{
		graph: g, s: s,
		p:   Placement{Engine: earlier.Engine, Boxes: make([]Box, len(g.Nodes)), Routes: make([]Route, len(g.Edges))},
		has: make([]bool, len(g.Nodes)), routed: make([]bool, len(g.Edges)), guess: make([]Box, len(g.Nodes)),
	}
	boxes, routes := map[string]Box{}, map[string]Route{}
	for _, x := range earlier.Boxes {
		boxes[x.ID] = x
	}
	for _, r := range earlier.Routes {
		routes[r.ID] = r
	}
	for i, n := range g.Nodes {
		if x, ok := boxes[n.ID]; ok && (n.Parent == Root || b.has[n.Parent]) {
			b.p.Boxes[i], b.guess[i], b.has[i] = x, x, true
		}
	}
	for i, e := range g.Edges {
		b.clear[horizontal] = max(b.clear[horizontal], math.Ceil(e.Label.Width/2))
		b.clear[vertical] = max(b.clear[vertical], math.Ceil(e.Label.Height/2))
		if r, ok := routes[e.ID]; ok {
			b.keepRoute(i, r.clone())
		}
	}
	b.clear[horizontal]++
	b.clear[vertical]++
	return b
}

// keepRoute takes over an earlier route when it still fits its edge.
func (b *sheet) keepRoute(i int, r Route) {
	e := b.graph.Edges[i]
	if !b.has[e.From] || !b.has[e.To] {
		return
	}
	from, to := b.p.Boxes[e.From], b.p.Boxes[e.To]
	first, last := r.Points[0], r.Points[len(r.Points)-1]
	switch {
	case from.edged(first) && to.edged(last):
	case from.edged(last) && to.edged(first):
		slices.Reverse(r.Points)
	default:
		return
	}
	if e.Label == (Size{}) {
		r.Label = nil
	}
	b.p.Routes[i], b.routed[i] = r, true
}

// edged tells whether p lies on the border of the box.
func (b Box) edged(p Point) bool {
	in := p.X >= b.X && p.X <= b.X+b.Width && p.Y >= b.Y && p.Y <= b.Y+b.Height
	return in && (p.X == b.X || p.X == b.X+b.Width || p.Y == b.Y || p.Y == b.Y+b.Height)
}

// stretch makes room on an axis: everything behind at moves on.
func (b *sheet) stretch(a axis, at, by float64) {
	move := func(x float64) float64 {
		if x > at {
			return x + by
		}
		return x
	}
	for i, x := range b.p.Boxes {
		if b.has[i] {
			low, high := a.box(x)
			a.setBox(&b.p.Boxes[i], move(low), move(high))
		}
	}
	for i, r := range b.p.Routes {
		if !b.routed[i] {
			continue
		}
		for k := range r.Points {
			c := a.of(&r.Points[k])
			*c = move(*c)
		}
		if r.Label != nil {
			c := a.of(r.Label)
			*c = move(*c)
		}
	}
	for i, x := range b.before[a].from {
		b.before[a].from[i] = move(x)
	}
}

// remember notes where everything is seen before the first stretch.
func (b *sheet) remember() {
	for _, a := range []axis{horizontal, vertical} {
		var f fold
		b.was[a] = make([]float64, len(b.has))
		for i, x := range b.p.Boxes {
			if b.has[i] {
				low, high := a.box(x)
				b.was[a][i] = high - low
				f.from = append(f.from, low, high)
			}
		}
		for i, r := range b.p.Routes {
			if b.routed[i] {
				for _, q := range r.Points {
					f.from = append(f.from, a.at(q))
				}
				if r.Label != nil {
					low, middle, high := labelStops(a, *r.Label, b.graph.Edges[i].Label)
					f.from = append(f.from, low, middle, high)
				}
			}
		}
		slices.Sort(f.from)
		f.from = slices.Compact(f.from)
		f.to = slices.Clone(f.from)
		b.before[a] = f
	}
}

// insertAll puts every box that is missing between those that are there: first
// those that know most of what is there. What stands in a new container is placed
// by the engine, as is what comes into a box that was empty.
func (b *sheet) insertAll(ctx context.Context, engine Engine) error {
	for {
		next := b.next()
		if len(next) == 0 {
			return nil
		}
		k, err := b.block(ctx, engine, next)
		if err != nil {
			return err
		}
		b.insert(k)
	}
}

// next are the nodes to insert now: one, or all the children of a box that has none.
func (b *sheet) next() []int {
	filled := map[int]bool{}
	for i, n := range b.graph.Nodes {
		if b.has[i] {
			filled[n.Parent] = true
		}
	}
	best, most := Root, -1
	for i, n := range b.graph.Nodes {
		if b.has[i] || n.Parent != Root && !b.has[n.Parent] {
			continue
		}
		if !filled[n.Parent] {
			return b.missing(n.Parent)
		}
		if known := len(b.neighbours(i)); known > most {
			best, most = i, known
		}
	}
	if best == Root {
		return nil
	}
	return []int{best}
}

func (b *sheet) missing(parent int) []int {
	var nodes []int
	for i, n := range b.graph.Nodes {
		if n.Parent == parent && !b.has[i] {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// neighbour is the other end of an edge of something that is to be inserted.
type neighbour struct {
	node int
	to   bool // the edge leads there
}

// neighbours are the placed ends of the edges between a node, with all in it, and
// the rest.
func (b *sheet) neighbours(node int) []neighbour {
	var ns []neighbour
	for _, e := range b.graph.Edges {
		from, to := b.graph.Contains(node, e.From), b.graph.Contains(node, e.To)
		switch {
		case from && !to && b.has[e.To]:
			ns = append(ns, neighbour{e.To, true})
		case to && !from && b.has[e.From]:
			ns = append(ns, neighbour{e.From, false})
		}
	}
	return ns
}

// block is a part of the graph that was placed apart.
type block struct {
	top   []int // the nodes to insert, brothers
	nodes []int // these and what is in them
	edges []int // between the nodes
	p     Placement
	size  Size
}

// block places the given nodes with everything in them.
func (b *sheet) block(ctx context.Context, engine Engine, top []int) (block, error) {
	k := block{top: top}
	at := map[int]int{}
	g := Graph{Direction: b.graph.Direction}
	for i, n := range b.graph.Nodes {
		_, inside := at[n.Parent]
		chosen := slices.Contains(top, i)
		if !chosen && !inside {
			continue
		}
		at[i] = len(g.Nodes)
		if chosen {
			n.Parent = Root
		} else {
			n.Parent = at[n.Parent]
		}
		k.nodes, g.Nodes = append(k.nodes, i), append(g.Nodes, n)
	}
	for i, e := range b.graph.Edges {
		from, in := at[e.From]
		to, ok := at[e.To]
		if in && ok {
			e.From, e.To = from, to
			k.edges, g.Edges = append(k.edges, i), append(g.Edges, e)
		}
	}
	p, err := placeBlock(ctx, engine, g)
	if err != nil {
		return block{}, err
	}
	p.snap()
	low, high := bounds(p)
	p.shift(-low.X, -low.Y)
	k.p, k.size = p, Size{high.X - low.X, high.Y - low.Y}
	return k, nil
}

// placeBlock spares the engine a single box.
func placeBlock(ctx context.Context, engine Engine, g Graph) (Placement, error) {
	if len(g.Nodes) == 1 && len(g.Edges) == 0 {
		n := g.Nodes[0]
		return Placement{Boxes: []Box{{ID: n.ID, Width: n.Width, Height: n.Height}}}, nil
	}
	return engine(ctx, g)
}

func (p *Placement) shift(dx, dy float64) {
	for i := range p.Boxes {
		p.Boxes[i].X += dx
		p.Boxes[i].Y += dy
	}
	for _, r := range p.Routes {
		for k := range r.Points {
			r.Points[k].X += dx
			r.Points[k].Y += dy
		}
		if r.Label != nil {
			r.Label.X += dx
			r.Label.Y += dy
		}
	}
}

// insert puts a block beside a box that is there already, or into an empty one.
func (b *sheet) insert(k block) {
	b.seeTracks()
	parent := b.graph.Nodes[k.top[0]].Parent
	best, cost := slot{}, math.Inf(1)
	for i, n := range b.graph.Nodes {
		if n.Parent != parent || !b.has[i] {
			continue
		}
		for _, a := range []axis{horizontal, vertical} {
			for _, behind := range []bool{true, false} {
				s := b.slotBeside(i, a, behind, k.size)
				if c := b.cost(s, k); c < cost {
					best, cost = s, c
				}
			}
		}
	}
	if math.IsInf(cost, 1) {
		best = b.slotInside(parent, k.size)
	}
	b.put(k, best)
}

// slot is a place for something new: behind or before a box on an axis, in line
// with it on the other; or in the middle of a box.
type slot struct {
	node   int
	inside bool
	axis   axis
	behind bool
	guess  Box     // where it would be seen
	push   float64 // how far boxes would have to move to make room, all together
}

func (b *sheet) gap(a axis) float64 {
	if a.along(b.graph.Direction) {
		return b.s.Layers
	}
	return b.s.Nodes
}

func (b *sheet) slotBeside(node int, a axis, behind bool, size Size) slot {
	at := b.guess[node]
	low, high := a.box(at)
	gap, length := b.gap(a), a.size(size)
	s := slot{node: node, axis: a, behind: behind, guess: Box{X: at.X, Y: at.Y, Width: size.Width, Height: size.Height}}
	if behind {
		a.setBox(&s.guess, high+gap, high+gap+length)
	} else {
		a.setBox(&s.guess, low-gap-length, low-gap)
	}
	s.push = b.push(node, a, behind, s.guess, length+gap)
	s.push *= b.beyond(a, s.guess)
	return s
}

// beyond counts the boxes that move when room is made on an axis: those behind, or
// those before, if that is fewer.
func (b *sheet) beyond(a axis, guess Box) float64 {
	before, behind := 0, 0
	from, _ := a.box(guess)
	for i, x := range b.guess {
		if !b.has[i] {
			continue
		}
		if low, high := a.box(x); (low+high)/2 > from {
			behind++
		} else {
			before++
		}
	}
	return float64(min(before, behind))
}

// push is how far boxes have to make room when so much comes beside a box: its
// brothers, and where the container has to grow, the container's.
func (b *sheet) push(node int, a axis, behind bool, guess Box, length float64) float64 {
	sum := max(0, length+b.gap(a)-b.room(node, a, behind, guess))
	parent := b.graph.Nodes[node].Parent
	if parent == Root {
		return sum
	}
	low, high := a.box(b.guess[node])
	outerLow, outerHigh := a.box(b.guess[parent])
	padLow, padHigh := a.padding(b.graph.Nodes[parent].Padding)
	free := outerHigh - high - padHigh
	if !behind {
		free = low - outerLow - padLow
	}
	if grown := length - free; grown > 0 {
		sum += b.push(parent, a, behind, b.guess[parent], grown)
	}
	return sum
}

// room is how much is free beside a box before the next of its brothers, over the
// breadth of what is to go there.
func (b *sheet) room(node int, a axis, behind bool, guess Box) float64 {
	low, high := a.box(b.guess[node])
	from, to := a.other().box(guess)
	free := math.Inf(1)
	for i, other := range b.guess {
		if i == node || !b.has[i] || b.graph.Nodes[i].Parent != b.graph.Nodes[node].Parent {
			continue
		}
		l, h := a.box(other)
		if f, t := a.other().box(other); t <= from || f >= to {
			continue
		}
		if behind && l >= high {
			free = min(free, l-high)
		}
		if !behind && h <= low {
			free = min(free, low-h)
		}
	}
	if behind {
		return free - b.crowd(a, high, high+free, from, to)
	}
	return free - b.crowd(a, low-free, low, from, to)
}

// crowd is the room that the tracks between two places need.
func (b *sheet) crowd(a axis, low, high, from, to float64) float64 {
	var at []float64
	for _, w := range b.tracks[a] {
		if w.low > low && w.low < high && w.from < to && w.to > from {
			at = append(at, w.low)
		}
	}
	if len(at) == 0 {
		return 0
	}
	slices.Sort(at)
	return b.s.EdgeNode + float64(len(slices.Compact(at)))*b.s.Tracks
}

// seeTracks notes where the routes are seen.
func (b *sheet) seeTracks() {
	for _, a := range []axis{horizontal, vertical} {
		o := a.other()
		b.tracks[a] = b.tracks[a][:0]
		for i, r := range b.p.Routes {
			for k := 1; b.routed[i] && k < len(r.Points); k++ {
				p, q := r.Points[k-1], r.Points[k]
				if a.at(p) == a.at(q) {
					at, from, to := b.before[a].at(a.at(p)), b.before[o].at(o.at(p)), b.before[o].at(o.at(q))
					b.tracks[a] = append(b.tracks[a], wall{at, at, min(from, to), max(from, to), noNode, i})
				}
			}
		}
	}
}

// cost is about how long the new routes become, those against the direction of the
// drawing counted three times, and how much has to make room.
func (b *sheet) cost(s slot, k block) float64 {
	along := horizontal
	if !b.graph.Direction.Horizontal() {
		along = vertical
	}
	against := b.graph.Direction == Left || b.graph.Direction == Up
	x, y := s.guess.middle()
	sum := 0.
	for _, top := range k.top {
		for _, n := range b.neighbours(top) {
			other := b.guess[n.node]
			ox, oy := other.middle()
			sum += math.Abs(x-ox) + math.Abs(y-oy)
			first, second := s.guess, other
			if n.to == against {
				first, second = second, first
			}
			_, end := along.box(first)
			start, _ := along.box(second)
			sum += 2 * max(0, end+b.s.Layers-start)
		}
	}
	const pushed = 2 // how much worse it is to move what stands than to draw a line
	return sum + pushed*s.push
}

func (b Box) middle() (x, y float64) { return b.X + b.Width/2, b.Y + b.Height/2 }

func (b *sheet) slotInside(node int, size Size) slot {
	if node == Root {
		return slot{node: Root, inside: true, guess: Box{Width: size.Width, Height: size.Height}}
	}
	at, pad := b.guess[node], b.graph.Nodes[node].Padding
	return slot{node: node, inside: true, guess: Box{X: at.X + pad.Left, Y: at.Y + pad.Top, Width: size.Width, Height: size.Height}}
}

// put makes room and places a block in a slot.
func (b *sheet) put(k block, s slot) {
	var at Point
	switch {
	case s.inside && s.node == Root:
	case s.inside:
		for _, a := range []axis{horizontal, vertical} {
			low, high := a.box(b.p.Boxes[s.node])
			*a.of(&at) = b.open(a, snap((low+high)/2), a.size(k.size))
		}
	default:
		low, high := s.axis.box(b.p.Boxes[s.node])
		edge := high
		if !s.behind {
			edge = low - 0.5/grid
		}
		*s.axis.of(&at) = b.open(s.axis, edge, s.axis.size(k.size))
		o := s.axis.other()
		low, high = o.box(b.p.Boxes[s.node])
		*o.of(&at) = low
		if more := o.size(k.size) - (high - low); more >= 0 {
			b.stretch(o, high, more+1)
		}
	}
	k.p.shift(at.X, at.Y)
	for i, node := range k.nodes {
		b.p.Boxes[node], b.has[node] = k.p.Boxes[i], true
		g := k.p.Boxes[i]
		g.X, g.Y = g.X-at.X+s.guess.X, g.Y-at.Y+s.guess.Y
		b.guess[node] = g
	}
	for i, edge := range k.edges {
		b.p.Routes[edge], b.routed[edge] = k.p.Routes[i], true
	}
}

// open makes room of the given length behind a place, clear of every label, and
// gives where it begins.
func (b *sheet) open(a axis, at, length float64) float64 {
	clear := b.clear[a]
	b.stretch(a, at, math.Ceil(length)+2*clear)
	return math.Ceil(at) + clear
}
