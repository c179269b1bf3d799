package agenda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// page is a Markdown text that is being written.
type page struct{ strings.Builder }

func (p *page) write(format string, operands ...any) { fmt.Fprintf(p, format, operands...) }

// heading begins a section; the title is Markdown.
func (p *page) heading(title string) { p.write("\n## %s\n", title) }

// list writes the entries of a list, with a title above it where there is one;
// without entries it writes nothing.
func (p *page) list(title string, entries []string) {
	if len(entries) == 0 {
		return
	}
	if title != "" {
		p.write("\n**%s**\n", title)
	}
	p.write("\n")
	for _, e := range entries {
		p.write("- %s\n", e)
	}
}

// Markdown is the agenda as it is sent around.
func (a Agenda) Markdown() string {
	var p page
	s := a.sync
	p.write("# %s, %s\n\n%s\n", plain.Markdown(a.Title), a.Date, s.when(a))
	p.section("Open from earlier syncs", s.breakoutLines(a.Breakouts))
	p.section("Decisions", decisionLines(a.Decisions))
	for _, t := range a.Turns {
		s.writeTurn(&p, a, t)
	}
	p.section("Who waits for whom", s.linkLines(a.Links))
	if len(a.Turns) > 0 {
		p.heading("Time")
		p.write("\n%s\n", s.timeWords(a))
	}
	if len(a.Quiet) > 0 {
		p.write("\nWithout changes: %s.\n", quietWords(a.Quiet))
	}
	return p.String() + WorthALook(a.Worth)
}

// section is a heading with a list, or nothing.
func (p *page) section(title string, entries []string) {
	if len(entries) > 0 {
		p.heading(title)
		p.list("", entries)
	}
}

// when says when the sync is, how long it takes, and how much changed.
func (s *Sync) when(a Agenda) string {
	words := meeting.LongDate(a.Date)
	if !a.Begin.IsZero() {
		words += a.Begin.Format(", 15:04 MST")
	}
	if a.Length > 0 {
		words += ", " + minutesText(a.Length)
	}
	return words + ". " + s.opening()
}

// opening says in a sentence how much changed.
func (s *Sync) opening() string {
	counts := s.difference.Counts()
	switch {
	case s.first:
		return "The first sync of this log."
	case s.difference.Empty():
		return fmt.Sprintf("Nothing changed since the sync of %s.", s.Past.Last())
	case counts.Total() == 0:
		return fmt.Sprintf("Since the sync of %s only texts changed.", s.Past.Last())
	}
	return fmt.Sprintf("Since the sync of %s, %s.", s.Past.Last(), countsWords(counts))
}

// countsWords says in words how much changed, as far as anything did.
func countsWords(n synclog.Counts) string {
	var all []string
	for _, of := range []struct {
		noun, gone string
		n          change.Counts
	}{
		{"items", "off the board", n.Items}, {"components", "removed", n.Components},
		{"connections", "removed", n.Connections}, {"decisions", "removed", n.Decisions},
	} {
		var parts []string
		for _, part := range []struct {
			n    int
			word string
		}{{of.n.Added, "new"}, {of.n.Changed, "changed"}, {of.n.Renamed, "renamed"}, {of.n.Moved, "moved"}, {of.n.Removed, of.gone}} {
			if part.n > 0 {
				parts = append(parts, fmt.Sprint(part.n, " ", part.word))
			}
		}
		if len(parts) > 0 {
			all = append(all, of.noun+": "+strings.Join(parts, ", "))
		}
	}
	return strings.Join(all, "; ")
}

func (s *Sync) breakoutLines(open []OpenBreakout) []string {
	lines := make([]string, len(open))
	for i, b := range open {
		lines[i] = s.breakoutLine(b.Breakout, b.Age)
	}
	return lines
}

// breakoutLine names a breakout with its people; age is how many syncs ago it was
// opened, 0 for in this one.
func (s *Sync) breakoutLine(b meeting.Breakout, age int) string {
	var parts []string
	if b.Group != "" {
		parts = append(parts, plain.Markdown(s.nameOf(b.Group)))
	}
	if len(b.People) > 0 {
		parts = append(parts, asMarkdown.names(b.People))
	}
	if age > 0 {
		parts = append(parts, plural(age, "sync")+" ago")
	}
	return plain.Markdown(b.Topic) + " " + code(b.ID) + enclosed(strings.Join(parts, "; "))
}

func enclosed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func decisionLines(due []DueDecision) []string {
	lines := make([]string, len(due))
	for i, d := range due {
		lines[i] = plain.Markdown(d.Title) + " " + code(decision.Short(d.ID)) + ": " + d.words(asMarkdown)
	}
	return lines
}

