package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
)

// turnKey names the picture of a turn by all that it is made of.
type turnKey struct {
	before, after *diagram.Diagram
	parts         string
	width, height int
	ascii         bool
}

// turnPictures are the parts of the architecture that the groups show, drawn one at a
// time in the background: that of the turn first, then the next one's.
type turnPictures struct {
	canvases map[turnKey]*picture.Canvas // nil for one that could not be drawn
	drawing  bool
}

type turnPictureMsg struct {
	key    turnKey
	canvas *picture.Canvas
}

// turnParts are the components and connections of a turn: all, and those of them that
// are worked on or changed.
type turnParts struct{ all, busy []string }

// turnPictureOf is what a turn's picture is made of; ok is false where it has none.
func (m *Model) turnPictureOf(t agenda.Turn, w, h int) (key turnKey, scene picture.Scene, parts turnParts, ok bool) {
	if m.scene == nil || len(m.scene.trees) == 0 || m.scene.trees[0].scene.After == nil {
		return turnKey{}, picture.Scene{}, turnParts{}, false
	}
	scene, parts = m.scene.trees[0].scene, partsOf(t)
	if len(parts.all) == 0 {
		return turnKey{}, scene, parts, false
	}
	words := strings.Join(parts.all, "\n") + "\n\n" + strings.Join(parts.busy, "\n")
	return turnKey{scene.Before, scene.After, words, w, h, m.theme.ascii}, scene, parts, true
}

// pictureSize is what the picture of a turn has of the screen.
func (s *syncScreen) pictureSize(m *Model) (w, h int) {
	w, h = m.width, m.bodyRows()-3 // the strip
	if s.bothFit(w) {
		w -= w*workShare/100 + 1
	}
	return max(w, 1), max(h, 1)
}

// drawTurns draws what belongs on the screen, and what comes next.
func (m *Model) drawTurns() tea.Cmd {
	s := &m.sync
	if s.drawn.drawing || s.running == nil {
		return nil
	}
	w, h := s.pictureSize(m)
	for _, on := range []int{s.running.On, s.running.On + 1} {
		if on < 0 || on >= len(s.running.Turns) {
			continue
		}
		t, ok := s.turnOf(s.running.Turns[on].Group)
		key, scene, parts, drawable := m.turnPictureOf(t, w, h)
		if _, drawn := s.drawn.canvases[key]; !ok || !drawable || drawn {
			continue
		}
		s.drawn.drawing = true
		return drawTurn(m.ctx, key, scene, parts, m.painter.time)
	}
	return nil
}

// excess is how many cells a drawing is too wide and too high.
func (k turnKey) excess(c *picture.Canvas) int {
	return max(c.Width-k.width, 0) + max(c.Height-k.height, 0)
}

// choices are the ways to draw a turn's part, from the one that shows most: with all
// neighbours, with those of others folded, without them; then the same of what is
// worked on or changed; in the end only the changes are open.
func (p turnParts) choices(scene picture.Scene) []picture.Choice {
	others := foreign(scene, p.all)
	choices := []picture.Choice{
		{Zoom: picture.Merged, Among: p.all},
		{Zoom: picture.Merged, Among: p.all, Folded: others},
		{Zoom: picture.Merged, Among: p.all, Folded: others, Depth: -1},
	}
	if len(p.busy) > 0 {
		others = foreign(scene, p.busy)
		choices = append(choices,
			picture.Choice{Zoom: picture.Merged, Among: p.busy, Folded: others},
			picture.Choice{Zoom: picture.Merged, Among: p.busy, Folded: others, Depth: -1})
	}
	return append(choices, picture.Choice{Zoom: picture.Changes, Among: p.all})
}

