package diagram_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/problem"
)

// TestRename reads every archive of testdata/renames: the comment has the two keys,
// a.d2 the diagram, b.d2 perhaps another one. What comes out is every file that
// changed, behind "after/", or why nothing did.
func TestRename(t *testing.T) {
	golden.Cases(t, "testdata/renames/*.txtar", golden.Below("refused", "after"), func(t *testing.T, c *golden.Case) {
		fsys := fstest.MapFS{}
		for _, f := range c.Given {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		c.Check(t, renamed(t, fsys, c.Comment)...)
	})
}

func renamed(t *testing.T, fsys fstest.MapFS, names string) []txtar.File {
	from, to, _ := strings.Cut(strings.TrimSpace(names), " ")
	if rest, quoted := strings.CutPrefix(names, `"layers`); quoted {
		from, to, _ = strings.Cut("layers"+strings.TrimSpace(rest), `" `)
	}
	if rest, quoted := strings.CutPrefix(names, `"scenarios`); quoted {
		from, to, _ = strings.Cut("scenarios"+strings.TrimSpace(rest), `" `)
	}
	paths := []string{"a.d2"}
	if _, also := fsys["b.d2"]; also {
		paths = append(paths, "b.d2")
	}
	r, err := diagram.Rename(t.Context(), fsys, paths, from, to, diagram.Limits{})
	if err != nil {
		var p problem.Problem
		if !errors.As(err, &p) || p.Hint == "" {
			t.Errorf("%v is no problem with a hint", err)
		}
		return []txtar.File{{Name: "refused", Data: fmt.Appendf(nil, "%v\nhint: %s\n", p, p.Hint)}}
	}
	var files []txtar.File
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		files = append(files, txtar.File{Name: "after/" + name, Data: r.Files[name]})
	}
	return files
}

// Law: a component can be renamed and renamed back, and then every byte is as it was.
// In between, a diagram has the same connections under the new names.
func TestRenameThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawSketch(t, "a").with(drawSketch(t, "inside"))
		d := compileText(t, text)
		if len(d.Components) == 0 {
			t.Skip("nothing to rename")
		}
		c := rapid.SampledFrom(d.Components).Draw(t, "component")
		fresh := strings.TrimSuffix(c.ID, c.Key) + "fresh one"
		there, err := diagram.Rename(t.Context(), d2File(text), []string{"a.d2"}, c.ID, fresh, diagram.Limits{})
		if err != nil {
			if strings.Contains(err.Error(), "extends") {
				t.Skip("it belongs to another layer")
			}
			t.Fatalf("%v\nin\n%s", err, text)
		}
		between := string(there.Files["a.d2"])
		checkRefs(t, there, d, compileText(t, between))
		back, err := diagram.Rename(t.Context(), d2File(between), []string{"a.d2"}, fresh, c.ID, diagram.Limits{})
		if err != nil {
			t.Fatalf("back: %v\nin\n%s", err, between)
		}
		if got := string(back.Files["a.d2"]); got != text {
			t.Fatalf("%q to %q and back:\n%s\nwas\n%s", c.ID, fresh, got, text)
		}
	})
}

func d2File(text string) fstest.MapFS { return fstest.MapFS{"a.d2": {Data: []byte(text)}} }

// checkRefs asks what every reference to the earlier diagram becomes.
func checkRefs(t *rapid.T, r *diagram.Renaming, before, after *diagram.Diagram) {
	for _, c := range before.Components {
		if id, _ := r.Ref("a.d2", c.ID); !after.Has(id) {
			t.Fatalf("component %q became %q, which is not there", c.ID, id)
		}
	}
	for _, c := range before.Connections {
		id, _ := r.Ref("a.d2", c.ID)
		now, ok := after.Connection(id)
		from, _ := r.Ref("a.d2", c.From)
		to, _ := r.Ref("a.d2", c.To)
		if !ok || now.From != from || now.To != to || now.Label != c.Label {
			t.Fatalf("connection %q became %q: %v", c.ID, id, now)
		}
	}
}

// Whatever the two names are: it ends, and what is refused is a problem.
func FuzzRename(f *testing.F) {
	f.Add("a", "b")
	f.Add("a.b", `a."x`)
	f.Add("layers.l: a", "layers.l: b")
	f.Add("a", "scenarios.s.x")
	f.Add("a", "a\nb -> c")
	f.Add("a", "${x}")
	f.Fuzz(func(t *testing.T, from, to string) {
		text := "a: { b -> c }\na.b -> d: x\nlayers: { l: { a } }\nscenarios: { s: { a -> e } }\n"
		r, err := diagram.Rename(t.Context(), d2File(text), []string{"a.d2"}, from, to, diagram.Limits{})
		if err != nil {
			if _, ok := errors.AsType[problem.Problem](err); !ok {
				t.Fatalf("%v is no problem", err)
			}
			return
		}
		if !compileText(t, string(r.Files["a.d2"])).Has(r.To) {
			t.Fatalf("%q is not in\n%s", r.To, r.Files["a.d2"])
		}
	})
}
