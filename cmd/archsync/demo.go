package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/demo"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) demoCommand() *cobra.Command {
	o := demo.Options{Dir: history.DefaultDir}
	cmd := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "two years of a made-up company, to look around in",
		Long: `Makes a git repository with the log of Lumen, an observability company that never
was: seven groups, two years of syncs, an architecture that grows, and the
decisions that explain its turns. Then it opens the log's screens; without a
terminal it prints a short tour.

It goes to DIR, which must be empty or not there yet, or to a new temporary
folder. The same flags give the same commits, byte by byte. With larger numbers,
more is made up around the story: groups, syncs before it, components, items.`,
		Example: `  archsync demo
  archsync demo lumen
  archsync demo big --groups 50 --syncs 260 --shapes 150`,
		Args: argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkScale(cmd.Flags()); err != nil {
				return err
			}
			v.chooseSigns(cmd)
			return v.demo(argument(args, 0), o)
		},
	}
	v.asciiFlag(cmd)
	flags := cmd.Flags()
	flags.IntVar(&o.Groups, "groups", 0, "how many `GROUPS` (default 7)")
	flags.IntVar(&o.Syncs, "syncs", 0, "how many `SYNCS` (default 52)")
	flags.IntVar(&o.Shapes, "shapes", 0, "how many `COMPONENTS` in the end (default about 40)")
	flags.IntVar(&o.ItemsPerGroup, "items", 0, "how many `ITEMS` on a group's board (default as the story has them)")
	flags.Uint64Var(&o.Seed, "seed", 1, "a `NUMBER`: another one gives other ids and chances")
	return cmd
}

// mostDemo bounds what a demo is made of.
const mostDemo = 2000

// checkScale refuses numbers, where they were given, that no demo can be made of.
func checkScale(flags *pflag.FlagSet) error {
	for _, name := range []string{"groups", "syncs", "shapes", "items"} {
		if n, err := flags.GetInt(name); err == nil && flags.Changed(name) && (n < 1 || n > mostDemo) {
			return &usageError{what: fmt.Sprintf("--%s %d: no demo can be made of that", name, n), hint: fmt.Sprintf("between 1 and %d is fine", mostDemo)}
		}
	}
	return nil
}

func (v *invocation) demo(dir string, o demo.Options) error {
	root, err := v.demoFolder(dir)
	if err != nil {
		return err
	}
	if err := v.makeDemo(root, o); err != nil {
		return err
	}
	if v.terminal {
		v.printf("The demo is in %s\n", root)
		return v.screensAt(root)
	}
	return v.tour(root)
}

// demoFolder is an empty folder for the demo.
func (v *invocation) demoFolder(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "archsync-demo-")
	}
	entries, err := os.ReadDir(v.path(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v.path(dir), os.MkdirAll(v.path(dir), 0o755)
	case err != nil:
		return "", &usageError{what: fmt.Sprintf("%q is not a folder", dir), hint: "name a new folder, or none for a temporary one"}
	case len(entries) > 0:
		return "", &usageError{what: fmt.Sprintf("the folder %q is not empty", dir), hint: "name a new folder, or none for a temporary one"}
	}
	return v.path(dir), nil
}

// makeDemo replays the made-up past into a new repository.
func (v *invocation) makeDemo(root string, o demo.Options) error {
	ctx, cancel := context.WithCancel(v.ctx)
	defer cancel() // ends what is still being drawn when the replay ends early
	h := newHost(ctx, o.Dir, v.logLimits())
	into := site{root: root, dir: o.Dir, fresh: true}
	return inRepository(into, "main", func() error {
		return v.replay(into, h.illustrated(demo.Past(ctx, o, h.close)))
	})
}

// host closes the syncs of the made-up company as sync close does it. Its pictures
// are taken while the past goes on, each from where the one before left off, and an
// architecture that did not change is drawn once.
type host struct {
	ctx      context.Context
	dir      string
	reader   *synclog.Reader
	renderer *diagram.Renderer
	limits   diagram.Limits
	closed   *drawnPicture // of the sync that was closed last
	past     agenda.Past   // the syncs that were closed
}

// drawnPicture is an SVG that is being drawn.
type drawnPicture struct {
	diagram   *diagram.Diagram
	camera    diagram.Camera
	placed    chan struct{} // closed when camera, or why there is none, is known
	done      chan struct{} // closed when all is
	svg       []byte
	placement []byte
	err       error
}

func newHost(ctx context.Context, dir string, limits synclog.Limits) *host {
	return &host{
		ctx: ctx, dir: dir,
		reader:   synclog.NewReader(limits),
		limits:   limits.Diagram,
		renderer: diagram.NewRenderer(nil),
	}
}

