package tui

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// labelWidth is how wide the names of fields stand before their values.
const labelWidth = 11

// details are everything about the selected item, w cells wide.
func (b *boardScreen) details(m *Model, w int) []line {
	r := b.selected(m)
	if r == nil {
		return []line{{say(roleFaint, " nothing is selected")}}
	}
	d := detail{width: w}
	d.title(r.item.Title, b.open)
	if r.ghost {
		d.add(line{say(roleRemoved, " - "+string(goneReason(r))+" since "+m.name(m.base()))})
	}
	d.add(nil)
	d.itemFields(m.scene, r)
	d.changes(m, r.changes)
	if !r.ghost {
		d.worth(m.worth(r.item.ID))
	}
	if note := strings.TrimSpace(r.item.Note); note != "" {
		d.head("Note")
		for _, part := range wrap(note, w-2) {
			d.add(line{say(roleText, " "+part)})
		}
	}
	return d.lines
}

func goneReason(r *row) change.Reason {
	for _, c := range r.changes {
		if c.Kind == change.Removed {
			return c.Reason
		}
	}
	return change.ReasonRemoved
}

// detail gathers the lines about one thing.
type detail struct {
	width int
	lines []line
}

func (d *detail) add(l ...line) { d.lines = append(d.lines, l...) }

// title is the name of the thing; in the accent when its lines have the keys.
func (d *detail) title(text string, focused bool) {
	r := roleStrong
	if focused {
		r = roleAccent
	}
	for _, part := range wrap(plain.Line(text), d.width-2) {
		d.add(line{say(r, " "+part)})
	}
}

func (d *detail) head(text string) {
	d.add(nil, line{say(roleMuted, " "+text)})
}

// field is a name and a value; an absent value leaves no line.
func (d *detail) field(name string, r role, value string) {
	if value == "" {
		return
	}
	label := line{say(roleText, " "), say(roleFaint, fitText(plain.Line(name), labelWidth))}
	d.add(wrapLine(label, r, plain.Line(value), d.width-1)...)
}

func (d *detail) list(name string, values []string) {
	for i, v := range values {
		if i > 0 {
			name = " "
		}
		d.field(name, roleText, v)
	}
}

func (d *detail) itemFields(s *scene, r *row) {
	it := r.item
	glyph, glyphRole := statusGlyph(it.Status)
	status := glyph + " " + string(it.Status)
	if it.Since != "" {
		status += " since " + it.Since
	}
	d.field("status", glyphRole, status)
	d.field("owner", roleText, it.Owner)
	switch {
	case r.slipped && r.was != nil && r.was.Due != "" && r.was.Due < it.Due:
		d.field("due", roleWarn, it.Due+"  slipped from "+r.was.Due)
	case r.slipped:
		d.field("due", roleWarn, it.Due+"  has passed")
	default:
		d.field("due", roleText, it.Due)
	}
	d.field("plan", roleText, planWords(it.Plan))
	d.list("touches", it.Touches)
	d.list("blocked by", blockers(s, it.BlockedBy))
	d.list("decisions", decisionNames(s.log, it.Decisions))
	d.list("links", it.Links)
	d.field("id", roleMuted, it.ID)
	d.field("ref", roleMuted, it.Ref)
	for _, f := range it.Extra {
		d.field(f.Key, roleMuted, fmt.Sprint(f.Value))
	}
}

// planWords is a plan with its dates.
func planWords(plan string) string {
	start, end, err := board.ParsePlan(plan)
	if plan == "" || err != nil {
		return plan
	}
	return plan + "  " + start + " to " + end
}

// blockers names what an item waits for: an item by its title, a group, or as it
// was written.
func blockers(s *scene, refs []string) []string {
	named := make([]string, len(refs))
	for i, ref := range refs {
		named[i] = ref
		if r := s.rows[ref]; r != nil {
			named[i] = ref + " " + r.item.Title + " (" + string(r.item.Status) + ")"
		}
	}
	return named
}

func decisionNames(l *synclog.Log, refs []string) []string {
	named := make([]string, len(refs))
	for i, ref := range refs {
		named[i] = ref
		if d, ok := l.FindDecision(ref); ok {
			named[i] = ref + " " + d.Title
			if d.State != "" {
				named[i] += " (" + d.State + ")"
			}
		}
	}
	return named
}

// changes lists what differs from the base.
func (d *detail) changes(m *Model, changes []change.Change) {
	if len(changes) == 0 {
		return
	}
	d.head("Since " + m.name(m.base()))
	for _, c := range changes {
		d.add(changeLines(c, d.width-1)...)
	}
}

// changeLines is one fact: its sign, its reason, the value before and after.
func changeLines(c change.Change, w int) []line {
	first := line{say(roleText, " "), mark(c.Kind), say(roleText, " ")}
	return wrapLine(first, roleText, plain.Line(factWords(c)), w)
}

// factWords says a fact about a subject that is known.
func factWords(c change.Change) string {
	from, to := change.Text(c.From), change.Text(c.To)
	name := strings.ReplaceAll(string(c.Reason), "_", " ")
	switch c.Reason {
	case change.ReasonAdded:
		return "new"
	case change.ReasonRemoved, change.ReasonDelivered, change.ReasonDropped:
		return name
	case change.ReasonRegrouped:
		return "taken over from " + from
	case change.ReasonNoted:
		field := cmp.Or(strings.ReplaceAll(c.Field, "_", " "), "noted")
		switch {
		case from == "":
			return field + ": " + to
		case to == "":
			return field + " taken out: " + from
		}
		return field + ": " + to + " (was " + from + ")"
	case change.ReasonReowned:
		name = "owner"
	case change.ReasonDueMoved:
		name = "due"
	case change.ReasonReplanned:
		name = "plan"
	case change.ReasonRetitled:
		name = "title"
	}
	return name + ": " + cmp.Or(from, "none") + " → " + cmp.Or(to, "none")
}
