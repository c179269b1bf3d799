package history

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// indexUpdate is the index while a commit is made beside it. Its lock is held from
// before the branch moves until the index has followed: a git commit in between
// would take the files from the index as it was, and so take the commit back.
type indexUpdate struct {
	store   *Store
	lock    *lockFile
	touches []touch
	err     error // why the index cannot be written here; errIndexKind: git will
}

// lockIndex waits for index.lock and writes beside it what the touches make of the
// index. An index that cannot be read is no reason not to commit; follow tells of it.
func (s *Store) lockIndex(ctx context.Context, touches []touch) (*indexUpdate, error) {
	lock, err := acquire(ctx, s.indexFile())
	if err != nil {
		return nil, err
	}
	u := &indexUpdate{store: s, lock: lock, touches: touches}
	if u.err = u.prepare(); u.err != nil {
		lock.release() // git needs it
	}
	return u, nil
}

func (s *Store) indexFile() string { return filepath.Join(s.loc.gitDir, "index") }

// prepare writes what the index becomes.
func (u *indexUpdate) prepare() error {
	known := func(t touch) fs.FileInfo { return u.store.fileWith(t.path, t.new) }
	file, err := os.Open(u.store.indexFile())
	if errors.Is(err, fs.ErrNotExist) {
		empty := emptyIndex()
		return u.rewrite(bytes.NewReader(empty), int64(len(empty)), known, func(storedEntry) bool { return false })
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := u.rewrite(file, info.Size(), known, u.store.racy(uint32(info.ModTime().Unix()))); err != nil {
		return fmt.Errorf("read %q: %w", u.store.indexFile(), err)
	}
	return nil
}

func (u *indexUpdate) rewrite(old io.ReaderAt, size int64, known func(touch) fs.FileInfo, distrust func(storedEntry) bool) error {
	r, err := newIndexReader(old, size)
	if err != nil {
		return err
	}
	edit, err := r.edit(u.touches, known, distrust)
	if err != nil {
		return err
	}
	return u.lock.fill(func(w io.Writer) error { return edit.write(w, old) })
}

// emptyIndex is the index of a repository that has none.
func emptyIndex() []byte {
	var b bytes.Buffer
	_ = indexEdit{version: 2, body: indexHeader}.write(&b, bytes.NewReader(nil)) // into memory it never fails
	return b.Bytes()
}

// racy tells of files that may have changed in the second in which the index was last
// written: git knows them by that coincidence only, which a new time of the index would
// hide (git's "racy" entries, Documentation/technical/racy-git.txt). A file that still
// has the time in the entry, to the nanosecond, is none.
func (s *Store) racy(written uint32) func(storedEntry) bool {
	return func(e storedEntry) bool {
		head := indexEntry{head: e.head}
		return head.mtime() >= written && head.stage() == 0 && !s.unchangedSince(e.entry())
	}
}

// release gives the index up. After follow it does nothing.
func (u *indexUpdate) release() { u.lock.release() }

// follow brings the paths of a commit to the new HEAD. What the user staged
// himself stays. The commit is made already, so a failure is a notice.
func (u *indexUpdate) follow(ctx context.Context) (notices []string) {
	err := u.err
	switch {
	case err == nil:
		err = u.lock.commit()
	case errors.Is(err, errIndexKind):
		err = u.store.updateIndexByGit(ctx, u.touches)
	}
	if err == nil {
		return nil
	}
	return []string{fmt.Sprintf("the index still holds the files as they were before (%v): git status shows a change that is none; git reset -- FILE mends it", err)}
}

// index is what git's staging area has of the log, by path.
type index struct {
	entries []indexEntry
}

// readIndex reads what the index has of the log; one that is not there is empty.
func (s *Store) readIndex() (*index, error) {
	x := &index{}
	file, err := os.Open(s.indexFile())
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	r, err := newIndexReader(file, info.Size())
	if err == nil {
		err = x.read(r, s.inLog())
	}
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", file.Name(), err)
	}
	return x, nil
}

// inLog tells of a path that it lies in one of the log's folders.
func (s *Store) inLog() func(name []byte) bool {
	var folders [][]byte
	for _, dir := range append([]string{s.set.Dir}, s.set.Folders...) {
		if dir == "." {
			return func([]byte) bool { return true }
		}
		folders = append(folders, []byte(dir+"/"))
	}
	return func(name []byte) bool {
		return slices.ContainsFunc(folders, func(dir []byte) bool { return bytes.HasPrefix(name, dir) })
	}
}

