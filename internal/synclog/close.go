package synclog

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// The trailers by which a commit of the timeline says what it is to the log. Their
// value is the date of the sync.
const (
	SyncTrailer   = "Archsync-Sync"   // this commit is the snapshot
	ClearTrailer  = "Archsync-Clear"  // it clears what the snapshot showed
	ReopenTrailer = "Archsync-Reopen" // it takes the snapshot back
)

// Closing is what a sync is closed with.
type Closing struct {
	Date   string // of the sync, in the log's time zone
	Host   string
	Before *Log // the last snapshot; nil at the first sync
	Now    *Log // the log that is closed, read whole

	Running *meeting.Running // the sync as it was held; nil when it was not started

	Minutes   string // Markdown, with the notes of the record that stands there already
	Picture   []byte // the architecture as SVG; nil when it was not drawn
	Placement []byte // where everything stands in it, to be kept; nil when that is not known
}

// Plan is what closing a sync writes: a value that can be shown before it is
// carried out. Paths are relative to the repository.
type Plan struct {
	Date         string
	Tag          string
	Files        map[string][]byte // of the snapshot commit: record, picture and placement
	Minutes      string            // the body of the record
	Message      string            // of the snapshot commit, without its trailer
	TagMessage   string
	Clear        map[string][]byte // of the commit after it; empty when nothing was done or dropped
	ClearMessage string            // without its trailer
	Cleared      []board.Item      // what that commit takes off the board, in the board's order
	Counts       Counts            // what the sync showed
}

// PlanClose computes record, picture and clearing of a sync. It fails
// when the date was closed before, when a record that stands there already cannot
// be edited, or when an item cannot be cleared from its file without harm.
func PlanClose(c Closing) (Plan, error) {
	before := c.Before
	if before == nil {
		before = &Log{Config: c.Now.Config, Dir: c.Now.Dir}
	}
	if _, found := before.Record(c.Date); found {
		return Plan{}, fmt.Errorf("the sync of %s is closed already", c.Date)
	}
	d := Diff(before, c.Now)
	record := c.Record()
	record.Body = c.Minutes
	src, err := record.Bytes()
	if err != nil {
		return Plan{}, fmt.Errorf("write the record of %s: %w", c.Date, err)
	}
	p := Plan{Date: c.Date, Tag: c.Now.Config.TagPrefix + c.Date, Files: map[string][]byte{record.Path: src}, Minutes: record.Body, Counts: d.Counts()}
	if c.Picture != nil {
		p.Files[c.Now.Path(meeting.PicturePath(c.Date))] = c.Picture
	}
	if c.Placement != nil {
		p.Files[c.Now.Path(meeting.PlacementPath(c.Date))] = c.Placement
	}
	switch {
	case c.Before == nil:
		p.words("The first sync of this log.")
	case p.Counts.Total() == 0 && !d.Empty():
		p.words("What changed is in the minutes.")
	default:
		p.words(Summary(p.Counts))
	}
	for _, f := range c.Now.Files {
		p.Cleared = append(p.Cleared, closed(f)...)
	}
	p.Clear, err = Clear(c.Now)
	return p, err
}

// words writes the messages around what happened, in a line.
func (p *Plan) words(summary string) {
	p.Message = fmt.Sprintf("Architecture sync %s\n\n%s\n", p.Date, summary)
	p.TagMessage = p.Message
	p.ClearMessage = fmt.Sprintf("Clear what was shown on %s\n\nItems done or dropped leave the board; the snapshot %s keeps them.\n", p.Date, p.Tag)
}

// WithTrailer is a commit's message with one trailer, as git-interpret-trailers(1)
// writes it: in the last paragraph when that consists of trailers, else in a
// paragraph of its own.
func WithTrailer(message, key, value string) string {
	message = strings.TrimRight(message, "\n \t\r")
	paragraphs := strings.Split(message, "\n\n")
	separator := "\n\n"
	if len(paragraphs) > 1 && allTrailers(paragraphs[len(paragraphs)-1]) {
		separator = "\n"
	}
	return message + separator + key + ": " + value + "\n"
}

// WithoutTrailer is the message that [WithTrailer] was given: without the trailer, and
// without the paragraph when it held nothing else.
func WithoutTrailer(message, key, value string) string {
	line := key + ": " + value
	paragraphs := strings.Split(strings.TrimRight(message, "\n"), "\n\n")
	last := strings.Split(paragraphs[len(paragraphs)-1], "\n")
	last = slices.DeleteFunc(last, func(l string) bool { return l == line })
	paragraphs[len(paragraphs)-1] = strings.Join(last, "\n")
	return strings.TrimRight(strings.Join(paragraphs, "\n\n"), "\n") + "\n"
}

func allTrailers(paragraph string) bool {
	for line := range strings.Lines(paragraph) {
		key, _, ok := strings.Cut(line, ": ")
		if !ok || key == "" || strings.ContainsAny(key, " \t") {
			return false
		}
	}
	return true
}

// Record is the record of the sync before the minutes are in it: what stands there
// already, from the meeting or by hand, stays, with what is known of the sync as it
// was held.
func (c Closing) Record() meeting.Record {
	r, found := c.Now.Record(c.Date)
	if !found {
		r = meeting.Record{Path: c.Now.Path(meeting.RecordPath(c.Date))}
	}
	r.Date = c.Date
	if r.Host == "" {
		r.Host = c.Host
	}
	r.Breakouts = c.opened(r.Breakouts)
	if c.Running != nil {
		r = held(r, *c.Running)
	}
	return r
}

