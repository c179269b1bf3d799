package history

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/archsync/archsync/internal/synclog"
)

// FS is the log at a moment: the files that paths tells, with the folders that
// lead to them, and nothing else. It has ReadDir, ReadFile, Stat and ContentID;
// fs.Sub works on it. A symbolic link in the log is listed, and refused when it is
// opened (ErrSymlink); a file above MaxFile bytes is refused too (ErrTooLarge).
//
// Of a commit the answers never change. Of the working tree they are whatever is
// on disk when they are asked for. A bare repository has none: now is HEAD's commit.
// A log that lay in another folder at a commit is shown in the present one.
func (s *Store) FS(m Moment, paths Paths) (fs.FS, error) {
	if m.Kind == Now && s.root != nil {
		return workFS{s.root, paths, s, sync.OnceValue(s.leftOut)}, nil
	}
	if m.Kind == Now {
		_, head, err := s.refs.head()
		if err != nil {
			return nil, fmt.Errorf("read the log at HEAD: %w", err)
		}
		if head.IsZero() {
			return nil, fmt.Errorf("read the log at HEAD, which has no commit yet: %w", fs.ErrNotExist)
		}
		m.Commit = text(head)
	}
	c, err := s.objects.commit(plumbing.NewHash(m.Commit))
	if err != nil {
		return nil, fmt.Errorf("read the log at %q: %w", m.Expr, err)
	}
	return &commitFS{store: s, objects: s.objects, tree: c.tree, when: c.committer.when, paths: paths}, nil
}

// ReadFile reads one file of a moment, of the log or not: what the log's paths are
// is written in such a file.
func (s *Store) ReadFile(m Moment, name string) ([]byte, error) {
	fsys, err := s.FS(m, Paths{Dir: path.Dir(name)})
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(fsys, name)
}

// commitFS is the log at a commit.
type commitFS struct {
	store   *Store
	objects *objects
	tree    hash
	when    time.Time
	paths   Paths

	place sync.Once
	dir   string // where the log lies in the tree; "" until somebody asks
}

// ContentID is git's name for the file's or folder's content: equal names mean
// equal content. Folders that the log does not fill have none.
func (c *commitFS) ContentID(name string) (string, bool) {
	e, err := c.lookup("identify", name)
	if err != nil || e.mode == filemode.Dir && !c.paths.covers(name) {
		return "", false
	}
	return e.id.String(), true
}

