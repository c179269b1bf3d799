package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
)

// drawing is how diagram show draws instead of writing a tree.
type drawing struct {
	draw  bool
	ascii bool
	width int
	zoom  string
	focus string
}

func (d *drawing) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&d.draw, "draw", false, "draw it with box characters instead")
	f.BoolVar(&d.ascii, "ascii", false, "draw it with ASCII characters only")
	f.IntVar(&d.width, "width", 0, "the `COLUMNS` that a drawing may take if it can; the terminal's, else 120")
	f.StringVar(&d.zoom, "zoom", "", "draw `all`, containers (folded to one box each) or outline")
	f.StringVar(&d.focus, "focus", "", "draw only `COMPONENT[:DEPTH]` and its neighbours")
}

// asked tells whether a drawing is wanted at all.
func (d *drawing) asked() bool {
	return d.draw || d.ascii || d.width != 0 || d.zoom != "" || d.focus != ""
}

// choice is what of a diagram the flags ask for.
func (d *drawing) choice(of *diagram.Diagram) (picture.Choice, error) {
	var c picture.Choice
	switch d.zoom {
	case "", "all":
	case "containers":
		c.Zoom = picture.Containers
	case "outline":
		c.Zoom = picture.Outline
	default:
		return c, &usageError{what: fmt.Sprintf("unknown zoom %q", d.zoom), hint: "use all, containers or outline"}
	}
	if d.focus == "" {
		return c, nil
	}
	c.Focus, c.Depth = d.focus, 1
	if key, depth, ok := cutDepth(d.focus); ok {
		c.Focus, c.Depth = key, depth
	}
	if _, ok := of.Component(c.Focus); !ok {
		e := &missingError{what: fmt.Sprintf("no component %q", c.Focus), hint: "archsync diagram show lists them"}
		if near := of.Resolve(c.Focus); len(near) > 0 {
			e.hint = "did you mean " + strings.Join(near[:min(3, len(near))], ", ") + "?"
		}
		return c, e
	}
	return c, nil
}

// cutDepth takes the depth from KEY:DEPTH.
func cutDepth(s string) (key string, depth int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	depth, err := strconv.Atoi(s[i+1:])
	return s[:i], depth, err == nil && depth > 0
}

// sketchFigure prints a diagram as a drawing.
func (v *invocation) sketchFigure(f figure, d drawing) error {
	if d.width < 0 {
		return &usageError{what: fmt.Sprintf("a drawing cannot be %d columns wide", d.width), hint: "leave --width out for the terminal's width"}
	}
	choice, err := d.choice(f.diagram)
	if err != nil {
		return err
	}
	width := d.width
	if width <= 0 {
		width = v.width
	}
	if width <= 0 {
		width = 120
	}
	canvas, problems := picture.Draw(v.ctx, picture.Of(f.diagram), choice, picture.Paper{Width: width, Time: v.patience, ASCII: d.ascii})
	if canvas == nil {
		return v.ctx.Err()
	}
	v.printText(canvas.String())
	for _, note := range canvas.Notes {
		v.printf("%s\n", note)
	}
	v.printProblems(f.problems)
	v.printProblems(f.located(problems))
	return nil
}
