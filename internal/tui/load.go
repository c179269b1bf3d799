package tui

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

const (
	pollEvery = 400 * time.Millisecond // so that a file changed outside shows within a second
	walkStep  = 4                      // snapshots compared in one command
	memory    = 48                     // scenes kept
	parts     = synclog.Board | synclog.Diagrams | synclog.Decisions
)

// reading is one moment of the log, or why it cannot be read.
type reading struct {
	log *synclog.Log
	err error
}

// sceneKey names what a scene is of: the cursor's content and the base's.
type sceneKey struct{ cursor, base string }

func (k sceneKey) present() bool { return k.cursor == nowKey || k.base == nowKey }

// sceneMemo keeps the latest scenes.
type sceneMemo struct {
	scenes map[sceneKey]*scene
	order  []sceneKey
}

func newSceneMemo() *sceneMemo { return &sceneMemo{scenes: map[sceneKey]*scene{}} }

func (s *sceneMemo) get(k sceneKey) *scene { return s.scenes[k] }

func (s *sceneMemo) put(sc *scene) {
	s.forget(func(k sceneKey) bool { return k == sc.key })
	s.scenes[sc.key] = sc
	s.order = append(s.order, sc.key)
	for len(s.order) > memory {
		delete(s.scenes, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *sceneMemo) forget(which func(sceneKey) bool) {
	s.order = slices.DeleteFunc(s.order, func(k sceneKey) bool {
		if which(k) {
			delete(s.scenes, k)
			return true
		}
		return false
	})
}

// step is what a snapshot changed against the one before it.
type step struct {
	diff   synclog.Difference
	counts synclog.Counts
	err    error
}

// Messages: the answers of commands.
type (
	timelineMsg struct {
		generation int
		snapshots  []chronicle.Snapshot
		problems   []problem.Problem
		err        error
	}
	sceneMsg struct {
		generation int
		key        sceneKey
		scene      *scene
		err        error
		readings   map[string]reading
	}
	stepsMsg struct {
		steps    map[string]step
		readings map[string]reading
	}
	unsavedMsg struct {
		generation int
		files      []history.FileChange
		err        error
	}
	authorMsg struct{ author history.Author }
	pollMsg   struct{}
	stampMsg  struct {
		generation int
		stamp      uint64
	}
)

func (m *Model) readTimeline() tea.Cmd {
	log, generation := m.log, m.generation
	return func() tea.Msg {
		snapshots, problems, err := log.Snapshots()
		return timelineMsg{generation, snapshots, problems, err}
	}
}

func (m *Model) readUnsaved() tea.Cmd {
	ctx, log, generation := m.ctx, m.log, m.generation
	return func() tea.Msg {
		files, err := log.Unsaved(ctx)
		return unsavedMsg{generation, files, err}
	}
}

// readAuthor finds out who is me.
func (m *Model) readAuthor() tea.Cmd {
	author := m.host.Author
	if author == nil {
		return nil
	}
	return func() tea.Msg {
		who, _ := author() // who commits without being known is told then
		return authorMsg{who}
	}
}

// watch waits for the next look at the files.
func (m *Model) watch() tea.Cmd {
	if m.host.Tick == nil {
		return nil
	}
	return m.host.Tick(pollEvery, func(time.Time) tea.Msg { return pollMsg{} })
}

func (m *Model) readStamp() tea.Cmd {
	log, generation := m.log, m.generation
	return func() tea.Msg { return stampMsg{generation, log.Stamp()} }
}

// wanted is the scene that belongs on the screen.
func (m *Model) wanted() sceneKey {
	return sceneKey{m.key(m.cursor), m.key(m.base())}
}

// show puts the wanted scene on the screen: from memory, or as soon as it is read.
// A present that is being read again stays as it was until then.
func (m *Model) show() tea.Cmd {
	key := m.wanted()
	if s := m.scenes.get(key); s != nil {
		m.display(s)
		return tea.Batch(m.draw(), m.serveSync(), m.prefetch())
	}
	if m.scene == nil || m.scene.key != key {
		m.scene = nil
	}
	return m.ask(m.cursor, m.base())
}

func (m *Model) display(s *scene) {
	m.scene, m.first, m.title = s, nil, s.log.Config.Title
	m.board.settle(m)
	m.arch.settle(m)
	m.arch.look(m)
	m.land()
}

// ask reads a scene, unless that is under way.
func (m *Model) ask(cursor, base place) tea.Cmd {
	key := sceneKey{m.key(cursor), m.key(base)}
	if g, asked := m.asked[key]; asked && g == m.generation {
		return nil
	}
	m.asked[key] = m.generation
	q := question{
		ctx: m.ctx, log: m.log, now: m.host.Now, generation: m.generation, key: key,
		cursor: m.moment(cursor), known: map[string]reading{}, lastGood: m.loadedNow,
	}
	if base >= 0 {
		moment := m.moment(base)
		q.base = &moment
	}
	if last := m.now() - 1; cursor >= m.now() && last >= 0 {
		moment := m.moment(last)
		q.last = &moment
	}
	for _, k := range []string{key.cursor, key.base, m.key(m.now() - 1)} {
		if r, ok := m.readings[k]; ok {
			q.known[k] = r
		}
	}
	return q.answer
}

// question holds the values that a scene is read from.
type question struct {
	ctx        context.Context
	log        Log
	now        func() time.Time
	generation int
	key        sceneKey
	cursor     history.Moment
	base, last *history.Moment
	known      map[string]reading
	lastGood   *diagram.Diagram
}

func (q question) answer() tea.Msg {
	msg := sceneMsg{generation: q.generation, key: q.key, readings: map[string]reading{}}
	r := q.read(q.cursor, msg.readings)
	if r.err != nil {
		msg.err = r.err
		return msg
	}
	in := sceneInput{key: q.key, log: r.log, today: q.cursor.Date}
	if q.cursor.Kind == history.Now {
		in.today, in.lastGood = q.now().In(r.log.Config.Location()).Format(time.DateOnly), q.lastGood
	}
	if q.base != nil {
		// A base that cannot be read is no base; the timeline names the problem.
		in.before = q.read(*q.base, msg.readings).log
	}
	if q.last != nil {
		in.lastSync, in.lastDate = q.read(*q.last, msg.readings).log, q.last.Date
	}
	msg.scene = newScene(in)
	return msg
}

func (q question) read(at history.Moment, read map[string]reading) reading {
	key := momentKey(at)
	if r, ok := q.known[key]; ok {
		return r
	}
	if r, ok := read[key]; ok {
		return r
	}
	log, err := q.log.Read(q.ctx, at, parts)
	read[key] = reading{log, err}
	return read[key]
}

func momentKey(at history.Moment) string {
	if at.Kind == history.Now {
		return nowKey
	}
	return at.Commit
}

// prefetch reads the scenes next to the cursor, so that a step finds them.
func (m *Model) prefetch() tea.Cmd {
	var cmds []tea.Cmd
	for _, by := range []place{-1, 1, -2, 2, -3, 3} {
		cursor := m.cursor + by
		if cursor < 0 || cursor > m.now() {
			continue
		}
		base := cursor - 1
		if m.pinned {
			base = m.pin
		}
		if m.scenes.get(sceneKey{m.key(cursor), m.key(base)}) == nil {
			cmds = append(cmds, m.ask(cursor, base))
		}
	}
	return tea.Batch(cmds...)
}

// walk compares snapshots that were not compared yet, the newest first, a few at a
// time: the timeline bar and the history fill while every key works. Then it reads what
// marks the selected thing on the bar.
func (m *Model) walk() tea.Cmd {
	if m.walking {
		return nil
	}
	w := walker{ctx: m.ctx, log: m.log, known: map[string]reading{}}
	for i := m.now() - 1; i >= 0 && len(w.pairs) < walkStep; i-- {
		if _, done := m.steps[m.key(i)]; done {
			continue
		}
		p := walkPair{at: m.moment(i)}
		if i > 0 {
			before := m.moment(i - 1)
			p.before = &before
		}
		w.pairs = append(w.pairs, p)
		for _, k := range []string{m.key(i), m.key(i - 1)} {
			if r, ok := m.readings[k]; ok {
				w.known[k] = r
			}
		}
	}
	if len(w.pairs) == 0 {
		return m.readPast()
	}
	m.walking = true
	return w.walk
}

// walker holds the values that a few steps of the timeline are compared from.
type walker struct {
	ctx   context.Context
	log   Log
	known map[string]reading
	pairs []walkPair
}

type walkPair struct {
	at     history.Moment
	before *history.Moment
}

func (w walker) walk() tea.Msg {
	msg := stepsMsg{steps: map[string]step{}, readings: map[string]reading{}}
	q := question{ctx: w.ctx, log: w.log, known: w.known}
	for _, p := range w.pairs {
		now := q.read(p.at, msg.readings)
		before := &synclog.Log{}
		if p.before != nil {
			if r := q.read(*p.before, msg.readings); r.log != nil {
				before = r.log
			}
		}
		s := step{err: now.err}
		if now.err == nil {
			s.diff = synclog.Diff(before, now.log)
			s.counts = s.diff.Counts()
		}
		msg.steps[p.at.Commit] = s
	}
	return msg
}

// refresh reads the present again: something may have changed it.
func (m *Model) refresh() tea.Cmd {
	m.generation++
	delete(m.readings, nowKey)
	m.scenes.forget(sceneKey.present)
	return tea.Batch(m.readTimeline(), m.readUnsaved())
}

// Answers.

func (m *Model) onTimeline(msg timelineMsg) tea.Cmd {
	if msg.generation != m.generation {
		return nil
	}
	m.trouble, m.failure = msg.problems, msg.err
	if msg.err != nil {
		return nil
	}
	m.adopt(msg.snapshots)
	return tea.Batch(m.show(), m.walk(), m.serveSync())
}

func (m *Model) onScene(msg sceneMsg) tea.Cmd {
	late := msg.generation != m.generation
	for key, r := range msg.readings {
		if key != nowKey || !late {
			m.readings[key] = r
		}
	}
	if late && msg.key.present() {
		return nil
	}
	delete(m.asked, msg.key)
	if msg.err != nil {
		if msg.key == m.wanted() {
			m.scene = nil
		}
		return nil
	}
	m.scenes.put(msg.scene)
	if msg.key.cursor == nowKey {
		if main := msg.scene.log.Main(); main != nil {
			m.loadedNow = main
		}
	}
	if msg.key != m.wanted() {
		return m.draw()
	}
	m.display(msg.scene)
	return tea.Batch(m.draw(), m.serveSync(), m.prefetch())
}

func (m *Model) onSteps(msg stepsMsg) tea.Cmd {
	m.walking = false
	for key, r := range msg.readings {
		m.readings[key] = r
	}
	for key, s := range msg.steps {
		m.steps[key] = s
	}
	return m.walk()
}

func (m *Model) onAuthor(msg authorMsg) {
	m.me = msg.author
	if m.filter.active() {
		m.setFilter(parseFilter(m.filter.text, m.me))
	}
}

func (m *Model) onUnsaved(msg unsavedMsg) {
	if msg.generation == m.generation && msg.err == nil {
		m.unsaved = msg.files
		m.noticeCommits()
	}
}

func (m *Model) onStamp(msg stampMsg) tea.Cmd {
	if msg.generation != m.generation || m.busy { // what wrote reads again anyway
		return m.watch()
	}
	changed := m.stamped && msg.stamp != m.stamp
	m.stamp, m.stamped = msg.stamp, true
	if !changed {
		return m.watch()
	}
	m.note = note{} // it told of what was before
	return tea.Batch(m.watch(), m.refresh())
}

// failed is why the wanted scene cannot be shown; nil while it may still come.
func (m *Model) failed() error {
	if m.failure != nil {
		return m.failure
	}
	return m.readings[m.key(m.cursor)].err
}