// lookup finds a visible file or folder.
func (c *commitFS) lookup(op, name string) (entry, error) {
	fail := func(err error) (entry, error) { return entry{}, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	found, err := c.find(c.moved(name))
	if err != nil {
		return fail(err)
	}
	if name != "." && !c.visible(name, found) {
		return fail(fs.ErrNotExist)
	}
	return found, nil
}

// moved is a name as it was at the commit, where the log may have lain elsewhere.
func (c *commitFS) moved(name string) string {
	if !within(name, c.store.set.Dir) {
		return name
	}
	c.place.Do(func() {
		c.dir = c.store.set.Dir
		if _, err := c.find(path.Join(c.dir, synclog.ConfigName)); errors.Is(err, fs.ErrNotExist) {
			if dir, err := c.store.dirAt(c.tree); err == nil {
				c.dir = dir
			}
		}
	})
	return c.store.nameIn(c.dir, name)
}

// find finds a file or folder of the tree, visible or not.
func (c *commitFS) find(name string) (entry, error) {
	found := entry{".", filemode.Dir, c.tree}
	for rest := name; rest != "."; {
		elem, after, more := strings.Cut(rest, "/")
		if found.mode != filemode.Dir {
			return entry{}, fs.ErrNotExist
		}
		entries, err := c.objects.tree(found.id)
		if err != nil {
			return entry{}, err
		}
		i := slices.IndexFunc(entries, func(e entry) bool { return e.name == elem })
		if i < 0 {
			return entry{}, fs.ErrNotExist
		}
		found, rest = entries[i], after
		if !more {
			break
		}
	}
	return found, nil
}

func (c *commitFS) visible(name string, e entry) bool {
	switch e.mode {
	case filemode.Dir:
		return c.paths.MayContain(name)
	case filemode.Submodule:
		return false
	}
	return c.paths.Has(name)
}

func (c *commitFS) info(e entry) (fs.FileInfo, error) {
	info := fileInfo{name: e.name, when: c.when, mode: 0o644}
	switch e.mode {
	case filemode.Dir:
		info.mode = fs.ModeDir | 0o755
		return info, nil
	case filemode.Executable:
		info.mode = 0o755
	case filemode.Symlink:
		info.mode = fs.ModeSymlink | 0o777
	}
	size, err := c.objects.size(e.id)
	info.size = size
	return info, err
}

// Open opens a file or folder.
func (c *commitFS) Open(name string) (fs.File, error) {
	e, err := c.lookup("open", name)
	if err != nil {
		return nil, err
	}
	info, err := c.info(e)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if info.IsDir() {
		entries, err := c.ReadDir(name)
		return &dirFile{name: name, info: info, entries: entries}, err
	}
	content, err := c.content(name, e)
	if err != nil {
		return nil, err
	}
	return &memoryFile{bytes.NewReader(content), info}, nil
}

// ReadFile gives a file's bytes.
func (c *commitFS) ReadFile(name string) ([]byte, error) {
	e, err := c.lookup("read", name)
	if err != nil {
		return nil, err
	}
	return c.content(name, e)
}

func (c *commitFS) content(name string, e entry) ([]byte, error) {
	err := error(nil)
	switch e.mode {
	case filemode.Dir:
		err = errors.New("is a folder")
	case filemode.Symlink:
		err = ErrSymlink
	default:
		var content []byte
		if content, err = c.objects.read(plumbing.BlobObject, e.id); err == nil {
			return content, nil
		}
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: err}
}

// Stat describes a file or folder. The time is that of the commit.
func (c *commitFS) Stat(name string) (fs.FileInfo, error) {
	e, err := c.lookup("stat", name)
	if err != nil {
		return nil, err
	}
	info, err := c.info(e)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return info, nil
}

// ReadDir lists what is visible in a folder, by name.
func (c *commitFS) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := c.lookup("readdir", name)
	if err != nil {
		return nil, err
	}
	if e.mode != filemode.Dir {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("is not a folder")}
	}
	entries, err := c.objects.tree(e.id)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	list := []fs.DirEntry{}
	for _, e := range entries {
		if c.visible(path.Join(name, e.name), e) {
			list = append(list, dirEntry{c, e})
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// dirEntry is one line of a folder; its size is looked up when it is asked for.
type dirEntry struct {
	fsys  *commitFS
	entry entry
}

func (d dirEntry) Name() string               { return d.entry.name }
func (d dirEntry) IsDir() bool                { return d.entry.mode == filemode.Dir }
func (d dirEntry) Info() (fs.FileInfo, error) { return d.fsys.info(d.entry) }
func (d dirEntry) String() string             { return fs.FormatDirEntry(d) }

func (d dirEntry) Type() fs.FileMode {
	switch d.entry.mode {
	case filemode.Dir:
		return fs.ModeDir
	case filemode.Symlink:
		return fs.ModeSymlink
	}
	return 0
}

type fileInfo struct {
	name string
	size int64
	mode fs.FileMode
	when time.Time
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.when }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }
func (i fileInfo) String() string     { return fs.FormatFileInfo(i) }

// memoryFile is an open file whose bytes are there.
type memoryFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *memoryFile) Close() error               { return nil }

// dirFile is an open folder.
type dirFile struct {
	name    string
	info    fs.FileInfo
	entries []fs.DirEntry
}

func (d *dirFile) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *dirFile) Close() error               { return nil }

func (d *dirFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a folder")}
}

func (d *dirFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.entries) {
		n = len(d.entries)
	}
	list := d.entries[:n:n]
	d.entries = d.entries[n:]
	return list, nil
}
