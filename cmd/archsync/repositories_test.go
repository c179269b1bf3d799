package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// repository is a log in a repository of some kind that git made of it.
type repository struct {
	t   *testing.T
	dir string
}

// git runs the git program in the repository, away from the machine's configuration.
func (r repository) git(args ...string) string {
	r.t.Helper()
	out, err := r.tryGit("", args...)
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return out
}

func (r repository) tryGit(input string, args ...string) (string, error) {
	cmd := exec.CommandContext(r.t.Context(), "git", append([]string{"-c", "protocol.file.allow=always", "-c", "gc.auto=0"}, args...)...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.com", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.com")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// archsync runs the program on the repository.
func (r repository) archsync(args ...string) (out, errs string, code int) {
	var stdout, stderr bytes.Buffer
	code = run(r.t.Context(), append([]string{"-C", r.dir}, args...), &world{
		in: strings.NewReader(""), out: &stdout, errs: &stderr, cwd: r.dir, home: r.dir,
		getenv: func(name string) string {
			return map[string]string{"GIT_AUTHOR_NAME": "Ada Okafor", "GIT_AUTHOR_EMAIL": "ada@lumen.example"}[name]
		},
		now:    func() time.Time { return time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC) },
		random: rand.NewChaCha8([32]byte{1}),
	})
	return stdout.String(), stderr.String(), code
}

// must runs the program, which must have nothing to complain about.
func (r repository) must(args ...string) string {
	r.t.Helper()
	out, errs, code := r.archsync(args...)
	if code != exitDone || errs != "" {
		r.t.Errorf("archsync %q in %s: exit code %d\n%s", args, r.dir, code, errs)
	}
	return out
}

// out is what the program prints, whatever it complains about.
func (r repository) out(args ...string) string {
	out, _, _ := r.archsync(args...)
	return out
}

func (r repository) in(dir string) repository { return repository{r.t, dir} }

func (r repository) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) mkdir(name string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Join(r.dir, filepath.FromSlash(name)), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// newRepository is a log with two closed syncs and a commit after them.
func newRepository(t *testing.T) repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git program to make the repository with")
	}
	r := repository{t, filepath.Join(t.TempDir(), "origin")}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "-q", "-b", "main")
	r.must("init", "--group", "storage")
	for i, date := range []string{"2026-02-12", "2026-02-26"} {
		r.write("sync-log/board/storage.yaml", fmt.Sprintf("name: Storage\nitems:\n  - {id: k7f3q, title: Shard the index, status: %s}\n", []string{"planned", "ongoing"}[i]))
		r.must("sync", "close", "--date", date)
	}
	r.write("sync-log/board/storage.yaml", "name: Storage\nitems:\n  - {id: k7f3q, title: Shard the index, status: blocked}\n")
	r.git("commit", "-q", "-a", "-m", "blocked")
	return r
}

// rebase puts the syncs and what follows on another commit; their tags stay.
func (r repository) rebase() {
	r.t.Helper()
	r.git("checkout", "-q", "-b", "base", "sync/2026-02-12~1")
	r.write("other.txt", "meanwhile\n")
	r.git("add", "other.txt")
	r.git("commit", "-q", "-m", "meanwhile")
	r.git("checkout", "-q", "main")
	r.git("rebase", "-q", "base")
}

// squash makes one commit of the syncs and what follows, as a forge does.
func (r repository) squash(message string) {
	r.t.Helper()
	r.git("reset", "-q", "--soft", "sync/2026-02-12~1")
	r.git("commit", "-q", "-m", message)
}

// clone clones the repository beside it.
func (r repository) clone(args ...string) repository {
	r.t.Helper()
	to := filepath.Join(r.t.TempDir(), "clone")
	r.git(append(append([]string{"clone", "-q"}, args...), r.dir, to)...)
	return r.in(to)
}

