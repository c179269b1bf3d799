// Package chronicle is a timeline of moments as values: what each sync held and
// what changed from one to the next. It knows no git: snapshots come in with a
// function that reads one, so that a test's timeline is a slice of maps.
package chronicle

import (
	"context"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Snapshot names one closed sync.
type Snapshot struct {
	Date   string // ISO date of the sync in the log's time zone
	Tag    string // "" when it is known by its commit's trailer alone
	Commit string // hexadecimal
}

// Step is one sync of the timeline and what changed since the one before.
type Step struct {
	Snapshot
	Counts   synclog.Counts
	Problems []problem.Problem // why the snapshot could not be read or compared
}

// Steps compares every snapshot with the one before it, oldest first; the first
// is compared with an empty log. A snapshot that cannot be read is a problem of
// its step, and the next one is compared with the last that could be.
//
// It stops early, with the context's error, when ctx is done.
func Steps(ctx context.Context, snapshots []Snapshot, read func(Snapshot) (*synclog.Log, error)) ([]Step, error) {
	return steps(ctx, &synclog.Log{}, snapshots, read)
}

// Last is the last n of [Steps], for the price of reading n snapshots and the one
// before them.
func Last(ctx context.Context, snapshots []Snapshot, n int, read func(Snapshot) (*synclog.Log, error)) ([]Step, error) {
	first := max(0, len(snapshots)-max(0, n))
	before := &synclog.Log{}
	for i := first - 1; i >= 0; i-- {
		if log, err := read(snapshots[i]); err == nil {
			before = log
			break
		}
	}
	return steps(ctx, before, snapshots[first:], read)
}

func steps(ctx context.Context, before *synclog.Log, snapshots []Snapshot, read func(Snapshot) (*synclog.Log, error)) ([]Step, error) {
	steps := make([]Step, 0, len(snapshots))
	for _, s := range snapshots {
		step := Step{Snapshot: s}
		log, err := read(s)
		if err := ctx.Err(); err != nil { // what was read meanwhile may be half of it
			return nil, err
		}
		if err != nil {
			step.Problems = []problem.Problem{{Path: name(s), What: "snapshot cannot be read: " + err.Error()}}
			steps = append(steps, step)
			continue
		}
		d := synclog.Diff(before, log)
		step.Counts, step.Problems = d.Counts(), d.Problems
		steps = append(steps, step)
		before = log
	}
	return steps, nil
}

func name(s Snapshot) string {
	if s.Tag != "" {
		return s.Tag
	}
	return s.Commit
}
