package diagram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"oss.terrastruct.com/d2/d2graph"

	"github.com/archsync/archsync/internal/layout"
)

// Measure gives a diagram as a graph to place: what it draws of it, with sizes in
// the unit of the drawing. The ids of nodes and edges are those of components and
// connections. The same diagram must always give the same graph. It may be called from
// several goroutines.
type Measure func(ctx context.Context, d *Diagram) (layout.Graph, error)

// errMeasured ends drawing where the sizes are known and nothing is placed yet.
var errMeasured = errors.New("measured")

// Measure gives the graph in pixels that [Renderer.Render] would have placed for the
// layer that the options name. What stands in grids, in sequence diagrams and near
// a constant is left out, because D2 places it apart.
func (r *Renderer) Measure(opt RenderOptions) Measure {
	return func(ctx context.Context, d *Diagram) (layout.Graph, error) {
		lim := opt.Limits.filled()
		c, ps := compile(ctx, sourceFiles(d.sources), d.Path, lim)
		if c == nil {
			return layout.Graph{}, fmt.Errorf("measure %q: %v", d.Path, ps[0])
		}
		drawing, err := newDrawing(c, opt)
		if err != nil {
			return layout.Graph{}, fmt.Errorf("measure %q: %w", d.Path, err)
		}
		if n := len(drawing.board.Objects); n > lim.Drawn {
			return layout.Graph{}, fmt.Errorf("measure %q: it has %d components, more than %d", d.Path, n, lim.Drawn)
		}
		var g layout.Graph
		core := func(ctx context.Context, d2 *d2graph.Graph) error {
			if d2 != drawing.board {
				return r.core(drawing)(ctx, d2)
			}
			m := newModel(d2)
			m.keepTitleRoom(m.entered) // the camera cannot look first which are crossed
			drawing.ids.rename(m)
			g = m.graph
			return errMeasured
		}
		if _, err := r.draw(ctx, drawing, lim, core); err != nil && !errors.Is(err, errMeasured) {
			return layout.Graph{}, fmt.Errorf("measure %q: %w", d.Path, err)
		}
		return g, nil
	}
}

// rename gives the graph of a model our own ids instead of D2's.
func (ids ids) rename(m *model) {
	for i, o := range m.objects {
		m.graph.Nodes[i].ID = ids.component[o]
	}
	for i, e := range m.d2.Edges {
		m.graph.Edges[i].ID = ids.connection[e]
	}
}

// ids are the names of what stands in one of D2's graphs.
type ids struct {
	component  map[*d2graph.Object]string
	connection map[*d2graph.Edge]string
}

// idsOf names what stands in a board that was compiled and nothing else yet: placing
// takes graphs apart.
func idsOf(b board, d *Diagram) ids {
	ids := ids{map[*d2graph.Object]string{}, map[*d2graph.Edge]string{}}
	objects, edges := parentsFirst(b.graph), b.graph.Edges
	for _, c := range d.Components {
		if c.Layer == b.layer {
			ids.component[objects[0]], objects = c.ID, objects[1:]
		}
	}
	for _, c := range d.Connections {
		if c.Layer == b.layer {
			ids.connection[edges[0]], edges = c.ID, edges[1:]
		}
	}
	return ids
}

// sourceFiles is a file system of what a diagram was compiled from.
type sourceFiles []Source

func (s sourceFiles) Open(name string) (fs.File, error) {
	for _, f := range s {
		if f.Path == name {
			return &memFile{Reader: bytes.NewReader([]byte(f.Text)), name: path.Base(name), size: int64(len(f.Text))}, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
