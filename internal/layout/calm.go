package layout

import (
	"cmp"
	"math"
	"slices"
)

// calm takes boxes back to where they were, as far as the rules let them and as far
// as that makes the unrest less. A box takes with it what stands close in its way (a
// descent over the closures of the rules that are tight, which is how a sum of distances
// under difference constraints is made least).
func (s *solver) calm(at []float64) {
	const rounds = 8
	h := newHerd(s, at)
	for range rounds {
		back := h.calm(-1)
		if on := h.calm(1); !on && !back {
			return
		}
	}
}

// unrest is how far the ends of a box are from where they were, and how much longer
// the box became than it need be, in units of its size.
func (s *solver) unrest(b extent, low, high float64) float64 {
	if !s.known[b.low] || !s.known[b.high] {
		return 0
	}
	sum := math.Abs(low-s.was[b.low]) + math.Abs(high-s.was[b.high])
	return (sum + stretchCost*max(0, high-low-s.length(b))) * s.weight(b)
}

// stretchCost is how much worse it is for a box to become longer than to move.
const stretchCost = 3

// weight is what a step of a box counts: the smaller it is, the more.
func (s *solver) weight(b extent) float64 { return 1 / max(1, s.length(b)) }

// length is how long a box may be without being stretched: as long as it was, but
// not much longer than it asks for.
func (s *solver) length(b extent) float64 {
	return max(b.size, min(s.was[b.high]-s.was[b.low], b.longest))
}

// herd is a set of stops that move together.
type herd struct {
	*solver
	at      []float64
	ends    [][]int // by stop: the boxes that it is an end of
	members []int
	chosen  []bool // by stop
	boxed   []int  // boxes that have an end in the herd
	counted []bool // by box
}

func newHerd(s *solver, at []float64) *herd {
	h := &herd{solver: s, at: at, ends: make([][]int, len(s.stops)), chosen: make([]bool, len(s.stops)), counted: make([]bool, len(s.boxes))}
	for i, b := range s.boxes {
		if s.known[b.low] && s.known[b.high] {
			h.ends[b.low] = append(h.ends[b.low], i)
			h.ends[b.high] = append(h.ends[b.high], i)
		}
	}
	return h
}

// calm moves boxes one way, 1 to the high side or -1 to the low one: those first that
// stand in the way of others.
func (h *herd) calm(way float64) (calmed bool) {
	var off []int
	for i, b := range h.boxes {
		if h.unrest(b, h.at[b.low], h.at[b.high]) > 0 {
			off = append(off, i)
		}
	}
	slices.SortFunc(off, func(i, j int) int {
		return cmp.Or(cmp.Compare(-way*h.at[h.boxes[i].low], -way*h.at[h.boxes[j].low]), cmp.Compare(i, j))
	})
	for _, i := range off {
		b := h.boxes[i]
		for _, stops := range [][]int{{b.low, b.high}, {b.low}, {b.high}} {
			h.gather(stops, way)
			for by := h.reach(way); by >= h.unit && h.gain(way) > 0; by = h.reach(way) {
				for _, k := range h.members {
					h.at[k] += way * by
				}
				h.gather(stops, way)
				calmed = true
			}
		}
	}
	return calmed
}

// gather finds all that must move with the given stops.
func (h *herd) gather(stops []int, way float64) {
	for _, i := range h.members {
		h.chosen[i] = false
	}
	for _, e := range h.boxed {
		h.counted[e] = false
	}
	h.members, h.boxed = h.members[:0], h.boxed[:0]
	add := func(i int) {
		if !h.chosen[i] {
			h.chosen[i] = true
			h.members = append(h.members, i)
		}
	}
	for _, i := range stops {
		add(i)
	}
	for k := 0; k < len(h.members); k++ {
		i := h.members[k]
		for _, e := range h.ends[i] {
			if !h.counted[e] {
				h.counted[e] = true
				h.boxed = append(h.boxed, e)
			}
		}
		for _, l := range h.ahead(i, way) {
			if h.slack(i, l, way) < h.unit {
				add(l.stop)
			}
		}
	}
}

func (h *herd) ahead(stop int, way float64) []link {
	if way > 0 {
		return h.out[stop]
	}
	return h.in[stop]
}

func (h *herd) slack(stop int, l link, way float64) float64 {
	return way*(h.at[l.stop]-h.at[stop]) - l.keep
}

// free is how far a stop is from the end of the drawing that way.
func (h *herd) free(stop int, way float64) float64 {
	if way > 0 {
		return h.last - h.at[stop]
	}
	return h.at[stop] - h.first
}

// gain is by how much one unit that way makes the unrest less.
func (h *herd) gain(way float64) float64 {
	const least = 1e-9
	gain := 0.
	for _, e := range h.boxed {
		low, high := h.moved(e, way*h.unit)
		b := h.boxes[e]
		gain += h.unrest(b, h.at[b.low], h.at[b.high]) - h.unrest(b, low, high)
	}
	if gain < least {
		return 0
	}
	return gain
}

// moved gives the ends of a box after the herd went so far.
func (h *herd) moved(box int, by float64) (low, high float64) {
	b := h.boxes[box]
	low, high = h.at[b.low], h.at[b.high]
	if h.chosen[b.low] {
		low += by
	}
	if h.chosen[b.high] {
		high += by
	}
	return low, high
}

// reach is how far the herd can go without meeting something else, and before the
// gain becomes another.
func (h *herd) reach(way float64) float64 {
	by := math.Inf(1)
	upTo := func(x float64) {
		if x >= h.unit {
			by = min(by, x)
		}
	}
	for _, i := range h.members {
		by = min(by, h.free(i, way))
		for _, l := range h.ahead(i, way) {
			if !h.chosen[l.stop] {
				by = min(by, h.slack(i, l, way))
			}
		}
	}
	for _, e := range h.boxed {
		b := h.boxes[e]
		upTo(way * (h.was[b.low] - h.at[b.low]))
		upTo(way * (h.was[b.high] - h.at[b.high]))
		upTo(math.Abs(h.at[b.high] - h.at[b.low] - h.length(b)))
	}
	if math.IsInf(by, 1) {
		return 0
	}
	return math.Floor(by/h.unit) * h.unit
}
