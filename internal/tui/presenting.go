package tui

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// driving is a change of the running sync: from the state as it stands, nil when none
// takes place, to the next one.
type driving func(*meeting.Running) (*meeting.Running, error)

type (
	preparedMsg struct {
		generation int
		sync       *agenda.Sync
		agenda     agenda.Agenda
		err        error
	}
	runningMsg struct {
		running *meeting.Running
		wrote   bool // it answers a change
		err     error
	}
	secondMsg  struct{ now time.Time }
	minutesMsg struct{ commit, text string }
)

// errNotRunning is told where the sync ended while a key was on its way.
var errNotRunning = errors.New("the sync was ended elsewhere")

// readRunning looks whether a sync takes place in this clone.
func (m *Model) readRunning() tea.Cmd {
	log := m.log
	return func() tea.Msg {
		r, err := log.Running()
		return runningMsg{running: r, err: err}
	}
}

// serveSync reads and draws what the sync screen lacks, where it is looked at. Of what
// it reads, board and architecture show what is worth a look; they come first.
func (m *Model) serveSync() tea.Cmd {
	if m.at != onSync {
		if !m.isNow() || m.scene == nil {
			return nil
		}
		return m.prepare()
	}
	return tea.Batch(m.prepare(), m.drawTurns(), m.readMinutes())
}

// readMinutes reads the minutes of the sync that the cursor is on.
func (m *Model) readMinutes() tea.Cmd {
	s := &m.sync
	if !m.known || m.isNow() {
		return nil
	}
	ctx, log, at := m.ctx, m.log, m.moment(m.cursor)
	if _, read := s.minutes[at.Commit]; read {
		return nil
	}
	return func() tea.Msg {
		l, err := log.Read(ctx, at, synclog.Meetings)
		if err != nil {
			return minutesMsg{at.Commit, failure(err)}
		}
		r, ok := l.Record(at.Date)
		if !ok {
			return minutesMsg{at.Commit, "This sync has no minutes."}
		}
		return minutesMsg{at.Commit, markdown.Text(r.Body)}
	}
}

func (m *Model) onMinutes(msg minutesMsg) {
	if m.sync.minutes == nil || len(m.sync.minutes) > sketches {
		m.sync.minutes = map[string]string{}
	}
	m.sync.minutes[msg.commit] = msg.text
}

// prepare reads the agenda of the sync that comes, or takes place, where the one that
// is there is of an older present.
func (m *Model) prepare() tea.Cmd {
	s := &m.sync
	if !m.known || !s.known || s.asked == m.generation {
		return nil
	}
	s.asked = m.generation
	p := preparing{m.ctx, m.log, m.host.Memo, m.host.Now, m.timeline, m.generation, ""}
	if s.running != nil {
		p.date = s.running.Date
	}
	return p.read
}

// preparing holds the values that an agenda is read from.
type preparing struct {
	ctx        context.Context
	log        Log
	memo       chronicle.Memo
	now        func() time.Time
	snapshots  []chronicle.Snapshot
	generation int
	date       string // of the sync; "" for the next one
}

func (p preparing) read() tea.Msg {
	l, err := p.log.Read(p.ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.Shown)
	if err != nil {
		return preparedMsg{generation: p.generation, err: err}
	}
	t := p.log.Timeline(p.snapshots, p.memo)
	if p.date == "" {
		p.date = agenda.Next(t.Snapshots, l.Config.Cadence, p.now().In(l.Config.Location()).Format(time.DateOnly))
	}
	s, err := agenda.ReadSync(p.ctx, t, l, p.date)
	if err != nil {
		return preparedMsg{generation: p.generation, err: err}
	}
	return preparedMsg{generation: p.generation, sync: s, agenda: s.Agenda()}
}

// tooEarly tells whether a key of the sync screen has to wait: the agenda is still
// being read, or the change before is being written. Whoever is quicker than a disk
// gets what was asked for, in its order.
func (m *Model) tooEarly(msg tea.KeyMsg) bool {
	s := &m.sync
	if m.at != onSync || !m.isNow() || s.failure != nil {
		return false
	}
	_, ours := s.keymap().find(msg.String())
	return ours && (s.prepared == nil || s.writing)
}

// onEarly presses the keys that came too early, as far as they can be by now.
func (m *Model) onEarly() tea.Cmd {
	keys := m.sync.early
	m.sync.early = nil
	if m.at != onSync || m.overlay != nil {
		return nil
	}
	var cmds []tea.Cmd
	for _, k := range keys {
		cmds = append(cmds, m.onKey(k))
	}
	return tea.Batch(cmds...)
}

func (m *Model) onPrepared(msg preparedMsg) tea.Cmd {
	s := &m.sync
	if msg.generation != m.generation {
		return m.serveSync()
	}
	if s.failure = msg.err; msg.err == nil {
		s.prepared, s.agenda = msg.sync, msg.agenda
	}
	return tea.Batch(m.onEarly(), m.serveSync())
}

