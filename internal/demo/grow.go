package demo

import (
	"fmt"
	"slices"
	"strings"
)

// areaSize is how many components a generated container holds.
const areaSize = 3

// plan lays out the parts that the architecture will get beside the story's. A
// fifth of them is there from the start.
func (g *generator) plan() {
	told := 0
	last := g.p.cal.dates[len(g.p.cal.dates)-1]
	for name := range names(g.p.story.diagrams[0].at(last)) {
		if _, _, _, ok := connection(name); !ok {
			told++
		}
	}
	for left := g.p.options.Shapes - told; left >= 2; {
		leaves := min(areaSize, left-1)
		g.planArea(len(g.parts)/areaSize, leaves)
		left -= leaves + 1
	}
	g.show(len(g.parts) / 5)
}

// planArea plans the n-th container.
func (g *generator) planArea(n, leaves int) {
	named := areas()
	a := named[n%len(named)]
	if again := n / len(named); again > 0 {
		a.id, a.name = fmt.Sprintf("%s-%d", a.id, again+1), fmt.Sprintf("%s %d", a.name, again+1)
	}
	chain := pick(g.chance, chains())
	for _, kind := range chain[:leaves] {
		g.parts = append(g.parts, &part{area: a, componentKind: kind, detail: g.detail()})
	}
}

func (g *generator) detail() string {
	return fmt.Sprintf(pick(g.chance, details()), 2+g.chance.IntN(30))
}

// show lets the first n parts be there, each with an owner.
func (g *generator) show(n int) {
	for ; g.shown < n; g.shown++ {
		t := g.owner(g.shown)
		t.owns = append(t.owns, g.parts[g.shown].id())
	}
}

// owner of the n-th part: the generated group of the same name, as long as there
// are enough; else they share, and where none is generated all groups do.
func (g *generator) owner(n int) *team {
	made := slices.DeleteFunc(slices.Clone(g.p.teams), func(t *team) bool { return t.told != nil })
	if len(made) == 0 {
		made = g.p.teams
	}
	return made[n/areaSize%len(made)]
}

// drawing is a change of the diagram that is not the story's. With them, three of
// four syncs change it.
func (g *generator) drawing() []step {
	g.owners = nil
	if len(g.parts) == 0 || g.p.date == nowDate {
		return nil
	}
	if _, told := g.p.story.turns[g.p.date]; told {
		g.drawn++
		return nil
	}
	if 4*g.drawn >= 3*(g.p.index+1) {
		return nil
	}
	g.drawn++
	due := g.due()
	if due <= g.shown || g.p.index == 0 {
		return []step{g.detailed()}
	}
	before := g.shown
	for n := before; n < due; n++ {
		g.owners = append(g.owners, g.owner(n))
	}
	return []step{{g.owners[0].lead, func(string) string {
		g.show(due)
		g.p.draw(g.p.date)
		var added []string
		for _, c := range g.parts[before:due] {
			added = append(added, c.spoken())
		}
		return "architecture: add the " + strings.Join(added, ", the ")
	}}}
}

// due is how many parts there are after the next drawing: they come evenly, the
// last ones some syncs before the end, and few at a time unless there is no time.
func (g *generator) due() int {
	first, syncs := len(g.parts)/5, len(g.p.cal.dates)
	even := first + (len(g.parts)-first)*(g.p.index+12)/syncs
	atOnce := max(3, 2*len(g.parts)/syncs)
	return min(len(g.parts), even, g.shown+atOnce)
}

// detailed changes what is said of one part.
func (g *generator) detailed() step {
	n := g.chance.IntN(g.shown + 1)
	c := g.parts[min(n, max(0, g.shown-1))]
	return step{g.owner(n).lead, func(string) string {
		for old := c.detail; c.detail == old; {
			c.detail = g.detail()
		}
		g.p.draw(g.p.date)
		return fmt.Sprintf("architecture: the %s has %s", c.spoken(), c.detail)
	}}
}

// d2 is the generated part of the architecture.
func (g *generator) d2() string {
	if g == nil || g.shown == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n# Around the core\n\n")
	parts := g.parts[:g.shown]
	for i, c := range parts {
		if i == 0 || parts[i-1].area != c.area {
			fmt.Fprintf(&b, "%s: %s {\n", c.area.id, c.area.name)
		}
		fmt.Fprintf(&b, "  %s: %s {\n", c.componentKind.id, c.label)
		if c.shape != "" {
			fmt.Fprintf(&b, "    shape: %s\n", c.shape)
		}
		fmt.Fprintf(&b, "    tooltip: %s\n  }\n", c.detail)
		if i == len(parts)-1 || parts[i+1].area != c.area {
			b.WriteString("}\n")
		}
	}
	b.WriteByte('\n')
	for i, c := range parts {
		if i > 0 && parts[i-1].area == c.area {
			fmt.Fprintf(&b, "%s -> %s\n", parts[i-1].id(), c.id())
		} else {
			fmt.Fprintf(&b, "web -> %s\n", c.id())
		}
	}
	return b.String()
}
