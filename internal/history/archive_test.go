package history

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/synclog"
)

// newArchive is a repository with a log that has one group.
func newArchive(t *testing.T) *Archive {
	t.Helper()
	r := newRepo(t)
	r.commit("start", map[string]string{
		"sync-log/archsync.yaml":   "title: Lumen\n",
		"sync-log/board/core.yaml": "name: Core\nitems: []\n",
	})
	return openArchive(t, r.Root())
}

func openArchive(t *testing.T, root string) *Archive {
	t.Helper()
	a, err := OpenArchive(root, "sync-log", synclog.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// Eight people who add an item at the same moment lose nothing: whoever holds the
// lock sees what the one before wrote.
func TestWritersAtTheSameMoment(t *testing.T) {
	root := newArchive(t).Store().Root()
	var group sync.WaitGroup
	for i := range 8 {
		a := openArchive(t, root) // its own, as another process has
		group.Go(func() {
			unlock, err := a.Lock()
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			addItem(t, a, fmt.Sprintf("a%d000", i))
		})
	}
	group.Wait()
	a := openArchive(t, root)
	head, err := a.Moment("HEAD", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Moment{{Kind: Now, Expr: "now"}, head} {
		l, err := a.Read(t.Context(), m, synclog.Board)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(l.Groups()[0].Items); n != 8 {
			t.Errorf("%d items at %s, want 8", n, m.Expr)
		}
	}
}

func addItem(t *testing.T, a *Archive, id string) {
	l, err := a.Read(t.Context(), Moment{Kind: Now}, synclog.Board)
	if err != nil {
		t.Error(err)
		return
	}
	e, err := synclog.AddItem(l, "core", board.Item{ID: id, Title: "Item " + id, Status: board.Planned})
	if err == nil {
		err = a.Write(e)
	}
	if err == nil {
		_, err = a.Commit(t.Context(), []string{e.Files[0].Path}, e.Summary, Author{"Ada", "ada@lumen.example"}, time.Unix(1_700_000_000, 0))
	}
	if err != nil {
		t.Error(err)
	}
}

// A checkout with Windows line ends keeps them, and the repository keeps its own.
func TestCommitOfWindowsCheckout(t *testing.T) {
	a := newArchive(t)
	s := a.Store()
	windows := []byte(strings.ReplaceAll("name: Core\nlead: Ada\nitems: []\n", "\n", "\r\n"))
	if err := s.Write("sync-log/board/core.yaml", []byte("name: Core\nitems: []\n"), windows); err != nil {
		t.Fatal(err)
	}
	made, err := a.Commit(t.Context(), []string{"sync-log/board/core.yaml"}, "lead", Author{"Ada", "ada@lumen.example"}, time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := s.ReadFile(Moment{Kind: AtCommit, Commit: made.Commit}, "sync-log/board/core.yaml")
	if err != nil || strings.Contains(string(stored), "\r") {
		t.Errorf("stored %q, %v", stored, err)
	}
	if unsaved, err := a.Unsaved(t.Context()); err != nil || len(unsaved) > 0 {
		t.Errorf("unsaved %v, %v", unsaved, err)
	}
}
