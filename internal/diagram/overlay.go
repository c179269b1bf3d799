package diagram

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2target"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// Side is one of the two versions of a diagram in a picture of their difference.
type Side struct {
	Diagram *Diagram // nil stands for an empty one
	FS      fs.FS    // where its pictures lie
	Name    string   // for the legend, such as its date
}

// OverlayOptions say how a difference is drawn. The frame of RenderOptions is not
// used: both versions are placed as one.
type OverlayOptions struct {
	RenderOptions

	// Shows tells whether a component or a connection of one of the two diagrams is
	// wanted; what it lies in and what it joins are drawn with it. nil wants everything.
	Shows func(d *Diagram, ref string) bool
}

// Overlay draws the difference of two versions as one SVG in one placement: the later
// version with what was removed as ghosts in it. What was added, removed, changed,
// renamed or moved is told by colour and by a sign (+ - ~ >), with a legend; a second
// line of its label says what it was. What did not change recedes: it loses its own
// colours. Otherwise it is as [Renderer.Render]: the same input gives the same bytes,
// and a nil SVG comes with the problems that prevented it.
func (r *Renderer) Overlay(ctx context.Context, before, after Side, opt OverlayOptions) ([]byte, []problem.Problem) {
	opt.Frame = nil
	u, ps := newUnion(ctx, before, after, opt)
	if u == nil {
		return nil, ps
	}
	lim := opt.Limits.filled()
	if n := len(u.board.Objects); n > lim.Drawn {
		return nil, append(ps, problem.Problem{
			Path: u.diagram.Path,
			What: fmt.Sprintf("the two versions together have %d components, more than %d", n, lim.Drawn),
			Hint: "draw a part of them, with --near or --group",
		})
	}
	svg, err := r.draw(ctx, u.drawing, lim, r.core(u.drawing))
	if err != nil {
		return nil, append(ps, drawingProblem(u.diagram.Path, err, lim))
	}
	return svg, ps
}

// union is the later version's board on its way to a picture of the difference.
type union struct {
	*drawing
	early   *drawing
	names   [2]string
	was, is *Diagram // as the caller knows them
	found   Difference

	objects map[*d2graph.Object]*piece
	edges   map[*d2graph.Edge]*piece
	now     map[string]*d2graph.Object          // what stands in the picture for each component of the earlier version
	twins   map[*d2graph.Object]*d2graph.Object // the same by D2's objects
	links   map[string]*d2graph.Edge            // what is drawn for each connection of the earlier version
}

// piece is what a part of the picture shows of the two versions.
type piece struct {
	earlier, later string      // its id in each; "" where it is not in it
	kind           change.Kind // what happened to it; "" is nothing
	former         bool        // it is where the thing stood before it was moved
}

func newUnion(ctx context.Context, before, after Side, opt OverlayOptions) (*union, []problem.Problem) {
	was, is := orEmpty(before.Diagram), orEmpty(after.Diagram)
	if !was.hasLayer(opt.Layer) && !is.hasLayer(opt.Layer) {
		no := &noLayerError{opt.Layer, append(slices.Clone(is.Layers), was.Layers...)}
		return nil, []problem.Problem{no.problem(cmp.Or(is.Path, was.Path))}
	}
	late, lateProblems := openSide(ctx, is, after.FS, opt.RenderOptions, was.Path)
	if late == nil {
		return nil, lateProblems
	}
	opt.Layer = cmp.Or(opt.Layer, late.layer)
	early, earlyProblems := openSide(ctx, was, before.FS, opt.RenderOptions, is.Path)
	if early == nil {
		return nil, earlyProblems
	}
	u := &union{
		drawing: late, early: early, names: [2]string{before.Name, after.Name}, was: was, is: is, found: Diff(was, is),
		objects: map[*d2graph.Object]*piece{}, edges: map[*d2graph.Edge]*piece{},
		now: map[string]*d2graph.Object{}, links: map[string]*d2graph.Edge{},
		twins: map[*d2graph.Object]*d2graph.Object{early.board.Root: late.board.Root},
	}
	u.board.Legend = nil
	u.addLater()
	u.addGhosts()
	u.addGhostLinks()
	if opt.Shows != nil {
		u.narrow(opt.Shows)
	}
	u.caption()
	u.dress = u.paintDifference
	return u, append(earlyProblems, lateProblems...)
}

