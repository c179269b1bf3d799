package tui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
	"github.com/archsync/archsync/internal/problem"
)

const (
	sketches    = 64               // drawings kept
	drawingTime = 10 * time.Second // after which a drawing is given up, where the options do not say
)

// sketchKey names a drawing by all that it is made of. A diagram that was read twice
// is the same one, because readings are remembered by content.
type sketchKey struct {
	before, after *diagram.Diagram
	aim
	film filmKey // where it is a part of one
	at   int     // its number there
}

// aim is what of a diagram is looked at, and how.
type aim struct {
	layer, focus  string
	depth         int
	zoom          picture.Zoom
	fit           bool   // the nearest zoom that fits, instead
	folds         string // containers folded or opened by hand
	width, height int
	ascii         bool
}

// sketch is a drawing as it was asked for.
type sketch struct {
	key      sketchKey
	canvas   *picture.Canvas
	zoom     picture.Zoom // that it has
	problems []problem.Problem
}

// painter draws in the background, one drawing at a time, and remembers.
type painter struct {
	time   time.Duration // that a drawing may take
	drawn  map[sketchKey]*sketch
	order  []sketchKey
	turn   int       // counts drawings; an answer of another turn is late
	at     sketchKey // what is being drawn, while cancel is there
	cancel context.CancelFunc

	films      []*film
	present    *scene // as it was read last
	filmTurn   int
	shootingAt filmKey // what is being placed as one, while shooting is there
	shooting   context.CancelFunc
}

func newPainter(opts Options) *painter {
	return &painter{drawn: map[sketchKey]*sketch{}, time: cmp.Or(opts.Time, drawingTime)}
}

func (p *painter) get(k sketchKey) *sketch { return p.drawn[k] }

func (p *painter) put(s *sketch) {
	if p.drawn[s.key] == nil {
		p.order = append(p.order, s.key)
	}
	p.drawn[s.key] = s
	for len(p.order) > sketches {
		delete(p.drawn, p.order[0])
		p.order = p.order[1:]
	}
}

// sketchMsg is a drawing that was asked for; nil where it was given up.
type sketchMsg struct {
	turn   int
	sketch *sketch
}

// order is a drawing to be made.
type order struct {
	key    sketchKey
	scene  picture.Scene
	choice picture.Choice
	film   *film // to be drawn from; nil for a drawing on its own
	time   time.Duration
}

// draw makes the picture that belongs on the screen, and when it is there, those
// beside it in time. What is being drawn for a moment that was left is given up.
func (m *Model) draw() tea.Cmd {
	if m.at != onArch || m.scene == nil {
		return nil
	}
	m.arch.look(m)
	return tea.Batch(m.sketchNext(), m.shoot())
}

// sketchNext draws what is wanted most and not there.
func (m *Model) sketchNext() tea.Cmd {
	orders := m.orders()
	next := slices.IndexFunc(orders, func(o order) bool { return m.painter.get(o.key) == nil })
	if m.painter.cancel != nil {
		running := slices.IndexFunc(orders, func(o order) bool { return o.key == m.painter.at })
		if running >= 0 && (running == next || next > 0) {
			return nil
		}
		m.painter.cancel()
		m.painter.cancel = nil
	}
	if next < 0 {
		return nil
	}
	return m.painter.start(m.ctx, orders[next])
}

// orders are the drawings that may be wanted, most of all the first.
func (m *Model) orders() []order {
	var orders []order
	for _, by := range []place{0, -1, 1, -2, 2} {
		cursor := m.cursor + by
		base := cursor - 1
		if m.pinned {
			base = m.pin
		}
		s := m.scene
		if by != 0 {
			s = m.scenes.get(sceneKey{m.key(cursor), m.key(base)})
		}
		if s == nil || cursor > m.now() {
			continue
		}
		if o, ok := m.arch.orderAt(m, s, cursor); ok {
			orders = append(orders, o)
		}
	}
	return orders
}

func (p *painter) start(ctx context.Context, o order) tea.Cmd {
	ctx, cancel := context.WithTimeout(ctx, p.time)
	p.turn++
	p.at, p.cancel = o.key, cancel
	turn := p.turn
	return func() tea.Msg {
		defer cancel()
		return sketchMsg{turn, o.draw(ctx)}
	}
}

// draw draws; nil when it was given up. What takes too long becomes an outline.
func (o order) draw(ctx context.Context) *sketch {
	paper := picture.Paper{Width: o.key.width, Height: o.key.height, Time: o.time / 2, ASCII: o.key.ascii}
	if o.film != nil {
		return &sketch{key: o.key, zoom: o.film.zoom, canvas: o.film.shot.Draw(o.key.at)}
	}
	if o.key.fit && paper.Crowded(o.scene.View(o.choice)) {
		o.choice.Zoom = picture.Changes
	}
	s := &sketch{key: o.key, zoom: o.choice.Zoom}
	s.canvas, s.problems = picture.Draw(ctx, o.scene, o.choice, paper)
	if o.key.fit && s.canvas != nil && (s.canvas.Width > paper.Width || s.canvas.Height > paper.Height) {
		o.choice.Zoom = picture.Changes
		s.zoom = picture.Changes
		s.canvas, s.problems = picture.Draw(ctx, o.scene, o.choice, paper)
	}
	switch {
	case s.canvas != nil:
		return s
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		o.choice.Zoom, s.zoom = picture.Outline, picture.Outline // which takes no time
		s.canvas, _ = picture.Draw(ctx, o.scene, o.choice, paper)
		return s
	}
	return nil
}

