package history

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/archsync/archsync/internal/synclog"
)

// A log whose folder was renamed or moved is one log: what it was before is read where
// it lay then, and shown under the folder's present name, so that nothing else needs
// to know. Where it lay is asked only of a commit that has no log at the present place:
// it is in a folder with an archsync.yaml which HEAD no longer has. (One that HEAD has
// still is another log in the same repository.)

// places are the folders in which the log once lay.
type places struct {
	mu      sync.Mutex
	former  []string
	scanned bool          // the snapshots were asked
	none    map[hash]bool // trees in which no log was found
}

const (
	mostFolders  = 1000 // that are looked into for a log
	deepestPlace = 4    // how many folders down a log is looked for
)

// dirAt is the folder of the log in a tree: the present one unless it lay elsewhere.
func (s *Store) dirAt(tree hash) (string, error) {
	dir, found, err := s.knownDirAt(tree)
	if err != nil || found {
		return dir, err
	}
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	if s.places.none[tree] {
		return s.set.Dir, nil
	}
	former, err := s.searchLog(tree)
	switch {
	case err != nil:
		return s.set.Dir, err
	case former == "":
		s.places.none[tree] = true
		return s.set.Dir, nil
	}
	s.places.former = append(s.places.former, former)
	return former, nil
}

// knownDirAt is [Store.dirAt] that does not search: where the log lay is known from
// its snapshots. Without a log in the tree it gives the present folder.
func (s *Store) knownDirAt(tree hash) (dir string, found bool, err error) {
	if found, err := s.hasLogIn(tree, s.set.Dir); err != nil || found {
		return s.set.Dir, found, err
	}
	former, err := s.formerPlaces()
	if err != nil {
		return s.set.Dir, false, err
	}
	for _, dir := range former {
		if found, err := s.hasLogIn(tree, dir); err != nil || found {
			return dir, found, err
		}
	}
	return s.set.Dir, false, nil
}

// dirOf is the folder of the log at a commit.
func (s *Store) dirOf(id hash) (string, error) {
	tree, err := s.treeOf(id)
	if err != nil {
		return s.set.Dir, err
	}
	return s.dirAt(tree)
}

func (s *Store) hasLogIn(tree hash, dir string) (bool, error) {
	if tree.IsZero() {
		return false, nil
	}
	e, found, err := s.objects.find(tree, path.Join(dir, synclog.ConfigName))
	return found && e.mode.IsFile(), err
}

// formerPlaces asks the tagged snapshots, once, where the log lay. One that cannot be
// read has no answer.
func (s *Store) formerPlaces() ([]string, error) {
	p := s.places
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.scanned {
		return slices.Clone(p.former), nil
	}
	tags, err := s.tagsByDate()
	if err != nil {
		return nil, err
	}
	p.scanned = true
	for _, t := range tags {
		if tree, ok := s.treeOfTag(t); ok {
			s.notePlace(tree)
		}
	}
	return slices.Clone(p.former), nil
}

func (s *Store) treeOfTag(t ref) (hash, bool) {
	id, err := t.peeled, error(nil)
	if id.IsZero() {
		if id, err = s.objects.peel(t.id); err != nil {
			return hash{}, false
		}
	}
	tree, err := s.treeOf(id)
	return tree, err == nil
}

// notePlace keeps where the log lies in a tree, if that is a place not known yet.
func (s *Store) notePlace(tree hash) {
	for _, dir := range append([]string{s.set.Dir}, s.places.former...) {
		if found, err := s.hasLogIn(tree, dir); err != nil || found {
			return
		}
	}
	if dir, err := s.searchLog(tree); err == nil && dir != "" {
		s.places.former = append(s.places.former, dir)
	}
}

// folderToSearch is a folder in which a log may be.
type folderToSearch struct {
	name string
	id   hash
}

// searchLog looks for a folder with a log that HEAD does not have, the nearest to the
// root first; "" when there is none.
func (s *Store) searchLog(tree hash) (string, error) {
	level := []folderToSearch{{".", tree}}
	for depth, read := 0, 0; len(level) > 0 && depth <= deepestPlace; depth++ {
		var below []folderToSearch
		for _, f := range level {
			if read++; read > mostFolders {
				return "", nil
			}
			entries, err := s.objects.tree(f.id)
			if err != nil {
				return "", err
			}
			for _, e := range entries {
				name := path.Join(f.name, e.name)
				switch {
				case e.mode == filemode.Dir:
					below = append(below, folderToSearch{name, e.id})
				case e.name == synclog.ConfigName && e.mode.IsFile() && !s.isAnother(f.name):
					return f.name, nil
				}
			}
		}
		level = below
	}
	return "", nil
}

// isAnother tells whether the log in a folder is another one: HEAD has it still, and not
// only because the move is not committed yet.
func (s *Store) isAnother(dir string) bool {
	if !s.isAtHead(dir) {
		return false
	}
	if s.root == nil || s.isAtHead(s.set.Dir) {
		return true
	}
	_, err := lstat(s.root, path.Join(dir, synclog.ConfigName))
	return err == nil
}

// isAtHead tells whether HEAD has a log in a folder.
func (s *Store) isAtHead(dir string) bool {
	_, head, err := s.refs.head()
	if err != nil || head.IsZero() {
		return false
	}
	tree, err := s.treeOf(head)
	if err != nil {
		return false
	}
	has, err := s.hasLogIn(tree, dir)
	return err == nil && has
}

// has tells whether a tree has a file of the log, or its folder.
func (s *Store) has(tree hash, name string) (bool, error) {
	_, has, err := s.find(tree, name)
	return has, err
}

// find finds a file of the log, or its folder, wherever the log lies in a tree.
func (s *Store) find(tree hash, name string) (entry, bool, error) {
	e, has, err := s.objects.find(tree, name)
	if err != nil || has {
		return e, has, err
	}
	dir, err := s.dirAt(tree)
	if err != nil || dir == s.set.Dir {
		return entry{}, false, err
	}
	return s.objects.find(tree, s.nameIn(dir, name))
}

// PathAt is where a file of the log, by its present name, lies at a commit: the log may
// have been in another folder then. At a commit that cannot be read it is where it is now.
func (s *Store) PathAt(commit, name string) string {
	dir, err := s.dirOf(hashOf(commit))
	if err != nil {
		return name
	}
	return s.nameIn(dir, name)
}

// nameIn is where a file of the log, by its present name, is in a tree in which the log
// lies in dir.
func (s *Store) nameIn(dir, name string) string { return moveName(name, s.set.Dir, dir) }

// moveName is a name below one folder as it is when that folder lies elsewhere; other
// names stay.
func moveName(name, from, to string) string {
	switch {
	case from == to || !within(name, from):
		return name
	case from == ".":
		return path.Join(to, name)
	}
	return path.Join(to, strings.TrimPrefix(strings.TrimPrefix(name, from), "/"))
}
