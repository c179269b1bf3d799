package tui

import "testing"

// Golden screens: go test ./internal/tui -update writes them anew.

func TestScreens(t *testing.T) {
	for name, keys := range screenStates() {
		t.Run(name, func(t *testing.T) {
			start(t, lumen()).press(keys...).golden(name)
		})
	}
}

// screenStates are keys that lead to what the screens can show.
func screenStates() map[string][]string {
	return map[string][]string{
		"board-all":     {},
		"board-group":   {"l", "l"},
		"board-details": {"l", "l", "enter"},
		"board-past":    {"l", "l", "["},
		"board-pinned":  {"{", "m", "."},
		"arch":          {"2"},
		"arch-chosen":   {"2", "j", "l"},
		"arch-details":  {"2", "j", "enter"},
		"arch-focus":    {"2", "j", "z"},
		"arch-farther":  {"2", "-", "-"},
		"arch-filter":   {"2", "f", "o", "w", "n", "e", "r", ":", "g", "enter"},
		"arch-past":     {"2", "[", "["},
		"tree":          {"2", "t"},
		"tree-details":  {"2", "t", "j", "j", "j", "j", "enter"},
		"history":       {"5"},
		"history-past":  {"5", "j", "j", "enter"},
		"help":          {"?"},
		"palette":       {":"},
		"goto":          {"g", "i", "n", "d"},
		"filter-line":   {"f", "s", "t"},
		"form-new":      {"n"},
		"form-edit":     {"e"},
	}
}
