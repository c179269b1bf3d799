package history

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindLog(t *testing.T) {
	r := newRepo(t)
	for _, name := range []string{"sync-log/archsync.yaml", "sync-log/board/a.yaml", "src/deep/x", "team/log/archsync.yaml"} {
		r.write(name, "")
	}
	cases := map[string]struct{ start, dir string }{
		"root":           {".", "sync-log"},
		"beside the log": {"src/deep", "sync-log"},
		"in the log":     {"sync-log/board", "sync-log"},
		"another name":   {"team/log", "team/log"},
		"above another":  {"team", "sync-log"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			root, dir, err := FindLog(filepath.Join(r.Root(), c.start))
			if err != nil || root != r.Root() || dir != c.dir {
				t.Errorf("FindLog = %q, %q, %v; want %q", root, dir, err, c.dir)
			}
		})
	}
}

func TestFindLogAtRoot(t *testing.T) {
	r := newRepo(t)
	if _, _, err := FindLog(r.Root()); !errors.Is(err, ErrNoLog) || Hint(err) == "" {
		t.Errorf("error is %v, want ErrNoLog with a hint", err)
	}
	r.write("archsync.yaml", "")
	if _, dir, err := FindLog(r.Root()); err != nil || dir != "." {
		t.Errorf("FindLog = %q, %v", dir, err)
	}
	if _, _, err := FindLog(filepath.Dir(r.Root())); !errors.Is(err, ErrNoRepository) {
		t.Errorf("error is %v, want ErrNoRepository", err)
	}
}

// The same log is read and written through every way to a repository.
func TestOpen(t *testing.T) {
	needGit(t)
	setups := map[string]func(t *testing.T, r *repo) string{
		"subfolder": func(_ *testing.T, r *repo) string { return filepath.Join(r.Root(), "sync-log") },
		"linked worktree": func(_ *testing.T, r *repo) string {
			r.git("worktree", "add", "-q", "-b", "side", "../linked")
			return filepath.Join(r.Root(), "../linked")
		},
		"symlinked .git": func(t *testing.T, r *repo) string {
			moved := filepath.Join(t.TempDir(), "elsewhere.git")
			if err := errors.Join(os.Rename(filepath.Join(r.Root(), ".git"), moved), os.Symlink(moved, filepath.Join(r.Root(), ".git"))); err != nil {
				t.Skip(err)
			}
			return r.Root()
		},
		"separate git dir": func(t *testing.T, r *repo) string {
			r.git("init", "-q", "--separate-git-dir", filepath.Join(t.TempDir(), "apart.git"))
			return r.Root()
		},
		"packed": func(_ *testing.T, r *repo) string {
			r.git("gc", "-q")
			r.git("pack-refs", "--all")
			return r.Root()
		},
		"relative alternate": func(t *testing.T, r *repo) string {
			dir := filepath.Join(filepath.Dir(r.Root()), "clone")
			runGit(t, filepath.Dir(r.Root()), "clone", "-q", "--shared", "repo", "clone")
			os.WriteFile(filepath.Join(dir, ".git/objects/info/alternates"), []byte("../../../repo/.git/objects\n"), 0o644)
			return dir
		},
		"sparse": func(_ *testing.T, r *repo) string {
			r.git("sparse-checkout", "set", "sync-log")
			return r.Root()
		},
	}
	for name, setup := range setups {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			r.commit("start", map[string]string{"sync-log/a": "1\n", "elsewhere/b": "1\n"})
			r.Close()
			r = openRepo(t, setup(t, r))
			if got := r.headFile("sync-log/a"); got != "1\n" {
				t.Errorf("read %q", got)
			}
			r.commit("next", map[string]string{"sync-log/a": "2\n"})
			r.checkStatus("")
			r.checkSound()
			if got := r.git("log", "-1", "--format=%s"); got != "next\n" {
				t.Errorf("git log: %q", got)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	cases := map[string]string{
		"sha256":    "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha256\n",
		"reftable":  "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n",
		"future":    "[core]\nrepositoryformatversion = 2\n",
		"extension": "[core]\nrepositoryformatversion = 1\n[extensions]\nquantum\n",
	}
	for name, config := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			os.WriteFile(filepath.Join(r.Root(), ".git", "config"), []byte(config), 0o644)
			if _, err := Open(r.Root()); !errors.Is(err, ErrUnsupported) {
				t.Errorf("error is %v, want ErrUnsupported", err)
			}
		})
	}
}

// Another process repacks while the repository is open.
func TestGarbageCollectedUnderneath(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": strings.Repeat("long\n", 10_000)})
	r.git("gc", "-q")
	if got := r.headFile("sync-log/a"); len(got) != 50_000 {
		t.Fatalf("read %d bytes", len(got))
	}
	r.write("b", "2")
	r.git("add", "b")
	r.git("commit", "-q", "-m", "git's")
	id := hashOf(strings.TrimSpace(r.git("rev-parse", "HEAD:b")))
	r.git("gc", "-q", "--aggressive", "--prune=now")
	if n, err := r.objects.size(id); n != 1 || err != nil {
		t.Errorf("size is %d, %v", n, err)
	}
	if got := r.headFile("b"); got != "2" {
		t.Errorf("read %q", got)
	}
	r.commit("ours", map[string]string{"sync-log/a": "2\n"})
	r.checkSound()
}

func TestPrefixInUse(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", map[string]string{"sync-log/a": "1\n"})
	r.git("tag", "sync/v1")
	r.git("tag", "meeting")
	r.git("tag", "packed/x")
	r.git("pack-refs", "--all")
	for prefix, want := range map[string]bool{"sync/": true, "packed/": true, "meeting/": true, "free/": false, "sync-": false} {
		if got, err := r.PrefixInUse(prefix); err != nil || got != want {
			t.Errorf("PrefixInUse(%q) = %v, %v", prefix, got, err)
		}
	}
}

func TestInit(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir, "trunk"); err != nil {
		t.Fatal(err)
	}
	r := openRepo(t, dir)
	if head, err := r.Head(); err != nil || head != (Head{Branch: "trunk"}) {
		t.Errorf("Head() = %v, %v", head, err)
	}
	if Init(dir, "trunk") == nil {
		t.Error("a repository was made in another")
	}
	if Init(t.TempDir(), "not a branch") == nil {
		t.Error("a bad branch name was taken")
	}
}
