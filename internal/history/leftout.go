package history

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// leftOut are the log's files that a sparse checkout does not have in the working tree
// although they are there (git-sparse-checkout(1), the bit skip-worktree of the index):
// path to content. They count as the index has them. It is empty where nothing is left
// out.
type leftOut map[string]hash

func (s *Store) leftOut() leftOut {
	if _, err := os.Stat(filepath.Join(s.loc.gitDir, "info", "sparse-checkout")); err != nil {
		return nil
	}
	x, err := s.readIndex()
	if err != nil { // of a kind that only git reads
		return nil
	}
	left := leftOut{}
	for _, e := range x.entries {
		if e.stage() == 0 && e.skipped() {
			left[e.name] = e.id()
		}
	}
	return left
}

// in are the names right in a folder, and whether each is a folder.
func (l leftOut) in(dir string) map[string]bool {
	names := map[string]bool{}
	for name := range l {
		rest := name
		if dir != "." {
			var ok bool
			if rest, ok = strings.CutPrefix(name, dir+"/"); !ok {
				continue
			}
		}
		first, _, isDir := strings.Cut(rest, "/")
		names[first] = isDir
	}
	return names
}

// leftInfo describes a file or folder that was left out.
func (w workFS) leftInfo(name string) (fs.FileInfo, bool) {
	left := w.left()
	if id, ok := left[name]; ok {
		size, err := w.store.objects.size(id)
		return fileInfo{name: path.Base(name), size: size, mode: 0o644}, err == nil
	}
	if len(left.in(name)) > 0 {
		return fileInfo{name: path.Base(name), mode: fs.ModeDir | 0o755}, true
	}
	return nil, false
}

func (w workFS) leftContent(name string) ([]byte, error) {
	return w.store.objects.read(plumbing.BlobObject, w.left()[name])
}

// leftFile is an open file that was left out.
func (w workFS) leftFile(name string, info fs.FileInfo) (fs.File, error) {
	content, err := w.leftContent(name)
	return &memoryFile{bytes.NewReader(content), info}, err
}

// refuseLeftOut refuses to write a file that is left out: what git checks out later
// would stand against it.
func (s *Store) refuseLeftOut(name string) error {
	if _, ok := s.leftOut()[name]; !ok {
		return nil
	}
	return &Error{
		What: fmt.Sprintf("write %q: this sparse checkout leaves it out", name),
		Hint: "git sparse-checkout add " + path.Dir(name) + " brings it",
	}
}
