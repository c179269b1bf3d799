package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/atomicfile"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) diagramCommand() *cobra.Command {
	return noun("diagram", "show, draw and compare architecture diagrams",
		`Works on the architecture of the log, at any moment, and on any D2 file, for
which no log is needed.`,
		v.diagramShowCommand(), v.diagramRenderCommand(), v.diagramDiffCommand(), v.diagramRenameCommand(),
		v.diagramOpenCommand(), v.diagramBenchCommand(), v.diagramTrialCommand(),
	)
}

func (v *invocation) diagramShowCommand() *cobra.Command {
	var at, name string
	var drawn drawing
	cmd := &cobra.Command{
		Use:   "show [FILE.d2]",
		Short: "a diagram as a tree of its components, or drawn",
		Long: `Prints a diagram as a tree: containers with what lies in them, and under each
component the connections that start there; with --draw, drawn with box
characters. Without FILE.d2 it is the architecture of the log; --diagram names
another one of its diagrams.`,
		Example: `  archsync diagram show
  archsync diagram show --at 2026-03-12
  archsync diagram show --diagram deployment
  archsync diagram show --draw --zoom containers
  archsync diagram show --draw --focus storage.kafka:2
  archsync diagram show some/file.d2 --json`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: completeD2,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.diagramShow(argument(args, 0), at, name, drawn)
		},
	}
	drawn.flags(cmd)
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	diagramFlag(cmd, &name)
	return cmd
}

// diagramFlag is --diagram of the verbs that look at one of the log's diagrams.
func diagramFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "diagram", "", "the diagram of the log with this `NAME`, instead of its architecture")
}

