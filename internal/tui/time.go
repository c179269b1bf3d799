package tui

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
)

// place is a moment by its position in the timeline: 0 is the oldest snapshot,
// len(timeline) is now. Below 0 there is nothing.
type place int

// nowKey is how the present is called where a snapshot is called by its commit.
const nowKey = "now"

func (m *Model) now() place { return place(len(m.timeline)) }

func (m *Model) isNow() bool { return m.cursor == m.now() }

// base is the place that the cursor is compared with.
func (m *Model) base() place {
	if m.pinned {
		return m.pin
	}
	return m.cursor - 1
}

// key names the content of a place; "" where there is nothing.
func (m *Model) key(p place) string {
	switch {
	case p < 0:
		return ""
	case p >= m.now():
		return nowKey
	}
	return m.timeline[p].Commit
}

// name is what people call a place.
func (m *Model) name(p place) string {
	switch {
	case p < 0:
		return "nothing"
	case p >= m.now():
		return "now"
	}
	return plain.Line(m.timeline[p].Date)
}

// moment is what to read for a place.
func (m *Model) moment(p place) history.Moment {
	if p >= 0 && p < m.now() {
		return history.At(m.timeline[p])
	}
	return history.Moment{Expr: nowKey, Kind: history.Now}
}

// travel puts the cursor on a place, or the nearest that there is.
func (m *Model) travel(to place) tea.Cmd {
	if !m.known {
		return nil
	}
	to = min(max(to, 0), m.now())
	if to == m.cursor {
		m.say(roleMuted, m.edgeOfTime())
		return nil
	}
	m.cursor = to
	if m.landing != nil && m.landing.key != m.key(to) {
		m.landing = nil
	}
	m.history.follow(to)
	return m.show()
}

func (m *Model) edgeOfTime() string {
	if why := cmp.Or(m.noNewer(), m.noOlder()); why != "" {
		return why
	}
	return "already at " + m.name(m.cursor)
}

// noOlder is why there is no way back in time.
func (m *Model) noOlder() string {
	switch {
	case !m.known:
		return "the log is still being read"
	case len(m.timeline) == 0:
		return "no sync was closed yet: there is only now"
	case m.cursor == 0:
		return "this is the first sync"
	}
	return ""
}

// noNewer is why there is no way forward in time.
func (m *Model) noNewer() string {
	switch {
	case !m.known:
		return "the log is still being read"
	case m.isNow():
		return "this is now"
	}
	return ""
}

func (m *Model) pinBase() tea.Cmd {
	if !m.known {
		return nil
	}
	m.pinned, m.pin = true, m.cursor
	m.say(roleMuted, "the base stays at "+m.name(m.cursor)+"; M lets it go")
	return m.show()
}

func (m *Model) unpinBase() tea.Cmd {
	if !m.pinned {
		m.say(roleMuted, "the base already follows the cursor")
		return nil
	}
	m.pinned = false
	m.say(roleMuted, "the base follows the cursor again")
	return m.show()
}

// adopt takes a timeline that was read anew. Cursor and base stay on the syncs
// that they were on; from now, now stays now.
func (m *Model) adopt(timeline []chronicle.Snapshot) {
	if !m.known {
		m.timeline, m.known = timeline, true
		m.cursor = m.now()
		m.history.follow(m.cursor)
		return
	}
	relocate := func(p place) place {
		if p < 0 || p >= m.now() {
			return place(len(timeline))
		}
		date := m.timeline[p].Date
		i := slices.IndexFunc(timeline, func(s chronicle.Snapshot) bool { return s.Date >= date })
		if i < 0 {
			return place(len(timeline))
		}
		return place(i)
	}
	cursor, pin, marked := relocate(m.cursor), relocate(m.pin), relocate(m.history.at)
	m.timeline = timeline
	m.cursor, m.pin, m.history.at = cursor, pin, marked
}
