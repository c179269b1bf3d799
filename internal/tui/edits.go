package tui

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// deed is an edit that was written.
type deed struct {
	edit      synclog.Edit
	about     string // the fact that it set; a later deed about the same replaces it in a commit's message
	committed bool
}

// task is one write. It becomes a command when its turn comes, of the model as it
// is then; nil when there is nothing left to do.
type task func(m *Model) tea.Cmd

// plan makes an edit of the log as it is when its turn comes.
type plan func(l *synclog.Log, today string) (synclog.Edit, error)

// Every answer brings the stamp of the files as they were right after the write, so
// that our own writing is not taken for somebody else's.
type (
	writtenMsg struct {
		deed    deed
		way     way
		commit  string   // of taking back what was committed
		notices []string // what should be known of what was written
		from    *form    // where the edit was written down, to go back to when it fails
		stamp   uint64
		err     error
	}
	committedMsg struct {
		commit string
		files  int
		stamp  uint64
		err    error
	}
	discardedMsg struct {
		left  int // edits that are still there
		stamp uint64
		err   error
	}
)

// way is in which direction an edit went.
type way int

const (
	forward way = iota
	backward
	again
)

// enqueue puts a write behind those that are waiting.
func (m *Model) enqueue(t task) tea.Cmd {
	m.queue = append(m.queue, t)
	return m.nextTask()
}

func (m *Model) nextTask() tea.Cmd {
	for !m.busy && len(m.queue) > 0 {
		t := m.queue[0]
		m.queue = m.queue[1:]
		if cmd := t(m); cmd != nil {
			m.busy = true
			return cmd
		}
	}
	if m.leaving && !m.busy {
		return tea.Quit
	}
	return nil
}

// edit queues an edit of the present.
func (m *Model) edit(about string, p plan) tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		ctx, log, now := m.ctx, m.log, m.host.Now
		return func() tea.Msg {
			e, err := planned(ctx, log, now, p)
			if err == nil && !e.Empty() {
				err = log.Write(e)
			}
			return writtenMsg{deed: deed{edit: e, about: about}, err: err, stamp: log.Stamp()}
		}
	})
}

func planned(ctx context.Context, log Log, now func() time.Time, p plan) (synclog.Edit, error) {
	l, err := log.Read(ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.Board|synclog.Diagrams)
	if err != nil {
		return synclog.Edit{}, err
	}
	return p(l, now().In(l.Config.Location()).Format(time.DateOnly))
}

func (m *Model) onWritten(msg writtenMsg) tea.Cmd {
	m.settleWrite(msg.stamp)
	m.record(msg)
	if msg.err != nil && msg.from != nil {
		m.backToForm(msg.from, msg.err)
	}
	return tea.Batch(m.refresh(), m.nextTask())
}

// settleWrite is what every write ends with.
func (m *Model) settleWrite(stamp uint64) {
	m.busy = false
	m.stamp, m.stamped = stamp, true
}

// record keeps what was written for undo, redo and the next commit.
func (m *Model) record(msg writtenMsg) {
	summary := plain.Line(msg.deed.edit.Summary)
	switch {
	case msg.err != nil:
		m.leaving = false
		m.restack(msg)
		m.say(roleError, failure(msg.err))
	case msg.deed.edit.Empty():
		m.say(roleMuted, "nothing to change")
	case msg.way == backward:
		m.undone = append(m.undone, deed{edit: msg.deed.edit, about: msg.deed.about})
		m.say(roleMuted, "took back: "+summary+inCommit(msg.commit))
	default:
		if msg.way == forward {
			m.undone = nil
		}
		m.done = append(m.done, msg.deed)
		m.expectUnsaved(msg.deed.edit)
		m.say(roleMuted, summary)
	}
	if msg.err == nil && len(msg.notices) > 0 {
		m.say(roleWarn, plain.Line(strings.Join(msg.notices, "; ")))
	}
}

// expectUnsaved counts the files of an edit among the unsaved ones until they are
// read again.
func (m *Model) expectUnsaved(e synclog.Edit) {
	for _, f := range e.Files {
		if !m.isUnsaved(f.Path) {
			m.unsaved = append(m.unsaved, history.FileChange{Path: f.Path})
		}
	}
}

func (m *Model) isUnsaved(path string) bool {
	return slices.ContainsFunc(m.unsaved, func(f history.FileChange) bool { return f.Path == path })
}

// noticeCommits takes edits for committed whose files became clean without us: a
// verb in a shell did it. Edits that cancel each other out leave a clean file too,
// and are no commit.
func (m *Model) noticeCommits() {
	for i, d := range m.done {
		clean := !slices.ContainsFunc(d.edit.Files, func(f synclog.FileEdit) bool { return m.isUnsaved(f.Path) || m.cancelled(f.Path) })
		m.done[i].committed = d.committed || clean
	}
}

