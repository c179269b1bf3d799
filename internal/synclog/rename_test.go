package synclog

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/problem"
)

// TestRenameComponent reads every archive of testdata/renames: the comment has the
// path of the diagram and the two keys; what comes out is every file that changed,
// behind "after/", or why nothing did.
func TestRenameComponent(t *testing.T) {
	golden.Cases(t, "testdata/renames/*.txtar", golden.Below("refused", "after"), runRename)
}

func runRename(t *testing.T, c *golden.Case) {
	fsys := fstest.MapFS{}
	for _, f := range c.Given {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	words := strings.Fields(c.Comment)
	l := NewReader(DefaultLimits()).Read(t.Context(), fsys, "log", All)
	if problems := Check(l); len(problems) > 0 {
		t.Fatalf("the log of the case is wrong: %v", problems)
	}
	e, err := RenameComponent(t.Context(), fsys, l, words[0], words[1], words[2])
	var got []txtar.File
	if p, refused := errors.AsType[problem.Problem](err); refused {
		got = append(got, txtar.File{Name: "refused", Data: []byte(p.String() + "\nhint: " + p.Hint + "\n")})
	} else if err != nil {
		t.Fatalf("%v is no problem", err)
	}
	for _, f := range e.Files {
		got = append(got, txtar.File{Name: "after/" + f.Path, Data: f.After})
	}
	if err == nil {
		after := NewReader(DefaultLimits()).Read(t.Context(), applied(t, fsys, e), "log", All)
		if problems := Check(after); len(problems) > 0 {
			t.Errorf("the log is wrong afterwards: %v", problems)
		}
	}
	c.Check(t, got...)
}
