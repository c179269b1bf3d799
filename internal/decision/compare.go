package decision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// Diff lists what differs between the decisions of two moments, one change for
// each fact, in the order of the decisions after, then of those that are gone.
//
// Decisions are matched by id, then by number where one number stands once on
// either side: a file that was renamed or moved has not changed. The states are
// compared in our vocabulary; the record's own word is told when ours stayed.
// The values of a changed text are its first lines that differ, headings apart where
// more than headings differs; a line that only moved down is no value.
func Diff(before, after []Decision) []change.Change {
	was := match(before, after)
	var changes []change.Change
	for i, now := range after {
		if was[i] == nil {
			changes = append(changes, told(now, change.Added, change.ReasonAdded, "", now.Title))
			continue
		}
		changes = append(changes, facts(*was[i], now)...)
	}
	for i := range before {
		if !slices.Contains(was, &before[i]) {
			changes = append(changes, told(before[i], change.Removed, change.ReasonRemoved, before[i].Title, ""))
		}
	}
	return changes
}

// match finds for each decision after the one it was before, nil for a new one.
func match(before, after []Decision) []*Decision {
	was := make([]*Decision, len(after))
	free := map[string]*Decision{}
	for i := range before {
		if _, twice := free[before[i].ID]; !twice {
			free[before[i].ID] = &before[i]
		}
	}
	for i, now := range after {
		if old := free[now.ID]; old != nil {
			was[i] = old
			delete(free, now.ID)
		}
	}
	byNumber := map[string][]*Decision{}
	for _, old := range free {
		byNumber[old.Number] = append(byNumber[old.Number], old)
	}
	open := map[string]int{}
	for i, now := range after {
		if was[i] == nil {
			open[now.Number]++
		}
	}
	for i, now := range after {
		if olds := byNumber[now.Number]; was[i] == nil && now.Number != "" && len(olds) == 1 && open[now.Number] == 1 {
			was[i] = olds[0]
		}
	}
	return was
}

// Renames leads from the earlier to the later id of decisions that are the same under
// different ones.
func Renames(before, after []Decision) map[string]string {
	renames := map[string]string{}
	for i, old := range match(before, after) {
		if old != nil && old.ID != after[i].ID {
			renames[old.ID] = after[i].ID
		}
	}
	return renames
}

// Facts are what the decision says of itself, its text and where it lies apart.
// Absent values are left out.
func (d Decision) Facts() []change.Fact {
	var all []change.Fact
	for _, f := range []change.Fact{
		{Key: "number", Values: []string{d.Number}}, {Key: "title", Values: []string{d.Title}},
		{Key: "state", Values: []string{d.State}}, {Key: "raw_state", Values: []string{d.RawState}},
		{Key: "date", Values: []string{d.Date}}, {Key: "authors", Values: d.Authors},
		{Key: "touches", Values: d.Touches}, {Key: "supersedes", Values: d.Supersedes},
		{Key: "superseded_by", Values: d.SupersededBy}, {Key: "breakouts", Values: d.Breakouts},
		{Key: "review", Values: []string{d.Review}}, {Key: "last_call", Values: []string{d.LastCall}},
	} {
		if len(f.Values) > 1 || len(f.Values) == 1 && f.Values[0] != "" {
			all = append(all, f)
		}
	}
	return all
}

func facts(old, now Decision) []change.Change {
	var changes []change.Change
	fact := func(key string, reason change.Reason, from, to string) {
		if from != to {
			c := told(now, change.Changed, reason, from, to)
			c.Field = key
			changes = append(changes, c)
		}
	}
	noted := func(key string, from, to []string) {
		fact(key, change.ReasonNoted, strings.Join(from, ", "), strings.Join(to, ", "))
	}
	fact("title", change.ReasonRetitled, old.Title, now.Title)
	if old.State == now.State {
		fact("state", change.ReasonStatus, old.RawState, now.RawState)
	} else {
		fact("state", change.ReasonStatus, cmp.Or(old.State, old.RawState), cmp.Or(now.State, now.RawState))
	}
	fact("date", change.ReasonNoted, old.Date, now.Date)
	noted("authors", old.Authors, now.Authors)
	noted("touches", old.Touches, now.Touches)
	noted("supersedes", old.Supersedes, now.Supersedes)
	noted("superseded_by", old.SupersededBy, now.SupersededBy)
	noted("breakouts", old.Breakouts, now.Breakouts)
	fact("review", change.ReasonNoted, old.Review, now.Review)
	fact("last_call", change.ReasonNoted, old.LastCall, now.LastCall)
	if now.Format == RFD || len(changes) == 0 { // elsewhere the text itself holds facts told above
		from, to := firstDifference(old.Body, now.Body)
		fact("text", change.ReasonNoted, from, to)
	}
	return changes
}

