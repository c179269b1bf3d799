package chronicle

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
)

// Chronicle is all that happened in a timeline, to be asked about.
type Chronicle struct {
	Intervals []Interval
	line      Timeline
	tracer    tracer
	end       func() *State
}

// Chronicle reads the timeline, as [Timeline.Intervals] does.
func (t Timeline) Chronicle(ctx context.Context) (*Chronicle, error) {
	intervals, err := t.Intervals(ctx)
	if err != nil {
		return nil, err
	}
	c := &Chronicle{Intervals: intervals, line: t, tracer: newTracer(intervals)}
	c.end = sync.OnceValue(func() *State { return c.reel().to(len(intervals) - 1) })
	return c, nil
}

func (c *Chronicle) reel() *reel { return &reel{line: c.line, intervals: c.Intervals} }

// End is what the log says in the end. It must not be applied to.
func (c *Chronicle) End() *State { return c.end() }

// Biography is everything that a timeline tells of one subject.
type Biography struct {
	Subject Subject // as it is called in the end, or was called last
	Title   string
	Names   []Called      // all that it was called, the oldest first
	Lives   []Life        // when it was there, the oldest first
	Present bool          // it is there in the end
	Facts   []change.Fact // what it says in the end, or said last
	Owners  []Link        // the groups that own it
	Links   []Link        // what touches it, and what it touches, in the end or at its last
	Waits   []Link        // what an item waits for; of free text only the title is there
	Story   []Chapter     // what happened to it, the oldest first
	Shown   Snapshot      // the last sync that showed it; the zero Snapshot when none did
}

// Called is one name of a subject and the sync from which on it had it; the zero Snapshot
// where that is since the last sync.
type Called struct {
	ID    string
	Since Snapshot
}

// Life is a time in which a subject was there: the first sync that has it, and the first
// one that no longer does. The zero Snapshot is the present.
type Life struct {
	From, To Snapshot
	Open     bool // it has not ended
}

// Chapter is what happened to a subject from one sync to the next.
type Chapter struct {
	Before, At Snapshot // the sync before and the one at its end; zero ones for nothing and the present
	Events     []Event
	Came       []change.Fact // what it said when it came; nil where it was there before
	Links      []Link        // what else has to do with it, the surest first
	Commits    []Commit      // those that made the events, the oldest first, once [Chronicle.Attribute] has found them
	Made       []string      // for each event the id of the commit that made it; "" where none is known
}

// Commit is one commit that changed the log.
type Commit struct {
	ID      string
	Author  string
	Mail    string
	When    time.Time
	Summary string   // the first line of its message
	Paths   []string // of the log's files that it changed
}

// Biography tells of a subject by a name that it has or had; false when nothing ever
// had it. An unmentioned earlier or later subject of the same name is another one.
func (c *Chronicle) Biography(s Subject) (Biography, bool) {
	trace, ok := c.tracer.trace(s)
	last := trace.Last()
	if !ok || last < 0 {
		return Biography{}, false
	}
	b := Biography{Present: last == len(c.Intervals)-1}
	b.Subject, _ = trace.At(last)
	b.lives(trace, c.Intervals)
	states := c.reel()
	for i, in := range c.Intervals {
		events := eventsOf(in, trace, i)
		if len(events) == 0 {
			continue
		}
		var before []Link
		if was, there := trace.At(i - 1); there {
			before = states.to(i - 1).Touching(was)
		}
		b.Story = append(b.Story, c.chapter(states.to(i), i, events, trace, before))
	}
	if b.Present {
		b.finish(c.End())
	} else {
		b.finish(states.to(last))
	}
	return b, true
}

// Appearance is a subject at one moment of a timeline.
type Appearance struct {
	Snapshot Snapshot // the zero Snapshot for the present
	There    bool
	Changed  change.Kind // the first thing that happened to it since the sync before; "" for nothing
}

// Appearances tell of every sync, and the present, whether a subject was there and
// changed; nil when nothing ever had the name. It is cheap beside a biography.
func (c *Chronicle) Appearances(s Subject) []Appearance {
	trace, ok := c.tracer.trace(s)
	if !ok {
		return nil
	}
	all := make([]Appearance, len(c.Intervals))
	for i, in := range c.Intervals {
		_, there := trace.At(i)
		all[i] = Appearance{Snapshot: in.At, There: there}
		if events := eventsOf(in, trace, i); len(events) > 0 {
			all[i].Changed = events[0].Kind
		}
	}
	return all
}

// lives fills in when the subject was there under which names.
func (b *Biography) lives(t Trace, intervals []Interval) {
	before := ""
	for i, name := range t.Names {
		at := intervals[i].At
		switch {
		case name != "" && before == "":
			b.Lives = append(b.Lives, Life{From: at, Open: true})
		case name == "" && before != "":
			b.Lives[len(b.Lives)-1].To, b.Lives[len(b.Lives)-1].Open = at, false
		}
		if name != "" && (len(b.Names) == 0 || b.Names[len(b.Names)-1].ID != name) {
			b.Names = append(b.Names, Called{name, at})
		}
		if name != "" && at != (Snapshot{}) {
			b.Shown = at
		}
		before = name
	}
}

// eventsOf are the events of an interval that are about a subject.
func eventsOf(in Interval, t Trace, i int) []Event {
	now, there := t.At(i)
	was, stood := t.At(i - 1)
	var events []Event
	for e := range in.events(func(about Kind, _ change.Kind) bool { return about == t.Kind }) {
		if there && e.Kind != change.Removed && e.Subject() == now || stood && e.Kind == change.Removed && e.Subject() == was && !there {
			events = append(events, e)
		}
	}
	return events
}

