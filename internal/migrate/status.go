package migrate

import (
	"fmt"
	"strings"

	"github.com/archsync/archsync/internal/board"
)

// StatusMap says what the words of a source mean.
type StatusMap map[string]board.Status

// ParseMap reads the values of --map: STATUS=status, several separated by
// commas. What stands before the last = of a part is the source's word and may
// hold anything; a part without = belongs to the part after it, since a word may
// hold commas. An empty word is the empty status.
func ParseMap(values []string) (StatusMap, error) {
	m := StatusMap{}
	for _, value := range values {
		pending := ""
		for part := range strings.SplitSeq(value, ",") {
			pending += part
			at := strings.LastIndex(part, "=")
			if at < 0 {
				pending += ","
				continue
			}
			if err := m.add(pending); err != nil {
				return nil, err
			}
			pending = ""
		}
		if strings.Trim(pending, ", ") != "" {
			return nil, fmt.Errorf("cannot read mapping %q: it has no =", strings.TrimSuffix(pending, ","))
		}
	}
	return m, nil
}

// add reads one WORD=status.
func (m StatusMap) add(part string) error {
	at := strings.LastIndex(part, "=")
	word, status := strings.TrimSpace(part[:at]), board.Status(strings.TrimSpace(part[at+1:]))
	if !status.Valid() {
		return fmt.Errorf("cannot map %q to %q: a status is one of %s", word, status, statusWords())
	}
	if old, twice := m[word]; twice && old != status {
		return fmt.Errorf("cannot map %q both to %s and to %s", word, old, status)
	}
	m[word] = status
	return nil
}

func statusWords() string {
	var words []string
	for _, s := range board.Statuses() {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}

// of is what a word means: as mapped, else as archsync's own.
func (m StatusMap) of(word string) (board.Status, bool) {
	for _, w := range []string{word, strings.TrimSpace(word)} {
		if s, ok := m[w]; ok {
			return s, true
		}
	}
	s := board.Status(word)
	return s, s.Valid()
}

// UnknownStatus is a word of the source that means nothing yet.
type UnknownStatus struct {
	Status string
	Line   int // where it stands first
	Count  int
}

// UnknownStatusError lists all words of a source that mean nothing yet, in the
// order in which they first appear.
type UnknownStatusError struct {
	Path     string
	Statuses []UnknownStatus
}

// Error is one line for each word.
func (e *UnknownStatusError) Error() string {
	var lines []string
	for _, u := range e.Statuses {
		lines = append(lines, fmt.Sprintf("unknown status %q line %d (%d times)", u.Status, u.Line, u.Count))
	}
	return strings.Join(lines, "\n")
}

// Hint is the option that gives the words a meaning.
func (e *UnknownStatusError) Hint() string {
	var parts []string
	for _, u := range e.Statuses {
		parts = append(parts, u.Status+"=STATUS")
	}
	return fmt.Sprintf("say what they mean, each with one of %s: --map '%s'", statusWords(), strings.Join(parts, ","))
}

// Unknown is the error for the words that m does not map; nil when it maps all.
func (h *History) Unknown(m StatusMap) *UnknownStatusError {
	e := &UnknownStatusError{Path: h.path}
	at := map[string]int{}
	for _, s := range h.steps {
		for _, group := range s.groups {
			for _, it := range group.items {
				if _, ok := m.of(it.status); ok {
					continue
				}
				i, seen := at[it.status]
				if !seen {
					i = len(e.Statuses)
					at[it.status] = i
					e.Statuses = append(e.Statuses, UnknownStatus{Status: it.status, Line: s.line})
				}
				e.Statuses[i].Count++
			}
		}
	}
	if len(e.Statuses) == 0 {
		return nil
	}
	return e
}
