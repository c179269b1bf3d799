package tui

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

const queryFile = "sync-log/board/query.yaml"

// outside changes a file as somebody else would, and lets the screens notice.
func (d *driver) outside(path string, pairs ...string) *driver {
	d.t.Helper()
	d.run(func() tea.Msg { return pollMsg{} })
	d.log.set(map[string]string{path: edited(d.log.file(path), pairs...)})
	d.run(func() tea.Msg { return pollMsg{} })
	return d
}

func (d *driver) holds(path string, texts ...string) *driver {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.log.file(path), text) {
			d.t.Errorf("%s has no %q:\n%s", path, text, d.log.file(path))
		}
	}
	return d
}

// What somebody else wrote into the file stays when an edit is taken back, whatever
// the edit was.
func TestUndoAfterAnOutsideChange(t *testing.T) {
	for name, keys := range map[string][]string{
		"status":   {">"},
		"check in": {"c", "c"},
		"new item": {"n", "X", "ctrl+s"},
		"regroup":  {"e", "tab", "right", "ctrl+s"},
		"title":    {"e", "X", "ctrl+s"},
		"note":     {"e", "shift+tab", "X", "ctrl+s"},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, lumen()).press("l", "l")
			before := meaning(t, d.log)
			d.press(keys...)
			done := meaning(t, d.log)
			if before == done {
				t.Fatal("the keys change nothing")
			}
			d.outside(storageFile, "name: Storage", "name: Stores")
			d.press("u").expect("took back").holds(storageFile, "name: Stores")
			if got := meaning(t, d.log); got != strings.Replace(before, "Storage", "Stores", 1) {
				t.Errorf("taken back it is\n%s\nnot\n%s", got, before)
			}
			d.outside(storageFile, "owner: Ben", "owner: Benno").press("U").holds(storageFile, "owner: Benno")
			if got := meaning(t, d.log); got != strings.NewReplacer("Storage", "Stores", "Ben\n", "Benno\n").Replace(done) {
				t.Errorf("done again it is\n%s\nnot\n%s", got, done)
			}
		})
	}
}

// meaning is what the board says, whatever the lines of its files.
func meaning(t *testing.T, log *memoryLog) string {
	t.Helper()
	l, err := log.Read(t.Context(), history.Moment{Kind: history.Now}, synclog.Board)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, g := range l.Groups() {
		b.WriteString(g.ID + " " + g.Name + " " + g.CheckedIn + "\n")
		items := slices.SortedFunc(slices.Values(g.Items), func(a, b board.Item) int { return strings.Compare(a.ID, b.ID) })
		for _, it := range items {
			b.WriteString(strings.Join([]string{it.ID, it.Title, string(it.Status), it.Since, it.Note, it.Due, strings.Join(it.Touches, ","), it.Owner}, " ") + "\n")
		}
	}
	return b.String()
}

func TestUndoOvertaken(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "c", "c", ">")
	d.outside(storageFile, "status: blocked", "status: done")
	d.press("u").expect("nothing was overwritten").holds(storageFile, "status: done")
	d.press("u").expect("took back: storage: check in").holds(storageFile, "status: done", "checked_in: 2026-02-24")
}

func TestACommitFromAShellCounts(t *testing.T) {
	d := start(t, lumen()).press("l", "l", ">", "c", "c", "l", "c", "c").expect("● 3 unsaved")
	d.run(func() tea.Msg { return pollMsg{} })
	if _, err := d.log.Commit(t.Context(), []string{storageFile}, "by hand", history.Author{Name: "Ada"}, d.model.host.Now()); err != nil {
		t.Fatal(err)
	}
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect("● 1 unsaved").press("ctrl+s").without("unsaved")
	if got := d.log.commits[1]; got != "query: check in\n" {
		t.Errorf("committed %q", got)
	}
	d.press("u", "u").expect("took back: storage: check in", "(commit c000004)")
}

