package tui

import (
	"context"
	"maps"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/picture"
)

// chosen is the id of what is selected in the architecture.
func (d *driver) chosen() string {
	d.t.Helper()
	r, ok := d.model.arch.selected(d.model)
	if !ok || r.node == nil {
		return ""
	}
	return r.node.ID
}

func (d *driver) size(w, h int) *driver {
	d.t.Helper()
	_, cmd := d.model.Update(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(cmd)
	return d
}

func TestPictureIsDrawnInTheBackground(t *testing.T) {
	d := start(t, lumen()).size(100, 40)
	d.hold = true
	d.press("2").expect("drawing …", "▪ Gateway") // the tree stands in
	d.press("j", "+", "?").expect("Keys").press("q")
	d.release()
	d.without("drawing").expect("▛─ Ingest", "⇉ Kafka")
	d.hold = true
	d.press("-").expect("drawing …", "▛─ Ingest") // the last picture stays
	d.release()
	d.without("drawing")
}

func TestPictureOfAMomentThatWasLeftIsGivenUp(t *testing.T) {
	d := start(t, lumen()).size(100, 40)
	d.hold = true
	d.press("2")
	late, held := d.held[0], d.held[1:]
	d.held = held
	d.press("[", "t", "t")
	d.release()
	d.run(late) // the drawing that was given up says so only now
	d.expect("2026-02-12 vs 2026-01-29").without("drawing", "Kafka")
	if d.model.painter.cancel != nil || d.model.painter.shooting != nil {
		t.Error("something is being drawn still")
	}
}

func TestPictureIsRemembered(t *testing.T) {
	d := start(t, lumen()).size(100, 40).press("2", "[", "[", "]", "]")
	turns := d.model.painter.turn
	d.press("[", "]", "[", "[", "]").press("1", "2")
	if got := d.model.painter.turn; got != turns {
		t.Errorf("%d drawings were made once more", got-turns)
	}
}

func TestSelectingInThePicture(t *testing.T) {
	d := start(t, lumen()).size(120, 50).press("2", "g").write("gateway").press("enter")
	if got := d.chosen(); got != "ingest.gateway" {
		t.Fatalf("g selects %q", got)
	}
	moved := 0
	for _, step := range []struct {
		key    string
		dx, dy int
	}{{"l", 1, 0}, {"h", -1, 0}, {"down", 0, 1}, {"down", 0, 1}, {"up", 0, -1}} {
		from, _ := d.model.arch.seen.canvas.Subject(d.chosen())
		d.press(step.key)
		to, _ := d.model.arch.seen.canvas.Subject(d.chosen())
		if to.ID() == from.ID() {
			continue
		}
		moved++
		x, y := 2*to.Where.X+to.Where.Width-2*from.Where.X-from.Where.Width, 2*to.Where.Y+to.Where.Height-2*from.Where.Y-from.Where.Height
		if x*step.dx < 0 || y*step.dy < 0 {
			t.Errorf("%s leads from %s to %s:\n%s", step.key, from.ID(), to.ID(), d.picture(120, 50))
		}
	}
	if moved < 3 {
		t.Errorf("only %d of 5 arrows led anywhere:\n%s", moved, d.picture(120, 50))
	}
	d.press("g").write("syslog").press("enter").expect("▛", "▟", "ingest.syslog") // without colours too
	d.press("t").expect("▌    ▪ Syslog").press("t")
}

func TestChangesInThePicture(t *testing.T) {
	d := start(t, lumen()).size(120, 50).press("2")
	seen := map[string]bool{}
	for range d.model.arch.seen.canvas.Changes() {
		d.press(")")
		seen[d.chosen()] = true
	}
	for _, id := range []string{"ingest.queue", "storage.cassandra", "ingest.gateway -> ingest.queue", "ingest.queue -> storage.index"} {
		if !seen[id] {
			t.Errorf("next change does not come to %s, but to %v", id, seen)
		}
	}
	last := d.chosen()
	d.press(")").expect("first again").press("(")
	if d.chosen() != last {
		t.Errorf("back leads to %s, not to %s", d.chosen(), last)
	}
}

func TestZoomFocusAndFold(t *testing.T) {
	d := start(t, lumen()).size(120, 50).press("2").expect("Syslog listener", "Query engine")
	d.press("-").expect("what changed", "Query ▸1").without("Query engine")
	d.press("-").expect("containers, folded", "Storage ▸").without("Gateway │")
	d.press("-").expect("the outline", "gateway: Gateway").press("-").expect("already")
	d.press("0", "g").write("gateway").press("enter", "z").expect("focus: ingest.gateway, 1 step").without("Query engine")
	d.press("z").expect("2 steps", "Index").press("z", "z").without("focus:").expect("Query engine")
	d.press("z", "q").without("focus:").expect("Query engine")
	d.press(" ").expect("Ingest ▸3").without("Gateway │")
	if d.chosen() != "ingest" {
		t.Errorf("folding selects %q", d.chosen())
	}
	d.press("g").write("syslog").press("enter").expect("Syslog listener")
	if d.chosen() != "ingest.syslog" {
		t.Errorf("going to what is folded away selects %q", d.chosen())
	}
}

func TestPanning(t *testing.T) {
	d := start(t, lumen()).size(60, 18).press("2", "+", "+", "g").write("gateway").press("enter")
	x, y := d.model.arch.eyeX, d.model.arch.eyeY
	d.press("shift+down", "shift+down").expect("▴")
	if d.model.arch.eyeY <= y || d.model.arch.eyeX != x {
		t.Errorf("looking down moves from %d,%d to %d,%d", x, y, d.model.arch.eyeX, d.model.arch.eyeY)
	}
	d.press("K", "K", "K").expect("▾")
	d.mouse(tea.MouseActionPress, 30, 10).mouse(tea.MouseActionMotion, 30, 6).mouse(tea.MouseActionRelease, 30, 6)
	if d.model.arch.eyeY != 4 {
		t.Errorf("dragging by 4 rows moves to %d", d.model.arch.eyeY)
	}
	_, cmd := d.model.Update(tea.MouseMsg{Button: tea.MouseButtonWheelUp, Action: tea.MouseActionPress})
	d.run(cmd)
	if d.model.arch.eyeY != 0 {
		t.Errorf("the wheel moves to %d", d.model.arch.eyeY)
	}
}

func (d *driver) mouse(a tea.MouseAction, x, y int) *driver {
	d.t.Helper()
	_, cmd := d.model.Update(tea.MouseMsg{Button: tea.MouseButtonLeft, Action: a, X: x, Y: y})
	d.run(cmd)
	return d
}

func TestClickSelects(t *testing.T) {
	for _, width := range []int{90, 140} {
		d := start(t, lumen()).size(width, 40).press("2")
		for y, row := range strings.Split(d.picture(width, 40), "\n") {
			if at := strings.Index(row, "Gateway"); at >= 0 {
				d.mouse(tea.MouseActionPress, cells(row[:at]), y).mouse(tea.MouseActionRelease, cells(row[:at]), y)
				break
			}
		}
		if d.chosen() != "ingest.gateway" {
			t.Errorf("%d wide: a click on the gateway selects %q", width, d.chosen())
		}
	}
}

// The eye stays on what is selected when the drawing becomes another one.
func TestTheEyeStays(t *testing.T) {
	d := start(t, lumen()).size(64, 20).press("2", "+", "g").write("syslog").press("enter")
	where := func() picture.Rect {
		a := &d.model.arch
		s, ok := a.seen.canvas.Subject("ingest.syslog")
		if !ok {
			t.Fatal("it is not drawn")
		}
		s.Where.X, s.Where.Y = s.Where.X-a.eyeX, s.Where.Y-a.eyeY
		return s.Where
	}
	before := where()
	for _, key := range []string{"[", "[", "]"} {
		d.press(key)
		after := where()
		w, h := d.model.arch.paneSize(d.model, d.model.scene)
		fits := d.model.arch.seen.canvas.Width <= w || d.model.arch.seen.canvas.Height <= h // then it is centred
		if !fits && (after.X != before.X || after.Y != before.Y) {
			t.Errorf("%s moves it from %v to %v", key, before, after)
		}
	}
}

func TestSmallScreensShowTheTree(t *testing.T) {
	d := start(t, lumen()).size(40, 20).press("2").expect("▪ Gateway").press("t", "t").expect("the window is too small", "▪ Gateway")
	d.press("+").expect("the window is too small")
	d.size(100, 30).expect("┌─ Ingest").size(40, 20).expect("▪ Gateway")
}

func TestLayersAndDiagrams(t *testing.T) {
	log := lumen()
	log.set(map[string]string{
		diagramFile:                       log.file(diagramFile) + "layers: {\n  inside: {\n    parser -> lexer\n  }\n}\n",
		"sync-log/diagrams/deployment.d2": "hall: Machine hall\n",
	})
	d := start(t, log).size(120, 40).press("2", "v").expect("› layers.inside", "lexer").without("Gateway")
	d.press("j", "y")
	d.press("v").expect("deployment.d2", "Machine hall").press(" ").press("j", " ").expect("it stands in no container").press("v").expect("Gateway")
	d.press("g").write("lexer").press("enter").expect("› layers.inside", "lexer")
}

func TestTooLongBecomesAnOutline(t *testing.T) {
	d := start(t, lumen()).press("2")
	o, ok := d.model.arch.order(d.model, d.model.scene)
	if !ok {
		t.Fatal("nothing to draw")
	}
	ctx, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	if s := o.draw(ctx); s == nil || s.zoom != picture.Outline || !strings.Contains(s.canvas.String(), "gateway") {
		t.Errorf("it became %v", s)
	}
	ctx, give := context.WithCancel(t.Context())
	give()
	if s := o.draw(ctx); s != nil {
		t.Error("a drawing that was given up is there")
	}
}

// The picture of a neighbour is there before anybody steps to it. What is being drawn
// for a moment that was left is given up.
func TestStepsAreDrawnAhead(t *testing.T) {
	d := start(t, lumen()).size(140, 50).press("2")
	d.hold = true
	d.press("[")
	if got, want := d.model.arch.seen.key, d.model.orders()[0].key; got != want {
		t.Errorf("the step shows %v, want %v", got, want)
	}
	d.release()
	d.press("]")
	d.model.painter.drawn, d.model.painter.films = map[sketchKey]*sketch{}, nil
	d.hold = true
	drawing := d.model.sketchNext()
	d.press("[")
	if msg, ok := drawing().(sketchMsg); !ok || msg.sketch != nil {
		t.Errorf("it was drawn to the end: %v", msg.sketch)
	}
	d.release()
	if got, want := d.model.arch.seen.key, d.model.orders()[0].key; got != want {
		t.Errorf("in the end it shows %v, want %v", got, want)
	}
}

// Going through time and back leads to the very same picture, in which what did not
// change stands where it stood.
func TestTheFilmStandsStill(t *testing.T) {
	d := start(t, lumen()).size(140, 50).press("2")
	where := func(id string) picture.Rect {
		s, _ := d.model.arch.seen.canvas.Subject(id)
		return picture.Rect{X: s.Where.X - d.model.arch.eyeX, Y: s.Where.Y - d.model.arch.eyeY}
	}
	now, syslog := d.picture(140, 50), where("ingest.syslog")
	d.press("[")
	past := d.picture(140, 50)
	if got := where("ingest.syslog"); got != syslog {
		t.Errorf("it moved from %v to %v", syslog, got)
	}
	d.press("[")
	if got := where("ingest.syslog"); got != syslog {
		t.Errorf("it moved from %v to %v", syslog, got)
	}
	d.press("]")
	if got := d.picture(140, 50); got != past {
		t.Errorf("there and back is\n%s\nwant\n%s", got, past)
	}
	if got := d.press("]").picture(140, 50); got != now {
		t.Errorf("back to now is\n%s\nwant\n%s", got, now)
	}
	if d.model.arch.seen.key.film == (filmKey{}) {
		t.Error("it is no part of a film")
	}
}

// What stands in the pictures of the past stands in the same cells when the present
// changes, and when it becomes a snapshot; all together they may move on.
func TestThePastStandsStillWhenASyncIsClosed(t *testing.T) {
	log := lumen()
	d := start(t, log).size(140, 50).press("2")
	stands := func() map[string]picture.Rect {
		places := map[string]picture.Rect{}
		origin, _ := d.model.arch.seen.canvas.Subject("ingest")
		for s := range d.model.arch.seen.canvas.Subjects() {
			if !s.Connection && s.Mark != change.Removed {
				s.Where.X -= origin.Where.X
				s.Where.Y -= origin.Where.Y
				places[s.ID()] = s.Where
			}
		}
		return places
	}
	d.press("[")
	past := stands()
	check := func(what string) {
		t.Helper()
		if got := stands(); !maps.Equal(got, past) {
			t.Errorf("%s moves it from\n%v to\n%v", what, past, got)
		}
	}
	const name = "sync-log/diagrams/architecture.d2"
	log.set(map[string]string{name: log.file(name) + "audit: Audit trail {log: Log {shape: cylinder}}\ningest.gateway -> audit.log\naudit.log -> query.engine\n"})
	d.run(d.model.refresh())
	check("a change of the present")
	d.press("]")
	now := stands()
	if len(now) <= len(past) {
		t.Fatalf("the present is %v", now)
	}
	log.close("2026-02-26")
	d.run(d.model.refresh())
	past = now
	check("closing the sync")
	d.press("[")
	check("stepping to what is closed")
	d.press("[").press("]")
	check("there and back")
}
