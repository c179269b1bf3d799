package board

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// crockford is the alphabet of item ids: Douglas Crockford's base32, lower case,
// without i, l, o and u.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

const idLength = 5

// ValidID tells whether s has the form of an item's id.
func ValidID(s string) bool {
	return len(s) == idLength && strings.Trim(s, crockford) == ""
}

// maxIDTries bounds the search for a free id: with 33 million of them so many
// misses mean a broken source of randomness.
const maxIDTries = 1000

// NewID draws an id from random that taken does not know. It has at least one
// digit, so that it is no word of free text, and does not read as a YAML number.
func NewID(random io.Reader, taken func(id string) bool) (string, error) {
	var raw [idLength]byte
	for range maxIDTries {
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			return "", fmt.Errorf("draw an item id: %w", err)
		}
		for i, b := range raw {
			raw[i] = crockford[b&31]
		}
		id := string(raw[:])
		if looksLikeID(id) && plainWord(id) && !taken(id) {
			return id, nil
		}
	}
	return "", fmt.Errorf("draw an item id: none was free in %d tries", maxIDTries)
}

// looksLikeID tells an id from a word of five letters such as "kafka".
func looksLikeID(s string) bool {
	return ValidID(s) && strings.ContainsAny(s, "0123456789")
}

// Candidate is an item that a prefix may have meant.
type Candidate struct {
	ID, Title, Group string
}

// AmbiguousError says that a prefix fits several items.
type AmbiguousError struct {
	Prefix     string
	Candidates []Candidate // in the order of the board
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q fits %d items", e.Prefix, len(e.Candidates))
}

// Hint lists the candidates, one a line.
func (e *AmbiguousError) Hint() string {
	return "give more characters of one of these:\n" + list(e.Candidates)
}

// NotFoundError says that no item has a prefix, with the items whose ids are near.
type NotFoundError struct {
	Prefix string
	Near   []Candidate // nearest first, at most three
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("no item %q", e.Prefix) }

// Hint lists the near items, one a line; without any it says where ids stand.
func (e *NotFoundError) Hint() string {
	if len(e.Near) == 0 {
		return `"archsync item list" shows the ids`
	}
	return "did you mean one of these?\n" + list(e.Near)
}

func list(candidates []Candidate) string {
	lines := make([]string, len(candidates))
	for i, c := range candidates {
		lines[i] = fmt.Sprintf("  %s  %s (%s)", c.ID, c.Title, c.Group)
	}
	return strings.Join(lines, "\n")
}

// Resolve finds the item that prefix means: the one with exactly that id, else
// the only one whose id starts so. Upper case and the letters that Crockford's
// alphabet leaves out are read as it says (O is 0, I and L are 1). The error is an
// [*AmbiguousError] or a [*NotFoundError].
func Resolve(groups []Group, prefix string) (Group, Item, error) {
	for _, spelling := range []string{prefix, strings.ToLower(prefix), normalID(prefix)} {
		group, item, found := lookUp(groups, spelling)
		if len(found) == 1 {
			return group, item, nil
		}
		if len(found) > 1 {
			return Group{}, Item{}, &AmbiguousError{prefix, found}
		}
	}
	return Group{}, Item{}, &NotFoundError{prefix, near(groups, normalID(prefix))}
}

func normalID(s string) string {
	return strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(strings.ToLower(s))
}

// lookUp returns the last item that fits and all that do; an exact id fits alone.
func lookUp(groups []Group, prefix string) (group Group, item Item, found []Candidate) {
	if prefix == "" {
		return group, item, nil
	}
	for _, g := range groups {
		for _, it := range g.Items {
			c := Candidate{it.ID, it.Title, g.ID}
			if it.ID == prefix {
				return g, it, []Candidate{c}
			}
			if strings.HasPrefix(it.ID, prefix) {
				group, item, found = g, it, append(found, c)
			}
		}
	}
	return group, item, found
}

// near lists the up to three items whose ids are one or two typing errors away.
func near(groups []Group, id string) []Candidate {
	var byDistance [3][]Candidate
	for _, g := range groups {
		for _, it := range g.Items {
			if d := distance(id, it.ID); d <= 2 && d < len(it.ID) && len(id) > 1 {
				byDistance[d] = append(byDistance[d], Candidate{it.ID, it.Title, g.ID})
			}
		}
	}
	all := slices.Concat(byDistance[:]...)
	return all[:min(3, len(all))]
}

// distance is the number of single-byte insertions, removals and replacements
// that make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
