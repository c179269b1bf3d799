package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) syncCommand() *cobra.Command {
	return noun("sync", "the meeting: when it is, and closing it",
		`A sync is one meeting, named by its date. Closing it records everything as it was
shown; from then on that moment can be travelled to.`,
		v.syncStartCommand(), v.syncStatusCommand(), v.syncTurnCommand(), v.syncAttendCommand(),
		v.syncPauseCommand(), v.syncStopCommand(), v.syncBreakoutCommand(),
		v.syncNextCommand(), v.syncSkipCommand(), v.syncRescheduleCommand(), v.syncICSCommand(), v.syncRemindCommand(),
		v.syncAgendaCommand(), v.syncCloseCommand(), v.syncReopenCommand(),
		v.syncShowCommand(), v.syncMinutesCommand(),
	)
}

// closeOptions are the flags of sync close.
type closeOptions struct {
	date, host     string
	withoutPicture bool
	edit           bool
	dryRun         bool
	minutes        string // instead of the computed ones; "" for these
}

func (v *invocation) syncCloseCommand() *cobra.Command {
	var o closeOptions
	cmd := &cobra.Command{
		Use:   "close",
		Short: "record what was shown: minutes, picture, commit, tag",
		Long: `Closes the running sync, else today's, or that of --date. The log as it is in the working tree
becomes a snapshot: syncs/DATE.md with the minutes, which are computed from what
changed since the last sync; syncs/DATE.svg with the architecture, and beside it
syncs/DATE.place.json with the places of everything in it, from which the next
picture goes on; a commit of these and of everything in the log that was not
committed yet; the annotated tag sync/DATE. A second commit then clears the board of what was shown as done or
dropped. It all happens, or nothing does.

A file that cannot be read or a diagram that does not compile keeps a sync from
being closed; --without-picture closes all the same and records what is wrong
with the diagram. Notes that stand in syncs/DATE.md already are kept. --edit opens the
minutes in your editor first; what you save is recorded.
Of a sync that was started with sync start, attendance, timings and breakouts go into
the record.`,
		Example: `  archsync sync close
  archsync sync close --edit
  archsync sync close --dry-run
  archsync sync close --date 2026-03-12 --host "Helena Strand"`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncClose(o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.date, "date", "", "the `DATE` of the sync (default: today, in the log's time zone)")
	flags.StringVar(&o.host, "host", "", "who hosted it, a `NAME` (default: who closes it)")
	flags.BoolVar(&o.withoutPicture, "without-picture", false, "close without drawing the architecture")
	flags.BoolVarP(&o.edit, "edit", "e", false, "edit the minutes in $EDITOR before they are recorded")
	flags.BoolVar(&o.dryRun, "dry-run", false, "show what would be recorded, and write nothing")
	v.writingFlags(cmd, nil)
	return cmd
}

// closing is a sync on its way to being closed: everything as it was before the
// log was read, so that a change underneath is noticed.
type closing struct {
	head    string
	stamp   uint64
	paths   history.Paths
	now     *synclog.Log
	before  *synclog.Log // the last snapshot; nil at the first sync
	past    *agenda.Past
	text    editedText // the minutes as the host edited them
	date    string
	running *meeting.Running // the sync as it is held; nil when none was started
	unsaved []history.FileChange
	plan    synclog.Plan
}

func (v *invocation) syncClose(o closeOptions) error {
	if o.edit && o.dryRun {
		return &usageError{what: "--dry-run writes nothing that could be edited", hint: "leave --edit or --dry-run out"}
	}
	if o.edit {
		if err := v.canEdit("leave --edit out; notes in syncs/DATE.md are kept, archsync sync minutes DATE --edit corrects them later"); err != nil {
			return err
		}
	}
	c, err := v.plannedClosing(o)
	if err != nil {
		return err
	}
	if o.dryRun {
		v.printf("Would close the sync of %s\n", c.date)
		v.printClosing(c)
		v.printf("\nThe minutes would be\n\n")
		v.printText(c.plan.Minutes)
		return nil
	}
	recorded, err := v.record(c)
	if err != nil {
		return c.text.keep(err)
	}
	c.text.discard()
	v.printf("Closed the sync of %s\n", c.date)
	v.printClosing(c)
	v.notices(recorded.Notices)
	return v.end(c.date)
}

// beginClosing reads the log and settles the date.
func (v *invocation) beginClosing(o closeOptions) (*closing, error) {
	a, err := v.open()
	if err != nil {
		return nil, err
	}
	head, err := a.Store().Head()
	if err != nil {
		return nil, err
	}
	now := history.Moment{Kind: history.Now, Expr: "now"}
	c := &closing{head: head.Commit, stamp: a.Stamp(), paths: a.Paths(now)}
	if c.now, err = a.Read(v.ctx, now, synclog.All); err != nil {
		return nil, err
	}
	snapshots, _, err := a.Snapshots()
	if err != nil {
		return nil, err
	}
	if c.running, err = v.running(snapshots); err != nil {
		return nil, err
	}
	if c.date = o.date; c.date == "" {
		c.date = v.today(c.now)
		if c.running != nil {
			c.date = c.running.Date
		}
	}
	if err := v.refuseClosedElsewhere(snapshots, c.date); err != nil {
		return nil, err
	}
	if err := v.checkDate("close", c.date, snapshots, c.now.Config.Location()); err != nil {
		return nil, err
	}
	t, err := v.timeline(now)
	if err != nil {
		return nil, err
	}
	if c.past, err = agenda.ReadPast(v.ctx, t); err != nil || len(snapshots) == 0 {
		return c, err
	}
	c.before, err = a.ReadSnapshot(v.ctx, snapshots[len(snapshots)-1])
	return c, err
}

// checkDate refuses dates on which no sync can be started or closed.
func (v *invocation) checkDate(do, date string, snapshots []chronicle.Snapshot, zone *time.Location) error {
	if t, err := time.Parse(time.DateOnly, date); err != nil || t.Format(time.DateOnly) != date {
		return &usageError{what: fmt.Sprintf("%q is not a date", date), hint: "dates are written YYYY-MM-DD"}
	}
	refuse := func(what, hint string) error {
		return &history.Error{What: fmt.Sprintf("%s the sync of %s: %s", do, date, what), Hint: hint}
	}
	if tomorrow := v.now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly); date > tomorrow {
		return refuse("that day has not come", do+" it when you meet; --date names another day")
	}
	if len(snapshots) == 0 {
		return nil
	}
	last := snapshots[len(snapshots)-1].Date
	switch {
	case date == last:
		return refuse("it is closed already", "archsync sync reopen "+date+" takes it back, as long as it is not pushed")
	case chronicle.HasSync(snapshots, date):
		return refuse("it is closed already", "archsync board --at "+date+" shows it")
	case date < last:
		return refuse("a later one is closed, that of "+last, "the past cannot be filled in; --date names another day")
	}
	return nil
}

