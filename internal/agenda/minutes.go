package agenda

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Minutes are what a sync showed and what came of it. Every change since the sync
// before is told by exactly one entry.
type Minutes struct {
	Title    string // of the log
	Date     string
	Previous string // the sync before; "" at the first
	Host     string
	Present  []string
	Absent   []string
	Timings  map[string]time.Duration // how long the turn of a group took
	Opening  string                   // how much changed, in Markdown
	Sections []Section
	Notes    string // Markdown that people wrote
}

// Section is a part of the minutes under a heading. Titles and texts are Markdown.
type Section struct {
	Kind  string // one of the kinds below
	Group string // the id, in a section of a group
	Title string
	Lists []List
	Text  string // a paragraph after the lists
}

// The kinds of sections, in their order.
const (
	OfBreakouts    = "breakouts"
	OfDecisions    = "decisions"
	OfGroup        = "group"
	OfOldGroups    = "old_groups" // items of groups that are no more
	OfArchitecture = "architecture"
	OfCleared      = "cleared" // what the sync before showed as done or dropped
	OfOthers       = "others"
	OfTime         = "time"
	OfProblems     = "problems"
)

// List is entries under a title, which may be "".
type List struct {
	Title   string
	Entries []Entry
}

// Entry is a line of the minutes, with the changes that it tells.
type Entry struct {
	Text    string
	Changes []change.Change
}

// Held is what is known of a sync beside its log.
type Held struct {
	Record   meeting.Record    // who was there, timings, breakouts and notes; zero for what stands in the log
	Picture  bool              // the architecture was drawn beside the minutes
	Problems []problem.Problem // to be recorded, such as a picture that failed
}

// Changes are all changes that the minutes tell, in their order.
func (m Minutes) Changes() []change.Change {
	var all []change.Change
	for _, s := range m.Sections {
		for _, l := range s.Lists {
			for _, e := range l.Entries {
				all = append(all, e.Changes...)
			}
		}
	}
	return all
}

// Minutes computes the minutes.
func (s *Sync) Minutes(h Held) Minutes {
	r := h.Record
	if r.Date == "" {
		r, _ = s.Now.Record(s.Date)
	}
	m := Minutes{
		Title: s.Now.Config.Title, Date: s.Date, Previous: s.Past.Last(), Host: r.Host,
		Present: r.Present, Absent: r.Absent, Timings: r.Timings, Notes: notesOf(r.Body),
	}
	m.Opening = s.opening() + prefixed(" ", s.promiseWords())
	w := s.writer()
	w.breakouts(r)
	w.decisions()
	w.groups(s.Agenda())
	w.oldGroups()
	w.architecture(h.Picture)
	w.cleared()
	w.others()
	w.time(r.Timings)
	w.problems(h.Problems)
	m.Sections = w.sections
	return m
}

// Recorded are the minutes of a sync that was closed: its record's text is the minutes
// themselves, of which only what people wrote below the mark is a note.
func (s *Sync) Recorded(h Held) Minutes {
	m := s.Minutes(h)
	if r, _ := s.Now.Record(s.Date); !strings.Contains(r.Body, notesMark) {
		m.Notes = ""
	}
	return m
}

// minutesWriter collects the sections. What has been told of the items is taken out
// of untold, so that nothing is told twice.
type minutesWriter struct {
	*Sync
	sections []Section
	untold   map[string][]change.Change // of items, by id
}

func (s *Sync) writer() *minutesWriter { return &minutesWriter{Sync: s, untold: maps.Clone(s.changes)} }

// add appends a section that says something.
func (w *minutesWriter) add(s Section) {
	s.Lists = slices.DeleteFunc(s.Lists, func(l List) bool { return len(l.Entries) == 0 })
	if len(s.Lists) > 0 || s.Text != "" {
		w.sections = append(w.sections, s)
	}
}

// take are the changes of an item that were not told yet, as far as they are about
// the item of this group.
func (w *minutesWriter) take(id, group string) []change.Change {
	changes := w.untold[id]
	if len(changes) == 0 || changes[0].Place != group {
		return nil
	}
	delete(w.untold, id)
	return changes
}

func (w *minutesWriter) breakouts(r meeting.Record) {
	var opened, ended, open []Entry
	for _, b := range w.Now.Breakouts {
		before, known := w.Before.FindBreakout(b.ID)
		switch {
		case b.Sync == w.Date || slices.Contains(r.Breakouts, b.ID):
			opened = append(opened, Entry{Text: w.breakoutLine(b, 0) + outcome(b)})
		case b.State == meeting.Closed && (!known || before.State != meeting.Closed) && !w.first:
			ended = append(ended, Entry{Text: plain.Markdown(b.Topic) + " " + code(b.ID) + ": " + plain.Markdown(b.Outcome)})
		case b.State != meeting.Closed:
			open = append(open, Entry{Text: w.breakoutLine(b, w.age(b))})
		}
	}
	w.add(Section{Kind: OfBreakouts, Title: "Breakouts", Lists: []List{{"Opened", opened}, {"Ended", ended}, {"Still open", open}}})
}