// held writes into a record how the sync was held. What somebody wrote there already
// stays.
func held(r meeting.Record, running meeting.Running) meeting.Record {
	present, absent := running.Attended()
	if len(r.Present)+len(r.Absent) == 0 {
		r.Present, r.Absent = present, absent
	}
	timings := running.Timings()
	maps.Copy(timings, r.Timings)
	if len(timings) > 0 {
		r.Timings = timings
	}
	return r
}

// opened are the breakouts that a record names, and after them those that say that
// they come from its sync or that were opened in it, as far as they are there.
func (c Closing) opened(named []string) []string {
	ids := slices.Clone(named)
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if c.Running != nil {
		for _, id := range c.Running.Breakouts {
			if _, ok := c.Now.FindBreakout(id); ok {
				add(id)
			}
		}
	}
	for _, b := range c.Now.Breakouts {
		if b.Sync == c.Date {
			add(b.ID)
		}
	}
	return ids
}

// Clear is the board files without the items that are done or dropped; only
// files that change are named.
func Clear(l *Log) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range l.Files {
		next := f
		for _, it := range closed(f) {
			cleared, err := next.RemoveItem(it.ID)
			if err != nil {
				return nil, fmt.Errorf("clear %s from %s: %w", it.ID, f.Path(), err)
			}
			next = cleared
		}
		if next != f {
			files[f.Path()] = next.Bytes()
		}
	}
	return files, nil
}

// closed are the items that need no more work.
func closed(f *board.File) []board.Item {
	return slices.DeleteFunc(slices.Clone(f.Group().Items), func(it board.Item) bool { return !it.Status.Closed() })
}

// Unclear is the board files of now with the items that closing a sync cleared
// back in them, where a file changed since: then is the snapshot, paths name the
// files. An item that is on the board again stays as it is; one whose group was
// renamed goes there. It fails when the group is gone.
func Unclear(now, then *Log, paths []string) (map[string][]byte, error) {
	next := map[string]*board.File{}
	for _, f := range then.Files {
		if !slices.Contains(paths, f.Path()) || len(closed(f)) == 0 {
			continue
		}
		to, ok := now.successor(f.Group())
		if !ok {
			return nil, now.UnknownGroup(f.ID())
		}
		if next[to.Path()] == nil {
			next[to.Path()] = to
		}
		filled, err := refill(next[to.Path()], f, now)
		if err != nil {
			return nil, err
		}
		next[to.Path()] = filled
	}
	files := map[string][]byte{}
	for path, f := range next {
		files[path] = f.Bytes()
	}
	return files, nil
}

// refill puts the closed items of an earlier file back, with their own lines.
func refill(f, earlier *board.File, now *Log) (*board.File, error) {
	for _, it := range closed(earlier) {
		if now.has(it.ID) {
			continue
		}
		raw, _ := earlier.Raw(it.ID)
		next, err := f.AddRaw(raw)
		if err != nil {
			return nil, fmt.Errorf("put %s back into %s: %w", it.ID, f.Path(), err)
		}
		f = next
	}
	return f, nil
}

// has tells whether an item with exactly this id is on the board.
func (l *Log) has(id string) bool {
	for _, f := range l.Files {
		if _, ok := f.Item(id); ok {
			return true
		}
	}
	return false
}

// Unreadable are the problems that keep a sync from being closed: the log's
// configuration, a group's file or a diagram that does not say what it means, and
// any file that cannot be read at all; also an architecture that was there at the
// last sync, which before is, and is not any more. What is merely wrong in what was
// read is not among them. before is nil at the first sync.
func (l *Log) Unreadable(before *Log) (files, diagrams []problem.Problem) {
	boards := path.Join(l.Dir, "board") + "/"
	for _, p := range l.Problems {
		switch {
		case path.Ext(p.Path) == ".d2":
			diagrams = append(diagrams, p)
		case p.Path == path.Join(l.Dir, ConfigName), strings.HasPrefix(p.Path, boards), strings.HasPrefix(p.What, "cannot be "):
			files = append(files, p)
		}
	}
	if at := l.Config.DiagramPath(l.Dir); l.Diagram(at) == nil && !l.Broken(at) && before != nil && before.Main() != nil {
		diagrams = append(diagrams, problem.Problem{
			Path: at, What: "the architecture is gone: the last sync had it",
			Hint: "bring the file back, or name the one that holds it now under diagram in " + ConfigName,
		})
	}
	return files, diagrams
}

// Summary says in a line what a sync showed.
func Summary(n Counts) string {
	var parts []string
	for _, part := range []struct{ name, counts string }{
		{"items", n.Items.String()},
		{"components", n.Components.String()},
		{"connections", n.Connections.String()},
		{"decisions", n.Decisions.String()},
	} {
		if part.counts != "" {
			parts = append(parts, part.name+" "+part.counts)
		}
	}
	if len(parts) == 0 {
		return "Nothing changed since the sync before."
	}
	return strings.Join(parts, ", ")
}

// ErrNothingToRestore is what restoring an item that is still there gives.
var ErrNothingToRestore = errors.New("the item is on the board as it was")
