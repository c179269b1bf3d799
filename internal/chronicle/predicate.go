package chronicle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Predicate is something that holds at a sync or does not, as [ParsePredicate] reads
// it. It is a value and may be used from several goroutines.
type Predicate struct{ root node }

// String is the predicate as [ParsePredicate] reads it, with no more parentheses than
// it takes.
func (p Predicate) String() string { return p.root.text(0) }

// instant is what a predicate is asked about: what the log says at a sync, and what
// happened since the one before.
type instant struct {
	state  *State
	in     Interval
	before Snapshot
	follow func(kind Kind, name string) (Subject, bool, bool) // what a name leads to; known is false where it takes the state to say
}

// node is a part of a predicate.
type node interface {
	holds(at instant) bool
	text(rank int) string // in parentheses where what is around it binds as strongly as rank or stronger
}

type (
	either [2]node
	both   [2]node
	not    struct{ of node }

	// exists asks for a subject by its name, of one kind or, with "", of any.
	exists struct {
		kind Kind
		name string
	}
	// connects asks for a connection between two components, whatever its label, or
	// with one.
	connects struct{ from, arrow, to, label string }
	// standing compares an item's status or a decision's state.
	standing struct {
		kind        Kind
		name, value string
		equal       bool
	}
	// counting compares a number of subjects.
	counting struct {
		kind   Kind
		group  string // of items: only those of this group
		op     string
		number int
	}
	// updated asks whether a group was heard of since the sync before.
	updated struct {
		group string
		none  bool
	}
)

func (n either) holds(at instant) bool { return n[0].holds(at) || n[1].holds(at) }
func (n both) holds(at instant) bool   { return n[0].holds(at) && n[1].holds(at) }
func (n not) holds(at instant) bool    { return !n.of.holds(at) }

func (n either) text(rank int) string {
	return parenthesized(rank > 0, n[0].text(0)+" or "+n[1].text(1))
}

func (n both) text(rank int) string {
	return parenthesized(rank > 1, n[0].text(1)+" and "+n[1].text(2))
}

func (n not) text(int) string { return "not " + n.of.text(2) }

func parenthesized(yes bool, text string) string {
	if yes {
		return "(" + text + ")"
	}
	return text
}

func (n exists) holds(at instant) bool {
	if n.kind != "" {
		_, ok := at.find(n.kind, n.name)
		return ok
	}
	return slices.ContainsFunc(Kinds(), func(k Kind) bool { _, ok := at.find(k, n.name); return ok })
}

// named are the subjects that a predicate speaks of; without a kind, anything that has
// the name.
func named(n node) []Subject {
	switch n := n.(type) {
	case either:
		return append(named(n[0]), named(n[1])...)
	case both:
		return append(named(n[0]), named(n[1])...)
	case not:
		return named(n.of)
	case exists:
		return []Subject{{n.kind, n.name}}
	case connects:
		return []Subject{{Component, n.from}, {Component, n.to}}
	case standing:
		return []Subject{{n.kind, n.name}}
	case updated:
		return []Subject{{Group, n.group}}
	case counting:
		if n.group != "" {
			return []Subject{{Group, n.group}}
		}
	}
	return nil
}

// Unknown are the subjects that a predicate speaks of and that never were, each once. The
// kind is "" where anything of the name would do.
func (c *Chronicle) Unknown(p Predicate) []Subject {
	var unknown []Subject
	for _, s := range named(p.root) {
		known := c.was(s) || slices.ContainsFunc(c.everything(s.Kind), func(f Meaning) bool { return c.meets(f, s.ID) })
		if !known && !slices.Contains(unknown, s) {
			unknown = append(unknown, s)
		}
	}
	return unknown
}

// was tells whether anything ever had exactly a name, of one kind or, with "", of any.
func (c *Chronicle) was(s Subject) bool {
	return slices.ContainsFunc(Kinds(), func(k Kind) bool {
		if s.Kind != "" && s.Kind != k {
			return false
		}
		_, ok := c.tracer.trace(Subject{k, s.ID})
		return ok
	})
}

