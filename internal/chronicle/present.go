package chronicle

import (
	"context"

	"github.com/archsync/archsync/internal/synclog"
)

// Present is the log as it is, behind the last snapshot of a timeline.
type Present struct {
	Read func(context.Context) (*synclog.Log, error)

	// Memo keeps what was computed of the present for as long as that stays as it is:
	// what was put before a change is not there after it. nil remembers nothing.
	Memo Memo
}

// recall gives what was kept under a key, if the present is still what it was.
func (p *Present) recall(key string) ([]byte, bool) {
	if p.Memo == nil {
		return nil, false
	}
	return p.Memo.Get(key)
}

func (p *Present) keep(key string, value []byte) {
	if p.Memo != nil {
		p.Memo.Put(key, value)
	}
}

// present is what happened since the last snapshot.
func (t Timeline) present(ctx context.Context) (Interval, error) {
	n := len(t.Snapshots)
	key := t.key(form, span{n, n})
	var in [1]Interval
	if content, ok := t.Now.recall(key); ok && decodeIntervals(content, make([]Snapshot, 1), in[:]) {
		return in[0], nil
	}
	before, whole, err := t.mended(ctx, n-1)
	if err != nil {
		return Interval{}, err
	}
	now, err := t.Now.Read(ctx)
	if err != nil {
		return Interval{}, err
	}
	in[0] = between(before, now.Mended(before), Snapshot{})
	if whole && now.Whole() && ctx.Err() == nil {
		t.Now.keep(key, encodeIntervals(in[:]))
	}
	return in[0], ctx.Err()
}
