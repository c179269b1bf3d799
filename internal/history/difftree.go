package history

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// diffTrees lists, by path, the plain files that differ between two trees; a zero
// tree is empty. Folders that are equal are not read.
func (o *objects) diffTrees(a, b hash) ([]touch, error) {
	var touches []touch
	err := o.diffFolders("", a, b, &touches)
	slices.SortFunc(touches, func(x, y touch) int { return strings.Compare(x.path, y.path) })
	return touches, err
}

func (o *objects) diffFolders(prefix string, a, b hash, touches *[]touch) error {
	if a == b {
		return nil
	}
	before, err := o.entriesByName(a)
	if err != nil {
		return err
	}
	after, err := o.entriesByName(b)
	if err != nil {
		return err
	}
	for name, old := range before {
		if err := o.diffEntries(prefix+name, old, after[name], touches); err != nil {
			return err
		}
	}
	for name, new := range after {
		if _, both := before[name]; both {
			continue
		}
		if err := o.diffEntries(prefix+name, entry{}, new, touches); err != nil {
			return err
		}
	}
	return nil
}

// diffEntries compares what two folders have under one name; a zero entry is
// nothing.
func (o *objects) diffEntries(name string, old, new entry, touches *[]touch) error {
	if old.mode == filemode.Dir || new.mode == filemode.Dir {
		if err := o.diffFolders(name+"/", old.folder(), new.folder(), touches); err != nil {
			return err
		}
	}
	t := touch{path: name, old: old.blob(), new: new.blob(), mode: new.mode}
	if t.old != t.new {
		*touches = append(*touches, t)
	}
	return nil
}

func (e entry) folder() hash {
	if e.mode == filemode.Dir {
		return e.id
	}
	return hash{}
}

func (e entry) blob() hash {
	if isPlain(e.mode) {
		return e.id
	}
	return hash{}
}

func (o *objects) entriesByName(tree hash) (map[string]entry, error) {
	if tree.IsZero() {
		return nil, nil
	}
	entries, err := o.tree(tree)
	byName := make(map[string]entry, len(entries))
	for _, e := range entries {
		byName[e.name] = e
	}
	return byName, err
}
