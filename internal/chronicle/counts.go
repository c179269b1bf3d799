package chronicle

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/archsync/archsync/internal/synclog"
)

// Steps are the last n steps of the timeline, oldest first: each snapshot compared with
// the one before it, the first of all with an empty log. A snapshot that cannot be read
// is a problem of its step, and the next one is compared with the last that could be. Of
// what the memo has no snapshot is read; what had a problem is compared again each time.
//
// It stops early, with the context's error, when ctx is done.
func (t Timeline) Steps(ctx context.Context, n int) ([]Step, error) {
	first := max(0, len(t.Snapshots)-max(0, n))
	steps := make([]Step, len(t.Snapshots)-first)
	var once sync.Once
	var failure error
	inChunks(len(steps), neighbours, func(i int) {
		var err error
		if steps[i], err = t.step(ctx, first+i); err != nil {
			once.Do(func() { failure = err })
		}
	})
	if failure != nil {
		return nil, failure
	}
	return steps, nil
}

// neighbours is how many steps one goroutine takes at a time: they share what they read.
const neighbours = 16

// countsForm is the version of what the memo keeps of a step.
const countsForm = "counts 1 "

// step compares a snapshot with the last one before it that can be read. Only where
// that is its neighbour, as the key says, it is remembered.
func (t Timeline) step(ctx context.Context, i int) (Step, error) {
	s := Step{Snapshot: t.Snapshots[i]}
	key := t.key(countsForm, span{i, i + 1})
	if t.Memo != nil {
		if kept, ok := t.Memo.Get(key); ok && json.Unmarshal(kept, &s.Counts) == nil {
			return s, nil
		}
	}
	read := func(s Snapshot) (*synclog.Log, error) { return t.Read(ctx, s) }
	before, neighbour := &synclog.Log{}, true
	for j := i - 1; j >= 0; j-- {
		if log, err := read(t.Snapshots[j]); err == nil {
			before = log
			break
		}
		neighbour = false
	}
	found, err := compare(ctx, before, s.Snapshot, read)
	if err != nil {
		return s, err
	}
	if t.Memo != nil && neighbour && len(found.Problems) == 0 {
		if kept, err := json.Marshal(found.Counts); err == nil {
			t.Memo.Put(key, kept)
		}
	}
	return found, nil
}
