package history

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// closedRepo is recordRepo with a running sync, saved and closed as far as the act says.
func closedRepo(t *testing.T, act string) *repo {
	r := recordRepo(t)
	mustUpdate(t, openArchive(t, r.Root()), begin)
	if act == "reopen" {
		if _, err := r.Record(t.Context(), recordingOf(r)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestKilledAtEachStep kills a process after each of the steps on the disk in which a
// sync is closed or reopened. What comes after finds the sync whole or not at all, and
// nothing in its way.
func TestKilledAtEachStep(t *testing.T) {
	needGit(t)
	for _, act := range []string{"close", "reopen"} {
		t.Run(act, func(t *testing.T) {
			for n, done := 1, false; !done; n++ {
				r := closedRepo(t, act)
				var step string
				step, done = killAt(t, r.Root(), act, n)
				t.Run(fmt.Sprintf("%d %s", n, strings.ReplaceAll(step, "/", " ")), func(t *testing.T) {
					r.t = t
					checkRecovered(r, act)
				})
				if n > 100 {
					t.Fatal("it does not end")
				}
			}
		})
	}
}

// killAt acts in a process that dies after its nth step. It gives the step, or that
// there are not so many.
func killAt(t *testing.T, root, act string, n int) (step string, done bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "ARCHSYNC_TEST_KILLED="+root, "ARCHSYNC_TEST_ACT="+act, "ARCHSYNC_TEST_STEP="+strconv.Itoa(n))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return "never", true
	}
	_, step, found := strings.Cut(string(out), "killed after ")
	if !found {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(step)), false
}

// TestKilledProcess is the process that [TestKilledAtEachStep] kills.
func TestKilledProcess(t *testing.T) {
	root := os.Getenv("ARCHSYNC_TEST_KILLED")
	if root == "" {
		t.Skip("it is a process of TestKilledAtEachStep")
	}
	left, err := strconv.Atoi(os.Getenv("ARCHSYNC_TEST_STEP"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithValue(t.Context(), operationKey{}, operation{step: func(name string) {
		if left--; left == 0 {
			fmt.Println("killed after", name)
			os.Exit(9)
		}
	}})
	r := openRepo(t, root)
	if os.Getenv("ARCHSYNC_TEST_ACT") == "reopen" {
		var plan Reopening
		if plan, err = r.PlanReopen(ctx, "2026-02-01"); err == nil {
			plan.Message, plan.Author, plan.When = "Reopen the sync", ada, start
			_, err = r.Reopen(ctx, plan)
		}
	} else {
		_, err = r.Record(ctx, recordingOf(r))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkRecovered finds a sync that is closed or open, whole, by the next who comes.
func checkRecovered(r *repo, act string) {
	r.t.Helper()
	if _, err := r.Recover(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	if did, err := r.Recover(r.t.Context()); err != nil || did != nil {
		r.t.Errorf("a second Recover() = %q, %v", did, err)
	}
	r.checkNothingLeft()
	r.checkSound()
	line, problems, err := r.Timeline()
	if err != nil || len(problems) > 0 || len(line) > 1 {
		r.t.Fatalf("Timeline() = %v, %v, %v", line, problems, err)
	}
	record, board := r.read("sync-log/syncs/2026-02-01.md"), r.read(boardFile)
	if len(line) == 0 {
		if record != "(none)" || r.headFile("sync-log/syncs/2026-02-01.md") != "(none)" || board != "open\ndone\n" {
			r.t.Errorf("the sync is open, and the files are %q, %q", record, board)
		}
		if running, err := openArchive(r.t, r.Root()).Running(); err != nil || running == nil {
			r.t.Errorf("the running sync is %v, %v", running, err)
		}
		if act == "close" {
			r.checkStatus(" M " + boardFile + "\n")
		} else {
			r.checkStatus("")
		}
		r.close("2026-02-01", nil)
		return
	}
	if record != "# record\n" || r.headFile("sync-log/syncs/2026-02-01.md") != "# record\n" || board != "open\n" {
		r.t.Errorf("the sync is closed, and the files are %q, %q", record, board)
	}
	r.checkStatus("")
	if act == "close" && line[0].Tag == "" {
		r.t.Errorf("it has no tag: %v", line)
	}
	r.commit("goes on", map[string]string{"sync-log/board/storage.yaml": "new\n"})
}

// checkNothingLeft looks for locks and for files that were not put in place.
func (r *repo) checkNothingLeft() {
	r.t.Helper()
	err := filepath.WalkDir(filepath.Join(r.Root(), ".git"), func(name string, d fs.DirEntry, err error) error {
		base := filepath.Base(name)
		if strings.HasSuffix(base, ".lock") || strings.HasPrefix(base, pendingFiles) || base == "archsync-journal" {
			r.t.Errorf("%s is left", name)
		}
		return err
	})
	if err != nil {
		r.t.Error(err)
	}
}
