package chronicle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/synclog"
)

// mapMemo is a memo in memory.
type mapMemo struct {
	mu      sync.Mutex
	entries map[string][]byte
	hits    int
}

func (m *mapMemo) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry, ok := m.entries[key]
	if ok {
		m.hits++
	}
	return slices.Clone(entry), ok
}

func (m *mapMemo) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil {
		m.entries = map[string][]byte{}
	}
	m.entries[key] = slices.Clone(value)
}

// written is a timeline of boards; one without items cannot be read.
func written(boards ...string) Timeline {
	reader := synclog.NewReader(synclog.DefaultLimits())
	t := Timeline{}
	texts := map[string]string{}
	for i, text := range boards {
		date := fmt.Sprintf("2026-03-%02d", i+1)
		texts[date] = text
		t.Snapshots = append(t.Snapshots, Snapshot{Date: date, Commit: fmt.Sprintf("%x-%s", i, text)})
	}
	t.Read = func(_ context.Context, s Snapshot) (*synclog.Log, error) {
		if texts[s.Date] == "" {
			return nil, errors.New("it is missing")
		}
		fsys := fstest.MapFS{
			"log/archsync.yaml":           {},
			"log/board/storage.yaml":      {Data: []byte(texts[s.Date])},
			"log/syncs/" + s.Date + ".md": {Data: []byte("---\nsync: " + s.Date + "\n---\nSaid: " + texts[s.Date][:min(len(texts[s.Date]), 40)] + "\n")},
		}
		return reader.Read(context.Background(), fsys, "log", synclog.All), nil
	}
	return t
}

func item(id, title, note string) string {
	return fmt.Sprintf("items:\n  - {id: %s, title: %q, status: ongoing, note: %q}\n", id, title, note)
}

func find(t *testing.T, x *Texts, text string) []Hit {
	t.Helper()
	q, err := ParseQuery(text, Substring)
	if err != nil {
		t.Fatal(err)
	}
	return x.Search(q, 0).Hits
}

// A line that goes and comes back lived twice; a snapshot that cannot be read is no
// end of it; a present that has it goes on.
func TestLifetimes(t *testing.T) {
	line := written(item("aaaaa", "Shard it", ""), item("aaaaa", "Split it", ""), "", item("aaaaa", "Split it", ""), item("aaaaa", "Shard it", ""))
	x, err := NewTexts(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Problems) != 1 || !strings.Contains(x.Problems[0].What, "it is missing") {
		t.Errorf("problems %v", x.Problems)
	}
	for text, want := range map[string]string{
		"shard kind:item": "[2026-03-01 2026-03-01 false] [2026-03-05 2026-03-05 false]",
		"split kind:item": "[2026-03-02 2026-03-04 false]",
	} {
		if got := lives(find(t, x, text)); got != want {
			t.Errorf("%s lived %s, want %s", text, got, want)
		}
	}
	now, _ := line.Read(t.Context(), line.Snapshots[3])
	for text, want := range map[string]string{
		"shard kind:item": "[2026-03-01 2026-03-01 false] [2026-03-05 2026-03-05 false]",
		"split kind:item": "[2026-03-02 2026-03-04 false] [ \u2205 true]",
	} {
		if got := lives(find(t, x.With(now), text)); got != want {
			t.Errorf("with a present: %s lived %s, want %s", text, got, want)
		}
	}
}

// A component is found once where its key and its label say the same; where the label
// came later, its key says since when it is there.
func TestKeyAndLabelAreOneHit(t *testing.T) {
	reader := synclog.NewReader(synclog.DefaultLimits())
	dates := map[string]string{"2026-03-01": "", "2026-03-02": ": Streams"}
	line := Timeline{
		Snapshots: []Snapshot{{Date: "2026-03-01", Commit: "a"}, {Date: "2026-03-02", Commit: "b"}},
		Read: func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
			text := "gateway: Gateway of tenants\nstreams" + dates[s.Date] + "\n"
			return reader.Read(ctx, fstest.MapFS{"log/archsync.yaml": {}, "log/diagrams/architecture.d2": {Data: []byte(text)}}, "log", synclog.All), nil
		},
	}
	x, err := NewTexts(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{"gateway": {"label"}, "streams": {"key", "label"}, "kind:component": {"label", "key", "label"}} {
		var fields []string
		for _, h := range find(t, x, text) {
			fields = append(fields, h.Field)
		}
		if !slices.Equal(fields, want) {
			t.Errorf("%s is found in %v, want %v", text, fields, want)
		}
	}
}