// openSide compiles one of the two versions again, from its sources: D2's graph is used
// up by drawing. A layer that it does not have is an empty one.
func openSide(ctx context.Context, d *Diagram, fsys fs.FS, opt RenderOptions, otherwise string) (*drawing, []problem.Problem) {
	files, name := sourceFiles(d.sources), cmp.Or(d.Path, otherwise, "empty.d2")
	if len(files) == 0 || !d.hasLayer(opt.Layer) {
		files, opt.Layer = sourceFiles{{Path: name}}, ""
	}
	c, ps := compile(ctx, files, name, opt.Limits.filled())
	if c == nil {
		return nil, ps
	}
	drawn, err := newDrawing(c, opt)
	if err != nil {
		return nil, []problem.Problem{{Path: name, What: err.Error()}}
	}
	if fsys == nil {
		fsys = files
	}
	return drawn, drawn.embedIcons(fsys)
}

func (d *Diagram) hasLayer(layer string) bool { return layer == "" || slices.Contains(d.Layers, layer) }

// addLater finds what stands in the later version, and what happened to it.
func (u *union) addLater() {
	facts := map[string][]change.Change{}
	for _, c := range u.found.All() {
		if c.Kind != change.Removed {
			facts[c.Subject] = append(facts[c.Subject], c)
		}
	}
	earlier := turned(u.found.Renamed)
	for obj, id := range u.ids.component {
		p := &piece{earlier: orSame(earlier, id), later: id, kind: strongest(facts[id])}
		if _, there := u.was.Component(p.earlier); !there {
			p.earlier, p.kind = "", change.Added
		}
		u.objects[obj], u.now[p.earlier] = p, obj
	}
	earlier = turned(u.found.Joined)
	for e, id := range u.ids.connection {
		p := &piece{earlier: earlier[id], later: id, kind: strongest(facts[id])}
		if p.earlier == "" {
			p.kind = change.Added
		}
		u.edges[e], u.links[p.earlier] = p, e
	}
	delete(u.now, "")
	delete(u.links, "")
}

// turned leads back.
func turned(m map[string]string) map[string]string {
	back := make(map[string]string, len(m))
	for from, to := range m {
		back[to] = from
	}
	return back
}

// addGhosts puts what is gone into the later board: where it stood, among what stood
// beside it.
func (u *union) addGhosts() {
	for _, b := range parentsFirst(u.early.board) {
		id := u.early.ids.component[b]
		home, twin := u.twins[b.Parent], u.now[id]
		if twin == nil {
			u.twins[b] = u.ghost(b, home, piece{earlier: id, kind: change.Removed})
			continue
		}
		u.twins[b] = twin
		if u.objects[twin].kind == change.Moved && !holds(twin, home) {
			u.ghost(b, home, piece{earlier: id, kind: change.Moved, former: true})
		}
	}
}

// ghost copies an object of the earlier board into a container of the later one.
func (u *union) ghost(b, home *d2graph.Object, p piece) *d2graph.Object {
	for home.Parent != nil && !takesChildren(home) {
		home = home.Parent
	}
	g := *b
	g.Graph, g.Parent = u.board, home
	g.Children, g.ChildrenArray = map[string]*d2graph.Object{}, nil
	g.References = u.rescope(b.References)
	for n := 2; home.Children[strings.ToLower(g.ID)] != nil; n++ {
		g.ID = quoteKey(fmt.Sprintf("%s (was %d)", b.IDVal, n))
	}
	home.Children[strings.ToLower(g.ID)] = &g
	home.ChildrenArray = slices.Insert(home.ChildrenArray, u.behindSiblings(b, home), &g)
	u.board.Objects = append(u.board.Objects, &g)
	u.objects[&g] = &p
	return &g
}

// takesChildren tells whether D2 lets components lie in an object.
func takesChildren(o *d2graph.Object) bool {
	if o.SQLTable != nil || o.Class != nil || o.Language != "" {
		return false
	}
	switch o.Shape.Value {
	case d2target.ShapeImage, d2target.ShapeText, d2target.ShapeCode:
		return false
	}
	return true
}

// behindSiblings is the position among the children of home behind that of the nearest
// earlier sibling of b.
func (u *union) behindSiblings(b, home *d2graph.Object) int {
	at := slices.Index(b.Parent.ChildrenArray, b)
	for _, sibling := range slices.Backward(b.Parent.ChildrenArray[:max(0, at)]) {
		if twin := u.twins[sibling]; twin != nil && twin.Parent == home {
			return slices.Index(home.ChildrenArray, twin) + 1
		}
	}
	return len(home.ChildrenArray)
}

