package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/golden"
)

// example finds the examples in docs/json.md: a command in a comment, and what it
// prints in the fence below.
var example = regexp.MustCompile("(?m)^<!-- \\$ archsync (.*) -->\n```json\n((?s:.*?))```$")

// commitID is the name of a commit. Those of the examples change with every word of
// the files that archsync writes, so the page has one for all.
var commitID = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// TestJSONExamples runs the commands that docs/json.md shows on a small log and
// compares what they print; with -update it writes that into the page.
func TestJSONExamples(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "json.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir := exampleLog(t)
	count := 0
	checked := example.ReplaceAllFunc(text, func(found []byte) []byte {
		count++
		parts := example.FindSubmatch(found)
		out, _ := runIn(t, dir, strings.Fields(string(parts[1]))...)
		out = commitID.ReplaceAllString(out, "0123456789abcdef0123456789abcdef01234567")
		if !golden.Update() && out != string(parts[2]) {
			t.Errorf("archsync %s prints\n%s\ndocs/json.md has\n%s", parts[1], out, parts[2])
		}
		return []byte("<!-- $ archsync " + string(parts[1]) + " -->\n```json\n" + out + "```")
	})
	if count == 0 {
		t.Fatal("docs/json.md has no examples")
	}
	if golden.Update() {
		if err := os.WriteFile(page, checked, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestJSONIsDocumented holds docs/json.md to an example of every verb with --json.
func TestJSONIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	v := &invocation{world: system(), ctx: t.Context()}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Flags().Lookup("json") != nil && !strings.Contains(string(page), "<!-- $ "+cmd.CommandPath()+" ") {
			t.Errorf("docs/json.md has no example of %s --json", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(v.tree())
}

// exampleLog makes the log of the examples: two groups, a few items, a closed sync
// and what happened since.
func exampleLog(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, line := range [][]string{
		{"init", "--title", "Lumen architecture sync"},
		{"group", "new", "storage", "--name", "Storage", "--lead", "me", "--member", "Mia Roth <mia@lumen.example>"},
		{"group", "new", "web", "--lead", "Ben Ito <ben@lumen.example>"},
		{"item", "new", "Shard the index", "--group", "storage", "--status", "ongoing", "--owner", "me", "--due", "2026-03-05", "--touches", "product.store"},
		{"item", "new", "Dark mode", "--group", "web", "--plan", "2026-Q2"},
		{"sync", "close", "--date", "2026-03-10", "--without-picture"},
		{"sync", "breakout", "new", "Queue: one for all regions?", "--sync", "2026-03-10", "--group", "storage", "--component", "product.store", "--item", "a6rzf"},
		{"item", "edit", "a6rzf", "--due", "2026-03-26", "--note", "The *last* shard is left."},
	} {
		if _, errs := runIn(t, dir, line...); errs != "" {
			t.Fatalf("archsync %q: %s", line, errs)
		}
	}
	runIn(t, dir, "sync", "start", "--date", "2026-03-11") // which says that the cadence has no sync then
	diagram := filepath.Join(dir, "sync-log", "diagrams", "architecture.d2")
	text, err := os.ReadFile(diagram)
	if err != nil {
		t.Fatal(err)
	}
	next := strings.ReplaceAll(string(text), "api -> store", "api -> queue -> store\n  queue: Queue {shape: queue}")
	if err := os.WriteFile(diagram, []byte(next), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runIn runs the program in a folder, as Ada, at a time and with ids that are
// always the same.
func runIn(t *testing.T, dir string, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := map[string]string{"GIT_AUTHOR_NAME": "Ada Okafor", "GIT_AUTHOR_EMAIL": "ada@lumen.example"}
	run(context.WithoutCancel(t.Context()), args, &world{
		in: strings.NewReader(""), out: &stdout, errs: &stderr,
		getenv: func(key string) string { return env[key] },
		cwd:    dir, machine: "laptop",
		now:    func() time.Time { return time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC) },
		random: rand.NewChaCha8([32]byte{1}),
	})
	return stdout.String(), stderr.String()
}
