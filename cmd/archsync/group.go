package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) groupCommand() *cobra.Command {
	return noun("group", "the groups: make, list, show, rename, archive",
		`A group is a team: one file of the board, named by a short id. Its lead and
members are matched with who you are in git, so that most verbs know which group
is meant.`,
		v.groupNewCommand(), v.groupListCommand(), v.groupShowCommand(), v.groupRenameCommand(), v.groupArchiveCommand())
}

func (v *invocation) groupNewCommand() *cobra.Command {
	var g board.Group
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "new ID",
		Short: "make a group",
		Long: `Makes the board file of a new group. The id is short and is typed a lot (storage,
data-platform); --name is what people read. A person is written "Name <mail>",
or me for yourself.`,
		Example: `  archsync group new storage --name "Storage & retention" --lead me
  archsync group new web --lead "Ben Ito <ben@lumen.example>" --member "Mia Roth <mia@lumen.example>"`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			g.ID = args[0]
			return v.groupNew(g, !noCommit)
		},
	}
	cmd.Flags().StringVar(&g.Name, "name", "", "the group's `NAME` for people")
	cmd.Flags().StringVar(&g.Lead, "lead", "", "who leads it: `\"NAME <MAIL>\"`, or me")
	cmd.Flags().StringArrayVar(&g.Members, "member", nil, "who else is in it: `\"NAME <MAIL>\"`, or me; may be repeated")
	v.writingFlags(cmd, &noCommit)
	v.completePeople(cmd, "lead", "member")
	return cmd
}

func (v *invocation) groupNew(g board.Group, commit bool) error {
	if err := synclog.CheckGroupID(g.ID); err != nil {
		return asUse(err)
	}
	l, _, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	if g.Lead, err = v.person(g.Lead); err != nil {
		return err
	}
	for i := range g.Members {
		if g.Members[i], err = v.person(g.Members[i]); err != nil {
			return err
		}
	}
	e, err := synclog.AddGroup(l, g)
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "Made the group %s: %s", g.ID, l.BoardPath(g.ID))
	if g.Lead == "" && len(g.Members) == 0 {
		v.printf("Nobody is in it yet: write its lead and members into that file.\n")
	}
	return nil
}

// person is a person as a flag names one; me is whoever runs the program.
func (v *invocation) person(name string) (string, error) {
	if name != "me" {
		return name, nil
	}
	who, err := v.who()
	return who.String(), err
}

func (v *invocation) groupListCommand() *cobra.Command {
	var at string
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "all groups, who is in them and what they own",
		Long:  `Lists the groups in the order of the board; with --all the archived ones too.`,
		Example: `  archsync group list
  archsync group list --all --at 2026-03-12`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.groupList(at, all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "archived groups too")
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) groupList(at string, all bool) error {
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return err
	}
	groups := l.Active()
	if all {
		groups = l.Groups()
	}
	if v.json {
		listed := []any{}
		for _, g := range groups {
			listed = append(listed, toJSONGroup(g, all))
		}
		return v.printJSON(envelope{Kind: "groups", At: toJSONMoment(m), Data: map[string]any{"groups": listed}, Problems: l.Problems})
	}
	for _, g := range groups {
		v.printf("%-14s %s", g.ID, cmp.Or(g.Name, g.ID))
		for _, remark := range []string{prefixed("led by ", synclog.PersonName(g.Lead)), plural(len(g.Items), "item", "items"), prefixed("archived ", g.Archived)} {
			if remark != "" {
				v.printf(", %s", remark)
			}
		}
		v.printf("\n")
	}
	if len(groups) == 0 {
		v.printf("No groups yet. Make one: archsync group new ID\n")
	}
	v.printProblems(l.Problems)
	return nil
}

// jsonGroup is a group without its items; Archived is there only where archived
// groups were asked for.
type jsonGroup struct {
	ID        string   `json:"id"`
	Name      *string  `json:"name"`
	Lead      *string  `json:"lead"`
	Members   []string `json:"members"`
	Owns      []string `json:"owns"`
	CheckedIn *string  `json:"checked_in"`

	Archived json.RawMessage `json:"archived,omitempty"`
}

