package chronicle

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// longPast is a timeline with more syncs than lie between two states that are kept.
func longPast(t *rapid.T) Timeline {
	var syncs []map[string]string
	for range rapid.IntRange(stateEvery-1, 2*stateEvery+3).Draw(t, "syncs") {
		files := map[string]string{"board/storage.yaml": item(
			rapid.SampledFrom([]string{"aaaaa", "bbbbb"}).Draw(t, "id"), rapid.SampledFrom([]string{"Shard", "Split"}).Draw(t, "title"), "")}
		switch rapid.IntRange(0, 60).Draw(t, "diagram") {
		case 0:
			files[architecture] = "api {"
		case 1, 2, 3, 4, 5:
			files[architecture] = "api -> store"
		default:
			files[architecture] = "api -> store: reads"
		}
		syncs = append(syncs, files)
	}
	line := logs(syncs...)
	now, err := line.Read(context.Background(), line.Snapshots[0])
	if err != nil {
		t.Fatal(err)
	}
	line.Now = presentOf(now)
	return line
}

// stories are the biographies of all that ever was, and the state in the end.
func stories(t *rapid.T, line Timeline) (all []any) {
	c, err := line.Chronicle(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, c.End().subjects)
	for _, m := range c.everything("") {
		b, ok := c.Biography(m.Subject)
		all = append(all, b, ok)
	}
	return all
}

// Law: whatever of the memory is lost or cut off, everything has the story that it has
// without one, and every state is the one that the log gives.
func TestStoriesFromAnyMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := longPast(t)
		want := stories(t, line)
		memo := &memory{}
		line.Memo = memo
		for _, memory := range []string{"empty", "full", "mangled", "mended"} {
			if got := stories(t, line); !reflect.DeepEqual(got, want) {
				t.Fatalf("memory %s:\n%+v\nwant\n%+v", memory, got, want)
			}
			if memory != "full" {
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(memo.kept)) {
				if entry := memo.kept[key]; rapid.Bool().Draw(t, "mangled") {
					memo.kept[key] = entry[:rapid.IntRange(0, len(entry)-1).Draw(t, "length")]
				}
			}
		}
		c, err := line.Chronicle(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		states := c.reel()
		for range 4 {
			i := rapid.IntRange(-1, len(line.Snapshots)-1).Draw(t, "place")
			log, _, err := line.mended(context.Background(), i)
			if err != nil {
				t.Fatal(err)
			}
			is, should := states.to(i), StateOf(log, Snapshot{})
			for _, kind := range Kinds() {
				if len(is.subjects[kind])+len(should.subjects[kind]) > 0 && !reflect.DeepEqual(is.subjects[kind], should.subjects[kind]) {
					t.Fatalf("state %d:\n%v\nwant\n%v", i, is.subjects[kind], should.subjects[kind])
				}
			}
		}
	})
}

// States that are kept are not made again.
func TestKeptStatesAreUsed(t *testing.T) {
	var syncs []map[string]string
	for range 2*stateEvery + 3 {
		syncs = append(syncs, map[string]string{"board/storage.yaml": item("aaaaa", "Shard", "")})
	}
	line := logs(syncs...)
	memo := &memory{}
	line.Memo = memo
	puts := func() int {
		before := memo.puts
		c, err := line.Chronicle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		states := c.reel()
		for i := range c.Intervals {
			states.to(i)
		}
		return memo.puts - before
	}
	if spans := len(line.spans()); puts() != spans+2 {
		t.Errorf("%d entries for %d spans and 2 states", memo.puts, spans)
	}
	if n := puts(); n != 0 {
		t.Errorf("%d entries again", n)
	}
}

func FuzzState(f *testing.F) {
	line := story()
	for _, s := range line.Snapshots {
		log, err := line.Read(context.Background(), s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encodeState(StateOf(log, s)))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s, ok := decodeState(content)
		if !ok {
			return
		}
		again, ok := decodeState(encodeState(s))
		if !ok || !reflect.DeepEqual(again.subjects, s.subjects) {
			t.Errorf("%v becomes %v", s.subjects, again.subjects)
		}
	})
}
