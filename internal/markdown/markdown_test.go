package markdown

import (
	"os"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/golden"
)

// TestForms holds every form of every text in testdata against what is expected.
func TestForms(t *testing.T) {
	for _, name := range golden.Files(t, "testdata/*.md") {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stem := strings.TrimSuffix(name, ".md")
		for ending, got := range forms(string(src)) {
			golden.Check(t, stem+ending, []byte(got))
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

// FuzzForms: no text panics, and none of it commands a terminal or a page.
func FuzzForms(f *testing.F) {
	for _, name := range golden.Files(f, "testdata/*.md") {
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
