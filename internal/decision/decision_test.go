package decision

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/problem"
)

// TestCases parses the records of each archive, checks them together and, where
// there are two moments, compares them.
func TestCases(t *testing.T) {
	golden.Cases(t, "testdata/cases/*.txtar", golden.Below("want"), func(t *testing.T, c *golden.Case) {
		c.Check(t, txtar.File{Name: "want", Data: []byte(views(c.Given))})
	})
}

// views is all that the package says about the records.
func views(files []txtar.File) string {
	var b strings.Builder
	moments := map[string][]Decision{}
	for _, f := range files {
		d, ps := Parse(f.Name, f.Data)
		moment, _, _ := strings.Cut(f.Name, "/")
		moments[moment] = append(moments[moment], d)
		if moment == "before" || moment == "after" {
			continue
		}
		describe(&b, d, ps)
	}
	for _, c := range Diff(moments["before"], moments["after"]) {
		fmt.Fprintf(&b, "%s %s %s: %s -> %s\n", c.Kind.Mark(), c.Subject, c.Reason, deref(c.From), deref(c.To))
	}
	for _, moment := range slices.Sorted(maps.Keys(moments)) {
		all := moments[moment]
		if moment == "before" || moment == "after" {
			continue
		}
		for _, d := range Related(all) {
			if len(d.Supersedes)+len(d.SupersededBy) > 0 {
				fmt.Fprintf(&b, "%s supersedes %q, is superseded by %q\n", d.ID, d.Supersedes, d.SupersededBy)
			}
		}
		for _, p := range problem.Sort(Check(all, Refs{
			Component: func(ref string) bool { return strings.Contains(ref, "storage") },
			Breakout:  func(id string) bool { return id == "slow-reads" },
		})) {
			fmt.Fprintf(&b, "check: %s\n", p)
		}
	}
	return b.String()
}

func describe(b *strings.Builder, d Decision, ps []problem.Problem) {
	fmt.Fprintf(b, "%s: %s %q %s (%s) %s\n", d.ID, d.Format, d.Title, d.State, d.RawState, d.Date)
	fmt.Fprintf(b, "  number %s, authors %q, touches %q, breakouts %q\n", d.Number, d.Authors, d.Touches, d.Breakouts)
	if d.Review+d.LastCall != "" {
		fmt.Fprintf(b, "  review %q, last call %q\n", d.Review, d.LastCall)
	}
	for _, p := range ps {
		fmt.Fprintf(b, "  %s\n", p)
	}
}

func deref(s *string) string {
	if s == nil {
		return "nothing"
	}
	return fmt.Sprintf("%q", *s)
}

func TestRef(t *testing.T) {
	d := Decision{ID: "0007-scylladb", Number: "0007", Path: "decisions/0007-scylladb.md"}
	for ref, want := range map[string]bool{
		"7": true, "0007": true, "007": true, "ADR-0007": true, "RFD 7": true, "#7": true,
		"0007-scylladb": true, "0007-scylladb.md": true, "decisions/0007-scylladb.md": true,
		"8": false, "": false, "scylladb": false, "70": false,
	} {
		if got := d.Ref(ref); got != want {
			t.Errorf("Ref(%q) = %v", ref, got)
		}
	}
}

// TestRealRecords parses every record of the corpus. The few that say no state,
// by folder, are MADRs that leave it out and files beside the records.
func TestRealRecords(t *testing.T) {
	dir := os.Getenv("ARCHSYNC_CORPUS")
	if dir == "" {
		t.Skip("ARCHSYNC_CORPUS names no folder of real data")
	}
	stateless := map[string]int{"adr+madr": 12, "microsoft+semantic-kernel": 3, "ministryofjustice+cloud-platform": 4}
	records := 0
	root := filepath.Join(dir, "decisions")
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Dir(name) == root || !slices.Contains([]string{".md", ".rst"}, filepath.Ext(name)) {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		records++
		rel, _ := filepath.Rel(root, name)
		d, _ := Parse(filepath.ToSlash(rel), src)
		if d.Title == "" {
			t.Errorf("%s has no title", rel)
		}
		if d.State == "" {
			folder, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
			stateless[folder]--
		}
		return nil
	})
	if err != nil || records < 200 {
		t.Fatalf("%d records: %v", records, err)
	}
	for folder, n := range stateless {
		if n != 0 {
			t.Errorf("%s: %d records fewer than expected have no state", folder, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, a := range golden.Archives(f, "testdata/cases/*.txtar") {
		for _, file := range a.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, ps := Parse("decisions/0007-x.md", src)
		if d.Title == "" || d.State != "" && !slices.Contains(States(), d.State) {
			t.Errorf("title %q, state %q", d.Title, d.State)
		}
		for _, p := range ps {
			if p.Line < 0 || p.Line > strings.Count(string(src), "\n")+2 || p.What == "" {
				t.Errorf("odd problem %#v", p)
			}
		}
		Check([]Decision{d}, Refs{})
		if c := Diff([]Decision{d}, []Decision{d}); len(c) > 0 {
			t.Errorf("a decision differs from itself: %v", c)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	src := []byte("---\nnumber: 7\ntitle: Replace Cassandra by ScyllaDB\nstate: agreed\ndate: 2026-03-12\ntouches: [storage.cassandra]\n---\n# Replace\n\n" + strings.Repeat("Text of a record.\n", 200))
	for b.Loop() {
		Parse("decisions/0007-scylladb.md", src)
	}
}

// Of two new decisions with the number of one that is gone, neither is it.
func TestNumberTwiceIsNoRename(t *testing.T) {
	before := []Decision{{ID: "0007-queue", Number: "0007", Title: "A queue"}}
	renamed := []Decision{{ID: "0007-a-queue", Number: "0007", Title: "A queue"}}
	if changes := Diff(before, renamed); len(changes) > 0 {
		t.Errorf("renamed: %v", changes)
	}
	if changes := Diff(before, append(renamed, Decision{ID: "0007-other", Number: "0007", Title: "Other"})); len(changes) != 3 {
		t.Errorf("twice: %v", changes)
	}
}
