package meeting

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
)

// Calendar is what a calendar file says beside the dates.
type Calendar struct {
	Title  string         // of every event
	Log    string         // what tells this log's events from another's, the same each time
	Zone   *time.Location // of the cadence
	Agenda string         // link to the agenda; "" when there is none
	Place  string         // where you meet; "" when that is not known
	Now    time.Time      // when the file is made
}

// Write is an iCalendar file (RFC 5545) of a cadence's syncs from one date to another,
// both included. Every sync is an event of its own, with times in UTC: a moved sync is
// then an event with another time, no calendar has to know the zone, and a change of
// the clocks cannot be misread. An event is known by the date that the rule gave it, so
// that a calendar which reads a later file moves it along; a skipped sync is in the
// file as cancelled, so that it goes there too.
func (k Calendar) Write(c Cadence, from, to string) ([]byte, error) {
	occurrences, err := c.Occurrences(from, to)
	if err != nil {
		return nil, err
	}
	length, err := c.Length()
	if err != nil {
		return nil, err
	}
	file := ical.NewCalendar()
	file.SetProductId("-//archsync//archsync//EN")
	file.SetMethod(ical.MethodPublish)
	file.SetXWRCalName(clean(k.Title))
	file.SetName(clean(k.Title))
	file.SetRefreshInterval("P1D")
	for _, o := range occurrences {
		start, err := c.Start(o.Date, k.Zone)
		if err != nil {
			return nil, err
		}
		k.event(file.AddEvent(k.uid(o)), o, start, length)
	}
	return []byte(file.Serialize(ical.WithNewLineWindows)), nil
}

// The sequence numbers of RFC 5545 grow with what is done to an event.
const (
	asPlanned = iota
	moved
	cancelled
)

func (k Calendar) event(e *ical.VEvent, o Occurrence, start time.Time, length time.Duration) {
	e.SetDtStampTime(k.Now)
	e.SetStartAt(start)
	e.SetEndAt(start.Add(length))
	e.SetSummary(clean(k.Title))
	e.SetDescription(k.description(o))
	e.SetTimeTransparency(ical.TransparencyOpaque)
	if k.Place != "" {
		e.SetLocation(clean(k.Place))
	}
	if k.Agenda != "" {
		e.SetURL(clean(k.Agenda))
	}
	switch {
	case o.Skipped:
		e.SetStatus(ical.ObjectStatusCancelled)
		e.SetSequence(cancelled)
	case o.Date != o.Planned:
		e.SetStatus(ical.ObjectStatusConfirmed)
		e.SetSequence(moved)
	default:
		e.SetStatus(ical.ObjectStatusConfirmed)
		e.SetSequence(asPlanned)
	}
}

func (k Calendar) description(o Occurrence) string {
	agenda := "Agenda: archsync sync agenda --date " + o.Date
	if k.Agenda != "" {
		agenda = "Agenda: " + clean(k.Agenda)
	}
	lines := []string{agenda, "Every group shows its work. What needs a discussion becomes a breakout."}
	if o.Date != o.Planned {
		lines = append(lines, fmt.Sprintf("Moved from %s.", o.Planned))
	}
	return strings.Join(lines, "\n")
}

// uid is the same for a sync as long as it is the same sync of the same log.
func (k Calendar) uid(o Occurrence) string {
	sum := sha256.Sum256([]byte(k.Log))
	return o.Planned + "-" + hex.EncodeToString(sum[:8]) + "@archsync"
}

// clean is a text on one line without control characters, which may not stand in a
// calendar file.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == ' ' }), " ")
}