// Told says why a decision is on the agenda, in a line of plain text.
func (d DueDecision) Told() string { return d.words(asText) }

// words say why a decision is on the agenda.
func (d DueDecision) words(as dress) string {
	var words []string
	state := as.text(stateWord(d.Decision))
	switch {
	case d.New:
		words = append(words, "new"+prefixed(", ", state))
	case d.Was != "":
		words = append(words, orNone(state)+", was "+as.text(d.Was))
	default:
		words = append(words, state)
	}
	if d.ReviewDue {
		words = append(words, "its review is due since "+as.text(d.Review))
	}
	if d.CallEnded {
		words = append(words, "its last call ended on "+as.text(d.LastCall))
	}
	if d.CallEnds {
		words = append(words, "last call until "+as.text(d.LastCall))
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, "; ")
}

func (s *Sync) writeTurn(p *page, a Agenda, t Turn) {
	p.heading(fmt.Sprintf("%d. %s", t.Number, plain.Markdown(groupName(t.Group))))
	var about []string
	if t.Group.Lead != "" {
		about = append(about, plain.Markdown(synclog.PersonName(t.Group.Lead)))
	}
	about = append(about, minutesText(t.Timebox))
	if !a.Begin.IsZero() {
		about = append(about, "from "+a.Begin.Add(t.Starts).Format("15:04"))
	}
	p.write("\n%s\n", strings.Join(about, ", "))
	s.writeItems(p, t)
	if !a.First {
		p.list("Architecture", asMarkdown.facts(t.Architecture))
	}
}

// writeItems writes a group's items under their statuses, then what left its board.
func (s *Sync) writeItems(p *page, t Turn) {
	for _, l := range s.lists(t, func(it Item) Entry { return Entry{Text: s.itemLine(it)} }) {
		var lines []string
		for _, e := range l.Entries {
			lines = append(lines, e.Text)
		}
		p.list(l.Title, lines)
	}
	var gone []string
	for _, c := range t.Gone {
		gone = append(gone, plain.Markdown(c.Title)+" "+code(c.Subject))
	}
	p.list("Removed", gone)
}

func (s *Sync) itemLine(it Item) string {
	return plain.Markdown(it.Title) + " " + code(it.ID) + enclosed(s.remarks(it.Item, asMarkdown)) + prefixed(" - ", s.told(it, asMarkdown))
}

func (s *Sync) linkLines(links []Link) []string {
	lines := make([]string, len(links))
	for i, l := range links {
		line := fmt.Sprintf("%s waits for %s: %s %s", plain.Markdown(s.nameOf(l.Group)), plain.Markdown(s.nameOf(l.On)), plain.Markdown(l.Item.Title), code(l.Item.ID))
		if l.For != nil {
			line += fmt.Sprintf(" on %s %s", plain.Markdown(l.For.Title), code(l.For.ID)) + enclosed(linkState(*l.For))
		}
		lines[i] = line
	}
	return lines
}

// linkState is how far the item is that is waited for.
func linkState(it board.Item) string {
	state := plain.Markdown(string(it.Status))
	if it.Due != "" && !it.Status.Closed() {
		state += ", due " + plain.Markdown(it.Due)
	}
	return state
}

// timeWords say whether the turns fit into the sync.
func (s *Sync) timeWords(a Agenda) string {
	words := fmt.Sprintf("%s take %s", plural(len(a.Turns), "group"), minutesText(a.Total))
	if len(a.Turns) == 1 {
		words = "1 group takes " + minutesText(a.Total)
	}
	if a.Length <= 0 {
		return words + "."
	}
	words += fmt.Sprintf(" of %s.", minutesText(a.Length))
	if len(a.Overflow) == 0 {
		return words
	}
	names := make([]string, len(a.Overflow))
	for i, id := range a.Overflow {
		names[i] = plain.Markdown(s.nameOf(id))
	}
	return words + fmt.Sprintf(" %s over: %s would end after %s.", minutesText(a.Total-a.Length), strings.Join(names, ", "), endOf(a))
}

// endOf is when the sync should be over.
func endOf(a Agenda) string {
	if a.Begin.IsZero() {
		return minutesText(a.Length)
	}
	return a.Begin.Add(a.Length).Format("15:04")
}

func quietWords(quiet []Turn) string {
	names := make([]string, len(quiet))
	for i, t := range quiet {
		count := "nothing on the board"
		if len(t.Items) > 0 {
			count = plural(len(t.Items), "item")
		}
		names[i] = plain.Markdown(groupName(t.Group)) + enclosed(count)
	}
	return strings.Join(names, ", ")
}
