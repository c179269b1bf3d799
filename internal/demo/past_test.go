package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"
	_ "time/tzdata" // the company's zone, wherever the tests run

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

// past is a played past: its commits, the log at every sync and in the end.
type past struct {
	episodes []history.Episode
	dates    []string
	logs     map[string]*synclog.Log // as it was closed, by date
	last     *synclog.Log            // after everything
	files    map[string][]byte       // the repository after everything
}

// read plays a past with the closing that archsync itself does, without pictures.
func read(t testing.TB, o Options) *past {
	t.Helper()
	reader := synclog.NewReader(synclog.DefaultLimits())
	p := &past{logs: map[string]*synclog.Log{}, files: map[string][]byte{}}
	closer := func(ctx context.Context, before, now fs.FS, date, host string) (Closing, error) {
		c := synclog.Closing{Date: date, Host: host, Now: reader.Read(ctx, now, "sync-log", synclog.All)}
		if before != nil {
			c.Before = reader.Read(ctx, before, "sync-log", synclog.All)
		}
		p.dates, p.logs[date] = append(p.dates, date), c.Now
		plan, err := synclog.PlanClose(c)
		return Closing{plan.Files, plan.Message, plan.TagMessage, plan.Clear, plan.ClearMessage}, err
	}
	for e, err := range Past(t.Context(), o, closer) {
		if err != nil {
			t.Fatal(err)
		}
		p.episodes = append(p.episodes, e)
		for name, data := range e.Files {
			if data == nil {
				delete(p.files, name)
			} else {
				p.files[name] = data
			}
		}
	}
	p.last = reader.Read(t.Context(), treeOf(p.files), "sync-log", synclog.All)
	return p
}

func treeOf(files map[string][]byte) *tree {
	blobs := map[string]*blob{}
	for name, data := range files {
		blobs[name] = newBlob(data)
	}
	return newTree(blobs)
}

