package diagram

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"oss.terrastruct.com/d2/d2graph"

	"github.com/archsync/archsync/internal/problem"
)

// overviewSize is how many components are drawn of a diagram that could not be
// drawn in time: few enough for any engine.
const overviewSize = 150

// fold closes containers, the innermost first, until at most limit components are
// left: a closed one is a box with the number of components in it, and edges that
// ended inside end at the box, those between the same two as one. It tells how many
// components are left, and false where there are no containers to close.
func (d *drawing) fold(limit int) (left int, ok bool) {
	depth, left := foldDepth(d.board, limit)
	if depth == 0 {
		return left, false
	}
	closed := closeBelow(d.board, depth)
	d.board.Edges = lift(d.board.Edges, closed)
	d.folded = left
	return left, true
}

// foldDepth is the deepest level of containers down to which a board has at most
// limit components, with their number; 0 where already the first has more, or all
// together have not.
func foldDepth(g *d2graph.Graph, limit int) (depth, count int) {
	counts := map[int]int{}
	deepest := 0
	for _, o := range g.Objects {
		l := nesting(o)
		counts[l]++
		deepest = max(deepest, l)
	}
	for l := 1; l < deepest; l++ {
		if count+counts[l] > limit {
			break
		}
		depth, count = l, count+counts[l]
	}
	return depth, count
}

// nesting is how deep an object lies: 1 for one that is in no container.
func nesting(o *d2graph.Object) int {
	n := 0
	for ; o.Parent != nil; o = o.Parent {
		n++
	}
	return n
}

// closeBelow takes everything below a depth out of a board, and gives for each
// object taken out the container that is now drawn for it.
func closeBelow(g *d2graph.Graph, depth int) map[*d2graph.Object]*d2graph.Object {
	closed := map[*d2graph.Object]*d2graph.Object{}
	inside := map[*d2graph.Object]int{}
	var kept []*d2graph.Object
	for _, o := range parentsFirst(g) {
		if nesting(o) <= depth {
			kept = append(kept, o)
			continue
		}
		box := o.Parent
		if outer, ok := closed[box]; ok {
			box = outer
		}
		closed[o] = box
		inside[box]++
	}
	for o, n := range inside {
		o.Children, o.ChildrenArray = map[string]*d2graph.Object{}, nil
		if o.Language == "" {
			o.Label.Value = fmt.Sprintf("%s (%d)", o.Label.Value, n)
		}
	}
	g.Objects = kept
	return closed
}

// lift takes the ends of edges to what is drawn for them. Of edges between the same
// two objects with the same arrows one stays, which says how many it stands for.
func lift(edges []*d2graph.Edge, closed map[*d2graph.Object]*d2graph.Object) []*d2graph.Edge {
	type bundle struct {
		src, dst           *d2graph.Object
		srcArrow, dstArrow bool
	}
	var kept []*d2graph.Edge
	count := map[bundle]int{}
	first := map[bundle]*d2graph.Edge{}
	for _, e := range edges {
		src, dst := closed[e.Src], closed[e.Dst]
		if src == nil && dst == nil {
			kept = append(kept, e)
			continue
		}
		if src != nil {
			e.Src, e.SrcTableColumnIndex = src, nil
		}
		if dst != nil {
			e.Dst, e.DstTableColumnIndex = dst, nil
		}
		if e.Src == e.Dst {
			continue
		}
		b := bundle{e.Src, e.Dst, e.SrcArrow, e.DstArrow}
		if count[b]++; count[b] == 1 {
			first[b] = e
			kept = append(kept, e)
		}
	}
	for b, e := range first {
		if n := count[b]; n > 1 {
			e.Label.Value, e.Language = fmt.Sprintf("%d connections", n), ""
		}
	}
	return kept
}

// foldLarge folds a drawing that is beyond the limit. It gives the problem that says
// so, and false when there is nothing to fold.
func (d *drawing) foldLarge(lim Limits) (ps []problem.Problem, ok bool) {
	all := len(d.board.Objects)
	if all <= lim.Drawn {
		return nil, true
	}
	p := problem.Problem{
		Path: d.diagram.Path,
		What: fmt.Sprintf("the diagram has %d components, more than %d, and no containers that could be drawn closed", all, lim.Drawn),
		Hint: "group components in containers, or split the diagram into layers",
	}
	left, ok := d.fold(lim.Drawn)
	if ok {
		p.What = fmt.Sprintf("the diagram has %d components, more than %d: inner containers are drawn closed, which leaves %d", all, lim.Drawn, left)
		p.Hint = "split it into layers or several diagrams"
	}
	return []problem.Problem{p}, ok
}

// late draws an overview of a diagram that was not drawn in time, from its files
// again: what works on the first try cannot be stopped and is left behind with its
// graph. It is not kept, because another machine may be faster.
func (r *Renderer) late(ctx context.Context, fsys fs.FS, path string, opt RenderOptions, lim Limits) ([]byte, []problem.Problem) {
	p := drawingProblem(path, errTime, lim)
	d, ps := open(ctx, fsys, path, opt)
	if d == nil {
		return nil, append(ps, p)
	}
	all := len(d.board.Objects)
	left, ok := d.fold(min(overviewSize, all/2))
	if !ok {
		return nil, append(ps, p)
	}
	svg, err := r.draw(ctx, d, lim, r.core(d))
	if err != nil {
		return nil, append(ps, drawingProblem(path, err, lim))
	}
	p.What += fmt.Sprintf(": inner containers are drawn closed, which leaves %d of %d components", left, all)
	return svg, append(ps, p)
}

// tooLate tells whether drawing ended by the limit of time and not by the context.
func tooLate(ctx context.Context, err error) bool { return errors.Is(err, errTime) && ctx.Err() == nil }
