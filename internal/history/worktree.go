package history

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/archsync/archsync/internal/atomicfile"
)

// Write replaces the working file whole, if it still holds before; nil stands for
// no file, on either side. Otherwise it is ErrChanged, and nothing is written.
func (s *Store) Write(name string, before, after []byte) error {
	return s.write(name, before, after, atomicfile.Options{})
}

func (s *Store) write(name string, before, after []byte, opt atomicfile.Options) error {
	if err := s.checkWritable("write"); err != nil {
		return err
	}
	if !fs.ValidPath(name) || name == "." || isForeign(name) {
		return &Error{What: fmt.Sprintf("write %q: it is not a path in the repository", name)}
	}
	if err := s.refuseLeftOut(name); err != nil {
		return err
	}
	if err := s.checkHolds(name, before); err != nil {
		return err
	}
	switch {
	case after == nil && before == nil:
		return nil
	case after == nil:
		return s.removeFile(name)
	}
	return atomicfile.Write(s.root, name, after, opt)
}

// checkHolds refuses when the working file does not hold the content; nil means
// that there must be none.
func (s *Store) checkHolds(name string, content []byte) error {
	now, err := s.workFile(name)
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	if (now == nil) != (content == nil) || !bytes.Equal(now, content) {
		return &Error{
			What: fmt.Sprintf("write %q: the file was changed meanwhile", name),
			Hint: "look at it and do it again", Err: ErrChanged,
		}
	}
	return nil
}

// workFile reads a working file; nil when there is none.
func (s *Store) workFile(name string) ([]byte, error) {
	info, err := lstat(s.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = readable(info)
	}
	if err != nil {
		return nil, err
	}
	content, err := s.root.ReadFile(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if content == nil && err == nil {
		content = []byte{}
	}
	return content, err
}

// removeFile deletes a working file, and the folders that it was the last in, as
// git does.
func (s *Store) removeFile(name string) error {
	if err := atomicfile.Remove(s.root, name); err != nil {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if s.root.Remove(dir) != nil {
			break
		}
	}
	return nil
}

// FileChange is one of the log's files that is not as HEAD has it.
type FileChange struct {
	Path string
	Head []byte // nil when HEAD does not have it
	Work []byte // nil when the working tree does not have it
}

// Unsaved lists, by path, the log's files whose bytes differ from HEAD's. A file
// that only has other line ends is not among them, nor one that git ignores.
// Symbolic links and files above MaxFile bytes are left out.
func (s *Store) Unsaved(ctx context.Context, paths Paths) ([]FileChange, error) {
	if s.root == nil {
		return nil, nil
	}
	_, head, err := s.refs.head()
	if err != nil {
		return nil, err
	}
	stored, err := s.storedFiles(head, paths)
	if err != nil {
		return nil, err
	}
	names, err := s.workFiles(paths)
	if err != nil {
		return nil, err
	}
	ignored, untouched := s.ignores(paths, names), s.untouched()
	var changes []FileChange
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, inHead := stored[name]
		delete(stored, name)
		if !inHead && ignored.match(name) || inHead && untouched(name, e.id) {
			continue
		}
		work, err := s.workFile(name)
		if errors.Is(err, ErrTooLarge) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("compare %q: %w", name, err)
		}
		if work != nil && sameContent(work, e.id) || work == nil && !inHead {
			continue
		}
		changes = append(changes, FileChange{Path: name, Work: work})
	}
	left := s.leftOut()
	for name := range stored {
		if _, ok := left[name]; !ok {
			changes = append(changes, FileChange{Path: name})
		}
	}
	slices.SortFunc(changes, func(a, b FileChange) int { return strings.Compare(a.Path, b.Path) })
	return changes, s.fillHead(head, changes)
}

// fillHead reads what HEAD has of the changed files.
func (s *Store) fillHead(head hash, changes []FileChange) error {
	for i := range changes {
		id, err := s.blobAt(head, changes[i].Path)
		if err != nil {
			return err
		}
		if id.IsZero() {
			continue
		}
		if changes[i].Head, err = s.objects.read(plumbing.BlobObject, id); err != nil {
			return err
		}
	}
	return nil
}