// meets tells whether a predicate's name may mean something, at whatever sync.
func (c *Chronicle) meets(f Meaning, name string) bool {
	switch f.Kind {
	case Item:
		return strings.HasPrefix(f.ID, name)
	case Decision:
		number := significant(name)
		return f.ID == name || number != "" && strings.HasPrefix(significant(f.ID), number) || c.exactly(f, name)
	}
	return f.ID == name || c.exactly(f, name)
}

func (n exists) text(int) string {
	if n.kind != "" {
		return "exists " + string(n.kind) + " " + spelled(n.name)
	}
	return "exists " + spelled(n.name)
}

// find is what a name means at an instant: an id; of items the beginning of one that no
// other shares, of decisions a number, of connections their ends.
func (at instant) find(kind Kind, name string) (Subject, bool) {
	if at.follow != nil {
		if s, there, known := at.follow(kind, name); known {
			return s, there
		}
	}
	exact := Subject{kind, name}
	if at.state.Has(exact) {
		return exact, true
	}
	switch kind {
	case Decision:
		return at.state.Decision(name)
	case Connection:
		s, ok := at.state.Component(name)
		return s, ok && s.Kind == Connection
	case Item:
		return at.state.itemBeginning(name)
	}
	return Subject{}, false
}

// itemBeginning is the only item whose id begins with a text.
func (s *State) itemBeginning(prefix string) (found Subject, ok bool) {
	for id := range s.subjects[Item] {
		if strings.HasPrefix(id, prefix) {
			if ok || prefix == "" {
				return Subject{}, false
			}
			found, ok = Subject{Item, id}, true
		}
	}
	return found, ok
}

func (n connects) holds(at instant) bool {
	from, okFrom := at.find(Component, n.from)
	to, okTo := at.find(Component, n.to)
	if !okFrom || !okTo {
		return false
	}
	arrow := n.arrow
	if arrow == "<-" {
		from, to, arrow = to, from, "->"
	}
	for _, c := range at.state.subjects[Connection] {
		if c.text("arrows") != arrow || n.label != "" && c.text("label") != n.label {
			continue
		}
		a, b := c.text("from"), c.text("to")
		if a == from.ID && b == to.ID || arrow != "->" && a == to.ID && b == from.ID {
			return true
		}
	}
	return false
}

func (n connects) text(int) string {
	text := spelled(n.from) + " " + n.arrow + " " + spelled(n.to)
	if n.label != "" {
		text += ": " + spelled(n.label)
	}
	return text
}

func (n standing) holds(at instant) bool {
	s, ok := at.find(n.kind, n.name)
	if !ok {
		return false
	}
	value := at.state.Text(s, "status")
	if n.kind == Decision {
		value = at.state.decisionState(s)
	}
	return (value == n.value) == n.equal
}

func (n standing) text(int) string {
	word, op := "status", "!="
	if n.kind == Decision {
		word = "state"
	}
	if n.equal {
		op = "="
	}
	return word + " " + spelled(n.name) + " " + op + " " + spelled(n.value)
}

func (n counting) holds(at instant) bool {
	group := n.group
	if group != "" {
		if g, ok := at.find(Group, group); ok {
			group = g.ID
		}
	}
	count := 0
	for _, record := range at.state.subjects[n.kind] {
		if len(record.values("diagram")) == 0 && (group == "" || record.text("group") == group) {
			count++
		}
	}
	return compares(count, n.op, n.number)
}

