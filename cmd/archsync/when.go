package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
)

// whenOptions say where when looks, and how.
type whenOptions struct {
	at, since           string
	first, last, follow bool
}

func (v *invocation) whenCommand() *cobra.Command {
	var o whenOptions
	cmd := &cobra.Command{
		Use:   "when PREDICATE",
		Short: "from which sync to which something held",
		Long: `Lists the stretches of syncs at which something held, each with its first and its
last sync. The present counts as one more.

  exists NAME                    a component, connection, item, decision or group;
  exists component NAME          or only one of that kind
  checkout -> billing            a connection, whatever its label (also <- <-> --)
  checkout -> billing: orders    with this label
  status k7f3q = blocked         an item; != is the opposite
  state 0007 = agreed            a decision
  count components > 40          also connections, items, groups, decisions,
  count items of storage >= 10   and the items of one group; = != < <= > >=
  group storage has no update    no check-in and no change since the sync before
  group storage has update

and, or, not and parentheses put them together; not binds strongest, or weakest.
Names with spaces stand in quotes. The whole grammar is in docs/predicates.md.

A name means what has it at each sync. With --follow it means what has it in the end,
or had it last, whatever it was called then.

--first finds the first sync at which the predicate holds, --last the last, by
bisecting: they read only about log2 of the syncs, and are right where the truth
changes once - for --first from no to yes, for --last from yes to no.

A name that nothing ever had is noted.`,
		Example: `  archsync when 'exists storage.kafka'
  archsync when 'ingest.gateway -> ingest.kafka'
  archsync when 'status k7f3q = blocked or status k7f3q = dropped'
  archsync when 'count components > 40 and not exists storage.redis' --since 2y
  archsync when 'exists storage.kafka' --first`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{what: "the predicate is one argument, but got " + quoteAll(args), hint: `put it in quotes: archsync when 'exists storage.kafka'`}
			}
			return argsBetween(1, 1)(cmd, args)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return v.when(args[0], o) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.first, "first", false, "the first sync at which it holds, by bisecting")
	flags.BoolVar(&o.last, "last", false, "the last sync at which it holds, by bisecting")
	flags.BoolVar(&o.follow, "follow", false, "names mean what has them in the end, through renames")
	cmd.MarkFlagsMutuallyExclusive("first", "last", "follow")
	v.atFlag(cmd, &o.at)
	v.momentFlag(cmd, &o.since, "since", "only syncs after `MOMENT`")
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) when(text string, o whenOptions) error {
	p, err := chronicle.ParsePredicate(text)
	if err != nil {
		return wrongPredicate(text, err)
	}
	since, err := v.sinceDate(o.since)
	if err != nil {
		return err
	}
	if o.first || o.last {
		return v.whenBisected(p, since, o)
	}
	c, m, err := v.chronicle(o.at)
	if err != nil {
		return err
	}
	stretches, unknown := c.When(p, since, o.follow), c.Unknown(p)
	problems, err := v.pastProblems(c)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "when", At: toJSONMoment(m), Data: jsonWhen{p.String(), toJSONStretches(stretches), nil, namesOf(unknown)}, Problems: problems})
	}
	for _, s := range stretches {
		v.printf("%s\n", stretchWords(s, m))
	}
	if len(stretches) == 0 {
		v.printf("It never held%s.\n", prefixed(" after ", since))
	}
	for _, s := range unknown {
		v.notices([]string{unknownWords(c, s)})
	}
	v.printProblems(problems)
	return nil
}

// unknownWords say of a name that nothing ever had it, and which are like it.
func unknownWords(c *chronicle.Chronicle, s chronicle.Subject) string {
	words := fmt.Sprintf("nothing was ever called %q", s.ID)
	if s.Kind != "" {
		words = fmt.Sprintf("no %s was ever called %q", s.Kind, s.ID)
	}
	near := c.Find(s.ID, s.Kind)
	if len(near) == 0 {
		near = c.Nearest(s.ID, s.Kind)
	}
	if len(near) > 0 {
		words += "; did you mean " + near[0].ID + "?"
	}
	return words
}

func namesOf(subjects []chronicle.Subject) []string {
	names := []string{}
	for _, s := range subjects {
		names = append(names, s.ID)
	}
	return names
}

// wrongPredicate shows where in a predicate something is wrong.
func wrongPredicate(text string, err error) error {
	wrong, ok := errors.AsType[*chronicle.SyntaxError](err)
	if !ok {
		return err
	}
	before := min(wrong.Column-1, utf8.RuneCountInString(text))
	e := &usageError{what: wrong.Error(), hint: wrong.Hint()}
	if !strings.ContainsAny(text, "\n\t") {
		e.what += "\n  " + text + "\n  " + strings.Repeat(" ", before) + "^"
	}
	return e
}

// stretchWords say from when to when something held.
func stretchWords(s chronicle.Stretch, m history.Moment) string {
	syncs := plural(s.Syncs, "sync", "syncs")
	switch {
	case s.From == (chronicle.Snapshot{}):
		return "now, and at no sync yet"
	case s.To == (chronicle.Snapshot{}):
		return fmt.Sprintf("%s to now         %s and now", s.From.Date, plural(s.Syncs-1, "sync", "syncs"))
	case s.Open && m.Kind == history.AtSnapshot:
		return fmt.Sprintf("%s to %s  %s, and maybe beyond", s.From.Date, s.To.Date, syncs)
	case s.From == s.To:
		return fmt.Sprintf("%s                1 sync", s.From.Date)
	}
	return fmt.Sprintf("%s to %s  %s", s.From.Date, s.To.Date, syncs)
}

// whenBisected finds the one place where the truth changes.
func (v *invocation) whenBisected(p chronicle.Predicate, since string, o whenOptions) error {
	m, err := v.moment(o.at)
	if err != nil {
		return err
	}
	t, err := v.archive.Past(v.ctx, m, nil)
	if err != nil {
		return err
	}
	look := t.First
	if o.last {
		look = t.Last
	}
	found, err := look(v.ctx, p, since)
	if err != nil {
		return err
	}
	if v.json {
		data := jsonWhen{p.String(), []jsonStretch{}, &jsonBisected{found.Found, orNull(found.At.Date), found.Asked}, []string{}}
		return v.printJSON(envelope{Kind: "when", At: toJSONMoment(m), Data: data})
	}
	switch {
	case !found.Found:
		v.printf("It holds neither in the beginning nor in the end; without --first and --last every sync is looked at.\n")
	case found.At == (chronicle.Snapshot{}):
		v.printf("now\n")
	default:
		v.printf("%s\n", found.At.Date)
	}
	return nil
}

// jsonWhen is the data of the kind when.
type jsonWhen struct {
	Predicate string        `json:"predicate"`
	Held      []jsonStretch `json:"held"`
	Bisected  *jsonBisected `json:"bisected"`
	Unknown   []string      `json:"unknown"`
}

type jsonStretch struct {
	From  *string `json:"from"`
	To    *string `json:"to"`
	Syncs int     `json:"syncs"`
	Open  bool    `json:"open"`
}

type jsonBisected struct {
	Found bool    `json:"found"`
	Sync  *string `json:"sync"`
	Asked int     `json:"asked"`
}

func toJSONStretches(stretches []chronicle.Stretch) []jsonStretch {
	data := []jsonStretch{}
	for _, s := range stretches {
		syncs := s.Syncs
		if s.To == (chronicle.Snapshot{}) {
			syncs--
		}
		data = append(data, jsonStretch{orNull(s.From.Date), orNull(s.To.Date), syncs, s.Open})
	}
	return data
}
