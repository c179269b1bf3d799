package agenda

import (
	"cmp"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
)

// Agenda is what a sync goes through, in this order. It is the invitation before the
// sync, and what is presented in it.
type Agenda struct {
	Title    string // of the log
	Date     string
	Begin    time.Time     // zero where the cadence has no time of day
	Length   time.Duration // that is planned for the whole sync
	Previous string        // the sync before; "" at the first
	First    bool

	Breakouts []OpenBreakout // from earlier syncs, without an outcome yet
	Decisions []DueDecision
	Turns     []Turn // of the groups that have something to show
	Quiet     []Turn // of those without any change: named in one line
	Links     []Link // who waits for whom across groups

	Worth []Finding // a look; see [Sync.Radar]

	Total    time.Duration // of the timeboxes of all turns
	Overflow []string      // ids of the groups whose turn ends after the sync should

	sync *Sync
}

// OpenBreakout is a breakout that has no outcome yet.
type OpenBreakout struct {
	meeting.Breakout
	Age int // how many syncs ago it was opened
}

// DueDecision is a decision that the sync should know of, with all reasons.
type DueDecision struct {
	decision.Decision
	New       bool
	Was       string // its state at the sync before, where it changed
	ReviewDue bool   // the date of its review has come
	CallEnds  bool   // its last call ends before the next sync
	CallEnded bool   // its last call ended before this one
}

// Turn is what one group shows.
type Turn struct {
	Group   board.Group
	Number  int           // from 1; 0 for a quiet group
	Timebox time.Duration // that it should take at most
	Starts  time.Duration // after the begin of the sync

	Items []Item          // what is worked on first
	Gone  []change.Change // items that left the board unfinished

	// Architecture is what changed of the components that the group owns or that its
	// items touch. Two groups may show the same change.
	Architecture []change.Change
	Components   []string // those components and connections, by reference, as far as they are there
}

// Item is an item with what is to be said of it.
type Item struct {
	board.Item
	Changes []change.Change // since the sync before
	Promise *Promise        // nil for one that never gave a date or plan
	New     bool
	Slipped bool // moved to a later day since the sync before, or its day has passed
}

// Link is an item that waits for another group.
type Link struct {
	Group string // the group that waits
	Item  board.Item
	On    string      // the group that is waited for
	For   *board.Item // what of it; nil where only the group is named
}

// Agenda computes the agenda.
func (s *Sync) Agenda() Agenda {
	c := s.Now.Config
	a := Agenda{Title: c.Title, Date: s.Date, Previous: s.Past.Last(), First: s.first, sync: s}
	a.Length, _ = c.Cadence.Length()
	a.Begin, _ = c.Cadence.Start(s.Date, c.Location())
	a.Breakouts, a.Decisions, a.Links = s.openBreakouts(), s.dueDecisions(), s.links()
	a.Worth = s.Radar()
	for _, g := range s.order() {
		t := s.turn(g)
		if t.quiet() {
			a.Quiet = append(a.Quiet, t)
			continue
		}
		t.Number, t.Starts = len(a.Turns)+1, a.Total
		a.Total += t.Timebox
		if a.Length > 0 && a.Total > a.Length {
			a.Overflow = append(a.Overflow, g.ID)
		}
		a.Turns = append(a.Turns, t)
	}
	return a
}

// openBreakouts are those of earlier syncs, the oldest first.
func (s *Sync) openBreakouts() []OpenBreakout {
	var open []OpenBreakout
	for _, b := range s.Now.Breakouts {
		if b.State == meeting.Closed || b.Sync >= s.Date {
			continue
		}
		open = append(open, OpenBreakout{b, s.age(b)})
	}
	slices.SortStableFunc(open, func(a, b OpenBreakout) int { return b.Age - a.Age })
	return open
}

// age is how many syncs ago a breakout was opened; 0 where that is not known.
func (s *Sync) age(b meeting.Breakout) int {
	if b.Sync == "" {
		return 0
	}
	return s.Past.Syncs(b.Sync)
}

// dueDecisions are the decisions that are new or in another state than at the sync
// before, that should be looked at again, or whose last call ends before the next sync.
func (s *Sync) dueDecisions() []DueDecision {
	told := map[string]DueDecision{}
	for _, c := range s.difference.Decisions {
		d := told[c.Subject]
		switch c.Reason {
		case change.ReasonAdded:
			d.New = !s.first
		case change.ReasonStatus:
			d.Was = change.Text(c.From)
		}
		told[c.Subject] = d
	}
	var due []DueDecision
	for _, d := range s.Now.Decisions {
		t := told[d.ID]
		t.Decision = d
		s.ahead(&t)
		if t.New || t.Was != "" || t.ReviewDue || t.CallEnds || t.CallEnded {
			due = append(due, t)
		}
	}
	return due
}

