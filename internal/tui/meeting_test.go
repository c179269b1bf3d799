package tui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/picture"
)

// held is the log of most tests with the sync screen open, a clock that the test sets,
// and a close that only takes note.
type held struct {
	*driver
	clock  time.Time
	closed []string // the minutes that were recorded
}

func hold(t *testing.T, log *memoryLog, id string) *held {
	t.Helper()
	h := &held{clock: time.Date(2026, 2, 26, 14, 0, 0, 0, time.UTC)}
	d := &driver{t: t, log: log}
	host := testHost(d)
	host.Now = func() time.Time { return h.clock }
	host.Holder = meeting.Holder{ID: id, Machine: "laptop", Process: 7}
	host.PlanClose = func(_ context.Context, date string) (Closing, error) {
		return Closing{
			Date: date, Minutes: "# Minutes of " + date + "\n\nComputed.\n", Facts: []string{"  tag  sync/" + date, "", "Cleared from the board", "  k7f3q  Shard the index, done"},
			Record: func(_ context.Context, minutes string) ([]string, error) {
				h.closed = append(h.closed, minutes)
				log.close(date)
				_, err := log.UpdateRunning(func(*meeting.Running) (*meeting.Running, error) { return nil, nil })
				return nil, err
			},
		}, nil
	}
	host.EditText = func(_, text string, done func(string, error) tea.Msg) tea.Cmd {
		return func() tea.Msg { return done(text+"By hand.\n", nil) }
	}
	d.model = New(t.Context(), log, host, Options{Profile: termenv.Ascii, Width: 80, Height: 24})
	h.driver = d
	d.run(d.model.Init())
	d.press("4")
	return h
}

func (h *held) press(keys ...string) *held {
	h.t.Helper()
	h.driver.press(keys...)
	return h
}

// wait lets time go by, second by second.
func (h *held) wait(d time.Duration) *held {
	h.t.Helper()
	for range int(d / time.Second) {
		h.clock = h.clock.Add(time.Second)
		_, cmd := h.model.Update(secondMsg{h.clock})
		h.run(cmd)
	}
	return h
}

func TestSyncIsHeld(t *testing.T) {
	h := hold(t, lumen(), "here")
	h.expect("Next sync", "s starts it", "Put a queue before the index").golden("sync-agenda")
	h.press("s").expect("No discussions", "first group").golden("sync-opening")
	h.press("right").expect("1/3", "0:00 of")
	h.wait(90*time.Second).expect("1:30 of", "1:30 elapsed")
	h.press("a").expect("ABSENT").press("right").expect("2/3")
	h.press("space").wait(time.Minute).expect("the clock stands", "0:00 of", "1:30 elapsed")
	h.press("space").wait(time.Second).without("the clock stands")
	h.wait(20 * time.Minute).expect("over by").golden("sync-turn")
	h.press("right", "right").expect("Every group was on", "absent").golden("sync-closing")
	h.press("C").expect("Close the sync of 2026-02-26", "Computed.", "tag  sync/2026-02-26", "Cleared from the board")
	h.press("E").expect("By hand.")
	h.run(func() tea.Msg { return pollMsg{} })
	h.press("enter")
	h.run(func() tea.Msg { return pollMsg{} })
	h.expect("the sync of 2026-02-26 is closed")
	if len(h.closed) != 1 || !strings.HasSuffix(h.closed[0], "By hand.\n") {
		t.Errorf("recorded %q", h.closed)
	}
	if h.log.running != nil {
		t.Error("the closed sync still runs")
	}
}

// Keys that are pressed before the agenda is read or the start is written come after it.
func TestQuickKeysWait(t *testing.T) {
	h := hold(t, lumen(), "here")
	h.hold = true
	h.press("s", "right", "a")
	h.let().expect("1/3", "ABSENT")

	log := lumen()
	d := cold(t, log)
	d.hold = true
	d.run(d.model.Init())
	d.press("4", "s", "right")
	d.let().expect("1/3")
	second := hold(t, log, "there")
	second.hold = true
	second.press("s", "right")
	second.let().expect("2/3")
}

