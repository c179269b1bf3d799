package tui

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// Widths from which the board has its parts side by side.
const (
	groupsFrom   = 64  // the column of groups
	groupsNarrow = 24  // how wide it is at first
	groupsWide   = 34  // and where there is room
	detailsFrom  = 112 // the details of what is selected
	roomyFrom    = 150 // wide columns
	detailsShare = 42  // percent of what the groups leave
)

// boardScreen is the board: groups, and the items of one group or of all by status.
type boardScreen struct {
	group  string // id; "" is all groups
	item   string // id of the item that is wanted, also where it is not there
	row    int    // its place among the rows shown
	open   bool   // the details have the screen, or the keys
	scroll int    // of the details
}

func (b *boardScreen) title() string { return "Board" }

func (b *boardScreen) keymap() keymap {
	return keymap{"Board", []binding{
		{keys: []string{"left", "h"}, shown: "← h", what: "the group before", do: func(m *Model) tea.Cmd { return m.board.turn(m, -1) }},
		{keys: []string{"right", "l"}, shown: "→ l", what: "the next group", do: func(m *Model) tea.Cmd { return m.board.turn(m, 1) }},
		{keys: []string{"enter", "tab"}, shown: "enter", what: "open the details of the item; again to close them", short: "open", now: closes(func(m *Model) bool { return m.board.open }), do: (*Model).toggleItem},
		{keys: []string{"n"}, what: "a new item", short: "new", do: (*Model).newItem, why: (*Model).noGroup},
		{keys: []string{"e"}, what: "edit the item in a form", short: "edit", do: (*Model).editItem, why: (*Model).noLiveItem},
		{keys: []string{"E"}, what: "edit the item in $EDITOR, at its line", do: (*Model).editItemFile, why: (*Model).noLiveItem},
		{keys: []string{">"}, what: "move the item on: planned, ongoing, blocked, done, dropped", short: "move on", do: func(m *Model) tea.Cmd { return m.moveItem(1) }, why: (*Model).noLiveItem},
		{keys: []string{"<"}, what: "move the item back", do: func(m *Model) tea.Cmd { return m.moveItem(-1) }, why: (*Model).noLiveItem},
		{keys: []string{"c"}, what: "check in: the group has been over its items", short: "check in", do: (*Model).checkIn, why: (*Model).noGroup},
		{keys: []string{"o"}, what: "open the item's link", do: (*Model).openItemLink},
	}}
}

// Where things are.

// laneAt is the lane of the chosen group; -1 for all, -2 where the group has none.
func (b *boardScreen) laneAt(s *scene) int {
	if b.group == "" {
		return -1
	}
	if i := slices.IndexFunc(s.lanes, func(l lane) bool { return l.group.ID == b.group }); i >= 0 {
		return i
	}
	i := slices.IndexFunc(s.lanes, func(l lane) bool { return slices.Contains(l.group.Formerly, b.group) })
	if i < 0 {
		return -2
	}
	return i
}

// groupName is the chosen group's name, "" for all of them.
func (b *boardScreen) groupName(m *Model) string {
	if m.scene == nil {
		return b.group
	}
	if i := b.laneAt(m.scene); i >= 0 {
		return laneName(m.scene.lanes[i])
	}
	return b.group
}

func laneName(l lane) string { return cmp.Or(l.group.Name, l.group.ID) }

// lanes are those whose items are shown.
func (b *boardScreen) lanes(s *scene) []lane {
	switch i := b.laneAt(s); i {
	case -1:
		return s.lanes
	case -2:
		return nil
	default:
		return s.lanes[i : i+1]
	}
}

// rows are the items shown, as they stand under each other.
func (b *boardScreen) rows(m *Model) []*row {
	if m.scene == nil {
		return nil
	}
	var rows []*row
	for _, l := range b.lanes(m.scene) {
		for i := range l.rows {
			if m.filter.item(m.scene, &l.rows[i]) {
				rows = append(rows, &l.rows[i])
			}
		}
	}
	return rows
}

// selected is the row under the selection; nil where there is none.
func (b *boardScreen) selected(m *Model) *row {
	rows := b.rows(m)
	if b.row < 0 || b.row >= len(rows) {
		return nil
	}
	return rows[b.row]
}

