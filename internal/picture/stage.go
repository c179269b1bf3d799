package picture

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"

	"github.com/archsync/archsync/internal/layout"
)

// stage says which containers are open in a shot that shows what changed ([Changes]).
// A container is opened or folded when it is first seen, by whether the drawing then
// fits the paper, and stays so: what happens in a folded one is counted on it, so that
// nothing has to make room for it. What is decided never depends on a later take.
type stage struct {
	paper Paper
	open  map[string]bool // containers by name
	aside map[string]bool // boxes in no container by name: whether they are among the others
}

func newStage(p Paper) stage {
	return stage{paper: p, open: map[string]bool{}, aside: map[string]bool{}}
}

func (s stage) clone() stage {
	s.open, s.aside = maps.Clone(s.open), maps.Clone(s.aside)
	return s
}

// view makes the view of a take, whose whole layer is v with the given names. Some
// containers are closed whatever the stage says.
func (s stage) view(ctx context.Context, v View, names []string, closed []bool, c Choice) View {
	s.decide(ctx, v, names, closed)
	closed = slices.Clone(closed)
	for i, n := range v.Nodes {
		if n.Kind != Frame {
			continue
		}
		fold, said := c.Folded[n.ID]
		closed[i] = closed[i] || (said && fold) || (!said && !s.open[names[i]])
	}
	return v.fold(closed, s.others(v, names, c), true)
}

// decide opens as many of the containers that were not seen before as fit.
func (s stage) decide(ctx context.Context, v View, names []string, closed []bool) {
	fits := func() bool {
		shut := slices.Clone(closed)
		for i, n := range v.Nodes {
			shut[i] = shut[i] || n.Kind == Frame && !s.open[names[i]]
		}
		return s.paper.holds(ctx, v.fold(shut, s.others(v, names, Choice{}), true))
	}
	s.putAside(v, names, fits)
	for {
		candidates := s.candidates(v, names, closed)
		if len(candidates) == 0 {
			return
		}
		set := func(first, end int, open bool) {
			for _, i := range candidates[first:end] {
				s.open[names[i]] = open
			}
		}
		set(0, len(candidates), false)
		most := sort.Search(len(candidates), func(k int) bool {
			set(0, k+1, true)
			defer set(0, k+1, false)
			return !fits()
		})
		set(0, most, true)
	}
}

// candidates are the containers to decide on that would be seen: those first in which
// something changed, then those with least in them.
func (s stage) candidates(v View, names []string, closed []bool) []int {
	var found []int
	seen := make([]bool, len(v.Nodes))
	for i, n := range v.Nodes {
		seen[i] = n.Parent == layout.Root || seen[n.Parent] && s.open[names[n.Parent]]
		if _, known := s.open[names[i]]; n.Kind == Frame && seen[i] && !known && !closed[i] {
			found = append(found, i)
		}
	}
	quiet := func(i int) int {
		if v.Nodes[i].Mark == "" && v.inside(i).Total() == 0 {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(found, func(i, k int) int {
		return cmp.Or(cmp.Compare(quiet(i), quiet(k)), cmp.Compare(v.count(i), v.count(k)))
	})
	return found
}

// putAside decides on the boxes in no container that were not seen before: where they do
// not fit, they are among the others.
func (s stage) putAside(v View, names []string, fits func() bool) {
	var fresh []string
	aside := 0
	for i, n := range v.Nodes {
		is, known := s.aside[names[i]]
		switch {
		case is:
			aside++
		case !known && n.loose():
			fresh = append(fresh, names[i])
			s.aside[names[i]] = false
		}
	}
	if len(fresh) == 0 || aside == 0 && len(fresh) < fewest || fits() {
		return
	}
	for _, name := range fresh {
		s.aside[name] = true
	}
}

// loose tells whether a box stands in no container and at no side of the drawing.
func (n Node) loose() bool {
	return n.Kind != Frame && n.Parent == layout.Root && !atSide(n.style["near"])
}

// others are the boxes that were put aside.
func (s stage) others(v View, names []string, c Choice) []bool {
	is := make([]bool, len(v.Nodes))
	folded, said := c.Folded[""]
	for i, n := range v.Nodes {
		is[i] = n.loose() && s.aside[names[i]] && n.ID != c.Focus && (folded || !said)
	}
	return is
}

// holds tells whether a view fits the paper in one of the ways that are tried.
func (p Paper) holds(ctx context.Context, v View) bool {
	if p.Width == 0 && p.Height == 0 {
		return true
	}
	if len(v.Nodes)+len(v.Edges) > 2*large {
		return false
	}
	for _, a := range p.attempts() {
		if placed, err := place(ctx, v, a, nil); err == nil && p.fits(placed) {
			return true
		}
	}
	return false
}
