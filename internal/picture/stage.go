package picture

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// stage says what is open in a shot that shows what changed ([Changes]): of the containers
// in which something changes in any of its takes as many as fit the paper, those first in
// which that is so most often. The same holds for boxes that are near to a change; the
// rest of a frame is the others. It is the same in all takes, so that nothing has to make
// room for what opens, and what changes in a box that is folded is counted there. What
// comes with a later take is decided on then.
type stage struct {
	paper Paper
	open  map[string]bool // containers by name
	aside map[string]bool // boxes by name: whether they are among the others
}

func newStage(p Paper) stage {
	return stage{paper: p, open: map[string]bool{}, aside: map[string]bool{}}
}

func (s stage) clone() stage {
	s.open, s.aside = maps.Clone(s.open), maps.Clone(s.aside)
	return s
}

// layer is what a take shows before anything is folded, with the names of its nodes.
type layer struct {
	View
	names  []string
	closed []bool // whatever the stage says
}

// set decides on everything in layers that was not seen before, the fullest first.
func (s stage) set(ctx context.Context, layers []layer) {
	changes := map[string]int{} // in how many layers
	for _, l := range layers {
		for i, near := range l.nearChanges() {
			if near && (l.Nodes[i].Kind != Frame || l.happened(i).Total() > 0) {
				changes[l.names[i]]++
			}
		}
	}
	layers = slices.Clone(layers)
	slices.SortStableFunc(layers, func(a, b layer) int {
		return cmp.Compare(len(b.Nodes)+len(b.Edges), len(a.Nodes)+len(a.Edges))
	})
	for _, l := range layers {
		s.putAside(ctx, l, changes)
		for s.openMost(ctx, l, changes) {
		}
	}
}

// openMost decides on the containers that would be seen, and tells whether there were
// any.
func (s stage) openMost(ctx context.Context, l layer, changes map[string]int) bool {
	candidates := s.candidates(l)
	slices.SortStableFunc(candidates, func(i, k int) int {
		return cmp.Or(cmp.Compare(changes[l.names[k]], changes[l.names[i]]), cmp.Compare(l.count(i), l.count(k)))
	})
	for _, i := range candidates {
		s.open[l.names[i]] = false
	}
	const most = 6 // that turn out not to fit
	failed := 0
	for _, i := range candidates {
		if changes[l.names[i]] == 0 || failed == most {
			break
		}
		s.open[l.names[i]] = true
		if !s.fits(ctx, l) {
			s.open[l.names[i]] = false
			failed++
		}
	}
	return len(candidates) > 0
}

// candidates are the containers to decide on that would be seen.
func (s stage) candidates(l layer) (found []int) {
	seen := make([]bool, len(l.Nodes))
	for i, n := range l.Nodes {
		seen[i] = n.Parent == layout.Root || seen[n.Parent] && s.open[l.names[n.Parent]]
		if _, known := s.open[l.names[i]]; n.Kind == Frame && seen[i] && !known && !l.closed[i] {
			found = append(found, i)
		}
	}
	return found
}

// putAside decides on boxes: those that are never near to a change are among the others,
// where there are enough of them, and those in no container that do not fit.
func (s stage) putAside(ctx context.Context, l layer, changes map[string]int) {
	quiet, loose := map[int][]string{}, []string(nil)
	aside := map[int]int{}
	for i, n := range l.Nodes {
		name := l.names[i]
		is, known := s.aside[name]
		switch {
		case n.Kind == Frame || atSide(n.style["near"]):
		case is:
			aside[n.Parent]++
		case known:
		case changes[name] == 0:
			quiet[n.Parent] = append(quiet[n.Parent], name)
			s.aside[name] = false
		default:
			s.aside[name] = false
			if n.Parent == layout.Root {
				loose = append(loose, name)
			}
		}
	}
	put := func(names []string, parent int) {
		if aside[parent] == 0 && len(names) < fewest {
			return
		}
		for _, name := range names {
			s.aside[name] = true
		}
		aside[parent] += len(names)
	}
	for parent, names := range quiet {
		put(names, parent)
	}
	if len(loose) > 0 && !s.fits(ctx, l) {
		put(loose, layout.Root)
	}
}

// view is what is to be seen of a layer. What was folded or opened by hand is.
func (s stage) view(l layer, c Choice) View {
	closed, others := slices.Clone(l.closed), make([]bool, len(l.Nodes))
	for i, n := range l.Nodes {
		if n.Kind == Frame {
			fold, said := c.Folded[n.ID]
			closed[i] = closed[i] || said && fold || !said && !s.open[l.names[i]]
			continue
		}
		fold, said := c.Folded[l.frameID(n.Parent)]
		others[i] = s.aside[l.names[i]] && n.ID != c.Focus && (fold || !said)
	}
	return l.fold(closed, others, true)
}

// fits tells whether a layer fits the paper, or is a little larger, to the right or
// downwards.
func (s stage) fits(ctx context.Context, l layer) bool {
	p := s.paper
	if p.Width == 0 && p.Height == 0 {
		return true
	}
	v := s.view(l, Choice{})
	if len(v.Nodes)+len(v.Edges) > 2*large {
		return false
	}
	p.Width, p.Height = p.Width*3/2, p.Height*3/2
	attempts := p.attempts()
	for _, a := range attempts[:min(2, len(attempts))] {
		if placed, err := place(ctx, v, a, nil); err == nil && p.fits(placed) {
			return true
		}
	}
	return false
}
