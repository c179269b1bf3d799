package synclog

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// Check is everything that is wrong with a log: what reading found, and what does
// not fit together between its files. The log must have been read whole.
func Check(l *Log) []problem.Problem { return CheckWith(l, nil) }

// CheckWith is [Check] with somebody to ask about components and connections that no
// diagram has: lost gives a hint on what became of one, or "". It is called for those
// alone, so that it may cost something.
func CheckWith(l *Log, lost func(ref string) string) []problem.Problem {
	problems := slices.Clone(l.Problems)
	problems = append(problems, checkOrder(l)...)
	problems = append(problems, board.Check(l.Files, l.boardRefs(lost))...)
	problems = append(problems, decision.Check(l.Decisions, l.decisionRefs(lost))...)
	for _, b := range l.Breakouts {
		problems = append(problems, checkBreakout(l, b)...)
	}
	for _, r := range l.Records {
		problems = append(problems, checkRecord(l, r)...)
	}
	return problem.Sort(problems)
}

// boardRefs answer for components and decisions. Where a diagram does not
// compile, nothing is known of components and nothing is complained about.
func (l *Log) boardRefs(lost func(string) string) board.Refs {
	refs := board.Refs{Decision: func(ref string) bool { _, ok := l.FindDecision(ref); return ok }, Lost: lost}
	if len(l.broken) == 0 && len(l.Diagrams) > 0 {
		refs.Component = l.HasComponent
	}
	return refs
}

// HasComponent tells whether a component, or a connection between two of them,
// stands in one of the diagrams.
func (l *Log) HasComponent(ref string) bool {
	if _, ok := l.FindComponent(ref); ok {
		return true
	}
	for _, d := range l.Diagrams {
		if d.Has(strings.TrimPrefix(ref, l.prefix(d))) {
			return true
		}
	}
	return false
}

func (l *Log) decisionRefs(lost func(string) string) decision.Refs {
	refs := decision.Refs{Breakout: func(id string) bool { _, ok := l.FindBreakout(id); return ok }, Lost: lost}
	if len(l.broken) == 0 && len(l.Diagrams) > 0 {
		refs.Component = l.HasComponent
	}
	return refs
}

func checkOrder(l *Log) []problem.Problem {
	var problems []problem.Problem
	for _, name := range l.Config.named {
		if _, ok := l.File(name.id); !ok {
			problems = append(problems, problem.Problem{
				Path: path.Join(l.Dir, ConfigName), Line: name.line, Column: name.column,
				What: fmt.Sprintf("groups names %q, which has no file in board/", name.id),
				Hint: "remove it, or make the group with archsync group new " + name.id,
			})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Config.Timeboxes)) {
		if _, ok := l.File(id); !ok {
			problems = append(problems, problem.Problem{
				Path: path.Join(l.Dir, ConfigName), What: fmt.Sprintf("timeboxes names %q, which has no file in board/", id),
				Hint: "archsync group list --all lists the groups that there are",
			})
		}
	}
	return problems
}

func checkBreakout(l *Log, b meeting.Breakout) []problem.Problem {
	var problems []problem.Problem
	if b.Group != "" {
		if _, ok := l.File(b.Group); !ok {
			problems = append(problems, b.Problem("group", fmt.Sprintf("unknown group %q", b.Group), "archsync group list --all lists the groups that there are"))
		}
	}
	return problems
}

func checkRecord(l *Log, r meeting.Record) []problem.Problem {
	var problems []problem.Problem
	for _, id := range r.Breakouts {
		if _, ok := l.FindBreakout(id); !ok {
			problems = append(problems, r.Problem("breakouts", fmt.Sprintf("breakout %q has no file in breakouts/", id),
				"restore breakouts/"+id+".md from an earlier sync, or take the id out of the record"))
		}
	}
	return problems
}

// source is the text of a diagram, compiled or not.
func (l *Log) source(path string) []byte {
	if d := l.Diagram(path); d != nil {
		return []byte(d.Text())
	}
	return l.broken[path]
}
