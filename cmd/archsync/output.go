package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
)

// schema is the version of the JSON envelope.
const schema = 1

// jsonMoment is a moment in the envelope.
type jsonMoment struct {
	Expr   string  `json:"expr"`
	Date   *string `json:"date"`
	Commit *string `json:"commit"`
}

func toJSONMoment(m history.Moment) *jsonMoment {
	return &jsonMoment{Expr: m.Expr, Date: orNull(m.Date), Commit: orNull(m.Commit)}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// envelope is what every reading verb prints with --json.
type envelope struct {
	Schema   int               `json:"schema"`
	Kind     string            `json:"kind"`
	At       *jsonMoment       `json:"at,omitempty"`
	From     *jsonMoment       `json:"from,omitempty"`
	To       *jsonMoment       `json:"to,omitempty"`
	Data     any               `json:"data"`
	Problems []problem.Problem `json:"problems"`
}

// printJSON prints an envelope.
func (v *invocation) printJSON(e envelope) error {
	e.Schema = schema
	if e.Problems == nil {
		e.Problems = []problem.Problem{}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := v.out.Write(plain.JSON([]byte(b.String())))
	return err
}

// printf prints a line or more for people. Strings, and everything else that is
// printed as one, are made safe for a terminal first.
func (v *invocation) printf(format string, operands ...any) {
	fprintf(v.out, format, operands...)
}

func fprintf(w io.Writer, format string, operands ...any) {
	safe := make([]any, len(operands))
	for i, o := range operands {
		switch o := o.(type) {
		case string:
			safe[i] = plain.Line(o)
		case fmt.Stringer:
			safe[i] = plain.Line(o.String())
		case error:
			safe[i] = plain.Line(o.Error())
		default:
			safe[i] = o
		}
	}
	fmt.Fprintf(w, format, safe...)
}

// printText prints a text of several lines, made safe.
func (v *invocation) printText(text string) { fmt.Fprint(v.out, plain.Text(text)) }

// printProblems prints problems to the error stream, each with its hint.
func (v *invocation) printProblems(problems []problem.Problem) { writeProblems(v.errs, problems) }

func writeProblems(w io.Writer, problems []problem.Problem) {
	for _, p := range problems {
		fprintf(w, "%s\n", p.String())
		if p.Hint != "" {
			fprintf(w, "    hint: %s\n", p.Hint)
		}
	}
}

func (v *invocation) notices(notices []string) {
	for _, n := range notices {
		fprintf(v.errs, "note: %s\n", n)
	}
}

// plural is a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