func TestEditsThatCancelAreNoCommit(t *testing.T) {
	d := start(t, lumen())
	d.log.set(map[string]string{storageFile: edited(d.log.file(storageFile), "since: 2026-01-29", "since: 2026-03-01")})
	d.log.head = d.log.work
	d.press("l", "l", ">", "<").without("unsaved").press("u").expect("● 1 unsaved")
	if len(d.log.commits) != 0 {
		t.Errorf("committed %q", d.log.commits)
	}
}

func TestNoteGoesWhenTheFilesChange(t *testing.T) {
	d := start(t, lumen()).press("l", "l", ">").expect(`block "Shard the index"`)
	d.run(func() tea.Msg { return pollMsg{} })
	d.expect(`block "Shard the index"`) // our own writing is no news
	d.outside(queryFile, "name: Query", "name: Queries").without(`block "Shard the index"`)
}

func TestFormMeetsAnOutsideChange(t *testing.T) {
	meet := func(t *testing.T) *driver {
		d := start(t, lumen()).press("l", "l", "e").write("es")
		d.outside(storageFile, "title: Shard the index", "title: Split the index", "due: 2026-03-27", "due: 2026-05-01")
		return d.press("ctrl+s").expect("Whose shall stand?", "mine    Shard the indexes", "theirs  Split the index").
			holds(storageFile, "title: Split the index")
	}
	t.Run("mine", func(t *testing.T) {
		d := meet(t)
		d.golden("collision")
		d.press("m").holds(storageFile, "title: Shard the indexes", "due: 2026-05-01").without("Whose")
	})
	t.Run("theirs", func(t *testing.T) {
		meet(t).press("t").holds(storageFile, "title: Split the index", "due: 2026-05-01").without("Whose").expect("nothing was changed")
	})
	t.Run("back", func(t *testing.T) {
		meet(t).press("esc").expect("Edit k7f3q", "Shard the indexes").write("!").press("ctrl+s").expect("mine    Shard the indexes!")
	})
	t.Run("again", func(t *testing.T) {
		d := meet(t)
		d.outside(storageFile, "title: Split the index", "title: Cut the index")
		d.press("m").expect("theirs  Cut the index")
	})
	t.Run("another field", func(t *testing.T) {
		d := start(t, lumen()).press("l", "l", "e").write("es")
		d.outside(storageFile, "due: 2026-03-27", "due: 2026-05-01")
		d.press("ctrl+s").without("Whose").holds(storageFile, "title: Shard the indexes", "due: 2026-05-01")
	})
	t.Run("gone", func(t *testing.T) {
		d := start(t, lumen()).press("l", "l", "l", "e").write("!")
		d.outside(queryFile, "q9w8e", "q9w8f")
		d.press("ctrl+s").expect("Edit q9w8e", "Cache the results of dashboards!", "no item")
	})
}

func TestNoteOfSeveralLines(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "n").write("Notes").press("shift+tab", "shift+tab")
	for range 10 {
		d.press("tab")
	}
	d.expect("enter begins a new line").write("one").press("enter").write("nnn").press("tab").expect("ctrl+s writes the item")
	if d.model.overlay == nil || len(d.model.done) > 0 {
		t.Fatal("enter or tab closed the form")
	}
	d.press("ctrl+s").holds(storageFile, "note: |", "one\n", "nnn\n")
}

func TestOwnerMe(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "n").write("Mine").press("tab", "tab", "tab").write("me").press("ctrl+s")
	d.holds(storageFile, "owner: Ada <ada@lumen.example>")
	d.outside(queryFile, "owner: Ines", "owner: James").outside("sync-log/board/ingest.yaml", "owner: Linus", "owner: ada")
	d.press("h", "h", "h").press("f").write("owner:me").press("enter").expect("Mine", "Put a queue").without("Cache the results", "Shard the index")
	d.press("f", "ctrl+u").write("owner:james,me").press("enter").expect("Mine", "Cache the results").without("Shard the index")
}