// outcome is the outcome of a breakout that ended in the sync that opened it.
func outcome(b meeting.Breakout) string {
	if b.State != meeting.Closed {
		return ""
	}
	return ": " + plain.Markdown(b.Outcome)
}

func (w *minutesWriter) decisions() {
	var entries []Entry
	for _, facts := range synclog.BySubject(w.difference.Decisions) {
		entries = append(entries, Entry{
			Text:    plain.Markdown(cmp.Or(facts[0].Title, facts[0].Subject)) + " " + code(decision.Short(facts[0].Subject)) + ": " + w.decisionWords(facts),
			Changes: facts,
		})
	}
	w.add(Section{Kind: OfDecisions, Title: "Decisions", Lists: []List{{"", entries}}})
}

func (w *minutesWriter) decisionWords(facts []change.Change) string {
	var words, fields []string
	text := ""
	for _, c := range facts {
		from := plain.Markdown(change.Text(c.From))
		switch c.Reason {
		case change.ReasonAdded:
			d, _ := w.Now.FindDecision(c.Subject)
			return "new" + prefixed(", ", plain.Markdown(stateWord(d)))
		case change.ReasonRemoved:
			return "removed"
		case change.ReasonStatus:
			words = append(words, plain.Markdown(orNone(change.Text(c.To)))+", was "+orNone(from))
		case change.ReasonRetitled:
			words = append(words, "was called "+from)
		case change.ReasonNoted:
			switch ahead := aheadWords(c); {
			case ahead != "":
				words = append(words, ahead)
			case c.Field == "text" && c.To != nil:
				text = plain.Markdown(noteWords(change.Text(c.To)))
			case c.Field == "touches":
				d, _ := w.Now.FindDecision(c.Subject)
				words = append(words, touchesWords(d.Touches, asMarkdown))
			case c.Field == "date" && facts[0].Reason == change.ReasonStatus: // of the state
			default:
				fields = append(fields, plain.Markdown(fieldName(c.Field)))
			}
		}
	}
	if len(fields) > 0 {
		words = append(words, "changed: "+strings.Join(fields, ", "))
	}
	if text != "" {
		words = append(words, "text: "+text)
	}
	return strings.Join(words, "; ")
}

// aheadWords word another date of review, or of the end of the last call, as Markdown.
func aheadWords(c change.Change) string {
	what := map[string]string{"review": "review", "last_call": "last call until"}[c.Field]
	switch {
	case what == "":
		return ""
	case c.To == nil:
		return "no " + strings.TrimSuffix(what, " until") + " any more, was " + plain.Markdown(change.Text(c.From))
	case c.From == nil:
		return what + " " + plain.Markdown(change.Text(c.To))
	}
	return what + " " + plain.Markdown(change.Text(c.To)) + ", was " + plain.Markdown(change.Text(c.From))
}

// groups tells what the groups showed, in the order of their turns.
func (w *minutesWriter) groups(a Agenda) {
	for _, t := range a.Turns {
		w.add(Section{Kind: OfGroup, Group: t.Group.ID, Title: plain.Markdown(groupName(t.Group)), Lists: w.itemLists(t)})
	}
	if len(a.Quiet) > 0 {
		w.add(Section{Kind: OfGroup, Title: "Without changes", Text: quietWords(a.Quiet) + "."})
	}
}

// statusTitles are the headings of a group's items.
var statusTitles = map[board.Status]string{
	board.Ongoing: "Ongoing", board.Blocked: "Blocked", board.Planned: "Planned", board.Done: "Done", board.Dropped: "Dropped",
}

// lists are a group's items under their statuses.
func (s *Sync) lists(t Turn, entry func(Item) Entry) []List {
	var lists []List
	for _, status := range append(statuses[:], "") {
		l := List{Title: cmp.Or(statusTitles[status], "Without a status")}
		for _, it := range t.Items {
			if it.Status == status || status == "" && !it.Status.Valid() {
				l.Entries = append(l.Entries, entry(it))
			}
		}
		lists = append(lists, l)
	}
	return lists
}

func (w *minutesWriter) itemLists(t Turn) []List {
	lists := w.lists(t, func(it Item) Entry {
		return Entry{Text: w.itemLine(it), Changes: w.take(it.ID, t.Group.ID)}
	})
	return append(lists, w.removed(t.Gone))
}

func (w *minutesWriter) removed(gone []change.Change) List {
	l := List{Title: "Removed"}
	for _, c := range gone {
		l.Entries = append(l.Entries, Entry{plain.Markdown(c.Title) + " " + code(c.Subject), w.take(c.Subject, c.Place)})
	}
	return l
}

