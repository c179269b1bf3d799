package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/chronicle"
	"pgregory.net/rapid"
)

// clockedStep is a commit or, with a date, the close of a sync, and what the clock of
// whoever makes it says.
type clockedStep struct {
	sync string
	when time.Time
}

// clockedSteps are three syncs, two weeks apart, with commits around them, and the clocks
// of the machines on which they were made.
func clockedSteps(t *rapid.T) (steps []clockedStep) {
	day := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	add := func(sync string) {
		day = day.Add(36 * time.Hour)
		steps = append(steps, clockedStep{sync, day})
	}
	for i := range 3 {
		for range rapid.IntRange(0, 3).Draw(t, "commits") {
			add("")
		}
		day = day.Add(14 * 24 * time.Hour)
		add([]string{"2026-02-20", "2026-03-20", "2026-04-20"}[i])
	}
	for range rapid.IntRange(1, 3).Draw(t, "commits after") {
		add("")
	}
	return steps
}

// play makes a repository of the steps, each on its clock, and gives its snapshots.
func play(t *testing.T, steps []clockedStep, clock func(i int) time.Time) *repo {
	t.Helper()
	r := newRepo(t)
	r.when = clock(0).Add(-24 * time.Hour)
	r.commit("begin", map[string]string{"sync-log/archsync.yaml": "title: x\n", "sync-log/a": "begin\n"})
	for i, s := range steps {
		r.when = clock(i).Add(-24 * time.Hour) // the helpers add a day
		content := map[string]string{"sync-log/a": fmt.Sprintf("%d\n", i)}
		if s.sync == "" {
			r.commit(fmt.Sprint("step ", i), content)
		} else {
			r.close(s.sync, content)
		}
	}
	return r
}

// at is what a moment shows; an error is a text of its own.
func (r *repo) at(expr string) string {
	m, err := r.Moment(expr, testNow)
	if err != nil {
		return err.Error()
	}
	content, err := r.ReadFile(m, "sync-log/a")
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// lineOf is the timeline as one text: dates, tags and what the snapshots show.
func (r *repo) lineOf() (text string) {
	line, problems, err := r.Timeline()
	if err != nil || len(problems) > 0 {
		return fmt.Sprint(err, problems)
	}
	for _, s := range line {
		text += fmt.Sprintf("%s %s %s", s.Date, s.Tag, r.at("git:"+s.Commit))
	}
	return text
}

// Whatever the clocks of commits say, the syncs stand in their order and show what they
// showed; a date shows what stood between the syncs around it, and revisions are git's.
func TestWildClocks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := clockedSteps(rt)
		wild := rapid.SliceOfN(rapid.Int64Range(0, 4_000_000_000), len(steps), len(steps)).Draw(rt, "clocks")
		sane := play(t, steps, func(i int) time.Time { return steps[i].when })
		odd := play(t, steps, func(i int) time.Time { return time.Unix(wild[i], 0).UTC() })
		for _, tags := range []bool{true, false} {
			if !tags {
				os.RemoveAll(filepath.Join(sane.Root(), ".git/refs/tags"))
				os.RemoveAll(filepath.Join(odd.Root(), ".git/refs/tags"))
			}
			for _, expr := range []string{"@", "@-1", "@-2", "@-3", "2026-02-20", "2026-03-20", "2026-04-20", "sync/2026-03-20", "HEAD", "HEAD~1"} {
				if got, want := odd.at(expr), sane.at(expr); got != want {
					rt.Errorf("%s shows %q, with sane clocks %q (tags: %v)", expr, got, want, tags)
				}
			}
			if got, want := odd.lineOf(), sane.lineOf(); got != want {
				rt.Errorf("the timeline is\n%swith sane clocks\n%s", got, want)
			}
			for _, date := range []string{"2026-02-25", "2026-04-01", "2026-05-30"} {
				if got, may := odd.at(date), between(steps, date); !slices.Contains(may, got) {
					rt.Errorf("%s shows %q, not one of %q", date, got, may)
				}
			}
		}
	})
}

