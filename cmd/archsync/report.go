package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// diffOptions are what the verbs that compare are told: what to look at, and how to
// say it.
type diffOptions struct {
	group, near    string
	markdown, exit bool
}

func (v *invocation) diffFlags(cmd *cobra.Command, o *diffOptions) {
	flags := cmd.Flags()
	flags.StringVar(&o.group, "group", "", "only what concerns the group `ID`")
	flags.StringVar(&o.near, "near", "", "only the neighbourhood of `COMPONENT[:DEPTH]`, 1 deep unless it says otherwise")
	flags.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("near", v.completeComponents)
	v.jsonFlag(cmd)
	exitCodeFlag(cmd, &o.exit)
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
}

// deepest is how far --near goes: further off lies the whole diagram.
const deepest = 9

// neighbourhood is the component and the depth that --near names. What stands behind
// a colon is a depth when it is a number.
func (o diffOptions) neighbourhood() (component string, depth int, err error) {
	i := strings.LastIndexByte(o.near, ':')
	if i < 0 {
		return o.near, 1, nil
	}
	n, err := strconv.Atoi(o.near[i+1:])
	if err != nil {
		return o.near, 1, nil
	}
	if n < 1 || n > deepest || i == 0 {
		return "", 0, &usageError{what: fmt.Sprintf("--near %q: a depth is a number from 1 to %d", o.near, deepest), hint: "--near storage.kafka:2 shows the neighbours and theirs"}
	}
	return o.near[:i], n, nil
}

func (o diffOptions) check() error {
	_, _, err := o.neighbourhood()
	return err
}

// checkAlone is check where one diagram is compared and not the log.
func (o diffOptions) checkAlone() error {
	if o.group != "" {
		return &usageError{
			what: "--group goes with two moments of the log, without files and --diagram",
			hint: "--near COMPONENT narrows any two diagrams",
		}
	}
	return o.check()
}

// reading are the parts of the log that have to be read to look at some of them.
func (o diffOptions) reading(parts synclog.Part) synclog.Part {
	if o.group != "" {
		parts |= synclog.Board
	}
	return parts
}

// narrow leaves of a comparison what the options want to see. A diagram that does not
// compile cannot be narrowed, and stays.
func (o diffOptions) narrow(c comparison) (comparison, error) {
	var err error
	var to []string
	if o.group != "" {
		if c.difference, err = c.difference.OfGroup(c.before, c.after, o.group); err != nil {
			return c, err
		}
		to = append(to, "group "+o.group)
	}
	if o.near != "" {
		component, depth, err := o.neighbourhood()
		if err != nil {
			return c, err
		}
		if c.difference, err = c.difference.Near(c.before, c.after, component, depth); err != nil {
			return c, err
		}
		to = append(to, "near "+o.near)
	}
	c.narrowed = strings.Join(to, ", ")
	return c, nil
}

// report is a comparison in words, in the order in which people read it.
type report struct {
	title    string
	empty    bool
	sections []section
}

// section is what differs in one part of the log: facts, or texts.
type section struct {
	title string
	lists []factList
	text  string // as diff -u writes it
}

// factList are lines about one thing; the title may be empty.
type factList struct {
	title string
	lines []factLine
}

// factLine is one fact: the words may be empty, where the mark says all.
type factLine struct {
	mark, subject, glue, words string
}

// within says, behind a title, what a comparison was narrowed to.
func (c comparison) within() string {
	if c.narrowed == "" {
		return ""
	}
	return " (" + c.narrowed + ")"
}

// report words a comparison.
func (c comparison) report() report {
	d, narrowed := c.difference, c.within()
	if d.Empty() {
		return report{title: fmt.Sprintf("Nothing differs between %s and %s%s.", c.from.title(), c.to.title(), narrowed), empty: true}
	}
	r := report{title: counted(fmt.Sprintf("From %s to %s%s", c.from.title(), c.to.title(), narrowed), d.Counts().Sum().String())}
	if len(d.Items) > 0 {
		r.sections = append(r.sections, section{title: counted("Items", change.Count(d.Items).String()), lists: c.itemLists()})
	}
	for _, drawing := range d.Drawings() {
		r.sections = append(r.sections, drawingSection(drawing))
	}
	for _, t := range d.Texts {
		r.sections = append(r.sections, section{title: t.Path + ", compared as text: it does not compile", text: unified(t)})
	}
	if len(d.Decisions) > 0 {
		s := section{title: counted("Decisions", change.Count(d.Decisions).String()), lists: []factList{{}}}
		for _, fact := range d.Decisions {
			s.lists[0].lines = append(s.lists[0].lines, factLine{fact.Kind.Mark(), decision.Short(fact.Subject), "  ", decisionWords(fact, c.after)})
		}
		r.sections = append(r.sections, s)
	}
	return r
}

