package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/synclog"
)

// Recording is the close of a sync: a snapshot, its tag, and a second commit that
// clears what was shown.
type Recording struct {
	Date            string            // of the sync, YYYY-MM-DD; the tag is the prefix and this
	Head            string            // the commit the plan was made on; "" for an unborn branch
	Paths           Paths             // the log's files, for Stamp
	Stamp           uint64            // what Stamp gave before the plan read the log; 0 is not checked
	Expect          map[string][]byte // what the plan read in working files; nil: no such file
	Snapshot        map[string][]byte // of the first commit: whole files, nil deletes
	SnapshotMessage string            // Record adds the trailer
	TagMessage      string
	Clear           map[string][]byte // of the second commit; there is none when this is empty
	ClearMessage    string            // Record adds the trailer
	Author          Author
	When            time.Time
}

// Recorded is a closed sync.
type Recorded struct {
	Snapshot string // the snapshot's commit
	Head     string // the branch now: the clearing commit, or the snapshot
	Tag      string
	Notices  []string // what did not work, though the sync is closed
}

// Record closes a sync, whole or not at all. Refused are: a date that has a
// snapshot or a tag already (ErrTagExists), a detached HEAD, and a branch or a
// working file that is not as the plan read it (ErrChanged).
//
// All objects are written first. Then index, branch and tag are locked, branch,
// tag and working files compared, and only then, with all locks held, the branch
// moves, then the tag appears; working files follow. A process killed before the
// branch moved has closed nothing. Killed after it, the sync is closed: the
// snapshot's trailer and record stand for the tag in the timeline, and Recover does
// what was left to do. A tag never names a commit that no branch holds.
func (s *Store) Record(ctx context.Context, r Recording) (Recorded, error) {
	branch, head, err := s.checkRecording(r)
	if err != nil {
		return Recorded{}, err
	}
	who := signature{r.Author, r.When}
	snap, touches, err := s.build(head, Change{
		Files: r.Snapshot, Message: synclog.WithTrailer(r.SnapshotMessage, synclog.SyncTrailer, r.Date), Author: r.Author, When: r.When,
	})
	if err != nil {
		return Recorded{}, err
	}
	next, cleared, err := s.buildClearing(snap, r)
	if err != nil {
		return Recorded{}, err
	}
	touches = chain(touches, cleared)
	name := s.set.TagPrefix + r.Date
	tag, err := s.objects.put(plumbing.TagObject, tagBytes(snap, name, who, r.TagMessage), hash{})
	if err != nil {
		return Recorded{}, err
	}
	files := maps.Clone(r.Snapshot)
	maps.Copy(files, r.Clear)
	notices, err := s.run(ctx, transition{
		what:    "the close of " + r.Date,
		who:     who,
		branch:  refUpdate{branch, head, next, reflogReason(head, r.SnapshotMessage)},
		tags:    []refUpdate{{tagPrefix + name, hash{}, tag, ""}},
		touches: touches,
		check:   func() error { return s.checkWorking(r) },
		expect:  r.Expect,
		files:   files,
	})
	if err != nil {
		return Recorded{}, closing(r.Date, err)
	}
	return Recorded{text(snap), text(next), name, notices}, nil
}

// buildClearing writes the second commit; it is the snapshot itself when there is
// nothing to clear.
func (s *Store) buildClearing(snap hash, r Recording) (hash, []touch, error) {
	if len(r.Clear) == 0 {
		return snap, nil, nil
	}
	next, touches, err := s.build(snap, Change{
		Files: r.Clear, Message: synclog.WithTrailer(r.ClearMessage, synclog.ClearTrailer, r.Date), Author: r.Author, When: r.When,
	})
	if errors.Is(err, ErrNothing) {
		return snap, nil, nil
	}
	return next, touches, err
}

// closing says what could not be done, unless the error tells a person already.
func closing(date string, err error) error {
	if errors.Is(err, errMoved) {
		return &Error{What: fmt.Sprintf("close the sync of %s: the branch moved meanwhile", date), Hint: "look at it and close again", Err: ErrChanged}
	}
	return fmt.Errorf("close the sync of %s: %w", date, err)
}

// checkRecording refuses what can be known before anything is written.
func (s *Store) checkRecording(r Recording) (branch string, head hash, err error) {
	if !isDate(r.Date) {
		return "", hash{}, &Error{What: fmt.Sprintf("close a sync: %q is not a date", r.Date), Hint: "dates are written YYYY-MM-DD"}
	}
	if err := checkAuthor(r.Author); err != nil {
		return "", hash{}, err
	}
	if branch, head, err = s.branch("close a sync"); err != nil {
		return "", hash{}, err
	}
	if text(head) != r.Head {
		return "", hash{}, closing(r.Date, errMoved)
	}
	line, _, err := s.Timeline()
	if err != nil {
		return "", hash{}, err
	}
	if slices.ContainsFunc(line, func(snap Snapshot) bool { return snap.Date == r.Date }) {
		return "", hash{}, &Error{
			What: fmt.Sprintf("close the sync of %s: it is closed", r.Date), Err: ErrTagExists,
			Hint: fmt.Sprintf("archsync sync reopen %s takes it back", r.Date),
		}
	}
	return branch, head, s.checkWorking(r)
}

// checkWorking compares the working files with what the plan read.
func (s *Store) checkWorking(r Recording) error {
	if r.Stamp != 0 && s.Stamp(r.Paths) != r.Stamp {
		return &Error{What: "a file of the log was changed meanwhile", Hint: "look at it and close again", Err: ErrChanged}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Expect)) {
		if err := s.checkHolds(name, r.Expect[name]); err != nil {
			return err
		}
	}
	return nil
}

// chain is what two commits, one after the other, did to each path together.
func chain(first, second []touch) []touch {
	at := map[string]int{}
	all := slices.Clone(first)
	for i, t := range all {
		at[t.path] = i
	}
	for _, t := range second {
		if i, both := at[t.path]; both {
			t.old = all[i].old
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	return all
}

// closedBy gives the snapshot that a close ended with, and its date; "" when the
// commit ends something else.
func (s *Store) closedBy(end hash) (commit, string, error) {
	c, err := s.objects.commit(end)
	if err != nil {
		return commit{}, "", err
	}
	if date := c.snapshotOf(); date != "" {
		return c, date, nil
	}
	dates := trailer(c.message, synclog.ClearTrailer)
	if len(dates) != 1 || len(c.parents) != 1 {
		return commit{}, "", nil
	}
	snap, err := s.objects.commit(c.parents[0])
	if err != nil || snap.snapshotOf() != dates[0] {
		return commit{}, "", err
	}
	return snap, dates[0], nil
}
