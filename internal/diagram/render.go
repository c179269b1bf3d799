package diagram

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"oss.terrastruct.com/d2/d2exporter"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts"
	"oss.terrastruct.com/d2/d2layouts/d2dagrelayout"
	"oss.terrastruct.com/d2/d2renderers/d2svg"
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/d2themes"
	"oss.terrastruct.com/d2/d2themes/d2themescatalog"
	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"github.com/archsync/archsync/internal/layout"
	"github.com/archsync/archsync/internal/problem"
)

// The layout engines that a drawing can be made with.
const (
	ELK   = "elk"   // elk-go: the default
	Dagre = "dagre" // D2's own, slow and for comparison
)

// drawingVersion is part of the key of every kept drawing: it changes whenever the
// same source may be drawn otherwise.
const drawingVersion = "d2 v0.7.2 drawing 6"

// RenderOptions say how a diagram is drawn. The zero value is D2's default theme
// on the default engine.
type RenderOptions struct {
	Layout string // ELK or Dagre; "" is ELK
	Theme  int64  // D2's number of a theme; 0 leaves it to the file
	Dark   bool   // also carry a dark theme, for readers whose browser asks for one
	Layer  string // as in Diagram.Layers; "" is the root, or the first layer with anything in it
	Frame  *Frame // where everything stands, from a camera in pixels; nil leaves it to the engine, and so does a diagram too large to be drawn open
	Limits Limits
}

// FitsFrame tells whether what is drawn with these options can stand on the frame of a
// camera that looks without any: it is the same layer, placed by our engine, in a theme
// that writes no wider.
func (o RenderOptions) FitsFrame() bool {
	rules := d2themescatalog.Find(o.Theme).SpecialRules
	return o.Layer == "" && o.Layout != Dagre && !rules.Mono && !rules.CapsLock && !rules.C4
}

// Memo keeps results by a key that names everything they depend on. Both methods
// may be called from several goroutines.
type Memo interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}

// Renderer draws diagrams as SVG, two at a time. It is worth keeping: reading the
// fonts takes longer than most drawings.
type Renderer struct {
	memo   Memo
	engine layout.Engine
	rulers chan *textmeasure.Ruler // a nil ruler is one to be made
}

// NewRenderer makes a renderer that keeps placements and drawings in memo, which
// may be nil.
func NewRenderer(memo Memo) *Renderer {
	r := &Renderer{memo: memo, engine: layout.ELK(layout.Pixels()), rulers: make(chan *textmeasure.Ruler, 2)}
	for range cap(r.rulers) {
		r.rulers <- nil
	}
	return r
}

// Render draws the D2 file at path in fsys as one SVG. The same files and options
// give the same bytes. The SVG holds no script and refers to nothing outside
// itself: icons are read from fsys, by a path relative to the diagram, and embedded;
// what cannot be is left out with a problem. Links lead to http, https and mailto.
//
// A nil SVG comes with the problems that prevented it; an SVG may come with
// problems about what it lacks.
//
// Of a diagram with more components than a limit, or that is not drawn in time, the
// inner containers are drawn closed, with a problem that says so.
func (r *Renderer) Render(ctx context.Context, fsys fs.FS, path string, opt RenderOptions) ([]byte, []problem.Problem) {
	lim := opt.Limits.filled()
	d, ps := open(ctx, fsys, path, opt)
	if d == nil {
		return nil, ps
	}
	large, ok := d.foldLarge(lim)
	if ps = append(ps, large...); !ok {
		return nil, ps
	}
	key := d.key()
	if svg, ok := r.recall(key); ok {
		return svg, ps
	}
	svg, err := r.draw(ctx, d, lim, r.core(d))
	if tooLate(ctx, err) {
		return r.late(ctx, fsys, path, opt, lim)
	}
	if err != nil {
		return nil, append(ps, drawingProblem(path, err, lim))
	}
	r.keep(key, svg)
	return svg, ps
}

// open compiles a file and chooses what to draw of it, with its pictures. A nil
// drawing comes with the problems that prevented it.
func open(ctx context.Context, fsys fs.FS, path string, opt RenderOptions) (*drawing, []problem.Problem) {
	c, ps := compile(ctx, fsys, path, opt.Limits.filled())
	if c == nil {
		return nil, ps
	}
	d, err := newDrawing(c, opt)
	if err != nil {
		p := problem.Problem{Path: path, What: err.Error()}
		var no *noLayerError
		if errors.As(err, &no) {
			p = no.problem(path)
		}
		return nil, []problem.Problem{p}
	}
	return d, d.embedIcons(fsys)
}

func (r *Renderer) recall(key string) ([]byte, bool) {
	if r.memo == nil {
		return nil, false
	}
	return r.memo.Get(key)
}

