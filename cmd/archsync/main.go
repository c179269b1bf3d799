// Command archsync keeps an engineering organisation's architecture sync: the
// groups' boards and the architecture diagram, with their history, in git.
//
// This package is the verbs, one file each, with their flags and exit codes. It is
// the only place with a clock, an environment, streams and randomness; everything
// below takes them as arguments.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a log's time zone must not depend on the machine

	"golang.org/x/term"
)

func main() { os.Exit(mainWithCode()) }

func mainWithCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], system())
}

// system is the world outside, as the real program sees it.
func system() *world {
	home, _ := os.UserHomeDir()
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "."
	}
	cacheDir, _ := os.UserCacheDir()
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		width = 0
	}
	machine, err := os.Hostname()
	if err != nil {
		machine = "this computer"
	}
	return &world{
		width: width, machine: machine,
		in: os.Stdin, out: os.Stdout, errs: os.Stderr,
		getenv:   os.Getenv,
		home:     home,
		cwd:      cwd,
		cacheDir: cacheDir,
		now:      time.Now,
		random:   rand.Reader,
		terminal: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())),
		edit:     openEditor,
		browse:   browse,
		self:     os.Executable,
	}
}
