// Package decision reads the records of decisions that people have: RFDs and
// ADRs, one Markdown file each, in the formats in use.
//
//   - rfd: archsync's own, front matter with number, title, state, date, authors,
//     touches, supersedes, breakouts
//   - madr: MADR 2 (bullets), 3 and 4 (front matter), also Log4brains and Backlog.md
//   - nygard: adr-tools and its like, a section "Status" below "# N. Title"
//   - oxide: the RFDs of Oxide and Triton, `state:` in front matter or bare
//   - rust: Rust RFCs, bullets with "Feature Name"
//   - pep: Python's PEPs, an RFC 822 header
//
// Every one of these names its states differently; they become one vocabulary
// and the record's own word is kept beside it. A file in none of these formats
// is still a decision, with a title and no state.
package decision

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/archsync/archsync/internal/problem"
)

// The states of a decision, from the first thought to the end of its life.
const (
	Idea     = "idea"
	Drafting = "drafting"
	Open     = "open"
	Agreed   = "agreed"
	Done     = "done"
	Declined = "declined"
	Parked   = "parked"
	Replaced = "replaced"
	Retired  = "retired"
)

// States lists every state in the order of a decision's life.
func States() []string {
	return []string{Idea, Drafting, Open, Agreed, Done, Declined, Parked, Replaced, Retired}
}

// The formats.
const (
	RFD      = "rfd"
	MADR     = "madr"
	Nygard   = "nygard"
	Oxide    = "oxide"
	Rust     = "rust"
	PEP      = "pep"
	Markdown = "markdown" // no known format
)

// Decision is one record. References to other decisions are as the record has
// them: a number, an id or a path.
type Decision struct {
	ID           string // the file's name without its ending; of a README, its folder's name
	Number       string // with its leading zeros: "0007"; "" where there is none
	Title        string
	State        string // one of [States]; "" where it is missing or unknown
	RawState     string // the record's own word
	Date         string // ISO date; "" where it is missing or unreadable
	Review       string // the ISO date on which it is to be looked at again; "" for none
	LastCall     string // the ISO date on which the last call ends; "" for none
	Format       string
	Path         string
	Authors      []string
	Touches      []string // components and connections
	Supersedes   []string
	SupersededBy []string
	Breakouts    []string // ids of the breakouts that it settles
	Body         string   // the text without front matter

	at map[string]position // of the keys that Check may complain about
}

// position is a line and a column of the record, from 1.
type position struct{ line, column int }

// Keys of positions.
const (
	atState        = "state"
	atNumber       = "number"
	atTouches      = "touches"
	atSupersedes   = "supersedes"
	atSupersededBy = "superseded_by"
	atBreakouts    = "breakouts"
)

func (d *Decision) problem(key, what, hint string) problem.Problem {
	p := d.at[key]
	return problem.Problem{Path: d.Path, Line: p.line, Column: p.column, What: what, Hint: hint}
}

func (d *Decision) place(key string, line, column int) {
	if d.at == nil {
		d.at = map[string]position{}
	}
	d.at[key] = position{line, column}
}

// Ref tells whether a reference means this decision: its id, its path, or its
// number with or without leading zeros and a word such as ADR before it.
func (d Decision) Ref(ref string) bool {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return false
	}
	if ref == d.ID || ref == d.Path || strings.TrimSuffix(path.Base(ref), path.Ext(ref)) == d.ID {
		return true
	}
	m := numbered.FindStringSubmatch(ref)
	return m != nil && d.Number != "" && significant(m[1]) == significant(d.Number)
}

var numbered = regexp.MustCompile(`^(?i:(?:adr|rfd|rfc|pep)[- ]?)?#?([0-9]+)$`)

// significant is a number without its leading zeros.
func significant(number string) string {
	if s := strings.TrimLeft(number, "0"); s != "" {
		return s
	}
	return "0"
}

// leadingNumber is the number of a name; eight digits are a date (Log4brains).
var leadingNumber = regexp.MustCompile(`^(?:(?i:adr|rfd|rfc|pep)-)?([0-9]{1,6})(?:$|[^0-9])`)

// idOf is a decision's id: the file's name, or the folder's of a README.
func idOf(file string) string {
	base := path.Base(file)
	id := strings.TrimSuffix(base, path.Ext(base))
	if folder := path.Base(path.Dir(file)); strings.EqualFold(id, "readme") && folder != "." && folder != "/" {
		return folder
	}
	return id
}

// numberOf is the number at the beginning of an id, "" without one.
func numberOf(id string) string {
	if m := leadingNumber.FindStringSubmatch(id); m != nil {
		return m[1]
	}
	return ""
}

// Short is how people call the decision with an id: by the number that the id begins
// with, else by the id.
func Short(id string) string { return cmp.Or(numberOf(id), id) }

var leadingDate = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})-`)

// dateOf is the date at the beginning of an id, "" without one.
func dateOf(id string) string {
	if m := leadingDate.FindStringSubmatch(id); m != nil {
		return isoDate(m[1] + "-" + m[2] + "-" + m[3])
	}
	return ""
}

// padded is a number of front matter in the usual four digits.
func padded(number string) string {
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return fmt.Sprintf("%04s", number)
}
