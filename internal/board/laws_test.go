package board

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/golden"
)

func TestLawNewReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := groups().Draw(t, "group")
		f := New("board/"+g.ID+".yaml", g)
		_, problems := Parse(f.Path(), f.Bytes())
		if len(problems) > 0 {
			t.Fatalf("problems %v in\n%s", problems, f.Bytes())
		}
		if got := withoutLines(f.Group()); !reflect.DeepEqual(got, g) {
			t.Fatalf("read back\n%#v\nwanted\n%#v\nfrom\n%s", got, g, f.Bytes())
		}
	})
}

func TestLawEditReadsBack(t *testing.T) {
	sources := seeds(t)
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.OneOf(rapid.SampledFrom(sources), handwritten()).Draw(t, "source")
		f, _ := Parse("board/team.yaml", src)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			f = drawEdit(t, f)
		}
	})
}

// drawEdit makes an edit and checks its law; an edit that is refused changes nothing.
func drawEdit(t *rapid.T, f *File) *File {
	var ids []string
	for _, it := range f.Group().Items {
		ids = append(ids, it.ID)
	}
	if len(ids) == 0 {
		return f
	}
	id := rapid.SampledFrom(ids).Draw(t, "id")
	key := rapid.SampledFrom(append(slices.Clone(itemKeys[1:]), "x-other")).Draw(t, "key")
	var value any = texts1().Draw(t, "value")
	if (&Item{}).list(key) != nil {
		value = rapid.SliceOfN(texts1(), 0, 4).Draw(t, "values")
	}
	if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
		value = nil
	}
	next, err := f.SetItem(id, key, value)
	if err != nil {
		return f
	}

	if msg := editFault(f, next, id, key, value); msg != "" {
		t.Fatal(msg)
	}
	return next
}

// editFault says what is wrong with an edit of an item, by means other than the
// editor's own: the YAML library's plain decoding, and a comparison of lines.
func editFault(before, after *File, id, key string, value any) string {
	context := fmt.Sprintf("set %s %s %q\nbefore:\n%s\nafter:\n%s", id, key, value, before.Bytes(), after.Bytes())
	if msg := valueFault(after, id, key, value); msg != "" {
		return msg + "\n" + context
	}
	index := slices.IndexFunc(before.group.Items, func(it Item) bool { return it.ID == id })
	was, is := restOf(before, index, key), restOf(after, index, key)
	if was != is {
		return fmt.Sprintf("something else changed: %s\n%s\n%s", context, was, is)
	}
	if strings.Contains(before.src, "\n") && !withinItem(before, index, after.src) {
		return "a line outside the item changed: " + context
	}
	return ""
}

func valueFault(after *File, id, key string, value any) string {
	if key == keyID && value != nil {
		id = fmt.Sprint(value)
	}
	it, ok := after.Item(id)
	if !ok {
		return "the item is gone"
	}
	got, want := "", fmt.Sprint(value)
	switch {
	case it.list(key) != nil:
		got = fmt.Sprintf("%q", *it.list(key))
		list, _ := value.([]string)
		if text, ok := value.(string); ok && text != "" {
			list = []string{text}
		}
		want = fmt.Sprintf("%q", list)
	case it.scalar(key) != nil:
		got = *it.scalar(key)
	default:
		got = extraText(it.Extra, key)
	}
	if value == nil && it.list(key) == nil {
		want = ""
		got = strings.TrimSuffix(got, "null")
	}
	if got != want {
		return fmt.Sprintf("the value is %q, not %q", got, want)
	}
	return ""
}

// restOf is all that a file means but one key of one item.
func restOf(f *File, index int, key string) string {
	var all any
	if err := yaml.Unmarshal([]byte(f.src), &all); err != nil {
		return "" // it has a key twice, say: there is nothing to compare
	}
	all = textKeys(all)
	root, _ := all.(map[string]any)
	list, _ := root["items"].([]any)
	ids := 0
	for _, it := range list {
		m, ok := it.(map[string]any)
		if !ok || m["id"] == nil || fmt.Sprint(m["id"]) == "" {
			continue
		}
		if ids == index {
			delete(m, key)
		}
		ids++
	}
	return fmt.Sprintf("%#v", all)
}

