package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/change"
)

func TestDiff(t *testing.T) {
	item := func(id, title string, status Status) Item { return Item{ID: id, Title: title, Status: status} }
	base := Item{ID: "aaaa1", Title: "One", Status: Planned, Owner: "Ada", Since: "2026-01-01", Due: "2026-03-01", Plan: "2026-Q1", Touches: []string{"a"}, Extra: []Field{{"cost", int64(3)}}}
	edited := Item{ID: "aaaa1", Title: "Uno", Status: Done, Owner: "Bob", Since: "2026-02-01", Due: "2026-04-01", Plan: "2026-Q2", Touches: []string{"a", "b"}, Extra: []Field{{"cost", int64(5)}}}
	since := base
	since.Since = "2026-01-09"
	for _, test := range []struct {
		name          string
		before, after []Group
		want          []string
	}{
		{"nothing", []Group{{ID: "g", Items: []Item{base}}}, []Group{{ID: "g", Items: []Item{base}}}, nil},
		{"added", nil, []Group{{ID: "g", Items: []Item{base}}}, []string{`added aaaa1 added - "One" in g`}},
		{"gone", []Group{{ID: "g", Items: []Item{item("aaaa1", "A", Done), item("aaaa2", "B", Dropped), item("aaaa3", "C", Ongoing)}}}, []Group{{ID: "g"}}, []string{
			`removed aaaa1 delivered "A" - in g`, `removed aaaa2 dropped "B" - in g`, `removed aaaa3 removed "C" - in g`}},
		{"regrouped", []Group{{ID: "g", Items: []Item{base}}, {ID: "h"}}, []Group{{ID: "g"}, {ID: "h", Items: []Item{base}}}, []string{`moved aaaa1 regrouped "g" "h" in h`}},
		{"group renamed", []Group{{ID: "old", Items: []Item{base}}}, []Group{{ID: "new", Formerly: []string{"old"}, Items: []Item{base}}}, nil},
		{"group renamed twice", []Group{{ID: "a", Items: []Item{base}}}, []Group{{ID: "c", Formerly: []string{"a", "b"}, Items: []Item{base}}}, nil},
		{"group rename undone", []Group{{ID: "new", Formerly: []string{"old"}, Items: []Item{base}}}, []Group{{ID: "old", Items: []Item{base}}}, nil},
		{"group merged into another", []Group{{ID: "a", Items: []Item{base}}, {ID: "b"}}, []Group{{ID: "b", Formerly: []string{"a"}, Items: []Item{base}}}, []string{`moved aaaa1 regrouped "a" "b" in b`}},
		{"since alone", []Group{{ID: "g", Items: []Item{base}}}, []Group{{ID: "g", Items: []Item{since}}}, []string{`changed aaaa1 noted "2026-01-01" "2026-01-09" in g`}},
		{"many facts", []Group{{ID: "g", Items: []Item{base}}, {ID: "h"}}, []Group{{ID: "g"}, {ID: "h", Items: []Item{edited}}}, []string{
			`moved aaaa1 regrouped "g" "h" in h`, `changed aaaa1 retitled "One" "Uno" in h`, `changed aaaa1 status "planned" "done" in h`, `changed aaaa1 reowned "Ada" "Bob" in h`,
			`changed aaaa1 due_moved "2026-03-01" "2026-04-01" in h`, `changed aaaa1 replanned "2026-Q1" "2026-Q2" in h`, `changed aaaa1 noted "a" "a, b" in h`, `changed aaaa1 noted "3" "5" in h`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range Diff(test.before, test.after) {
				got = append(got, fmt.Sprintf("%s %s %s %s %s in %s", c.Kind, c.Subject, c.Reason, pointed(c.From), pointed(c.To), c.Place))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
	if n := change.Count(Diff(nil, []Group{{ID: "g", Items: []Item{base}}})); n.Added != 1 {
		t.Errorf("counted %+v", n)
	}
}

func TestParsePlan(t *testing.T) {
	for _, test := range []struct{ plan, start, end string }{
		{"2026-Q1", "2026-01-01", "2026-03-31"},
		{"2026-Q4", "2026-10-01", "2026-12-31"},
		{"2024-Q1", "2024-01-01", "2024-03-31"},
		{"2026-W40+6", "2026-09-28", "2026-11-08"},
		{"2026-W01+1", "2025-12-29", "2026-01-04"},
		{"2026-W53+2", "2026-12-28", "2027-01-10"},
		{"2025-W53+2", "", ""},
		{"2026-W00+2", "", ""},
		{"2026-W40+0", "", ""},
		{"2026-W40+-1", "", ""},
		{"2026-W40", "", ""},
		{"2026-Q5", "", ""},
		{"26-Q1", "", ""},
		{"", "", ""},
	} {
		start, end, err := ParsePlan(test.plan)
		if start != test.start || end != test.end || (err == nil) != (test.start != "") {
			t.Errorf("ParsePlan(%q) = %q, %q, %v; want %q, %q", test.plan, start, end, err, test.start, test.end)
		}
	}
}

func TestSlipped(t *testing.T) {
	for _, test := range []struct {
		name   string
		item   Item
		before *Item
		asOf   string
		want   bool
	}{
		{"moved later", Item{Due: "2026-04-01"}, &Item{Due: "2026-03-01"}, "2026-01-01", true},
		{"moved earlier", Item{Due: "2026-02-01"}, &Item{Due: "2026-03-01"}, "2026-01-01", false},
		{"first promise", Item{Due: "2026-02-01"}, &Item{}, "2026-01-01", false},
		{"passed", Item{Due: "2026-02-01", Status: Ongoing}, nil, "2026-02-02", true},
		{"on the day", Item{Due: "2026-02-01", Status: Ongoing}, nil, "2026-02-01", false},
		{"passed but done", Item{Due: "2026-02-01", Status: Done}, nil, "2026-03-01", false},
		{"no promise", Item{}, &Item{Due: "2026-03-01"}, "2026-09-01", false},
		{"day not asked", Item{Due: "2026-02-01"}, nil, "", false},
	} {
		if got := test.item.Slipped(test.before, test.asOf); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestResolve(t *testing.T) {
	groups := []Group{
		{ID: "ingest", Items: []Item{{ID: "k7m2p", Title: "Queue"}, {ID: "k7m3q", Title: "Gateway"}, {ID: "k7", Title: "Short"}}},
		{ID: "storage", Items: []Item{{ID: "0a1b2", Title: "Disks"}}},
	}
	for _, test := range []struct{ prefix, want string }{
		{"k7m2p", "ingest Queue"}, {"k7m2", "ingest Queue"}, {"K7M3", "ingest Gateway"}, {"k7", "ingest Short"},
		{"Oalb", "storage Disks"}, {"0", "storage Disks"},
		{"k7m", `"k7m" fits 2 items`}, {"k", `"k" fits 3 items`}, {"", `no item ""`}, {"zzzzz", `no item "zzzzz"`},
	} {
		g, it, err := Resolve(groups, test.prefix)
		got := g.ID + " " + it.Title
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q gave %s, want %s", test.prefix, got, test.want)
		}
	}
	_, _, err := Resolve(groups, "k7m")
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) || !strings.Contains(ambiguous.Hint(), "k7m3q  Gateway (ingest)") {
		t.Errorf("%v", err)
	}
	_, _, err = Resolve(groups, "k7n2p")
	var missing *NotFoundError
	if !errors.As(err, &missing) || len(missing.Near) == 0 || missing.Near[0].ID != "k7m2p" {
		t.Errorf("%#v", err)
	}
}

func TestNewID(t *testing.T) {
	random := bytes.NewReader(bytes.Join([][]byte{
		{0, 1, 2, 3, 4},      // 01234 reads as a number
		{10, 11, 12, 13, 14}, // abcde has no digit
		{20, 7, 21, 2, 23},   // taken
		{20, 7, 21, 2, 24 + 32},
	}, nil))
	id, err := NewID(random, func(id string) bool { return id == "m7n2q" })
	if err != nil || id != "m7n2r" {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := NewID(random, func(string) bool { return false }); err == nil {
		t.Error("an id without randomness")
	}
}

func TestCheckAcrossFiles(t *testing.T) {
	a, _ := Parse("board/a.yaml", []byte("owns: [x, y]\nitems:\n  - {id: aaaa1, title: One, status: planned, blocked_by: [b, bbbb1, cccc1]}\n"))
	b, _ := Parse("board/b.yaml", []byte("items:\n  - id: bbbb1\n    title: One\n    status: planned\n    touches:\n      - x\n      - z\n    decisions: ['0001', '0002']\n  - id: aaaa1\n    title: Two\n    status: done\n"))
	refs := Refs{Component: func(ref string) bool { return ref == "x" }, Decision: func(ref string) bool { return ref == "0001" }}
	var got []string
	for _, p := range Check([]*File{a, b}, refs) {
		got = append(got, p.String())
	}
	want := []string{
		`board/a.yaml:1:11: no diagram has "y"`,
		`board/a.yaml:3:69: blocked by "cccc1", but no item has that id`,
		`board/b.yaml:7:9: no diagram has "z"`,
		`board/b.yaml:8:25: there is no decision "0002"`,
		`board/b.yaml:9:9: id "aaaa1" is taken by the item at board/a.yaml:3`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMarshalJSON(t *testing.T) {
	f, _ := Parse("board/a.yaml", []byte("name: A\nitems:\n  - {id: aaaa1, title: One, status: planned, x: [1, 2.5, .inf, {k: ~}], touches: a}\n"))
	got, err := json.Marshal(f.Group())
	want := `{"id":"a","name":"A","lead":null,"checked_in":null,"items":[{"id":"aaaa1","title":"One","status":"planned","owner":null,"since":null,"due":null,"plan":null,"touches":["a"],"decisions":[],"blocked_by":[],"links":[],"ref":null,"note":null,"x":[1,2.5,".inf",{"k":null}]}]}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestPosition(t *testing.T) {
	f, _ := Parse("board/a.yaml", []byte("\ufeffname: Ünï\nitems:\n  - id: aaaa1\n    title: One\n    owner:\n    touches:\n      - a\n"))
	for _, test := range []struct {
		id, key      string
		line, column int
	}{
		{"", "name", 1, 7}, {"aaaa1", "", 3, 5}, {"aaaa1", "title", 4, 12}, {"aaaa1", "owner", 5, 5}, {"aaaa1", "touches", 7, 7}, {"aaaa1", "due", 3, 5}, {"none", "", 0, 0},
	} {
		if line, column := f.Position(test.id, test.key); line != test.line || column != test.column {
			t.Errorf("%s %s at %d:%d, want %d:%d", test.id, test.key, line, column, test.line, test.column)
		}
	}
}

// TestLimits: what would explode ends in one problem, soon.
func TestLimits(t *testing.T) {
	many := "items:\n" + strings.Repeat("- {id: aaaa1, title: x, status: done}\n", maxItems+1)
	for _, test := range []struct{ name, src, what string }{
		{"large", "name: " + strings.Repeat("x", maxBytes), "larger than 4 MiB"},
		{"many items", many, "more than 5000 items"},
		{"deep flow", "x: " + strings.Repeat("[", 200_000), ""},
		{"deep flow closed", "x: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "nested deeper"},
		{"deep maps", "x: " + strings.Repeat("{a: ", 100_000), ""},
		{"deep dashes", strings.Repeat("- ", 100_000), ""},
		{"deep questions", strings.Repeat("? ", 100_000), ""},
		{"deep indentation", deepBlock(1500), "nested deeper"},
		{"many anchors", "x: [" + strings.Repeat("&a b, *a, ", 100_000) + "]", ""},
		{"many comments", strings.Repeat("# c\n\n", 400_000) + "name: x\n", ""},
		{"many quotes", "x: " + strings.Repeat("'a\n", 300_000), ""},
		{"many bad items", "items:\n" + strings.Repeat("  - id: @a\n", 5000), "a value cannot start"},
		{"many bad keys", strings.Repeat("a: b: c\n", 20_000), `": " in a value`},
		{"not UTF-8", "name: \xff\n", "byte 0xff is not UTF-8"},
		{"UTF-16", "\xff\xfen\x00", "byte 0xff is not UTF-8"},
		{"control", "name: a\x07\n", "control character U+0007"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, problems := Parse("board/a.yaml", []byte(test.src))
			if test.what != "" && (len(problems) == 0 || !strings.Contains(problems[0].What, test.what)) {
				t.Errorf("problems %v", problems[:min(3, len(problems))])
			}
			Check([]*File{f}, Refs{}) // neither may hang: the test would not end
		})
	}
}

func deepBlock(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestCorpus reads broken YAML that people have committed: each is a file that
// either parses or has a located problem, and never panics.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("ARCHSYNC_CORPUS")
	if folder == "" {
		t.Skip("ARCHSYNC_CORPUS names no folder of real data")
	}
	names, err := filepath.Glob(filepath.Join(folder, "kep-boards", "broken", "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := Parse("board/a.yaml", src)
		if !bytes.Equal(f.Bytes(), src) {
			t.Errorf("%s: bytes changed", name)
		}
		for _, p := range problems {
			t.Log(filepath.Base(name), p, "|", p.Hint)
			if p.Line == 0 || p.Column == 0 {
				t.Errorf("%s: no place: %v", name, p)
			}
		}
	}
}

// TestRegroup moves an item into files of other styles by its own lines.
func TestRegroup(t *testing.T) {
	from, _ := Parse("board/a.yaml", []byte("x: &d {owner: &o Ada}\nitems:\n    - id: aaaa1 # id\n      note: |2\n          deep\n        text\n      # inside\n    - <<: *d\n      id: aaaa2\n      status: planned\n"+
		"    - id: aaaa3\n      title: >-\n        folded\n        title\n      owner: *o # whose\n      custom: yes\n      own: [&t {a: 1}, *t]\n"+
		"flow: [*o]\n"))
	for _, test := range []struct{ name, id, into, want string }{
		{"lines", "aaaa1", "items:\n- id: bbbb1\n", "items:\n- id: bbbb1\n- id: aaaa1 # id\n  note: |2\n      deep\n    text\n  # inside\n"},
		{"written out", "aaaa2", "items:\n- id: bbbb1\n", "items:\n- id: bbbb1\n- owner: Ada\n  id: aaaa2\n  status: planned\n"},
		{"crlf", "aaaa1", "name: B\r\n", "name: B\r\nitems:\r\n  - id: aaaa1 # id\r\n    note: |2\r\n        deep\r\n      text\r\n    # inside\r\n"},
		{"flow", "aaaa1", "items: [{id: bbbb1}]\n", "items: [{id: bbbb1}, {id: aaaa1, note: \"  deep\\ntext\\n\"}]\n"},
		{"alias", "aaaa3", "items:\n- id: bbbb1\n", "items:\n- id: bbbb1\n- id: aaaa3\n  title: >-\n    folded\n    title\n  owner: Ada # whose\n  custom: yes\n  own: [&t {a: 1}, *t]\n"},
		{"alias into flow", "aaaa3", "items: [{id: bbbb1}]\n", "items: [{id: bbbb1}, {id: aaaa3, title: folded title, owner: Ada, custom: yes, own: [{a: 1}, {a: 1}]}]\n"},
		{"empty file", "aaaa2", "", "items:\n  - owner: Ada\n    id: aaaa2\n    status: planned\n"},
	} {
		raw, ok := from.Raw(test.id)
		if !ok {
			t.Fatalf("%s: no lines", test.name)
		}
		into, _ := Parse("board/b.yaml", []byte(test.into))
		got, err := into.AddRaw(raw)
		if err != nil || string(got.Bytes()) != test.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.name, err, got.Bytes(), test.want)
		}
	}
	for _, raw := range []string{"", "text", "- a", "- {id: x}\n- {id: y}", "- {title: x}", "- {id: bbbb1}", "- {id: x, y: *z}"} {
		into, _ := Parse("board/b.yaml", []byte("items: [{id: bbbb1}]\n"))
		if _, err := into.AddRaw([]byte(raw)); err == nil {
			t.Errorf("%q was added", raw)
		}
	}
}

// TestRefused: what cannot be edited is a located error, and the value stays.
func TestRefused(t *testing.T) {
	good := "items:\n  - id: aaaa1\n    title: One\n    status: planned\n  - id: aaaa2\n    title: Two\n    title: Twice\n  - {id: aaaa3}\n  - {id: aaaa3}\n"
	f, _ := Parse("board/a.yaml", []byte(good))
	broken, _ := Parse("board/a.yaml", []byte("items:\n  - id: aaaa1\n    title: a: b\n"))
	list, _ := Parse("board/a.yaml", []byte("- a\n"))
	for _, test := range []struct {
		name, want string
		edit       func() (*File, error)
	}{
		{"no such item", `board/a.yaml: no item "zzzz9" in group "a"`, func() (*File, error) { return f.SetItem("zzzz9", "title", "x") }},
		{"no title", `board/a.yaml:2:5: cannot take title from item "aaaa1"`, func() (*File, error) { return f.SetItem("aaaa1", "title", "") }},
		{"key twice", `board/a.yaml:7:5: cannot edit item "aaaa2": its key "title" stands twice`, func() (*File, error) { return f.SetItem("aaaa2", "title", "x") }},
		{"id twice", `board/a.yaml:9:5: cannot edit item "aaaa3": the id stands twice`, func() (*File, error) { return f.RemoveItem("aaaa3") }},
		{"id taken", `board/a.yaml:2:5: the id "aaaa2" is taken`, func() (*File, error) { return f.SetItem("aaaa1", "id", "aaaa2") }},
		{"added id taken", `board/a.yaml: cannot add item "aaaa1": the id is taken`, func() (*File, error) { return f.AddItem(Item{ID: "aaaa1"}) }},
		{"added without id", `board/a.yaml: cannot add an item without an id`, func() (*File, error) { return f.AddItem(Item{Title: "x"}) }},
		{"list for a text", `board/a.yaml:2:5: cannot set title to [a]: it holds one text`, func() (*File, error) { return f.SetItem("aaaa1", "title", []string{"a"}) }},
		{"not UTF-8", `board/a.yaml:2:5: cannot set note: "\xff" is not UTF-8`, func() (*File, error) { return f.SetItem("aaaa1", "note", "\xff") }},
		{"no form", `board/a.yaml:2:5: cannot set x: a value of type chan int has no form in the file`, func() (*File, error) { return f.SetItem("aaaa1", "x", make(chan int)) }},
		{"items as a field", `board/a.yaml: cannot set items as a whole`, func() (*File, error) { return f.SetField("items", nil) }},
		{"broken file", `board/a.yaml:3:12: cannot edit a file with a mistake in it: ": " in a value without quotes`, func() (*File, error) { return broken.SetField("name", "x") }},
		{"no mapping", `board/a.yaml:1:1: cannot edit a file that holds no keys with values`, func() (*File, error) { return list.SetField("name", "x") }},
	} {
		next, err := test.edit()
		if err == nil || err.Error() != test.want || next != nil {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	if string(f.Bytes()) != good {
		t.Error("the file changed")
	}
}

func TestCheckValue(t *testing.T) {
	for _, test := range []struct{ key, value, what string }{
		{"status", "done", ""}, {"status", "dropt", `unknown status "dropt"`}, {"due", "", ""}, {"due", "2026-13-01", `due "2026-13-01" is not a date`},
		{"plan", "2026-Q3", ""}, {"plan", "soon", `plan "soon" is neither a quarter nor a span of weeks`}, {"title", " ", "the item has no title"}, {"id", "k7m2p", ""}, {"owner", "anybody", ""},
	} {
		err := CheckValue(test.key, test.value)
		if (err == nil) != (test.what == "") || err != nil && err.Error() != test.what {
			t.Errorf("%s %q: %v, want %q", test.key, test.value, err, test.what)
		}
	}
}