// Every kind of repository that git makes shows the same log and, where it has
// working files, takes a new item.
func TestKindsOfRepositories(t *testing.T) {
	kinds := map[string]func(r repository) repository{
		"as made": func(r repository) repository { return r },
		"bare":    func(r repository) repository { return r.clone("--bare") },
		"bare, packed": func(r repository) repository {
			r = r.clone("--bare")
			r.git("gc", "-q")
			return r
		},
		"working tree of a bare one": func(r repository) repository {
			to := filepath.Join(r.t.TempDir(), "linked")
			r.clone("--bare").git("worktree", "add", "-q", to, "main")
			return r.in(to)
		},
		"submodule": func(r repository) repository {
			above := r.in(r.t.TempDir())
			above.git("init", "-q", "-b", "main")
			above.git("submodule", "--quiet", "add", r.dir, "log")
			above.git("commit", "-q", "-m", "log")
			return r.in(filepath.Join(above.dir, "log"))
		},
		"absolute alternate": func(r repository) repository { return r.clone("--shared") },
		"reference":          func(r repository) repository { return r.clone("--reference", r.dir) },
		"relative alternate": func(r repository) repository {
			c := r.clone("--shared")
			to, err := filepath.Rel(filepath.Join(c.dir, ".git", "objects"), filepath.Join(r.dir, ".git", "objects"))
			if err != nil {
				r.t.Fatal(err)
			}
			c.write(".git/objects/info/alternates", filepath.ToSlash(to)+"\n")
			return c
		},
		"many references": func(r repository) repository {
			head := strings.TrimSpace(r.git("rev-parse", "HEAD"))
			var lines strings.Builder
			for i := range 5000 {
				fmt.Fprintf(&lines, "create refs/pull/%d/head %s\n", i, head)
			}
			if out, err := r.tryGit(lines.String(), "update-ref", "--stdin"); err != nil {
				r.t.Fatal(out)
			}
			r.git("pack-refs", "--all")
			return r
		},
		"sparse, without cone": func(r repository) repository {
			r.write("other.txt", "of another\n")
			r.git("add", "other.txt")
			r.git("commit", "-q", "-m", "other")
			r.git("sparse-checkout", "set", "--no-cone", "/sync-log/*")
			return r
		},
		"packed references": func(r repository) repository {
			r.git("pack-refs", "--all")
			return r
		},
		"linked working tree": func(r repository) repository {
			to := filepath.Join(r.t.TempDir(), "linked")
			r.git("worktree", "add", "-q", "-b", "mine", to)
			return r.in(to)
		},
		"without tags": func(r repository) repository { return r.clone("--no-tags") },
		"groups merge": func(r repository) repository {
			for _, group := range []string{"edge", "web"} {
				r.git("checkout", "-q", "-b", group, "sync/2026-02-26")
				r.write("sync-log/board/"+group+".yaml", "name: "+group+"\nitems: []\n")
				r.git("add", "sync-log")
				r.git("commit", "-q", "-m", group)
				r.git("checkout", "-q", "main")
			}
			r.git("merge", "-q", "--no-ff", "-m", "groups", "edge", "web")
			return r
		},
		"syncs closed on a branch": func(r repository) repository {
			r.git("checkout", "-q", "-b", "other", "sync/2026-02-12~1")
			r.write("other.txt", "meanwhile\n")
			r.git("add", "other.txt")
			r.git("commit", "-q", "-m", "meanwhile")
			r.git("merge", "-q", "--no-ff", "-m", "the meeting's branch", "main")
			return r
		},
		"rebased, tags left behind": func(r repository) repository {
			r.rebase()
			return r
		},
		"CRLF": func(r repository) repository { return r.clone("-c", "core.autocrlf=true", "-c", "core.eol=crlf") },
	}
	for name, make := range kinds {
		t.Run(name, func(t *testing.T) {
			r := make(newRepository(t))
			checkReads(r)
			if strings.HasPrefix(name, "bare") {
				checkRefusesWriting(r)
				return
			}
			r.must("item", "new", "Drop Cassandra", "--group", "storage")
			checkHolds(r, r.git("show", "HEAD:sync-log/board/storage.yaml"), "Drop Cassandra", "Shard the index")
			if out := r.git("status", "--porcelain", "--ignore-submodules"); out != "" {
				t.Errorf("git status: %s", out)
			}
			if out, err := r.tryGit("", "fsck", "--strict"); err != nil || strings.Contains(out, "error") {
				t.Errorf("git fsck: %v\n%s", err, out)
			}
		})
	}
}

