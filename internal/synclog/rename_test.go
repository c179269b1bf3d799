package synclog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/problem"
)

// TestRenameComponent reads every archive of testdata/renames: the comment has the
// path of the diagram and the two keys; what comes out is every file that changed,
// behind "after/", or why nothing did.
func TestRenameComponent(t *testing.T) {
	cases, err := filepath.Glob("testdata/renames/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runRename(t, name) })
	}
}

func runRename(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	next := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if f.Name != "refused" && !strings.HasPrefix(f.Name, "after/") {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			next.Files = append(next.Files, f)
		}
	}
	words := strings.Fields(string(archive.Comment))
	l := NewReader(DefaultLimits()).Read(t.Context(), fsys, "log", All)
	if problems := Check(l); len(problems) > 0 {
		t.Fatalf("the log of the case is wrong: %v", problems)
	}
	e, err := RenameComponent(t.Context(), fsys, l, words[0], words[1], words[2])
	if p, refused := errors.AsType[problem.Problem](err); refused {
		next.Files = append(next.Files, txtar.File{Name: "refused", Data: []byte(p.String() + "\nhint: " + p.Hint + "\n")})
	} else if err != nil {
		t.Fatalf("%v is no problem", err)
	}
	for _, f := range e.Files {
		next.Files = append(next.Files, txtar.File{Name: "after/" + f.Path, Data: f.After})
	}
	if err == nil {
		after := NewReader(DefaultLimits()).Read(t.Context(), applied(t, fsys, e), "log", All)
		if problems := Check(after); len(problems) > 0 {
			t.Errorf("the log is wrong afterwards: %v", problems)
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(next), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, want := string(txtar.Format(next)), string(txtar.Format(archive)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
