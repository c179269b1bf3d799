package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kill ends the program as a crash does.
func (term *terminal) kill() {
	term.t.Helper()
	shell, err := exec.Command("tmux", "-S", term.socket, "list-panes", "-F", "#{pane_pid}").Output()
	if err != nil {
		term.t.Fatalf("tmux list-panes: %v", err)
	}
	children, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(shell)), "task", strings.TrimSpace(string(shell)), "children"))
	if err != nil || len(strings.Fields(string(children))) != 1 {
		term.t.Skipf("the program's process is not found here: %q, %v", children, err)
	}
	if out, err := exec.Command("kill", "-9", strings.Fields(string(children))[0]).CombinedOutput(); err != nil {
		term.t.Fatalf("kill: %v\n%s", err, out)
	}
	term.see("with 137") // the shell says more, and that may be wrapped
}

// TestSyncInTerminal holds a whole sync of the demo. The program is killed after every
// step of it, started again, and shows what it showed.
func TestSyncInTerminal(t *testing.T) {
	require(t, "tmux")
	dir := makeDemo(t)
	if today := time.Now().UTC().Format(time.DateOnly); today <= "2026-10-23" {
		t.Skipf("the demo's last sync is not before %s", today)
	}
	term := start(t, 120, 40, dir, "sync", "start")
	term.see("No discussions", "first group")
	term.press("Q")
	term.see("left with 0")
	answerAt(t, dir, time.Now, "sync", "stop")
	term = start(t, 120, 40, dir)
	term.see("Storage", "now")
	term.press("4")
	term.see("Next sync", "s starts it")
	term.press("s")
	term.see("No discussions", "first group")
	steps := []struct {
		keys, shows []string
	}{
		{[]string{"Right"}, []string{" 1/7 "}},
		{[]string{"a"}, []string{" 1/7 ", "ABSENT"}},
		{[]string{"Right"}, []string{" 2/7 "}},
		{[]string{"Down"}, []string{" 2/7 "}},
		{[]string{"b", "First topic", "C-s"}, []string{"take out"}},
		{[]string{"Right"}, []string{" 3/7 "}},
		{[]string{">"}, []string{" 3/7 ", "unsaved"}},
		{[]string{"Right"}, []string{" 4/7 "}},
		{[]string{"Space"}, []string{" 4/7 ", "the clock stands"}},
		{[]string{"Space"}, []string{" 4/7 "}},
		{[]string{"Left"}, []string{" 3/7 "}},
		{[]string{"Right"}, []string{" 4/7 "}},
		{[]string{"Right"}, []string{" 5/7 "}},
		{[]string{"b", "Second topic", "C-s"}, []string{"take out"}},
		{[]string{"Right"}, []string{" 6/7 "}},
		{[]string{"a"}, []string{" 6/7 ", "ABSENT"}},
		{[]string{"a"}, []string{" 6/7 "}},
		{[]string{"Right"}, []string{" 7/7 "}},
		{[]string{"Left"}, []string{" 6/7 "}},
		{[]string{"Right"}, []string{" 7/7 "}},
		{[]string{"Right"}, []string{"Every group was on", "First topic", "Second topic", "absent"}},
	}
	for i, step := range steps {
		term.press(step.keys...)
		picture := term.see(step.shows...)
		term.kill()
		if i%2 == 0 {
			term = start(t, 120, 40, dir, "sync", "start")
		} else {
			term = start(t, 120, 40, dir)
			term.see("Storage", "now")
			term.press("4")
		}
		term.see("go on from here")
		term.press("s")
		turn := step.shows[0]
		if turn == "take out" { // a note, which is gone
			turn = picture[strings.Index(picture, "/7 ")-1:][:4]
		}
		shown := term.until(turn, func(p string) bool { return strings.Contains(p, turn) && !strings.Contains(p, "presented at") })
		if len(step.shows) > 1 && step.shows[1] == "ABSENT" && !strings.Contains(shown, "ABSENT") {
			t.Errorf("after step %d nobody is absent:\n%s", i+1, shown)
		}
	}
	term.see("Every group was on", "First topic", "Second topic", "absent")
	term.press("C")
	term.see("Close the sync of", "enter close the sync")
	term.press("Enter")
	term.see("is closed")
	term.press("Q")
	term.see("left with 0")
	answer := func(args ...string) string {
		t.Helper()
		_, out, errs := answerAt(t, dir, time.Now, args...)
		return string(out) + errs
	}
	if minutes := answer("sync", "minutes", "@"); !strings.Contains(minutes, "First topic") || !strings.Contains(minutes, "Second topic") {
		t.Errorf("the minutes are\n%s", minutes)
	}
	if agenda := answer("sync", "agenda"); !strings.Contains(agenda, "First topic") || !strings.Contains(agenda, "Second topic") {
		t.Errorf("the next agenda is\n%s", agenda)
	}
	if check := answer("check"); !strings.Contains(check, "Nothing to complain about") {
		t.Errorf("check says\n%s", check)
	}
}