// settle finds the wanted item again after the rows changed.
func (b *boardScreen) settle(m *Model) {
	rows := b.rows(m)
	if i := slices.IndexFunc(rows, func(r *row) bool { return r.item.ID == b.item }); i >= 0 {
		b.row = i
		return
	}
	b.row = min(max(b.row, 0), max(len(rows)-1, 0))
	if b.item == "" && len(rows) > 0 {
		b.item = rows[b.row].item.ID
	}
}

func (b *boardScreen) move(m *Model, by int) {
	if b.open {
		b.scroll = max(b.scroll+by, 0)
		return
	}
	rows := b.rows(m)
	if len(rows) == 0 {
		return
	}
	b.row = min(max(b.row+by, 0), len(rows)-1)
	b.item, b.scroll = rows[b.row].item.ID, 0
}

// turn goes to a neighbouring group.
func (b *boardScreen) turn(m *Model, by int) tea.Cmd {
	if m.scene == nil {
		return nil
	}
	i := min(max(b.laneAt(m.scene), -1)+by, len(m.scene.lanes)-1)
	b.group = ""
	if i >= 0 {
		b.group = m.scene.lanes[i].group.ID
	}
	b.item, b.row, b.scroll = "", 0, 0
	b.settle(m)
	return nil
}

// change selects the next row that differs from the base, in any group.
func (b *boardScreen) change(m *Model, dir int) {
	if m.scene == nil {
		return
	}
	var all []*row
	for _, l := range m.scene.lanes {
		for i := range l.rows {
			if r := &l.rows[i]; m.filter.item(m.scene, r) {
				all = append(all, r)
			}
		}
	}
	from := b.position(m, all, dir)
	for i := range all {
		n := len(all)
		at := ((from+dir*(i+1))%n + n) % n
		if all[at].mark == "" {
			continue
		}
		if (dir > 0) != (at > from) && from >= 0 && from < n {
			m.say(roleMuted, "that was the last change; this is the first again")
		}
		b.selectRow(m, all[at])
		return
	}
	m.say(roleMuted, "no item differs from "+m.name(m.base()))
}

// position is where the selection is among all rows; just before the chosen group
// where nothing is selected.
func (b *boardScreen) position(m *Model, all []*row, dir int) int {
	if r := b.selected(m); r != nil {
		return slices.Index(all, r)
	}
	if dir > 0 {
		return -1
	}
	return len(all)
}

// selectRow selects an item, and its group where only one group is shown.
func (b *boardScreen) selectRow(m *Model, r *row) {
	if b.group != "" && r.group != b.group {
		b.group = r.group
		for _, l := range m.scene.lanes {
			if slices.ContainsFunc(l.rows, func(other row) bool { return other.item == r.item }) {
				b.group = l.group.ID
			}
		}
	}
	b.item, b.scroll = r.item.ID, 0
	b.settle(m)
}

func (b *boardScreen) selection(m *Model) string {
	r := b.selected(m)
	if r == nil {
		return ""
	}
	it := r.item
	text := it.ID + " " + it.Title + " (" + string(it.Status)
	if it.Owner != "" {
		text += ", " + it.Owner
	}
	if it.Due != "" {
		text += ", due " + it.Due
	}
	return text + ")"
}

// Drawing.

func (b *boardScreen) view(m *Model, w, h int) []line {
	if len(m.scene.lanes) == 0 {
		return centred(m.emptyBoard(), w, h)
	}
	if b.open && w < detailsFrom {
		return scrolled(b.details(m, w), b.scroll, h)
	}
	var panes []pane
	room := w
	if w >= groupsFrom {
		width := groupsNarrow
		if w >= roomyFrom {
			width = groupsWide
		}
		panes = append(panes, pane{window(b.groups(m, width), b.laneAt(m.scene)+1, h), width})
		room -= width + 1
	}
	if w < detailsFrom {
		return beside(h, append(panes, pane{b.items(m, room, h), room})...)
	}
	side := room * detailsShare / 100
	panes = append(panes,
		pane{b.items(m, room-side-1, h), room - side - 1},
		pane{scrolled(b.details(m, side), b.scroll, h), side})
	return beside(h, panes...)
}

func (m *Model) emptyBoard() []line {
	if !m.isNow() {
		return []line{{say(roleMuted, "There was no group on the board then.")}}
	}
	return []line{
		{say(roleStrong, "No group is on the board yet.")},
		nil,
		{say(roleMuted, "Make the first one in a shell:")},
		{say(roleKey, "archsync group new storage")},
		nil,
		{say(roleFaint, "It shows here as soon as it is there.")},
	}
}

