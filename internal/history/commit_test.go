package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCommit(t *testing.T) {
	r := newRepo(t)
	first := r.commit("board: start", map[string]string{"sync-log/archsync.yaml": "title: x\n", "sync-log/board/ingest.yaml": "name: Ingest\n"})
	second, err := r.Commit(t.Context(), Change{
		Files:   map[string][]byte{"sync-log/board/ingest.yaml": nil, "sync-log/board/storage.yaml": []byte("name: Storage\n")},
		Message: "board: rename ingest", Author: ada, When: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	if second.Parent != first {
		t.Errorf("parent is %s, want %s", second.Parent, first)
	}
	if got := r.headFile("sync-log/board/ingest.yaml"); got != "(none)" {
		t.Errorf("the deleted file holds %q", got)
	}
	if got := r.headFile("sync-log/board/storage.yaml"); got != "name: Storage\n" {
		t.Errorf("the new file holds %q", got)
	}
	head, err := r.Head()
	if err != nil || head != (Head{"main", second.Commit}) {
		t.Errorf("Head() = %v, %v", head, err)
	}
}

func TestCommitRefuses(t *testing.T) {
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "a", "sync-log/dir/b": "b"})
	cases := map[string]struct {
		files  map[string]string
		author Author
		want   error
	}{
		"nothing":         {map[string]string{"sync-log/a": "a"}, ada, ErrNothing},
		"no name":         {map[string]string{"sync-log/a": "b"}, Author{" ", "x@example.com"}, ErrNoIdentity},
		"outside":         {map[string]string{"../a": "b"}, ada, nil},
		"git's folder":    {map[string]string{"sync-log/.git/config": "b"}, ada, nil},
		"file for folder": {map[string]string{"sync-log/dir": "b"}, ada, nil},
		"folder for file": {map[string]string{"sync-log/a/b": "b"}, ada, nil},
		"both":            {map[string]string{"sync-log/new": "b", "sync-log/new/b": "b"}, ada, nil},
	}
	before, _ := r.Head()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := r.Commit(t.Context(), Change{Files: bytesOf(c.files), Message: "m", Author: c.author, When: start})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
	if after, _ := r.Head(); after != before {
		t.Error("a refused commit moved the branch")
	}
}

// What git makes of a commit: sound objects, a clean status, the reflog.
func TestCommitForGit(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/board/a.yaml": "1\n", "sync-log/z.yaml": "1\n"})
	r.checkStatus("")
	r.commit("next\n\nwith a body", map[string]string{"sync-log/board/a.yaml": "2\n", "sync-log/board/b.yaml": "1\n"})
	r.checkSound()
	r.checkStatus("")
	if got, want := r.git("log", "--format=%an <%ae> %aI %s%n%b", "-1"), "Ada Lovelace <ada@example.com> 2026-01-03T12:00:00+00:00 next\nwith a body\n\n"; got != want {
		t.Errorf("git log prints %q, want %q", got, want)
	}
	for _, name := range []string{"HEAD", "main"} {
		got := r.git("reflog", "show", "--format=%gs", name)
		if want := "commit: next\ncommit (initial): start\n"; got != want {
			t.Errorf("reflog of %s is %q, want %q", name, got, want)
		}
	}
	// The user's next plain commit must not take ours back.
	r.write("other.txt", "x")
	r.git("add", "other.txt")
	r.git("commit", "-m", "the user's own")
	if got := r.git("show", "--stat", "--format=", "HEAD"); strings.Contains(got, "sync-log") {
		t.Errorf("the user's commit touched the log:\n%s", got)
	}
}