// textKeys is a copy of decoded YAML whose maps all have texts as keys.
func textKeys(value any) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = textKeys(e)
		}
		return list
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			m[k] = textKeys(e)
		}
		return m
	case map[any]any:
		m := map[string]any{}
		for k, e := range v {
			if text, ok := k.(string); ok {
				m[text] = textKeys(e)
			} else {
				m[fmt.Sprintf("%T %v", k, k)] = textKeys(e)
			}
		}
		return m
	}
	return value
}

// withinItem tells whether the lines that differ lie between the item's start and
// the next item's.
func withinItem(before *File, index int, after string) bool {
	if before.src == after {
		return true
	}
	a, b := strings.SplitAfter(before.src, "\n"), strings.SplitAfter(after, "\n")
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	items := before.group.Items
	first, last := items[index].Line, len(a)
	if index+1 < len(items) {
		last = items[index+1].Line
	}
	return head+2 >= first && len(a)-tail <= last
}

func TestLawNoEditKeepsBytes(t *testing.T) {
	for _, src := range seeds(t) {
		f, _ := Parse("board/team.yaml", src)
		if !bytes.Equal(f.Bytes(), src) {
			t.Errorf("the bytes changed:\n%s", src)
		}
		for _, it := range f.Group().Items {
			for _, key := range itemKeys {
				var value any
				if list := it.list(key); list != nil {
					value = *list
				} else {
					value = *it.scalar(key)
				}
				next, err := f.SetItem(it.ID, key, value)
				if err == nil && !bytes.Equal(next.Bytes(), src) {
					t.Errorf("setting %s to what it was changed\n%s\nto\n%s", key, src, next.Bytes())
				}
			}
		}
	}
}

func TestLawAddThenRemove(t *testing.T) {
	sources := seeds(t)
	rapid.Check(t, func(t *rapid.T) {
		f, _ := Parse("board/team.yaml", rapid.OneOf(rapid.SampledFrom(sources), handwritten()).Draw(t, "source"))
		it := items().Draw(t, "item")
		added, err := f.AddItem(it)
		if err != nil {
			return
		}
		got, _ := added.Item(it.ID)
		if got.Line = 0; !reflect.DeepEqual(got, it) {
			t.Fatalf("added\n%#v\nread\n%#v\nin\n%s", it, got, added.Bytes())
		}
		if len(f.Group().Items) > 0 && strings.HasSuffix(f.src, "\n") && !strings.HasPrefix(f.src, "{") {
			removed, err := added.RemoveItem(it.ID)
			if err != nil || removed.src != f.src {
				t.Fatalf("%v: adding and removing gave\n%s\nfrom\n%s", err, removed.Bytes(), f.src)
			}
		}
	})
}

func TestLawDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := boards().Draw(t, "a"), boards().Draw(t, "b")
		if changes := Diff(a, a); len(changes) > 0 {
			t.Fatalf("a board differs from itself: %v", changes)
		}
		forth, back := factsOf(Diff(a, b), false), factsOf(Diff(b, a), true)
		if !slices.Equal(forth, back) {
			t.Fatalf("forth\n%s\nback\n%s", strings.Join(forth, "\n"), strings.Join(back, "\n"))
		}
	})
}

// Law: groups of which both moments share the reading are skipped without a difference.
func TestLawDiffOfSharedReadings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, other := boards().Draw(t, "before"), boards().Draw(t, "other")
		var after, apart []Group
		for _, g := range rapid.Permutation(before).Draw(t, "order") {
			switch rapid.IntRange(0, 3).Draw(t, "fate") {
			case 0:
				if i := slices.IndexFunc(other, func(o Group) bool { return o.ID == g.ID }); i >= 0 {
					g = other[i]
				}
			case 1:
				continue
			}
			after = append(after, g)
			g.Items = slices.Clone(g.Items)
			apart = append(apart, g)
		}
		if shared, whole := Diff(before, after), Diff(before, apart); !reflect.DeepEqual(shared, whole) {
			t.Errorf("%v\nand read apart\n%v", factsOf(shared, false), factsOf(whole, false))
		}
	})
}

