package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/archsync/archsync/internal/synclog"
)

// DefaultDir is the log's folder unless another is named.
const DefaultDir = "sync-log"

// location is where the parts of one working tree are; all paths are absolute.
type location struct {
	root   string // the working tree
	gitDir string // HEAD and index: of this working tree alone
	common string // objects, refs, config: shared between linked worktrees
}

// bare reports that the repository has no working tree. What core.bare says is of
// the repository itself: a linked working tree of a bare one has its files.
func (loc location) bare(c config) bool {
	return c.flag("core.bare", false) && loc.gitDir == loc.common
}

// FindLog looks from the folder start upward for a log: a folder sync-log with an
// archsync.yaml, or that file itself in a folder of another name. It gives the
// repository's folder, absolute, and the log's path in it, with slashes ("." when
// the repository is the log). It does not look above the repository. In a bare one
// HEAD's files are looked at, at the top and in DefaultDir.
func FindLog(start string) (root, dir string, err error) {
	at, err := filepath.Abs(start)
	if err != nil {
		return "", "", fmt.Errorf("find the log from %q: %w", start, err)
	}
	root, err = findRoot(at)
	if err != nil {
		return "", "", err
	}
	if dir, bare, err := bareLog(root); err != nil || bare && dir != "" {
		return root, dir, err
	} else if bare {
		return "", "", noLog(start)
	}
	for {
		for _, candidate := range []string{at, filepath.Join(at, DefaultDir)} {
			if isRegular(filepath.Join(candidate, synclog.ConfigName)) {
				rel, err := filepath.Rel(root, candidate)
				return root, filepath.ToSlash(rel), err
			}
		}
		if at == root {
			return "", "", noLog(start)
		}
		at = filepath.Dir(at)
	}
}

func noLog(start string) error {
	return &Error{
		What: fmt.Sprintf("find the log from %q", start),
		Hint: "archsync init makes one here; -C DIR or ARCHSYNC_LOG names another place",
		Err:  ErrNoLog,
	}
}

// bareLog finds the log of a bare repository; "" when HEAD has none.
func bareLog(root string) (dir string, bare bool, err error) {
	loc, err := locate(root)
	if err != nil {
		return "", false, err
	}
	c, err := loc.config(surroundings{env: noEnv, gitDir: loc.gitDir})
	if err != nil || !loc.bare(c) {
		return "", false, nil // what is wrong with it, Open says
	}
	s, err := Open(root)
	if err != nil {
		return "", true, err
	}
	defer s.Close()
	for _, dir := range []string{".", DefaultDir} {
		_, err := s.ReadFile(Moment{Kind: Now}, path.Join(dir, synclog.ConfigName))
		if !errors.Is(err, fs.ErrNotExist) {
			return dir, true, err
		}
	}
	return "", true, nil
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// findRoot is the nearest folder, from at upward, that has a .git or is a bare
// repository.
func findRoot(at string) (string, error) {
	for dir := at; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir, nil
		}
		if isBareFolder(dir) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", &Error{
				What: fmt.Sprintf("open %q", at),
				Hint: "git init or archsync init makes a repository",
				Err:  ErrNoRepository,
			}
		}
	}
}

// isBareFolder reports a folder with what git looks for, HEAD, objects and refs,
// that says of itself that it is bare: the .git of a working tree does not.
func isBareFolder(dir string) bool {
	for _, part := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, part)); err != nil {
			return false
		}
	}
	c, err := location{dir, dir, dir}.config(surroundings{env: noEnv, gitDir: dir})
	return err == nil && c.flag("core.bare", false)
}

func noEnv(string) string { return "" }

// locate finds the repository that path lies in: .git may be a folder, a symbolic
// link to one, or a file that names one (linked worktrees, submodules). A bare
// repository has none and is one.
func locate(path string) (location, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return location{}, err
	}
	root, err := findRoot(at)
	if err != nil {
		return location{}, err
	}
	if isBareFolder(root) {
		return location{root, root, root}, nil
	}
	gitDir, err := gitDirOf(filepath.Join(root, ".git"))
	if err != nil {
		return location{}, fmt.Errorf("open %q: %w", root, err)
	}
	common, err := commonDirOf(gitDir)
	if err != nil {
		return location{}, fmt.Errorf("open %q: %w", root, err)
	}
	return location{root, gitDir, common}, nil
}

func gitDirOf(dotGit string) (string, error) {
	real, err := filepath.EvalSymlinks(dotGit)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(real)
	if err != nil || info.IsDir() {
		return real, err
	}
	content, err := os.ReadFile(real)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(content), "\r\n"), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%q does not say where the repository is", dotGit)
	}
	return filepath.EvalSymlinks(absoluteFrom(filepath.Dir(real), target))
}

// commonDirOf follows the commondir file of a linked worktree.
func commonDirOf(gitDir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absoluteFrom(gitDir, strings.TrimSpace(string(content))))
}

func absoluteFrom(dir, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
