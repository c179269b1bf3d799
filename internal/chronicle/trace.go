package chronicle

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/archsync/archsync/internal/change"
)

// Trace is one subject through time: what it is called at the end of each interval, ""
// where it is not there.
type Trace struct {
	Kind  Kind
	Names []string
}

// Last is the place of the last interval that has it; -1 when none does.
func (t Trace) Last() int {
	for i, name := range slices.Backward(t.Names) {
		if name != "" {
			return i
		}
	}
	return -1
}

// At is the subject as it is called at the end of an interval; false where it is not
// there. Before the first interval nothing is.
func (t Trace) At(i int) (Subject, bool) {
	if i < 0 || t.Names[i] == "" {
		return Subject{}, false
	}
	return Subject{t.Kind, t.Names[i]}, true
}

// tracer follows subjects through intervals.
type tracer struct {
	intervals []Interval
	refs      func() map[string]string // of items that were imported: id to ref, where no two share it at once
}

func newTracer(intervals []Interval) tracer {
	return tracer{intervals, sync.OnceValue(func() map[string]string { return refs(intervals) })}
}

// ref is that of a subject; only items have one.
func (t tracer) ref(kind Kind, id string) string {
	if kind != Item {
		return ""
	}
	return t.refs()[id]
}

// refs are the refs of items, without those that several have at the same time.
func refs(intervals []Interval) map[string]string {
	of, holders, shared := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, in := range intervals {
		for e := range in.comings() {
			if e.About == Item && e.Kind == change.Removed && holders[of[e.Change.Subject]] == e.Change.Subject {
				delete(holders, of[e.Change.Subject])
			}
		}
		for _, r := range in.Renames {
			if r.Kind == Item {
				of[r.To] = of[r.From]
				holders[of[r.To]] = r.To
			}
		}
		for s := range in.sayings(func(kind Kind, fact string) bool { return kind == Item && (fact == "ref" || fact == "") }) {
			if values := record(s.Facts).values("ref"); len(values) > 0 {
				ref := values[0]
				holder, held := holders[ref]
				shared[ref] = shared[ref] || held && holder != s.ID
				of[s.ID], holders[ref] = ref, s.ID
			}
		}
	}
	maps.DeleteFunc(of, func(_, ref string) bool { return ref == "" || shared[ref] })
	return of
}

// trace follows a subject by a name that it has, or had last, in both directions. The
// newest one that ever had the name is meant. False when none did.
func (t tracer) trace(s Subject) (Trace, bool) {
	for i := range slices.Backward(t.intervals) {
		if name, there, ok := t.mention(i, s); ok {
			found := Trace{s.Kind, make([]string, len(t.intervals))}
			t.backward(found, t.forward(found, i, name, there))
			return found, true
		}
	}
	return Trace{}, false
}

// mention tells whether an interval changes a subject that has a name at its beginning
// or at its end: how it is called at the beginning, and whether it is there then.
func (t tracer) mention(i int, s Subject) (name string, there, ok bool) {
	for e := range t.intervals[i].comings() {
		if e.Subject() == s {
			return s.ID, e.Kind == change.Removed, true
		}
	}
	for _, r := range t.intervals[i].Renames {
		if r.Kind == s.Kind && (r.From == s.ID || r.To == s.ID) && s.ID != "" {
			return cmp.Or(r.From, r.To), r.From != "", true
		}
	}
	return "", false, false
}

// forward fills in the names from the beginning of an interval on, and gives the place
// of the last one.
func (t tracer) forward(found Trace, i int, name string, there bool) (last int) {
	last = i - 1
	if there && i > 0 {
		found.Names[i-1] = name
	}
	ref := t.ref(found.Kind, name)
	for ; i < len(t.intervals); i++ {
		if name, there = t.step(i, found.Kind, name, ref, there); there {
			found.Names[i], last = name, i
		}
	}
	return last
}

// step takes a name over an interval: what the subject is called behind it, and whether
// it is there.
func (t tracer) step(i int, kind Kind, name, ref string, alive bool) (string, bool) {
	in := t.intervals[i]
	for _, r := range in.Renames {
		switch {
		case r.Kind != kind:
		case alive && r.From == name:
			if r.To == "" {
				return name, false
			}
			return r.To, true
		case !alive && r.From == "" && r.To == name:
			return name, true
		}
	}
	for e := range in.comings() {
		switch {
		case e.About != kind:
		case alive && e.Kind == change.Removed && e.Change.Subject == name:
			return name, false
		case !alive && e.Kind == change.Added && (e.Change.Subject == name || t.again(kind, e.Change.Subject, ref)):
			return e.Change.Subject, true
		}
	}
	return name, alive
}

// again tells whether an item is one that was imported before under another id.
func (t tracer) again(kind Kind, id, ref string) bool {
	return ref != "" && t.ref(kind, id) == ref
}

// backward fills in the names before the place of the last one.
func (t tracer) backward(found Trace, last int) {
	if last < 0 {
		return
	}
	name, alive := found.Names[last], true
	ref := t.ref(found.Kind, name)
	for i := last; i > 0; i-- {
		var taken bool
		if name, alive, taken = t.stepBack(i, found.Kind, name, ref, alive); taken {
			return
		}
		if alive {
			found.Names[i-1] = name
		}
	}
}

// stepBack is step in the other direction; taken tells that the name was that of
// something else before.
func (t tracer) stepBack(i int, kind Kind, name, ref string, alive bool) (_ string, there, taken bool) {
	in := t.intervals[i]
	for _, r := range in.Renames {
		switch {
		case r.Kind != kind:
		case alive && r.To == name:
			return cmp.Or(r.From, name), r.From != "", false
		case !alive && r.From == name:
			return name, r.To == "", r.To != ""
		}
	}
	for e := range in.comings() {
		switch {
		case e.About != kind:
		case alive && e.Kind == change.Added && e.Change.Subject == name:
			return name, false, false
		case !alive && e.Kind == change.Removed && (e.Change.Subject == name || t.again(kind, e.Change.Subject, ref)):
			return e.Change.Subject, true, false
		}
	}
	return name, alive, false
}
