package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"github.com/archsync/archsync/internal/cache"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
	"github.com/archsync/archsync/internal/tui"
)

// benchmarkLogs are the histories that speed is measured on: the demo, and ten years of
// 50 groups. Each is made once, and only for benchmarks.
var benchmarkLogs = map[string]func() (string, error){
	"demo": sync.OnceValues(func() (string, error) { return madeLog("demo") }),
	"decade": sync.OnceValues(func() (string, error) {
		return madeLog("demo", "--groups", "50", "--syncs", "260", "--items", "20", "--shapes", "150")
	}),
}

func madeLog(args ...string) (string, error) {
	dir, err := os.MkdirTemp("", "archsync-benchmark")
	if err != nil {
		return "", err
	}
	w := scripted()
	w.out, w.errs, w.cwd = &strings.Builder{}, os.Stderr, dir
	root := filepath.Join(dir, "log")
	if code := run(context.Background(), append(args, root), w); code != exitDone {
		return "", fmt.Errorf("%v: exit %d", args, code)
	}
	return root, nil
}

// onLogs runs a benchmark on each history.
func onLogs(b *testing.B, measure func(b *testing.B, root string)) {
	for _, name := range []string{"demo", "decade"} {
		b.Run(name, func(b *testing.B) {
			root, err := benchmarkLogs[name]()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			measure(b, root)
		})
	}
}

func openLog(b *testing.B, root string) *history.Archive {
	b.Helper()
	root, dir, err := history.FindLog(root)
	if err != nil {
		b.Fatal(err)
	}
	a, err := history.OpenArchive(root, dir, synclog.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func BenchmarkOpen(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		for b.Loop() {
			_ = openLog(b, root).Close()
		}
	})
}

// BenchmarkReadMoment reads one moment in the middle of the timeline whole, with
// nothing in memory.
func BenchmarkReadMoment(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		for b.Loop() {
			a := openLog(b, root)
			snapshots, _, err := a.Snapshots()
			if err != nil {
				b.Fatal(err)
			}
			readSnapshot(b, a, snapshots[len(snapshots)/2])
			_ = a.Close()
		}
	})
}

func readSnapshot(b *testing.B, a *history.Archive, s chronicle.Snapshot) *synclog.Log {
	b.Helper()
	l, err := a.ReadSnapshot(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// BenchmarkTimeline lists the syncs; BenchmarkSteps also compares each with the
// one before it, with nothing in memory.
func BenchmarkTimeline(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		a := openLog(b, root)
		defer a.Close()
		for b.Loop() {
			if _, _, err := a.Snapshots(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSteps(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		for b.Loop() {
			a := openLog(b, root)
			snapshots, _, err := a.Snapshots()
			if err == nil {
				_, err = a.Timeline(snapshots, nil).Steps(b.Context(), len(snapshots))
			}
			if err != nil {
				b.Fatal(err)
			}
			_ = a.Close()
		}
	})
}

// BenchmarkDiff compares moments that have been read.
func BenchmarkDiff(b *testing.B) {
	for name, pick := range map[string]func([]chronicle.Snapshot) (before, after chronicle.Snapshot){
		"neighbours": func(s []chronicle.Snapshot) (before, after chronicle.Snapshot) { return s[len(s)-2], s[len(s)-1] },
		"ends":       func(s []chronicle.Snapshot) (before, after chronicle.Snapshot) { return s[0], s[len(s)-1] },
	} {
		b.Run(name, func(b *testing.B) {
			onLogs(b, func(b *testing.B, root string) {
				a := openLog(b, root)
				defer a.Close()
				snapshots, _, err := a.Snapshots()
				if err != nil {
					b.Fatal(err)
				}
				from, to := pick(snapshots)
				before, after := readSnapshot(b, a, from), readSnapshot(b, a, to)
				for b.Loop() {
					synclog.Diff(before, after)
				}
			})
		})
	}
}

// BenchmarkLoad is the log opened and everything that the screens read in the
// background, counts of all syncs included, with nothing in memory. The first
// picture of the board is there long before.
func BenchmarkLoad(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		for b.Loop() {
			a := openLog(b, root)
			s := newScreens(b, a)
			if !strings.Contains(s.View(), "now") {
				b.Fatal(s.View())
			}
			_ = a.Close()
		}
	})
}

// BenchmarkStep goes back and forth in time on the board: key, reading, picture.
func BenchmarkStep(b *testing.B) {
	onLogs(b, func(b *testing.B, root string) {
		a := openLog(b, root)
		defer a.Close()
		s := newScreens(b, a)
		s.press("{")
		key, steps := "]", 0
		for b.Loop() {
			s.press(key)
			if s.View() == "" {
				b.Fatal("no picture")
			}
			if steps++; steps%40 == 0 { // turn round before an end is reached
				key = map[string]string{"]": "[", "[": "]"}[key]
			}
		}
	})
}

// screens drives the real screens without a terminal: every command is run at
// once, and its message given back.
type screens struct {
	tea.Model
}

func newScreens(b *testing.B, a *history.Archive) *screens {
	b.Helper()
	s := &screens{tui.New(b.Context(), a, tui.Host{Now: time.Now}, tui.Options{Profile: termenv.TrueColor, Width: 120, Height: 40})}
	s.do(s.Init())
	return s
}

func (s *screens) press(key string) {
	s.give(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)})
}

