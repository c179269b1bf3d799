package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// clock is a Tick whose time only goes on when it is told so.
type clock struct {
	waits []time.Duration
	next  func(time.Time) tea.Msg
}

func (c *clock) tick(d time.Duration, fn func(time.Time) tea.Msg) tea.Cmd {
	if d == pollEvery {
		return nil
	}
	c.waits, c.next = append(c.waits, d), fn
	return nil
}

// ticking is a program with a clock, and that moves it on by one tick.
func ticking(t *testing.T) (*driver, *clock, func()) {
	t.Helper()
	c := &clock{}
	d := cold(t, lumen())
	d.model.host.Tick = c.tick
	d.run(d.model.Init())
	return d, c, func() {
		next := c.next
		d.run(func() tea.Msg { return next(time.Time{}) })
	}
}

func TestPlay(t *testing.T) {
	d, c, on := ticking(t)
	d.press("p").expect("PAST  2026-01-15", "▶ 1s a sync")
	on()
	d.expect("PAST  2026-01-29")
	d.press("2").expect("PAST  2026-01-29", "2 Architecture", "▶").press("+").expect("▶ 500ms a sync")
	on()
	d.expect("PAST  2026-02-12", "cassandra").press("-", "-").expect("▶ 2s a sync")
	if last := c.waits[len(c.waits)-1]; last != 2*time.Second {
		t.Errorf("waits %v", last)
	}
	on()
	d.expect("now vs 2026-02-12").without(" a sync ")
	on()
	d.expect("now vs 2026-02-12")
}

func TestPlayStops(t *testing.T) {
	for _, key := range []string{"p", "space", "esc"} {
		d, _, on := ticking(t)
		d.press("p", key).without(" a sync ")
		on()
		d.expect("PAST  2026-01-15")
	}
	d, _, _ := ticking(t)
	d.press("p", "j").without(" a sync ")
	d.press("p", "[").without(" a sync ")
	d.press("p", "/").without(" a sync ").expect("Search all of time")
}

func TestPlayFromTheHistory(t *testing.T) {
	d, _, on := ticking(t)
	d.press("5", "j", "j", "space").expect("PAST  2026-01-29", "5 History", "▶")
	on()
	d.expect("PAST  2026-02-12")
}

// In the picture space folds; p plays there too.
func TestPlayInThePicture(t *testing.T) {
	d, _, _ := ticking(t)
	d.press("2", "space").without(" a sync ").press("p").expect("▶")
}

func TestPlayCannot(t *testing.T) {
	start(t, lumen()).press("p").expect("there is no clock here")
	start(t, newMemoryLog(map[string]string{"sync-log/archsync.yaml": ""})).press("p").expect("no sync was closed yet")
}

// A tick that comes while the next sync is still being read waits for it.
func TestPlayWaits(t *testing.T) {
	d, _, on := ticking(t)
	d.press("p")
	d.model.scene = nil
	on()
	d.expect("PAST  2026-01-15", "▶")
}

func TestHistoryFilter(t *testing.T) {
	d := start(t, lumen()).press("5", "f").write("group:ingest").press("enter")
	d.expect("filter: group:ingest", "now", "2026-01-15").without("2026-01-29  ", "Shard the index")
	d.press("f", "ctrl+u").write("kind:component cassandra").press("enter").expect("removed storage.cassandra").without("2026-02-12  ")
	d.press("j").expect("2026-01-15")
	d.press("f", "ctrl+u").write("kind:box").press("enter").expect(`"box" is no kind`)
	d.press("ctrl+u").write("status:ongoing kind:item").press("enter").expect("2026-01-29").golden("history-filtered")
	d.press("f", "ctrl+u").write("nothing like it").press("enter").expect("no sync changed anything like it")
}