// oldGroups tells of items that changed in a group that was archived, or went with it.
func (w *minutesWriter) oldGroups() {
	var lists []List
	for _, g := range w.Now.Groups()[len(w.Now.Active()):] {
		l := List{Title: plain.Markdown(groupName(g))}
		for _, it := range shown(g) {
			if changes := w.take(it.ID, g.ID); len(changes) > 0 {
				l.Entries = append(l.Entries, Entry{w.itemLine(w.item(it)), changes})
			}
		}
		lists = append(lists, l)
	}
	w.add(Section{Kind: OfOldGroups, Title: "Groups that are no more", Lists: append(lists, w.removed(w.gone("")))})
}

func (w *minutesWriter) architecture(picture bool) {
	d := w.difference
	s := Section{Kind: OfArchitecture, Title: "Architecture"}
	facts := slices.Concat(d.Components, d.Connections)
	var entries []Entry
	if w.first && len(facts) > 0 {
		entries = append(entries, Entry{plural(len(d.Components), "component") + ", " + plural(len(d.Connections), "connection"), facts})
	} else {
		causes := w.causes()
		for _, c := range facts {
			entries = append(entries, Entry{synclog.Words(c, code) + enclosed(causes.words(c)), []change.Change{c}})
		}
	}
	for _, t := range d.Texts {
		entries = append(entries, Entry{Text: code(t.Path) + " changed; it does not compile in one of the two syncs and was compared as text"})
	}
	s.Lists = []List{{"", entries}}
	if picture {
		s.Text = fmt.Sprintf("![The architecture on %s](%s.svg)", w.Date, w.Date)
		if len(entries) == 0 {
			s.Text = "No changes.\n\n" + s.Text
		}
	}
	w.add(s)
}

// cleared tells which items left the board because the sync before showed them as
// done or dropped, a line for each group.
func (w *minutesWriter) cleared() {
	lines := map[string]*Entry{}
	var entries []*Entry
	for _, c := range w.difference.Items {
		if c.Reason != change.ReasonDelivered && c.Reason != change.ReasonDropped || c.Kind != change.Removed {
			continue
		}
		e := lines[c.Place]
		if e == nil {
			e = &Entry{Text: plain.Markdown(w.nameBefore(c.Place)) + ": "}
			lines[c.Place], entries = e, append(entries, e)
		} else {
			e.Text += ", "
		}
		e.Text += plain.Markdown(c.Title) + " " + code(c.Subject)
		e.Changes = append(e.Changes, w.take(c.Subject, c.Place)...)
	}
	l := List{}
	for _, e := range entries {
		l.Entries = append(l.Entries, *e)
	}
	w.add(Section{Kind: OfCleared, Title: "Off the board, as shown the time before", Lists: []List{l}})
}

// others tells what found no place, such as the changes of an id that stands twice.
func (w *minutesWriter) others() {
	var l List
	for _, facts := range synclog.BySubject(w.difference.Items) {
		c := facts[0]
		if changes := w.take(c.Subject, c.Place); len(changes) > 0 {
			l.Entries = append(l.Entries, Entry{plain.Markdown(c.Title) + " " + code(c.Subject) + ": " + string(c.Kind), changes})
		}
	}
	w.add(Section{Kind: OfOthers, Title: "Other changes", Lists: []List{l}})
}

// time tells how long it took, and which groups took longer than they might.
func (w *minutesWriter) time(timings map[string]time.Duration) {
	if len(timings) == 0 {
		return
	}
	timebox, _ := time.ParseDuration(w.Now.Config.Timebox)
	var total time.Duration
	var over []string
	for _, g := range slices.Sorted(maps.Keys(timings)) {
		total += timings[g]
		if timebox > 0 && timings[g] > timebox {
			over = append(over, fmt.Sprintf("%s (%s)", plain.Markdown(w.nameOf(g)), clockText(timings[g])))
		}
	}
	text := fmt.Sprintf("%s took %s", plural(len(timings), "group"), clockText(total))
	if length, err := w.Now.Config.Cadence.Length(); err == nil {
		text += " of " + minutesText(length)
	}
	text += "."
	if len(over) > 0 {
		text += fmt.Sprintf(" Over the %s of a group: %s.", clockText(timebox), strings.Join(over, ", "))
	}
	w.add(Section{Kind: OfTime, Title: "Time", Text: text})
}

func (w *minutesWriter) problems(problems []problem.Problem) {
	var l List
	for _, p := range problems {
		l.Entries = append(l.Entries, Entry{Text: plain.Markdown(p.String())})
	}
	w.add(Section{Kind: OfProblems, Title: "Problems", Lists: []List{l}})
}

// promiseWords count what became of the promises at this sync; "" at the first.
func (s *Sync) promiseWords() string {
	if s.first {
		return ""
	}
	counts := map[State]int{}
	for _, g := range s.Now.Active() {
		for _, it := range g.Items {
			if p, ok := s.Past.promise(it, s.Date); ok && p.First != "" {
				counts[p.State]++
			}
		}
	}
	var parts []string
	for _, state := range []State{Kept, Moved, Due, Dropped} {
		if counts[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Promises: " + strings.Join(parts, ", ") + "."
}
