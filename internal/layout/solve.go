package layout

import (
	"cmp"
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

// solver finds places for stops that keep rules. As every rule says that a stop is
// so far before a later one, one pass in their order finds the least places, and one
// in the other order the latest (the critical path method).
type solver struct {
	stops []float64
	in    [][]link // from earlier stops
	out   [][]link // to later ones
	boxes []extent
}

type link struct {
	stop int
	keep float64
}

// extent is a box on one axis: its stops and the size it asks for.
type extent struct {
	low, high int
	size      float64
}

// solve gives places that keep the rules: where last had them, as far as the drawing
// does not become longer than the budget allows, or without last the least. The
// places as a whole are moved so that most boxes stay.
func (r *rules) solve(last fold) fold {
	s := r.solver()
	if len(s.stops) == 0 {
		return fold{}
	}
	least := make([]float64, len(s.stops))
	none := make([]bool, len(s.stops))
	s.tighten(least, none)
	was, base, known := s.recall(last)
	if base == math.Inf(1) {
		return fold{s.stops, least}
	}
	latest := s.latest(math.Floor(slices.Max(least) * budget))
	at := make([]float64, len(s.stops))
	for i := range at {
		if known[i] {
			at[i] = max(0, min(was[i]-base, latest[i]))
		}
	}
	s.tighten(at, known)
	shift := -s.drift(was, at, known)
	for i := range at {
		at[i] += shift
	}
	return fold{s.stops, at}
}

func (r *rules) solver() *solver {
	s := &solver{stops: r.stops()}
	s.in, s.out = make([][]link, len(s.stops)), make([][]link, len(s.stops))
	for _, k := range r.kept {
		s.link(s.find(k.low), s.find(k.high), k.keep)
	}
	for i, n := range r.graph.Nodes {
		low, high := r.axis.box(r.placed.Boxes[i])
		s.boxes = append(s.boxes, extent{s.find(low), s.find(high), r.axis.size(Size{n.Width, n.Height})})
	}
	s.order()
	return s
}

func (s *solver) find(x float64) int {
	i, _ := slices.BinarySearch(s.stops, x)
	return i
}

func (s *solver) link(low, high int, keep float64) {
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

// recall gives where last had the stops that it knows, and the least of these places.
func (s *solver) recall(last fold) (was []float64, base float64, known []bool) {
	was, known = make([]float64, len(s.stops)), make([]bool, len(s.stops))
	base = math.Inf(1)
	for i, x := range s.stops {
		if k, ok := slices.BinarySearch(last.from, x); ok {
			was[i], known[i] = last.to[k], true
			base = min(base, was[i])
		}
	}
	return was, base, known
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

// tighten pushes, and takes the low ends of boxes that became larger than they ask
// for after their high ends, as far as nothing else moves that is held.
func (s *solver) tighten(at []float64, held []bool) {
	s.push(at)
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

// drift is how far the middles of boxes that are known were moved: the median, each
// weighed by how much of its own size a step is.
func (s *solver) drift(was, at []float64, known []bool) float64 {
	type step struct{ by, weight float64 }
	var steps []step
	total := 0.
	for _, b := range s.boxes {
		if known[b.low] && known[b.high] {
			w := 1 / max(1, at[b.high]-at[b.low])
			steps = append(steps, step{(at[b.low] + at[b.high] - was[b.low] - was[b.high]) / 2, w})
			total += w
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.weight, b.weight)) })
	sum := 0.
	for _, st := range steps {
		if sum += st.weight; sum >= total/2 {
			return math.Round(st.by)
		}
	}
	return 0
}
