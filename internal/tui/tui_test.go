package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

const (
	storageFile = "sync-log/board/storage.yaml"
	diagramFile = "sync-log/diagrams/architecture.d2"
)

func TestFirstPictureReadsNothing(t *testing.T) {
	d := cold(t, lumen())
	d.expect("archsync", "reading the log")
	d.run(d.model.Init())
	d.expect("Shard the index", "now vs 2026-02-12").without("reading")
}

// The board that came with the options is there before anything else was read, and
// until everything was.
func TestFirstPictureIsTheBoard(t *testing.T) {
	log := lumen()
	now, err := log.Read(t.Context(), history.Moment{Kind: history.Now}, synclog.Board)
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, log: log}
	d.model = New(t.Context(), log, testHost(d), Options{Profile: termenv.Ascii, Width: 80, Height: 24, First: now})
	d.expect(now.Config.Title, "Shard the index").without("reading")
	d.hold = true
	d.run(d.model.readTimeline())
	_, _ = d.model.Update(d.held[0]())
	d.expect("Shard the index", "now vs 2026-02-12").without("reading")
	d.press("2").expect("reading").press("1", "j").expect("Shard the index").without("reading")
	d.hold = false
	d.model.at = onBoard
	d.run(d.model.refresh())
	d.expect("Shard the index", "now vs 2026-02-12")
	if d.model.first != nil {
		t.Error("the first board is kept though there is a newer one")
	}
	d.press("[").expect("PAST").without("reading")
}

func TestKeysWorkWhileLoading(t *testing.T) {
	d := start(t, lumen())
	d.model.scenes = newSceneMemo()
	d.hold = true
	d.press("[").expect("reading 2026-02-12", "PAST")
	d.press("2", "?").expect("Keys").press("q", "[").expect("2026-01-29")
	d.release()
	d.expect("PAST  2026-01-29", "Syslog listener").without("reading")
}

func TestTravel(t *testing.T) {
	d := start(t, lumen())
	d.do("a sync back in time").expect("PAST  2026-02-12 vs 2026-01-29", "the past is read only", "Retire Cassandra  was ongoing")
	d.do("the first sync").expect("PAST  2026-01-15").without(" vs ")
	d.do("a sync back in time").expect("this is the first sync")
	d.do("the last sync").expect("2026-02-12")
	d.do("back to now").expect("now vs 2026-02-12").without("PAST")
	d.do("a sync forward in time").expect("this is now")
}

// A terminal gives keys that are held down or typed fast in one message.
func TestKeysThatArriveTogether(t *testing.T) {
	d := start(t, lumen())
	_, cmd := d.model.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("[[2")})
	d.run(cmd)
	d.expect("PAST  2026-01-29", "architecture.d2")
}

func TestTravelKeepsTheSelection(t *testing.T) {
	d := start(t, lumen()).press("j") // the item that is there only now
	if got := d.model.board.item; got != "z6y7x" {
		t.Fatalf("selected %s", got)
	}
	d.press("[", "[", "]", "]")
	if got := d.model.board.selected(d.model).item.ID; got != "z6y7x" {
		t.Errorf("came back to %s", got)
	}
	d.press("2", "t", "home", "j", "j", "[", "5", "1", "2")
	if r, _ := d.model.arch.selected(d.model); r.node.ID != "ingest.gateway" {
		t.Errorf("the architecture lost %s", r.node.ID)
	}
}

func TestPinnedBase(t *testing.T) {
	d := start(t, lumen()).do("the first sync").do("compare everything with this moment: pin the base")
	d.do("back to now").expect("now vs 2026-01-15 pinned")
	d.do("let the base follow again").expect("now vs 2026-02-12").without("pinned")
}

