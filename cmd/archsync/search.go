package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

// searchOptions say what is searched, and how.
type searchOptions struct {
	at, since     string
	fuzzy, regexp bool
	limit         int // 0 means all
}

func (v *invocation) searchCommand() *cobra.Command {
	o := searchOptions{}
	cmd := &cobra.Command{
		Use:   "search TEXT...",
		Short: "everything that was ever written, and when it stood there",
		Long: `Searches the log over all of time: items with their notes, decisions, minutes,
breakouts, the names, labels and tooltips of the architecture, and groups. Each hit
says when its line stood in the log, where, and what of it was meant.

All words must stand in one line, in any order and whatever their capitals; a "phrase
in quotes" stands as it is. Filters are words too:

  group:storage       of the group; group:storage,web of either
  status:blocked      of items, decisions (agreed) and breakouts (open)
  kind:decision       component, connection, item, decision, breakout, group, minutes
  at:2026-03-12       what stood there at a moment: at its sync, or the last before it

What a thing is called comes first, minutes come last. --at looks no further than a
moment; --since leaves out what was written by then.`,
		Example: `  archsync search kafka
  archsync search '"dead letter" group:ingest'
  archsync search queue kind:component at:2025-06-01
  archsync search --fuzzy clkhse
  archsync search --regexp 'redis|memcached?' --since 1y`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return argsBetween(1, 1)(cmd, args)
			}
			return nil
		},
		ValidArgsFunction: v.completeSearch,
		RunE: func(_ *cobra.Command, args []string) error {
			if o.limit < 0 {
				return &usageError{what: fmt.Sprintf("--limit %d is less than nothing", o.limit), hint: "--limit 0 lists all"}
			}
			return v.search(strings.Join(args, " "), o)
		},
	}
	v.atFlag(cmd, &o.at)
	v.momentFlag(cmd, &o.since, "since", "only what was first written after `MOMENT`")
	flags := cmd.Flags()
	flags.BoolVar(&o.fuzzy, "fuzzy", false, "the letters of a word in their order, close together, or with one slip of the pen")
	flags.BoolVar(&o.regexp, "regexp", false, "the words are patterns (RE2)")
	flags.IntVar(&o.limit, "limit", 20, "list no more than the `N` best; 0 lists all")
	cmd.MarkFlagsMutuallyExclusive("fuzzy", "regexp")
	v.jsonFlag(cmd)
	return cmd
}

// mode is how the options want words to be looked for.
func (o searchOptions) mode() chronicle.Mode {
	switch {
	case o.fuzzy:
		return chronicle.Fuzzy
	case o.regexp:
		return chronicle.Regexp
	}
	return chronicle.Substring
}

func (v *invocation) search(text string, o searchOptions) error {
	q, err := chronicle.ParseQuery(text, o.mode())
	if err != nil {
		return asQuery(err)
	}
	snapshots, m, problems, err := v.until(o.at)
	if err != nil {
		return err
	}
	if q.Moment, err = v.dateIn(q.At); err != nil {
		return err
	}
	if o.since != "" {
		if q.Since, err = v.dateIn(o.since); err != nil {
			return err
		}
	}
	found, unread, err := v.archive.Written(snapshots, m, v.memo()).Search(v.ctx, q, o.limit)
	if err != nil {
		return err
	}
	if len(problems) == 0 { // else they tell of the same snapshots
		problems = unread
	}
	if v.json {
		return v.printJSON(envelope{Kind: "search", At: toJSONMoment(m), Data: toJSONFound(text, found), Problems: problems})
	}
	v.printFound(found)
	if found.Total == 0 {
		v.notices(nothingFound(found, q))
	}
	v.printProblems(problems)
	return nil
}

// asQuery makes a query that cannot be understood wrong use.
func asQuery(err error) error {
	if wrong, ok := errors.AsType[*chronicle.QueryError](err); ok {
		return &usageError{what: wrong.Error(), hint: wrong.Hint}
	}
	return err
}

// dateIn is the date of a moment, "now" for the present and "" for none.
func (v *invocation) dateIn(expr string) (string, error) {
	if expr == "" {
		return "", nil
	}
	m, err := v.moment(expr)
	if err != nil || m.Kind == history.Now {
		return "now", err
	}
	return m.Date, nil
}

// jsonFound is the data of the kind search.
type jsonFound struct {
	Query string    `json:"query"`
	Total int       `json:"total"`
	Hits  []jsonHit `json:"hits"`
}

type jsonHit struct {
	Kind   chronicle.Kind `json:"kind"`
	ID     string         `json:"id"`
	Group  *string        `json:"group"`
	Status *string        `json:"status"`
	Path   string         `json:"path"`
	Field  string         `json:"field"`
	Line   string         `json:"line"`
	Marks  []jsonMark     `json:"marks"`
	Lived  []jsonSpan     `json:"lived"`
}

