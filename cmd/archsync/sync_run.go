package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// startOptions are the flags of sync start.
type startOptions struct {
	date, host string
	takeOver   bool
	noScreens  bool
}

func (v *invocation) syncStartCommand() *cobra.Command {
	var o startOptions
	cmd := &cobra.Command{
		Use:   "start",
		Short: "hold the sync: whose turn it is, who is there, how long it takes",
		Long: `Starts today's sync, or goes on with one that was interrupted. The groups come in the
order of the agenda. On a terminal it is presented: one page a group, with a clock, and
a key for everything else.

Without a terminal, or with --no-tui, it is held with verbs: sync turn goes from one
group to the next, sync attend notes who is there, sync breakout new parks a topic,
sync status shows how it stands, and sync close records all of it.

The running sync lies in the repository's git folder and not in the log: a crash or a
closed laptop loses nothing of it, and time asleep is not counted. Where another
process presents it, --take-over goes on from here.`,
		Example: `  archsync sync start
  archsync sync start --no-tui --host "Helena Strand"
  archsync sync start --take-over`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v.chooseSigns(cmd)
			return v.syncStart(o)
		},
	}
	v.asciiFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.noScreens, "no-tui", false, "print how it stands instead of presenting it on the terminal")
	flags.StringVar(&o.date, "date", "", "the `DATE` of the sync (default: today, in the log's time zone)")
	flags.StringVar(&o.host, "host", "", "who hosts it, a `NAME` (default: you)")
	flags.BoolVar(&o.takeOver, "take-over", false, "go on from here, although another process presents it")
	return cmd
}

// stepper is this process as the holder of a running sync: it does not stay.
func (v *invocation) stepper() meeting.Holder {
	return meeting.Holder{Machine: v.machine, Since: v.now()}
}

func (v *invocation) syncStart(o startOptions) error {
	l, _, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	old, err := v.running(snapshots)
	if err != nil {
		return err
	}
	date := o.date
	if date == "" && old != nil {
		date = old.Date
	}
	date = cmp.Or(date, v.today(l))
	if err := v.refuseClosedElsewhere(snapshots, date); err != nil {
		return err
	}
	if err := v.checkDate("start", date, snapshots, l.Config.Location()); err != nil {
		return err
	}
	holder := v.stepper()
	presented := v.terminal && !o.noScreens
	if presented {
		holder = v.holder()
		holder.Since = v.now()
	}
	fresh, err := v.begun(date, cmp.Or(o.host, v.hostName()), holder)
	if err != nil {
		return err
	}
	if gone, err := v.closedElsewhere(snapshots); err == nil && gone != nil {
		v.notices([]string{gone.words()}) // this one takes its place
	}
	words := "Started"
	r, err := v.archive.UpdateRunning(func(old *meeting.Running) (*meeting.Running, error) {
		if old == nil || chronicle.HasSync(snapshots, old.Date) {
			return &fresh, nil
		}
		words = "Going on with"
		return v.resumed(*old, date, holder, o.takeOver)
	})
	if presented && (err == nil || errors.As(err, new(*meeting.TakenOverError))) {
		v.noteUnplanned(l, date)
		return v.show(holder, true) // which says that it is presented elsewhere
	}
	if err != nil {
		return err
	}
	v.noteUnplanned(l, date)
	v.printf("%s the sync of %s\n\n", words, meeting.LongDate(r.Date))
	return v.printRunning(l, *r)
}

// begun is a sync that starts now, with the turns of its agenda.
func (v *invocation) begun(date, host string, holder meeting.Holder) (meeting.Running, error) {
	s, _, _, err := v.syncOf("", date)
	if err != nil {
		return meeting.Running{}, err
	}
	turns := s.Agenda().Order()
	for i := range turns {
		turns[i].Speaker = synclog.PersonName(turns[i].Speaker)
	}
	length, err := s.Now.Config.Cadence.Length()
	if err != nil {
		length = 0 // what is wrong with the cadence is a problem of the log
	}
	return meeting.Begin(date, host, turns, length, holder, v.now()), nil
}

