package main

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) itemCommand() *cobra.Command {
	return noun("item", "the work on the board: make, edit, move, show, list, restore",
		`An item is a piece of a group's work: planned, ongoing, blocked, done or dropped.
It is named by its id, five letters and digits, or by as much of the beginning of
it as is unambiguous. Items that are done or dropped are shown at the next sync
and leave the board after it; restore brings one back.`,
		v.itemNewCommand(), v.itemEditCommand(), v.itemMoveCommand(),
		v.itemShowCommand(), v.itemListCommand(), v.itemRestoreCommand())
}

// jsonItem is an item where it stands without its group around it.
type jsonItem struct {
	Group string     `json:"group"`
	Item  board.Item `json:"item"`
}

func (v *invocation) itemShowCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "one item whole",
		Long:  `Shows everything that an item says, keys that archsync does not know included.`,
		Example: `  archsync item show k7f3q
  archsync item show k7 --at @-3`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeItems,
		RunE:              func(_ *cobra.Command, args []string) error { return v.itemShow(args[0], at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) itemShow(id, at string) error {
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return err
	}
	g, it, err := v.find(l, m, id)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "item", At: toJSONMoment(m), Data: jsonItem{g.ID, it}, Problems: l.Problems})
	}
	v.printf("%s  %s\n", it.ID, it.Title)
	f, _ := l.File(g.ID)
	v.printRows(itemRows(g, it, m, f))
	if note := strings.TrimSpace(it.Note); note != "" {
		v.printf("\n")
		for line := range strings.SplitSeq(plain.Text(note), "\n") {
			v.printf("  %s\n", line)
		}
	}
	return nil
}

// itemRows is what an item says beside its title and note, by name; the lines of a
// list but the first have none.
func itemRows(g board.Group, it board.Item, m history.Moment, f *board.File) [][2]string {
	rows := [][2]string{
		{"group", g.ID}, {"status", string(it.Status) + prefixed(" since ", it.Since)}, {"owner", it.Owner},
		{"due", dueWords(it, m.Date)}, {"plan", it.Plan},
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"touches", it.Touches}, {"decisions", it.Decisions}, {"blocked by", it.BlockedBy}, {"links", it.Links}} {
		for i, value := range list.values {
			rows = append(rows, [2]string{list.name, value})
			if i > 0 {
				rows[len(rows)-1][0] = ""
			}
		}
	}
	rows = append(rows, [2]string{"ref", it.Ref})
	for _, field := range it.Extra {
		rows = append(rows, [2]string{field.Key, field.Text()})
	}
	return append(rows, [2]string{"file", fmt.Sprintf("%s:%d", f.Path(), it.Line)})
}

func dueWords(it board.Item, asOf string) string {
	if it.Due != "" && it.Slipped(nil, asOf) {
		return it.Due + " (late)"
	}
	return it.Due
}

// find is the item that an id, or the beginning of one, means. Where the present
// board has none, an item that was cleared from it is named.
func (v *invocation) find(l *synclog.Log, m history.Moment, id string) (board.Group, board.Item, error) {
	g, it, err := l.Find(id)
	var unknown *board.NotFoundError
	if m.Kind != history.Now || !errors.As(err, &unknown) {
		return g, it, err
	}
	last, at, pastErr := v.read("@", synclog.Board)
	if pastErr != nil {
		return g, it, err
	}
	if _, old, found := last.Find(id); found == nil {
		return g, it, &history.Error{
			What: fmt.Sprintf("no item %q on the board; the sync of %s showed %s %q", id, at.Date, old.ID, old.Title),
			Hint: fmt.Sprintf("archsync item restore %s brings it back; --at %s shows it as it was", old.ID, at.Date),
		}
	}
	return g, it, err
}

// itemFilter is what item list was asked for; empty parts ask for nothing.
type itemFilter struct {
	statuses  []string
	owner     string
	groups    []string
	component string
	plan      string
	late      bool
}

