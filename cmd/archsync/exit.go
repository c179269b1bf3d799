package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
)

// The exit codes, as the help lists them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitFound   = 3 // differences or problems, where they were asked for
	exitRefused = 4 // something changed underneath
)

// usageError is wrong use: the fact and what to do.
type usageError struct{ what, hint string }

func (e *usageError) Error() string { return e.what }

// Hint is what to do.
func (e *usageError) Hint() string { return e.hint }

// missingError names something that the log does not have. It may have it tomorrow: the
// use was right, and failed.
type missingError struct{ what, hint string }

func (e *missingError) Error() string { return e.what }

// Hint is where to look for what there is.
func (e *missingError) Hint() string { return e.hint }

// asUse makes a value that cannot be used, which a flag or an argument gave, wrong use.
func asUse(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{what: err.Error(), hint: hint(err)}
}

// foundError ends a verb that found what it was asked to look for. It has been
// printed already.
type foundError struct{}

func (foundError) Error() string { return "differences or problems found" }

// failedError ends a verb whose failure has been printed already.
type failedError struct{}

func (failedError) Error() string { return "failed" }

// code is the one table from an error to an exit code.
func code(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &foundError{}):
		return exitFound
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, history.ErrChanged):
		return exitRefused
	}
	return exitFailed
}

// report prints an error as the fact and, on its own line, the hint.
func (v *invocation) report(err error) {
	if err == nil || errors.As(err, &foundError{}) || errors.As(err, &failedError{}) {
		return
	}
	fmt.Fprintf(v.errs, "archsync: %s\n", plain.Text(fact(err)))
	if h := hint(err); h != "" {
		fmt.Fprintf(v.errs, "hint: %s\n", plain.Text(h))
	}
}

// fact is what an error says. That something changed underneath is what exit code 4
// means, and the words before it say what did.
func fact(err error) string {
	return strings.ReplaceAll(err.Error(), ": "+history.ErrChanged.Error(), "")
}

// hint is the advice that an error carries, whichever package made it.
func hint(err error) string {
	if h := history.Hint(err); h != "" {
		return h
	}
	var located problem.Problem
	if errors.As(err, &located) {
		return located.Hint
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
