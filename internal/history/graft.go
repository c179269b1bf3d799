package history

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// sink stores objects: the repository's database one by one, or a pack. The base
// is an older version of the object, or zero.
type sink interface {
	put(kind plumbing.ObjectType, content []byte, base hash) (hash, error)
}

// graft is a tree that is being changed. Only folders on the way to a change are
// read, everything else is reused by its name; only what changed is stored.
type graft struct {
	read func(hash) ([]entry, error)
	sink sink
	root *folder
}

// folder is one folder of a graft.
type folder struct {
	id      hash // as it is stored; zero for a new folder
	loaded  bool
	dirty   bool
	entries map[string]entry
	below   map[string]*folder // the folders among entries that were opened
}

// newGraft starts from the stored tree, or from nothing when it is zero.
func newGraft(read func(hash) ([]entry, error), sink sink, tree hash) *graft {
	return &graft{read, sink, &folder{id: tree}}
}

// touch is what a change did to one path; a zero id means there is no such file.
type touch struct {
	path     string
	old, new hash
	mode     filemode.FileMode
}

// set makes content the file at the path; nil removes it. A folder that loses its
// last file goes too.
func (g *graft) set(name string, content []byte) (touch, error) {
	if !fs.ValidPath(name) || name == "." || isForeign(name) {
		return touch{}, fmt.Errorf("%q is not a path that a commit may hold", name)
	}
	dir, err := g.open(name, content != nil)
	if err != nil || dir == nil {
		return touch{path: name}, err
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	old, existed := dir.entries[base]
	if existed && !isPlain(old.mode) {
		return touch{}, fmt.Errorf("%q is not a plain file in the repository (mode %s)", name, old.mode)
	}
	t := touch{path: name, old: old.id, mode: filemode.Regular}
	if content == nil {
		delete(dir.entries, base)
		return t, nil
	}
	if sub := dir.below[base]; sub != nil && !sub.empty() {
		return touch{}, fmt.Errorf("%q is a folder, not a file", name)
	}
	if existed {
		t.mode = old.mode
	}
	t.new, err = g.sink.put(plumbing.BlobObject, content, old.id)
	dir.entries[base] = entry{base, t.mode, t.new}
	return t, err
}

func isPlain(m filemode.FileMode) bool {
	return m == filemode.Regular || m == filemode.Executable || m == filemode.Deprecated
}

// open loads the folders that lead to a file and marks them as changed. Without
// create, a missing folder gives nil.
func (g *graft) open(name string, create bool) (*folder, error) {
	at := g.root
	if err := g.load(at); err != nil {
		return nil, err
	}
	path := []*folder{at}
	elems := strings.Split(name, "/")
	for _, elem := range elems[:len(elems)-1] {
		next, err := g.child(at, elem, create)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		if next == nil {
			return nil, nil
		}
		at = next
		path = append(path, at)
	}
	for _, f := range path {
		f.dirty = true
	}
	return at, nil
}

func (g *graft) child(f *folder, name string, create bool) (*folder, error) {
	if sub := f.below[name]; sub != nil {
		return sub, nil
	}
	e, exists := f.entries[name]
	if !exists && !create {
		return nil, nil
	}
	if exists && e.mode != filemode.Dir {
		return nil, fmt.Errorf("%q is a file in the repository, not a folder", name)
	}
	sub := &folder{id: e.id}
	if err := g.load(sub); err != nil {
		return nil, err
	}
	f.below[name] = sub
	return sub, nil
}

func (g *graft) load(f *folder) error {
	if f.loaded {
		return nil
	}
	f.entries, f.below = map[string]entry{}, map[string]*folder{}
	if !f.id.IsZero() {
		entries, err := g.read(f.id)
		if err != nil {
			return err
		}
		for _, e := range entries {
			f.entries[e.name] = e
		}
	}
	f.loaded = true
	return nil
}

// store writes what changed and gives the root's name.
func (g *graft) store() (hash, error) {
	if err := g.load(g.root); err != nil {
		return hash{}, err
	}
	if g.root.id.IsZero() {
		g.root.dirty = true
	}
	return g.storeFolder(g.root)
}

func (g *graft) storeFolder(f *folder) (hash, error) {
	if !f.dirty {
		return f.id, nil
	}
	for _, name := range slices.Sorted(maps.Keys(f.below)) {
		sub := f.below[name]
		if !sub.dirty {
			continue
		}
		if sub.empty() {
			delete(f.entries, name)
			delete(f.below, name)
			continue
		}
		id, err := g.storeFolder(sub)
		if err != nil {
			return hash{}, err
		}
		f.entries[name] = entry{name, filemode.Dir, id}
	}
	id, err := g.sink.put(plumbing.TreeObject, treeBytes(slices.Collect(maps.Values(f.entries))), f.id)
	f.id, f.dirty = id, err != nil
	return id, err
}

// empty reports whether nothing would be left in the folder.
func (f *folder) empty() bool {
	for name, e := range f.entries {
		sub := f.below[name]
		if e.mode != filemode.Dir || sub == nil || !sub.empty() {
			return false
		}
	}
	for name, sub := range f.below {
		if _, stored := f.entries[name]; !stored && !sub.empty() {
			return false
		}
	}
	return true
}