// startSync begins the sync, or goes on with the one that was begun.
func (m *Model) startSync() tea.Cmd {
	s := &m.sync
	now, holder := m.host.Now(), m.host.Holder
	holder.Since = now
	fresh := meeting.Begin(s.today(m), m.me.Name, s.agenda.Order(), s.agenda.Length, holder, now)
	timeline := m.timeline
	return m.driveBy(func(r *meeting.Running) (*meeting.Running, error) {
		if r == nil || chronicle.HasSync(timeline, r.Date) {
			return &fresh, nil
		}
		next := r.Take(holder, now)
		return &next, nil
	})
}

// today is the day on which a sync that starts now takes place.
func (s *syncScreen) today(m *Model) string {
	return m.host.Now().In(s.prepared.Now.Config.Location()).Format(time.DateOnly)
}

// drive changes the sync that takes place.
func (m *Model) drive(change func(meeting.Running) meeting.Running) tea.Cmd {
	return m.driveBy(driven(m.host.Holder.ID, m.host.Now(), change))
}

// driven is a change by a holder, which counts the time up to now.
func driven(id string, now time.Time, change func(meeting.Running) meeting.Running) driving {
	return func(r *meeting.Running) (*meeting.Running, error) {
		if r == nil {
			return nil, errNotRunning
		}
		if err := r.Drive(id, now); err != nil {
			return nil, err
		}
		next := change(r.Tick(now, meeting.ScreenGap))
		return &next, nil
	}
}

// driveBy puts a change behind those that are being written, so that keys pressed
// faster than a disk writes come in their order.
func (m *Model) driveBy(d driving) tea.Cmd {
	m.sync.pending = append(m.sync.pending, d)
	return m.writeRunning()
}

func (m *Model) writeRunning() tea.Cmd {
	s := &m.sync
	if s.writing || len(s.pending) == 0 {
		return nil
	}
	s.writing = true
	log, all := m.log, s.pending
	s.pending = nil
	return func() tea.Msg {
		r, err := log.UpdateRunning(func(r *meeting.Running) (*meeting.Running, error) {
			var err error
			for _, d := range all {
				if r, err = d(r); err != nil {
					return nil, err
				}
			}
			return r, nil
		})
		return runningMsg{running: r, wrote: true, err: err}
	}
}

func (m *Model) onRunning(msg runningMsg) tea.Cmd {
	s := &m.sync
	if msg.wrote {
		s.writing = false
	}
	if msg.err != nil {
		s.known, s.early = true, nil // what came after a key that failed meant something else
		m.say(roleError, failure(msg.err))
		if msg.wrote {
			return tea.Batch(m.readRunning(), m.writeRunning())
		}
		return m.serveSync()
	}
	before := s.running
	first := !s.known
	s.running, s.known = msg.running, true
	if s.running != nil && chronicle.HasSync(m.timeline, s.running.Date) { // what is left of a sync that was closed
		if before != nil || first {
			m.say(roleWarn, "the sync of "+s.running.Date+", which was begun here, is closed already: [ shows its minutes")
		}
		s.running = nil
	}
	if s.running != nil && s.prepared != nil && s.prepared.Date != s.running.Date {
		s.asked = -1 // its agenda is that of another day
	}
	if s.running != nil && msg.wrote {
		s.beaten = s.running.Counted
	}
	if turnOf(before) != turnOf(s.running) {
		s.rest()
	}
	if first && s.running != nil && m.at != onSync {
		m.say(roleAccent, "the sync of "+s.running.Date+" takes place: 4 shows it")
	}
	return tea.Batch(m.second(), m.writeRunning(), m.onEarly(), m.serveSync())
}

// turnOf is whose turn it is; -2 while no sync takes place.
func turnOf(r *meeting.Running) int {
	if r == nil {
		return meeting.Before - 1
	}
	return r.On
}

// second waits for the next second of a sync that takes place.
func (m *Model) second() tea.Cmd {
	if m.sync.running == nil || m.sync.ticking || m.host.Tick == nil {
		return nil
	}
	m.sync.ticking = true
	return m.host.Tick(time.Second, func(now time.Time) tea.Msg { return secondMsg{now} })
}

// onSecond counts the time on the screen, and every beat on the disk.
func (m *Model) onSecond(msg secondMsg) tea.Cmd {
	s := &m.sync
	s.ticking, s.now = false, msg.now
	if s.running == nil {
		return nil
	}
	if m.notHeld() != "" {
		return tea.Batch(m.second(), m.readRunning())
	}
	ticked := s.running.Tick(msg.now, meeting.ScreenGap)
	s.running = &ticked
	if msg.now.Sub(s.beaten) < meeting.Beat {
		return m.second()
	}
	s.beaten = msg.now
	return tea.Batch(m.second(), m.drive(func(r meeting.Running) meeting.Running { return r }))
}

func (m *Model) attend() tea.Cmd {
	return m.drive(func(r meeting.Running) meeting.Running {
		t, on := r.Current()
		if !on {
			return r
		}
		if t.Attendance == meeting.Absent {
			return r.Attend(r.On, meeting.Present)
		}
		return r.Attend(r.On, meeting.Absent)
	})
}

func (m *Model) pauseSync() tea.Cmd {
	return m.drive(func(r meeting.Running) meeting.Running { return r.Pause(!r.Paused) })
}
