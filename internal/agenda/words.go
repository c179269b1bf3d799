package agenda

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// dress is how words are written down: what people wrote, and ids and keys, which
// are meant letter by letter.
type dress struct{ text, code func(string) string }

var (
	asMarkdown = dress{plain.Markdown, code}
	asText     = dress{plain.Line, plain.Line}
)

// code is an id or a key as Markdown shows what is meant letter by letter.
func code(s string) string { return "`" + strings.ReplaceAll(plain.Line(s), "`", "'") + "`" }

// names is the names of people in a line.
func (d dress) names(people []string) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = d.text(synclog.PersonName(p))
	}
	return strings.Join(names, ", ")
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func orNone(s string) string { return cmp.Or(s, "none") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// minutesText is a duration as people say it, to the minute: 45 min, 1 h 30 min.
func minutesText(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	switch {
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	}
	return fmt.Sprintf("%d h %d min", m/60, m%60)
}

// clockText is a duration to the second: 45 s, 3 min 40 s, 1 h 2 min.
func clockText(d time.Duration) string {
	d = d.Round(time.Second)
	s := int(d/time.Second) % 60
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", s)
	case d >= time.Hour || s == 0:
		return minutesText(d)
	}
	return fmt.Sprintf("%d min %d s", int(d/time.Minute), s)
}

// remarks are what the reader should know of an item beside its title: who, until
// when, and what it waits for.
func (s *Sync) remarks(it board.Item, d dress) string {
	var parts []string
	if it.Owner != "" {
		parts = append(parts, d.text(synclog.PersonName(it.Owner)))
	}
	if it.Due != "" && !it.Status.Closed() {
		parts = append(parts, "due "+d.text(it.Due))
	}
	if len(it.BlockedBy) > 0 && it.Status == board.Blocked {
		parts = append(parts, "blocked by "+s.blockers(it.BlockedBy, d))
	}
	return strings.Join(parts, ", ")
}

// blockers names what blocks an item: another item by its title, a group by its
// name, anything else as it was written.
func (s *Sync) blockers(refs []string, d dress) string {
	names := make([]string, len(refs))
	for i, ref := range refs {
		group, item := s.blocker(ref)
		switch {
		case item != nil:
			names[i] = d.text(item.Title) + " " + d.code(ref)
		case group != "":
			names[i] = d.text(s.nameOf(group))
		default:
			names[i] = d.text(ref)
		}
	}
	return strings.Join(names, ", ")
}

// nameOf is the name of a group.
func (s *Sync) nameOf(group string) string {
	if f, ok := s.Now.File(group); ok {
		return groupName(f.Group())
	}
	return group
}

// Told is what is new about an item since the sync before, in a line of plain text;
// "" for nothing. At the first sync everything is new, and nothing is said.
func (a Agenda) Told(it Item) string { return a.sync.told(it, asText) }

func (s *Sync) told(it Item, d dress) string {
	var words []string
	say := func(w string) {
		if w != "" {
			words = append(words, w)
		}
	}
	changes := it.Changes
	if s.first {
		changes = nil
	}
	for _, c := range changes {
		say(s.itemWords(c, it, d))
	}
	say(prefixed("changed: ", strings.Join(otherFields(changes, it), ", ")))
	if it.Promise != nil {
		say(promiseWords(it, s.Date))
	}
	if said(changes, "note") || isNew(changes) {
		say(prefixed("note: ", d.text(noteWords(it.Note))))
	}
	return strings.Join(words, "; ")
}

// otherFields name the fields that changed and of which nothing else tells how.
func otherFields(changes []change.Change, it Item) []string {
	moved := slices.ContainsFunc(changes, func(c change.Change) bool { return c.Reason == change.ReasonStatus })
	var fields []string
	for _, c := range changes {
		switch {
		case c.Reason != change.ReasonNoted, c.Field == "touches",
			c.Field == "note" && it.Note != "",
			c.Field == "blocked_by" && (moved || it.Status == board.Blocked): // what blocks it stands beside its title
		default:
			fields = append(fields, fieldName(c.Field))
		}
	}
	return fields
}

