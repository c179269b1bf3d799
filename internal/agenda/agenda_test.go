package agenda

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

const syncDate = "2026-03-12"

// TestForms computes agenda and minutes of every case in testdata/minutes, in all
// forms. An archive holds the log before (none at the first sync) and now, problems
// to record, and under want/ what is expected.
func TestForms(t *testing.T) {
	golden.Cases(t, "testdata/minutes/*.txtar", golden.Below("want"), testForms)
}

func testForms(t *testing.T, c *golden.Case) {
	s, held := caseOf(t, c.Given)
	told(t, s)
	var got []txtar.File
	for _, made := range []struct{ name, text string }{{"agenda", s.Agenda().Markdown()}, {"minutes", s.Minutes(held).Markdown()}} {
		got = append(got,
			txtar.File{Name: "want/" + made.name + ".md", Data: []byte(made.text)},
			txtar.File{Name: "want/" + made.name + ".txt", Data: []byte(markdown.Text(made.text))},
			txtar.File{Name: "want/" + made.name + ".slack", Data: []byte(markdown.Slack(made.text))},
			txtar.File{Name: "want/" + made.name + ".html", Data: []byte(body(markdown.HTML("", made.text, func(string) []byte { return []byte("<svg/>") })))},
		)
	}
	c.Check(t, got...)
}

// body leaves out what every page has.
func body(page string) string {
	_, page, _ = strings.Cut(page, "<body>\n")
	return strings.TrimSuffix(page, "</body>\n</html>\n")
}

func caseOf(t *testing.T, files []txtar.File) (*Sync, Held) {
	held := Held{Picture: true}
	moments := map[string]fstest.MapFS{"before": {}, "now": {}}
	for _, f := range files {
		moment, path, _ := strings.Cut(f.Name, "/")
		if fsys, ok := moments[moment]; ok {
			fsys[path] = &fstest.MapFile{Data: f.Data}
		}
		if f.Name == "problems" {
			path, what, _ := strings.Cut(strings.TrimSpace(string(f.Data)), ": ")
			held = Held{Problems: []problem.Problem{{Path: path, What: what}}}
		}
	}
	past := &Past{}
	var before *synclog.Log
	if len(moments["before"]) > 0 {
		before = readLog(t, moments["before"])
		past.Add("2026-02-26", before)
	}
	return NewSync(syncDate, readLog(t, moments["now"]), before, past), held
}

func readLog(t *testing.T, fsys fstest.MapFS) *synclog.Log {
	t.Helper()
	return synclog.NewReader(synclog.DefaultLimits()).Read(t.Context(), fsys, "sync-log", synclog.All)
}

// told checks the law of the minutes: every change between the two moments is told,
// and told once.
func told(t *testing.T, s *Sync) {
	t.Helper()
	d := s.Difference()
	want := keysOf(slices.Concat(d.Items, d.Components, d.Connections, d.Decisions))
	if got := keysOf(s.Minutes(Held{}).Changes()); !slices.Equal(got, want) {
		t.Errorf("%s: told are %d changes of %d:\n%s\nwant\n%s", s.Date, len(got), len(want), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func keysOf(changes []change.Change) []string {
	keys := make([]string, len(changes))
	for i, c := range changes {
		keys[i] = strings.Join([]string{string(c.Kind), c.Subject, string(c.Reason), c.Field, change.Text(c.From), change.Text(c.To), c.Place}, "|")
	}
	slices.Sort(keys)
	return keys
}
