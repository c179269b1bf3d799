package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/history"
)

// TestReport prints each fact once: that something changed underneath is what the
// exit code says.
func TestReport(t *testing.T) {
	changed := &history.Error{What: `commit "a.yaml": another commit changed it`, Hint: "look at it and do it again", Err: history.ErrChanged}
	for name, c := range map[string]struct {
		err  error
		want string
		code int
	}{
		"changed": {changed, "archsync: commit \"a.yaml\": another commit changed it\nhint: look at it and do it again\n", exitRefused},
		"wrapped": {fmt.Errorf("close: %w", changed), "archsync: close: commit \"a.yaml\": another commit changed it\nhint: look at it and do it again\n", exitRefused},
		"use":     {&usageError{what: "no group", hint: "name one"}, "archsync: no group\nhint: name one\n", exitUsage},
		"failed":  {errors.New("disk is full"), "archsync: disk is full\n", exitFailed},
		"found":   {foundError{}, "", exitFound},
		"done":    {nil, "", exitDone},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			v := &invocation{world: &world{errs: &out}}
			v.report(c.err)
			if out.String() != c.want || code(c.err) != c.code {
				t.Errorf("code %d, %q; want %d, %q", code(c.err), out.String(), c.code, c.want)
			}
		})
	}
}

// TestMissing holds that a name which the log does not have is no wrong use: the same
// words may be right tomorrow. What can never be right is.
func TestMissing(t *testing.T) {
	t.Setenv("GIT_AUTHOR_NAME", "Ada Okafor")
	t.Setenv("GIT_AUTHOR_EMAIL", "ada@lumen.example")
	root := t.TempDir()
	if _, errs := askIn(t, root, "", "init", "--title", "Lumen", "--group", "storage"); errs != "" {
		t.Fatal(errs)
	}
	for want, uses := range map[int][]string{
		exitFailed: {
			"item show zzzzz", "item move zzzzz done", "item list --group nobody", "group show nobody", "board nobody", "board --mine", "update nobody",
			"why nobody", "why nobody --kind group", "diff --group nobody", "diff --near nobody", "diagram show --draw --focus nobody", "diagram rename nobody somebody",
			"plan --group nobody", "plan --plan 2019-Q1", "stats --group nobody", "sync minutes 2019-01-01", "sync breakout show nobody", "sync turn nobody",
			"board --at @-99", "board --at 2019-01-01", "board --at nobody", "diff nobody now", "log --since nobody",
		},
		exitUsage: {
			"item show", "item move", "why", "why x --kind thing", "plan --plan soon", "board --at", "when exists", "diff a b c", "sync close --date 2019", "stats --group",
		},
	} {
		for _, use := range uses {
			var out bytes.Buffer
			w := scripted()
			w.in, w.out, w.errs, w.cwd = strings.NewReader(""), &out, &out, root
			if got := run(t.Context(), strings.Fields(use), w); got != want {
				t.Errorf("archsync %s: exit code %d, want %d\n%s", use, got, want, &out)
			}
		}
	}
}

func TestAnAnswerHasAnEnd(t *testing.T) {
	t.Setenv("GIT_AUTHOR_NAME", "Ada Okafor")
	t.Setenv("GIT_AUTHOR_EMAIL", "ada@lumen.example")
	root := t.TempDir()
	for _, args := range [][]string{{"init", "--group", "storage"}, {"item", "new", "Shard the index", "--group", "storage"}} {
		if _, errs := askIn(t, root, "", args...); errs != "" {
			t.Fatal(errs)
		}
	}
	var out, errs bytes.Buffer
	w := scripted()
	w.in, w.out, w.errs, w.cwd = strings.NewReader("b "+strings.Repeat("x", longestAnswer)+"\n\n\n"), &out, &errs, root
	if got := run(t.Context(), []string{"update", "storage"}, w); got != exitFailed || !strings.Contains(errs.String(), "an answer has 4099 bytes") {
		t.Errorf("exit code %d, %s%s", got, &out, &errs)
	}
}
