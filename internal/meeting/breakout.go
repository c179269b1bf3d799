package meeting

import (
	"cmp"
	"fmt"

	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/problem"
)

// The states of a breakout.
const (
	Open   = "open"
	Closed = "closed"
)

// Breakout is a topic that was taken out of a sync: the file breakouts/ID.md. It
// ends with an outcome.
type Breakout struct {
	Path       string
	ID         string // the file's name without .md
	Topic      string
	People     []string
	Sync       string // date of the sync it came from
	Group      string // the group whose turn it was
	Components []string
	Items      []string
	State      string // Open or Closed; open where the file does not say
	Outcome    string // what came of it, with a link
	Notes      string // Markdown, with the line endings of the file

	Extra []frontmatter.Field // keys that archsync does not know, in the file's order; an edit of them is not written

	origin origin
}

// BreakoutPath is where a breakout lies, from the log's folder.
func BreakoutPath(id string) string { return "breakouts/" + id + ".md" }

// ParseBreakout reads breakouts/ID.md. What is wrong is reported and left out;
// the breakout is complete in all else.
func ParseBreakout(file string, src []byte) (Breakout, []problem.Problem) {
	d, ps := frontmatter.Parse(file, src)
	ps = append(ps, d.Expect(map[string]frontmatter.Shape{
		"topic": frontmatter.Scalar, "people": frontmatter.List, "sync": frontmatter.Scalar,
		"group": frontmatter.Scalar, "components": frontmatter.List, "items": frontmatter.List,
		"state": frontmatter.Scalar, "outcome": frontmatter.Scalar,
	})...)
	b := Breakout{
		Path: file, ID: stem(file),
		Topic: d.Text("topic"), People: d.List("people"), Sync: d.Text("sync"), Group: d.Text("group"),
		Components: d.List("components"), Items: d.List("items"),
		State: cmp.Or(d.Text("state"), Open), Outcome: d.Text("outcome"),
		Notes: d.Body(),
		Extra: d.Extra("topic", "people", "sync", "group", "components", "items", "state", "outcome"),
	}
	b.origin = origin{document: d, fields: b.fields()}
	return b, append(ps, b.check(d)...)
}

func (b Breakout) check(d *frontmatter.Document) []problem.Problem {
	var ps []problem.Problem
	complain := func(key, what, hint string) { ps = append(ps, located(d, key, what, hint)) }
	if b.Topic == "" {
		complain("topic", "breakout has no topic", "write topic: what has to be talked about")
	}
	if b.Sync != "" && !isDate(b.Sync) {
		complain("sync", fmt.Sprintf("%q is not a date", b.Sync), "write sync: 2026-03-12, the sync it came from")
	}
	if b.State != Open && b.State != Closed {
		complain("state", fmt.Sprintf("unknown state %q", b.State), "a breakout is open or closed")
	}
	if b.State == Closed && b.Outcome == "" {
		complain("state", "breakout is closed without an outcome", "write outcome: the decision or the item that came of it, or no action")
	}
	return ps
}

// Problem is a complaint about a key of a breakout that was parsed.
func (b Breakout) Problem(key, what, hint string) problem.Problem {
	return b.origin.problem(b.Path, key, what, hint)
}

// Bytes is the file. Of a breakout that was parsed, only the lines of the fields
// that differ from it change; of another one, the file is made anew. It fails
// where the front matter cannot be edited.
func (b Breakout) Bytes() ([]byte, error) {
	return b.origin.written(b.Path, b.fields(), b.Extra, b.Notes)
}

func (b Breakout) fields() []frontmatter.Field {
	return []frontmatter.Field{
		{Key: "topic", Value: b.Topic}, {Key: "people", Value: b.People},
		{Key: "sync", Value: b.Sync}, {Key: "group", Value: b.Group},
		{Key: "components", Value: b.Components}, {Key: "items", Value: b.Items},
		{Key: "state", Value: cmp.Or(b.State, Open)}, {Key: "outcome", Value: b.Outcome},
	}
}