func (r *Renderer) keep(key string, value []byte) {
	if r.memo != nil {
		r.memo.Put(key, value)
	}
}

func drawingProblem(path string, err error, lim Limits) problem.Problem {
	p := problem.Problem{Path: path, What: fmt.Sprintf("draw diagram: %v", err)}
	if errors.Is(err, errTime) {
		p.What = fmt.Sprintf("the diagram was not drawn within %v", lim.Time)
		p.Hint = "split it into layers or several diagrams, or allow more time"
	}
	return p
}

// drawing is one board on its way to an SVG.
type drawing struct {
	*compiled
	board   *d2graph.Graph
	layer   string
	options RenderOptions
	theme   int64
	svg     d2svg.RenderOpts
	icons   []string // what was embedded, for the key
	ids     ids      // of the board, as it was compiled
	folded  int      // components that are left of a board that was too large; 0: it was not

	// dress changes the placed picture before it is written; nil leaves it as it is.
	dress func(*d2target.Diagram, *textmeasure.Ruler)
}

func newDrawing(c *compiled, opt RenderOptions) (*drawing, error) {
	opt.Layout = cmp.Or(opt.Layout, ELK)
	if opt.Layout != ELK && opt.Layout != Dagre {
		return nil, fmt.Errorf("there is no layout engine %q; there are %s and %s", opt.Layout, ELK, Dagre)
	}
	b, ok := chooseBoard(c.graph, opt.Layer)
	if !ok {
		return nil, &noLayerError{opt.Layer, c.diagram.Layers}
	}
	d := &drawing{compiled: c, options: opt, board: b.graph, layer: b.layer, ids: idsOf(b, c.diagram)}
	return d, d.setTheme()
}

// noLayerError says which layers there are instead of one that is not.
type noLayerError struct {
	layer string
	there []string
}

func (e *noLayerError) Error() string { return fmt.Sprintf("there is no layer %q", e.layer) }

func (e *noLayerError) problem(path string) problem.Problem {
	p := problem.Problem{Path: path, What: e.Error(), Hint: "it has none"}
	if len(e.there) > 0 {
		p.Hint = "there are " + strings.Join(e.there, ", ")
	}
	return p
}

// chooseBoard finds a layer by name; for "" the root, or where the root is empty
// the first layer that is not.
func chooseBoard(g *d2graph.Graph, layer string) (b board, ok bool) {
	for b := range boards(g) {
		if b.layer == layer && layer != "" || layer == "" && len(b.graph.Objects) > 0 {
			return b, true
		}
	}
	return board{graph: g}, layer == ""
}

// setTheme settles theme and frame: what was asked for, else what the file's own
// configuration says. A hand-drawn look ("sketch") is not drawn: it needs an
// interpreter for JavaScript and seconds.
func (d *drawing) setTheme() error {
	no, pad := false, int64(40)
	d.theme = d.options.Theme
	d.svg = d2svg.RenderOpts{Sketch: &no, Center: &no, Pad: &pad, ThemeID: &d.theme}
	if c := d.config; c != nil {
		if d.theme == 0 && c.ThemeID != nil {
			d.theme = *c.ThemeID
		}
		if c.Pad != nil && *c.Pad >= 0 && *c.Pad <= 1000 {
			d.svg.Pad = c.Pad
		}
		d.svg.DarkThemeID = c.DarkThemeID
		d.svg.ThemeOverrides, d.svg.DarkThemeOverrides = c.ThemeOverrides, c.DarkThemeOverrides
	}
	if d.options.Dark && d.svg.DarkThemeID == nil {
		d.svg.DarkThemeID = &d2themescatalog.DarkMauve.ID
	}
	for _, id := range []*int64{&d.theme, d.svg.DarkThemeID} {
		if id != nil && d2themescatalog.Find(*id) == (d2themes.Theme{}) {
			return fmt.Errorf("there is no theme %d", *id)
		}
	}
	return nil
}

// key names everything that the bytes of the SVG depend on.
func (d *drawing) key() string {
	h := sha256.New()
	writeParts(h, drawingVersion, layout.ELKVersion, d.options.Layout, d.options.Layer, fmt.Sprint(d.theme, d.options.Dark, d.folded))
	for _, s := range d.diagram.sources {
		writeParts(h, s.Path, s.Text)
	}
	writeParts(h, d.icons...)
	if f := d.options.Frame; f != nil {
		writeParts(h, f.text())
	}
	return "svg-" + hex.EncodeToString(h.Sum(nil))
}

// writeParts writes texts so that no two lists of them run together.
func writeParts(w io.Writer, parts ...string) {
	for _, p := range parts {
		fmt.Fprintf(w, "%d:%s", len(p), p)
	}
}

