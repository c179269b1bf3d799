package archsync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
)

const module = "github.com/archsync/archsync"

// TestHouse holds archsync's own architecture diagram against the imports: the
// arrows of sync-log/diagrams/architecture.d2 are those of the packages, without
// the ones that follow from others. The comparison is archsync's own diagram diff.
func TestHouse(t *testing.T) {
	drawn := compile(t, os.DirFS("sync-log/diagrams"), "architecture.d2")
	code := compile(t, fstest.MapFS{"imports.d2": {Data: among(list(t)).reduced().d2()}}, "imports.d2")
	found := diagram.Diff(rooms(t, drawn), rooms(t, code))
	for _, c := range append(found.Components, found.Connections...) {
		switch c.Reason {
		case change.ReasonAdded:
			t.Errorf("%s is in the code and not in sync-log/diagrams/architecture.d2", c.Subject)
		case change.ReasonRemoved:
			t.Errorf("%s is in sync-log/diagrams/architecture.d2 and not in the code", c.Subject)
		default:
			t.Errorf("%s: %s, %v in the diagram, %v in the code", c.Subject, c.Reason, deref(c.From), deref(c.To))
		}
	}
}

// rooms is the diagram without what only people need: labels, tooltips, style.
func rooms(t *testing.T, d *diagram.Diagram) *diagram.Diagram {
	t.Helper()
	h := house{}
	for _, c := range d.Components {
		h[c.ID] = nil
	}
	for _, c := range d.Connections {
		h[c.From] = append(h[c.From], c.To)
	}
	return compile(t, fstest.MapFS{"rooms.d2": {Data: h.d2()}}, "rooms.d2")
}

// rule is an import that some rooms may not have, directly, with the reason.
type rule struct {
	rooms     []string
	forbidden string // an import path, and everything below it
	reason    string
}

func rules(h house) []rule {
	pure := h.except("archsync", "history", "atomicfile", "cache", "golden")
	return []rule{
		{pure, "os", "domain code takes an fs.FS, bytes or a function, so that the past, the present and a test are read alike"},
		{h.except("archsync", "history"), "os/exec", "running other programs is cmd's business, and git's history's"},
		{h.except("history"), "github.com/go-git/go-git", "history is the only room that knows git"},
		{h.except("diagram"), "oss.terrastruct.com/d2", "diagram is the only room that knows D2, and its types stop there"},
		{h.except("layout"), "github.com/d2lang/elk-go", "layout is the only room that knows the engine"},
		{h.except("markdown"), "github.com/yuin/goldmark", "markdown is the only room that knows the parser"},
		{h.except("tui", "archsync"), "github.com/charmbracelet", "only the screens draw, and only cmd starts them"},
		{h.except("archsync"), "crypto/rand", "ids come in as arguments, so that a test gets the same ones"},
		{h.except("archsync"), "github.com/spf13/cobra", "flags are the verbs' business"},
		{h.except("archsync"), "time/tzdata", "whoever runs the program decides on its time zones"},
		{h.except("golden"), "testing", "the program is not made of its tests"},
		{h.except("golden"), module + "/internal/golden", "it is for tests alone"},
		{[]string{"board", "meeting", "decision", "diagram"}, module + "/internal/synclog", "the four are read by synclog, and do not know each other"},
	}
}

// TestMayNotTouch: a rule about a room that is gone fails too.
func TestMayNotTouch(t *testing.T) {
	packages := list(t)
	for _, rule := range rules(among(packages)) {
		for _, room := range rule.rooms {
			p, ok := packages[room]
			if !ok {
				t.Errorf("a rule speaks of %s, which is gone", room)
			}
			for _, imported := range p.Imports {
				if imported == rule.forbidden || strings.HasPrefix(imported, rule.forbidden+"/") {
					t.Errorf("%s imports %s: %s", room, imported, rule.reason)
				}
			}
		}
	}
}

// TestNoClock: below cmd the time is an argument. Looking at the clock where it
// is about waiting for a lock or another process is the exception, named here.
func TestNoClock(t *testing.T) {
	allowed := map[string]string{
		"internal/history":    "waits for git's locks",
		"internal/cache":      "trims by age",
		"internal/atomicfile": "retries a rename",
	}
	packages := list(t)
	for _, room := range slices.Sorted(maps.Keys(packages)) {
		p := packages[room]
		dir := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if strings.HasPrefix(dir, "cmd/") || allowed[dir] != "" {
			continue
		}
		for _, file := range p.GoFiles {
			for _, at := range clockCalls(t, path.Join(dir, file)) {
				t.Errorf("%s: the clock is looked at below cmd", at)
			}
		}
	}
}

func clockCalls(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			found = append(found, set.Position(sel.Pos()).String())
		}
		return true
	})
	return found
}

// house is which room imports which of ours, by the last part of their paths.
type house map[string][]string

func among(packages map[string]listed) house {
	h := house{}
	for room, p := range packages {
		h[room] = nil
		for _, i := range p.Imports {
			if strings.HasPrefix(i, module+"/") {
				h[room] = append(h[room], path.Base(i))
			}
		}
	}
	return h
}

// except are all rooms but some.
func (h house) except(rooms ...string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(h)), func(r string) bool { return slices.Contains(rooms, r) })
}

// reduced leaves out the arrows that follow from others (transitive reduction of
// an acyclic graph: Aho, Garey and Ullman 1972).
func (h house) reduced() house {
	less := house{}
	for room, direct := range h {
		less[room] = slices.DeleteFunc(slices.Clone(direct), func(to string) bool {
			return slices.ContainsFunc(direct, func(via string) bool { return via != to && h.reaches(via, to) })
		})
	}
	return less
}

func (h house) reaches(from, to string) bool {
	return slices.ContainsFunc(h[from], func(i string) bool { return i == to || h.reaches(i, to) })
}

// d2 draws the house as D2.
func (h house) d2() []byte {
	var b bytes.Buffer
	for _, room := range slices.Sorted(maps.Keys(h)) {
		fmt.Fprintf(&b, "%s\n", room)
		for _, to := range slices.Sorted(slices.Values(h[room])) {
			fmt.Fprintf(&b, "%s -> %s\n", room, to)
		}
	}
	return b.Bytes()
}

type listed struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
}

// list asks the go command for our packages, by the last part of their path. The
// root package only holds licences and these tests.
func list(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports", "./cmd/...", "./internal/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages[path.Base(p.ImportPath)] = p
	}
	return packages
}

func compile(t *testing.T, fsys fs.FS, name string) *diagram.Diagram {
	t.Helper()
	d, problems := diagram.Compile(t.Context(), fsys, name, diagram.Limits{})
	if d == nil {
		t.Fatal(problems)
	}
	return d
}

func deref(s *string) string {
	if s == nil {
		return "nothing"
	}
	return *s
}
