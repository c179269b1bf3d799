package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) boardCommand() *cobra.Command {
	var at string
	var mine bool
	cmd := &cobra.Command{
		Use:   "board [GROUP...]",
		Short: "what every group is working on",
		Long: `Prints the board: every group with its items, ongoing first. With GROUP only
these; with --mine the groups whose lead or member you are. Of the board as it is now
what is worth a look comes last (archsync check --help).`,
		Example: `  archsync board
  archsync board storage ingest
  archsync board --mine
  archsync board --at 2026-03-12 --json`,
		ValidArgsFunction: v.completeGroups,
		RunE:              func(_ *cobra.Command, args []string) error { return v.board(args, at, mine) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	cmd.Flags().BoolVar(&mine, "mine", false, "only my groups")
	return cmd
}

func (v *invocation) board(names []string, at string, mine bool) error {
	if mine && len(names) > 0 {
		return &usageError{what: "--mine names the groups already, but got " + quoteAll(names), hint: "leave one of the two out"}
	}
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return err
	}
	groups, err := v.chosen(l, names, mine)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "board", At: toJSONMoment(m), Data: map[string]any{"groups": groups}, Problems: l.Problems})
	}
	for i, g := range groups {
		if i > 0 {
			v.printf("\n")
		}
		v.printGroup(g)
	}
	if len(groups) == 0 {
		v.printf("No groups yet. Make one: archsync group new ID\n")
	}
	if m.Kind == history.Now {
		if err := v.printWorth(groups); err != nil {
			return err
		}
	}
	v.printProblems(l.Problems)
	return nil
}

// printWorth prints what is worth a look on the boards of groups as they are now.
func (v *invocation) printWorth(groups []board.Group) error {
	l, m, err := v.read("", synclog.Shown)
	if err != nil {
		return err
	}
	found, err := v.radar(l, m)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(f agenda.Finding) bool {
		return !slices.ContainsFunc(groups, func(g board.Group) bool { return slices.Contains(f.Groups, g.ID) })
	})
	if len(found) > 0 {
		v.printf("\n")
		v.printText(markdown.Text(agenda.WorthALook(found)))
	}
	return nil
}

// chosen are the groups that a verb was asked for: all active ones when nothing
// was said.
func (v *invocation) chosen(l *synclog.Log, names []string, mine bool) ([]board.Group, error) {
	if mine {
		who, err := v.who()
		if err != nil {
			return nil, err
		}
		groups := l.GroupsOf(who.Name, who.Mail)
		if len(groups) == 0 {
			return nil, &missingError{what: "no group has " + who.String() + " as lead or member", hint: "archsync group list shows who is where"}
		}
		return groups, nil
	}
	groups := []board.Group{}
	for _, name := range names {
		f, ok := v.file(l, name)
		if !ok {
			return nil, l.UnknownGroup(name)
		}
		groups = append(groups, f.Group())
	}
	if len(names) == 0 {
		groups = append(groups, l.Active()...)
	}
	return groups, nil
}

// printGroup prints a group's items, what is being worked on first.
func (v *invocation) printGroup(g board.Group) {
	v.printf("%s", cmp.Or(g.Name, g.ID))
	if g.Lead != "" {
		v.printf("  (%s)", synclog.PersonName(g.Lead))
	}
	v.printf("\n")
	if len(g.Items) == 0 {
		v.printf("  nothing on the board\n")
	}
	for _, status := range []board.Status{board.Ongoing, board.Blocked, board.Planned, board.Done, board.Dropped} {
		for _, it := range g.Items {
			if it.Status == status {
				v.printItem(it)
			}
		}
	}
	for _, it := range g.Items {
		if !it.Status.Valid() {
			v.printItem(it)
		}
	}
}

func (v *invocation) printItem(it board.Item) {
	v.printf("  %-8s %-7s  %s", it.ID, string(it.Status), it.Title)
	for _, remark := range []string{synclog.PersonName(it.Owner), prefixed("due ", it.Due), it.Plan, blockedWords(it)} {
		if remark != "" {
			v.printf(", %s", remark)
		}
	}
	v.printf("\n")
}

func blockedWords(it board.Item) string {
	if it.Status != board.Blocked || len(it.BlockedBy) == 0 {
		return ""
	}
	return "blocked by " + strings.Join(it.BlockedBy, ", ")
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
