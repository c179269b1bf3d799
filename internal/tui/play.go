package tui

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// paces are how long playing stays at a sync, the slowest first.
func paces() []time.Duration {
	return []time.Duration{4 * time.Second, 2 * time.Second, time.Second, 500 * time.Millisecond, 250 * time.Millisecond, 125 * time.Millisecond}
}

// player goes on through the syncs by itself: board, picture and history show the
// same cursor, so all go together.
type player struct {
	on     bool
	number int // of the playing: ticks of an older one are dropped
	pace   int // in paces
}

// playMsg is the end of the time at a sync.
type playMsg struct{ number int }

func newPlayer() player { return player{pace: 2} }

// noPlay is why nothing can be played.
func (m *Model) noPlay() string {
	switch {
	case !m.known:
		return "the log is still being read"
	case len(m.timeline) == 0:
		return "no sync was closed yet: there is only now"
	case m.host.Tick == nil:
		return "there is no clock here"
	}
	return ""
}

// startPlay plays from the cursor, in the history from the sync that is selected;
// from the end, from the beginning.
func (m *Model) startPlay() tea.Cmd {
	from := m.cursor
	if m.at == onHistory {
		from = m.history.at
	}
	if from >= m.now() {
		from = 0
	}
	m.player.on = true
	if from == m.cursor {
		return m.pause()
	}
	return tea.Batch(m.travel(from), m.pause())
}

func (m *Model) stopPlay() {
	m.player.on = false
	m.player.number++
}

// pause waits at the sync that is shown.
func (m *Model) pause() tea.Cmd {
	m.player.number++
	number := m.player.number
	return m.host.Tick(paces()[m.player.pace], func(time.Time) tea.Msg { return playMsg{number} })
}

func (m *Model) onPlay(msg playMsg) tea.Cmd {
	switch {
	case !m.player.on || msg.number != m.player.number:
		return nil
	case m.scene == nil && m.failed() == nil: // what is shown next is still being read
		return m.pause()
	case m.isNow():
		m.stopPlay()
		return nil
	}
	cmd := m.travel(m.cursor + 1)
	if m.isNow() {
		m.stopPlay()
		return cmd
	}
	return tea.Batch(cmd, m.pause())
}

// playKey takes the keys that go with playing; every other one stops it. It tells
// whether the key was for it.
func (m *Model) playKey(key string) (tea.Cmd, bool) {
	switch {
	case slices.Contains([]string{"+", ">", "="}, key):
		m.player.pace = min(m.player.pace+1, len(paces())-1)
		return m.pause(), true
	case slices.Contains([]string{"-", "<"}, key):
		m.player.pace = max(m.player.pace-1, 0)
		return m.pause(), true
	case slices.Contains([]string{"1", "2", "5"}, key):
		return nil, false
	}
	m.stopPlay()
	return nil, slices.Contains([]string{" ", "p", "esc"}, key)
}

// playing says that it plays, and how fast.
func (m *Model) playing() line {
	if !m.player.on {
		return nil
	}
	return line{say(roleAccent, " ▶ "+paces()[m.player.pace].String()+" a sync "), say(roleMuted, "+ - ")}
}
