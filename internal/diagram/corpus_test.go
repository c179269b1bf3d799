package diagram_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
)

// corpus names a folder of real data, and skips the test where there is none.
func corpus(t testing.TB, folder string) string {
	t.Helper()
	dir := os.Getenv("ARCHSYNC_CORPUS")
	if dir == "" {
		t.Skip("ARCHSYNC_CORPUS is not set: real data is not read")
	}
	return filepath.Join(dir, folder)
}

// wildFile is one line of the index of D2 files found in the wild.
type wildFile struct {
	name                string
	ok                  bool
	shapes, connections int
	errorLines          []int
}

func wildFiles(t testing.TB) (dir string, files []wildFile) {
	t.Helper()
	dir = corpus(t, "d2-wild")
	text, err := os.ReadFile(filepath.Join(dir, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, row := range rows[1:] {
		cells := strings.Split(row, "\t")
		f := wildFile{name: cells[6], ok: cells[8] == "ok"}
		f.shapes, _ = strconv.Atoi(cells[9])
		f.connections, _ = strconv.Atoi(cells[10])
		if !f.ok {
			f.errorLines = errorLines(cells[12])
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatal("the index is empty")
	}
	return dir, files
}

// errorLines reads the lines out of the reference compiler's messages, of which
// the last may be cut off.
func errorLines(messages string) []int {
	var lines []int
	for _, part := range strings.Split(messages, `"errmsg":"`)[1:] {
		fields := strings.SplitN(part, ":", 4)
		if len(fields) < 4 {
			continue
		}
		if n, err := strconv.Atoi(fields[1]); err == nil {
			lines = append(lines, n)
		}
	}
	return lines
}

func TestWildFilesCompileAsTheReferenceSays(t *testing.T) {
	dir, files := wildFiles(t)
	for _, f := range files {
		d, ps := diagram.Compile(t.Context(), os.DirFS(dir), f.name, diagram.Limits{})
		if !f.ok {
			var lines []int
			for _, p := range ps {
				lines = append(lines, p.Line)
				if p.Path != f.name || p.Column == 0 {
					t.Errorf("%s: problem without a place: %v", f.name, p)
				}
			}
			if d != nil || !slices.Equal(slices.Compact(slices.Sorted(slices.Values(f.errorLines))), intersect(lines, f.errorLines)) {
				t.Errorf("%s: rejected at lines %v, the reference says %v", f.name, lines, f.errorLines)
			}
			continue
		}
		if d == nil && importIsMissing(dir, ps) {
			t.Logf("%s imports a file that is not in the corpus", f.name)
			continue
		}
		if d == nil {
			t.Errorf("%s: %v", f.name, ps)
			continue
		}
		shapes, connections := rootCounts(d)
		lifelines := strings.Contains(d.Text(), "sequence_diagram") && connections < f.connections
		if shapes != f.shapes || connections != f.connections && !lifelines {
			t.Errorf("%s: %d shapes and %d connections, the reference says %d and %d", f.name, shapes, connections, f.shapes, f.connections)
		}
		checkDiagram(t, f.name, d)
		checkPlaces(t, f.name, d)
	}
}

// importIsMissing tells whether a file was rejected only because the corpus was
// made without a file that it imports.
func importIsMissing(dir string, ps []problem.Problem) bool {
	for _, p := range ps {
		_, rest, ok := strings.Cut(p.What, `failed to import "`)
		name, _, _ := strings.Cut(rest, `"`)
		if _, err := os.Stat(filepath.Join(dir, name)); !ok || err == nil {
			return false
		}
	}
	return len(ps) > 0
}

func intersect(lines, wanted []int) []int {
	var both []int
	for _, n := range slices.Sorted(slices.Values(lines)) {
		if slices.Contains(wanted, n) && !slices.Contains(both, n) {
			both = append(both, n)
		}
	}
	return both
}

func rootCounts(d *diagram.Diagram) (shapes, connections int) {
	for _, c := range d.Components {
		if c.Layer == "" {
			shapes++
		}
	}
	for _, c := range d.Connections {
		if c.Layer == "" {
			connections++
		}
	}
	return shapes, connections
}

// checkDiagram asserts what must hold for every diagram.
func checkDiagram(t *testing.T, name string, d *diagram.Diagram) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range d.Components {
		if seen[c.ID] {
			t.Errorf("%s: component id %q twice", name, c.ID)
		}
		seen[c.ID] = true
		if c.Container != "" && !seen[c.Container] {
			t.Errorf("%s: %q comes before its container %q", name, c.ID, c.Container)
		}
	}
	for _, c := range d.Connections {
		if seen[c.ID] {
			t.Errorf("%s: connection id %q twice", name, c.ID)
		}
		seen[c.ID] = true
		if !seen[c.From] || !seen[c.To] {
			t.Errorf("%s: %q ends at something that does not exist", name, c.ID)
		}
	}
	if diff := diagram.Diff(d, d); len(diff.All()) > 0 {
		t.Errorf("%s differs from itself: %v", name, diff.All())
	}
	if _, err := json.Marshal(d); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// checkPlaces asserts that everything is known to stand somewhere.
func checkPlaces(t *testing.T, name string, d *diagram.Diagram) {
	t.Helper()
	for _, c := range d.Components {
		if c.Place.File == "" || c.Place.Line == 0 || c.Place.Column == 0 || c.Place.EndLine < c.Place.Line {
			t.Errorf("%s: %q is at %v", name, c.ID, c.Place)
		}
	}
	for _, c := range d.Connections {
		if c.Place.File == "" || c.Place.Line == 0 || c.Place.Column == 0 || c.Place.EndLine < c.Place.Line {
			t.Errorf("%s: %q is at %v", name, c.ID, c.Place)
		}
	}
}

var histories = []string{"appwrite", "getsentry-self-hosted", "govuk-docker", "opencrvs-core", "opentelemetry-demo", "osf-io"}

// history compiles every version of one real architecture, oldest first.
func history(t testing.TB, name string) []*diagram.Diagram {
	t.Helper()
	dir := filepath.Join(corpus(t, "compose-architectures"), name)
	files, err := filepath.Glob(filepath.Join(dir, "*.d2"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no versions in %s: %v", dir, err)
	}
	slices.Sort(files)
	var versions []*diagram.Diagram
	for _, f := range files {
		d, ps := diagram.Compile(context.Background(), os.DirFS(dir), filepath.Base(f), diagram.Limits{})
		if d == nil {
			t.Fatalf("%s: %v", f, ps)
		}
		versions = append(versions, d)
	}
	return versions
}

func TestRealHistoriesCompileAndCompare(t *testing.T) {
	for _, name := range histories {
		t.Run(name, func(t *testing.T) {
			versions := history(t, name)
			start, longest := time.Now(), time.Duration(0)
			for i, d := range versions {
				checkDiagram(t, d.Path, d)
				checkPlaces(t, d.Path, d)
				if i == 0 {
					continue
				}
				one := time.Now()
				there := diagram.Diff(versions[i-1], d)
				longest = max(longest, time.Since(one))
				back := diagram.Diff(d, versions[i-1])
				if diff := mirrored(there, back); diff != "" {
					t.Errorf("%s: not the mirror of its way back: %s", d.Path, diff)
				}
			}
			t.Logf("%d versions, %v a diff, longest %v", len(versions), time.Since(start)/time.Duration(2*len(versions)), longest)
		})
	}
}

func TestMassRenameIsReadAsRenames(t *testing.T) {
	dir := filepath.Join(corpus(t, "compose-architectures"), "opentelemetry-demo")
	before, _ := diagram.Compile(t.Context(), os.DirFS(dir), "2024-12-12.d2", diagram.Limits{})
	after, _ := diagram.Compile(t.Context(), os.DirFS(dir), "2024-12-26.d2", diagram.Limits{})
	diff := diagram.Diff(before, after)
	reasons := map[change.Reason]int{}
	for _, c := range diff.All() {
		reasons[c.Reason]++
	}
	want := map[change.Reason]int{change.ReasonRenamed: 13, change.ReasonRelabelled: 1, change.ReasonRetooltipped: 1}
	if fmt.Sprint(reasons) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", reasons, want)
		for _, c := range diff.All() {
			t.Log(c.Kind, c.Reason, c.Subject, str(c.From), str(c.To))
		}
	}
}