func (s *screens) give(msg tea.Msg) {
	next, cmd := s.Update(msg)
	s.Model = next
	s.do(cmd)
}

func (s *screens) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.do(c)
		}
	default:
		s.give(msg)
	}
}

// BenchmarkVerb is a whole verb in this process: cold with an empty cache, warm when it
// has run once.
func BenchmarkVerb(b *testing.B) {
	for name, args := range map[string][]string{
		"log": {"log"}, "search": {"search", "kafka"}, "stats": {"stats"}, "why": {"why", "ingest.kafka"}, "when": {"when", "exists ingest.kafka"}, "board": {"board", "--at", "@-20"},
	} {
		b.Run(name, func(b *testing.B) {
			onLogs(b, func(b *testing.B, root string) {
				for _, state := range []string{"cold", "warm"} {
					b.Run(state, func(b *testing.B) {
						w := scripted()
						w.out, w.errs, w.cwd, w.cacheDir = &strings.Builder{}, os.Stderr, root, b.TempDir()
						run(b.Context(), args, w)
						for b.Loop() {
							if state == "cold" {
								b.StopTimer()
								w.cacheDir = b.TempDir()
								b.StartTimer()
							}
							w.out = &strings.Builder{}
							if code := run(b.Context(), args, w); code != exitDone {
								b.Fatal(code)
							}
						}
					})
				}
			})
		})
	}
}

// BenchmarkChronicle is everything that happened, and one story of it, as the commands
// why and when need it: cold with an empty cache, warm with a full one.
func BenchmarkChronicle(b *testing.B) {
	for _, warm := range []bool{false, true} {
		b.Run(map[bool]string{false: "cold", true: "warm"}[warm], func(b *testing.B) {
			onLogs(b, func(b *testing.B, root string) {
				dir := b.TempDir()
				if warm {
					chronicleOf(b, root, dir)
				}
				for b.Loop() {
					if !warm {
						b.StopTimer()
						dir = b.TempDir()
						b.StartTimer()
					}
					chronicleOf(b, root, dir)
				}
			})
		})
	}
}

func chronicleOf(b *testing.B, root, cacheDir string) {
	b.Helper()
	a := openLog(b, root)
	defer a.Close()
	kept := cache.Open(cacheDir, cacheLimit)
	defer kept.Close()
	now := history.Moment{Expr: "now", Kind: history.Now}
	past, err := a.Past(b.Context(), now, chronicles{kept})
	if err != nil {
		b.Fatal(err)
	}
	c, err := past.Chronicle(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	items := c.End().Subjects(chronicle.Item)
	story, ok := c.Biography(items[len(items)/2])
	if !ok {
		b.Fatal("no story")
	}
	if err := c.Attribute(b.Context(), &story, a.Commits(now)); err != nil {
		b.Fatal(err)
	}
	p, err := chronicle.ParsePredicate("count items > 100 and group storage has update")
	if err != nil {
		b.Fatal(err)
	}
	c.When(p, "", false)
}
