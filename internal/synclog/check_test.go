package synclog

import (
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/problem"
)

func TestCheckPlaces(t *testing.T) {
	fsys := wholeLog()
	for name, src := range map[string]string{
		"sync-log/archsync.yaml":          "groups:\n  - edge\n  - web\n",
		"sync-log/breakouts/zz.md":        "---\ntopic: Retries\ngroup: nobody\n---\n",
		"sync-log/breakouts/untitled.md":  "What was it?\n",
		"sync-log/syncs/2026-03-12.md":    "---\nsync: 2026-03-12\nbreakouts: [gone]\n---\n# Minutes\n\nThe picture: ![The architecture on 2026-03-12](2026-03-12.svg)\n",
		"sync-log/syncs/2026-02-26.md":    "# No front matter\n",
		"sync-log/syncs/2026-02-12.md":    "---\nsync: 2026-02-13\n---\n![x](2026-02-12.svg)\n",
		"sync-log/syncs/2026-02-12.svg":   "<svg/>",
		"sync-log/board/web.yml":          "items: []\n",
		"sync-log/board/Bad Name.yaml":    "items: []\n",
		"sync-log/board/stray.txt":        "?",
		"sync-log/board/README.md":        "# How we keep the board\n",
		"sync-log/board/.hidden":          "",
		"sync-log/board/old/ingest.yaml":  "items: []\n",
		"sync-log/decisions/unrelated.md": "---\nstate: agreed\ntitle: X\n---\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	l := readLog(t, fsys)
	got := problem.Sort(slices.Concat(Check(l), CheckFiles(fsys, l)))
	want := []string{
		`sync-log/archsync.yaml:3:5: groups names "web", which has no file in board/`,
		`sync-log/board/Bad Name.yaml: "Bad Name" is no group's id: only a-z, 0-9, - and _ may stand in it`,
		`sync-log/board/old: a folder on the board is not read`,
		`sync-log/board/stray.txt: the file is not read: it is no group's`,
		`sync-log/board/web.yml: the file is not read: a group's file ends in .yaml`,
		`sync-log/breakouts/untitled.md:1:1: breakout has no topic`,
		`sync-log/breakouts/zz.md:3:1: unknown group "nobody"`,
		`sync-log/syncs/2026-02-12.md:2:1: sync is 2026-02-13 in the record of 2026-02-12`,
		`sync-log/syncs/2026-02-26.md:1:1: the record does not say which sync it is of`,
		`sync-log/syncs/2026-03-12.md:3:1: breakout "gone" has no file in breakouts/`,
		`sync-log/syncs/2026-03-12.md:7:46: the minutes show 2026-03-12.svg, which is not there`,
	}
	complain(t, got, want)
}

func TestCheckTimeline(t *testing.T) {
	fsys := wholeLog()
	fsys["sync-log/syncs/2026-01-01.md"] = &fstest.MapFile{Data: []byte("---\nsync: 2026-01-01\n---\n")}
	l := readLog(t, fsys)
	const commit = "0123456789abcdef0123456789abcdef01234567"
	says := func(date string) string {
		return WithTrailer("Architecture sync "+date+"\n\nNothing.\n", SyncTrailer, date)
	}
	got := CheckTimeline(l, []Closed{
		{Date: "2026-01-01", Tag: "sync/2026-01-01", Commit: commit, Message: says("2026-01-01"), Record: true},
		{Date: "2026-01-15", Commit: commit, Message: says("2026-01-15"), Record: true},
		{Date: "2026-01-29", Tag: "sync/2026-01-29", Commit: commit, Message: "fix\n"},
		{Date: "2026-02-12", Tag: "sync/2026-02-12", Commit: commit, Message: says("2026-01-15"), Record: true},
		{Date: "2026-02-26", Tag: "sync/2026-02-26", Commit: commit, Message: WithTrailer("Clear", ClearTrailer, "2026-02-26"), Record: true},
		{Date: "2026-03-12", Tag: "sync/2026-03-12", Commit: commit, Message: says("2026-03-12")},
		{Date: "2026-03-26", Tag: "sync/2026-03-26", Commit: commit, Err: errors.New("object not found")},
	})
	complain(t, got[:5], []string{
		"sync-log/syncs/2026-01-15.md: the record of the sync of 2026-01-15 is missing",
		"sync-log/syncs/2026-01-29.md: the tag sync/2026-01-29 stands on 0123456, which is not the snapshot of that sync",
		"sync-log/syncs/2026-02-12.md: the tag sync/2026-02-12 stands on 0123456, which is not the snapshot of that sync",
		"sync-log/syncs/2026-02-26.md: the tag sync/2026-02-26 stands on 0123456, which is not the snapshot of that sync",
		"sync-log/syncs/2026-03-12.md: the record of the sync of 2026-03-12 is missing",
	})
	if len(got) != 6 {
		t.Errorf("problems %v", got)
	}
}

// complain compares problems with their lines; each must have a hint.
func complain(t *testing.T, got []problem.Problem, want []string) {
	t.Helper()
	var lines []string
	for _, p := range got {
		lines = append(lines, p.String())
		if p.Hint == "" {
			t.Errorf("no hint: %v", p)
		}
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%q\nwant\n%q", lines, want)
	}
}