// resumed is a running sync that goes on from here.
func (v *invocation) resumed(r meeting.Running, date string, holder meeting.Holder, takeOver bool) (*meeting.Running, error) {
	if r.Date != date {
		return nil, &history.Error{
			What: fmt.Sprintf("start the sync of %s: that of %s is still running", date, r.Date),
			Hint: "archsync sync close --date " + r.Date + " closes it; archsync sync stop drops it",
		}
	}
	next, err := r.Step(holder, v.now())
	if takeOver && errors.As(err, new(*meeting.TakenOverError)) {
		next, err = r.Take(holder, v.now()), nil
	}
	return &next, err
}

// noteUnplanned says when a sync is held on a day that the cadence does not have.
func (v *invocation) noteUnplanned(l *synclog.Log, date string) {
	if on, err := l.Config.Cadence.On(date); err == nil && !on && len(l.Config.Cadence.Check()) == 0 {
		v.notices([]string{"the cadence has no sync on " + date})
	}
}

// heldOn is the running sync as it is when it is closed; nil when another one, or
// none, runs.
func (v *invocation) heldOn(c *closing) *meeting.Running {
	if c.running == nil || c.running.Date != c.date {
		return nil
	}
	r := v.upToNow(*c.running)
	return &r
}

// upToNow counts the time up to now, to be shown.
func (v *invocation) upToNow(r meeting.Running) meeting.Running {
	if r.Holder.Process > 0 {
		return r.Tick(v.now(), meeting.ScreenGap)
	}
	return r.Tick(v.now(), meeting.StepGap)
}

// end drops the running sync of a date that was closed.
func (v *invocation) end(date string) error {
	_, err := v.archive.UpdateRunning(func(r *meeting.Running) (*meeting.Running, error) {
		if r != nil && r.Date == date {
			return nil, nil
		}
		return r, nil
	})
	return err
}

// step changes the running sync and shows it.
func (v *invocation) step(change func(meeting.Running) (meeting.Running, error)) error {
	l, _, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	r, err := v.archive.UpdateRunning(func(r *meeting.Running) (*meeting.Running, error) {
		if r == nil || chronicle.HasSync(snapshots, r.Date) {
			return nil, v.noneRunning(snapshots)
		}
		next, err := r.Step(v.stepper(), v.now())
		if err != nil {
			return nil, err
		}
		next, err = change(next)
		return &next, err
	})
	if err != nil {
		return err
	}
	return v.printRunning(l, *r)
}

func (v *invocation) syncTurnCommand() *cobra.Command {
	var back bool
	cmd := &cobra.Command{
		Use:   "turn [GROUP]",
		Short: "the next group of the running sync, or the one named",
		Long: `Gives the turn to the next group of the running sync, to the one that is named, or
with --back to the one before. The time since the last step goes to whose turn it was.
After the last group the turn is nobody's, and the sync can be closed.`,
		Example: `  archsync sync turn
  archsync sync turn storage
  archsync sync turn --back`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: v.completeOneGroup,
		RunE:              func(_ *cobra.Command, args []string) error { return v.syncTurn(args, back) },
	}
	cmd.Flags().BoolVar(&back, "back", false, "the group before")
	return cmd
}

func (v *invocation) syncTurn(groups []string, back bool) error {
	if back && len(groups) > 0 {
		return &usageError{what: "--back and a group name two turns", hint: "leave one of them out"}
	}
	return v.step(func(r meeting.Running) (meeting.Running, error) {
		switch {
		case back:
			return r.Back(), nil
		case len(groups) == 0:
			return r.Next(), nil
		}
		i, err := placeOf(r, groups[0])
		return r.GoTo(i), err
	})
}

// placeOf is where a group has its turn.
func placeOf(r meeting.Running, group string) (int, error) {
	if i, ok := r.Place(group); ok {
		return i, nil
	}
	known := make([]string, len(r.Turns))
	for i, t := range r.Turns {
		known[i] = t.Group
	}
	return 0, &synclog.UnknownGroupError{ID: group, Known: known}
}

