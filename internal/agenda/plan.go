package agenda

import (
	"cmp"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/synclog"
)

// Outcome is what became of an item in a plan.
type Outcome string

// The outcomes, in the order in which they are shown.
const (
	PlanOpen      Outcome = "open"
	PlanDelivered Outcome = "delivered"
	PlanSlipped   Outcome = "slipped" // it is in a later plan now, or open though the plan has ended
	PlanForward   Outcome = "forward" // brought forward: it is in an earlier plan now
	PlanDropped   Outcome = "dropped" // the item was dropped, left the board unfinished, or is in no plan now
)

// outcomes lists them.
var outcomes = [...]Outcome{PlanOpen, PlanDelivered, PlanSlipped, PlanForward, PlanDropped}

// Plan is a quarter or a span of weeks, and what became of what was planned for it.
// Dates are ISO dates.
type Plan struct {
	Name       string // 2026-Q4 or 2026-W40+6
	Start, End string // first and last day
	// Baseline is the closed sync nearest the start: what has the plan there is
	// committed. Where the plan has not begun, or no sync was closed, it is "", and
	// all that has the plan is.
	Baseline string
	Groups   []GroupPlan // those with items in it, in the order of the log
}

// GroupPlan is the part of a plan that is one group's.
type GroupPlan struct {
	Group string // the id that it has now
	Name  string
	Items []PlanItem // by outcome, then title
}

// PlanItem is an item that has, or once had, the plan.
type PlanItem struct {
	ID, Title string
	Status    board.Status // the last one that is known
	Added     bool         // to the plan after its baseline
	Outcome   Outcome
	Plan      string // the plan that it has now; "" for none
	Done      string // the date, where it is delivered
}

// Plans computes plans as they stand on a day.
type Plans struct {
	Day string // ISO date

	syncs []string
	items map[string]life
	gone  map[string]bool // items that are not on the board any more
	now   *synclog.Log
}

// NewPlans adds the log as it stands on a day to its past.
func NewPlans(day string, now *synclog.Log, past *Past) *Plans {
	p := &Plans{Day: day, syncs: past.syncs, items: maps.Clone(past.items), gone: map[string]bool{}, now: now}
	if p.items == nil {
		p.items = map[string]life{}
	}
	for id := range p.items {
		p.gone[id] = true
	}
	for _, g := range now.Groups() {
		for _, it := range g.Items {
			p.items[it.ID] = p.items[it.ID].at(day, g.ID, it)
			p.gone[it.ID] = false
		}
	}
	return p
}

// Known lists every plan that an item ever had, by its start.
func (p *Plans) Known() []string {
	names := map[string]bool{}
	for _, l := range p.items {
		for _, d := range l.Plans {
			names[d.Value] = true
		}
	}
	known := slices.Collect(maps.Keys(names))
	known = slices.DeleteFunc(known, func(name string) bool { _, _, err := board.ParsePlan(name); return err != nil })
	slices.SortFunc(known, func(a, b string) int {
		from, _, _ := board.ParsePlan(a)
		to, _, _ := board.ParsePlan(b)
		return cmp.Or(cmp.Compare(from, to), cmp.Compare(a, b))
	})
	return known
}

// Current are the plans that run on the day, and the ones that start next.
func (p *Plans) Current() []string {
	var current []string
	next := ""
	for _, name := range p.Known() {
		start, end, _ := board.ParsePlan(name)
		if end < p.Day || start > p.Day && next != "" && start > next {
			continue
		}
		if start > p.Day {
			next = start
		}
		current = append(current, name)
	}
	return current
}

// Of computes a plan, of one group or (group "") of all. An error is a name that
// [board.ParsePlan] does not know.
func (p *Plans) Of(name, group string) (Plan, error) {
	start, end, err := board.ParsePlan(name)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Name: name, Start: start, End: end, Baseline: p.baseline(start)}
	of := map[string][]PlanItem{}
	for id, l := range p.items {
		g := p.groupOf(l.Group)
		if it, ok := p.item(plan, id, l); ok && (group == "" || g == group) {
			of[g] = append(of[g], it)
		}
	}
	for _, id := range p.groupOrder(of) {
		slices.SortFunc(of[id], comparePlanItems)
		g := GroupPlan{Group: id, Name: id, Items: of[id]}
		if f, ok := p.now.File(id); ok {
			g.Name = groupName(f.Group())
		}
		plan.Groups = append(plan.Groups, g)
	}
	return plan, nil
}