func TestPastIsReadOnly(t *testing.T) {
	for _, key := range []string{"n", "e", "E", "<", ">", "c", "u", "U", "ctrl+s"} {
		d := start(t, lumen()).press("l", "l", ">", "c", "c", "u")
		before, commits := d.log.file(storageFile), len(d.log.commits)
		d.press("[", key)
		if d.log.file(storageFile) != before || len(d.log.commits) != commits {
			t.Errorf("%s wrote something", key)
		}
		d.expect("nothing can be edited in the past")
		if d.model.overlay != nil || len(d.edited) > 0 || d.model.unsavedCount() != 1 {
			t.Errorf("%s did something", key)
		}
	}
	start(t, lumen()).press("2", "[", "E").expect("nothing can be edited in the past")
}

func TestGhostsAndMarks(t *testing.T) {
	start(t, lumen()).expect("- ✓ Retire Cassandra  delivered", "+ ◐ Put a queue before the index", "~ ◐ Shard the index").
		press("2", "t").expect("-   ▪ cassandra", "+   ▪ Kafka  queue", "~     → ingest.queue  repointed")
}

func TestNextChange(t *testing.T) {
	d := start(t, lumen())
	var seen []string
	for range 5 {
		d.do("the next change")
		seen = append(seen, d.model.board.item)
	}
	if want := []string{"z6y7x", "a3d4e", "k7f3q", "m2x9d", "z6y7x"}; !slices.Equal(seen, want) {
		t.Errorf("changes %v, want %v", seen, want)
	}
	d.do("the change before")
	if d.model.board.item != "m2x9d" {
		t.Errorf("the change before is %s", d.model.board.item)
	}
	d.press("2", "t").do("the next change")
	if r, _ := d.model.arch.selected(d.model); r.node.Name != "ingest.queue" {
		t.Errorf("the first change in the architecture is %q", r.node.ID)
	}
}

