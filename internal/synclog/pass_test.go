package synclog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/board"
)

func TestParseDue(t *testing.T) {
	for text, want := range map[string]string{
		"2026-04-02": "2026-04-02", "04-02": "2026-04-02", "4-2": "2026-04-02", "03-10": "2026-03-10", "1-15": "2027-01-15",
		"10d": "2026-03-20", "+2w": "2026-03-24", " 3mo ": "2026-06-10", "1d": "2026-03-11",
		"": "", "soon": "", "2026-02-30": "", "0d": "", "-1d": "", "2026-03-09": "", "1000d": "", "d": "", "2y": "", "13-1": "",
	} {
		got, err := ParseDue(text, "2026-03-10")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestSlipsTo(t *testing.T) {
	l := &Log{}
	l.Config.Cadence.First = "2026-03-12"
	for _, c := range []struct{ due, today, want string }{
		{"2026-03-26", "2026-03-10", "2026-04-09"}, // the sync after it was due
		{"2026-03-05", "2026-03-10", "2026-03-26"}, // it has passed: the sync after the next one
		{"", "2026-03-10", "2026-03-26"},
		{"", "2026-03-12", "2026-03-26"}, // on the day of the sync
	} {
		if got := l.SlipsTo(board.Item{Due: c.due}, c.today); got != c.want {
			t.Errorf("due %q on %s slips to %s, want %s", c.due, c.today, got, c.want)
		}
	}
	l.Config.Cadence.Rule = "FREQ=DAILY;COUNT=1"
	if got := l.SlipsTo(board.Item{}, "2026-05-01"); got != "" {
		t.Errorf("without a next sync it slips to %s", got)
	}
}

func FuzzParseDue(f *testing.F) {
	for _, text := range []string{"2026-04-02", "4-2", "10d", "2w", "3mo", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		due, err := ParseDue(text, "2026-03-10")
		if err == nil && (due < "2026-03-10" || board.CheckValue("due", due) != nil) {
			t.Errorf("%q is %q", text, due)
		}
	})
}

func passLog(t *rapid.T, src string) *Log {
	return NewReader(DefaultLimits()).Read(t.Context(), fstest.MapFS{
		"sync-log/archsync.yaml":      {Data: []byte("title: x\n")},
		"sync-log/board/storage.yaml": {Data: []byte(src)},
	}, "sync-log", Board)
}

const passBoard = `# ours
name: Storage
items:
  - id: a6rzf
    title: One   # said so
    status: ongoing
    due: 2026-03-05
  - {id: x9ver, title: Two, status: planned}
  - id: bk4ej
    title: Three
    status: blocked
    blocked_by: [web]
`

// TestPassLaws: a pass says of each item what the board then shows, keeps leave no
// trace but the check-in, and another's change is never overwritten.
func TestPassLaws(t *testing.T) {
	verdicts := []Verdict{Keep, Finish, Block, Slip, Drop, Proceed}
	rapid.Check(t, func(t *rapid.T) {
		l := passLog(t, passBoard)
		p, err := BeginPass(l, "storage")
		if err != nil || len(p.Items) != 3 {
			t.Fatal(p, err)
		}
		said := map[string]Answer{}
		for range rapid.IntRange(0, 6).Draw(t, "answers") {
			it := rapid.SampledFrom(p.Items).Draw(t, "item")
			a := Answer{Verdict: rapid.SampledFrom(verdicts).Draw(t, "verdict"), By: "the disks", Due: "2026-04-02"}
			said[it.ID] = a
			p = p.Answer(it.ID, a)
		}
		now, touched := l, ""
		if rapid.Bool().Draw(t, "meanwhile") {
			touched = "x9ver"
			now = passLog(t, strings.Replace(passBoard, "title: Two, status: planned", "title: Two, status: ongoing", 1))
		}
		e, overtaken, err := p.Edit(now, "2026-03-10", true)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := board.Parse("sync-log/board/storage.yaml", e.Files[0].After)
		if len(problems) > 0 || f.Group().CheckedIn != "2026-03-10" || !strings.Contains(string(e.Files[0].After), "# said so") {
			t.Fatalf("%v\n%s", problems, e.Files[0].After)
		}
		for _, it := range p.Items {
			got, _ := f.Item(it.ID)
			a := p.AnswerOf(it.ID)
			if it.ID == touched && a.settings(it) != nil {
				if got.Status != board.Ongoing || got.Due != "" || !slices.Contains(overtaken, it.Title) {
					t.Fatalf("%s was overwritten: %+v", it.ID, got)
				}
				continue
			}
			want := map[Verdict]board.Status{Keep: it.Status, Slip: it.Status, Finish: board.Done, Block: board.Blocked, Drop: board.Dropped, Proceed: board.Ongoing}[a.Verdict]
			if it.ID == touched {
				want = board.Ongoing
			}
			if got.Status != want || a.Verdict == Slip && got.Due != "2026-04-02" || a.Verdict == Block && !slices.Equal(got.BlockedBy, []string{"the disks"}) {
				t.Fatalf("%s, %s: %+v", it.ID, a.Verdict, got)
			}
		}
	})
}
