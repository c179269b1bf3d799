package picture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
	"github.com/archsync/archsync/internal/problem"
)

// Paper is what is drawn on.
type Paper struct {
	Width, Height int  // of the screen, in cells; 0 for any
	ASCII         bool // nothing but ASCII, besides what people wrote

	Direction layout.Direction // where connections point; "" for whatever fits
	Engine    layout.Engine    // instead of the usual one; it places graphs measured in lines between cells
	Time      time.Duration    // for placing, in all; 0 means 5 s
	Most      int              // nodes and edges that are placed at once; 0 means 1,200
}

// Draw draws what of a scene is chosen, so that it fits the paper if it can. A
// drawing that is larger than the paper is shown through a window. What is too
// large to be placed, or not placed in time, is drawn with its containers folded,
// and if that does not help as an indented text; the problems say so. There is
// always a drawing, unless the context ended.
func Draw(ctx context.Context, s Scene, c Choice, p Paper) (*Canvas, []problem.Problem) {
	if c.Zoom == Outline {
		return s.outline(p), nil
	}
	v := s.View(c)
	err := p.tooLarge(v)
	if err == nil {
		var canvas *Canvas
		if canvas, err = p.draw(ctx, v); err == nil {
			return canvas, nil
		}
	}
	if ctx.Err() != nil {
		return nil, []problem.Problem{{Path: s.path(), What: fmt.Sprintf("the drawing was given up: %v", ctx.Err())}}
	}
	next, instead := Containers, "its containers are folded"
	if c.Zoom == Containers || !v.hasFrames() {
		next, instead = Outline, "it is written as a text"
	}
	c.Zoom, c.Folded = next, nil
	canvas, ps := Draw(ctx, s, c, p)
	return canvas, append([]problem.Problem{{
		Path: s.path(),
		What: fmt.Sprintf("the diagram cannot be drawn as a whole, and %s: %v", instead, err),
		Hint: "open one container, or focus on one component",
	}}, ps...)
}

func (s Scene) path() string {
	if s.After.Path == "" && s.Before != nil {
		return s.Before.Path
	}
	return s.After.Path
}

func (v View) hasFrames() bool {
	for _, n := range v.Nodes {
		if n.Kind == Frame {
			return true
		}
	}
	return false
}

func (p Paper) tooLarge(v View) error { return p.tooMuch(len(v.Nodes), len(v.Edges)) }

func (p Paper) tooMuch(components, connections int) error {
	if most := cmp.Or(p.Most, 1200); components+connections > most {
		return fmt.Errorf("%d components and %d connections are more than %d", components, connections, most)
	}
	return nil
}

// Crowded tells whether a view has so much in it that it is far larger than the paper,
// without placing it.
func (p Paper) Crowded(v View) bool {
	const each = 30 // cells of the paper for everything that is drawn, at least
	return p.Width > 0 && p.Height > 0 && each*(len(v.Nodes)+len(v.Edges)) > p.Width*p.Height
}

// usualTime is how long placing may take where nothing else is said.
const usualTime = 5 * time.Second

// attempt is one way to set and place a view.
type attempt struct {
	manner    manner
	direction layout.Direction
	engine    layout.Engine
	spacing   layout.Spacing
}

// attempts lists what is tried until it fits: to the right, downwards, and both
// again with less room and narrower texts.
func (p Paper) attempts() []attempt {
	loose, tight := layout.Gridded(layout.ELKCells(false), layout.Cells), layout.Gridded(layout.ELKCells(true), layout.Cells)
	if p.Engine != nil {
		loose, tight = p.Engine, p.Engine
	}
	var all []attempt
	for _, m := range []struct {
		manner
		engine  layout.Engine
		spacing func(layout.Direction) layout.Spacing
	}{
		{manner{ascii: p.ASCII, name: 32, label: 24, prose: 44, row: rowWidth, wide: 112, blank: 1, idle: 2}, loose, layout.Cells},
		{manner{ascii: p.ASCII, name: 18, label: 14, prose: 28, row: 44, wide: 76, idle: 1}, tight, layout.TightCells},
		{manner{ascii: p.ASCII, name: 12, label: 10, prose: 20, row: 34, wide: 44, idle: 1}, tight, layout.TightCells},
	} {
		for _, d := range []layout.Direction{layout.Right, layout.Down} {
			if p.Direction == "" || p.Direction == d {
				all = append(all, attempt{m.manner, d, m.engine, m.spacing(d)})
			}
		}
	}
	if p.Engine != nil || (p.Width == 0 && p.Height == 0) {
		return all[:1]
	}
	return all
}