// let runs what was kept back, and what follows.
func (d *driver) let() *driver {
	d.t.Helper()
	held := d.held
	d.hold, d.held = false, nil
	for _, cmd := range held {
		d.run(cmd)
	}
	return d
}

// What is not a group's own is folded before its own parts are.
func TestPartsOfATurn(t *testing.T) {
	h := hold(t, lumen(), "here").press("s", "right", "right")
	turn, _ := h.model.sync.turn(h.model)
	_, scene, parts, ok := h.model.turnPictureOf(turn, 60, 20)
	if !ok || !slices.Contains(parts.all, "storage") || !slices.Contains(parts.busy, "storage.index") || slices.Contains(parts.busy, "storage") {
		t.Errorf("%+v", parts)
	}
	if others := foreign(scene, parts.all); !maps.Equal(others, map[string]bool{"query": true}) {
		t.Errorf("folded are %v", others)
	}
	for i, c := range parts.choices(scene) {
		if first, last := i == 0, i == 5; first != (c.Folded == nil && !last) || last != (c.Zoom == picture.Changes) {
			t.Errorf("choice %d is %+v", i, c)
		}
	}
}

// A picture that is larger than its pane is moved, no further than to its ends; the next
// group's is looked at from its beginning.
func TestTurnPictureIsMoved(t *testing.T) {
	h := hold(t, lumen(), "here").press("s", "right", "right", "tab")
	h.run(func() tea.Msg { return tea.WindowSizeMsg{Width: 40, Height: 14} })
	key, canvas := h.model.sync.turnCanvas(h.model)
	if canvas == nil || canvas.Width <= key.width && canvas.Height <= key.height {
		t.Fatalf("the picture is not larger than its pane: %+v", key)
	}
	seen := func() picture.Rect { k, c := h.model.sync.turnCanvas(h.model); return h.model.sync.eye.window(k, c) }
	home := seen()
	for range 40 {
		h.press("L", "J")
	}
	if end := seen(); end.X != max(home.X, canvas.Width-key.width) || end.Y != max(home.Y, canvas.Height-key.height) {
		t.Errorf("moved from %v to %v of %dx%d", home, end, canvas.Width, canvas.Height)
	}
	for range 40 {
		h.press("H", "K")
	}
	if seen() != home {
		t.Errorf("moved back to %v, not to %v", seen(), home)
	}
	if h.press("L", "J", "right", "left"); seen() == home && canvas.Width > key.width {
		t.Error("the way back to a group forgets where its picture was looked at")
	}
	h.press("tab", "L").expect("no picture is on the screen")
}

// A sync that another clone closed meanwhile is over here too, once it was pulled.
func TestClosedElsewhere(t *testing.T) {
	h := hold(t, lumen(), "here").press("s", "right")
	h.expect("1/3")
	h.log.close("2026-02-26")
	h.run(h.model.refresh())
	h.wait(meeting.Beat).expect("the sync of 2026-02-26, which was begun here, is closed already").without("1/3")
}

// What was edited went into the snapshot: nobody is asked what is to become of it, not
// even before the log has been read anew.
func TestNothingIsUnsavedOnceClosed(t *testing.T) {
	h := hold(t, lumen(), "here").press("1", "l", "l", ">", "4", "s", "C")
	h.expect("Close the sync of 2026-02-26", "1 unsaved")
	h.model.Update(closedMsg{date: "2026-02-26"})
	if h.press("Q"); !h.quit {
		t.Errorf("it does not quit:\n%s", h.picture(80, 24))
	}
}

func TestLeavingOffersWhatThereIs(t *testing.T) {
	log := lumen()
	log.set(map[string]string{storageFile: edited(log.file(storageFile), "Encrypt backups", "Encrypt all backups")})
	d := start(t, log)
	if d.press("Q").expect("Not committed yet", storageFile+" was edited").without("discard").press("d"); d.quit {
		t.Error("it discards what it did not write")
	}
}