// ahead tells which dates of a decision have come. Nobody reviews what is out of
// force, and a last call is over once the decision was taken.
func (s *Sync) ahead(d *DueDecision) {
	switch d.State {
	case decision.Declined, decision.Replaced, decision.Retired:
		return
	}
	d.ReviewDue = d.Review != "" && d.Review <= s.Date
	switch d.State {
	case decision.Agreed, decision.Done, decision.Parked:
		return
	}
	d.CallEnded = d.LastCall != "" && d.LastCall < s.Date
	d.CallEnds = d.LastCall != "" && !d.CallEnded && d.LastCall <= cmp.Or(s.next, s.Date)
}

func (s *Sync) turn(g board.Group) Turn {
	t := Turn{Group: g}
	t.Timebox = s.Now.Config.TimeboxOf(g.ID)
	for _, it := range shown(g) {
		t.Items = append(t.Items, s.item(it))
	}
	t.Gone = s.gone(g.ID)
	if d, err := s.difference.OfWork(s.Before, s.Now, g.ID); err == nil {
		t.Architecture = slices.Concat(d.Components, d.Connections)
	}
	t.Components = s.components(g)
	return t
}

// quiet tells whether a group has nothing that the sync before did not see.
func (t Turn) quiet() bool {
	return len(t.Gone)+len(t.Architecture) == 0 && !slices.ContainsFunc(t.Items, func(it Item) bool {
		return len(it.Changes) > 0 || it.Promise != nil && it.Promise.State == Due
	})
}

func (s *Sync) item(it board.Item) Item {
	shown := Item{Item: it, Changes: s.changes[it.ID]}
	for _, c := range shown.Changes {
		shown.New = shown.New || c.Kind == change.Added && !s.first
		shown.Slipped = shown.Slipped || c.Reason == change.ReasonDueMoved && c.From != nil && c.To != nil && *c.From < *c.To && !it.Status.Closed()
	}
	shown.Slipped = shown.Slipped || it.Slipped(nil, s.Date)
	if p, ok := s.Past.promise(it, s.Date); ok {
		shown.Promise = &p
	}
	return shown
}

// gone are the items that left the board of a group without being done or dropped. A
// group is known by the id that it has now; "" stands for those that are gone too.
func (s *Sync) gone(group string) []change.Change {
	var gone []change.Change
	for _, c := range s.difference.Items {
		if c.Kind == change.Removed && c.Reason == change.ReasonRemoved && s.groupNow(c.Place) == group {
			gone = append(gone, c)
		}
	}
	return gone
}

// groupNow is the id that a group of the sync before has now, "" when it is no more.
func (s *Sync) groupNow(id string) string {
	f, there := s.Now.File(id)
	if !there || f.Group().Archived != "" {
		return ""
	}
	return f.ID()
}

// components are the references of a group's own and its open items' components and
// connections that lead somewhere, each once.
func (s *Sync) components(g board.Group) []string {
	refs := slices.Clone(g.Owns)
	for _, it := range g.Items {
		refs = append(refs, it.Touches...)
	}
	var there []string
	for _, ref := range refs {
		if s.Now.HasComponent(ref) && !slices.Contains(there, ref) {
			there = append(there, ref)
		}
	}
	return there
}

// links are the items that wait for another group or an item of one, in the order of
// the board.
func (s *Sync) links() []Link {
	var links []Link
	for _, g := range s.Now.Active() {
		for _, it := range g.Items {
			for _, ref := range it.BlockedBy {
				if on, item := s.blocker(ref); !it.Status.Closed() && on != "" && on != g.ID {
					links = append(links, Link{Group: g.ID, Item: it, On: on, For: item})
				}
			}
		}
	}
	return links
}

// blocker is the group, and the item of it, that a reference names; "" for free text.
func (s *Sync) blocker(ref string) (group string, item *board.Item) {
	if f, ok := s.Now.File(ref); ok {
		return f.ID(), nil
	}
	if g, it, err := s.Now.Find(ref); err == nil && it.ID == ref {
		return g.ID, &it
	}
	return "", nil
}

// Order is the order of a sync that is held, for [meeting.Begin]: the turns of the
// agenda, then the quiet groups without a timebox. The lead speaks for a group.
func (a Agenda) Order() []meeting.Turn {
	var order []meeting.Turn
	for _, t := range a.Turns {
		order = append(order, meeting.Turn{Group: t.Group.ID, Speaker: t.Group.Lead, Timebox: t.Timebox})
	}
	for _, t := range a.Quiet {
		order = append(order, meeting.Turn{Group: t.Group.ID, Speaker: t.Group.Lead})
	}
	return order
}