// groups is the column on the left.
func (b *boardScreen) groups(m *Model, w int) []line {
	s := m.scene
	chosen := b.laneAt(s)
	total := 0
	var marks change.Counts
	lines := []line{nil}
	for i, l := range s.lanes {
		n := b.count(m, l)
		total += n
		marks = marks.Plus(l.marks)
		lines = append(lines, groupLine(w, laneName(l), n, l, i == chosen))
	}
	lines[0] = groupLine(w, "all groups", total, lane{marks: marks}, chosen == -1)
	return lines
}

func (b *boardScreen) count(m *Model, l lane) int {
	n := 0
	for i := range l.rows {
		if !l.rows[i].ghost && m.filter.item(m.scene, &l.rows[i]) {
			n++
		}
	}
	return n
}

func groupLine(w int, name string, n int, l lane, chosen bool) line {
	r := roleText
	switch {
	case chosen:
		r = roleStrong
	case l.ghost:
		r = roleRemoved
	}
	right := line{say(roleMuted, fitLeft(itoa(n), 3)), say(roleText, " ")}
	right = append(right, signs(l.marks).fit(4)...)
	late, torn := " late", " torn"
	if w < groupsWide {
		late, torn = "!", "?"
	}
	switch {
	case len(l.unread) > 0:
		right = append(right, say(roleError, torn))
	case l.late:
		right = append(right, say(roleWarn, late))
	default:
		right = append(right, say(roleText, blanks(cells(late))))
	}
	out := spread(w, line{say(roleAccent, bar(chosen)), quote(r, name)}, right, 8)
	if chosen {
		return out.selected()
	}
	return out
}

// signs are the kinds of change that there are, without their numbers.
func signs(n change.Counts) line {
	var l line
	for _, part := range []struct {
		kind  change.Kind
		count int
	}{{change.Added, n.Added}, {change.Removed, n.Removed}, {change.Changed, n.Changed}, {change.Moved, n.Renamed + n.Moved}} {
		if part.count > 0 {
			l = append(l, mark(part.kind))
		}
	}
	return l
}

// bar is the sign of what is selected; colour only helps it.
func bar(chosen bool) string {
	if chosen {
		return "▌"
	}
	return " "
}

// items is the middle: the items of the chosen group, or of all.
func (b *boardScreen) items(m *Model, w, h int) []line {
	head := b.heading(m, w)
	var lines []line
	at, n := 0, 0
	for _, l := range b.lanes(m.scene) {
		section := ""
		for i := range l.rows {
			r := &l.rows[i]
			if !m.filter.item(m.scene, r) {
				continue
			}
			if name := b.section(l, r); name != section {
				lines = append(lines, b.sectionLine(m, l, r, w)...)
				section = name
			}
			if n == b.row {
				at = len(lines)
			}
			lines = append(lines, itemLine(m.scene, r, w, n == b.row, len(m.worth(r.item.ID)) > 0))
			n++
		}
		if section == "" && b.group == "" && len(l.unread) > 0 {
			lines = append(lines, b.sectionLine(m, l, nil, w)...)
		}
	}
	if n == 0 {
		return append(head, centred(b.nothing(m), w, h-len(head))...)
	}
	if len(lines) > 0 && len(lines[0]) == 0 {
		lines, at = lines[1:], at-1
	}
	return append(head, window(lines, at, h-len(head))...)
}

// section is what items are headed by: the group where all are shown, else the status.
func (b *boardScreen) section(l lane, r *row) string {
	if b.group == "" {
		return l.group.ID
	}
	return string(r.item.Status)
}

func (b *boardScreen) sectionLine(m *Model, l lane, r *row, w int) []line {
	if b.group != "" {
		glyph, role := statusGlyph(r.item.Status)
		return []line{nil, {say(roleText, "   "), say(role, glyph+" "), quote(roleMuted, string(r.item.Status))}}
	}
	right := countsLine(l.marks)
	switch {
	case len(l.unread) > 0:
		right = append(line{say(roleError, "cannot be read whole  ")}, right...)
	case l.late:
		right = append(line{say(roleWarn, "late  ")}, right...)
	}
	return []line{nil, spread(w, line{say(roleText, " "), quote(roleStrong, laneName(l))}, append(right, say(roleText, " ")), 8)}
}

