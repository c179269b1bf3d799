package tui

import (
	"net/url"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/plain"
)

// Update routes a message to the method that does the work.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer m.mark()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		return m, tea.Batch(m.draw(), m.serveSync(), m.forward(msg))
	case filmMsg:
		return m, m.onFilm(msg)
	case sketchMsg:
		return m, m.onSketch(msg)
	case tea.KeyMsg:
		return m, m.onKeys(msg)
	case tea.MouseMsg:
		return m, m.onMouse(msg)
	case timelineMsg:
		return m, m.onTimeline(msg)
	case sceneMsg:
		return m, m.onScene(msg)
	case stepsMsg:
		return m, m.onSteps(msg)
	case playMsg:
		return m, m.onPlay(msg)
	case textsMsg:
		return m, m.onTexts(msg)
	case storyMsg:
		m.onStory(msg)
		return m, nil
	case pastMsg:
		m.onPast(msg)
		return m, nil
	case unsavedMsg:
		m.onUnsaved(msg)
		return m, nil
	case authorMsg:
		m.onAuthor(msg)
		return m, nil
	case pollMsg:
		return m, m.readStamp()
	case stampMsg:
		return m, m.onStamp(msg)
	case writtenMsg:
		return m, m.onWritten(msg)
	case committedMsg:
		return m, m.onCommitted(msg)
	case discardedMsg:
		return m, m.onDiscarded(msg)
	case editorMsg:
		return m, m.onEditor(msg)
	case preparedMsg:
		return m, m.onPrepared(msg)
	case runningMsg:
		return m, m.onRunning(msg)
	case minutesMsg:
		m.onMinutes(msg)
		return m, nil
	case secondMsg:
		return m, m.onSecond(msg)
	case turnPictureMsg:
		return m, m.onTurnPicture(msg)
	case breakoutMsg:
		return m, m.onBreakout(msg)
	case actedMsg:
		m.onActed(msg)
		return m, nil
	}
	return m, m.forward(msg)
}

// onKeys takes keys apart that came in one reading: a key that is held down, or
// typed fast, arrives as one message with several characters. What was pasted is
// one text.
func (m *Model) onKeys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return m.onKey(msg)
	}
	cmds := make([]tea.Cmd, 0, len(msg.Runes))
	for _, r := range msg.Runes {
		cmds = append(cmds, m.onKey(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(cmds...)
}

// forward gives an overlay the messages that its own commands brought.
func (m *Model) forward(msg tea.Msg) tea.Cmd {
	if m.overlay == nil {
		return nil
	}
	return m.overlay.update(m, msg)
}

// onMouse lets the wheel select, and the picture be dragged. Nothing here needs a
// mouse.
func (m *Model) onMouse(msg tea.MouseMsg) tea.Cmd {
	switch {
	case m.overlay != nil:
	case m.at == onArch && m.scene != nil && m.arch.pictured(m):
		return m.arch.onMouse(m, msg)
	case msg.Button == tea.MouseButtonWheelUp:
		return m.moveBy(-1)
	case msg.Button == tea.MouseButtonWheelDown:
		return m.moveBy(1)
	}
	return nil
}

// Verbs that no screen owns.

func (m *Model) moveBy(n int) tea.Cmd {
	m.screen().move(m, n)
	return nil
}

func (m *Model) nextChange(dir int) tea.Cmd {
	m.screen().change(m, dir)
	return nil
}

// page is how far a page goes.
func (m *Model) page() int { return max(m.height-frameRows(m.height)-2, 1) }

// back leaves what is open, the filter last; then the program.
func (m *Model) back() tea.Cmd {
	if m.leave() {
		return m.draw()
	}
	return m.quit()
}

// escape is back that never ends the program.
func (m *Model) escape() tea.Cmd {
	if !m.leave() {
		m.say(roleMuted, "nothing is open; q or Q quits")
	}
	return m.draw()
}

// leave leaves what is open, the filter last, then the screen.
func (m *Model) leave() bool {
	switch {
	case m.board.open && m.at == onBoard:
		m.board.open, m.board.scroll = false, 0
	case m.arch.open && m.at == onArch:
		m.arch.open, m.arch.scroll = false, 0
	case m.arch.focus != "" && m.at == onArch:
		m.arch.focus = ""
	case m.history.open && m.at == onHistory:
		m.history.open, m.history.scroll = false, 0
	case m.filter.active():
		m.filter = filter{}
		m.board.settle(m)
		m.arch.settle(m)
		m.say(roleMuted, "the filter is off")
	case m.at != onBoard:
		m.at = onBoard
	default:
		return false
	}
	return true
}

// actedMsg is what became of something done outside the log.
type actedMsg struct {
	what string
	err  error
}

func (m *Model) onActed(msg actedMsg) {
	if msg.err != nil {
		m.say(roleError, plain.Line(msg.err.Error()))
		return
	}
	m.say(roleMuted, msg.what)
}

func (m *Model) copySelection() tea.Cmd {
	text := plain.Text(m.screen().selection(m))
	copyText := m.host.Copy
	switch {
	case copyText == nil:
		m.say(roleWarn, "there is no clipboard here")
		return nil
	case text == "":
		m.say(roleWarn, "nothing is selected")
		return nil
	}
	what := "copied " + plural(strings.Count(text, "\n")+1, "line")
	return func() tea.Msg { return actedMsg{what, copyText(text)} }
}

// openLinks opens a link, or asks which.
func (m *Model) openLinks(links []string) tea.Cmd {
	safe := slices.DeleteFunc(slices.Clone(links), func(l string) bool { return !followable(l) })
	switch {
	case len(links) == 0:
		m.say(roleWarn, "there is no link here")
	case len(safe) == 0:
		m.say(roleWarn, "only http, https and mailto links are opened: "+plain.Line(links[0]))
	case len(safe) == 1:
		return m.follow(safe[0])
	default:
		var choices []choice
		for _, l := range safe {
			choices = append(choices, choice{label: plain.Line(l), do: func(m *Model) tea.Cmd { return m.follow(l) }})
		}
		m.overlay = newPicker("Open a link", choices)
	}
	return nil
}

func (m *Model) follow(link string) tea.Cmd {
	openURL := m.host.Open
	if openURL == nil {
		m.say(roleWarn, "there is no browser here: "+plain.Line(link))
		return nil
	}
	return func() tea.Msg { return actedMsg{"opened " + plain.Line(link), openURL(link)} }
}

// followable tells whether a link may be opened at all: it is other people's text.
func followable(link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}

// editorMsg is the end of the user's editor.
type editorMsg struct{ err error }

// editAt opens the user's editor on a file of the log.
func (m *Model) editAt(path string, line int) tea.Cmd {
	if m.host.Edit == nil {
		m.say(roleWarn, "there is no editor here: set EDITOR")
		return nil
	}
	return m.host.Edit(path, max(line, 1), func(err error) tea.Msg { return editorMsg{err} })
}

func (m *Model) onEditor(msg editorMsg) tea.Cmd {
	if msg.err != nil {
		m.say(roleError, "the editor failed: "+plain.Line(msg.err.Error()))
	}
	return m.refresh()
}