// refuseUnreadable ends the closing of a log that cannot be read whole.
func (v *invocation) refuseUnreadable(c *closing, withoutPicture bool) error {
	files, diagrams := c.now.Unreadable(c.before)
	if withoutPicture {
		diagrams = nil
	}
	if len(files)+len(diagrams) == 0 {
		return nil
	}
	v.printProblems(slices.Concat(files, diagrams))
	hint := "correct what is named above and close again"
	if len(files) == 0 {
		hint += "; --without-picture closes all the same"
	}
	return &history.Error{
		What: fmt.Sprintf("close the sync of %s: the log cannot be read whole", c.date),
		Hint: hint,
	}
}

// planClosing draws the picture and computes what is to be recorded.
func (v *invocation) planClosing(c *closing, o closeOptions) error {
	in := synclog.Closing{Date: c.date, Host: cmp.Or(o.host, v.hostOf(c)), Before: c.before, Now: c.now, Running: v.heldOn(c)}
	held := agenda.Held{Record: in.Record()}
	var err error
	switch {
	case o.withoutPicture:
		_, held.Problems = c.now.Unreadable(c.before)
	case c.now.Main() == nil:
		v.notices([]string{"there is no architecture diagram, and so no picture"})
	default:
		if in.Picture, in.Placement, err = v.picture(c); err != nil {
			return err
		}
	}
	if c.unsaved, err = v.archive.Unsaved(v.ctx); err != nil {
		return err
	}
	held.Picture = in.Picture != nil
	in.Minutes = cmp.Or(o.minutes, agenda.NewSync(c.date, c.now, c.before, c.past).Minutes(held).Markdown())
	if o.edit {
		if in.Minutes, c.text, err = v.editKept("minutes-"+c.date, in.Minutes); err != nil {
			return err
		}
	}
	c.plan, err = synclog.PlanClose(in)
	return err
}

// hostOf is who hosted the sync: whoever it was started with, else who closes it.
func (v *invocation) hostOf(c *closing) string {
	if r := v.heldOn(c); r != nil && r.Host != "" {
		return r.Host
	}
	return v.hostName()
}

// hostName is who closes the sync, as far as that is known.
func (v *invocation) hostName() string {
	who, err := v.who()
	if err != nil {
		return ""
	}
	return who.Name
}