func TestFilter(t *testing.T) {
	d := start(t, lumen()).press("f").write("owner:b").press("enter")
	d.expect("filter: owner:b", "Encrypt backups").without("Shard the index", "Cache the results")
	d.press("[").expect("Encrypt backups", "Retire Cassandra", "PAST").without("Shard the index")
	d.press("2").expect("0 pass").press("t").expect("Nothing in the architecture passes the filter")
	d.press("1", "q").expect("the filter is off", "Shard the index")
	for text, want := range map[string]string{
		"status:blocked":             "p5r8t",
		"late":                       "k7f3q",
		"plan:2026-Q2":               "a3d4e",
		"group:query":                "q9w8e",
		"component:gateway":          "a1b2c",
		"changed status:ongoing,don": "z6y7x k7f3q m2x9d",
		"queue before":               "z6y7x",
		"group:storage cass":         "m2x9d",
	} {
		d := start(t, lumen())
		d.model.setFilter(parseFilter(text, history.Author{}))
		var ids []string
		for _, r := range d.model.board.rows(d.model) {
			ids = append(ids, r.item.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q lets %q pass, want %q", text, got, want)
		}
	}
}

func TestFilterCompletes(t *testing.T) {
	d := start(t, lumen()).press("f", "s", "tab").write("bl").press("tab", "enter")
	d.expect("filter: status:blocked", "Encrypt backups")
	d.press("f", "ctrl+u").write("late").press("esc").expect("filter: status:blocked")
}

func TestFilterArchitecture(t *testing.T) {
	d := start(t, lumen()).press("2", "t", "f").write("status:ongoing").press("enter")
	d.expect("Gateway", "Index", "Kafka").without("▪ Query engine", "▪ Syslog")
	d.press("f", "ctrl+u").write("changed").press("enter").expect("Kafka", "cassandra", "repointed").without("▪ Query engine")
}

func TestMoveItem(t *testing.T) {
	d := start(t, lumen()).press("l", "l").do("move the item on: planned, ongoing, blocked, done, dropped")
	d.expect("storage: block \"Shard the index\"", "● 1 unsaved", "■ Shard the index")
	text := d.log.file(storageFile)
	for _, part := range []string{"  - id: k7f3q # the big one\n", "status: blocked\n", "since: 2026-03-01\n", "colour: red\n"} {
		if !strings.Contains(text, part) {
			t.Errorf("the file has no %q:\n%s", part, text)
		}
	}
	if len(d.log.commits) != 0 {
		t.Error("an edit committed by itself")
	}
	d.do("move the item back").expect("◐ Shard the index")
}

func TestKeysFasterThanTheDisk(t *testing.T) {
	d := start(t, lumen()).press("l", "l")
	d.hold = true
	d.press(">", ">", "u", "c", "c")
	d.release()
	d.expect("■ Shard the index", "checked in 2026-03-01", "● 2 unsaved")
}

func TestUndoRedo(t *testing.T) {
	d := start(t, lumen()).press("l", "l")
	before := d.log.file(storageFile)
	d.press("u").expect("nothing was edited here yet")
	d.press(">", "c", "c").do("take back the last edit").expect("took back: storage: check in", "● 1 unsaved")
	d.press("u")
	if got := d.log.file(storageFile); got != before {
		t.Errorf("taking back leaves\n%s", got)
	}
	d.without("unsaved").press("u").expect("nothing was edited")
	d.do("do it again").press("U").expect("checked in 2026-03-01", "● 2 unsaved")
	d.press("U").expect("nothing was taken back")
}

func TestCommit(t *testing.T) {
	d := start(t, lumen()).press("l", "l", ">", ">", "c", "c", "l", "c", "c").do("commit the edits")
	d.expect("committed 2 files").without("unsaved")
	want := "log: update storage and query\n\n- storage: finish \"Shard the index\"\n- storage: check in\n- query: check in\n"
	if !slices.Equal(d.log.commits, []string{want}) {
		t.Errorf("commits %q, want %q", d.log.commits, want)
	}
	d.press("ctrl+s").expect("everything is committed")
}

func TestUndoOfACommit(t *testing.T) {
	d := start(t, lumen()).press("l", "l", ">", "ctrl+s", "u")
	d.expect("took back: storage: block", "(commit c000002)").without("unsaved")
	if want := "take back: storage: block \"Shard the index\"\n"; d.log.commits[1] != want {
		t.Errorf("commit %q, want %q", d.log.commits[1], want)
	}
}

func TestCommitMessages(t *testing.T) {
	d := func(about, summary string) deed { return deed{edit: editSaying(summary), about: about} }
	for name, c := range map[string]struct {
		edits  []deed
		others []string
		want   string
	}{
		"one":          {[]deed{d("", "storage: check in")}, nil, "storage: check in\n"},
		"replaced":     {[]deed{d("status x", "a: block \"X\""), d("status x", "a: finish \"X\"")}, nil, "a: finish \"X\"\n"},
		"one group":    {[]deed{d("", "a: add \"X\""), d("", "a: check in")}, nil, "a: add \"X\", check in\n\n- a: add \"X\"\n- a: check in\n"},
		"long":         {[]deed{d("", "a: add \""+strings.Repeat("x", 60)+"\""), d("", "a: check in")}, nil, "a: 2 updates\n\n- a: add \"" + strings.Repeat("x", 60) + "\"\n- a: check in\n"},
		"three groups": {[]deed{d("", "a: check in"), d("", "b: check in"), d("", "c: check in")}, nil, "log: update a, b and c\n\n- a: check in\n- b: check in\n- c: check in\n"},
		"many":         {[]deed{d("", strings.Repeat("a", 40)+": check in"), d("", strings.Repeat("b", 40)+": check in")}, nil, "log: 2 updates\n\n- " + strings.Repeat("a", 40) + ": check in\n- " + strings.Repeat("b", 40) + ": check in\n"},
		"a diagram":    {nil, []string{"sync-log/diagrams/x.d2"}, "diagrams: edit x.d2\n"},
		"by hand":      {[]deed{d("", "a: check in")}, []string{"sync-log/board/a.yaml", "archsync.yaml"}, "log: update a and log\n\n- a: check in\n- a: edit by hand\n- log: edit archsync.yaml\n"},
	} {
		if got := commitMessage(c.edits, c.others); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func editSaying(summary string) synclog.Edit { return synclog.Edit{Summary: summary} }

func TestNewItem(t *testing.T) {
	d := start(t, lumen()).press("l", "l").do("a new item").expect("New item", "Storage")
	d.press("ctrl+s").expect("the item has no title")
	d.write("Compact segments").press("tab", "tab", "right", "tab").write("Ada").press("tab").write("tomorrow").press("ctrl+s")
	d.expect("is not a date")
	for range len("tomorrow") {
		d.press("backspace")
	}
	d.write("2026-05-01").press("ctrl+s")
	d.expect("+ ◐ Compact segments", `storage: add "Compact segments"`, "● 1 unsaved")
	if text := d.log.file(storageFile); !strings.Contains(text, "title: Compact segments\n    status: ongoing\n    owner: Ada\n    since: 2026-03-01\n    due: 2026-05-01") {
		t.Errorf("the file has\n%s", text)
	}
}

func TestFormKeepsWhatWasWritten(t *testing.T) {
	d := start(t, lumen()).press("n").write("Half").press("esc").expect("esc again").press("!").press("esc", "esc")
	d.without("New item")
	if d.model.unsavedCount() != 0 {
		t.Error("a form that was left wrote something")
	}
}

func TestEditItem(t *testing.T) {
	d := start(t, lumen()).press("l", "l").do("edit the item in a form").expect("Edit k7f3q", "Shard the index")
	d.write("es").press("ctrl+s").expect("Shard the indexes", "● 1 unsaved")
	if text := d.log.file(storageFile); !strings.Contains(text, "- id: k7f3q # the big one\n    title: Shard the indexes\n    status: ongoing\n") {
		t.Errorf("the file has\n%s", text)
	}
	d.press("e").press("tab", "right").press("ctrl+s").expect("query: take over")
	if !strings.Contains(d.log.file("sync-log/board/query.yaml"), "colour: red") {
		t.Error("the other group did not get the whole item")
	}
}

func TestEditorAtTheLine(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "E").press("2", "t", "j", "j", "E")
	if want := []string{storageFile + ":6", diagramFile + ":3"}; !slices.Equal(d.edited, want) {
		t.Errorf("opened %v, want %v", d.edited, want)
	}
}

func TestLinksAndCopy(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "o").expect("Open a link").press("down", "enter")
	if want := []string{"https://lumen.example/plan"}; !slices.Equal(d.opened, want) {
		t.Errorf("opened %v", d.opened)
	}
	d.press("y").expect("copied 1 line")
	if want := "k7f3q Shard the index (ongoing, Ada Okafor, due 2026-03-27)"; d.copied != want {
		t.Errorf("copied %q", d.copied)
	}
	for link, ok := range map[string]bool{"https://x.example": true, "mailto:a@b.example": true, "javascript:alert(1)": false, "file:///etc/passwd": false, "-x": false, "https:": false} {
		if followable(link) != ok {
			t.Errorf("followable(%q) is %v", link, !ok)
		}
	}
}

func TestQuit(t *testing.T) {
	if d := start(t, lumen()).press("Q"); !d.quit {
		t.Error("Q does not quit")
	}
	d := start(t, lumen()).press("l", "l", ">", "Q").expect("Not committed yet", `block "Shard the index"`)
	if d.press("esc"); d.quit || d.model.overlay != nil {
		t.Error("esc does not stay")
	}
	for key, want := range map[string]struct{ commits, unsaved int }{"c": {1, 0}, "k": {0, 1}, "d": {0, 0}} {
		d := start(t, lumen()).press("l", "l", ">", "c", "c", "Q", key)
		files, _ := d.log.Unsaved(t.Context())
		if !d.quit || len(d.log.commits) != want.commits || len(files) != want.unsaved {
			t.Errorf("%s: quit %v, %d commits, %d unsaved files", key, d.quit, len(d.log.commits), len(files))
		}
	}
}

func TestBackEndsInQuit(t *testing.T) {
	d := start(t, lumen()).press("5", "tab", "q")
	if d.model.history.open || d.quit {
		t.Error("q does not close what is open")
	}
	if d.press("q"); d.quit || d.model.at != onBoard {
		t.Error("q does not lead back to the board")
	}
	if d.press("q"); !d.quit {
		t.Error("q does not quit at last")
	}
}

func TestOutsideChange(t *testing.T) {
	d := start(t, lumen())
	d.run(func() tea.Msg { return pollMsg{} })
	d.log.set(map[string]string{storageFile: edited(d.log.file(storageFile), "Encrypt backups", "Encrypt all backups")})
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect("Encrypt all backups", "● 1 unsaved")
	d.log.close("2026-02-26")
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect("now vs 2026-02-26")
	d.press("ctrl+s", "[", "[").expect("PAST  2026-02-12")
	d.log.close("2026-02-28")
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect("PAST  2026-02-12")
}

func TestLateAnswersAreDropped(t *testing.T) {
	d := start(t, lumen())
	old := d.model.generation
	late := d.model.scene
	d.press("l", "l", ">")
	if d.model.generation == old {
		t.Fatal("an edit is no new generation")
	}
	d.run(func() tea.Msg { return sceneMsg{generation: old, key: late.key, scene: late} })
	d.run(func() tea.Msg { return timelineMsg{generation: old, err: errors.New("late")} })
	d.run(func() tea.Msg { return unsavedMsg{generation: old} })
	d.expect("■ Shard the index", "● 1 unsaved").without("late\n")
}

func TestHostileText(t *testing.T) {
	log := lumen()
	log.set(map[string]string{storageFile: "name: \"Sto\\e[31mrage\"\nitems:\n  - id: k7f3q\n    title: \"\\e]0;owned\\a\\e[2JShard \\u202Eindex\"\n    status: ongoing\n    owner: \"a\\rb\"\n    note: \"x\\e[31my\"\n    links: [\"javascript:x\\e[1m\"]\n"})
	for _, profile := range []termenv.Profile{termenv.Ascii, termenv.TrueColor} {
		d := start(t, log)
		d.model.theme = newTheme(Options{Profile: profile, Dark: true})
		for _, keys := range [][]string{{}, {"l", "l", "enter"}, {"enter", "o"}, {"f", "s"}, {"esc", "g"}, {"esc", "2", "j"}, {"t"}, {"5", "tab"}, {"e"}, {"1", "e"}} {
			d.press(keys...)
			shown := d.model.render(120, 30)
			if strings.ContainsAny(ansi.Strip(shown), "\a\r\u202e\x1b") || strings.Contains(shown, "\x1b]") || strings.Contains(shown, "\x1b[2J") {
				t.Errorf("after %v the terminal is steered:\n%q", keys, shown)
			}
		}
	}
}

func TestBrokenDiagram(t *testing.T) {
	d := start(t, lumen()).press("2")
	d.log.set(map[string]string{diagramFile: edited(d.log.file(diagramFile), "query: Query {", "query: Query {{{")})
	d.run(func() tea.Msg { return pollMsg{} })
	d.run(func() tea.Msg { return pollMsg{} })
	d.log.set(map[string]string{diagramFile: d.log.file(diagramFile) + "\n"})
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect("does not compile", "architecture.d2:14:15", "Kafka", "problem").golden("arch-broken")
	d.press("t").expect("does not compile", "architecture.d2:14:15", "Kafka  queue", "problem").golden("tree-broken")
	d.press("E")
	if len(d.edited) != 1 || !strings.HasPrefix(d.edited[0], diagramFile+":1") {
		t.Errorf("the editor was opened on %v", d.edited)
	}
	d.press("!").expect("problem")
}

func TestUnreadableSnapshot(t *testing.T) {
	log := lumen()
	log.failures["0000002"] = &history.Error{What: "read the snapshot", Hint: "git fsck names what is missing", Err: errors.New("object is gone")}
	d := start(t, log).press("[").expect("PAST  2026-02-12", "Retire Cassandra")
	d.press("[").expect("2026-01-29 cannot be read", "object is gone; git fsck")
	d.golden("failed")
	d.press("[").expect("2026-01-15", "Shard the index")
	d.press("5").expect("cannot be read")
}

func TestEmptyLogs(t *testing.T) {
	d := start(t, newMemoryLog(map[string]string{"sync-log/archsync.yaml": "title: New\n"}))
	d.golden("empty-board")
	d.press("2").golden("empty-arch")
	d.press("5").golden("empty-history")
	d.press("1", "n").expect("make a group first")
	d.press("[").expect("no sync was closed yet")
	d.press("g", "enter", "f", "enter", ")", "(", "h", "l", ">", "enter", "y", "o", "u", "m", "M", "?")
	one := start(t, newMemoryLog(map[string]string{"sync-log/archsync.yaml": "", "sync-log/board/a.yaml": "name: A\nitems: []\n"}))
	one.press("l").expect("Nothing is on this board", "n makes the first item")
}

// TestAnySize draws everything at every small size: no panic, no line too wide, no
// line too many.
func TestAnySize(t *testing.T) {
	for _, keys := range [][]string{
		{}, {"l", "l"}, {"enter"}, {"2"}, {"2", "j", "l"}, {"2", "t"}, {"2", "enter"}, {"2", "z", "-"}, {"5"}, {"5", "tab"}, {"?"}, {":"}, {"g"}, {"f"}, {"n"}, {">", "Q"}, {"[", "m", "["},
	} {
		d := start(t, lumen()).press(keys...)
		for w := 1; w <= 60; w++ {
			for h := 1; h <= 30; h++ {
				checkSize(t, d.model, keys, w, h)
			}
		}
	}
}

func checkSize(t *testing.T, m *Model, keys []string, w, h int) {
	t.Helper()
	rows := strings.Split(m.render(w, h), "\n")
	if len(rows) != h {
		t.Fatalf("%v at %dx%d: %d lines", keys, w, h, len(rows))
	}
	for _, r := range rows {
		if cells(r) > w {
			t.Fatalf("%v at %dx%d: %d cells in %q", keys, w, h, cells(r), r)
		}
	}
}

func TestWideCharacters(t *testing.T) {
	log := lumen()
	log.set(map[string]string{storageFile: edited(log.file(storageFile), "Encrypt backups", "バックアップを暗号化する 🔐 e\u0301")})
	d := start(t, log)
	for w := 1; w <= 130; w++ {
		checkSize(t, d.model, nil, w, 20)
	}
}

func TestColoursOnlyHelp(t *testing.T) {
	d := start(t, lumen())
	without := d.model.render(80, 24)
	for _, dark := range []bool{true, false} {
		d.model.theme = newTheme(Options{Profile: termenv.TrueColor, Dark: dark})
		with := d.model.render(80, 24)
		if ansi.Strip(with) != without {
			t.Errorf("with colours (dark %v) the text is another:\n%s", dark, ansi.Strip(with))
		}
		if with == without {
			t.Errorf("there are no colours (dark %v)", dark)
		}
	}
}

func TestKeyTable(t *testing.T) {
	table := KeyTable()
	for _, want := range []string{"| Board | `n` | a new item |", "| Everywhere | `[` | a sync back in time |", "| History | `enter` |"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table has no %q:\n%s", want, table)
		}
	}
}

// TestKeysMeanOneThing keeps two bindings of one screen from having the same key.
func TestKeysMeanOneThing(t *testing.T) {
	for _, k := range keymaps() {
		seen := map[string]string{}
		for _, b := range k.bindings {
			for _, key := range b.keys {
				if other, taken := seen[key]; taken {
					t.Errorf("%s: %s is both %q and %q", k.name, key, other, b.what)
				}
				seen[key] = b.what
			}
		}
	}
}
