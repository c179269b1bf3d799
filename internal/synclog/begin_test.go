package synclog

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/problem"
)

// begun is a new log as a moment.
func begun(t *testing.T, b Beginning) fstest.MapFS {
	t.Helper()
	e, err := Begin("sync-log", b)
	if err != nil {
		t.Fatal(err)
	}
	return applied(t, fstest.MapFS{}, e)
}

// A new log says what was asked for, whatever YAML makes of the words, and has no problems.
func TestBegin(t *testing.T) {
	for _, title := range []string{"", "Lumen", "Lumen: sync", "yes", "007", "# not a comment", "a\nb", `"quoted"`, "名前", "[list]", "a \\ b"} {
		l := readLog(t, begun(t, Beginning{Title: title, Timezone: "Europe/Berlin", Groups: []string{"web", "api"}, Today: "2026-03-10"}))
		if ps := Check(l); len(ps) > 0 {
			t.Errorf("title %q: problems %v", title, ps)
		}
		want := strings.Join(strings.Fields(title), " ")
		if want == "" {
			want = "Architecture sync"
		}
		if l.Config.Title != want || l.Config.Timezone != "Europe/Berlin" || l.Config.Cadence.First != "2026-03-12" {
			t.Errorf("title %q: config %+v", title, l.Config)
		}
		if got := l.ids(); !slices.Equal(got, []string{"web", "api"}) {
			t.Errorf("title %q: groups %v", title, got)
		}
		if l.Main() == nil || len(l.Main().Components) == 0 {
			t.Errorf("title %q: no architecture", title)
		}
	}
}

func TestBeginAdopts(t *testing.T) {
	fsys := begun(t, Beginning{Diagram: "docs/my arch.d2", Decisions: "docs/adr", Today: "2026-03-10"})
	l := readLog(t, fsys)
	if got := l.Config.DiagramPath(l.Dir); got != "docs/my arch.d2" {
		t.Errorf("diagram %q", got)
	}
	if got := l.Config.DecisionsPath(l.Dir); got != "docs/adr" {
		t.Errorf("decisions %q", got)
	}
	for name := range fsys {
		if strings.HasSuffix(name, ".d2") {
			t.Errorf("made %s beside the adopted diagram", name)
		}
	}
}

func TestBeginRefuses(t *testing.T) {
	for name, b := range map[string]Beginning{
		"time zone":  {Timezone: "Nowhere", Today: "2026-03-10"},
		"tag prefix": {TagPrefix: "a..b/", Today: "2026-03-10"},
		"group":      {Groups: []string{"Data Team"}, Today: "2026-03-10"},
		"no day":     {},
	} {
		if e, err := Begin("sync-log", b); err == nil {
			t.Errorf("%s: accepted, as %v", name, e.Summary)
		}
	}
}

func TestCheckGroupID(t *testing.T) {
	for id, hint := range map[string]string{
		"storage": "", "data-platform": "", "x_1": "", "7": "",
		"Data Team": `use data-team, and --name "Data Team"`,
		"Ünïcode":   `use n-code, and --name "Ünïcode"`,
		"":          "ids are short", "-x": "use x", "../up": "use up", "日本": "ids are short",
	} {
		err := CheckGroupID(id)
		var p problem.Problem
		if (err == nil) != (hint == "") || err != nil && (!errors.As(err, &p) || !strings.HasPrefix(p.Hint, hint)) {
			t.Errorf("%q: %v, hint %q, want %q", id, err, p.Hint, hint)
		}
	}
}

// handKept is a board as a person keeps it, with an item that was done.
const handKept = `# kept by hand
items:
- id: k7f3q
  title: Shard   # short
  status: "done"
  colour: red  # ours
- {id: k9m2p, title: 'Other', status: planned}
`

func handLog() fstest.MapFS {
	return files("sync-log/archsync.yaml", "title: Lumen\n", "sync-log/board/storage.yaml", handKept, "sync-log/board/web.yaml", "items: []\n")
}

// What a person wrote between the values comes along to another group and back
// from the past.
func TestItemsKeepTheirLines(t *testing.T) {
	fsys := handLog()
	then := readLog(t, fsys)
	e, err := Regroup(then, "k7f3q", "web", Setting{"status", "ongoing"}, Setting{"since", "2026-03-10"})
	if err != nil {
		t.Fatal(err)
	}
	moved := string(applied(t, fsys, e)["sync-log/board/web.yaml"].Data)
	for _, want := range []string{"title: Shard   # short", `status: "ongoing"`, "since: 2026-03-10", "colour: red  # ours"} {
		if !strings.Contains(moved, want) {
			t.Errorf("after regrouping %q is missing in\n%s", want, moved)
		}
	}
	gone, err := RemoveItem(then, "k7f3q")
	if err != nil {
		t.Fatal(err)
	}
	without := applied(t, fsys, gone)
	back, err := Restore(readLog(t, without), then, "k7f3q")
	if err != nil {
		t.Fatal(err)
	}
	if restored := string(applied(t, without, back)["sync-log/board/storage.yaml"].Data); !strings.Contains(restored, "title: Shard   # short") {
		t.Errorf("after restoring\n%s", restored)
	}
}