func toJSONGroup(g board.Group, archived bool) jsonGroup {
	j := jsonGroup{
		ID: g.ID, Name: orNull(g.Name), Lead: orNull(g.Lead),
		Members: orEmpty(g.Members), Owns: orEmpty(g.Owns), CheckedIn: orNull(g.CheckedIn),
	}
	if archived {
		j.Archived, _ = json.Marshal(orNull(g.Archived)) // a string or null always has a form
	}
	return j
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (v *invocation) groupShowCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "one group whole: people, what it owns, its items",
		Long:  `Shows one group, archived or not, by its id or by one that it had before.`,
		Example: `  archsync group show storage
  archsync group show storage --at @-6 --json`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeAllGroups,
		RunE:              func(_ *cobra.Command, args []string) error { return v.groupShow(args[0], at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) groupShow(id, at string) error {
	l, m, err := v.read(at, synclog.Board)
	if err != nil {
		return err
	}
	f, ok := v.file(l, id)
	if !ok {
		return l.UnknownGroup(id)
	}
	g := f.Group()
	if v.json {
		data := struct {
			jsonGroup
			Formerly []string     `json:"formerly"`
			Items    []board.Item `json:"items"`
		}{toJSONGroup(g, true), orEmpty(g.Formerly), orEmpty(g.Items)}
		return v.printJSON(envelope{Kind: "group", At: toJSONMoment(m), Data: data, Problems: l.Problems})
	}
	v.printGroup(g)
	v.printf("\n")
	v.printRows([][2]string{
		{"id", g.ID}, {"file", f.Path()}, {"lead", g.Lead}, {"members", strings.Join(g.Members, ", ")}, {"owns", strings.Join(g.Owns, ", ")},
		{"checked in", g.CheckedIn}, {"formerly", strings.Join(g.Formerly, ", ")}, {"archived", g.Archived},
	})
	v.printProblems(l.Problems)
	return nil
}

// widestName is up to where the column of values is moved for a long name; behind a
// longer one the value has a line of its own.
const widestName = 24

// printRows prints named values in two columns, those that there are.
func (v *invocation) printRows(rows [][2]string) {
	rows = slices.DeleteFunc(rows, func(row [2]string) bool { return row[1] == "" })
	width := 11
	for _, row := range rows {
		if n := utf8.RuneCountInString(plain.Line(row[0])); n <= widestName {
			width = max(width, n)
		}
	}
	for _, row := range rows {
		name := row[0]
		if utf8.RuneCountInString(plain.Line(name)) > width {
			v.printf("  %s\n", name)
			name = ""
		}
		v.printf("  %-*s %s\n", width, name, row[1])
	}
}

func (v *invocation) groupRenameCommand() *cobra.Command {
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "give a group another id; its history follows",
		Long: `Gives a group another id, and its file another name. The file remembers the old
id, so the group's history follows, and the old id still finds it. What people
read is its name: edit that in the file.`,
		Example:           `  archsync group rename ingest intake`,
		Args:              argsBetween(2, 2),
		ValidArgsFunction: v.completeOneGroup,
		RunE:              func(_ *cobra.Command, args []string) error { return v.groupRename(args[0], args[1], !noCommit) },
	}
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) groupRename(from, to string, commit bool) error {
	if err := synclog.CheckGroupID(to); err != nil {
		return asUse(err)
	}
	l, m, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	config, err := v.archive.Store().ReadFile(m, l.Path(synclog.ConfigName))
	if err != nil {
		return fmt.Errorf("read %q: %w", l.Path(synclog.ConfigName), err)
	}
	e, err := synclog.RenameGroup(l, from, to, config)
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "The group %s is %s now", from, to)
	return nil
}

func (v *invocation) groupArchiveCommand() *cobra.Command {
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "archive ID",
		Short: "take a group off board and agenda; its past stays",
		Long: `Dates the end of a group: it leaves board and agenda from now on, and stays in
every sync that showed it. Its file stays too; the line "archived" in it is what
ends the group, and without that line it is back.`,
		Example:           `  archsync group archive web`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeOneGroup,
		RunE:              func(_ *cobra.Command, args []string) error { return v.groupArchive(args[0], !noCommit) },
	}
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) groupArchive(id string, commit bool) error {
	l, _, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	if f, ok := l.File(id); ok && f.Group().Archived != "" {
		return &history.Error{
			What: fmt.Sprintf("group %q is archived already, since %s", f.ID(), f.Group().Archived),
			Hint: "archsync group list --all lists archived groups too",
		}
	}
	e, err := synclog.ArchiveGroup(l, id, v.today(l))
	if err != nil {
		return err
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	f, _ := l.File(id)
	v.changed(commit, "Archived the group %s", f.ID())
	open := 0
	for _, it := range f.Group().Items {
		if !it.Status.Closed() {
			open++
		}
	}
	if open > 0 {
		v.printf("%s of it went along; archsync item move ID --group G keeps one.\n", plural(open, "open item", "open items"))
	}
	return nil
}