// factsOf writes changes so that those of one direction compare with the other's.
func factsOf(changes []change.Change, mirrored bool) []string {
	var lines []string
	before := map[string]string{}
	for _, c := range changes {
		if mirrored && c.Kind == change.Renamed {
			before[change.Text(c.To)] = change.Text(c.From)
		}
	}
	for _, c := range changes {
		c.Subject = cmp.Or(before[c.Subject], c.Subject)
		if mirrored {
			c.From, c.To = c.To, c.From
			switch c.Kind {
			case change.Added:
				c.Kind = change.Removed
			case change.Removed:
				c.Kind = change.Added
			}
		}
		if c.Kind == change.Added || c.Kind == change.Removed {
			c.Reason = ""
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", c.Kind, c.Subject, c.Reason, pointed(c.From), pointed(c.To)))
	}
	slices.Sort(lines)
	return lines
}

func pointed(s *string) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%q", *s)
}

// FuzzParse: nothing panics or hangs, and the bytes are kept.
func FuzzParse(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, problems := Parse("board/team.yaml", src)
		if !bytes.Equal(file.Bytes(), src) {
			t.Fatalf("the bytes changed: %q", src)
		}
		for _, p := range problems {
			if p.Path != "board/team.yaml" || p.What == "" || p.Line < 0 || p.Line > 1+strings.Count(string(src), "\n")+4*len(src) {
				t.Errorf("odd problem %#v", p)
			}
		}
		Check([]*File{file}, Refs{})
		for _, it := range file.Group().Items {
			file.Position(it.ID, keyTitle)
			file.Raw(it.ID)
		}
	})
}

// FuzzPlain: what the fast reader accepts the YAML parser reads alike.
func FuzzPlain(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if msg, _ := plainFault(src); msg != "" {
			t.Fatal(msg)
		}
	})
}

// plainFault says where the two readers differ on a source that the fast one took.
func plainFault(src []byte) (msg string, took bool) {
	fast, ok := readPlain(string(src))
	if !ok {
		return "", false
	}
	d, p := readDocument(src)
	if p != nil {
		return fmt.Sprintf("the fast reader took what is no YAML: %v\n%s", p, src), true
	}
	full := reader{}
	full.read(d.root)
	if len(full.problems) > 0 || normal(fast) != normal(full.group) {
		return fmt.Sprintf("fast\n%#v\nfull\n%#v %v\nof\n%s", fast, full.group, full.problems, src), true
	}
	return "", true
}

// TestLawPlainAgrees puts files together from lines that the fast reader nearly takes.
func TestLawPlainAgrees(t *testing.T) {
	top := []string{
		"name: A", "lead: 'x'", `lead: "a # b" # c`, "members:\n- a\n- c # d", "members:\n  - b", "members: [a b,c]", "owns: []", "x: y", "z: 3", "y: 07", "w: 1.5", "u: |\n  text\n   more\n\n  end",
		"# c", "", "  # c", " ", "name:", "owns:\n  - a\n - b", "formerly: [a, null]", "v: |-\n # h\n t", "archived: 2026-01-01",
	}
	inner := []string{
		"title: One", "status: done", "touches:\n- q\n- 'r' # s", "touches:\n  - q\n    - r", "note: |\n  # h\n  t\n   u", "note: |-\n  x\n\n\n", "due: 2026-01-01", "w: true", "v: 2026-01-01",
		"title: Two: 2", "title: T #2", "title: T#2:x", "decisions: [a, 12]", "links: one", "# c", "  # c", "ref: 0x1", "n: a->b", "p: 0b11", "q: 12e03", "r: 1_000", "s: 12:30", "t: .5", "a: +1", "b: 2026-01-01 10:00:00",
		"x1:\n- a\n- 3\n- true", "x2:\n  - 'q'\n  - 1.50", "x3:\n  k: v\n  l: 0", "x4:\n  k: v\n  k: w", "x5:\n  k:\n  - a", "x6:\n    k: |\n      t\n    l: 00", "x7: 1.", "x8: 9.25", "x9: False", "x0:\n  - a: b", "x11:\n  a\n  b", "x12:\n  y: 1\n  n: 2",
		"title: é", "owner: 'it''s'", "owner: x\n  y", "c: \"\"", "d: ''", "e: Off", "f: NULL", "g: /keps/x", "blocked_by: ['a']", "title: a #", "title: a:", "owner: (x) [y]",
	}
	agreed := 0
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(top), 0, 4).Draw(t, "top")
		margin := rapid.IntRange(0, 2).Draw(t, "margin")
		parts = append(parts, "items:")
		for i := range rapid.IntRange(0, 3).Draw(t, "items") {
			parts = append(parts, strings.Repeat(" ", margin)+fmt.Sprintf("- id: aaaa%d", i))
			for _, line := range rapid.SliceOfN(rapid.SampledFrom(inner), 0, 4).Draw(t, "inner") {
				parts = append(parts, strings.Join(indent(margin+2, strings.Split(line, "\n")), "\n"))
			}
		}
		parts = append(parts, rapid.SliceOfN(rapid.SampledFrom(top), 0, 1).Draw(t, "bottom")...)
		src := []byte(strings.Join(parts, "\n") + "\n")
		if msg, ok := plainFault(src); msg != "" {
			t.Fatal(msg)
		} else if ok {
			agreed++
		}
	})
	if agreed == 0 {
		t.Error("the fast reader took no file")
	}
}

