package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) diffCommand() *cobra.Command {
	var exit bool
	cmd := &cobra.Command{
		Use:   "diff [A] [B]",
		Short: "what changed between two moments, by meaning",
		Long: `Compares board, diagrams and decisions of two moments, A the earlier one. Every
line is one fact: what was added (+), removed (-), changed (~), renamed or moved (>).
B is now unless it is given, A the last sync.

An item that is gone was delivered or dropped when the last sync that showed it
says so, and removed otherwise. A diagram that does not compile in one of the
moments is compared as text, which is said.`,
		Example: `  archsync diff                      what changed since the last sync
  archsync diff @-3                  since three syncs before it
  archsync diff 2025-11-06 2026-03-12
  archsync diff 6mo now --json`,
		Args:              argsBetween(0, 2),
		ValidArgsFunction: v.completeMoments,
		RunE: func(_ *cobra.Command, args []string) error {
			parts := synclog.Board | synclog.Diagrams | synclog.Decisions
			return v.compare(cmp.Or(argument(args, 0), "@"), cmp.Or(argument(args, 1), "now"), parts, exit)
		},
	}
	v.jsonFlag(cmd)
	exitCodeFlag(cmd, &exit)
	return cmd
}

// compare prints what differs between parts of the log at two moments.
func (v *invocation) compare(a, b string, parts synclog.Part, exit bool) error {
	before, from, err := v.read(a, parts)
	if err != nil {
		return err
	}
	after, to, err := v.read(b, parts)
	if err != nil {
		return err
	}
	c := comparison{
		from: toJSONMoment(from), to: toJSONMoment(to), before: before, after: after,
		difference: synclog.Diff(before, after),
	}
	c.problems = problem.Sort(slices.Concat(before.Problems, after.Problems))
	if c.difference.Items, err = v.fates(c.difference.Items, from, to); err != nil {
		return err
	}
	return v.printDifference(c, exit)
}

// fates asks the syncs between two moments what became of items that are gone.
func (v *invocation) fates(items []change.Change, from, to history.Moment) ([]change.Change, error) {
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return nil, err
	}
	between := slices.DeleteFunc(snapshots, func(s chronicle.Snapshot) bool {
		return from.Kind == history.Now || s.Date <= from.Date || to.Kind != history.Now && s.Date > to.Date
	})
	return chronicle.Fates(v.ctx, items, between, func(s chronicle.Snapshot) (*synclog.Log, error) {
		return v.archive.Read(v.ctx, history.At(s), synclog.Board)
	})
}

// comparison is a difference with what is needed to word it. Without logs, only
// diagrams were compared.
type comparison struct {
	from, to      *jsonMoment
	before, after *synclog.Log
	difference    synclog.Difference
	problems      []problem.Problem // of reading
}

// printDifference prints a comparison; with exit, something that differs ends in
// [foundError].
func (v *invocation) printDifference(c comparison, exit bool) error {
	problems := slices.Concat(c.difference.Problems, c.problems)
	if v.json {
		if err := v.printJSON(envelope{Kind: "diff", From: c.from, To: c.to, Data: toJSONDiff(c.difference), Problems: problems}); err != nil {
			return err
		}
	} else {
		v.printFacts(c)
		v.printProblems(problems)
	}
	if exit && !c.difference.Empty() {
		return foundError{}
	}
	return nil
}

// jsonDiff is the data of the kind diff.
type jsonDiff struct {
	Items       []change.Change `json:"items"`
	Components  []change.Change `json:"components"`
	Connections []change.Change `json:"connections"`
	Decisions   []change.Change `json:"decisions"`
	Texts       []jsonText      `json:"texts"`
}

// jsonText is a diagram that was compared as text.
type jsonText struct {
	Path string `json:"path"`
	Diff string `json:"diff"`
}

func toJSONDiff(d synclog.Difference) jsonDiff {
	list := func(changes []change.Change) []change.Change { return append([]change.Change{}, changes...) }
	data := jsonDiff{list(d.Items), list(d.Components), list(d.Connections), list(d.Decisions), []jsonText{}}
	for _, t := range d.Texts {
		data.Texts = append(data.Texts, jsonText{t.Path, unified(t)})
	}
	return data
}

// unified is a difference of texts as diff -u writes it.
func unified(t synclog.TextDiff) string {
	return string(diff.Diff("a/"+t.Path, t.Before, "b/"+t.Path, t.After))
}

// printFacts prints a comparison for people: a heading, and one line a fact.
func (v *invocation) printFacts(c comparison) {
	d := c.difference
	if d.Empty() {
		v.printf("Nothing differs between %s and %s.\n", c.from.title(), c.to.title())
		return
	}
	v.printf("From %s to %s\n", c.from.title(), c.to.title())
	if len(d.Items) > 0 {
		v.printf("\nItems: %s\n", change.Count(d.Items).String())
		v.printItems(c)
	}
	if len(d.Components)+len(d.Connections) > 0 {
		v.printf("\nArchitecture: %s\n", architectureCounts(d))
		for _, fact := range slices.Concat(d.Components, d.Connections) {
			v.printf("  %s %s\n", fact.Kind.Mark(), drawnWords(fact))
		}
	}
	for _, t := range d.Texts {
		v.printf("\n%s, compared as text: it does not compile\n", t.Path)
		v.printText(unified(t))
	}
	if len(d.Decisions) > 0 {
		v.printf("\nDecisions: %s\n", change.Count(d.Decisions).String())
		for _, fact := range d.Decisions {
			v.printf("  %s %s  %s\n", fact.Kind.Mark(), fact.Subject, decisionWords(fact, c.after))
		}
	}
}

