package decision

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/archsync/archsync/internal/frontmatter"
)

// Draft is a new decision, with what is known of it before anybody has decided
// anything.
type Draft struct {
	Format    string // RFD, MADR or Nygard; any other is written as RFD
	Number    string // four digits
	Title     string
	Date      string // ISO date
	Authors   []string
	Touches   []string
	Breakouts []string // ids of those that it comes from
	Context   string   // Markdown
}

// Bytes is the record of the draft: what it knows, and headings for what is to be
// written. Nygard's format has no key for what it touches; its context names that.
// It fails on a title that cannot be written.
func (d Draft) Bytes() ([]byte, error) {
	context := strings.TrimSpace(d.Context)
	if strings.ContainsAny(d.Title, "\r\n") {
		return nil, fmt.Errorf("the title %q has several lines", d.Title)
	}
	switch d.Format {
	case Nygard:
		if len(d.Touches) > 0 {
			context = strings.TrimSpace(context + "\n\nIt touches `" + strings.Join(d.Touches, "`, `") + "`.")
		}
		return []byte(fmt.Sprintf("# %s. %s\n\nDate: %s\n\n## Status\n\nProposed\n\n## Context\n\n%s\n\n## Decision\n\nTo be written.\n\n## Consequences\n\nTo be written.\n",
			significant(d.Number), d.Title, d.Date, context)), nil
	case MADR:
		return d.fronted([]frontmatter.Field{
			{Key: "status", Value: "proposed"}, {Key: "date", Value: d.Date}, {Key: "decision-makers", Value: d.Authors},
		}, fmt.Sprintf("# %s\n\n## Context and Problem Statement\n\n%s\n\n## Considered Options\n\nTo be written.\n\n## Decision Outcome\n\nTo be written.\n", d.Title, context))
	}
	return d.fronted([]frontmatter.Field{
		{Key: "number", Value: d.Number}, {Key: "title", Value: d.Title}, {Key: "state", Value: Drafting},
		{Key: "date", Value: d.Date}, {Key: "authors", Value: d.Authors},
	}, fmt.Sprintf("# RFD %s: %s\n\n## Context\n\n%s\n\n## Decision\n\nTo be written.\n\n## Consequences\n\nTo be written.\n", d.Number, d.Title, context))
}

// fronted is a record with front matter, in which what the draft touches and comes from
// follows the fields.
func (d Draft) fronted(fields []frontmatter.Field, body string) ([]byte, error) {
	made, err := frontmatter.New("", append(fields,
		frontmatter.Field{Key: "touches", Value: d.Touches}, frontmatter.Field{Key: "breakouts", Value: d.Breakouts}), body)
	if err != nil {
		return nil, err
	}
	return made.Bytes(), nil
}

// UsualFormat is the format that most decisions have, the one that a new one is written
// in; RFD where there are none.
func UsualFormat(all []Decision) string {
	counts := map[string]int{}
	usual := RFD
	for _, d := range all {
		if counts[d.Format]++; counts[d.Format] > counts[usual] {
			usual = d.Format
		}
	}
	return usual
}

// NextNumber is the number after the highest one of all decisions, in four digits.
func NextNumber(all []Decision) string {
	highest := 0
	for _, d := range all {
		if n, err := strconv.Atoi(d.Number); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("%04d", highest+1)
}
