// Package meeting is what there is to know of a sync, the regular meeting: when
// it takes place ([Cadence]), what its record says ([Record]) and which topics
// left it for a smaller round ([Breakout]).
//
// Dates are ISO dates (YYYY-MM-DD) in the log's time zone. They are compared as
// text, and no function here asks a clock: the date that stands for today is an
// argument. Files come in as bytes with a path for complaints, and go out as
// bytes in which nothing has changed but what was asked for.
package meeting

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// The cadence of a log that names none: every second Thursday, in the weeks
// counted from the first one of 2020.
const (
	DefaultRule     = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"
	DefaultFirst    = "2020-01-02"
	DefaultTime     = "14:00"
	DefaultDuration = "45m"
)

// Cadence says on which dates there is a sync. The zero value is every second
// Thursday.
type Cadence struct {
	Rule     string            // a recurrence of RFC 5545 without DTSTART; about dates only
	First    string            // the date from which the rule counts; no sync is before it
	Time     string            // 14:00, in the log's time zone
	Duration string            // 45m, 1h30m
	Skip     []string          // dates without the sync that the rule has
	Moved    map[string]string // date of the rule -> the date on which it takes place
	Deadline string            // how long before the sync updates are due: 1d, 4h; none is its start
}

// Fault is something wrong with a cadence. Key is the field as archsync.yaml
// spells it (rule, first, time, duration, skip, moved, deadline), so that its reader can
// say where it stands.
type Fault struct {
	Key, What, Hint string
}

// Error is the fact alone, so that a fault can be shown where an error is.
func (f Fault) Error() string { return f.What }

// ErrNoSync says that the cadence has no date where one was asked for: the rule
// has ended, or never comes true.
var ErrNoSync = errors.New("the cadence has no sync")

// horizon is how far ahead a next sync is looked for.
const horizon = 10 // years

// Check lists what is wrong, in the order of the fields. A cadence without
// faults gives dates without errors.
func (c Cadence) Check() []Fault {
	var faults []Fault
	fault := func(key, hint, format string, operands ...any) {
		faults = append(faults, Fault{key, fmt.Sprintf(format, operands...), hint})
	}
	if _, err := c.option(); err != nil {
		fault("rule", "write a recurrence of RFC 5545 such as "+DefaultRule, "%v", err)
	}
	if _, err := c.first(); err != nil {
		fault("first", "write a date such as "+DefaultFirst, "%v", err)
	}
	if _, err := c.clock(); err != nil {
		fault("time", `write the hour and minute in quotes, such as "14:00"`, "%v", err)
	}
	if _, err := c.Length(); err != nil {
		fault("duration", "write a duration such as 45m or 1h30m", "%v", err)
	}
	if _, _, err := c.notice(); err != nil {
		fault("deadline", "write how long before the sync, such as 1d or 4h", "%v", err)
	}
	if len(faults) > 0 {
		return append(faults, c.badDates()...)
	}
	return append(c.badDates(), c.strayDates()...)
}

// badDates are the exceptions that are no dates.
func (c Cadence) badDates() []Fault {
	var faults []Fault
	bad := func(key, date string) {
		if !isDate(date) {
			faults = append(faults, Fault{key, fmt.Sprintf("%q is not a date", date), "write dates as 2026-03-12"})
		}
	}
	for _, d := range c.Skip {
		bad("skip", d)
	}
	for _, from := range slices.Sorted(maps.Keys(c.Moved)) {
		bad("moved", from)
		bad("moved", c.Moved[from])
	}
	return faults
}

// strayDates are the moved dates that the rule does not have.
func (c Cadence) strayDates() []Fault {
	var faults []Fault
	for _, from := range slices.Sorted(maps.Keys(c.Moved)) {
		if on, err := c.ruled(from); err == nil && isDate(from) && !on {
			faults = append(faults, Fault{"moved", fmt.Sprintf("%s is moved, but the rule has no sync on it", from), "name the date that the rule gives, then the date on which the sync takes place"})
		}
	}
	return faults
}

// Next is the first sync strictly after a date. The error wraps [ErrNoSync]
// where none follows within ten years.
func (c Cadence) Next(after string) (string, error) {
	dates, err := c.Upcoming(after, 1)
	if err != nil {
		return "", err
	}
	return dates[0], nil
}

