package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
	"github.com/archsync/archsync/internal/tui"
)

// asciiFlag is --ascii of what opens the screens.
func (v *invocation) asciiFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&v.ascii, "ascii", v.ascii, "draw the screens with ASCII characters only, for terminals without box\ncharacters; where LC_ALL, LC_CTYPE or LANG names no UTF-8, that is done\nanyway, unless --ascii=false")
}

// chooseSigns takes the locale's word where the flag was not given.
func (v *invocation) chooseSigns(cmd *cobra.Command) {
	if !cmd.Flags().Changed("ascii") {
		v.ascii = !unicodeLocale(v.getenv)
	}
}

// unicodeLocale tells whether a terminal may be sent more than ASCII. As POSIX has it
// the first variable that is set decides; where none is, nothing is known against it.
func unicodeLocale(getenv func(string) string) bool {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"), "UTF-8"))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// screens opens the TUI on the log that is found; where there is none it offers
// the ways to get one.
func (v *invocation) screens() error {
	if !v.terminal {
		return &usageError{
			what: "the screens need a terminal",
			hint: "archsync board, log and diff print instead; archsync --help lists all verbs",
		}
	}
	if _, err := v.open(); errors.Is(err, history.ErrNoLog) || errors.Is(err, history.ErrNoRepository) {
		return v.offer()
	} else if err != nil {
		return err
	}
	return v.show(v.holder(), false)
}

// screensAt opens the TUI on the log of a repository.
func (v *invocation) screensAt(root string) error {
	v.chdir = root
	if _, err := v.open(); err != nil {
		return err
	}
	return v.show(v.holder(), false)
}

// offer asks somebody without a log what to do.
func (v *invocation) offer() error {
	start, err := v.start()
	if err != nil {
		return err
	}
	choice := "demo"
	ask := huh.NewSelect[string]().
		Title("There is no log here.").
		Options(
			huh.NewOption("Look around in two years of a made-up company", "demo"),
			huh.NewOption("Begin a log in "+start, "init"),
			huh.NewOption("Leave", "leave"),
		).Value(&choice)
	if v.ascii {
		ask.WithTheme(asciiTheme())
	}
	err = ask.Run()
	if errors.Is(err, huh.ErrUserAborted) || choice == "leave" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask what to do: %w", err)
	}
	root := v.tree()
	args := []string{"-C", start, choice}
	if choice == "demo" {
		args = append(args, "--ascii="+strconv.FormatBool(v.ascii))
	}
	root.SetArgs(args)
	if err := root.ExecuteContext(v.ctx); err != nil || choice == "demo" {
		return err
	}
	return v.screens()
}

// asciiTheme is how huh asks on a terminal that has ASCII only.
func asciiTheme() *huh.Theme {
	theme := huh.ThemeCharm()
	theme.Focused.Base = theme.Focused.Base.BorderStyle(lipgloss.Border{Left: "|"})
	return theme
}

// show runs the screens until they are left. Holder is this process; presenting begins
// with the sync.
func (v *invocation) show(holder meeting.Holder, presenting bool) error {
	if err := v.printed.flush(); err != nil {
		return err
	}
	output := termenv.NewOutput(v.outside.out)
	dark := make(chan bool, 1) // the terminal is asked while files are read
	go func() { dark <- output.HasDarkBackground() }()
	now, _, err := v.read("", synclog.Board)
	if err != nil {
		now = nil // the screens say why
	}
	model := tui.New(v.ctx, v.archive, v.host(output, holder), tui.Options{
		Profile: output.EnvColorProfile(),
		Dark:    <-dark,
		ASCII:   v.ascii,
		Time:    v.patience,
		First:   now,
		Group:   v.ownGroup(now),
		Sync:    presenting,
	})
	_, err = tea.NewProgram(model, tea.WithContext(v.ctx), tea.WithAltScreen(), tea.WithMouseCellMotion(),
		tea.WithInput(v.outside.in), tea.WithOutput(v.outside.out)).Run()
	if errors.Is(err, tea.ErrProgramKilled) {
		return v.ctx.Err()
	}
	return err
}

// ownGroup is the one group of a log that the user is in; "" when it is not one.
func (v *invocation) ownGroup(l *synclog.Log) string {
	if l == nil {
		return ""
	}
	g, err := v.group(l, "")
	if err != nil {
		return ""
	}
	return g.ID
}

// host hands the machine to the screens.
func (v *invocation) host(output *termenv.Output, holder meeting.Holder) tui.Host {
	return tui.Host{
		Now:    v.now,
		Author: v.who,
		NewID: func() (string, error) {
			return board.NewID(v.random, func(string) bool { return false })
		},
		Edit: func(path string, line int, done func(error) tea.Msg) tea.Cmd {
			at := v.archive.Store().Root() + "/" + path
			return tea.Exec(editing(func() error { return v.edit(at, line) }), done)
		},
		Open: v.browse,
		Copy: func(text string) error { output.Copy(text); return nil },
		Tick: tea.Tick,
		Memo: v.memo(),

		Holder:    holder,
		EditText:  v.editText,
		PlanClose: v.planClose,
	}
}

// editing is an editor that takes the terminal while it runs.
type editing func() error

func (e editing) Run() error        { return e() }
func (editing) SetStdin(io.Reader)  {}
func (editing) SetStdout(io.Writer) {}
func (editing) SetStderr(io.Writer) {}

// browse opens a link the way the system does.
func browse(url string) error {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open %q: %w", url, err)
	}
	go func() { _ = cmd.Wait() }() // the browser outlives us; only its zombie must not
	return nil
}
