package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) syncBreakoutCommand() *cobra.Command {
	return noun("breakout", "topics that need a discussion: new, list, show, close",
		`A sync has no discussions: what needs one becomes a breakout, a topic with a few
people, and the sync goes on. It stays on every agenda until it has an outcome: a
decision, an item, or the words why nothing follows. It is named by its id, or by as
much of the beginning of it as is unambiguous.`,
		v.breakoutNewCommand(), v.breakoutListCommand(), v.breakoutShowCommand(), v.breakoutCloseCommand())
}

func (v *invocation) breakoutNewCommand() *cobra.Command {
	var b meeting.Breakout
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "new TOPIC",
		Short: "take a topic out of the sync",
		Long: `Opens a breakout. Without --person the people are those whom the items and components
concern: owners of the items, leads of the groups that own the components or work on
them, and the group's lead. While a sync is running, its date and the group whose turn
it is are filled in.`,
		Example: `  archsync sync breakout new "How large may a cell be?"
  archsync sync breakout new "Who owns the queue?" --component ingest.queue --item k7f3q \
      --person "Mia Roth" --person me`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			b.Topic = oneLine(args[0])
			return v.breakoutNew(b, !noCommit)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&b.People, "person", nil, "who talks about it: `\"NAME <MAIL>\"`, a name, or me; may be repeated")
	flags.StringVar(&b.Group, "group", "", "the group with this `ID` in whose turn it came up")
	flags.StringVar(&b.Sync, "sync", "", "the `DATE` of the sync that it comes from (default: the running one's)")
	flags.StringArrayVar(&b.Components, "component", nil, "a component or connection that it is about, by its `KEY`; may be repeated")
	flags.StringArrayVar(&b.Items, "item", nil, "an item that it is about, by its `ID`; may be repeated")
	flags.StringVar(&b.Notes, "note", "", "Markdown `TEXT`")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("component", v.completeComponents)
	_ = cmd.RegisterFlagCompletionFunc("item", v.completeItems)
	v.completePeople(cmd, "person")
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) breakoutNew(b meeting.Breakout, commit bool) error {
	if b.Sync != "" {
		if err := checkISODate("--sync", b.Sync); err != nil {
			return err
		}
	}
	l, m, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	running, err := v.running(snapshots)
	if err != nil {
		return err
	}
	if running != nil && (b.Sync == "" || b.Sync == running.Date) {
		b.Sync = running.Date
		if t, on := running.Current(); on && b.Group == "" {
			b.Group = t.Group
		}
	}
	if b.Group != "" {
		f, ok := l.File(b.Group)
		if !ok {
			return l.UnknownGroup(b.Group)
		}
		b.Group = f.ID()
	}
	for i, id := range b.Items {
		_, it, err := v.find(l, m, id)
		if err != nil {
			return err
		}
		b.Items[i] = it.ID
	}
	b.Components = v.components(l, b.Components)
	if b.People, err = v.asked(l, b); err != nil {
		return err
	}
	if b.Notes != "" {
		b.Notes = strings.TrimSpace(b.Notes) + "\n"
	}
	e, b, err := synclog.OpenBreakout(l, b)
	if err != nil {
		return asUse(err)
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	if running != nil && b.Sync == running.Date {
		if err := v.noteOpened(b); err != nil {
			return err
		}
	}
	v.changed(commit, "Opened the breakout %s%s", b.ID, prefixed(" with ", strings.Join(b.People, ", ")))
	for _, c := range b.Components {
		if !l.HasComponent(c) {
			v.notices([]string{fmt.Sprintf("no diagram has %q", c)})
		}
	}
	return nil
}

// asked are the people of a new breakout: those who are named, else those concerned.
func (v *invocation) asked(l *synclog.Log, b meeting.Breakout) ([]string, error) {
	if len(b.People) == 0 {
		return l.Concerned(b.Group, b.Items, b.Components), nil
	}
	people := slices.Clone(b.People)
	for i, p := range people {
		person, err := v.person(p)
		if err != nil {
			return nil, err
		}
		people[i] = person
	}
	return people, nil
}

// noteOpened notes a breakout in the running sync, whoever presents it.
func (v *invocation) noteOpened(b meeting.Breakout) error {
	_, err := v.archive.UpdateRunning(func(r *meeting.Running) (*meeting.Running, error) {
		if r == nil || r.Date != b.Sync {
			return r, nil
		}
		next := r.Open(b.ID)
		return &next, nil
	})
	return err
}

func checkISODate(flag, date string) error {
	if err := board.CheckValue("due", date); err != nil {
		return &usageError{what: fmt.Sprintf("%s %q is not a date", flag, date), hint: "dates are written YYYY-MM-DD"}
	}
	return nil
}

// jsonBreakout is a breakout in full.
type jsonBreakout struct {
	ID         string   `json:"id"`
	Topic      string   `json:"topic"`
	People     []string `json:"people"`
	Sync       *string  `json:"sync"`
	Group      *string  `json:"group"`
	Components []string `json:"components"`
	Items      []string `json:"items"`
	State      string   `json:"state"`
	Outcome    *string  `json:"outcome"`
	Notes      *string  `json:"notes"`
	Path       string   `json:"path"`
}

func toJSONBreakout(b meeting.Breakout) jsonBreakout {
	return jsonBreakout{
		ID: b.ID, Topic: b.Topic, People: orEmpty(b.People), Sync: orNull(b.Sync), Group: orNull(b.Group),
		Components: orEmpty(b.Components), Items: orEmpty(b.Items), State: b.State,
		Outcome: orNull(b.Outcome), Notes: orNull(strings.TrimSpace(b.Notes)), Path: b.Path,
	}
}

func (v *invocation) breakoutListCommand() *cobra.Command {
	var at, group string
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "breakouts without an outcome; with --all the others too",
		Long:  `Lists the breakouts that have no outcome yet, the oldest first; with --all those that have one too.`,
		Example: `  archsync sync breakout list
  archsync sync breakout list --all --group storage --at 2026-03-12`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.breakoutList(at, group, all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "closed ones too")
	cmd.Flags().StringVar(&group, "group", "", "only those from the turn of the group with this `ID`")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) breakoutList(at, group string, all bool) error {
	l, m, err := v.read(at, synclog.Board|synclog.Meetings)
	if err != nil {
		return err
	}
	if group != "" {
		f, ok := v.file(l, group)
		if !ok {
			return l.UnknownGroup(group)
		}
		group = f.ID()
	}
	found := slices.DeleteFunc(slices.Clone(l.Breakouts), func(b meeting.Breakout) bool {
		return !all && b.State == meeting.Closed || group != "" && b.Group != group
	})
	slices.SortStableFunc(found, func(a, b meeting.Breakout) int { return cmp.Compare(a.Sync, b.Sync) })
	if v.json {
		listed := []jsonBreakout{}
		for _, b := range found {
			listed = append(listed, toJSONBreakout(b))
		}
		return v.printJSON(envelope{Kind: "breakouts", At: toJSONMoment(m), Data: map[string]any{"breakouts": listed}, Problems: l.Problems})
	}
	for _, b := range found {
		v.printf("%s  %s\n", b.ID, b.Topic)
		about := []string{prefixed("since ", b.Sync), b.Group, b.Outcome}
		about = slices.DeleteFunc(about, func(s string) bool { return s == "" })
		if len(about) > 0 {
			v.printf("    %s\n", strings.Join(about, ", "))
		}
	}
	if len(found) == 0 {
		v.printf("No breakouts.\n")
	}
	v.printProblems(l.Problems)
	return nil
}

func (v *invocation) breakoutShowCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "one breakout whole",
		Long:  `Shows everything that a breakout says.`,
		Example: `  archsync sync breakout show blast-radius
  archsync sync breakout show blast --at @-3`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeBreakouts,
		RunE:              func(_ *cobra.Command, args []string) error { return v.breakoutShow(args[0], at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) breakoutShow(id, at string) error {
	l, m, err := v.read(at, synclog.Board|synclog.Meetings)
	if err != nil {
		return err
	}
	b, err := l.Breakout(id)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "breakout", At: toJSONMoment(m), Data: toJSONBreakout(b), Problems: l.Problems})
	}
	v.printf("%s  %s\n", b.ID, b.Topic)
	v.printRows([][2]string{
		{"state", b.State}, {"outcome", b.Outcome}, {"people", strings.Join(b.People, ", ")},
		{"sync", b.Sync}, {"group", b.Group}, {"components", strings.Join(b.Components, ", ")},
		{"items", strings.Join(b.Items, ", ")}, {"file", b.Path},
	})
	if notes := strings.TrimSpace(b.Notes); notes != "" {
		v.printf("\n")
		for line := range strings.SplitSeq(plain.Text(notes), "\n") {
			v.printf("  %s\n", line)
		}
	}
	return nil
}

