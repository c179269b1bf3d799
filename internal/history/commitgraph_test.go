package history

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// manyCommits is a repository with a log, one sync, and n commits after it that do not
// touch it, an hour apart.
func manyCommits(t *testing.T, n int) *repo {
	t.Helper()
	needGit(t)
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/archsync.yaml": "title: Test\n"})
	head := r.commit("sync", map[string]string{"sync-log/syncs/2026-01-03.md": "said\n"})
	r.git("tag", "-a", "-m", "sync", "sync/2026-01-03")
	var stream strings.Builder
	begin := r.when.Unix()
	for i := range n {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Ada <ada@example.com> %d +0000\ndata 2\nx\n", begin+int64(i+1)*3600)
		if i == 0 {
			fmt.Fprintf(&stream, "from %s\n", head)
		}
		fmt.Fprintf(&stream, "M 644 inline other\ndata <<E\n%d\nE\n", i)
	}
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = r.Root(), gitEnv(r.Root()), strings.NewReader(stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

// A date is found with git's table of commits where it is found without, and where the
// table is split, damaged or older than the branch.
func TestMomentWithCommitGraph(t *testing.T) {
	r := manyCommits(t, 2*plainSteps)
	want := map[string]string{}
	for day := range 20 {
		date := time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if m, err := r.Moment(date, time.Now()); err == nil {
			want[date] = m.Commit
		}
	}
	if len(want) < 15 || len(slices.Compact(slices.Sorted(maps.Values(want)))) < 10 {
		t.Fatalf("too few moments: %v", want)
	}
	check := func(state string) {
		t.Helper()
		for date, commit := range want {
			if m, err := r.Moment(date, time.Now()); err != nil || m.Commit != commit {
				t.Errorf("%s: %s is %s, want %s: %v", state, date, m.Commit, commit, err)
			}
		}
	}
	objects := filepath.Join(r.loc.common, "objects")
	r.git("commit-graph", "write", "--reachable")
	if g := readCommitGraph(objects); g.count() < 2*plainSteps {
		t.Fatalf("%d commits in the graph", g.count())
	}
	check("whole")
	single := filepath.Join(objects, "info", "commit-graph")
	content, err := os.ReadFile(single)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(single), os.WriteFile(single, content[:len(content)/2], 0o600)); err != nil {
		t.Fatal(err)
	}
	check("cut off")
	if err := os.Remove(single); err != nil {
		t.Fatal(err)
	}
	r.git("commit-graph", "write", "--reachable", "--split")
	r.git("commit", "--allow-empty", "-m", "later")
	r.git("commit-graph", "write", "--reachable", "--split=no-merge")
	if g := readCommitGraph(objects); len(g) != 2 {
		t.Fatalf("%d files in the graph", len(g))
	}
	check("split")
}

// Whoever waits for a walk over a long branch is told what spares it the next time.
func TestLongWalkIsTold(t *testing.T) {
	n := 2 * plainSteps
	r := manyCommits(t, n)
	date := r.when.Format(time.DateOnly)
	if _, steps, err := r.newestBetween(nil, nil, date); err != nil || steps < n-24 || steps > n {
		t.Errorf("%d commits are read, of %d, %v", steps, n, err)
	}
	r.git("commit-graph", "write", "--reachable")
	if _, steps, err := r.newestBetween(nil, nil, date); err != nil || steps > plainSteps+24 {
		t.Errorf("with git's table %d commits are read, %v", steps, err)
	}
	if few := slowWalk(longWalk - 1); few != "" {
		t.Errorf("a short walk is told: %q", few)
	}
	if many := slowWalk(longWalk); !strings.Contains(many, "git commit-graph write --reachable") {
		t.Errorf("a long walk is told as %q", many)
	}
}

// What the table says of a commit is what the commit says.
func TestCommitGraph(t *testing.T) {
	r := manyCommits(t, 50)
	r.git("commit-graph", "write", "--reachable")
	g := readCommitGraph(filepath.Join(r.loc.common, "objects"))
	head := hashOf(strings.TrimSpace(r.git("rev-parse", "HEAD")))
	for _, end := range []int64{0, r.when.Unix() + 10*3600, r.when.Unix() + 1000*3600} {
		want := head
		for {
			c, err := r.objects.commit(want)
			if err != nil {
				t.Fatal(err)
			}
			if c.committer.when.Unix() < end || len(c.parents) == 0 {
				break
			}
			want = c.parents[0]
		}
		if got := g.firstOlder(head, end, hash{}); got != want {
			t.Errorf("before %d: %s, want %s", end, got, want)
		}
	}
	if unknown := hashOf(strings.Repeat("ab", 20)); g.firstOlder(unknown, 0, hash{}) != unknown || readCommitGraph(t.TempDir()).firstOlder(head, 0, hash{}) != head {
		t.Error("what is not known is not given back")
	}
}

func FuzzCommitGraph(f *testing.F) {
	f.Add([]byte("CGPH\x01\x01\x02\x00OIDL\x00\x00\x00\x00\x00\x00\x00\x20"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if l, ok := parseGraphLayer(content, 0); ok && l.count > 0 {
			commitGraph{l}.firstOlder(hash(l.name(l.count-1)), 0, hash{})
		}
	})
}