// firstDifference is the first line of each text that the other one has not at
// that place; line endings and space at the margin do not count. A line that the
// other text has further down has only moved, and is "": something came before it.
func firstDifference(a, b string) (from, to string) {
	as, bs := textLines(a), textLines(b)
	if plainA, plainB := withoutHeadings(as), withoutHeadings(bs); !slices.Equal(plainA, plainB) {
		as, bs = plainA, plainB
	}
	for i := range max(len(as), len(bs)) {
		from, to = lineAt(as, i), lineAt(bs, i)
		switch {
		case from == to:
			continue
		case from != "" && !slices.Contains(as[i:], to) && slices.Contains(bs[i:], from):
			return "", to
		case to != "" && !slices.Contains(bs[i:], from) && slices.Contains(as[i:], to):
			return from, ""
		}
		return from, to
	}
	return "", ""
}

// withoutHeadings are lines without those that only say what comes next.
func withoutHeadings(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "#") })
}

// textLines are the lines that say something.
func textLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func told(d Decision, kind change.Kind, reason change.Reason, from, to string) change.Change {
	return change.Change{Kind: kind, Subject: d.ID, Reason: reason, From: change.Present(from), To: change.Present(to), Title: d.Title, Place: d.Number}
}

// Refs answers whether what a decision names is there; nil is not asked.
type Refs struct {
	Component func(ref string) bool // a component or a connection
	Breakout  func(id string) bool
	Lost      func(ref string) string // a hint on a component that is not there, or ""
}

// Check reports what is wrong with the decisions of one moment together: numbers
// that stand twice, states that are unknown, and references that lead nowhere.
func Check(all []Decision, refs Refs) []problem.Problem {
	var ps []problem.Problem
	first := map[string]Decision{}
	for _, d := range all {
		if old, twice := first[significant(d.Number)]; twice && d.Number != "" {
			ps = append(ps, d.problem(atNumber, fmt.Sprintf("number %s is also that of %s", d.Number, old.Path), "give the newer of the two the next free number"))
		} else {
			first[significant(d.Number)] = d
		}
		ps = append(ps, d.checkState()...)
		ps = append(ps, d.checkRefs(all, refs)...)
	}
	return ps
}

func (d Decision) checkState() []problem.Problem {
	if d.State != "" || d.RawState == "" {
		return nil
	}
	return []problem.Problem{d.problem(atState, fmt.Sprintf("unknown state %q", d.RawState), "use one of "+strings.Join(States(), ", "))}
}

func (d Decision) checkRefs(all []Decision, refs Refs) []problem.Problem {
	var ps []problem.Problem
	dangling := func(key string, names []string, there func(string) bool, format, hint string) {
		for _, name := range names {
			if there == nil || there(name) {
				continue
			}
			advice := hint
			if key == atTouches && refs.Lost != nil {
				advice = cmp.Or(refs.Lost(name), hint)
			}
			ps = append(ps, d.problem(key, fmt.Sprintf(format, name), advice))
		}
	}
	known := func(ref string) bool { return slices.ContainsFunc(all, func(o Decision) bool { return o.Ref(ref) }) }
	dangling(atSupersedes, d.Supersedes, known, "supersedes %q, which is no decision here", "name a decision by its number, such as 0007")
	dangling(atSupersededBy, d.SupersededBy, known, "is superseded by %q, which is no decision here", "name a decision by its number, such as 0007")
	dangling(atTouches, d.Touches, refs.Component, "touches %q, which no diagram has", "name a component by its D2 key, such as storage.kafka")
	dangling(atBreakouts, d.Breakouts, refs.Breakout, "settles breakout %q, which has no file", "name a breakout by its file in breakouts/ without .md")
	return ps
}

// Related gives the decisions with both sides of each superseding: a record
// names what it supersedes, and the other side follows from that. References to
// decisions that are there become their ids; others stay as they are.
func Related(all []Decision) []Decision {
	related := slices.Clone(all)
	for i := range related {
		related[i].Supersedes = resolve(all, related[i].Supersedes)
		related[i].SupersededBy = resolve(all, related[i].SupersededBy)
	}
	for i := range related {
		for j := range related {
			if slices.Contains(related[i].Supersedes, related[j].ID) {
				related[j].SupersededBy = with(related[j].SupersededBy, related[i].ID)
			}
			if slices.Contains(related[i].SupersededBy, related[j].ID) {
				related[j].Supersedes = with(related[j].Supersedes, related[i].ID)
			}
		}
	}
	return related
}

func resolve(all []Decision, refs []string) []string {
	ids := slices.Clone(refs)
	for i, ref := range ids {
		if at := slices.IndexFunc(all, func(d Decision) bool { return d.Ref(ref) }); at >= 0 {
			ids[i] = all[at].ID
		}
	}
	return ids
}

func with(ids []string, id string) []string {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(slices.Clone(ids), id)
}
