package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/atomicfile"
)

// Episode is one commit of a past that is replayed, and a tag on it.
type Episode struct {
	Author     Author
	When       time.Time
	Message    string
	Files      map[string][]byte // what changes: whole files, nil deletes
	Tag        string            // short name of an annotated tag; "" for none
	TagMessage string            // default: the subject of Message
}

// Replay puts the episodes, in their order, on top of the branch: as commits and
// annotated tags with their own authors and times, in one pack. The same episodes
// on the same head give the same hashes. Working files and index follow; a file that
// differs from HEAD's and that an episode touches is ErrChanged, a tag that exists
// ErrTagExists, no episode ErrNothing, and an error of the iterator is returned:
// then nothing is changed.
//
// The branch moves before the tags appear, under the locks of both. Only if the very
// last rename, that of the tags, fails, the error comes with the branch moved.
func (s *Store) Replay(ctx context.Context, episodes iter.Seq2[Episode, error]) (Committed, error) {
	branch, head, err := s.branch("replay a past")
	if err != nil {
		return Committed{}, err
	}
	r, err := s.newReplay(head)
	if err != nil {
		return Committed{}, err
	}
	defer r.pack.discard()
	for episode, err := range episodes {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return Committed{}, err
		}
		if err := r.play(episode); err != nil {
			return Committed{}, err
		}
	}
	if r.head == head {
		return Committed{}, &Error{What: "replay a past", Err: ErrNothing}
	}
	expect, err := s.expectStored(r.touches)
	if err != nil {
		return Committed{}, err
	}
	if err := r.pack.install(); err != nil {
		return Committed{}, err
	}
	notices, err := s.end(ctx, r, refUpdate{branch, head, r.head, "archsync: replay"}, expect)
	if err != nil {
		return Committed{}, fmt.Errorf("replay a past: %w", err)
	}
	return Committed{text(r.head), text(head), notices}, nil
}

// replay is a past while it is written.
type replay struct {
	pack    *pack
	graft   *graft
	head    hash
	last    signature
	tags    map[string]packedRef // by full name
	touches map[string]touch     // by path: the first old and the last new content
}

func (s *Store) newReplay(head hash) (*replay, error) {
	tree, err := s.treeOf(head)
	if err != nil {
		return nil, err
	}
	p, err := newPack(s.loc.common)
	if err != nil {
		return nil, err
	}
	return &replay{
		pack: p, graft: newGraft(s.objects.tree, p, tree), head: head,
		tags: map[string]packedRef{}, touches: map[string]touch{},
	}, nil
}

// play adds one episode.
func (r *replay) play(e Episode) error {
	if err := checkAuthor(e.Author); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		t, err := r.graft.set(name, e.Files[name])
		if err != nil {
			return fmt.Errorf("episode of %s: %w", e.When.Format(time.DateOnly), err)
		}
		if first, again := r.touches[name]; again {
			t.old = first.old
		}
		r.touches[name] = t
	}
	tree, err := r.graft.store()
	if err != nil {
		return err
	}
	who := signature{e.Author, e.When}
	c := commit{tree: tree, author: who, committer: who, message: e.Message}
	if !r.head.IsZero() {
		c.parents = []hash{r.head}
	}
	if r.head, err = r.pack.put(plumbing.CommitObject, c.bytes(), hash{}); err != nil {
		return err
	}
	r.last = who
	return r.tag(e, who)
}

func (r *replay) tag(e Episode, who signature) error {
	if e.Tag == "" {
		return nil
	}
	name := tagPrefix + e.Tag
	if _, twice := r.tags[name]; twice {
		return tagExists(name)
	}
	if err := plumbing.ReferenceName(name).Validate(); err != nil {
		return fmt.Errorf("make the tag %q: %w", e.Tag, err)
	}
	subject, _, _ := strings.Cut(e.Message, "\n")
	id, err := r.pack.put(plumbing.TagObject, tagBytes(r.head, e.Tag, who, cmp.Or(e.TagMessage, subject)), hash{})
	r.tags[name] = packedRef{id: id, peeled: r.head}
	return err
}

// expectStored reads the working files that will be replaced, and refuses when one
// is not what HEAD has.
func (s *Store) expectStored(touches map[string]touch) (map[string][]byte, error) {
	expect := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(touches)) {
		work, err := s.workFile(name)
		if err != nil {
			return nil, err
		}
		old := touches[name].old
		if !holds(work, old) {
			return nil, &Error{
				What: fmt.Sprintf("replay a past: %q is in the way", name),
				Hint: "commit it or move it away", Err: ErrChanged,
			}
		}
		expect[name] = work
	}
	return expect, nil
}

// end moves the branch, makes the tags, all of them in packed-refs, and brings
// working files: nothing is waited for on the disk, the repository has it all.
func (s *Store) end(ctx context.Context, r *replay, move refUpdate, expect map[string][]byte) ([]string, error) {
	touches := slices.Collect(maps.Values(r.touches))
	files, err := s.contents(touches)
	if err != nil {
		return nil, err
	}
	var tags *lockFile
	defer func() { tags.release() }()
	notices, err := s.run(ctx, transition{
		what:    "the replay of a past",
		who:     r.last,
		branch:  move,
		touches: touches,
		check: func() (err error) {
			tags, err = s.refs.preparePacked(ctx, func(all map[string]packedRef) (bool, error) {
				return len(r.tags) > 0, s.refs.addNew(all, r.tags)
			})
			return err
		},
		expect: expect,
		files:  files,
		opt:    atomicfile.Options{NoSync: true},
	})
	if err == nil && tags != nil {
		err = tags.commit()
	}
	return notices, err
}

// addNew adds references that must not exist yet.
func (r *refs) addNew(all, added map[string]packedRef) error {
	for _, name := range slices.Sorted(maps.Keys(added)) {
		if _, err := r.resolve(name); err == nil {
			return tagExists(name)
		}
		if err := r.checkFree(name); err != nil {
			return err
		}
		all[name] = added[name]
	}
	return nil
}

// contents reads what the touches end with; nil for a file that is gone.
func (s *Store) contents(touches []touch) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, t := range touches {
		files[t.path] = nil
		if t.new.IsZero() {
			continue
		}
		content, err := s.objects.read(plumbing.BlobObject, t.new)
		if err != nil {
			return nil, err
		}
		files[t.path] = content
	}
	return files, nil
}
