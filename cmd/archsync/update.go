package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) updateCommand() *cobra.Command {
	var unchanged, noCommit bool
	cmd := &cobra.Command{
		Use:   "update [GROUP]",
		Short: "go over your group's items before the sync",
		Long: `Asks about one item of your group after the other, or of the group that is named:
Enter keeps it, d is done, b blocked (and by what), s slipped (and to when), x dropped,
o ongoing. Then it asks for what is new or planned, shows what the sync will see, and
makes one commit. A pass without changes is a check-in too.

An answer takes its reason along: "b waits for web", "s 2w". < goes back a step, q
leaves and asks what to keep, ? explains. It works in any terminal and with lines from
a pipe; when the input ends before the pass does, nothing is saved.`,
		Example: `  archsync update
  archsync update storage
  archsync update --unchanged`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: v.completeOneGroup,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.update(strings.Join(args, ""), unchanged, !noCommit)
		},
	}
	cmd.Flags().BoolVar(&unchanged, "unchanged", false, "everything is as the board says: only check in")
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) update(group string, unchanged, commit bool) error {
	l, _, err := v.read("", synclog.Board|synclog.Diagrams)
	if err != nil {
		return err
	}
	if group == "" {
		g, err := v.group(l, "name the group: archsync update GROUP")
		if err != nil {
			return err
		}
		group = g.ID
	}
	pass, err := synclog.BeginPass(l, group)
	if err != nil {
		return err
	}
	if _, err := v.committer(commit); err != nil {
		return err
	}
	checkIn := true
	if !unchanged {
		t := &talk{v: v, log: l, today: v.today(l), lines: bufio.NewReader(v.in), pass: pass}
		if err := v.letOthers(t.run); err != nil {
			return err
		}
		if pass, checkIn = t.pass, t.ending == saved; t.ending == discarded {
			v.printf("Nothing was saved.\n")
			return nil
		}
	}
	return v.savePass(pass, checkIn, commit)
}

// savePass writes a pass into the log as it is by now.
func (v *invocation) savePass(pass synclog.Pass, checkIn, commit bool) error {
	l, _, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	e, overtaken, err := pass.Edit(l, v.today(l), checkIn)
	if err != nil {
		return err
	}
	for _, title := range overtaken {
		v.notices([]string{fmt.Sprintf("%q was changed meanwhile, and is left as it is", title)})
	}
	if e.Empty() {
		v.printf("%s has checked in today already, and nothing changed.\n", pass.Group)
		return nil
	}
	if err := v.save(e, commit); err != nil {
		return err
	}
	n := len(pass.Said()) - len(overtaken)
	switch {
	case !checkIn:
		v.changed(commit, "Saved %s of %s, without a check-in", plural(n, "update", "updates"), pass.Group)
	case n == 0:
		v.changed(commit, "%s has checked in without changes", pass.Group)
	default:
		v.changed(commit, "%s has checked in with %s", pass.Group, plural(n, "update", "updates"))
	}
	return nil
}

// ending is how a pass ended.
type ending int

const (
	unfinished ending = iota
	saved
	kept // what was said so far, without a check-in
	discarded
)

// talk is the lead's pass as questions and answers in lines.
type talk struct {
	v     *invocation
	log   *synclog.Log
	today string
	lines *bufio.Reader
	pass  synclog.Pass

	at     int // the item that is asked about; len(items) asks for new ones, one more shows the preview
	ending ending
}

// errBack is the answer that goes back a step; errQuit the one that leaves.
var (
	errBack = errors.New("back")
	errQuit = errors.New("quit")
)

func (t *talk) run() error {
	n := len(t.pass.Items)
	t.v.printf("%s, %s. Enter keeps; d done, b blocked, s slipped, x drop, o ongoing; < back, q quit, ? help\n", t.pass.Group, plural(n, "item", "items"))
	for t.ending == unfinished {
		var err error
		switch {
		case t.at < n:
			err = t.askItem(t.pass.Items[t.at])
		case t.at == n:
			err = t.askNew()
		default:
			err = t.preview()
		}
		switch {
		case err == nil:
			t.at++
		case errors.Is(err, errBack):
			t.back()
		case errors.Is(err, errQuit):
			err = t.quit()
		}
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
	return nil
}

// back is one step back. From the new items it is first the last of these.
func (t *talk) back() {
	switch {
	case t.at == len(t.pass.Items) && len(t.pass.Added()) > 0:
		t.v.printf("Took back %q\n", t.pass.Added()[len(t.pass.Added())-1].Title)
		t.pass = t.pass.DropLast()
	case t.at == 0:
		t.v.printf("This is the first one.\n")
	default:
		t.at--
	}
}

// longestAnswer is in bytes what an answer may have. More was piped in by mistake.
const longestAnswer = 4096

// ask prints a question and reads a line.
func (t *talk) ask(format string, operands ...any) (string, error) {
	t.v.printf(format, operands...)
	line, err := t.lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read an answer: %w", err)
	}
	if len(line) > longestAnswer {
		return "", &history.Error{What: fmt.Sprintf("an answer has %d bytes: nothing was saved", len(line)), Hint: fmt.Sprintf("an answer takes %d; what is longer goes into the board's file", longestAnswer)}
	}
	if err != nil && strings.TrimSpace(line) == "" {
		t.v.printf("\n")
		return "", &history.Error{What: "the input ended before the pass did: nothing was saved", Hint: "archsync update --unchanged checks in without questions"}
	}
	if !t.v.terminal {
		t.v.printf("\n") // there is nobody whose Enter ends the line
	}
	switch answer := oneLine(line); answer {
	case "<":
		return "", errBack
	case "q":
		return "", errQuit
	default:
		return answer, nil
	}
}

