package meeting

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a test machine may have no zones

	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	holidays := Cadence{Skip: []string{"2025-12-25"}, Moved: map[string]string{"2026-01-08": "2026-01-12"}}
	for _, c := range []struct {
		name    string
		cadence Cadence
		after   string
		want    string
	}{
		{"default", Cadence{}, "2026-03-01", "2026-03-05"},
		{"strictly after", Cadence{}, "2026-03-05", "2026-03-19"},
		{"first counts the weeks", Cadence{First: "2024-11-07"}, "2026-03-01", "2026-03-12"},
		{"nothing before the first", Cadence{First: "2026-05-07"}, "2020-01-01", "2026-05-07"},
		{"first beside the rule", Cadence{First: "2026-05-04"}, "2020-01-01", "2026-05-07"},
		{"skipped", Cadence{First: "2025-12-11", Skip: []string{"2025-12-25"}}, "2025-12-11", "2026-01-08"},
		{"skipped and moved", Cadence{First: "2025-12-11", Skip: holidays.Skip, Moved: holidays.Moved}, "2025-12-11", "2026-01-12"},
		{"moved to an earlier day", Cadence{First: "2026-03-05", Moved: map[string]string{"2026-03-19": "2026-03-17"}}, "2026-03-05", "2026-03-17"},
		{"moved, then on", Cadence{First: "2026-03-05", Moved: map[string]string{"2026-03-19": "2026-03-24"}}, "2026-03-24", "2026-04-02"},
		{"a moved date that is skipped", Cadence{First: "2026-03-05", Moved: map[string]string{"2026-03-19": "2026-03-24"}, Skip: []string{"2026-03-24"}}, "2026-03-05", "2026-04-02"},
		{"moved over another", Cadence{First: "2026-03-05", Moved: map[string]string{"2026-03-05": "2026-03-19"}}, "2026-03-01", "2026-03-19"},
		{"first Monday of a month", Cadence{Rule: "FREQ=MONTHLY;BYDAY=1MO", First: "2026-01-01"}, "2026-03-02", "2026-04-06"},
		{"last day of February in a leap year", Cadence{Rule: "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", First: "2020-01-01"}, "2024-02-29", "2028-02-29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if faults := c.cadence.Check(); len(faults) > 0 {
				t.Error(faults)
			}
			if got, err := c.cadence.Next(c.after); got != c.want || err != nil {
				t.Errorf("after %s comes %s (%v), want %s", c.after, got, err, c.want)
			}
		})
	}
}

func TestNoNext(t *testing.T) {
	for _, rule := range []string{"FREQ=WEEKLY;UNTIL=20210101T000000Z", "FREQ=WEEKLY;COUNT=3", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"} {
		if next, err := (Cadence{Rule: rule}).Next("2026-03-01"); !errors.Is(err, ErrNoSync) {
			t.Errorf("%s: %q, %v", rule, next, err)
		}
	}
	if _, err := (Cadence{}).Next("soon"); err == nil || !strings.Contains(err.Error(), `"soon"`) {
		t.Errorf("error is %v", err)
	}
}

func TestBetween(t *testing.T) {
	c := Cadence{First: "2026-03-05", Skip: []string{"2026-04-02"}, Moved: map[string]string{"2026-03-19": "2026-03-20", "2026-05-28": "2026-04-30"}}
	got, err := c.Between("2026-03-05", "2026-04-30")
	if want := []string{"2026-03-05", "2026-03-20", "2026-04-16", "2026-04-30"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := c.Between("2026-04-30", "2026-03-05"); err != nil || len(got) > 0 {
		t.Errorf("backwards gives %q, %v", got, err)
	}
	if on, err := c.On("2026-03-19"); on || err != nil {
		t.Errorf("a sync on a date from which it was moved: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		cadence Cadence
		want    string
	}{
		{Cadence{Rule: "every other Thursday"}, "rule: cannot read rule"},
		{Cadence{Rule: "FREQ=HOURLY"}, `rule: rule "FREQ=HOURLY" is about hours, not dates`},
		{Cadence{Rule: "FREQ=WEEKLY;BYHOUR=3"}, "is about hours"},
		{Cadence{Rule: "DTSTART:20260101T000000Z\nRRULE:FREQ=WEEKLY"}, "more than a recurrence"},
		{Cadence{First: "2026-02-30"}, `first: "2026-02-30" is not a date`},
		{Cadence{First: "0001-01-01"}, "is before 1970"},
		{Cadence{Time: "25:00"}, `time: "25:00" is not a time of day`},
		{Cadence{Duration: "an hour"}, "duration: "},
		{Cadence{Duration: "-5m"}, "duration: "},
		{Cadence{Skip: []string{"Christmas"}}, `skip: "Christmas" is not a date`},
		{Cadence{First: "2026-03-05", Moved: map[string]string{"2026-03-06": "2026-03-07"}}, "moved: 2026-03-06 is moved, but the rule has no sync on it"},
	} {
		faults := c.cadence.Check()
		if len(faults) != 1 || !strings.Contains(faults[0].Key+": "+faults[0].What, c.want) || faults[0].Hint == "" {
			t.Errorf("%+v: %q, want %q", c.cadence, faults, c.want)
		}
	}
}

func TestStart(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ clock, date, want string }{
		{"14:00", "2026-03-26", "2026-03-26T13:00:00Z"}, // winter time
		{"14:00", "2026-04-09", "2026-04-09T12:00:00Z"}, // summer time
		{"02:30", "2026-03-29", "2026-03-29T01:30:00Z"}, // skipped by the zone: an hour later
	} {
		at, err := Cadence{Time: c.clock}.Start(c.date, berlin)
		if got := at.UTC().Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%s at %s is %s (%v), want %s", c.date, c.clock, got, err, c.want)
		}
	}
}

// TestNextIsBetween is the law that both ways to ask agree.
func TestNextIsBetween(t *testing.T) {
	date := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2025, 1, 1+rapid.IntRange(0, 700).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
	rapid.Check(t, func(t *rapid.T) {
		c := Cadence{
			Rule:  rapid.SampledFrom([]string{"", "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=5"}).Draw(t, "rule"),
			First: date.Draw(t, "first"), Skip: rapid.SliceOf(date).Draw(t, "skip"), Moved: rapid.MapOf(date, date).Draw(t, "moved"),
		}
		after := date.Draw(t, "after")
		next, err := c.Next(after)
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.Between(after, next)
		if err != nil || !slices.IsSorted(all) {
			t.Fatal(all, err)
		}
		if all = slices.DeleteFunc(all, func(d string) bool { return d == after }); !slices.Equal(all, []string{next}) {
			t.Fatalf("next after %s is %s, between lie %q", after, next, all)
		}
	})
}
