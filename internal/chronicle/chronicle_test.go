package chronicle

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// timeline is four syncs: one item more at each, a component at the last; the
// third cannot be read.
func timeline() ([]Snapshot, func(Snapshot) (*synclog.Log, error)) {
	reader := synclog.NewReader(synclog.DefaultLimits())
	var snapshots []Snapshot
	logs := map[string]fstest.MapFS{}
	items := ""
	for i, id := range []string{"aaaaa", "bbbbb", "ccccc", "ddddd"} {
		date := fmt.Sprintf("2026-03-%02d", i+1)
		items += fmt.Sprintf("  - id: %s\n    title: Item %d\n    status: ongoing\n", id, i)
		logs[date] = fstest.MapFS{
			"log/archsync.yaml":            {Data: []byte("title: Test\n")},
			"log/board/storage.yaml":       {Data: []byte("items:\n" + items)},
			"log/diagrams/architecture.d2": {Data: []byte("a -> b\n")},
		}
		snapshots = append(snapshots, Snapshot{Date: date, Tag: "sync/" + date, Commit: fmt.Sprint(i)})
	}
	logs["2026-03-04"]["log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte("a -> b\nc\n")}
	return snapshots, func(s Snapshot) (*synclog.Log, error) {
		if s.Date == "2026-03-03" {
			return nil, errors.New("the object is missing")
		}
		return reader.Read(context.Background(), logs[s.Date], "log", synclog.All), nil
	}
}

// stepsOf are the last n steps of a timeline without a memo.
func stepsOf(ctx context.Context, snapshots []Snapshot, n int, read func(Snapshot) (*synclog.Log, error)) ([]Step, error) {
	t := Timeline{Snapshots: snapshots, Read: func(_ context.Context, s Snapshot) (*synclog.Log, error) { return read(s) }}
	return t.Steps(ctx, n)
}

func TestSteps(t *testing.T) {
	snapshots, read := timeline()
	steps, err := stepsOf(t.Context(), snapshots, len(snapshots), read)
	if err != nil {
		t.Fatal(err)
	}
	want := []synclog.Counts{
		{Items: change.Counts{Added: 1}, Components: change.Counts{Added: 2}, Connections: change.Counts{Added: 1}},
		{Items: change.Counts{Added: 1}},
		{},
		{Items: change.Counts{Added: 2}, Components: change.Counts{Added: 1}}, // compared with the second
	}
	for i, s := range steps {
		if s.Snapshot != snapshots[i] || s.Counts != want[i] {
			t.Errorf("step %d: %+v, want %+v", i, s, want[i])
		}
		if unreadable := i == 2; unreadable != (len(s.Problems) == 1) {
			t.Errorf("step %d: problems %v", i, s.Problems)
		}
	}
	if p := steps[2].Problems[0]; p.Path != "sync/2026-03-03" || !strings.Contains(p.What, "the object is missing") {
		t.Errorf("problem %q", p)
	}
}

// Law: the last n steps are those of the whole timeline, wherever it is cut.
func TestLastIsTheEndOfSteps(t *testing.T) {
	snapshots, read := timeline()
	all, err := stepsOf(t.Context(), snapshots, len(snapshots), read)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(snapshots) + 2 {
		last, err := stepsOf(t.Context(), snapshots, n, read)
		if err != nil {
			t.Fatal(err)
		}
		if want := all[max(0, len(all)-n):]; !reflect.DeepEqual(last, want) {
			t.Errorf("last %d: %+v, want %+v", n, last, want)
		}
	}
}

func TestStepsStop(t *testing.T) {
	snapshots, read := timeline()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if steps, err := stepsOf(ctx, snapshots, len(snapshots), read); !errors.Is(err, context.Canceled) || steps != nil {
		t.Errorf("got %v, %v", steps, err)
	}
}

// A snapshot whose reading was cut short is not taken for an unreadable one, the
// last one neither.
func TestStepsStopWhileReading(t *testing.T) {
	snapshots, read := timeline()
	for n := range len(snapshots) {
		ctx, cancel := context.WithCancel(t.Context())
		cut := func(s Snapshot) (*synclog.Log, error) {
			if s == snapshots[n] {
				cancel()
				return nil, ctx.Err()
			}
			return read(s)
		}
		if steps, err := stepsOf(ctx, snapshots, len(snapshots), cut); !errors.Is(err, context.Canceled) || steps != nil {
			t.Errorf("stopped at %d: got %v, %v", n, steps, err)
		}
		cancel()
	}
}
