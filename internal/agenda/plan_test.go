package agenda

import (
	"fmt"
	"slices"
	"testing"
)

// shows is what a board has on a day: the fields of one item, or nothing.
type shows struct{ day, item string }

func TestPlanOutcomes(t *testing.T) {
	const item = "id: aaaa1, title: T, status: "
	planned := shows{"2025-12-30", item + "planned, plan: 2026-Q1"}
	unplanned := shows{"2025-12-30", item + "planned"}
	for _, c := range []struct {
		name string
		past []shows
		now  shows
		want string // whether added, outcome, plan, done
	}{
		{"open", []shows{planned}, shows{"2026-02-01", item + "ongoing, plan: 2026-Q1"}, "false open 2026-Q1 "},
		{"open on its last day", []shows{planned}, shows{"2026-03-31", item + "ongoing, plan: 2026-Q1"}, "false open 2026-Q1 "},
		{"open after its end", []shows{planned}, shows{"2026-04-01", item + "ongoing, plan: 2026-Q1"}, "false slipped 2026-Q1 "},
		{"moved on", []shows{planned}, shows{"2026-02-01", item + "planned, plan: 2026-Q2"}, "false slipped 2026-Q2 "},
		{"brought forward", []shows{planned}, shows{"2026-02-01", item + "planned, plan: 2026-W02+6"}, "false forward 2026-W02+6 "},
		{"done", []shows{planned}, shows{"2026-02-01", item + "done, since: 2026-01-20, plan: 2026-Q1"}, "false delivered 2026-Q1 2026-01-20"},
		{"done and cleared", []shows{planned, {"2026-02-01", item + "done, since: 2026-01-20, plan: 2026-Q1"}}, shows{"2026-05-01", ""}, "false delivered 2026-Q1 2026-01-20"},
		{"done after its end", []shows{planned}, shows{"2026-05-01", item + "done, since: 2026-04-09, plan: 2026-Q1"}, "false delivered 2026-Q1 2026-04-09"},
		{"moved on, yet done in time", []shows{planned}, shows{"2026-05-01", item + "done, since: 2026-03-09, plan: 2026-Q2"}, "false delivered 2026-Q2 2026-03-09"},
		{"moved on and done then", []shows{planned}, shows{"2026-05-01", item + "done, since: 2026-04-09, plan: 2026-Q2"}, "false slipped 2026-Q2 "},
		{"dropped", []shows{planned}, shows{"2026-02-01", item + "dropped, plan: 2026-Q1"}, "false dropped 2026-Q1 "},
		{"in no plan", []shows{planned}, shows{"2026-02-01", item + "ongoing"}, "false dropped  "},
		{"gone unfinished", []shows{planned}, shows{"2026-02-01", ""}, "false dropped 2026-Q1 "},
		{"added", []shows{unplanned}, shows{"2026-02-01", item + "ongoing, plan: 2026-Q1"}, "true open 2026-Q1 "},
		{"added and moved on", []shows{unplanned, {"2026-02-01", item + "ongoing, plan: 2026-Q1"}}, shows{"2026-02-15", item + "ongoing, plan: 2026-Q2"}, "true slipped 2026-Q2 "},
		{"left before its start", []shows{{"2025-10-01", planned.item}, unplanned}, shows{"2026-02-01", item + "ongoing"}, ""},
		{"not begun", nil, shows{"2025-12-01", planned.item}, "false open 2026-Q1 "},
		{"not begun, and left again", []shows{{"2025-10-01", planned.item}}, shows{"2025-12-01", item + "ongoing"}, ""},
	} {
		past := &Past{}
		for _, s := range c.past {
			past.Add(s.day, logOf(t, "", map[string]string{"x": s.item}))
		}
		plan, err := NewPlans(c.now.day, logOf(t, "", map[string]string{"x": c.now.item}), past).Of("2026-Q1", "x")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, g := range plan.Groups {
			for _, it := range g.Items {
				got += fmt.Sprint(it.Added, " ", it.Outcome, " ", it.Plan, " ", it.Done)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCurrentPlans(t *testing.T) {
	log := logOf(t, "", map[string]string{"x": `id: aaaa1, title: T, status: planned, plan: 2026-Q1
id: aaaa2, title: T, status: planned, plan: 2026-W02+6
id: aaaa3, title: T, status: planned, plan: 2026-Q2
id: aaaa4, title: T, status: planned, plan: 2026-Q4
id: aaaa5, title: T, status: planned, plan: someday`})
	for _, c := range []struct {
		day  string
		want []string
	}{
		{"2025-12-01", []string{"2026-Q1"}},
		{"2026-01-10", []string{"2026-Q1", "2026-W02+6", "2026-Q2"}},
		{"2026-03-31", []string{"2026-Q1", "2026-Q2"}},
		{"2026-07-01", []string{"2026-Q4"}},
		{"2027-01-01", nil},
	} {
		if got := NewPlans(c.day, log, &Past{}).Current(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.day, got, c.want)
		}
	}
}

func TestBaseline(t *testing.T) {
	for _, c := range []struct {
		day, want string
		syncs     []string
	}{
		{"2026-02-01", "", nil},
		{"2025-12-31", "", []string{"2025-12-30"}},
		{"2026-02-01", "2025-12-30", []string{"2025-12-16", "2025-12-30", "2026-01-13"}},
		{"2026-02-01", "2026-01-02", []string{"2025-12-16", "2026-01-02"}},
		{"2026-02-01", "2025-12-30", []string{"2025-12-30", "2026-01-03"}},
	} {
		if got := (&Plans{Day: c.day, syncs: c.syncs}).baseline("2026-01-01"); got != c.want {
			t.Errorf("%s of %v: %q, want %q", c.day, c.syncs, got, c.want)
		}
	}
}
