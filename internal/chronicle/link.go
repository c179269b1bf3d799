package chronicle

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Basis is what a link between two subjects rests on.
type Basis string

// The bases of links, the surest first. All but the first are guesses.
const (
	BasisTouches Basis = "touches"   // one of the two says so
	BasisNames   Basis = "names"     // its title or note has the other's name
	BasisOwner   Basis = "owner"     // its group owns the other
	BasisNear    Basis = "near"      // it touches a neighbour, the container or something inside
	BasisSync    Basis = "same_sync" // nothing but that it changed in the same interval
)

// Link is another subject that has to do with one at a moment.
type Link struct {
	Subject
	Title  string
	State  string          // of an item its status, of a decision its state; "" where there is none
	Basis  Basis           // why it is linked
	Change []change.Change // what happened to it in the same interval
}

// Sure tells whether the log itself says that the two have to do with each other.
func (l Link) Sure() bool { return l.Basis == BasisTouches }

func (s *State) link(to Subject, basis Basis) Link {
	l := Link{Subject: to, Title: s.Title(to), Basis: basis}
	switch to.Kind {
	case Item:
		l.State = s.Text(to, "status")
	case Decision:
		l.State = s.decisionState(to)
	}
	return l
}

func (s *State) decisionState(d Subject) string {
	if state := s.Text(d, "state"); state != "" {
		return state
	}
	return s.Text(d, "raw_state")
}

// Component is the component or connection that a reference leads to, as
// [synclog.Log.HasComponent] understands it; false when it leads nowhere.
func (s *State) Component(ref string) (Subject, bool) {
	for _, kind := range []Kind{Component, Connection} {
		if found := (Subject{kind, ref}); s.Has(found) {
			return found, true
		}
	}
	var found []Subject
	for id, record := range s.subjects[Component] {
		if file := fileOf(record); file != "" && strings.TrimPrefix(id, file) == ref {
			found = append(found, Subject{Component, id})
		}
	}
	for id, record := range s.subjects[Connection] {
		file := fileOf(record)
		if bare := strings.TrimPrefix(id, file); bare == ref || joins(bare, strings.TrimPrefix(ref, file)) {
			found = append(found, Subject{Connection, id})
		}
	}
	if len(found) != 1 {
		return Subject{}, false
	}
	return found[0], true
}

// fileOf is what stands before the names of another diagram than the architecture.
func fileOf(r record) string {
	if d := r.values("diagram"); len(d) > 0 {
		return d[0] + ": "
	}
	return ""
}

// joins tells whether the id of a connection has the ends and arrows of a reference
// that says nothing else.
func joins(id, ref string) bool {
	rest, ok := strings.CutPrefix(id, ref)
	return ok && (strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, " #"))
}

// leadsTo tells whether a reference means a subject.
func (s *State) leadsTo(ref string, subject Subject) bool {
	if ref == subject.ID {
		return true
	}
	if !strings.Contains(subject.ID, ref) || ref == "" { // else it is written shorter, or something else
		return false
	}
	found, ok := s.Component(ref)
	return ok && found == subject
}

// Decision is the decision that a reference means: an id, or a number with or without
// leading zeros.
func (s *State) Decision(ref string) (Subject, bool) {
	if d := (Subject{Decision, ref}); s.Has(d) {
		return d, true
	}
	for _, d := range s.Subjects(Decision) { // several may have a number: the first is meant
		if number := s.Text(d, "number"); number != "" && significant(number) == significant(ref) {
			return d, true
		}
	}
	return Subject{}, false
}

// significant is a number without leading zeros and a word such as ADR before it.
func significant(number string) string {
	return strings.TrimLeft(strings.ToLower(number), "adrfcpe# -0")
}

// Touching are the items and decisions that say that they touch a component or
// connection, sorted; of a decision also the items that name it; of an item what it
// touches and the decisions it names.
func (s *State) Touching(subject Subject) []Link {
	var links []Link
	add := func(to Subject) { links = append(links, s.link(to, BasisTouches)) }
	switch subject.Kind {
	case Item, Decision:
		for _, ref := range s.List(subject, "touches") {
			if to, ok := s.Component(ref); ok {
				add(to)
			}
		}
		for _, ref := range s.List(subject, "decisions") {
			if to, ok := s.Decision(ref); ok {
				add(to)
			}
		}
	case Group:
		for _, ref := range s.List(subject, "owns") {
			if to, ok := s.Component(ref); ok {
				add(to)
			}
		}
	}
	for _, kind := range []Kind{Item, Decision} {
		for _, other := range s.Subjects(kind) {
			if s.touches(other, subject) {
				add(other)
			}
		}
	}
	return links
}

// touches tells whether an item or decision says that it has to do with a subject.
func (s *State) touches(other, subject Subject) bool {
	switch subject.Kind {
	case Component, Connection:
		return slices.ContainsFunc(s.List(other, "touches"), func(ref string) bool { return s.leadsTo(ref, subject) })
	case Decision:
		return slices.ContainsFunc(s.List(other, "decisions"), func(ref string) bool {
			d, ok := s.Decision(ref)
			return ok && d == subject
		})
	}
	return false
}

// Owners are the groups that own a component, or one that it lies in, sorted. Of a
// connection they are those of its ends.
func (s *State) Owners(subject Subject) []Subject {
	if subject.Kind == Connection {
		from, to := s.ends(subject)
		owners := slices.Concat(s.Owners(from), s.Owners(to))
		slices.SortFunc(owners, bySubject)
		return slices.Compact(owners)
	}
	around := s.containers(subject)
	return slices.DeleteFunc(s.Subjects(Group), func(g Subject) bool { return !s.ownsAny(g, around) })
}

// owns tells whether a group is among the owners of something.
func (s *State) owns(g, subject Subject) bool {
	if subject.Kind == Connection {
		from, to := s.ends(subject)
		return s.owns(g, from) || s.owns(g, to)
	}
	return s.ownsAny(g, s.containers(subject))
}

func (s *State) ownsAny(g Subject, components []Subject) bool {
	return slices.ContainsFunc(s.List(g, "owns"), func(ref string) bool {
		return slices.ContainsFunc(components, func(c Subject) bool { return s.leadsTo(ref, c) })
	})
}

func bySubject(a, b Subject) int { return strings.Compare(a.ID, b.ID) }

// containers are a component and those that it lies in, from the inside out.
func (s *State) containers(c Subject) []Subject {
	around := []Subject{c}
	for id := s.Text(c, "container"); id != "" && len(around) < 1000; id = s.Text(around[len(around)-1], "container") {
		around = append(around, Subject{Component, id})
	}
	return around
}

// ends are the components that a connection joins.
func (s *State) ends(c Subject) (from, to Subject) {
	return Subject{Component, s.Text(c, "from")}, Subject{Component, s.Text(c, "to")}
}

// near tells whether two of components and connections are neighbours: one joins the
// other, something joins both, or one lies right in the other.
func (s *State) near(a, b Subject) bool {
	if a == b {
		return false
	}
	if a.Kind == Component && b.Kind == Component {
		if s.Text(a, "container") == b.ID || s.Text(b, "container") == a.ID {
			return true
		}
		for _, c := range s.subjects[Connection] {
			from, to := c.text("from"), c.text("to")
			if (from == a.ID || to == a.ID) && (from == b.ID || to == b.ID) {
				return true
			}
		}
		return false
	}
	return a.Kind == Connection && s.joined(a, b) || b.Kind == Connection && s.joined(b, a)
}

func (s *State) joined(connection, component Subject) bool {
	from, to := s.ends(connection)
	return from == component || to == component
}
