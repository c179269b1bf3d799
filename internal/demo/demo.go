// Package demo makes up the past of Lumen, an observability company that never
// was: its groups and their work, an architecture that grows out of a monolith,
// the decisions that explain its turns. It is what archsync is shown, tested and
// measured on.
//
// The story is told in the files under story/, which are meant to be read. The
// package plays it, sync by sync, as the commits that people would have made. It
// is made from its [Options] alone: the same options give the same bytes, on any
// machine and at any time.
//
// How a sync is closed is not its business: minutes, picture and clearing come
// from a [Closer].
package demo

import (
	"context"
	"io/fs"
	"iter"

	"github.com/archsync/archsync/internal/history"
)

// Options say how much past is made. The zero value is the story as it was
// written: 7 groups, 52 syncs, about 40 components.
type Options struct {
	Dir  string // folder of the log in the repository; "" means sync-log
	Seed uint64 // of everything that is drawn: ids, times of day, what is generated

	// Beyond the story all is generated around it, and what asks for less than
	// the story is ignored, but for the first two.
	Groups        int // how many groups; fewer than 7 leave the last ones of the story out
	Syncs         int // how many syncs; fewer than 52 are the last ones of the story, more come before it
	Shapes        int // components of the architecture at the end, containers included
	ItemsPerGroup int // items on a group's board at a sync
	ChangedGroups int // files of groups that change from sync to sync; 0 means three in ten once groups are generated
}

// Decade is the log that benchmarks use: ten years of fifty groups.
func Decade(seed uint64) Options {
	return Options{Seed: seed, Groups: 50, Syncs: 260, Shapes: 150, ItemsPerGroup: 20, ChangedGroups: 15}
}

// Closer computes how the sync of date is closed: before is the last snapshot
// (nil at the first), now the repository as it stands, with a record in
// syncs/DATE.md of who was there.
type Closer func(ctx context.Context, before, now fs.FS, date, host string) (Closing, error)

// Closing is what a [Closer] gives. Paths are relative to the repository.
type Closing struct {
	Files      map[string][]byte // of the snapshot commit
	Message    string
	TagMessage string

	Clear        map[string][]byte // of the commit after it; empty makes no commit
	ClearMessage string
}

// Past is the whole past as commits, oldest first. It ends with the first error,
// which is the Closer's, the context's, or a fault in the story.
func Past(ctx context.Context, o Options, closer Closer) iter.Seq2[history.Episode, error] {
	return func(yield func(history.Episode, error) bool) {
		p, err := newPlayer(o, closer, yield)
		if err == nil {
			err = p.play(ctx)
		}
		if err != nil && err != errStopped {
			yield(history.Episode{}, err)
		}
	}
}