// title is a moment as a heading says it: as it was written, with the date where
// that says something else.
func (m *jsonMoment) title() string {
	if m.Date == nil || m.Expr == "now" || strings.Contains(m.Expr, *m.Date) {
		return m.Expr
	}
	return fmt.Sprintf("%s (%s)", m.Expr, *m.Date)
}

func architectureCounts(d synclog.Difference) string {
	var parts []string
	for _, p := range []struct {
		name    string
		changes []change.Change
	}{{"components", d.Components}, {"connections", d.Connections}} {
		if len(p.changes) > 0 {
			parts = append(parts, p.name+" "+change.Count(p.changes).String())
		}
	}
	return strings.Join(parts, ", ")
}

// printItems prints the changes of items under the groups that they are in now,
// in the log's order; groups that are gone come last.
func (v *invocation) printItems(c comparison) {
	byGroup := map[string][]change.Change{}
	var order []string
	for _, g := range slices.Concat(c.after.Groups(), c.before.Groups()) {
		if !slices.Contains(order, g.ID) {
			order = append(order, g.ID)
		}
	}
	for _, fact := range c.difference.Items {
		byGroup[fact.Place] = append(byGroup[fact.Place], fact)
	}
	for _, id := range order {
		if len(byGroup[id]) == 0 {
			continue
		}
		v.printf("  %s\n", groupTitle(c, id))
		for _, fact := range byGroup[id] {
			v.printf("    %s %s  %s\n", fact.Kind.Mark(), fact.Subject, itemWords(fact, c.after))
		}
	}
}

func groupTitle(c comparison, id string) string {
	for _, l := range []*synclog.Log{c.after, c.before} {
		if f, ok := l.File(id); ok {
			return cmp.Or(f.Group().Name, id)
		}
	}
	return id
}

// itemWords says one fact of an item in a line, with its title.
func itemWords(c change.Change, after *synclog.Log) string {
	from, to := value(c.From), value(c.To)
	switch c.Reason {
	case change.ReasonAdded:
		return c.Title + ": " + newItem(c.Subject, after)
	case change.ReasonDelivered, change.ReasonDropped, change.ReasonRemoved:
		return c.Title + ": " + string(c.Reason)
	case change.ReasonStatus:
		return c.Title + ": " + was(to, from)
	case change.ReasonRetitled:
		return c.Title + ": was called " + from
	case change.ReasonRegrouped:
		return c.Title + ": came from " + from
	case change.ReasonReowned:
		return c.Title + ": owner " + was(personName(to), personName(from))
	case change.ReasonDueMoved:
		return c.Title + ": " + slip(from, to) + "due " + was(to, from)
	case change.ReasonReplanned:
		return c.Title + ": plan " + was(to, from)
	}
	return c.Title + ": " + cmp.Or(c.Field, "noted") + " " + quoted(to, from)
}

func slip(from, to string) string {
	if from != "" && to > from {
		return "slipped, "
	}
	return ""
}

func newItem(id string, after *synclog.Log) string {
	_, it, err := after.Find(id)
	if err != nil {
		return "new"
	}
	words := "new, " + string(it.Status)
	if it.Due != "" && it.Status != board.Done {
		words += ", due " + it.Due
	}
	return words
}

// longest is how much of a value stands in a line.
const longest = 60

// was words a value and the one before it.
func was(to, from string) string {
	return cmp.Or(short(to), "none") + ", was " + cmp.Or(short(from), "none")
}

// quoted is [was] for texts that may hold anything.
func quoted(to, from string) string {
	inQuotes := func(s string) string {
		if s == "" {
			return ""
		}
		return `"` + short(s) + `"`
	}
	return cmp.Or(inQuotes(to), "none") + ", was " + cmp.Or(inQuotes(from), "none")
}

// short is the beginning of a value, in one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longest {
		return strings.TrimSpace(string(r[:longest])) + "..."
	}
	return s
}

// drawnWords says one fact of a component or connection in a line.
func drawnWords(c change.Change) string {
	from, to := value(c.From), value(c.To)
	switch c.Reason {
	case change.ReasonAdded, change.ReasonRemoved:
		return c.Subject
	case change.ReasonRenamed, change.ReasonMoved, change.ReasonRepointed, change.ReasonReversed:
		return fmt.Sprintf("%s: %s from %s", c.Subject, c.Reason, from)
	}
	return fmt.Sprintf("%s: %s %s", c.Subject, c.Reason, quoted(to, from))
}

// decisionWords says one fact of a decision in a line, with its title.
func decisionWords(c change.Change, after *synclog.Log) string {
	from, to := value(c.From), value(c.To)
	switch c.Reason {
	case change.ReasonAdded:
		d, _ := after.FindDecision(c.Subject)
		return c.Title + ": new" + prefixed(", ", cmp.Or(d.State, d.RawState))
	case change.ReasonRemoved:
		return c.Title + ": removed"
	case change.ReasonStatus:
		return c.Title + ": " + was(to, from)
	case change.ReasonRetitled:
		return c.Title + ": was called " + from
	}
	return c.Title + ": " + cmp.Or(c.Field, "noted") + " " + quoted(to, from)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
