package agenda

import (
	"time"

	"github.com/archsync/archsync/internal/board"
)

// State is what became of a promise at a sync.
type State string

// The states of a promise.
const (
	Kept    State = "kept"    // the item is done
	Due     State = "due"     // its day has come, and the item is open
	Moved   State = "moved"   // to another day, since the sync before
	Dropped State = "dropped" // the item was dropped, or its date taken away
	Open    State = "open"    // its day has not come
)

// Promise is the date that an item gives, over its whole life. Dates are ISO dates.
type Promise struct {
	State State
	Due   string // the date as it stands; "" where it was taken away
	First string // the date as it stood first
	Moves int    // how often it was moved, to whichever side
	Slips int    // how often to a later day
	Days  int    // how far it was moved in total; earlier is negative

	FirstPlan string // the plan as it stood first, where it was moved; else ""
	PlanMoves int
}

// promise follows the promise of an item as it stands at a sync. It is false for an
// item that never had a date or a plan.
func (p *Past) promise(it board.Item, date string) (Promise, bool) {
	past := p.items[it.ID]
	dues := recorded(past.Dues, date, it.Due)
	plans := recorded(past.Plans, date, it.Plan)
	if len(dues)+len(plans) == 0 {
		return Promise{}, false
	}
	var made Promise
	if len(plans) > 1 {
		made.FirstPlan, made.PlanMoves = firstValue(plans), len(plans)-1
	}
	made.Due, made.First = it.Due, firstValue(dues)
	made.count(dues)
	made.State = stateOf(it, made, past.Dues, date)
	return made, true
}

func firstValue(values []dated) string {
	if len(values) == 0 {
		return ""
	}
	return values[0].Value
}

// count adds up the moves. A date that was taken away and came back counts from what
// it was before.
func (p *Promise) count(dues []dated) {
	last := ""
	for _, d := range dues {
		if d.Value == "" || d.Value == last {
			continue
		}
		if last != "" {
			p.Moves++
			p.Days += days(last, d.Value)
			if d.Value > last {
				p.Slips++
			}
		}
		last = d.Value
	}
}

// stateOf is the state at the sync of a date; before are the values that due had up
// to the sync before.
func stateOf(it board.Item, made Promise, before []dated, date string) State {
	was := ""
	if len(before) > 0 {
		was = before[len(before)-1].Value
	}
	switch {
	case it.Status == board.Done:
		return Kept
	case it.Status == board.Dropped, it.Due == "" && made.First != "":
		return Dropped
	case was != "" && was != it.Due:
		return Moved
	case it.Due != "" && it.Due <= date:
		return Due
	}
	return Open
}

// days is how many days lie from one ISO date to another; 0 where one is none.
func days(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
