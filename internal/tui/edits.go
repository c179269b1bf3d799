package tui

import (
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

type (
	writtenMsg struct {
		deed   deed
		way    way
		commit string // of taking back what was committed
		err    error
	}
	committedMsg struct {
		commit string
		deeds  int
		files  int
		err    error
	}
	discardedMsg struct {
		left int // edits that are still there
		err  error
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
			return writtenMsg{deed: deed{edit: e, about: about}, err: err}
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
	m.busy = false
	m.record(msg)
	return tea.Batch(m.refresh(), m.nextTask())
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
		m.say(roleMuted, summary)
	}
}

func inCommit(commit string) string {
	if commit == "" {
		return ""
	}
	return " (commit " + commit[:min(len(commit), 7)] + ")"
}

// restack puts back what could not be taken back, or done again.
func (m *Model) restack(msg writtenMsg) {
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
	if len(m.done) == 0 && len(m.queue) == 0 && !m.busy {
		return "nothing was edited here yet"
	}
	return ""
}

func (m *Model) nothingToRedo() string {
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
		log := m.log
		return func() tea.Msg {
			msg := writtenMsg{deed: d, way: backward}
			inverse := d.edit.Inverse()
			if msg.err = log.Write(inverse); msg.err != nil || !d.committed {
				return msg
			}
			msg.commit, msg.err = c.commit(pathsOf(inverse), inverse.Summary+"\n")
			if msg.err != nil {
				msg.err = errors.Join(msg.err, log.Write(d.edit))
			}
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
		log := m.log
		return func() tea.Msg { return writtenMsg{deed: d, way: again, err: log.Write(d.edit)} }
	})
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
	if m.unsavedCount() == 0 && !m.busy && len(m.queue) == 0 {
		return "everything is committed"
	}
	return ""
}

// uncommitted are the edits of this session that the next commit takes.
func (m *Model) uncommitted() []deed {
	return slices.DeleteFunc(slices.Clone(m.done), func(d deed) bool { return d.committed })
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
				return committedMsg{err: err}
			}
			var paths []string
			for _, f := range files {
				paths = append(paths, f.Path)
			}
			commit, err := c.commit(paths, commitMessage(edits, otherFiles(files, edits)))
			return committedMsg{commit, len(edits), len(files), err}
		}
	})
}

func (m *Model) onCommitted(msg committedMsg) tea.Cmd {
	m.busy = false
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
		for i := range m.done {
			m.done[i].committed = true
		}
	}
	return tea.Batch(m.refresh(), m.nextTask())
}

// discard takes back every edit of this session that was not committed.
func (m *Model) discard() tea.Cmd {
	return m.enqueue(func(m *Model) tea.Cmd {
		edits, log := m.uncommitted(), m.log
		return func() tea.Msg {
			for i, d := range slices.Backward(edits) {
				if err := log.Write(d.edit.Inverse()); err != nil {
					return discardedMsg{i + 1, err}
				}
			}
			return discardedMsg{}
		}
	})
}

func (m *Model) onDiscarded(msg discardedMsg) tea.Cmd {
	m.busy = false
	if msg.err != nil {
		m.leaving = false
		m.say(roleError, failure(msg.err))
	}
	gone := len(m.uncommitted()) - msg.left
	m.done = m.done[:len(m.done)-max(gone, 0)]
	return tea.Batch(m.refresh(), m.nextTask())
}

// quit leaves, after asking where something is not committed.
func (m *Model) quit() tea.Cmd {
	if m.unsavedCount() > 0 {
		m.overlay = &leaveDialog{}
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
