package main

import (
	"io"
	"sync"
	"time"
)

const (
	enough = 64 << 10              // bytes that are written at once
	soon   = 20 * time.Millisecond // so long printed text may wait for more of it
)

// gathered is a stream that writes what it is given in few pieces: a board is
// thousands of small texts, and each would be a call of the system. Nothing waits
// longer than soon.
type gathered struct {
	to io.Writer

	mu      sync.Mutex
	waiting []byte
	timer   *time.Timer // writes what waits; nil while nothing does
	err     error       // the first that a write gave: what comes after is dropped
}

// Write takes a text. An error is one of an earlier text.
func (g *gathered) Write(text []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return 0, g.err
	}
	g.waiting = append(g.waiting, text...)
	if len(g.waiting) >= enough {
		return len(text), g.write()
	}
	if g.timer == nil {
		g.timer = time.AfterFunc(soon, func() { _ = g.flush() })
	}
	return len(text), nil
}

// flush writes what waits, and gives the first error of all writes.
func (g *gathered) flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.write()
}

func (g *gathered) write() error {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	if g.err == nil && len(g.waiting) > 0 {
		_, g.err = g.to.Write(g.waiting)
	}
	g.waiting = g.waiting[:0]
	return g.err
}

// afterIt is a stream that lets what was printed come first: a complaint stands
// behind what it is about, and a question before it is answered.
type afterIt struct {
	printed *gathered
	in      io.Reader
	out     io.Writer
}

func (a afterIt) Read(p []byte) (int, error) {
	_ = a.printed.flush()
	return a.in.Read(p)
}

func (a afterIt) Write(p []byte) (int, error) {
	_ = a.printed.flush()
	return a.out.Write(p)
}

// gather lets a world print through one gathered stream. Whatever else comes to the
// terminal - complaints, questions, the editor - comes after what was printed.
func (w *world) gather() (*world, *gathered) {
	printed := &gathered{to: w.out}
	g := *w
	g.out = printed
	g.errs = afterIt{printed: printed, out: w.errs}
	g.in = afterIt{printed: printed, in: w.in}
	g.edit = func(path string, line int) error {
		_ = printed.flush()
		return w.edit(path, line)
	}
	return &g, printed
}
