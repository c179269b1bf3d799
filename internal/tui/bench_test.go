package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// growing is a log of n syncs in which groups and architecture grow and change.
func growing(n int) *memoryLog {
	log := newMemoryLog(map[string]string{"sync-log/archsync.yaml": "title: Growing\n"})
	day := time.Date(2024, 1, 4, 0, 0, 0, 0, time.UTC)
	for s := range n {
		files := map[string]string{}
		for g := range 7 {
			var b strings.Builder
			fmt.Fprintf(&b, "name: Group %d\nlead: lead%d@lumen.example\nowns: [box%d]\nitems:\n", g, g, g)
			for i := range 12 {
				status := []string{"planned", "ongoing", "blocked", "done"}[(s+i+g)/5%4]
				fmt.Fprintf(&b, "  - id: %c%c%03d\n    title: Work number %d of group %d\n    status: %s\n    owner: Person %d\n    touches: [box%d.part%d]\n", 'a'+rune(g), 'a'+rune(i), s/8, i, g, status, i%5, g, i)
			}
			files[fmt.Sprintf("sync-log/board/group%d.yaml", g)] = b.String()
		}
		var d strings.Builder
		for g := range 7 {
			fmt.Fprintf(&d, "box%d: Box %d {\n", g, g)
			for c := range 2 + s/13 {
				fmt.Fprintf(&d, "  part%d: Part %d\n", c, c)
			}
			d.WriteString("}\n")
		}
		for g := range 6 {
			fmt.Fprintf(&d, "box%d.part%d -> box%d.part0: calls %d\n", g, s%2, g+1, s/4)
		}
		files["sync-log/diagrams/architecture.d2"] = d.String()
		log.set(files)
		log.close(day.AddDate(0, 0, 14*s).Format(time.DateOnly))
	}
	return log
}

// BenchmarkStep is one key back in time and the picture after it, at a pace at
// which what lies ahead was read: without the commands that go on in the
// background.
func BenchmarkStep(b *testing.B) {
	for name, keys := range map[string]string{"board": "1", "architecture": "2", "history": "5"} {
		b.Run(name, func(b *testing.B) {
			log := growing(52)
			m := New(b.Context(), log, Host{Now: time.Now}, Options{Profile: termenv.TrueColor, Dark: true, Width: 200, Height: 60})
			drain(m, m.Init())
			_, cmd := m.Update(keyMsg(keys))
			drain(m, cmd)
			back := true
			for b.Loop() {
				if m.cursor <= m.now()-20 {
					back = false
				} else if m.isNow() {
					back = true
				}
				key := keyMsg("]")
				if back {
					key = keyMsg("[")
				}
				_, cmd := m.Update(key)
				if m.scene == nil {
					b.Fatal("a step met nothing that was read ahead")
				}
				if m.at == onArch && m.arch.sketch(m) == nil {
					b.Fatal("a step met nothing that was drawn ahead")
				}
				m.View()
				b.StopTimer()
				drain(m, cmd)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkColdStep is a step to a moment that nothing was read of, with all that
// follows from it until the picture is there.
func BenchmarkColdStep(b *testing.B) {
	log := growing(52)
	m := New(b.Context(), log, Host{Now: time.Now}, Options{Profile: termenv.TrueColor, Dark: true, Width: 200, Height: 60})
	drain(m, m.Init())
	at := 0
	for b.Loop() {
		at = (at + 1) % 50
		m.scenes, m.cursor = newSceneMemo(), place(at)
		clear(m.asked)
		cmd := m.show()
		_, _ = m.Update(cmd())
		if m.scene == nil {
			b.Fatal("no picture")
		}
		m.View()
	}
}

// BenchmarkOpen is the time to the first whole picture of a log of 52 syncs.
func BenchmarkOpen(b *testing.B) {
	log := growing(52)
	for b.Loop() {
		m := New(b.Context(), log, Host{Now: time.Now}, Options{Profile: termenv.TrueColor, Dark: true, Width: 200, Height: 60})
		m.View()
		_, cmd := m.Update(m.readTimeline()())
		for m.scene == nil {
			batch, _ := cmd().(tea.BatchMsg)
			_, cmd = m.Update(batch[0]())
		}
		m.View()
	}
}

// drain runs commands until none is left.
func drain(m *Model, cmd tea.Cmd) {
	pending := []tea.Cmd{cmd}
	for len(pending) > 0 {
		cmd, pending = pending[0], pending[1:]
		if cmd == nil {
			continue
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			pending = append(pending, msg...)
		default:
			_, next := m.Update(msg)
			pending = append(pending, next)
		}
	}
}

// BenchmarkPan moves the window over the largest real diagram there is: 60 pictures a
// second are 16 ms each.
func BenchmarkPan(b *testing.B) {
	corpus := os.Getenv("ARCHSYNC_CORPUS")
	if corpus == "" {
		b.Skip("ARCHSYNC_CORPUS names no folder with real diagrams")
	}
	src, err := os.ReadFile(filepath.Join(corpus, "compose-architectures", "govuk-docker", "2026-04-02.d2"))
	if err != nil {
		b.Fatal(err)
	}
	log := newMemoryLog(map[string]string{"sync-log/archsync.yaml": "", diagramFile: string(src)})
	m := New(b.Context(), log, Host{Now: time.Now}, Options{Profile: termenv.TrueColor, Dark: true, Width: 200, Height: 60})
	drain(m, m.Init())
	for _, key := range []string{"2", "+", "+", "+"} {
		_, cmd := m.Update(keyMsg(key))
		drain(m, cmd)
	}
	keys := []string{"shift+right", "shift+right", "shift+down", "shift+left", "shift+up", "l", "j"}
	for i := 0; b.Loop(); i++ {
		m.Update(keyMsg(keys[i%len(keys)]))
		m.View()
	}
}
