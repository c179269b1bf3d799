package history

import (
	"context"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// Past is the log up to a moment as a value for [chronicle.Timeline.Chronicle]: board,
// diagrams and decisions of the syncs up to it, and the moment itself where it is none
// of them. The memo may be nil.
func (a *Archive) Past(ctx context.Context, m Moment, memo chronicle.Memo) (chronicle.Timeline, error) {
	snapshots, _, err := a.Dates()
	if err != nil {
		return chronicle.Timeline{}, err
	}
	const parts = synclog.Board | synclog.Diagrams | synclog.Decisions
	way := newStretch(a.limits)
	t := a.timeline(way, parts, nil, memo)
	for _, s := range snapshots {
		before, err := a.before(ctx, s, m)
		if err != nil {
			return t, err
		}
		if before {
			t.Snapshots = append(t.Snapshots, s)
		}
	}
	if m.Kind != AtSnapshot {
		t.Now, err = a.present(way, m, parts, t.Memo)
	}
	return t, err
}

// present is a moment that is no snapshot. What is remembered of it is so for this
// working tree.
func (a *Archive) present(way *stretch, m Moment, parts synclog.Part, memo chronicle.Memo) (*chronicle.Present, error) {
	fsys, err := a.FS(m)
	if err != nil {
		return nil, err
	}
	files := newWitness(fsys.(logFS))
	p := &chronicle.Present{Read: func(ctx context.Context) (*synclog.Log, error) {
		return a.read(ctx, way.reader(), m, files, parts)
	}}
	if memo != nil {
		p.Memo = presentMemo{ownMemo{memo, "present " + a.store.loc.root + "\n" + m.Commit + "\n"}, files}
	}
	return p, nil
}

// before tells whether a sync is part of what a moment knows: a commit of the day of a
// sync may come before or after it.
func (a *Archive) before(ctx context.Context, s chronicle.Snapshot, m Moment) (bool, error) {
	if m.Kind == AtCommit && s.Date == m.Date {
		c, err := a.store.objects.commit(hashOf(m.Commit))
		if err != nil {
			return false, err
		}
		return a.store.comesAfter(ctx, c, s.Commit, s.Date)
	}
	return m.Kind == Now || s.Date <= m.Date, nil
}
