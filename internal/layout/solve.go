package layout

import (
	"math"
	"slices"
)

// fold is where the stops of one axis go: those of one version of a drawing.
type fold struct{ from, to []float64 }

// at gives where a stop goes.
func (f fold) at(x float64) float64 {
	if i, ok := slices.BinarySearch(f.from, x); ok {
		return f.to[i]
	}
	return x
}

// find gives where a stop goes, if it knows it.
func (f fold) find(x float64) (to float64, ok bool) {
	i, ok := slices.BinarySearch(f.from, x)
	if !ok {
		return 0, false
	}
	return f.to[i], true
}

// solver finds places for stops that keep rules. As every rule says that a stop is
// so far before a later one, one pass in their order finds the least places, and one
// in the other order the latest (the critical path method).
type solver struct {
	stops []float64
	in    [][]link // from earlier stops
	out   [][]link // to later ones
	boxes []extent
	unit  float64
	known []bool
	was   []float64 // by stop, where it is known

	first, last float64 // no place is before or behind these
}

type link struct {
	stop int
	keep float64
}

// extent is a box on one axis: its stops, the size it needs, and how long it may stay
// when it was that long.
type extent struct {
	low, high     int
	size, longest float64
}

// solve gives places that keep the rules: where last had them, as far as the drawing
// does not become longer than the budget allows, or without last the least. What has
// to make room goes to the low side, to the high one or to both, as moves boxes least.
func (r *rules) solve(last fold) fold {
	s := r.solver()
	if len(s.stops) == 0 {
		return fold{}
	}
	least := make([]float64, len(s.stops))
	s.push(least)
	s.drawUp(least, make([]bool, len(s.stops)))
	if !s.recall(last) {
		return fold{s.stops, least}
	}
	longest := math.Floor(slices.Max(least) * r.spacing.budget())
	low, high := s.sides(longest)
	at := s.between(low, high)
	s.within(at, longest)
	s.calm(at)
	return fold{s.stops, at}
}

// within sets the ends between which places may be, beginning with those at hand.
func (s *solver) within(at []float64, longest float64) {
	s.first = slices.Min(at)
	for i, known := range s.known {
		if known {
			s.first = min(s.first, s.was[i])
		}
	}
	s.last = max(slices.Max(at), s.first+longest)
}

func (r *rules) solver() *solver {
	s := &solver{stops: r.stops(), unit: r.spacing.unit()}
	s.in, s.out = make([][]link, len(s.stops)), make([][]link, len(s.stops))
	for _, k := range r.kept {
		s.link(s.find(k.low), s.find(k.high), k.keep)
	}
	for i := range r.graph.Nodes {
		low, high := r.axis.box(r.placed.Boxes[i])
		s.boxes = append(s.boxes, extent{s.find(low), s.find(high), r.size(i), r.longest(i)})
	}
	s.order()
	return s
}

func (s *solver) find(x float64) int {
	i, _ := slices.BinarySearch(s.stops, x)
	return i
}

// link makes a rule, in whole units, so that places that are whole stay so.
func (s *solver) link(low, high int, keep float64) {
	keep = math.Ceil(keep/s.unit) * s.unit
	s.in[high] = append(s.in[high], link{low, keep})
	s.out[low] = append(s.out[low], link{high, keep})
}

// order makes the rules that keep the order of all boxes' low ends.
func (s *solver) order() {
	lows := make([]int, len(s.boxes))
	for i, b := range s.boxes {
		lows[i] = b.low
	}
	slices.Sort(lows)
	lows = slices.Compact(lows)
	for i := 1; i < len(lows); i++ {
		s.link(lows[i-1], lows[i], 0)
	}
}

// recall notes where last had the stops that it knows, and tells whether it knows any.
func (s *solver) recall(last fold) (any bool) {
	s.was, s.known = make([]float64, len(s.stops)), make([]bool, len(s.stops))
	for i, x := range s.stops {
		if k, ok := slices.BinarySearch(last.from, x); ok {
			s.was[i], s.known[i], any = math.Floor(last.to[k]/s.unit)*s.unit, true, true
		}
	}
	return any
}

// sides gives two solutions that begin with what is known where it was, taken
// together to the longest that the drawing may be: in low things move only to the
// high side to make room, in high only to the low one.
func (s *solver) sides(longest float64) (low, high []float64) {
	first, last := math.Inf(1), math.Inf(-1)
	for i, known := range s.known {
		if known {
			first, last = min(first, s.was[i]), max(last, s.was[i])
		}
	}
	low, high = s.latest(first+longest), make([]float64, len(s.stops))
	last = min(last, first+longest)
	for i, known := range s.known {
		if known {
			low[i] = min(low[i], s.was[i])
			high[i] = low[i]
		} else {
			low[i], high[i] = first, last
		}
	}
	s.push(low)
	s.drawUp(low, s.known)
	s.limit(high)
	return low, high
}

// between gives the mean of two solutions, weighed as moves boxes least. That is a
// solution, too, in whole units when the rules are.
func (s *solver) between(low, high []float64) []float64 {
	const parts = 16
	mix := func(i int, part float64) float64 { return low[i] + (high[i]-low[i])*part/parts }
	best, least := 0., math.Inf(1)
	for part := 0.; part <= parts; part++ {
		moved := 0.
		for _, b := range s.boxes {
			moved += s.unrest(b, mix(b.low, part), mix(b.high, part))
		}
		if moved < least {
			best, least = part, moved
		}
	}
	at := make([]float64, len(s.stops))
	for i := range at {
		at[i] = math.Floor(mix(i, best)/s.unit) * s.unit
	}
	return at
}

// push moves stops on as far as the rules want.
func (s *solver) push(at []float64) {
	for i := range at {
		for _, l := range s.in[i] {
			at[i] = max(at[i], at[l.stop]+l.keep)
		}
	}
}

// limit moves stops back as far as the rules want.
func (s *solver) limit(at []float64) {
	for i := len(at) - 1; i >= 0; i-- {
		for _, l := range s.out[i] {
			at[i] = min(at[i], at[l.stop]-l.keep)
		}
	}
}

// latest are the last places from which the rest still ends at end.
func (s *solver) latest(end float64) []float64 {
	at := make([]float64, len(s.stops))
	for i := range at {
		at[i] = end
	}
	s.limit(at)
	return at
}

// drawUp takes the low ends of boxes that became larger than they ask for after their
// high ends, as far as nothing else moves that is held.
func (s *solver) drawUp(at []float64, held []bool) {
	latest := make([]float64, len(at))
	end := slices.Max(at)
	for i := range latest {
		latest[i] = end
		if held[i] {
			latest[i] = at[i]
		}
	}
	for _, b := range s.boxes {
		latest[b.high] = at[b.high]
	}
	s.limit(latest)
	for _, b := range s.boxes {
		if !held[b.low] {
			at[b.low] = max(at[b.low], min(latest[b.low], at[b.high]-b.size))
		}
	}
	s.push(at)
}
