package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

// pastOf is the whole past of a log, up to now, which is open until the test ends.
func pastOf(t *testing.T, root string) chronicle.Timeline {
	t.Helper()
	root, dir, err := history.FindLog(root)
	if err != nil {
		t.Fatal(err)
	}
	a, err := history.OpenArchive(root, dir, synclog.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	past, err := a.Past(t.Context(), history.Moment{Kind: history.Now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return past
}

// foldsTo holds the law that the intervals up to a sync, applied one after the other,
// give what the log says at that sync, on every sync of a log.
func foldsTo(t *testing.T, root string) {
	t.Helper()
	past := pastOf(t, root)
	intervals, err := past.Intervals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var state chronicle.State
	before := &synclog.Log{}
	for i, in := range intervals {
		state.Apply(in)
		read := past.Now.Read
		if i < len(past.Snapshots) {
			read = func(ctx context.Context) (*synclog.Log, error) { return past.Read(ctx, past.Snapshots[i]) }
		}
		log, err := read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before = log.Mended(before)
		want := chronicle.StateOf(before, in.At)
		for _, kind := range chronicle.Kinds() {
			if is, should := state.Subjects(kind), want.Subjects(kind); !reflect.DeepEqual(is, should) {
				t.Fatalf("%s: %ss %v\nwant %v", in.At.Date, kind, is, should)
			}
			for _, s := range want.Subjects(kind) {
				if is, should := state.Facts(s), want.Facts(s); !reflect.DeepEqual(is, should) {
					t.Fatalf("%s: %v says %v\nwant %v", in.At.Date, s, is, should)
				}
			}
		}
	}
	if len(intervals) < 3 {
		t.Fatalf("%d intervals", len(intervals))
	}
}

// Law: folding all events up to a sync gives the state at that sync, on the demo and on
// generated logs of many seeds.
func TestEventsGiveTheState(t *testing.T) {
	made, seeds := [][]string{{"demo"}}, 6
	if testing.Short() {
		made, seeds = nil, 2
	}
	for seed := range seeds {
		made = append(made, []string{"demo", "--seed", fmt.Sprint(seed + 1), "--groups", "5", "--syncs", "15", "--items", "5", "--shapes", "25"})
	}
	for _, args := range made {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			root, err := madeLog(args...)
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(filepath.Dir(root))
			foldsTo(t, root)
		})
	}
}

// Law: warm and cold answers are equal, and a cache that was cut short or altered
// changes none.
func TestDamagedCacheChangesNoAnswer(t *testing.T) {
	root, err := madeLog("demo", "--groups", "4", "--syncs", "8", "--items", "4", "--shapes", "20")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(filepath.Dir(root))
	cacheDir := t.TempDir()
	ask := func(args ...string) string {
		t.Helper()
		w := scripted()
		var out, errs strings.Builder
		w.out, w.errs, w.cwd, w.cacheDir = &out, &errs, root, cacheDir
		if code := run(t.Context(), args, w); code != exitDone || errs.String() != "" {
			t.Fatalf("%v: exit %d, %s", args, code, errs.String())
		}
		return out.String()
	}
	questions := [][]string{
		{"why", "ingest", "--kind", "component", "--json"}, {"why", "ingest", "--kind", "group", "--json"},
		{"when", "count items > 10 or exists ingest.kafka", "--json"}, {"when", "group ingest has no update", "--json"},
	}
	var cold []string
	for _, q := range questions {
		cold = append(cold, ask(q...))
	}
	files, err := filepath.Glob(filepath.Join(cacheDir, "archsync", "*", "*"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files in the cache, %v", len(files), err)
	}
	damages := map[string]func([]byte) []byte{
		"kept":    func(b []byte) []byte { return b },
		"cut":     func(b []byte) []byte { return b[:len(b)*2/3] },
		"empty":   func([]byte) []byte { return nil },
		"altered": func(b []byte) []byte { b[len(b)-1] ^= 0x20; return b },
	}
	for name, damage := range damages {
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for i, q := range questions {
			if got := ask(q...); got != cold[i] {
				t.Errorf("%s: %v\n%s\nwant\n%s", name, q, got, cold[i])
			}
		}
	}
}
