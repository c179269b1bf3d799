package chronicle

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/synclog"
)

// memory is a memo of a test.
type memory struct {
	mu         sync.Mutex
	kept       map[string][]byte
	gets, puts int
}

func (m *memory) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gets++
	v, ok := m.kept[key]
	return v, ok
}

func (m *memory) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string][]byte{}
	}
	m.puts++
	m.kept[key] = value
}

// logs is a timeline of file systems, one a sync, the paths relative to the log.
func logs(syncs ...map[string]string) Timeline {
	reader := synclog.NewReader(synclog.DefaultLimits())
	var t Timeline
	content := map[string]fstest.MapFS{}
	for i, files := range syncs {
		s := Snapshot{Date: "2026-03-" + string([]byte{'0' + byte(i/9), '1' + byte(i%9)}), Commit: "c" + string(rune('a'+i))}
		s.Tag = "sync/" + s.Date
		fsys := fstest.MapFS{"log/archsync.yaml": {Data: []byte("title: Test\n")}}
		for name, text := range files {
			fsys["log/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		content[s.Commit] = fsys
		t.Snapshots = append(t.Snapshots, s)
	}
	t.Read = func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
		return reader.Read(ctx, content[s.Commit], "log", synclog.All), nil
	}
	return t
}

// presentOf is a log that is there already.
func presentOf(l *synclog.Log) *Present {
	return &Present{Read: func(context.Context) (*synclog.Log, error) { return l, nil }}
}

const architecture = "diagrams/architecture.d2"

func story() Timeline {
	return logs(
		map[string]string{
			architecture:         "api: API\ndata: { store: Store { shape: cylinder }; cache }\napi -> data.store: writes\napi -> data.cache",
			"board/storage.yaml": "name: Storage\nlead: Ada\nowns: [data]\nitems:\n  - {id: aaaa1, title: Shard, status: planned, touches: [data.store, 'api -> data.store'], ref: T-1}\n",
		},
		map[string]string{ // a container is renamed, a connection joins the same ends, an item moves on
			architecture:         "api: API\nstorage: { store: Store { shape: cylinder }; cache }\napi -> storage.store: writes\napi -> storage.store: reads\napi -> storage.cache",
			"board/storage.yaml": "name: Storage\nlead: Ada\nowns: [storage]\nitems:\n  - {id: aaaa1, title: Shard, status: ongoing, touches: [storage.store], ref: T-1}\n",
		},
		map[string]string{ // does not compile, and the group has another id
			architecture:      "api: API {",
			"board/data.yaml": "name: Data\nformerly: [storage]\nlead: Ben\nowns: [storage]\nitems:\n  - {id: bbbb2, title: Shard it, status: ongoing, ref: T-1}\n  - {id: cccc3, title: New, status: planned}\n",
		},
		map[string]string{
			architecture:              "api: API\nstorage: { store: Store { shape: cylinder }; cache }\nqueue\napi -> queue -> storage.store\n",
			"board/data.yaml":         "name: Data\nformerly: [storage]\nlead: Ben\nowns: [storage]\nchecked_in: 2026-03-04\nitems:\n  - {id: bbbb2, title: Shard it, status: done, ref: T-1, colour: red}\n",
			"decisions/0001-queue.md": "---\nnumber: 1\ntitle: A queue\nstate: agreed\ntouches: [queue]\n---\n\nText.\n",
			"diagrams/net.d2":         "a -> b\nscenarios: { late: { a -> c } }",
		},
		map[string]string{
			architecture:              "api: API\n",
			"board/data.yaml":         "name: Data\nformerly: [storage]\nlead: Ben\nowns: [storage]\nchecked_in: 2026-03-04\n",
			"decisions/0001-queue.md": "---\nnumber: 1\ntitle: A queue\nstate: replaced\n---\n\nText.\n",
			"diagrams/net.d2":         "a -> b\nscenarios: { late: { d } }",
		},
	)
}

// openInterval is an interval with everything that it tells.
type openInterval struct {
	Interval
	events  []Event
	sayings []Saying
}

func opened(intervals []Interval) []openInterval {
	all := []openInterval{}
	for _, in := range intervals {
		o := openInterval{in, slices.Collect(in.Events()), slices.Collect(in.Sayings())}
		o.told = account{}
		all = append(all, o)
	}
	return all
}

// Law: the intervals up to a sync, applied one after the other, give what the log says
// at that sync. Law: an interval that was kept is the one that was computed.
func TestIntervalsGiveTheState(t *testing.T) {
	line := story()
	memo := &memory{}
	line.Memo = memo
	cold, err := line.Intervals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var state State
	for i, in := range cold {
		state.Apply(in)
		log, _, err := line.mended(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if want := StateOf(log, line.Snapshots[i]); !reflect.DeepEqual(state.subjects, want.subjects) {
			t.Errorf("%s:\n%v\nwant\n%v", in.At.Date, state.subjects, want.subjects)
		}
	}
	if memo.puts != 3 { // the third does not compile, so that two intervals depend on more than their ends
		t.Errorf("%d intervals kept", memo.puts)
	}
	read := line.Read
	reads := map[string]int{}
	var mu sync.Mutex
	line.Read = func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
		mu.Lock()
		reads[s.Date]++
		mu.Unlock()
		return read(ctx, s)
	}
	warm, err := line.Intervals(t.Context())
	if err != nil || !reflect.DeepEqual(opened(warm), opened(cold)) {
		t.Errorf("warm: %v\n%+v\ncold\n%+v", err, warm, cold)
	}
	if reads["2026-03-01"]+reads["2026-03-05"] > 0 {
		t.Errorf("read again: %v", reads)
	}
}

// Law: however many intervals the memo keeps in one entry, and whichever of them are
// gone or cut off, they are those that are computed; a sync that is new costs itself.
func TestIntervalsInSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var syncs []map[string]string
		for range rapid.IntRange(0, 3*spanLength).Draw(t, "syncs") {
			files := map[string]string{"board/storage.yaml": item(rapid.SampledFrom([]string{"aaaaa", "bbbbb"}).Draw(t, "id"), rapid.SampledFrom([]string{"Shard", "Split"}).Draw(t, "title"), "")}
			switch rapid.IntRange(0, 30).Draw(t, "diagram") {
			case 0:
				files[architecture] = "api {"
			case 1, 2, 3, 4:
				files[architecture] = "api -> store"
			default:
				files[architecture] = "api -> store: reads"
			}
			syncs = append(syncs, files)
		}
		line := logs(syncs...)
		want, err := line.Intervals(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		memo := &memory{}
		line.Memo = memo
		check := func(state string, n int) {
			part := line
			part.Snapshots = line.Snapshots[:n]
			if got, err := part.Intervals(context.Background()); err != nil || !reflect.DeepEqual(opened(got), opened(want[:n])) {
				t.Fatalf("%s, %d syncs: %v\n%+v\nwant\n%+v", state, n, err, got, want[:n])
			}
		}
		check("cold", rapid.IntRange(0, len(want)).Draw(t, "first"))
		check("longer", len(want))
		for _, key := range slices.Sorted(maps.Keys(memo.kept)) {
			if entry := memo.kept[key]; rapid.Bool().Draw(t, "mangled") {
				memo.kept[key] = entry[:rapid.IntRange(0, len(entry)-1).Draw(t, "length")]
			}
		}
		check("mangled", len(want))
		check("warm", len(want))
	})
}

