package meeting

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"
	"pgregory.net/rapid"
)

// TestDueAndStartOverClockChanges: the hour on the wall is what people agree on, and a
// day before is the same hour of the day before.
func TestDueAndStartOverClockChanges(t *testing.T) {
	for _, c := range []struct{ name, zone, date, clock, deadline, start, due string }{
		{"winter", "Europe/Berlin", "2026-03-12", "14:00", "1d", "2026-03-12T13:00:00Z", "2026-03-11T13:00:00Z"},
		{"the day the clocks go forward", "Europe/Berlin", "2026-03-29", "14:00", "1d", "2026-03-29T12:00:00Z", "2026-03-28T13:00:00Z"},
		{"the day after", "Europe/Berlin", "2026-03-30", "14:00", "24h", "2026-03-30T12:00:00Z", "2026-03-29T12:00:00Z"},
		{"an hour that the day does not have", "Europe/Berlin", "2026-03-29", "02:30", "", "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z"},
		{"an hour that comes twice", "Europe/Berlin", "2026-10-25", "02:30", "", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"},
		{"the day the clocks go back", "America/New_York", "2026-11-01", "14:00", "2d4h", "2026-11-01T19:00:00Z", "2026-10-30T14:00:00Z"},
		{"the southern half", "Australia/Sydney", "2026-10-05", "09:00", "1d", "2026-10-04T22:00:00Z", "2026-10-03T22:00:00Z"},
		{"half an hour of difference", "Australia/Lord_Howe", "2026-04-05", "10:00", "1d", "2026-04-04T23:30:00Z", "2026-04-03T23:00:00Z"},
		{"a zone without changes", "Asia/Kolkata", "2026-03-29", "14:00", "4h", "2026-03-29T08:30:00Z", "2026-03-29T04:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			cadence := Cadence{Rule: "FREQ=DAILY", Time: c.clock, Deadline: c.deadline}
			if faults := cadence.Check(); len(faults) > 0 {
				t.Fatal(faults)
			}
			start, err := cadence.Start(c.date, zone)
			if got := start.UTC().Format(time.RFC3339); got != c.start || err != nil {
				t.Errorf("starts at %s (%v), want %s", got, err, c.start)
			}
			due, err := cadence.Due(c.date, zone)
			if got := due.UTC().Format(time.RFC3339); got != c.due || err != nil {
				t.Errorf("due at %s (%v), want %s", got, err, c.due)
			}
		})
	}
}

func TestDeadlineFaults(t *testing.T) {
	for _, text := range []string{"soon", "-1d", "1.5d", "61d", "1d-2h", "d", "-3h", "9999h", "1d1d"} {
		if faults := (Cadence{Deadline: text}).Check(); len(faults) != 1 || faults[0].Key != "deadline" {
			t.Errorf("deadline %q: %v", text, faults)
		}
	}
}

// TestExceptionLaws: skipping takes a sync away and nothing else, and is undone; moving
// gives its date for another, and back; what was refused would have broken that.
func TestExceptionLaws(t *testing.T) {
	date := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "day")).Format(time.DateOnly)
	})
	rapid.Check(t, func(t *rapid.T) {
		c := Cadence{Rule: "FREQ=WEEKLY;BYDAY=TH", First: "2026-01-01"}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			from, to := date.Draw(t, "from"), date.Draw(t, "to")
			before := mustBetween(t, c)
			if rapid.Bool().Draw(t, "skip") {
				next, err := c.WithoutSync(from)
				if err != nil {
					continue
				}
				if after := mustBetween(t, next); strings.Join(after, " ") != without(before, from) {
					t.Fatalf("without %s: %v becomes %v", from, before, after)
				}
				c = next
				continue
			}
			next, err := c.Rescheduled(from, to)
			if err != nil {
				continue
			}
			if on, err := next.On(to); err != nil || !on {
				t.Fatalf("%s moved to %s: it is not there (%v)", from, to, err)
			}
			if len(mustBetween(t, next)) != len(before) && c.Moved == nil {
				t.Fatalf("%s moved to %s: %v becomes %v", from, to, before, mustBetween(t, next))
			}
			back, err := next.Rescheduled(to, from)
			if err != nil || c.Moved == nil && strings.Join(mustBetween(t, back), " ") != strings.Join(before, " ") {
				t.Fatalf("%s moved to %s and back: %v (%v), before %v", from, to, mustBetween(t, back), err, before)
			}
			c = next
		}
		if faults := c.Check(); len(faults) > 0 {
			t.Fatal(faults)
		}
	})
}

func mustBetween(t *rapid.T, c Cadence) []string {
	dates, err := c.Between("2025-12-01", "2026-04-30")
	if err != nil {
		t.Fatal(err)
	}
	return dates
}

func without(dates []string, date string) string {
	var left []string
	for _, d := range dates {
		if d != date {
			left = append(left, d)
		}
	}
	return strings.Join(left, " ")
}

// TestCalendarIsReadBack: another reader of the format finds every sync at its instant.
func TestCalendarIsReadBack(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := Cadence{Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", First: "2026-03-12", Skip: []string{"2026-04-23"}, Moved: map[string]string{"2026-04-09": "2026-04-14"}}
	k := Calendar{
		Title: "Architektur, \"Sync\"; ganz groß\r\nBEGIN:VEVENT", Log: "lumen", Zone: zone, Now: two,
		Agenda: "https://git.lumen.example/agenda?a=1,2;3", Place: strings.Repeat("Größe ", 40),
	}
	src, err := k.Write(c, "2026-03-12", "2026-05-07")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(src), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("not a line of RFC 5545: %q", line)
		}
	}
	read, err := ical.ParseCalendar(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range read.Events() {
		start, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		end, err := e.GetEndAt()
		if err != nil || end.Sub(start) != 45*time.Minute {
			t.Errorf("it ends at %v (%v)", end, err)
		}
		status := e.GetProperty(ical.ComponentPropertyStatus).Value
		got = append(got, e.Id()[:10]+" "+start.UTC().Format("01-02T15:04")+" "+status)
		if about := e.GetProperty(ical.ComponentPropertyDescription).Value; !strings.Contains(about, k.Agenda) {
			t.Errorf("the description is %q", about)
		}
	}
	want := []string{
		"2026-03-12 03-12T13:00 CONFIRMED", "2026-03-26 03-26T13:00 CONFIRMED", "2026-04-09 04-14T12:00 CONFIRMED",
		"2026-04-23 04-23T12:00 CANCELLED", "2026-05-07 05-07T12:00 CONFIRMED",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	again, _ := k.Write(c, "2026-03-12", "2026-05-07")
	other := k
	other.Log = "another"
	if others, _ := other.Write(c, "2026-03-12", "2026-05-07"); !bytes.Equal(src, again) || bytes.Equal(src, others) {
		t.Error("an event's identity is not its log's and its date's")
	}
}
