package chronicle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// Stats are figures of a log over a range of time: from after one moment to another.
// What stood there at the beginning, or came with the first sync of the log, did not
// change in it.
type Stats struct {
	Points     []Point          // every sync of the range, oldest first, and the present
	Groups     []GroupStats     // in order of their ids
	Components []ComponentStats // the one that changed most often first; without those that did not
	Items      []ItemAge        // the open ones, the oldest first
	Problems   []problem.Problem
}

// Point is the size of things at one sync, and what changed since the one before.
type Point struct {
	At          Snapshot // the zero Snapshot for the present
	Components  int      // of the architecture, containers and layers included
	Connections int
	Cycles      int // see [graph.cycles]
	FanIn       int // see [graph.fanIn]
	FanInOf     string
	Open        int // items neither done nor dropped
	Drawn       int // components and connections that changed
	Worked      int // items that changed
}

// GroupStats are the items of a group in the range. Delivered and Dropped are of
// Planned: what a group delivers of what it took on is Delivered / Planned.
type GroupStats struct {
	ID        string
	Planned   int // items that were open at the beginning, or came to the group since
	Delivered int // of these, those that became done
	Dropped   int // of these, those that were dropped
	Open      int // neither, in the end
	Slips     int // times that the due date of an open item was moved to a later one
	Overdue   int // open items whose due date has passed in the end
	MedianAge int // of the open items, in days
}

// ComponentStats are the changes of a component under all its names in the range.
type ComponentStats struct {
	ID      string // the last one
	Changes int    // facts about it, or about a connection of its own, that changed
	Syncs   int    // at which any did
	Items   int    // that touch it, or did
	Gone    bool
}

// ItemAge is an open item with the days from the first sync that had it to the end.
type ItemAge struct {
	ID, Title, Group, Status string
	First                    string // date of that sync; the end where no sync had it yet
	Days                     int
}

// StatsOptions say what figures are wanted.
type StatsOptions struct {
	Since string // ISO date: the range begins after the last sync up to it; "" for all of time
	Group string // only its items, and the components that it owns; "" for all
	End   string // ISO date of the end: ages are counted to it
}

// Stats computes the figures of a timeline. A log without any sync has those of its
// present alone. It stops with the context's error.
func (t Timeline) Stats(ctx context.Context, o StatsOptions) (Stats, error) {
	intervals, err := t.Intervals(ctx)
	if err != nil {
		return Stats{}, err
	}
	c := newCounter(o)
	for i, in := range intervals {
		c.take(in, i == 0)
	}
	return c.stats(), nil
}

// counter goes along a timeline.
type counter struct {
	StatsOptions
	state State
	own   owners // at the state
	out   Stats

	first      map[Subject]string         // the date on which a subject was first seen, by its name now
	groups     map[string]*groupCount     // by id
	components map[string]*componentCount // by name now
	gone       []*componentCount
}

type groupCount struct {
	planned, delivered, dropped map[string]bool // ids of items
	slips                       int
}

type componentCount struct {
	ComponentStats
	touching map[string]bool // ids of items
}

func newCounter(o StatsOptions) *counter {
	return &counter{
		StatsOptions: o, first: map[Subject]string{},
		groups: map[string]*groupCount{}, components: map[string]*componentCount{},
	}
}

// take counts one interval; of the first one of a log only what stands in the end.
func (c *counter) take(in Interval, begin bool) {
	c.out.Problems = append(c.out.Problems, in.Problems...)
	inRange := c.Since == "" || in.At == Snapshot{} || in.At.Date > c.Since
	p := Point{At: in.At}
	counted := inRange && !begin
	touched := map[*componentCount]bool{}
	if counted {
		c.events(in, false, &p, touched)
	}
	c.state.Apply(in)
	redrawn := in.tells(Component, Group)
	if redrawn {
		c.know()
	}
	c.follow(in)
	if counted {
		c.events(in, true, &p, touched)
	}
	for n := range touched {
		n.Syncs++
	}
	c.look(in, inRange, redrawn)
	if inRange {
		c.measure(&p, redrawn || in.tells(Connection))
		c.out.Points = append(c.out.Points, p)
	}
}

