package synclog

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/golden"
)

const closingDate = "2026-03-12"

// TestClose plans the closing of every case in testdata/close. An archive holds
// the log before (none at the first sync) and now, and under want/ the snapshot's record, the messages and the cleared files.
func TestClose(t *testing.T) {
	golden.Cases(t, "testdata/close/*.txtar", golden.Below("want"), func(t *testing.T, c *golden.Case) {
		got, err := PlanClose(closingOf(t, c.Given))
		if err != nil {
			t.Fatal(err)
		}
		c.Check(t, planFiles(got)...)
	})
}

func closingOf(t *testing.T, files []txtar.File) Closing {
	c := Closing{Date: closingDate, Host: "Ada Okafor", Minutes: "# Minutes\n", Picture: []byte("<svg/>")}
	moments := map[string]fstest.MapFS{"before": {}, "now": {}}
	for _, f := range files {
		moment, path, _ := strings.Cut(f.Name, "/")
		if fsys, ok := moments[moment]; ok {
			fsys[path] = &fstest.MapFile{Data: f.Data}
		}
	}
	c.Now = readLog(t, moments["now"])
	if len(moments["before"]) > 0 {
		c.Before = readLog(t, moments["before"])
	}
	return c
}

func planFiles(p Plan) []txtar.File {
	var files []txtar.File
	add := func(name string, data []byte) {
		files = append(files, txtar.File{Name: "want/" + name, Data: data})
	}
	for _, path := range slices.Sorted(maps.Keys(p.Files)) {
		if filepath.Ext(path) == ".md" {
			add(path, p.Files[path])
		}
	}
	add("message", []byte(p.Message))
	for _, path := range slices.Sorted(maps.Keys(p.Clear)) {
		add("cleared/"+path, p.Clear[path])
	}
	return files
}

func TestCloseTwice(t *testing.T) {
	l := readLog(t, files(
		"sync-log/archsync.yaml", "title: Lumen\n",
		"sync-log/syncs/2026-03-12.md", "---\nsync: 2026-03-12\n---\n",
	))
	_, err := PlanClose(Closing{Date: closingDate, Before: l, Now: l})
	if err == nil || !strings.Contains(err.Error(), "closed already") {
		t.Errorf("got error %v", err)
	}
}

func TestClosePlan(t *testing.T) {
	p, err := PlanClose(Closing{Date: closingDate, Now: readLog(t, wholeLog()), Picture: []byte("<svg/>")})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(p.Files)); !slices.Equal(got, []string{"sync-log/syncs/2026-03-12.md", "sync-log/syncs/2026-03-12.svg"}) {
		t.Errorf("files %q", got)
	}
	if p.Tag != "sync/2026-03-12" || len(p.Cleared) != 1 || p.Cleared[0].ID != "m2x9d" {
		t.Errorf("tag %q, cleared %v", p.Tag, p.Cleared)
	}
	if got := WithTrailer("A\n\nb\n", SyncTrailer, p.Date); got != "A\n\nb\n\nArchsync-Sync: 2026-03-12\n" {
		t.Errorf("message %q", got)
	}
}

// What closing cleared comes back where the file changed since: with its own
// lines, once, into the file that the group has now.
func TestUnclear(t *testing.T) {
	then := readLog(t, wholeLog())
	paths := []string{"sync-log/board/storage.yaml", "sync-log/board/edge.yaml"}
	now := files(
		"sync-log/archsync.yaml", "title: Lumen\n",
		"sync-log/board/store.yaml", "formerly: [storage]\nitems:\n  - id: k7f3q\n    title: Shard the index\n    status: blocked\n",
	)
	if got, err := Unclear(readLog(t, files("sync-log/archsync.yaml", "title: Lumen\n")), then, paths); err == nil {
		t.Errorf("a group that is gone gives %v", got)
	}
	for range 2 {
		back, err := Unclear(readLog(t, now), then, paths)
		if err != nil || len(back) != 1 {
			t.Fatalf("%d files, %v", len(back), err)
		}
		text := back["sync-log/board/store.yaml"]
		if bytes.Count(text, []byte("- id: m2x9d\n    title: Drop Cassandra\n    status: done\n    since: 2026-02-26\n")) != 1 || !bytes.Contains(text, []byte("status: blocked")) {
			t.Errorf("the file is\n%s", text)
		}
		now["sync-log/board/store.yaml"] = &fstest.MapFile{Data: text}
	}
}

