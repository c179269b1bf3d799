package agenda

import (
	"strconv"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
)

// outcomeTitle stands above the items of an outcome.
func outcomeTitle(o Outcome) string {
	switch o {
	case PlanDelivered:
		return "Delivered"
	case PlanSlipped:
		return "Later than planned"
	case PlanForward:
		return "Brought forward"
	case PlanDropped:
		return "Taken out"
	}
	return "Open"
}

// Markdown is the plan as it is sent around.
func (p Plan) Markdown() string {
	var out page
	out.write("# Plan %s\n\n%s to %s. %s\n", plain.Markdown(p.Name), meeting.LongDate(p.Start), meeting.LongDate(p.End), p.opening())
	for _, g := range p.Groups {
		out.heading(plain.Markdown(g.Name))
		for _, o := range outcomes {
			out.list(outcomeTitle(o), p.lines(g, o))
		}
	}
	return out.String()
}

// opening says in a few sentences how the plan stands.
func (p Plan) opening() string {
	t := p.Tally()
	if t.Committed+t.Added == 0 {
		return "Nothing is planned for it."
	}
	words := plural(t.Committed, "item") + " planned"
	if p.Baseline != "" {
		words += " at the sync of " + p.Baseline
	}
	if t.Added > 0 {
		words += ", " + plural(t.Added, "item") + " added later"
	}
	return words + ". Now: " + t.words() + "."
}

func (t Tally) words() string {
	var parts []string
	for _, c := range []struct {
		count int
		words string
	}{{t.Open, "open"}, {t.Delivered, "delivered"}, {t.Slipped, "later than planned"}, {t.Forward, "brought forward"}, {t.Dropped, "taken out"}} {
		if c.count > 0 {
			parts = append(parts, strconv.Itoa(c.count)+" "+c.words)
		}
	}
	return strings.Join(parts, ", ")
}

func (p Plan) lines(g GroupPlan, o Outcome) []string {
	var lines []string
	for _, it := range g.Items {
		if it.Outcome == o {
			lines = append(lines, plain.Markdown(it.Title)+" "+code(it.ID)+enclosed(strings.Join(p.remarks(it), ", ")))
		}
	}
	return lines
}

// remarks are what the heading above an item does not say.
func (p Plan) remarks(it PlanItem) []string {
	var words []string
	if it.Status != board.Done && it.Status != board.Dropped && it.Status != board.Planned {
		words = append(words, plain.Markdown(string(it.Status)))
	}
	if it.Added {
		words = append(words, "added later")
	}
	if it.Plan != p.Name {
		words = append(words, "now in "+plain.Markdown(orPlan(it.Plan)))
	}
	if it.Done > p.End {
		words = append(words, plural(days(p.End, it.Done), "day")+" after its end")
	}
	return words
}

func orPlan(name string) string {
	if name == "" {
		return "no plan"
	}
	return name
}
