package agenda

import (
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func TestNext(t *testing.T) {
	weekly := "cadence:\n  rule: FREQ=WEEKLY;INTERVAL=2;BYDAY=TH\n  first: 2026-03-12\n"
	for _, c := range []struct {
		name, config, closed, day, want string
	}{
		{"before", weekly, "", "2026-03-10", "2026-03-12"},
		{"on the day", weekly, "", "2026-03-12", "2026-03-12"},
		{"closed today", weekly, "2026-03-12", "2026-03-12", "2026-03-26"},
		{"closed ahead", weekly, "2026-03-26", "2026-03-24", "2026-04-09"},
		{"no such rule", "cadence:\n  rule: nonsense\n", "", "2026-03-10", "2026-03-10"},
		{"no such day", weekly, "", "today", "today"},
	} {
		fsys := fstest.MapFS{"log/archsync.yaml": {Data: []byte(c.config)}}
		log := synclog.NewReader(synclog.DefaultLimits()).Read(t.Context(), fsys, "log", synclog.All)
		var closed []chronicle.Snapshot
		if c.closed != "" {
			closed = []chronicle.Snapshot{{Date: c.closed}}
		}
		if got := Next(closed, log.Config.Cadence, c.day); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Everybody has a turn, and who has nothing to show no timebox.
func TestOrder(t *testing.T) {
	fsys := fstest.MapFS{
		"log/archsync.yaml":    {Data: []byte("timebox: 5m\n")},
		"log/board/quiet.yaml": {Data: []byte("lead: Kim\n")},
		"log/board/busy.yaml":  {Data: []byte("lead: Ada\nitems:\n  - {id: a1b2c, title: Limits, status: ongoing}\n")},
	}
	now := synclog.NewReader(synclog.DefaultLimits()).Read(t.Context(), fsys, "log", synclog.All)
	order := NewSync("2026-03-12", now, nil, &Past{}).Agenda().Order()
	if len(order) != 2 || order[0].Group != "busy" || order[0].Speaker != "Ada" || order[0].Timebox <= 0 ||
		order[1] != (meeting.Turn{Group: "quiet", Speaker: "Kim"}) {
		t.Errorf("%+v", order)
	}
}
