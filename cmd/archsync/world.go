package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/cache"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

// world is everything outside the program that a verb may look at. The tests
// make their own.
type world struct {
	in        io.Reader
	out, errs io.Writer
	getenv    func(string) string
	home      string
	cwd       string
	cacheDir  string // the user's; "" when there is none
	now       func() time.Time
	random    io.Reader
	terminal  bool   // input and output are a terminal
	width     int    // of the terminal, in cells; 0 when there is none
	machine   string // the computer's name

	// edit opens the user's editor on a file, at a line where the editor is known
	// to take one, and returns when it is closed.
	edit func(path string, line int) error
	// browse opens an address the way the system does, and does not wait.
	browse func(url string) error
	// self is the path of this program, to run it once more.
	self func() (string, error)

	// patience is how long a diagram may be compiled, and again placed; 0 is the
	// usual limit.
	patience time.Duration
}

// patienceVariable is the environment variable that gives a slow machine more time.
const patienceVariable = "ARCHSYNC_TIME_LIMIT"

// readPatience takes the patience from the environment, where it is said there.
func (w *world) readPatience() error {
	text := w.getenv(patienceVariable)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return &usageError{what: fmt.Sprintf("%s=%q is no length of time", patienceVariable, text), hint: "write it like 30s or 2m"}
	}
	w.patience = d
	return nil
}

// limits bound what is done for one diagram.
func (w *world) limits() diagram.Limits { return diagram.Limits{Time: w.patience} }

// logLimits bound what is read of a log.
func (w *world) logLimits() synclog.Limits {
	limits := synclog.DefaultLimits()
	limits.Diagram = w.limits()
	return limits
}

// invocation is one run of the program: the world and the flags of every verb.
type invocation struct {
	*world            // with streams that gather what is printed
	outside *world    // as it was given: the screens take its streams
	printed *gathered // what waits to be written
	ctx     context.Context

	chdir  string // -C
	author string // --author
	json   bool   // --json
	ascii  bool   // the screens draw with ASCII only: --ascii, or the locale

	writes  bool             // the verb changes the log
	archive *history.Archive // opened at the first use
	root    string           // of its repository
	unlock  func()           // lets other processes write again; nil when they may
	kept    *cache.Cache     // what was found out about the past; nil until somebody asks
}

// open finds and opens the log, once.
func (v *invocation) open() (*history.Archive, error) {
	if v.archive != nil {
		return v.archive, nil
	}
	at, err := v.start()
	if err != nil {
		return nil, err
	}
	root, dir, err := history.FindLog(at)
	if err != nil {
		return nil, err
	}
	a, err := history.OpenArchive(root, dir, v.logLimits())
	if err != nil {
		return nil, err
	}
	v.archive, v.root = a, root
	if err := v.lock(); err != nil {
		return nil, err
	}
	finished, err := a.Store().Recover(v.ctx)
	v.notices(finished)
	return a, err
}

// lock keeps other archsync processes from writing while a verb that writes goes
// from reading the log to its commit.
func (v *invocation) lock() (err error) {
	if v.writes && v.unlock == nil {
		v.unlock, err = v.archive.Lock()
	}
	return err
}

// letOthers does something that takes as long as a person takes, and lets other
// processes write meanwhile.
func (v *invocation) letOthers(do func() error) error {
	if v.unlock != nil {
		v.unlock()
		v.unlock = nil
	}
	if err := do(); err != nil {
		return err
	}
	return v.lock()
}

// start is where the log is looked for, upward: -C, then ARCHSYNC_LOG, then the
// working directory. There must be such a folder: else the log above it would be
// taken for the one that was meant.
func (v *invocation) start() (string, error) {
	at := v.path(cmp.Or(v.chdir, v.getenv("ARCHSYNC_LOG"), "."))
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		return "", &usageError{what: fmt.Sprintf("no folder %q", at), hint: "-C and ARCHSYNC_LOG name a folder in or above which the log is"}
	}
	return at, nil
}

// path is a path as the user means it: from the working directory.
func (v *invocation) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(v.cwd, name)
}

func (v *invocation) close() error {
	if v.kept != nil {
		_ = v.kept.Close()
	}
	if v.archive == nil {
		return nil
	}
	if v.unlock != nil {
		v.unlock()
	}
	return v.archive.Close()
}

