package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) diagramRenameCommand() *cobra.Command {
	var name string
	var dry, noCommit bool
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "give a component another key, wherever it is named",
		Long: `Gives a component of the architecture another key: in the diagram and the files that
it imports, and in every item, group, decision and breakout that names it, something
in it or a connection of it - in one commit. The minutes of past syncs stay.

Both keys are absolute, as archsync diagram show prints them with their containers:
storage.kafka. With another container in NEW the component moves there, as long as
no block has to be taken out of its braces for that.

In D2 only the parts of keys that name the component change, and no other byte. The
result is compiled and compared: when anything else would change, nothing is written.
What people read on the box is its label; where it has none, it follows the key.`,
		Example: `  archsync diagram rename storage.kafka storage.redpanda
  archsync diagram rename storage.kafka storage.redpanda --dry-run
  archsync diagram rename edge.lb gateway.lb
  archsync diagram rename eu europe --diagram regions`,
		Args:              argsBetween(2, 2),
		ValidArgsFunction: v.completeRename,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.diagramRename(args[0], args[1], name, dry, !noCommit)
		},
	}
	diagramFlag(cmd, &name)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only print what would change, line by line")
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) completeRename(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, noFiles
	}
	return v.completeComponents(cmd, args, begun)
}

func (v *invocation) diagramRename(from, to, name string, dry, commit bool) error {
	l, m, err := v.read("now", synclog.All)
	if err != nil {
		return err
	}
	file, err := choose(l, m.Expr, name)
	if err != nil {
		return err
	}
	fsys, err := v.archive.FS(m)
	if err != nil {
		return err
	}
	e, err := synclog.RenameComponent(v.ctx, fsys, l, file, from, to)
	if err != nil {
		return asNames(err)
	}
	if dry {
		v.printPlan(e)
		return nil
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	v.changed(commit, "%s is %s now, in %s", from, to, filesOf(e))
	return nil
}

// asNames makes it wrong use when the names themselves are to blame: such a problem
// has no path.
func asNames(err error) error {
	if p, ok := errors.AsType[problem.Problem](err); ok && p.Path == "" {
		return asUse(err)
	}
	return err
}

// filesOf names the only file of an edit, or says how many there are.
func filesOf(e synclog.Edit) string {
	if len(e.Files) == 1 {
		return path.Base(e.Files[0].Path)
	}
	return fmt.Sprintf("%d files", len(e.Files))
}

// printPlan prints what an edit would do: every file, and its lines as diff -u
// shows them.
func (v *invocation) printPlan(e synclog.Edit) {
	v.printf("Would commit: %s\n", e.Summary)
	for _, f := range e.Files {
		v.printf("\n")
		lines := string(diff.Diff("a/"+f.Path, f.Before, "b/"+f.Path, f.After))
		_, lines, _ = strings.Cut(lines, "\n") // the command line that would print this
		v.printText(lines)
	}
}
