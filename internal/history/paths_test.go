package history

import "testing"

// A diagram at the root of a large repository does not make the log of all of it.
func TestPathsOfDiagramAtTheRoot(t *testing.T) {
	p := Paths{Dir: "sync-log", Folders: []string{"docs/adr"}, Diagrams: []string{"."}}
	for file, want := range map[string]bool{
		"architecture.d2":          true,
		"README.md":                false,
		"src/other.d2":             false,
		"sync-log/board/edge.yaml": true,
		"docs/adr/0001-x.md":       true,
		"docs/guide.md":            false,
	} {
		if p.Has(file) != want {
			t.Errorf("Has(%q) = %t", file, !want)
		}
	}
	for dir, want := range map[string]bool{".": true, "src": false, "docs": true, "docs/adr/old": true, "docs/guide": false, "sync-log/board": true} {
		if p.MayContain(dir) != want {
			t.Errorf("MayContain(%q) = %t", dir, !want)
		}
	}
}
