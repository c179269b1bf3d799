package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

// require skips a test on a machine without a program, saying so. Where
// ARCHSYNC_REQUIRE names the program, its absence is a failure. With -short nothing is
// drawn by another program than git: it is the same drawing with the race detector on.
func require(t *testing.T, program string) {
	t.Helper()
	if testing.Short() && program != "git" {
		t.Skipf("what needs %s runs without -short", program)
	}
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("ARCHSYNC_REQUIRE"), ","), program) {
		t.Fatalf("%s is required here and not installed", program)
	}
	t.Skipf("%s is not installed", program)
}

// terminal is the real program in a real terminal, which tmux is.
type terminal struct {
	t      *testing.T
	socket string
}

// program is the real program, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "archsync-terminal-test")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "archsync")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return file, nil
})

// start runs the program in a terminal of the given size, in a folder.
func start(t *testing.T, columns, rows int, dir string, args ...string) *terminal {
	t.Helper()
	return startIn(t, "C.UTF-8", columns, rows, dir, args...)
}

// startIn is start in a locale.
func startIn(t *testing.T, locale string, columns, rows int, dir string, args ...string) *terminal {
	t.Helper()
	require(t, "tmux")
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	term := &terminal{t: t, socket: filepath.Join(home, "tmux")}
	command := strings.Join(append([]string{"LC_ALL=" + locale, file}, args...), " ") + "; echo left with $?; sleep 1000"
	cmd := exec.Command("tmux", "-S", term.socket, "-f", "/dev/null", "new-session", "-d",
		"-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), "-c", dir, command)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ingrid Solheim", "GIT_AUTHOR_EMAIL=ingrid.solheim@lumen.example", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "EDITOR=true", "NO_COLOR=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	return term
}

// press sends keys by tmux's names.
func (term *terminal) press(keys ...string) {
	term.t.Helper()
	args := append([]string{"-S", term.socket, "send-keys"}, keys...)
	if out, err := exec.Command("tmux", args...).CombinedOutput(); err != nil {
		term.t.Fatalf("tmux send-keys: %v\n%s", err, out)
	}
}

func (term *terminal) picture() string {
	term.t.Helper()
	out, err := exec.Command("tmux", "-S", term.socket, "capture-pane", "-p").Output()
	if err != nil {
		term.t.Fatalf("tmux capture-pane: %v", err)
	}
	return string(out)
}

// see waits until the picture shows every text. The bound only ends a test that
// has failed.
func (term *terminal) see(texts ...string) string {
	term.t.Helper()
	return term.until(strings.Join(texts, " | "), func(picture string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(picture, text) })
	})
}

func (term *terminal) until(what string, ok func(picture string) bool) string {
	term.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		picture := term.picture()
		if ok(picture) {
			return picture
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("never seen: %s\n%s", what, picture)
		}
	}
}

// makeDemo makes the default demo in a folder of the test.
func makeDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lumen")
	w := scripted()
	w.out, w.errs, w.cwd = &strings.Builder{}, os.Stderr, t.TempDir()
	if code := run(t.Context(), []string{"demo", dir}, w); code != exitDone {
		t.Fatalf("demo: exit %d", code)
	}
	return dir
}

// TestScreensInTerminal walks through the screens and through time at three sizes.
func TestScreensInTerminal(t *testing.T) {
	require(t, "tmux")
	dir := makeDemo(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			term := start(t, size[0], size[1], dir)
			term.see("Storage", "now")
			term.press("[")
			term.see("PAST", "2026-10-22")
			term.press("2")
			term.see("PAST", "architecture.d2")
			term.press("5")
			term.see("2026-10-22", "2026-10-08")
			term.press("1", ".")
			term.until("the present", func(p string) bool { return !strings.Contains(p, "PAST") && strings.Contains(p, "Storage") })
			term.press("Q")
			term.see("left with 0")
		})
	}
}

// TestHeldKeyInTerminal holds a key down through all of time: the screens keep
// pace, and the last picture is that of the last key.
func TestHeldKeyInTerminal(t *testing.T) {
	require(t, "tmux")
	term := start(t, 120, 40, makeDemo(t))
	term.see("Storage", "now")
	for range 10 {
		term.press("-N", "6", "[")
	}
	term.see("PAST", "2024-10-24")
	term.press("}")
	term.see("PAST", "2026-10-22")
}

// TestDemoInTerminal is the README's first command: the screens open on a fresh
// demo, and its folder is named.
func TestDemoInTerminal(t *testing.T) {
	term := start(t, 120, 40, t.TempDir(), "demo")
	term.see("Lumen architecture sync", "Storage")
	term.press("Q")
	term.see("The demo is in ", "left with 0")
}

// TestASCIIInTerminal: where the locale is not UTF-8, or the flag says so, the screens,
// and what is asked before them, are ASCII.
func TestASCIIInTerminal(t *testing.T) {
	require(t, "tmux")
	dir := makeDemo(t)
	ascii := func(picture string) {
		t.Helper()
		for _, r := range picture {
			if r > '~' && !unicode.IsLetter(r) && !unicode.IsMark(r) { // people's names stay
				t.Errorf("%q is on the screen:\n%s", r, picture)
				return
			}
		}
	}
	for name, c := range map[string]struct {
		locale string
		args   []string
	}{"locale": {"C", nil}, "flag": {"C.UTF-8", []string{"--ascii"}}} {
		t.Run(name, func(t *testing.T) {
			term := startIn(t, c.locale, 120, 40, dir, c.args...)
			ascii(term.see("Storage", "now"))
			term.press("2")
			ascii(term.see("architecture.d2", "# + Feature flags #"))
			term.press("[")
			ascii(term.see("PAST", "2026-10-22"))
			term.press("4")
			ascii(term.see("2026-10-22"))
			term.press("1", ".", "?")
			ascii(term.see("Keys", "left h"))
			term.press("q", "Q")
			term.see("left with 0")
		})
	}
	term := startIn(t, "C", 80, 24, dir, "--ascii=false")
	term.see("─┤ 1 Board")
	term = startIn(t, "C", 80, 24, t.TempDir())
	ascii(term.see("There is no log here.", "Leave"))
	term.press("Down", "Enter")
	ascii(term.see("now", "1 Board"))
}

func TestUnicodeLocale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"LANG": "de_DE.UTF-8"}, true},
		{map[string]string{"LANG": "C.utf8"}, true},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "en_GB.ISO-8859-15"}, false},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_CTYPE": "POSIX"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "UTF-8"}, true},
		{map[string]string{"LANG": "C", "LC_CTYPE": "C", "LC_ALL": "en_US.UTF-8"}, true},
	} {
		if got := unicodeLocale(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %t", c.env, got)
		}
	}
}

// TestNoLogInTerminal: without a log, the ways to get one are offered.
func TestNoLogInTerminal(t *testing.T) {
	dir := t.TempDir()
	term := start(t, 80, 24, dir)
	term.see("There is no log here.", "Look around", "Leave")
	term.press("Down", "Enter")
	term.see("now", "1 Board")
	term.press("Q")
	term.see("left with 0")
	if _, err := os.Stat(filepath.Join(dir, "sync-log", "archsync.yaml")); err != nil {
		t.Error(err)
	}
}