// heading says whose items these are, on a narrow screen also which of how many.
func (b *boardScreen) heading(m *Model, w int) []line {
	i := b.laneAt(m.scene)
	if i < 0 {
		return nil
	}
	l := m.scene.lanes[i]
	left := line{say(roleText, " "), quote(roleStrong, laneName(l))}
	if m.width < groupsFrom {
		left = append(left, say(roleFaint, fmt.Sprintf("  ‹ %d/%d ›", i+1, len(m.scene.lanes))))
	}
	if lead := shortPerson(l.group.Lead); lead != "" && w > 50 {
		left = append(left, quote(roleMuted, "  "+lead))
	}
	var right line
	switch {
	case l.ghost:
		right = line{say(roleRemoved, "no longer on the board ")}
	case len(l.unread) > 0:
		right = line{say(roleError, "cannot be read whole ")}
	case l.late:
		right = line{say(roleWarn, "late: no check-in since "+m.name(m.now()-1)+" ")}
	case l.group.CheckedIn != "":
		right = line{quote(roleMuted, "checked in "+l.group.CheckedIn+" ")}
	}
	return append([]line{spread(w, left, right, 16)}, unreadLines(l, w)...)
}

// unreadLines say what is wrong with a group's file.
func unreadLines(l lane, w int) []line {
	var lines []line
	for i, p := range l.unread {
		if i == 2 {
			return append(lines, line{say(roleMuted, "   and more: ! lists them")})
		}
		p.Path = path.Base(p.Path)
		lines = append(lines, wrapLine(line{say(roleText, "   ")}, roleError, plain.Line(p.String()), w)...)
	}
	return lines
}

func (b *boardScreen) nothing(m *Model) []line {
	i := b.laneAt(m.scene)
	switch {
	case i >= 0 && len(m.scene.lanes[i].unread) > 0:
		return []line{{say(roleMuted, "Nothing of this board can be read.")}, nil, {say(roleKey, "!"), say(roleMuted, " names the problems and opens the editor on them")}}
	case m.filter.active():
		return []line{{say(roleMuted, "No item here passes the filter.")}, nil, {say(roleKey, "f"), say(roleMuted, " changes it, "), say(roleKey, "q"), say(roleMuted, " takes it off")}}
	case i == -2:
		return []line{{say(roleMuted, "This group was not on the board then.")}}
	case !m.isNow():
		return []line{{say(roleMuted, "There was nothing on this board.")}}
	}
	return []line{{say(roleMuted, "Nothing is on this board.")}, nil, {say(roleKey, "n"), say(roleMuted, " makes the first item")}}
}

func statusGlyph(s board.Status) (string, role) {
	switch s {
	case board.Planned:
		return "○", roleMuted
	case board.Ongoing:
		return "◐", roleAccent
	case board.Blocked:
		return "■", roleWarn
	case board.Done:
		return "✓", roleAdded
	case board.Dropped:
		return "✗", roleFaint
	}
	return "?", roleError
}

// itemLine is an item as one line of columns that stand under each other.
func itemLine(s *scene, r *row, w int, chosen, worth bool) line {
	glyph, glyphRole := statusGlyph(r.item.Status)
	l := line{say(roleAccent, bar(chosen)), mark(r.mark), say(roleText, " "), say(glyphRole, glyph), say(roleText, " ")}
	title := roleText
	if chosen {
		title = roleStrong
	}
	if r.ghost {
		title = roleRemoved
	}
	if w >= 64 {
		l = append(l, say(roleFaint, fitText(plain.Line(r.item.ID), 7)))
	}
	words := line{quote(title, r.item.Title)}
	right := itemColumns(s, r, w)
	room := max(w-l.width()-right.width(), 0)
	if worth {
		words = append(words.fit(min(words.width(), max(room-2, 0))), say(roleWarn, " "+worthSign))
	}
	if why := plain.Line(reasonWords(r)); why != "" && words.width()+2+cells(why) <= room {
		words = append(words, say(roleFaint, "  "+why))
	}
	l = append(l, words.fit(room)...)
	l = append(l, right...).fit(w)
	if chosen {
		return l.selected()
	}
	return l
}

