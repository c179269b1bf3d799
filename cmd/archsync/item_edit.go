package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// itemFlags are the flags that say what an item is.
type itemFlags struct {
	group string
	item  board.Item
}

func (v *invocation) itemFlags(cmd *cobra.Command, f *itemFlags) {
	flags, it := cmd.Flags(), &f.item
	flags.StringVar(&f.group, "group", "", "the group with this `ID`; without it, yours")
	flags.StringVar((*string)(&it.Status), "status", "", "its `STATUS`: planned, ongoing, blocked, done or dropped")
	flags.StringVar(&it.Owner, "owner", "", "who does it: `\"NAME <MAIL>\"`, a name, or me")
	flags.StringVar(&it.Due, "due", "", "the `DATE` that is promised: 2026-04-02")
	flags.StringVar(&it.Plan, "plan", "", "its `PLAN`, a quarter or weeks: 2026-Q4, 2026-W40+6 (six weeks from week 40 on)")
	flags.StringArrayVar(&it.Touches, "touches", nil, "a component or connection, by its `KEY`; may be repeated")
	flags.StringArrayVar(&it.Decisions, "decision", nil, "an RFD or ADR by `ID` or number; may be repeated")
	flags.StringArrayVar(&it.BlockedBy, "blocked-by", nil, "an item's or group's `ID`, or words; may be repeated")
	flags.StringArrayVar(&it.Links, "link", nil, "a `URL`; may be repeated")
	flags.StringVar(&it.Note, "note", "", "Markdown `TEXT`")
	v.completeItemFlags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("touches", v.completeComponents)
	_ = cmd.RegisterFlagCompletionFunc("blocked-by", v.completeItems)
}

func (v *invocation) itemNewCommand() *cobra.Command {
	var f itemFlags
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "new TITLE",
		Short: "put an item on the board",
		Long: `Puts an item on the board of your group, or of the one that --group names, and
commits it as you. It is planned unless --status says otherwise.`,
		Example: `  archsync item new "Shard the index"
  archsync item new "Replace the queue" --status ongoing --owner me --due 2026-04-02 \
      --touches ingest.queue --decision 0007 --plan 2026-Q2`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			f.item.Title = oneLine(args[0])
			return v.itemNew(f, !noCommit)
		},
	}
	v.itemFlags(cmd, &f)
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) itemNew(f itemFlags, commit bool) error {
	it := f.item
	if it.Status == "" {
		it.Status = board.Planned
	}
	if err := checkItem(it); err != nil {
		return err
	}
	l, _, err := v.read("", partsFor(it))
	if err != nil {
		return err
	}
	if it.Owner, err = v.person(it.Owner); err != nil {
		return err
	}
	if f.group == "" {
		g, err := v.group(l, "name the group: --group ID")
		if err != nil {
			return err
		}
		f.group = g.ID
	}
	if it.ID, err = board.NewID(v.random, v.takenIDs(l)); err != nil {
		return err
	}
	it.Since, it.Touches = v.today(l), v.components(l, it.Touches)
	e, err := synclog.AddItem(l, f.group, it)
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "%s %q is %s in %s", it.ID, it.Title, string(it.Status), groupOf(e))
	return v.newProblems(l, it)
}

// checkItem refuses values that check would complain about.
func checkItem(it board.Item) error {
	if strings.TrimSpace(it.Title) == "" {
		return &usageError{what: "the item has no title", hint: `a few words are enough: archsync item new "Shard the index"`}
	}
	if err := checkLists(it); err != nil {
		return err
	}
	for _, pair := range [][2]string{{"title", it.Title}, {"status", string(it.Status)}, {"due", it.Due}, {"plan", it.Plan}} {
		if err := board.CheckValue(pair[0], pair[1]); err != nil {
			return asUse(err)
		}
	}
	return nil
}

