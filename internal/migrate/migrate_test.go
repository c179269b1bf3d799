package migrate

// go test ./internal/migrate -update rewrites the expectations in testdata/cases.

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/history"
)

// TestCases imports the source of each archive and compares the episodes.
func TestCases(t *testing.T) {
	golden.Cases(t, "testdata/cases/*.txtar", golden.Below("want"), func(t *testing.T, c *golden.Case) {
		got := episodesOf(t, c.Given)
		c.Check(t, got...)
		if again := episodesOf(t, c.Given); !reflect.DeepEqual(again, got) {
			t.Error("a second import differs")
		}
	})
}

// episodesOf shows an import as files: want/DATE/PATH, or what is wrong as want.
func episodesOf(t *testing.T, given []txtar.File) []txtar.File {
	opt := Options{Dir: "log", Title: "Imported: log", Author: history.Author{Name: "Ada", Mail: "ada@example.com"}, RawStatus: "source_status"}
	diagrams := fstest.MapFS{}
	var source []byte
	for _, f := range given {
		switch {
		case f.Name == "map":
			var err error
			if opt.Map, err = ParseMap(strings.Split(strings.TrimSpace(string(f.Data)), "\n")); err != nil {
				t.Fatal(err)
			}
		case f.Name == "history.jsonl":
			source = f.Data
		case strings.HasPrefix(f.Name, "board/"):
			file, _ := board.Parse("log/"+f.Name, f.Data)
			opt.Board, opt.Title = append(opt.Board, file), ""
		default:
			diagrams[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	h, ps := Read("history.jsonl", bytes.NewReader(source))
	if len(ps) > 0 {
		var b strings.Builder
		for _, p := range ps {
			fmt.Fprintln(&b, p)
		}
		return []txtar.File{{Name: "want", Data: []byte(b.String())}}
	}
	episodes, err := h.Episodes(diagrams, opt)
	if err != nil {
		return []txtar.File{{Name: "want", Data: []byte(err.Error() + "\n")}}
	}
	var files []txtar.File
	for e, err := range episodes {
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("%s %s %s\n%s", e.When.Format("2006-01-02 15:04 -0700"), e.Author.Mail, e.Tag, e.Message)
		at := "want/" + strings.TrimPrefix(e.Tag, "sync/") + "/"
		files = append(files, txtar.File{Name: at + "commit", Data: []byte(head)})
		for _, path := range slices.Sorted(maps.Keys(e.Files)) {
			files = append(files, txtar.File{Name: at + path, Data: e.Files[path]})
		}
	}
	return files
}

func TestParseMap(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   StatusMap
	}{
		{nil, StatusMap{}},
		{[]string{"todo=planned", "doing=ongoing,ready=planned"}, StatusMap{"todo": "planned", "doing": "ongoing", "ready": "planned"}},
		{[]string{"=planned"}, StatusMap{"": "planned"}},
		{[]string{"a=b=done, c d|e=dropped,"}, StatusMap{"a=b": "done", "c d|e": "dropped"}},
		{[]string{"done, mostly=done"}, StatusMap{"done, mostly": "done"}},
		{[]string{"a=done", "a=done"}, StatusMap{"a": "done"}},
	} {
		if got, err := ParseMap(c.values); err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%q: %v, %v", c.values, got, err)
		}
	}
	for value, want := range map[string]string{
		"todo":             `cannot read mapping "todo": it has no =`,
		"todo=finished":    `cannot map "todo" to "finished": a status is one of planned, ongoing, blocked, done, dropped`,
		"a=done,a=ready":   `cannot map "a" to "ready"`,
		"a=done,a=ongoing": `cannot map "a" both to done and to ongoing`,
	} {
		if _, err := ParseMap([]string{value}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", value, err, want)
		}
	}
}

func TestLogWithItems(t *testing.T) {
	h, _ := Read("h.jsonl", strings.NewReader(`{"date":"2026-01-01","groups":{}}`))
	f, _ := board.Parse("board/a.yaml", []byte("items:\n  - {id: abc12, title: t, status: done}\n"))
	if _, err := h.Episodes(nil, Options{Board: []*board.File{f}}); err == nil || !strings.Contains(err.Error(), "has items already") {
		t.Errorf("error is %v", err)
	}
}

func TestIDsThatClash(t *testing.T) {
	first, err := newID("g", "r", func(string) bool { return false })
	if err != nil || !board.ValidID(first) {
		t.Fatal(first, err)
	}
	second, err := newID("g", "r", func(id string) bool { return id == first })
	if err != nil || second == first || !board.ValidID(second) {
		t.Errorf("%s, then %s (%v)", first, second, err)
	}
	if again, _ := newID("g", "r", func(id string) bool { return id == first }); again != second {
		t.Errorf("%s, then %s", second, again)
	}
}

// FuzzRead holds that any text is either refused with located problems, or
// imported into board files that are read back without any.
func FuzzRead(f *testing.F) {
	for _, a := range golden.Archives(f, "testdata/cases/*.txtar") {
		for _, file := range a.Files {
			if file.Name == "history.jsonl" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		h, ps := Read("h.jsonl", bytes.NewReader(src))
		for _, p := range ps {
			if p.Path != "h.jsonl" || p.What == "" || p.Line > bytes.Count(src, []byte("\n"))+1 {
				t.Errorf("odd problem %#v", p)
			}
		}
		if h == nil {
			return
		}
		m := StatusMap{}
		if unknown := h.Unknown(m); unknown != nil {
			for _, u := range unknown.Statuses {
				m[u.Status] = board.Planned
			}
		}
		episodes, err := h.Episodes(nil, Options{Map: m, Title: "x"})
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range episodes {
			if err != nil {
				t.Fatal(err)
			}
			for path, text := range e.Files {
				if !strings.HasPrefix(path, "board/") {
					continue
				}
				if _, ps := board.Parse(path, text); len(ps) > 0 {
					t.Fatalf("%v in\n%s", ps, text)
				}
			}
		}
	})
}

// TestAfter finds the lines that lie in the future.
func TestAfter(t *testing.T) {
	h, ps := Read("in.jsonl", strings.NewReader(`{"date":"2026-03-10","groups":{}}`+"\n\n"+`{"date":"2026-03-12","groups":{}}`))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if ps := h.After("2026-03-12"); len(ps) > 0 {
		t.Errorf("problems %v", ps)
	}
	if ps := h.After("2026-03-11"); len(ps) != 1 || ps[0].String() != "in.jsonl:3:1: date 2026-03-12 is in the future" {
		t.Errorf("problems %v", ps)
	}
}
