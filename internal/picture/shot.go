package picture

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/archsync/archsync/internal/layout"
)

// Shot are several scenes taken with one camera that stands still: what is in several
// of them, under whatever name, is drawn in the same cells, and every drawing is equally
// large. It does not change once it was taken.
type Shot struct {
	Width, Height int

	plans reel
	names []names
}

// Take is a scene of a shot, and what of it is to be seen.
type Take struct {
	Scene
	Choice
}

// Shoot places takes, oldest first, as one, so that they fit the paper if they can.
// Where the room for everything that is in any of them fits, nothing moves at all from
// one take to the next; else the holes are closed in each, which moves what is beside
// them, but changes no order ([layout.Still]). It gives an error where there is more in
// them than can be placed at once, or in time.
func Shoot(ctx context.Context, takes []Take, p Paper) (*Shot, error) {
	if len(takes) == 0 {
		return nil, errors.New("shoot: there are no scenes")
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(p.Time, usualTime))
	defer cancel()
	named := nameAll(takes)
	var best *Shot
	for i, a := range p.attempts() {
		if best != nil && (p.fits(*best.plans[0]) || i >= 2 && best.most() > large) {
			break
		}
		next, err := shoot(ctx, a, named, p)
		switch {
		case err != nil && best == nil:
			return nil, fmt.Errorf("place %d scenes as one: %w", len(takes), err)
		case err != nil:
			return best, nil
		case best == nil || p.cost(*next.plans[0]) < p.cost(*best.plans[0]):
			best = next
		}
	}
	return best, nil
}

// Len is how many takes the shot has.
func (s *Shot) Len() int { return len(s.plans) }

// Draw draws a take by its number.
func (s *Shot) Draw(i int) *Canvas {
	canvas, _ := draw(*s.plans[i])
	return canvas
}

// most is how many nodes and edges the largest take has.
func (s *Shot) most() int {
	n := 0
	for _, p := range s.plans {
		n = max(n, len(p.view.Nodes)+len(p.view.Edges))
	}
	return n
}

// shoot is one attempt.
func shoot(ctx context.Context, a attempt, named []names, p Paper) (*Shot, error) {
	graphs := make([]layout.Graph, len(named))
	for i, n := range named {
		graphs[i] = n.graph(a.manner.graph(n.view, a.manner.blocks(n.view), a.direction, nil))
	}
	u := layout.Union(graphs...)
	if err := p.tooMuch(len(u.Nodes), len(u.Edges)); err != nil {
		return nil, err
	}
	placed, err := roomy(a.engine)(ctx, u)
	if err != nil {
		return nil, err
	}
	parts := make([]layout.Placement, len(graphs))
	for i, g := range graphs {
		parts[i] = placed.Part(u, g)
	}
	s := develop(a, named, parts)
	if p.fits(*s.plans[0]) {
		return s, s.plans[0].check()
	}
	again := func(context.Context, layout.Graph) (layout.Placement, error) { return placed, nil }
	if parts, err = layout.Still(ctx, again, layout.Cells(a.direction), graphs); err != nil {
		return nil, err
	}
	s = develop(a, named, parts)
	return s, s.plans[0].check()
}

// develop makes the plans of takes that were placed.
func develop(a attempt, named []names, placed []layout.Placement) *Shot {
	s := &Shot{names: named}
	near := make([][]Node, len(named))
	for i, n := range named {
		p := &plan{attempt: a, view: n.view, blocks: a.manner.blocks(n.view)}
		p.round(placed[i])
		s.plans, near[i] = append(s.plans, p), n.near
	}
	s.plans.shift()
	s.plans.squeeze()
	s.plans.putNear(near)
	s.Width, s.Height = s.plans[0].width, s.plans[0].height
	return s
}
