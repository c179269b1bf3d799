package main

import (
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/synclog"
)

// diagramOverlay draws the difference of two diagrams as one picture.
func (v *invocation) diagramOverlay(a, b, name, out string, o diffOptions, opt diagram.RenderOptions) error {
	if err := checkRender(out, opt); err != nil {
		return err
	}
	from, to, done, err := v.sides(a, b, name)
	if err != nil {
		return err
	}
	defer done()
	if from.diagram == nil || to.diagram == nil {
		v.printProblems(from.problems)
		v.printProblems(to.problems)
		return failedError{}
	}
	c, err := v.narrowed(a, b, from, to, o)
	if err != nil {
		return err
	}
	opt.Limits = v.limits()
	renderer, done := v.renderer()
	defer done()
	before, after := from.drawn(), to.drawn()
	after.Name += c.within()
	svg, problems := renderer.Overlay(v.ctx, before, after, diagram.OverlayOptions{RenderOptions: opt, Shows: c.difference.Shows})
	v.printProblems(problems)
	if svg == nil {
		return failedError{}
	}
	if err := v.writeFile(out, svg); err != nil {
		return err
	}
	if o.exit && len(c.difference.Components)+len(c.difference.Connections) > 0 {
		return foundError{}
	}
	return nil
}

// narrowed compares two diagrams, and as far as both are of the log, what the groups own.
func (v *invocation) narrowed(a, b string, from, to figure, o diffOptions) (comparison, error) {
	c := contrast(from, to)
	if o.group != "" {
		if isD2(a) || isD2(b) {
			return c, o.checkAlone()
		}
		before, _, err := v.read(a, o.reading(synclog.Diagrams))
		if err != nil {
			return c, err
		}
		after, _, err := v.read(b, o.reading(synclog.Diagrams))
		if err != nil {
			return c, err
		}
		c.before, c.after = before.About(from.diagram), after.About(to.diagram)
		c.difference = synclog.Diff(c.before, c.after)
	}
	return o.narrow(c)
}

// drawn is a figure as one side of a picture of a difference.
func (f figure) drawn() diagram.Side {
	return diagram.Side{Diagram: f.diagram, FS: f.fsys, Name: f.at.title()}
}
