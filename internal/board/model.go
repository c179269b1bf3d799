// Package board reads, edits, checks and compares the files of the board: one
// YAML file a group, written by people and by archsync alike.
//
// A person's bytes are kept. An edit of one item changes that item's lines and
// no other byte of the file: comments, order, quoting, unknown keys, line
// endings and a missing final newline stay as they were. [Parse] therefore gives
// a [File] that holds the source, and every edit gives the next File.
//
// The package knows no file system, no git and no clock: bytes come in with a
// path for complaints, dates and ids come in as arguments.
package board

import "reflect"

// Status is where an item stands.
type Status string

// The statuses, in the order of an item's life.
const (
	Planned Status = "planned"
	Ongoing Status = "ongoing"
	Blocked Status = "blocked"
	Done    Status = "done"
	Dropped Status = "dropped"
)

// Statuses lists every status in the order of an item's life.
func Statuses() []Status { return []Status{Planned, Ongoing, Blocked, Done, Dropped} }

// Valid tells whether s is one of the five statuses.
func (s Status) Valid() bool {
	switch s {
	case Planned, Ongoing, Blocked, Done, Dropped:
		return true
	}
	return false
}

// Closed tells whether the item needs no more work: it is cleared from the board
// after the sync that shows it.
func (s Status) Closed() bool { return s == Done || s == Dropped }

// Item is a piece of a group's work. Dates are ISO dates (YYYY-MM-DD), which
// compare as text; an absent value is "" or nil.
type Item struct {
	ID        string // five characters of Crockford base32, lower case
	Title     string
	Status    Status
	Owner     string
	Since     string   // the date of the present status
	Due       string   // the date that was promised
	Plan      string   // 2026-Q4 or 2026-W40+6
	Touches   []string // components and connections
	Decisions []string
	BlockedBy []string // item ids, group ids or free text
	Links     []string
	Ref       string // the id it had where it was imported from
	Note      string // Markdown

	Extra []Field // keys that archsync does not know, in the file's order
	Line  int     // where the item starts in its file, from 1
}

// Same tells whether two items have equal values, wherever they stand in their files.
func (it Item) Same(other Item) bool {
	it.Line, other.Line = 0, 0
	return reflect.DeepEqual(it, other)
}

// Field is one key that archsync does not know, with its value as YAML means it:
// nil, bool, int64, uint64, float64, string, []any or map[string]any.
type Field struct {
	Key   string
	Value any
}

// Group is a team and its work, as one file of the board says it.
type Group struct {
	ID        string // the file's name without .yaml
	Name      string
	Lead      string // "Name <mail>" or either
	Members   []string
	Owns      []string // components
	CheckedIn string   // ISO date of the last check-in
	Formerly  []string // ids that the group had before it was renamed, oldest first
	Archived  string   // ISO date; an archived group leaves board and agenda
	Items     []Item
}