// cancelled tells whether the uncommitted edits leave a file as they found it.
func (m *Model) cancelled(path string) bool {
	var first, last *synclog.FileEdit
	for _, d := range m.done {
		for i := range d.edit.Files {
			if f := &d.edit.Files[i]; f.Path == path && !d.committed {
				first, last = cmp.Or(first, f), f
			}
		}
	}
	return first != nil && bytes.Equal(first.Before, last.After)
}

func inCommit(commit string) string {
	if commit == "" {
		return ""
	}
	return " (commit " + commit[:min(len(commit), 7)] + ")"
}

// restack puts back what could not be taken back, or done again, unless it never
// can.
func (m *Model) restack(msg writtenMsg) {
	if errors.As(msg.err, new(*overtakenError)) {
		return
	}
	switch msg.way {
	case backward:
		m.done = append(m.done, msg.deed)
	case again:
		m.undone = append(m.undone, msg.deed)
	}
}

// failure is an error with its hint, on one line.
func failure(err error) string {
	if errors.Is(err, history.ErrChanged) {
		return "the file changed meanwhile and was read again: nothing was overwritten, try once more"
	}
	if errors.As(err, new(*overtakenError)) {
		return plain.Line("nothing was overwritten: " + err.Error())
	}
	text := err.Error()
	hint := history.Hint(err)
	var hinted interface{ Hint() string }
	if hint == "" && errors.As(err, &hinted) {
		hint = hinted.Hint()
	}
	if hint != "" {
		text += "; " + hint
	}
	return plain.Line(text)
}

func (m *Model) nothingToUndo() string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if len(m.done) == 0 && len(m.queue) == 0 && !m.busy {
		return "nothing was edited here yet"
	}
	return ""
}

func (m *Model) nothingToRedo() string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if len(m.undone) == 0 && len(m.queue) == 0 && !m.busy {
		return "nothing was taken back"
	}
	return ""
}

// undo takes back the last edit: in the file, and in a new commit where it was
// committed already.
func (m *Model) undo() tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		if len(m.done) == 0 {
			return nil
		}
		d := m.done[len(m.done)-1]
		m.done = m.done[:len(m.done)-1]
		c := m.committer()
		return func() tea.Msg {
			written, err := c.rewrite(d.edit.Inverse())
			msg := writtenMsg{deed: d, way: backward, err: err}
			if err == nil {
				msg.deed.edit = reversed(written, d.edit.Summary)
			}
			if err == nil && d.committed && !written.Empty() {
				if msg.commit, msg.err = c.commit(pathsOf(written), written.Summary+"\n"); msg.err != nil {
					msg.err = errors.Join(msg.err, c.log.Write(msg.deed.edit))
				}
			}
			msg.stamp = c.log.Stamp()
			return msg
		}
	})
}

func (m *Model) redo() tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		if len(m.undone) == 0 {
			return nil
		}
		d := m.undone[len(m.undone)-1]
		m.undone = m.undone[:len(m.undone)-1]
		c := m.committer()
		return func() tea.Msg {
			written, err := c.rewrite(d.edit)
			msg := writtenMsg{deed: d, way: again, err: err, stamp: c.log.Stamp()}
			if err == nil {
				msg.deed.edit = written
			}
			return msg
		}
	})
}

// reversed is what takes an edit back, said otherwise.
func reversed(e synclog.Edit, summary string) synclog.Edit {
	back := e.Inverse()
	back.Summary = summary
	return back
}

// rewrite writes an edit that was made of older files: as it is where they are still
// the same, else by its meaning. It gives what was written.
func (c committer) rewrite(e synclog.Edit) (synclog.Edit, error) {
	err := c.log.Write(e)
	if !errors.Is(err, history.ErrChanged) {
		return e, err
	}
	l, err := c.log.Read(c.ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.Board)
	if err != nil {
		return e, err
	}
	if e, err = rebase(l, e); err != nil || e.Empty() {
		return e, err
	}
	return e, c.log.Write(e)
}

func pathsOf(e synclog.Edit) []string {
	var paths []string
	for _, f := range e.Files {
		paths = append(paths, f.Path)
	}
	return paths
}

// committer holds the values that a commit is made of.
type committer struct {
	ctx    context.Context
	log    Log
	now    func() time.Time
	author func() (history.Author, error)
}

func (m *Model) committer() committer {
	return committer{m.ctx, m.log, m.host.Now, m.host.Author}
}

func (c committer) commit(paths []string, message string) (string, error) {
	who, err := c.author()
	if err != nil {
		return "", err
	}
	made, err := c.log.Commit(c.ctx, paths, message, who, c.now())
	return made.Commit, err
}

func (m *Model) nothingToCommit() string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if m.unsavedCount() == 0 && !m.busy && len(m.queue) == 0 {
		return "everything is committed"
	}
	return ""
}

// uncommitted are the edits of this session that the next commit takes.
func (m *Model) uncommitted() []deed {
	return slices.DeleteFunc(slices.Clone(m.done), func(d deed) bool { return !m.pending(d) })
}

// pending tells whether an edit is in a file and in no commit.
func (m *Model) pending(d deed) bool {
	return !d.committed && slices.ContainsFunc(pathsOf(d.edit), m.isUnsaved)
}