// retry says what is wrong with an answer, with its hint.
func (t *talk) retry(err error) {
	t.v.printf("  %s\n", err)
	if h := hint(err); h != "" {
		t.v.printf("  %s\n", h)
	}
}

const passHelp = `  Enter  keep it as it is, or as you said already; k as it is
  d      done
  b WHY  blocked: an item's or group's id, or words
  s WHEN slipped to a date: 2026-04-02, 04-02, 10d, 2w
  x      dropped
  o      ongoing: started, or not blocked any more
  <      back to the one before     q  leave
`

func (t *talk) askItem(it board.Item) error {
	t.v.printf("\n%d/%d  %s  %s\n", t.at+1, len(t.pass.Items), it.ID, it.Title)
	t.v.printf("     %s\n", t.facts(it))
	if a := t.pass.AnswerOf(it.ID); a.Verdict != synclog.Keep {
		t.v.printf("     you said: %s; k keeps it as it is\n", string(a.Verdict))
	}
	for {
		said, err := t.ask("  > ")
		if err != nil {
			return err
		}
		if said == "?" {
			t.v.printText(passHelp)
			continue
		}
		a := t.pass.AnswerOf(it.ID)
		if said != "" { // Enter keeps what was said already
			a, err = t.answer(it, said)
		}
		if errors.Is(err, errBack) {
			continue // to the question about the item
		}
		if err == nil {
			t.pass = t.pass.Answer(it.ID, a)
			return nil
		}
		if _, final := errors.AsType[*history.Error](err); final || errors.Is(err, errQuit) {
			return err
		}
		t.retry(err)
	}
}