// said tells whether a field is among those that changed.
func said(changes []change.Change, field string) bool {
	return slices.ContainsFunc(changes, func(c change.Change) bool { return c.Field == field })
}

func isNew(changes []change.Change) bool {
	return slices.ContainsFunc(changes, func(c change.Change) bool { return c.Reason == change.ReasonAdded })
}

// longestNote is how many characters of a note are told beside its item.
const longestNote = 200

// noteWords is the beginning of a note: its first paragraph, cut at a word.
func noteWords(note string) string {
	first, _, more := strings.Cut(strings.TrimSpace(strings.ReplaceAll(note, "\r\n", "\n")), "\n\n")
	text := strings.Join(strings.Fields(first), " ")
	if runes := []rune(text); len(runes) > longestNote {
		text, more = string(runes[:longestNote]), true
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i]
		}
	}
	if more {
		text += " ..."
	}
	return text
}

// fieldName is the key of an item's field in words.
func fieldName(key string) string { return strings.ReplaceAll(key, "_", " ") }

// promiseWords say how the date of an item stands at the sync of a date, where that
// is worth saying.
func promiseWords(it Item, date string) string {
	switch late := days(it.Due, it.Since); {
	case it.Promise.State == Due && it.Due == date:
		return "due today"
	case it.Promise.State == Due:
		return "its date passed " + plural(days(it.Due, date), "day") + " ago"
	case it.Promise.State != Kept || it.Due == "" || it.Since == "":
		return ""
	case late > 0:
		return plural(late, "day") + " after its date"
	default:
		return "by its date"
	}
}

func (s *Sync) itemWords(c change.Change, it Item, d dress) string {
	from := change.Text(c.From)
	switch c.Reason {
	case change.ReasonAdded:
		return "new"
	case change.ReasonStatus:
		return prefixed("was ", d.text(from))
	case change.ReasonRegrouped:
		return "came from " + d.text(s.nameBefore(from))
	case change.ReasonReowned:
		return "owner was " + orNone(d.text(synclog.PersonName(from)))
	case change.ReasonReplanned:
		return "plan was " + orNone(d.text(from))
	case change.ReasonRetitled:
		return "was called " + d.text(from)
	case change.ReasonDueMoved:
		return movedWords(c, it, d)
	}
	if c.Field == "touches" {
		return touchesWords(it.Touches, d)
	}
	return ""
}

// mostTouched is how many references are named of what an item touches.
const mostTouched = 3

// touchesWords say what an item touches now.
func touchesWords(refs []string, d dress) string {
	if len(refs) == 0 {
		return "touches nothing any more"
	}
	var names []string
	for _, ref := range refs[:min(len(refs), mostTouched)] {
		names = append(names, d.code(ref))
	}
	if n := len(refs) - mostTouched; n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return "touches " + strings.Join(names, ", ")
}

// nameBefore is the name that a group had at the sync before.
func (s *Sync) nameBefore(group string) string {
	if f, ok := s.Before.File(group); ok {
		return groupName(f.Group())
	}
	return group
}

func movedWords(c change.Change, it Item, d dress) string {
	from, to := change.Text(c.From), change.Text(c.To)
	switch {
	case from == "":
		return "has a date now"
	case to == "":
		return "no longer due, was " + d.text(from)
	case to < from:
		return "brought forward from " + d.text(from)
	}
	words := "slipped from " + d.text(from)
	if p := it.Promise; p != nil && p.Slips > 1 {
		words += fmt.Sprintf(" (%s time, %s in all)", ordinal(p.Slips), plural(p.Days, "day"))
	}
	return words
}

// ordinal is 1st, 2nd, 3rd, 4th.
func ordinal(n int) string {
	end := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n, end)
}

// facts words the changes of the architecture, one line each.
func (d dress) facts(changes []change.Change) []string {
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[i] = synclog.Words(c, d.code)
	}
	return lines
}

// stateWord is the state of a decision in our words, or in its own.
func stateWord(d decision.Decision) string { return cmp.Or(d.State, d.RawState) }