// follow keeps what is counted under the names of now.
func (c *counter) follow(in Interval) {
	date := cmp.Or(in.At.Date, c.End)
	for e := range in.events(func(_ Kind, what change.Kind) bool { return what == change.Removed }) {
		delete(c.first, e.Subject())
		if n := c.components[e.Change.Subject]; n != nil && e.About == Component {
			n.Gone = true
			c.gone = append(c.gone, n)
			delete(c.components, e.Change.Subject)
		}
	}
	first, components := map[Subject]string{}, map[string]*componentCount{}
	for _, r := range in.Renames {
		from := Subject{r.Kind, r.From}
		first[Subject{r.Kind, r.To}] = c.first[from]
		delete(c.first, from)
		if n := c.components[r.From]; n != nil && r.Kind == Component {
			components[r.To] = n
			delete(c.components, r.From)
		}
		if g := c.groups[r.From]; g != nil && r.Kind == Group {
			delete(c.groups, r.From)
			c.groups[r.To] = g
		}
	}
	for subject, date := range first {
		c.first[subject] = date
	}
	for id, n := range components {
		n.ID = id
		c.components[id] = n
	}
	for id := range c.state.subjects[Item] {
		if item := (Subject{Item, id}); c.first[item] == "" {
			c.first[item] = date
		}
	}
}

// events counts what happened: what is gone before the state is taken on, and
// everything else after it.
func (c *counter) events(in Interval, after bool, p *Point, touched map[*componentCount]bool) {
	seen := map[Subject]bool{}
	for e := range in.events(func(_ Kind, what change.Kind) bool { return (what == change.Removed) != after }) {
		subject := e.Subject()
		switch {
		case e.About == Item && c.wantsItem(e):
			if !seen[subject] {
				p.Worked++
			}
			c.slip(e)
		case e.About == Component && c.wants(subject.ID):
			if !seen[subject] {
				p.Drawn++
			}
			c.hit(subject.ID, touched)
		case e.About == Connection && c.wantsConnection(subject):
			if !seen[subject] {
				p.Drawn++
			}
			from, to := c.state.Text(subject, "from"), c.state.Text(subject, "to")
			c.hit(from, touched)
			if to != from {
				c.hit(to, touched)
			}
		}
		seen[subject] = true
	}
}

// hit counts a change of a component.
func (c *counter) hit(id string, touched map[*componentCount]bool) {
	if id == "" || !c.wants(id) {
		return
	}
	n := c.component(id)
	n.Changes++
	touched[n] = true
}

func (c *counter) component(id string) *componentCount {
	if c.components[id] == nil {
		c.components[id] = &componentCount{touching: map[string]bool{}}
	}
	n := c.components[id]
	n.ID = id
	return n
}

// slip counts a due date that was moved to a later one.
func (c *counter) slip(e Event) {
	from, to := change.Text(e.From), change.Text(e.To)
	if e.Reason == change.ReasonDueMoved && from != "" && to > from && !c.state.Closed(e.Subject()) {
		c.group(e.Place).slips++
	}
}

func (c *counter) group(id string) *groupCount {
	if c.groups[id] == nil {
		c.groups[id] = &groupCount{map[string]bool{}, map[string]bool{}, map[string]bool{}, 0}
	}
	return c.groups[id]
}

// look counts what the items are at the end of an interval: those that changed, and all
// where the range has only begun or what they touch may be another. What stood there
// before the range counts as planned while it is open.
func (c *counter) look(in Interval, inRange, redrawn bool) {
	if !inRange { // the range begins with the last of these
		c.groups = map[string]*groupCount{}
	}
	if redrawn || !inRange || len(c.out.Points) == 0 {
		for id, item := range c.state.subjects[Item] {
			c.lookAt(id, item, inRange)
		}
		return
	}
	for s := range in.subjects() {
		if item, there := c.state.subjects[Item][s.ID]; there && s.Kind == Item {
			c.lookAt(s.ID, item, inRange)
		}
	}
}

func (c *counter) lookAt(id string, item record, inRange bool) {
	group := item.text("group")
	if c.Group != "" && group != c.Group {
		return
	}
	g, status := c.group(group), board.Status(item.text("status"))
	if inRange || !status.Closed() {
		g.planned[id] = true
	}
	if inRange && status == board.Done {
		g.delivered[id] = true
	}
	if inRange && status == board.Dropped {
		g.dropped[id] = true
	}
	for _, ref := range item.values("touches") {
		if inRange && c.state.Has(Subject{Component, ref}) && c.wants(ref) {
			c.component(ref).touching[id] = true
		}
	}
}

