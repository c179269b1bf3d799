package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

const (
	changesFrom = 76 // the width from which the changes stand beside the syncs
	syncsWidth  = 52 // how wide the syncs are then
)

// historyScreen is the timeline with what each sync changed.
type historyScreen struct {
	at     place // of the sync that is selected, which need not be the cursor
	open   bool
	scroll int
}

func (s *historyScreen) title() string { return "History" }

func (s *historyScreen) keymap() keymap {
	return keymap{"History", []binding{
		{keys: []string{"enter"}, what: "travel to the selected sync", short: "travel there", do: func(m *Model) tea.Cmd { return m.travel(m.history.at) }},
		{keys: []string{"tab", "right", "l"}, shown: "tab", what: "read what the sync changed; again to close it", short: "changes", now: closes(func(m *Model) bool { return m.history.open }), do: func(m *Model) tea.Cmd {
			m.history.open, m.history.scroll = !m.history.open, 0
			return nil
		}},
		{keys: []string{" "}, shown: "space", what: "play from the selected sync on", short: "play", do: (*Model).startPlay, why: (*Model).noPlay},
	}}
}

// follow selects the sync that the cursor went to.
func (s *historyScreen) follow(to place) { s.at, s.scroll = to, 0 }

func (s *historyScreen) move(m *Model, by int) {
	if s.open {
		s.scroll = max(s.scroll+by, 0)
		return
	}
	all := s.places(m)
	i := min(max(s.row(all)+by, 0), len(all)-1)
	if i >= 0 {
		s.at, s.scroll = all[i], 0
	}
}

// places are the syncs that are listed, newest first: those that changed something
// which passes the filter, and those of which it is not known yet.
func (s *historyScreen) places(m *Model) []place {
	all := make([]place, 0, m.now()+1)
	for p := m.now(); p >= 0; p-- {
		if d, known := m.changesOf(p); !m.filter.active() || !known || !d.Empty() {
			all = append(all, p)
		}
	}
	return all
}

// row is where the selected sync stands in the list, or the one before it in time.
func (s *historyScreen) row(all []place) int {
	i := slices.IndexFunc(all, func(p place) bool { return p <= s.at })
	if i < 0 {
		return len(all) - 1
	}
	return i
}

// settle selects a sync that is listed.
func (s *historyScreen) settle(m *Model) {
	if all := s.places(m); len(all) > 0 {
		s.at = all[s.row(all)]
	}
}

// change selects the next sync, back in time, that changed something.
func (s *historyScreen) change(m *Model, dir int) {
	for p := s.at - place(dir); p >= 0 && p <= m.now(); p -= place(dir) {
		if d, known := m.changesOf(p); known && !d.Empty() {
			s.at, s.scroll = p, 0
			return
		}
	}
	m.say(roleMuted, "no further sync changed anything")
}

// changesOf is what a sync changed, or what changed since the last one, as far as it
// passes the filter.
func (m *Model) changesOf(p place) (synclog.Difference, bool) {
	if p < m.now() {
		s, known := m.steps[m.key(p)]
		return m.filter.changes(m, s.diff), known
	}
	s := m.scenes.get(sceneKey{nowKey, m.key(m.now() - 1)})
	if s == nil {
		return synclog.Difference{}, false
	}
	return m.filter.changes(m, s.diff), true
}

func (s *historyScreen) selection(m *Model) string {
	var text []string
	for _, l := range s.changes(m, 80) {
		text = append(text, strings.TrimRight(l.text(), " "))
	}
	return strings.TrimSpace(strings.Join(text, "\n"))
}

func (s *historyScreen) view(m *Model, w, h int) []line {
	if len(m.timeline) == 0 {
		return centred([]line{
			{say(roleStrong, "No sync was closed yet.")},
			nil,
			{say(roleMuted, "A sync that is closed becomes a snapshot to travel to:")},
			{say(roleKey, "archsync sync close")},
		}, w, h)
	}
	if w < changesFrom {
		if s.open {
			return scrolled(s.changes(m, w), s.scroll, h)
		}
		return s.syncs(m, w, h)
	}
	left := syncsWidth
	if w < syncsWidth*2 {
		left = max(w*45/100, 40)
	}
	return beside(h,
		pane{s.syncs(m, left, h), left},
		pane{scrolled(s.changes(m, w-left-1), s.scroll, h), w - left - 1})
}

// syncs is the list, newest first.
func (s *historyScreen) syncs(m *Model, w, h int) []line {
	head := syncColumns(w, line{say(roleFaint, "  sync")}, line{say(roleFaint, "items")}, line{say(roleFaint, "architecture")}, line{say(roleFaint, "decisions")})
	all := s.places(m)
	if len(all) == 0 {
		return []line{head, {say(roleMuted, "  no sync changed anything like it")}}
	}
	lines := make([]line, len(all))
	for i, p := range all {
		lines[i] = s.syncLine(m, p, w)
	}
	return append([]line{head}, window(lines, s.row(all), h-1)...)
}

func (s *historyScreen) syncLine(m *Model, p place, w int) line {
	name := line{say(roleAccent, bar(p == s.at)), say(m.placeSign(p)), quote(m.placeRole(p), " "+m.name(p))}
	var l line
	switch d, known := m.changesOf(p); {
	case m.steps[m.key(p)].err != nil:
		l = append(name, say(roleError, "  cannot be read")).fit(w)
	case !known:
		l = append(name, say(roleFaint, "  …")).fit(w)
	default:
		n := d.Counts()
		l = syncColumns(w, name, countsLine(n.Items), countsLine(n.Components.Plus(n.Connections)), countsLine(n.Decisions))
	}
	if p == s.at {
		return l.selected()
	}
	return l
}

