// Package problem holds the one shape in which archsync complains about a file
// that a person wrote: where, what, and what to do about it.
//
// A problem is data, not control flow: whoever reads a log collects all of them,
// goes on with what can be read, and lets the front end print them, sorted.
package problem

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is a located complaint about one file.
type Problem struct {
	Path   string `json:"path"`   // slash-separated, relative to the repository
	Line   int    `json:"line"`   // from 1; 0 when the whole file is meant
	Column int    `json:"column"` // from 1, in characters; 0 when the whole line is meant
	What   string `json:"what"`   // the fact: lower case, no full stop
	Hint   string `json:"hint"`   // what to try next; may be empty
}

// String is the one-line form path:line:column: what, without the hint.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Path)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	return b.String()
}

// Error makes a problem usable where a single failure is expected.
func (p Problem) Error() string { return p.String() }

// Sort orders problems by path, line, column and text, and drops exact repeats.
// It returns the sorted slice and leaves its argument alone.
func Sort(ps []Problem) []Problem {
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			strings.Compare(a.What, b.What),
			strings.Compare(a.Hint, b.Hint),
		)
	})
	return slices.Compact(sorted)
}
