package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// blob is the content of a file; it does not change.
type blob struct {
	data []byte
	id   func() string
}

func newBlob(data []byte) *blob {
	return &blob{data, sync.OnceValue(func() string {
		sum := sha256.Sum256(data)
		return hex.EncodeToString(sum[:])
	})}
}

// tree is a moment of the made-up repository as a file system. It does not
// change, may be read from several goroutines and names contents without reading
// them.
type tree struct {
	files map[string]*blob
	dirs  func() map[string][]fs.DirEntry
}

// newTree takes the files as they are now; later changes of the map do not show.
func newTree(files map[string]*blob) *tree {
	t := &tree{files: maps.Clone(files)}
	t.dirs = sync.OnceValue(t.list)
	return t
}

// ContentID names the content of a file: the same id, the same bytes.
func (t *tree) ContentID(name string) (id string, ok bool) {
	b, ok := t.files[name]
	if !ok {
		return "", false
	}
	return b.id(), true
}

// list makes the folders, with their entries sorted by name.
func (t *tree) list() map[string][]fs.DirEntry {
	dirs := map[string][]fs.DirEntry{".": nil}
	for name, b := range t.files {
		dir := enter(dirs, path.Dir(name))
		dirs[dir] = append(dirs[dir], treeEntry{path.Base(name), b})
	}
	for _, entries := range dirs {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return dirs
}

// enter makes a folder and those around it.
func enter(dirs map[string][]fs.DirEntry, dir string) string {
	if _, known := dirs[dir]; known {
		return dir
	}
	dirs[dir] = nil
	around := enter(dirs, path.Dir(dir))
	dirs[around] = append(dirs[around], treeEntry{path.Base(dir), nil})
	return dir
}

// Open implements [fs.FS].
func (t *tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if b, ok := t.files[name]; ok {
		return &openFile{treeEntry{path.Base(name), b}, bytes.NewReader(b.data)}, nil
	}
	if entries, ok := t.dirs()[name]; ok {
		return &openDir{treeEntry{path.Base(name), nil}, name, entries}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadFile implements [fs.ReadFileFS].
func (t *tree) ReadFile(name string) ([]byte, error) {
	if b, ok := t.files[name]; ok {
		return bytes.Clone(b.data), nil
	}
	if _, isDir := t.dirs()[name]; isDir && fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// treeEntry is a file, or a folder when it has no content: its own description.
type treeEntry struct {
	name string
	blob *blob
}

func (e treeEntry) Name() string               { return e.name }
func (e treeEntry) IsDir() bool                { return e.blob == nil }
func (e treeEntry) Type() fs.FileMode          { return e.Mode().Type() }
func (e treeEntry) Info() (fs.FileInfo, error) { return e, nil }
func (e treeEntry) Stat() (fs.FileInfo, error) { return e, nil }
func (e treeEntry) Close() error               { return nil }
func (e treeEntry) ModTime() time.Time         { return time.Time{} }
func (e treeEntry) Sys() any                   { return nil }
func (e treeEntry) String() string             { return fs.FormatDirEntry(e) }

func (e treeEntry) Mode() fs.FileMode {
	if e.IsDir() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

func (e treeEntry) Size() int64 {
	if e.IsDir() {
		return 0
	}
	return int64(len(e.blob.data))
}

type openFile struct {
	treeEntry
	*bytes.Reader
}

// Size is the file's; the reader has the same.
func (f *openFile) Size() int64 { return f.treeEntry.Size() }

type openDir struct {
	treeEntry
	name string
	rest []fs.DirEntry
}

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: fs.ErrInvalid}
}

// ReadDir implements [fs.ReadDirFile].
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		all := slices.Clone(d.rest)
		d.rest = nil
		return all, nil
	}
	if len(d.rest) == 0 {
		return nil, io.EOF
	}
	some := slices.Clone(d.rest[:min(n, len(d.rest))])
	d.rest = d.rest[len(some):]
	return some, nil
}
