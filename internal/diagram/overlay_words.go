package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2renderers/d2fonts"

	"github.com/archsync/archsync/internal/change"
)

// sign is what stands on a box or a connection for what happened to it.
func sign(k change.Kind) string {
	switch k {
	case change.Added:
		return "+"
	case change.Removed:
		return "\u2212" // the minus sign: a hyphen is hardly seen
	case change.Changed:
		return "~"
	case change.Renamed, change.Moved:
		return ">"
	}
	return ""
}

// caption writes on everything what happened to it: before it is measured, so that
// there is room for it.
func (u *union) caption() {
	facts := map[string][]change.Change{}
	for _, c := range u.found.All() {
		facts[c.Subject] = append(facts[c.Subject], c)
	}
	for obj, p := range u.objects {
		if note := u.note(p, facts[p.later]); note != "" && writable(obj) {
			obj.Label.Value = strings.TrimPrefix(obj.Label.Value+"\n"+note, "\n")
		}
	}
	for e, p := range u.edges {
		if p.kind == "" || p.former || e.Language != "" {
			continue
		}
		if e.Label.Value == "" {
			e.Style.FontSize = &d2graph.Scalar{Value: strconv.Itoa(d2fonts.FONT_SIZE_XL)}
		}
		e.Label.Value = strings.TrimSpace(sign(p.kind) + " " + e.Label.Value)
		if note := linkNote(facts[p.later]); note != "" && p.later != "" {
			e.Label.Value += "\n" + note
		}
		e.Style.Bold = &d2graph.Scalar{Value: "true"}
	}
}

// writable tells whether a second line can be written on an object.
func writable(o *d2graph.Object) bool {
	return takesChildren(o) && o.WidthAttr == nil && o.HeightAttr == nil
}

// note is what a component was, in a line.
func (u *union) note(p *piece, facts []change.Change) string {
	if p.former {
		return "moved away"
	}
	was, ok := u.was.Component(p.earlier)
	if !ok || p.later == "" {
		return ""
	}
	is, _ := u.is.Component(p.later)
	var notes []string
	for _, c := range facts {
		switch c.Reason {
		case change.ReasonMoved:
			notes = append(notes, "from "+u.placeOf(was))
		case change.ReasonRenamed:
			if was.Label == is.Label {
				notes = append(notes, "key was "+was.Key)
			} else {
				notes = append(notes, "was "+was.Label)
			}
		case change.ReasonRelabelled:
			notes = append(notes, "was "+cmp.Or(was.Label, "without a label"))
		case change.ReasonReshaped:
			if was.Shape != is.Shape {
				notes = append(notes, "was "+strings.ReplaceAll(was.Shape, "_", " "))
			}
		case change.ReasonRestyled:
			notes = append(notes, "style changed")
		case change.ReasonRetooltipped:
			notes = append(notes, "tooltip changed")
		}
	}
	return clipNotes(notes)
}

// placeOf is where a component lay.
func (u *union) placeOf(c Component) string {
	container, ok := u.was.Component(c.Container)
	if !ok {
		return "the top level"
	}
	return cmp.Or(container.Label, container.Key)
}

// linkNote is what a connection was, in a line.
func linkNote(facts []change.Change) string {
	var notes []string
	for _, c := range facts {
		switch c.Reason {
		case change.ReasonRelabelled:
			notes = append(notes, "was "+cmp.Or(change.Text(c.From), "without a label"))
		case change.ReasonReversed:
			notes = append(notes, "was the other way")
		case change.ReasonRestyled:
			notes = append(notes, "style changed")
		}
	}
	return clipNotes(notes)
}

// longestNote is how many characters a second line has at most.
const longestNote = 36

func clipNotes(notes []string) string {
	line := strings.Join(strings.Fields(strings.Join(slices.Compact(notes), ", ")), " ")
	if r := []rune(line); len(r) > longestNote {
		return strings.TrimSpace(string(r[:longestNote-3])) + "..."
	}
	return line
}

// tally counts what happened to components and connections of the picture.
func (u *union) tally(kinds ...change.Kind) string {
	components, connections := 0, 0
	for _, p := range u.objects {
		if !p.former && slices.Contains(kinds, p.kind) {
			components++
		}
	}
	for _, p := range u.edges {
		if !p.former && slices.Contains(kinds, p.kind) {
			connections++
		}
	}
	var parts []string
	for _, n := range []struct {
		count     int
		one, more string
	}{{components, "component", "components"}, {connections, "connection", "connections"}} {
		switch {
		case n.count == 1:
			parts = append(parts, "1 "+n.one)
		case n.count > 1:
			parts = append(parts, fmt.Sprint(n.count, " ", n.more))
		}
	}
	return strings.Join(parts, ", ")
}