// picture draws the architecture as it is now, where possible as the last picture was
// drawn, and gives the placement to go on from.
func (v *invocation) picture(c *closing) (svg, placement []byte, err error) {
	now := history.Moment{Kind: history.Now, Expr: "now"}
	fsys, err := v.archive.FS(now)
	if err != nil {
		return nil, nil, err
	}
	renderer, done := v.renderer()
	defer done()
	opt := diagram.RenderOptions{Limits: v.limits()}
	camera, placed := v.cameraAt(renderer, now, c.now.Main())
	if placed {
		frame := camera.Frame()
		opt.Frame = &frame
		if placement, err = camera.Marshal(); err != nil {
			return nil, nil, err
		}
	}
	svg, problems := renderer.Render(v.ctx, fsys, c.now.Main().Path, opt)
	v.printProblems(problems)
	if svg == nil {
		return nil, nil, &history.Error{
			What: fmt.Sprintf("close the sync of %s: the architecture cannot be drawn", c.date),
			Hint: "--without-picture closes all the same",
		}
	}
	return svg, placement, nil
}

// noteUnseen says which groups had no turn in the running sync that is closed, and are
// not known to be absent.
func (v *invocation) noteUnseen(c *closing) {
	if r := v.heldOn(c); r != nil {
		if unseen := r.Unseen(); len(unseen) > 0 {
			v.notices([]string{plural(len(unseen), "group has", "groups have") + " not had a turn: " + strings.Join(unseen, ", ")})
		}
	}
}

// noteProblems prints what check finds although the log can be read.
func (v *invocation) noteProblems(c *closing) {
	files, diagrams := c.now.Unreadable(c.before)
	told := slices.Concat(files, diagrams)
	left := slices.DeleteFunc(synclog.Check(c.now), func(p problem.Problem) bool { return slices.Contains(told, p) })
	if len(left) == 0 {
		return
	}
	v.notices([]string{plural(len(left), "problem does", "problems do") + " not keep the sync from being closed:"})
	v.printProblems(left)
}

// record carries the plan out.
func (v *invocation) record(c *closing) (history.Recorded, error) {
	who, err := v.who()
	if err != nil {
		return history.Recorded{}, err
	}
	r := history.Recording{
		Date: c.date, Head: c.head, Paths: c.paths, Stamp: c.stamp,
		Expect: map[string][]byte{}, Snapshot: maps.Clone(c.plan.Files),
		SnapshotMessage: c.plan.Message, TagMessage: c.plan.TagMessage,
		Clear: c.plan.Clear, ClearMessage: c.plan.ClearMessage,
		Author: who, When: v.now(),
	}
	for _, f := range c.unsaved {
		if _, rewritten := r.Snapshot[f.Path]; !rewritten {
			r.Snapshot[f.Path] = f.Work
		}
	}
	for _, files := range []map[string][]byte{r.Snapshot, r.Clear} {
		for name := range files {
			if r.Expect[name], err = v.working(name); err != nil {
				return history.Recorded{}, err
			}
		}
	}
	return v.archive.Store().Record(v.ctx, r)
}

// working is what a working file holds; nil when there is none.
func (v *invocation) working(name string) ([]byte, error) {
	src, err := v.archive.Store().ReadFile(history.Moment{Kind: history.Now, Expr: "now"}, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return src, err
}

// printClosing says what a closing records and clears.
func (v *invocation) printClosing(c *closing) {
	n := c.plan.Counts
	for _, row := range [][2]string{
		{"items", n.Items.String()}, {"components", n.Components.String()},
		{"connections", n.Connections.String()}, {"decisions", n.Decisions.String()},
	} {
		if row[1] != "" {
			v.printf("  %-12s %s\n", row[0], row[1])
		}
	}
	v.printf("  %-12s %s\n", "tag", c.plan.Tag)
	for _, name := range slices.Sorted(maps.Keys(c.plan.Files)) {
		kind := "minutes"
		switch {
		case strings.HasSuffix(name, ".svg"):
			kind = "picture"
		case strings.HasSuffix(name, ".json"):
			kind = "layout"
		}
		v.printf("  %-12s %s\n", kind, name)
	}
	if left := c.uncommitted(); len(left) > 0 {
		v.printf("\nNot committed before, and part of the snapshot\n")
		for _, name := range left {
			v.printf("  %s\n", name)
		}
	}
	v.printItemList("Cleared from the board", c.plan.Cleared)
}

// uncommitted are the unsaved files beside those that the closing writes itself.
func (c *closing) uncommitted() []string {
	var names []string
	for _, f := range c.unsaved {
		if _, written := c.plan.Files[f.Path]; !written {
			names = append(names, f.Path)
		}
	}
	return names
}

func (v *invocation) printItemList(heading string, items []board.Item) {
	if len(items) == 0 {
		return
	}
	v.printf("\n%s\n", heading)
	for _, it := range items {
		v.printf("  %s  %s, %s\n", it.ID, it.Title, string(it.Status))
	}
}

func (v *invocation) syncReopenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reopen DATE",
		Short: "take the last closing back, before it is pushed",
		Long: `Takes back the snapshot of the last sync, as a new commit: its minutes, its picture
and its tag go, and what was cleared from the board is back on it. What was done
since then stays. A snapshot that was pushed stays too: put the correction in the
next sync.`,
		Example: `  archsync sync reopen 2026-03-12
  archsync sync reopen @`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeMoments,
		RunE:              func(_ *cobra.Command, args []string) error { return v.syncReopen(args[0]) },
	}
	v.writingFlags(cmd, nil)
	return cmd
}

