package diagram

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2compiler"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2parser"
	"oss.terrastruct.com/d2/d2target"

	"github.com/archsync/archsync/internal/problem"
)

// Compile reads the D2 file at path in fsys, with its imports, its layers,
// scenarios and steps. Imports are resolved relative to the importing file and
// only inside fsys.
//
// A file that cannot be read, does not compile or goes beyond a limit gives no
// diagram and at least one problem, located where D2 knows the place; all of D2's
// complaints come at once. It neither panics nor outlives the context or lim.Time.
func Compile(ctx context.Context, fsys fs.FS, path string, lim Limits) (*Diagram, []problem.Problem) {
	c, problems := compile(ctx, fsys, path, lim.filled())
	if c == nil {
		return nil, problems
	}
	return c.diagram, nil
}

// compiled is a diagram with D2's own graph, which only drawing needs.
type compiled struct {
	diagram *Diagram
	graph   *d2graph.Graph
	config  *d2target.Config
	reader  *reader
}

func compile(ctx context.Context, fsys fs.FS, path string, lim Limits) (*compiled, []problem.Problem) {
	r := newReader(fsys, lim)
	text, err := r.text(path)
	if err != nil {
		return nil, []problem.Problem{unreadable(path, err, r)}
	}
	c := &compiled{reader: r}
	err = within(ctx, lim.Time, func(context.Context) error {
		g, config, err := d2compiler.Compile(path, strings.NewReader(text), &d2compiler.CompileOptions{FS: r})
		if err != nil {
			return err
		}
		if n := countComponents(g); n > lim.Components {
			return fmt.Errorf("the diagram has %d components, more than %d", n, lim.Components)
		}
		c.graph, c.config = g, config
		c.diagram = convert(path, g, r)
		return nil
	})
	if err != nil {
		return nil, problems(path, err, r)
	}
	return c, nil
}

// Ends of work that D2 did not choose.
var (
	errTime  = errors.New("it took too long")
	errPanic = errors.New("internal error of d2")
)

// within runs work on its own goroutine, for at most limit. A panic becomes an
// error. Work that does not end in time is left behind: D2 cannot be stopped.
func within(ctx context.Context, limit time.Duration, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("%w: %v", errPanic, p)
			}
		}()
		done <- work(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("%w: more than %v", errTime, limit)
		}
		return ctx.Err()
	}
}

func countComponents(g *d2graph.Graph) int {
	n := 0
	for b := range boards(g) {
		n += len(b.graph.Objects)
	}
	return n
}

// unreadable is the complaint about a diagram's own file.
func unreadable(path string, err error, r *reader) problem.Problem {
	p := problem.Problem{Path: path, What: fmt.Sprintf("read diagram: %v", err)}
	switch {
	case r.refusal() != nil:
		p.What, p.Hint = limitText(r.refusal(), r.lim)
	case errors.Is(err, fs.ErrNotExist):
		p.What = "there is no such diagram"
	}
	return p
}

// problems turns what went wrong inside D2 into located complaints.
func problems(path string, err error, r *reader) []problem.Problem {
	if refused := r.refusal(); refused != nil {
		what, hint := limitText(refused, r.lim)
		return []problem.Problem{{Path: path, What: what, Hint: hint}}
	}
	var pe *d2parser.ParseError
	if errors.As(err, &pe) && len(pe.Errors) > 0 {
		ps := make([]problem.Problem, len(pe.Errors))
		for i, e := range pe.Errors {
			ps[i] = located(path, e, r)
		}
		return problem.Sort(ps)
	}
	p := problem.Problem{Path: path, What: strings.TrimSpace(err.Error())}
	if errors.Is(err, errTime) {
		p.What = fmt.Sprintf("the diagram did not compile within %v", r.lim.Time)
		p.Hint = "look for globs or imports that multiply, or allow more time"
	}
	return []problem.Problem{p}
}

func located(path string, e d2ast.Error, r *reader) problem.Problem {
	file := e.Range.Path
	if file == "" {
		file = path
	}
	what := readable(strings.TrimPrefix(e.Message, e.Range.String()+": "))
	return problem.Problem{
		Path:   file,
		Line:   e.Range.Start.Line + 1,
		Column: r.column(file, e.Range.Start.Line, e.Range.Start.Column),
		What:   what,
		Hint:   hint(what),
	}
}

// readable takes out what D2 prints of its own values, addresses and all:
// import key [%!q(*d2ast.UnquotedString=&{...})] doesn't exist inside import.
func readable(message string) string {
	from, to := strings.Index(message, " [%!"), strings.LastIndex(message, ")]")
	if from < 0 || to < from {
		return message
	}
	return message[:from] + message[to+len(")]"):]
}

// hint says what to try next, for D2's commoner complaints.
func hint(what string) string {
	for _, h := range []struct{ part, hint string }{
		{errOutside.Error(), "a diagram may only import files of its own log: move the file there"},
		{"failed to import", "imports are read relative to the file that imports; the ending .d2 may be left out"},
		{"cyclic import", "move what both files need to a third one"},
		{"unknown shape", "D2's shapes are listed at https://d2lang.com/tour/shapes"},
		{"must be terminated with }", "a block that was opened with { is not closed"},
		{"must be terminated with )", "a group that was opened with ( is not closed; quote a ( that is part of a name"},
		{"could not resolve variable", "variables are defined in a block vars: { ... }"},
	} {
		if strings.Contains(what, h.part) {
			return h.hint
		}
	}
	return ""
}
