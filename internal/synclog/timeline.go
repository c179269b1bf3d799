package synclog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// Closed is a sync of the timeline as git has it, for [CheckTimeline].
type Closed struct {
	Date    string
	Tag     string // "" when the snapshot is known by its trailer alone
	Commit  string // hexadecimal
	Message string // of the commit
	Record  bool   // the commit has the record, and is the first one that does
	Err     error  // why the snapshot cannot be read; nil when it can
}

// snapshot tells whether the commit's own words make it the snapshot of the date, and
// whether they make it anything else.
func (c Closed) snapshot() (this, other bool) {
	for line := range strings.Lines(c.Message) {
		key, date, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case SyncTrailer:
			this = this || date == c.Date
			other = other || date != c.Date
		case ClearTrailer, ReopenTrailer:
			other = true
		}
	}
	return this, other && !this
}

// CheckTimeline complains about syncs that git cannot give, tags that stand on another
// commit than the snapshot, and records that l, the log as it is now, does not have.
func CheckTimeline(l *Log, syncs []Closed) []problem.Problem {
	var problems []problem.Problem
	for _, c := range syncs {
		p := problem.Problem{Path: l.Path(meeting.RecordPath(c.Date))}
		this, other := c.snapshot()
		switch {
		case c.Err != nil:
			p.What = fmt.Sprintf("the snapshot %s cannot be read: %v", cmp.Or(c.Tag, short(c.Commit)), c.Err)
			p.Hint = "git fsck tells more"
		case other, !this && !c.Record:
			p.What = fmt.Sprintf("the tag %s stands on %s, which is not the snapshot of that sync", c.Tag, short(c.Commit))
			p.Hint = fmt.Sprintf("git log --all --grep '%s: %s' finds the snapshot; git tag -f -a %s COMMIT puts the tag back", SyncTrailer, c.Date, c.Tag)
		case !l.hasRecord(c.Date):
			p.What = fmt.Sprintf("the record of the sync of %s is missing", c.Date)
			p.Hint = fmt.Sprintf("git restore --source=%s -- %s brings it back", cmp.Or(c.Tag, short(c.Commit)), p.Path)
			if !c.Record {
				p.Hint = "the snapshot has none either: write the minutes, with sync: " + c.Date + " on top"
			}
		default:
			continue
		}
		problems = append(problems, p)
	}
	return problem.Sort(problems)
}

// hasRecord looks for the file: what stands in it is for others to say.
func (l *Log) hasRecord(date string) bool {
	return slices.ContainsFunc(l.Records, func(r meeting.Record) bool { return r.Path == l.Path(meeting.RecordPath(date)) })
}

func short(commit string) string { return commit[:min(len(commit), 7)] }
