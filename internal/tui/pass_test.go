package tui

import "testing"

// The lead's pass: one item at a time, what is new, a preview, and one edit.
func TestPass(t *testing.T) {
	d := start(t, lumen()).press("l", "l").do("check in: the group has been over its items")
	d.goldenAt("pass-item", 40, 20)
	d.goldenAt("pass-item", 80, 24)
	d.expect("Shard the index")
	n := len(d.model.overlay.(*passDialog).pass.Items)
	d.press("s").expect("slipped to").press("ctrl+u").write("soon").press("enter").expect("is not a date")
	d.press("ctrl+u").write("2w").press("enter")
	for range n - 1 {
		d.press("enter")
	}
	d.expect("what the sync will see", "Shard the index", "anything new or planned?", "enter nothing more")
	d.write("Warm the caches").press("enter").write("someday").press("enter").expect("is none of p, o, b and d")
	d.press("ctrl+u").write("o").press("enter").write("yesterday").press("enter").expect("is not a date")
	d.press("ctrl+u").write("2w").press("enter")
	d.write("quer").expect("query").goldenAt("pass-component", 80, 24)
	d.press("enter").expect("touches query").write("storage.ind").press("enter").write("nowhere").press("enter").expect("no component is called so")
	d.press("ctrl+u", "enter").expect(`add "Warm the caches"`, "anything new or planned?")
	d.press("enter").without("anything new or planned?").goldenAt("pass-preview", 80, 24)
	d.press("n").write("A second thought").press("enter", "esc").without("second thought")
	d.picture(40, 12)
	before := d.log.file(storageFile)
	d.press("enter").expect("● 1 unsaved", "Warm the caches")
	d.holds(storageFile, "due: 2026-03-15", "checked_in: 2026-03-01", "- id: ", "title: Warm the caches", "status: ongoing", "      - query\n      - storage.index", "colour: red")
	if d.press("u"); d.log.file(storageFile) != before {
		t.Errorf("taking back leaves\n%s", d.log.file(storageFile))
	}
}

// Every verdict is taken, back goes back, and a pass that is left writes nothing.
func TestPassVerdicts(t *testing.T) {
	d := start(t, lumen())
	before := d.log.file(storageFile)
	d.press("l", "l", "c", "d", "<").expect("you said: done").press("b").write("the disks").press("enter", "<").expect("you said: blocked")
	d.press("k", "<").without("you said").press("x", "<").press("z").expect("enter keeps the item")
	d.press("esc").expect("esc again throws away").press("esc")
	if d.model.overlay != nil || d.log.file(storageFile) != before {
		t.Error("a pass that was left wrote something, or stays")
	}
	d.press("c", "b", "esc").expect("1 of").press("o", "c").expect("checked in 2026-03-01", "● 1 unsaved")
}

// Somebody else's change of the same item is not overwritten.
func TestPassOvertaken(t *testing.T) {
	d := start(t, lumen()).press("l", "l", "c", "d")
	d.log.set(map[string]string{storageFile: edited(d.log.file(storageFile), "status: ongoing", "status: dropped")})
	d.press("c").expect("was changed meanwhile, and is left as it is").holds(storageFile, "status: dropped", "checked_in: 2026-03-01")
}
