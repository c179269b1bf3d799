package markdown

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// go test ./internal/markdown -update rewrites what the cases expect.
var update = flag.Bool("update", false, "rewrite golden files")

// TestForms holds every form of every text in testdata against what is expected.
func TestForms(t *testing.T) {
	sources, err := filepath.Glob("testdata/*.md")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	for _, name := range sources {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stem := strings.TrimSuffix(name, ".md")
		for ending, got := range forms(string(src)) {
			golden(t, stem+ending, got)
		}
	}
}

func forms(src string) map[string]string {
	svg := func(path string) []byte {
		if path == "drawn.svg" {
			return []byte("<svg/>")
		}
		return nil
	}
	return map[string]string{".txt": Text(src), ".html": HTML("A & <b>", src, svg), ".slack": Slack(src)}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// FuzzForms: no text panics, and none of it commands a terminal or a page.
func FuzzForms(f *testing.F) {
	sources, _ := filepath.Glob("testdata/*.md")
	for _, name := range sources {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, src string) {
		for ending, got := range forms(src) {
			if strings.ContainsAny(got, "\x1b\x00\u202e") {
				t.Errorf("%s steers: %q", ending, got)
			}
		}
		page := strings.ToLower(forms(src)[".html"])
		for _, forbidden := range []string{"<script", "href=\"javascript", "href=\"data", "<img src", "<iframe"} {
			if strings.Contains(page, forbidden) {
				t.Errorf("the page has %s", forbidden)
			}
		}
	})
}
