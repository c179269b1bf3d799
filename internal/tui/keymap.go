package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// binding is one thing that a key does. It feeds dispatch, footer, help, palette
// and the key table of the README, so that none of them can tell something else.
type binding struct {
	keys  []string            // as Bubble Tea names them
	shown string              // as people write them; the keys when ""
	what  string              // in the help
	short string              // in the footer; "" stands in the help only
	soon  bool                // stands first in the footer, when it can be done
	now   func(*Model) string // what short is just now, where that changes; "" for as it is
	do    func(*Model) tea.Cmd
	why   func(*Model) string // why it cannot be done just now; "" when it can
}

// keymap is the keys of one screen, or of everywhere.
type keymap struct {
	name     string
	bindings []binding
}

// hint is a key with what it does, as a footer shows it.
type hint struct{ key, what string }

func (b binding) label() string {
	if b.shown != "" {
		return b.shown
	}
	return strings.Join(b.keys, " ")
}

// shortNow is what the footer says of a binding just now.
func (b binding) shortNow(m *Model) string {
	if b.now != nil {
		return cmp.Or(b.now(m), b.short)
	}
	return b.short
}

// closes says that a key closes what is open.
func closes(open func(*Model) bool) func(*Model) string {
	return func(m *Model) string {
		if open(m) {
			return "close"
		}
		return ""
	}
}

// blocked is why a binding does nothing just now.
func (b binding) blocked(m *Model) string {
	if b.why == nil {
		return ""
	}
	return b.why(m)
}

// press does what the binding does, or says why it cannot.
func (b binding) press(m *Model) tea.Cmd {
	if why := b.blocked(m); why != "" {
		m.say(roleWarn, why)
		return nil
	}
	return b.do(m)
}

func (k keymap) find(pressed string) (binding, bool) {
	i := slices.IndexFunc(k.bindings, func(b binding) bool { return slices.Contains(b.keys, pressed) })
	if i < 0 {
		return binding{}, false
	}
	return k.bindings[i], true
}