// finish fills in what is known of the subject at its last.
func (b *Biography) finish(s *State) {
	b.Title, b.Facts, b.Links = s.Title(b.Subject), s.Facts(b.Subject), s.Touching(b.Subject)
	if b.Subject.Kind == Component || b.Subject.Kind == Connection {
		for _, g := range s.Owners(b.Subject) {
			b.Owners = append(b.Owners, s.link(g, BasisOwner))
		}
	}
	for _, ref := range s.List(b.Subject, "blocked_by") {
		b.Waits = append(b.Waits, s.blocker(ref))
	}
}

// blocker is what an item waits for: an item, a group, or a text.
func (s *State) blocker(ref string) Link {
	for _, kind := range []Kind{Item, Group} {
		if to := (Subject{kind, ref}); s.Has(to) {
			return s.link(to, BasisTouches)
		}
	}
	return Link{Title: ref, Basis: BasisTouches}
}

// InForce are the decisions among the links that hold: agreed or done.
func (b Biography) InForce() []Link {
	return slices.DeleteFunc(slices.Clone(b.Links), func(l Link) bool {
		return l.Kind != Decision || l.State != decision.Agreed && l.State != decision.Done
	})
}

// chapter puts together what happened to a subject in an interval and what else has to
// do with it; before are the links that it had at the beginning.
func (c *Chronicle) chapter(s *State, i int, events []Event, t Trace, before []Link) Chapter {
	in := c.Intervals[i]
	chapter := Chapter{At: in.At, Events: events, Links: slices.Clone(before)}
	if i > 0 {
		chapter.Before = c.Intervals[i-1].At
	}
	subject, there := t.At(i)
	if there {
		for _, l := range s.Touching(subject) {
			j := slices.IndexFunc(chapter.Links, func(o Link) bool { return o.Subject == l.Subject })
			if j < 0 {
				chapter.Links = append(chapter.Links, l)
			} else {
				chapter.Links[j] = l
			}
		}
		if _, stood := t.At(i - 1); !stood {
			chapter.Came = s.Facts(subject)
		}
	} else {
		subject, _ = t.At(i - 1)
	}
	chapter.guess(s, in, subject)
	return chapter
}

// guess adds what else changed in the interval, and what happened to what is there.
func (c *Chapter) guess(s *State, in Interval, subject Subject) {
	for _, changes := range byAbout(in.Events()) {
		other := changes[0].Subject()
		if other == subject {
			continue
		}
		facts := make([]change.Change, len(changes))
		for i, e := range changes {
			facts[i] = e.Change
		}
		if j := slices.IndexFunc(c.Links, func(l Link) bool { return l.Subject == other }); j >= 0 {
			c.Links[j].Change = facts
			continue
		}
		if mayExplain(other.Kind, subject.Kind) {
			l := s.link(other, s.basis(other, subject))
			l.Change = facts
			if !s.Has(other) {
				l.Title = cmp.Or(facts[0].Title, other.ID)
			}
			c.Links = append(c.Links, l)
		}
	}
	slices.SortStableFunc(c.Links, func(a, b Link) int { return cmp.Compare(a.rank(), b.rank()) })
}

// byAbout groups events by what they are about.
func byAbout(events iter.Seq[Event]) [][]Event {
	var groups [][]Event
	at := map[Subject]int{}
	for e := range events {
		i, seen := at[e.Subject()]
		if !seen {
			i = len(groups)
			at[e.Subject()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}

// mayExplain tells whether one kind of subject may be why another one changed: work and
// decisions explain the architecture, and the architecture explains them.
func mayExplain(other, subject Kind) bool {
	switch subject {
	case Component, Connection:
		return other == Item || other == Decision
	case Item, Decision:
		return other != Group && other != subject
	}
	return other == Item
}

// rank is the order of links: the surest first, and of those what changed.
func (l Link) rank() int {
	rank := 2 * slices.Index([]Basis{BasisTouches, BasisNames, BasisOwner, BasisNear, BasisSync}, l.Basis)
	if len(l.Change) == 0 {
		rank++
	}
	return rank
}

// basis is the best reason to think that two subjects have to do with each other.
func (s *State) basis(other, subject Subject) Basis {
	work, thing := other, subject
	if subject.Kind == Item || subject.Kind == Decision {
		work, thing = subject, other
	}
	switch {
	case s.speaksOf(work, thing):
		return BasisNames
	case work.Kind == Item && (s.Text(work, "group") == thing.ID && thing.Kind == Group ||
		s.owns(Subject{Group, s.Text(work, "group")}, thing)):
		return BasisOwner
	case slices.ContainsFunc(s.List(work, "touches"), func(ref string) bool {
		to, ok := s.Component(ref)
		return ok && s.near(to, thing)
	}):
		return BasisNear
	}
	return BasisSync
}

// speaksOf tells whether the title or note of an item or decision has the name of a
// component, or of both ends of a connection, as words.
func (s *State) speaksOf(work, thing Subject) bool {
	text := " " + words(s.Text(work, "title")+" "+s.Text(work, "note")) + " "
	has := func(name string) bool {
		name = words(name)
		return len(name) > 2 && strings.Contains(text, " "+name+" ")
	}
	named := func(c Subject) bool { return has(s.Title(c)) || has(lastKey(c.ID)) }
	switch thing.Kind {
	case Component:
		return named(thing)
	case Connection:
		from, to := s.ends(thing)
		return named(from) && named(to)
	case Decision:
		return has(s.Text(thing, "number")) || has(s.Title(thing))
	}
	return false
}

// words are the words of a text in lower case, with one space between them.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// lastKey is the last part of a component's key.
func lastKey(id string) string { return id[strings.LastIndexByte(id, '.')+1:] }
