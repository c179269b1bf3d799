package history

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/atomicfile"
	"github.com/archsync/archsync/internal/synclog"
)

const boardFile = "sync-log/board/ingest.yaml"

// recordRepo is a log with one group whose file shows a done item, not committed.
func recordRepo(t *testing.T) *repo {
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/archsync.yaml": "title: x\n", boardFile: "open\n", "src/a": "1\n"})
	r.write(boardFile, "open\ndone\n")
	return r
}

func recordingOf(r *repo) Recording {
	head, _ := r.Head()
	paths := Paths{Dir: "sync-log"}
	return Recording{
		Date: "2026-02-01", Head: head.Commit, Paths: paths, Stamp: r.Stamp(paths),
		Expect:          map[string][]byte{boardFile: []byte("open\ndone\n"), "sync-log/syncs/2026-02-01.md": nil},
		Snapshot:        map[string][]byte{boardFile: []byte("open\ndone\n"), "sync-log/syncs/2026-02-01.md": []byte("# record\n")},
		SnapshotMessage: "Close the sync of 2026-02-01\n\nAll is well.",
		TagMessage:      "Sync of 2026-02-01",
		Clear:           bytesOf(map[string]string{boardFile: "open\n"}),
		ClearMessage:    "Clear what was shown on 2026-02-01", Author: ada, When: start,
	}
}

func TestRecord(t *testing.T) {
	needGit(t)
	r := recordRepo(t)
	r.write("src/a", "staged\n")
	r.git("add", "src/a")
	got, err := r.Record(t.Context(), recordingOf(r))
	if err != nil || len(got.Notices) > 0 {
		t.Fatal(err, got.Notices)
	}
	r.checkSound()
	r.checkStatus("M  src/a\n")
	if r.read(boardFile) != "open\n" || r.read("sync-log/syncs/2026-02-01.md") != "# record\n" {
		t.Errorf("the working files hold %q, %q", r.read(boardFile), r.read("sync-log/syncs/2026-02-01.md"))
	}
	if out := r.git("show", "sync/2026-02-01:"+boardFile); out != "open\ndone\n" {
		t.Errorf("the snapshot holds %q", out)
	}
	want := "Clear what was shown on 2026-02-01\n\nArchsync-Clear: 2026-02-01\n\n" +
		"Close the sync of 2026-02-01\n\nAll is well.\n\nArchsync-Sync: 2026-02-01\n\nbegin\n\n"
	if out := r.git("log", "--format=%B"); out != want {
		t.Errorf("git log prints %q, want %q", out, want)
	}
	if out := r.git("for-each-ref", "--format=%(objecttype) %(taggername) %(contents:subject) %(*objectname)", "refs/tags"); out != "tag Ada Lovelace Sync of 2026-02-01 "+got.Snapshot+"\n" {
		t.Errorf("the tag is %q", out)
	}
	if did, err := r.Recover(t.Context()); err != nil || did != nil {
		t.Errorf("Recover() = %q, %v", did, err)
	}
}

// A refused close leaves everything as it was.
func TestRecordRefuses(t *testing.T) {
	cases := map[string]struct {
		prepare func(*repo, *Recording)
		want    error
	}{
		"closed already": {func(r *repo, _ *Recording) { r.write(".git/refs/tags/sync/2026-02-01", r.headCommit()+"\n") }, ErrTagExists},
		"packed tag": {func(r *repo, _ *Recording) {
			r.write(".git/packed-refs", r.headCommit()+" refs/tags/sync/2026-02-01\n")
		}, ErrTagExists},
		"tag in the way":          {func(r *repo, _ *Recording) { r.write(".git/refs/tags/sync", r.headCommit()+"\n") }, nil},
		"branch moved":            {func(r *repo, _ *Recording) { r.commit("another's", map[string]string{"src/b": "1\n"}) }, ErrChanged},
		"file changed":            {func(r *repo, _ *Recording) { r.write(boardFile, "open\ndone\nmore\n") }, ErrChanged},
		"file came":               {func(r *repo, _ *Recording) { r.write("sync-log/board/new.yaml", "new\n") }, ErrChanged},
		"file changed, no stamp":  {func(r *repo, rec *Recording) { rec.Stamp = 0; r.write(boardFile, "x") }, ErrChanged},
		"record is there":         {func(r *repo, rec *Recording) { rec.Stamp = 0; r.write("sync-log/syncs/2026-02-01.md", "by hand\n") }, ErrChanged},
		"detached":                {func(r *repo, _ *Recording) { r.write(".git/HEAD", r.headCommit()+"\n") }, ErrDetached},
		"no name":                 {func(_ *repo, rec *Recording) { rec.Author = Author{} }, ErrNoIdentity},
		"no date":                 {func(_ *repo, rec *Recording) { rec.Date = "tomorrow" }, nil},
		"stale lock of the tag":   {func(r *repo, _ *Recording) { r.write(".git/refs/tags/sync/2026-02-01.lock", "") }, ErrLocked},
		"stale lock of the index": {func(r *repo, _ *Recording) { r.write(".git/index.lock", "") }, ErrLocked},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recordRepo(t)
			rec := recordingOf(r)
			c.prepare(r, &rec)
			head, board := r.headCommit(), r.read(boardFile)
			index, _ := os.ReadFile(filepath.Join(r.Root(), ".git/index"))
			_, err := r.Record(t.Context(), rec)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if err != nil && Hint(err) == "" && c.want != nil {
				t.Errorf("%v has no hint", err)
			}
			after, _ := os.ReadFile(filepath.Join(r.Root(), ".git/index"))
			if r.headCommit() != head || r.read(boardFile) != board || string(after) != string(index) {
				t.Error("something was changed all the same")
			}
			for _, name := range []string{"archsync-journal", "refs/heads/main.lock"} {
				if _, err := os.Stat(filepath.Join(r.Root(), ".git", name)); err == nil {
					t.Errorf("%s remains", name)
				}
			}
		})
	}
}