// counted is a title with the one-line count, which may be empty.
func counted(title, count string) string { return title + prefixed(": ", count) }

// title is a moment as a heading says it: as it was written, with the date where
// that says something else.
func (m *jsonMoment) title() string {
	if m.Date == nil || m.Expr == "now" || strings.Contains(m.Expr, *m.Date) {
		return m.Expr
	}
	return fmt.Sprintf("%s (%s)", m.Expr, *m.Date)
}

func drawingSection(d synclog.Drawing) section {
	var counts []string
	for _, p := range []struct {
		name    string
		changes []change.Change
	}{{"components", d.Components}, {"connections", d.Connections}} {
		if len(p.changes) > 0 {
			counts = append(counts, p.name+" "+change.Count(p.changes).String())
		}
	}
	s := section{title: counted(cmp.Or(d.Name, "Architecture"), strings.Join(counts, ", ")), lists: []factList{{}}}
	for _, fact := range slices.Concat(d.Components, d.Connections) {
		s.lists[0].lines = append(s.lists[0].lines, factLine{fact.Kind.Mark(), fact.Subject, ": ", drawnWords(fact)})
	}
	return s
}

// itemLists are the changes of items under the groups that they are in now, in the
// log's order; groups that are gone come last.
func (c comparison) itemLists() []factList {
	byGroup := map[string][]change.Change{}
	for _, fact := range c.difference.Items {
		byGroup[fact.Place] = append(byGroup[fact.Place], fact)
	}
	var lists []factList
	for _, g := range slices.Concat(c.after.Groups(), c.before.Groups()) {
		if len(byGroup[g.ID]) == 0 {
			continue
		}
		list := factList{title: cmp.Or(g.Name, g.ID)}
		for _, fact := range byGroup[g.ID] {
			list.lines = append(list.lines, factLine{fact.Kind.Mark(), fact.Subject, "  ", itemWords(fact, c.after)})
		}
		lists = append(lists, list)
		delete(byGroup, g.ID)
	}
	return lists
}

// printReport prints a report for a terminal, one line a fact.
func (v *invocation) printReport(r report) {
	v.printf("%s\n", r.title)
	for _, s := range r.sections {
		v.printf("\n%s\n", s.title)
		for _, list := range s.lists {
			indent := "  "
			if list.title != "" {
				v.printf("  %s\n", list.title)
				indent = "    "
			}
			for _, l := range list.lines {
				v.printf("%s%s %s%s\n", indent, l.mark, l.subject, prefixed(l.glue, l.words))
			}
		}
		v.printText(s.text)
	}
}

// printMarkdown prints a report as CommonMark: what people wrote in the log stays
// text, whatever it looks like.
func (v *invocation) printMarkdown(r report) {
	if r.empty {
		v.printf("%s\n", plain.Markdown(r.title))
		return
	}
	v.printf("# %s\n", plain.Markdown(r.title))
	for _, s := range r.sections {
		v.printf("\n## %s\n", plain.Markdown(s.title))
		for _, list := range s.lists {
			if list.title != "" {
				v.printf("\n### %s\n", plain.Markdown(list.title))
			}
			v.printf("\n")
			for _, l := range list.lines {
				v.printf("- `%s` **%s**%s\n", l.mark, plain.Markdown(l.subject), prefixed(" ", plain.Markdown(l.words)))
			}
		}
		v.printFenced(s.text)
	}
}

// printFenced prints a text as a block of code, with a fence that does not stand in it.
func (v *invocation) printFenced(text string) {
	if text == "" {
		return
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	v.printf("\n%sdiff\n", fence)
	v.printText(strings.TrimSuffix(text, "\n") + "\n")
	v.printf("%s\n", fence)
}
