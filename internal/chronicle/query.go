package chronicle

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
)

// Mode is how the words of a query are looked for.
type Mode int

// The modes.
const (
	Substring Mode = iota // the word, whatever its capitals
	Fuzzy                 // its letters in their order, close together, or with one slip of the pen
	Regexp                // it is a pattern in Go's syntax (RE2), without regard to capitals
)

// Query is a search that was understood.
type Query struct {
	Mode  Mode
	Words []string // all must stand in the line

	// What the text must be: one of each list that is not empty.
	Kinds    []Kind
	Groups   []string // ids, in lower case
	Statuses []string

	// At is the moment expression of the filter at:, "" where there is none. Who
	// looks it up sets Moment: an ISO date, or "now"; "" is any time.
	At     string
	Moment string

	// Since leaves out what was written by then: a date as in Moment, "" for all.
	Since string

	patterns []*regexp.Regexp
}

// QueryError is a query that cannot be understood.
type QueryError struct {
	Query  string
	Column int    // in characters, from 1
	What   string // the fact
	Hint   string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("column %d of %q: %s", e.Column, e.Query, e.What)
}

// ParseQuery reads what is to be searched for: words, phrases in double quotes, and
// filters. All must hold; the values of a filter are separated by commas, and one
// must hold.
//
//	query  = { word | phrase | filter } .
//	filter = ( "group" | "status" | "kind" | "at" ) ":" value .
//	value  = word | phrase .
//	phrase = `"` { any character but `"` and `\` | `\` any character } `"` .
//
// In a phrase \" is a quote and \\ a backslash; any other backslash is itself. An
// error is a *QueryError.
func ParseQuery(text string, mode Mode) (Query, error) {
	p := queryParser{text: text, query: Query{Mode: mode}}
	for p.skipBlanks(); p.at < len(text); p.skipBlanks() {
		if err := p.term(); err != nil {
			return Query{}, err
		}
	}
	q := p.query
	if len(q.Words)+len(q.Kinds)+len(q.Groups)+len(q.Statuses) == 0 {
		return Query{}, p.fail(len(text), "there is nothing to look for", "write a word, or a filter as in kind:decision")
	}
	return q, nil
}

type queryParser struct {
	text  string
	at    int
	query Query
}

func (p *queryParser) fail(at int, what, hint string) error {
	column := utf8.RuneCountInString(p.text[:at]) + 1
	return &QueryError{Query: p.text, Column: column, What: what, Hint: hint}
}

func (p *queryParser) skipBlanks() {
	rest := strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace)
	p.at = len(p.text) - len(rest)
}

func (p *queryParser) term() error {
	start := p.at
	if key, ok := p.filterKey(); ok {
		p.at += len(key) + 1
		return p.filter(start, key)
	}
	word, err := p.word()
	if err != nil || word == "" {
		return err
	}
	return p.look(start, word)
}

// filterKey is the name before the colon of a filter. An address (https://...) and a
// name of D2 (layers.x: key) are none.
func (p *queryParser) filterKey() (string, bool) {
	rest := p.text[p.at:]
	n := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
	if n <= 0 || rest[n] != ':' || strings.HasPrefix(rest[n:], "://") || strings.HasPrefix(rest[n:], "::") {
		return "", false
	}
	return rest[:n], true
}

// word reads up to the next blank, or a phrase.
func (p *queryParser) word() (string, error) {
	if strings.HasPrefix(p.text[p.at:], `"`) {
		return p.phrase()
	}
	rest := p.text[p.at:]
	n := strings.IndexFunc(rest, unicode.IsSpace)
	if n < 0 {
		n = len(rest)
	}
	p.at += n
	return rest[:n], nil
}

func (p *queryParser) phrase() (string, error) {
	start := p.at
	var b strings.Builder
	for i := start + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			return b.String(), nil
		case c == '\\' && i+1 < len(p.text) && (p.text[i+1] == '"' || p.text[i+1] == '\\' && p.query.Mode != Regexp):
			i++
			b.WriteByte(p.text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "the phrase does not end", `end it with "; in a phrase \" is a quote`)
}

// look adds a word.
func (p *queryParser) look(start int, word string) error {
	q := &p.query
	q.Words = append(q.Words, word)
	if q.Mode != Regexp {
		return nil
	}
	if _, err := regexp.Compile(word); err != nil {
		return p.badPattern(start, word, err)
	}
	pattern, err := regexp.Compile("(?i)" + word)
	if err != nil { // the flag made it too large
		return p.badPattern(start, word, err)
	}
	q.patterns = append(q.patterns, pattern)
	return nil
}

// badPattern points at the part of a pattern that means nothing.
func (p *queryParser) badPattern(start int, word string, err error) error {
	at, what := start, err.Error()
	if fault, ok := errors.AsType[*syntax.Error](err); ok {
		what = fault.Code.String()
		if fault.Expr != "" {
			what += ": " + fault.Expr
		}
		if i := strings.LastIndex(p.text[start:p.at], fault.Expr); i > 0 && fault.Expr != word {
			at = start + i
		}
	}
	return p.fail(at, what, "patterns are Go's (RE2); without --regexp the text is looked for as it is")
}

// filter reads the value of a filter and checks that something can pass it.
func (p *queryParser) filter(start int, key string) error {
	at := p.at
	value, err := p.word()
	if err != nil {
		return err
	}
	key = strings.ToLower(key)
	if !slices.Contains([]string{"group", "status", "kind", "at"}, key) {
		return p.fail(start, fmt.Sprintf("there is no filter %q", key),
			`the filters are group:, status:, kind: and at:; to look for the text, put it in quotes: "`+key+`:..."`)
	}
	if strings.Trim(value, ", ") == "" {
		return p.fail(at, key+": names nothing", filterHint(key))
	}
	if key == "at" {
		if p.query.At != "" {
			return p.fail(start, "at: is there twice", "one moment, as in at:2026-03-12")
		}
		p.query.At = value
		return nil
	}
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.ToLower(strings.TrimSpace(v)); v == "" {
			continue
		}
		if err := p.value(at, key, v); err != nil {
			return err
		}
	}
	return nil
}

func (p *queryParser) value(at int, key, v string) error {
	q := &p.query
	switch key {
	case "group":
		q.Groups = append(q.Groups, v)
	case "status":
		if !slices.Contains(statuses(), v) {
			return p.fail(at, fmt.Sprintf("there is no status %q", v), filterHint(key))
		}
		q.Statuses = append(q.Statuses, v)
	case "kind":
		if !slices.Contains(TextKinds(), Kind(v)) {
			return p.fail(at, fmt.Sprintf("there is no kind %q", v), filterHint(key))
		}
		q.Kinds = append(q.Kinds, Kind(v))
	}
	return nil
}

func filterHint(key string) string {
	switch key {
	case "group":
		return "write the id of a group, as in group:storage; archsync group list --all lists them"
	case "status":
		return "items, decisions and breakouts are " + strings.Join(statuses(), ", ")
	case "kind":
		kinds := make([]string, 0, len(TextKinds()))
		for _, k := range TextKinds() {
			kinds = append(kinds, string(k))
		}
		return "the kinds are " + strings.Join(kinds, ", ")
	}
	return "write a moment, as in at:2026-03-12, at:@-3 or at:6mo"
}

// statuses are all that items, decisions and breakouts can be.
func statuses() []string {
	var all []string
	for _, s := range board.Statuses() {
		all = append(all, string(s))
	}
	for _, s := range append(decision.States(), meeting.Open, meeting.Closed) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