func lives(hits []Hit) string {
	var all []string
	for _, h := range hits {
		for _, s := range h.Lived {
			last := s.Last.Date
			if last == "" {
				last = "\u2205"
			}
			all = append(all, fmt.Sprintf("[%s %s %v]", s.First.Date, last, s.Now))
		}
	}
	return strings.Join(all, " ")
}

// anyPast draws a timeline of boards, architectures, decisions and minutes, which are
// corrected at later syncs; some syncs cannot be read, or not whole.
func anyPast(t *rapid.T, most int) Timeline {
	word := rapid.SampledFrom([]string{"shard", "split", "index", "queue"})
	one := func(what string) bool { return rapid.IntRange(0, 7).Draw(t, what) == 0 }
	records := map[string]string{}
	var syncs []map[string]string
	unreadable := map[string]bool{}
	for i := range rapid.IntRange(0, most).Draw(t, "syncs") {
		files := map[string]string{
			"board/storage.yaml": "owns: [store]\n" + item(rapid.SampledFrom([]string{"aaaaa", "bbbbb"}).Draw(t, "id"), word.Draw(t, "title"), word.Draw(t, "note")),
			architecture:         "api -> store: " + word.Draw(t, "label"),
		}
		if one("broken diagram") {
			files[architecture] = "api {"
		}
		if one("broken board") {
			files["board/storage.yaml"] = "items: ["
		}
		if one("decision") {
			files["decisions/0001-a.md"] = "---\ntitle: " + word.Draw(t, "decision") + "\nstate: agreed\n---\nText.\n"
		}
		record := func(i int) string { return fmt.Sprintf("syncs/2026-03-%d%d.md", i/9, i%9+1) }
		minutes := func() string {
			return "---\nhost: " + word.Draw(t, "host") + "\n---\nSaid: " + word.Draw(t, "said") + "\n"
		}
		records[record(i)] = minutes()
		if i > 0 && one("corrected") {
			records[record(rapid.IntRange(0, i-1).Draw(t, "record"))] = minutes()
		}
		maps.Copy(files, records)
		syncs = append(syncs, files)
		unreadable["c"+string(rune('a'+i))] = one("unreadable")
	}
	line := logs(syncs...)
	read := line.Read
	line.Read = func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
		if unreadable[s.Commit] {
			return nil, errors.New("it is missing")
		}
		return read(ctx, s)
	}
	return line
}

// answers are what is said of a timeline: what was written, what happened, and how much.
func answers(t *rapid.T, line Timeline) (all []any) {
	texts, err := NewTexts(context.Background(), line)
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, texts.Problems)
	search := func(q Query) {
		found := texts.Search(q, 0)
		once, problems, err := line.Search(context.Background(), q, 0)
		if err != nil || !reflect.DeepEqual(once, found) || !reflect.DeepEqual(problems, texts.Problems) {
			t.Fatalf("asked once: %+v, %v, %v\nwant %+v, %v", once, problems, err, found, texts.Problems)
		}
		all = append(all, found)
	}
	for _, text := range []string{"shard", "split kind:item", "index at:2026-03-03", "kind:group", "queue kind:minutes", "said split group:storage,gone", "kind:component at:2026-03-02"} {
		q, err := ParseQuery(text, Substring)
		if err != nil {
			t.Fatal(err)
		}
		q.Moment = q.At
		search(q)
		q.Since = "2026-03-02"
		search(q)
	}
	c, err := line.Chronicle(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Subject{{Item, "aaaaa"}, {Component, "store"}, {Group, "storage"}} {
		b, _ := c.Biography(s)
		all = append(all, b)
	}
	p, err := ParsePredicate("exists store and not status aaaaa = ongoing")
	if err != nil {
		t.Fatal(err)
	}
	stats, err := line.Stats(context.Background(), StatsOptions{End: "2026-04-01"})
	if err != nil {
		t.Fatal(err)
	}
	steps, err := line.Steps(context.Background(), len(line.Snapshots))
	if err != nil {
		t.Fatal(err)
	}
	return append(all, c.When(p, "", false), stats, steps)
}