// placeSign marks cursor and base in a list.
func (m *Model) placeSign(p place) (role, string) {
	switch p {
	case m.cursor:
		return m.cursorRole(), "▲"
	case m.base():
		return roleText, "△"
	}
	return roleText, " "
}

func (m *Model) placeRole(p place) role {
	if p == m.cursor {
		return roleStrong
	}
	return roleText
}

// syncColumns puts the counts of a sync under each other; the last ones go first
// where there is no room.
func syncColumns(w int, name, items, arch, decisions line) line {
	l := name.fit(min(14, w))
	for _, column := range []struct {
		counts line
		width  int
	}{{items, 13}, {arch, 13}, {decisions, 9}} {
		if l.width()+column.width > w {
			break
		}
		l = append(l, column.counts.fit(column.width)...)
	}
	return l.fit(w)
}

// changes are what the selected sync changed, w cells wide.
func (s *historyScreen) changes(m *Model, w int) []line {
	d := detail{width: w}
	d.title(s.changesTitle(m), s.open)
	if err := m.steps[m.key(s.at)].err; err != nil {
		d.add(nil)
		d.add(wrapLine(line{say(roleText, " ")}, roleError, failure(err), w-1)...)
		return d.lines
	}
	diff, known := m.changesOf(s.at)
	switch {
	case !known:
		d.add(nil, line{say(roleMuted, " reading …")})
		return d.lines
	case diff.Empty():
		d.add(nil, line{say(roleMuted, " Nothing changed.")})
		return d.lines
	}
	d.itemChanges(m, diff.Items)
	d.architectureChanges(diff)
	d.decisionChanges(diff.Decisions)
	return d.lines
}

func (s *historyScreen) changesTitle(m *Model) string {
	switch {
	case s.at >= m.now():
		return "Since the sync of " + m.name(m.now()-1)
	case s.at == 0:
		return "The first sync, " + m.name(0)
	}
	return "Sync of " + m.name(s.at) + ", since " + m.name(s.at-1)
}

// itemChanges lists items by group, in the order and under the names of the board,
// one line each.
func (d *detail) itemChanges(m *Model, changes []change.Change) {
	byGroup := map[string][][]change.Change{}
	var groups []string
	for _, facts := range synclog.BySubject(changes) {
		g := facts[0].Place
		if byGroup[g] == nil {
			groups = append(groups, g)
		}
		byGroup[g] = append(byGroup[g], facts)
	}
	slices.SortFunc(groups, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.groupRank(a), m.groupRank(b)), cmp.Compare(a, b))
	})
	for _, g := range groups {
		d.head(plain.Line(m.groupTitle(g)))
		for _, facts := range byGroup[g] {
			d.subject(facts, cmp.Or(facts[0].Title, facts[0].Subject))
		}
	}
}

// groupRank is a group's place on the board that is shown; behind all others when it
// is not there.
func (m *Model) groupRank(id string) int {
	if m.scene != nil {
		if i := slices.IndexFunc(m.scene.lanes, func(l lane) bool { return l.is(id) }); i >= 0 {
			return i
		}
	}
	return 1 << 20
}

// groupTitle is what the board that is shown calls a group.
func (m *Model) groupTitle(id string) string {
	if i := m.groupRank(id); m.scene != nil && i < len(m.scene.lanes) {
		return laneName(m.scene.lanes[i])
	}
	return id
}

// subject is one thing that changed: its sign, its name, and its facts beside it
// or under it.
func (d *detail) subject(facts []change.Change, name string) {
	sign := line{say(roleText, " "), mark(strongest(facts)), say(roleText, " ")}
	var words []string
	for _, c := range facts {
		if c.Reason != change.ReasonAdded && c.Reason != change.ReasonRemoved {
			words = append(words, factWords(c))
		}
	}
	name, text := plain.Line(name), plain.Line(strings.Join(words, ", "))
	if sign.width()+cells(name)+2+cells(text) <= d.width {
		d.add(append(sign, say(roleText, name), say(roleMuted, "  "+text)))
		return
	}
	d.add(wrapLine(sign, roleText, name, d.width)...)
	if text != "" {
		d.add(wrapLine(line{say(roleText, "     ")}, roleMuted, text, d.width)...)
	}
}

func (d *detail) architectureChanges(diff synclog.Difference) {
	all := slices.Concat(diff.Components, diff.Connections)
	if len(all)+len(diff.Texts) == 0 {
		return
	}
	d.head("architecture")
	for _, c := range all {
		words := plain.Line(synclog.Words(c, func(s string) string { return s }))
		d.add(wrapLine(line{say(roleText, " "), mark(c.Kind), say(roleText, " ")}, roleText, words, d.width)...)
	}
	for _, t := range diff.Texts {
		d.add(line{say(roleChanged, " ~ "), quote(roleText, t.Path), say(roleMuted, "  as text: it does not compile")})
	}
}

func (d *detail) decisionChanges(changes []change.Change) {
	if len(changes) == 0 {
		return
	}
	d.head("decisions")
	for _, facts := range synclog.BySubject(changes) {
		d.subject(facts, cmp.Or(facts[0].Title, facts[0].Subject))
	}
}
