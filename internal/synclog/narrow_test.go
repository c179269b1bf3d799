package synclog

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// subjects are what changes are about, each once, sorted, in one line.
func subjects(lists ...[]change.Change) string {
	var all []string
	for _, c := range slices.Concat(lists...) {
		if !slices.Contains(all, c.Subject) {
			all = append(all, c.Subject)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// narrowed are two moments: the group store became storage, its queue another key,
// and one of its items went to the group edge.
func narrowed(t *testing.T) (before, after *Log) {
	read := func(files map[string]string) *Log {
		fsys := fstest.MapFS{"log/archsync.yaml": {}}
		for name, text := range files {
			fsys["log/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		l := NewReader(DefaultLimits()).Read(t.Context(), fsys, "log", All)
		if problems := Check(l); len(problems) > 0 {
			t.Fatal(problems)
		}
		return l
	}
	return read(map[string]string{
			"diagrams/architecture.d2": "data: { queue: Q; old }\nedge -> data.queue\nedge -> data.old\nfar",
			"diagrams/regions.d2":      "eu -> us",
			"board/store.yaml":         "owns: [data]\nitems:\n- {id: aaaa1, title: A, status: planned}\n- {id: aaaa2, title: B, status: planned}\n",
			"board/edge.yaml":          "owns: ['regions.d2: eu']\nitems: []\n",
			"decisions/0001-q.md":      "---\nnumber: 1\nstate: open\ntouches: [data.queue]\n---\n",
			"decisions/0002-f.md":      "---\nnumber: 2\nstate: open\ntouches: [far]\n---\n",
		}), read(map[string]string{
			"diagrams/architecture.d2": "data: { queues: Q }\nedge -> data.queues: new\nfar: Far",
			"diagrams/regions.d2":      "eu -> us: mirrors",
			"board/storage.yaml":       "formerly: [store]\nowns: [data.queues]\nitems:\n- {id: aaaa1, title: A, status: ongoing}\n",
			"board/edge.yaml":          "owns: ['regions.d2: eu']\nitems:\n- {id: aaaa2, title: B, status: planned}\n",
			"decisions/0001-q.md":      "---\nnumber: 1\nstate: agreed\ntouches: [data.queues]\n---\n",
			"decisions/0002-f.md":      "---\nnumber: 2\nstate: agreed\ntouches: [far]\n---\n",
		})
}

func TestOfGroup(t *testing.T) {
	before, after := narrowed(t)
	d := Diff(before, after)
	for _, c := range []struct{ group, items, drawn, decisions string }{
		{"storage", "aaaa1, aaaa2", "data.old, data.queues, edge -> data.old, edge -> data.queues", "0001-q"},
		{"store", "aaaa1, aaaa2", "data.old, data.queues, edge -> data.old, edge -> data.queues", "0001-q"}, // what it was called
		{"edge", "aaaa2", "regions.d2: eu -> us", ""},
	} {
		n, err := d.OfGroup(before, after, c.group)
		if err != nil {
			t.Fatal(err)
		}
		if got := subjects(n.Items); got != c.items {
			t.Errorf("%s: items %s, want %s", c.group, got, c.items)
		}
		if got := subjects(n.Components, n.Connections); got != c.drawn {
			t.Errorf("%s: drawn %s, want %s", c.group, got, c.drawn)
		}
		if got := subjects(n.Decisions); got != c.decisions {
			t.Errorf("%s: decisions %s, want %s", c.group, got, c.decisions)
		}
	}
	if _, err := d.OfGroup(before, after, "nobody"); err == nil || err.Error() != `no group "nobody"` {
		t.Errorf("an unknown group: %v", err)
	}
	if n, _ := d.OfGroup(before, after, "edge"); n.Counts().Components.Total()+n.Counts().Connections.Total() > 0 {
		t.Errorf("another diagram than the architecture is counted: %+v", n.Counts())
	}
}

func TestNear(t *testing.T) {
	before, after := narrowed(t)
	d := Diff(before, after)
	for _, c := range []struct {
		component string
		depth     int
		drawn     string
	}{
		{"data.queues", 1, "data.queues, edge -> data.queues"},
		{"data.queue", 1, "data.queues, edge -> data.queues"}, // as it was called
		{"data.queues", 2, "data.old, data.queues, edge -> data.old, edge -> data.queues"},
		{"regions.d2: us", 1, "regions.d2: eu -> us"},
		{"far", 3, "far"},
	} {
		n, err := d.Near(before, after, c.component, c.depth)
		if got := subjects(n.Components, n.Connections); err != nil || got != c.drawn {
			t.Errorf("near %s:%d: %s, %v, want %s", c.component, c.depth, got, err, c.drawn)
		}
	}
	_, err := d.Near(before, after, "queues", 1)
	if p, ok := errors.AsType[problem.Problem](err); !ok || p.Hint != "did you mean data.queues?" {
		t.Errorf("an unknown component: %v", err)
	}
}

// What one moment calls a thing is what the other calls it, seen from there.
func TestIdentity(t *testing.T) {
	before, after := narrowed(t)
	for ref, want := range map[string]string{
		"data.queue": "data.queues", "edge -> data.queue": "edge -> data.queues", "regions.d2: eu -> us": "regions.d2: eu -> us", "far": "far",
	} {
		now, ok := Identify(before, after).Ref(ref)
		then, back := Identify(after, before).Ref(now)
		if !ok || now != want || !back || then != ref {
			t.Errorf("%s is %q, and that was %q", ref, now, then)
		}
	}
	for _, ref := range []string{"data.old", "edge -> data.old", "never"} {
		if now, ok := Identify(before, after).Ref(ref); ok {
			t.Errorf("%s is %q", ref, now)
		}
	}
}
