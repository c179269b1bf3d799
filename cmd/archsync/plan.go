package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/synclog"
)

// planOptions are the flags of plan.
type planOptions struct {
	at, plan, group string
	markdown        bool
}

func (v *invocation) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "what is planned for a quarter or some weeks, and what came of it",
		Long: `Prints what is planned, group by group: for a quarter (2026-Q4) or for weeks
(2026-W40+6, six of them from week 40 on), as the plan of each item says it. Without
--plan it prints the plans that run at the moment, and the next.

What had the plan at its start counts as planned, as the closed sync nearest the start
shows it; what came after that is added later. Each item is then

  Open                its time is not over
  Delivered           done
  Later than planned  in a later plan now, or open though the plan has ended
  Brought forward     in an earlier plan now
  Taken out           dropped, gone from the board, or in no plan now

This is for planning, and not for marks: plans change, and are meant to.`,
		Example: `  archsync plan
  archsync plan --plan 2026-Q4 --group storage
  archsync plan --plan 2026-W40+6 --markdown > plan.md
  archsync plan --at @-3 --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.plan(o) },
	}
	v.atFlag(cmd, &o.at)
	cmd.Flags().StringVar(&o.plan, "plan", "", "this `PLAN`: 2026-Q4, 2026-W40+6")
	cmd.Flags().StringVar(&o.group, "group", "", "only the items of the group `ID`")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	cmd.Flags().BoolVar(&o.markdown, "markdown", false, "print Markdown")
	v.jsonFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	return cmd
}

func (v *invocation) plan(o planOptions) error {
	l, m, err := v.read(o.at, synclog.Board)
	if err != nil {
		return err
	}
	if o.group != "" {
		f, ok := v.file(l, o.group)
		if !ok {
			return l.UnknownGroup(o.group)
		}
		o.group = f.ID()
	}
	p, err := v.plansAt(l, m)
	if err != nil {
		return err
	}
	plans, err := chosenPlans(p, o)
	if err != nil {
		return err
	}
	if v.json {
		list := make([]any, len(plans))
		for i, plan := range plans {
			list[i] = plan.JSON()
		}
		data := map[string]any{"day": p.Day, "known": append([]string{}, p.Known()...), "plans": list}
		return v.printJSON(envelope{Kind: "plan", At: toJSONMoment(m), Data: data, Problems: l.Problems})
	}
	v.printPlans(p, plans, o.markdown)
	v.printProblems(l.Problems)
	return nil
}

// plansAt are the plans as they stand at a moment. A sync is part of what is known
// at it: its own snapshot may be the baseline.
func (v *invocation) plansAt(l *synclog.Log, m history.Moment) (*agenda.Plans, error) {
	t, err := v.timeline(m)
	if err != nil {
		return nil, err
	}
	past, err := agenda.ReadPast(v.ctx, t)
	if err != nil {
		return nil, err
	}
	if m.Kind == history.AtSnapshot {
		past.Add(m.Date, l)
	}
	return agenda.NewPlans(m.Date, l, past), nil
}

// chosenPlans are the plan that was asked for, or those that run and the next.
func chosenPlans(p *agenda.Plans, o planOptions) ([]agenda.Plan, error) {
	names := p.Current()
	if o.plan != "" {
		names = []string{o.plan}
	}
	plans := make([]agenda.Plan, 0, len(names))
	for _, name := range names {
		plan, err := p.Of(name, o.group)
		if err != nil {
			return nil, &usageError{what: err.Error(), hint: "write 2026-Q4, or 2026-W40+6 for six weeks from week 40 on; " + knownPlans(p)}
		}
		plans = append(plans, plan)
	}
	if o.plan != "" && !slices.Contains(p.Known(), o.plan) {
		return nil, &missingError{what: "no item was ever planned for " + o.plan, hint: knownPlans(p)}
	}
	return plans, nil
}

func (v *invocation) printPlans(p *agenda.Plans, plans []agenda.Plan, asMarkdown bool) {
	if len(plans) == 0 {
		v.printf("No plan runs on %s or comes after it; %s.\n", p.Day, knownPlans(p))
	}
	for i, plan := range plans {
		text := plan.Markdown()
		if i > 0 {
			v.printf("\n")
		}
		if !asMarkdown {
			text = markdown.Text(text)
		}
		v.printText(text)
	}
}

// knownPlans names the plans that there are.
func knownPlans(p *agenda.Plans) string {
	if names := p.Known(); len(names) > 0 {
		return "plans of this log: " + strings.Join(names, ", ")
	}
	return "no item has a plan yet: archsync item edit ID --plan 2026-Q4 gives it one"
}
