package tui

import (
	"context"
	"errors"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/picture"
	"github.com/archsync/archsync/internal/synclog"
)

// shotLength is how many snapshots, counted from the oldest, are placed as one: within
// them the picture stands still. The present belongs to the last of them.
const shotLength = 26

const films = 3 // kept

// filmKey names a film by all that it is made of.
type filmKey struct {
	aim
	path        string
	first, last string // the contents of its first and its last place
	from, to    place
	base        string           // where it is pinned
	present     *diagram.Diagram // where the present is its last place
}

// film is a part of the timeline placed as one; without a shot it could not be.
type film struct {
	key       filmKey
	shot      *picture.Shot
	zoom      picture.Zoom
	snapshots int    // in the shot; behind them may be the present
	newest    string // the contents of the last of them
}

// filmMsg is a film that was asked for; nil where it was given up.
type filmMsg struct {
	turn int
	film *film
}

// filmOf names the film that a place belongs to; ok is false where its present was not
// read yet.
func (m *Model) filmOf(p place) (k filmKey, ok bool) {
	n := m.now()
	from := max(min(p, n-1), 0) / shotLength * shotLength
	to := min(from+shotLength, n) // behind the last
	k = filmKey{aim: m.arch.aim(m), path: m.arch.path, from: from, to: to}
	if k.zoom == picture.Outline {
		return k, false
	}
	if m.pinned {
		k.base = m.key(m.pin)
		if k.base == nowKey {
			return k, false
		}
	}
	if to == n {
		k.to++
		if m.painter.present == nil {
			return k, false
		}
		k.present = m.arch.treeOf(m.painter.present).scene.After
	}
	k.first, k.last = m.key(k.from), m.key(k.to-1)
	return k, true
}

// shoot places what the cursor is in as one, in the background; what it left is given
// up.
func (m *Model) shoot() tea.Cmd {
	if s := m.scenes.get(sceneKey{nowKey, m.key(m.now() - 1)}); s != nil {
		m.painter.present = s
	}
	k, ok := m.filmOf(m.cursor)
	p := m.painter
	if p.shooting != nil {
		if ok && p.shootingAt == k {
			return nil
		}
		p.shooting()
		p.shooting = nil
	}
	if !ok || p.film(k) != nil || k.to-k.from < 2 {
		return nil
	}
	ctx, cancel := context.WithTimeout(m.ctx, 2*p.time)
	p.filmTurn++
	p.shooting, p.shootingAt = cancel, k
	r := m.filming(k)
	turn := p.filmTurn
	return func() tea.Msg {
		defer cancel()
		return filmMsg{turn, r.film(ctx)}
	}
}

func (m *Model) onFilm(msg filmMsg) tea.Cmd {
	p := m.painter
	if msg.turn == p.filmTurn {
		p.shooting = nil
	}
	if msg.film != nil {
		p.films = append(p.films, msg.film)
		p.films = p.films[max(len(p.films)-films, 0):]
	}
	return m.draw()
}

// earlier finds a film of the same snapshots but for the newest ones: the film that was
// there before a sync was closed, or before the present changed.
func (m *Model) earlier(k filmKey) *film {
	for _, f := range slices.Backward(m.painter.films) {
		if f.shot == nil || f.key.aim != k.aim || f.key.path != k.path || f.key.base != k.base || f.key.first != k.first {
			continue
		}
		if last := k.from + place(f.snapshots) - 1; f.key.from == k.from && last < min(k.to, m.now()) && m.key(last) == f.newest {
			return f
		}
	}
	return nil
}

func (p *painter) film(k filmKey) *film {
	i := slices.IndexFunc(p.films, func(f *film) bool { return f.key == k })
	if i < 0 {
		return nil
	}
	return p.films[i]
}

// filming holds the values that a film is made from.
type filming struct {
	question
	key     filmKey
	choice  picture.Choice
	layer   string
	moments []history.Moment
	present picture.Scene
	newest  string
	paper   picture.Paper
	earlier *film          // nil where there is none to go on from
	memo    chronicle.Memo // nil where nothing is kept
}

func (m *Model) filming(k filmKey) filming {
	f := filming{
		question: question{log: m.log, known: map[string]reading{}}, key: k, layer: m.arch.layer,
		choice: picture.Choice{Zoom: k.zoom, Folded: m.arch.folds, Focus: k.focus, Depth: k.depth},
		paper:  picture.Paper{Width: k.width, Height: k.height, Time: m.painter.time, ASCII: k.ascii}, earlier: m.earlier(k),
		memo: m.host.Memo,
	}
	for p := k.from; p < min(k.to, m.now()); p++ {
		f.moments, f.newest = append(f.moments, m.moment(p)), m.key(p)
	}
	if k.from > 0 {
		before := m.moment(k.from - 1)
		f.base = &before
	}
	if m.pinned && m.pin >= 0 {
		pin := m.moment(m.pin)
		f.last = &pin
	}
	if k.present != nil {
		f.present = m.arch.treeOf(m.painter.present).scene
	}
	for key, r := range m.readings {
		f.known[key] = r
	}
	return f
}