// outcomeFlags are the ways in which a breakout can end; one of them is given.
type outcomeFlags struct {
	decision, newDecision string
	item, newItem         string
	noAction              string
	group                 string
}

func (v *invocation) breakoutCloseCommand() *cobra.Command {
	var o outcomeFlags
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "close ID",
		Short: "give a breakout its outcome: a decision, an item, or nothing",
		Long: `Closes a breakout with what came of it. A decision or an item that is there already is
named; a new one is made in the same step: --new-decision drafts one with the next
number and the context filled in, in the format that most of the log's decisions have
(RFD, MADR or Nygard), --new-item puts an item on the board that touches
what the breakout was about. --no-action says why nothing follows.`,
		Example: `  archsync sync breakout close blast-radius --decision 0031
  archsync sync breakout close blast-radius --new-decision "Cells hold 800 tenants"
  archsync sync breakout close queue --new-item "Move the queue" --group ingest
  archsync sync breakout close naming --no-action "the names stay as they are"`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeBreakouts,
		RunE:              func(_ *cobra.Command, args []string) error { return v.breakoutClose(args[0], o, !noCommit) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.decision, "decision", "", "the RFD or ADR that came of it, by `ID` or number")
	flags.StringVar(&o.newDecision, "new-decision", "", "draft a decision with this `TITLE`")
	flags.StringVar(&o.item, "item", "", "the item that came of it, by its `ID`")
	flags.StringVar(&o.newItem, "new-item", "", "put an item with this `TITLE` on the board")
	flags.StringVar(&o.noAction, "no-action", "", "nothing follows, and `WHY`")
	flags.StringVar(&o.group, "group", "", "of the new item: the group with this `ID` (default: the breakout's)")
	_ = cmd.RegisterFlagCompletionFunc("item", v.completeItems)
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	ways := []string{"decision", "new-decision", "item", "new-item", "no-action"}
	cmd.MarkFlagsMutuallyExclusive(ways...)
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) breakoutClose(id string, o outcomeFlags, commit bool) error {
	if o.group != "" && o.newItem == "" {
		return &usageError{what: "--group goes with --new-item", hint: "it is the group that gets the new item"}
	}
	l, _, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	e, err := v.outcome(l, id, o)
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	after, _, err := v.read("", synclog.Meetings)
	if err != nil {
		return err
	}
	b, err := after.Breakout(id)
	if err != nil {
		return err
	}
	v.changed(commit, "Closed the breakout %s: %s", b.ID, b.Outcome)
	if o.newDecision != "" {
		v.printf("The draft is %s\n", e.Files[0].Path)
	}
	return nil
}

