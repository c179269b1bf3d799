package history

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// mapMemo is a memo of a test.
type mapMemo struct {
	mu      sync.Mutex
	entries map[string][]byte
}

func (m *mapMemo) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.entries[key]
	return v, ok
}

func (m *mapMemo) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[key] = bytes.Clone(value)
}

// What is remembered of the present is so until something of what was read for it is
// another: a file, an import, a folder's list, or that there is no such file.
func TestPresentIsRememberedUntilItChanges(t *testing.T) {
	files := map[string]string{
		"sync-log/archsync.yaml":            "title: Test\n",
		"sync-log/board/data.yaml":          "lead: Ada\nitems:\n  - {id: aaaa1, title: Shard, status: planned}\n",
		"sync-log/diagrams/architecture.d2": "api -> store\nnet: @parts/net\n",
		"sync-log/diagrams/parts/net.d2":    "a -> b\n",
		"sync-log/decisions/0001-queue.md":  "---\nnumber: 1\ntitle: A queue\nstate: agreed\n---\n\nText.\n",
		"sync-log/syncs/2026-03-12.md":      "---\ndate: 2026-03-12\n---\n\nText.\n",
	}
	for _, c := range []struct {
		name, file, content string
		forgets             bool
	}{
		{"nothing", "", "", false},
		{"an item", "sync-log/board/data.yaml", "lead: Ada\nitems:\n  - {id: aaaa1, title: Shard, status: ongoing}\n", true},
		{"a group more", "sync-log/board/apps.yaml", "lead: Ben\n", true},
		{"a group less", "sync-log/board/data.yaml", "", true},
		{"the architecture", "sync-log/diagrams/architecture.d2", "api -> queue\n", true},
		{"an import", "sync-log/diagrams/parts/net.d2", "a -> c\n", true},
		{"an import less", "sync-log/diagrams/parts/net.d2", "", true},
		{"a diagram more", "sync-log/diagrams/other.d2", "x -> y\n", true},
		{"a decision", "sync-log/decisions/0001-queue.md", "---\nnumber: 1\ntitle: A queue\nstate: replaced\n---\n\nText.\n", true},
		{"the configuration", "sync-log/archsync.yaml", "title: Test\ndecisions: adr\n", true},
		{"minutes", "sync-log/syncs/2026-03-12.md", "---\ndate: 2026-03-12\n---\n\nOther text.\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			r.commit("start", files)
			root := r.Root()
			memo := &mapMemo{entries: map[string][]byte{}}
			if reads := readings(t, root, memo); reads != 1 {
				t.Fatalf("read %d times at first", reads)
			}
			switch {
			case c.content != "":
				r.write(c.file, c.content)
			case c.file != "":
				if err := os.Remove(filepath.Join(root, c.file)); err != nil {
					t.Fatal(err)
				}
			}
			if reads := readings(t, root, memo); reads > 0 != c.forgets {
				t.Errorf("read %d times after the change", reads)
			}
		})
	}
}

// readings is how often the present is read for the chronicle of a log.
func readings(t *testing.T, root string, memo *mapMemo) int {
	t.Helper()
	a := openArchive(t, root)
	past, err := a.Past(t.Context(), Moment{Kind: Now}, memo)
	if err != nil {
		t.Fatal(err)
	}
	reads, read := 0, past.Now.Read
	past.Now.Read = func(ctx context.Context) (*synclog.Log, error) {
		reads++
		return read(ctx)
	}
	remembered, err := past.Chronicle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := a.Past(t.Context(), Moment{Kind: Now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := plain.Chronicle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range chronicle.Kinds() {
		for _, s := range fresh.End().Subjects(kind) {
			if is, should := remembered.End().Facts(s), fresh.End().Facts(s); !reflect.DeepEqual(is, should) {
				t.Errorf("%v says %v, want %v", s, is, should)
			}
		}
		if is, should := remembered.End().Subjects(kind), fresh.End().Subjects(kind); !reflect.DeepEqual(is, should) {
			t.Errorf("%v, want %v", is, should)
		}
	}
	return reads
}
