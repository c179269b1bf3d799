package synclog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/problem"
)

// Verdict is what a lead says of an item on the pass over the group's board.
type Verdict string

// The verdicts.
const (
	Keep    Verdict = "keep"    // it is as the board says
	Finish  Verdict = "done"    //
	Block   Verdict = "blocked" // by what Answer.By says
	Slip    Verdict = "slipped" // to Answer.Due
	Drop    Verdict = "dropped" //
	Proceed Verdict = "ongoing" // it was planned or blocked, and is worked on now
)

// Answer is a verdict with what it needs.
type Answer struct {
	Verdict Verdict
	By      string // of Block: an item's or group's id, or words
	Due     string // of Slip: an ISO date
}

// settings are the new values that an answer means for an item.
func (a Answer) settings(it board.Item) []Setting {
	unblocked := func(to board.Status) []Setting {
		set := []Setting{{"status", string(to)}}
		if len(it.BlockedBy) > 0 {
			set = append(set, Setting{"blocked_by", nil})
		}
		return set
	}
	switch a.Verdict {
	case Finish:
		return unblocked(board.Done)
	case Proceed:
		return unblocked(board.Ongoing)
	case Drop:
		return []Setting{{"status", string(board.Dropped)}}
	case Slip:
		return []Setting{{"due", a.Due}}
	case Block:
		set := []Setting{{"status", string(board.Blocked)}}
		if a.By != "" {
			set = append(set, Setting{"blocked_by", []string{a.By}})
		}
		return set
	}
	return nil
}

// Pass is a group's pass over its items before a sync: what is said of each, and what
// is new. The values do not change; Answer and Add give the next one.
type Pass struct {
	Group   string
	Items   []board.Item // those to be asked about: neither done nor dropped
	answers map[string]Answer
	added   []board.Item
}

// BeginPass is the pass over the items that a group has open. It fails for a group
// that is not there or is archived.
func BeginPass(l *Log, group string) (Pass, error) {
	f, err := l.activeFile(group)
	if err != nil {
		return Pass{}, err
	}
	p := Pass{Group: f.ID()}
	for _, it := range f.Group().Items {
		if !it.Status.Closed() {
			p.Items = append(p.Items, it)
		}
	}
	return p, nil
}

// Answer is the pass with an answer for an item, in the place of the one before.
func (p Pass) Answer(id string, a Answer) Pass {
	answers := map[string]Answer{}
	for key, value := range p.answers {
		answers[key] = value
	}
	answers[id] = a
	p.answers = answers
	return p
}

// Add is the pass with a new item. Its id must be free.
func (p Pass) Add(it board.Item) Pass {
	p.added = append(slices.Clone(p.added), it)
	return p
}

// DropLast is the pass without the item that was added last.
func (p Pass) DropLast() Pass {
	p.added = p.added[:max(len(p.added)-1, 0)]
	return p
}

// Added are the new items.
func (p Pass) Added() []board.Item { return p.added }

// AnswerOf is what was said of an item; to keep it where nothing was.
func (p Pass) AnswerOf(id string) Answer {
	a := p.answers[id]
	a.Verdict = cmp.Or(a.Verdict, Keep)
	return a
}

// Said are the changes of the pass, each in a line: finish "Shard the index".
func (p Pass) Said() []string {
	var said []string
	for _, it := range p.Items {
		a := p.AnswerOf(it.ID)
		if set := a.settings(it); set != nil {
			said = append(said, a.words(it, set))
		}
	}
	for _, it := range p.added {
		said = append(said, fmt.Sprintf("add %q", it.Title))
	}
	return said
}

func (a Answer) words(it board.Item, set []Setting) string {
	switch {
	case a.Verdict == Slip && it.Due != "":
		return fmt.Sprintf("move due of %q from %s to %s", it.Title, it.Due, a.Due)
	case a.Verdict == Slip:
		return fmt.Sprintf("set due of %q to %s", it.Title, a.Due)
	case a.Verdict == Block && a.By != "":
		return fmt.Sprintf("block %q by %s", it.Title, a.By)
	}
	return verb(it, set)
}

// Edit is the whole pass as one edit of the log as it is now: all answers, all new
// items and, when checkIn says so, the date of the check-in. Where somebody changed an
// item meanwhile in what an answer is about, or took it away, it is left as it is, and
// its title is among those overtaken.
func (p Pass) Edit(now *Log, today string, checkIn bool) (e Edit, overtaken []string, err error) {
	f, err := now.activeFile(p.Group)
	if err != nil {
		return Edit{}, nil, err
	}
	next := f
	for _, it := range p.Items {
		set := p.AnswerOf(it.ID).settings(it)
		if set == nil {
			continue
		}
		current, ok := f.Item(it.ID)
		if !ok || current.Status != it.Status || current.Due != it.Due || !slices.Equal(current.BlockedBy, it.BlockedBy) {
			overtaken = append(overtaken, it.Title)
			continue
		}
		if next, err = apply(next, it.ID, Dated(it, today, set)); err != nil {
			return Edit{}, nil, err
		}
	}
	for _, it := range p.added {
		if next, err = next.AddItem(it); err != nil {
			return Edit{}, nil, err
		}
	}
	if checkIn {
		if next, err = next.SetField("checked_in", today); err != nil {
			return Edit{}, nil, err
		}
	}
	return Edit{Summary: p.summary(), Files: fileEdits([2]*board.File{f, next})}, overtaken, nil
}

