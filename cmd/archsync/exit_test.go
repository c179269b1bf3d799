package main

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/archsync/archsync/internal/history"
)

// TestReport prints each fact once: that something changed underneath is what the
// exit code says.
func TestReport(t *testing.T) {
	changed := &history.Error{What: `commit "a.yaml": another commit changed it`, Hint: "look at it and do it again", Err: history.ErrChanged}
	for name, c := range map[string]struct {
		err  error
		want string
		code int
	}{
		"changed": {changed, "archsync: commit \"a.yaml\": another commit changed it\nhint: look at it and do it again\n", exitRefused},
		"wrapped": {fmt.Errorf("close: %w", changed), "archsync: close: commit \"a.yaml\": another commit changed it\nhint: look at it and do it again\n", exitRefused},
		"use":     {&usageError{what: "no group", hint: "name one"}, "archsync: no group\nhint: name one\n", exitUsage},
		"failed":  {errors.New("disk is full"), "archsync: disk is full\n", exitFailed},
		"found":   {foundError{}, "", exitFound},
		"done":    {nil, "", exitDone},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			v := &invocation{world: &world{errs: &out}}
			v.report(c.err)
			if out.String() != c.want || code(c.err) != c.code {
				t.Errorf("code %d, %q; want %d, %q", code(c.err), out.String(), c.code, c.want)
			}
		})
	}
}