func TestBreakoutOfATurn(t *testing.T) {
	h := hold(t, lumen(), "here")
	h.press("s", "right", "right")
	on := h.log.running.Turns[h.log.running.On].Group
	h.press("b").expect("Breakout", "Topic")
	h.press("ctrl+s").expect("a breakout needs a topic")
	h.write("Who sizes the index").press("tab", "tab").write("Twice the load").press("enter")
	file := h.log.file("sync-log/breakouts/who-sizes-the-index.md")
	for _, want := range []string{"topic: Who sizes the index", "sync: 2026-02-26", "group: " + on, "state: open", "Twice the load", "people:"} {
		if !strings.Contains(file, want) {
			t.Errorf("the breakout lacks %q:\n%s", want, file)
		}
	}
	if got := h.log.running.Breakouts; len(got) != 1 || got[0] != "who-sizes-the-index" {
		t.Errorf("the sync has the breakouts %v", got)
	}
	h.press("b", "esc").without("Topic")
	h.press("right", "right").expect("Who sizes the index")
}

// The host moves an item on a group's behalf; the agenda follows.
func TestEditDuringASync(t *testing.T) {
	h := hold(t, lumen(), "here")
	h.press("s", "right")
	for i := 0; h.log.running.Turns[h.log.running.On].Group != "query"; i++ {
		if i > 5 {
			t.Fatal("query has no turn")
		}
		h.press("right")
	}
	h.expect("Cache the results", "planned").press(">").expect("ongoing")
	if file := h.log.file("sync-log/board/query.yaml"); !strings.Contains(file, "status: ongoing") {
		t.Errorf("the file says\n%s", file)
	}
	h.press("e").expect("Edit q9w8e").press("esc")
}

func TestSyncIsResumed(t *testing.T) {
	log := lumen()
	h := hold(t, log, "here")
	h.press("s", "right", "right").wait(15 * time.Second) // a beat and a half; then the program is killed
	again := hold(t, log, "there")
	again.clock = h.clock.Add(time.Hour)
	again.expect("2/3", "presented at laptop")
	again.press("right").expect("presented elsewhere")
	again.press("s").without("presented at").expect("2/3", "0:10 of")
	again.press("right").expect("3/3")
	h.clock = again.clock
	h.press("right").expect("another process presents the sync")
}

func TestSyncOfThePast(t *testing.T) {
	log := lumen()
	log.set(map[string]string{"sync-log/syncs/2026-02-12.md": "---\nsync: 2026-02-12\n---\n# What was said\n\n- nothing\n"})
	log.moments["0000003"] = log.work
	h := hold(t, log, "here")
	h.press("[").expect("PAST", "What was said")
	h.press("s").expect("this sync is over")
	h.press("[").expect("no minutes")
	h.press(".").expect("Next sync")
}

func TestSyncFailures(t *testing.T) {
	log := lumen()
	h := hold(t, log, "here")
	h.press("C").expect("no sync takes place")
	h.press("s", "right", "right", "right", "right")
	broken := errors.New("the disk is full")
	h.model.host.PlanClose = func(context.Context, string) (Closing, error) { return Closing{}, broken }
	h.press("C").expect("the disk is full").press("esc")
	plans := 0
	h.model.host.PlanClose = func(_ context.Context, date string) (Closing, error) {
		plans++
		return Closing{Date: date, Record: func(context.Context, string) ([]string, error) { return nil, broken }}, nil
	}
	h.press("C", "enter").expect("the disk is full")
	if plans != 2 {
		t.Errorf("planned %d times", plans)
	}
	if log.running == nil {
		t.Error("a sync that could not be closed is gone")
	}
}

// What follows on an entry's first line stands under its text, not under its dash.
func TestEntriesHang(t *testing.T) {
	var got []string
	for _, l := range textLines("Ongoing\n\n  - Shard the index of the store", 20) {
		got = append(got, l.text())
	}
	if want := []string{" Ongoing", " ", "   - Shard the", "     index of the", "     store"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
