package history

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/synclog"
)

// clockSlack is how far the clocks of two machines that commit may differ.
const clockSlack = 48 * time.Hour

// Reopening is the plan to take a snapshot back. PlanReopen fills it; the caller
// adds message and author, and may change what the files will hold.
type Reopening struct {
	Date     string
	Snapshot string            // the snapshot's commit
	Clearing string            // the commit that cleared it; "" when there is none
	Head     string            // the commit the plan was made on
	Files    map[string][]byte // what the new commit holds: nil deletes
	Clashes  []string          // cleared files that were changed since; they must be put in Files
	Message  string            // Reopen adds the trailer
	Author   Author
	When     time.Time
}

// PlanReopen works out how to take back the snapshot of the date: its record goes
// and each file that was cleared gets back what it showed, if nobody changed it
// since. Only the newest snapshot can be taken back (ErrNoSnapshot), and only while
// no remote-tracking branch holds it (ErrPushed).
func (s *Store) PlanReopen(ctx context.Context, date string) (Reopening, error) {
	snap, err := s.newest(date)
	if err != nil {
		return Reopening{}, err
	}
	_, head, err := s.branch("reopen a sync")
	if err != nil {
		return Reopening{}, err
	}
	if err := s.checkNotPushed(ctx, hashOf(snap.Commit), date); err != nil {
		return Reopening{}, err
	}
	r := Reopening{Date: date, Snapshot: snap.Commit, Head: text(head), Files: map[string][]byte{}}
	clearing, err := s.clearing(head, hashOf(snap.Commit), date)
	if err != nil {
		return Reopening{}, err
	}
	r.Clearing = text(clearing)
	if err := s.planRecord(&r, head); err != nil {
		return Reopening{}, err
	}
	return r, s.planCleared(&r, head)
}

func (s *Store) newest(date string) (Snapshot, error) {
	line, _, err := s.Timeline()
	if err != nil {
		return Snapshot{}, err
	}
	refused := &Error{What: "reopen the sync of " + date, Err: ErrNoSnapshot, Hint: nearestHint(line, date)}
	i := slices.IndexFunc(line, func(snap Snapshot) bool { return snap.Date == date })
	switch {
	case i < 0:
		return Snapshot{}, refused
	case i != len(line)-1:
		refused.What += ": it is not the newest"
		refused.Hint = fmt.Sprintf("only the newest can be reopened, that of %s", line[len(line)-1].Date)
		refused.Err = nil
		return Snapshot{}, refused
	case line[i].Problem != nil:
		return Snapshot{}, *line[i].Problem
	}
	return line[i], nil
}

// checkNotPushed refuses when a branch of a remote, as it was last fetched or
// pushed, holds the commit.
func (s *Store) checkNotPushed(ctx context.Context, id hash, date string) error {
	remotes, err := s.refs.list("refs/remotes/")
	if err != nil {
		return err
	}
	var tips []hash
	for _, r := range remotes {
		tips = append(tips, r.id)
	}
	held, err := s.holds(ctx, tips, id)
	if err != nil || !held {
		return err
	}
	return &Error{
		What: "reopen the sync of " + date, Err: ErrPushed,
		Hint: "others have it already: put the correction in the next sync",
	}
}

// holds reports whether the commit is an ancestor of any of the tips, whatever the
// clocks of commits say: where a wrong "no" would lose something. A yes is found as soon
// as the newest commits lead to it; a no walks everything.
func (s *Store) holds(ctx context.Context, tips []hash, id hash) (bool, error) {
	return s.leads(ctx, tips, id, func(commit) bool { return true })
}

// reaches is [Store.holds] that stops at commits clearly older than the commit.
func (s *Store) reaches(ctx context.Context, tips []hash, id hash) (bool, error) {
	target, err := s.objects.commit(id)
	if err != nil {
		return false, err
	}
	oldest := target.committer.when.Add(-clockSlack)
	return s.leads(ctx, tips, id, func(c commit) bool { return c.committer.when.After(oldest) })
}

// leads walks from the tips, the newest commits first, through those that may lead
// to the commit.
func (s *Store) leads(ctx context.Context, tips []hash, id hash, may func(commit) bool) (bool, error) {
	seen := map[hash]bool{}
	queue := &byTime{}
	add := func(id hash) {
		if seen[id] || id.IsZero() {
			return
		}
		seen[id] = true
		if c, err := s.objects.commit(id); err == nil && may(c) {
			heap.Push(queue, c)
		}
	}
	for _, tip := range tips {
		add(tip)
	}
	for queue.Len() > 0 && ctx.Err() == nil {
		c := heap.Pop(queue).(commit)
		if c.id == id {
			return true, nil
		}
		for _, p := range c.parents {
			add(p)
		}
	}
	return false, ctx.Err()
}

// byTime is a heap of commits, the newest first.
type byTime []commit

