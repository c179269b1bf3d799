// Package problem holds the one shape in which archsync complains about a file
// that a person wrote: where, what, and what to do about it.
//
// A problem is data, not control flow: whoever reads a log collects all of them,
// goes on with what can be read, and lets the front end print them, sorted.
package problem

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Problem is a located complaint about one file.
type Problem struct {
	Path   string // slash-separated, relative to the repository
	Line   int    // from 1; 0 when the whole file is meant
	Column int    // from 1, in characters; 0 when the whole line is meant
	What   string // the fact: lower case, no full stop
	Hint   string // what to try next; may be empty
}

// MarshalJSON gives an object with path, line, column, what and hint; what is not
// known is null.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Path   *string `json:"path"`
		Line   *int    `json:"line"`
		Column *int    `json:"column"`
		What   string  `json:"what"`
		Hint   *string `json:"hint"`
	}{orNull(p.Path), orNull(p.Line), orNull(p.Column), p.What, orNull(p.Hint)})
}

func orNull[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
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