func (v *invocation) syncAttendCommand() *cobra.Command {
	var absent, unknown bool
	cmd := &cobra.Command{
		Use:   "attend GROUP...",
		Short: "note who is there in the running sync, or who is not",
		Long: `Notes that somebody of a group is there in the running sync, or with --absent that
nobody is. A group that was shown and of which nothing was noted counts as present.`,
		Example: `  archsync sync attend storage web
  archsync sync attend --absent ingest`,
		Args:              argsBetween(1, 1000),
		ValidArgsFunction: v.completeGroups,
		RunE: func(_ *cobra.Command, args []string) error {
			a := meeting.Present
			switch {
			case absent:
				a = meeting.Absent
			case unknown:
				a = meeting.Unknown
			}
			return v.syncAttend(args, a)
		},
	}
	cmd.Flags().BoolVar(&absent, "absent", false, "nobody of them is there")
	cmd.Flags().BoolVar(&unknown, "clear", false, "take back what was noted")
	cmd.MarkFlagsMutuallyExclusive("absent", "clear")
	return cmd
}

func (v *invocation) syncAttend(groups []string, a meeting.Attendance) error {
	return v.step(func(r meeting.Running) (meeting.Running, error) {
		for _, g := range groups {
			i, err := placeOf(r, g)
			if err != nil {
				return r, err
			}
			r = r.Attend(i, a)
		}
		return r, nil
	})
}

func (v *invocation) syncPauseCommand() *cobra.Command {
	var end bool
	cmd := &cobra.Command{
		Use:     "pause",
		Short:   "stop the time of the running sync",
		Long:    `Stops the time of the running sync; with --end it runs again.`,
		Example: "  archsync sync pause\n  archsync sync pause --end",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			return v.step(func(r meeting.Running) (meeting.Running, error) { return r.Pause(!end), nil })
		},
	}
	cmd.Flags().BoolVar(&end, "end", false, "let the time run again")
	return cmd
}

func (v *invocation) syncStopCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "drop the running sync, and record nothing",
		Long: `Takes sync start back: whose turn it was, who was there and how long it took are
forgotten. Breakouts and edits stay; they are in the log.`,
		Example: "  archsync sync stop",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return v.syncStop() },
	}
}

func (v *invocation) syncStop() error {
	a, err := v.open()
	if err != nil {
		return err
	}
	r, err := a.Running()
	if err == nil && r == nil {
		return errNoneRunning()
	}
	if err := a.DropRunning(); err != nil {
		return err
	}
	if r == nil {
		v.printf("Dropped a running sync that could not be read\n")
		return nil
	}
	v.printf("Dropped the running sync of %s; nothing of it is recorded\n", r.Date)
	return nil
}