// itemColumns are owner and date, as far as there is room for them.
func itemColumns(s *scene, r *row, w int) line {
	var l line
	owner, date, slip := shortPerson(r.item.Owner), shortDate(r.item.Due, s.today), " "
	dateRole := roleMuted
	if r.slipped && !r.ghost {
		dateRole, slip = roleWarn, "!"
	}
	if w >= 44 {
		room := min(max(w/6, 8), 18)
		if cells(owner) > room {
			owner, _, _ = strings.Cut(owner, " ")
		}
		l = append(l, say(roleText, " "), say(roleMuted, fitText(plain.Line(owner), room)))
	}
	if w >= 30 {
		width := 7
		if w >= 90 {
			date, width = r.item.Due, 10
		}
		l = append(l, say(roleText, " "), say(dateRole, fitLeft(plain.Line(date), width)), say(dateRole, slip))
	}
	return l
}

// shortPerson is a person without the mail address.
func shortPerson(p string) string {
	if name, _, ok := strings.Cut(p, "<"); ok && strings.TrimSpace(name) != "" {
		return strings.TrimSpace(name)
	}
	if name, _, ok := strings.Cut(p, "@"); ok {
		return strings.TrimPrefix(name, "<")
	}
	return p
}

// shortDate leaves out a year that is the same as today's, and a day that is far.
func shortDate(date, today string) string {
	if len(date) != len("2006-01-02") || len(today) != len(date) {
		return date
	}
	if date[:4] == today[:4] {
		return date[5:]
	}
	return date[:7]
}

// reasonWords says in a few words what differs from the base.
func reasonWords(r *row) string {
	for _, c := range r.changes {
		from := ""
		if c.From != nil {
			from = *c.From
		}
		switch c.Reason {
		case change.ReasonAdded:
			return ""
		case change.ReasonStatus:
			return "was " + from
		case change.ReasonRegrouped:
			return "from " + from
		case change.ReasonReowned:
			return "was " + cmp.Or(shortPerson(from), "nobody") + "'s"
		case change.ReasonDueMoved:
			return "due was " + cmp.Or(from, "open")
		case change.ReasonReplanned:
			return "plan was " + cmp.Or(from, "open")
		case change.ReasonDelivered, change.ReasonDropped, change.ReasonRemoved, change.ReasonRetitled, change.ReasonNoted:
			return string(c.Reason)
		}
	}
	return ""
}

// Verbs.

func (m *Model) toggleItem() tea.Cmd {
	m.board.open, m.board.scroll = !m.board.open && m.board.selected(m) != nil, 0
	return nil
}

// noLiveItem is why nothing can be done to the selected item.
func (m *Model) noLiveItem() string {
	if why := m.readOnly(); why != "" {
		return why
	}
	switch r := m.board.selected(m); {
	case r == nil:
		return "no item is selected"
	case r.ghost:
		return "the item is no longer there: archsync item restore " + plain.Line(r.item.ID)
	}
	return ""
}

// noGroup is why there is no group to do something for.
func (m *Model) noGroup() string {
	switch {
	case m.readOnly() != "":
		return m.readOnly()
	case m.scene == nil:
		return "the log is still being read"
	case len(m.scene.log.Active()) == 0:
		return "make a group first: archsync group new NAME"
	}
	return ""
}

// moveItem gives the selected item the next or the former status.
func (m *Model) moveItem(dir int) tea.Cmd {
	id := m.board.selected(m).item.ID
	return m.edit("status "+id, func(l *synclog.Log, today string) (synclog.Edit, error) {
		_, it, err := l.Find(id)
		if err != nil {
			return synclog.Edit{}, err
		}
		all := board.Statuses()
		to := slices.Index(all, it.Status) + dir
		if to < 0 || to >= len(all) {
			return synclog.Edit{}, nil
		}
		return synclog.SetItem(l, id, today, synclog.Setting{Key: "status", Value: string(all[to])})
	})
}

// target is the group that a new item or a check-in is for.
func (b *boardScreen) target(m *Model) string {
	if m.scene == nil {
		return ""
	}
	if i := b.laneAt(m.scene); i >= 0 {
		return m.scene.lanes[i].group.ID
	}
	if r := b.selected(m); r != nil {
		return r.group
	}
	return ""
}

func (m *Model) editItemFile() tea.Cmd {
	r := m.board.selected(m)
	f, ok := m.scene.log.File(r.group)
	if !ok {
		return nil
	}
	return m.editAt(f.Path(), r.item.Line)
}

func (m *Model) openItemLink() tea.Cmd {
	r := m.board.selected(m)
	if r == nil {
		m.say(roleWarn, "no item is selected")
		return nil
	}
	return m.openLinks(r.item.Links)
}
