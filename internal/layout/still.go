package layout

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// StillVersion names how versions are placed from one to the next. It changes whenever
// [Still] or [Camera.Next] may place the same graphs otherwise, and is part of the key
// of every placement that is kept.
const StillVersion = "still 6"

// Still places all versions of a graph so that what they share stays where it is.
// Nodes and edges of two versions are the same when their ids are equal; a node's
// parent must be the same in all versions. The union of all is placed by the engine
// once, and folded for every version.
func Still(ctx context.Context, engine Engine, s Spacing, versions []Graph) ([]Placement, error) {
	u := Union(versions...)
	p, err := engine(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("place %d versions as one: %w", len(versions), err)
	}
	return foldAll(u, p, versions, s), nil
}

// Both places two versions of a graph in one placement, for a picture of their
// difference: what is in both lies in the same place twice, and what is in one of
// them leaves room in the other.
func Both(ctx context.Context, engine Engine, s Spacing, before, after Graph) ([2]Placement, error) {
	u := Union(before, after)
	ps, err := Still(ctx, engine, s, []Graph{u})
	if err != nil {
		return [2]Placement{}, err
	}
	return [2]Placement{restrict(u, ps[0], before), restrict(u, ps[0], after)}, nil
}

// Camera goes from version to version of a graph, keeping still what it can. It is a
// value: the same one can be asked for several next versions. The zero value has seen
// nothing yet.
type Camera struct {
	Last  Placement `json:"last"`            // of the last version
	Key   int       `json:"key,omitempty"`   // versions since the last keyframe, itself counted; 0 is none yet
	Watch float64   `json:"watch,omitempty"` // area for each unit of content beyond which a fresh placement is compared
}

const (
	muchMoved  = 2. // of a box's own size, on average
	muchLarger = 2. // than a fresh placement
)

// KeyframeInterval is the least number of versions from one keyframe to the next.
const KeyframeInterval = 26

// Next places the next version. What is in it and in the one before stays where it
// was, as far as there is room; what is new is put beside its neighbours, and what was
// there makes room without changing its order. The engine places only what stands in
// new containers.
//
// At a keyframe the version is placed anew instead, and everything may move: when
// less than a third of it was there before, when what was there would have to move much
// anyway, or when room was made so often that the drawing has twice the area of a
// fresh one. The first version is no keyframe, and from one keyframe to the next it
// takes KeyframeInterval versions.
func (c Camera) Next(ctx context.Context, engine Engine, s Spacing, g Graph) (next Camera, keyframe bool, err error) {
	if err := g.Check(); err != nil {
		return Camera{}, false, fmt.Errorf("place next version: %w", err)
	}
	if len(c.Last.Boxes) == 0 {
		next, err = c.fresh(ctx, engine, s, g)
		next.Key = c.Key
		return next, false, err
	}
	may := c.Key == 0 || c.Key >= KeyframeInterval
	if may && 3*c.shared(g) < len(g.Nodes) {
		next, err = c.fresh(ctx, engine, s, g)
		return next, true, err
	}
	p, err := extend(ctx, engine, s, c.Last, g)
	if err != nil {
		return Camera{}, false, fmt.Errorf("place next version: %w", err)
	}
	if may && moved(c.Last, p) > muchMoved {
		next, err = c.fresh(ctx, engine, s, g)
		return next, true, err
	}
	next = Camera{Last: p, Key: c.Key, Watch: c.Watch}
	if c.Key > 0 {
		next.Key++
	}
	if looseness := sprawl(g, p, s); may && looseness > c.Watch {
		fresh, err := c.fresh(ctx, engine, s, g)
		if err != nil {
			return Camera{}, false, err
		}
		if p.area() > muchLarger*fresh.Last.area() {
			return fresh, true, nil
		}
		next.Watch = 1.1 * looseness
	}
	return next, false, nil
}

// fresh begins anew with one version.
func (c Camera) fresh(ctx context.Context, engine Engine, s Spacing, g Graph) (Camera, error) {
	ps, err := Still(ctx, engine, s.loose(), []Graph{g})
	if err != nil {
		return Camera{}, err
	}
	return Camera{Last: ps[0], Key: 1, Watch: 1.3 * sprawl(g, ps[0], s)}, nil
}

