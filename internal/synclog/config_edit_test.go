package synclog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/meeting"
)

func TestSetExceptions(t *testing.T) {
	skip := meeting.Cadence{Skip: []string{"2026-03-12", "2026-03-26"}}
	both := meeting.Cadence{Skip: []string{"2026-03-26"}, Moved: map[string]string{"2026-04-09": "2026-04-10"}}
	for _, c := range []struct {
		name, before string
		cadence      meeting.Cadence
		after        string // "" where it is refused
	}{
		{"an empty file", "", skip, "cadence:\n  skip: [2026-03-12, 2026-03-26]\n"},
		{"no line end", "title: Lumen", skip, "title: Lumen\ncadence:\n  skip: [2026-03-12, 2026-03-26]\n"},
		{"an empty key", "cadence: # later\ntitle: Lumen\n", skip, "cadence: # later\n  skip: [2026-03-12, 2026-03-26]\ntitle: Lumen\n"},
		{"windows", "cadence:\r\n  first: 2026-03-12\r\n", skip, "cadence:\r\n  first: 2026-03-12\r\n  skip: [2026-03-12, 2026-03-26]\r\n"},
		{"a list in lines grows", "cadence:\n  skip:\n    - 2026-03-12 # first\n  time: \"14:00\"\n", skip,
			"cadence:\n  skip:\n    - 2026-03-12 # first\n    - 2026-03-26\n  time: \"14:00\"\n"},
		{"a list in lines gets shorter", "cadence:\n  skip:\n    - 2026-03-12 # first\n    - 2026-03-26\n", meeting.Cadence{Skip: []string{"2026-03-26"}},
			"cadence:\n  skip:\n    - 2026-03-26\n"},
		{"the last one goes", "cadence:\n  skip: [2026-03-12]\n  time: \"14:00\"\n", meeting.Cadence{}, "cadence:\n  time: \"14:00\"\n"},
		{"comments at the margin", "cadence:\n  first: 2026-03-12\n# ours\n  time: \"14:00\"\n\n# the rest\ntitle: x\n", both,
			"cadence:\n  first: 2026-03-12\n# ours\n  time: \"14:00\"\n  skip: [2026-03-26]\n  moved:\n    2026-04-09: 2026-04-10\n\n# the rest\ntitle: x\n"},
		{"deeper, and a mapping on a line", "cadence:\n      first: 2026-03-12\n      moved: {2026-04-09: 2026-04-16}\n", both,
			"cadence:\n      first: 2026-03-12\n      moved:\n        2026-04-09: 2026-04-10\n      skip: [2026-03-26]\n"},
		{"on the line of its key", "cadence: {first: 2026-03-12}\n", skip, ""},
		{"an alias", "x: &a [2026-03-01]\ncadence:\n  skip: *a\n", skip, ""},
		{"not YAML", "cadence:\n  skip: [\n", skip, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := SetExceptions(&Log{Dir: "sync-log"}, []byte(c.before), c.cadence, "skip")
			if err != nil || c.after == "" {
				if c.after != "" || err == nil || !strings.Contains(err.Error(), "cannot write the exceptions") {
					t.Fatalf("%v, %v", e, err)
				}
				return
			}
			if got := string(e.Files[0].After); got != c.after {
				t.Errorf("becomes\n%s\nwant\n%s", got, c.after)
			}
		})
	}
}

// TestSetExceptionsLaw: whatever stands around them, the exceptions are written and
// taken out again without a trace.
func TestSetExceptionsLaw(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "# words", "  # words", "  first: 2026-03-12", "  time: '14:00' # x", "  duration: \"45m\"", "   # deeper"})
	rapid.Check(t, func(t *rapid.T) {
		var before strings.Builder
		before.WriteString("title: Lumen # ours\ncadence:\n  rule: FREQ=DAILY\n")
		seen := map[string]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			l := line.Draw(t, "line")
			key, _, isKey := strings.Cut(strings.TrimSpace(l), ":")
			if isKey && seen[key] {
				continue
			}
			seen[key] = isKey
			before.WriteString(l + "\n")
		}
		before.WriteString(rapid.SampledFrom([]string{"", "timebox: 5m\n", "# end\ngroups: [a]\n"}).Draw(t, "end"))
		c := meeting.Cadence{Moved: map[string]string{}}
		for range rapid.IntRange(1, 3).Draw(t, "exceptions") {
			day := fmt.Sprintf("2026-05-%02d", rapid.IntRange(1, 28).Draw(t, "day"))
			c.Skip = append(c.Skip, day)
			c.Moved[day] = "2026-06-01"
		}
		l := &Log{Dir: "sync-log"}
		with, err := SetExceptions(l, []byte(before.String()), c, "x")
		if err != nil {
			t.Fatal(err)
		}
		config, _ := ParseConfig("", with.Files[0].After)
		if !reflect.DeepEqual(config.Cadence.Skip, c.Skip) || !reflect.DeepEqual(config.Cadence.Moved, c.Moved) {
			t.Fatalf("reads as %+v, not %+v", config.Cadence, c)
		}
		out, err := SetExceptions(l, with.Files[0].After, meeting.Cadence{}, "x")
		if err != nil || string(out.Files[0].After) != before.String() {
			t.Fatalf("%v\n%s\nbefore\n%s", err, out.Files[0].After, before.String())
		}
	})
}

func TestTimeboxes(t *testing.T) {
	c, problems := ParseConfig("archsync.yaml", []byte("timebox: 4m\ntimeboxes: {storage: 8m, web: soon}\nagenda: javascript:alert(1)\n"))
	if c.TimeboxOf("storage").String() != "8m0s" || c.TimeboxOf("web").String() != "4m0s" || c.TimeboxOf("ingest").String() != "4m0s" {
		t.Error(c.TimeboxOf("storage"), c.TimeboxOf("web"), c.TimeboxOf("ingest"))
	}
	if len(problems) != 2 || !strings.Contains(problems[0].What, `timebox "soon" of web`) || !strings.Contains(problems[1].What, "is not a link") || c.Agenda != "" {
		t.Error(problems, c.Agenda)
	}
}