// FuzzEdit: on any YAML an edit is a clean error or exactly that one change.
func FuzzEdit(f *testing.F) {
	for i, src := range seeds(f) {
		f.Add(src, uint8(i), uint8(i), "a: b")
		f.Add(src, uint8(i/2), uint8(i+1), "two\nlines\n")
	}
	f.Fuzz(func(t *testing.T, src []byte, item, key uint8, value string) {
		file, _ := Parse("board/team.yaml", src)
		items := file.Group().Items
		if len(items) == 0 {
			return
		}
		id, name := items[int(item)%len(items)].ID, itemKeys[int(key)%len(itemKeys)]
		if next, err := file.SetItem(id, name, value); err == nil {
			if (&Item{}).list(name) == nil && value == "" {
				return
			}
			if msg := editFault(file, next, id, name, value); msg != "" && len(restOf(file, 0, "")) < 10_000 {
				t.Error(msg)
			}
		}
		if next, err := file.RemoveItem(id); err == nil && len(next.Group().Items) != len(items)-1 {
			t.Errorf("removing %q left %d of %d items:\n%q\n%q", id, len(next.Group().Items), len(items), src, next.Bytes())
		}
		if next, err := file.AddItem(Item{ID: "zz9zz", Title: value, Status: Planned}); err == nil {
			if got, ok := next.Item("zz9zz"); !ok || got.Title != value {
				t.Errorf("adding %q to %q gave %q", value, src, next.Bytes())
			}
		}
	})
}

func normal(g Group) string {
	text := strings.ReplaceAll(fmt.Sprintf("%#v", g), "[]string(nil)", "[]string{}")
	return strings.ReplaceAll(text, "[]board.Item(nil)", "[]board.Item{}")
}

func withoutLines(g Group) Group {
	for i := range g.Items {
		g.Items[i].Line = 0
	}
	if len(g.Items) == 0 {
		g.Items = nil
	}
	return g
}

// seeds are the inputs of the golden cases, as they are and in disguise.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, folder := range []string{"edit", "parse"} {
		for _, a := range golden.Archives(t, "testdata/"+folder+"/*.txtar") {
			for _, f := range a.Files {
				if f.Name == "input.yaml" {
					all = append(all, f.Data, disguise("crlf", f.Data), disguise("no-newline", f.Data))
				}
			}
		}
	}
	return append(all, New("board/a.yaml", demoGroup(3)).Bytes())
}

