package history

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/synclog"
)

const someID = "1234567890123456789012345678901234567890"

func TestResolve(t *testing.T) {
	r := newRepo(t)
	other := strings.Repeat("ab", 20)
	r.write(".git/packed-refs", "# pack-refs with: peeled fully-peeled sorted \n"+
		someID+" refs/heads/packed\n"+someID+" refs/tags/note\n^"+other+"\n"+someID+" refs/heads/both\n")
	r.write(".git/refs/heads/both", other+"\n")
	r.write(".git/refs/heads/alias", "ref: refs/heads/packed\n")
	r.write(".git/refs/heads/loop", "ref: refs/heads/loop\n")
	r.write(".git/refs/heads/folder/below", other+"\n")
	cases := map[string]string{"refs/heads/packed": someID, "refs/heads/both": other, "refs/heads/alias": someID, "refs/heads/folder/below": other}
	for name, want := range cases {
		if got, err := r.refs.resolve(name); err != nil || got.String() != want {
			t.Errorf("%s is %s, %v; want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"refs/heads/none", "refs/heads/folder", "refs/heads/both/below", "refs/../config", ""} {
		if _, err := r.refs.resolve(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v, want not to exist", name, err)
		}
	}
	if _, err := r.refs.resolve("refs/heads/loop"); err == nil {
		t.Error("a loop has an end")
	}
}

// A reference that is written in place is empty for a moment, and one that stays
// so is broken, which does not hide the others.
func TestResolveHalfWritten(t *testing.T) {
	r := newRepo(t)
	r.write(".git/refs/tags/sync/2026-01-01", someID+"\n")
	r.write(".git/refs/tags/sync/2026-01-15", "")
	if _, err := r.refs.resolve("refs/tags/sync/2026-01-15"); err == nil || Hint(err) == "" {
		t.Errorf("an empty reference is read: %v", err)
	}
	list, err := r.refs.list("refs/tags/sync/")
	if err != nil || len(list) != 2 || list[0].id.String() != someID || !list[1].id.IsZero() {
		t.Errorf("list() = %v, %v", list, err)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		time.Sleep(3 * readPause)
		r.write(".git/refs/tags/sync/2026-01-15", someID+"\n")
	}()
	if id, err := r.refs.resolve("refs/tags/sync/2026-01-15"); err != nil || id.String() != someID {
		t.Errorf("it is %s, %v", id, err)
	}
	<-written
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	r := newRepo(t)
	a, b := plumbing.NewHash(someID), plumbing.NewHash(strings.Repeat("ab", 20))
	who := signature{ada, start}
	move := func(check func() error, updates ...refUpdate) error {
		return r.refs.update(t.Context(), who, updates, check)
	}
	if err := move(nil, refUpdate{name: "refs/heads/x", new: a}, refUpdate{name: "refs/tags/t", new: a}); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	failing := map[string]error{
		"moved":   move(nil, refUpdate{name: "refs/heads/y", new: a}, refUpdate{name: "refs/heads/x", old: b, new: a}),
		"exists":  move(nil, refUpdate{name: "refs/heads/y", new: a}, refUpdate{name: "refs/tags/t", new: b}),
		"missing": move(nil, refUpdate{name: "refs/heads/y", new: a}, refUpdate{name: "refs/tags/none", old: a, new: b}),
		"below":   move(nil, refUpdate{name: "refs/heads/y", new: a}, refUpdate{name: "refs/tags/t/below", new: b}),
		"check":   move(func() error { return refused }, refUpdate{name: "refs/heads/y", new: a}),
	}
	for name, err := range failing {
		if err == nil {
			t.Errorf("%s: it was done", name)
		}
	}
	if _, err := r.refs.resolve("refs/heads/y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of it was done: %v", err)
	}
	r.write(".git/packed-refs", someID+" refs/tags/p\n")
	if err := move(nil, refUpdate{name: "refs/tags/p", old: a}, refUpdate{name: "refs/tags/t", old: a}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"refs/tags/p", "refs/tags/t"} {
		if _, err := r.refs.resolve(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

// Only what changes is stored: a file in one folder is one blob and its folders.
func TestGraftStoresLittle(t *testing.T) {
	o := openObjects(t.TempDir())
	count := func() (n int) {
		filepath.WalkDir(o.dirs[0], func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return nil
		})
		return n
	}
	g := newGraft(o.tree, o, hash{})
	for _, name := range []string{"a/b/one", "a/b/two", "a/c/three", "d"} {
		if _, err := g.set(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := g.store()
	if err != nil {
		t.Fatal(err)
	}
	before := count()
	g = newGraft(o.tree, o, root)
	g.set("a/b/one", []byte("changed"))
	g.set("gone/without/trace", nil)
	next, err := g.store()
	if err != nil {
		t.Fatal(err)
	}
	if got := count() - before; got != 4 {
		t.Errorf("%d objects were stored, want a blob and three trees", got)
	}
	touches, err := o.diffTrees(root, next)
	if err != nil || len(touches) != 1 || touches[0].path != "a/b/one" {
		t.Errorf("diffTrees() = %v, %v", touches, err)
	}
	g = newGraft(o.tree, o, next)
	for _, name := range []string{"a/b/one", "a/b/two", "a/c/three"} {
		g.set(name, nil)
	}
	last, err := g.store()
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := o.tree(last); len(entries) != 1 || entries[0].name != "d" {
		t.Errorf("the emptied folders remain: %v", entries)
	}
}

func TestTrailers(t *testing.T) {
	cases := map[string]string{
		"subject":                              "subject\n\nArchsync-Sync: 2026-01-01\n",
		"subject\n\nbody\n":                    "subject\n\nbody\n\nArchsync-Sync: 2026-01-01\n",
		"subject\n\nbody\n\nSigned-off-by: me": "subject\n\nbody\n\nSigned-off-by: me\nArchsync-Sync: 2026-01-01\n",
		"sync: subject":                        "sync: subject\n\nArchsync-Sync: 2026-01-01\n",
	}
	for text, want := range cases {
		got := synclog.WithTrailer(text, synclog.SyncTrailer, "2026-01-01")
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if found := trailer(got, synclog.SyncTrailer); len(found) != 1 || found[0] != "2026-01-01" {
			t.Errorf("%q has the trailers %q", got, found)
		}
	}
}
