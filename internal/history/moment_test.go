package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, 5, 31, 23, 30, 0, 0, time.UTC)

// close records a snapshot with a record and nothing to clear.
func (r *repo) close(date string, files map[string]string) Recorded {
	r.t.Helper()
	return r.closeAndClear(date, files, nil)
}

func (r *repo) closeAndClear(date string, files, clear map[string]string) Recorded {
	r.t.Helper()
	r.when = r.when.Add(24 * time.Hour)
	content := bytesOf(files)
	content["sync-log/syncs/"+date+".md"] = []byte("# " + date + "\n")
	expect := map[string][]byte{}
	for _, set := range []map[string][]byte{content, bytesOf(clear)} {
		for name := range set {
			work, err := r.workFile(name)
			if err != nil {
				r.t.Fatal(err)
			}
			expect[name] = work
		}
	}
	head, err := r.Head()
	if err != nil {
		r.t.Fatal(err)
	}
	got, err := r.Record(r.t.Context(), Recording{
		Date: date, Head: head.Commit, Expect: expect, Snapshot: content, SnapshotMessage: "Close the sync of " + date,
		TagMessage: "Sync of " + date, Clear: bytesOf(clear), ClearMessage: "Clear what was shown", Author: ada, When: r.when,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(got.Notices) > 0 {
		r.t.Fatal(got.Notices)
	}
	return got
}

// history makes commits a day apart from 2026-01-02 on, with snapshots whose dates
// have nothing to do with the commits' clocks.
func momentRepo(t *testing.T) (*repo, map[string]string) {
	r := newRepo(t)
	names := map[string]string{}
	names["src"] = r.commit("before the log", map[string]string{"src/a": "1"})                            // 01-02
	names["begin"] = r.commit("begin the log", map[string]string{"sync-log/archsync.yaml": "title: x\n"}) // 01-03
	names["s1"] = r.close("2026-02-01", nil).Snapshot                                                     // 01-04
	names["between"] = r.commit("between", map[string]string{"sync-log/a": "1"})                          // 01-05
	names["later"] = r.commit("later", map[string]string{"sync-log/a": "2"})                              // 01-06
	names["s2"] = r.close("2026-03-01", nil).Snapshot                                                     // 01-07
	names["s3"] = r.close("2026-04-01", nil).Snapshot                                                     // 01-08
	r.when = time.Date(2026, 4, 9, 22, 30, 0, 0, time.UTC)
	names["evening"] = r.commit("in the evening", map[string]string{"sync-log/a": "3"}) // 04-10 22:30 UTC
	names["head"] = r.commit("last", map[string]string{"sync-log/a": "4"})              // 04-11
	return r, names
}

func TestMoment(t *testing.T) {
	r, names := momentRepo(t)
	cases := map[string]string{
		"@": "s3", "@-0": "s3", "@-1": "s2", "@-2": "s1",
		"2026-03-01": "s2", "2026-02-01": "s1",
		"2026-02-15": "later", // the clock says January, but it comes after the snapshot of February
		"2026-03-15": "s2",    // nothing was committed in between
		"2026-01-03": "begin", "2026-01-31": "begin",
		"2026-04-10": "evening", "2026-04-11": "head", "2030-01-01": "head",
		"60d": "s3", "1mo": "head", "2mo": "s2", "1w": "head", "0d": "head", "91d ago": "s2", // 2026-03-01
		"sync/2026-03-01": "s2", "git:sync/2026-03-01": "s2", "main": "head", "HEAD": "head", "HEAD~1": "evening", "HEAD^": "evening",
		"main~2": "s3", "refs/heads/main": "head", "git:HEAD~3": "s2", "sync/2026-02-01^{commit}~1": "begin", "git:@": "head", "HEAD^0": "head",
		names["between"]: "between", names["between"][:10]: "between", "v1-3-g" + names["s1"][:12]: "s1",
	}
	for expr, want := range cases {
		m, err := r.Moment(expr, testNow)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if m.Commit != names[want] {
			t.Errorf("%s is %v, want %s (%s)", expr, m, want, names[want])
		}
		if (m.Kind == AtSnapshot) != strings.HasPrefix(want, "s") || m.Kind == AtSnapshot && m.Tag != "sync/"+m.Date {
			t.Errorf("%s is of the wrong kind: %v", expr, m)
		}
	}
	if m, _ := r.Moment("2026-02-15", testNow); m.Date != "2026-02-01" {
		t.Errorf("what comes after the sync of February is of %s", m.Date)
	}
	m, err := r.Moment("now", testNow)
	if err != nil || m.Kind != Now || m.Date != "2026-05-31" {
		t.Errorf("now is %v, %v", m, err)
	}
}

// A day ends when it ends in the log's zone.
func TestMomentZone(t *testing.T) {
	r, names := momentRepo(t)
	for zone, want := range map[string]string{"Asia/Tokyo": "s3", "America/New_York": "evening"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip(err)
		}
		m, err := r.With(Settings{Zone: loc}).Moment("2026-04-10", testNow)
		if err != nil || m.Commit != names[want] {
			t.Errorf("in %s it is %v, %v; want %s", zone, m, err, want)
		}
	}
	loc, _ := time.LoadLocation("Asia/Tokyo")
	if m, _ := r.With(Settings{Zone: loc}).Moment("now", testNow); m.Date != "2026-06-01" {
		t.Errorf("now is of %s in Tokyo", m.Date)
	}
}

func TestMomentErrors(t *testing.T) {
	r, _ := momentRepo(t)
	cases := map[string]string{
		"@-3":             "the first is @-2, of 2026-02-01",
		"@-x":             "@-3",
		"2026-02-30":      "YYYY-MM-DD",
		"2025-12-31":      "the first sync is of 2026-02-01",
		"2026-01-02":      "the first sync is of 2026-02-01",
		"sync/2026-02-10": "2026-02-01 and 2026-03-01",
		"sync/2026-05-10": "the nearest is of 2026-04-01",
		"nothing":         "now, @",
		"":                "now, @",
		"HEAD~99":         "now, @",
		"HEAD:file":       "now, @",
		"HEAD^3":          "now, @",
		"99y":             "the first sync is of 2026-02-01",
		"dead":            "now, @",
		"-x":              "now, @",
		"config":          "now, @",
		"git:now":         "now, @",
	}
	for expr, hint := range cases {
		m, err := r.Moment(expr, testNow)
		var me *MomentError
		if !errors.As(err, &me) || me.Expr != expr || !strings.Contains(Hint(err), hint) {
			t.Errorf("%q is %v, %v with the hint %q; want %q in it", expr, m, err, Hint(err), hint)
		}
	}
}

func TestMomentWithoutSyncs(t *testing.T) {
	r := newRepo(t)
	for _, expr := range []string{"@", "HEAD", "2026-01-01", "90d"} {
		if _, err := r.Moment(expr, testNow); err == nil || Hint(err) == "" {
			t.Errorf("%s in an empty repository: %v, hint %q", expr, err, Hint(err))
		}
	}
	r.commit("begin", map[string]string{"sync-log/a": "1"})
	if _, err := r.Moment("2025-01-01", testNow); !strings.Contains(Hint(err), "the log begins on 2026-01-02") {
		t.Errorf("hint is %q", Hint(err))
	}
}

func TestAgo(t *testing.T) {
	cases := map[string]string{
		"0d": "2026-05-31", "1d": "2026-05-30", "31d": "2026-04-30", "2w": "2026-05-17",
		"1mo": "2026-04-30", "3mo": "2026-02-28", "12mo": "2025-05-31", "1y": "2025-05-31", "15mo": "2025-02-28",
	}
	for text, want := range cases {
		e, err := ParseMoment(text)
		if err != nil || e.form != formAgo {
			t.Errorf("%s: %v, %v", text, e, err)
		} else if got := daysBack(testNow, e.count, e.unit); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, seed := range []string{"now", "@", "@-3", "2026-03-12", "2026-02-30", "90d", "8mo ago", "sync/2026-03-12", "git:HEAD~2", "HEAD^2~3", "", " ", "@-+1", "99999999999d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseMoment(text)
		if err != nil {
			var me *MomentError
			if !errors.As(err, &me) || me.Hint == "" || me.Expr != text {
				t.Errorf("error without a hint: %#v", err)
			}
			return
		}
		if e.String() != text {
			t.Errorf("%q became %q", text, e)
		}
		if e.form == formAgo && !isDate(daysBack(testNow, e.count, e.unit)) && e.count < 2000 {
			t.Errorf("%q is no day", text)
		}
		if again, err := ParseMoment(strings.TrimSpace(text)); err != nil || again.form != e.form {
			t.Errorf("%q is read differently without blanks", text)
		}
	})
}

func TestTimeline(t *testing.T) {
	r, names := momentRepo(t)
	check := func(what string, tags ...string) {
		t.Helper()
		line, problems, err := r.Timeline()
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		var got []string
		for _, s := range line {
			got = append(got, fmt.Sprintf("%s %s %s", s.Date, s.Tag, s.Commit))
			if s.Author != ada || !strings.Contains(s.Message, "Close the sync of "+s.Date) {
				t.Errorf("%s: %v", what, s)
			}
		}
		want := []string{
			"2026-02-01 " + tags[0] + " " + names["s1"], "2026-03-01 " + tags[1] + " " + names["s2"], "2026-04-01 " + tags[2] + " " + names["s3"],
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	check("tags", "sync/2026-02-01", "sync/2026-03-01", "sync/2026-04-01")
	tags := filepath.Join(r.Root(), ".git/refs/tags/sync")
	r.write(".git/refs/tags/sync/2026-05-01.lock", "")
	r.write(".git/refs/tags/sync/v2", names["s1"]+"\n")
	os.Remove(filepath.Join(tags, "2026-04-01"))
	check("the newest tag is lost", "sync/2026-02-01", "sync/2026-03-01", "")
	r.write(".git/refs/tags/sync/2026-03-01", names["s2"]+"\n") // a light tag
	check("a light tag", "sync/2026-02-01", "sync/2026-03-01", "")
	os.RemoveAll(tags)
	check("all tags are lost", "", "", "")
	r.write("sync-log/syncs/2026-04-20.md", "written by hand\n")
	r.commit("by hand", map[string]string{"sync-log/syncs/2026-04-20.md": "written by hand\n"})
	check("a record by hand is no snapshot", "", "", "")
}

// A sync that was closed on a branch and merged is found on that branch.
func TestTimelineThroughMerge(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/a": "1"})
	r.git("checkout", "-q", "-b", "side")
	snap := r.close("2026-02-01", nil).Snapshot
	r.git("checkout", "-q", "main")
	r.commit("main goes on", map[string]string{"sync-log/b": "1"})
	r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	r.git("tag", "-d", "sync/2026-02-01")
	line, _, err := r.Timeline()
	if err != nil || len(line) != 1 || line[0].Commit != snap {
		t.Errorf("Timeline() = %v, %v; want %s", line, err, snap)
	}
}

// What stood on the branch before a sync was merged into it does not come after
// that sync.
func TestMomentAfterMergedSync(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/a": "1"})
	r.git("checkout", "-q", "-b", "side")
	snap := r.close("2026-02-01", nil).Snapshot
	r.git("checkout", "-q", "main")
	r.commit("main goes on", map[string]string{"sync-log/b": "1"})
	late := append(gitEnv(r.Root()), "GIT_COMMITTER_DATE=2026-05-01T12:00:00Z")
	if out, err := gitWith(r.Root(), late, "merge", "-q", "--no-ff", "-m", "merge", "side"); err != nil {
		t.Fatal(out, err)
	}
	if m, err := r.Moment("2026-02-10", testNow); err != nil || m.Commit != snap {
		t.Errorf("2026-02-10 is %v, %v; want the snapshot %s", m, err, snap)
	}
	if m, err := r.Moment("2026-05-02", testNow); err != nil || m.Kind != AtCommit {
		t.Errorf("2026-05-02 is %v, %v; want the merge", m, err)
	}
}

func TestTimelineWithUnreadableSnapshot(t *testing.T) {
	r, _ := momentRepo(t)
	r.write(".git/refs/tags/sync/2026-03-01", strings.Repeat("12", 20)+"\n")
	line, problems, err := r.Timeline()
	if err != nil || len(line) != 3 || len(problems) != 1 || line[1].Problem == nil || line[0].Problem != nil {
		t.Fatalf("Timeline() = %v, %v, %v", line, problems, err)
	}
	if problems[0].Path != "sync-log/syncs/2026-03-01.md" || problems[0].Hint == "" {
		t.Errorf("problem is %#v", problems[0])
	}
	if _, err := r.Moment("2026-03-01", testNow); err == nil {
		t.Error("an unreadable snapshot is a moment")
	}
	if _, err := r.Moment("@", testNow); err != nil {
		t.Error(err)
	}
	if m, err := r.Moment("2026-02-15", testNow); err != nil || m.Kind != AtCommit {
		t.Errorf("before it: %v, %v", m, err)
	}
}

func TestTimelineInShallowClone(t *testing.T) {
	needGit(t)
	r, _ := momentRepo(t)
	clone := filepath.Join(t.TempDir(), "clone")
	runGit(t, r.Root(), "clone", "-q", "--depth=2", "file://"+filepath.ToSlash(r.Root()), clone)
	shallow := openRepo(t, clone)
	if _, _, err := shallow.Timeline(); err != nil {
		t.Error(err)
	}
	if m, err := shallow.Moment("HEAD", testNow); err != nil || m.Kind != AtCommit {
		t.Errorf("%v, %v", m, err)
	}
}