// facts are what a lead needs to see of an item.
func (t *talk) facts(it board.Item) string {
	parts := []string{string(it.Status) + prefixed(" since ", it.Since), prefixed("due ", dueWords(it, t.today)), synclog.PersonName(it.Owner), blockedWords(it), strings.Join(it.Touches, ", ")}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// answer reads what is said of an item, and asks for what is missing.
func (t *talk) answer(it board.Item, said string) (synclog.Answer, error) {
	letter, rest, _ := strings.Cut(said, " ")
	rest = strings.TrimSpace(rest)
	verdict, ok := verdictOf(letter)
	switch {
	case !ok:
		return synclog.Answer{}, fmt.Errorf("%q is none of Enter, k, d, b, s, x, o, <, q and ?", said)
	case verdict == synclog.Block:
		return t.blocked(rest)
	case verdict == synclog.Slip:
		return t.slipped(it, rest)
	case rest != "":
		return synclog.Answer{}, fmt.Errorf("%q needs no words; only b and s take some", letter)
	case verdict == synclog.Proceed && it.Status == board.Ongoing:
		verdict = synclog.Keep
	}
	return synclog.Answer{Verdict: verdict}, nil
}

func verdictOf(letter string) (synclog.Verdict, bool) {
	for verdict, letters := range map[synclog.Verdict][]string{
		synclog.Keep: {"k", "keep"}, synclog.Finish: {"d", "done"}, synclog.Block: {"b", "blocked"},
		synclog.Slip: {"s", "slipped"}, synclog.Drop: {"x", "drop", "dropped"}, synclog.Proceed: {"o", "ongoing"},
	} {
		if slices.Contains(letters, strings.ToLower(letter)) {
			return verdict, true
		}
	}
	return "", false
}

func (t *talk) blocked(by string) (synclog.Answer, error) {
	if by == "" {
		var err error
		if by, err = t.ask("  by what? (an item, a group, or words; Enter says nothing) "); err != nil {
			return synclog.Answer{}, err
		}
	}
	if _, it, err := t.log.Find(by); err == nil && board.ValidID(by) {
		by = it.ID
	}
	return synclog.Answer{Verdict: synclog.Block, By: by}, nil
}

func (t *talk) slipped(it board.Item, when string) (synclog.Answer, error) {
	def := t.log.SlipsTo(it, t.today)
	for {
		if when == "" {
			var err error
			if when, err = t.ask("  to when? [%s] ", def); err != nil {
				return synclog.Answer{}, err
			}
		}
		if when == "" {
			when = def
		}
		due, err := synclog.ParseDue(when, t.today)
		if err == nil {
			return synclog.Answer{Verdict: synclog.Slip, Due: due}, nil
		}
		t.retry(err)
		when = ""
	}
}

// askNew asks for items until there are no more.
func (t *talk) askNew() error {
	t.v.printf("\nAnything new or planned?\n")
	for {
		title, err := t.ask("  title, or Enter for nothing more: ")
		if err != nil || title == "" {
			return err
		}
		it, err := t.newItem(title)
		if errors.Is(err, errBack) {
			t.v.printf("  Left %q out\n", title)
			continue
		}
		if err != nil {
			return err
		}
		t.pass = t.pass.Add(it)
	}
}

func (t *talk) newItem(title string) (board.Item, error) {
	it := board.Item{Title: title, Since: t.today}
	var err error
	if it.ID, err = board.NewID(t.v.random, t.taken()); err != nil {
		return it, err
	}
	if it.Status, err = t.newStatus(); err != nil {
		return it, err
	}
	if it.Due, err = t.newDue(); err != nil {
		return it, err
	}
	it.Touches, err = t.newTouches()
	return it, err
}

// taken knows the ids that a new item may not have.
func (t *talk) taken() func(string) bool {
	others := t.v.takenIDs(t.log)
	return func(id string) bool {
		return others(id) || slices.ContainsFunc(t.pass.Added(), func(it board.Item) bool { return it.ID == id })
	}
}

func (t *talk) newStatus() (board.Status, error) {
	for {
		said, err := t.ask("  status: p planned, o ongoing, b blocked, d done [p] ")
		if err != nil {
			return "", err
		}
		status, err := synclog.ParseNewStatus(said)
		if err == nil {
			return status, nil
		}
		t.retry(err)
	}
}

func (t *talk) newDue() (string, error) {
	for {
		said, err := t.ask("  due: a date, 10d, 2w, or Enter for none: ")
		if err != nil || said == "" {
			return "", err
		}
		due, err := synclog.ParseDue(said, t.today)
		if err == nil {
			return due, nil
		}
		t.retry(err)
	}
}

// mostOffered is how many components are offered at a time.
const mostOffered = 9

// newTouches asks for components by a part of their names. What fits several is
// offered by number.
func (t *talk) newTouches() ([]string, error) {
	var touches, offered []string
	if t.log.Main() == nil {
		return nil, nil
	}
	for {
		said, err := t.ask("  component: a part of a name, or Enter for none: ")
		if err != nil || said == "" {
			return touches, err
		}
		if n, err := strconv.Atoi(said); err == nil && n >= 1 && n <= len(offered) {
			said = offered[n-1]
		}
		offered = t.log.Offer(said)
		switch {
		case len(offered) == 0:
			t.retry(fmt.Errorf("no component is called %q", said))
		case len(offered) == 1:
			if !slices.Contains(touches, offered[0]) {
				touches = append(touches, offered[0])
			}
			t.v.printf("  touches %s\n", strings.Join(touches, ", "))
		default:
			t.offer(offered)
		}
	}
}

func (t *talk) offer(found []string) {
	for i, key := range found[:min(len(found), mostOffered)] {
		t.v.printf("    %d %s\n", i+1, key)
	}
	if more := len(found) - mostOffered; more > 0 {
		t.v.printf("    and %s: write more of the name\n", plural(more, "other", "others"))
	}
	t.v.printf("  choose one by its number\n")
}

// preview shows what the sync will see of the pass, and asks whether to save it.
func (t *talk) preview() error {
	t.v.printf("\nThe sync will see\n")
	for _, line := range t.pass.Said() {
		t.v.printf("  %s\n", line)
	}
	if len(t.pass.Said()) == 0 {
		t.v.printf("  no changes: %s checks in\n", t.pass.Group)
	}
	for {
		said, err := t.ask("Save? [Y/n] ")
		if err != nil {
			return err
		}
		switch strings.ToLower(said) {
		case "", "y", "yes":
			t.ending = saved
			return nil
		case "n", "no":
			t.ending = discarded
			return nil
		}
		t.retry(fmt.Errorf("%q is neither y nor n; < goes back", said))
	}
}

// quit asks what becomes of what was said so far. An answer that goes back goes on
// with the pass.
func (t *talk) quit() error {
	if len(t.pass.Said()) == 0 {
		t.ending = discarded
		return nil
	}
	for {
		said, err := t.ask("Leave: k keep %s so far, d discard, or Enter to go on ", plural(len(t.pass.Said()), "change", "changes"))
		switch {
		case errors.Is(err, errBack), err == nil && said == "":
			return nil
		case errors.Is(err, errQuit), err == nil && said == "d":
			t.ending = discarded
			return nil
		case err != nil:
			return err
		case said == "k":
			t.ending = kept
			return nil
		}
		t.retry(fmt.Errorf("%q is neither k nor d", said))
	}
}