func TestUnknownReferencesAreTold(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "n").write("Refers")
	for range 6 {
		d.press("tab")
	}
	d.write("nope.x, index").press("ctrl+s")
	d.expect(`written, but no diagram has "nope.x"`).holds(storageFile, "- nope.x\n      - storage.index\n")
}

func TestFilterComplains(t *testing.T) {
	for typed, want := range map[string]string{
		"status:zzz":    `"zzz" is no status`,
		"foo:bar":       `"foo" is no key`,
		"owner:zzz":     `no owner here is "zzz"`,
		"component:zzz": `no component here is "zzz"`,
		"plan:1999":     `no plan here is "1999"`,
	} {
		start(t, lumen()).press("f").write(typed).expect(want)
	}
	d := start(t, lumen()).press("f").write("status:zzz").press("enter").expect("Filter", `"zzz" is no status`)
	d.press("esc").without("filter:", "Filter")
	d = start(t, lumen())
	d.model.onAuthor(authorMsg{})
	d.press("f").write("owner:me").expect("git does not know who you are")
	for _, fine := range []string{"owner:ben", "status:o", "group:stor", "late changed", "12:30", "component:index", "plan:2026"} {
		if f := parseFilter(fine, history.Author{}); f.fault+f.nobody(d.model.scene) != "" {
			t.Errorf("%q: %s%s", fine, f.fault, f.nobody(d.model.scene))
		}
	}
}

func TestProblemsAreReadWhole(t *testing.T) {
	d := start(t, lumen())
	d.outside(queryFile, "title: Cache the results of dashboards", "titel: 'Cache")
	d.expect("! problems").press("!").golden("problems")
	d.size(80, 24).expect("query.yaml:6:12: the quote is not closed", "add ' at its end")
	for _, l := range strings.Split(d.picture(80, 24), "\n") {
		if strings.Contains(l, "│") && strings.Contains(l, "…") {
			t.Errorf("something of a problem is cut off: %s", l)
		}
	}
}

func TestUnreadableGroup(t *testing.T) {
	d := start(t, lumen()).outside(queryFile, "items:", "items: [")
	d.expect("Query", "cannot be read whole").without("late", "removed", "- ○ Cache")
	d.golden("unreadable")
	d.size(80, 24).press("l", "l", "l").expect("query.yaml:", "!").without("late", "removed")
	d.log.set(map[string]string{queryFile: "[[["})
	d.outside(storageFile, "name: Storage", "name: Stores").press("h", "h", "h").without("removed").expect("Query", "cannot be read whole")
}

func TestFooterSaysWhatIsThere(t *testing.T) {
	d := start(t, lumen()).without("commit", "problems").press("l", "l", ">").expect("ctrl+s commit")
	d.press("enter").expect("enter close").press("enter").expect("enter open")
}

func TestEscNeverQuits(t *testing.T) {
	d := start(t, lumen()).press("esc", "esc")
	if d.quit {
		t.Error("esc quits")
	}
	d.expect("q or Q quits")
}

func TestHistoryHasTheBoardsOrder(t *testing.T) {
	d := start(t, lumen()).press("5")
	shown := d.picture(120, 40)
	first, second := strings.Index(shown, "│ Ingest"), strings.Index(shown, "│ Storage")
	if first < 0 || second < first {
		t.Errorf("groups are not as on the board:\n%s", shown)
	}
}

func TestRebaseIsTheEditWhereNothingElseChanged(t *testing.T) {
	log := lumen()
	l, _ := log.Read(t.Context(), history.Moment{Kind: history.Now}, synclog.All)
	e, err := synclog.SetItem(l, "k7f3q", "2026-03-01", synclog.Setting{Key: "status", Value: string(board.Done)})
	if err != nil {
		t.Fatal(err)
	}
	again, err := rebase(l, e)
	if err != nil || len(again.Files) != 1 || string(again.Files[0].After) != string(e.Files[0].After) {
		t.Errorf("%v: %v", err, again)
	}
}