// between are the states that a date may show: from the sync before it up to the one
// after it.
func between(steps []clockedStep, date string) (may []string) {
	for i, s := range steps {
		if s.sync > date {
			break
		}
		if s.sync != "" {
			may = nil
		}
		may = append(may, fmt.Sprintf("%d\n", i))
	}
	return may
}

// A clock that is behind the sync that a commit follows says nothing: the commit counts
// with the one that it follows.
func TestMomentOfBackdatedCommits(t *testing.T) {
	r := newRepo(t)
	r.commit("begin", map[string]string{"sync-log/archsync.yaml": "title: x\n", "sync-log/a": "begin\n"})
	r.close("2026-02-01", map[string]string{"sync-log/a": "sync\n"})
	for _, c := range []struct{ date, text string }{
		{"2026-02-05", "fifth"}, {"2026-02-10", "tenth"}, {"1999-01-01", "backdated"}, {"2026-02-20", "twentieth"}, {"2037-01-01", "future"},
		{"2026-02-25", "last"}, {"1970-01-02", "no battery"},
	} {
		r.when, _ = time.Parse(time.DateOnly, c.date)
		r.when = r.when.Add(-12 * time.Hour)
		r.commit(c.text, map[string]string{"sync-log/a": c.text + "\n"})
	}
	for date, want := range map[string]string{
		"2026-02-02": "sync", "2026-02-05": "fifth", "2026-02-09": "fifth", "2026-02-10": "backdated", "2026-02-19": "backdated",
		"2026-02-20": "twentieth", "2026-02-24": "twentieth", "2026-02-25": "no battery", "2026-05-01": "no battery",
	} {
		if got := r.at(date); got != want+"\n" {
			t.Errorf("%s shows %q, want %q", date, got, want)
		}
	}
}

// What happened between two syncs is known by who is whose ancestor, with any clocks.
func TestCommitsBetweenWildClocks(t *testing.T) {
	needGit(t)
	for _, name := range []string{"sync behind", "sync ahead", "branch behind", "all the other way round"} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			at := map[string]string{"sync behind": "1990", "sync ahead": "2040"}[name]
			day := 0
			make := func(message, file, year string) {
				day++
				if year == "" {
					year = "2026"
				}
				clock := fmt.Sprintf("%s-03-%02dT12:00:00Z", year, day)
				if name == "all the other way round" {
					clock = fmt.Sprintf("2026-03-%02dT12:00:00Z", 28-day)
				}
				r.write(file, message)
				r.git("add", ".")
				env := append(gitEnv(r.Root()), "GIT_COMMITTER_DATE="+clock, "GIT_AUTHOR_DATE="+clock)
				if out, err := gitWith(r.Root(), env, "commit", "-q", "-m", message); err != nil {
					t.Fatal(out, err)
				}
			}
			make("begin", "sync-log/archsync.yaml", "")
			for i := range 4 {
				make(fmt.Sprint("old ", i), "sync-log/board/a.yaml", "")
			}
			r.git("branch", "side")
			make("old last", "sync-log/board/a.yaml", "")
			make("snapshot", "sync-log/syncs/2026-03-06.md", at)
			r.git("tag", "-a", "-m", "x", "sync/2026-03-06")
			r.git("checkout", "-q", "side")
			make("on the side", "sync-log/board/b.yaml", map[string]string{"branch behind": "1980"}[name])
			r.git("checkout", "-q", "main")
			make("on main", "sync-log/board/c.yaml", "")
			r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
			a := openArchive(t, r.Root())
			found, err := a.between(t.Context(), Moment{}, chronicle.Snapshot{Date: "2026-03-06", Commit: r.commitOf("sync/2026-03-06")}, chronicle.Snapshot{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range found {
				got = append(got, c.Summary)
			}
			slices.Sort(got)
			if want := []string{"on main", "on the side"}; !slices.Equal(got, want) {
				t.Errorf("between them are %q, want %q", got, want)
			}
		})
	}
}

func (r *repo) commitOf(rev string) string {
	r.t.Helper()
	id, err := r.revision(rev)
	if err != nil {
		r.t.Fatal(err)
	}
	return id.String()
}
