package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/chronicle"
)

// The story of an item and of a component; its syncs are travelled to.
func TestStoryTravels(t *testing.T) {
	d := start(t, lumen())
	d.model.board.item = "k7f3q"
	d.model.board.settle(d.model)
	d.press("w").expect("Why: k7f3q", "Shard the index", "since 2026-01-15", "last shown")
	d.golden("story-item")
	d.press("end").expect("2026-01-15 + added").press("enter").expect("PAST  2026-01-15").without("Why:")
	d.press(".", "2", "t")
	if !d.model.arch.selectNode(d.model, "sync-log/diagrams/architecture.d2", "storage.index") {
		t.Fatal("no such component")
	}
	d.press("w").expect("Why: storage.index")
	d.golden("story-component")
	d.press("esc").without("Why:").press("w", "q").without("Why:")
}

// In the history any of the things that a sync changed tells its story.
func TestStoryOfWhatASyncChanged(t *testing.T) {
	d := start(t, lumen()).press("5", "w").expect("Why: what changed, now", "component", "connection")
	d.golden("story-choice")
	d.write("queue").press("enter").expect("Why: ", "Put a queue before the index")
	d.press("esc", "down", "down", "down", "w").write("0007")
	d.press("enter").expect("Why: 0007-shards", "2026-01-15 + added").without("nothing is known")
}

// On a narrow screen too, and never wider than it.
func TestStoryIsNarrow(t *testing.T) {
	d := start(t, lumen())
	d.run(func() tea.Msg { return tea.WindowSizeMsg{Width: 40, Height: 20} })
	d.press("w").expect("Why: ")
	for row := range strings.Lines(d.model.View()) {
		if cells(strings.TrimRight(row, "\n")) > 40 {
			t.Errorf("too wide: %q", row)
		}
	}
	d.golden("story-narrow")
}

// The timeline shows where the selected thing was there and changed, before anybody asks
// for its story, and how much changed at the other syncs that had it.
func TestTheTimelineMarksTheSelection(t *testing.T) {
	d := start(t, lumen())
	bar := func() string { return d.model.barView(80).ticks(d.model, false).text() }
	appearances := d.model.chronicle.Appearances(d.model.marks.subject)
	if n := strings.Count(bar(), "●"); n == 0 || n != countChanged(appearances) {
		t.Errorf("%q for %+v", bar(), appearances)
	}
	gone := 0
	for _, a := range appearances {
		if !a.There && a.Changed == "" {
			gone++
		}
	}
	if n := strings.Count(bar(), "·"); n != gone {
		t.Errorf("%d ticks without it of %d: %q", n, gone, bar())
	}
	last := d.model.marks.subject
	d.press("down")
	if d.model.marks.subject == last {
		t.Error("the marks do not follow the selection")
	}
}

func countChanged(appearances []chronicle.Appearance) int {
	n := 0
	for _, a := range appearances {
		if a.Changed != "" {
			n++
		}
	}
	return n
}

// An answer about a present that has changed meanwhile is not shown as the present's.
func TestStoryOfAnOldPresent(t *testing.T) {
	d := start(t, lumen())
	d.hold = true
	d.press("w")
	late := d.held
	d.held = nil
	d.hold = false
	d.model.generation++
	for _, cmd := range late {
		d.run(cmd)
	}
	d.expect("the log changed meanwhile").without("Why:")
}