// Whatever state other files are in, they stay in it.
func TestCommitLeavesOthersAlone(t *testing.T) {
	needGit(t)
	for _, version := range []string{"2", "3", "4"} {
		t.Run("index version "+version, func(t *testing.T) {
			r := newRepo(t)
			r.commit("start", map[string]string{
				"sync-log/a.yaml": "1\n", "sync-log/mine.yaml": "1\n", "sync-log/removed.yaml": "1\n", "staged": "1\n", "modified": "1\n",
				"both": "1\n", "gone": "1\n", "assumed": "1\n", ".gitignore": "ignored\n", "deep/er/file": "1\n",
			})
			r.git("update-index", "--index-version", version)
			r.write("staged", "2\n")
			r.write("both", "2\n")
			r.write("sync-log/mine.yaml", "staged by the user\n")
			r.git("add", "staged", "both", "sync-log/mine.yaml")
			r.git("rm", "-q", "--cached", "sync-log/removed.yaml")
			r.write("both", "3\n")
			r.write("modified", "2\n")
			r.write("untracked", "1\n")
			r.write("ignored", "1\n")
			r.write("intended", "1\n")
			r.git("add", "-N", "intended")
			r.git("update-index", "--assume-unchanged", "assumed")
			os.Remove(filepath.Join(r.Root(), "gone"))
			flags := func() string { return r.git("ls-files", "-v", "--", "assumed", "staged", "deep") }
			status, flagged := r.git("status", "--porcelain=v1"), flags()

			r.commit("ours", map[string]string{"sync-log/a.yaml": "2\n", "sync-log/new.yaml": "1\n"})
			if got := r.git("status", "--porcelain=v1"); got != status {
				t.Errorf("git status:\n%swant:\n%s", got, status)
			}
			if got := flags(); got != flagged {
				t.Errorf("flags:\n%swant:\n%s", got, flagged)
			}
			ours := Change{Files: bytesOf(map[string]string{"sync-log/mine.yaml": "ours\n", "sync-log/removed.yaml": "ours\n"}), Message: "m", Author: ada, When: start}
			if _, err := r.Commit(t.Context(), ours); err != nil {
				t.Fatal(err)
			}
			if got := r.git("show", ":sync-log/mine.yaml"); got != "staged by the user\n" {
				t.Errorf("the index holds %q", got)
			}
			if got := r.git("ls-files", "sync-log/removed.yaml"); got != "" {
				t.Errorf("a removal that the user staged is gone")
			}
			r.checkSound()
		})
	}
}

// Git's cached trees stay where nothing changed, and git makes the right tree of them.
func TestCommitKeepsCachedTrees(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n", "sync-log/board/b": "1\n", "src/deep/file": "1\n", "src/other": "1\n"})
	r.git("commit", "--allow-empty", "-q", "-m", "git fills the cache")
	for _, name := range []string{"sync-log/board/b", "sync-log/new/c"} {
		r.commit("ours", map[string]string{name: "2\n"})
		index := r.read(".git/index")
		for _, folder := range []string{"\x00-1 2\n", "src\x002 1\n", "deep\x001 0\n", "sync-log\x00-1 1\n"} {
			if !strings.Contains(index, folder) {
				t.Errorf("%s: the index does not hold %q", name, folder)
			}
		}
		if got, want := r.git("write-tree"), r.git("rev-parse", "HEAD^{tree}"); got != want {
			t.Errorf("%s: git makes the tree %s of the index, HEAD has %s", name, got, want)
		}
		r.checkStatus("")
	}
}

// A conflict that the user is resolving keeps its stages.
func TestCommitDuringConflict(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"f": "1\n", "sync-log/a": "1\n"})
	r.git("checkout", "-q", "-b", "side")
	r.write("f", "side\n")
	r.git("commit", "-qam", "side")
	r.git("checkout", "-q", "main")
	r.write("f", "main\n")
	r.git("commit", "-qam", "main")
	if _, err := tryGit(r.Root(), "merge", "side"); err == nil {
		t.Fatal("the merge has no conflict")
	}
	stages := r.git("ls-files", "--stage", "f")
	r.commit("ours", map[string]string{"sync-log/a": "2\n"})
	if got := r.git("ls-files", "--stage", "f"); got != stages {
		t.Errorf("stages:\n%swant:\n%s", got, stages)
	}
}

