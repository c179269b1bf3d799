package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/atomicfile"
)

// transition moves references together with the index, and with working files
// where there are any to bring.
//
// The order is git's own: index.lock and the references' locks are taken, the old
// values compared; then the index is replaced, then the references move, then
// working files follow. git commit reads HEAD and after it the index, without a
// lock; were the index the later one, it could put the old files on the new HEAD and
// so take the commit back. With the index first it finds the old HEAD, and its own
// move is refused. (What no order prevents: git reads the index before it locks it,
// so a git commit that began in the very instant may write the old index back.)
//
// A process killed after the index and before the references leaves changes staged
// that are not committed. One killed before the working files leaves those as they
// were. Both leave locks. A journal in git's folder tells Recover of all of it.
type transition struct {
	what    string // for a person: "the close of 2026-03-12"
	who     signature
	branch  refUpdate
	tags    []refUpdate // made after the branch moved, deleted before
	touches []touch
	check   func() error // with the locks held, before anything moves; may be nil
	expect  map[string][]byte
	files   map[string][]byte // for the working tree; nil when it has them already
	opt     atomicfile.Options
}

// updates is the order that leaves no half of it behind: a snapshot whose tag is
// missing is found by its trailer, a tag that no branch holds would be a lie.
func (t transition) updates() []refUpdate {
	var before, after []refUpdate
	for _, u := range t.tags {
		if u.new.IsZero() {
			before = append(before, u)
		} else {
			after = append(after, u)
		}
	}
	return slices.Concat(before, []refUpdate{t.branch}, after)
}

// run carries the transition out. An error means that nothing moved.
func (s *Store) run(ctx context.Context, t transition) (notices []string, err error) {
	if t.files == nil {
		return s.move(ctx, t)
	}
	leave, err := s.enterOperation()
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	ctx = s.operation(t.branch.new).with(ctx)
	if err := s.writeJournal(ctx, t); err != nil {
		return nil, err
	}
	if notices, err = s.move(ctx, t); err != nil {
		return nil, errors.Join(err, s.removeJournal())
	}
	notices = append(notices, s.bring(ctx, t.expect, t.files, t.opt)...)
	s.rememberFiles(ctx, t.touches)
	if err := s.removeJournal(); err != nil {
		notices = append(notices, err.Error())
	}
	return notices, nil
}

// move moves index and references.
func (s *Store) move(ctx context.Context, t transition) (notices []string, err error) {
	index, err := s.lockIndex(ctx, t.touches)
	if err != nil {
		return nil, err
	}
	defer index.release()
	begun := false
	err = s.refs.update(ctx, t.who, t.updates(), func() error {
		if t.check != nil {
			if err := t.check(); err != nil {
				return err
			}
		}
		begun, notices = true, index.follow(ctx)
		return nil
	})
	index.release() // an index that could not be written is locked still
	if err != nil && begun {
		err = errors.Join(err, s.unfollow(ctx, t.touches))
	}
	return notices, err
}

// enterOperation waits until no other transition with working files is going on in
// this working tree. The operating system frees the lock of one whose process died.
func (s *Store) enterOperation() (leave func(), err error) {
	return newExclusion(filepath.Join(s.loc.gitDir, "archsync.transition")).acquire()
}

// operation is the one that moves a branch to a commit.
func (s *Store) operation(next hash) operation {
	return operation{mark: "archsync " + next.String() + "\n", dir: s.loc.gitDir}
}

// settle recovers what was interrupted before, which may change what the caller has
// read; only one transition can be in the journal.
func (s *Store) settle(ctx context.Context) error {
	did, err := s.recoverJournal(ctx)
	if err != nil || len(did) == 0 {
		return err
	}
	return &Error{What: strings.Join(did, "; "), Hint: "look at it and do it again", Err: ErrChanged}
}

// unfollow takes the index back to where it was, which is what HEAD has.
func (s *Store) unfollow(ctx context.Context, touches []touch) error {
	_, head, err := s.refs.head()
	if err != nil {
		return err
	}
	tree, err := s.treeOf(head)
	if err != nil {
		return err
	}
	back := make([]touch, len(touches))
	for i, t := range touches {
		back[i] = touch{t.path, t.new, t.old, t.mode}
		if t.new.IsZero() { // what was taken away has the mode that HEAD knows
			e, _, err := s.objects.find(tree, t.path)
			if err != nil {
				return err
			}
			back[i].mode = e.mode
		}
	}
	index, err := s.lockIndex(ctx, back)
	if err != nil {
		return err
	}
	defer index.release()
	index.follow(ctx)
	return nil
}