// An item that is still there gets its former values where it stands.
func TestRestoreOverwrites(t *testing.T) {
	fsys := handLog()
	then := readLog(t, fsys)
	e, err := SetItem(then, "k7f3q", "2026-03-10", Setting{"title", "Else"}, Setting{"colour", nil}, Setting{"size", "big"}, Setting{"due", "2026-04-01"})
	if err != nil {
		t.Fatal(err)
	}
	changed := applied(t, fsys, e)
	back, err := Restore(readLog(t, changed), then, "k7f3q")
	if err != nil {
		t.Fatal(err)
	}
	after := readLog(t, applied(t, changed, back))
	if d := Diff(then, after); !d.Empty() {
		t.Errorf("restored item differs: %+v", d.Items)
	}
	if items := after.Groups()[0].Items; len(items) != 2 || items[0].ID != "k7f3q" {
		t.Errorf("the item did not stay where it was: %+v", items)
	}
}

func TestArchivedGroupTakesNoItems(t *testing.T) {
	fsys := handLog()
	fsys["sync-log/board/web.yaml"].Data = []byte("archived: 2026-01-01\nitems: []\n")
	l := readLog(t, fsys)
	var archived *ArchivedGroupError
	if _, err := Regroup(l, "k7f3q", "web"); !errors.As(err, &archived) {
		t.Errorf("regrouped into an archived group: %v", err)
	}
	if _, err := AddItem(l, "web", board.Item{ID: "a1b2c", Title: "X", Status: board.Planned}); !errors.As(err, &archived) {
		t.Errorf("added to an archived group: %v", err)
	}
}

func TestByHand(t *testing.T) {
	f, _ := readLog(t, handLog()).File("storage")
	for name, c := range map[string]struct {
		after, summary string
		problems       int
	}{
		"one item":     {strings.Replace(handKept, "Shard ", "Split ", 1), `storage: edit "Split"`, 0},
		"a comment":    {handKept + "# more\n", "storage: edit the board by hand", 0},
		"two items":    {strings.NewReplacer("Shard ", "Split ", "Other", "Another").Replace(handKept), "storage: edit the board by hand", 0},
		"not any more": {"items: [\n", "storage: edit the board by hand", 1},
	} {
		e, problems := ByHand(f, []byte(c.after))
		if e.Summary != c.summary || len(problems) != c.problems || e.Empty() {
			t.Errorf("%s: %q, %v", name, e.Summary, problems)
		}
	}
	if e, _ := ByHand(f, []byte(handKept)); !e.Empty() {
		t.Error("a file that was only looked at is an edit")
	}
}

// What was cleared after a sync, and another name, are no changes of a group's board.
func TestChangedSince(t *testing.T) {
	shown := readLog(t, handLog())
	edited := func(name, text string) *Log {
		fsys := handLog()
		delete(fsys, "sync-log/board/storage.yaml")
		fsys["sync-log/board/"+name] = &fstest.MapFile{Data: []byte(text)}
		return readLog(t, fsys)
	}
	const cleared = "items:\n  - {id: k9m2p, title: Other, status: planned}\n"
	for name, c := range map[string]struct {
		now  *Log
		id   string
		want bool
	}{
		"as it was":  {shown, "storage", false},
		"cleared":    {edited("storage.yaml", cleared), "storage", false},
		"renamed":    {edited("store.yaml", "formerly: [storage]\n"+cleared), "store", false},
		"moved":      {edited("storage.yaml", strings.Replace(cleared, "planned", "ongoing", 1)), "storage", true},
		"checked in": {edited("storage.yaml", "checked_in: 2026-03-10\n"+cleared), "storage", true},
		"emptied":    {edited("storage.yaml", "items: []\n"), "storage", true},
		"new":        {edited("new.yaml", "items: []\n"), "new", true},
	} {
		if got := ChangedSince(shown, c.now)[c.id]; got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if first := ChangedSince(nil, shown); !first["storage"] || first["web"] {
		t.Errorf("before the first sync: %v", first)
	}
}