// everywhere are the keys that every screen has.
func everywhere() keymap {
	return keymap{"Everywhere", []binding{
		{keys: []string{"1"}, what: "the board", do: open(onBoard)},
		{keys: []string{"2"}, what: "the architecture", do: open(onArch)},
		{keys: []string{"4"}, what: "the sync: its agenda, presenting, its minutes", do: open(onSync)},
		{keys: []string{"5"}, what: "the history", do: open(onHistory)},
		{keys: []string{"["}, what: "a sync back in time", short: "older", do: func(m *Model) tea.Cmd { return m.travel(m.cursor - 1) }, why: (*Model).noOlder},
		{keys: []string{"]"}, what: "a sync forward in time", short: "newer", do: func(m *Model) tea.Cmd { return m.travel(m.cursor + 1) }, why: (*Model).noNewer},
		{keys: []string{"{"}, what: "the first sync", do: func(m *Model) tea.Cmd { return m.travel(0) }},
		{keys: []string{"}"}, what: "the last sync", do: func(m *Model) tea.Cmd { return m.travel(m.now() - 1) }},
		{keys: []string{"."}, what: "back to now", short: "now", do: func(m *Model) tea.Cmd { return m.travel(m.now()) }, why: (*Model).noNewer},
		{keys: []string{"p", " "}, shown: "p space", what: "play: on through the syncs, board and picture together; + - change the pace, any other key stops (in the picture space folds)", short: "play", do: (*Model).startPlay, why: (*Model).noPlay},
		{keys: []string{"m"}, what: "compare everything with this moment: pin the base", do: (*Model).pinBase},
		{keys: []string{"M"}, what: "let the base follow again", do: (*Model).unpinBase},
		{keys: []string{"up", "k"}, shown: "↑ k", what: "select above", do: func(m *Model) tea.Cmd { return m.moveBy(-1) }},
		{keys: []string{"down", "j"}, shown: "↓ j", what: "select below", do: func(m *Model) tea.Cmd { return m.moveBy(1) }},
		{keys: []string{"pgup", "ctrl+b"}, shown: "pgup", what: "a page up", do: func(m *Model) tea.Cmd { return m.moveBy(-m.page()) }},
		{keys: []string{"pgdown", "ctrl+f"}, shown: "pgdn", what: "a page down", do: func(m *Model) tea.Cmd { return m.moveBy(m.page()) }},
		{keys: []string{"home"}, what: "the first line", do: func(m *Model) tea.Cmd { return m.moveBy(-1 << 20) }},
		{keys: []string{"end"}, what: "the last line", do: func(m *Model) tea.Cmd { return m.moveBy(1 << 20) }},
		{keys: []string{")"}, what: "the next change", do: func(m *Model) tea.Cmd { return m.nextChange(1) }},
		{keys: []string{"("}, what: "the change before", do: func(m *Model) tea.Cmd { return m.nextChange(-1) }},
		{keys: []string{"g"}, what: "go to an item, component, group or sync by name", short: "go to", do: (*Model).openGoTo},
		{keys: []string{"/"}, what: "search everything that was ever written, and travel there", short: "search", do: (*Model).openSearch, why: (*Model).noSearch},
		{keys: []string{"w"}, what: "why: the story of what is selected, and travel to where it changed", short: "why", do: (*Model).openStory, why: (*Model).noStory},
		{keys: []string{"f"}, what: "filter: status, owner, group, component, plan, late, changed; the history by group, component, kind, status and words", short: "filter", do: (*Model).openFilter},
		{keys: []string{"u"}, what: "take back the last edit", do: (*Model).undo, why: (*Model).nothingToUndo},
		{keys: []string{"U"}, what: "do it again", do: (*Model).redo, why: (*Model).nothingToRedo},
		{keys: []string{"ctrl+s"}, what: "commit the edits", short: "commit", soon: true, do: (*Model).commit, why: (*Model).nothingToCommit},
		{keys: []string{"y"}, what: "copy the text of what is selected", do: (*Model).copySelection},
		{keys: []string{"!"}, what: "problems in the log's files", short: "problems", soon: true, do: (*Model).openProblems, why: (*Model).noProblems},
		{keys: []string{":"}, what: "all commands", do: (*Model).openPalette},
		{keys: []string{"?"}, what: "all keys", short: "help", do: (*Model).openHelp},
		{keys: []string{"q"}, what: "back; from the board, quit", short: "back", do: (*Model).back},
		{keys: []string{"esc"}, what: "close what is open", do: (*Model).escape},
		{keys: []string{"Q", "ctrl+c"}, shown: "Q", what: "quit", do: (*Model).quit},
	}}
}

// keymaps are all keymaps, everywhere's last.
func keymaps() []keymap {
	return []keymap{(&boardScreen{}).keymap(), (&archScreen{}).keymap(), (&syncScreen{}).keymap(), (&historyScreen{}).keymap(), everywhere()}
}

// KeyTable is the table of all keys in Markdown, for the README.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| where | key | what it does |\n|---|---|---|\n")
	for _, k := range keymaps() {
		for _, bind := range k.bindings {
			key := strings.ReplaceAll(bind.label(), "|", `\|`)
			b.WriteString("| " + k.name + " | `" + key + "` | " + bind.what + " |\n")
		}
	}
	return b.String()
}

func open(id screenID) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.at = id
		return tea.Batch(m.draw(), m.serveSync())
	}
}

// onKey finds what a key does: in front, on the screen, everywhere.
func (m *Model) onKey(msg tea.KeyMsg) tea.Cmd {
	m.note = note{}
	if m.overlay != nil {
		return m.overlay.update(m, msg)
	}
	if m.player.on {
		if cmd, taken := m.playKey(msg.String()); taken {
			return cmd
		}
	}
	if m.tooEarly(msg) {
		m.sync.early = append(m.sync.early, msg)
		return nil
	}
	for _, k := range []keymap{m.screen().keymap(), everywhere()} {
		if b, ok := k.find(msg.String()); ok {
			return b.press(m)
		}
	}
	return nil
}

// readOnly is why nothing can be edited just now.
func (m *Model) readOnly() string {
	switch {
	case !m.known:
		return "the log is still being read"
	case !m.isNow():
		return "nothing can be edited in the past: . goes back to now"
	}
	return ""
}
