package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

const (
	bothFrom   = 100 // the width from which work and picture stand side by side
	workShare  = 46  // percent of the width that the work has then
	roomyRows  = 28  // the height from which there is air between items
	indentText = 6   // of what is said of an item under its title
)

// bothFit tells whether work and picture have room beside each other.
func (s *syncScreen) bothFit(w int) bool { return w >= bothFrom }

func (s *syncScreen) view(m *Model, w, h int) []line {
	switch page := s.page(m); {
	case page == recordPage:
		return scrolled(textLines(recordText(m), w), s.scroll, h)
	case s.failure != nil:
		return centred(textLines("The agenda cannot be read: "+failure(s.failure), min(w, 72)), w, h)
	case s.prepared == nil || !s.known:
		return centred([]line{{say(roleMuted, "reading the agenda …")}}, w, h)
	case page == agendaPage:
		return under(s.invitation(m, w), scrolled(textLines(markdown.Text(s.agenda.Markdown()), w), s.scroll, h), h)
	case page == openingPage:
		return under(s.strip(m, w), scrolled(s.opening(w), s.scroll, h), h)
	case page == closingPage:
		return under(s.strip(m, w), scrolled(s.closing(m, w), s.scroll, h), h)
	}
	head := s.strip(m, w)
	return under(head, s.turnPage(m, w, h-len(head)), h)
}

// under puts a block under a head; together they are h lines high.
func under(head, block []line, h int) []line { return height(append(head, block...), h) }

// textLines are the lines of a text, w cells wide; what is too long continues under its
// own beginning.
func textLines(text string, w int) []line {
	var lines []line
	for part := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		text := strings.TrimLeft(part, " ")
		first := line{say(roleText, blanks(len(part)-len(text)+1))}
		if entry, ok := strings.CutPrefix(text, "- "); ok {
			first, text = append(first, say(roleText, "- ")), entry
		}
		lines = append(lines, wrapLine(first, roleText, text, w-1)...)
	}
	return lines
}

// recordText is the minutes of the sync that the cursor is on; "" while they are read.
func recordText(m *Model) string { return m.sync.minutes[m.key(m.cursor)] }

// invitation says when the next sync is and how to begin it.
func (s *syncScreen) invitation(m *Model, w int) []line {
	left := line{say(roleText, " "), say(roleMuted, "Next sync "), say(roleStrong, s.agenda.Date), say(roleMuted, s.wait(m))}
	right := line{say(roleKey, "s"), say(roleMuted, " starts it ")}
	return []line{spread(w, left, right, min(left.width(), w/2)), nil}
}