// checkLists refuses empty entries: an empty argument does not empty a list.
func checkLists(it board.Item) error {
	for _, given := range []struct {
		flag string
		list []string
	}{{"touches", it.Touches}, {"decision", it.Decisions}, {"blocked-by", it.BlockedBy}, {"link", it.Links}} {
		if slices.Contains(given.list, "") {
			return &usageError{what: "--" + given.flag + " names nothing", hint: "to empty a list: archsync item edit ID --clear " + given.flag}
		}
	}
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// partsFor is what must be read of the log to check what an item refers to.
func partsFor(it board.Item) synclog.Part {
	if len(it.Touches)+len(it.Decisions)+len(it.BlockedBy) == 0 {
		return synclog.Board
	}
	return synclog.All
}

// takenIDs knows the ids that a new item may not have: those on the board, and those
// that the last sync showed.
func (v *invocation) takenIDs(l *synclog.Log) func(string) bool {
	taken := map[string]bool{}
	logs := []*synclog.Log{l}
	if last, _, err := v.read("@", synclog.Board); err == nil {
		logs = append(logs, last)
	}
	for _, l := range logs {
		for _, g := range l.Groups() {
			for _, it := range g.Items {
				taken[it.ID] = true
			}
		}
	}
	return func(id string) bool { return taken[id] }
}

// components are what an item touches, spelled as the diagram does where a part of
// the name says enough.
func (v *invocation) components(l *synclog.Log, refs []string) []string {
	spelled := slices.Clone(refs)
	for i, ref := range refs {
		if main := l.Main(); main != nil && !l.HasComponent(ref) {
			if keys := main.Resolve(ref); len(keys) == 1 {
				spelled[i] = keys[0]
				v.notices([]string{fmt.Sprintf("%q is %s", ref, keys[0])})
			}
		}
	}
	return spelled
}

// newProblems prints what is wrong with what an item refers to, after it was written.
func (v *invocation) newProblems(before *synclog.Log, it board.Item) error {
	if partsFor(it) != synclog.All {
		return nil
	}
	after, _, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, p := range synclog.Check(before) {
		known[p.Path+p.What] = true
	}
	v.printProblems(slices.DeleteFunc(synclog.Check(after), func(p problem.Problem) bool { return known[p.Path+p.What] }))
	return nil
}

func (v *invocation) itemEditCommand() *cobra.Command {
	var f itemFlags
	var clear []string
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "edit ID",
		Short: "change an item; without flags in your editor",
		Long: `Gives an item what the flags say. A flag that lists something (--touches,
--decision, --blocked-by, --link) replaces the whole list; --clear takes a key out.
Only the item's own lines change in the file.

Without flags the file opens in your editor (EDITOR) at the item, and what you
saved is committed.`,
		Example: `  archsync item edit k7f3q --due 2026-04-16
  archsync item edit k7f3q --title "Shard the index" --touches query.index --clear plan
  archsync item edit k7f3q`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeItems,
		RunE: func(cmd *cobra.Command, args []string) error {
			settings := f.settings(cmd.Flags())
			if len(settings) == 0 && len(clear) == 0 && !cmd.Flags().Changed("group") {
				return v.itemEditByHand(args[0], !noCommit)
			}
			return v.itemEdit(args[0], f, settings, clear, !noCommit)
		},
	}
	cmd.Flags().StringVar(&f.item.Title, "title", "", "the item in a few `WORDS`")
	v.itemFlags(cmd, &f)
	cmd.Flags().StringSliceVar(&clear, "clear", nil, "take this `KEY` out: owner, due, plan, touches, note, ...")
	_ = cmd.RegisterFlagCompletionFunc("clear", cobra.FixedCompletions(clearable(), cobra.ShellCompDirectiveNoFileComp))
	v.writingFlags(cmd, &noCommit)
	return cmd
}

// settings are the keys that flags were given for.
func (f *itemFlags) settings(flags *pflag.FlagSet) []synclog.Setting {
	it := f.item
	var settings []synclog.Setting
	for _, s := range []struct {
		flag string
		synclog.Setting
	}{
		{"title", synclog.Setting{Key: "title", Value: oneLine(it.Title)}},
		{"status", synclog.Setting{Key: "status", Value: string(it.Status)}},
		{"owner", synclog.Setting{Key: "owner", Value: it.Owner}},
		{"due", synclog.Setting{Key: "due", Value: it.Due}},
		{"plan", synclog.Setting{Key: "plan", Value: it.Plan}},
		{"touches", synclog.Setting{Key: "touches", Value: it.Touches}},
		{"decision", synclog.Setting{Key: "decisions", Value: it.Decisions}},
		{"blocked-by", synclog.Setting{Key: "blocked_by", Value: it.BlockedBy}},
		{"link", synclog.Setting{Key: "links", Value: it.Links}},
		{"note", synclog.Setting{Key: "note", Value: it.Note}},
	} {
		if flags.Changed(s.flag) {
			settings = append(settings, s.Setting)
		}
	}
	return settings
}

