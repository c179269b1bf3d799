package chronicle

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// Kinds of what is only searched: nothing happens to them.
const (
	Breakout Kind = "breakout"
	Minutes  Kind = "minutes"
)

// TextKinds are the kinds of texts, in the order in which equally good hits of a
// search are listed.
func TextKinds() []Kind {
	return []Kind{Component, Connection, Item, Decision, Breakout, Group, Minutes}
}

// Text is one line that somebody wrote in a log, with where it stands. Two of them
// are the same text when all is equal.
type Text struct {
	Kind   Kind
	ID     string // of the item, decision, breakout or group; the key of a component; the date of a sync
	Group  string // the id of the group that it belongs to; "" where there is none
	Status string // of the item, decision or breakout; "" where it has none
	Path   string // of the file in the repository
	Field  string // what the line is: title, note, label ...
	Line   string // without blanks at its ends, never empty
}

// Fields that name their subject: a hit in one of them comes before all others.
const (
	fieldTitle = "title"
	fieldKey   = "key"
	fieldLabel = "label"
	fieldName  = "name"
	fieldText  = "text" // a line of a longer text
)

// names tells whether the line is what its subject is called.
func (t Text) names() bool {
	switch t.Field {
	case fieldTitle, fieldKey, fieldLabel, fieldName:
		return true
	}
	return false
}

// page is a file of a log for the search: what it is known by, so that an unchanged
// one need not be split again, and its lines.
type page struct {
	path  string
	same  any // comparable: equal where the lines are
	split func(*writer)
}

// pagesOf are the files of a log.
func pagesOf(l *synclog.Log) []page {
	var all []page
	owners := ownersOf(l)
	for i, g := range l.Groups() {
		f := l.Files[i]
		all = append(all, page{f.Path(), f, func(w *writer) { groupTexts(w, f.Path(), g) }})
	}
	for _, d := range l.Diagrams {
		prefix := l.Name(d, "")
		same := struct {
			*diagram.Diagram
			prefix, owners string
		}{d, prefix, owners.String()}
		all = append(all, page{d.Path, same, func(w *writer) { diagramTexts(w, d, prefix, owners) }})
	}
	for _, d := range l.Decisions {
		same := [...]string{d.Title, d.RawState, d.Body, strings.Join(d.Authors, "\n"), strings.Join(d.Touches, "\n")}
		all = append(all, page{d.Path, same, func(w *writer) { decisionTexts(w, d) }})
	}
	for _, b := range l.Breakouts {
		same := [...]string{b.Topic, b.Group, b.State, b.Outcome, b.Notes, strings.Join(b.People, "\n")}
		all = append(all, page{b.Path, same, func(w *writer) { breakoutTexts(w, b) }})
	}
	for _, r := range l.Records {
		same := [...]string{r.Date, r.Host, r.Body, strings.Join(r.Present, "\n")}
		all = append(all, page{r.Path, same, func(w *writer) { minutesTexts(w, r) }})
	}
	return all
}

// writer gives away the lines of one subject after the other.
type writer struct {
	about Text // without field and line
	give  func(about *Text, field, line string)
}

func (w *writer) write(field, text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			w.give(&w.about, field, line)
		}
	}
}

func (w *writer) each(field string, texts []string) {
	for _, t := range texts {
		w.write(field, t)
	}
}

func groupTexts(w *writer, file string, g board.Group) {
	w.about = Text{Kind: Group, ID: g.ID, Group: g.ID, Path: file}
	w.write(fieldName, cmp.Or(g.Name, g.ID))
	w.write("lead", g.Lead)
	w.each("member", g.Members)
	for _, it := range g.Items {
		w.about = Text{Kind: Item, ID: it.ID, Group: g.ID, Status: string(it.Status), Path: file}
		w.write(fieldTitle, it.Title)
		w.write("note", it.Note)
		w.write("owner", it.Owner)
		w.write("plan", it.Plan)
		w.write("ref", it.Ref)
		w.each("touches", it.Touches)
		w.each("blocked_by", it.BlockedBy)
		w.each("link", it.Links)
		for _, f := range it.Extra {
			w.write(f.Key, valueText(f.Value))
		}
	}
}

// valueText is the value of a key that archsync does not know, as people read it.
func valueText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	text, err := json.Marshal(value)
	if err != nil || value == nil {
		return ""
	}
	return string(text)
}

func diagramTexts(w *writer, d *diagram.Diagram, prefix string, owners owners) {
	for _, c := range d.Components {
		w.about = Text{Kind: Component, ID: prefix + c.ID, Group: owners.of(prefix + c.ID), Path: d.Path}
		w.write(fieldKey, w.about.ID)
		if !c.Default {
			w.write(fieldLabel, c.Label)
		}
		w.write("tooltip", c.Tooltip)
		w.write("link", c.Link)
		w.write("content", c.Content)
	}
	for _, c := range d.Connections {
		w.about = Text{Kind: Connection, ID: prefix + c.ID, Group: owners.of(prefix + c.From), Path: d.Path}
		w.write(fieldKey, w.about.ID)
		w.write(fieldLabel, c.Label)
	}
}

func decisionTexts(w *writer, d decision.Decision) {
	w.about = Text{Kind: Decision, ID: d.ID, Status: cmp.Or(d.State, d.RawState), Path: d.Path}
	w.write(fieldTitle, d.Title)
	w.each("author", d.Authors)
	w.each("touches", d.Touches)
	w.write(fieldText, d.Body)
}

func breakoutTexts(w *writer, b meeting.Breakout) {
	w.about = Text{Kind: Breakout, ID: b.ID, Group: b.Group, Status: b.State, Path: b.Path}
	w.write(fieldTitle, b.Topic)
	w.write("outcome", b.Outcome)
	w.each("people", b.People)
	w.write(fieldText, b.Notes)
}

// minutesTexts are the lines of a sync's record, which are not of the moment at which
// they are read but of their own.
func minutesTexts(w *writer, r meeting.Record) {
	w.about = Text{Kind: Minutes, ID: r.Date, Path: r.Path}
	w.write("host", r.Host)
	w.each("present", r.Present)
	w.write(fieldText, r.Body)
}

// owners are the groups that own components, by the component's key.
type owners map[string]string

func ownersOf(l *synclog.Log) owners {
	o := owners{}
	for _, g := range l.Groups() {
		o.add(g.ID, g.Owns)
	}
	return o
}

func (o owners) add(group string, owns []string) {
	for _, key := range owns {
		if _, taken := o[key]; !taken {
			o[key] = group
		}
	}
}

// of is the group that owns a component, or the nearest container around it.
func (o owners) of(key string) string {
	for {
		if group, ok := o[key]; ok {
			return group
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return ""
		}
		key = key[:i]
	}
}

// String lists the owners, so that two moments can be compared.
func (o owners) String() string {
	lines := make([]string, 0, len(o))
	for key, group := range o {
		lines = append(lines, key+"\x00"+group)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
