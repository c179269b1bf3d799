package tui

import (
	"cmp"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/meeting"
)

// syncScreen is the sync: its agenda before it, one page a group while it takes place,
// and its minutes afterwards.
type syncScreen struct {
	prepared *agenda.Sync // nil until it is read
	agenda   agenda.Agenda
	asked    int // the generation of the present that it is read from; -1 for none yet
	failure  error

	running *meeting.Running // nil while no sync takes place here
	known   bool             // running was read
	pending []driving        // changes of it that wait to be written
	writing bool
	early   []tea.KeyMsg // keys that came before what they are about was there
	beaten  time.Time    // when the time was written down last
	now     time.Time    // of the last second
	ticking bool

	item     int // the selected item of the page
	scroll   int
	pictured bool // the picture has the page, where both have no room
	drawn    turnPictures
	eye      turnEye
	minutes  map[string]string // of past syncs, by commit
}

func (s *syncScreen) title() string { return "Sync" }

func (s *syncScreen) keymap() keymap {
	return keymap{"Sync", []binding{
		{keys: []string{"s"}, what: "start the sync, or go on with the one that was begun", short: "start", now: (*Model).startWord, soon: true, do: (*Model).startSync, why: (*Model).noStart},
		{keys: []string{"right", "l"}, shown: "→ l", what: "the next group's turn", short: "next group", now: (*Model).nextWord, do: func(m *Model) tea.Cmd { return m.drive(meeting.Running.Next) }, why: (*Model).noNextTurn},
		{keys: []string{"left", "h"}, shown: "← h", what: "back to the group before", do: func(m *Model) tea.Cmd { return m.drive(meeting.Running.Back) }, why: (*Model).notRunning},
		{keys: []string{"b"}, what: "a breakout: take what needs a discussion out of the sync", short: "breakout", do: (*Model).openBreakout, why: (*Model).notRunning},
		{keys: []string{"a"}, what: "nobody of the group is there, or somebody is after all", short: "absent", now: (*Model).attendWord, do: (*Model).attend, why: (*Model).noGroupOn},
		{keys: []string{"p", " "}, shown: "space", what: "stop the clock, or let it run again", short: "pause", now: (*Model).pauseWord, do: (*Model).pauseSync, why: (*Model).notRunning},
		{keys: []string{"tab"}, what: "the group's part of the picture, or its work", short: "picture", now: (*Model).pageWord, do: (*Model).togglePage, why: (*Model).noOtherPage},
		{keys: []string{"shift+left", "H"}, shown: "⇧← H", what: "move the picture: look to the left", do: func(m *Model) tea.Cmd { return m.sync.pan(m, -panX, 0) }, why: (*Model).noTurnPicture},
		{keys: []string{"shift+right", "L"}, shown: "⇧→ L", what: "look to the right", do: func(m *Model) tea.Cmd { return m.sync.pan(m, panX, 0) }, why: (*Model).noTurnPicture},
		{keys: []string{"shift+up", "K"}, shown: "⇧↑ K", what: "look up", do: func(m *Model) tea.Cmd { return m.sync.pan(m, 0, -panY) }, why: (*Model).noTurnPicture},
		{keys: []string{"shift+down", "J"}, shown: "⇧↓ J", what: "look down", do: func(m *Model) tea.Cmd { return m.sync.pan(m, 0, panY) }, why: (*Model).noTurnPicture},
		{keys: []string{">"}, what: "move the item on, on the group's behalf", short: "move on", do: func(m *Model) tea.Cmd { return m.onItem(func(m *Model) tea.Cmd { return m.moveItem(1) }) }, why: (*Model).noTurnItem},
		{keys: []string{"<"}, what: "move the item back", do: func(m *Model) tea.Cmd { return m.onItem(func(m *Model) tea.Cmd { return m.moveItem(-1) }) }, why: (*Model).noTurnItem},
		{keys: []string{"e"}, what: "edit the item in a form: fix a date", short: "edit", do: func(m *Model) tea.Cmd { return m.onItem((*Model).editItem) }, why: (*Model).noTurnItem},
		{keys: []string{"C"}, what: "close the sync: look at the minutes, then record them", short: "close", do: (*Model).openClosing, why: (*Model).noClosing},
	}}
}

// Which page it is.

// page is what the screen shows.
type page int

const (
	recordPage  page = iota // the minutes of a sync of the past
	agendaPage              // before the sync
	openingPage             // it began, and no group was on
	turnPage
	closingPage // every group was on
)

func (s *syncScreen) page(m *Model) page {
	switch {
	case !m.isNow():
		return recordPage
	case s.running == nil:
		return agendaPage
	case s.running.Done():
		return closingPage
	case s.running.On == meeting.Before:
		return openingPage
	}
	return turnPage
}

// turn is the group's turn that is on the screen.
func (s *syncScreen) turn(m *Model) (agenda.Turn, bool) {
	if s.page(m) != turnPage || s.prepared == nil {
		return agenda.Turn{}, false
	}
	on, _ := s.running.Current()
	return s.turnOf(on.Group)
}

// turnOf is what a group shows.
func (s *syncScreen) turnOf(group string) (agenda.Turn, bool) {
	for _, turns := range [][]agenda.Turn{s.agenda.Turns, s.agenda.Quiet} {
		if i := slices.IndexFunc(turns, func(t agenda.Turn) bool { return t.Group.ID == group }); i >= 0 {
			return turns[i], true
		}
	}
	return agenda.Turn{}, false
}

