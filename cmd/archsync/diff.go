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
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [A] [B]",
		Short: "what changed between two moments, by meaning",
		Long: `Compares board, diagrams and decisions of two moments, A the earlier one. Every
line is one fact: what was added (+), removed (-), changed (~), renamed or moved (>).
B is now unless it is given, A the last sync.

An item that is gone was delivered or dropped when the last sync that showed it
says so, and removed otherwise. A diagram that does not compile in one of the
moments is compared as text, which is said.

The numbers in the first line count subjects, a thing with three changes once; of
the diagrams those of the architecture. --group shows what concerns a group: what
it owns in either moment, with everything in it and connected to it, its items, and
the decisions that touch any of that. --near shows a component with its neighbours,
or their neighbours too (--near storage.kafka:2), and what touches them.`,
		Example: `  archsync diff                      what changed since the last sync
  archsync diff @-3                  since three syncs before it
  archsync diff 2025-11-06 2026-03-12
  archsync diff @-6 --group storage
  archsync diff 6mo now --near storage.kafka --markdown`,
		Args:              argsBetween(0, 2),
		ValidArgsFunction: v.completeMoments,
		RunE: func(_ *cobra.Command, args []string) error {
			parts := synclog.Board | synclog.Diagrams | synclog.Decisions
			return v.compare(cmp.Or(argument(args, 0), "@"), cmp.Or(argument(args, 1), "now"), parts, o)
		},
	}
	v.diffFlags(cmd, &o)
	return cmd
}

// compare prints what differs between parts of the log at two moments.
func (v *invocation) compare(a, b string, parts synclog.Part, o diffOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	before, from, err := v.read(a, o.reading(parts))
	if err != nil {
		return err
	}
	after, to, err := v.read(b, o.reading(parts))
	if err != nil {
		return err
	}
	c := comparison{
		from: toJSONMoment(from), to: toJSONMoment(to), before: before, after: after,
		difference: synclog.Diff(before, after),
	}
	c.problems = problem.Sort(slices.Concat(before.Problems, after.Problems))
	if c, err = o.narrow(c); err != nil {
		return err
	}
	if parts&synclog.Board == 0 {
		c.difference.Items = nil // read only to know what a group owns
	}
	if c.difference.Items, err = v.fates(c.difference.Items, from, to); err != nil {
		return err
	}
	return v.printDifference(c, o)
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
	narrowed      string            // to what, in words
	problems      []problem.Problem // of reading
}

// printDifference prints a comparison in the form that was asked for; with
// --exit-code, something that differs ends in [foundError].
func (v *invocation) printDifference(c comparison, o diffOptions) error {
	problems := slices.Concat(c.difference.Problems, c.problems)
	if v.json {
		if err := v.printJSON(envelope{Kind: "diff", From: c.from, To: c.to, Data: toJSONDiff(c.difference), Problems: problems}); err != nil {
			return err
		}
	} else {
		if o.markdown {
			v.printMarkdown(c.report())
		} else {
			v.printReport(c.report())
		}
		v.printProblems(problems)
	}
	if o.exit && !c.difference.Empty() {
		return foundError{}
	}
	return nil
}

// jsonDiff is the data of the kind diff.
type jsonDiff struct {
	Summary     string          `json:"summary"`
	Counts      synclog.Counts  `json:"counts"`
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
	data := jsonDiff{d.Counts().Sum().String(), d.Counts(), list(d.Items), list(d.Components), list(d.Connections), list(d.Decisions), []jsonText{}}
	for _, t := range d.Texts {
		data.Texts = append(data.Texts, jsonText{t.Path, unified(t)})
	}
	return data
}

// unified is a difference of texts as diff -u writes it.
func unified(t synclog.TextDiff) string {
	return string(diff.Diff("a/"+t.Path, t.Before, "b/"+t.Path, t.After))
}

// itemWords says one fact of an item in a line, with its title.
func itemWords(c change.Change, after *synclog.Log) string {
	from, to := change.Text(c.From), change.Text(c.To)
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
		return c.Title + ": owner " + was(synclog.PersonName(to), synclog.PersonName(from))
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

// drawnWords says one fact of a component or connection; "" when the mark says it.
func drawnWords(c change.Change) string {
	from, to := change.Text(c.From), change.Text(c.To)
	switch c.Reason {
	case change.ReasonAdded, change.ReasonRemoved:
		return ""
	case change.ReasonRenamed, change.ReasonMoved, change.ReasonRepointed, change.ReasonReversed:
		return fmt.Sprintf("%s from %s", c.Reason, from)
	}
	return fmt.Sprintf("%s %s", c.Reason, quoted(to, from))
}

// decisionWords says one fact of a decision in a line, with its title.
func decisionWords(c change.Change, after *synclog.Log) string {
	from, to := change.Text(c.From), change.Text(c.To)
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
