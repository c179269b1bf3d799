package synclog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
)

// minutes are computed from what really changed: per group what is ongoing,
// blocked, planned, done and dropped, with what is new or slipped, then the
// architecture and the decisions.
type minutes struct {
	before, now *Log
	first       bool // there was no sync before
	date        string
	difference  Difference
	picture     bool
	problems    []problem.Problem

	changed map[string][]change.Change // of items, by id
	out     strings.Builder
}

func (m *minutes) markdown() string {
	m.changed = map[string][]change.Change{}
	for _, c := range m.difference.Items {
		m.changed[c.Subject] = append(m.changed[c.Subject], c)
	}
	m.write("# %s, %s\n", plain.Markdown(m.now.Config.Title), m.date)
	m.opening()
	m.groups()
	m.strays()
	m.architecture()
	m.decisions()
	m.recorded()
	return m.out.String()
}

func (m *minutes) write(format string, operands ...any) { fmt.Fprintf(&m.out, format, operands...) }

func (m *minutes) opening() {
	switch {
	case m.first:
		m.write("\nThe first sync of this log.\n")
	case m.difference.Empty():
		m.write("\nNothing changed since the sync before.\n")
	case m.difference.Counts().Total() > 0:
		m.write("\nSince the sync before: %s.\n", Summary(m.difference.Counts()))
	}
}

func (m *minutes) groups() {
	var quiet []string
	for _, g := range m.now.Active() {
		if !m.group(g) {
			quiet = append(quiet, groupName(g))
		}
	}
	if len(quiet) > 0 {
		m.write("\nNothing on the board: %s.\n", strings.Join(quiet, ", "))
	}
}

func groupName(g board.Group) string { return plain.Markdown(cmp.Or(g.Name, g.ID)) }

// group writes what a group shows, and tells whether that was anything.
func (m *minutes) group(g board.Group) bool {
	gone := m.gone(func(group string) bool { return group == g.ID })
	if len(g.Items)+len(gone) == 0 {
		return false
	}
	m.write("\n## %s\n", groupName(g))
	for _, part := range []struct {
		title  string
		status board.Status
	}{{"Ongoing", board.Ongoing}, {"Blocked", board.Blocked}, {"Planned", board.Planned}, {"Done", board.Done}, {"Dropped", board.Dropped}} {
		m.items(part.title, withStatus(g, part.status))
	}
	m.removed(gone)
	return true
}

// withStatus are the items with one status, in the file's order.
func withStatus(g board.Group, status board.Status) []board.Item {
	return slices.DeleteFunc(slices.Clone(g.Items), func(it board.Item) bool { return it.Status != status })
}

// gone are the items that left the board of certain groups without being done or
// dropped. A group is known by the id that it has now, "" when it is gone too.
func (m *minutes) gone(of func(group string) bool) []change.Change {
	return keep(m.difference.Items, func(c change.Change) bool {
		if c.Kind != change.Removed || c.Reason != change.ReasonRemoved {
			return false
		}
		f, there := m.now.File(c.Place)
		if !there || f.Group().Archived != "" {
			return of("")
		}
		return of(f.ID())
	})
}

func (m *minutes) removed(gone []change.Change) {
	if len(gone) == 0 {
		return
	}
	m.write("\n**Removed**\n\n")
	for _, c := range gone {
		m.write("- %s %s\n", plain.Markdown(c.Title), code(c.Subject))
	}
}

// strays are items that went with their group.
func (m *minutes) strays() {
	if gone := m.gone(func(group string) bool { return group == "" }); len(gone) > 0 {
		m.write("\n## Groups that are no more\n")
		m.removed(gone)
	}
}