func (v *invocation) syncStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "how the running sync stands",
		Long: `Shows the running sync: whose turn it is, who is there, how long it took so far and
when it is expected to end, which breakouts were opened, and who presents it.`,
		Example: `  archsync sync status
  archsync sync status --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncStatus() },
	}
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) syncStatus() error {
	l, m, err := v.read("", synclog.Board|synclog.Meetings)
	if err != nil {
		return err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	r, err := v.running(snapshots)
	if err != nil {
		return err
	}
	gone, err := v.closedElsewhere(snapshots)
	if err != nil {
		return err
	}
	if v.json {
		data := struct {
			Running   *jsonRunning `json:"running"`
			Elsewhere *string      `json:"closed_elsewhere"`
		}{Running: v.toJSONRunning(r)}
		if gone != nil {
			data.Elsewhere = &gone.date
		}
		return v.printJSON(envelope{Kind: "running", At: toJSONMoment(m), Data: data, Problems: l.Problems})
	}
	if gone != nil {
		v.printf("%s\nhint: %s\n", gone.words(), gone.hint())
		return nil
	}
	if r == nil {
		v.printf("No sync is running. archsync sync start starts today's.\n")
		return nil
	}
	v.printf("The sync of %s\n\n", meeting.LongDate(r.Date))
	return v.printRunning(l, *r)
}

// jsonRunning is a running sync; times are in whole seconds.
type jsonRunning struct {
	Date      string     `json:"date"`
	Host      *string    `json:"host"`
	Started   time.Time  `json:"started"`
	Paused    bool       `json:"paused"`
	On        *string    `json:"on"` // the group whose turn it is
	Seconds   int        `json:"seconds"`
	Length    int        `json:"length_seconds"`
	End       time.Time  `json:"expected_end"`
	Turns     []jsonTurn `json:"turns"`
	Breakouts []string   `json:"breakouts"`
	Machine   string     `json:"machine"`
	Process   *int       `json:"process"` // that presents it; null when none stays
	Live      bool       `json:"live"`    // it was seen lately
}

type jsonTurn struct {
	Group      string  `json:"group"`
	Speaker    *string `json:"speaker"`
	Attendance *string `json:"attendance"`
	Shown      bool    `json:"shown"`
	Seconds    int     `json:"seconds"`
	Timebox    int     `json:"timebox_seconds"`
	Over       int     `json:"over_seconds"`
}

func (v *invocation) toJSONRunning(running *meeting.Running) *jsonRunning {
	if running == nil {
		return nil
	}
	r := v.upToNow(*running)
	j := &jsonRunning{
		Date: r.Date, Host: orNull(r.Host), Started: r.Started.UTC(), Paused: r.Paused,
		Seconds: wholeSeconds(r.Elapsed()), Length: wholeSeconds(r.Length), End: r.ExpectedEnd(v.now()).UTC(),
		Turns: []jsonTurn{}, Breakouts: orEmpty(r.Breakouts), Machine: r.Holder.Machine, Live: running.Live(v.now()),
	}
	if t, ok := r.Current(); ok {
		j.On = &t.Group
	}
	if r.Holder.Process > 0 {
		j.Process = &r.Holder.Process
	}
	for _, t := range r.Turns {
		j.Turns = append(j.Turns, jsonTurn{
			Group: t.Group, Speaker: orNull(t.Speaker), Attendance: orNull(string(t.Attendance)), Shown: t.Shown,
			Seconds: wholeSeconds(t.Elapsed), Timebox: wholeSeconds(t.Timebox), Over: wholeSeconds(t.Over()),
		})
	}
	return j
}

func wholeSeconds(d time.Duration) int { return int(d / time.Second) }

// printRunning prints how a running sync stands.
func (v *invocation) printRunning(l *synclog.Log, running meeting.Running) error {
	r := v.upToNow(running)
	zone := l.Config.Location()
	v.printf("Started at %s by %s on %s\n", r.Started.In(zone).Format("15:04"), cmp.Or(r.Host, "nobody in particular"), r.Holder.String())
	v.printf("%s of %s; it ends at about %s", meeting.Clock(r.Elapsed()), meeting.Clock(r.Length), r.ExpectedEnd(v.now()).In(zone).Format("15:04"))
	if r.Paused {
		v.printf("; paused")
	}
	v.printf("\n\n")
	for i, t := range r.Turns {
		v.printf("%s\n", turnWords(t, i == r.On))
	}
	v.printOpened(l, r)
	switch {
	case r.Done():
		v.printf("\nEverybody was on. archsync sync close records it.\n")
	case r.On == meeting.Before:
		v.printf("\narchsync sync turn begins with %s.\n", firstGroup(r))
	}
	return nil
}

func firstGroup(r meeting.Running) string {
	if len(r.Turns) == 0 {
		return "nobody: there are no groups"
	}
	return r.Turns[0].Group
}

// turnWords is a group's turn on a line.
func turnWords(t meeting.Turn, on bool) string {
	mark := " "
	if on {
		mark = ">"
	}
	took := ""
	if t.Shown {
		took = meeting.Clock(t.Elapsed)
		if t.Timebox > 0 {
			took += " of " + meeting.Clock(t.Timebox)
		}
		if over := t.Over(); over > 0 {
			took += ", over by " + meeting.Clock(over)
		}
	}
	return strings.TrimRight(fmt.Sprintf("%s %-14s %-20s %-8s %s", mark, t.Group, t.Speaker, string(t.Attendance), took), " ")
}

func (v *invocation) printOpened(l *synclog.Log, r meeting.Running) {
	if len(r.Breakouts) == 0 {
		return
	}
	v.printf("\nBreakouts\n")
	for _, id := range r.Breakouts {
		b, _ := l.FindBreakout(id)
		v.printf("  %s  %s\n", id, b.Topic)
	}
}
