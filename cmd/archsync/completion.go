package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "the script that makes your shell complete archsync",
		Long: `Prints a script for your shell, after which the tab key completes verbs, flags,
items, groups, components and moments, each with a word on what it is.

  bash        archsync completion bash > ~/.local/share/bash-completion/completions/archsync
              (needs the package bash-completion)
  zsh         archsync completion zsh > "${fpath[1]}/_archsync"
  fish        archsync completion fish > ~/.config/fish/completions/archsync.fish
  powershell  archsync completion powershell | Out-String | Invoke-Expression
              (put it in $PROFILE to keep it)

Open a new shell afterwards.`,
		Example: `  archsync completion zsh > "${fpath[1]}/_archsync"
  source <(archsync completion bash)`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE:              func(cmd *cobra.Command, args []string) error { return v.completion(cmd.Root(), args[0]) },
	}
}

func (v *invocation) completion(root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(v.out, true)
	case "zsh":
		return root.GenZshCompletion(v.out)
	case "fish":
		return root.GenFishCompletion(v.out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(v.out)
	}
	return &usageError{what: fmt.Sprintf("no completion for %q", shell), hint: "there is one for bash, zsh, fish and powershell"}
}

// candidate is a value that completes, with a few words on it. Both are other
// people's text, and the shell gets it as one line.
func candidate(value, words string) string {
	if words == "" {
		return plain.Line(value)
	}
	return plain.Line(value) + "\t" + plain.Line(words)
}

// present is a part of the log as it stands, for completing; nil where there is
// none: who presses the tab key is not told of errors.
func (v *invocation) present(parts synclog.Part) *synclog.Log {
	l, _, err := v.read("", parts)
	if err != nil {
		return nil
	}
	return l
}

const noFiles = cobra.ShellCompDirectiveNoFileComp

// beginning are the candidates whose value begins with what was typed already.
func beginning(typed string, candidates []string) []string {
	return slices.DeleteFunc(candidates, func(c string) bool {
		return len(c) < len(typed) || !strings.EqualFold(c[:len(typed)], typed)
	})
}

// completeMoments completes now, the last sync, those before it, and the dates of all.
func (v *invocation) completeMoments(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	found := []string{candidate("now", "the working tree")}
	if _, err := v.open(); err != nil {
		return beginning(typed, found), noFiles
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return beginning(typed, found), noFiles
	}
	slices.Reverse(snapshots)
	for i, s := range snapshots {
		expr, words := "@", "the last sync, "+s.Date
		if i > 0 {
			expr, words = fmt.Sprintf("@-%d", i), "the sync of "+s.Date
		}
		found = append(found, candidate(expr, words))
	}
	for _, s := range snapshots {
		found = append(found, candidate(s.Date, "sync"))
	}
	return beginning(typed, found), noFiles | cobra.ShellCompDirectiveKeepOrder
}

// completeSyncDates completes the dates of the cadence to come, as a first argument.
func (v *invocation) completeSyncDates(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Board)
	if l == nil || len(args) > 0 {
		return nil, noFiles
	}
	dates, err := upcoming(l, v.today(l), 6)
	if err != nil {
		return nil, noFiles
	}
	var found []string
	for _, d := range dates {
		found = append(found, candidate(d.Date, meeting.LongDate(d.Date)))
	}
	return beginning(typed, found), noFiles | cobra.ShellCompDirectiveKeepOrder
}

// completeBreakouts completes the breakouts that are open.
func (v *invocation) completeBreakouts(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Meetings)
	if l == nil || len(args) > 0 {
		return nil, noFiles
	}
	var found []string
	for _, b := range l.Breakouts {
		if b.State != meeting.Closed {
			found = append(found, candidate(b.ID, b.Topic))
		}
	}
	return beginning(typed, found), noFiles
}

// completeGroups completes the groups of the board that were not named yet.
func (v *invocation) completeGroups(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Board)
	if l == nil {
		return nil, noFiles
	}
	return beginning(typed, groupCandidates(l.Active(), args)), noFiles
}

// completeOneGroup completes a group as the first argument.
func (v *invocation) completeOneGroup(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	return v.completeGroups(cmd, args, prefix)
}