func (m *minutes) items(title string, items []board.Item) {
	if len(items) == 0 {
		return
	}
	m.write("\n**%s**\n\n", title)
	for _, it := range items {
		m.write("- %s %s%s%s\n", plain.Markdown(it.Title), code(it.ID), m.remarks(it), prefixed(" - ", m.changes(it)))
	}
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// code is an id or a key as Markdown shows what is meant letter by letter.
func code(s string) string { return "`" + strings.ReplaceAll(plain.Line(s), "`", "'") + "`" }

// remarks are what the reader should know of an item beside its title.
func (m *minutes) remarks(it board.Item) string {
	var parts []string
	if it.Owner != "" {
		parts = append(parts, plain.Markdown(personName(it.Owner)))
	}
	if it.Due != "" && !it.Status.Closed() {
		parts = append(parts, "due "+plain.Markdown(it.Due))
	}
	if len(it.BlockedBy) > 0 && it.Status == board.Blocked {
		parts = append(parts, "blocked by "+m.blockers(it.BlockedBy))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// blockers names what blocks an item: another item by its title, a group by its
// name, anything else as it was written.
func (m *minutes) blockers(refs []string) string {
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = plain.Markdown(ref)
		if f, ok := m.now.File(ref); ok {
			names[i] = groupName(f.Group())
		} else if _, it, err := m.now.Find(ref); err == nil && it.ID == ref {
			names[i] = plain.Markdown(it.Title) + " " + code(ref)
		}
	}
	return strings.Join(names, ", ")
}

// personName is the name in "Name <mail>", or all of it where there is none.
func personName(person string) string {
	name, _, _ := strings.Cut(person, "<")
	return cmp.Or(strings.TrimSpace(name), person)
}

// changes words what is new about an item since the sync before. At the first
// sync everything is, and nothing is said.
func (m *minutes) changes(it board.Item) string {
	var words []string
	slipped := false
	for _, c := range m.changed[it.ID] {
		if w := itemWords(c, it); w != "" && !m.first {
			words = append(words, w)
			slipped = slipped || strings.HasPrefix(w, "slipped")
		}
	}
	if !slipped && it.Slipped(nil, m.date) {
		words = append(words, "slipped: the date has passed")
	}
	return strings.Join(words, "; ")
}

func itemWords(c change.Change, it board.Item) string {
	from, to := plain.Markdown(change.Text(c.From)), plain.Markdown(change.Text(c.To))
	switch c.Reason {
	case change.ReasonAdded:
		return "new"
	case change.ReasonStatus:
		return prefixed("was ", from)
	case change.ReasonRegrouped:
		return "came from " + from
	case change.ReasonReowned:
		return "owner was " + orNone(plain.Markdown(personName(change.Text(c.From))))
	case change.ReasonReplanned:
		return "plan was " + orNone(from)
	case change.ReasonRetitled:
		return "was called " + from
	case change.ReasonDueMoved:
		return dueWords(from, to, it)
	}
	return ""
}

func dueWords(from, to string, it board.Item) string {
	switch {
	case from == "" || it.Status.Closed():
		return ""
	case to == "":
		return "no longer due"
	case to > from:
		return "slipped from " + from
	}
	return "brought forward from " + from
}

func orNone(s string) string { return cmp.Or(s, "none") }

func (m *minutes) architecture() {
	d := m.difference
	changed := len(d.Components)+len(d.Connections)+len(d.Texts) > 0
	if !changed && !m.picture {
		return
	}
	m.write("\n## Architecture\n")
	switch {
	case m.first && len(d.Texts) == 0:
		m.write("\n%s, %s.\n", plural(len(d.Components), "component"), plural(len(d.Connections), "connection"))
	case changed:
		m.write("\n")
		m.facts()
	default:
		m.write("\nNo changes.\n")
	}
	if m.picture {
		m.write("\n![The architecture on %s](%s.svg)\n", m.date, m.date)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// facts lists what changed in the architecture.
func (m *minutes) facts() {
	for _, c := range slices.Concat(m.difference.Components, m.difference.Connections) {
		m.write("- %s\n", Words(c, code))
	}
	for _, t := range m.difference.Texts {
		m.write("- %s changed; it does not compile in one of the two syncs and was compared as text\n", code(t.Path))
	}
}

// decisions writes one line for each decision that is new, gone or changed.
func (m *minutes) decisions() {
	if len(m.difference.Decisions) == 0 {
		return
	}
	m.write("\n## Decisions\n\n")
	for _, facts := range BySubject(m.difference.Decisions) {
		m.write("- %s %s: %s\n", plain.Markdown(cmp.Or(facts[0].Title, facts[0].Subject)), code(facts[0].Subject), m.decisionWords(facts))
	}
}

func (m *minutes) decisionWords(facts []change.Change) string {
	var words []string
	for _, c := range facts {
		switch c.Reason {
		case change.ReasonAdded:
			d, _ := m.now.FindDecision(c.Subject)
			return "new" + prefixed(", ", plain.Markdown(cmp.Or(d.State, d.RawState)))
		case change.ReasonRemoved:
			return "removed"
		case change.ReasonStatus:
			words = append(words, plain.Markdown(orNone(change.Text(c.To)))+", was "+plain.Markdown(orNone(change.Text(c.From))))
		case change.ReasonRetitled:
			words = append(words, "was called "+plain.Markdown(change.Text(c.From)))
		}
	}
	if len(words) == 0 {
		return "revised"
	}
	return strings.Join(words, "; ")
}

func (m *minutes) recorded() {
	if len(m.problems) == 0 {
		return
	}
	m.write("\n## Problems\n\n")
	for _, p := range m.problems {
		m.write("- %s\n", plain.Markdown(p.String()))
	}
}

// Words says one change of a component or connection as a person would; name
// dresses keys and labels.
func Words(c change.Change, name func(string) string) string {
	subject, from, to := name(c.Subject), change.Text(c.From), change.Text(c.To)
	switch c.Reason {
	case change.ReasonAdded:
		return "added " + subject
	case change.ReasonRemoved:
		return "removed " + subject
	case change.ReasonRenamed:
		return "renamed " + name(from) + " to " + subject
	case change.ReasonMoved:
		return "moved " + name(from) + " to " + subject
	case change.ReasonRepointed:
		return "repointed " + name(from) + " to " + subject
	case change.ReasonReversed:
		return "reversed " + name(from) + " to " + subject
	case change.ReasonReshaped:
		return "reshaped " + subject + between(name, from, to)
	case change.ReasonRelabelled:
		return "relabelled " + subject + between(name, from, to)
	case change.ReasonRetooltipped:
		return "changed the tooltip of " + subject + between(name, from, to)
	}
	return string(c.Reason) + " " + subject + between(name, from, to)
}

// between words a pair of values that are short enough for a line.
func between(name func(string) string, from, to string) string {
	if len(from)+len(to) > 160 || strings.ContainsAny(from+to, "\r\n") {
		return ""
	}
	switch {
	case from == "":
		return ": " + name(to)
	case to == "":
		return ": no longer " + name(from)
	}
	return ": " + name(to) + ", was " + name(from)
}
