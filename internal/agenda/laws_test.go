package agenda

import (
	"context"
	"encoding/json"
	"io/fs"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/demo"
	"github.com/archsync/archsync/internal/synclog"
)

// shownSync is a sync of a made-up past, and the one before it.
type shownSync struct {
	date        string
	before, now *synclog.Log
}

// demoSyncs plays a past and reads the log at each of its syncs.
func demoSyncs(t *rapid.T, ctx context.Context, o demo.Options) []shownSync {
	reader := synclog.NewReader(synclog.DefaultLimits())
	read := func(fsys fs.FS) *synclog.Log {
		if fsys == nil {
			return nil
		}
		return reader.Read(ctx, fsys, "sync-log", synclog.All)
	}
	var syncs []shownSync
	closer := func(ctx context.Context, before, now fs.FS, date, host string) (demo.Closing, error) {
		s := shownSync{date: date, before: read(before), now: read(now)}
		syncs = append(syncs, s)
		clearing, err := synclog.Clear(s.now)
		return demo.Closing{Files: map[string][]byte{}, Message: "Close\n", TagMessage: "Close\n", Clear: clearing, ClearMessage: "Clear\n"}, err
	}
	for _, err := range demo.Past(ctx, o, closer) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return syncs
}

// Law: every change between two syncs is in the minutes exactly once, between
// neighbours and between any two of a past. And what the memo keeps of a past is all
// of it.
func TestMinutesTellEveryChangeOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := demo.Options{Seed: rapid.Uint64Range(1, 1000).Draw(r, "seed"), Syncs: rapid.IntRange(2, 8).Draw(r, "syncs"), Groups: rapid.IntRange(1, 9).Draw(r, "groups")}
		syncs := demoSyncs(r, t.Context(), o)
		past := &Past{}
		for i, s := range syncs {
			told(t, NewSync(s.date, s.now, s.before, past))
			if i > 1 {
				far := syncs[rapid.IntRange(0, i-2).Draw(r, "far")]
				told(t, NewSync(s.date, s.now, far.now, past))
			}
			past.Add(s.date, s.now)
		}
		text, err := json.Marshal(past)
		if err != nil {
			r.Fatal(err)
		}
		again := &Past{}
		if err := json.Unmarshal(text, again); err != nil || !reflect.DeepEqual(past.syncs, again.syncs) || !reflect.DeepEqual(past.components, again.components) || len(past.items) != len(again.items) {
			r.Errorf("a past comes back as another one: %v", err)
		}
	})
}