// close is a [demo.Closer]. Picture and placement are missing in what it gives; they
// come with the episode.
func (h *host) close(ctx context.Context, before, now fs.FS, date, name string) (demo.Closing, error) {
	c := synclog.Closing{Date: date, Host: name, Now: h.reader.Read(ctx, now, h.dir, synclog.All)}
	if before != nil {
		c.Before = h.reader.Read(ctx, before, h.dir, synclog.All)
	}
	main := c.Now.Main()
	if main == nil || len(c.Now.Problems) > 0 {
		return demo.Closing{}, fmt.Errorf("the log of %s has problems: %v", date, c.Now.Problems)
	}
	if h.closed == nil || h.closed.diagram != main {
		h.closed = h.draw(now, h.closed, main)
	}
	c.Minutes = agenda.NewSync(date, c.Now, c.Before, &h.past).Minutes(agenda.Held{Record: c.Record(), Picture: true}).Markdown()
	h.past.Add(date, c.Now)
	plan, err := synclog.PlanClose(c)
	return demo.Closing{
		Files: plan.Files, TagMessage: plan.TagMessage, Clear: plan.Clear,
		Message:      synclog.WithTrailer(plan.Message, synclog.SyncTrailer, date),
		ClearMessage: synclog.WithTrailer(plan.ClearMessage, synclog.ClearTrailer, date),
	}, err
}

// draw begins to draw an architecture; before is the picture of the one before, nil
// for the first.
func (h *host) draw(fsys fs.FS, before *drawnPicture, d *diagram.Diagram) *drawnPicture {
	p := &drawnPicture{diagram: d, placed: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		camera := diagram.NewCamera(h.renderer.Lens(diagram.RenderOptions{Limits: h.limits}))
		if before != nil {
			<-before.placed
			camera, p.err = before.camera, before.err
		}
		if p.err == nil {
			p.camera, p.err = camera.Extend(h.ctx, d)
		}
		close(p.placed)
		if p.err == nil {
			p.err = h.paint(p, fsys)
		}
	}()
	return p
}

// paint draws a picture that is placed.
func (h *host) paint(p *drawnPicture, fsys fs.FS) (err error) {
	frame := p.camera.Frame()
	svg, problems := h.renderer.Render(h.ctx, fsys, p.diagram.Path, diagram.RenderOptions{Frame: &frame, Limits: h.limits})
	if svg == nil {
		return fmt.Errorf("draw the architecture: %v", problems)
	}
	p.svg = svg
	p.placement, err = p.camera.Marshal()
	return err
}

// deliver gives an episode the picture of its sync.
func (h *host) deliver(e history.Episode, p *drawnPicture) error {
	<-p.done
	date := strings.TrimPrefix(e.Tag, synclog.DefaultConfig().TagPrefix)
	e.Files[path.Join(h.dir, meeting.PicturePath(date))] = p.svg
	e.Files[path.Join(h.dir, meeting.PlacementPath(date))] = p.placement
	return p.err
}

// ahead is how many episodes may be made before the pictures of earlier ones.
const ahead = 512

// illustrated gives the episodes with their pictures, in order.
func (h *host) illustrated(episodes iter.Seq2[history.Episode, error]) iter.Seq2[history.Episode, error] {
	type told struct {
		episode history.Episode
		picture *drawnPicture // nil when it is no snapshot
		err     error
	}
	return func(yield func(history.Episode, error) bool) {
		made := make(chan told, ahead)
		go func() {
			defer close(made)
			for e, err := range episodes {
				t := told{episode: e, err: err}
				if e.Tag != "" {
					t.picture = h.closed
				}
				select {
				case made <- t:
				case <-h.ctx.Done():
					return
				}
			}
		}()
		for t := range made {
			if t.picture != nil {
				t.err = errors.Join(t.err, h.deliver(t.episode, t.picture))
			}
			if !yield(t.episode, t.err) || t.err != nil {
				return
			}
		}
		if err := h.ctx.Err(); err != nil {
			yield(history.Episode{}, err)
		}
	}
}

// tour shows what the demo is, for who has no terminal.
func (v *invocation) tour(root string) error {
	v.printf("Made the log of Lumen, a made-up company, in %s\n", root)
	v.printf("  archsync -C %s    opens it in a terminal\n", root)
	steps, problems, err := v.steps(logOptions{})
	if err != nil || len(steps) == 0 {
		return err
	}
	v.printProblems(problems)
	last := steps[len(steps)-1]
	v.printf("\n$ archsync log\n")
	v.printSteps(steps)
	v.printf("\n$ archsync board\n")
	if err := v.board(nil, "", false); err != nil {
		return err
	}
	parts := synclog.Board | synclog.Diagrams | synclog.Decisions
	if len(steps) > 1 {
		before := steps[len(steps)-2].Date
		v.printf("\n$ archsync diff %s %s\n", before, last.Date)
		if err := v.compare(before, last.Date, parts, diffOptions{}); err != nil {
			return err
		}
	}
	year := yearBefore(steps, last.Date)
	v.printf("\n$ archsync diff %s %s\n", year, last.Date)
	return v.compare(year, last.Date, parts, diffOptions{})
}

// yearBefore is the newest sync that lies a year or more before a date, or the
// first one.
func yearBefore(steps []chronicle.Step, date string) string {
	t, _ := time.Parse(time.DateOnly, date)
	limit := t.AddDate(-1, 0, 0).Format(time.DateOnly)
	found := steps[0].Date
	for _, s := range steps {
		if s.Date <= limit {
			found = s.Date
		}
	}
	return found
}
