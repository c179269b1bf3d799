package tui

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
)

const (
	searchPause = 60 * time.Millisecond // after a key, so that a word typed fast is searched for once
	searchMost  = 200                   // hits that are listed
)

// searchLine finds texts of all of time while it is written. Each key makes a new
// question; answers to older ones are dropped.
type searchLine struct {
	input  input
	mode   chronicle.Mode
	number int // of the question
	found  chronicle.Found
	of     int    // the question that found answers; 0 for none
	fault  string // why it cannot be answered
	at     int
}

// Messages of the search.
type (
	textsMsg struct {
		generation int
		texts      *chronicle.Texts
		err        error
	}
	searchMsg struct{ number int } // the pause after a key is over
	foundMsg  struct {
		number int
		found  chronicle.Found
		err    error
	}
)

// noSearch is why nothing can be searched yet.
func (m *Model) noSearch() string {
	if !m.known {
		return "the log is still being read"
	}
	return ""
}

func (m *Model) openSearch() tea.Cmd {
	m.overlay = &searchLine{input: newInput("/ ", "")}
	if m.texts != nil && m.textsOf == m.generation {
		return nil
	}
	ctx, log, memo, generation := m.ctx, m.log, m.host.Memo, m.generation
	snapshots, now := slices.Clone(m.timeline), history.Moment{Expr: nowKey, Kind: history.Now}
	return func() tea.Msg {
		texts, err := chronicle.NewTexts(ctx, log.Written(snapshots, now, memo))
		return textsMsg{generation, texts, err}
	}
}

func (m *Model) onTexts(msg textsMsg) tea.Cmd {
	if msg.generation != m.generation {
		return nil
	}
	l, open := m.overlay.(*searchLine)
	if msg.err != nil {
		if open {
			l.fault = failure(msg.err)
		}
		return nil
	}
	m.texts, m.textsOf = msg.texts, msg.generation
	if !open {
		return nil
	}
	return l.search(m, l.number)
}

func (l *searchLine) hints() []hint {
	return []hint{{"enter", "travel there"}, {"↑↓", "select"}, {"ctrl+t", "mode"}, {"esc", "close"}}
}

func (l *searchLine) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case searchMsg:
		return l.search(m, msg.number)
	case foundMsg:
		l.onFound(msg)
	case tea.KeyMsg:
		return l.key(m, msg)
	}
	return nil
}

func (l *searchLine) key(m *Model, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		m.overlay = nil
	case "up", "ctrl+p":
		l.at = max(l.at-1, 0)
	case "down", "ctrl+n", "tab":
		l.at = min(l.at+1, max(len(l.found.Hits)-1, 0))
	case "pgup":
		l.at = max(l.at-10, 0)
	case "pgdown":
		l.at = min(l.at+10, max(len(l.found.Hits)-1, 0))
	case "enter":
		if l.at < len(l.found.Hits) {
			m.overlay = nil
			return m.visit(l.found.Hits[l.at])
		}
	case "ctrl+t":
		l.mode = (l.mode + 1) % (chronicle.Regexp + 1)
		return l.ask(m)
	default:
		before := l.input.value()
		l.input.update(k)
		if l.input.value() != before {
			return l.ask(m)
		}
	}
	return nil
}

// ask waits for the end of a word typed fast, and searches.
func (l *searchLine) ask(m *Model) tea.Cmd {
	l.number++
	number := l.number
	if m.host.Tick == nil {
		return l.search(m, number)
	}
	return m.host.Tick(searchPause, func(time.Time) tea.Msg { return searchMsg{number} })
}

// search answers a question, unless there is a newer one.
func (l *searchLine) search(m *Model, number int) tea.Cmd {
	if number != l.number || m.texts == nil {
		return nil
	}
	if l.input.value() == "" {
		l.onFound(foundMsg{number: number})
		return nil
	}
	text, mode, texts, log, now := l.input.value(), l.mode, m.texts, m.log, m.host.Now
	return func() tea.Msg {
		q, err := chronicle.ParseQuery(text, mode)
		if err == nil && q.At != "" {
			q.Moment, err = dateAt(log, q.At, now())
		}
		if err != nil {
			return foundMsg{number: number, err: err}
		}
		return foundMsg{number: number, found: texts.Search(q, searchMost)}
	}
}

// dateAt is the date of a moment as a query has it.
func dateAt(log Log, expr string, now time.Time) (string, error) {
	m, err := log.Moment(expr, now)
	if err != nil || m.Kind == history.Now {
		return nowKey, err
	}
	return m.Date, nil
}

// onFound takes an answer. A question that means nothing, as one does that is half
// written, leaves the last hits.
func (l *searchLine) onFound(msg foundMsg) {
	if msg.number != l.number {
		return
	}
	if l.fault = ""; msg.err != nil {
		l.fault = failure(msg.err)
		return
	}
	l.found, l.of, l.at = msg.found, msg.number, 0
}