func (r *repo) headCommit() string {
	_, id, _ := r.refs.head()
	return id.String()
}

// A file that is edited between the moves and the writing of working files stays
// as its writer left it.
func TestRecordKeepsLateEdit(t *testing.T) {
	r := recordRepo(t)
	rec := recordingOf(r)
	rec.Expect[boardFile] = []byte("open\ndone\n")
	notices := r.bring(t.Context(), map[string][]byte{boardFile: []byte("something else\n")}, rec.Clear, atomicfile.Options{})
	if len(notices) != 1 || r.read(boardFile) != "open\ndone\n" {
		t.Errorf("notices %q, file %q", notices, r.read(boardFile))
	}
}

// killedClose does everything up to a point, as a killed process would have.
func killedClose(t *testing.T, r *repo, index, branch, tag bool) Recording {
	rec := recordingOf(r)
	_, head, _ := r.refs.head()
	snap, touches, err := r.build(head, Change{Files: rec.Snapshot, Message: synclog.WithTrailer(rec.SnapshotMessage, synclog.SyncTrailer, rec.Date), Author: ada, When: start})
	if err != nil {
		t.Fatal(err)
	}
	next, cleared, err := r.build(snap, Change{Files: rec.Clear, Message: synclog.WithTrailer(rec.ClearMessage, synclog.ClearTrailer, rec.Date), Author: ada, When: start})
	if err != nil {
		t.Fatal(err)
	}
	move := refUpdate{"refs/heads/main", head, next, "x"}
	if err := r.writeJournal(r.operation(next).with(t.Context()), transition{what: "the close of 2026-02-01", branch: move}); err != nil {
		t.Fatal(err)
	}
	if index {
		u, err := r.lockIndex(context.Background(), chain(touches, cleared))
		if err != nil {
			t.Fatal(err)
		}
		u.follow(context.Background())
	}
	updates := []refUpdate{}
	if branch {
		updates = append(updates, move)
	}
	if tag {
		updates = append(updates, refUpdate{"refs/tags/sync/2026-02-01", hash{}, snap, ""})
	}
	if err := r.refs.update(context.Background(), signature{ada, start}, updates, nil); err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestRecover(t *testing.T) {
	needGit(t)
	cases := map[string]struct {
		index, branch, tag bool
		edit               string // of the board after the kill
		status             string
	}{
		"before anything":  {false, false, false, "", " M " + boardFile + "\n"},
		"after the index":  {true, false, false, "", " M " + boardFile + "\n"},
		"after the branch": {true, true, false, "", ""},
		"after the tag":    {true, true, true, "", ""},
		"edited since":     {true, true, true, "something else\n", " M " + boardFile + "\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := recordRepo(t)
			r.git("add", boardFile) // for the snapshot to equal the working file
			r.commit("saved", map[string]string{boardFile: "open\ndone\n"})
			if !c.branch {
				r.write(boardFile, "open\ndone\n")
			}
			killedClose(t, r, c.index, c.branch, c.tag)
			if c.edit != "" {
				r.write(boardFile, c.edit)
			}
			did, err := r.Recover(t.Context())
			if err != nil || len(did) == 0 {
				t.Fatal(did, err)
			}
			if !c.branch {
				c.status = ""
			}
			r.checkStatus(c.status)
			if c.branch {
				line, _, err := r.Timeline()
				if err != nil || len(line) != 1 || line[0].Tag != "sync/2026-02-01" {
					t.Errorf("Timeline() = %v, %v", line, err)
				}
			}
			if did, err := r.Recover(t.Context()); err != nil || did != nil {
				t.Errorf("a second Recover() = %q, %v", did, err)
			}
			r.checkSound()
		})
	}
}

