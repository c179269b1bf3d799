package chronicle

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Intervals is everything that happened, sync by sync, the oldest first: the first
// sync is compared with an empty log, and in the end the present, where the timeline
// has one, with the last sync. A snapshot that cannot be read is a problem of its
// interval, and what cannot be read in one counts as not changed until it can.
//
// What is in the memo is not read. It stops early, with the context's error, when ctx
// is done.
func (t Timeline) Intervals(ctx context.Context) ([]Interval, error) {
	n := len(t.Snapshots)
	intervals := make([]Interval, n, n+1)
	missing := t.recall(intervals)
	err := t.compare(ctx, intervals, missing)
	if err == nil && t.Now != nil {
		before, _, why := t.mended(ctx, n-1)
		err = why
		intervals = append(intervals, between(before, t.Now.Mended(before), Snapshot{}))
	}
	if err != nil {
		return nil, err
	}
	return intervals, ctx.Err()
}

// form is the version of what the memo keeps of an interval: another one makes all
// that was kept unknown.
const form = "interval 2 "

// key names what an interval is computed from.
func (t Timeline) key(i int) string {
	before := "nothing"
	if i > 0 {
		before = t.Snapshots[i-1].Commit
	}
	return form + before + " " + t.Snapshots[i].Commit
}

// recall fills in the intervals that the memo has, and gives the places of the others.
func (t Timeline) recall(intervals []Interval) (missing []int) {
	known := make([]bool, len(intervals))
	if t.Memo != nil {
		inChunks(len(intervals), func(i int) {
			if kept, ok := t.Memo.Get(t.key(i)); ok {
				intervals[i], known[i] = decodeInterval(kept, t.Snapshots[i])
			}
		})
	}
	for i, ok := range known {
		if !ok {
			missing = append(missing, i)
		}
	}
	return missing
}

// compare computes the intervals at some places.
func (t Timeline) compare(ctx context.Context, intervals []Interval, missing []int) error {
	var once sync.Once
	var failure error
	inChunks(len(missing), func(j int) {
		if err := t.compareOne(ctx, intervals, missing[j]); err != nil {
			once.Do(func() { failure = err })
		}
	})
	return failure
}

func (t Timeline) compareOne(ctx context.Context, intervals []Interval, i int) error {
	before, whole, err := t.mended(ctx, i-1)
	if err != nil {
		return err
	}
	at := t.Snapshots[i]
	log, err := t.Read(ctx, at)
	if ctx.Err() != nil { // what was read meanwhile may be half of it
		return ctx.Err()
	}
	if err != nil {
		intervals[i] = Interval{At: at, Problems: []problem.Problem{unreadable(at, err)}}
		return nil
	}
	intervals[i] = between(before, log.Mended(before), at)
	if t.Memo != nil && whole && log.Whole() {
		t.Memo.Put(t.key(i), encodeInterval(intervals[i]))
	}
	return nil
}

func unreadable(s Snapshot, err error) problem.Problem {
	return problem.Problem{Path: name(s), What: "snapshot cannot be read: " + err.Error()}
}

// mended is the log at a place of the timeline, with what cannot be read there as it
// was before; whole tells whether everything could. Before the first sync it is empty.
func (t Timeline) mended(ctx context.Context, i int) (log *synclog.Log, whole bool, err error) {
	if i < 0 {
		return &synclog.Log{}, true, ctx.Err()
	}
	log, err = t.Read(ctx, t.Snapshots[i])
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err == nil && log.Whole() {
		return log, true, nil
	}
	before, _, why := t.mended(ctx, i-1)
	if err != nil || why != nil {
		return before, false, why
	}
	return log.Mended(before), false, nil
}

// chunk is how many neighbours one goroutine takes at a time: they share what they read.
const chunk = 8

// inChunks calls do for 0 to n-1 from as many goroutines as there are processors, and
// waits for all.
func inChunks(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+chunk-1)/chunk) {
		group.Go(func() {
			for from := int(next.Add(chunk)) - chunk; from < n; from = int(next.Add(chunk)) - chunk {
				for i := from; i < min(from+chunk, n); i++ {
					do(i)
				}
			}
		})
	}
	group.Wait()
}
