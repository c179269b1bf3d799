package chronicle

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// Three items stand on the board at the beginning and are gone in the end. What
// became of them only the syncs in between know.
func TestFates(t *testing.T) {
	boards := map[string]string{
		"2026-03-01": "items:\n  - {id: aaaaa, title: A, status: ongoing}\n  - {id: bbbbb, title: B, status: ongoing}\n  - {id: ccccc, title: C, status: planned}\n",
		"2026-03-02": "items:\n  - {id: aaaaa, title: A, status: done}\n  - {id: bbbbb, title: B, status: done}\n  - {id: ccccc, title: C, status: planned}\n",
		"2026-03-03": "items:\n  - {id: bbbbb, title: B, status: dropped}\n",
		"2026-03-04": "items: []\n",
	}
	reader := synclog.NewReader(synclog.DefaultLimits())
	read := func(s Snapshot) (*synclog.Log, error) {
		text, ok := boards[s.Date]
		if !ok {
			return nil, errors.New("it is missing")
		}
		fsys := fstest.MapFS{"log/archsync.yaml": {}, "log/board/storage.yaml": {Data: []byte(text)}}
		return reader.Read(context.Background(), fsys, "log", synclog.Board), nil
	}
	first, _ := read(Snapshot{Date: "2026-03-01"})
	last, _ := read(Snapshot{Date: "2026-03-04"})
	changes := synclog.Diff(first, last).Items
	between := []Snapshot{{Date: "2026-03-02"}, {Date: "2026-03-02b"}, {Date: "2026-03-03"}, {Date: "2026-03-04"}}
	told, err := Fates(t.Context(), changes, between, read)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]change.Reason{"aaaaa": change.ReasonDelivered, "bbbbb": change.ReasonDropped, "ccccc": change.ReasonRemoved}
	for _, c := range told {
		if c.Reason != want[c.Subject] || c.Kind != change.Removed {
			t.Errorf("%s: %s, want %s", c.Subject, c.Reason, want[c.Subject])
		}
	}
	if len(told) != 3 || changes[0].Reason != change.ReasonRemoved {
		t.Errorf("told %v, and the argument is %v", told, changes)
	}
}