// Upcoming is the first n syncs strictly after a date, in order; fewer where the
// cadence ends before, or has no more within ten years. The error wraps [ErrNoSync]
// where it has none at all.
func (c Cadence) Upcoming(after string, n int) ([]string, error) {
	day, err := parseDate(after)
	if err != nil {
		return nil, err
	}
	var dates []string
	from := day.AddDate(0, 0, 1).Format(time.DateOnly)
	for _, to := range []time.Time{day.AddDate(0, 3, 0), day.AddDate(2, 0, 0), day.AddDate(horizon, 0, 0)} {
		if dates, err = c.Between(from, to.Format(time.DateOnly)); err != nil {
			return nil, err
		}
		if len(dates) >= n {
			return dates[:n], nil
		}
	}
	if len(dates) == 0 {
		return nil, fmt.Errorf("%w after %s", ErrNoSync, after)
	}
	return dates, nil
}

// Between lists the syncs from one date to another, both included, in order.
func (c Cadence) Between(from, to string) ([]string, error) {
	all, err := c.Occurrences(from, to)
	if err != nil {
		return nil, err
	}
	var dates []string
	for _, o := range all {
		if !o.Skipped {
			dates = append(dates, o.Date)
		}
	}
	return slices.Compact(dates), nil
}

// Occurrence is a date of the rule, and what became of it.
type Occurrence struct {
	Planned string // the date that the rule gives: it stays, wherever the sync is moved to
	Date    string // on which it takes place
	Skipped bool   // it does not
}

// Occurrences are what the rule gives from one date to another, both included, in
// the order of the days on which it takes place, or would.
func (c Cadence) Occurrences(from, to string) ([]Occurrence, error) {
	start, err := parseDate(from)
	if err != nil {
		return nil, err
	}
	end, err := parseDate(to)
	if err != nil {
		return nil, err
	}
	dates, err := c.occurrences(start, end)
	if err != nil {
		return nil, err
	}
	var all []Occurrence
	for _, d := range dates {
		if _, moved := c.Moved[d]; !moved {
			all = append(all, Occurrence{d, d, slices.Contains(c.Skip, d)})
		}
	}
	for planned, date := range c.Moved {
		on, err := c.ruled(planned)
		if err != nil {
			return nil, err
		}
		if on && from <= date && date <= to {
			all = append(all, Occurrence{planned, date, slices.Contains(c.Skip, planned) || slices.Contains(c.Skip, date)})
		}
	}
	slices.SortFunc(all, func(a, b Occurrence) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Planned, b.Planned))
	})
	return all, nil
}

// On tells whether there is a sync on a date.
func (c Cadence) On(date string) (bool, error) {
	dates, err := c.Between(date, date)
	return len(dates) == 1, err
}

// Start is the instant at which the sync of a date begins in a time zone. An
// hour that the zone skips that day becomes the hour after it; of one that comes
// twice, the first is meant (RFC 5545, 3.3.5).
func (c Cadence) Start(date string, zone *time.Location) (time.Time, error) {
	day, err := parseDate(date)
	if err != nil {
		return time.Time{}, err
	}
	clock, err := c.clock()
	if err != nil {
		return time.Time{}, err
	}
	return firstOfTwo(time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)), nil
}

// firstOfTwo is the earlier instant that a clock on the wall shows as t, where it was
// put back shortly before: time.Date does not say which of the two it gives.
func firstOfTwo(t time.Time) time.Time {
	const shortly = 3 * time.Hour // longer than any zone puts its clocks back
	_, offset := t.Zone()
	_, before := t.Add(-shortly).Zone()
	earlier := t.Add(-time.Duration(before-offset) * time.Second)
	if before > offset && earlier.Format(time.DateTime) == t.Format(time.DateTime) {
		return earlier
	}
	return t
}

// Due is the instant up to which updates for the sync of a date are in time. Whole
// days before it are days of the calendar: at the same hour, also over a change of
// the clocks.
func (c Cadence) Due(date string, zone *time.Location) (time.Time, error) {
	start, err := c.Start(date, zone)
	if err != nil {
		return start, err
	}
	days, rest, err := c.notice()
	return firstOfTwo(start.AddDate(0, 0, -days)).Add(-rest), err
}