// What was interrupted before the branch moved is not finished because somebody
// committed since: a tag would name a commit that no branch holds.
func TestRecoverAfterAnotherCommit(t *testing.T) {
	r := recordRepo(t)
	killedClose(t, r, true, false, false)
	r.commit("goes on", map[string]string{"sync-log/board/storage.yaml": "new\n"})
	did, err := r.Recover(t.Context())
	if err != nil || len(did) != 1 || !strings.Contains(did[0], "is taken back") {
		t.Errorf("Recover() = %q, %v", did, err)
	}
	if line, _, err := r.Timeline(); err != nil || len(line) != 0 {
		t.Errorf("Timeline() = %v, %v", line, err)
	}
	if r.read("sync-log/syncs/2026-02-01.md") != "(none)" || r.read(boardFile) != "open\ndone\n" {
		t.Errorf("the files hold %q, %q", r.read("sync-log/syncs/2026-02-01.md"), r.read(boardFile))
	}
	if hasGit() {
		r.checkStatus(" M " + boardFile + "\n")
	}
}

// The past can be read while something interrupted waits for a branch.
func TestRecoverOnDetachedHead(t *testing.T) {
	r := recordRepo(t)
	killedClose(t, r, true, true, false)
	head, _ := r.Head()
	r.write(".git/HEAD", head.Commit+"\n")
	if did, err := r.Recover(t.Context()); did != nil || err != nil {
		t.Errorf("Recover() = %q, %v", did, err)
	}
	r.write(".git/HEAD", "ref: refs/heads/main\n")
	if did, err := r.Recover(t.Context()); len(did) != 1 || err != nil {
		t.Errorf("back on the branch, Recover() = %q, %v", did, err)
	}
}

// What was interrupted is settled before something new begins.
func TestRecordAfterInterruption(t *testing.T) {
	r := recordRepo(t)
	rec := killedClose(t, r, true, true, false)
	head, _ := r.Head()
	rec.Date, rec.Head, rec.Stamp = "2026-02-15", head.Commit, 0
	rec.Snapshot = bytesOf(map[string]string{"sync-log/syncs/2026-02-15.md": "# record\n"})
	if _, err := r.Record(t.Context(), rec); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "the close of 2026-02-01 was interrupted") {
		t.Errorf("error is %v", err)
	}
	rec.Expect = map[string][]byte{boardFile: []byte(r.read(boardFile))}
	rec.Clear = nil
	if _, err := r.Record(t.Context(), rec); err != nil {
		t.Error(err)
	}
	if line, _, err := r.Timeline(); err != nil || len(line) != 2 || line[0].Tag == "" {
		t.Errorf("Timeline() = %v, %v", line, err)
	}
}

func TestReopen(t *testing.T) {
	needGit(t)
	r := recordRepo(t)
	if _, err := r.Record(t.Context(), recordingOf(r)); err != nil {
		t.Fatal(err)
	}
	r.commit("since", map[string]string{"sync-log/board/storage.yaml": "new\n"})
	plan, err := r.PlanReopen(t.Context(), "2026-02-01")
	if err != nil || len(plan.Clashes) > 0 {
		t.Fatal(plan, err)
	}
	plan.Message, plan.Author, plan.When = "Reopen the sync", ada, start
	if got, err := r.Reopen(t.Context(), plan); err != nil || len(got.Notices) > 0 {
		t.Fatal(got, err)
	}
	r.checkStatus("")
	r.checkSound()
	if r.read(boardFile) != "open\ndone\n" || r.read("sync-log/syncs/2026-02-01.md") != "(none)" || r.read("sync-log/board/storage.yaml") != "new\n" {
		t.Errorf("the files are %q, %q", r.read(boardFile), r.read("sync-log/syncs/2026-02-01.md"))
	}
	if line, _, err := r.Timeline(); err != nil || len(line) != 0 {
		t.Errorf("Timeline() = %v, %v", line, err)
	}
	// It can be closed once more.
	r.close("2026-02-01", nil)
	if line, _, err := r.Timeline(); err != nil || len(line) != 1 {
		t.Errorf("Timeline() = %v, %v", line, err)
	}
}