// shortSummary is up to how long a summary is one line.
const shortSummary = 72

// summary words the commit: on one line where that is short, else the number and a
// line for each change.
func (p Pass) summary() string {
	said := p.Said()
	if len(said) == 0 {
		return p.Group + ": check in"
	}
	if line := p.Group + ": " + strings.Join(said, ", "); len(line) <= shortSummary || len(said) == 1 {
		return line
	}
	return fmt.Sprintf("%s: check in with %d updates\n\n- %s", p.Group, len(said), strings.Join(said, "\n- "))
}

// SlipsTo is to when an item slips where nobody says: the sync after its due date, or,
// where that has passed or there is none, the sync after the next one. "" where the
// cadence has none.
func (l *Log) SlipsTo(it board.Item, today string) string {
	c := l.Config.Cadence
	if it.Due > today {
		next, err := c.Next(it.Due)
		if err != nil {
			return ""
		}
		return next
	}
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return ""
	}
	dates, err := c.Upcoming(day.AddDate(0, 0, -1).Format(time.DateOnly), 2)
	if err != nil {
		return ""
	}
	return dates[len(dates)-1]
}

// ParseDue reads a date as somebody types one: 2026-04-02, 04-02 or 4-2 (the next one),
// 10d, 2w or 3mo from today. It never gives a date before today. The errors are
// [problem.Problem] values.
func ParseDue(text, today string) (string, error) {
	text = strings.TrimSpace(text)
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return "", fmt.Errorf("%q is not a date", today)
	}
	due, err := dueOf(text, day)
	switch {
	case err != nil:
		return "", problem.Problem{What: fmt.Sprintf("%q is not a date", text), Hint: "write 2026-04-02, 04-02, 10d, 2w or 3mo"}
	case due.Before(day):
		return "", problem.Problem{What: due.Format(time.DateOnly) + " has passed", Hint: "name a day to come"}
	}
	return due.Format(time.DateOnly), nil
}

// ParseNewStatus reads the status of a new item as somebody types it: its first letter
// or the whole word, planned where nothing is typed. Nothing new is dropped.
func ParseNewStatus(text string) (board.Status, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, s := range []board.Status{board.Planned, board.Ongoing, board.Blocked, board.Done} {
		if text == string(s) || text == string(s)[:1] {
			return s, nil
		}
	}
	if text == "" {
		return board.Planned, nil
	}
	return "", problem.Problem{What: fmt.Sprintf("%q is none of p, o, b and d", text), Hint: "write p for planned, o for ongoing, b for blocked, d for done"}
}

func dueOf(text string, today time.Time) (time.Time, error) {
	if due, err := time.Parse(time.DateOnly, text); err == nil {
		return due, nil
	}
	if due, err := time.Parse("1-2", text); err == nil {
		due = time.Date(today.Year(), due.Month(), due.Day(), 0, 0, 0, 0, time.UTC)
		if due.Before(today) {
			due = time.Date(today.Year()+1, due.Month(), due.Day(), 0, 0, 0, 0, time.UTC)
		}
		return due, nil
	}
	for unit, months := range map[string]bool{"d": false, "w": false, "mo": true} {
		number, found := strings.CutSuffix(strings.TrimPrefix(text, "+"), unit)
		n, err := strconv.Atoi(number)
		if !found || err != nil || n < 1 || n > 999 {
			continue
		}
		switch {
		case months:
			return today.AddDate(0, n, 0), nil
		case unit == "w":
			return today.AddDate(0, 0, 7*n), nil
		}
		return today.AddDate(0, 0, n), nil
	}
	return time.Time{}, errors.New("not a date")
}

// Offer are the components that a person may have meant by a part of a name: those
// that the architecture finds by it, else those in whose key the letters stand in
// their order, short keys first.
func (l *Log) Offer(text string) []string {
	main := l.Main()
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if main == nil || text == "" {
		return nil
	}
	if found := main.Resolve(text); len(found) > 0 {
		return found
	}
	var found []string
	for _, c := range main.Components {
		if lettersIn(strings.ToLower(c.ID), text) {
			found = append(found, c.ID)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return found
}

// lettersIn tells whether the letters of typed stand in text in their order.
func lettersIn(text, typed string) bool {
	for _, r := range typed {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+len(string(r)):]
	}
	return true
}
