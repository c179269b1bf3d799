package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// logOptions say which syncs log lists.
type logOptions struct {
	at, since string
	number    int // 0 means all
	exit      bool
}

func (v *invocation) logCommand() *cobra.Command {
	var o logOptions
	cmd := &cobra.Command{
		Use:   "log",
		Short: "every sync, and how much it changed",
		Long: `Lists the syncs that were closed, the newest first, with what changed since the
sync before: items of the board, components and connections of the architecture,
decisions. Added counts as +, removed as -, changed as ~, renamed or moved as >.
Items that a sync showed as done or dropped are removed in the next one.

--json lists them oldest first. --exit-code exits with 3 when a listed sync
changed something.`,
		Example: `  archsync log
  archsync log -n 10
  archsync log --since 6mo
  archsync log --at 2025-12-31 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("number") && o.number < 1 {
				return &usageError{what: fmt.Sprintf("-n %d lists nothing", o.number), hint: "-n 10 lists the last ten syncs"}
			}
			return v.log(o)
		},
	}
	v.atFlag(cmd, &o.at)
	v.momentFlag(cmd, &o.since, "since", "only syncs after `MOMENT`")
	cmd.Flags().IntVarP(&o.number, "number", "n", 0, "only the last `N` syncs")
	v.jsonFlag(cmd)
	exitCodeFlag(cmd, &o.exit)
	return cmd
}

func (v *invocation) log(o logOptions) error {
	steps, problems, err := v.steps(o)
	if err != nil {
		return err
	}
	for _, s := range steps {
		problems = append(problems, v.stepProblems(s)...)
	}
	if v.json {
		err = v.printJSON(envelope{Kind: "log", Data: map[string]any{"syncs": toJSONSteps(steps)}, Problems: problems})
		if err != nil {
			return err
		}
	} else {
		if len(steps) == 0 {
			v.printf("%s\n", v.noSteps(o))
		} else {
			v.printSteps(steps)
		}
		v.printProblems(problems)
	}
	if o.exit && slices.ContainsFunc(steps, func(s chronicle.Step) bool { return s.Counts.Total() > 0 }) {
		return foundError{}
	}
	return nil
}

// steps are the syncs that were asked for, oldest first. Only what is listed is
// read.
func (v *invocation) steps(o logOptions) ([]chronicle.Step, []problem.Problem, error) {
	a, err := v.open()
	if err != nil {
		return nil, nil, err
	}
	snapshots, _, problems, err := v.until(o.at)
	if err != nil {
		return nil, nil, err
	}
	n := len(snapshots)
	if o.since != "" {
		m, err := v.moment(o.since)
		if err != nil {
			return nil, nil, err
		}
		n = 0
		for n < len(snapshots) && m.Kind != history.Now && snapshots[len(snapshots)-1-n].Date > m.Date {
			n++
		}
	}
	if o.number > 0 {
		n = min(n, o.number)
	}
	t := a.TimelineOf(synclog.Board|synclog.Diagrams|synclog.Decisions, snapshots, v.memo())
	steps, err := t.Steps(v.ctx, n)
	return steps, unreported(problems, steps), err
}

// unreported leaves out the timeline's problems that a step tells too.
func unreported(problems []problem.Problem, steps []chronicle.Step) []problem.Problem {
	told := map[string]bool{}
	for _, s := range steps {
		if len(s.Problems) > 0 {
			told[s.Date] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(problems), func(p problem.Problem) bool {
		for date := range told {
			if strings.Contains(p.Path, date) {
				return true
			}
		}
		return false
	})
}

// stepProblems are the problems of a sync, each saying of which: what the diagrams of
// its snapshot get wrong stands for the comparison that it prevents.
func (v *invocation) stepProblems(s chronicle.Step) []problem.Problem {
	var problems []problem.Problem
	for _, p := range s.Problems {
		if strings.Contains(p.Path, s.Date) { // it is about the snapshot
			p.Hint = cmp.Or(p.Hint, "archsync check tells more")
			problems = append(problems, p)
			continue
		}
		p.What = fmt.Sprintf("the sync of %s: %s", s.Date, p.What)
		own, broken := v.brokenAt(s, p.Path)
		switch {
		case len(own) > 0:
			problems = append(problems, own...)
			continue
		case broken:
			p.What = fmt.Sprintf("the sync of %s: the diagram does not compile: compared as text", s.Date)
		case strings.HasSuffix(p.Path, ".d2"):
			before := v.dateBefore(s.Date)
			p.What = fmt.Sprintf("the sync of %s: compared as text: the diagram does not compile in that of %s", s.Date, before)
			p.Hint = "archsync diagram show --at " + before + " names the error"
		}
		problems = append(problems, p)
	}
	return problems
}

// dateBefore is the date of the sync before the one of a date.
func (v *invocation) dateBefore(date string) string {
	before := "the one before"
	snapshots, _, _ := v.archive.Snapshots() // they were read a moment ago
	for _, s := range snapshots {
		if s.Date < date {
			before = s.Date
		}
	}
	return before
}

// brokenAt is whether a diagram does not compile at a sync, and why.
func (v *invocation) brokenAt(s chronicle.Step, path string) (problems []problem.Problem, broken bool) {
	l, err := v.archive.Read(v.ctx, history.At(s.Snapshot), synclog.Diagrams)
	if err != nil || !l.Broken(path) {
		return nil, false
	}
	for _, p := range l.Problems {
		if p.Path == path {
			p.What = fmt.Sprintf("the sync of %s: %s", s.Date, p.What)
			problems = append(problems, p)
		}
	}
	return problems, true
}

// jsonStep is one sync in the data of the kind log.
type jsonStep struct {
	Date        string        `json:"date"`
	Tag         *string       `json:"tag"`
	Commit      string        `json:"commit"`
	Items       change.Counts `json:"items"`
	Components  change.Counts `json:"components"`
	Connections change.Counts `json:"connections"`
	Decisions   change.Counts `json:"decisions"`
}

func toJSONSteps(steps []chronicle.Step) []jsonStep {
	syncs := make([]jsonStep, len(steps))
	for i, s := range steps {
		n := s.Counts
		syncs[i] = jsonStep{s.Date, orNull(s.Tag), s.Commit, n.Items, n.Components, n.Connections, n.Decisions}
	}
	return syncs
}

// printSteps prints a table, the newest sync first.
func (v *invocation) printSteps(steps []chronicle.Step) {
	rows := [][]string{{"sync", "items", "components", "connections", "decisions"}}
	for _, s := range slices.Backward(steps) {
		n := s.Counts
		row := []string{s.Date, n.Items.String(), n.Components.String(), n.Connections.String(), n.Decisions.String()}
		if len(s.Problems) > 0 {
			row = append(row, "see the problem below")
		}
		rows = append(rows, row)
	}
	v.printTable(rows)
}

// noSteps says why nothing is listed.
func (v *invocation) noSteps(o logOptions) string {
	switch snapshots, _, err := v.archive.Snapshots(); {
	case err != nil || len(snapshots) == 0:
		return "No syncs to list" + v.minutesAlone() + "."
	case o.since != "":
		return "No sync since " + v.dateOf(o.since) + "."
	}
	return "No sync until " + v.dateOf(o.at) + "."
}

// minutesAlone says what to do when there are no syncs: close one, or find out why
// there are only minutes.
func (v *invocation) minutesAlone() string {
	l, _, err := v.read("now", synclog.Meetings)
	if err != nil || len(l.Records) == 0 {
		return ". archsync sync close closes one"
	}
	return ", though there are minutes of " + plural(len(l.Records), "sync", "syncs") + ": archsync check --history tells why"
}

// dateOf is the date of a moment that was found before.
func (v *invocation) dateOf(expr string) string {
	m, err := v.moment(expr)
	if err != nil {
		return expr
	}
	return m.Date
}

// printTable prints rows of columns that are as wide as their widest text.
func (v *invocation) printTable(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for _, row := range rows {
		line := ""
		for i, text := range row {
			line += fmt.Sprintf("%-*s  ", widths[i], text)
		}
		v.printf("%s\n", strings.TrimRight(line, " "))
	}
}
