package synclog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/meeting"
)

func TestOpenBreakout(t *testing.T) {
	fsys := fstest.MapFS{
		"sync-log/archsync.yaml":             {},
		"sync-log/breakouts/queue-sizing.md": {Data: []byte("---\ntopic: Queue sizing\n---\n")},
	}
	l := readLog(t, fsys)
	for topic, id := range map[string]string{
		"  Who sizes the index? ":        "who-sizes-the-index",
		"Queue sizing":                   "queue-sizing-2",
		"設計":                             "breakout",
		strings.Repeat("very long ", 20): "very-long-very-long-very-long-very-long-very",
	} {
		e, b, err := OpenBreakout(l, meeting.Breakout{Topic: topic, People: []string{"Ada"}, Sync: "2026-03-12", Group: "storage"})
		if err != nil || b.ID != id {
			t.Errorf("%q: %q, %v", topic, b.ID, err)
			continue
		}
		back, ok := readLog(t, applied(t, fsys, e)).FindBreakout(id)
		if !ok || back.Topic != strings.TrimSpace(topic) || back.State != meeting.Open || back.Group != "storage" || !slices.Equal(back.People, []string{"Ada"}) {
			t.Errorf("%q is read back as %+v", topic, back)
		}
		if e.Summary != `storage: take out "`+strings.TrimSpace(topic)+`"` {
			t.Errorf("the commit says %s", e.Summary)
		}
	}
	if _, _, err := OpenBreakout(l, meeting.Breakout{Topic: " "}); err == nil {
		t.Error("a breakout about nothing was opened")
	}
}

func TestConcerned(t *testing.T) {
	l := readLog(t, fstest.MapFS{
		"sync-log/archsync.yaml":      {},
		"sync-log/board/edge.yaml":    {Data: []byte("lead: Eve\nowns: [edge]\nitems:\n  - {id: a1b2c, title: Limits, status: ongoing, owner: Olga, touches: [store.kafka]}\n")},
		"sync-log/board/storage.yaml": {Data: []byte("lead: Sam\nowns: [store]\n")},
		"sync-log/board/search.yaml":  {Data: []byte("lead: Kim\nowns: [search]\n")},
	})
	for _, c := range []struct {
		group             string
		items, components []string
		want              []string
	}{
		{"edge", []string{"a1b2c"}, []string{"store.kafka"}, []string{"Olga", "Eve", "Sam"}},
		{"search", nil, []string{"edge.gateway"}, []string{"Eve", "Kim"}},
		{"storage", []string{"zzzz9"}, nil, []string{"Sam"}},
		{"gone", nil, nil, nil},
	} {
		if got := l.Concerned(c.group, c.items, c.components); !slices.Equal(got, c.want) {
			t.Errorf("%s, %v, %v: %v, want %v", c.group, c.items, c.components, got, c.want)
		}
	}
}
