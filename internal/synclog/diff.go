package synclog

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
)

// Difference is everything that differs by meaning between two moments.
type Difference struct {
	Items       []change.Change
	Components  []change.Change
	Connections []change.Change
	Decisions   []change.Change

	Architecture diagram.Difference // of the architecture alone, with its identities

	// compared are the diagrams that were compared by meaning; beside names the
	// subjects of the other ones than the architecture: they are listed, but not counted.
	compared []compared
	beside   map[string]bool
	parts    []diagram.Part // of the compared diagrams, when it was narrowed to them

	Problems []problem.Problem // what could not be compared, and what stands instead
	Texts    []TextDiff        // of diagrams that do not compile in one of the moments
}

// TextDiff is the fallback where a diagram cannot be compared by meaning.
type TextDiff struct {
	Path          string
	Before, After []byte
}

// Diff compares two moments: before is the earlier one. Both must have been read
// with the same parts; what was not read is not compared.
func Diff(before, after *Log) Difference {
	d := Difference{
		Items:     diffItems(before, after),
		Decisions: decision.Diff(before.Decisions, after.Decisions),
		beside:    map[string]bool{},
	}
	d.Problems = append(partialProblems(before, "before"), partialProblems(after, "after")...)
	for i, p := range pairDiagrams(before, after) {
		found := d.addDiagrams(before, after, p)
		if i == 0 {
			d.Architecture = found
		}
	}
	return d
}

// diffItems leaves out what only seems to be gone, or new, because the group's
// file could not be read whole in one of the moments.
func diffItems(before, after *Log) []change.Change {
	changes := board.Diff(before.groups, after.groups)
	if len(before.partial)+len(after.partial) == 0 {
		return changes
	}
	return slices.DeleteFunc(changes, func(c change.Change) bool {
		return c.Kind == change.Removed && after.Partial(c.Place) || c.Kind == change.Added && before.Partial(c.Place)
	})
}

// partialProblems says of which groups items may be missing at one of the moments.
func partialProblems(l *Log, when string) []problem.Problem {
	var problems []problem.Problem
	for _, group := range slices.Sorted(maps.Keys(l.partial)) {
		problems = append(problems, problem.Problem{
			Path: l.partial[group],
			What: "cannot be read whole in the moment " + when + ": items that seem to be gone are not reported",
			Hint: "archsync check names the error",
		})
	}
	return problems
}

// compared is one diagram at both moments, nil where it was not there, and what
// differs in it. The prefix stands before its names.
type compared struct {
	before, after *diagram.Diagram
	prefix        string
	found         diagram.Difference
}

// pair is one diagram in both moments; the architecture is the same diagram even
// where its file moved.
type pair struct{ before, after string }

func pairDiagrams(before, after *Log) []pair {
	mainBefore, mainAfter := before.Config.DiagramPath(before.Dir), after.Config.DiagramPath(after.Dir)
	pairs := []pair{{mainBefore, mainAfter}}
	var others []string
	for _, path := range slices.Concat(before.DiagramPaths(), after.DiagramPaths()) {
		if path != mainBefore && path != mainAfter {
			others = append(others, path)
		}
	}
	slices.Sort(others)
	for _, path := range slices.Compact(others) {
		pairs = append(pairs, pair{path, path})
	}
	return pairs
}

// DiagramPaths are the paths of all diagrams, those that do not compile too, sorted.
func (l *Log) DiagramPaths() []string {
	paths := slices.Collect(maps.Keys(l.broken))
	for _, d := range l.Diagrams {
		paths = append(paths, d.Path)
	}
	slices.Sort(paths)
	return paths
}

func (d *Difference) addDiagrams(before, after *Log, p pair) diagram.Difference {
	if before.Broken(p.before) || after.Broken(p.after) {
		d.addText(before, after, p)
		return diagram.Difference{}
	}
	c := compared{before: before.Diagram(p.before), after: after.Diagram(p.after)}
	switch {
	case c.after != nil:
		c.prefix = after.prefix(c.after)
	case c.before != nil:
		c.prefix = before.prefix(c.before)
	}
	if c.before != c.after { // else it is the same reading of the same content
		c.found = diagram.Diff(c.before, c.after)
	}
	d.add(c)
	return c.found
}

