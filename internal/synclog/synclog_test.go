package synclog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/problem"
)

// files is a moment, written as path and content.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

const (
	storageYAML = `name: Storage
lead: Ada Okafor <ada@lumen.example>
owns: [storage]
items:
  - id: k7f3q # the big one
    title: Shard the index
    status: ongoing
    touches: [storage.kafka]
    decisions: ["0007"]
    colour: red
  - id: m2x9d
    title: Drop Cassandra
    status: done
    since: 2026-02-26
`
	edgeYAML = `name: Edge
members:
  - ben@lumen.example
checked_in: 2026-03-05
items: []
`
	architectureD2 = "storage: { kafka: Kafka }\nedge -> storage.kafka\n"
	kafkaDecision  = "---\nnumber: 7\ntitle: A queue\nstate: agreed\ndate: 2026-01-15\ntouches: [storage.kafka]\n---\n\n# A queue\n\nBecause.\n"
)

func wholeLog() fstest.MapFS {
	return files(
		"sync-log/archsync.yaml", "title: Lumen\ntimezone: Europe/Berlin\ngroups: [storage, edge]\n",
		"sync-log/board/storage.yaml", storageYAML,
		"sync-log/board/edge.yaml", edgeYAML,
		"sync-log/diagrams/architecture.d2", architectureD2,
		"sync-log/decisions/0007-a-queue.md", kafkaDecision,
	)
}

func readLog(t *testing.T, fsys fs.FS) *Log {
	t.Helper()
	return NewReader(DefaultLimits()).Read(t.Context(), fsys, "sync-log", All)
}

func TestReadWholeLog(t *testing.T) {
	l := readLog(t, wholeLog())
	if ps := Check(l); len(ps) > 0 {
		t.Errorf("problems in a clean log: %v", ps)
	}
	if got := l.ids(); !slices.Equal(got, []string{"storage", "edge"}) {
		t.Errorf("groups %v, not in the order of archsync.yaml", got)
	}
	if l.Main() == nil || len(l.Decisions) != 1 {
		t.Errorf("diagram %v, decisions %v", l.Main(), l.Decisions)
	}
	if c := l.Config; c.Title != "Lumen" || c.Location().String() != "Europe/Berlin" || c.TagPrefix != "sync/" {
		t.Errorf("config %+v", c)
	}
}

// A bad file is a problem, and the others are still there.
func TestReadBadFiles(t *testing.T) {
	fsys := wholeLog()
	fsys["sync-log/board/broken.yaml"] = &fstest.MapFile{Data: []byte("items: [\n")}
	fsys["sync-log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte("a -> {\n")}
	fsys["sync-log/archsync.yaml"] = &fstest.MapFile{Data: []byte("timezone: Mars/Olympus\ntimebox: soon\n")}
	l := readLog(t, fsys)
	if !l.Broken("sync-log/diagrams/architecture.d2") || l.Main() != nil {
		t.Error("a diagram that does not compile was not reported as such")
	}
	if _, ok := l.File("storage"); !ok {
		t.Error("a bad file hides the others")
	}
	for _, want := range []string{
		"sync-log/archsync.yaml:1:1: unknown time zone",
		"sync-log/archsync.yaml:2:1: timebox",
		"sync-log/board/broken.yaml:",
		"sync-log/diagrams/architecture.d2:1:",
	} {
		if !slices.ContainsFunc(l.Problems, func(p problem.Problem) bool { return strings.HasPrefix(p.String(), want) }) {
			t.Errorf("no problem begins with %q in\n%v", want, l.Problems)
		}
	}
}

// TestLimits: what is too large is a problem that names the limit.
// What a folder of decisions holds besides them is not complained about.
func TestTemplatesAreNoDecisions(t *testing.T) {
	fsys := wholeLog()
	for _, name := range []string{"0000-template.md", "README.md"} {
		fsys["sync-log/decisions/"+name] = &fstest.MapFile{Data: []byte("---\ntitle: [\n---\n")}
	}
	if l := readLog(t, fsys); len(l.Problems) > 0 || len(l.Decisions) != 1 {
		t.Errorf("%d decisions, problems %v", len(l.Decisions), l.Problems)
	}
}

func TestLimits(t *testing.T) {
	l := NewReader(Limits{FileSize: 40, Files: 1}).Read(t.Context(), wholeLog(), "sync-log", Board)
	var texts []string
	for _, p := range l.Problems {
		texts = append(texts, p.String())
	}
	all := strings.Join(texts, "\n")
	if !strings.Contains(all, "the limit of 40") || !strings.Contains(all, "the limit of 1") {
		t.Errorf("problems do not name the limits:\n%s", all)
	}
}

func TestCheckReferences(t *testing.T) {
	fsys := wholeLog()
	for name, text := range map[string]string{
		"sync-log/archsync.yaml":       "groups: [storage, edge, gone]\n",
		"sync-log/syncs/2026-02-26.md": "---\nsync: 2026-02-26\nbreakouts: [b1]\n---\n",
		"sync-log/breakouts/b2.md":     "---\ntopic: x\ngroup: nobody\nstate: open\n---\n",
		"sync-log/board/storage.yaml":  strings.Replace(storageYAML, "storage.kafka]", "storage.rabbit]", 1),
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	ps := Check(readLog(t, fsys))
	for _, want := range []string{`groups names "gone"`, `breakout "b1"`, `unknown group "nobody"`, "storage.rabbit"} {
		if !slices.ContainsFunc(ps, func(p problem.Problem) bool { return strings.Contains(p.What, want) }) {
			t.Errorf("check does not mention %q:\n%v", want, ps)
		}
	}
}

// counting is a file system that knows the ids of its content, as git does, and
// counts what is read.
type counting struct {
	fstest.MapFS
	mu    *sync.Mutex
	reads map[string]int
}

func newCounting(fsys fstest.MapFS) counting {
	return counting{fsys, &sync.Mutex{}, map[string]int{}}
}

func (c counting) ContentID(name string) (string, bool) {
	f, ok := c.MapFS[name]
	if !ok {
		return "", false
	}
	return fmt.Sprintf("%x", f.Data), true
}

func (c counting) ReadFile(name string) ([]byte, error) {
	c.mu.Lock()
	c.reads[name]++
	c.mu.Unlock()
	return c.MapFS.ReadFile(name)
}

// A history costs as much as its distinct files: what was parsed is not even read
// again.
func TestReaderReadsContentOnce(t *testing.T) {
	r := NewReader(DefaultLimits())
	first := newCounting(wholeLog())
	a := r.Read(t.Context(), first, "sync-log", All)
	second := newCounting(wholeLog())
	second.MapFS["sync-log/board/edge.yaml"] = &fstest.MapFile{Data: []byte(edgeYAML + "# changed\n")}
	b := r.Read(t.Context(), second, "sync-log", All)
	if len(second.reads) != 1 || second.reads["sync-log/board/edge.yaml"] != 1 {
		t.Errorf("read again: %v", second.reads)
	}
	if a.Main() != b.Main() {
		t.Error("the diagram was compiled twice")
	}
	if d := Diff(a, b); !d.Empty() {
		t.Errorf("difference without a change of meaning: %+v", d)
	}
}

// A diagram is compiled again when one of its imports changes.
func TestReaderFollowsImports(t *testing.T) {
	fsys := wholeLog()
	fsys["sync-log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte("...@parts/core\nedge\n")}
	fsys["sync-log/diagrams/parts/core.d2"] = &fstest.MapFile{Data: []byte("one\n")}
	r := NewReader(DefaultLimits())
	before := r.Read(t.Context(), newCounting(fsys), "sync-log", All)
	next := fstest.MapFS{}
	for name, f := range fsys {
		next[name] = f
	}
	next["sync-log/diagrams/parts/core.d2"] = &fstest.MapFile{Data: []byte("one\ntwo\n")}
	after := r.Read(t.Context(), newCounting(next), "sync-log", All)
	d := Diff(before, after)
	if got := d.Counts().Components.String(); got != "+1" {
		t.Errorf("components %q, want +1; problems %v", got, after.Problems)
	}
}

// Readers may be shared.
func TestReaderIsSafeTogether(t *testing.T) {
	r := NewReader(DefaultLimits())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				if l := r.Read(t.Context(), newCounting(wholeLog()), "sync-log", All); len(l.Files) != 2 {
					t.Errorf("%d groups", len(l.Files))
				}
			}
		})
	}
	group.Wait()
}

