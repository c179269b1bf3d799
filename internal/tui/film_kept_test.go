package tui

import (
	"maps"
	"slices"
	"sync"
	"testing"
)

// memo keeps what the program finds out, as the user's cache does.
type memo struct {
	mu      sync.Mutex
	entries map[string][]byte
}

func (m *memo) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.entries[key]
	return v, ok
}

func (m *memo) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[key] = value
}

// startWith opens a log in the picture, with what was found out before.
func startWith(t *testing.T, log *memoryLog, m *memo) *driver {
	t.Helper()
	d := cold(t, log)
	d.model.host.Memo = m
	d.run(d.model.Init())
	return d.size(140, 50).press("2")
}

// pictures are those of the cursor and of the syncs before.
func (d *driver) pictures() []string {
	d.t.Helper()
	var seen []string
	for range d.log.snapshots {
		seen = append(seen, d.model.arch.seen.canvas.String())
		d.press("[")
	}
	return seen
}

const auditTrail = "audit: Audit trail {log: Log {shape: cylinder}}\ningest.gateway -> audit.log\naudit.log -> query.engine\n"

// The pictures stand in the same cells when the program is started again, also where they
// are not what it would make of the timeline now.
func TestTheFilmIsKept(t *testing.T) {
	log, m := lumen(), &memo{entries: map[string][]byte{}}
	d := startWith(t, log, m)
	log.set(map[string]string{diagramFile: log.file(diagramFile) + auditTrail})
	d.run(d.model.refresh())
	want := d.pictures()
	if slices.Equal(start(t, log).size(140, 50).press("2").pictures(), want) {
		t.Fatal("what is kept makes no difference")
	}
	if got := startWith(t, log, m).pictures(); !slices.Equal(got, want) {
		t.Errorf("started again it shows\n%s\nwant\n%s", got[0], want[0])
	}
	log.close("2026-02-26")
	if got := startWith(t, log, m).press("[").pictures()[1:]; !slices.Equal(got[:2], want[1:3]) {
		t.Errorf("after the sync it shows\n%s\nwant\n%s", got[0], want[1])
	}
}

// What is kept may be damaged, and costs no more than time then.
func TestADamagedFilmIsMadeAnew(t *testing.T) {
	log, m := lumen(), &memo{entries: map[string][]byte{}}
	want := startWith(t, log, m).pictures()
	if len(m.entries) == 0 {
		t.Fatal("nothing was kept")
	}
	for _, damage := range []func(text []byte) []byte{
		func(text []byte) []byte { return text[:len(text)/2] },
		func([]byte) []byte { return nil },
		func(text []byte) []byte { return append(slices.Clone(text), '}') },
	} {
		damaged := &memo{entries: maps.Clone(m.entries)}
		for k, text := range damaged.entries {
			damaged.entries[k] = damage(text)
		}
		if got := startWith(t, log, damaged).pictures(); !slices.Equal(got, want) {
			t.Errorf("it shows\n%s\nwant\n%s", got[0], want[0])
		}
		if !maps.EqualFunc(damaged.entries, m.entries, slices.Equal) {
			t.Error("it was not kept again")
		}
	}
}
