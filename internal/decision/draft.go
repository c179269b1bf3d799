package decision

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/archsync/archsync/internal/frontmatter"
)

// Draft is a new decision, in archsync's own format, with what is known of it before
// anybody has decided anything.
type Draft struct {
	Number    string // four digits
	Title     string
	Date      string // ISO date
	Authors   []string
	Touches   []string
	Breakouts []string // ids of those that it comes from
	Context   string   // Markdown
}

// Bytes is the record of the draft: what it knows, and headings for what is to be
// written. It fails on a title that cannot be written.
func (d Draft) Bytes() ([]byte, error) {
	body := fmt.Sprintf("# RFD %s: %s\n\n## Context\n\n%s\n\n## Decision\n\nTo be written.\n\n## Consequences\n\nTo be written.\n",
		d.Number, d.Title, strings.TrimSpace(d.Context))
	made, err := frontmatter.New("", []frontmatter.Field{
		{Key: "number", Value: d.Number}, {Key: "title", Value: d.Title}, {Key: "state", Value: Drafting},
		{Key: "date", Value: d.Date}, {Key: "authors", Value: d.Authors},
		{Key: "touches", Value: d.Touches}, {Key: "breakouts", Value: d.Breakouts},
	}, body)
	if err != nil {
		return nil, err
	}
	return made.Bytes(), nil
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
