package tui

import (
	"testing"

	"github.com/archsync/archsync/internal/picture"
)

// TestHintsCoverNoWords: what lies beyond an edge is told near the middle of that edge, but
// on no name where there is another place.
func TestHintsCoverNoWords(t *testing.T) {
	rows := []string{
		"│  Trace writer  │────│",
		"│                     │",
		"name │           │ name",
		"─────┼───────────┼─────",
		"      refer ence       ",
	}
	var lines []line
	for _, r := range rows {
		lines = append(lines, line{say(roleText, r)})
	}
	beyond := picture.Beyond{Boxes: 4}
	want := []string{
		"│  Trace writer ▴ 4 ──│",
		" ◂ 4               ▸ 4 ",
		"name │           │ name",
		"─────┼───────────┼─────",
		"      refer ence ▾ 4   ",
	}
	for y, l := range edgeHints(lines, 23, picture.Hints{Up: beyond, Down: beyond, Left: beyond, Right: beyond}) {
		if l.text() != want[y] {
			t.Errorf("row %d: %q instead of %q", y, l.text(), want[y])
		}
	}
}

func TestHintsInNarrowWindows(t *testing.T) {
	for w := range 8 {
		beyond := picture.Beyond{Boxes: 12}
		lines := []line{{say(roleText, blanks(w))}}
		edgeHints(lines, w, picture.Hints{Up: beyond, Down: beyond, Left: beyond, Right: beyond})
	}
}
