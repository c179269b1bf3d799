package demo

import (
	"slices"
	"time"
)

// The story's syncs are every second Thursday from storyFirst on. Notice of an
// exception is given before the sync of that date.
const (
	isoDate    = "2006-01-02"
	fortnight  = 14
	storyFirst = "2024-10-24"
	storySyncs = 52
	zoneName   = "Europe/Berlin"
	nowDate    = "now" // the date of what comes after the last sync; sorts after all others
)

// exception is a date on which the rule has a sync and the company has none.
type exception struct{ date, moved, notice string }

func storyExceptions() []exception {
	return []exception{
		{date: "2025-01-02", moved: "2025-01-08", notice: "2024-12-19"},
		{date: "2026-01-01", notice: "2025-12-18"},
	}
}

// calendar is when syncs take place.
type calendar struct {
	dates      []string // of every sync that is played, oldest first
	next       string   // the first one that did not take place yet
	start      int      // index in dates of the first one that is told
	exceptions []exception
}

// newCalendar gives the story's syncs with those before them that make n. When n
// is less than the story has, all are played and the last n are told.
func newCalendar(n int) calendar {
	if n <= 0 {
		n = storySyncs
	}
	c := calendar{start: max(0, storySyncs-n), exceptions: storyExceptions()}
	story := c.after(day(storyFirst), storySyncs+1)
	var before []string
	for d := day(storyFirst).AddDate(0, 0, -fortnight); len(before) < n-storySyncs; d = d.AddDate(0, 0, -fortnight) {
		if holiday(d) {
			c.exceptions = append(c.exceptions, exception{date: d.Format(isoDate)})
			continue
		}
		before = append(before, d.Format(isoDate))
	}
	slices.Reverse(before)
	c.dates, c.next = append(before, story[:storySyncs]...), story[storySyncs]
	return c
}

// after gives the dates of n syncs from d on, with the exceptions.
func (c calendar) after(d time.Time, n int) []string {
	var dates []string
	for ; len(dates) < n; d = d.AddDate(0, 0, fortnight) {
		date := d.Format(isoDate)
		i := slices.IndexFunc(c.exceptions, func(e exception) bool { return e.date == date })
		if i >= 0 {
			date = c.exceptions[i].moved
		}
		if date != "" {
			dates = append(dates, date)
		}
	}
	return dates
}

// holiday tells whether nobody meets: Christmas and New Year.
func holiday(d time.Time) bool {
	m, n := d.Month(), d.Day()
	return m == time.December && n >= 24 && n <= 26 || m == time.January && n == 1
}

// known are the exceptions that everybody has heard of before the sync of date.
func (c calendar) known(date string) []exception {
	known := slices.DeleteFunc(slices.Clone(c.exceptions), func(e exception) bool { return e.notice > date })
	slices.SortFunc(known, func(a, b exception) int { return day(a.date).Compare(day(b.date)) })
	return known
}

// day is the midnight, in UTC, of a date that the package itself wrote.
func day(date string) time.Time {
	t, err := time.Parse(isoDate, date)
	if err != nil {
		panic("demo: internal error: " + err.Error())
	}
	return t
}

// plus is a date some days later, moved out of the weekend.
func plus(date string, days int) string {
	d := day(date).AddDate(0, 0, days)
	switch d.Weekday() {
	case time.Saturday:
		d = d.AddDate(0, 0, -1)
	case time.Sunday:
		d = d.AddDate(0, 0, 1)
	}
	return d.Format(isoDate)
}
