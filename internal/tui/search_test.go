package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestSearchTravels(t *testing.T) {
	d := start(t, lumen()).press("/").expect("Search all of time", "words, a \"phrase\"")
	d.write("cassandra").expect("storage.cassandra", "Retire Cassandra", "component storage.cassandra", "2026-01-15 – 2026-02-12", "hits")
	d.golden("search")
	d.press("enter").expect("PAST  2026-02-12", "2 Architecture", "cassandra")
	if id := d.model.arch.id; !strings.HasSuffix(id, " component storage.cassandra") {
		t.Errorf("selected %q", id)
	}
	d.press("/").write("retire kind:item").expect("Retire Cassandra", "item m2x9d of storage").press("enter")
	d.expect("PAST  2026-02-12", "1 Board")
	if d.model.board.item != "m2x9d" {
		t.Errorf("selected %q", d.model.board.item)
	}
	d.press("/").write("put a queue").press("enter").expect("now vs 2026-02-12")
	if d.model.board.item != "z6y7x" {
		t.Errorf("selected %q", d.model.board.item)
	}
}

func TestSearchSays(t *testing.T) {
	d := start(t, lumen()).press("/").write("nothing like it").expect("0 hits").press("enter").expect("0 hits")
	d.press("ctrl+u").write("kind:box").expect(`no kind "box"`)
	d.press("ctrl+u").write("shrd").press("ctrl+t").expect("fuzzy", "Shard the index")
	d.press("ctrl+t", "ctrl+u").write("^sha").expect("patterns", "Shard the index").write("(").expect("missing closing )", "Shard the index")
	d.press("ctrl+u").write("index at:2026-01-15").expect("Shard the index").press("ctrl+u").write("x at:then").expect("no such moment")
	d.press("esc").without("Search all of time")
}

// Answers that come after a newer question are dropped.
func TestSearchDropsLateAnswers(t *testing.T) {
	d := start(t, lumen()).press("/")
	d.hold = true
	d.write("cassandra")
	late := d.held
	d.held = nil
	d.press("ctrl+u").write("encrypt")
	d.release()
	for _, cmd := range late {
		d.run(cmd)
	}
	d.expect("Encrypt backups").without("Retire Cassandra")
}

// A present that changed is searched as it is.
func TestSearchFollowsTheFiles(t *testing.T) {
	d := start(t, lumen()).press("/").write("encrypt all").expect("0 hits").press("esc")
	d.run(func() tea.Msg { return pollMsg{} })
	d.log.set(map[string]string{storageFile: edited(d.log.file(storageFile), "Encrypt backups", "Encrypt all backups")})
	d.run(func() tea.Msg { return pollMsg{} })
	d.press("/").write("encrypt all").expect("new since the last sync")
}
