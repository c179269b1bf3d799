package synclog

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/board"
)

// applied is the moment after an edit.
func applied(t *testing.T, fsys fstest.MapFS, e Edit) fstest.MapFS {
	t.Helper()
	next := maps.Clone(fsys)
	for _, f := range e.Files {
		if f.Before != nil && string(next[f.Path].Data) != string(f.Before) {
			t.Fatalf("the edit of %s was made from something else", f.Path)
		}
		if f.After == nil {
			delete(next, f.Path)
			continue
		}
		next[f.Path] = &fstest.MapFile{Data: f.After}
	}
	return next
}

func TestEdits(t *testing.T) {
	const today = "2026-03-10"
	for name, c := range map[string]struct {
		edit    func(*Log) (Edit, error)
		summary string
		changes string // as words, one a line
	}{
		"add": {
			func(l *Log) (Edit, error) {
				return AddItem(l, "edge", board.Item{ID: "a1b2c", Title: "Rate limits", Status: board.Planned})
			},
			`edge: add "Rate limits"`, "added a1b2c added",
		},
		"start by prefix": {
			func(l *Log) (Edit, error) { return SetItem(l, "k7", today, Setting{"status", "blocked"}) },
			`storage: block "Shard the index"`, "changed k7f3q status",
		},
		"due": {
			func(l *Log) (Edit, error) { return SetItem(l, "k7f3q", today, Setting{"due", "2026-04-02"}) },
			`storage: set due of "Shard the index" to 2026-04-02`, "changed k7f3q due_moved",
		},
		"take out": {
			func(l *Log) (Edit, error) { return SetItem(l, "k7f3q", today, Setting{"touches", nil}) },
			`storage: take touches from "Shard the index"`, "changed k7f3q noted",
		},
		"several": {
			func(l *Log) (Edit, error) {
				return SetItem(l, "k7f3q", today, Setting{"title", "Shard"}, Setting{"owner", "Ben"})
			},
			`storage: edit "Shard the index"`, "changed k7f3q retitled\nchanged k7f3q reowned",
		},
		"regroup": {
			func(l *Log) (Edit, error) { return Regroup(l, "k7f3q", "edge") },
			`edge: take over "Shard the index" from storage`, "moved k7f3q regrouped",
		},
		"remove": {
			func(l *Log) (Edit, error) { return RemoveItem(l, "k7f3q") },
			`storage: remove "Shard the index"`, "removed k7f3q removed",
		},
		"check in": {
			func(l *Log) (Edit, error) { return CheckIn(l, "storage", today) },
			`storage: check in`, "",
		},
		"archive": {
			func(l *Log) (Edit, error) { return ArchiveGroup(l, "edge", today) },
			`board: archive group edge`, "",
		},
		"rename group": {
			func(l *Log) (Edit, error) {
				return RenameGroup(l, "storage", "data", []byte("title: Lumen\ntimezone: Europe/Berlin\ngroups: [storage, edge]\n"))
			},
			`board: rename group storage to data`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := wholeLog()
			before := readLog(t, fsys)
			e, err := c.edit(before)
			if err != nil {
				t.Fatal(err)
			}
			if e.Summary != c.summary {
				t.Errorf("summary %q, want %q", e.Summary, c.summary)
			}
			next := applied(t, fsys, e)
			after := readLog(t, next)
			if ps := Check(after); len(ps) > 0 {
				t.Errorf("problems afterwards: %v", ps)
			}
			var words []string
			for _, ch := range Diff(before, after).Items {
				words = append(words, string(ch.Kind)+" "+ch.Subject+" "+string(ch.Reason))
			}
			slices.Sort(words)
			want := strings.Split(c.changes, "\n")
			slices.Sort(want)
			if got := strings.Join(words, "\n"); got != strings.Join(want, "\n") {
				t.Errorf("changes\n%s\nwant\n%s", got, c.changes)
			}
			checkNoLoss(t, fsys, e)
			checkNoLoss(t, next, e.Inverse())
			for name, f := range applied(t, next, e.Inverse()) {
				if string(f.Data) != string(fsys[name].Data) {
					t.Errorf("taking the edit back does not give the bytes of %s", name)
				}
			}
		})
	}
}