// Law: whatever of the memory is lost or cut off, and however far it reached, all answers
// are those that are given without one.
func TestAnyMemoryGivesTheSameAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := anyPast(t, 2*spanLength+3)
		if n := len(line.Snapshots); n > 0 && rapid.Bool().Draw(t, "present") {
			if now, err := line.Read(context.Background(), line.Snapshots[rapid.IntRange(0, n-1).Draw(t, "now")]); err == nil {
				line.Now = presentOf(now)
			}
		}
		want := answers(t, line)
		memo := &mapMemo{}
		line.Memo = memo
		past := line
		past.Snapshots = line.Snapshots[:rapid.IntRange(0, len(line.Snapshots)).Draw(t, "known")]
		answers(t, past)
		for _, state := range []string{"longer", "warm", "mangled", "mangled again"} {
			got := answers(t, line)
			for i := range want {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("%s, answer %d:\n%+v\nwant\n%+v", state, i, got[i], want[i])
				}
			}
			for _, key := range slices.Sorted(maps.Keys(memo.entries)) {
				switch entry := memo.entries[key]; rapid.IntRange(0, 3).Draw(t, "fate") {
				case 0:
					delete(memo.entries, key)
				case 1:
					memo.entries[key] = entry[:rapid.IntRange(0, len(entry)).Draw(t, "length")]
				}
			}
		}
	})
}

// Law: every word of every sync that can be read is found as standing there, and no word
// that did not stand there.
func TestWhatStoodIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := anyPast(t, 6)
		texts, err := NewTexts(context.Background(), line)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range line.Snapshots {
			log, err := line.Read(context.Background(), s)
			if err != nil {
				continue
			}
			titles := map[string]bool{}
			for _, g := range log.Groups() {
				for _, it := range g.Items {
					titles[it.Title] = true
				}
			}
			for _, word := range []string{"shard", "split", "index", "queue"} {
				q, _ := ParseQuery(word+" kind:item", Substring)
				q.Moment = s.Date
				found := slices.ContainsFunc(texts.Search(q, 0).Hits, func(h Hit) bool { return h.Field == fieldTitle })
				if found != titles[word] {
					t.Fatalf("%s at %s: found %v", word, s.Date, found)
				}
			}
		}
	})
}

// What is remembered of all but the last sync is not read again.
func TestANewSyncCostsItself(t *testing.T) {
	line := written(item("aaaaa", "One", ""), item("aaaaa", "Two", ""), item("aaaaa", "Three", ""))
	memo := &mapMemo{}
	line.Memo = memo
	past := line
	past.Snapshots = line.Snapshots[:2]
	if _, err := NewTexts(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	var read []string
	inner := line.Read
	line.Read = func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
		read = append(read, s.Date)
		return inner(ctx, s)
	}
	if _, err := NewTexts(t.Context(), line); err != nil || !slices.Equal(read, []string{"2026-03-03"}) {
		t.Errorf("read %v, %v", read, err)
	}
}

func FuzzVolume(f *testing.F) {
	b := newBinder()
	line := written(item("aaaaa", "Shard", "Split"), item("bbbbb", "Shard", ""), item("aaaaa", "Shard", "Split"))
	for i, s := range line.Snapshots {
		log, _ := line.Read(context.Background(), s)
		b.put(log, i)
	}
	v := b.volume()
	f.Add(v.encode(span{0, 3}), 0, 3)
	f.Add(v.encode(span{1, 2}), 1, 1)
	f.Add([]byte{0, 0, 0, 0}, 0, 1)
	f.Fuzz(func(t *testing.T, entry []byte, from, length int) {
		s := span{from & 0xffff, from&0xffff + length&0xff}
		v, ok := decodeVolume(entry, s)
		if !ok {
			return
		}
		again, ok := decodeVolume(v.encode(s), s)
		if !ok || !reflect.DeepEqual(again, v) {
			t.Errorf("%+v becomes %+v", v, again)
		}
	})
}

