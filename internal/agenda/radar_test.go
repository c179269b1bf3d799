package agenda

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/synclog"
)

// logOf reads a log with a diagram, and a board for each group: the lines of its items.
func logOf(t *testing.T, d2 string, boards map[string]string) *synclog.Log {
	t.Helper()
	fsys := fstest.MapFS{"log/archsync.yaml": {}}
	if d2 != "" {
		fsys["log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte(d2)}
	}
	for group, items := range boards {
		text := "items:\n"
		for line := range strings.Lines(items) {
			text += "  - {" + strings.TrimSpace(line) + "}\n"
		}
		fsys["log/board/"+group+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return synclog.NewReader(synclog.DefaultLimits()).Read(t.Context(), fsys, "log", synclog.All)
}

func TestRadar(t *testing.T) {
	const diagram = "store: {\n  a\n}\nweb\n"
	type boards = map[string]string
	for _, c := range []struct {
		name, before, now string
		was, is           boards
		want              []string
	}{
		{"nothing", diagram, diagram, nil, boards{"x": "id: aaaa1, title: T, status: ongoing, touches: [store]"}, nil},
		{"missing yet", diagram, diagram, nil, boards{"x": "id: aaaa1, title: T, status: planned, touches: [queue]"},
			[]string{"missing queue [x] [aaaa1] T `aaaa1` (x) touches `queue`, which no diagram has yet"}},
		{"missing again", diagram + "old\n", diagram, nil, boards{"x": "id: aaaa1, title: T, status: blocked, touches: [old]"},
			[]string{"missing old [x] [aaaa1] T `aaaa1` (x) touches `old`, which no diagram has any more"}},
		{"nothing of a connection", diagram, "web -> store\n", nil, boards{"x": "id: aaaa1, title: T, status: ongoing, touches: [web -> store]"}, nil},
		{"removal", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: Retire it, status: planned, touches: [store]",
			"y": "id: bbbb1, title: Build, status: ongoing, touches: [store.a]"},
			[]string{"removal store [x y] [aaaa1 bbbb1] Retire it `aaaa1` (x) is to take `store` away, and others build on it: Build `bbbb1` (y)"}},
		{"both remove it", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: Retire it, status: ongoing, touches: [store]",
			"y": "id: bbbb1, title: Leave it, status: ongoing, touches: [store]"}, nil},
		{"removal by one group", diagram, diagram, nil, boards{"x": "id: aaaa1, title: Retire it, status: ongoing, touches: [store]\nid: aaaa2, title: B, status: ongoing, touches: [store]"}, nil},
		{"removal, the others done", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: Drop it, status: ongoing, touches: [store]",
			"y": "id: bbbb1, title: B, status: done, touches: [store]"}, nil},
		{"a word that only begins so", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: Droplets, status: ongoing, touches: [store]",
			"y": "id: bbbb1, title: B, status: ongoing, touches: [store]"}, nil},
		{"shared", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: A, status: planned, touches: [web]",
			"y": "id: bbbb1, title: B, status: planned, touches: [web]"},
			[]string{"shared web [x y] [aaaa1 bbbb1] `web` is in the plans of several groups: A `aaaa1` (x), B `bbbb1` (y)"}},
		{"one of them works already", diagram, diagram, nil, boards{
			"x": "id: aaaa1, title: A, status: planned, touches: [web]",
			"y": "id: bbbb1, title: B, status: ongoing, touches: [web]"}, nil},
		{"unseen on the board", diagram, diagram, nil, boards{"x": "id: aaaa1, title: A, status: done, touches: [queue]"},
			[]string{"unseen queue [x] [aaaa1] A `aaaa1` (x) is done, and `queue`, which it touches, was never on a diagram"}},
		{"unseen at the sync before", diagram, diagram, boards{"x": "id: aaaa1, title: A, status: done, touches: [queue]"}, boards{"x": ""},
			[]string{"unseen queue [x] [aaaa1] A `aaaa1` (x) is done, and `queue`, which it touches, was never on a diagram"}},
		{"done with what is gone now", diagram + "queue\n", diagram, nil, boards{"x": "id: aaaa1, title: A, status: done, touches: [queue]"}, nil},
		{"unexpected, the outermost", diagram, diagram + "queue: {\n  b\n}\n", nil, nil,
			[]string{"unexpected queue [] [] `queue` is new, and no item or decision touches it"}},
		{"new inside of what is touched", diagram, diagram + "store.b\n", nil, boards{"x": "id: aaaa1, title: A, status: done, touches: [store]"}, nil},
		{"no diagram", "", "", nil, boards{"x": "id: aaaa1, title: T, status: planned, touches: [queue]"}, nil},
		{"a broken diagram", diagram, "a -> {", nil, boards{"x": "id: aaaa1, title: T, status: planned, touches: [queue]"}, nil},
	} {
		before, past := logOf(t, c.before, c.was), &Past{}
		past.Add("2026-03-12", before)
		var got []string
		for _, f := range NewSync("2026-03-26", logOf(t, c.now, c.is), before, past).Radar() {
			got = append(got, fmt.Sprint(f.Kind, " ", f.Component, " ", f.Groups, " ", f.Items, " ", f.Text))
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
