package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/history"
)

// answerAt runs the program in a folder with a clock, as Ada, and gives what it
// printed.
func answerAt(t *testing.T, dir string, clock func() time.Time, args ...string) (code int, out []byte, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := map[string]string{"GIT_AUTHOR_NAME": "Ada Okafor", "GIT_AUTHOR_EMAIL": "ada@lumen.example"}
	code = run(t.Context(), args, &world{
		in: strings.NewReader(""), out: &stdout, errs: &stderr, cwd: dir,
		getenv:   func(key string) string { return env[key] },
		now:      clock,
		patience: time.Hour, // a slow machine changes no test
		random:   strings.NewReader(strings.Repeat("random", 100)),
	})
	return code, stdout.Bytes(), stderr.String()
}

func march10() time.Time { return time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC) }

// A log that changes while a sync is closed is not closed: nothing is written, and
// the exit code says why. The clock, which is asked after the log was read, makes
// the change.
func TestCloseRefusesChangesUnderneath(t *testing.T) {
	appendTo := func(t *testing.T, name string) {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString("# changed\n"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		code   int
	}{
		{"nothing", func(*testing.T, string) {}, exitDone},
		{"another folder", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "README.md")) }, exitDone},
		{"a board", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "sync-log/board/storage.yaml")) }, exitRefused},
		{"a new board", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "sync-log/board/edge.yaml")) }, exitRefused},
		{"the diagram", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "sync-log/diagrams/architecture.d2")) }, exitRefused},
		{"the record", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "sync-log/syncs/2026-03-10.md")) }, exitRefused},
		{"the branch", func(t *testing.T, dir string) {
			s, err := history.Open(dir) // as git does it: archsync itself waits
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			who := history.Author{Name: "Ben", Mail: "ben@lumen.example"}
			if _, err := s.Commit(t.Context(), history.Change{Files: map[string][]byte{"sync-log/board/edge.yaml": []byte("name: Edge\n")}, Message: "edge", Author: who, When: march10()}); err != nil {
				t.Fatal(err)
			}
		}, exitRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if code, _, errs := answerAt(t, dir, march10, "init", "--group", "storage"); code != exitDone {
				t.Fatal(errs)
			}
			if err := os.MkdirAll(filepath.Join(dir, "sync-log/syncs"), 0o755); err != nil {
				t.Fatal(err)
			}
			changed := false
			clock := func() time.Time {
				if !changed {
					changed = true
					c.change(t, dir)
				}
				return march10()
			}
			code, _, errs := answerAt(t, dir, clock, "sync", "close")
			if code != c.code || !changed {
				t.Fatalf("exit code %d, want %d\n%s", code, c.code, errs)
			}
			_, out, _ := answerAt(t, dir, march10, "log", "--json")
			if closed := bytes.Contains(out, []byte("2026-03-10")); closed != (c.code == exitDone) {
				t.Errorf("closed: %t\n%s", closed, errs)
			}
			if _, err := os.Stat(filepath.Join(dir, "sync-log/syncs/2026-03-10.svg")); (err == nil) != (c.code == exitDone) {
				t.Errorf("the picture: %v", err)
			}
		})
	}
}
