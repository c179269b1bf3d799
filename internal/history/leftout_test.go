package history

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/synclog"
)

// What a sparse checkout leaves out of the log is there as git has it: it is read, it is
// no change, no commit takes it away, and nobody writes over it.
func TestSparseCheckoutOfAPartOfTheLog(t *testing.T) {
	r := newRepo(t)
	r.commit("start", map[string]string{
		"sync-log/archsync.yaml":           "title: Lumen\n",
		"sync-log/board/core.yaml":         "lead: Ada\nitems: []\n",
		"sync-log/board/data.yaml":         "lead: Ben\nitems:\n  - {id: a1b2c, title: Shard, status: ongoing}\n",
		"sync-log/decisions/0001-queue.md": "---\nnumber: 1\ntitle: A queue\nstate: agreed\n---\n\nText.\n",
		"elsewhere/b":                      "1\n",
	})
	r.git("sparse-checkout", "set", "--no-cone", "/sync-log/archsync.yaml", "/sync-log/board/core.yaml")
	a := openArchive(t, r.Root())
	if _, err := fs.Stat(a.store.root.FS(), "sync-log/board/data.yaml"); err == nil {
		t.Fatal("it is checked out")
	}
	now := Moment{Kind: Now, Expr: "now"}
	l, err := a.Read(t.Context(), now, synclog.All)
	if err != nil {
		t.Fatal(err)
	}
	var groups []string
	for _, g := range l.Groups() {
		groups = append(groups, g.ID)
	}
	if !slices.Equal(groups, []string{"core", "data"}) || len(l.Decisions) != 1 || len(l.Problems) > 0 {
		t.Errorf("groups %v, decisions %v, problems %v", groups, l.Decisions, l.Problems)
	}
	fsys, err := a.FS(now)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := fsys.Open("sync-log/board/data.yaml"); err != nil {
		t.Error(err)
	} else if info, err := f.Stat(); err != nil || info.Size() != 64 {
		t.Errorf("%v, %v", info, err)
	}
	if changes, err := a.Unsaved(t.Context()); err != nil || len(changes) > 0 {
		t.Errorf("unsaved %v, %v", changes, err)
	}
	content, err := fs.ReadFile(fsys, "sync-log/board/data.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Write("sync-log/board/data.yaml", content, []byte("lead: Kim\n")); err == nil || !strings.Contains(err.Error(), "leaves it out") {
		t.Errorf("written over: %v", err)
	}
	if err := r.Write("sync-log/board/core.yaml", []byte("lead: Ada\nitems: []\n"), []byte("lead: Kim\nitems: []\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Commit(t.Context(), []string{"sync-log/board/core.yaml"}, "lead", Author{"Ada", "ada@lumen.example"}, time.Unix(1_700_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	r.checkStatus("")
	r.checkSound()
	if files := r.git("ls-tree", "-r", "--name-only", "HEAD"); strings.Count(files, "\n") != 5 {
		t.Errorf("HEAD has %s", files)
	}
}