// selectedItem is the item of the turn under the selection.
func (s *syncScreen) selectedItem(m *Model) (board.Item, bool) {
	t, ok := s.turn(m)
	if !ok || s.item < 0 || s.item >= len(t.Items) {
		return board.Item{}, false
	}
	return t.Items[s.item].Item, true
}

// Moving.

func (s *syncScreen) move(m *Model, by int) {
	t, ok := s.turn(m)
	if !ok || len(t.Items) == 0 || s.pictured && !s.bothFit(m.width) {
		s.scroll = max(s.scroll+by, 0)
		return
	}
	s.item = min(max(s.item+by, 0), len(t.Items)-1)
}

// change selects the next item of the turn that is new or changed.
func (s *syncScreen) change(m *Model, dir int) {
	t, ok := s.turn(m)
	if !ok {
		m.say(roleMuted, "there is nothing to step through here")
		return
	}
	for i := s.item + dir; i >= 0 && i < len(t.Items); i += dir {
		if len(t.Items[i].Changes) > 0 {
			s.item = i
			return
		}
	}
	m.say(roleMuted, "no further item of this group changed")
}

func (s *syncScreen) selection(m *Model) string {
	if it, ok := s.selectedItem(m); ok {
		return it.ID + " " + it.Title + " (" + string(it.Status) + ")"
	}
	if s.page(m) == recordPage {
		return recordText(m)
	}
	if s.prepared != nil {
		return s.agenda.Markdown()
	}
	return ""
}

// rest puts the selection to the top of a page that was just opened.
func (s *syncScreen) rest() { s.item, s.scroll = 0, 0 }

// onItem does something to the selected item with the board's own verbs.
func (m *Model) onItem(do func(*Model) tea.Cmd) tea.Cmd {
	it, _ := m.sync.selectedItem(m)
	t, _ := m.sync.turn(m)
	m.board.group, m.board.item = t.Group.ID, it.ID
	m.board.settle(m)
	if r := m.board.selected(m); r == nil || r.item.ID != it.ID {
		m.say(roleWarn, "the item is not on the board any more")
		return nil
	}
	return do(m)
}

func (m *Model) togglePage() tea.Cmd {
	m.sync.pictured, m.sync.scroll = !m.sync.pictured, 0
	return nil
}

// Why something cannot be done just now, and what it does when it can.

func (m *Model) notRunning() string {
	switch {
	case !m.isNow():
		return "that sync is over: . goes back to now"
	case m.sync.running == nil:
		return "no sync takes place: s starts it"
	}
	return m.notHeld()
}

// notHeld is why this process may not drive the sync.
func (m *Model) notHeld() string {
	if r := m.sync.running; r != nil && r.Holder.ID != m.host.Holder.ID {
		return "it is presented elsewhere (" + r.Holder.String() + "): s goes on from here"
	}
	return ""
}

func (m *Model) noNextTurn() string {
	if why := m.notRunning(); why != "" {
		return why
	}
	if m.sync.running.Done() {
		return "every group was on: C closes the sync"
	}
	return ""
}

func (m *Model) noGroupOn() string {
	if why := m.notRunning(); why != "" {
		return why
	}
	if _, on := m.sync.running.Current(); !on {
		return "it is no group's turn"
	}
	return ""
}

func (m *Model) noTurnItem() string {
	if why := cmp.Or(m.readOnly(), m.noGroupOn()); why != "" {
		return why
	}
	if _, ok := m.sync.selectedItem(m); !ok {
		return "no item is selected"
	}
	return ""
}

func (m *Model) noOtherPage() string {
	switch {
	case m.sync.page(m) != turnPage:
		return "it is no group's turn"
	case m.sync.bothFit(m.width):
		return "work and picture are both there"
	}
	return ""
}

func (m *Model) noStart() string {
	switch {
	case !m.isNow():
		return "this sync is over: . goes back to now"
	case !m.sync.known || m.sync.prepared == nil:
		return "the agenda is still being read"
	case m.sync.running != nil && m.sync.running.Holder.ID == m.host.Holder.ID:
		return "the sync takes place"
	case m.sync.running == nil && chronicle.HasSync(m.timeline, m.sync.today(m)):
		return "today's sync is closed already: [ shows its minutes"
	}
	return ""
}

func (m *Model) noClosing() string {
	if m.host.PlanClose == nil {
		return "a sync cannot be closed here: archsync sync close does it"
	}
	return m.notRunning()
}

func (m *Model) startWord() string {
	if m.sync.running != nil {
		return "go on from here"
	}
	return "start"
}

func (m *Model) nextWord() string {
	r := m.sync.running
	switch {
	case r == nil:
		return ""
	case r.On == len(r.Turns)-1:
		return "finish"
	case r.On == meeting.Before:
		return "first group"
	}
	return ""
}

func (m *Model) attendWord() string {
	if r := m.sync.running; r != nil {
		if t, on := r.Current(); on && t.Attendance == meeting.Absent {
			return "present"
		}
	}
	return ""
}

func (m *Model) pauseWord() string {
	if r := m.sync.running; r != nil && r.Paused {
		return "go on"
	}
	return ""
}

func (m *Model) pageWord() string {
	if m.sync.pictured {
		return "work"
	}
	return ""
}
