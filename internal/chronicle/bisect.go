package chronicle

import (
	"context"

	"github.com/archsync/archsync/internal/synclog"
)

// Bisected is what [Timeline.First] and [Timeline.Last] found.
type Bisected struct {
	At    Snapshot // the zero Snapshot for the present
	Found bool
	Asked int // how many moments were asked
}

// First is the first moment at which a predicate holds, of those after the date since,
// provided that from then on it holds to the end. It asks about log2 n of n moments, and
// gives some moment at which it begins to hold where that is not so. What does not hold
// in the end is found only where it holds in the beginning.
func (t Timeline) First(ctx context.Context, p Predicate, since string) (Bisected, error) {
	return t.bisect(ctx, p, since, true)
}

// Last is the last moment at which a predicate holds, provided that it holds from the
// beginning until then and never again: the mirror of [Timeline.First]. What does not
// hold in the beginning is found only where it holds in the end.
func (t Timeline) Last(ctx context.Context, p Predicate, since string) (Bisected, error) {
	return t.bisect(ctx, p, since, false)
}

// bisect looks for the one place where the truth changes. Between low, where it is as in
// the beginning, and high, where it is as in the end, there is one.
func (t Timeline) bisect(ctx context.Context, p Predicate, since string, first bool) (Bisected, error) {
	low := 0
	for low < len(t.Snapshots) && t.Snapshots[low].Date <= since {
		low++
	}
	b := bisection{Timeline: t, ctx: ctx, predicate: p}
	high := len(t.Snapshots) - 1
	if t.Now != nil {
		high++
	}
	if high < low {
		return Bisected{}, ctx.Err()
	}
	sure, other := low, high
	if first {
		sure, other = high, low
	}
	if !b.holds(sure) {
		if b.err != nil || sure == other || !b.holds(other) {
			return Bisected{Asked: b.asked}, b.err
		}
		return b.found(other), b.err
	}
	low, high = low-1, high+1
	if first {
		high--
	} else {
		low++
	}
	for high-low > 1 && b.err == nil {
		middle := (low + high) / 2
		if b.holds(middle) == first {
			high = middle
		} else {
			low = middle
		}
	}
	if first {
		return b.found(high), b.err
	}
	return b.found(low), b.err
}

// bisection counts what was asked.
type bisection struct {
	Timeline
	ctx       context.Context
	predicate Predicate
	asked     int
	err       error
}

// found is the answer at one moment of the timeline.
func (b *bisection) found(i int) Bisected {
	result := Bisected{Found: true, Asked: b.asked}
	if i < len(b.Snapshots) {
		result.At = b.Snapshots[i]
	}
	return result
}

func (b *bisection) holds(i int) bool {
	b.asked++
	before, _, err := b.mended(b.ctx, i-1)
	if err != nil {
		b.err = err
		return false
	}
	var log *synclog.Log
	at := Snapshot{}
	if i < len(b.Snapshots) {
		at = b.Snapshots[i]
		log, _, b.err = b.mended(b.ctx, i)
	} else if log, b.err = b.Now.Read(b.ctx); b.err == nil {
		log = log.Mended(before)
	}
	if b.err != nil {
		return false
	}
	was := instant{state: StateOf(log, at), in: between(before, log, at)}
	if i > 0 {
		was.before = b.Snapshots[i-1]
	}
	return b.predicate.root.holds(was)
}