// large is how many nodes and edges make narrower texts worth trying only where
// little is missing: every attempt takes its time.
const large = 80

// draw tries until it fits, and else takes the smallest.
func (p Paper) draw(ctx context.Context, v View) (*Canvas, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(p.Time, usualTime))
	defer cancel()
	var best *plan
	for i, a := range p.attempts() {
		if i >= 2 && len(v.Nodes)+len(v.Edges) > large && p.cost(*best) > 2 {
			break
		}
		next, err := place(ctx, v, a, nil)
		if err != nil {
			if best == nil {
				return nil, err
			}
			break
		}
		if best == nil || p.cost(next) < p.cost(*best) {
			best = &next
		}
		if p.fits(*best) {
			break
		}
	}
	return p.withTitles(ctx, v, *best), nil
}

func (p Paper) fits(x plan) bool {
	return (p.Width == 0 || x.width <= p.Width) && (p.Height == 0 || x.height <= p.Height)
}

// cost is how many screens a drawing takes, first from side to side: turning pages
// is easier than turning heads.
func (p Paper) cost(x plan) float64 {
	pages := func(size, screen int) float64 {
		if screen == 0 {
			return 1
		}
		return max(1, float64(size)/float64(screen))
	}
	across := pages(x.width, p.Width)
	return across * across * pages(x.height, p.Height)
}

// withTitles draws a plan; where a frame's name was cut short because connections
// come through its borders, the plan is made once more with wider frames.
func (p Paper) withTitles(ctx context.Context, v View, best plan) *Canvas {
	canvas, short := draw(best)
	if len(short) == 0 || len(v.Nodes)+len(v.Edges) > 3*large {
		return canvas
	}
	wider, err := place(ctx, v, best.attempt, short)
	if err != nil || p.cost(wider) > p.cost(best) {
		return canvas
	}
	again, still := draw(wider)
	if len(still) > len(short) {
		return canvas
	}
	return again
}

// Graph is what a view needs of a layout engine, measured in lines between cells: for
// whoever places several views together, as a camera does that stands still. Titles
// and legends at the sides of a drawing are not in it.
func (p Paper) Graph(v View) layout.Graph {
	main, _ := v.apart()
	a := p.attempts()[0]
	return a.manner.graph(main, a.manner.blocks(main), a.direction, nil)
}

// Paint draws a view where a placement of its [Paper.Graph] says, and nowhere else:
// nothing is tried, and no row or column dropped.
func (p Paper) Paint(v View, placed layout.Placement) (*Canvas, error) {
	if !placed.Fits(p.Graph(v)) {
		return nil, errors.New("draw view: the placement is one of something else")
	}
	main, near := v.apart()
	pl := plan{view: main, attempt: p.attempts()[0]}
	pl.blocks = pl.manner.blocks(main)
	pl.round(placed)
	one := reel{&pl}
	one.shift()
	one.putNear([][]Node{near})
	if err := pl.check(); err != nil {
		return nil, err
	}
	canvas, _ := draw(pl)
	return canvas, nil
}

// outline writes the diagram as its tree.
func (s Scene) outline(p Paper) *Canvas {
	nodes := s.After.Tree()
	if s.Before != nil {
		nodes = diagram.TreeDiff(s.Before, s.After, s.Diff)
	}
	return text(nodes)
}