// demoGroup is a group of n ordinary items.
func demoGroup(n int) Group {
	g := Group{ID: "a", Name: "Ingest", Lead: "Ada Byron <ada@lumen.example>", Members: []string{"Bob <bob@lumen.example>", "Cy"},
		Owns: []string{"ingest.gateway", "ingest.queue"}, CheckedIn: "2026-03-11"}
	for i := range n {
		g.Items = append(g.Items, Item{
			ID: fmt.Sprintf("k%03dx", i), Title: fmt.Sprintf("Replace queue %d by something better", i), Status: Ongoing,
			Owner: "Ada Byron", Since: "2026-01-02", Due: "2026-05-06", Plan: "2026-Q2",
			Touches: []string{"ingest.gateway", "ingest.gateway -> storage.kafka: writes"}, Decisions: []string{"0007-kafka"},
			Note: "Waits for the *new* cluster.\n\n- order\n- rack\n",
		})
	}
	return g
}

func BenchmarkParse(b *testing.B) {
	src := New("board/a.yaml", demoGroup(20)).Bytes()
	odd := append([]byte("x-kind: {a: 1}\n"), src...) // what the fast reader gives up
	for name, src := range map[string][]byte{"plain": src, "other": odd} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, problems := Parse("board/a.yaml", src); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
		})
	}
}

func BenchmarkSetItem(b *testing.B) {
	f := New("board/a.yaml", demoGroup(20))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.SetItem("k010x", keyStatus, "done"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	before := []Group{demoGroup(20)}
	after := []Group{demoGroup(21)}
	after[0].Items[3].Status = Done
	b.ReportAllocs()
	for b.Loop() {
		Diff(before, after)
	}
}

func texts1() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9 :#@,>'"\[\]{}|&*!%.~?<=\\-]{1,20}`),
		rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != '\ufffd' }), 1, 12, -1),
		rapid.StringMatching(`(\n| |\t|[a-z:#-]){1,12}`),
		rapid.SampledFrom([]string{"null", "true", "12", "0x1f", "1e3", "2026-01-01", "~", "yes", "a -> b", "a -> b: c #2", "@ada", "- x", "---", "...", "# h", "[x]", "%", "<<", "="}),
	)
}

func items() *rapid.Generator[Item] {
	return rapid.Custom(func(t *rapid.T) Item {
		it := Item{ID: rapid.StringMatching(`[0-9a-hjkmnp-tv-z]{5}`).Draw(t, "id"), Title: texts1().Draw(t, "title"), Status: rapid.SampledFrom(Statuses()).Draw(t, "status")}
		for _, key := range itemKeys[3:] {
			if !rapid.Bool().Draw(t, "has "+key) {
				continue
			}
			if to := it.scalar(key); to != nil {
				*to = texts1().Draw(t, key)
			} else {
				*it.list(key) = rapid.SliceOfN(texts1(), 1, 3).Draw(t, key)
			}
		}
		if rapid.Bool().Draw(t, "extra") {
			it.Extra = []Field{
				{"x-one", rapid.SampledFrom([]any{nil, true, int64(3), 1.5, "text", "1", []any{"a", int64(1)}, map[string]any{"k": "v", "l": []any{}}}).Draw(t, "x-one")},
				{"effort", texts1().Draw(t, "effort")},
			}
		}
		return it
	})
}

func groups() *rapid.Generator[Group] {
	return rapid.Custom(func(t *rapid.T) Group {
		g := Group{ID: "team"}
		for _, key := range groupKeys {
			if !rapid.Bool().Draw(t, "has "+key) {
				continue
			}
			if to := g.scalar(key); to != nil {
				*to = texts1().Draw(t, key)
			} else {
				*g.list(key) = rapid.SliceOfN(texts1(), 1, 3).Draw(t, key)
			}
		}
		g.Items = rapid.SliceOfNDistinct(items(), 0, 3, func(it Item) string { return it.ID }).Draw(t, "items")
		if len(g.Items) == 0 {
			g.Items = nil
		}
		return g
	})
}

