package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/archsync/archsync/internal/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"archsync": func() { os.Exit(run(context.Background(), os.Args[1:], scripted())) }})
}

// TestScript runs every script of testdata/script against the real program, with
// a clock and a randomness that the script sets: NOW (RFC 3339) and SEED. The clock stands,
// or goes on by TICK whenever it is looked at.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("the scripts, which start the program many hundred times, run without -short")
	}
	dir := filepath.Join("testdata", "script")
	golden.Files(t, filepath.Join(dir, "*.txtar"))
	testscript.Run(t, testscript.Params{
		Dir:           dir,
		UpdateScripts: golden.Update(),
		Setup: func(env *testscript.Env) error {
			for key, value := range map[string]string{
				"HOME":                env.WorkDir,
				"XDG_CONFIG_HOME":     filepath.Join(env.WorkDir, ".config"),
				"XDG_CACHE_HOME":      filepath.Join(env.WorkDir, ".cache"),
				"GIT_CONFIG_NOSYSTEM": "1",
				"GIT_AUTHOR_NAME":     "Ada Okafor",
				"GIT_AUTHOR_EMAIL":    "ada@lumen.example",
				"GIT_COMMITTER_NAME":  "Ada Okafor",
				"GIT_COMMITTER_EMAIL": "ada@lumen.example",
				"NOW":                 "2026-03-10T09:00:00Z",
				"SEED":                "1",
				"NO_COLOR":            "1",
				"TZ":                  "UTC",
			} {
				env.Setenv(key, value)
			}
			return nil
		},
	})
}

// scripted is the world of a script.
func scripted() *world {
	w := system()
	w.terminal, w.machine = false, "laptop"
	w.patience = time.Hour // a slow machine changes no test
	w.cacheDir = os.Getenv("XDG_CACHE_HOME")
	if now, err := time.Parse(time.RFC3339, os.Getenv("NOW")); err == nil {
		tick, _ := time.ParseDuration(os.Getenv("TICK"))
		var looks atomic.Int64
		w.now = func() time.Time { return now.Add(tick * time.Duration(looks.Add(1)-1)) }
	}
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	w.browse = func(url string) error { _, err := fmt.Fprintln(w.out, "browser:", url); return err }
	w.self = func() (string, error) { return exec.LookPath(os.Args[0]) } // the test binary under the name of the program
	w.random = rand.NewChaCha8([32]byte{byte(seed)})
	return w
}