// draw measures, places and writes, holding one of the rulers, which are not safe
// for use by two.
func (r *Renderer) draw(ctx context.Context, d *drawing, lim Limits, core d2graph.LayoutGraph) ([]byte, error) {
	var ruler *textmeasure.Ruler
	select {
	case ruler = <-r.rulers:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var svg []byte
	err := within(ctx, lim.Time, func(ctx context.Context) error {
		defer func() { r.rulers <- ruler }()
		if ruler == nil {
			fresh, err := textmeasure.NewRuler()
			if err != nil {
				return fmt.Errorf("read fonts: %w", err)
			}
			ruler = fresh
		}
		out, err := d.write(log.With(ctx, slog.New(slog.DiscardHandler)), ruler, core)
		if err != nil {
			return err
		}
		svg = out
		return nil
	})
	if err != nil {
		return nil, err
	}
	return svg, nil
}

// write does what D2's own library does between compiling and drawing, for one
// board, without its defaults, its environment variable and its other boards.
func (d *drawing) write(ctx context.Context, ruler *textmeasure.Ruler, core d2graph.LayoutGraph) ([]byte, error) {
	if err := d.measure(ruler); err != nil {
		return nil, err
	}
	if err := d.place(ctx, core); err != nil {
		return nil, err
	}
	return d.paint(ctx, ruler)
}

// measure gives everything the size that its text needs.
func (d *drawing) measure(ruler *textmeasure.Ruler) error {
	if err := d.board.ApplyTheme(d.theme); err != nil {
		return err
	}
	if len(d.board.Objects) == 0 {
		return nil
	}
	if err := d.board.SetDimensions(nil, ruler, nil, nil); err != nil {
		return fmt.Errorf("measure texts: %w", err)
	}
	return nil
}

// place gives everything its place, and every edge its route.
func (d *drawing) place(ctx context.Context, core d2graph.LayoutGraph) error {
	if len(d.board.Objects) == 0 {
		return nil
	}
	var a across
	if err := d2layouts.LayoutNested(ctx, d.board, d2layouts.NestedGraphInfo(d.board.Root), core, a.route); err != nil {
		return err
	}
	a.detour(d.board)
	return nil
}

// paint writes a placed board as SVG.
func (d *drawing) paint(ctx context.Context, ruler *textmeasure.Ruler) ([]byte, error) {
	target, err := d2exporter.Export(ctx, d.board, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	target.Config = d.config
	if d.dress != nil {
		d.dress(target, ruler)
	}
	out, err := d2svg.Render(target, &d.svg)
	if err != nil {
		return nil, fmt.Errorf("write svg: %w", err)
	}
	return clean(out), nil
}

// core is the layout plug-in of D2 for what is neither grid nor sequence.
func (r *Renderer) core(d *drawing) d2graph.LayoutGraph {
	if d.options.Layout == Dagre {
		return func(ctx context.Context, g *d2graph.Graph) error { return d2dagrelayout.Layout(ctx, g, nil) }
	}
	return func(ctx context.Context, g *d2graph.Graph) error {
		m := newModel(g)
		if g == d.board && d.options.Frame != nil && d.folded == 0 {
			d.ids.rename(m)
			return m.applyFrame(*d.options.Frame)
		}
		return r.placeModel(ctx, m)
	}
}

// placeModel places a model; where edges cross titles, it does so once more, with room
// for these at the bottom too.
func (r *Renderer) placeModel(ctx context.Context, m *model) error {
	for range 2 {
		p, err := r.place(ctx, m.graph)
		if err != nil {
			return err
		}
		m.apply(p)
		crossed := m.crossedTitles()
		if len(crossed) == 0 {
			break
		}
		m.keepTitleRoom(crossed)
	}
	return nil
}

// place asks the memo for a placement before the engine.
func (r *Renderer) place(ctx context.Context, g layout.Graph) (layout.Placement, error) {
	if r.memo == nil {
		return r.engine(ctx, g)
	}
	text, err := json.Marshal(g)
	if err != nil {
		return layout.Placement{}, fmt.Errorf("place graph: %w", err)
	}
	sum := sha256.Sum256(text)
	key := "placement-" + strings.ReplaceAll(layout.ELKVersion, " ", "-") + "-" + hex.EncodeToString(sum[:])
	if kept, ok := r.recall(key); ok {
		var p layout.Placement
		if json.Unmarshal(kept, &p) == nil && p.Fits(g) {
			return p, nil
		}
	}
	p, err := r.engine(ctx, g)
	if err != nil {
		return layout.Placement{}, err
	}
	if kept, err := json.Marshal(p); err == nil {
		r.keep(key, kept)
	}
	return p, nil
}