func (l *searchLine) view(m *Model, w, h int) box {
	inside := min(110, w-4)
	lines := []line{l.input.line(inside), l.status(m).fit(inside)}
	var list []line
	for i, hit := range l.found.Hits {
		list = append(list, hitRows(hit, inside, i == l.at)...)
	}
	room := max(h-5, 1)
	return box{title: "Search all of time" + l.modeName(), lines: append(lines, window(list, 2*l.at+1, room)...), width: inside}
}

func (l *searchLine) modeName() string {
	return []string{"", ", fuzzy", ", patterns"}[l.mode]
}

// status says how many hits there are, or why there are none.
func (l *searchLine) status(m *Model) line {
	n := l.found.Total
	switch {
	case l.fault != "":
		return line{quote(roleError, l.fault)}
	case m.texts == nil:
		return line{say(roleMuted, "reading all of time …")}
	case l.input.value() == "":
		return line{say(roleFaint, "words, a \"phrase\", group:, status:, kind:, at:")}
	case l.of != l.number:
		return line{say(roleMuted, "…")}
	case n > len(l.found.Hits):
		return line{say(roleMuted, "the first "+itoa(len(l.found.Hits))+" of "+itoa(n)+" hits")}
	}
	return line{say(roleMuted, plural(n, "hit"))}
}

// hitRows are a hit in two lines: its line with what was found, then what it is of and
// when it stood in the log.
func hitRows(h chronicle.Hit, w int, chosen bool) []line {
	text, marks := h.Excerpt(max(w-2, 8))
	first := line{say(roleAccent, bar(chosen))}
	at := 0
	for _, mark := range marks {
		first = append(first, quote(roleText, text[at:mark.From]), quote(roleWarn, text[mark.From:mark.To]))
		at = mark.To
	}
	first = append(first, quote(roleText, text[at:]))
	of := string(h.Kind) + " " + h.ID
	if h.Group != "" && h.Group != h.ID {
		of += " of " + h.Group
	}
	second := spread(w, line{say(roleAccent, bar(chosen)), quote(roleMuted, "  "+of)}, line{quote(roleFaint, lifetime(h)), say(roleText, " ")}, min(w, 16))
	rows := []line{first.fit(w), second}
	if chosen {
		rows[0], rows[1] = rows[0].selected(), rows[1].fit(w).selected()
	}
	return rows
}

// lifetime is when a hit stood in the log, the whole of it in short.
func lifetime(h chronicle.Hit) string {
	first, last := h.Lived[0], h.Lived[len(h.Lived)-1]
	switch {
	case first.First == chronicle.Snapshot{}:
		return "new since the last sync"
	case last.Now:
		return first.First.Date + " – now"
	case first.First == last.Last:
		return first.First.Date
	}
	return first.First.Date + " – " + last.Last.Date
}

// landing is what to select at a place as soon as it is shown.
type landing struct {
	key string // of the place
	hit chronicle.Hit
}

// visit travels to the last moment in which a hit stood in the log, and selects what
// it is of.
func (m *Model) visit(h chronicle.Hit) tea.Cmd {
	last := h.Lived[len(h.Lived)-1]
	to := m.now()
	if !last.Now {
		i := slices.Index(m.timeline, last.Last)
		if i < 0 {
			m.say(roleWarn, "the sync of "+plain.Line(last.Last.Date)+" is no longer there")
			return nil
		}
		to = place(i)
	}
	m.landing = &landing{m.key(to), h}
	m.filter = filter{}
	if to == m.cursor && m.scene != nil {
		m.land()
		return m.draw()
	}
	return m.travel(to)
}

// land selects what a search led to, if this is the place.
func (m *Model) land() {
	l := m.landing
	if l == nil || m.key(m.cursor) != l.key {
		return
	}
	m.landing = nil
	switch h := l.hit; h.Kind {
	case chronicle.Item:
		m.at, m.board.open = onBoard, false
		if r := m.scene.rows[h.ID]; r != nil {
			m.board.selectRow(m, r)
		}
	case chronicle.Group:
		m.goToGroup(h.ID)
	case chronicle.Component, chronicle.Connection:
		m.at, m.arch.open = onArch, false
		m.arch.goTo(m, h.Path, m.ownID(h))
	default:
		m.at = onHistory
		m.say(roleMuted, string(h.Kind)+" "+plain.Line(h.ID)+": "+plain.Line(h.Path))
	}
}

// ownID is what a component or connection is called in its own diagram.
func (m *Model) ownID(h chronicle.Hit) string {
	if d := m.scene.log.Diagram(h.Path); d != nil {
		if name := m.scene.log.Name(d, ""); len(name) <= len(h.ID) {
			return h.ID[len(name):]
		}
	}
	return h.ID
}
