package diagram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// Lens is how diagrams are looked at: in pixels of an SVG ([Renderer.Lens]) or in
// cells of a terminal. All of it is in one unit.
type Lens struct {
	Engine  layout.Engine
	Spacing layout.Spacing
	Measure Measure
}

// Lens looks at diagrams in pixels, as [Renderer.Render] draws them with the same
// options and a frame.
func (r *Renderer) Lens(opt RenderOptions) Lens {
	return Lens{Engine: r.place, Spacing: layout.Pixels(), Measure: r.Measure(opt)}
}

// Frame is where everything stands in the picture of one version. Its boxes and
// routes are named by the ids of components and connections in that version, in the
// order of the measured graph; a route leads from the component that the connection
// names first. Coordinates may be negative: the camera stands still, and what comes
// may come left of everything. So two frames of one camera are in one space.
type Frame struct {
	layout.Placement
	Keyframe bool // everything may have moved since the frame before
}

// text names a frame among others, for keys.
func (f Frame) text() string {
	text, err := json.Marshal(f)
	if err != nil { // an infinite coordinate: no engine's
		return err.Error()
	}
	return string(text)
}

// newFrame gives a placement by places back its ids.
func newFrame(measured layout.Graph, p layout.Placement, keyframe bool) Frame {
	f := Frame{layout.Placement{Engine: p.Engine, Boxes: slices.Clone(p.Boxes), Routes: slices.Clone(p.Routes)}, keyframe}
	for i, n := range measured.Nodes {
		f.Boxes[i].ID = n.ID
	}
	for i, e := range measured.Edges {
		f.Routes[i].ID = e.ID
	}
	return f
}

// Timeline gives the frames of all versions of a diagram, oldest first, placed as
// one: what did not change does not move, and nothing changes its order. There are no
// keyframes. The later versions are known to the earlier ones' frames, so that
// one version more may change all of them; [Camera] goes on without that.
func (l Lens) Timeline(ctx context.Context, versions []*Diagram) ([]Frame, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	measured, placed, err := l.measureAll(ctx, versions)
	if err != nil {
		return nil, err
	}
	ps, err := layout.Still(ctx, l.Engine, l.Spacing, placed)
	if err != nil {
		return nil, err
	}
	frames := make([]Frame, len(versions))
	for i, p := range ps {
		frames[i] = newFrame(measured[i], p, false)
	}
	return frames, nil
}

func (l Lens) measureAll(ctx context.Context, versions []*Diagram) (measured, placed []layout.Graph, err error) {
	var p places
	var before *Diagram
	for _, d := range versions {
		p, before = p.next(before, d), d
		g, named, err := l.measure(ctx, d, p)
		if err != nil {
			return nil, nil, err
		}
		measured, placed = append(measured, g), append(placed, named)
	}
	return measured, placed, nil
}

func (l Lens) measure(ctx context.Context, d *Diagram, p places) (measured, placed layout.Graph, err error) {
	measured, err = l.Measure(ctx, d)
	if err != nil {
		return layout.Graph{}, layout.Graph{}, err
	}
	placed, err = p.placed(measured)
	if err != nil {
		return layout.Graph{}, layout.Graph{}, fmt.Errorf("measure %q: %w", d.Path, err)
	}
	return measured, placed, nil
}

// Both gives the frames of two versions in one placement, for a picture of their
// difference: what is in both stands at one place in both frames, as large as the
// larger of the two; what is only in one leaves room free in the other.
func (l Lens) Both(ctx context.Context, before, after *Diagram) (was, is Frame, err error) {
	measured, placed, err := l.measureAll(ctx, []*Diagram{before, after})
	if err != nil {
		return Frame{}, Frame{}, err
	}
	ps, err := layout.Both(ctx, l.Engine, l.Spacing, placed[0], placed[1])
	if err != nil {
		return Frame{}, Frame{}, err
	}
	return newFrame(measured[0], ps[0], false), newFrame(measured[1], ps[1], false), nil
}

// Camera goes from one version of a diagram to the next and keeps its pictures
// still: see [layout.Camera]. It is a value; frames that it gave never change.
type Camera struct {
	lens   Lens
	still  layout.Camera
	places places
	last   *Diagram
	frame  Frame
}

// NewCamera gives a camera that has seen nothing yet.
func NewCamera(l Lens) Camera { return Camera{lens: l} }

// Frame is that of the version seen last; an empty one before the first.
func (c Camera) Frame() Frame { return c.frame }

// Extend gives the camera that has seen d, too: the version after the one seen last.
// What is in both stands where it stood, as far as there is room, and changes its
// order only at a keyframe. It costs about one placement by the engine, mostly less.
func (c Camera) Extend(ctx context.Context, d *Diagram) (Camera, error) {
	lineage, number := c.places.next(c.last, d).known()
	p := recalled(d, lineage, number) // so that a camera that was stored goes on like this one
	measured, placed, err := c.lens.measure(ctx, d, p)
	if err != nil {
		return Camera{}, err
	}
	still, keyframe, err := c.still.Next(ctx, c.lens.Engine, c.lens.Spacing, placed)
	if err != nil {
		return Camera{}, fmt.Errorf("place %q: %w", d.Path, err)
	}
	return Camera{lens: c.lens, still: still, places: p, last: d, frame: newFrame(measured, still.Last, keyframe)}, nil
}

// applyFrame puts a model's objects and edges where a frame has them.
func (m *model) applyFrame(f Frame) error {
	boxes, routes := map[string]layout.Box{}, map[string]layout.Route{}
	for _, b := range f.Boxes {
		boxes[b.ID] = b
	}
	for _, r := range f.Routes {
		routes[r.ID] = r
	}
	p := layout.Placement{Engine: f.Engine}
	for _, n := range m.graph.Nodes {
		p.Boxes = append(p.Boxes, boxes[n.ID])
	}
	for _, e := range m.graph.Edges {
		p.Routes = append(p.Routes, routes[e.ID])
	}
	if !p.Fits(m.graph) {
		return errOtherFrame
	}
	m.apply(p)
	return nil
}

var errOtherFrame = errors.New("the frame is one of another version")
