package chronicle

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/synclog"
)

// A store is renamed twice, moved, and a neighbour of it goes; one sync cannot be read.
func TestNames(t *testing.T) {
	diagrams := []string{
		"api: API\ndata: { cassandra: Store { shape: cylinder } }\napi -> data.cassandra: writes\napi -> old",
		"",
		"api: API\ndata: { scylla: Store { shape: cylinder } }\napi -> data.scylla: writes\napi -> old",
		"api: API\ndata: { scylladb: Store { shape: cylinder } }\napi -> data.scylladb: writes",
		"data: { scylladb: Store { shape: cylinder } }\ngateway: API\ngateway -> data.scylladb: writes\ngateway -> late",
	}
	reader := synclog.NewReader(synclog.DefaultLimits())
	reads := 0
	read := func(s Snapshot) (*synclog.Log, error) {
		reads++
		text := diagrams[int(s.Date[len(s.Date)-1]-'0')]
		if text == "" {
			return nil, errors.New("it is missing")
		}
		fsys := fstest.MapFS{"log/archsync.yaml": {}, "log/diagrams/architecture.d2": {Data: []byte(text)}}
		return reader.Read(context.Background(), fsys, "log", synclog.Diagrams), nil
	}
	var snapshots []Snapshot
	for _, date := range []string{"2026-03-00", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"} {
		snapshots = append(snapshots, Snapshot{Date: date})
	}
	last, _ := read(snapshots[4])
	backward := slices.Clone(snapshots[:4])
	slices.Reverse(backward)
	names := NewNames(t.Context(), last, backward, read)
	for _, c := range []struct {
		ref, here, known string
		found            bool
	}{
		{"data.scylla", "data.scylladb", "2026-03-02", true},
		{"data.cassandra", "data.scylladb", "2026-03-00", true},
		{"api -> data.cassandra", "gateway -> data.scylladb", "2026-03-00", true},
		{"api -> data.cassandra: writes", "", "", false}, // one connection has no label in its name
		{"api", "gateway", "2026-03-03", true},
		{"old", "", "2026-03-02", true},
		{"api -> old", "", "2026-03-02", true},
		{"never", "", "", false},
	} {
		got, found := names.Find(c.ref)
		if found != c.found || got.Here != c.here || got.Known.Date != c.known {
			t.Errorf("%s: %+v, %v", c.ref, got, found)
		}
	}
	if reads != 5 {
		t.Errorf("%d readings of 5 moments", reads)
	}

	first, _ := read(snapshots[0])
	later := NewNames(t.Context(), first, snapshots[1:], read)
	if got, found := later.Find("data.scylladb"); !found || got.Here != "data.cassandra" || got.Known.Date != "2026-03-03" {
		t.Errorf("forwards: %+v, %v", got, found)
	}
	if got, found := later.Find("late"); !found || got.Here != "" {
		t.Errorf("what comes later: %+v, %v", got, found)
	}
}

func TestNamesStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	names := NewNames(ctx, &synclog.Log{}, []Snapshot{{Date: "2026-03-01"}}, func(Snapshot) (*synclog.Log, error) {
		t.Error("it goes on reading")
		return nil, nil
	})
	if got, found := names.Find("a"); found {
		t.Errorf("found %+v", got)
	}
}
