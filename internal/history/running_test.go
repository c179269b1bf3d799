package history

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/archsync/archsync/internal/meeting"
)

func begin(*meeting.Running) (*meeting.Running, error) {
	r := meeting.Begin("2026-03-12", "Ada", []meeting.Turn{{Group: "core"}}, 0, meeting.Holder{}, start)
	return &r, nil
}

func mustUpdate(t *testing.T, a *Archive, change func(*meeting.Running) (*meeting.Running, error)) *meeting.Running {
	t.Helper()
	r, err := a.UpdateRunning(change)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunningIsKept(t *testing.T) {
	a := newArchive(t)
	if r, err := a.Running(); r != nil || err != nil {
		t.Fatalf("before a sync: %v, %v", r, err)
	}
	mustUpdate(t, a, begin)
	refused := errors.New("no")
	if _, err := a.UpdateRunning(func(*meeting.Running) (*meeting.Running, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("the function's error is %v", err)
	}
	again := openArchive(t, a.Store().Root())
	if r, err := again.Running(); err != nil || r == nil || r.Date != "2026-03-12" {
		t.Fatalf("another process sees %v, %v", r, err)
	}
	if files, err := a.Unsaved(t.Context()); err != nil || len(files) > 0 {
		t.Errorf("the log holds %v, %v", files, err)
	}
	mustUpdate(t, again, func(*meeting.Running) (*meeting.Running, error) { return nil, nil })
	if r, err := a.Running(); r != nil || err != nil {
		t.Errorf("after it ended: %v, %v", r, err)
	}
	if err := a.DropRunning(); err != nil {
		t.Error("dropping nothing:", err)
	}
}

// Linked working trees are one clone: a sync that runs in one runs in all.
func TestRunningInLinkedTree(t *testing.T) {
	needGit(t)
	a := newArchive(t)
	linked := filepath.Join(t.TempDir(), "linked")
	runGit(t, a.Store().Root(), "worktree", "add", "-q", "-b", "other", linked)
	mustUpdate(t, a, begin)
	if r, err := openArchive(t, linked).Running(); err != nil || r == nil {
		t.Errorf("the linked tree sees %v, %v", r, err)
	}
}

func TestRunningUnreadable(t *testing.T) {
	a := newArchive(t)
	if err := os.WriteFile(filepath.Join(a.Store().loc.common, a.runningName()), []byte(`{"sche`), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() error{
		"read":   func() error { _, err := a.Running(); return err },
		"update": func() error { _, err := a.UpdateRunning(begin); return err },
	} {
		if err := try(); err == nil || Hint(err) == "" || !strings.Contains(err.Error(), "archsync.running.sync-log.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := a.DropRunning(); err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, a, begin)
}

// TestRunningKilled kills a process that changes the state as fast as it can, at
// eight points: what it said was written is there, and the state is whole.
func TestRunningKilled(t *testing.T) {
	a := newArchive(t)
	for point := range 8 {
		mustUpdate(t, a, begin)
		said := killAfter(t, a.Store().Root(), point)
		r, err := a.Running()
		if err != nil || r == nil {
			t.Fatalf("killed after %d changes: %v, %v", said, r, err)
		}
		if n := len(r.Breakouts); n < said || n > said+1 {
			t.Errorf("killed after %d changes: %d are there", said, n)
		}
	}
}

// killAfter starts a process that changes the state and kills it when it has said so
// many times that it did. It gives the number of times in the end.
func killAfter(t *testing.T, root string, times int) (said int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRunningWriter$")
	cmd.Env = append(os.Environ(), "ARCHSYNC_TEST_WRITER="+root)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && strings.HasPrefix(lines.Text(), "written") {
		if said++; said == times+1 {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait() // it was killed
	return said
}

// TestRunningWriter is the process that [TestRunningKilled] kills.
func TestRunningWriter(t *testing.T) {
	root := os.Getenv("ARCHSYNC_TEST_WRITER")
	if root == "" {
		t.Skip("it is a process of TestRunningKilled")
	}
	a := openArchive(t, root)
	for i := range 100_000 {
		mustUpdate(t, a, func(r *meeting.Running) (*meeting.Running, error) {
			next := r.Open(fmt.Sprint(i))
			return &next, nil
		})
		fmt.Println("written")
	}
}

// Eight processes that each note a breakout lose none.
func TestRunningFromManySides(t *testing.T) {
	a := newArchive(t)
	mustUpdate(t, a, begin)
	var group sync.WaitGroup
	for i := range 8 {
		other := openArchive(t, a.Store().Root())
		group.Go(func() {
			if _, err := other.UpdateRunning(func(r *meeting.Running) (*meeting.Running, error) {
				next := r.Open(fmt.Sprint(i))
				return &next, nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if r, err := a.Running(); err != nil || len(r.Breakouts) != 8 {
		t.Errorf("%v, %v", r, err)
	}
}