// rescope leads references of the earlier board to what stands for them now; D2's
// sequence diagrams look at them.
func (u *union) rescope(refs []d2graph.Reference) []d2graph.Reference {
	refs = slices.Clone(refs)
	for i := range refs {
		refs[i].ScopeObj = u.scope(refs[i].ScopeObj)
	}
	return refs
}

func (u *union) scope(was *d2graph.Object) *d2graph.Object {
	if twin := u.twins[was]; twin != nil {
		return twin
	}
	return u.board.Root
}

// addGhostLinks puts connections that are gone, and those that point elsewhere now,
// where they were: behind the connection that they followed.
func (u *union) addGhostLinks() {
	var last *d2graph.Edge
	for _, b := range u.early.board.Edges {
		p := piece{earlier: u.early.ids.connection[b], kind: change.Removed}
		if twin := u.links[p.earlier]; twin != nil {
			last = twin
			if !u.repointed(b, twin) {
				continue
			}
			p.kind, p.former = u.edges[twin].kind, true
		}
		if g := u.ghostLink(b); g != nil {
			u.edges[g] = &p
			u.board.Edges = slices.Insert(u.board.Edges, 1+slices.Index(u.board.Edges, last), g)
			last = g
		}
	}
}

// repointed tells whether a connection joins other components than it did.
func (u *union) repointed(was, is *d2graph.Edge) bool {
	src, dst := u.twins[was.Src], u.twins[was.Dst]
	return !(src == is.Src && dst == is.Dst) && !(src == is.Dst && dst == is.Src)
}

// ghostLink copies an edge of the earlier board into the later one; nil where it
// cannot be drawn there, because one of its ends lies in the other now.
func (u *union) ghostLink(b *d2graph.Edge) *d2graph.Edge {
	src, dst := u.twins[b.Src], u.twins[b.Dst]
	if src == nil || dst == nil || src != dst && (holds(src, dst) || holds(dst, src)) {
		return nil
	}
	g := *b
	g.Src, g.Dst, g.Index = src, dst, len(u.edges)+len(u.early.board.Edges)
	g.SrcTableColumnIndex = columnIn(src, b.Src, b.SrcTableColumnIndex)
	g.DstTableColumnIndex = columnIn(dst, b.Dst, b.DstTableColumnIndex)
	g.References = slices.Clone(b.References)
	for i := range g.References {
		g.References[i].ScopeObj = u.scope(g.References[i].ScopeObj)
	}
	return &g
}

// columnIn is the column of a table that has the name of a column in its earlier form.
func columnIn(now, was *d2graph.Object, column *int) *int {
	if column == nil || now.SQLTable == nil || was.SQLTable == nil || *column >= len(was.SQLTable.Columns) {
		return nil
	}
	name := was.SQLTable.Columns[*column].Name.Label
	at := slices.IndexFunc(now.SQLTable.Columns, func(c d2target.SQLColumn) bool { return c.Name.Label == name })
	if at < 0 {
		return nil
	}
	return &at
}

// narrow takes out of the picture what is not wanted.
func (u *union) narrow(shows func(d *Diagram, ref string) bool) {
	wanted := map[*d2graph.Object]bool{}
	want := func(obj *d2graph.Object) {
		for ; obj != nil; obj = obj.Parent {
			wanted[obj] = true
		}
	}
	shown := func(p *piece) bool {
		return p.later != "" && shows(u.is, p.later) || p.earlier != "" && shows(u.was, p.earlier)
	}
	for obj, p := range u.objects {
		if shown(p) {
			want(obj)
		}
	}
	u.board.Edges = slices.DeleteFunc(u.board.Edges, func(e *d2graph.Edge) bool {
		if !shown(u.edges[e]) {
			return true
		}
		want(e.Src)
		want(e.Dst)
		return false
	})
	unwanted := func(obj *d2graph.Object) bool { return !wanted[obj] }
	u.board.Objects = slices.DeleteFunc(u.board.Objects, unwanted)
	for _, obj := range append(slices.Clone(u.board.Objects), u.board.Root) {
		obj.ChildrenArray = slices.DeleteFunc(obj.ChildrenArray, unwanted)
		maps.DeleteFunc(obj.Children, func(_ string, child *d2graph.Object) bool { return !wanted[child] })
	}
	maps.DeleteFunc(u.objects, func(obj *d2graph.Object, _ *piece) bool { return !wanted[obj] })
	maps.DeleteFunc(u.edges, func(e *d2graph.Edge, _ *piece) bool { return !slices.Contains(u.board.Edges, e) })
}
