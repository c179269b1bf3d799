package history

import (
	"bytes"
	"strconv"
	"strings"
)

// maxTreeDepth bounds how deep folders are in the index's cached trees.
const maxTreeDepth = 1000

// forgetTrees takes out of the index's cached trees those of the folders on the way to
// the paths: their content is another now. Without the others git would have to compare
// every file of the repository with HEAD at each git status, until its next commit.
// It fails on what it does not understand, and where a folder has become a file.
func forgetTrees(trees []byte, paths []string) (kept []byte, ok bool) {
	t := treeForgetter{left: trees, kept: make([]byte, 0, len(trees))}
	return t.kept, t.folder(paths, 0) && len(t.left) == 0
}

// treeForgetter reads cached trees from the front. A folder is its name and a zero, how
// many entries it has (-1 when its tree is not known), a blank, how many folders are in
// it, a line feed, the name of its tree if that is known, and these folders.
type treeForgetter struct {
	left, kept []byte
}

// folder takes one folder with all that is in it; paths are relative to it.
func (t *treeForgetter) folder(paths []string, depth int) bool {
	end := bytes.IndexByte(t.left, '\n')
	name, counts, found := bytes.Cut(t.left[:max(end, 0)], []byte{0})
	entries, folders, blank := bytes.Cut(counts, []byte(" "))
	below, err := strconv.Atoi(string(folders))
	if !found || !blank || err != nil || depth > maxTreeDepth {
		return false
	}
	used := end + 1
	if !bytes.HasPrefix(entries, []byte("-")) {
		used += len(hash{})
	}
	if used > len(t.left) {
		return false
	}
	inside, ok := t.within(string(name), paths, depth)
	if len(inside) > 0 {
		t.kept = append(append(t.kept, name...), "\x00-1 "...)
		t.kept = append(append(t.kept, folders...), '\n')
	} else {
		t.kept = append(t.kept, t.left[:used]...)
	}
	t.left = t.left[used:]
	for range below {
		ok = ok && t.folder(inside, depth+1)
	}
	return ok
}

// within are the paths in a folder, relative to it. The topmost has no name.
func (t *treeForgetter) within(name string, paths []string, depth int) (inside []string, ok bool) {
	if depth == 0 {
		return paths, true
	}
	for _, p := range paths {
		if p == name {
			return nil, false
		}
		if rest, ok := strings.CutPrefix(p, name+"/"); ok {
			inside = append(inside, rest)
		}
	}
	return inside, true
}