// wait is how long it is until the sync begins.
func (s *syncScreen) wait(m *Model) string {
	if s.agenda.Begin.IsZero() {
		return ""
	}
	text := s.agenda.Begin.Format(", 15:04 MST")
	switch d := s.agenda.Begin.Sub(m.host.Now()); {
	case d < 0:
		return text
	case d < 2*time.Hour:
		return text + fmt.Sprintf(", in %d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return text + fmt.Sprintf(", in %d hours", int(d.Hours()))
	default:
		return text + fmt.Sprintf(", in %d days", int(d.Hours()/24))
	}
}

// clockText is a duration as a clock shows it.
func clockText(d time.Duration) string {
	seconds := int(d.Truncate(time.Second) / time.Second)
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// strip says whose turn it is and how much time went by: two lines and a blank one.
func (s *syncScreen) strip(m *Model, w int) []line {
	r := s.running
	left := line{say(roleText, " "), quote(roleStrong, s.heading(m))}
	var right line
	if t, on := r.Current(); on {
		left = append(line{say(roleMuted, fmt.Sprintf(" %d/%d ", r.On+1, len(r.Turns)))}, left...)
		if t.Attendance == meeting.Absent {
			left = append(left, say(roleText, "  "), say(roleBadge, " ABSENT "))
		} else if t.Speaker != "" {
			left = append(left, quote(roleMuted, "  "+shortPerson(t.Speaker)))
		}
		right = turnClock(t)
	}
	switch {
	case m.notHeld() != "":
		right = line{quote(roleWarn, "presented at "+r.Holder.String()+" ")}
	case r.Paused:
		right = append(line{say(roleWarn, "the clock stands  ")}, right...)
	}
	return []line{spread(w, left, right, min(left.width(), w/2)), s.timeLine(w), nil}
}

func (s *syncScreen) heading(m *Model) string {
	switch s.page(m) {
	case openingPage:
		return cmp.Or(s.agenda.Title, "Architecture sync") + ", " + s.running.Date
	case closingPage:
		return "Every group was on"
	}
	on, _ := s.running.Current()
	return s.groupTitle(on.Group)
}

// turnClock is the time of a turn against its timebox. It turns when that is over, and
// no more than that.
func turnClock(t meeting.Turn) line {
	text, role := clockText(t.Elapsed), roleText
	if t.Timebox > 0 {
		text += " of " + clockText(t.Timebox)
	}
	if over := t.Over(); over > 0 {
		role = roleWarn
		text = "over by " + clockText(over) + "  " + text
	}
	return line{say(role, text+" ")}
}

// timeLine is the timebox as a rule that fills, with the time of the whole sync.
func (s *syncScreen) timeLine(w int) line {
	r := s.running
	now := s.now
	if now.IsZero() {
		now = r.Counted
	}
	end := r.ExpectedEnd(now)
	text := " " + clockText(r.Elapsed()) + " elapsed"
	if !r.Done() {
		text += ", ends about " + end.In(s.prepared.Now.Config.Location()).Format("15:04")
	}
	if planned := r.Started.Add(r.Length); r.Length > 0 && end.After(planned.Add(time.Minute)) {
		text += fmt.Sprintf(", %d min late", int(end.Sub(planned).Minutes()))
	}
	room := max(w-cells(text)-3, 0)
	full, role := 0, roleAccent
	if t, on := r.Current(); on && t.Timebox > 0 {
		full = min(int(int64(room)*int64(t.Elapsed)/int64(t.Timebox)), room)
		if t.Over() > 0 {
			role = roleWarn
		}
	}
	return line{say(roleText, " "), say(role, strings.Repeat("━", full)), say(roleRule, strings.Repeat("─", room-full)), say(roleMuted, text+" ")}
}

// opening is who is expected, and what is left of earlier syncs.
func (s *syncScreen) opening(w int) []line {
	lines := []line{{say(roleText, " "), say(roleMuted, "No discussions: what needs one becomes a breakout ("), say(roleKey, "b"), say(roleMuted, ").")}, nil}
	for i, t := range s.running.Turns {
		left := line{say(roleMuted, fmt.Sprintf("%4d  ", i+1)), quote(roleText, s.groupTitle(t.Group))}
		if t.Speaker != "" {
			left = append(left, quote(roleMuted, "  "+shortPerson(t.Speaker)))
		}
		if t.Attendance == meeting.Absent {
			left = append(left, say(roleWarn, "  absent"))
		}
		right := line{}
		if t.Timebox > 0 {
			right = line{say(roleMuted, clockText(t.Timebox)+" ")}
		}
		lines = append(lines, spread(w, left, right, 12))
	}
	return append(lines, s.leftOver(w)...)
}

// leftOver are the breakouts that have no outcome yet, and the decisions that are due.
func (s *syncScreen) leftOver(w int) []line {
	var lines []line
	if len(s.agenda.Breakouts) > 0 {
		lines = append(lines, nil, line{say(roleMuted, " Open from earlier syncs")})
	}
	for _, b := range s.agenda.Breakouts {
		words := b.Topic
		if len(b.People) > 0 {
			words += " (" + strings.Join(b.People, ", ") + ")"
		}
		lines = append(lines, wrapLine(line{say(roleFaint, "  • ")}, roleText, plain.Line(words), w)...)
	}
	if len(s.agenda.Decisions) > 0 {
		lines = append(lines, nil, line{say(roleMuted, " Decisions")})
	}
	for _, d := range s.agenda.Decisions {
		lines = append(lines, wrapLine(line{say(roleFaint, "  • ")}, roleText, plain.Line(d.Title+": "+d.Told()), w)...)
	}
	return lines
}

func (s *syncScreen) groupTitle(id string) string {
	t, _ := s.turnOf(id)
	return cmp.Or(t.Group.Name, id)
}

// closing sums the sync up before it is closed.
func (s *syncScreen) closing(m *Model, w int) []line {
	r := s.running
	lines := []line{{say(roleText, " "), say(roleKey, "C"), say(roleText, " closes the sync: it shows the minutes first. "), say(roleKey, m.theme.keys("←")), say(roleText, " goes back to a group.")}, nil}
	for _, t := range r.Turns {
		left := line{say(roleText, "   "), quote(roleText, s.groupTitle(t.Group))}
		right := turnClock(t)
		switch {
		case t.Attendance == meeting.Absent:
			right = line{say(roleWarn, "absent ")}
		case !t.Shown:
			right = line{say(roleFaint, "not shown ")}
		}
		lines = append(lines, spread(w, left, right, 12))
	}
	if len(r.Breakouts) == 0 {
		return append(lines, nil, line{say(roleMuted, " No breakout was opened.")})
	}
	lines = append(lines, nil, line{say(roleMuted, " Breakouts that were opened")})
	for _, id := range r.Breakouts {
		topic := id
		if b, ok := s.prepared.Now.FindBreakout(id); ok {
			topic = b.Topic
		}
		lines = append(lines, wrapLine(line{say(roleFaint, "  • ")}, roleText, plain.Line(topic), w)...)
	}
	return lines
}

// turnPage is a group's work and its part of the picture.
func (s *syncScreen) turnPage(m *Model, w, h int) []line {
	t, ok := s.turn(m)
	if !ok {
		return centred([]line{{say(roleMuted, "The group is not on the board any more.")}}, w, h)
	}
	switch {
	case s.bothFit(w):
		left := w * workShare / 100
		return beside(h, pane{s.work(m, t, left, h), left}, pane{s.picture(m, t, w-left-1, h), w - left - 1})
	case s.pictured:
		return s.picture(m, t, w, h)
	}
	return s.work(m, t, w, h)
}

// work is what a group shows: its items by status, what is gone, and what changed in
// the architecture. Of a group of which nobody is there only what changed is shown.
func (s *syncScreen) work(m *Model, t agenda.Turn, w, h int) []line {
	var lines []line
	at, section := 0, ""
	on, _ := s.running.Current()
	short := on.Attendance == meeting.Absent
	for i, it := range t.Items {
		if short && len(it.Changes) == 0 {
			continue
		}
		if status := string(it.Status); status != section {
			section = status
			glyph, role := statusGlyph(it.Status)
			lines = append(lines, line{say(roleText, " "), say(role, glyph+" "), quote(roleMuted, status)})
		}
		if i == s.item {
			at = len(lines)
		}
		lines = append(lines, s.itemBlock(it, w, i == s.item)...)
		if h >= roomyRows && len(t.Items) < h/3 {
			lines = append(lines, nil)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, line{say(roleMuted, " Nothing changed since the sync before.")})
	}
	lines = append(lines, goneLines(t.Gone, w)...)
	lines = append(lines, factLines(t.Architecture, w)...)
	return window(lines, at, h)
}

// itemBlock is an item with what is to be said of it under its title.
func (s *syncScreen) itemBlock(it agenda.Item, w int, chosen bool) []line {
	title := roleText
	if chosen {
		title = roleStrong
	}
	first := line{say(roleAccent, bar(chosen)), say(roleText, " "), mark(strongest(it.Changes)), say(roleText, " ")}
	lines := wrapLine(first, title, plain.Line(it.Title), w)
	var words []string
	for _, part := range []string{shortPerson(it.Owner), duePhrase(it), s.agenda.Told(it)} {
		if part = plain.Line(part); part != "" {
			words = append(words, part)
		}
	}
	if len(words) > 0 {
		role := roleMuted
		if it.Slipped {
			role = roleWarn
		}
		lines = append(lines, wrapLine(line{say(roleText, blanks(indentText))}, role, strings.Join(words, " · "), w)...)
	}
	if chosen {
		for i := range lines {
			lines[i] = lines[i].fit(w).selected()
		}
	}
	return lines
}

func duePhrase(it agenda.Item) string {
	if it.Due == "" || it.Status.Closed() {
		return ""
	}
	return "due " + it.Due
}

func goneLines(gone []change.Change, w int) []line {
	if len(gone) == 0 {
		return nil
	}
	lines := []line{nil, {say(roleMuted, " off the board")}}
	for _, c := range gone {
		lines = append(lines, wrapLine(line{say(roleText, "  "), mark(c.Kind), say(roleText, " ")}, roleText, plain.Line(cmp.Or(c.Title, c.Subject)), w)...)
	}
	return lines
}

func factLines(changes []change.Change, w int) []line {
	if len(changes) == 0 {
		return nil
	}
	lines := []line{nil, {say(roleMuted, " architecture")}}
	for _, c := range changes {
		words := plain.Line(synclog.Words(c, func(s string) string { return s }))
		lines = append(lines, wrapLine(line{say(roleText, "  "), mark(c.Kind), say(roleText, " ")}, roleText, words, w)...)
	}
	return lines
}

// partsOf are the components and connections of a turn's picture: those that are there
// now, and those that are gone. The picture is of the architecture alone.
func partsOf(t agenda.Turn) turnParts {
	var busy []string
	for _, c := range t.Architecture {
		busy = append(busy, c.Subject)
	}
	all := slices.Concat(t.Components, busy)
	for _, it := range t.Items {
		for _, ref := range it.Touches {
			if slices.Contains(t.Components, ref) {
				busy = append(busy, ref)
			}
		}
	}
	slices.Sort(all)
	slices.Sort(busy)
	return turnParts{slices.Compact(all), slices.Compact(busy)}
}