// read takes the wanted entries; the whole index has to be sound.
func (x *index) read(r *indexReader, wanted func(name []byte) bool) error {
	for {
		e, err := r.next()
		if err == io.EOF {
			_, err = r.rest()
			return err
		}
		if err != nil {
			return err
		}
		if wanted(e.name) {
			x.entries = append(x.entries, e.entry())
		}
	}
}

// find gives the positions of the entries of a path: several in a conflict.
func (x *index) find(name string) (from, to int) {
	from, _ = slices.BinarySearchFunc(x.entries, name, func(e indexEntry, name string) int { return cmp.Compare(e.name, name) })
	to = from
	for to < len(x.entries) && x.entries[to].name == name {
		to++
	}
	return from, to
}

// unchangedSince reports whether a file has exactly the time and size that its
// entry remembers, on a disk that counts nanoseconds.
func (s *Store) unchangedSince(e indexEntry) bool {
	info, err := s.root.Lstat(filepath.FromSlash(e.name))
	if err != nil {
		return false
	}
	nsec := binary.BigEndian.Uint32(e.head[offMtime+4:])
	size := binary.BigEndian.Uint32(e.head[offSize:])
	return nsec != 0 && e.mtime() == uint32(info.ModTime().Unix()) &&
		nsec == uint32(info.ModTime().Nanosecond()) && size == uint32(info.Size())
}

// fileWith describes the working file if it has the content, also with the line
// ends that git may have put in it; else it gives nil.
func (s *Store) fileWith(name string, id hash) fs.FileInfo {
	if id.IsZero() {
		return nil
	}
	before, err := s.root.Lstat(filepath.FromSlash(name))
	if err != nil || !before.Mode().IsRegular() || before.Size() > MaxFile {
		return nil
	}
	content, err := s.root.ReadFile(filepath.FromSlash(name))
	if err != nil || !sameContent(content, id) {
		return nil
	}
	after, err := s.root.Lstat(filepath.FromSlash(name))
	if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
		return nil
	}
	return after
}

// sameContent reports whether the file's bytes are the blob's, or were before a
// checkout gave them Windows line ends.
func sameContent(content []byte, id hash) bool {
	return blobID(content) == id || bytes.Contains(content, []byte("\r\n")) && blobID(toLF(content)) == id
}

func toLF(content []byte) []byte { return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) }

// updateIndexByGit asks the git program to do what index.follow does, for an index
// that only git can write.
func (s *Store) updateIndexByGit(ctx context.Context, touches []touch) error {
	var lines strings.Builder
	for _, t := range touches {
		staged, err := s.git(ctx, "", "ls-files", "--stage", "--", ":(literal,top)"+t.path)
		if err != nil {
			return err
		}
		if !followsIndex(staged, t) {
			continue
		}
		if t.new.IsZero() {
			fmt.Fprintf(&lines, "0 %s\t%s\n", hash{}, t.path)
		} else {
			fmt.Fprintf(&lines, "%o %s\t%s\n", uint32(t.mode), t.new, t.path)
		}
	}
	_, err := s.git(ctx, lines.String(), "update-index", "--index-info")
	return err
}

// followsIndex is the rule of index.follow on a line of git ls-files --stage:
// MODE HASH STAGE<tab>PATH.
func followsIndex(staged string, t touch) bool {
	fields := strings.Fields(staged)
	if len(fields) == 0 {
		return t.old.IsZero() || t.new.IsZero()
	}
	return strings.Count(staged, "\n") == 1 && fields[2] == "0" && (fields[1] == t.old.String() || fields[1] == t.new.String())
}

// git runs the git program in the working tree.
func (s *Store) git(ctx context.Context, input string, args ...string) (string, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return "", fmt.Errorf("%w, and there is no git program", errIndexKind)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = s.loc.root
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		// Set in hooks; they would lead to another index.
		return strings.HasPrefix(v, "GIT_DIR=") || strings.HasPrefix(v, "GIT_INDEX_FILE=") || strings.HasPrefix(v, "GIT_WORK_TREE=")
	})
	cmd.Stdin = strings.NewReader(input)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}
