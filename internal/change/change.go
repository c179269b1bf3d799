// Package change is the vocabulary in which archsync says what differs between
// two moments: one change for each fact, with its kind, its typed reason and the
// two values. The packages that know items, components and decisions find the
// changes; this one only gives them the same shape, so that they can be counted,
// listed and written as JSON together.
package change

import "strconv"

// Kind is what happened, in the five words that counts and marks use.
type Kind string

// The kinds, in the order in which they are counted and listed.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	Renamed Kind = "renamed"
	Moved   Kind = "moved"
)

// Mark is the one-character sign of a kind: never colour alone tells it.
func (k Kind) Mark() string {
	switch k {
	case Added:
		return "+"
	case Removed:
		return "-"
	case Changed:
		return "~"
	case Renamed, Moved:
		return ">"
	}
	return " "
}

// Reason is why a subject is listed: finer than its kind.
type Reason string

// Reasons of components and connections.
const (
	ReasonAdded        Reason = "added"
	ReasonRemoved      Reason = "removed"
	ReasonRenamed      Reason = "renamed"
	ReasonMoved        Reason = "moved"
	ReasonReshaped     Reason = "reshaped"
	ReasonRelabelled   Reason = "relabelled"
	ReasonRestyled     Reason = "restyled"
	ReasonRetooltipped Reason = "retooltipped"
	ReasonRepointed    Reason = "repointed"
	ReasonReversed     Reason = "reversed"
)

// Reasons of items, and of decisions where they fit.
const (
	ReasonRetitled  Reason = "retitled"
	ReasonStatus    Reason = "status"
	ReasonRegrouped Reason = "regrouped"
	ReasonReowned   Reason = "reowned"
	ReasonDueMoved  Reason = "due_moved"
	ReasonReplanned Reason = "replanned"
	ReasonNoted     Reason = "noted" // any other field of the item
	ReasonDelivered Reason = "delivered"
	ReasonDropped   Reason = "dropped"
)

// ReasonCheckedIn is that of a group that has been over its items.
const ReasonCheckedIn Reason = "checked_in"

// Change is one semantic difference between two moments.
type Change struct {
	Kind    Kind    `json:"change"`
	Subject string  `json:"subject"` // the id in the later moment; for removed, in the earlier one
	Reason  Reason  `json:"reason"`
	From    *string `json:"from"` // the fact's value before; nil when there was none
	To      *string `json:"to"`   // the fact's value after; nil when there is none

	// For people, and left out of JSON: the subject in words (an item's title, a
	// component's label), where it stands (an item's group, a component's
	// container), and the key of the field that changed, where it was one.
	Title string `json:"-"`
	Place string `json:"-"`
	Field string `json:"-"`
}

// Fact is one thing that a subject says of itself at a moment: a key with its values,
// one for a text, any number for a list. Without values it says no such thing.
type Fact struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

// Value makes the pointer that From and To want, of a value that is there.
func Value(s string) *string { return &s }

// Present is [Value] of a text that may be absent: nil for "".
func Present(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Text is a value of From or To as it reads; "" where there is none.
func Text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

// Counts says how many subjects were added, removed and so on.
type Counts struct {
	Added   int `json:"added"`
	Removed int `json:"removed"`
	Changed int `json:"changed"`
	Renamed int `json:"renamed"`
	Moved   int `json:"moved"`
}

// Count counts subjects, not facts: a subject with several changes counts once,
// under the first of its kinds in the order moved, renamed, added, removed, changed.
func Count(changes []Change) Counts {
	kinds := map[string]Kind{}
	for _, c := range changes {
		if old, seen := kinds[c.Subject]; !seen || rank(c.Kind) < rank(old) {
			kinds[c.Subject] = c.Kind
		}
	}
	var n Counts
	for _, k := range kinds {
		switch k {
		case Added:
			n.Added++
		case Removed:
			n.Removed++
		case Changed:
			n.Changed++
		case Renamed:
			n.Renamed++
		case Moved:
			n.Moved++
		}
	}
	return n
}

func rank(k Kind) int {
	switch k {
	case Moved:
		return 0
	case Renamed:
		return 1
	case Added:
		return 2
	case Removed:
		return 3
	}
	return 4
}

// Plus is the sum of two counts.
func (n Counts) Plus(m Counts) Counts {
	return Counts{n.Added + m.Added, n.Removed + m.Removed, n.Changed + m.Changed, n.Renamed + m.Renamed, n.Moved + m.Moved}
}

// Total is the number of subjects that changed.
func (n Counts) Total() int { return n.Added + n.Removed + n.Changed + n.Renamed + n.Moved }

// String is the one-line form "+3 -1 ~4 >2" without the zero parts; "" when
// nothing changed. Renamed and moved stand together under ">".
func (n Counts) String() string {
	s := ""
	for _, part := range []struct {
		mark  string
		count int
	}{{"+", n.Added}, {"-", n.Removed}, {"~", n.Changed}, {">", n.Renamed + n.Moved}} {
		if part.count == 0 {
			continue
		}
		if s != "" {
			s += " "
		}
		s += part.mark + strconv.Itoa(part.count)
	}
	return s
}