// completeAllGroups completes one group, archived ones too.
func (v *invocation) completeAllGroups(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Board)
	if l == nil || len(args) > 0 {
		return nil, noFiles
	}
	return beginning(typed, groupCandidates(l.Groups(), nil)), noFiles
}

func groupCandidates(groups []board.Group, named []string) []string {
	var found []string
	for _, g := range groups {
		if !slices.Contains(named, g.ID) {
			found = append(found, candidate(g.ID, g.Name))
		}
	}
	return found
}

// completeItems completes the id of one item of the board.
func (v *invocation) completeItems(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Board)
	if l == nil || len(args) > 0 {
		return nil, noFiles
	}
	return beginning(typed, itemCandidates(l, func(string) bool { return true })), noFiles
}

func itemCandidates(l *synclog.Log, wanted func(id string) bool) []string {
	var found []string
	for _, g := range l.Active() {
		for _, it := range g.Items {
			if wanted(it.ID) {
				found = append(found, candidate(it.ID, it.Title+" ("+g.ID+", "+string(it.Status)+")"))
			}
		}
	}
	return found
}

// completeClearedItems completes the items that left the board after the last sync.
func (v *invocation) completeClearedItems(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	now := v.present(synclog.Board)
	if now == nil || len(args) > 0 {
		return nil, noFiles
	}
	last, _, err := v.read("@", synclog.Board)
	if err != nil {
		return nil, noFiles
	}
	return beginning(typed, itemCandidates(last, func(id string) bool {
		_, it, err := now.Find(id)
		return err != nil || it.ID != id
	})), noFiles
}

// completeMove completes an item, then a status.
func (v *invocation) completeMove(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return beginning(prefix, statusCandidates()), noFiles
	}
	return v.completeItems(cmd, args, prefix)
}

func statusCandidates() []string {
	var names []string
	for _, s := range board.Statuses() {
		names = append(names, string(s))
	}
	return names
}

// completeComponents completes the components of the architecture.
func (v *invocation) completeComponents(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Diagrams)
	if l == nil || l.Main() == nil {
		return nil, noFiles
	}
	var found []string
	for _, c := range l.Main().Components {
		label := c.Label
		if c.Default {
			label = ""
		}
		found = append(found, candidate(c.ID, label))
	}
	return beginning(typed, found), noFiles
}

// completePeople completes flags that name a person with those that the board knows.
func (v *invocation) completePeople(cmd *cobra.Command, flags ...string) {
	complete := func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		found := []string{candidate("me", "you, as git knows you")}
		if l := v.present(synclog.Board); l != nil {
			for _, person := range people(l) {
				found = append(found, candidate(person, ""))
			}
		}
		return beginning(typed, found), noFiles
	}
	for _, flag := range flags {
		_ = cmd.RegisterFlagCompletionFunc(flag, complete)
	}
}

// people are the leads, members and owners of a board, each once.
func people(l *synclog.Log) []string {
	var all []string
	for _, g := range l.Active() {
		all = append(append(all, g.Lead), g.Members...)
		for _, it := range g.Items {
			all = append(all, it.Owner)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(person string) bool { return person == "" })
}

// completeItemFlags completes the flags that item verbs share.
func (v *invocation) completeItemFlags(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statusCandidates(), noFiles))
	v.completePeople(cmd, "owner")
}

// completeSubjects completes what has a story: components, items, decisions, groups.
func (v *invocation) completeSubjects(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	l := v.present(synclog.Board | synclog.Diagrams | synclog.Decisions)
	if l == nil || len(args) > 0 {
		return nil, noFiles
	}
	var found []string
	for _, d := range l.Diagrams {
		for _, c := range d.Components {
			found = append(found, candidate(l.Name(d, c.ID), c.Label))
		}
		for _, c := range d.Connections {
			found = append(found, candidate(l.Name(d, c.ID), c.Label))
		}
	}
	for _, g := range l.Groups() {
		found = append(found, candidate(g.ID, g.Name))
		for _, it := range g.Items {
			found = append(found, candidate(it.ID, it.Title))
		}
	}
	for _, d := range l.Decisions {
		found = append(found, candidate(d.ID, d.Title))
	}
	return beginning(typed, found), noFiles
}