// jsonMark is a part of a line in characters, counted from 0; To is the first that
// does not belong to it.
type jsonMark struct {
	From int `json:"from"`
	To   int `json:"to"`
}

type jsonSpan struct {
	First *string `json:"first"`
	Last  *string `json:"last"`
	Now   bool    `json:"now"`
}

func toJSONFound(query string, found chronicle.Found) jsonFound {
	data := jsonFound{Query: query, Total: found.Total, Hits: []jsonHit{}}
	for _, h := range found.Hits {
		hit := jsonHit{h.Kind, h.ID, orNull(h.Group), orNull(h.Status), h.Path, h.Field, h.Line, []jsonMark{}, []jsonSpan{}}
		for _, m := range h.Marks {
			hit.Marks = append(hit.Marks, jsonMark{utf8.RuneCountInString(h.Line[:m.From]), utf8.RuneCountInString(h.Line[:m.To])})
		}
		for _, s := range h.Lived {
			hit.Lived = append(hit.Lived, jsonSpan{orNull(s.First.Date), orNull(s.Last.Date), s.Now})
		}
		data.Hits = append(data.Hits, hit)
	}
	return data
}

// printFound prints each hit in two lines: what, where and when, then the line.
func (v *invocation) printFound(found chronicle.Found) {
	for _, h := range found.Hits {
		v.printf("%s  %s\n", hitTitle(h), livedWords(h.Lived))
		v.printf("    %s\n", marked(h))
	}
	switch n := len(found.Hits); {
	case found.Total == 0:
		v.printf("Nothing that was ever written fits.\n")
	case n < found.Total:
		v.printf("\n%d of %d hits. --limit 0 lists all; a filter such as kind:item narrows.\n", n, found.Total)
	}
}

// nothingFound says what may have kept a query from finding anything.
func nothingFound(found chronicle.Found, q chronicle.Query) []string {
	var notices []string
	for _, group := range found.UnknownGroups {
		notices = append(notices, fmt.Sprintf("nothing ever stood in a group %q; archsync group list --all lists them", group))
	}
	if len(notices) == 0 && len(q.Words) > 0 && q.Mode == chronicle.Substring {
		notices = append(notices, "all words must stand in one line; fewer of them, a part of a word, or --fuzzy find more")
	}
	return notices
}

// hitTitle is what a hit is of, and where.
func hitTitle(h chronicle.Hit) string {
	title := fmt.Sprintf("%s %s", h.Kind, h.ID)
	if h.Kind == chronicle.Item {
		title += " (" + h.Group + ", " + h.Status + ")"
	} else if h.Status != "" {
		title += " (" + h.Status + ")"
	}
	return title + "  " + h.Path
}

// livedWords is when a line stood in the log.
func livedWords(lived []chronicle.Span) string {
	words := make([]string, len(lived))
	for i, s := range lived {
		switch {
		case s.First == chronicle.Snapshot{}:
			words[i] = "since the last sync"
		case s.Now:
			words[i] = s.First.Date + " until now"
		case s.First == s.Last:
			words[i] = s.First.Date
		default:
			words[i] = s.First.Date + " to " + s.Last.Date
		}
	}
	return strings.Join(words, ", ")
}

// widest is how many characters of a line are printed.
const widest = 160

// marked is the line of a hit with what was found between angle quotes; of a long
// line the part around it.
func marked(h chronicle.Hit) string {
	line, marks := h.Excerpt(widest)
	var b strings.Builder
	at := 0
	for _, m := range marks {
		b.WriteString(line[at:m.From] + "«" + line[m.From:m.To] + "»")
		at = m.To
	}
	return b.String() + line[at:]
}

// completeSearch completes filters.
func (v *invocation) completeSearch(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	candidates := []string{
		candidate("group:", "of a group"), candidate("status:", "of items, decisions and breakouts"),
		candidate("kind:", "item, decision, component ..."), candidate("at:", "what stood there at a moment"),
	}
	switch {
	case strings.HasPrefix(typed, "kind:"):
		candidates = nil
		for _, k := range chronicle.TextKinds() {
			candidates = append(candidates, candidate("kind:"+string(k), ""))
		}
	case strings.HasPrefix(typed, "group:"):
		candidates = nil
		if l := v.present(synclog.Board); l != nil {
			for _, g := range l.Groups() {
				candidates = append(candidates, candidate("group:"+g.ID, g.Name))
			}
		}
	default:
		return beginning(typed, candidates), noFiles | cobra.ShellCompDirectiveNoSpace
	}
	return beginning(typed, candidates), noFiles
}
