package chronicle

import (
	"cmp"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// State is what a log says at one moment, as far as events tell it: every subject with
// its facts. The zero State is that of an empty log. It changes with [State.Apply].
type State struct {
	At       Snapshot // the last sync that was applied
	subjects map[Subject]map[string][]string
}

// Apply takes the state on to the end of an interval, whose beginning it is at.
func (s *State) Apply(in Interval) {
	if s.subjects == nil {
		s.subjects = map[Subject]map[string][]string{}
	}
	s.At = in.At
	for _, e := range in.Events {
		if e.Kind == change.Removed {
			delete(s.subjects, e.Subject())
		}
	}
	s.rename(in.Renames)
	for _, e := range in.Events {
		if e.Kind == change.Added {
			s.subjects[e.Subject()] = map[string][]string{}
		}
	}
	for _, said := range in.Sayings {
		record := s.subjects[said.Subject]
		if record == nil { // only where a moment contradicts itself
			record = map[string][]string{}
			s.subjects[said.Subject] = record
		}
		for _, f := range said.Facts {
			if record[f.Key] = f.Values; len(f.Values) == 0 {
				delete(record, f.Key)
			}
		}
	}
}

// rename gives all new names at once: two subjects may change theirs over.
func (s *State) rename(renames []Rename) {
	records := make([]map[string][]string, len(renames))
	for i, r := range renames {
		records[i] = s.subjects[Subject{r.Kind, r.From}]
		delete(s.subjects, Subject{r.Kind, r.From})
	}
	for i, r := range renames {
		switch {
		case r.From == "":
			s.subjects[Subject{r.Kind, r.To}] = map[string][]string{}
		case records[i] != nil && r.To != "":
			s.subjects[Subject{r.Kind, r.To}] = records[i]
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
	_, ok := s.subjects[subject]
	return ok
}

// Text is a fact of a subject; "" when it is absent.
func (s *State) Text(subject Subject, key string) string {
	if values := s.subjects[subject][key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// List is a fact of a subject that has any number of values.
func (s *State) List(subject Subject, key string) []string { return s.subjects[subject][key] }

// Facts are all facts of a subject, by key.
func (s *State) Facts(subject Subject) []change.Fact {
	var facts []change.Fact
	for key, values := range s.subjects[subject] {
		facts = append(facts, change.Fact{Key: key, Values: values})
	}
	slices.SortFunc(facts, func(a, b change.Fact) int { return cmp.Compare(a.Key, b.Key) })
	return facts
}

// Subjects are the names of everything of a kind, sorted.
func (s *State) Subjects(kind Kind) []Subject {
	var all []Subject
	for subject := range s.subjects {
		if subject.Kind == kind {
			all = append(all, subject)
		}
	}
	slices.SortFunc(all, func(a, b Subject) int { return cmp.Compare(a.ID, b.ID) })
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
