package demo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/history"
)

// draw writes the diagrams as they stood on a date, and whatever refers to
// components that came or went.
func (p *player) draw(date string) {
	for _, c := range p.story.diagrams {
		text := c.at(date)
		if c.name == architecture {
			text += p.generated.d2()
			p.names = names(text)
		}
		if text != "" {
			p.write(p.path(c.name), []byte(text))
		}
	}
	p.follow()
}

// follow brings the references of boards and decisions in line with the diagram.
func (p *player) follow() {
	for _, t := range p.teams {
		changed := p.refer(&t.Owns, t.owns)
		for _, w := range t.works {
			changed = p.refer(&w.Touches, w.touches) || changed
		}
		if changed {
			p.writeBoard(t)
		}
	}
	for _, d := range p.story.decisions {
		if s, ok := p.decided[d.id]; ok {
			p.writeDecision(d, s)
		}
	}
}

// refer sets the references that exist now, and tells whether that changed them.
func (p *player) refer(to *[]string, wanted []string) bool {
	there := p.existing(wanted)
	if slices.Equal(*to, there) {
		return false
	}
	*to = there
	return true
}

// existing are the references to what the architecture has now, under its
// present name.
func (p *player) existing(refs []string) []string {
	var there []string
	for _, ref := range refs {
		for _, r := range p.renames {
			ref = renamed(ref, r[0], r[1])
		}
		if p.names[ref] && !slices.Contains(there, ref) {
			there = append(there, ref)
		}
	}
	return there
}

func renamed(ref, old, new string) string {
	if from, arrow, to, ok := connection(ref); ok {
		return renamed(from, old, new) + arrow + renamed(to, old, new)
	}
	if ref == old {
		return new
	}
	return ref
}

// turn is the commit that changes the diagrams before a sync, if there is one.
func (p *player) turn(date string) []step {
	t, ok := p.story.turns[date]
	if !ok {
		return nil
	}
	return []step{{t.author, func(day string) string {
		message := t.message
		p.renames = append(p.renames, t.renames...)
		for _, d := range p.story.decisions {
			if s, _ := d.at(date); s.date == date && slices.Contains(t.rfds, d.number()) {
				message += "\n\n" + p.decide(d, s, day) + "."
			}
		}
		p.draw(date)
		return message
	}}}
}

// decisions are the moves of decisions that no turn of the diagram carries.
func (p *player) decisions(date string) []step {
	if p.index == 0 {
		return nil // the kickoff has them
	}
	var steps []step
	for _, d := range p.story.decisions {
		s, ok := d.at(date)
		if !ok || s.date != date || slices.Contains(p.story.turns[date].rfds, d.number()) {
			continue
		}
		author := p.story.people[d.list("authors")[0]]
		steps = append(steps, step{author, func(day string) string { return "decisions: " + p.decide(d, s, day) }})
	}
	return steps
}

// decide moves a decision to a state and says so.
func (p *player) decide(d *document, s state, day string) string {
	p.decided[d.id] = state{day, s.name}
	p.writeDecision(d, p.decided[d.id])
	rfd := "RFD " + strings.TrimLeft(d.number(), "0")
	switch s.name {
	case "drafting":
		return fmt.Sprintf("draft %s, %s", rfd, strings.Trim(d.fields["title"], `"`))
	case "open":
		return "open " + rfd + " for discussion"
	}
	return rfd + " is " + s.name
}

func (p *player) writeDecision(d *document, s state) {
	name := p.path("decisions", d.id+".md")
	title := strings.Trim(d.fields["title"], `"`)
	f, err := frontmatter.New(name, []frontmatter.Field{
		{Key: "number", Value: d.number()},
		{Key: "title", Value: title},
		{Key: "state", Value: s.name},
		{Key: "date", Value: s.date},
		{Key: "authors", Value: p.full(d.list("authors"))},
		{Key: "touches", Value: p.existing(d.list("touches"))},
		{Key: "supersedes", Value: p.decisionIDs(d.list("supersedes"))},
		{Key: "breakouts", Value: keep(d.list("breakouts"), func(id string) bool { return p.opened[id] })},
		{Key: "last_call", Value: d.during(s, "open", "last_call")},
		{Key: "review", Value: d.during(s, "agreed", "review")},
	}, "\n# "+title+"\n\n"+strings.TrimLeft(d.bodyIn(s.name), "\n"))
	if err != nil {
		panic("demo: internal error: " + err.Error())
	}
	p.write(name, f.Bytes())
}

// decisionIDs are the ids of decisions that the story names by number.
func (p *player) decisionIDs(numbers []string) []string {
	var ids []string
	for _, d := range p.story.decisions {
		if slices.Contains(numbers, d.number()) {
			ids = append(ids, d.id)
		}
	}
	return ids
}

// full are the full names of people.
func (p *player) full(short []string) []string {
	var full []string
	for _, s := range short {
		full = append(full, p.story.people[s].Name)
	}
	return full
}

func keep(list []string, wanted func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !wanted(s) })
}

// mailbox is how a board names its lead and members.
func mailbox(a history.Author) string { return a.Name + " <" + a.Mail + ">" }
