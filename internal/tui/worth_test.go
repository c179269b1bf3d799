package tui

import "testing"

// What is worth a look is marked on the board, told in the details of item and
// component, and gone in the past.
func TestWorthALook(t *testing.T) {
	log := lumen()
	const query = "sync-log/board/query.yaml"
	log.set(map[string]string{query: edited(log.file(query), "title: Cache the results of dashboards", "title: Drop the index", "touches: [query.engine]", "touches: [storage.index]")})
	d := start(t, log)
	d.expect("Drop the index ◆").without("Encrypt backups ◆").goldenAt("board-worth", 80, 24)
	d.press("l", "l", "l", "enter").expect("Worth a look", "Drop the index", "on it: Shard the index").press("enter")
	d.press("2", "g").write("storage.index")
	d.press("enter", "enter", "pgdown").expect("Worth a look", "Drop the index q9w8e").press("enter")
	d.press("1", "[").without("◆")
}
