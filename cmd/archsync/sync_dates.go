package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) syncNextCommand() *cobra.Command {
	var at string
	count := 1
	cmd := &cobra.Command{
		Use:   "next",
		Short: "when you meet next, as the cadence says",
		Long: `Shows the date of the next sync, when it begins and until when updates are due; with
--count the ones after it too, and which dates are skipped or moved. The cadence
stands in archsync.yaml: a recurrence of RFC 5545, a time of day in the log's time
zone, and the exceptions that skip and reschedule write.`,
		Example: `  archsync sync next
  archsync sync next --count 6
  archsync sync next --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncNext(at, count) },
	}
	cmd.Flags().IntVarP(&count, "count", "n", 1, "the next `N` of them")
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

// mostSyncs is how many syncs ahead one may ask for.
const mostSyncs = 260

// jsonDate is a date of the cadence.
type jsonDate struct {
	Date    string     `json:"date"`
	Planned string     `json:"planned"` // the date that the rule gives
	Skipped bool       `json:"skipped"`
	Start   *time.Time `json:"start"`
	Due     *time.Time `json:"due"` // when updates are
}

func (v *invocation) syncNext(at string, count int) error {
	l, m, dates, err := v.toCome(at, count, "archsync sync next --count 6 shows six")
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "next", At: toJSONMoment(m), Data: map[string]any{"syncs": dates}, Problems: l.Problems})
	}
	for _, d := range dates {
		v.printf("%s\n", v.dateWords(l, m, d))
	}
	v.printProblems(l.Problems)
	return nil
}

// toCome are the next count dates of the cadence after a moment, with the log as it stood
// then; hint is what a count that is none is told.
func (v *invocation) toCome(at string, count int, hint string) (*synclog.Log, history.Moment, []jsonDate, error) {
	if count < 1 || count > mostSyncs {
		return nil, history.Moment{}, nil, &usageError{what: fmt.Sprintf("--count %d is not a number from 1 to %d", count, mostSyncs), hint: hint}
	}
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return nil, m, nil, err
	}
	after, err := v.lastDay(m)
	if err != nil {
		return nil, m, nil, err
	}
	dates, err := upcoming(l, after, count)
	return l, m, dates, err
}

// lastDay is the day after which the next sync is looked for: that before the moment,
// or of a sync that was closed later.
func (v *invocation) lastDay(m history.Moment) (string, error) {
	var s standing
	if _, err := v.syncBefore(&s, m); err != nil {
		return "", err
	}
	return s.lastDay(m)
}

// upcoming are the dates of the cadence after a day, up to the one that is the n-th
// sync that takes place. There are none where the cadence has none.
func upcoming(l *synclog.Log, after string, n int) ([]jsonDate, error) {
	c, zone := l.Config.Cadence, l.Config.Location()
	if len(c.Check()) > 0 {
		return nil, &history.Error{What: "the cadence cannot be read", Hint: "archsync check says what is wrong in " + l.Path(synclog.ConfigName)}
	}
	dates, err := c.Upcoming(after, n)
	if errors.Is(err, meeting.ErrNoSync) {
		return []jsonDate{}, nil
	}
	if err != nil {
		return nil, err
	}
	day, err := time.Parse(time.DateOnly, after)
	if err != nil {
		return nil, err
	}
	all, err := c.Occurrences(day.AddDate(0, 0, 1).Format(time.DateOnly), dates[len(dates)-1])
	if err != nil {
		return nil, err
	}
	found := []jsonDate{}
	for _, o := range all {
		d := jsonDate{Date: o.Date, Planned: o.Planned, Skipped: o.Skipped}
		if !o.Skipped {
			if d.Start, d.Due, err = instants(c, o.Date, zone); err != nil {
				return nil, err
			}
		}
		found = append(found, d)
	}
	return found, nil
}

// instants are when the sync of a date begins and when updates for it are due.
func instants(c meeting.Cadence, date string, zone *time.Location) (start, due *time.Time, err error) {
	from, err := c.Start(date, zone)
	if err != nil {
		return nil, nil, err
	}
	until, err := c.Due(date, zone)
	return &from, &until, err
}

func (v *invocation) dateWords(l *synclog.Log, m history.Moment, d jsonDate) string {
	if d.Skipped {
		return meeting.LongDate(d.Date) + ": no sync"
	}
	words := fmt.Sprintf("%s at %s (%s)", meeting.LongDate(d.Date), d.Start.Format("15:04"), l.Config.Timezone)
	if d.Planned != d.Date {
		words += ", moved from " + d.Planned
	}
	if m.Kind == history.Now {
		words += ", " + until(v.now(), *d.Start)
		if !d.Due.Equal(*d.Start) {
			words += "; updates are due by " + d.Due.Format("Monday 15:04")
		}
	}
	return words
}

// until is how far off an instant is: in days of its own time zone, on the day itself
// in hours and minutes.
func until(now, then time.Time) string {
	now = now.In(then.Location())
	days := daysBetween(now, then)
	switch left := then.Sub(now).Round(time.Minute); {
	case days != 0:
		return inDays(days)
	case left > 0:
		return "today, in " + shortSpan(left)
	default:
		return "today, " + shortSpan(-left) + " ago"
	}
}

func daysBetween(a, b time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(b).Sub(midnight(a)).Hours() / 24)
}

// shortSpan is a time in hours and minutes.
func shortSpan(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return plural(minutes, "minute", "minutes")
	case minutes == 0:
		return plural(hours, "hour", "hours")
	}
	return plural(hours, "hour", "hours") + " " + plural(minutes, "minute", "minutes")
}

func (v *invocation) syncSkipCommand() *cobra.Command {
	var noCommit, undo bool
	cmd := &cobra.Command{
		Use:   "skip DATE",
		Short: "no sync on a date of the cadence: a holiday",
		Long: `Writes into archsync.yaml that there is no sync on a date of the cadence, and commits
that. Nothing else in the file changes. --undo takes it back.`,
		Example: `  archsync sync skip 2026-12-24
  archsync sync skip --undo 2026-12-24`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeSyncDates,
		RunE:              func(_ *cobra.Command, args []string) error { return v.syncSkip(args[0], undo, !noCommit) },
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "there is one after all")
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) syncSkip(date string, undo, commit bool) error {
	if undo {
		return v.except(date, commit, "Sync on "+date+" after all", func(c meeting.Cadence) (meeting.Cadence, error) { return c.WithSync(date) })
	}
	return v.except(date, commit, "No sync on "+date, func(c meeting.Cadence) (meeting.Cadence, error) { return c.WithoutSync(date) })
}

func (v *invocation) syncRescheduleCommand() *cobra.Command {
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "reschedule DATE NEW",
		Short: "the sync of a date takes place on another one",
		Long: `Writes into archsync.yaml that the sync of a date takes place on another one, and
commits that. Nothing else in the file changes. It can be moved again, and back to
where the cadence has it.`,
		Example:           `  archsync sync reschedule 2027-01-07 2027-01-12`,
		Args:              argsBetween(2, 2),
		ValidArgsFunction: v.completeSyncDates,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.syncReschedule(args[0], args[1], !noCommit)
		},
	}
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) syncReschedule(date, to string, commit bool) error {
	return v.except(min(date, to), commit, fmt.Sprintf("Move the sync of %s to %s", date, to),
		func(c meeting.Cadence) (meeting.Cadence, error) { return c.Rescheduled(date, to) })
}

// except writes an exception into archsync.yaml. The earliest of the dates that it
// speaks of must not have passed: what was, was.
func (v *invocation) except(earliest string, commit bool, summary string, change func(meeting.Cadence) (meeting.Cadence, error)) error {
	l, m, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	if faults := l.Config.Cadence.Check(); len(faults) > 0 {
		return &history.Error{What: "the cadence cannot be read: " + faults[0].Error(), Hint: "correct it in " + l.Path(synclog.ConfigName) + ": " + faults[0].Hint}
	}
	next, err := change(l.Config.Cadence)
	if err != nil {
		return asUse(err)
	}
	if earliest < v.today(l) {
		return &usageError{what: earliest + " has passed", hint: "exceptions are about syncs to come; archsync sync next lists them"}
	}
	config, err := v.archive.Store().ReadFile(m, l.Path(synclog.ConfigName))
	if err != nil {
		return fmt.Errorf("read %q: %w", l.Path(synclog.ConfigName), err)
	}
	e, err := synclog.SetExceptions(l, config, next, summary)
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "%s", summary)
	after, err := v.lastDay(m)
	if err != nil {
		return err
	}
	l.Config.Cadence = next
	dates, err := upcoming(l, after, 1)
	if err == nil && len(dates) > 0 {
		v.printf("The next sync is on %s\n", v.dateWords(l, m, dates[len(dates)-1]))
	}
	return err
}

func (v *invocation) syncICSCommand() *cobra.Command {
	var out string
	count := 26
	cmd := &cobra.Command{
		Use:   "ics",
		Short: "the syncs to come as a calendar file",
		Long: `Prints the syncs to come as an iCalendar file (RFC 5545), for a calendar to import or,
from where you publish it, to subscribe to. Every sync is an event of its own with
times in UTC, right on both sides of a change of the clocks. An event keeps its
identity when its sync is moved; a skipped sync is in the file as cancelled.

In archsync.yaml, "agenda" is the link that goes into the description, and "place"
is where you meet, such as the link of a call.`,
		Example: `  archsync sync ics -o sync.ics
  archsync sync ics --count 6`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncICS(out, count) },
	}
	cmd.Flags().StringVarP(&out, "output", "o", "-", "write into this `FILE`, - is standard output")
	cmd.Flags().IntVarP(&count, "count", "n", count, "the next `N` of them")
	_ = cmd.MarkFlagFilename("output", "ics")
	return cmd
}

func (v *invocation) syncICS(out string, count int) error {
	l, _, dates, err := v.toCome("", count, "archsync sync ics --count 6 has six")
	if err != nil {
		return err
	}
	if len(dates) == 0 {
		return &history.Error{What: "the cadence has no sync to come", Hint: "its rule in " + l.Path(synclog.ConfigName) + " has ended"}
	}
	c := l.Config
	calendar := meeting.Calendar{
		Title: c.Title, Log: c.Title + "\x00" + l.Dir + "\x00" + c.Cadence.First,
		Zone: c.Location(), Agenda: c.Agenda, Place: c.Place, Now: v.now(),
	}
	file, err := calendar.Write(c.Cadence, dates[0].Date, dates[len(dates)-1].Date)
	if err != nil {
		return err
	}
	return v.writeFile(out, file)
}
