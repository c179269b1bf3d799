package synclog

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// Breakout is the breakout that an id, or an unambiguous beginning of one, names. The
// errors are [problem.Problem] values.
func (l *Log) Breakout(prefix string) (meeting.Breakout, error) {
	if b, ok := l.FindBreakout(prefix); ok {
		return b, nil
	}
	var found []meeting.Breakout
	var ids []string
	for _, b := range l.Breakouts {
		if prefix != "" && strings.HasPrefix(b.ID, prefix) {
			found, ids = append(found, b), append(ids, b.ID)
		}
	}
	slices.Sort(ids)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return meeting.Breakout{}, problem.Problem{What: fmt.Sprintf("no breakout %q", prefix), Hint: "archsync sync breakout list --all lists them"}
	}
	return meeting.Breakout{}, problem.Problem{What: fmt.Sprintf("%q begins the ids of several breakouts", prefix), Hint: "write more of one: " + strings.Join(ids, ", ")}
}

// CloseBreakout gives an open breakout its outcome: what came of it, on one line. The
// errors about the breakout are [problem.Problem] values.
func CloseBreakout(l *Log, id, outcome string) (Edit, error) {
	b, err := l.Breakout(id)
	if err != nil {
		return Edit{}, err
	}
	outcome = strings.Join(strings.Fields(outcome), " ")
	switch {
	case outcome == "":
		return Edit{}, problem.Problem{What: "a breakout is closed with an outcome", Hint: "a decision, an item, or why nothing follows"}
	case b.State == meeting.Closed:
		return Edit{}, problem.Problem{Path: b.Path, What: fmt.Sprintf("the breakout %q is closed already: %s", b.ID, b.Outcome), Hint: "correct its file by hand where that is wrong"}
	}
	before, err := b.Bytes()
	if err != nil {
		return Edit{}, err
	}
	b.State, b.Outcome = meeting.Closed, outcome
	after, err := b.Bytes()
	if err != nil {
		return Edit{}, err
	}
	return Edit{
		Summary: fmt.Sprintf("breakouts: close %q", b.Topic),
		Files:   []FileEdit{{Path: b.Path, Before: before, After: after}},
	}, nil
}

// DecideBreakout closes a breakout with a new decision: a draft with the next number,
// in which what led to it is written. It gives the path of the draft too.
func DecideBreakout(l *Log, id, title, today, author string) (e Edit, draft string, err error) {
	b, err := l.Breakout(id)
	if err != nil {
		return Edit{}, "", err
	}
	d := decision.Draft{
		Format: decision.UsualFormat(l.Decisions),
		Number: decision.NextNumber(l.Decisions), Title: cmp.Or(title, b.Topic), Date: today,
		Touches: b.Components, Breakouts: []string{b.ID}, Context: l.contextOf(b),
	}
	if author != "" {
		d.Authors = []string{author}
	}
	src, err := d.Bytes()
	if err != nil {
		return Edit{}, "", fmt.Errorf("write the decision %q: %w", d.Title, err)
	}
	name := d.Number + "-" + breakoutIDOf(d.Title)
	draft = path.Join(l.Config.DecisionsPath(l.Dir), name+".md")
	if e, err = CloseBreakout(l, b.ID, fmt.Sprintf("Decision %s: %s", name, d.Title)); err != nil {
		return Edit{}, "", err
	}
	e.Summary = fmt.Sprintf("decisions: draft %q out of a breakout", d.Title)
	e.Files = append([]FileEdit{{Path: draft, After: src}}, e.Files...)
	return e, draft, nil
}

// contextOf words where a breakout comes from, as the context of a decision.
func (l *Log) contextOf(b meeting.Breakout) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", b.Topic)
	from := "This came out of the breakout " + b.ID
	if b.Sync != "" {
		from += ", opened at the sync of " + b.Sync
	}
	if b.Group != "" {
		from += " in the turn of " + b.Group
	}
	if len(b.People) > 0 {
		from += ", with " + strings.Join(b.People, ", ")
	}
	fmt.Fprintf(&text, "\n%s.\n", from)
	for i, id := range b.Items {
		if i == 0 {
			text.WriteString("\n")
		}
		title := ""
		if _, it, err := l.Find(id); err == nil && it.ID == id {
			title = ": " + it.Title
		}
		fmt.Fprintf(&text, "- item %s%s\n", id, title)
	}
	if notes := strings.TrimSpace(b.Notes); notes != "" {
		fmt.Fprintf(&text, "\n%s\n", notes)
	}
	return text.String()
}

// ItemOfBreakout closes a breakout with a new item on a group's board, which touches
// what the breakout was about. The item's id must be free.
func ItemOfBreakout(l *Log, id, group string, it board.Item) (Edit, error) {
	b, err := l.Breakout(id)
	if err != nil {
		return Edit{}, err
	}
	it.Title = cmp.Or(it.Title, b.Topic)
	if it.Touches == nil {
		it.Touches = slices.Clone(b.Components)
	}
	e, err := AddItem(l, group, it)
	if err != nil {
		return Edit{}, err
	}
	closing, err := CloseBreakout(l, b.ID, itemOutcome(it))
	if err != nil {
		return Edit{}, err
	}
	e.Summary += " out of a breakout"
	e.Files = append(e.Files, closing.Files...)
	return e, nil
}

// itemOutcome and decisionOutcome word what came of a breakout, with what it links to.
func itemOutcome(it board.Item) string { return fmt.Sprintf("Item %s: %s", it.ID, it.Title) }

func decisionOutcome(d decision.Decision) string {
	return fmt.Sprintf("Decision %s: %s", d.ID, d.Title)
}

// SettleBreakout closes a breakout with a decision or an item that is there already.
// Exactly one of the two is named.
func SettleBreakout(l *Log, id, decisionRef, itemID string) (Edit, error) {
	if itemID != "" {
		_, it, err := l.Find(itemID)
		if err != nil {
			return Edit{}, err
		}
		return CloseBreakout(l, id, itemOutcome(it))
	}
	d, ok := l.FindDecision(decisionRef)
	if !ok {
		return Edit{}, problem.Problem{What: fmt.Sprintf("no decision %q", decisionRef), Hint: "--new-decision TITLE drafts one"}
	}
	return CloseBreakout(l, id, decisionOutcome(d))
}
