package main

import (
	"slices"
	"testing"
)

func TestEditorArgs(t *testing.T) {
	for editor, want := range map[string][]string{
		"vi":                     {"+7", "a b.yaml"},
		"/usr/bin/nvim -u NONE":  {"+7", "a b.yaml"},
		"emacsclient -t":         {"+7", "a b.yaml"},
		"hx":                     {"a b.yaml:7"},
		"code":                   {"--wait", "--goto", "a b.yaml:7"},
		"code --wait":            {"--goto", "a b.yaml:7"},
		"some-editor":            {"a b.yaml"},
		"sed -i s/vi/emacs/":     {"a b.yaml"},
		"  ":                     {"a b.yaml"},
		`C:\Windows\notepad.exe`: {"a b.yaml"},
	} {
		if got := editorArgs(editor, "a b.yaml", 7); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", editor, got, want)
		}
	}
	if got := editorArgs("vi", "a", 0); !slices.Equal(got, []string{"a"}) {
		t.Errorf("without a line: %q", got)
	}
}

func TestItemConcernsComponent(t *testing.T) {
	for _, c := range []struct {
		ref, component string
		want           bool
	}{
		{"storage.kafka", "storage.kafka", true},
		{"storage.kafka", "storage", true},
		{"storage.kafka", "stor", false},
		{"storage", "storage.kafka", false},
		{"web -> storage.kafka", "storage.kafka", true},
		{"web -> storage.kafka", "storage", true},
		{"web -> storage.kafka", "web", true},
		{"web -> storage.kafka: events #2", "storage.kafka", true},
		{"web <-> store #2", "store", true},
		{"web <- store", "store", true},
		{"web -- store", "api", false},
		{"web -> store", "web -> store", true},
	} {
		if got := concerns(c.ref, c.component); got != c.want {
			t.Errorf("%q concerns %q: %v, want %v", c.ref, c.component, got, c.want)
		}
	}
}

func TestPlansOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"2026-Q4", "2026-Q4", true},
		{"2026-Q4", "2026-W40+6", true},
		{"2026-W40+6", "2026-Q3", true}, // its Monday is 28 September
		{"2026-Q2", "2026-Q3", false},
		{"2026-Q4", "", false},
		{"2026-Q4", "someday", false},
	} {
		if got := overlap(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