func TestReopenWithoutTagOrClearing(t *testing.T) {
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/a": "1\n"})
	r.close("2026-02-01", nil)
	os.RemoveAll(filepath.Join(r.Root(), ".git/refs/tags"))
	plan, err := r.PlanReopen(t.Context(), "2026-02-01")
	if err != nil {
		t.Fatal(err)
	}
	plan.Message, plan.Author, plan.When = "Reopen", ada, start
	if _, err := r.Reopen(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if got := r.headFile("sync-log/syncs/2026-02-01.md"); got != "(none)" {
		t.Errorf("the record is still there: %q", got)
	}
}

func TestReopenRefuses(t *testing.T) {
	needGit(t)
	cases := map[string]struct {
		prepare func(*repo) string // gives the date to reopen
		want    error
	}{
		"no such sync": {func(*repo) string { return "2026-03-01" }, ErrNoSnapshot},
		"not the newest": {func(r *repo) string {
			r.close("2026-03-01", nil)
			return "2026-02-01"
		}, nil},
		"pushed": {func(r *repo) string {
			r.git("update-ref", "refs/remotes/origin/main", "HEAD")
			r.commit("since", map[string]string{"src/b": "1"})
			return "2026-02-01"
		}, ErrPushed},
		"pushed below a commit whose clock was wrong": {func(r *repo) string {
			old := r.git("-c", "user.name=Ada", "-c", "user.email=ada@lumen.example", "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "old")
			backdated, err := gitWith(r.Root(), append(gitEnv(r.Root()), "GIT_AUTHOR_DATE=2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2001-01-01T00:00:00Z"),
				"commit-tree", "HEAD^{tree}", "-p", strings.TrimSpace(old), "-m", "backdated")
			if err != nil {
				r.t.Fatal(err)
			}
			r.git("update-ref", "refs/remotes/origin/main", strings.TrimSpace(backdated))
			return "2026-02-01"
		}, ErrPushed},
		"detached": {func(r *repo) string {
			r.git("checkout", "-q", "--detach")
			return "2026-02-01"
		}, ErrDetached},
		"another branch": {func(r *repo) string {
			r.git("checkout", "-q", "-b", "side", "HEAD~2")
			return "2026-02-01"
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := recordRepo(t)
			if _, err := r.Record(t.Context(), recordingOf(r)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.PlanReopen(t.Context(), c.prepare(r)); err == nil || c.want != nil && !errors.Is(err, c.want) || Hint(err) == "" {
				t.Errorf("error is %v with the hint %q, want %v", err, Hint(err), c.want)
			}
		})
	}
}

// An earlier push of what came before the snapshot is no hindrance.
func TestReopenAfterEarlierPush(t *testing.T) {
	needGit(t)
	r := recordRepo(t)
	r.git("update-ref", "refs/remotes/origin/main", "HEAD")
	if _, err := r.Record(t.Context(), recordingOf(r)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.PlanReopen(t.Context(), "2026-02-01"); err != nil {
		t.Error(err)
	}
}

// What was changed since it was cleared must be settled by the caller.
func TestReopenWithClash(t *testing.T) {
	r := recordRepo(t)
	if _, err := r.Record(t.Context(), recordingOf(r)); err != nil {
		t.Fatal(err)
	}
	r.commit("since", map[string]string{boardFile: "open\nnew\n"})
	plan, err := r.PlanReopen(t.Context(), "2026-02-01")
	if err != nil || strings.Join(plan.Clashes, " ") != boardFile {
		t.Fatalf("clashes %q, %v", plan.Clashes, err)
	}
	plan.Message, plan.Author, plan.When = "Reopen", ada, start
	if _, err := r.Reopen(t.Context(), plan); !errors.Is(err, ErrChanged) {
		t.Errorf("error is %v, want ErrChanged", err)
	}
	plan.Files[boardFile] = []byte("open\nnew\ndone\n")
	r.write(boardFile, "unsaved\n")
	if _, err := r.Reopen(t.Context(), plan); !errors.Is(err, ErrChanged) {
		t.Errorf("error is %v, want ErrChanged", err)
	}
	r.write(boardFile, "open\nnew\n")
	if _, err := r.Reopen(t.Context(), plan); err != nil {
		t.Error(err)
	}
	if r.read(boardFile) != "open\nnew\ndone\n" {
		t.Errorf("the file holds %q", r.read(boardFile))
	}
}
