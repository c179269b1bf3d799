package agenda

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// Sync is a sync that is prepared, held or closed: the log as it is shown, and what
// came before. It is what agenda, minutes and radar are computed from.
type Sync struct {
	Date   string       // ISO date of the sync, in the log's time zone
	Now    *synclog.Log // what it shows; for minutes that stand in a record, that too
	Before *synclog.Log // what the sync before showed; nil at the first
	Past   *Past        // the closed syncs before this one

	first      bool
	difference synclog.Difference
	changes    map[string][]change.Change // of items, by id
	next       string                     // the sync after this one; "" when the cadence has none
}

// NewSync compares a log with the sync before it.
func NewSync(date string, now, before *synclog.Log, past *Past) *Sync {
	s := &Sync{Date: date, Now: now, Before: before, Past: past, first: before == nil, changes: map[string][]change.Change{}}
	if s.first {
		s.Before = &synclog.Log{Config: now.Config, Dir: now.Dir}
	}
	s.difference = synclog.Diff(s.Before, now)
	for _, c := range s.difference.Items {
		s.changes[c.Subject] = append(s.changes[c.Subject], c)
	}
	s.next, _ = now.Config.Cadence.Next(date)
	return s
}

// ReadSync is the sync of a date behind a timeline: a log compared with the last snapshot
// that can be read. The error is the context's.
func ReadSync(ctx context.Context, t chronicle.Timeline, now *synclog.Log, date string) (*Sync, error) {
	past, err := ReadPast(ctx, t)
	if err != nil {
		return nil, err
	}
	var before *synclog.Log
	for _, s := range slices.Backward(t.Snapshots) {
		if before, err = t.Read(ctx, s); err == nil {
			break
		}
		before = nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return NewSync(date, now, before, past), nil
}

// Next is the date of the sync that is due on a day or comes next after it: the next
// one of the cadence that was not closed yet, or the day itself where no cadence says
// otherwise.
func Next(closed []chronicle.Snapshot, c meeting.Cadence, day string) string {
	today, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	after := today.AddDate(0, 0, -1).Format(time.DateOnly)
	if n := len(closed); n > 0 {
		after = max(after, closed[n-1].Date)
	}
	next, err := c.Next(after)
	if err != nil || len(c.Check()) > 0 {
		return day
	}
	return next
}

// Difference is what changed since the sync before.
func (s *Sync) Difference() synclog.Difference { return s.difference }

// order is the active groups in the order in which they have their turns: that of
// the log, begun one group later from sync to sync, so that everybody is last once.
func (s *Sync) order() []board.Group {
	groups := s.Now.Active()
	if len(groups) == 0 {
		return nil
	}
	begin := len(s.Past.syncs) % len(groups)
	return slices.Concat(groups[begin:], groups[:begin])
}

func groupName(g board.Group) string { return cmp.Or(g.Name, g.ID) }

// statuses is the order in which items are shown: what is worked on first.
var statuses = [...]board.Status{board.Ongoing, board.Blocked, board.Planned, board.Done, board.Dropped}

// shown are the items of a group in the order in which they are shown; those with a
// status that is none come last.
func shown(g board.Group) []board.Item {
	items := slices.Clone(g.Items)
	slices.SortStableFunc(items, func(a, b board.Item) int { return cmp.Compare(statusRank(a.Status), statusRank(b.Status)) })
	return items
}

func statusRank(s board.Status) int {
	if i := slices.Index(statuses[:], s); i >= 0 {
		return i
	}
	return len(statuses)
}
