package tui

import (
	"strings"
	"testing"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
)

// inPictures are signs of pictures, which are drawn in ASCII by themselves.
const inPictures = "⛁⇉▛▜▙▟"

// checkSpelling fails where a screen has a sign for which there is none of ASCII that
// is as wide.
func checkSpelling(t *testing.T, screen string) {
	t.Helper()
	spelt := (&theme{ascii: true}).spell(screen)
	for _, r := range spelt {
		if r >= 0x7f && !unicode.IsLetter(r) && !strings.ContainsRune(inPictures, r) {
			t.Errorf("nothing of ASCII stands for %q", r)
		}
	}
	if cells(spelt) != cells(screen) {
		t.Errorf("in ASCII it has other widths:\n%s", spelt)
	}
}

// TestScreensInASCII: on a terminal that has ASCII only nothing else is shown.
func TestScreensInASCII(t *testing.T) {
	golden := map[string]bool{"board-group": true, "arch-chosen": true, "arch-filter": true, "form-edit": true, "help": true, "palette": true}
	for name, keys := range screenStates() {
		t.Run(name, func(t *testing.T) {
			d := startASCII(t, lumen()).press(keys...)
			for _, size := range [][2]int{{40, 20}, {80, 24}, {120, 40}, {200, 60}} {
				_, cmd := d.model.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				d.run(cmd)
				for i, row := range strings.Split(d.model.View(), "\n") {
					if at := strings.IndexFunc(row, func(r rune) bool { return r >= 0x7f }); at >= 0 || cells(row) > size[0] {
						t.Errorf("row %d at %v is %q", i, size, row)
					}
				}
			}
			if golden[name] {
				d.goldenAt("ascii-"+name, 120, 40)
			}
		})
	}
}

// TestWordsStayInASCII: letters are not signs. What is written is what was typed.
func TestWordsStayInASCII(t *testing.T) {
	log := lumen()
	log.set(map[string]string{storageFile: "name: Trần → Łódź\nitems:\n  - id: k7f3q\n    title: Größe … 東京\n    status: ongoing\n"})
	d := startASCII(t, log).expect("Trần > Łódź", "* Größe . 東京").without("…", "→")
	d.press("g").write("Größe").press("enter", "y")
	if !strings.Contains(d.copied, "Größe … 東京") {
		t.Errorf("copied %q", d.copied)
	}
}

func TestKeysInASCIIAreNoOtherKeys(t *testing.T) {
	ascii := &theme{ascii: true}
	for label, want := range map[string]string{"↑ k": "up k", "⇧← H": "shift+left H", "← →": "left/right", "↑↓": "up/down", "<": "<", "ctrl+s": "ctrl+s"} {
		if got := ascii.keys(label); got != want {
			t.Errorf("%q is %q", label, got)
		}
	}
	for _, k := range keymaps() {
		for _, b := range k.bindings {
			if named := ascii.keys(b.label()); strings.IndexFunc(named, func(r rune) bool { return r >= 0x7f }) >= 0 || cells(named) >= ascii.keyColumn() {
				t.Errorf("%q is %q", b.label(), named)
			}
		}
	}
}