// shared counts the nodes of g that the last version had.
func (c Camera) shared(g Graph) int {
	last := make(map[string]bool, len(c.Last.Boxes))
	for _, b := range c.Last.Boxes {
		last[b.ID] = true
	}
	n := 0
	for _, x := range g.Nodes {
		if last[x.ID] {
			n++
		}
	}
	return n
}

// sprawl is the area of a placement for each unit of what it must hold: the boxes
// without children, with the room between them.
func sprawl(g Graph, p Placement, s Spacing) float64 {
	content := 0.
	for i, parent := range g.parents() {
		if !parent {
			content += (g.Nodes[i].Width + s.Nodes) * (g.Nodes[i].Height + s.Nodes)
		}
	}
	return p.area() / max(1, content)
}

func (p Placement) area() float64 {
	low, high := bounds(p)
	return max(0, high.X-low.X) * max(0, high.Y-low.Y)
}

// extend places a version, given the placement of the one before, which it does not
// change.
func extend(ctx context.Context, engine Engine, s Spacing, earlier Placement, g Graph) (Placement, error) {
	s = s.folded(g)
	b := newSheet(g, earlier, s)
	b.remember()
	b.labelStanding()
	fresh := make([]bool, len(b.has))
	for i, has := range b.has {
		fresh[i] = !has
	}
	if err := b.insertAll(ctx, engine); err != nil {
		return Placement{}, err
	}
	b.dropBlocked(fresh)
	return b.finish(fresh)
}

// finish finds routes for all edges and settles the drawing. Where routes pull a box
// longer than it asks for, and than it was, they are laid anew.
func (b *sheet) finish(fresh []bool) (Placement, error) {
	const attempts = 3
	st := stood{node: make([]bool, len(fresh))}
	for i := range fresh {
		st.node[i] = !fresh[i]
	}
	for try := 1; ; try++ {
		st.edge = slices.Clone(b.routed)
		if err := b.wireAll(); err != nil {
			return Placement{}, err
		}
		p, before := b.p.clone(), b.before
		if b.s.Slim > 0 {
			for _, a := range []axis{horizontal, vertical} {
				before[a] = p.separate(b.graph, a, before[a])
			}
		}
		settle(b.graph, &p, b.s, before, st)
		if try == attempts || !b.letGo(p, try == 1) {
			return p, nil
		}
	}
}

// letGo drops the routes at the sides of boxes that p has pulled long, and tells
// whether there are any. What was long before is tried once, where it may not stay so.
func (b *sheet) letGo(p Placement, first bool) bool {
	const long, slim = 1.2, 1.8
	let := false
	for i, parent := range b.graph.parents() {
		if parent {
			continue
		}
		for _, a := range []axis{horizontal, vertical} {
			low, high := a.box(p.Boxes[i])
			asked, was := b.graph.asked(i, a), b.was[a][i]
			most := long * max(asked, was)
			switch {
			case b.s.Slim > 0 && first:
				most = slim * asked
			case b.s.Slim > 0:
				most = max(slim*asked, was)
			}
			if high-low > most {
				let = b.dropEnds(i, a) || let
			}
		}
	}
	return let
}

// loose is the spacing of a placement that others will be made of: with room for
// what will come between.
func (s Spacing) loose() Spacing {
	const wider = 2.2
	s.Layers, s.Nodes = math.Floor(s.Layers*wider), math.Floor(s.Nodes*wider)
	s.EdgeEdge, s.Tracks, s.Turns = math.Floor(s.EdgeEdge*wider), 3*s.Tracks, 3*s.Turns
	return s
}

// moved is how far the boxes of a placement have moved since the one before: the mean,
// in their own sizes, on the axis where that is more. What is new did not move.
func moved(before, after Placement) float64 {
	at := make(map[string]Box, len(before.Boxes))
	for _, b := range before.Boxes {
		at[b.ID] = b
	}
	var dx, dy float64
	for _, b := range after.Boxes {
		if was, ok := at[b.ID]; ok {
			dx += math.Abs(b.X-was.X+(b.Width-was.Width)/2) / max(1, b.Width)
			dy += math.Abs(b.Y-was.Y+(b.Height-was.Height)/2) / max(1, b.Height)
		}
	}
	return max(dx, dy) / max(1, float64(len(after.Boxes)))
}
