package meeting

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const record = `---
sync: 2026-03-12 # a Thursday
host: Ada
present: [ada, bo]
absent:
  - cy
timings:
  ingest: 3m40s
  storage: soon
room: "4"
---
# Minutes

Text.
`

func TestRecord(t *testing.T) {
	r, ps := ParseRecord("sync-log/syncs/2026-03-12.md", []byte(record))
	if len(ps) != 1 || ps[0].String() != `sync-log/syncs/2026-03-12.md:7:1: timing of storage is "soon", not a duration` {
		t.Errorf("problems %v", ps)
	}
	if r.Date != "2026-03-12" || r.Host != "Ada" || r.Timings["ingest"] != 220*time.Second || len(r.Timings) != 1 || r.Body != "# Minutes\n\nText.\n" || r.Extra[0].Value != "4" {
		t.Errorf("record %+v", r)
	}
	r.Absent = nil
	r.Breakouts = []string{"retry-budget"}
	r.Timings = map[string]time.Duration{"ingest": 220 * time.Second, "query": 5 * time.Minute}
	r.Body += "\nMore.\n"
	got, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		"absent:\n  - cy\n", "",
		"  storage: soon\n", "  query: 5m\n  storage: soon\n",
		"room: \"4\"\n", "room: \"4\"\nbreakouts: [retry-budget]\n",
		"Text.\n", "Text.\n\nMore.\n",
	).Replace(record)
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNewFiles(t *testing.T) {
	r := Record{Path: "syncs/2026-03-12.md", Date: "2026-03-12", Host: "Ada: host", Present: []string{"ada"}, Timings: map[string]time.Duration{"ingest": 90 * time.Minute}, Body: "# Minutes\n"}
	b := Breakout{Path: "breakouts/retry.md", Topic: "Retry #1", People: []string{"ada", "bo"}, Sync: "2026-03-12", Group: "ingest", Components: []string{"a -> b"}, Items: []string{"12345"}, Notes: "Notes.\n"}
	got, err := r.Bytes()
	if want := "---\nsync: 2026-03-12\nhost: \"Ada: host\"\npresent: [ada]\ntimings:\n  ingest: 1h30m\n---\n# Minutes\n"; err != nil || string(got) != want {
		t.Errorf("got\n%s\n%v", got, err)
	}
	if again, ps := ParseRecord(r.Path, got); len(ps) > 0 || !reflect.DeepEqual(again.fields(), r.fields()) || again.Body != r.Body {
		t.Errorf("read back as %+v, %v", again, ps)
	}
	got, err = b.Bytes()
	if want := "---\ntopic: \"Retry #1\"\npeople: [ada, bo]\nsync: 2026-03-12\ngroup: ingest\ncomponents: [a -> b]\nitems: [\"12345\"]\nstate: open\n---\nNotes.\n"; err != nil || string(got) != want {
		t.Errorf("got\n%s\n%v", got, err)
	}
	if again, ps := ParseBreakout(b.Path, got); len(ps) > 0 || again.ID != "retry" || !reflect.DeepEqual(again.fields(), b.fields()) {
		t.Errorf("read back as %+v, %v", again, ps)
	}
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ file, src, want string }{
		"no topic":      {"breakouts/x.md", "---\nstate: open\n---\n", "breakouts/x.md:1:1: breakout has no topic"},
		"state":         {"breakouts/x.md", "---\ntopic: x\nstate: half\n---\n", `breakouts/x.md:3:1: unknown state "half"`},
		"no outcome":    {"breakouts/x.md", "---\ntopic: x\nstate: closed\n---\n", "breakouts/x.md:3:1: breakout is closed without an outcome"},
		"sync":          {"breakouts/x.md", "---\ntopic: x\nsync: soon\n---\n", `breakouts/x.md:3:1: "soon" is not a date`},
		"shape":         {"breakouts/x.md", "---\ntopic: [x]\n---\n", "breakouts/x.md:2:1: topic is a list where a single value is expected"},
		"other date":    {"syncs/2026-03-12.md", "---\nsync: 2026-03-13\n---\n", "syncs/2026-03-12.md:2:1: sync is 2026-03-13 in the record of 2026-03-12"},
		"no date":       {"syncs/notes.md", "text", `syncs/notes.md:1:1: "notes" is not a date`},
		"no fence":      {"syncs/2026-03-12.md", "text", "syncs/2026-03-12.md:1:1: the record does not say which sync it is of"},
		"no sync":       {"syncs/2026-03-12.md", "---\nhost: ada\n---\n", "syncs/2026-03-12.md:1:1: the record does not say which sync it is of"},
		"not YAML":      {"syncs/2026-03-12.md", "---\nhost: @ada\n---\n", "syncs/2026-03-12.md:2:7: front matter is not valid YAML: found character that cannot start any token"},
		"never closed":  {"syncs/2026-03-12.md", "---\nhost: ada\n", "syncs/2026-03-12.md:1:1: front matter is not closed"},
		"twice the key": {"syncs/2026-03-12.md", "---\nhost: ada\nhost: bo\n---\n", `syncs/2026-03-12.md:3:7: front matter is not valid YAML: key "host" stands twice`},
	} {
		t.Run(name, func(t *testing.T) {
			_, ps := ParseRecord(c.file, []byte(c.src))
			if strings.HasPrefix(c.file, "breakouts") {
				_, ps = ParseBreakout(c.file, []byte(c.src))
			}
			if len(ps) == 0 || ps[0].String() != c.want || ps[0].Hint == "" {
				t.Errorf("got %v, want %s", ps, c.want)
			}
		})
	}
}

// FuzzFiles holds the law that a file which nobody edited is written as it was.
func FuzzFiles(f *testing.F) {
	f.Add([]byte(record))
	f.Add([]byte("---\r\ntopic: 'x'\r\nstate: closed # y\r\n---\r\nbody"))
	f.Add([]byte("\xef\xbb\xbf---\nhost: [a, {b: c}]\n---"))
	f.Fuzz(func(t *testing.T, src []byte) {
		r, _ := ParseRecord("syncs/2026-03-12.md", src)
		b, _ := ParseBreakout("breakouts/x.md", src)
		for _, file := range []interface{ Bytes() ([]byte, error) }{r, b} {
			if got, err := file.Bytes(); err != nil || string(got) != string(src) {
				t.Fatalf("%q became %q (%v)", src, got, err)
			}
		}
	})
}
