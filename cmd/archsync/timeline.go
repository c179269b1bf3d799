package main

import (
	"slices"

	"github.com/archsync/archsync/internal/cache"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
)

// chronicles keeps what was found out about timelines in the user's cache folder.
type chronicles struct{ cache *cache.Cache }

// Get implements [chronicle.Memo].
func (c chronicles) Get(key string) ([]byte, bool) { return c.cache.Get("chronicle", key) }

// Put implements [chronicle.Memo]. What cannot be kept is found out again.
func (c chronicles) Put(key string, value []byte) { _ = c.cache.Put("chronicle", key, value) }

// memo is what was found out about the past, in the user's cache, which is opened once.
func (v *invocation) memo() chronicle.Memo {
	if v.kept == nil {
		v.kept = v.openCache()
	}
	return chronicles{v.kept}
}

// until are the syncs up to the moment that --at names, the last of them included,
// and the timeline's problems.
func (v *invocation) until(at string) ([]chronicle.Snapshot, history.Moment, []problem.Problem, error) {
	m, err := v.moment(at)
	if err != nil {
		return nil, m, nil, err
	}
	snapshots, problems, err := v.archive.Dates()
	if err != nil {
		return nil, m, nil, err
	}
	snapshots = slices.DeleteFunc(snapshots, func(s chronicle.Snapshot) bool { return m.Kind != history.Now && s.Date > m.Date })
	return snapshots, m, problems, nil
}
