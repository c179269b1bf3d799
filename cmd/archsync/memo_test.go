package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// questions are verbs that remember what they found out.
func questions() [][]string {
	return [][]string{
		{"log", "--json"},
		{"stats", "--json"},
		{"stats", "--group", "storage", "--since", "@-3", "--at", "@-1", "--json"},
		{"search", "a", "--limit", "0", "--json"},
		{"search", "--fuzzy", "strg", "at:@-2", "--limit", "0", "--json"},
		{"search", "--regexp", "^the", "--at", "@-1", "--json"},
		{"why", "ingest.kafka", "--json"},
		{"when", "count components > 10", "--at", "@-1", "--json"},
	}
}

// Law: what the cache holds changes no answer: none, an empty one, a full one, one of
// which every file is cut off or has another byte; nor does another process with the
// same one.
func TestTheCacheChangesNoAnswer(t *testing.T) {
	for _, seed := range []string{"1", "2"} {
		root := filepath.Join(t.TempDir(), "log")
		if _, errs := askIn(t, t.TempDir(), "", "demo", root, "--groups", "3", "--syncs", "6", "--items", "4", "--shapes", "12", "--seed", seed); errs != "" {
			t.Fatal(errs)
		}
		cache := t.TempDir()
		for _, q := range questions() {
			want, errs := askIn(t, root, "", q...)
			if errs != "" || len(want) < 100 {
				t.Fatalf("%q: %s%s", q, want, errs)
			}
			check := func(state string) {
				t.Helper()
				if got, _ := askIn(t, root, cache, q...); got != want {
					t.Errorf("seed %s, %q, %s: another answer", seed, q, state)
				}
			}
			check("cold")
			check("warm")
			mangle(t, cache, func(text []byte) []byte { return text[:len(text)*2/3] })
			check("cut off")
			mangle(t, cache, func(text []byte) []byte { text[len(text)-1] ^= 1; return text })
			check("another byte")
			if err := os.RemoveAll(cache); err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { check("two at once") })
			}
			both.Wait()
		}
	}
}

// Real processes that ask at the same time with one cache that is empty give the answers
// of one that is alone, and leave a cache that gives them too.
func TestProcessesShareTheCache(t *testing.T) {
	root, cache := filepath.Join(t.TempDir(), "log"), t.TempDir()
	if _, errs := askIn(t, t.TempDir(), "", "demo", root, "--groups", "3", "--syncs", "40", "--items", "4", "--shapes", "12"); errs != "" {
		t.Fatal(errs)
	}
	asked := questions()
	want := make([]string, len(asked))
	for i, q := range asked {
		want[i], _ = askIn(t, root, "", q...)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"cold", "warm"} {
		var all sync.WaitGroup
		for i, q := range asked {
			for range 2 {
				all.Go(func() {
					cmd := exec.Command(self, q...)
					cmd.Args[0] = "archsync"
					cmd.Dir, cmd.Env = root, append(os.Environ(), "NOW=2026-12-01T09:00:00Z", "XDG_CACHE_HOME="+cache)
					got, err := cmd.Output()
					if err != nil || string(got) != want[i] {
						t.Errorf("%s, %q: another answer: %v", state, q, err)
					}
				})
			}
		}
		all.Wait()
	}
	mangle(t, cache, func(text []byte) []byte { return text }) // there is something
	for i, q := range asked {
		if got, _ := askIn(t, root, cache, q...); got != want[i] {
			t.Errorf("%q: another answer from what the processes kept", q)
		}
	}
}

// mangle changes every file of a cache.
func mangle(t *testing.T, dir string, change func([]byte) []byte) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		count++
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, change(text), 0o600)
	})
	if err != nil || count == 0 {
		t.Fatalf("%d files mangled: %v", count, err)
	}
}

// askIn asks in a folder, with a cache folder.
func askIn(t *testing.T, dir, cache string, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w := scripted()
	w.in, w.out, w.errs, w.cwd, w.cacheDir = strings.NewReader(""), &stdout, &stderr, dir, cache
	w.now = func() time.Time { return time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC) }
	run(t.Context(), args, w)
	return stdout.String(), stderr.String()
}
