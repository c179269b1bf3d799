package main

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) statusCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "who has not checked in, what is unsaved, when the next sync is",
		Long: `Shows how the log stands before the next sync: which groups have looked at their
items since the last one (a change or a check-in), which files of the log are not
committed, and when you meet again. Once updates are due (deadline in archsync.yaml,
else when the sync begins), groups that have not checked in are late.

With --at it is as of then: who had not checked in since the sync before, and which
sync came next. What is unsaved is known of now alone.`,
		Example: `  archsync status
  archsync status --at @
  archsync status --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.status(at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

// standing is how a log stands before the next sync.
type standing struct {
	Branch       *string    `json:"branch"`
	LastSync     *jsonSync  `json:"last_sync"`
	NextSync     *string    `json:"next_sync"`
	Days         *int       `json:"days"`
	Start        *time.Time `json:"start"`   // of the next sync
	Due          *time.Time `json:"due"`     // when updates for it are
	Running      *string    `json:"running"` // date of the sync that takes place now
	elsewhere    *elsewhere
	CheckedIn    []string     `json:"checked_in"`
	NotCheckedIn []string     `json:"not_checked_in"`
	Late         []string     `json:"late"` // of those, once updates are due
	Unsaved      []unsavedOne `json:"unsaved"`
}

type jsonSync struct {
	Date   string  `json:"date"`
	Tag    *string `json:"tag"`
	Commit string  `json:"commit"`
}

// unsavedOne is a file of the log that is not as the last commit has it.
type unsavedOne struct {
	Path   string `json:"path"`
	Change string `json:"change"` // added, changed or removed
}

func (v *invocation) status(at string) error {
	l, m, err := v.read(at, synclog.Board|synclog.Breakouts)
	if err != nil {
		return err
	}
	s, err := v.standing(l, m)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "status", At: toJSONMoment(m), Data: s, Problems: l.Problems})
	}
	v.printf("%s\n\n", l.Config.Title)
	v.printSyncs(l, m, s)
	if m.Kind == history.Now {
		v.printBranch(s)
	}
	v.printf("\n")
	v.printCheckIns(s)
	if m.Kind == history.Now {
		v.printf("\n")
		v.printUnsaved(s)
	}
	v.printProblems(l.Problems)
	return nil
}

func (v *invocation) standing(l *synclog.Log, m history.Moment) (standing, error) {
	s := standing{CheckedIn: []string{}, NotCheckedIn: []string{}, Late: []string{}, Unsaved: []unsavedOne{}}
	last, err := v.syncBefore(&s, m)
	if err != nil {
		return s, err
	}
	s.checkIns(l, last)
	if err := s.next(l, m); err != nil || m.Kind != history.Now {
		return s, err
	}
	head, err := v.archive.Store().Head()
	if err != nil {
		return s, err
	}
	s.Branch = orNull(head.Branch)
	if s.Due != nil && !v.now().Before(*s.Due) {
		s.Late = s.NotCheckedIn
	}
	if err := v.nowHeld(&s); err != nil {
		return s, err
	}
	files, err := v.archive.Unsaved(v.ctx)
	for _, f := range files {
		s.Unsaved = append(s.Unsaved, unsavedOne{f.Path, changeOf(f)})
	}
	return s, err
}

// nowHeld notes the sync that takes place. A state of it that cannot be read is told
// by sync status.
func (v *invocation) nowHeld(s *standing) error {
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	if r, err := v.running(snapshots); err == nil && r != nil {
		s.Running = &r.Date
	}
	if gone, err := v.closedElsewhere(snapshots); err == nil && gone != nil {
		s.elsewhere = gone
	}
	return nil
}

func changeOf(f history.FileChange) string {
	switch {
	case f.Head == nil:
		return "added"
	case f.Work == nil:
		return "removed"
	}
	return "changed"
}

// syncBefore notes the newest sync before a moment that can be read, and gives its board.
func (v *invocation) syncBefore(s *standing, m history.Moment) (*synclog.Log, error) {
	last, err := v.moment("@")
	if m.Kind != history.Now && err == nil {
		last, err = v.earlierSync(m)
	}
	if errors.Is(err, history.ErrNoSnapshot) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.LastSync = &jsonSync{Date: last.Date, Tag: orNull(last.Tag), Commit: last.Commit}
	return v.archive.Read(v.ctx, last, synclog.Board)
}

// earlierSync is the sync before a moment of the past. What lies on the day of a sync
// and is not its snapshot comes after it.
func (v *invocation) earlierSync(m history.Moment) (history.Moment, error) {
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return m, err
	}
	for _, s := range slices.Backward(snapshots) {
		if s.Date < m.Date || s.Date == m.Date && m.Kind == history.AtCommit {
			return history.At(s), nil
		}
	}
	return m, history.ErrNoSnapshot
}

func (s *standing) checkIns(l, last *synclog.Log) {
	changed := synclog.ChangedSince(last, l)
	date := ""
	if s.LastSync != nil {
		date = s.LastSync.Date
	}
	late := map[string]bool{}
	for _, g := range l.Late(date, changed) {
		late[g.ID] = true
		s.NotCheckedIn = append(s.NotCheckedIn, g.ID)
	}
	for _, g := range l.Active() {
		if !late[g.ID] {
			s.CheckedIn = append(s.CheckedIn, g.ID)
		}
	}
}

// lastDay is the day after which the sync that comes after a moment is looked for: on
// the day itself too, until it was closed.
func (s *standing) lastDay(m history.Moment) (string, error) {
	day, err := time.Parse(time.DateOnly, m.Date)
	if err != nil {
		return "", err
	}
	after := day.AddDate(0, 0, -1).Format(time.DateOnly)
	if m.Kind == history.AtSnapshot {
		after = m.Date
	}
	if s.LastSync != nil {
		after = max(after, s.LastSync.Date)
	}
	return after, nil
}

// next is the sync that comes after a moment.
func (s *standing) next(l *synclog.Log, m history.Moment) error {
	after, err := s.lastDay(m)
	if err != nil {
		return err
	}
	c := l.Config.Cadence
	date, err := c.Next(after)
	if errors.Is(err, meeting.ErrNoSync) || len(c.Check()) > 0 {
		return nil // what is wrong with the cadence is a problem of the log
	}
	if err != nil {
		return err
	}
	if s.Start, s.Due, err = instants(c, date, l.Config.Location()); err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, m.Date)
	days := daysBetween(day, *s.Start)
	s.NextSync, s.Days = &date, &days
	return err
}

func (v *invocation) printSyncs(l *synclog.Log, m history.Moment, s standing) {
	if s.elsewhere != nil {
		v.printf("Now:        %s; archsync sync status\n", s.elsewhere.words())
	}
	if s.Running != nil {
		v.printf("Now:        the sync of %s is running; archsync sync status\n", *s.Running)
	}
	switch {
	case s.LastSync == nil:
		v.printf("Last sync:  none yet\n")
	default:
		v.printf("Last sync:  %s\n", meeting.LongDate(s.LastSync.Date))
	}
	switch {
	case s.NextSync == nil:
		v.printf("Next sync:  the cadence has none\n")
	case m.Kind != history.Now:
		v.printf("Next sync:  %s, %s\n", meeting.LongDate(*s.NextSync), inDays(*s.Days))
	default:
		v.printf("Next sync:  %s at %s (%s), %s\n", meeting.LongDate(*s.NextSync), s.Start.Format("15:04"), l.Config.Timezone, until(v.now(), *s.Start))
		if !s.Due.Equal(*s.Start) {
			v.printf("Updates:    due by %s, %s\n", s.Due.Format("Monday, 2 January 2006 at 15:04"), until(v.now(), *s.Due))
		}
	}
}

func (v *invocation) printBranch(s standing) {
	if s.Branch == nil {
		v.printf("Branch:     none, HEAD is detached: nothing can be committed\n")
		return
	}
	v.printf("Branch:     %s\n", *s.Branch)
}

func inDays(n int) string {
	switch n {
	case -1:
		return "yesterday"
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	if n < 0 {
		return fmt.Sprintf("%d days ago", -n)
	}
	return fmt.Sprintf("in %d days", n)
}

func (v *invocation) printCheckIns(s standing) {
	since := "yet"
	if s.LastSync != nil {
		since = "since the last sync"
	}
	waiting := "Not checked in " + since + ":"
	if len(s.Late) > 0 {
		waiting = "Late, not checked in " + since + ":"
	}
	switch {
	case len(s.CheckedIn)+len(s.NotCheckedIn) == 0:
		v.printf("No groups yet. Make one: archsync group new ID\n")
	case len(s.NotCheckedIn) == 0:
		v.printNames("Every group has checked in:", s.CheckedIn)
	default:
		v.printNames(waiting, s.NotCheckedIn)
		if len(s.CheckedIn) > 0 {
			v.printNames("Checked in:", s.CheckedIn)
		}
	}
}

// columns is how wide a line of names may be.
const columns = 80

// printNames prints a title and a list of names, in lines that a terminal holds.
func (v *invocation) printNames(title string, names []string) {
	line := title
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(name) > columns {
			v.printf("%s\n", line)
			line = " "
		}
		line += " " + name
	}
	v.printf("%s\n", line)
}

func (v *invocation) printUnsaved(s standing) {
	if len(s.Unsaved) == 0 {
		v.printf("Everything is committed.\n")
		return
	}
	v.printf("Not committed\n")
	for _, f := range s.Unsaved {
		v.printf("  %-8s %s\n", f.Change, f.Path)
	}
}
