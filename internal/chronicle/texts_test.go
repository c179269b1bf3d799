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

// Law: a search with a memo, of which any entries are gone or mangled, finds what it
// finds without one; and every line of every snapshot is found as living there.
func TestTextsWarmAndCold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([]string{"shard", "split", "index", "queue"})
		var boards []string
		for range rapid.IntRange(0, 6).Draw(t, "syncs") {
			if rapid.IntRange(0, 5).Draw(t, "readable") == 0 {
				boards = append(boards, "")
				continue
			}
			boards = append(boards, item(rapid.SampledFrom([]string{"aaaaa", "bbbbb"}).Draw(t, "id"), words.Draw(t, "title"), words.Draw(t, "note")))
		}
		line := written(boards...)
		want, err := NewTexts(context.Background(), line)
		if err != nil {
			t.Fatal(err)
		}
		memo := &mapMemo{}
		line.Memo = memo
		for _, state := range []string{"cold", "warm", "mangled"} {
			if state == "mangled" {
				for _, key := range slices.Sorted(maps.Keys(memo.entries)) {
					entry := memo.entries[key]
					memo.entries[key] = entry[:rapid.IntRange(0, len(entry)).Draw(t, "length")]
				}
			}
			got, err := NewTexts(context.Background(), line)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"shard", "split kind:item", "index at:2026-03-03", "kind:group"} {
				q, _ := ParseQuery(text, Substring)
				if a, b := got.Search(q, 0), want.Search(q, 0); !reflect.DeepEqual(a, b) {
					t.Fatalf("%s, %s: %+v, want %+v", state, text, a, b)
				}
			}
		}
		for i, b := range boards {
			for word := range strings.FieldsFuncSeq(b, func(r rune) bool { return r < 'a' || r > 'z' }) {
				q, _ := ParseQuery(`"`+word+`" kind:item`, Substring)
				q.Moment = line.Snapshots[i].Date
				if strings.Contains("shard split index queue", word) && want.Search(q, 0).Total == 0 {
					t.Fatalf("%s is not found at %s", word, q.Moment)
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

func FuzzTextStep(f *testing.F) {
	f.Add(textStep{
		came: []Text{{Kind: Item, ID: "aaaaa", Line: "Shard"}, {Kind: Item, ID: "aaaaa", Line: "Split"}},
		gone: []int{3, 8}, said: []Text{{Kind: Minutes, ID: "2026-03-01", Line: "Said"}},
	}.encode())
	f.Add([]byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, entry []byte) {
		s, ok := decodeTextStep(entry)
		if !ok {
			return
		}
		again, ok := decodeTextStep(s.encode())
		if !ok || !reflect.DeepEqual(again, s) {
			t.Errorf("%+v becomes %+v", s, again)
		}
	})
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

// A file that is again as it was at the last snapshot that was read has changed
// since, where the step between them is remembered.
func TestTextsBackAndForth(t *testing.T) {
	line := written(item("aaaaa", "shard", "shard"), item("bbbbb", "split", "queue"), item("aaaaa", "shard", "shard"))
	memo := &mapMemo{}
	line.Memo = memo
	cold, err := NewTexts(context.Background(), line)
	if err != nil {
		t.Fatal(err)
	}
	first := chained(textForm, line.Snapshots[0])
	second := chained(first, line.Snapshots[1])
	memo.entries = map[string][]byte{second: memo.entries[second]}
	warm, err := NewTexts(context.Background(), line)
	if err != nil {
		t.Fatal(err)
	}
	q, _ := ParseQuery("shard", Substring)
	if memo.hits == 0 {
		t.Error("the step between them is not remembered")
	}
	if got, want := warm.Search(q, 0), cold.Search(q, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", lives(got.Hits), lives(want.Hits))
	}
}