// film reads and places; nil where it was given up.
func (f filming) film(ctx context.Context) *film {
	f.ctx = ctx
	out := &film{key: f.key, snapshots: len(f.moments), newest: f.newest}
	if err := f.shoot(ctx, out); err != nil {
		out.shot = nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return out
}

// shoot goes on from an earlier film where there is one: of this process, or one that was
// kept.
func (f filming) shoot(ctx context.Context, out *film) error {
	takes := f.takes(f.choice)
	shot, zoom := f.goOnFrom(takes)
	if shot == nil {
		shot, zoom = f.recall(ctx, takes)
	}
	known := 0
	var err error
	if shot != nil {
		known = shot.Len()
		shot, err = goOn(ctx, shot, zoomed(takes, zoom))
	}
	if shot == nil || err != nil {
		known = 0
		shot, zoom, err = f.anew(ctx, takes)
	}
	if err != nil {
		return err
	}
	out.shot, out.zoom = shot, zoom
	f.keep(out, zoomed(takes, zoom), known)
	return nil
}

// anew places all takes as one. What is a little larger than the screen is looked at by
// panning rather than folded.
func (f filming) anew(ctx context.Context, takes []picture.Take) (*picture.Shot, picture.Zoom, error) {
	crowded := func(t picture.Take) bool { return f.paper.Crowded(t.View(t.Choice)) }
	if !f.key.fit || !slices.ContainsFunc(takes, crowded) {
		shot, err := picture.Shoot(ctx, takes, f.paper)
		if !f.key.fit || err == nil && 2*shot.Width <= 3*f.paper.Width && 2*shot.Height <= 3*f.paper.Height {
			return shot, f.choice.Zoom, err
		}
	}
	shot, err := picture.Shoot(ctx, zoomed(takes, picture.Changes), f.paper)
	return shot, picture.Changes, err
}

// goOnFrom is what the earlier film has of the takes; nil where there is none.
func (f filming) goOnFrom(takes []picture.Take) (*picture.Shot, picture.Zoom) {
	if f.earlier == nil {
		return nil, 0
	}
	shot := f.earlier.shot
	closed := f.earlier.snapshots < len(f.moments) && takes[f.earlier.snapshots].After == f.earlier.key.present
	if !closed {
		shot = shot.First(f.earlier.snapshots)
	}
	return shot, f.earlier.zoom
}

// goOn puts what is new behind what a shot has, so that nothing moves in the past when the
// present changes or becomes a snapshot.
func goOn(ctx context.Context, shot *picture.Shot, takes []picture.Take) (*picture.Shot, error) {
	for _, t := range takes[shot.Len():] {
		var err error
		if shot, err = shot.Extend(ctx, t); err != nil {
			return nil, err
		}
	}
	return shot, nil
}

func zoomed(takes []picture.Take, zoom picture.Zoom) []picture.Take {
	takes = slices.Clone(takes)
	for i := range takes {
		takes[i].Zoom = zoom
	}
	return takes
}

// takes are the scenes of the film's places, oldest first.
func (f filming) takes(c picture.Choice) []picture.Take {
	read := map[string]reading{}
	at := func(m *history.Moment) *synclog.Log {
		if m == nil {
			return nil
		}
		return f.read(*m, read).log
	}
	var scenes []picture.Scene
	before := f.base
	for i := range f.moments {
		base := before
		if f.last != nil {
			base = f.last
		}
		scenes = append(scenes, pictured(at(&f.moments[i]), at(base), f.key.path))
		before = &f.moments[i]
	}
	if f.key.present != nil {
		scenes = append(scenes, f.present)
		if f.last != nil {
			scenes[len(scenes)-1] = picture.Between(pictured(at(f.last), nil, f.key.path).After, f.present.After)
		}
	}
	takes := make([]picture.Take, len(scenes))
	for i, s := range scenes {
		take := c
		if slices.Contains(s.Layers(), f.layer) {
			take.Layer = f.layer
		}
		takes[i] = picture.Take{Scene: s, Choice: take}
	}
	return takes
}

// pictured is the scene of one diagram of a log against the one of another.
func pictured(now, before *synclog.Log, path string) picture.Scene {
	if now == nil {
		return picture.Of(&diagram.Diagram{})
	}
	s := &scene{log: now, before: before}
	s.buildTrees(nil)
	if out := (&archScreen{path: path}).treeOf(s).scene; out.After != nil {
		return out
	}
	return picture.Of(&diagram.Diagram{})
}
