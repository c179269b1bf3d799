package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/tui"
)

// holder is this process, as it holds a running sync.
func (v *invocation) holder() meeting.Holder {
	var raw [8]byte
	_, _ = io.ReadFull(v.random, raw[:]) // without randomness the number of the process has to do
	return meeting.Holder{ID: hex.EncodeToString(raw[:]), Machine: v.machine, Process: os.Getpid()}
}

// planClose prepares the close of a sync for the screens: as the verb does it, with
// what that would print as values.
func (v *invocation) planClose(ctx context.Context, date string) (tui.Closing, error) {
	quiet, said := v.quiet(ctx)
	o := closeOptions{date: date}
	c, err := quiet.plannedClosing(o)
	if err != nil {
		return tui.Closing{}, withSaid(err, said.String())
	}
	notices := linesOf(said.String())
	said.Reset()
	quiet.printClosing(c)
	return tui.Closing{
		Date: c.date, Minutes: c.plan.Minutes, Facts: strings.Split(strings.Trim(said.String(), "\n"), "\n"), Notices: notices,
		Record: func(ctx context.Context, minutes string) ([]string, error) {
			quiet, said := v.quiet(ctx)
			unlock, err := v.archive.Lock()
			if err != nil {
				return nil, err
			}
			defer unlock()
			if minutes != c.plan.Minutes {
				o.minutes = minutes
				if err := quiet.planClosing(c, o); err != nil {
					return nil, withSaid(err, said.String())
				}
			}
			recorded, err := quiet.record(c)
			if err != nil {
				return nil, err
			}
			if err := v.end(c.date); err != nil {
				recorded.Notices = append(recorded.Notices, err.Error())
			}
			return recorded.Notices, nil
		},
	}, nil
}

// plannedClosing is everything up to what is written.
func (v *invocation) plannedClosing(o closeOptions) (*closing, error) {
	c, err := v.beginClosing(o)
	if err != nil {
		return nil, err
	}
	if err := v.refuseUnreadable(c, o.withoutPicture); err != nil {
		return nil, err
	}
	if err := v.planClosing(c, o); err != nil {
		return nil, c.text.keep(err)
	}
	v.noteUnseen(c)
	v.noteProblems(c)
	return c, nil
}

// quiet is the same invocation, and what it says where nobody sees it.
func (v *invocation) quiet(ctx context.Context) (*invocation, *bytes.Buffer) {
	said := &bytes.Buffer{}
	w := *v.world
	w.out, w.errs, w.terminal = said, said, false
	quiet := *v
	quiet.world, quiet.ctx = &w, ctx
	return &quiet, said
}

// withSaid puts what was printed before an error into it.
func withSaid(err error, said string) error {
	if lines := linesOf(said); len(lines) > 0 {
		return errors.Join(err, errors.New(strings.Join(lines, "; ")))
	}
	return err
}

func linesOf(text string) []string {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// editText opens the user's editor on a text in a file of its own, which goes
// afterwards: the screens keep what was written.
func (v *invocation) editText(name, text string, done func(string, error) tea.Msg) tea.Cmd {
	t, err := textFile(name, text)
	if err != nil {
		return func() tea.Msg { return done("", err) }
	}
	return tea.Exec(editing(func() error { return v.edit(t.path, 1) }), func(err error) tea.Msg {
		saved, readErr := t.saved()
		t.discard()
		return done(saved, errors.Join(err, readErr))
	})
}
