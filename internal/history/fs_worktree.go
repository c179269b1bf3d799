package history

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// workFS is the log in the working tree. An os.Root keeps every path inside the
// repository; symbolic links inside it are refused as well, since git would store
// the link and not what it points to.
type workFS struct {
	root  *os.Root
	paths Paths
	store *Store
	left  func() leftOut // what is there and not checked out
}

// ContentID has no answer: between it and reading, the file may change.
func (w workFS) ContentID(string) (string, bool) { return "", false }

// lookup describes a visible file or folder.
func (w workFS) lookup(op, name string) (fs.FileInfo, error) {
	fail := func(err error) (fs.FileInfo, error) { return nil, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	info, err := lstat(w.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		if absent, ok := w.leftInfo(name); ok {
			info, err = absent, nil
		}
	}
	if err != nil {
		return fail(err)
	}
	if name != "." && !w.visible(name, info.IsDir()) {
		return fail(fs.ErrNotExist)
	}
	return info, nil
}

func (w workFS) visible(name string, isDir bool) bool {
	if isDir {
		return w.paths.MayContain(name)
	}
	return w.paths.Has(name)
}

// lstat describes a file without following a link, neither at its end nor on
// the way.
func lstat(root *os.Root, name string) (fs.FileInfo, error) {
	for i, ch := range name {
		if ch != '/' {
			continue
		}
		info, err := root.Lstat(filepath.FromSlash(name[:i]))
		if err != nil {
			return nil, underlying(err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("%q: %w", name[:i], ErrSymlink)
		}
		if !info.IsDir() {
			return nil, fs.ErrNotExist
		}
	}
	info, err := root.Lstat(filepath.FromSlash(name))
	return info, underlying(err)
}

// underlying drops the path from an error that is given another one.
func underlying(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}

// Open opens a file or folder.
func (w workFS) Open(name string) (fs.File, error) {
	info, err := w.lookup("open", name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		entries, err := w.ReadDir(name)
		return &dirFile{name: name, info: info, entries: entries}, err
	}
	if err := readable(info); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f, err := w.root.Open(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return w.leftFile(name, info)
	}
	return f, err
}

// readable refuses what is not a plain file of bearable size: a pipe would hang
// the reader.
func readable(info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return ErrSymlink
	case !info.Mode().IsRegular():
		return fmt.Errorf("is not a plain file (%s)", info.Mode().Type())
	case info.Size() > MaxFile:
		return fmt.Errorf("%d bytes: %w", info.Size(), ErrTooLarge)
	}
	return nil
}

// ReadFile gives a file's bytes.
func (w workFS) ReadFile(name string) ([]byte, error) {
	info, err := w.lookup("read", name)
	if err == nil {
		err = readable(info)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: underlying(err)}
	}
	f, err := w.root.Open(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return w.leftContent(name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(content) > MaxFile {
		err = &fs.PathError{Op: "read", Path: name, Err: ErrTooLarge}
	}
	return content, err
}

// Stat describes a file or folder.
func (w workFS) Stat(name string) (fs.FileInfo, error) { return w.lookup("stat", name) }

// ReadDir lists what is visible in a folder, by name.
func (w workFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := w.lookup("readdir", name); err != nil {
		return nil, err
	}
	entries, err := w.checkedOut(name)
	if err != nil {
		return nil, err
	}
	for base := range w.left().in(name) {
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base }) {
			continue
		}
		if info, ok := w.leftInfo(path.Join(name, base)); ok {
			entries = append(entries, fs.FileInfoToDirEntry(info))
		}
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !w.visible(path.Join(name, e.Name()), e.IsDir()) })
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// checkedOut lists a folder of the working tree; nothing of one that is left out.
func (w workFS) checkedOut(name string) ([]fs.DirEntry, error) {
	dir, err := w.root.Open(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.ReadDir(-1)
}
