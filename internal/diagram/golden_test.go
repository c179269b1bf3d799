package diagram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/golden"
)

// TestCases reads every archive of testdata/cases. Its files before.d2 and after.d2,
// or only after.d2, with whatever they import, are the input; its files tree, json
// and diff, or problems, are what must come out.
func TestCases(t *testing.T) {
	want := golden.Below("tree", "json", "diff", "problems")
	golden.Cases(t, "testdata/cases/*.txtar", want, func(t *testing.T, c *golden.Case) {
		fsys := fstest.MapFS{}
		for _, f := range c.Given {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		c.Check(t, views(t, fsys)...)
	})
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