// measure is the size of things at the end of an interval: that of the architecture is
// the one of the point before where it is not another.
func (c *counter) measure(p *Point, redrawn bool) {
	if n := len(c.out.Points); n > 0 && !redrawn {
		last := c.out.Points[n-1]
		p.Components, p.Connections, p.Cycles, p.FanIn, p.FanInOf = last.Components, last.Connections, last.Cycles, last.FanIn, last.FanInOf
	} else {
		c.draw(p)
	}
	for _, item := range c.state.subjects[Item] {
		if c.isOpen(item) {
			p.Open++
		}
	}
}

// draw is the size of the architecture.
func (c *counter) draw(p *Point) {
	g := graph{}
	for id := range c.state.subjects[Component] {
		if c.wants(id) {
			p.Components++
		}
	}
	for _, joint := range c.state.subjects[Connection] {
		if from, to := joint.text("from"), joint.text("to"); c.wants(from) || c.wants(to) {
			p.Connections++
			g.add(from, to, joint.text("arrows"))
		}
	}
	p.Cycles = g.cycles()
	p.FanInOf, p.FanIn = g.fanIn()
}

func (c *counter) isOpen(item record) bool {
	return (c.Group == "" || item.text("group") == c.Group) && !board.Status(item.text("status")).Closed()
}

func (c *counter) wantsItem(e Event) bool { return c.Group == "" || e.Place == c.Group }

// wants tells whether a component is one of the architecture, and of the group.
func (c *counter) wants(id string) bool {
	return !elsewhere(id) && (c.Group == "" || c.own.of(id) == c.Group)
}

func (c *counter) wantsConnection(s Subject) bool {
	return c.wants(c.state.Text(s, "from")) || c.wants(c.state.Text(s, "to"))
}

// know finds out who owns what at the state.
func (c *counter) know() {
	c.own = owners{}
	for _, g := range c.state.Subjects(Group) {
		c.own.add(g.ID, c.state.List(g, "owns"))
	}
}

// stats are the figures in the end.
func (c *counter) stats() Stats {
	c.items()
	for _, id := range sortedKeys(c.groups) {
		g := c.groups[id]
		s := GroupStats{ID: id, Planned: len(g.planned), Slips: g.slips}
		for item := range g.planned {
			if g.delivered[item] {
				s.Delivered++
			} else if g.dropped[item] {
				s.Dropped++
			}
		}
		var ages []int
		for _, it := range c.out.Items {
			if it.Group != id {
				continue
			}
			ages = append(ages, it.Days)
			if due := c.state.Text(Subject{Item, it.ID}, "due"); due != "" && due < c.End {
				s.Overdue++
			}
		}
		s.Open, s.MedianAge = len(ages), median(ages)
		c.out.Groups = append(c.out.Groups, s)
	}
	for _, n := range append(c.gone, sortedValues(c.components)...) {
		if n.Items = len(n.touching); n.Changes > 0 {
			c.out.Components = append(c.out.Components, n.ComponentStats)
		}
	}
	slices.SortStableFunc(c.out.Components, func(a, b ComponentStats) int {
		return cmp.Or(cmp.Compare(b.Changes, a.Changes), cmp.Compare(b.Syncs, a.Syncs), cmp.Compare(a.ID, b.ID))
	})
	return c.out
}

func (c *counter) items() {
	for _, item := range c.state.Subjects(Item) {
		if !c.isOpen(c.state.record(item)) {
			continue
		}
		c.out.Items = append(c.out.Items, ItemAge{
			ID: item.ID, Title: c.state.Text(item, "title"), Group: c.state.Text(item, "group"),
			Status: c.state.Text(item, "status"), First: c.first[item], Days: days(c.first[item], c.End),
		})
	}
	slices.SortStableFunc(c.out.Items, func(a, b ItemAge) int { return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(a.ID, b.ID)) })
}

// median is the middle one of sorted numbers, of an even count the greater of the two;
// 0 of none.
func median(sorted []int) int {
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// days from one date to another; 0 where one is none.
func days(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0
	}
	return max(int(b.Sub(a).Hours()/24), 0)
}
