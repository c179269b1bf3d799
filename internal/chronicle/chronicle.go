// Package chronicle is a timeline of moments as values: what each sync held and
// what changed from one to the next. It knows no git: snapshots come in with a
// function that reads one, so that a test's timeline is a slice of maps.
package chronicle

import (
	"context"
	"slices"

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

// compare is the step of a snapshot from the last one before it that could be read. One
// that cannot be read is a problem of its step. The error is the context's.
func compare(ctx context.Context, before *synclog.Log, s Snapshot, read func(Snapshot) (*synclog.Log, error)) (Step, error) {
	step := Step{Snapshot: s}
	log, err := read(s)
	if err := ctx.Err(); err != nil { // what was read meanwhile may be half of it
		return Step{}, err
	}
	if err != nil {
		step.Problems = []problem.Problem{{Path: name(s), What: "snapshot cannot be read: " + err.Error()}}
		return step, nil
	}
	d := synclog.Diff(before, log)
	step.Counts, step.Problems = d.Counts(), d.Problems
	return step, nil
}

// HasSync tells whether the sync of a date is among the snapshots.
func HasSync(snapshots []Snapshot, date string) bool {
	return slices.ContainsFunc(snapshots, func(s Snapshot) bool { return s.Date == date })
}

func name(s Snapshot) string {
	if s.Tag != "" {
		return s.Tag
	}
	return s.Commit
}