// What is remembered is not read, but for the sync that is compared with the new one.
func TestANewIntervalCostsItself(t *testing.T) {
	var syncs []map[string]string
	for range 2*spanLength + 3 {
		syncs = append(syncs, map[string]string{"board/storage.yaml": item("aaaaa", fmt.Sprint(len(syncs)), "")})
	}
	line := logs(syncs...)
	line.Memo = &memory{}
	past, n := line, len(syncs)
	past.Snapshots = line.Snapshots[:n-1]
	if _, err := past.Intervals(t.Context()); err != nil {
		t.Fatal(err)
	}
	var read []string
	inner := line.Read
	line.Read = func(ctx context.Context, s Snapshot) (*synclog.Log, error) {
		read = append(read, s.Commit)
		return inner(ctx, s)
	}
	want := []string{line.Snapshots[n-2].Commit, line.Snapshots[n-1].Commit}
	if _, err := line.Intervals(t.Context()); err != nil || !slices.Equal(read, want) {
		t.Errorf("read %v, want %v: %v", read, want, err)
	}
}

func FuzzIntervals(f *testing.F) {
	line := story()
	intervals, err := line.Intervals(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeIntervals(intervals[:1]))
	f.Add(encodeIntervals(intervals[1:2]))
	f.Fuzz(func(t *testing.T, content []byte) {
		in := make([]Interval, 1)
		if !decodeIntervals(content, line.Snapshots[:1], in) {
			return
		}
		new(State).Apply(in[0])
		again := make([]Interval, 1)
		if !decodeIntervals(encodeIntervals(in), line.Snapshots[:1], again) || !reflect.DeepEqual(opened(again), opened(in)) {
			t.Errorf("%+v becomes %+v", in, again)
		}
	})
}