// completeD2 offers D2 files.
func completeD2(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"d2"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSides offers moments, and files where no moment fits.
func (v *invocation) completeSides(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	moments, _ := v.completeMoments(cmd, args, begun)
	return moments, cobra.ShellCompDirectiveDefault
}

// argument is the i-th argument, "" when it was not given.
func argument(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

func (v *invocation) diagramShow(file, at, name string, drawn drawing) error {
	f, err := v.figure(file, at, name)
	if err != nil {
		return err
	}
	defer f.close()
	if f.diagram == nil {
		v.printProblems(f.problems)
		return failedError{}
	}
	if v.json {
		return v.printJSON(envelope{Kind: "diagram", At: f.at, Data: f.diagram, Problems: f.problems})
	}
	if drawn.asked() {
		return v.sketchFigure(f, drawn)
	}
	nodes := f.diagram.Tree()
	if len(nodes) == 0 {
		v.printf("%s is empty.\n", f.shown)
	}
	if err := diagram.WriteTree(v.out, nodes); err != nil {
		return err
	}
	v.printProblems(f.problems)
	return nil
}

// figure is one diagram that a verb looks at: a D2 file of its own, or a diagram
// of the log at a moment.
type figure struct {
	at       *jsonMoment
	fsys     fs.FS
	path     string           // in fsys
	shown    string           // the path for people
	diagram  *diagram.Diagram // nil when it does not compile
	moment   *history.Moment  // at which it is the architecture of the log; nil when it is not
	problems []problem.Problem
	close    func()
}

// text is the source, compiled or not.
func (f figure) text() []byte {
	text, _ := fs.ReadFile(f.fsys, f.path)
	return text
}

// figure finds the diagram that a verb's argument and flags name.
func (v *invocation) figure(file, at, name string) (figure, error) {
	switch {
	case file == "":
		return v.figureAt(at, name)
	case at != "" || name != "":
		return figure{}, &usageError{
			what: fmt.Sprintf("a file (%q) and --at or --diagram do not go together", file),
			hint: "name a D2 file, or a moment and a diagram of the log",
		}
	case !isD2(file):
		return figure{}, &usageError{
			what: fmt.Sprintf("%q is not a D2 file", file),
			hint: "files end in .d2; a moment of the log is named by --at " + file,
		}
	}
	return v.figureIn(file)
}

func isD2(name string) bool { return filepath.Ext(name) == ".d2" }

// figureIn reads a D2 file. What it imports is read from its folder and below, and
// nowhere else.
func (v *invocation) figureIn(file string) (figure, error) {
	at := v.path(file)
	if info, err := os.Stat(at); err != nil || info.IsDir() {
		return figure{}, &usageError{what: fmt.Sprintf("no file %q", file), hint: "name a D2 file that is there, or a moment of the log"}
	}
	root, err := os.OpenRoot(filepath.Dir(at))
	if err != nil {
		return figure{}, fmt.Errorf("read %q: %w", file, err)
	}
	f := figure{
		at: &jsonMoment{Expr: file}, fsys: root.FS(), path: filepath.Base(at), shown: file,
		close: func() { _ = root.Close() },
	}
	f.diagram, f.problems = diagram.Compile(v.ctx, f.fsys, f.path, v.limits())
	f.problems = f.located(f.problems)
	return f, nil
}

// located names the files of problems as the user did.
func (f figure) located(problems []problem.Problem) []problem.Problem {
	if f.shown == f.path {
		return problems
	}
	named := slices.Clone(problems)
	for i := range named {
		named[i].Path = path.Join(filepath.ToSlash(filepath.Dir(f.shown)), named[i].Path)
	}
	return named
}

// figureAt reads a diagram of the log at a moment.
func (v *invocation) figureAt(at, name string) (figure, error) {
	l, m, err := v.read(at, synclog.Diagrams)
	if err != nil {
		return figure{}, err
	}
	file, err := choose(l, m.Expr, name)
	if err != nil {
		return figure{}, err
	}
	fsys, err := v.archive.FS(m)
	if err != nil {
		return figure{}, err
	}
	f := figure{at: toJSONMoment(m), fsys: fsys, path: file, shown: file, diagram: l.Diagram(file), close: func() {}}
	if file == l.Config.DiagramPath(l.Dir) {
		f.moment = &m
	}
	if f.diagram == nil { // among the log's problems may be those of other diagrams
		_, f.problems = diagram.Compile(v.ctx, fsys, file, v.limits())
	}
	return f, nil
}

// choose finds the diagram with a name among the log's: by its path in the
// repository or in the log, or by its file's name with or without .d2.
func choose(l *synclog.Log, expr, name string) (string, error) {
	paths := l.DiagramPaths()
	if name == "" {
		name = l.Config.DiagramPath(l.Dir)
		if !slices.Contains(paths, name) {
			return "", &history.Error{
				What: fmt.Sprintf("the log has no architecture diagram at %q", expr),
				Hint: "it would be " + name + ", a D2 file (https://d2lang.com)",
			}
		}
	}
	for _, p := range paths {
		if slices.Contains([]string{p, strings.TrimPrefix(p, l.Dir+"/"), path.Base(p), strings.TrimSuffix(path.Base(p), ".d2")}, name) {
			return p, nil
		}
	}
	hint := "there is none at all"
	if len(paths) > 0 {
		hint = "there are " + strings.Join(paths, ", ")
	}
	return "", &usageError{what: fmt.Sprintf("the log has no diagram %q at %q", name, expr), hint: hint}
}

func (v *invocation) diagramRenderCommand() *cobra.Command {
	var at, name, out string
	var opt diagram.RenderOptions
	cmd := &cobra.Command{
		Use:   "render -o FILE.svg [FILE.d2]",
		Short: "draw a diagram as SVG",
		Long: `Draws a diagram as one SVG file without scripts, and without anything that is
loaded from elsewhere. Without FILE.d2 it is the architecture of the log;
--diagram names another one of its diagrams. -o - writes to standard output.

The same diagram is drawn the same, byte by byte. The architecture of a closed sync
is drawn as it was then, and the present one goes on from the last sync's picture:
what did not change stands where it stood. Anything else is placed for itself, by
elk-go; --layout dagre asks for D2's own engine, which is slow.`,
		Example: `  archsync diagram render -o architecture.svg
  archsync diagram render -o then.svg --at 2026-03-12
  archsync diagram render -o - some/file.d2 > picture.svg
  archsync diagram render -o dark.svg --dark`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: completeD2,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.diagramRender(argument(args, 0), at, name, out, opt)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write the picture to `FILE.svg`; - is standard output")
	drawingFlags(cmd, &opt)
	v.atFlag(cmd, &at)
	diagramFlag(cmd, &name)
	return cmd
}

// drawingFlags are those of verbs that draw a picture.
func drawingFlags(cmd *cobra.Command, opt *diagram.RenderOptions) {
	flags := cmd.Flags()
	flags.StringVar(&opt.Layout, "layout", diagram.ELK, "place it with this `ENGINE`: elk or dagre")
	flags.Int64Var(&opt.Theme, "theme", 0, "D2's `NUMBER` of a theme (d2 themes lists them)")
	flags.BoolVar(&opt.Dark, "dark", false, "carry a dark theme too, for readers who prefer that")
	flags.StringVar(&opt.Layer, "layer", "", "draw this `LAYER`, such as layers.failover")
}

func (v *invocation) diagramRender(file, at, name, out string, opt diagram.RenderOptions) error {
	if err := checkRender(out, opt); err != nil {
		return err
	}
	svg, _, err := v.drawFigure(file, at, name, opt)
	if err != nil {
		return err
	}
	return v.writeFile(out, svg)
}

// drawFigure draws the diagram that a verb's argument and flags name, and tells its
// path. What the picture lacks is printed as problems.
func (v *invocation) drawFigure(file, at, name string, opt diagram.RenderOptions) (svg []byte, path string, err error) {
	f, err := v.figure(file, at, name)
	if err != nil {
		return nil, "", err
	}
	defer f.close()
	if f.diagram == nil {
		v.printProblems(f.problems)
		return nil, "", failedError{}
	}
	opt.Limits = v.limits()
	renderer, done := v.renderer()
	defer done()
	if f.moment != nil && opt.FitsFrame() {
		if camera, placed := v.cameraAt(renderer, *f.moment, f.diagram); placed {
			frame := camera.Frame()
			opt.Frame = &frame
		}
	}
	svg, problems := renderer.Render(v.ctx, f.fsys, f.path, opt)
	v.printProblems(f.located(problems))
	if svg == nil {
		return nil, "", failedError{}
	}
	return svg, f.path, nil
}

// checkRender refuses what can be refused before anything is read.
func checkRender(out string, opt diagram.RenderOptions) error {
	switch {
	case out == "":
		return &usageError{what: "where should the picture go?", hint: "-o FILE.svg writes a file, -o - to standard output"}
	case out != "-" && filepath.Ext(out) != ".svg":
		return &usageError{what: fmt.Sprintf("the picture is SVG, and %q is not named so", out), hint: "name a file that ends in .svg"}
	}
	return checkEngine(opt)
}

func checkEngine(opt diagram.RenderOptions) error {
	if opt.Layout != diagram.ELK && opt.Layout != diagram.Dagre {
		return &usageError{what: fmt.Sprintf("no layout engine %q", opt.Layout), hint: "there are elk and dagre"}
	}
	return nil
}

func (v *invocation) writeFile(out string, content []byte) error {
	if out == "-" {
		_, err := v.out.Write(content)
		return err
	}
	at := v.path(out)
	root, err := os.OpenRoot(filepath.Dir(at))
	if err != nil {
		return fmt.Errorf("write %q: %w", out, errors.Unwrap(err))
	}
	defer root.Close()
	if err := atomicfile.Write(root, filepath.Base(at), content, atomicfile.Options{}); err != nil {
		return fmt.Errorf("write %q: %w", out, err)
	}
	v.printf("Wrote %s\n", out)
	return nil
}

func (v *invocation) diagramDiffCommand() *cobra.Command {
	var o diffOptions
	var name, out string
	var opt diagram.RenderOptions
	cmd := &cobra.Command{
		Use:   "diff [A] [B] [-o FILE.svg]",
		Short: "what changed between two diagrams, by meaning, or as one picture",
		Long: `Compares diagrams by meaning: components added, removed, renamed, moved to another
container, reshaped, relabelled, restyled; connections added, removed, repointed,
relabelled, reversed. Order, layout and comments mean nothing.

A and B are moments of the log, or D2 files (their names end in .d2); for two
files no log is needed. B is now unless it is given, A the last sync.

A diagram of the log that does not compile is compared as text. A file that does
not compile is an error; the difference of the texts is printed all the same.

--group shows what a group of the log owns, with everything in it and connected to
it; --near shows a component with its neighbours, or theirs too (--near kafka:2).

-o draws the difference instead, as one SVG: B with what is gone from A as ghosts in
it, everything that changed in colour and with a sign (+ - ~ >), the rest in grey,
and a legend. Of the log's diagrams it is the architecture, or the one that
--diagram names.`,
		Example: `  archsync diagram diff @-6 now
  archsync diagram diff @-6 now -o change.svg --dark
  archsync diagram diff @-6 now --group storage
  archsync diagram diff before.d2 after.d2 --near storage.kafka
  archsync diagram diff 2026-03-12 sketch.d2 --exit-code`,
		Args:              argsBetween(0, 2),
		ValidArgsFunction: v.completeSides,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, b := cmp.Or(argument(args, 0), "@"), cmp.Or(argument(args, 1), "now")
			if cmd.Flags().Changed("output") {
				return v.diagramOverlay(a, b, name, out, o, opt)
			}
			for _, flag := range []string{"layout", "theme", "dark", "layer"} {
				if cmd.Flags().Changed(flag) {
					return &usageError{what: "--" + flag + " is for a picture", hint: "-o FILE.svg draws the difference"}
				}
			}
			return v.diagramDiff(a, b, name, o)
		},
	}
	v.diffFlags(cmd, &o)
	cmd.Flags().StringVarP(&out, "output", "o", "", "draw the difference into `FILE.svg`; - is standard output")
	drawingFlags(cmd, &opt)
	cmd.MarkFlagsMutuallyExclusive("output", "json")
	cmd.MarkFlagsMutuallyExclusive("output", "markdown")
	diagramFlag(cmd, &name)
	return cmd
}

// exitCodeFlag is --exit-code of the verbs that compare.
func exitCodeFlag(cmd *cobra.Command, exit *bool) {
	cmd.Flags().BoolVar(exit, "exit-code", false, "exit with 3 when something differs")
}

func (v *invocation) diagramDiff(a, b, name string, o diffOptions) error {
	if !isD2(a) && !isD2(b) && name == "" {
		return v.compare(a, b, synclog.Diagrams, o)
	}
	if err := o.checkAlone(); err != nil {
		return err
	}
	from, to, done, err := v.sides(a, b, name)
	if err != nil {
		return err
	}
	defer done()
	broken := from.diagram == nil && isD2(a) || to.diagram == nil && isD2(b)
	c, err := o.narrow(contrast(from, to))
	if err != nil {
		return err
	}
	o.exit = o.exit && !broken
	if err := v.printDifference(c, o); err != nil {
		return err
	}
	if broken {
		return failedError{}
	}
	return nil
}

// sides are two diagrams to be compared; done lets go of both.
func (v *invocation) sides(a, b, name string) (from, to figure, done func(), err error) {
	if from, err = v.side(a, name); err != nil {
		return from, to, nil, err
	}
	if to, err = v.side(b, name); err != nil {
		from.close()
		return from, to, nil, err
	}
	return from, to, func() { from.close(); to.close() }, nil
}

// side is one of two diagrams that are compared.
func (v *invocation) side(arg, name string) (figure, error) {
	if isD2(arg) {
		return v.figureIn(arg)
	}
	return v.figureAt(arg, name)
}

// contrast compares two diagrams, as texts where one does not compile.
func contrast(from, to figure) comparison {
	c := comparison{from: from.at, to: to.at, before: &synclog.Log{}, after: &synclog.Log{}}
	if from.diagram != nil && to.diagram != nil {
		c.before, c.after = c.before.About(from.diagram), c.after.About(to.diagram)
		c.difference = synclog.Diff(c.before, c.after)
		return c
	}
	c.problems = slices.Concat(from.problems, to.problems)
	if before, after := from.text(), to.text(); !bytes.Equal(before, after) {
		c.difference.Texts = []synclog.TextDiff{{Path: to.shown, Before: before, After: after}}
	}
	return c
}