func (v *invocation) syncReopen(expr string) error {
	date, err := v.syncDate(expr)
	if err != nil {
		return err
	}
	store := v.archive.Store()
	plan, err := store.PlanReopen(v.ctx, date)
	if err != nil {
		return err
	}
	now, _, err := v.read("now", synclog.All)
	if err != nil {
		return err
	}
	then, err := v.archive.ReadSnapshot(v.ctx, chronicle.Snapshot{Date: date, Commit: plan.Snapshot})
	if err != nil {
		return err
	}
	if err := settle(&plan, now, then); err != nil {
		return err
	}
	if err := v.withoutMinutes(&plan, now.Path(meeting.RecordPath(date))); err != nil {
		return err
	}
	if plan.Author, err = v.who(); err != nil {
		return err
	}
	plan.When = v.now()
	plan.Message = fmt.Sprintf("Reopen the sync of %s\n\nIts minutes go, and what was cleared is back on the board.\n", date)
	done, err := store.Reopen(v.ctx, plan)
	if err != nil {
		return err
	}
	v.printf("Reopened the sync of %s: its minutes, picture and tag are gone\n", date)
	v.printf("  git show %s:%s still has the minutes\n", plan.Snapshot[:8], store.PathAt(plan.Snapshot, now.Path(meeting.RecordPath(date))))
	v.printItemList("Back on the board", comeBack(now, then, plan.Clearing != ""))
	v.notices(done.Notices)
	return nil
}

// syncDate is the date of the sync that an argument names.
func (v *invocation) syncDate(expr string) (string, error) {
	if _, err := v.open(); err != nil {
		return "", err
	}
	if _, err := time.Parse(time.DateOnly, expr); err == nil {
		return expr, nil
	}
	m, err := v.moment(expr)
	if err != nil {
		return "", err
	}
	if m.Kind != history.AtSnapshot {
		return "", &usageError{what: fmt.Sprintf("%q is not a sync", expr), hint: "name the sync by its date; archsync log lists them"}
	}
	return m.Date, nil
}

// settle puts cleared items back into files that changed since.
func settle(plan *history.Reopening, now, then *synclog.Log) error {
	if len(plan.Clashes) == 0 {
		return nil
	}
	files, err := synclog.Unclear(now, then, plan.Clashes)
	if err != nil {
		return &history.Error{
			What: "reopen the sync of " + plan.Date, Err: err,
			Hint: "the group of a cleared item is gone; archsync item restore brings items back one by one",
		}
	}
	maps.Copy(plan.Files, files)
	for _, name := range plan.Clashes {
		if !slices.ContainsFunc(now.Files, func(f *board.File) bool { return f.Path() == name }) {
			plan.Files[name] = nil // its group has another file now
		}
	}
	return nil
}

// withoutMinutes brings a record that was committed before the sync was closed back
// to what it was then, unless somebody changed it since.
func (v *invocation) withoutMinutes(plan *history.Reopening, record string) error {
	if _, planned := plan.Files[record]; planned {
		return nil
	}
	at := func(expr string) ([]byte, error) {
		m, err := v.moment(expr)
		if err != nil {
			return nil, err
		}
		src, err := v.archive.Store().ReadFile(m, record)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return src, err
	}
	shown, err := at("git:" + plan.Snapshot)
	if err != nil {
		return err
	}
	now, err := at("now")
	if err != nil || !bytes.Equal(shown, now) {
		return err
	}
	plan.Files[record], err = at("git:" + plan.Snapshot + "~1")
	return err
}

// comeBack are the items that were cleared and are not on the board now.
func comeBack(now, then *synclog.Log, cleared bool) []board.Item {
	var items []board.Item
	for _, g := range then.Groups() {
		for _, it := range g.Items {
			if _, there, err := now.Find(it.ID); cleared && it.Status.Closed() && (err != nil || there.ID != it.ID) {
				items = append(items, it)
			}
		}
	}
	return items
}