// rememberFiles notes in the index which working files have the new content, so
// that git need not read them. Git finds that out by itself when this fails.
func (s *Store) rememberFiles(ctx context.Context, touches []touch) {
	index, err := s.lockIndex(ctx, touches)
	if err != nil {
		return
	}
	defer index.release()
	if index.err == nil {
		index.follow(ctx)
	}
}

func (s *Store) journalFile() string { return filepath.Join(s.loc.gitDir, "archsync-journal") }

// journal is a transition that was begun: its commits, what it is, and the references
// that it moves.
type journal struct {
	old, new hash
	what     string
	names    []string
}

// writeJournal notes what is going to be done: a line with the commits and what it is,
// then one for each reference.
func (s *Store) writeJournal(ctx context.Context, t transition) error {
	text := fmt.Sprintf("%s %s %s\n", t.branch.old, t.branch.new, t.what)
	for _, u := range t.updates() {
		text += u.name + "\n"
	}
	draft := s.journalFile() + ".new"
	err := os.WriteFile(draft, []byte(text), 0o644)
	if err == nil {
		err = renameFile(draft, s.journalFile())
	}
	if err != nil {
		return fmt.Errorf("note what is being done: %w", err)
	}
	operationOf(ctx).did("noted")
	return nil
}

// removeJournal ends a transition. That of one without working files has none.
func (s *Store) removeJournal() error {
	if err := os.Remove(s.journalFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) readJournal() (j journal, found bool, err error) {
	content, err := os.ReadFile(s.journalFile())
	if errors.Is(err, fs.ErrNotExist) {
		return j, false, nil
	}
	if err != nil {
		return j, false, err
	}
	first, rest, _ := strings.Cut(string(content), "\n")
	fields := strings.SplitN(strings.TrimSpace(first), " ", 3)
	if len(fields) < 3 || !plumbing.IsHash(fields[0]) || !plumbing.IsHash(fields[1]) {
		return j, false, s.removeJournal() // killed while writing it: nothing had moved
	}
	names := slices.DeleteFunc(strings.Fields(rest), func(name string) bool { return !fs.ValidPath(name) || !strings.HasPrefix(name, "refs/") })
	return journal{hashOf(fields[0]), hashOf(fields[1]), fields[2], names}, true, nil
}

// Recover ends a Record, Reopen or Replay that was killed half-way. If the branch
// had moved, working files and index are brought to it, and a missing tag of a
// closed sync is made; if not, the index is taken back to the branch. Files that hold
// something else by now are left as they are. One that is still going on is waited
// for. It gives what it did, for a person to read; nothing when there was nothing to do.
// With a detached HEAD it waits for a branch: the past can be read all the same.
func (s *Store) Recover(ctx context.Context) ([]string, error) {
	if _, found, err := s.readJournal(); err != nil || !found {
		return nil, err
	}
	_, _, err := s.branch("finish what was interrupted")
	if errors.Is(err, ErrDetached) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	leave, err := s.enterOperation()
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.recoverJournal(ctx)
}

// recoverJournal is Recover when no other process is at it: what stands in the journal
// then is of one that died.
func (s *Store) recoverJournal(ctx context.Context) ([]string, error) {
	j, found, err := s.readJournal()
	if err != nil || !found {
		return nil, err
	}
	locks := []string{filepath.Join(s.loc.gitDir, "index"), filepath.Join(s.loc.common, "packed-refs")}
	for _, name := range j.names {
		locks = append(locks, s.refs.file(name))
	}
	op := s.operation(j.new)
	if err := op.sweep(locks); err != nil {
		return nil, fmt.Errorf("finish %s: %w", j.what, err)
	}
	ctx = op.with(ctx)
	touches, err := s.touchesBetween(j.old, j.new)
	if err != nil {
		return nil, fmt.Errorf("finish %s: %w", j.what, err)
	}
	_, head, err := s.refs.head()
	if err != nil {
		return nil, err
	}
	moved, err := s.onBranch(ctx, head, j.new)
	if err != nil {
		return nil, err
	}
	if !moved {
		return []string{j.what + " was interrupted before it was done, and is taken back"}, s.takeBack(ctx, head, touches)
	}
	did := []string{j.what + " was interrupted, and is finished"}
	more, err := s.finish(ctx, head, j, touches)
	return append(did, more...), err
}

// onBranch reports whether HEAD or any branch holds the commit. That HEAD is no
// longer what it was says nothing: somebody may have committed on top of it.
func (s *Store) onBranch(ctx context.Context, head, id hash) (bool, error) {
	branches, err := s.refs.list(branchPrefix)
	if err != nil {
		return false, err
	}
	tips := []hash{head}
	for _, b := range branches {
		tips = append(tips, b.id)
	}
	return s.holds(ctx, tips, id)
}

// takeBack ends a transition whose branch never moved: the index goes back where
// HEAD still has what it had before.
func (s *Store) takeBack(ctx context.Context, head hash, touches []touch) error {
	still, err := s.touchesWhere(head, touches, func(t touch) hash { return t.old })
	if err != nil {
		return err
	}
	return errors.Join(s.unfollow(ctx, still), s.removeJournal())
}

// touchesWhere are the touches whose file is at a commit what want says.
func (s *Store) touchesWhere(at hash, touches []touch, want func(touch) hash) ([]touch, error) {
	var still []touch
	for _, t := range touches {
		now, err := s.blobAt(at, t.path)
		if err != nil {
			return nil, err
		}
		if now == want(t) {
			still = append(still, t)
		}
	}
	return still, nil
}

// finish brings what the transition touched, and nobody else since, to the branch.
func (s *Store) finish(ctx context.Context, head hash, j journal, touches []touch) ([]string, error) {
	shown, err := s.clearedFrom(j.new)
	if err != nil {
		return nil, err
	}
	still, err := s.touchesWhere(head, append(touches, shown...), func(t touch) hash { return t.new })
	if err != nil {
		return nil, err
	}
	expect, next, err := s.behind(still)
	if err != nil {
		return nil, err
	}
	did, err := s.retag(ctx, j.new)
	if err != nil {
		return nil, err
	}
	did = append(did, s.bring(ctx, expect, next, atomicfile.Options{})...)
	s.rememberFiles(ctx, still)
	return did, s.removeJournal()
}

// clearedFrom is what the end of a close took away from what its snapshot shows: that
// may be in working files which were not saved before. It is nothing where the commit
// ends something else.
func (s *Store) clearedFrom(end hash) ([]touch, error) {
	snap, date, err := s.closedBy(end)
	if err != nil || date == "" {
		return nil, err
	}
	return s.touchesBetween(snap.id, end)
}

// touchesBetween is what differs between two commits; a zero one is empty.
func (s *Store) touchesBetween(a, b hash) ([]touch, error) {
	before, err := s.treeOf(a)
	if err != nil {
		return nil, err
	}
	after, err := s.treeOf(b)
	if err != nil {
		return nil, err
	}
	return s.objects.diffTrees(before, after)
}

// behind gives the working files that the touches have left behind: what they
// hold, and what they are to hold.
func (s *Store) behind(touches []touch) (expect, next map[string][]byte, err error) {
	expect, next = map[string][]byte{}, map[string][]byte{}
	for _, t := range touches {
		work, err := s.workFile(t.path)
		if err != nil || !holds(work, t.old) {
			continue // not ours to replace
		}
		expect[t.path], next[t.path] = work, nil
		if !t.new.IsZero() {
			if next[t.path], err = s.objects.read(plumbing.BlobObject, t.new); err != nil {
				return nil, nil, err
			}
		}
	}
	return expect, next, nil
}

// holds reports whether a working file, nil for none, has the blob's content, zero
// for none.
func holds(work []byte, id hash) bool {
	if work == nil || id.IsZero() {
		return work == nil && id.IsZero()
	}
	return sameContent(work, id)
}

// retag makes the tag of the sync that a commit closed, where it is missing: the
// branch moves before the tag appears.
func (s *Store) retag(ctx context.Context, end hash) ([]string, error) {
	snap, date, err := s.closedBy(end)
	if err != nil || date == "" {
		return nil, err
	}
	name := s.set.TagPrefix + date
	tag, err := s.putTag(snap, date)
	if err != nil {
		return nil, err
	}
	err = s.refs.update(ctx, snap.committer, []refUpdate{{tagPrefix + name, hash{}, tag, ""}}, nil)
	if err != nil && !errors.Is(err, ErrTagExists) {
		return []string{fmt.Sprintf("the tag %s could not be made: %v", name, err)}, nil
	}
	return nil, nil
}
