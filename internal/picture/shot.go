package picture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// Shot are several scenes taken with one camera that stands still: what is in several
// of them, under whatever name, is drawn in the same cells, and every drawing is equally
// large. It does not change once it was taken.
type Shot struct {
	Width, Height int

	paper Paper
	takes []Take
	stage stage
	plans reel
	names []names
	above int // rows for what stands above the drawings
}

// Take is a scene of a shot, and what of it is to be seen. With the zoom [Changes] the
// same containers are open in all takes: those in which something changes in any of them,
// as far as they fit the paper. What changes in a folded one is counted on it.
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
	s := Shot{paper: p, takes: slices.Clone(takes), stage: newStage(p)}
	s.names = nameAll(ctx, takes, 0, s.stage)
	var best *Shot
	for i, a := range p.attempts() {
		if best != nil && (p.fits(*best.plans[0]) || i >= 2 && best.most() > large) {
			break
		}
		next, err := s.shoot(ctx, a)
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

// Extend is the shot with one more take behind the last. The others keep their cells, or
// are moved on all together where something comes above or to the left of them; in the
// new one everything stays where it was in the last as far as there is room
// ([layout.Camera]).
func (s *Shot) Extend(ctx context.Context, t Take) (*Shot, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.paper.Time, usualTime))
	defer cancel()
	next := *s
	next.takes = append(slices.Clone(s.takes), t)
	next.stage = s.stage.clone()
	next.names = slices.Concat(s.names, nameAll(ctx, next.takes, len(s.takes), next.stage))
	p, err := next.follow(ctx)
	if err != nil {
		return nil, fmt.Errorf("place one more scene: %w", err)
	}
	near := next.names[len(s.plans)].near
	above, _ := sides(near)
	next.above = max(s.above, reel{p}.rowsOf([][]Node{above}))
	x, y := p.off(next.above)
	next.plans = nil
	for _, q := range s.plans {
		next.plans = append(next.plans, q.moved(x, y))
	}
	p = p.moved(x, y)
	p.join(near, next.above, next.plans[len(s.plans)-1])
	next.plans = append(next.plans, p)
	next.level()
	return &next, p.check()
}

// follow plans the last take behind the plans that are there.
func (s *Shot) follow(ctx context.Context) (*plan, error) {
	i := len(s.plans)
	last, n := s.plans[i-1], s.names[i]
	p := &plan{attempt: last.attempt, view: n.view, blocks: last.manner.blocks(n.view)}
	g := n.graph(p.manner.graph(n.view, p.blocks, p.direction, nil))
	if err := s.paper.tooMuch(len(g.Nodes), len(g.Edges)); err != nil {
		return nil, err
	}
	const within = 1 // no keyframe
	camera := layout.Camera{Last: last.placement(s.names[i-1]), Key: within}
	camera, _, err := camera.Next(ctx, roomy(p.engine), p.spacing, g)
	if err != nil {
		return nil, err
	}
	p.round(camera.Last)
	return p, nil
}

// placement is where a plan has what has names.
func (p *plan) placement(n names) layout.Placement {
	var placed layout.Placement
	for i, name := range n.nodes {
		b := p.boxes[i]
		placed.Boxes = append(placed.Boxes, layout.Box{
			ID: name, X: float64(b.X), Y: float64(b.Y), Width: float64(b.Width - 1), Height: float64(b.Height - 1),
		})
	}
	for i, name := range n.edges {
		r := layout.Route{ID: name}
		for _, q := range p.routes[i] {
			r.Points = append(r.Points, q.exact())
		}
		if l := p.labels[i]; l != nil {
			at := l.exact()
			r.Label = &at
		}
		placed.Routes = append(placed.Routes, r)
	}
	return placed
}

func (q point) exact() layout.Point { return layout.Point{X: float64(q.x), Y: float64(q.y)} }

// level makes all drawings as large as the largest.
func (s *Shot) level() {
	for _, p := range s.plans {
		s.Width, s.Height = max(s.Width, p.width), max(s.Height, p.height)
	}
	for _, p := range s.plans {
		p.width, p.height = s.Width, s.Height
	}
}

// Len is how many takes the shot has.
func (s *Shot) Len() int { return len(s.plans) }

// First is the shot with its first takes only, one or more.
func (s *Shot) First(n int) *Shot {
	first := *s
	first.takes, first.names, first.plans = s.takes[:n], s.names[:n], s.plans[:n]
	return &first
}

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
func (s Shot) shoot(ctx context.Context, a attempt) (*Shot, error) {
	graphs := make([]layout.Graph, len(s.names))
	for i, n := range s.names {
		graphs[i] = n.graph(a.manner.graph(n.view, a.manner.blocks(n.view), a.direction, nil))
	}
	u := layout.Union(graphs...)
	if err := s.paper.tooMuch(len(u.Nodes), len(u.Edges)); err != nil {
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
	s.develop(a, parts)
	if s.paper.fits(*s.plans[0]) {
		return &s, s.plans[0].check()
	}
	again := func(context.Context, layout.Graph) (layout.Placement, error) { return placed, nil }
	if parts, err = layout.Still(ctx, again, s.spacing(a), graphs); err != nil {
		return nil, err
	}
	s.develop(a, parts)
	return &s, s.plans[0].check()
}

// spacing is how much room there is in takes that do not fit: in small ones little, so that
// they stay about as large as the paper; in large ones room that costs no move later.
func (s *Shot) spacing(a attempt) layout.Spacing {
	spacing := a.spacing
	if s.most() > large {
		spacing.Nodes++
	} else {
		spacing.Budget = 1.2
	}
	return spacing
}

// develop makes the plans of takes that were placed.
func (s *Shot) develop(a attempt, placed []layout.Placement) {
	s.plans = nil
	near := make([][]Node, len(s.names))
	for i, n := range s.names {
		p := &plan{attempt: a, view: n.view, blocks: a.manner.blocks(n.view)}
		p.round(placed[i])
		s.plans, near[i] = append(s.plans, p), n.near
	}
	s.plans.shift()
	s.plans.squeeze()
	s.above = s.plans.putNear(near)
	s.Width, s.Height = s.plans[0].width, s.plans[0].height
}
