package chronicle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	spans := t.spans()
	if t.Now != nil {
		intervals = append(intervals, Interval{})
		spans = append([]span{{n, n + 1}}, spans...) // the present has to be read, which takes longest
	}
	var once sync.Once
	var failure error
	inChunks(len(spans), 1, func(i int) {
		var err error
		if spans[i].from == n {
			intervals[n], err = t.present(ctx)
		} else {
			err = t.fill(ctx, intervals, spans[i])
		}
		if err != nil {
			once.Do(func() { failure = err })
		}
	})
	if failure != nil {
		return nil, failure
	}
	return intervals, ctx.Err()
}

// form is the version of what the memo keeps of intervals: another one makes all that
// was kept unknown.
const form = "intervals 5 "

// spanLength is how many intervals the memo keeps in one entry: few files are read
// faster than many.
const spanLength = 16

// span is the places of neighbouring intervals, without the last.
type span struct{ from, to int }

// spans cut a timeline from its beginning. What is left in the end is kept one by one,
// so that a new sync costs only itself.
func (t Timeline) spans() []span {
	var spans []span
	for from := 0; from < len(t.Snapshots); {
		to := from + 1
		if from+spanLength <= len(t.Snapshots) {
			to = from + spanLength
		}
		spans = append(spans, span{from, to})
		from = to
	}
	return spans
}

// key names what is computed of a span from its syncs and the one before it, and in
// which form it is kept.
func (t Timeline) key(form string, s span) string {
	h := sha256.New()
	if s.from > 0 {
		fmt.Fprintln(h, t.Snapshots[s.from-1].Commit)
	}
	for _, snapshot := range t.Snapshots[s.from:s.to] {
		fmt.Fprintln(h, "to", snapshot.Commit)
	}
	return form + hex.EncodeToString(h.Sum(nil))
}

// recall fills in the intervals of a span, if the memo has them.
func (t Timeline) recall(intervals []Interval, s span) bool {
	if t.Memo == nil {
		return false
	}
	content, ok := t.Memo.Get(t.key(form, s))
	if !ok || !decodeIntervals(content, t.Snapshots[s.from:s.to], intervals[s.from:s.to]) {
		return false
	}
	for i := s.from; i < s.to; i++ {
		intervals[i].whole = true // or it would not have been kept
	}
	return true
}

func (t Timeline) keep(intervals []Interval, s span) {
	if t.Memo != nil {
		t.Memo.Put(t.key(form, s), encodeIntervals(intervals[s.from:s.to]))
	}
}

// fill finds the intervals of a span, and keeps those of which everything could be read:
// as one when that is so of all.
func (t Timeline) fill(ctx context.Context, intervals []Interval, s span) error {
	if t.recall(intervals, s) {
		return nil
	}
	var fresh []span
	all := true
	w := walk{Timeline: t, at: s.from - 2}
	for i := s.from; i < s.to; i++ {
		one := span{i, i + 1}
		if one != s && t.recall(intervals, one) {
			continue
		}
		in, err := w.interval(ctx, i)
		if err != nil {
			return err
		}
		intervals[i] = in
		if all = all && in.whole; in.whole {
			fresh = append(fresh, one)
		}
	}
	if all {
		fresh = []span{s}
	}
	for _, s := range fresh {
		t.keep(intervals, s)
	}
	return nil
}

// walk goes along a timeline and has the last log that it read at hand.
type walk struct {
	Timeline
	at    int          // the place of the log
	log   *synclog.Log // mended
	whole bool         // nothing had to be
}

// interval is the one at a place.
func (w *walk) interval(ctx context.Context, i int) (in Interval, err error) {
	if w.at != i-1 {
		w.at = i - 1
		if w.log, w.whole, err = w.mended(ctx, i-1); err != nil {
			return Interval{}, err
		}
	}
	before, at := *w, w.Snapshots[i]
	log, err := w.Read(ctx, at)
	if ctx.Err() != nil { // what was read meanwhile may be half of it
		return Interval{}, ctx.Err()
	}
	w.at = i
	if err != nil {
		w.whole = false
		return Interval{At: at, Problems: []problem.Problem{unreadable(at, err)}}, nil
	}
	w.log, w.whole = log.Mended(before.log), log.Whole()
	in = between(before.log, w.log, at)
	in.whole = before.whole && w.whole
	return in, nil
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

// inChunks calls do for 0 to n-1 from as many goroutines as there are processors, each
// of which takes a number of neighbours at a time, and waits for all.
func inChunks(n, chunk int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+chunk-1)/chunk) {
		group.Go(func() {
			for to := int(next.Add(int64(chunk))); to-chunk < n; to = int(next.Add(int64(chunk))) {
				for i := to - chunk; i < min(to, n); i++ {
					do(i)
				}
			}
		})
	}
	group.Wait()
}
