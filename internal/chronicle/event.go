package chronicle

import (
	"cmp"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Kind is what sort of thing an event is about.
type Kind string

// The kinds of subjects, in the order in which they are listed.
const (
	Item       Kind = "item"
	Component  Kind = "component"
	Connection Kind = "connection"
	Decision   Kind = "decision"
	Group      Kind = "group"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Item, Component, Connection, Decision, Group} }

// Subject names one thing as it is called at a moment: an item, decision or group by
// its id, a component or connection as [synclog.Log.Name] has it.
type Subject struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// Event is a change together with the sync it happened in: what changed after the
// sync before. The Kind of the embedded change is what happened, About what to.
type Event struct {
	change.Change
	About Kind
	At    Snapshot // the zero Snapshot for what happened after the last sync
}

// Subject is what the event is about, as it is called after it; of what is gone, as
// it was called before.
func (e Event) Subject() Subject { return Subject{e.About, e.Change.Subject} }

// Rename says that something is called otherwise from a sync on. It is told also where
// no event tells it, as of the components of a container that was renamed. Without To
// it is gone, without From it is new, and no event tells that: it came or went with
// what a scenario or step extends.
type Rename struct {
	Kind     Kind
	From, To string
}

// Saying is what of a subject's facts is new or other from a sync on. A fact without
// values is gone.
type Saying struct {
	Subject
	Facts []change.Fact
}

// Interval is everything that happened from one sync to the next. It is complete: by
// [State.Apply] the intervals up to a sync give the state at that sync.
type Interval struct {
	At       Snapshot // the sync at its end; the zero Snapshot for the present
	Renames  []Rename
	Counts   synclog.Counts
	Problems []problem.Problem // why the snapshot could not be read or compared

	told  account // events and sayings
	whole bool    // it depends on nothing but the two snapshots at its ends
}

// tells is whether an interval tells anything of some kinds.
func (in Interval) tells(kinds ...Kind) bool {
	for s := range in.subjects() {
		if slices.Contains(kinds, s.Kind) {
			return true
		}
	}
	return false
}

// between compares two moments.
func between(before, after *synclog.Log, at Snapshot) Interval {
	d := synclog.Diff(before, after)
	w := weaver{before: before, after: after, Interval: Interval{At: at, Counts: d.Counts(), Problems: d.Problems}}
	groups := board.DiffGroups(before.Groups(), after.Groups())
	for _, list := range []struct {
		kind    Kind
		changes []change.Change
	}{{Item, d.Items}, {Component, d.Components}, {Connection, d.Connections}, {Decision, d.Decisions}, {Group, groups}} {
		for _, c := range list.changes {
			w.events = append(w.events, Event{c, list.kind, at})
		}
	}
	components, connections := d.Renames()
	w.rename(Item, renamed(d.Items))
	w.rename(Component, components)
	w.rename(Connection, connections)
	w.rename(Decision, decision.Renames(before.Decisions, after.Decisions))
	w.rename(Group, renamed(groups))
	w.items(d.Items, renamed(groups))
	w.diagrams()
	w.decisions()
	w.groups(groups)
	w.told = pack(slices.Values(w.events), slices.Values(w.sayings))
	return w.Interval
}

// renamed are the changes that only give another id.
func renamed(changes []change.Change) map[string]string {
	names := map[string]string{}
	for _, c := range changes {
		if c.Kind == change.Renamed {
			names[change.Text(c.From)] = change.Text(c.To)
		}
	}
	return names
}

// weaver finds what two moments say of what differs.
type weaver struct {
	before, after *synclog.Log
	events        []Event
	sayings       []Saying
	Interval
}

func (w *weaver) rename(kind Kind, names map[string]string) {
	for _, from := range slices.Sorted(maps.Keys(names)) {
		w.Renames = append(w.Renames, Rename{kind, from, names[from]})
	}
}

// say notes what of a subject's facts differs.
func (w *weaver) say(s Subject, was, is []change.Fact) {
	if facts := differing(was, is); len(facts) > 0 {
		slices.SortStableFunc(facts, byKey) // so that a new record is taken as it is
		w.sayings = append(w.sayings, Saying{s, facts})
	}
}

// differing are the facts that are other than they were, those that are gone without
// values.
func differing(was, is []change.Fact) []change.Fact {
	var facts []change.Fact
	for _, f := range is {
		if !slices.ContainsFunc(was, func(o change.Fact) bool { return o.Key == f.Key && slices.Equal(o.Values, f.Values) }) {
			facts = append(facts, f)
		}
	}
	for _, f := range was {
		if !slices.ContainsFunc(is, func(n change.Fact) bool { return n.Key == f.Key }) {
			facts = append(facts, change.Fact{Key: f.Key})
		}
	}
	return facts
}

// items notes what the items say that changed, and those in groups that have another id.
func (w *weaver) items(changes []change.Change, groups map[string]string) {
	changed, other := map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		changed[c.Subject] = c.Kind != change.Removed
	}
	for _, group := range groups {
		other[group] = true
	}
	is := placed(w.after, func(it *board.Item, group string) bool { return changed[it.ID] || other[group] })
	earlier := inverse(renamed(changes))
	wanted := make(map[string]bool, len(is))
	for id := range is {
		wanted[cmp.Or(earlier[id], id)] = true
	}
	was := placed(w.before, func(it *board.Item, _ string) bool { return wanted[it.ID] })
	for id, now := range is {
		w.say(Subject{Item, id}, was[cmp.Or(earlier[id], id)].facts(), now.facts())
	}
	slices.SortFunc(w.sayings, func(a, b Saying) int { return cmp.Compare(a.ID, b.ID) })
}

