package diagram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/layout"
)

// Lens is how diagrams are looked at: in pixels of an SVG ([Renderer.Lens]) or in
// cells of a terminal. All of it is in one unit.
type Lens struct {
	Engine  layout.Engine
	Spacing layout.Spacing
	Measure Measure
	Memo    Memo          // keeps cameras by what they saw; nil keeps none
	Name    string        // of engine, spacing and measure, with their versions: for the keys of Memo
	Time    time.Duration // to place one picture; 0 is the default of Limits
}

// Lens looks at diagrams in pixels, as [Renderer.Render] draws them with the same
// options and a frame. It keeps cameras in the renderer's memo.
func (r *Renderer) Lens(opt RenderOptions) Lens {
	return Lens{
		Engine: r.place, Spacing: layout.Pixels(), Measure: r.Measure(opt),
		Memo: r.memo, Name: fmt.Sprintf("pixels %s theme %d layer %q", drawingVersion, opt.Theme, opt.Layer), Time: opt.Limits.Time,
	}
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
	seen, err := l.measureAll(ctx, versions)
	if err != nil {
		return nil, err
	}
	cameras, err := l.together(ctx, seen)
	if err != nil {
		return nil, err
	}
	frames := make([]Frame, len(cameras))
	for i, c := range cameras {
		frames[i] = c.frame
	}
	return frames, nil
}

// sight is a version as a lens sees it.
type sight struct {
	diagram  *Diagram
	places   places
	measured layout.Graph // by ids
	placed   layout.Graph // by places
}

func (l Lens) measureAll(ctx context.Context, versions []*Diagram) ([]sight, error) {
	var seen []sight
	last := sight{}
	for _, d := range versions {
		next, err := l.see(ctx, last, d)
		if err != nil {
			return nil, err
		}
		seen, last = append(seen, next), next
	}
	return seen, nil
}

// see looks at the version after the last one.
func (l Lens) see(ctx context.Context, last sight, d *Diagram) (next sight, err error) {
	g, err := l.Measure(ctx, d)
	if err != nil {
		return sight{}, err
	}
	return last.then(d, g)
}

// then is the version after s, as it was measured.
func (s sight) then(d *Diagram, measured layout.Graph) (next sight, err error) {
	next = sight{diagram: d, places: s.places.next(s.diagram, d), measured: measured}
	next.placed, err = next.places.of(d, measured)
	return next, err
}

// of is a measured diagram by places.
func (p places) of(d *Diagram, measured layout.Graph) (layout.Graph, error) {
	placed, err := p.placed(measured)
	if err != nil {
		return layout.Graph{}, fmt.Errorf("measure %q: %w", d.Path, err)
	}
	return placed, nil
}

// together places versions as one, and gives the camera as it stood at each of them.
func (l Lens) together(ctx context.Context, seen []sight) ([]Camera, error) {
	if len(seen) == 0 {
		return nil, nil
	}
	placed := make([]layout.Graph, len(seen))
	for i, s := range seen {
		placed[i] = s.placed
	}
	ps, err := layout.Still(ctx, l.Engine, l.Spacing, placed)
	if err != nil {
		return nil, err
	}
	cameras := make([]Camera, len(seen))
	for i, s := range seen {
		cameras[i] = Camera{lens: l, still: layout.Camera{Last: ps[i]}, places: s.places, last: s.diagram, frame: newFrame(s.measured, ps[i], false)}
	}
	return cameras, nil
}

func (l Lens) measure(ctx context.Context, d *Diagram, p places) (measured, placed layout.Graph, err error) {
	measured, err = l.Measure(ctx, d)
	if err != nil {
		return layout.Graph{}, layout.Graph{}, err
	}
	placed, err = p.of(d, measured)
	return measured, placed, err
}

// Both gives the frames of two versions in one placement, for a picture of their
// difference: what is in both stands at one place in both frames, as large as the
// larger of the two; what is only in one leaves room free in the other.
func (l Lens) Both(ctx context.Context, before, after *Diagram) (was, is Frame, err error) {
	seen, err := l.measureAll(ctx, []*Diagram{before, after})
	if err != nil {
		return Frame{}, Frame{}, err
	}
	ps, err := layout.Both(ctx, l.Engine, l.Spacing, seen[0].placed, seen[1].placed)
	if err != nil {
		return Frame{}, Frame{}, err
	}
	return newFrame(seen[0].measured, ps[0], false), newFrame(seen[1].measured, ps[1], false), nil
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
// order only at a keyframe. It costs about one placement by the engine, mostly less,
// and nothing where the lens remembers it.
func (c Camera) Extend(ctx context.Context, d *Diagram) (Camera, error) {
	key := c.extensionKey(d)
	if known, ok := c.lens.recall(key, d); ok {
		return known, nil
	}
	extended := make(chan Camera, 1)
	err := within(ctx, c.lens.limit(), func(ctx context.Context) error {
		next, err := c.extend(ctx, d)
		if err == nil {
			extended <- next
		}
		return err
	})
	if err != nil {
		return Camera{}, err
	}
	next := <-extended
	c.lens.keep(key, next)
	return next, nil
}

func (c Camera) extend(ctx context.Context, d *Diagram) (Camera, error) {
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
	p, err := f.of(m.graph)
	if err == nil {
		m.apply(p)
	}
	return err
}

// of is the frame as a placement of a measured graph.
func (f Frame) of(g layout.Graph) (layout.Placement, error) {
	boxes, routes := map[string]layout.Box{}, map[string]layout.Route{}
	for _, b := range f.Boxes {
		boxes[b.ID] = b
	}
	for _, r := range f.Routes {
		routes[r.ID] = r
	}
	p := layout.Placement{Engine: f.Engine}
	for _, n := range g.Nodes {
		p.Boxes = append(p.Boxes, boxes[n.ID])
	}
	for _, e := range g.Edges {
		p.Routes = append(p.Routes, routes[e.ID])
	}
	if !p.Fits(g) {
		return layout.Placement{}, errOtherFrame
	}
	return p, nil
}

var errOtherFrame = errors.New("the frame is one of another version")