func (q byTime) Len() int           { return len(q) }
func (q byTime) Less(i, j int) bool { return q[i].committer.when.After(q[j].committer.when) }
func (q byTime) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *byTime) Push(x any)        { *q = append(*q, x.(commit)) }
func (q *byTime) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// clearing finds the commit that cleared the snapshot, between it and HEAD; zero
// when there is none.
func (s *Store) clearing(head, snap hash, date string) (hash, error) {
	for id := head; id != snap; {
		c, err := s.objects.commit(id)
		if err != nil {
			return hash{}, err
		}
		if len(c.parents) == 0 {
			return hash{}, &Error{
				What: fmt.Sprintf("reopen the sync of %s: the branch does not hold it", date),
				Hint: "git switch to the branch on which it was closed",
			}
		}
		if c.parents[0] == snap && slices.Contains(trailer(c.message, synclog.ClearTrailer), date) {
			return id, nil
		}
		id = c.parents[0]
	}
	return hash{}, nil
}

// planRecord takes away what the snapshot brought under its date: record and
// picture.
func (s *Store) planRecord(r *Reopening, head hash) error {
	touches, err := s.touchesOf(hashOf(r.Snapshot))
	if err != nil {
		return err
	}
	for _, t := range touches {
		if !strings.HasPrefix(t.path, path.Join(s.set.Dir, "syncs", r.Date)+".") || !t.old.IsZero() {
			continue
		}
		now, err := s.blobAt(head, t.path)
		if err != nil {
			return err
		}
		if !now.IsZero() {
			r.Files[t.path] = nil
		}
	}
	return nil
}

// planCleared brings back what the clearing commit took.
func (s *Store) planCleared(r *Reopening, head hash) error {
	if r.Clearing == "" {
		return nil
	}
	touches, err := s.touchesOf(hashOf(r.Clearing))
	if err != nil {
		return err
	}
	for _, t := range touches {
		now, err := s.blobAt(head, t.path)
		if err != nil {
			return err
		}
		if now != t.new {
			r.Clashes = append(r.Clashes, t.path)
			continue
		}
		r.Files[t.path] = nil
		if !t.old.IsZero() {
			if r.Files[t.path], err = s.objects.read(plumbing.BlobObject, t.old); err != nil {
				return err
			}
		}
	}
	return nil
}

// touchesOf is what a commit did to its first parent's files. Those of the log have
// their present names.
func (s *Store) touchesOf(id hash) ([]touch, error) {
	c, err := s.objects.commit(id)
	if err != nil {
		return nil, err
	}
	dir, err := s.dirAt(c.tree)
	if err != nil {
		return nil, err
	}
	touches, err := s.touchesBetween(firstParent(c), id)
	for i, t := range touches {
		touches[i].path = moveName(t.path, dir, s.set.Dir)
	}
	return touches, err
}

// Reopen takes the snapshot back as planned: a new commit with the plan's files,
// and the tag is deleted; then working files and index follow. It is refused with
// ErrChanged when the branch moved since the plan was made, when a file of the plan
// is not saved, or when a clash was not settled.
//
// The tag goes before the branch moves: a process killed in between leaves a
// snapshot without a tag, which the timeline still finds, and nothing is half taken back.
func (s *Store) Reopen(ctx context.Context, r Reopening) (Committed, error) {
	branch, head, err := s.checkReopening(r)
	if err != nil {
		return Committed{}, err
	}
	next, touches, err := s.build(head, Change{
		Files: r.Files, Message: synclog.WithTrailer(r.Message, synclog.ReopenTrailer, r.Date), Author: r.Author, When: r.When,
	})
	if err != nil {
		return Committed{}, err
	}
	t := transition{
		what:    "the reopening of " + r.Date,
		who:     signature{r.Author, r.When},
		branch:  refUpdate{branch, head, next, reflogReason(head, r.Message)},
		touches: touches,
		files:   r.Files,
	}
	name := tagPrefix + s.set.TagPrefix + r.Date
	if tag, err := s.refs.resolve(name); err == nil {
		t.tags = []refUpdate{{name, tag, hash{}, ""}}
	}
	if t.expect, _, err = s.behind(touches); err != nil {
		return Committed{}, err
	}
	notices, err := s.run(ctx, t)
	if errors.Is(err, errMoved) {
		err = &Error{What: "the branch or the tag moved meanwhile", Hint: "look at it and do it again", Err: ErrChanged}
	}
	if err != nil {
		return Committed{}, fmt.Errorf("reopen the sync of %s: %w", r.Date, err)
	}
	return Committed{text(next), text(head), notices}, nil
}

func (s *Store) checkReopening(r Reopening) (string, hash, error) {
	if err := checkAuthor(r.Author); err != nil {
		return "", hash{}, err
	}
	branch, head, err := s.branch("reopen a sync")
	if err != nil {
		return "", hash{}, err
	}
	refuse := func(what, hint string) error {
		return &Error{What: fmt.Sprintf("reopen the sync of %s: %s", r.Date, what), Hint: hint, Err: ErrChanged}
	}
	if text(head) != r.Head {
		return "", hash{}, refuse("the branch moved meanwhile", "look at it and do it again")
	}
	for _, name := range r.Clashes {
		if _, settled := r.Files[name]; !settled {
			return "", hash{}, refuse(fmt.Sprintf("%q was changed since it was cleared", name), "restore its items one by one with archsync item restore")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		stored, err := s.blobAt(head, name)
		if err != nil {
			return "", hash{}, err
		}
		work, err := s.workFile(name)
		if err != nil {
			return "", hash{}, err
		}
		if !holds(work, stored) {
			return "", hash{}, refuse(fmt.Sprintf("%q has changes that are not committed", name), "commit or discard them first")
		}
	}
	return branch, head, nil
}
