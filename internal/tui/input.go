package tui

import (
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/archsync/archsync/internal/plain"
)

// input is one line of text being written. Unlike a text field of a form it is
// drawn in spans, and its cursor stands still.
type input struct {
	prompt string
	text   []rune
	at     int // the cursor: before this rune
}

func newInput(prompt, text string) input {
	in := input{prompt: prompt}
	in.set(text)
	return in
}

func (in *input) value() string { return string(in.text) }

func (in *input) set(text string) { in.text, in.at = []rune(text), len([]rune(text)) }

// update takes a key; what is no editing key and no text is ignored.
func (in *input) update(k tea.KeyMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		in.at = max(in.at-1, 0)
	case "right", "ctrl+f":
		in.at = min(in.at+1, len(in.text))
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.text)
	case "backspace":
		in.cut(in.at-1, in.at)
	case "delete", "ctrl+d":
		in.cut(in.at, in.at+1)
	case "ctrl+u":
		in.cut(0, in.at)
	case "ctrl+k":
		in.cut(in.at, len(in.text))
	case "ctrl+w", "alt+backspace":
		in.cut(in.wordStart(), in.at)
	default:
		if k.Type == tea.KeyRunes || k.Type == tea.KeySpace {
			in.insert(k.Runes)
		}
	}
}

func (in *input) cut(from, to int) {
	from, to = max(from, 0), min(to, len(in.text))
	if from < to {
		in.text = append(in.text[:from:from], in.text[to:]...)
		in.at = from
	}
}

func (in *input) insert(runes []rune) {
	clean := []rune(plain.Line(string(runes)))
	in.text = append(in.text[:in.at:in.at], append(clean, in.text[in.at:]...)...)
	in.at += len(clean)
}

func (in *input) wordStart() int {
	i := in.at
	for i > 0 && unicode.IsSpace(in.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(in.text[i-1]) {
		i--
	}
	return i
}

// line is the input w cells wide; what is before the cursor scrolls away where
// there is no room.
func (in *input) line(w int) line {
	before, after := string(in.text[:in.at]), string(in.text[in.at:])
	room := max(w-cells(in.prompt)-1, 1)
	if over := cells(before) - room + 1; over > 0 {
		before = ansi.TruncateLeft(before, over, "…")
	}
	return line{say(roleMuted, in.prompt), say(roleText, before), say(roleAccent, "▏"), say(roleText, after)}
}