// checkNoLoss fails when an item that is there before and after an edit is not in
// between: a process may be killed after any of its files.
func checkNoLoss(t *testing.T, fsys fstest.MapFS, e Edit) {
	t.Helper()
	before, after := readLog(t, fsys), readLog(t, applied(t, fsys, e))
	for i := range e.Files {
		between := readLog(t, applied(t, fsys, Edit{Files: e.Files[:i]}))
		for _, g := range before.Groups() {
			for _, it := range g.Items {
				if after.has(it.ID) && !between.has(it.ID) {
					t.Errorf("%q: after %d of %d files %s is gone", e.Summary, i, len(e.Files), it.ID)
				}
			}
		}
	}
}

// A new status is dated; a date that is given stays.
func TestStatusIsDated(t *testing.T) {
	l := readLog(t, wholeLog())
	for want, settings := range map[string][]Setting{
		"2026-03-10": {{"status", "done"}},
		"2026-03-01": {{"status", "done"}, {"since", "2026-03-01"}},
		"":           {{"status", "ongoing"}},
	} {
		e, err := SetItem(l, "k7f3q", "2026-03-10", settings...)
		if err != nil {
			t.Fatal(err)
		}
		after := readLog(t, applied(t, wholeLog(), e))
		if _, it, _ := after.Find("k7f3q"); it.Since != want {
			t.Errorf("%v: since %q, want %q", settings, it.Since, want)
		}
	}
}

// What a person wrote beside the values stays when an item moves or comes back.
func TestRegroupKeepsUnknownKeys(t *testing.T) {
	l := readLog(t, wholeLog())
	e, err := Regroup(l, "k7f3q", "edge")
	if err != nil {
		t.Fatal(err)
	}
	after := readLog(t, applied(t, wholeLog(), e))
	g, it, err := after.Find("k7f3q")
	if err != nil || g.ID != "edge" || len(it.Extra) != 1 || it.Extra[0].Key != "colour" {
		t.Errorf("after regrouping: %v %+v %v", g.ID, it, err)
	}
}

func TestRestore(t *testing.T) {
	fsys := wholeLog()
	then := readLog(t, fsys)
	gone, err := RemoveItem(then, "k7f3q")
	if err != nil {
		t.Fatal(err)
	}
	removed := applied(t, fsys, gone)
	back, err := Restore(readLog(t, removed), then, "k7f3q")
	if err != nil {
		t.Fatal(err)
	}
	after := readLog(t, applied(t, removed, back))
	if d := Diff(then, after); !d.Empty() {
		t.Errorf("restored item differs: %+v", d.Items)
	}
	if _, err := Restore(then, then, "k7f3q"); !errors.Is(err, ErrNothingToRestore) {
		t.Errorf("restoring what is there: %v", err)
	}
}

func TestEditErrors(t *testing.T) {
	l := readLog(t, wholeLog())
	for name, edit := range map[string]func() (Edit, error){
		"no such group":     func() (Edit, error) { return CheckIn(l, "nobody", "2026-03-10") },
		"no such item":      func() (Edit, error) { return SetItem(l, "zzzzz", "2026-03-10") },
		"group id":          func() (Edit, error) { return AddGroup(l, board.Group{ID: "../up"}) },
		"group exists":      func() (Edit, error) { return AddGroup(l, board.Group{ID: "edge"}) },
		"rename to another": func() (Edit, error) { return RenameGroup(l, "edge", "storage", nil) },
	} {
		if e, err := edit(); err == nil {
			t.Errorf("%s: accepted, as %+v", name, e)
		}
	}
}
