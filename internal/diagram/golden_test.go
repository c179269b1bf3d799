package diagram_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/diagram"
)

// go test ./internal/diagram -update writes what the code says now into the cases.
var update = flag.Bool("update", false, "write golden files anew")

// TestCases reads every archive of testdata/cases. Its files before.d2 and after.d2,
// or only after.d2, with whatever they import, are the input; its files tree, json
// and diff, or problems, are what must come out.
func TestCases(t *testing.T) {
	cases, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runCase(t, name) })
	}
}

func runCase(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	input := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if !isView(f.Name) {
			input.Files = append(input.Files, f)
		}
	}
	fsys := fstest.MapFS{}
	for _, f := range input.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	views := views(t, fsys)
	if *update {
		input.Files = append(input.Files, views...)
		if err := os.WriteFile(name, txtar.Format(input), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := map[string]string{}
	for _, v := range views {
		got[v.Name] = string(v.Data)
	}
	for _, f := range archive.Files {
		if want := string(f.Data); isView(f.Name) && got[f.Name] != want {
			t.Errorf("%s is\n%s\nwant\n%s", f.Name, got[f.Name], want)
		}
		delete(got, f.Name)
	}
	for name := range got {
		t.Errorf("%s is new; -update writes it", name)
	}
}

func isView(name string) bool {
	switch name {
	case "tree", "json", "diff", "problems":
		return true
	}
	return false
}

// views are everything that is said about a case, in the order of the archive.
func views(t *testing.T, fsys fs.FS) []txtar.File {
	after, ps := diagram.Compile(t.Context(), fsys, "after.d2", diagram.Limits{})
	if after == nil {
		var b strings.Builder
		for _, p := range ps {
			fmt.Fprintln(&b, p)
			if p.Hint != "" {
				fmt.Fprintln(&b, "  hint:", p.Hint)
			}
		}
		return []txtar.File{{Name: "problems", Data: []byte(b.String())}}
	}
	var before *diagram.Diagram
	if _, err := fs.Stat(fsys, "before.d2"); err == nil {
		if before, ps = diagram.Compile(t.Context(), fsys, "before.d2", diagram.Limits{}); before == nil {
			t.Fatal(ps)
		}
	}
	nodes := after.Tree()
	var diff diagram.Difference
	if before != nil {
		diff = diagram.Diff(before, after)
		nodes = diagram.TreeDiff(before, after, diff)
	}
	var tree bytes.Buffer
	if err := diagram.WriteTree(&tree, nodes); err != nil {
		t.Fatal(err)
	}
	files := []txtar.File{{Name: "tree", Data: tree.Bytes()}}
	if before == nil {
		return append(files, txtar.File{Name: "json", Data: indented(t, after)})
	}
	var facts strings.Builder
	for _, c := range diff.All() {
		fmt.Fprintf(&facts, "%s %s %s: %s => %s\n", c.Kind.Mark(), c.Reason, c.Subject, str(c.From), str(c.To))
	}
	return append(files, txtar.File{Name: "diff", Data: []byte(facts.String())})
}

func indented(t *testing.T, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
