package chronicle

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// State is what a log says at one moment, as far as events tell it: every subject with
// its facts. The zero State is that of an empty log. It changes with [State.Apply].
type State struct {
	At       Snapshot // the last sync that was applied
	subjects map[Kind]map[string]record
}

// record is the facts of a subject in the order of their keys, each with a value. It
// belongs to one state.
type record []change.Fact

// values are those of a fact; none when it is absent.
func (r record) values(key string) []string {
	for i := range r {
		if r[i].Key == key {
			return r[i].Values
		}
	}
	return nil
}

// text is the first value of a fact; "" when it is absent.
func (r record) text(key string) string {
	if values := r.values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// with is the record after some facts were said; one without values is gone. The record
// itself is no longer of use then, and the facts belong to it.
func (r record) with(facts []change.Fact) record {
	if r == nil && slices.IsSortedFunc(facts, byKey) && !slices.ContainsFunc(facts, func(f change.Fact) bool { return len(f.Values) == 0 }) {
		return facts
	}
	for _, f := range facts {
		i, known := slices.BinarySearchFunc(r, f.Key, func(f change.Fact, key string) int { return strings.Compare(f.Key, key) })
		switch {
		case known && len(f.Values) == 0:
			r = slices.Delete(r, i, i+1)
		case known:
			r[i] = f
		case len(f.Values) > 0:
			r = slices.Insert(r, i, f)
		}
	}
	return r
}

func byKey(a, b change.Fact) int { return strings.Compare(a.Key, b.Key) }

// Apply takes the state on to the end of an interval, whose beginning it is at.
func (s *State) Apply(in Interval) {
	s.apply(in, func(Kind, string) bool { return true })
}

// apply is Apply with those facts only that are wanted.
func (s *State) apply(in Interval, wanted func(kind Kind, fact string) bool) {
	s.begin()
	s.At = in.At
	for e := range in.events(func(_ Kind, what change.Kind) bool { return what == change.Removed }) {
		delete(s.subjects[e.About], e.Change.Subject)
	}
	s.rename(in.Renames)
	for e := range in.events(func(_ Kind, what change.Kind) bool { return what == change.Added }) {
		s.set(e.Subject(), nil)
	}
	for said := range in.sayings(wanted) {
		s.set(said.Subject, s.record(said.Subject).with(said.Facts))
	}
}

// begin makes the zero State one that can change.
func (s *State) begin() {
	if s.subjects != nil {
		return
	}
	s.subjects = map[Kind]map[string]record{}
	for _, kind := range Kinds() {
		s.subjects[kind] = map[string]record{}
	}
}

func (s *State) record(subject Subject) record { return s.subjects[subject.Kind][subject.ID] }

// set ignores kinds that there are not, as a damaged interval may have them.
func (s *State) set(subject Subject, r record) {
	if of := s.subjects[subject.Kind]; of != nil {
		of[subject.ID] = r
	}
}

// rename gives all new names at once: two subjects may change theirs over.
func (s *State) rename(renames []Rename) {
	records, there := make([]record, len(renames)), make([]bool, len(renames))
	for i, r := range renames {
		records[i], there[i] = s.subjects[r.Kind][r.From]
		delete(s.subjects[r.Kind], r.From)
	}
	for i, r := range renames {
		switch {
		case r.From == "":
			s.set(Subject{r.Kind, r.To}, nil)
		case there[i] && r.To != "":
			s.set(Subject{r.Kind, r.To}, records[i])
		}
	}
}

// StateOf is what a log says, read and not told by events.
func StateOf(l *synclog.Log, at Snapshot) *State {
	s := &State{}
	in := between(&synclog.Log{}, l, at)
	s.Apply(in)
	return s
}

// Has tells whether a subject is there.
func (s *State) Has(subject Subject) bool {
	_, ok := s.subjects[subject.Kind][subject.ID]
	return ok
}

// Text is a fact of a subject; "" when it is absent.
func (s *State) Text(subject Subject, key string) string {
	return s.record(subject).text(key)
}

// List is a fact of a subject that has any number of values.
func (s *State) List(subject Subject, key string) []string { return s.record(subject).values(key) }

// Facts are all facts of a subject, by key.
func (s *State) Facts(subject Subject) []change.Fact {
	return slices.Clone([]change.Fact(s.record(subject)))
}

// Subjects are the names of everything of a kind, sorted.
func (s *State) Subjects(kind Kind) []Subject {
	all := make([]Subject, 0, len(s.subjects[kind]))
	for id := range s.subjects[kind] {
		all = append(all, Subject{kind, id})
	}
	slices.SortFunc(all, bySubject)
	return all
}

// Title is a subject in words: an item's or decision's title, a component's label, a
// group's name; what it is called where it says nothing else.
func (s *State) Title(subject Subject) string {
	for _, key := range []string{"title", "label", "name"} {
		if text := s.Text(subject, key); text != "" && subject.Kind != Connection {
			return text
		}
	}
	return subject.ID
}

// Closed tells whether an item needs no more work.
func (s *State) Closed(item Subject) bool { return board.Status(s.Text(item, "status")).Closed() }