func compares(a int, op string, b int) bool {
	switch op {
	case "=":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

func (n counting) text(int) string {
	of := ""
	if n.group != "" {
		of = " of " + spelled(n.group)
	}
	return fmt.Sprintf("count %ss%s %s %d", n.kind, of, n.op, n.number)
}

// holds says of a group that is not there that it has neither an update nor none.
func (n updated) holds(at instant) bool {
	g, ok := at.find(Group, n.group)
	return ok && at.heardOf(g) != n.none
}

// heardOf tells whether a group checked in after the sync before, or changed anything
// but what the sync before cleared from the board.
func (at instant) heardOf(g Subject) bool {
	if at.state.Text(g, "checked_in") > at.before.Date {
		return true
	}
	for e := range at.in.events(func(about Kind, _ change.Kind) bool { return about == Group || about == Item }) {
		switch {
		case e.Reason == change.ReasonDelivered || e.Reason == change.ReasonDropped:
		case e.About == Group && e.Subject() == g:
			return true
		case e.About == Item && (e.Place == g.ID || e.Reason == change.ReasonRegrouped && change.Text(e.From) == g.ID):
			return true
		}
	}
	return false
}

func (n updated) text(int) string {
	if n.none {
		return "group " + spelled(n.group) + " has no update"
	}
	return "group " + spelled(n.group) + " has update"
}

// spelled is a name as a predicate has it: in quotes unless it reads as one word.
func spelled(name string) string {
	tokens, err := scan(name)
	if err == nil && len(tokens) == 1 && tokens[0].kind == wordToken && tokens[0].text == name && !slices.Contains(reserved(), name) {
		return name
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// Stretch is a stretch of syncs, one after the other, at each of which a predicate held.
type Stretch struct {
	From, To Snapshot // the first and the last of them; the zero Snapshot for the present
	Syncs    int      // how many, the present counted too
	Open     bool     // it holds in the end
}

// When gives the stretches in which a predicate held, the oldest first. Only what comes
// after the date since is asked, or everything with "". Names mean what they mean at
// each sync, or, where follow says so, whatever has that name in the end or had it last,
// as it was called then.
func (c *Chronicle) When(p Predicate, since string, follow bool) []Stretch {
	var spans []Stretch
	var state State
	held := false
	ofItems := asksOfItems(p.root)
	wanted := func(kind Kind, fact string) bool {
		return kind != Item || ofItems && (fact == "status" || fact == "group" || fact == "")
	}
	f := follower{chronicle: c, traces: map[Subject]*Trace{}}
	for i, in := range c.Intervals {
		at := instant{state: &state, in: in, before: state.At}
		if follow {
			at.follow = f.at(i)
		}
		state.apply(in, wanted)
		if in.At != (Snapshot{}) && in.At.Date <= since {
			continue
		}
		holds := p.root.holds(at)
		if holds && !held {
			spans = append(spans, Stretch{From: in.At})
		}
		if held = holds; holds {
			last := &spans[len(spans)-1]
			last.To, last.Syncs, last.Open = in.At, last.Syncs+1, i == len(c.Intervals)-1
		}
	}
	return spans
}

// asksOfItems tells whether a predicate asks what items say, of which most facts are: it
// can only be how they stand and where. That they are there is told by events.
func asksOfItems(n node) bool {
	switch n := n.(type) {
	case either:
		return asksOfItems(n[0]) || asksOfItems(n[1])
	case both:
		return asksOfItems(n[0]) || asksOfItems(n[1])
	case not:
		return asksOfItems(n.of)
	case standing:
		return n.kind == Item
	case counting:
		return n.kind == Item && n.group != ""
	}
	return false
}

// follower finds what something was called at a time that has a name in the end.
type follower struct {
	chronicle *Chronicle
	traces    map[Subject]*Trace
}

func (f follower) at(i int) func(kind Kind, name string) (Subject, bool, bool) {
	return func(kind Kind, name string) (Subject, bool, bool) {
		named := Subject{kind, name}
		t, asked := f.traces[named]
		if !asked {
			if found, ok := f.chronicle.tracer.trace(named); ok {
				t = &found
			}
			f.traces[named] = t
		}
		if t == nil {
			return Subject{}, false, false
		}
		s, there := t.At(i)
		return s, there, true
	}
}

// unquoted reads a number of a predicate.
func unquoted(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// SyntaxError says what in a predicate cannot be read.
type SyntaxError struct {
	Column int // from 1, in characters
	What   string
	hint   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.What) }

// Hint is what to write instead.
func (e *SyntaxError) Hint() string {
	return cmp.Or(e.hint, `for example: exists storage.kafka and not status k7f3q = done`)
}