// longestNotice is up to how many days before a sync updates may be due.
const longestNotice = 60

// notice is how long before a sync updates are due: days, and what is left.
func (c Cadence) notice() (days int, rest time.Duration, err error) {
	text := strings.TrimSpace(c.Deadline)
	bad := fmt.Errorf("%q is not a time before the sync of up to %d days", text, longestNotice)
	if number, after, found := strings.Cut(text, "d"); found {
		if days, err = strconv.Atoi(number); err != nil || days < 0 || days > longestNotice {
			return 0, 0, bad
		}
		text = after
	}
	if text == "" {
		return days, 0, nil
	}
	rest, err = time.ParseDuration(text)
	if err != nil || rest < 0 || rest > longestNotice*24*time.Hour {
		return 0, 0, bad
	}
	return days, rest, nil
}

// Length is how long a sync is planned to take.
func (c Cadence) Length() (time.Duration, error) {
	text := cmp.Or(c.Duration, DefaultDuration)
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > 24*time.Hour {
		return 0, fmt.Errorf("%q is not a duration of up to a day", text)
	}
	return d, nil
}

// ruled tells whether the rule alone, without exceptions, has a date.
func (c Cadence) ruled(date string) (bool, error) {
	if !isDate(date) {
		return false, nil
	}
	day, err := parseDate(date)
	if err != nil {
		return false, err
	}
	dates, err := c.occurrences(day, day)
	return len(dates) > 0, err
}

// occurrences are the dates of the rule alone.
func (c Cadence) occurrences(from, to time.Time) ([]string, error) {
	option, err := c.option()
	if err != nil {
		return nil, err
	}
	if option.Dtstart, err = c.first(); err != nil {
		return nil, err
	}
	// Without an end the library looks for a rule that never comes true until
	// the year 9999.
	if option.Until.IsZero() || option.Until.After(to) {
		option.Until = to
	}
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", c.Rule, err)
	}
	var dates []string
	for _, t := range rule.Between(from, to, true) {
		dates = append(dates, t.Format(time.DateOnly))
	}
	return dates, nil
}

// option parses the rule.
func (c Cadence) option() (rrule.ROption, error) {
	text := strings.TrimPrefix(cmp.Or(strings.TrimSpace(c.Rule), DefaultRule), "RRULE:")
	if strings.ContainsAny(text, "\r\n") || strings.Contains(text, "DTSTART") {
		return rrule.ROption{}, fmt.Errorf("rule %q holds more than a recurrence", text)
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return rrule.ROption{}, fmt.Errorf("cannot read rule %q: %w", text, err)
	}
	if option.Freq > rrule.DAILY || len(option.Byhour)+len(option.Byminute)+len(option.Bysecond) > 0 {
		return rrule.ROption{}, fmt.Errorf("rule %q is about hours, not dates", text)
	}
	if _, err := rrule.NewRRule(*option); err != nil {
		return rrule.ROption{}, fmt.Errorf("cannot read rule %q: %w", text, err)
	}
	return *option, nil
}

// first is the date from which the rule counts. Years far away are refused: the
// rule is walked from there.
func (c Cadence) first() (time.Time, error) {
	day, err := parseDate(cmp.Or(c.First, DefaultFirst))
	if err == nil && day.Year() < 1970 {
		return day, fmt.Errorf("date %q is before 1970", c.First)
	}
	return day, err
}

func (c Cadence) clock() (time.Time, error) {
	text := cmp.Or(c.Time, DefaultTime)
	t, err := time.Parse("15:04", text)
	if err != nil {
		return t, fmt.Errorf("%q is not a time of day", text)
	}
	return t, nil
}

func parseDate(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("%q is not a date", s)
	}
	return t, nil
}

func isDate(s string) bool {
	_, err := parseDate(s)
	return err == nil
}

// LongDate is an ISO date as people say it: Thursday, 12 March 2026. What is none stays.
func LongDate(date string) string {
	day, err := parseDate(date)
	if err != nil {
		return date
	}
	return day.Format("Monday, 2 January 2006")
}