// placedItem is an item with the group it stands in.
type placedItem struct {
	item  *board.Item
	group string
}

func (p placedItem) facts() []change.Fact {
	if p.item == nil {
		return nil
	}
	return append(p.item.Facts(), change.Fact{Key: "group", Values: []string{p.group}})
}

// placed are the items that are wanted, by id; where one stands twice the first.
func placed(l *synclog.Log, wanted func(it *board.Item, group string) bool) map[string]placedItem {
	found := map[string]placedItem{}
	for _, g := range l.Groups() {
		for i := range g.Items {
			if !wanted(&g.Items[i], g.ID) {
				continue
			}
			if _, twice := found[g.Items[i].ID]; !twice {
				found[g.Items[i].ID] = placedItem{&g.Items[i], g.ID}
			}
		}
	}
	return found
}

func inverse(names map[string]string) map[string]string {
	back := make(map[string]string, len(names))
	for from, to := range names {
		back[to] = from
	}
	return back
}

// earlier gives the earlier names of a kind by the later ones.
func (w *weaver) earlier(kind Kind) map[string]string {
	back := map[string]string{}
	for _, r := range w.Renames {
		if r.Kind == kind {
			back[r.To] = r.From
		}
	}
	return back
}

// diagrams notes what components and connections say in diagrams that differ.
func (w *weaver) diagrams() {
	was := drawn(w.before, w.after)
	is := drawn(w.after, w.before)
	for _, kind := range []Kind{Component, Connection} {
		earlier := w.earlier(kind)
		for _, s := range is.order {
			if s.Kind == kind {
				w.say(s, was.facts[Subject{kind, cmp.Or(earlier[s.ID], s.ID)}], is.facts[s])
			}
		}
	}
	w.untold(was, is)
}

// untold notes what came and went without an event.
func (w *weaver) untold(was, is drawing) {
	added, removed := map[Subject]bool{}, map[Subject]bool{}
	for _, e := range w.events {
		switch e.Kind {
		case change.Added:
			added[e.Subject()] = true
		case change.Removed:
			removed[e.Subject()] = true
		}
	}
	for _, r := range w.Renames {
		added[Subject{r.Kind, r.To}], removed[Subject{r.Kind, r.From}] = true, true
	}
	for _, s := range was.order {
		if _, stays := is.facts[s]; !stays && !removed[s] {
			w.Renames = append(w.Renames, Rename{s.Kind, s.ID, ""})
		}
	}
	for _, s := range is.order {
		if _, stood := was.facts[s]; !stood && !added[s] {
			w.Renames = append(w.Renames, Rename{s.Kind, "", s.ID})
		}
	}
}

// drawing is what diagrams say.
type drawing struct {
	order []Subject
	facts map[Subject][]change.Fact
}

// drawn is what those diagrams of a moment say that another one does not have alike.
func drawn(l, other *synclog.Log) drawing {
	d := drawing{facts: map[Subject][]change.Fact{}}
	add := func(s Subject, facts []change.Fact) {
		d.order = append(d.order, s)
		d.facts[s] = facts
	}
	for _, at := range l.Diagrams {
		if same(other.Diagrams, at) {
			continue
		}
		file := l.Name(at, "")
		for _, c := range at.Components {
			add(Subject{Component, file + c.ID}, inFile(file, c.Layer, c.Facts()))
		}
		for _, c := range at.Connections {
			add(Subject{Connection, file + c.ID}, inFile(file, c.Layer, c.Facts()))
		}
	}
	return d
}

// same tells whether a reading of a diagram is among those of another moment: equal
// content is read once.
func same(diagrams []*diagram.Diagram, d *diagram.Diagram) bool { return slices.Contains(diagrams, d) }

// inFile makes names absolute in the log, and says where the subject is drawn.
func inFile(file, layer string, facts []change.Fact) []change.Fact {
	if layer != "" {
		facts = append(facts, change.Fact{Key: "layer", Values: []string{layer}})
	}
	if file == "" {
		return facts
	}
	for i, f := range facts {
		if f.Key == "container" || f.Key == "from" || f.Key == "to" {
			facts[i].Values = []string{file + f.Values[0]}
		}
	}
	return append(facts, change.Fact{Key: "diagram", Values: []string{file[:len(file)-len(": ")]}})
}

func (w *weaver) decisions() {
	earlier := w.earlier(Decision)
	was := map[string]decision.Decision{}
	for _, d := range slices.Backward(w.before.Decisions) {
		was[d.ID] = d
	}
	told := map[string]bool{}
	for _, d := range w.after.Decisions {
		if !told[d.ID] {
			told[d.ID] = true
			w.say(Subject{Decision, d.ID}, was[cmp.Or(earlier[d.ID], d.ID)].Facts(), d.Facts())
		}
	}
}

func (w *weaver) groups(changes []change.Change) {
	earlier := w.earlier(Group)
	told := map[string]bool{}
	for _, c := range changes {
		if told[c.Subject] || c.Kind == change.Removed {
			continue
		}
		told[c.Subject] = true
		w.say(Subject{Group, c.Subject}, groupFacts(w.before, cmp.Or(earlier[c.Subject], c.Subject)), groupFacts(w.after, c.Subject))
	}
}

func groupFacts(l *synclog.Log, id string) []change.Fact {
	for _, g := range l.Groups() {
		if g.ID == id {
			return g.Facts()
		}
	}
	return nil
}