// outcome is the edit that closes a breakout as the flags say.
func (v *invocation) outcome(l *synclog.Log, id string, o outcomeFlags) (synclog.Edit, error) {
	switch {
	case o.decision != "" || o.item != "":
		return synclog.SettleBreakout(l, id, o.decision, o.item)
	case o.noAction != "":
		return synclog.CloseBreakout(l, id, "No action: "+o.noAction)
	case o.newDecision != "":
		who, err := v.who()
		if err != nil {
			return synclog.Edit{}, err
		}
		e, _, err := synclog.DecideBreakout(l, id, oneLine(o.newDecision), v.today(l), who.String())
		return e, err
	case o.newItem != "":
		return v.itemOfBreakout(l, id, o)
	}
	return synclog.Edit{}, &usageError{
		what: "what came of the breakout?",
		hint: "name it: --decision, --new-decision, --item, --new-item, or --no-action WHY",
	}
}

func (v *invocation) itemOfBreakout(l *synclog.Log, id string, o outcomeFlags) (synclog.Edit, error) {
	b, err := l.Breakout(id)
	if err != nil {
		return synclog.Edit{}, err
	}
	group := cmp.Or(o.group, b.Group)
	if group == "" {
		return synclog.Edit{}, &usageError{what: fmt.Sprintf("the breakout %s is of no group", b.ID), hint: "--group ID says whose item it is"}
	}
	it := board.Item{Title: oneLine(o.newItem), Status: board.Planned, Since: v.today(l)}
	if it.ID, err = board.NewID(v.random, v.takenIDs(l)); err != nil {
		return synclog.Edit{}, err
	}
	return synclog.ItemOfBreakout(l, id, group, it)
}
