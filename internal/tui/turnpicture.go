package tui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
)

// turnKey names the picture of a turn by all that it is made of.
type turnKey struct {
	before, after *diagram.Diagram
	among         string
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

// turnPictureOf is what a turn's picture is made of; ok is false where it has none.
func (m *Model) turnPictureOf(t agenda.Turn, w, h int) (key turnKey, scene picture.Scene, among []string, ok bool) {
	if m.scene == nil || len(m.scene.trees) == 0 || m.scene.trees[0].scene.After == nil {
		return turnKey{}, picture.Scene{}, nil, false
	}
	scene, among = m.scene.trees[0].scene, shown(t)
	if len(among) == 0 {
		return turnKey{}, scene, nil, false
	}
	return turnKey{scene.Before, scene.After, strings.Join(among, "\n"), w, h, m.theme.ascii}, scene, among, true
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
		key, scene, among, drawable := m.turnPictureOf(t, w, h)
		if _, drawn := s.drawn.canvases[key]; !ok || !drawable || drawn {
			continue
		}
		s.drawn.drawing = true
		return drawTurn(m.ctx, key, scene, among)
	}
	return nil
}

func drawTurn(ctx context.Context, key turnKey, scene picture.Scene, among []string) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, drawingTime)
		defer cancel()
		paper := picture.Paper{Width: key.width, Height: key.height, Time: drawingTime / 2, ASCII: key.ascii}
		var canvas *picture.Canvas
		for _, choice := range []picture.Choice{
			{Zoom: picture.Merged, Among: among},
			{Zoom: picture.Merged, Among: among, Depth: -1},
			{Zoom: picture.Changes, Among: among},
		} { // the first that fits, else the last
			drawn, _ := picture.Draw(ctx, scene, choice, paper)
			if drawn != nil {
				canvas = drawn
			}
			if drawn == nil || drawn.Width <= key.width && drawn.Height <= key.height {
				break
			}
		}
		return turnPictureMsg{key, canvas}
	}
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
	at := picture.Rect{X: (canvas.Width - w) / 2, Width: w, Height: h}
	if canvas.Width > w {
		at.X = 0
	}
	if canvas.Height < h {
		at.Y = (canvas.Height - h) / 2
	}
	return windowLines(canvas, at, picture.Look{Recede: true})
}