func (p *past) hash() string {
	h := sha256.New()
	for _, e := range p.episodes {
		fmt.Fprintf(h, "%v %v %q %q %q\n", e.Author, e.When, e.Message, e.Tag, e.TagMessage)
		for _, name := range slices.Sorted(maps.Keys(e.Files)) {
			fmt.Fprintf(h, "%s %q %v\n", name, e.Files[name], e.Files[name] == nil)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameOptionsSameBytes(t *testing.T) {
	for _, o := range []Options{{}, {Seed: 7, Groups: 12, Syncs: 60, Shapes: 80, ItemsPerGroup: 8, ChangedGroups: 5}} {
		if a, b := read(t, o).hash(), read(t, o).hash(); a != b {
			t.Errorf("%+v: two runs differ: %s, %s", o, a, b)
		}
	}
	if read(t, Options{Seed: 1}).hash() == read(t, Options{Seed: 2}).hash() {
		t.Error("the seed changes nothing")
	}
}

// Every sync of every past is one that archsync check has nothing to say about.
func TestPastsAreClean(t *testing.T) {
	pasts := map[string]Options{
		"story":        {},
		"another seed": {Seed: 42},
		"elsewhere":    {Seed: 3, Syncs: 20},
		"few":          {Groups: 2, Syncs: 3},
		"one":          {Groups: 1, Syncs: 1},
		"longer":       {Seed: 5, Syncs: 70, Groups: 9},
		"fuller":       {Seed: 6, ItemsPerGroup: 12},
		"larger":       {Seed: 8, Shapes: 75, ChangedGroups: 3, Syncs: 40},
		"many":         {Seed: 9, Groups: 70, Syncs: 6, Shapes: 500, ItemsPerGroup: 30},
	}
	for name, o := range pasts {
		t.Run(name, func(t *testing.T) {
			p := read(t, o)
			for _, date := range p.dates {
				report(t, date, p.logs[date])
			}
			report(t, "now", p.last)
			if want := o.Syncs; want > 0 && len(p.dates) != want {
				t.Errorf("%d syncs, want %d", len(p.dates), want)
			}
			if want := o.Groups; want > 0 && len(p.last.Files) != want {
				t.Errorf("%d groups, want %d", len(p.last.Files), want)
			}
			checkOrder(t, p)
		})
	}
}

func report(t *testing.T, when string, l *synclog.Log) {
	t.Helper()
	for _, problem := range synclog.Check(l) {
		t.Errorf("%s: %s", when, problem)
	}
}

// checkOrder: commits follow each other in time, each changes something, and a
// snapshot is followed by its clearing.
func checkOrder(t *testing.T, p *past) {
	t.Helper()
	tags := 0
	for i, e := range p.episodes {
		if i > 0 && e.When.Before(p.episodes[i-1].When) {
			t.Errorf("%q comes before %q", e.Message, p.episodes[i-1].Message)
		}
		if len(e.Files) == 0 || e.Message == "" || e.Author.Name == "" || e.Author.Mail == "" {
			t.Errorf("incomplete commit %q by %v", e.Message, e.Author)
		}
		if e.Tag != "" {
			tags++
		}
	}
	if tags != len(p.dates) {
		t.Errorf("%d tags for %d syncs", tags, len(p.dates))
	}
}

func TestDecade(t *testing.T) {
	if testing.Short() {
		t.Skip("a decade is played without -short")
	}
	p := read(t, Decade(1))
	if len(p.dates) != 260 {
		t.Fatalf("%d syncs, want 260", len(p.dates))
	}
	versions, drawn := map[string]bool{}, 0
	for i, date := range p.dates {
		log, changed := p.logs[date], 0
		for _, f := range log.Files {
			id := f.Path() + string(f.Bytes())
			if !versions[id] {
				changed++
			}
			versions[id] = true
			if n := len(f.Group().Items); n < 13 || n > 25 {
				t.Errorf("%s: %s has %d items, want about 20", date, f.ID(), n)
			}
		}
		if i > 0 && (changed < 14 || changed > 17) {
			t.Errorf("%s: %d groups changed, want 15", date, changed)
		}
		if i > 0 && source(log) != source(p.logs[p.dates[i-1]]) {
			drawn++
		}
	}
	if n := len(versions); n < 3700 || n > 4100 {
		t.Errorf("%d versions of group files, want about 3,900", n)
	}
	if drawn < 190 || drawn > 200 {
		t.Errorf("the diagram changed in %d syncs, want three of four", drawn)
	}
	if n := len(p.last.Diagrams[0].Components); n < 148 || n > 152 {
		t.Errorf("%d components in the end, want 150", n)
	}
}

func source(l *synclog.Log) string { return architectureOf(l).Text() }

func TestListenerLeaves(t *testing.T) {
	n := 0
	for _, err := range Past(t.Context(), Options{}, nothing) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 30 {
			break
		}
	}
}

func TestFailures(t *testing.T) {
	broken := fmt.Errorf("no ink")
	failing := func(context.Context, fs.FS, fs.FS, string, string) (Closing, error) { return Closing{}, broken }
	if err := lastError(t.Context(), failing); err == nil || err.Error() != "close the sync of 2024-10-24: no ink" {
		t.Errorf("a closer that fails gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := lastError(ctx, nothing); err != context.Canceled {
		t.Errorf("a cancelled play gives %v", err)
	}
}

func nothing(_ context.Context, _, _ fs.FS, date, _ string) (Closing, error) {
	return Closing{Files: map[string][]byte{"sync-log/syncs/" + date + ".md": []byte(date)}}, nil
}

func lastError(ctx context.Context, c Closer) (last error) {
	for _, err := range Past(ctx, Options{}, c) {
		last = err
	}
	return last
}

func BenchmarkStory(b *testing.B) {
	for name, o := range map[string]Options{"default": {}, "decade": Decade(1)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, err := range Past(b.Context(), o, nothing) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
