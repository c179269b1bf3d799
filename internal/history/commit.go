package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// commitAttempts bounds how often a commit is made again because the branch moved
// meanwhile. Each attempt waits for the branch's lock, so only a branch that moves
// all the time exhausts them.
const commitAttempts = 50

// Change is one commit to make.
type Change struct {
	Files   map[string][]byte // whole files by path; nil deletes, an empty file is []byte{}
	Message string
	Author  Author // also the committer
	When    time.Time
	Base    string // the commit that Files were made from; "" for HEAD as it is found
}

// Committed is a commit that was made.
type Committed struct {
	Commit  string
	Parent  string   // "" for the first commit
	Notices []string // what did not work, though the commit is made
}

// Commit puts files on top of the branch, beside working tree and index: it
// touches the paths of Files and no others, does not write working files, and
// follows with the index only where the user has not staged something himself.
//
// When the branch moves meanwhile, or has moved since Base, the commit is put on
// the new head, unless one of its files changed there: that is ErrChanged. Also
// ErrDetached, ErrLocked, ErrNothing when HEAD holds the files already. commit.gpgsign
// is not honoured.
func (s *Store) Commit(ctx context.Context, c Change) (Committed, error) {
	if err := checkAuthor(c.Author); err != nil {
		return Committed{}, err
	}
	var base *hash
	if c.Base != "" {
		id := hashOf(c.Base)
		base = &id
	}
	for range commitAttempts {
		made, err := s.tryCommit(ctx, &base, c)
		if !errors.Is(err, errMoved) {
			return made, err
		}
	}
	return Committed{}, &Error{
		What: "commit: the branch moves all the time", Hint: "try again when others are done", Err: ErrChanged,
	}
}

// tryCommit makes the commit on the branch as it is now; errMoved when it moved
// meanwhile. A nil base becomes the head that was found first, which is zero when
// there was none.
func (s *Store) tryCommit(ctx context.Context, base **hash, c Change) (Committed, error) {
	branch, head, err := s.branch("commit")
	if err != nil {
		return Committed{}, err
	}
	if *base == nil {
		*base = &head
	}
	if err := s.checkSame(**base, head, c.Files); err != nil {
		return Committed{}, err
	}
	next, touches, err := s.build(head, c)
	if err != nil {
		return Committed{}, err
	}
	notices, err := s.run(ctx, transition{
		who:     signature{c.Author, c.When},
		branch:  refUpdate{branch, head, next, reflogReason(head, c.Message)},
		touches: touches,
	})
	if err != nil {
		return Committed{}, fmt.Errorf("commit: %w", err)
	}
	return Committed{text(next), text(head), notices}, nil
}

// branch is the branch in full and its commit, zero when it is unborn. A detached
// HEAD is refused: nobody would find the commit again.
func (s *Store) branch(verb string) (string, hash, error) {
	if err := s.checkWritable(verb); err != nil {
		return "", hash{}, err
	}
	branch, head, err := s.refs.head()
	if err == nil && branch == "" {
		err = &Error{
			What: verb, Err: ErrDetached,
			Hint: "git switch BRANCH goes back to a branch, git switch -c NAME starts one here",
		}
	}
	return branch, head, err
}

// reflogReason is what git writes: commit: and the subject.
func reflogReason(parent hash, text string) string {
	subject, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if parent.IsZero() {
		return "commit (initial): " + subject
	}
	return "commit: " + subject
}

// checkSame refuses when a file differs between the two commits.
func (s *Store) checkSame(base, head hash, files map[string][]byte) error {
	if base == head {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		before, err := s.blobAt(base, name)
		if err != nil {
			return err
		}
		after, err := s.blobAt(head, name)
		if err != nil {
			return err
		}
		if before != after {
			return &Error{
				What: fmt.Sprintf("commit %q: another commit changed it", name),
				Hint: "look at it and do it again", Err: ErrChanged,
			}
		}
	}
	return nil
}

// blobAt is the file's blob at a commit, zero when there is none.
func (s *Store) blobAt(at hash, name string) (hash, error) {
	tree, err := s.treeOf(at)
	if err != nil || tree.IsZero() {
		return hash{}, err
	}
	e, _, err := s.objects.find(tree, name)
	return e.id, err
}

// treeOf is the tree of a commit; zero for none.
func (s *Store) treeOf(at hash) (hash, error) {
	if at.IsZero() {
		return hash{}, nil
	}
	c, err := s.objects.commit(at)
	return c.tree, err
}

// build writes the objects of a commit on top of parent, and tells what it did to
// each path.
func (s *Store) build(parent hash, c Change) (hash, []touch, error) {
	old, err := s.treeOf(parent)
	if err != nil {
		return hash{}, nil, err
	}
	g := newGraft(s.objects.tree, s.objects, old)
	var touches []touch
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		content, err := s.asStored(old, name, c.Files[name])
		if err != nil {
			return hash{}, nil, err
		}
		t, err := g.set(name, content)
		if err != nil {
			return hash{}, nil, fmt.Errorf("commit: %w", err)
		}
		touches = append(touches, t)
	}
	tree, err := g.store()
	if err != nil {
		return hash{}, nil, err
	}
	if tree == old {
		return hash{}, nil, &Error{What: "commit", Err: ErrNothing}
	}
	id, err := s.putCommit(parent, tree, c)
	return id, touches, err
}

func (s *Store) putCommit(parent, tree hash, c Change) (hash, error) {
	who := signature{c.Author, c.When}
	object := commit{tree: tree, author: who, committer: who, message: c.Message}
	if !parent.IsZero() {
		object.parents = []hash{parent}
	}
	return s.objects.put(plumbing.CommitObject, object.bytes(), hash{})
}

// asStored is what git would store of a working file: text that has plain line
// ends in the repository keeps them, however it was checked out, and new text gets
// them where core.autocrlf or the log's .gitattributes ask for it.
func (s *Store) asStored(tree hash, name string, content []byte) ([]byte, error) {
	if !bytes.Contains(content, []byte("\r\n")) || bytes.IndexByte(content, 0) >= 0 {
		return content, nil
	}
	old, found, err := s.stored(tree, name)
	switch {
	case err != nil:
		return nil, err
	case found && bytes.Contains(old, []byte("\r\n")):
		return content, nil // people keep it so
	case !found && !s.plainLineEnds(tree):
		return content, nil
	}
	return toLF(content), nil
}

// stored is a file of a tree; a zero tree has none.
func (s *Store) stored(tree hash, name string) (content []byte, found bool, err error) {
	if tree.IsZero() {
		return nil, false, nil
	}
	e, found, err := s.objects.find(tree, name)
	if err != nil || !found {
		return nil, false, err
	}
	content, err = s.objects.read(plumbing.BlobObject, e.id)
	return content, true, err
}

// plainLineEnds tells whether git would give new text of the log plain line ends.
// Of .gitattributes it knows what archsync init writes, and its variants: a line
// that makes every file text.
func (s *Store) plainLineEnds(tree hash) bool {
	if s.config.flag("core.autocrlf", false) || s.config.get("core.autocrlf") == "input" {
		return true
	}
	content, _, err := s.stored(tree, path.Join(s.set.Dir, ".gitattributes"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		if len(words) > 1 && words[0] == "*" && (words[1] == "text" || words[1] == "text=auto") {
			return true
		}
	}
	return false
}
