package tui

import (
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/history"
)

// driver presses keys on a program without a terminal, and runs its commands one
// after another until none is left.
type driver struct {
	t      *testing.T
	log    *memoryLog
	model  *Model
	held   []tea.Cmd // commands kept back, where hold is on
	hold   bool
	quit   bool
	edited []string // what the editor was opened on
	opened []string
	copied string
}

func testHost(d *driver) Host {
	ids := []string{"n0001", "n0002", "n0003", "n0004"}
	return Host{
		Now:    func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		Author: func() (history.Author, error) { return history.Author{Name: "Ada", Mail: "ada@lumen.example"}, nil },
		NewID: func() (string, error) {
			id := ids[0]
			ids = ids[1:]
			return id, nil
		},
		Edit: func(path string, line int, done func(error) tea.Msg) tea.Cmd {
			return func() tea.Msg {
				d.edited = append(d.edited, path+":"+itoa(line))
				return done(nil)
			}
		},
		Open: func(url string) error { d.opened = append(d.opened, url); return nil },
		Copy: func(text string) error { d.copied = text; return nil },
	}
}

// start opens a log, and reads until nothing is left to read.
func start(t *testing.T, log *memoryLog) *driver {
	t.Helper()
	d := cold(t, log)
	d.run(d.model.Init())
	return d
}

// cold is a program that has read nothing yet.
func cold(t *testing.T, log *memoryLog) *driver {
	t.Helper()
	d := &driver{t: t, log: log}
	d.model = New(t.Context(), log, testHost(d), Options{Profile: termenv.Ascii, Time: time.Hour, Width: 80, Height: 24})
	return d
}

// startASCII is start on a terminal that has ASCII only.
func startASCII(t *testing.T, log *memoryLog) *driver {
	t.Helper()
	d := cold(t, log)
	d.model.theme = newTheme(Options{Profile: termenv.Ascii, ASCII: true})
	d.run(d.model.Init())
	return d
}

// run runs a command and all that follow from it.
func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	pending := []tea.Cmd{cmd}
	for n := 0; len(pending) > 0; n++ {
		if n > 10_000 {
			d.t.Fatal("the program does not come to rest")
		}
		cmd, pending = pending[0], pending[1:]
		if cmd == nil || blinks(cmd) {
			continue
		}
		if d.hold {
			d.held = append(d.held, cmd)
			continue
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			pending = append(pending, msg...)
		case tea.QuitMsg:
			d.quit = true
		default:
			if each, ok := sequence(msg); ok {
				pending = append(each, pending...)
				continue
			}
			_, next := d.model.Update(msg)
			pending = append(pending, next)
		}
	}
}

// blinks tells whether a command only waits for a cursor to blink.
func blinks(cmd tea.Cmd) bool {
	f := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer())
	return f != nil && strings.Contains(f.Name(), "bubbles/cursor")
}

// sequence takes tea.Sequence's message, whose type has no name, apart.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	return v.Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd), true
}

// release runs what was kept back.
func (d *driver) release() {
	d.t.Helper()
	d.hold = false
	held := d.held
	d.held = nil
	for _, cmd := range held {
		d.run(cmd)
	}
}

// press presses keys, each named as Bubble Tea names it.
func (d *driver) press(keys ...string) *driver {
	d.t.Helper()
	for _, k := range keys {
		_, cmd := d.model.Update(keyMsg(k))
		d.run(cmd)
	}
	return d
}

// do presses the key that the keymaps give to what is described so.
func (d *driver) do(what string) *driver {
	d.t.Helper()
	for _, k := range append([]keymap{d.model.screen().keymap()}, everywhere()) {
		for _, b := range k.bindings {
			if b.what == what {
				return d.press(b.keys[0])
			}
		}
	}
	d.t.Fatalf("no key does %q here", what)
	return d
}

// write types text.
func (d *driver) write(text string) *driver {
	d.t.Helper()
	for _, r := range text {
		k := string(r)
		if r == ' ' {
			k = "space"
		}
		d.press(k)
	}
	return d
}

func keyMsg(name string) tea.KeyMsg {
	alt := strings.HasPrefix(name, "alt+")
	if name == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}
	}
	for t := tea.KeyType(-100); t < 200; t++ {
		if k := (tea.Key{Type: t}); t != tea.KeyRunes && k.String() == name && name != "" {
			return tea.KeyMsg(k)
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(strings.TrimPrefix(name, "alt+")), Alt: alt}
}

// picture is the screen as it is now, without trailing blanks.
func (d *driver) picture(w, h int) string {
	rows := strings.Split(d.model.render(w, h), "\n")
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	return strings.Join(rows, "\n") + "\n"
}

// expect fails unless the screen shows each of the texts.
func (d *driver) expect(texts ...string) *driver {
	d.t.Helper()
	shown := d.picture(d.model.width, d.model.height)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, shown)
		}
	}
	return d
}

// without fails when the screen shows one of the texts.
func (d *driver) without(texts ...string) *driver {
	d.t.Helper()
	shown := d.picture(d.model.width, d.model.height)
	for _, text := range texts {
		if strings.Contains(shown, text) {
			d.t.Errorf("the screen shows %q:\n%s", text, shown)
		}
	}
	return d
}

// golden compares the screen, at the sizes that matter, with testdata/NAME-SIZE.txt.
func (d *driver) golden(name string) {
	d.t.Helper()
	for _, size := range []struct{ w, h int }{{40, 20}, {80, 24}, {120, 40}, {200, 60}} {
		d.goldenAt(name, size.w, size.h)
	}
}

func (d *driver) goldenAt(name string, w, h int) {
	d.t.Helper()
	path := filepath.Join("testdata", name+"-"+itoa(w)+"x"+itoa(h)+".txt")
	_, cmd := d.model.Update(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(cmd)
	got := d.picture(w, h)
	checkSpelling(d.t, got)
	golden.Check(d.t, path, []byte(got))
}