// An index that only git can write is left to it.
func TestCommitWithSplitIndex(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n", "sync-log/b": "1\n", "staged": "1\n"})
	r.git("update-index", "--split-index")
	r.write("staged", "2\n")
	r.git("add", "staged")
	r.write("sync-log/a", "2\n")
	os.Remove(filepath.Join(r.Root(), "sync-log/b"))
	c, err := r.Commit(t.Context(), Change{
		Files:   map[string][]byte{"sync-log/a": []byte("2\n"), "sync-log/b": nil, "sync-log/c": []byte("1\n")},
		Message: "m", Author: ada, When: start,
	})
	if err != nil || len(c.Notices) > 0 {
		t.Fatal(err, c.Notices)
	}
	r.checkStatus("M  staged\n D sync-log/c\n")
}

func TestCommitOnDetachedHead(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n"})
	r.git("checkout", "-q", "--detach")
	_, err := r.Commit(t.Context(), Change{Files: bytesOf(map[string]string{"sync-log/a": "2\n"}), Message: "m", Author: ada, When: start})
	if !errors.Is(err, ErrDetached) || Hint(err) == "" {
		t.Errorf("error is %v with the hint %q", err, Hint(err))
	}
}

func TestCommitOnMovedBranch(t *testing.T) {
	r := newRepo(t)
	base := r.commit("start", map[string]string{"sync-log/a": "1\n", "sync-log/b": "1\n"})
	r.commit("another's", map[string]string{"sync-log/b": "2\n"})
	ours := Change{Files: bytesOf(map[string]string{"sync-log/a": "3\n"}), Message: "ours", Author: ada, When: start, Base: base}
	if _, err := r.Commit(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	if got := r.headFile("sync-log/b"); got != "2\n" {
		t.Errorf("the other's commit was lost: %q", got)
	}
	ours.Files = bytesOf(map[string]string{"sync-log/b": "3\n"})
	if _, err := r.Commit(t.Context(), ours); !errors.Is(err, ErrChanged) {
		t.Errorf("error is %v, want ErrChanged", err)
	}
}

func TestStaleLock(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n"})
	lock := filepath.Join(r.Root(), ".git", "refs", "heads", "main.lock")
	os.WriteFile(lock, nil, 0o644)
	_, err := r.Commit(t.Context(), Change{Files: bytesOf(map[string]string{"sync-log/a": "2\n"}), Message: "m", Author: ada, When: start})
	if !errors.Is(err, ErrLocked) || !strings.Contains(Hint(err), "main.lock") {
		t.Errorf("error is %v with the hint %q", err, Hint(err))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = r.Commit(ctx, Change{Files: bytesOf(map[string]string{"sync-log/a": "2\n"}), Message: "m", Author: ada, When: start})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want the context's", err)
	}
}

// A commit that the index could not follow would be taken back by the user's next
// one, so a stale index.lock is refused before anything moves.
func TestStaleIndexLock(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	before := r.commit("start", map[string]string{"sync-log/a": "1\n"})
	os.WriteFile(filepath.Join(r.Root(), ".git", "index.lock"), nil, 0o644)
	_, err := r.Commit(t.Context(), Change{Files: bytesOf(map[string]string{"sync-log/a": "2\n"}), Message: "m", Author: ada, When: start})
	if !errors.Is(err, ErrLocked) || !strings.Contains(Hint(err), "index.lock") {
		t.Errorf("error is %v with the hint %q", err, Hint(err))
	}
	if head, _ := r.Head(); head.Commit != before {
		t.Error("the branch moved")
	}
}

// A damaged index is the user's to mend; the commit is made all the same.
func TestDamagedIndex(t *testing.T) {
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n"})
	os.WriteFile(filepath.Join(r.Root(), ".git", "index"), []byte("DIRC damaged, and long enough to be one"), 0o644)
	c, err := r.Commit(t.Context(), Change{Files: bytesOf(map[string]string{"sync-log/a": "2\n"}), Message: "m", Author: ada, When: start})
	if err != nil || len(c.Notices) != 1 {
		t.Errorf("error is %v, notices %q", err, c.Notices)
	}
}

// Writers of archsync and of git on one branch at the same time lose nothing.
func TestCommitConcurrently(t *testing.T) {
	needGit(t)
	const commits = 20
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n"})
	var writers sync.WaitGroup
	for w := range 3 {
		own := openRepo(t, r.Root())
		writers.Go(func() {
			for i := range commits {
				_, err := own.Commit(context.Background(), Change{
					Files:   map[string][]byte{fmt.Sprintf("sync-log/board/%d.yaml", w): fmt.Appendf(nil, "%d\n", i)},
					Message: fmt.Sprintf("writer %d, %d", w, i), Author: ada, When: start,
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	made := 0
	writers.Go(func() {
		for range 2 * commits {
			if made < commits && commitByGit(r.Root()) == nil {
				made++
			}
		}
	})
	writers.Go(func() {
		for range 5 {
			tryGit(r.Root(), "pack-refs", "--all")
			time.Sleep(20 * time.Millisecond)
		}
	})
	writers.Wait()
	count := strings.Count(r.git("log", "--format=%s"), "\n")
	if want := 1 + 3*commits + made; count != want {
		t.Errorf("the branch has %d commits, want %d", count, want)
	}
	if made == 0 {
		t.Error("git made no commit")
	}
	for w := range 3 {
		if got := r.headFile(fmt.Sprintf("sync-log/board/%d.yaml", w)); got != fmt.Sprintf("%d\n", commits-1) {
			t.Errorf("writer %d ends with %q", w, got)
		}
	}
	r.checkSound()
	if status := r.git("diff", "--cached", "--name-only"); status != "" {
		t.Errorf("the index did not follow:\n%s", status)
	}
}

// commitByGit puts a commit with the tree of HEAD on the branch. git commit itself
// reads the index before it locks it, so two of them at once may take each other's
// changes back, and one of them ours; that is not what is tested here.
func commitByGit(dir string) error {
	head, err := tryGit(dir, "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	head = strings.TrimSpace(head)
	id, err := tryGit(dir, "commit-tree", head+"^{tree}", "-p", head, "-m", "git's")
	if err != nil {
		return err
	}
	_, err = tryGit(dir, "update-ref", "-m", "commit: git's", "HEAD", strings.TrimSpace(id), head)
	return err
}

// Of two first commits the later one does not overwrite the earlier one's file.
func TestFirstCommitTwice(t *testing.T) {
	r := newRepo(t)
	first := Change{Files: bytesOf(map[string]string{"sync-log/a": "1\n"}), Message: "m", Author: ada, When: start}
	var base *hash
	unborn := hash{}
	base = &unborn // what a first attempt found before the other commit was made
	if _, err := r.Commit(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	first.Files = bytesOf(map[string]string{"sync-log/a": "2\n"})
	if _, err := r.tryCommit(t.Context(), &base, first); !errors.Is(err, ErrChanged) {
		t.Errorf("error is %v, want ErrChanged", err)
	}
}

func TestCommitWithAutoCRLF(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.git("config", "core.autocrlf", "true")
	r = openRepo(t, r.Root())
	r.commit("start", map[string]string{"sync-log/a": "1\r\n2\r\n"})
	if got := r.headFile("sync-log/a"); got != "1\n2\n" {
		t.Errorf("stored %q", got)
	}
	r.checkStatus("")
	changes, err := r.Unsaved(t.Context(), Paths{Dir: "sync-log"})
	if err != nil || len(changes) > 0 {
		t.Errorf("Unsaved() = %v, %v", changes, err)
	}
}
