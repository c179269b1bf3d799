package tui

import (
	"slices"
	"strings"
)

// bars are the sizes of a tick, smallest first.
const bars = "▁▂▃▄▅▆▇█"

// timelineBar is two lines: a tick for every sync, as high as the sync changed
// much, and under them where cursor and base stand.
func (m *Model) timelineBar(w int) []line {
	v := m.barView(w)
	if len(m.timeline) == 0 {
		return []line{{say(roleFaint, " "+m.emptyBar())}, nil}
	}
	return []line{v.ticks(m, false), v.markers(m)}
}

// timelineTicks is the bar in one line, with cursor and base among the ticks.
func (m *Model) timelineTicks(w int) line {
	if len(m.timeline) == 0 {
		return line{say(roleFaint, " "+m.emptyBar())}
	}
	return m.barView(w).ticks(m, true)
}

func (m *Model) emptyBar() string {
	if !m.known {
		return "…"
	}
	return "no sync was closed yet"
}

// barView is the part of the timeline that has room.
type barView struct {
	width    int
	cell     int // cells for each tick, the gap included
	from, to place
}

func (m *Model) barView(w int) barView {
	n := len(m.timeline) + 1 // now is a tick too
	room := max(w-4, 1)
	v := barView{width: w, cell: min(max(room/n, 1), 4)}
	shown := room / v.cell
	if shown >= n {
		v.to = place(n)
		return v
	}
	v.from = min(max(m.cursor-place(shown/2), 0), place(n-shown))
	v.to = v.from + place(shown)
	return v
}

// at is the column of a tick.
func (v barView) at(p place) int { return 2 + int(p-v.from)*v.cell }

func (v barView) shows(p place) bool { return p >= v.from && p < v.to }

func (v barView) ticks(m *Model, markers bool) line {
	l := line{say(roleText, " "), say(roleFaint, edgeSign(v.from > 0, "‹"))}
	most := m.mostChanges()
	for p := v.from; p < v.to; p++ {
		sign, r := m.tick(p, most)
		if marked, of := m.markOf(p); marked != "" {
			sign, r = marked, of
		}
		switch {
		case markers && p == m.cursor:
			sign = "▲"
		case markers && p == m.base():
			sign = "△"
		}
		switch {
		case p == m.cursor:
			r = m.cursorRole()
		case p == m.base():
			r = roleText
		}
		bar := strings.Repeat(sign, max(v.cell-1, 1))
		if !strings.Contains(bars, sign) {
			bar = sign
		}
		l = append(l, say(r, bar), say(roleText, blanks(v.cell-cells(bar))))
	}
	return append(l, say(roleFaint, edgeSign(v.to <= m.now(), "›")))
}

func (m *Model) cursorRole() role {
	if m.isNow() {
		return roleAccent
	}
	return rolePast
}

func edgeSign(there bool, sign string) string {
	if there {
		return sign
	}
	return " "
}

// mostChanges is what the highest tick stands for: more than nearly every sync
// changed. The few above it, the first sync for one, would dwarf the rest.
func (m *Model) mostChanges() int {
	var totals []int
	for _, s := range m.timeline {
		if n := m.steps[s.Commit].counts.Total(); n > 0 {
			totals = append(totals, n)
		}
	}
	if len(totals) == 0 {
		return 1
	}
	slices.Sort(totals)
	return totals[(len(totals)-1)*9/10]
}

// tick is the sign of a place: how much it changed.
func (m *Model) tick(p place, most int) (string, role) {
	if p >= m.now() {
		return "◇", roleMuted
	}
	s, known := m.steps[m.key(p)]
	switch {
	case !known:
		return "·", roleFaint
	case s.err != nil:
		return "!", roleError
	case s.counts.Total() == 0:
		return "_", roleFaint
	}
	levels := []rune(bars)
	i := s.counts.Total()*len(levels)/most - 1
	return string(levels[min(max(i, 0), len(levels)-1)]), roleMuted
}

// markers is the line under the ticks: base and cursor with their names, and the
// years where there is room.
func (v barView) markers(m *Model) line {
	row := newTrack(v.width)
	at, base := v.at(m.cursor), -1
	row.put(at, "▲", m.cursorRole())
	if b := m.base(); b >= 0 && v.shows(b) && b != m.cursor {
		base = v.at(b)
		row.put(base, "△", roleText)
	}
	row.beside(at, base, m.name(m.cursor), m.cursorRole())
	if base >= 0 {
		label := m.name(m.base())
		if m.pinned {
			label += " pinned"
		}
		row.beside(base, at, label, roleMuted)
	}
	year := ""
	for p := v.from; p < v.to && p < m.now(); p++ {
		if y := m.timeline[p].Date[:min(4, len(m.timeline[p].Date))]; y != year {
			year = y
			row.try(v.at(p), y, roleFaint)
		}
	}
	return row.line()
}

// track is a line of cells that labels are put on.
type track struct {
	signs []rune
	roles []role
}

func newTrack(w int) track {
	t := track{make([]rune, w), make([]role, w)}
	for i := range t.signs {
		t.signs[i] = ' '
	}
	return t
}

func (t track) put(at int, text string, r role) {
	for i, sign := range []rune(text) {
		if at+i >= 0 && at+i < len(t.signs) {
			t.signs[at+i], t.roles[at+i] = sign, r
		}
	}
}

// free tells whether n cells from at on, and one on each side, are empty.
func (t track) free(at, n int) bool {
	for i := max(at-1, 0); i < min(at+n+1, len(t.signs)); i++ {
		if t.signs[i] != ' ' {
			return false
		}
	}
	return at >= 0 && at+n <= len(t.signs)
}

func (t track) try(at int, text string, r role) {
	if t.free(at, len([]rune(text))) {
		t.put(at, text, r)
	}
}

// beside puts a label next to a sign: on the side away from the other one, else
// wherever there is room.
func (t track) beside(at, other int, text string, r role) {
	n := len([]rune(text))
	right, left := at+2, at-1-n
	if other > at {
		right, left = left, right
	}
	for _, x := range []int{right, left} {
		if t.roomFor(x, n, at) {
			t.put(x, text, r)
			return
		}
	}
}

// roomFor is free but for the sign that the label belongs to.
func (t track) roomFor(x, n, at int) bool {
	if x < 0 || x+n > len(t.signs) {
		return false
	}
	for i := max(x-1, 0); i < min(x+n+1, len(t.signs)); i++ {
		if t.signs[i] != ' ' && i != at {
			return false
		}
	}
	return true
}

func (t track) line() line {
	l := make(line, 0, len(t.signs))
	for i, s := range t.signs {
		l = append(l, say(t.roles[i], string(s)))
	}
	return l
}