func TestGroupsOf(t *testing.T) {
	l := readLog(t, wholeLog())
	for _, c := range []struct{ name, mail, want string }{
		{"Somebody", "ADA@lumen.example", "storage"},
		{"Ada Okafor", "", "storage"},
		{"Ada Okafor", "other@x", ""},
		{"", "ben@lumen.example", "edge"},
		{"Eve", "eve@lumen.example", ""},
	} {
		var got []string
		for _, g := range l.GroupsOf(c.name, c.mail) {
			got = append(got, g.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("groups of %q <%s>: %v, want %q", c.name, c.mail, got, c.want)
		}
	}
}

func TestOrder(t *testing.T) {
	c := Config{Groups: []string{"z", "a"}}
	if got := c.Order([]string{"a", "b", "m", "z"}); !slices.Equal(got, []string{"z", "a", "b", "m"}) {
		t.Errorf("order %v", got)
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ dir, written, want string }{
		{"sync-log", "decisions", "sync-log/decisions"},
		{"team/sync-log", "/docs/adr", "docs/adr"},
		{".", "decisions", "decisions"},
	} {
		if got := (Config{Decisions: c.written}).DecisionsPath(c.dir); got != c.want {
			t.Errorf("%q in %q is %q, want %q", c.written, c.dir, got, c.want)
		}
	}
	for _, bad := range []string{"../up", "/../up", "a/../../b", "/", "//x", "/."} {
		if _, ps := ParseConfig("archsync.yaml", []byte("decisions: "+bad+"\n")); len(ps) == 0 {
			t.Errorf("a path out of the repository is accepted: %s", bad)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, src := range []string{"", "title: x\n", "cadence: {rule: FREQ=WEEKLY}\n", "groups: [a, b]\n", "timezone: [", "\xff"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, _ := ParseConfig("archsync.yaml", src)
		if c.Location() == nil || c.TagPrefix == "" || c.DiagramPath("d") == "" {
			t.Fatalf("unusable config %+v", c)
		}
		renameInOrder(src, "a", "b")
	})
}

func TestRenameInOrder(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"flow":       {"groups: [a-b, a] # a\ntitle: a\n", "groups: [a-b, z] # a\ntitle: a\n"},
		"block":      {"title: a\ngroups:\n  - b\n  - a\nbranch: a\n", "title: a\ngroups:\n  - b\n  - z\nbranch: a\n"},
		"at margin":  {"groups:\n- a\n- b\nbranch: a\n", "groups:\n- z\n- b\nbranch: a\n"},
		"over lines": {"groups: [\n  a,\n  b\n]\nbranch: a\n", "groups: [\n  z,\n  b\n]\nbranch: a\n"},
		"not named":  {"groups: [b]\n", "groups: [b]\n"},
		"no order":   {"title: a\n", "title: a\n"},
	} {
		if got := string(renameInOrder([]byte(c.src), "a", "z")); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
