package history

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
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
	store *Store
	lock  *lockFile
	index *index
	err   error // why the index cannot be written here; errIndexKind: git will
}

// lockIndex waits for index.lock. An index that cannot be read is no reason not to
// commit; follow tells of it.
func (s *Store) lockIndex(ctx context.Context) (*indexUpdate, error) {
	name := filepath.Join(s.loc.gitDir, "index")
	lock, err := acquire(ctx, name)
	if err != nil {
		return nil, err
	}
	u := &indexUpdate{store: s, lock: lock}
	if u.index, u.err = s.readIndex(); u.err != nil {
		lock.release() // git needs it
		return u, nil
	}
	if info, err := os.Stat(name); err == nil {
		u.index.distrust(uint32(info.ModTime().Unix()), s.unchangedSince)
	}
	return u, nil
}

// release gives the index up. After follow it does nothing.
func (u *indexUpdate) release() { u.lock.release() }

// follow brings the paths of a commit to the new HEAD. What the user staged
// himself stays. The commit is made already, so a failure is a notice.
func (u *indexUpdate) follow(ctx context.Context, touches []touch) (notices []string) {
	err := u.err
	switch {
	case err == nil:
		err = u.write(touches)
	case errors.Is(err, errIndexKind):
		err = u.store.updateIndexByGit(ctx, touches)
	}
	if err == nil {
		return nil
	}
	return []string{fmt.Sprintf("the index still holds the files as they were before (%v): git status shows a change that is none; git reset -- FILE mends it", err)}
}

func (u *indexUpdate) write(touches []touch) error {
	for _, t := range touches {
		u.index.follow(t, u.store.fileWith(t.path, t.new))
	}
	if err := u.lock.write(u.index.bytes()); err != nil {
		return err
	}
	return u.lock.commit()
}

// readIndex reads the index; one that is not there is empty.
func (s *Store) readIndex() (*index, error) {
	name := filepath.Join(s.loc.gitDir, "index")
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{version: 2}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(content)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	return x, nil
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