// Law: a scanner finds a word in a text where each line of it is looked at for the word.
func TestScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runes := []rune("aAbkKiIsSx- \u0130\u212a\u017fäÄ")
		text := strings.Join(rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom(runes), 0, 12, -1), 0, 8).Draw(t, "lines"), "\n") + "\n"
		m := newMatcher(Query{Words: []string{rapid.StringOfN(rapid.SampledFrom(runes), 1, 3, -1).Draw(t, "word")}})
		s := m.scan([]byte(text))
		if s == nil {
			return
		}
		at := 0
		for line := range strings.Lines(text) {
			_, _, want := m.match(strings.TrimSuffix(line, "\n"))
			if place, found := s.next(at); want != (found && place < at+len(line)) {
				t.Fatalf("%q in %q: %v, want %v", m.words[0], line, !want, want)
			}
			at += len(line)
		}
	})
}

// Only two characters beyond ASCII are folded into it, which [matcher.scan] knows.
func TestFoldedIntoASCII(t *testing.T) {
	var all []rune
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if foldRune(r) < utf8.RuneSelf {
			all = append(all, r)
		}
	}
	if string(all) != "\u0130\u212a" {
		t.Errorf("%q are", all)
	}
}

func TestFoldIndex(t *testing.T) {
	for _, c := range []struct {
		line, word string
		want       Mark
	}{
		{"Shard the Index", "index", Mark{10, 15}}, {"ÄÖÜ übt", "öü", Mark{2, 6}}, {"aab", "ab", Mark{1, 3}},
		{"\xffabc", "abc", Mark{1, 4}}, {"", "a", Mark{}}, {"abc", "", Mark{}}, {"ab", "abc", Mark{}},
	} {
		if got := foldIndex(c.line, c.word); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.word, c.line, got, c.want)
		}
	}
}

func TestFuzzyIndex(t *testing.T) {
	for _, c := range []struct {
		line, word string
		want       Mark
	}{
		{"data.clickhouse", "clkhse", Mark{5, 15}}, {"storage, and nothing near", "sn", Mark{}},
		{"s....hard shard", "shard", Mark{10, 15}}, {"ÄxÖ", "äö", Mark{0, 5}}, {"abc", "", Mark{}},
	} {
		if got := fuzzyIndex(c.line, c.word); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.word, c.line, got, c.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 50) + "ärger" + strings.Repeat("y", 50)
	h := Hit{Text: Text{Line: long}, Marks: []Mark{{50, 56}}}
	line, marks := h.Excerpt(30)
	if len(marks) != 1 || line[marks[0].From:marks[0].To] != "ärger" || !strings.HasPrefix(line, "…x") || !strings.HasSuffix(line, "y…") {
		t.Errorf("%q %v", line, marks)
	}
	if line, marks := h.Excerpt(200); line != long || !reflect.DeepEqual(marks, h.Marks) {
		t.Errorf("%q %v", line, marks)
	}
}

// One slip of the pen is found where a word begins, and no more than one.
func TestSlipIndex(t *testing.T) {
	cases := []struct {
		line, word string
		want       Mark
	}{
		{"over Kafka now", "kakfa", Mark{5, 10}},  // two letters the wrong way round
		{"over Kafka now", "akfka", Mark{5, 10}},  // at the beginning
		{"over Kafka now", "kafak", Mark{5, 10}},  // and in the end
		{"over Kafka now", "kadka", Mark{5, 10}},  // a wrong one
		{"over Kafka now", "kaffka", Mark{5, 10}}, // one too many
		{"over Kafka now", "kafkaa", Mark{5, 10}}, // behind it
		{"PostgreSQL", "postgers", Mark{0, 8}},    // the beginning of a word
		{"Ägäis", "gäias", Mark{}},                // inside a word
		{"Ägäis", "ägiäs", Mark{0, 7}},            // letters of several bytes
		{"over Kafka now", "kkafa", Mark{}},       // two slips
		{"over Kafka now", "kfkaa", Mark{}},       // two
		{"an api", "pai", Mark{}},                 // too few letters
		{"a_kafka", "kakfa", Mark{2, 7}},          // signs part words
		{"kaf", "kakfa", Mark{}},                  // the line ends
		{"", "kakfa", Mark{}},
	}
	for _, c := range cases {
		if got := slipIndex(c.line, c.word); got != c.want {
			t.Errorf("%q in %q is at %v, want %v", c.word, c.line, got, c.want)
		}
	}
}