// add lists what differs in one diagram.
func (d *Difference) add(c compared) {
	d.compared = append(d.compared, c)
	d.Components = append(d.Components, d.prefixed(c.prefix, c.found.Components)...)
	d.Connections = append(d.Connections, d.prefixed(c.prefix, c.found.Connections)...)
}

// addText stands in where one of the two does not compile. What it imports is
// not compared: the same text counts as no change.
func (d *Difference) addText(before, after *Log, p pair) {
	from, to := before.source(p.before), after.source(p.after)
	if bytes.Equal(from, to) {
		return
	}
	path := p.after
	if !after.Broken(p.after) {
		path = p.before
	}
	d.Problems = append(d.Problems, problem.Problem{
		Path: path,
		What: "does not compile in one of the two moments: compared as text",
		Hint: "archsync diagram show --at MOMENT names the error",
	})
	d.Texts = append(d.Texts, TextDiff{Path: path, Before: from, After: to})
}

func (d *Difference) prefixed(prefix string, changes []change.Change) []change.Change {
	if prefix == "" {
		return changes
	}
	named := slices.Clone(changes)
	for i := range named {
		named[i].Subject = prefix + named[i].Subject
		d.beside[named[i].Subject] = true
	}
	return named
}

// Drawing is what differs in one diagram.
type Drawing struct {
	Name                    string // "" for the architecture, else the name of its file
	Components, Connections []change.Change
}

// Drawings are the diagrams in which something differs, the architecture first.
func (d Difference) Drawings() []Drawing {
	var all []Drawing
	for _, c := range d.compared {
		if len(c.found.Components)+len(c.found.Connections) > 0 {
			all = append(all, Drawing{strings.TrimSuffix(c.prefix, ": "), d.prefixed(c.prefix, c.found.Components), d.prefixed(c.prefix, c.found.Connections)})
		}
	}
	return all
}

// Renames leads from the earlier to the later names of components and connections that
// stand in both moments under different ones, also of those whose name changed only
// with that of a container, of an end, or because another connection joins the same.
func (d Difference) Renames() (components, connections map[string]string) {
	components, connections = map[string]string{}, map[string]string{}
	for _, c := range d.compared {
		for from, to := range c.found.Renamed {
			components[c.prefix+from] = c.prefix + to
		}
		for from, to := range c.found.Joined {
			if from != to {
				connections[c.prefix+from] = c.prefix + to
			}
		}
	}
	return components, connections
}

// Empty tells whether nothing differs.
func (d Difference) Empty() bool {
	return len(d.Items)+len(d.Components)+len(d.Connections)+len(d.Decisions)+len(d.Texts) == 0
}

// Counts are the numbers of a difference by kind of subject. Components and
// connections are those of the architecture alone.
type Counts struct {
	Items       change.Counts `json:"items"`
	Components  change.Counts `json:"components"`
	Connections change.Counts `json:"connections"`
	Decisions   change.Counts `json:"decisions"`
}

// Counts counts the subjects of a difference.
func (d Difference) Counts() Counts {
	return Counts{
		Items:       change.Count(d.Items),
		Components:  change.Count(d.main(d.Components)),
		Connections: change.Count(d.main(d.Connections)),
		Decisions:   change.Count(d.Decisions),
	}
}

func (d Difference) main(changes []change.Change) []change.Change {
	if len(d.beside) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c change.Change) bool { return d.beside[c.Subject] })
}

// Sum is the number of subjects of every kind together.
func (c Counts) Sum() change.Counts {
	return c.Items.Plus(c.Components).Plus(c.Connections).Plus(c.Decisions)
}

// Total is the number of all subjects that changed.
func (c Counts) Total() int {
	return c.Items.Total() + c.Components.Total() + c.Connections.Total() + c.Decisions.Total()
}

// BySubject groups changes by what changed, in their order.
func BySubject(changes []change.Change) [][]change.Change {
	var groups [][]change.Change
	at := map[string]int{}
	for _, c := range changes {
		i, seen := at[c.Subject]
		if !seen {
			i = len(groups)
			at[c.Subject] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

func keep(changes []change.Change, want func(change.Change) bool) []change.Change {
	var kept []change.Change
	for _, c := range changes {
		if want(c) {
			kept = append(kept, c)
		}
	}
	return kept
}