func (v *invocation) itemEdit(id string, f itemFlags, settings []synclog.Setting, clear []string, commit bool) error {
	if err := checkLists(f.item); err != nil {
		return err
	}
	settings, err := cleared(settings, clear)
	if err != nil {
		return err
	}
	l, m, err := v.read("", partsFor(f.item))
	if err != nil {
		return err
	}
	g, it, err := v.find(l, m, id)
	if err != nil {
		return err
	}
	if err := checkClear(it, clear); err != nil {
		return err
	}
	for i, s := range settings {
		switch s.Key {
		case "owner":
			if owner, ok := s.Value.(string); ok {
				if settings[i].Value, err = v.person(owner); err != nil {
					return err
				}
			}
		case "touches":
			if refs, ok := s.Value.([]string); ok {
				settings[i].Value = v.components(l, refs)
			}
		}
	}
	if f.group == "" {
		f.group = g.ID
	}
	if err := v.change(l, it, f.group, settings, commit); err != nil {
		return err
	}
	return v.newProblems(l, f.item)
}

// clearable are the keys that an item can be without.
func clearable() []string {
	return []string{"owner", "since", "due", "plan", "touches", "decisions", "blocked_by", "links", "ref", "note"}
}

// checkClear refuses to take out a key that no item has, and this one neither.
func checkClear(it board.Item, clear []string) error {
	keys := clearable()
	for _, f := range it.Extra {
		keys = append(keys, f.Key)
	}
	for _, key := range clear {
		if !slices.Contains(keys, keyOfFlag(key)) {
			return &usageError{what: fmt.Sprintf("--clear %s: %s has no such key", key, it.ID), hint: "the keys are " + strings.Join(keys, ", ")}
		}
	}
	return nil
}

// keyOfFlag is the key that a flag sets: some flags name one value of a list.
func keyOfFlag(flag string) string {
	switch flag {
	case "decision":
		return "decisions"
	case "blocked-by":
		return "blocked_by"
	case "link":
		return "links"
	}
	return flag
}

// cleared adds to settings the keys that go, and refuses values that no item can have.
func cleared(settings []synclog.Setting, clear []string) ([]synclog.Setting, error) {
	for _, s := range settings {
		if text, ok := s.Value.(string); ok {
			if err := board.CheckValue(s.Key, text); err != nil {
				return nil, asUse(err)
			}
		}
	}
	for _, key := range clear {
		key = keyOfFlag(key)
		switch {
		case key == "id" || key == "title" || key == "status":
			return nil, &usageError{what: fmt.Sprintf("--clear %s: every item has one", key), hint: "give it another value instead"}
		case slices.ContainsFunc(settings, func(s synclog.Setting) bool { return s.Key == key }):
			return nil, &usageError{what: fmt.Sprintf("%s is both given and cleared", key), hint: "leave one of the two out"}
		}
		settings = append(settings, synclog.Setting{Key: key})
	}
	return settings, nil
}

// itemChange is new values for an item as an edit.
func (v *invocation) itemChange(l *synclog.Log, it board.Item, group string, settings []synclog.Setting) (synclog.Edit, error) {
	g, _, err := l.Find(it.ID)
	if err != nil {
		return synclog.Edit{}, err
	}
	today := v.today(l)
	if to, ok := l.File(group); ok && to.ID() == g.ID {
		return synclog.SetItem(l, it.ID, today, settings...)
	}
	return synclog.Regroup(l, it.ID, group, synclog.Dated(it, today, settings)...)
}

