package main

import (
	"os"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/tui"
)

// TestReadme: the README names the two commands, and its keys are those of the
// screens.
func TestReadme(t *testing.T) {
	src, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	for _, command := range []string{"go run ./cmd/archsync demo", "go test ./..."} {
		if !strings.Contains(text, "\n"+command+"\n") {
			t.Errorf("the README does not name the command %s", command)
		}
	}
	begin, end := strings.Index(text, "| where | key |"), strings.Index(text, "\n\n## Tests")
	if begin < 0 || end < begin {
		t.Fatal("the README has no table of keys")
	}
	if table := strings.TrimSpace(tui.KeyTable()); text[begin:end] != table {
		if !golden.Update() {
			t.Fatal("the README's keys are not those of the screens; -update rewrites them")
		}
		if err := os.WriteFile("../../README.md", []byte(text[:begin]+table+text[end:]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