func (m *Model) onSketch(msg sketchMsg) tea.Cmd {
	if msg.turn == m.painter.turn {
		m.painter.cancel = nil
	}
	if msg.sketch != nil {
		m.painter.put(msg.sketch)
	}
	return m.draw()
}

// order is the drawing of a scene as it is looked at; ok is false where there is
// nothing to draw.
func (a *archScreen) order(m *Model, s *scene) (o order, ok bool) {
	t := a.treeOf(s)
	if t.scene.After == nil {
		return order{}, false
	}
	w, h := a.paneSize(m, s)
	c := picture.Choice{Zoom: a.zoom, Folded: a.folds}
	if !a.zoomed {
		c.Zoom = picture.Merged
	}
	if slices.Contains(t.scene.Layers(), a.layer) {
		c.Layer = a.layer
	}
	if t.has(a.focus) {
		c.Focus, c.Depth = a.focus, a.depth
	}
	key := sketchKey{
		before: t.scene.Before, after: t.scene.After, aim: aim{layer: c.Layer, focus: c.Focus, depth: c.Depth,
			zoom: c.Zoom, fit: !a.zoomed && c.Focus == "", folds: foldsKey(a.folds), width: w, height: h, ascii: m.theme.ascii},
	}
	return order{key: key, scene: t.scene, choice: c, time: m.painter.time}, true
}

// orderAt is the drawing of a place: of its film, where that is there.
func (a *archScreen) orderAt(m *Model, s *scene, p place) (o order, ok bool) {
	o, ok = a.order(m, s)
	k, known := m.filmOf(p)
	if !ok || !known || len(a.treeOf(s).errors) > 0 {
		return o, ok
	}
	if f := m.painter.film(k); f != nil && f.shot != nil {
		o.film, o.key.film, o.key.at = f, k, int(p-k.from)
	}
	return o, true
}

// aim is what is looked at in all moments.
func (a *archScreen) aim(m *Model) aim {
	zoom := a.zoom
	if !a.zoomed {
		zoom = picture.Merged
	}
	w, h := a.paneSize(m, m.scene)
	return aim{layer: a.layer, focus: a.focus, depth: a.depth, zoom: zoom, fit: !a.zoomed && a.focus == "", folds: foldsKey(a.folds), width: w, height: h, ascii: m.theme.ascii}
}

// foldsKey is a set of folds as a text.
func foldsKey(folds map[string]bool) string {
	var all []string
	for id, folded := range folds {
		sign := "+"
		if folded {
			sign = "-"
		}
		all = append(all, sign+id)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// sketch is the wanted drawing; nil while it is not there.
func (a *archScreen) sketch(m *Model) *sketch {
	o, ok := a.orderAt(m, m.scene, m.cursor)
	if !ok {
		return nil
	}
	if s := m.painter.get(o.key); s != nil || o.film == nil {
		return s
	}
	o.key.film, o.key.at = filmKey{}, 0 // true, if not still
	return m.painter.get(o.key)
}

// look takes the wanted drawing as soon as it is there, and keeps the eye on what it
// was on.
func (a *archScreen) look(m *Model) {
	if m.scene == nil {
		return
	}
	next := a.sketch(m)
	if next == nil || next == a.seen {
		return
	}
	before := a.seen
	a.seen = next
	window := a.window(m)
	id := a.drawnID(m)
	switch {
	case before == nil:
		if changes := next.canvas.Changes(); id == "" && len(changes) > 0 {
			id = changes[0]
		}
	case before.key.film == next.key.film && next.key.film != filmKey{}:
		a.point(next.canvas.Clamp(window))
		return
	default:
		dx, dy := shift(before.canvas, next.canvas, window, id)
		window.X, window.Y = window.X+dx, window.Y+dy
	}
	a.point(next.canvas.Reveal(window, id))
}

// shift is how far what the eye was on moved from one drawing to another: what is
// selected, else what was nearest to the middle of the window.
func shift(from, to *picture.Canvas, window picture.Rect, selected string) (dx, dy int) {
	anchor, nearest := "", 0
	for s := range from.Subjects() {
		if _, stays := to.Subject(s.ID()); !stays || s.Connection || s.Where.Width == 0 {
			continue
		}
		x, y := s.Where.X+s.Where.Width/2-window.X-window.Width/2, s.Where.Y+s.Where.Height/2-window.Y-window.Height/2
		far := x*x + 4*y*y
		if s.ID() == selected {
			far = -1
		}
		if anchor == "" || far < nearest {
			anchor, nearest = s.ID(), far
		}
	}
	if anchor == "" {
		return 0, 0
	}
	was, _ := from.Subject(anchor)
	is, _ := to.Subject(anchor)
	return is.Where.X - was.Where.X, is.Where.Y - was.Where.Y
}