func (v *invocation) itemListCommand() *cobra.Command {
	var at string
	var filter itemFilter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "items of all groups, by status, owner, component, plan",
		Long: `Lists the items of all groups. Each flag narrows the list; where one is repeated,
either value fits.

An owner is a part of the name or address, or me. A component stands for all that
lies in it and for its connections. A plan fits every plan that shares a day with
it: 2026-Q4 fits 2026-W40+6. Late is what was due before today and is neither
done nor dropped.`,
		Example: `  archsync item list --status ongoing --status blocked
  archsync item list --owner me --late
  archsync item list --component storage.kafka --at @-6
  archsync item list --plan 2026-Q4 --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.itemList(at, filter) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&filter.statuses, "status", nil, "with this `STATUS`: planned, ongoing, blocked, done or dropped; may be repeated")
	flags.StringVar(&filter.owner, "owner", "", "of this `PERSON`: a part of the name or address, or me")
	flags.StringSliceVar(&filter.groups, "group", nil, "the group with this `ID`; may be repeated")
	flags.StringVar(&filter.component, "component", "", "what touches this component or connection, by its `KEY`")
	flags.StringVar(&filter.plan, "plan", "", "with a plan that meets this `PLAN`: 2026-Q4, 2026-W40+6")
	flags.BoolVar(&filter.late, "late", false, "what was due before and is not closed")
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	v.completeItemFlags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("component", v.completeComponents)
	return cmd
}

func (v *invocation) itemList(at string, filter itemFilter) error {
	if err := filter.check(); err != nil {
		return err
	}
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return err
	}
	owner, err := v.ownerFilter(filter.owner)
	if err != nil {
		return err
	}
	groups, err := v.chosen(l, filter.groups, false)
	if err != nil {
		return err
	}
	found := []jsonItem{}
	for _, g := range groups {
		for _, it := range g.Items {
			if owner(it.Owner) && filter.fits(it, m.Date) {
				found = append(found, jsonItem{g.ID, it})
			}
		}
	}
	if v.json {
		return v.printJSON(envelope{Kind: "items", At: toJSONMoment(m), Data: map[string]any{"items": found}, Problems: l.Problems})
	}
	for _, f := range found {
		v.printf("%-10s ", f.Group)
		v.printItem(f.Item)
	}
	if len(found) == 0 {
		v.printf("No items.\n")
	}
	v.printProblems(l.Problems)
	return nil
}

// check refuses values that no item can have.
func (f itemFilter) check() error {
	for _, s := range f.statuses {
		if err := board.CheckValue("status", s); err != nil {
			return asUse(err)
		}
	}
	return asUse(board.CheckValue("plan", f.plan))
}

func (f itemFilter) fits(it board.Item, asOf string) bool {
	return (len(f.statuses) == 0 || slices.Contains(f.statuses, string(it.Status))) &&
		(f.component == "" || slices.ContainsFunc(it.Touches, func(ref string) bool { return concerns(ref, f.component) })) &&
		(f.plan == "" || overlap(f.plan, it.Plan)) &&
		(!f.late || it.Slipped(nil, asOf))
}

// ownerFilter tells whether an owner is the one that was asked for: me by name or
// address, anybody else by a part of either.
func (v *invocation) ownerFilter(asked string) (func(owner string) bool, error) {
	if asked != "me" {
		return func(owner string) bool { return strings.Contains(strings.ToLower(owner), strings.ToLower(asked)) }, nil
	}
	who, err := v.who()
	return func(owner string) bool { return synclog.IsPerson(owner, who.Name, who.Mail) }, err
}

// concerns tells whether what an item touches is a component, lies in it or is a
// connection of it.
func concerns(ref, component string) bool {
	if ref == component {
		return true
	}
	if from, to, ok := cutConnection(ref); ok {
		return concerns(from, component) || concerns(to, component)
	}
	return strings.HasPrefix(ref, component+".")
}

// cutConnection gives the ends of a connection, without its label; false when a
// reference is none.
func cutConnection(ref string) (from, to string, ok bool) {
	for _, arrow := range []string{" -> ", " <- ", " <-> ", " -- "} {
		if from, to, ok = strings.Cut(ref, arrow); ok {
			to, _, _ = strings.Cut(to, ": ")
			to, _, _ = strings.Cut(to, " #")
			return from, to, true
		}
	}
	return "", "", false
}

// overlap tells whether two plans have a day in common; a text that is no plan has none.
func overlap(a, b string) bool {
	startA, endA, errA := board.ParsePlan(a)
	startB, endB, errB := board.ParsePlan(b)
	return errA == nil && errB == nil && startA <= endB && startB <= endA
}

func (v *invocation) itemRestoreCommand() *cobra.Command {
	var at string
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "restore ID",
		Short: "bring a cleared or older item back, with its id",
		Long: `Brings an item back that has left the board, as the newest sync that still has it
shows it. With --at it is the item as it stood then, also over its present form.
It comes back with its id, its comments and the status that it had.`,
		Example: `  archsync item restore k7f3q
  archsync item restore k7f3q --at 2026-03-12`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeClearedItems,
		RunE:              func(_ *cobra.Command, args []string) error { return v.itemRestore(args[0], at, !noCommit) },
	}
	v.writingFlags(cmd, &noCommit)
	v.momentFlag(cmd, &at, "at", "the item as it stood at `MOMENT`, instead of at the newest sync that has it")
	return cmd
}

func (v *invocation) itemRestore(id, at string, commit bool) error {
	now, _, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	then, m, err := v.withItem(now, id, at)
	if err != nil {
		return err
	}
	_, old, err := then.Find(id)
	if err != nil {
		return err
	}
	e, err := synclog.Restore(now, then, old.ID)
	if errors.Is(err, synclog.ErrNothingToRestore) || err == nil && e.Empty() {
		v.printf("%s %q is on the board just as it was on %s\n", old.ID, old.Title, m.Date)
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "%s %q is back as it was on %s, in %s", old.ID, old.Title, m.Date, groupOf(e))
	if old.Status.Closed() {
		v.printf("It is %s; to work on it again: archsync item move %s ongoing\n", string(old.Status), old.ID)
	}
	return nil
}

// groupOf is the group whose file an edit wrote last.
func groupOf(e synclog.Edit) string {
	return strings.TrimSuffix(path.Base(e.Files[len(e.Files)-1].Path), ".yaml")
}

// withItem is the moment that an item is restored from: the one that --at names,
// else the newest sync that has it.
func (v *invocation) withItem(now *synclog.Log, id, at string) (*synclog.Log, history.Moment, error) {
	if at != "" {
		return v.read(at, synclog.Board)
	}
	if g, it, err := now.Find(id); err == nil {
		return nil, history.Moment{}, &usageError{
			what: fmt.Sprintf("item %s %q is on the board of %s", it.ID, it.Title, g.ID),
			hint: "--at MOMENT brings back the form that it had then",
		}
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return nil, history.Moment{}, err
	}
	for _, s := range slices.Backward(snapshots) {
		m := history.At(s)
		then, err := v.archive.Read(v.ctx, m, synclog.Board)
		if err != nil {
			continue // a snapshot that cannot be read does not hide the older ones
		}
		if _, _, err := then.Find(id); !errors.As(err, new(*board.NotFoundError)) {
			return then, m, err
		}
	}
	return nil, history.Moment{}, &history.Error{
		What: fmt.Sprintf("no item %q on the board or in any sync", cmp.Or(id, " ")),
		Hint: "--at DATE looks at a day between two syncs",
	}
}