// storedFiles are the log's plain files at a commit.
func (s *Store) storedFiles(at hash, paths Paths) (map[string]entry, error) {
	found := map[string]entry{}
	tree, err := s.treeOf(at)
	if err != nil || tree.IsZero() {
		return found, err
	}
	for _, root := range paths.roots() {
		e, ok, err := s.objects.find(tree, root)
		if err == nil && ok && e.mode == filemode.Dir {
			err = s.collect(root, e.id, paths, found)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s *Store) collect(dir string, tree hash, paths Paths, found map[string]entry) error {
	entries, err := s.objects.tree(tree)
	for _, e := range entries {
		name := strings.TrimPrefix(dir+"/"+e.name, "./")
		switch {
		case e.mode == filemode.Dir && paths.MayContain(name):
			if err := s.collect(name, e.id, paths, found); err != nil {
				return err
			}
		case isPlain(e.mode) && paths.Has(name):
			found[name] = e
		}
	}
	return err
}

// workFiles lists the log's files in the working tree, by path.
func (s *Store) workFiles(paths Paths) ([]string, error) {
	if s.root == nil {
		return nil, nil
	}
	var names []string
	fsys := workFS{s.root, paths, s, func() leftOut { return nil }}
	for _, root := range paths.roots() {
		err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case d.IsDir() && name != "." && s.isRepository(name):
				return fs.SkipDir
			case d.Type().IsRegular():
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	return names, nil
}

// isRepository reports a repository inside this one, whose files are its own.
func (s *Store) isRepository(dir string) bool {
	_, err := s.root.Lstat(filepath.Join(filepath.FromSlash(dir), ".git"))
	return err == nil
}

// Stamp sums up what the log's files look like from outside, what HEAD names, and
// the snapshots' tags. As long as it stays the same nothing changed, but for what
// was written in place within the grain of the disk's clock. It reads no file of
// the log and costs about two calls to the system for each.
func (s *Store) Stamp(paths Paths) uint64 {
	sum := fnv.New64a()
	names, err := s.workFiles(paths)
	fmt.Fprintln(sum, err)
	for _, name := range names {
		info, err := s.root.Lstat(filepath.FromSlash(name))
		stampFile(sum, name, info, err)
	}
	branch, head, err := s.refs.head()
	fmt.Fprintln(sum, branch, head, err)
	tags, err := s.refs.list(tagPrefix + s.set.TagPrefix)
	fmt.Fprintln(sum, len(tags), err)
	for _, t := range tags {
		io.WriteString(sum, t.name)
		sum.Write(t.id[:])
	}
	return sum.Sum64()
}

func stampFile(sum io.Writer, name string, info fs.FileInfo, err error) {
	io.WriteString(sum, name)
	if err != nil {
		return
	}
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(info.ModTime().UnixNano()))
	b = binary.BigEndian.AppendUint64(b, uint64(info.Size()))
	b = binary.BigEndian.AppendUint32(b, statOf(info).ino)
	sum.Write(b)
}

// bring makes working files what the new commit has, where they still hold what
// they are expected to; the others stay and are named in a notice.
func (s *Store) bring(ctx context.Context, expect, next map[string][]byte, opt atomicfile.Options) (notices []string) {
	for _, name := range slices.Sorted(maps.Keys(next)) {
		err := s.write(name, expect[name], next[name], opt)
		operationOf(ctx).did("brought " + name)
		if errors.Is(err, ErrChanged) && s.checkHolds(name, next[name]) == nil {
			continue // another process brought it
		}
		if errors.Is(err, ErrChanged) {
			notices = append(notices, fmt.Sprintf("%q was changed meanwhile and is left as it is: it differs from the new commit", name))
		} else if err != nil {
			notices = append(notices, err.Error())
		}
	}
	return notices
}
