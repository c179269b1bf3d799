package chronicle

import (
	"context"

	"github.com/archsync/archsync/internal/synclog"
)

// Timeline is a log through time: the closed syncs, oldest first, and behind them
// the present, with the way to read them. Events, biographies, predicates, search and
// stats are functions of one.
type Timeline struct {
	Snapshots []Snapshot

	// Read reads a snapshot whole. It is called from several goroutines at once and
	// remembers what it parsed by content, so that two snapshots that share a file
	// share its value.
	Read func(context.Context, Snapshot) (*synclog.Log, error)

	Now  *Present // nil where the question ends with the last snapshot
	Memo Memo     // what was computed before; nil remembers nothing
}

// Memo keeps results by a key that names everything they depend on, the version of
// their form among it. Both methods may be called from several goroutines and by
// several processes; what is given back is what was put, or nothing.
type Memo interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}