func TestUnreadable(t *testing.T) {
	for _, c := range []struct {
		name, path, text string
		files, diagrams  int
	}{
		{"configuration", "sync-log/archsync.yaml", "timezone: Mars\n", 1, 0},
		{"board", "sync-log/board/edge.yaml", "items: [", 1, 0},
		{"diagram", "sync-log/diagrams/architecture.d2", "a: {", 0, 1},
		{"import", "sync-log/diagrams/more.d2", "...@missing", 0, 1},
		{"decision without a format", "sync-log/decisions/0008-x.md", "no heading\n", 0, 0},
		{"unknown status", "sync-log/board/edge.yaml", "items: [{id: aaaa1, title: T, status: so-so}]\n", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := wholeLog()
			fsys[c.path] = &fstest.MapFile{Data: []byte(c.text)}
			files, diagrams := readLog(t, fsys).Unreadable(nil)
			if len(files) != c.files || len(diagrams) != c.diagrams {
				t.Errorf("files %v, diagrams %v", files, diagrams)
			}
		})
	}
}

// An architecture that was there at the last sync must not vanish unnoticed.
func TestArchitectureIsGone(t *testing.T) {
	before := readLog(t, wholeLog())
	fsys := wholeLog()
	delete(fsys, "sync-log/diagrams/architecture.d2")
	if _, diagrams := readLog(t, fsys).Unreadable(before); len(diagrams) != 1 {
		t.Errorf("problems %v", diagrams)
	}
	if _, diagrams := readLog(t, fsys).Unreadable(nil); len(diagrams) != 0 {
		t.Errorf("a log may begin without an architecture: %v", diagrams)
	}
}

// What cannot be read is not gone.
func TestDiffOfPartialFile(t *testing.T) {
	whole := readLog(t, wholeLog())
	for name, text := range map[string]string{
		"not YAML":        "name: Storage\nitems:\n  - id: k7f3q\n   title: [\n",
		"item without id": strings.Replace(storageYAML, "id: m2x9d", "idd: m2x9d", 1),
	} {
		fsys := wholeLog()
		fsys["sync-log/board/storage.yaml"] = &fstest.MapFile{Data: []byte(text)}
		partial := readLog(t, fsys)
		for _, d := range []Difference{Diff(whole, partial), Diff(partial, whole)} {
			for _, c := range d.Items {
				if c.Kind == change.Added || c.Kind == change.Removed {
					t.Errorf("%s: %s %s", name, c.Subject, c.Kind)
				}
			}
			if len(d.Problems) == 0 {
				t.Errorf("%s: nothing is said", name)
			}
		}
	}
}

// A diagram that does not compile is compared as text, and one that is as it was
// is no difference.
func TestDiffOfBrokenDiagrams(t *testing.T) {
	fine, broken, other := wholeLog(), wholeLog(), wholeLog()
	broken["sync-log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte("a: {")}
	other["sync-log/diagrams/more.d2"] = &fstest.MapFile{Data: []byte("b: {")}
	for _, c := range []struct {
		name          string
		before, after fstest.MapFS
		texts         string
	}{
		{"broken now", fine, broken, "sync-log/diagrams/architecture.d2"},
		{"broken then", broken, fine, "sync-log/diagrams/architecture.d2"},
		{"broken both times", broken, broken, ""},
		{"another one", fine, other, "sync-log/diagrams/more.d2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Diff(readLog(t, c.before), readLog(t, c.after))
			var texts []string
			for _, x := range d.Texts {
				texts = append(texts, x.Path)
			}
			if got := strings.Join(texts, " "); got != c.texts || len(d.Problems) != len(texts) || d.Empty() != (c.texts == "") {
				t.Errorf("texts %q, problems %v, empty %t", got, d.Problems, d.Empty())
			}
			if len(d.Components)+len(d.Connections)+d.Counts().Total() > 0 {
				t.Errorf("compared by meaning too: %v", d.Components)
			}
		})
	}
}

// The counts are of the architecture; other diagrams are listed only.
func TestDiffOfOtherDiagrams(t *testing.T) {
	more := wholeLog()
	more["sync-log/diagrams/more.d2"] = &fstest.MapFile{Data: []byte("x -> y")}
	d := Diff(readLog(t, wholeLog()), readLog(t, more))
	if len(d.Components) != 2 || d.Components[0].Subject != "more.d2: x" || d.Connections[0].Subject != "more.d2: x -> y" {
		t.Errorf("components %v, connections %v", d.Components, d.Connections)
	}
	if n := d.Counts().Total(); n != 0 {
		t.Errorf("%d counted", n)
	}
}

// A trailer that is taken away leaves the message that it was put on.
func TestWithoutTrailer(t *testing.T) {
	for _, message := range []string{"A\n", "A\n\nb\n", "A\n\nb\n\nc\nd\n", "A\n\nSigned-off-by: Ada\n", "A\n\nb\n\nReviewed-by: x\nSigned-off-by: y\n"} {
		with := WithTrailer(message, SyncTrailer, "2026-03-12")
		if got := WithoutTrailer(with, SyncTrailer, "2026-03-12"); got != message {
			t.Errorf("%q became %q and then %q", message, with, got)
		}
		if got := WithoutTrailer(message, SyncTrailer, "2026-03-12"); got != message {
			t.Errorf("%q without a trailer became %q", message, got)
		}
	}
}
