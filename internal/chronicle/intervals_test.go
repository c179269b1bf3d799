package chronicle

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"

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
	if err != nil || !reflect.DeepEqual(warm, cold) {
		t.Errorf("warm: %v\n%+v\ncold\n%+v", err, warm, cold)
	}
	if reads["2026-03-01"]+reads["2026-03-05"] > 0 {
		t.Errorf("read again: %v", reads)
	}
}
