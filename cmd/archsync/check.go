package main

import (
	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) checkCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "is everything in order? all problems, each with its place",
		Long: `Reads the whole log and prints everything that is wrong with it, sorted by file and
line, each with a hint: text that cannot be read, unknown statuses and dates,
references to what is not there, diagrams that do not compile, syncs that git
cannot give.

Ends with exit code 3 when there is something to complain about.`,
		Example: `  archsync check
  archsync check --at @-6
  archsync check --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.check(at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) check(at string) error {
	l, m, err := v.read(at, synclog.All)
	if err != nil {
		return err
	}
	problems := synclog.Check(l)
	if m.Kind == history.Now {
		_, lost, err := v.archive.Snapshots()
		if err != nil {
			return err
		}
		problems = problem.Sort(append(problems, lost...))
	}
	if err := v.printCheck(m, problems); err != nil {
		return err
	}
	if len(problems) > 0 {
		return foundError{}
	}
	return nil
}

func (v *invocation) printCheck(m history.Moment, problems []problem.Problem) error {
	if v.json {
		return v.printJSON(envelope{Kind: "check", At: toJSONMoment(m), Data: map[string]any{"count": len(problems)}, Problems: problems})
	}
	writeProblems(v.out, problems)
	if len(problems) == 0 {
		v.printf("Nothing to complain about.\n")
		return nil
	}
	v.printf("\n%s\n", plural(len(problems), "problem", "problems"))
	return nil
}