// baseline is the sync nearest a day that has come; of two the earlier one.
func (p *Plans) baseline(start string) string {
	if start > p.Day || len(p.syncs) == 0 {
		return ""
	}
	return slices.MinFunc(p.syncs, func(a, b string) int { return cmp.Compare(distance(a, start), distance(b, start)) })
}

func distance(a, b string) int { return max(days(a, b), days(b, a)) }

// item is what became of an item in a plan; false where it never had it since the
// baseline.
func (p *Plans) item(plan Plan, id string, l life) (PlanItem, bool) {
	committed := l.had(plan.Name, plan.Baseline)
	later := slices.ContainsFunc(l.Plans, func(d dated) bool { return d.Value == plan.Name && d.Sync > plan.Baseline })
	has := valueOn(l.Plans, p.Day)
	if plan.Baseline == "" {
		committed, later = has == plan.Name && !p.gone[id], false
	}
	if !committed && !later {
		return PlanItem{}, false
	}
	it := PlanItem{ID: id, Title: l.Title, Status: board.Status(l.Status), Added: !committed, Plan: has}
	it.Outcome = p.outcome(plan, id, l, has)
	if it.Outcome == PlanDelivered {
		it.Done = cmp.Or(l.Since, l.Last)
	}
	return it, true
}

// had tells whether the item was on the board with a plan at the sync of a date.
func (l life) had(plan, date string) bool {
	return l.First <= date && date <= l.Last && valueOn(l.Plans, date) == plan
}

// valueOn is the value that stood at a date.
func valueOn(values []dated, date string) string {
	value := ""
	for _, d := range values {
		if d.Sync <= date {
			value = d.Value
		}
	}
	return value
}

// outcome tells what became of an item that has the plan of a name now. What is done
// in time is delivered, wherever it was moved in between.
func (p *Plans) outcome(plan Plan, id string, l life, has string) Outcome {
	status := board.Status(l.Status)
	_, end, err := board.ParsePlan(has)
	switch {
	case status == board.Done && (has == plan.Name || cmp.Or(l.Since, l.Last) <= plan.End):
		return PlanDelivered
	case status == board.Dropped, p.gone[id] && status != board.Done, err != nil:
		return PlanDropped
	case end > plan.End, has == plan.Name && p.Day > plan.End:
		return PlanSlipped
	case has != plan.Name:
		return PlanForward
	}
	return PlanOpen
}

// groupOf is the id that a group has now; its own where it is no more.
func (p *Plans) groupOf(id string) string {
	if f, ok := p.now.File(id); ok {
		return f.ID()
	}
	return id
}

// groupOrder is the groups in the order of the log, then those that are no more.
func (p *Plans) groupOrder(of map[string][]PlanItem) []string {
	var order []string
	for _, g := range p.now.Groups() {
		if len(of[g.ID]) > 0 {
			order = append(order, g.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	return order
}

func comparePlanItems(a, b PlanItem) int {
	return cmp.Or(
		cmp.Compare(slices.Index(outcomes[:], a.Outcome), slices.Index(outcomes[:], b.Outcome)),
		cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID),
	)
}

// Tally counts the items of a plan.
type Tally struct{ Committed, Added, Open, Delivered, Slipped, Forward, Dropped int }

// Tally counts all groups.
func (p Plan) Tally() Tally {
	var t Tally
	for _, g := range p.Groups {
		for _, it := range g.Items {
			t.count(it)
		}
	}
	return t
}

func (t *Tally) count(it PlanItem) {
	if it.Added {
		t.Added++
	} else {
		t.Committed++
	}
	switch it.Outcome {
	case PlanOpen:
		t.Open++
	case PlanDelivered:
		t.Delivered++
	case PlanSlipped:
		t.Slipped++
	case PlanForward:
		t.Forward++
	case PlanDropped:
		t.Dropped++
	}
}
