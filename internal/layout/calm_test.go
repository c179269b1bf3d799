package layout

import (
	"slices"
	"testing"
)

// line is a box on one axis: where it was, where making room took it, and what it needs.
type line struct {
	was, at [2]float64
	size    float64
}

// apart says how far the low end of the second line is kept from the high end of the
// first; of a line from itself, how long it is held.
type apart struct {
	first, second int
	keep          float64
}

func TestCalm(t *testing.T) {
	for name, c := range map[string]struct {
		lines []line
		rules []apart
		want  [][2]float64
	}{
		"a box goes back to where it was": {
			lines: []line{{was: [2]float64{0, 10}, at: [2]float64{5, 15}, size: 10}},
			want:  [][2]float64{{0, 10}},
		},
		"boxes in a row go back together": {
			lines: []line{{was: [2]float64{0, 10}, at: [2]float64{5, 15}, size: 10}, {was: [2]float64{12, 22}, at: [2]float64{17, 27}, size: 10}},
			rules: []apart{{0, 1, 2}},
			want:  [][2]float64{{0, 10}, {12, 22}},
		},
		"nothing goes nearer than it may": {
			lines: []line{{was: [2]float64{0, 10}, at: [2]float64{0, 10}, size: 10}, {was: [2]float64{8, 18}, at: [2]float64{20, 30}, size: 10}},
			rules: []apart{{0, 1, 4}},
			want:  [][2]float64{{0, 10}, {14, 24}},
		},
		"a large box makes way for a small one": {
			lines: []line{{was: [2]float64{0, 100}, at: [2]float64{0, 100}, size: 100}, {was: [2]float64{100, 110}, at: [2]float64{102, 112}, size: 10}},
			rules: []apart{{0, 1, 2}},
			want:  [][2]float64{{-2, 98}, {100, 110}},
		},
		"a box that was a little longer than it needs stays so": {
			lines: []line{{was: [2]float64{0, 14}, at: [2]float64{0, 14}, size: 10}},
			want:  [][2]float64{{0, 14}},
		},
		"a box that was much longer than it needs does not stay so": {
			lines: []line{{was: [2]float64{0, 25}, at: [2]float64{0, 25}, size: 10}},
			want:  [][2]float64{{0, 15}},
		},
		"a box that making room pulled long becomes shorter again": {
			lines: []line{{was: [2]float64{0, 10}, at: [2]float64{0, 30}, size: 10}},
			want:  [][2]float64{{0, 10}},
		},
		"nothing goes beyond the end of the drawing": {
			lines: []line{{was: [2]float64{60, 70}, at: [2]float64{5, 15}, size: 10}, {was: [2]float64{0, 10}, at: [2]float64{-10, 0}, size: 10}},
			want:  [][2]float64{{40, 50}, {0, 10}},
		},
		"a box is as long as what ends at it": {
			lines: []line{{was: [2]float64{0, 10}, at: [2]float64{0, 30}, size: 10}},
			rules: []apart{{0, 0, 25}},
			want:  [][2]float64{{0, 25}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, at := calmed(c.lines, c.rules)
			var got [][2]float64
			for _, b := range s.boxes {
				got = append(got, [2]float64{at[b.low], at[b.high]})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the boxes come to stand at %v, want %v", got, c.want)
			}
		})
	}
}

// calmed solves for lines, each with two stops behind those of the line before.
func calmed(lines []line, rules []apart) (s *solver, at []float64) {
	n := 2 * len(lines)
	s = &solver{
		unit: 1, stops: make([]float64, n), known: make([]bool, n), was: make([]float64, n),
		in: make([][]link, n), out: make([][]link, n), first: -20, last: 50,
	}
	for i, l := range lines {
		low, high := 2*i, 2*i+1
		s.boxes = append(s.boxes, extent{low, high, l.size, 1.5 * l.size})
		s.link(low, high, l.size)
		s.known[low], s.known[high] = true, true
		s.was[low], s.was[high] = l.was[0], l.was[1]
		at = append(at, l.at[0], l.at[1])
	}
	for _, r := range rules {
		if r.first == r.second {
			s.link(2*r.first, 2*r.first+1, r.keep)
		} else {
			s.link(2*r.first+1, 2*r.second, r.keep)
		}
	}
	s.calm(at)
	return s, at
}
