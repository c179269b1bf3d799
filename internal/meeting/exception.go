package meeting

import (
	"fmt"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/problem"
)

// refusal is an exception that the cadence does not allow. It has no place: it was
// not read from a file.
func refusal(hint, format string, operands ...any) error {
	return problem.Problem{What: fmt.Sprintf(format, operands...), Hint: hint}
}

// WithoutSync is the cadence without the sync of a date; one that was moved there
// does not take place on the date that the rule gave it either. The errors are
// [problem.Problem] values.
func (c Cadence) WithoutSync(date string) (Cadence, error) {
	if _, err := c.at(date); err != nil {
		return c, err
	}
	all, err := c.Occurrences(date, date)
	if err != nil {
		return c, err
	}
	c.Moved, c.Skip = maps.Clone(c.Moved), slices.Clone(c.Skip)
	for _, o := range all { // two, where one was moved over another
		delete(c.Moved, o.Planned)
		c.Skip = append(c.Skip, o.Planned)
	}
	slices.Sort(c.Skip)
	c.Skip = slices.Compact(c.Skip)
	return c, nil
}

// WithSync is the cadence with a sync again that it skips on a date. The errors are
// [problem.Problem] values.
func (c Cadence) WithSync(date string) (Cadence, error) {
	if !isDate(date) {
		return c, refusal("dates are written YYYY-MM-DD", "%q is not a date", date)
	}
	if !slices.Contains(c.Skip, date) {
		return c, refusal("archsync sync next lists the dates", "the sync of %s is not skipped", date)
	}
	c.Skip = slices.DeleteFunc(slices.Clone(c.Skip), func(d string) bool { return d == date })
	return c, nil
}

// Rescheduled is the cadence with the sync of a date on another one. It can be moved
// again, by the date on which it takes place, and back. The errors are
// [problem.Problem] values.
func (c Cadence) Rescheduled(date, to string) (Cadence, error) {
	o, err := c.at(date)
	switch {
	case err != nil:
		return c, err
	case !isDate(to):
		return c, refusal("dates are written YYYY-MM-DD", "%q is not a date", to)
	case date == to:
		return c, refusal("name the date on which it takes place, then the new one", "the sync is on %s already", to)
	case slices.Contains(c.Skip, to):
		return c, refusal("archsync sync skip --undo "+to+" holds that one", "the sync of %s is skipped", to)
	}
	if on, err := c.On(to); err != nil || on {
		if err != nil {
			return c, err
		}
		return c, refusal("choose another day, or skip one of the two", "there is a sync on %s already", to)
	}
	c.Moved = maps.Clone(c.Moved)
	if c.Moved == nil {
		c.Moved = map[string]string{}
	}
	c.Moved[o.Planned] = to
	if o.Planned == to {
		delete(c.Moved, to)
	}
	return c, nil
}

// at is the sync that takes place on a date.
func (c Cadence) at(date string) (Occurrence, error) {
	if !isDate(date) {
		return Occurrence{}, refusal("dates are written YYYY-MM-DD", "%q is not a date", date)
	}
	all, err := c.Occurrences(date, date)
	if err != nil {
		return Occurrence{}, err
	}
	for _, o := range all {
		if !o.Skipped {
			return o, nil
		}
	}
	if to, moved := c.Moved[date]; moved {
		return Occurrence{}, refusal("name the date on which it takes place", "the sync of %s is moved to %s", date, to)
	}
	if len(all) > 0 {
		return Occurrence{}, refusal("archsync sync skip --undo "+date+" takes that back", "the sync of %s is skipped already", date)
	}
	hint := "archsync sync next lists the dates"
	if next, err := c.Next(date); err == nil {
		hint = "the next one after it is on " + next
	}
	return Occurrence{}, refusal(hint, "the cadence has no sync on %s", date)
}