// moment finds the moment that --at names; "" means now.
func (v *invocation) moment(expr string) (history.Moment, error) {
	a, err := v.open()
	if err != nil {
		return history.Moment{}, err
	}
	if expr == "" {
		expr = "now"
	}
	m, err := a.Moment(expr, v.now())
	if m.Notice != "" {
		v.notices([]string{m.Notice})
	}
	return m, err
}

// read reads parts of the log at the moment that --at names.
func (v *invocation) read(at string, parts synclog.Part) (*synclog.Log, history.Moment, error) {
	m, err := v.moment(at)
	if err != nil {
		return nil, m, err
	}
	l, err := v.archive.Read(v.ctx, m, parts)
	return l, m, err
}

// file is the board file of a group at a moment, by the id that it had then, had
// before, or was given later.
func (v *invocation) file(l *synclog.Log, id string) (*board.File, bool) {
	if f, ok := l.File(id); ok {
		return f, true
	}
	now, err := v.archive.Read(v.ctx, history.Moment{Kind: history.Now}, synclog.Board)
	if err != nil {
		return nil, false
	}
	later, ok := now.File(id)
	if !ok {
		return nil, false
	}
	for _, former := range later.Group().Formerly {
		if f, ok := l.File(former); ok {
			return f, true
		}
	}
	return nil, false
}

// who is the author of what is written: --author, or whoever git says.
func (v *invocation) who() (history.Author, error) {
	if v.author != "" {
		who, err := history.ParseAuthor(v.author)
		return who, asUse(err)
	}
	a, err := v.open()
	if err != nil {
		return history.Author{}, err
	}
	return a.Store().Identity(v.getenv, v.home)
}

// today is the present date in the log's time zone.
func (v *invocation) today(l *synclog.Log) string {
	return v.now().In(l.Config.Location()).Format(time.DateOnly)
}

// group is the group that a verb without a group means: the one whose lead or
// member the user is. hint says how the verb is told another.
func (v *invocation) group(l *synclog.Log, hint string) (board.Group, error) {
	who, err := v.who()
	if err != nil {
		return board.Group{}, err
	}
	groups := l.GroupsOf(who.Name, who.Mail)
	switch len(groups) {
	case 1:
		return groups[0], nil
	case 0:
		return board.Group{}, &usageError{
			what: "no group has " + who.String() + " as lead or member",
			hint: hint,
		}
	}
	return board.Group{}, &usageError{
		what: who.String() + " is in several groups: " + joinGroups(groups),
		hint: hint,
	}
}

func joinGroups(groups []board.Group) string {
	s := ""
	for i, g := range groups {
		if i > 0 {
			s += ", "
		}
		s += g.ID
	}
	return s
}

// save writes an edit to the working files and, unless told otherwise, commits
// the files that it touched.
func (v *invocation) save(e synclog.Edit, commit bool) error {
	if e.Empty() {
		return nil
	}
	if !commit {
		return v.archive.Write(e)
	}
	who, err := v.who()
	if err != nil {
		return err
	}
	if err := v.archive.CanCommit(); err != nil {
		return err
	}
	if err := v.archive.Write(e); err != nil {
		return err
	}
	paths := make([]string, len(e.Files))
	for i, f := range e.Files {
		paths[i] = f.Path
	}
	along := v.unsavedBefore(e)
	committed, err := v.archive.Commit(v.ctx, paths, e.Summary+"\n", who, v.now())
	if err != nil {
		undone := v.archive.Write(e.Inverse())
		if errors.Is(undone, history.ErrChanged) {
			undone = nil // somebody else wrote the file meanwhile: there is nothing of ours to take back
		}
		return errors.Join(err, undone)
	}
	v.notices(committed.Notices)
	v.notices(along)
	return nil
}

// unsavedBefore says of which files a commit of an edit holds more than the edit:
// those that were not as HEAD has them when it was made.
func (v *invocation) unsavedBefore(e synclog.Edit) []string {
	head, err := v.moment("git:HEAD")
	if err != nil {
		return nil // there is no commit yet
	}
	var notes []string
	for _, f := range e.Files {
		if f.Before == nil {
			continue
		}
		saved, err := v.archive.Store().ReadFile(head, f.Path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !sameText(saved, f.Before) {
			notes = append(notes, "the commit also holds what was unsaved in "+f.Path)
		}
	}
	return notes
}

// sameText compares apart from the line ends, which git may change on the way.
func sameText(a, b []byte) bool {
	unix := func(s []byte) []byte { return bytes.ReplaceAll(s, []byte("\r\n"), []byte("\n")) }
	return bytes.Equal(unix(a), unix(b))
}
