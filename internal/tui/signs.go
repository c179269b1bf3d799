package tui

import (
	"strings"
	"unicode/utf8"
)

// spell draws a screen for a terminal that has ASCII only: every sign is one of ASCII
// that takes the same cell. Letters of other people's words stay: nothing stands for
// them.
func (t *theme) spell(screen string) string {
	if !t.ascii {
		return screen
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		return asciiSign(r)
	}, screen)
}

// keys names keys as the terminal can: an arrow in ASCII would be another key.
func (t *theme) keys(label string) string {
	if !t.ascii {
		return label
	}
	return strings.NewReplacer("↑↓", "up/down", "← →", "left/right", "⇧", "shift+",
		"←", "left", "→", "right", "↑", "up", "↓", "down").Replace(label)
}

// keyColumn is how wide keys stand in the help.
func (t *theme) keyColumn() int {
	if t.ascii {
		return 14 // "shift+right L"
	}
	return 9
}

// asciiSign is the sign of ASCII for one that the screens, or people, use; for others
// themselves.
func asciiSign(r rune) rune {
	switch r {
	case '─', '╌', '┄', '–', '—', '−', '‐', '‑', '‒':
		return '-'
	case '│', '╎', '┆', '┤', '├', '▏', '┃':
		return '|'
	case '━', '═', '↔':
		return '='
	case '→', '›', '▸', '▶', '▌', '▷', '»', '⇒':
		return '>'
	case '←', '‹', '◂', '◀', '«', '⇐':
		return '<'
	case '↑', '▲', '▴':
		return '^'
	case '↓', '▾', '▼', '✓':
		return 'v'
	case '△':
		return 'A'
	case '•', '●', '◐', '◆':
		return '*'
	case '○', '◇':
		return 'o'
	case '■':
		return '#'
	case '✗', '×', '✕':
		return 'x'
	case '…', '·', '▪':
		return '.'
	case '‘', '’':
		return '\''
	case '“', '”':
		return '"'
	case '\u00a0':
		return ' '
	}
	if i := strings.IndexRune(bars, r); i >= 0 {
		return rune(asciiBars[i/len("▁")])
	}
	if r >= '─' && r <= '╿' { // the other characters that lines are drawn with
		return '+'
	}
	return r
}

// asciiBars are the sizes of a tick in ASCII, by how dark they are.
const asciiBars = ":-=+*%#@"