// handwritten is a file as people write them: every key in one of several spellings,
// in any order and layout, with comments between.
func handwritten() *rapid.Generator[[]byte] {
	spellings := map[string][]string{
		"title":    {"title: One", "title: 'It''s' # c", `"title": "a \"b\" # c"`, "title: >-\n  two\n  lines", "title: plain\n  on two lines # c", "title: |\n  x", "title: !!str 12", "title:   spaced   "},
		"status":   {"status: planned", "status: 'done'   # c", "status : ongoing", "status: &s blocked"},
		"owner":    {"owner:", "owner: ~ # c", "owner: Ada # c", "owner: @bad", "owner:\n  below", "owner: # c\n  below # d", "owner: [Ada]", "owner: é"},
		"due":      {"due: 2026-01-01", "due: '2026-01-01'", "due: 2026-01-01 # c\n# d"},
		"touches":  {"touches:\n- a\n- b # c", "touches:\n  # c\n  - a\n\n  - 'b c'\n  # d", "touches: [a, 'b', \"c\"] # c", "touches: [a, # c\n  b]", "touches: a", "touches: []", "touches: &t [a]\nlinks: *t", "touches:\n  - >-\n    a\n    b\n  - c", "touches:\n- - a", "touches: [\n  a,\n  b,\n]"},
		"note":     {"note: |\n  # h\n\n  t", "note: |+ # c\n  t\n\n", "note: |2-\n   t", "note: >\n  a\n  b\n\n  c\n", "note: \"a\\\n  b\""},
		"x-other":  {"x-other: {a: 1, b: [x, y]}", "x-other:\n  a: 1\n  # c\n  b:\n  - x", "x-other: 0x1F # c", "x-other: null", "x-other: 1.50", "? x-other\n: y", "x-other: &o {k: v}\ny: *o"},
		"comments": {"# c", "\n# c: d", "  # deep", "#\t tab"},
	}
	keys := slices.Sorted(maps.Keys(spellings))
	return rapid.Custom(func(t *rapid.T) []byte {
		lines := rapid.SampledFrom([][]string{{"items:"}, {"---", "name: A # c", "items: # d", "# e"}, {"# a", "", "owns: [a]", "items:"}}).Draw(t, "head")
		margin, width := rapid.IntRange(0, 3).Draw(t, "margin"), rapid.IntRange(2, 4).Draw(t, "width")
		for i := range rapid.IntRange(1, 3).Draw(t, "items") {
			body := []string{fmt.Sprintf("id: aaaa%d", i)}
			for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 6, rapid.ID[string]).Draw(t, "keys") {
				body = append(body, strings.Split(rapid.SampledFrom(spellings[key]).Draw(t, key), "\n")...)
			}
			body = indent(margin+width, body)
			body[0] = strings.Repeat(" ", margin) + "-" + body[0][margin+1:]
			lines = append(lines, body...)
			lines = append(lines, rapid.SampledFrom([][]string{nil, {""}, {"", strings.Repeat(" ", margin) + "# next"}}).Draw(t, "gap")...)
		}
		lines = append(lines, rapid.SampledFrom([][]string{nil, {"lead: Ada # c"}, {"# end"}, {"..."}}).Draw(t, "tail")...)
		src := []byte(strings.Join(lines, "\n") + "\n")
		return disguise(rapid.SampledFrom([]string{"", "crlf", "no-newline", "crlf no-newline", "bom"}).Draw(t, "disguise"), src)
	})
}

// boards are up to three groups over few ids, so that two boards have items in common.
func boards() *rapid.Generator[[]Group] {
	return rapid.Custom(func(t *rapid.T) []Group {
		var board []Group
		for _, id := range []string{"ingest", "storage", "query"} {
			if !rapid.Bool().Draw(t, id) {
				continue
			}
			g := Group{ID: id, Items: rapid.SliceOfN(items(), 0, 3).Draw(t, "items of "+id)}
			if rapid.IntRange(0, 3).Draw(t, "renamed") == 0 {
				g.Formerly = []string{rapid.SampledFrom([]string{"ingest", "storage", "query"}).Draw(t, "formerly")}
			}
			for i := range g.Items {
				g.Items[i].ID = rapid.SampledFrom([]string{"aaaa1", "aaaa2", "aaaa3", "aaaa4"}).Draw(t, "id")
			}
			board = append(board, g)
		}
		return board
	})
}