// change gives an item new values, and another group where that differs.
func (v *invocation) change(l *synclog.Log, it board.Item, group string, settings []synclog.Setting, commit bool) error {
	e, err := v.itemChange(l, it, group, settings)
	if err != nil {
		return err
	}
	if e.Empty() {
		v.printf("Nothing to change: %s %q\n", it.ID, it.Title)
		return nil
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	after, _, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	g, now, err := after.Find(it.ID)
	if err != nil {
		return err
	}
	v.changed(commit, "%s %q is %s in %s", now.ID, now.Title, string(now.Status), g.ID)
	return nil
}

// itemEditByHand opens the editor at an item and commits what was saved.
func (v *invocation) itemEditByHand(id string, commit bool) error {
	if err := v.canEdit("give the new values as flags: --title, --status, --owner, --due, --plan, --touches, --decision, --blocked-by, --link, --note, --clear"); err != nil {
		return err
	}
	l, m, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	g, it, err := v.find(l, m, id)
	if err != nil {
		return err
	}
	who, err := v.committer(commit)
	if err != nil {
		return err
	}
	f, _ := l.File(g.ID)
	file := filepath.Join(v.root, filepath.FromSlash(f.Path()))
	if err := v.letOthers(func() error { return v.edit(file, it.Line) }); err != nil {
		return err
	}
	after, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read what the editor left of %q: %w", f.Path(), err)
	}
	e, problems := synclog.ByHand(f, after)
	if e.Empty() {
		v.printf("Nothing changed.\n")
		return nil
	}
	if len(problems) > 0 {
		v.printProblems(problems)
		return &history.Error{
			What: fmt.Sprintf("%q is saved, but not committed: it cannot be read as it is", f.Path()),
			Hint: "archsync item edit " + it.ID + " opens it again; git restore " + f.Path() + " takes it back",
		}
	}
	if commit {
		along := v.unsavedBefore(e)
		committed, err := v.archive.Commit(v.ctx, []string{f.Path()}, e.Summary+"\n", who, v.now())
		if err != nil {
			return err
		}
		v.notices(committed.Notices)
		v.notices(along)
	}
	v.changed(commit, "%s", e.Summary)
	return nil
}

// committer is who a commit will be by; it is asked before anything is written.
func (v *invocation) committer(commit bool) (history.Author, error) {
	if !commit {
		return history.Author{}, nil
	}
	who, err := v.who()
	if err != nil {
		return who, err
	}
	return who, v.archive.CanCommit()
}

func (v *invocation) itemMoveCommand() *cobra.Command {
	var group string
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "move ID STATUS",
		Short: "plan, start, block, finish or drop an item; or give it to another group",
		Long: `Moves an item to another status: planned, ongoing, blocked, done or dropped. The
day is written down as the date of the new status. With --group the item goes to
another group, with or without a new status.

An item that is done or dropped stays on the board until the next sync has shown it.`,
		Example: `  archsync item move k7f3q ongoing
  archsync item move k7 done
  archsync item move k7f3q --group ingest`,
		Args:              argsBetween(1, 2),
		ValidArgsFunction: v.completeMove,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.itemMove(args[0], strings.Join(args[1:], ""), group, !noCommit)
		},
	}
	cmd.Flags().StringVar(&group, "group", "", "give it to the group with this `ID`")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) itemMove(id, status, group string, commit bool) error {
	l, m, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	var settings []synclog.Setting
	if status != "" {
		if err := checkStatus(l, id, status); err != nil {
			return err
		}
		settings = []synclog.Setting{{Key: "status", Value: status}}
	}
	if status == "" && group == "" {
		return &usageError{what: fmt.Sprintf("where should %q move?", id), hint: "name a status (planned, ongoing, blocked, done, dropped) or --group ID"}
	}
	g, it, err := v.find(l, m, id)
	if err != nil {
		return err
	}
	if group == "" {
		group = g.ID
	}
	return v.change(l, it, group, settings, commit)
}

// checkStatus refuses a status that is none; a group in its place is what --group is for.
func checkStatus(l *synclog.Log, id, status string) error {
	err := board.CheckValue("status", status)
	if err == nil {
		return nil
	}
	if f, ok := l.File(status); ok {
		return &usageError{what: err.Error(), hint: fmt.Sprintf("to give it to the group: archsync item move %s --group %s", id, f.ID())}
	}
	return asUse(err)
}
