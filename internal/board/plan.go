package board

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const isoDate = "2006-01-02"

// maxPlanWeeks bounds the length of a plan in weeks: longer is a typing error.
const maxPlanWeeks = 53

// ParsePlan reads the span of a plan: a quarter (2026-Q4) or weeks from an ISO
// week on (2026-W40+6 is the six weeks that start on the Monday of week 40). It
// returns the first and the last day, both inclusive, as ISO dates.
func ParsePlan(s string) (start, end string, err error) {
	from, to, ok := quarter(s)
	if !ok {
		from, to, ok = weeks(s)
	}
	if !ok {
		return "", "", fmt.Errorf("plan %q is neither a quarter nor a span of weeks", s)
	}
	return from.Format(isoDate), to.Format(isoDate), nil
}

func quarter(s string) (from, to time.Time, ok bool) {
	if len(s) != 7 || s[4:6] != "-Q" || s[6] < '1' || s[6] > '4' {
		return from, to, false
	}
	year, ok := number(s[:4])
	if !ok {
		return from, to, false
	}
	from = time.Date(year, time.Month(3*int(s[6]-'1')+1), 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, 3, -1), true
}

func weeks(s string) (from, to time.Time, ok bool) {
	if len(s) < 10 || s[4:6] != "-W" || s[8] != '+' {
		return from, to, false
	}
	year, ok1 := number(s[:4])
	week, ok2 := number(s[6:8])
	count, ok3 := number(s[9:])
	if !ok1 || !ok2 || !ok3 || count < 1 || count > maxPlanWeeks {
		return from, to, false
	}
	from = monday(year, week)
	if y, w := from.ISOWeek(); y != year || w != week {
		return from, to, false
	}
	return from, from.AddDate(0, 0, 7*count-1), true
}

// monday is the first day of an ISO 8601 week: the week that holds 4 January is week 1.
func monday(year, week int) time.Time {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	sinceMonday := (int(fourth.Weekday()) + 6) % 7
	return fourth.AddDate(0, 0, 7*(week-1)-sinceMonday)
}

// number reads digits only: no sign, no blanks, no underscore.
func number(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// validDate tells whether s is a day of the calendar, written YYYY-MM-DD.
func validDate(s string) bool {
	if len(s) != len(isoDate) || s[4] != '-' { // most are asked of what is none, and an error costs more than the answer
		return false
	}
	_, err := time.Parse(isoDate, s)
	return err == nil
}

// Slipped tells whether the item's promise has slipped: its due date is later
// than it was in before (nil when there is nothing to compare with), or it has
// passed on the day asOf (an ISO date, "" for not asked) while the item is open.
func (it Item) Slipped(before *Item, asOf string) bool {
	if it.Due == "" {
		return false
	}
	if before != nil && before.Due != "" && before.Due < it.Due {
		return true
	}
	return it.Due < asOf && !it.Status.Closed()
}