// unsavedCount is the number of edits, and of other files, not committed yet.
func (m *Model) unsavedCount() int {
	edits := m.uncommitted()
	return len(edits) + len(otherFiles(m.unsaved, edits))
}

// otherFiles are unsaved files that no edit of this session wrote.
func otherFiles(files []history.FileChange, edits []deed) []string {
	var others []string
	for _, f := range files {
		written := slices.ContainsFunc(edits, func(d deed) bool { return slices.Contains(pathsOf(d.edit), f.Path) })
		if !written {
			others = append(others, f.Path)
		}
	}
	return others
}

// commit records everything unsaved in one commit.
func (m *Model) commit() tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		edits, c := m.uncommitted(), m.committer()
		return func() tea.Msg {
			files, err := c.log.Unsaved(c.ctx)
			if err != nil || len(files) == 0 {
				return committedMsg{err: err, stamp: c.log.Stamp()}
			}
			var paths []string
			for _, f := range files {
				paths = append(paths, f.Path)
			}
			commit, err := c.commit(paths, commitMessage(edits, otherFiles(files, edits)))
			return committedMsg{commit, len(files), c.log.Stamp(), err}
		}
	})
}

func (m *Model) onCommitted(msg committedMsg) tea.Cmd {
	m.settleWrite(msg.stamp)
	switch {
	case msg.err != nil:
		m.leaving = false
		m.say(roleError, failure(msg.err))
	case msg.commit == "":
		m.say(roleMuted, "everything is as it was committed")
	default:
		m.say(roleAdded, "committed "+plural(msg.files, "file")+inCommit(msg.commit))
	}
	if msg.err == nil {
		m.unsaved = nil
		for i := range m.done {
			m.done[i].committed = true
		}
	}
	return tea.Batch(m.refresh(), m.nextTask())
}

// discard takes back every edit of this session that was not committed.
func (m *Model) discard() tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		edits, c := m.uncommitted(), m.committer()
		return func() tea.Msg {
			for i, d := range slices.Backward(edits) {
				if _, err := c.rewrite(d.edit.Inverse()); err != nil {
					return discardedMsg{i + 1, c.log.Stamp(), err}
				}
			}
			return discardedMsg{stamp: c.log.Stamp()}
		}
	})
}

func (m *Model) onDiscarded(msg discardedMsg) tea.Cmd {
	m.settleWrite(msg.stamp)
	if msg.err != nil {
		m.leaving = false
		m.say(roleError, failure(msg.err))
	}
	seen := 0
	m.done = slices.DeleteFunc(m.done, func(d deed) bool {
		if !m.pending(d) {
			return false
		}
		seen++
		return seen > msg.left
	})
	return tea.Batch(m.refresh(), m.nextTask())
}

// quit leaves, after asking where something is not committed.
func (m *Model) quit() tea.Cmd {
	if m.unsavedCount() > 0 {
		m.overlay = &leaveDialog{edits: len(m.uncommitted())}
		return nil
	}
	m.leaving = true
	return m.nextTask()
}

// subjectLength is what fits in a line of git log.
const subjectLength = 72

// commitMessage words a commit that takes several edits, and files that were
// edited elsewhere. One edit speaks for itself; several get a line each.
func commitMessage(edits []deed, others []string) string {
	lines := summaries(edits)
	for _, name := range others {
		lines = append(lines, fileSummary(name))
	}
	if len(lines) == 1 {
		return lines[0] + "\n"
	}
	return subject(lines) + "\n\n- " + strings.Join(lines, "\n- ") + "\n"
}

// summaries leaves out what a later edit of the same fact replaced.
func summaries(edits []deed) []string {
	var lines []string
	for i, d := range edits {
		replaced := d.about != "" && slices.ContainsFunc(edits[i+1:], func(later deed) bool { return later.about == d.about })
		if !replaced && !slices.Contains(lines, d.edit.Summary) {
			lines = append(lines, d.edit.Summary)
		}
	}
	return lines
}

// fileSummary words that a file was edited elsewhere, as other edits are worded.
func fileSummary(name string) string {
	folder, file := path.Base(path.Dir(name)), path.Base(name)
	switch folder {
	case "board":
		return strings.TrimSuffix(file, ".yaml") + ": edit by hand"
	case ".":
		folder = "log"
	}
	return folder + ": edit " + file
}

// subject says in one line what several edits were about: all of one group in
// full where it fits, else the groups.
func subject(lines []string) string {
	var groups, verbs []string
	for _, l := range lines {
		group, verb, _ := strings.Cut(l, ": ")
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		verbs = append(verbs, verb)
	}
	if len(groups) == 1 {
		full := groups[0] + ": " + strings.Join(verbs, ", ")
		if cells(full) <= subjectLength {
			return full
		}
		return groups[0] + ": " + plural(len(lines), "update")
	}
	named := "log: update " + strings.Join(groups[:len(groups)-1], ", ") + " and " + groups[len(groups)-1]
	if cells(named) <= subjectLength {
		return named
	}
	return "log: " + plural(len(lines), "update")
}