func drawTurn(ctx context.Context, key turnKey, scene picture.Scene, parts turnParts, limit time.Duration) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		paper := picture.Paper{Width: key.width, Height: key.height, Time: limit / 2, ASCII: key.ascii}
		var canvas *picture.Canvas
		for _, choice := range parts.choices(scene) { // the first that fits, else the one that nearly does
			drawn, _ := picture.Draw(ctx, scene, choice, paper)
			if drawn == nil {
				break
			}
			if canvas == nil || key.excess(drawn) < key.excess(canvas) {
				canvas = drawn
			}
			if key.excess(canvas) == 0 {
				break
			}
		}
		return turnPictureMsg{key, canvas}
	}
}

// foreign are the containers that hold none of the components and lie in none of them,
// to be drawn folded.
func foreign(scene picture.Scene, among []string) map[string]bool {
	folded := map[string]bool{}
	for _, d := range []*diagram.Diagram{scene.Before, scene.After} {
		if d == nil {
			continue
		}
		for _, c := range d.Components {
			own := slices.ContainsFunc(among, func(a string) bool { return within(c.Container, a) || within(a, c.Container) })
			if c.Container != "" && !own {
				folded[c.Container] = true
			}
		}
	}
	return folded
}

// within tells whether a component is another one or lies in it.
func within(component, container string) bool {
	return component == container || strings.HasPrefix(component, container+".")
}

func (m *Model) onTurnPicture(msg turnPictureMsg) tea.Cmd {
	d := &m.sync.drawn
	d.drawing = false
	if d.canvases == nil || len(d.canvases) >= sketches {
		d.canvases = map[turnKey]*picture.Canvas{}
	}
	d.canvases[msg.key] = msg.canvas
	return m.serveSync()
}

// picture is the group's part of the architecture, with what changed in it.
func (s *syncScreen) picture(m *Model, t agenda.Turn, w, h int) []line {
	key, _, _, ok := m.turnPictureOf(t, w, h)
	if !ok {
		return centred([]line{{say(roleMuted, "The group owns no component, and its items touch none.")}}, w, h)
	}
	canvas, drawn := s.drawn.canvases[key]
	switch {
	case !drawn:
		return centred([]line{{say(roleMuted, "drawing …")}}, w, h)
	case canvas == nil:
		return centred([]line{{say(roleMuted, "It cannot be drawn; 2 shows why.")}}, w, h)
	}
	return windowLines(canvas, s.eye.window(key, canvas), picture.Look{Recede: true})
}

// turnEye is where a picture that is larger than its pane is looked at. Another picture
// is looked at from its beginning.
type turnEye struct {
	of   turnKey
	x, y int
}

// window is the part of a drawing that is seen.
func (e turnEye) window(of turnKey, canvas *picture.Canvas) picture.Rect {
	if e.of != of {
		e.x, e.y = 0, 0
	}
	return canvas.Clamp(picture.Rect{X: e.x, Y: e.y, Width: of.width, Height: of.height})
}

// pan moves the window over the picture of the turn.
func (s *syncScreen) pan(m *Model, dx, dy int) tea.Cmd {
	key, canvas := s.turnCanvas(m)
	if canvas == nil {
		return nil
	}
	at := s.eye.window(key, canvas)
	at.X, at.Y = at.X+dx, at.Y+dy
	at = canvas.Clamp(at)
	s.eye = turnEye{key, at.X, at.Y}
	return nil
}

// turnCanvas is the picture of the turn that is on the screen; nil where there is none.
func (s *syncScreen) turnCanvas(m *Model) (turnKey, *picture.Canvas) {
	t, ok := s.turn(m)
	if !ok || !s.bothFit(m.width) && !s.pictured {
		return turnKey{}, nil
	}
	w, h := s.pictureSize(m)
	key, _, _, _ := m.turnPictureOf(t, w, h)
	return key, s.drawn.canvases[key]
}

// noTurnPicture is why there is no picture to move.
func (m *Model) noTurnPicture() string {
	if why := m.noGroupOn(); why != "" {
		return why
	}
	if _, canvas := m.sync.turnCanvas(m); canvas == nil {
		return "no picture is on the screen"
	}
	return ""
}
