package tui

import (
	"context"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Log is what the screens ask of a log in its repository. Its methods are called
// from commands, in several goroutines at once. [history.Archive] is one.
type Log interface {
	// Read reads parts of the log at a moment; only a moment that is not there at
	// all is an error.
	Read(ctx context.Context, m history.Moment, parts synclog.Part) (*synclog.Log, error)
	// Snapshots is the timeline, oldest first.
	Snapshots() ([]chronicle.Snapshot, []problem.Problem, error)
	// Write carries an edit out in the working tree. It fails with
	// history.ErrChanged when a file no longer holds what the edit was made from.
	Write(e synclog.Edit) error
	// Unsaved are the log's files that are not as the last commit has them.
	Unsaved(ctx context.Context) ([]history.FileChange, error)
	// Commit records the working files at the given paths.
	Commit(ctx context.Context, paths []string, message string, author history.Author, when time.Time) (history.Committed, error)
	// Moment finds the moment that an expression means.
	Moment(expr string, now time.Time) (history.Moment, error)
	// Written is everything that was written in the snapshots and at a moment.
	Written(snapshots []chronicle.Snapshot, m history.Moment, memo chronicle.Memo) chronicle.Timeline
	// Timeline is the snapshots with the way to read them whole, without a present.
	Timeline(snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline
	// Past is everything up to a moment, for a chronicle.
	Past(ctx context.Context, m history.Moment, memo chronicle.Memo) (chronicle.Timeline, error)
	// Commits say who wrote what happened up to a moment.
	Commits(m history.Moment) chronicle.Commits
	// Stamp changes whenever the working files or the last commit do.
	Stamp() uint64
	// Running is the sync that takes place in this clone; nil when none does.
	Running() (*meeting.Running, error)
	// UpdateRunning changes it, durably, with no other process in between.
	UpdateRunning(change func(*meeting.Running) (*meeting.Running, error)) (*meeting.Running, error)
}

// Host is the machine and the person, as functions. Those that act are called
// from commands. Edit, Open, Copy and Tick may be nil: then there is no editor, no
// browser and so on here, and their keys say so.
type Host struct {
	Now    func() time.Time
	Author func() (history.Author, error) // who commits
	NewID  func() (string, error)         // a random id for an item

	// Edit is a command that opens the user's editor on a file of the repository
	// at a line, from 1, and ends with what done makes of the editor's error.
	Edit func(path string, line int, done func(error) tea.Msg) tea.Cmd
	Open func(url string) error  // in a browser; only http, https and mailto come here
	Copy func(text string) error // to the clipboard

	Memo chronicle.Memo // what was found out about the past; nil remembers nothing

	// Tick is tea.Tick. Files changed outside are noticed by it.
	Tick func(d time.Duration, fn func(time.Time) tea.Msg) tea.Cmd

	Holder meeting.Holder // this process, as it holds a sync

	// EditText opens the user's editor on a text that is no file of the log, and ends
	// with what done makes of the text as it was left. It may be nil, as Edit may.
	EditText func(name, text string, done func(text string, err error) tea.Msg) tea.Cmd
	// PlanClose prepares the close of a sync, and writes nothing. It may be nil.
	PlanClose func(ctx context.Context, date string) (Closing, error)
}

// Options say how to look and where to begin.
type Options struct {
	Profile termenv.Profile // colours of the terminal; termenv.Ascii for none
	Dark    bool            // its background
	ASCII   bool            // every sign in ASCII, for terminals without box characters
	Time    time.Duration   // after which a drawing is given up; 0 is 10 s
	First   *synclog.Log    // the board as it is now, to be seen while the rest is read; nil for none
	Group   string          // the group to begin with; "" for all
	Sync    bool            // begin with the sync, not with the board
	Width   int             // cells, until the terminal tells its size
	Height  int
}

// Model is the whole program on the screen, for tea.NewProgram.
type Model struct {
	ctx   context.Context
	log   Log
	host  Host
	theme *theme
	me    history.Author // who works here; the zero Author until it is known

	width, height int

	// Time. The cursor is a place in the timeline; the base follows it unless it
	// is pinned.
	timeline  []chronicle.Snapshot
	known     bool // the timeline was read
	trouble   []problem.Problem
	cursor    place
	pinned    bool
	pin       place
	failure   error // of the timeline
	stamp     uint64
	stamped   bool
	unsaved   []history.FileChange
	steps     map[string]step // by commit: what each snapshot changed
	walking   bool
	loadedNow *diagram.Diagram // the architecture of the present when it last compiled

	// What was read. Generation counts how often the present may have changed.
	generation int
	readings   map[string]reading
	scenes     *sceneMemo
	scene      *scene // what is shown; nil while it is loading
	first      *scene // the board alone, from before anything was read; nil once a scene came
	asked      map[sceneKey]int
	painter    *painter
	texts      *chronicle.Texts // everything that was ever written; nil until it is searched
	textsOf    int              // the generation that they were read in
	landing    *landing         // what to select where the cursor goes; nil for nothing

	// Stories. The chronicle is nil until the first one is asked for.
	chronicle   *chronicle.Chronicle
	chronicleOf int // the generation that it was read in
	marks       marks

	// What is on the screen.
	title   string // of the log, as it was last read
	at      screenID
	board   boardScreen
	arch    archScreen
	sync    syncScreen
	history historyScreen
	overlay overlay
	filter  filter
	player  player
	note    note
	leaving bool // once the queue of writes is empty

	// Writes, one after another.
	queue  []task
	busy   bool
	done   []deed // what u takes back, oldest first
	undone []deed // what U does again
}

// note is one line about what just happened; the next key takes it away, and so does
// what somebody else does to the files.
type note struct {
	text string
	role role
}

// New is the program for a log. It reads nothing yet: the first picture is of what the
// options bring. Everything it reads and writes ends with ctx.
func New(ctx context.Context, log Log, host Host, opts Options) *Model {
	at := onBoard
	if opts.Sync {
		at = onSync
	}
	m := &Model{
		at: at, ctx: ctx, log: log, host: host, theme: newTheme(opts),
		width: opts.Width, height: opts.Height,
		steps: map[string]step{}, readings: map[string]reading{},
		scenes: newSceneMemo(), asked: map[sceneKey]int{}, painter: newPainter(opts),
		board: boardScreen{group: opts.Group}, sync: syncScreen{asked: -1}, player: newPlayer(),
	}
	if l := opts.First; l != nil {
		today := host.Now().In(l.Config.Location()).Format(time.DateOnly)
		m.first, m.title = newScene(sceneInput{key: sceneKey{cursor: nowKey}, log: l, today: today}), l.Config.Title
	}
	return m
}

// Init begins to read.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.readTimeline(), m.readUnsaved(), m.readAuthor(), m.readRunning(), m.watch())
}

// screen is one of the pictures that fill the frame. Its methods that take the
// model may change it; view may not.
type screen interface {
	title() string
	keymap() keymap
	view(m *Model, w, h int) []line
	move(m *Model, by int)             // the selection, by lines
	change(m *Model, dir int)          // to the next thing that differs from the base
	selection(m *Model) (about string) // the text that y copies; "" for nothing
}

// screenID is the key that opens a screen.
type screenID int

const (
	onBoard screenID = iota
	onArch
	onSync
	onHistory
)

func (m *Model) screens() []screen { return []screen{&m.board, &m.arch, &m.sync, &m.history} }

func (m *Model) screen() screen { return m.screens()[m.at] }

// overlay is something in front of a screen that takes the keys.
type overlay interface {
	update(m *Model, msg tea.Msg) tea.Cmd
	// view is the box to lay over a body of w times h cells. A nil box draws
	// nothing there.
	view(m *Model, w, h int) box
	hints() []hint
}

// say puts a note on the screen.
func (m *Model) say(r role, text string) { m.note = note{text, r} }

func itoa(n int) string { return strconv.Itoa(n) }

// plural is "1 item", "2 items".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
