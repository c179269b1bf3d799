package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// help lists the keys of the screen and of everywhere, scrolling.
type help struct{ top int }

func (m *Model) openHelp() tea.Cmd {
	m.overlay = &help{}
	return nil
}

func (h *help) hints() []hint { return []hint{{"↑↓", "scroll"}, {"q", "close"}} }

func (h *help) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch k.String() {
	case "up", "k":
		h.top = max(h.top-1, 0)
	case "down", "j":
		h.top = min(h.top+1, len(helpLines(m, 0)))
	case "pgup":
		h.top = max(h.top-m.page(), 0)
	case "pgdown", " ":
		h.top = min(h.top+m.page(), len(helpLines(m, 0)))
	default:
		m.overlay = nil
	}
	return nil
}

func (h *help) view(m *Model, w, rows int) box {
	inside := min(78, w-4)
	return box{title: "Keys", lines: scrolled(helpLines(m, inside), h.top, max(rows-2, 1)), width: inside}
}

// helpLines are the keys with what they do; why one does nothing just now stands
// under it.
func helpLines(m *Model, w int) []line {
	var lines []line
	for i, k := range []keymap{m.screen().keymap(), everywhere()} {
		if i > 0 {
			lines = append(lines, nil)
		}
		lines = append(lines, line{say(roleMuted, k.name)})
		for _, b := range k.bindings {
			key, what := roleKey, roleText
			why := b.blocked(m)
			if why != "" {
				key, what = roleFaint, roleFaint
			}
			lines = append(lines, wrapLine(line{say(key, "  "+fitText(m.theme.keys(b.label()), m.theme.keyColumn()))}, what, b.what, w)...)
			if why != "" {
				lines = append(lines, wrapLine(line{say(roleText, blanks(2+m.theme.keyColumn()))}, roleWarn, why, w)...)
			}
		}
	}
	return append(lines, nil, line{say(roleMuted, "Signs")},
		line{say(roleAdded, "  +        "), say(roleText, "added since the base")},
		line{say(roleRemoved, "  -        "), say(roleText, "gone since the base")},
		line{say(roleChanged, "  ~        "), say(roleText, "changed")},
		line{say(roleMoved, "  >        "), say(roleText, "renamed, or moved elsewhere")},
		line{say(roleWarn, "  !        "), say(roleText, "late: a promise slipped, or no check-in since the last sync")},
		line{say(roleError, "  ?        "), say(roleText, "torn: the group's file cannot be read whole; ! says why")},
		line{say(roleWarn, "  ◆        "), say(roleText, "worth a look, and it may well be in order: enter says what")},
		line{say(roleText, "  ▲ △      "), say(roleText, "cursor and base in the timeline")},
		line{say(roleText, "  ○ ◐ ■ ✓ ✗"), say(roleText, "  planned, ongoing, blocked, done, dropped")},
		nil, line{say(roleMuted, "archsync --ascii shows every sign as one of ASCII, for terminals without these")},
	)
}

// leaveDialog asks what to do with edits that are not committed.
type leaveDialog struct {
	edits int // of this session, which can be taken back
}

func (d leaveDialog) hints() []hint {
	hints := []hint{{"c", "commit"}, {"k", "keep"}}
	if d.edits > 0 {
		hints = append(hints, hint{"d", "discard"})
	}
	return append(hints, hint{"esc", "stay"})
}

func (d leaveDialog) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch k.String() {
	case "c", "enter", "ctrl+s":
		m.overlay, m.leaving = nil, true
		return m.commit()
	case "k":
		m.overlay, m.leaving = nil, true
		return m.nextTask()
	case "d":
		if d.edits == 0 {
			return nil
		}
		m.overlay, m.leaving = nil, true
		return m.discard()
	case "esc", "q":
		m.overlay = nil
	}
	return nil
}

func (d leaveDialog) view(m *Model, w, h int) box {
	edits := m.uncommitted()
	others := otherFiles(m.unsaved, edits)
	var lines []line
	for _, s := range summaries(edits) {
		lines = append(lines, line{say(roleText, "• "), quote(roleText, s)})
	}
	for _, f := range others {
		lines = append(lines, line{say(roleMuted, "• "), quote(roleMuted, f+" was edited")})
	}
	if room := max(h-10, 1); len(lines) > room {
		lines = append(lines[:room:room], line{say(roleFaint, "  and "+plural(len(lines)-room, "more"))})
	}
	lines = append(lines, nil,
		line{say(roleKey, "c"), say(roleText, "    commit everything and quit")},
		line{say(roleKey, "k"), say(roleText, "    keep the files as they are and quit")})
	if d.edits > 0 {
		discard := "take back " + plural(d.edits, "edit")
		if len(others) > 0 {
			discard += "; other files stay as they are"
		}
		lines = append(lines, line{say(roleKey, "d"), say(roleText, "    discard: "+discard+", and quit")})
	}
	return box{title: "Not committed yet", width: min(72, w-4), lines: append(lines,
		line{say(roleKey, "esc"), say(roleText, "  stay here")})}
}