// checkReads reads the log that newRepository made, at every moment.
func checkReads(r repository) {
	r.t.Helper()
	checkHolds(r, r.must("log"), "2026-02-12", "2026-02-26")
	checkHolds(r, r.must("board", "--at", "@-1"), "planned")
	checkHolds(r, r.must("board", "--at", "2026-02-26"), "ongoing")
	checkHolds(r, r.must("board"), "blocked")
	checkHolds(r, r.must("diff", "@-1", "now"), "k7f3q", "planned", "blocked")
	checkHolds(r, r.must("status"), "storage")
	checkHolds(r, r.must("check"))
}

func checkHolds(r repository, text string, parts ...string) {
	r.t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			r.t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func checkRefusesWriting(r repository) {
	r.t.Helper()
	before := r.git("for-each-ref")
	for _, args := range [][]string{
		{"item", "new", "Drop Cassandra", "--group", "storage"},
		{"item", "new", "Drop Cassandra", "--group", "storage", "--no-commit"},
		{"sync", "close", "--date", "2026-03-12"},
		{"sync", "reopen", "2026-02-26"},
		{"group", "new", "edge"},
	} {
		_, errs, code := r.archsync(args...)
		if code != exitFailed || !strings.Contains(errs, "the repository is bare") || !strings.Contains(errs, "hint: git clone") {
			r.t.Errorf("archsync %q: exit code %d\n%s", args, code, errs)
		}
	}
	if after := r.git("for-each-ref"); after != before {
		r.t.Errorf("references were\n%sand are\n%s", before, after)
	}
}

// What a shallow clone does not have is said, with the command that brings it.
func TestShallowClone(t *testing.T) {
	origin := newRepository(t)
	r := origin.in(filepath.Join(t.TempDir(), "clone"))
	origin.git("clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(origin.dir), r.dir)
	checkHolds(r, r.must("board"), "blocked")
	checkHolds(r, r.must("board", "--at", "git:HEAD"), "blocked")
	for _, args := range [][]string{
		{"log"}, {"board", "--at", "2026-02-12"}, {"board", "--at", "@"}, {"diff", "@-1", "now"}, {"board", "--at", "git:HEAD~1"},
		{"why", "k7f3q"}, {"when", "exists k7f3q"}, {"search", "shard"}, {"stats"}, {"check", "--history"}, {"sync", "close", "--date", "2026-03-12"},
	} {
		out, errs, _ := r.archsync(args...)
		t.Logf("%q:\n%s%s", args, out, errs)
		checkHolds(r, errs+out, "this clone is shallow", "git fetch --unshallow --tags")
		if strings.Contains(errs, strings.Repeat("0", 40)) {
			t.Errorf("archsync %q names a commit that is none:\n%s", args, errs)
		}
	}
	checkHolds(r, r.out("why", "k7f3q"), "status      blocked")
	r.must("item", "new", "Drop Cassandra", "--group", "storage")
	r.git("fsck", "--strict")
	r.git("fetch", "-q", "--unshallow", "--tags")
	checkReads(r)
}

// A partial clone without file contents names the command that brings them.
func TestPartialClone(t *testing.T) {
	origin := newRepository(t)
	origin.git("config", "uploadpack.allowFilter", "true")
	origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
	r := origin.in(filepath.Join(t.TempDir(), "clone"))
	origin.git("clone", "-q", "--filter=blob:none", "file://"+filepath.ToSlash(origin.dir), r.dir)
	checkHolds(r, r.must("board"), "blocked")
	for _, args := range [][]string{{"log"}, {"board", "--at", "2026-02-12"}, {"diff", "@-1", "now"}, {"why", "k7f3q"}, {"when", "exists k7f3q"}, {"search", "planned"}, {"stats"}} {
		out, errs, _ := r.archsync(args...)
		t.Logf("%q:\n%s%s", args, out, errs)
		checkHolds(r, out+errs, "this clone is partial", "git fetch --refetch --no-filter")
	}
	r.must("item", "new", "Drop Cassandra", "--group", "storage")
	r.git("fetch", "-q", "--refetch", "--no-filter")
	checkHolds(r, r.must("board", "--at", "@-1"), "planned")
	r.git("fsck", "--strict")
}

// So does one without the files' folders.
func TestTreelessClone(t *testing.T) {
	origin := newRepository(t)
	origin.git("config", "uploadpack.allowFilter", "true")
	origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
	r := origin.in(filepath.Join(t.TempDir(), "clone"))
	origin.git("clone", "-q", "--filter=tree:0", "file://"+filepath.ToSlash(origin.dir), r.dir)
	checkHolds(r, r.must("board"), "blocked")
	for _, args := range [][]string{{"board", "--at", "@"}, {"board", "--at", "2026-02-12"}, {"status"}, {"why", "k7f3q"}, {"diff", "@-1", "now"}, {"sync", "close", "--date", "2026-03-12"}} {
		out, errs, _ := r.archsync(args...)
		t.Logf("%q:\n%s%s", args, out, errs)
		checkHolds(r, out+errs, "this clone is partial", "git fetch --refetch --no-filter")
	}
}

// Bytes that are no text, in a commit and in a board file, are replaced or a problem
// with a place.
func TestBytesThatAreNoText(t *testing.T) {
	r := newRepository(t)
	r.write("sync-log/board/storage.yaml", "name: Storage\nitems:\n  - {id: k7f3q, title: \"caf\xe9\", status: blocked}\n")
	r.git("-c", "user.name=Ren\xe9", "-c", "i18n.commitEncoding=latin1", "commit", "-q", "-a", "-m", "caf\xe9")
	r.git("tag", "-a", "-m", "caf\xe9", "sync/2026-03-01")
	for _, args := range [][]string{{"log"}, {"board"}, {"board", "--at", "@"}, {"diff", "@-1", "now"}, {"check"}, {"why", "k7f3q"}, {"search", "caf"}, {"log", "--json"}} {
		out, errs, _ := r.archsync(args...)
		if !utf8.ValidString(out + errs) {
			t.Errorf("archsync %q prints bytes that are no text:\n%s%s", args, out, errs)
		}
	}
	out, errs, code := r.archsync("check")
	if code == exitDone {
		t.Errorf("archsync check finds nothing:\n%s", out)
	}
	checkHolds(r, out+errs, "sync-log/board/storage.yaml:3:")
}

// Git works on the repository while archsync reads and writes: nothing is lost and
// nothing fails. (git gc --prune=now is not among it: git itself warns that it takes
// away what another process is about to commit.)
func TestBesideGit(t *testing.T) {
	r := newRepository(t)
	const rounds = 6
	far := r.clone()
	r.git("remote", "add", "far", far.dir)
	done := make(chan string, 1)
	go func() {
		var failed strings.Builder
		for i := range rounds {
			far.tryGit("", "commit", "-q", "--allow-empty", "-m", fmt.Sprint("far ", i))
			for _, args := range [][]string{{"fetch", "-q", "far"}, {"repack", "-adq"}, {"pack-refs", "--all"}, {"gc", "-q"}} {
				if out, err := r.tryGit("", args...); err != nil {
					fmt.Fprintf(&failed, "git %q: %v\n%s", args, err, out)
				}
			}
		}
		done <- failed.String()
	}()
	titles := []string{}
	for i, running := 0, true; running; i++ {
		select {
		case failed := <-done:
			if running = false; failed != "" {
				t.Error(failed)
			}
		default:
		}
		title := fmt.Sprint("Item number ", i)
		r.must("item", "new", title, "--group", "storage")
		titles = append(titles, title)
		checkReads(r)
	}
	checkHolds(r, r.git("show", "HEAD:sync-log/board/storage.yaml"), titles...)
	if out, err := r.tryGit("", "fsck", "--strict"); err != nil {
		t.Errorf("git fsck: %v\n%s", err, out)
	}
}

// What became of the tags of syncs when a history was rewritten: what the log still
// shows, what check --history says, and what it puts back.
func TestRewrittenHistories(t *testing.T) {
	cases := map[string]struct {
		make   func(r repository) repository
		found  []string // what check --history says
		mended bool     // all of it by --fix
		shows  []string // by "ARGS: PART", before and after
	}{
		"clone without tags": {
			make:  func(r repository) repository { return r.clone("--no-tags") },
			found: []string{"the tag sync/2026-02-12 is lost", "the tag sync/2026-02-26 is lost", "2 problems"}, mended: true,
			shows: []string{"log: 2026-02-26", "board --at 2026-02-12: planned", "why k7f3q: 2026-02-26", "status: storage"},
		},
		"rebased": {
			make:  func(r repository) repository { r.rebase(); return r },
			found: []string{"the history was rewritten: the tag sync/2026-02-12 stands on", "2 problems"}, mended: true,
			shows: []string{"log: 2026-02-26", "board --at 2026-02-12: planned", "board --at @: ongoing", "why k7f3q: blocked", "status: storage"},
		},
		"rebased, and the old branch is still there": {
			make: func(r repository) repository {
				r.git("branch", "old")
				r.rebase()
				return r
			},
			found: []string{`of the branch "old"; the snapshot of main is`, `delete "old"`},
			shows: []string{"log: 2026-02-26", "board --at 2026-02-12: planned"},
		},
		"rebased without tags": {
			make: func(r repository) repository {
				r.git("tag", "-d", "sync/2026-02-12", "sync/2026-02-26")
				r.git("rebase", "-q", "--force-rebase", "HEAD~3")
				return r
			},
			found: []string{"the tag sync/2026-02-12 is lost", "the tag sync/2026-02-26 is lost"}, mended: true,
			shows: []string{"log: 2026-02-26", "board --at 2026-02-12: planned"},
		},
		"squashed": {
			make:   func(r repository) repository { r.squash("all of it"); return r },
			found:  []string{"Nothing to complain about", "note: the snapshot sync/2026-02-12 is not in the history of main: its tag alone keeps it"},
			mended: true,
			shows:  []string{"log: 2026-02-26", "board --at 2026-02-12: planned", "board --at @: ongoing", "why k7f3q: blocked", "status: storage"},
		},
		"squashed, tags gone": {
			make:  func(r repository) repository { r.squash("all of it"); return r.clone("--no-tags") },
			found: []string{"the sync of 2026-02-12 has minutes, but no commit says that it is its snapshot", "where the history was squashed", "2 problems"},
			shows: []string{"log: there are minutes of 2 syncs", "board: blocked", "status: storage"},
		},
		"squashed with the messages of all, tags gone": {
			make: func(r repository) repository {
				r.squash("all of it\n\nArchsync-Sync: 2026-02-12\n\nArchsync-Sync: 2026-02-26\n\nblocked")
				return r.clone("--no-tags")
			},
			found: []string{"the sync of 2026-02-12 has minutes, but no commit", "the tag sync/2026-02-26 is lost"},
			shows: []string{"log: 2026-02-26", "board --at @: blocked", "board: blocked"},
		},
		"picked, and both merged": {
			make: func(r repository) repository {
				r.git("branch", "old")
				r.rebase()
				r.git("merge", "-q", "-m", "both", "old")
				return r
			},
			found: []string{"2 commits say that they are the snapshot of 2026-02-12; the tag stands on"},
			shows: []string{"log: 2026-02-26", "board --at 2026-02-12: planned"},
		},
		"on a branch that has no sync yet": {
			make: func(r repository) repository {
				r.git("checkout", "-q", "-b", "early", "sync/2026-02-12~1")
				return r
			},
			found: []string{"Nothing to complain about", `note: the snapshot sync/2026-02-26 is of the branch "main", not of early`}, mended: true,
			shows: []string{"log: 2026-02-26", "board --at @-1: planned"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := c.make(newRepository(t))
			show := func() {
				for _, s := range c.shows {
					args, part, _ := strings.Cut(s, ": ")
					out, errs, _ := r.archsync(strings.Fields(args)...)
					checkHolds(r, out+errs, part)
				}
			}
			show()
			out, errs, _ := r.archsync("check", "--history")
			checkHolds(r, out+errs, c.found...)
			out, _, code := r.archsync("check", "--history", "--fix")
			if (code == exitDone) != c.mended {
				t.Errorf("check --history --fix: exit code %d\n%s", code, out)
			}
			show()
			r.git("fsck", "--strict")
		})
	}
}

// What a shallow clone lacks is no fault of a tag.
func TestCheckHistoryOfShallowClone(t *testing.T) {
	origin := newRepository(t)
	r := origin.in(filepath.Join(t.TempDir(), "clone"))
	origin.git("clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(origin.dir), r.dir)
	out, errs, code := r.archsync("check", "--history", "--fix")
	t.Logf("%s%s", out, errs)
	checkHolds(r, out+errs, "this clone is shallow: tags of syncs before its first commit are not compared", "git fetch --unshallow --tags")
	if strings.Contains(out, "alone") || strings.Contains(out, "no commit says") || code != exitFound {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// The history of a log is read whole after its folder was renamed or moved, with and
// without tags.
func TestMovedFolder(t *testing.T) {
	cases := map[string]struct {
		in    string // from where archsync is run
		moves [][]string
	}{
		"into a folder":  {"docs", [][]string{{"sync-log", "docs/sync-log"}}},
		"renamed":        {"architecture", [][]string{{"sync-log", "architecture"}}},
		"twice":          {"b", [][]string{{"sync-log", "docs/sync-log"}, {"docs/sync-log", "b"}}},
		"there and back": {".", [][]string{{"sync-log", "docs/sync-log"}, {"docs/sync-log", "sync-log"}}},
		"into a folder that was there": {"notes", [][]string{
			{"sync-log/archsync.yaml", "notes/archsync.yaml"}, {"sync-log/board", "notes/board"}, {"sync-log/diagrams", "notes/diagrams"}, {"sync-log/syncs", "notes/syncs"},
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.mkdir("notes")
			r.write("notes/board.txt", "not of the log\n")
			r.git("add", "notes")
			r.git("commit", "-q", "-m", "notes")
			for _, move := range c.moves {
				r.mkdir(filepath.Dir(move[1]))
				r.git("mv", move[0], move[1])
				if name != "into a folder that was there" {
					r.git("commit", "-q", "-m", "move "+move[0])
				}
			}
			if name == "into a folder that was there" {
				r.git("commit", "-q", "-m", "move it all")
			}
			top, r := r, r.in(filepath.Join(r.dir, filepath.FromSlash(c.in)))
			check := func() {
				checkReads(r)
				checkHolds(r, r.must("why", "k7f3q"), "2026-02-12", "2026-02-26", "planned", "ongoing", "blocked")
				checkHolds(r, r.must("diff", "@-1", "@"), "k7f3q")
				checkHolds(r, r.must("board", "--at", "git:sync/2026-02-26~1"), "planned")
				checkHolds(r, r.must("search", "Shard"), "2026-02-12")
				if out := r.must("check", "--history"); strings.Contains(out, "note:") {
					t.Error(out)
				}
				if out := r.must("diff", "@", "now", "--json"); !strings.Contains(out, `"summary": "~1"`) {
					t.Errorf("moving the folder is a change:\n%s", out)
				}
			}
			check()
			top.git("tag", "-d", "sync/2026-02-12", "sync/2026-02-26")
			checkReads(r)
			r.must("check", "--history", "--fix")
			check()
			r.must("sync", "close", "--date", "2026-03-12")
			checkHolds(r, r.must("board", "--at", "@-1"), "ongoing")
		})
	}
}

// A move that is not committed yet hides nothing of the past.
func TestMovedFolderBeforeTheCommit(t *testing.T) {
	r := newRepository(t)
	r.mkdir("docs")
	r.git("mv", "sync-log", "docs/sync-log")
	r = r.in(filepath.Join(r.dir, "docs"))
	checkHolds(r, r.must("log"), "2026-02-12", "2026-02-26")
	checkHolds(r, r.must("board", "--at", "@-1"), "planned")
	checkHolds(r, r.must("diff", "@-1", "now"), "k7f3q", "planned", "blocked")
}

// Another log in the repository is not what this one was before.
func TestTwoLogs(t *testing.T) {
	r := newRepository(t)
	r.mkdir("other")
	r.write("other/archsync.yaml", "title: Other\ntag_prefix: other/\n")
	r.git("add", "other")
	r.git("commit", "-q", "-m", "other")
	other := r.in(filepath.Join(r.dir, "other"))
	_, errs, code := other.archsync("board", "--at", "git:HEAD~1")
	if code != exitFailed || !strings.Contains(errs, "it has no other/archsync.yaml") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	checkReads(r)
}
