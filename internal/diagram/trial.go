package diagram

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2dagrelayout"
	"oss.terrastruct.com/d2/d2layouts/d2elklayout"
	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"github.com/archsync/archsync/internal/problem"
)

// Rivals are the engines that come with D2, by the names D2 gives them. They run in
// an interpreter for JavaScript and cannot be stopped: whoever tries one on a large
// diagram should do so in a process that can be killed.
func Rivals() []string { return []string{"dagre", "elk"} }

// Times are what drawing one diagram took.
type Times struct {
	Components, Connections int           // of the layer that was drawn
	Compile                 time.Duration // D2's text to a graph
	Place                   time.Duration // sizes to places and routes
	Draw                    time.Duration // all else: texts to sizes, places to SVG
}

// Trials draws diagrams for the time that it takes.
type Trials struct {
	now      func() time.Time
	renderer *Renderer
	ruler    *textmeasure.Ruler
}

// NewTrials makes trials timed by a clock. What is made once for many drawings, such
// as reading the fonts, is made here.
func NewTrials(now func() time.Time) (*Trials, error) {
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		return nil, fmt.Errorf("read fonts: %w", err)
	}
	return &Trials{now: now, renderer: NewRenderer(nil), ruler: ruler}, nil
}

// Run draws the D2 file at path in fsys once, placed by one of [Rivals] or, for "",
// by our own engine. Pictures are not embedded. A drawing that fails, panics or
// takes longer than lim.Time gives problems instead of times; after one that took
// too long the trials must not be used again.
func (t *Trials) Run(ctx context.Context, fsys fs.FS, path, rival string, lim Limits) (Times, []problem.Problem) {
	lim = lim.filled()
	start := t.now()
	c, ps := compile(ctx, fsys, path, lim)
	if c == nil {
		return Times{}, ps
	}
	times := Times{Compile: t.now().Sub(start)}
	d, err := newDrawing(c, RenderOptions{})
	if err == nil {
		times.Components, times.Connections = len(d.board.Objects), len(d.board.Edges)
		err = within(ctx, lim.Time, func(ctx context.Context) error { return t.draw(ctx, d, rival, &times) })
	}
	if err != nil {
		return Times{}, []problem.Problem{drawingProblem(path, err, lim)}
	}
	return times, nil
}

func (t *Trials) draw(ctx context.Context, d *drawing, rival string, times *Times) error {
	core, err := t.core(d, rival)
	if err != nil {
		return err
	}
	ctx = log.With(ctx, slog.New(slog.DiscardHandler))
	d.dropIcons()
	start := t.now()
	if err := d.measure(t.ruler); err != nil {
		return err
	}
	measured := t.now()
	if err := d.place(ctx, core); err != nil {
		return err
	}
	placed := t.now()
	if _, err := d.paint(ctx, t.ruler); err != nil {
		return err
	}
	times.Place = placed.Sub(measured)
	times.Draw = measured.Sub(start) + t.now().Sub(placed)
	return nil
}

func (t *Trials) core(d *drawing, rival string) (d2graph.LayoutGraph, error) {
	switch rival {
	case "":
		return t.renderer.core(d), nil
	case "dagre":
		return d2dagrelayout.DefaultLayout, nil
	case "elk":
		return d2elklayout.DefaultLayout, nil
	}
	return nil, errors.New("there is no such engine")
}

// dropIcons leaves out every picture.
func (d *drawing) dropIcons() {
	for _, o := range d.board.Objects {
		dropIcon(&o.Attributes)
	}
	for _, e := range d.board.Edges {
		dropIcon(&e.Attributes)
	}
}
