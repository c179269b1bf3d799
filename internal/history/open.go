package history

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/synclog"
)

const (
	// DefaultTagPrefix begins the name of every snapshot's tag unless another is
	// configured.
	DefaultTagPrefix = synclog.DefaultTagPrefix
	branchPrefix     = "refs/heads/"
	tagPrefix        = "refs/tags/"
)

// Settings are what a log says about itself that history needs to know.
type Settings struct {
	Dir       string         // the log's folder; default DefaultDir
	Folders   []string       // the other folders that its files are in
	TagPrefix string         // of the snapshots' tags; default DefaultTagPrefix
	Zone      *time.Location // in which dates are meant; default UTC
}

// Store is a repository with a log in it. It may be used from many goroutines.
// Methods that write take what the caller read, and refuse with ErrChanged when
// it is no longer so.
type Store struct {
	loc     location
	root    *os.Root // the working tree; nil in a bare repository
	objects *objects
	refs    *refs
	config  config // the repository's own

	set    Settings
	places *places // where the log of set lay
	lost   *lost   // its snapshots without a tag
}

// Init makes a repository with nothing in it in the folder path, on the branch,
// as git init would. There must not be one already.
func Init(path, branch string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("make a repository in %q: %w", path, err)
	}
	opt := git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(branch)}}
	if err := opt.DefaultBranch.Validate(); err != nil {
		return fmt.Errorf("make a repository with the branch %q: %w", branch, err)
	}
	if _, err := git.PlainInitWithOptions(path, &opt); err != nil {
		return fmt.Errorf("make a repository in %q: %w", path, err)
	}
	return nil
}

// Open finds the repository that path lies in and opens it, with the default
// settings. Close gives it back. Of a bare repository now is what HEAD has, and
// whatever writes fails with ErrBare.
func Open(path string) (*Store, error) {
	loc, err := locate(path)
	if err != nil {
		return nil, err
	}
	c, err := loc.config(surroundings{env: noEnv, gitDir: loc.gitDir})
	if err == nil {
		err = checkSupported(c)
	}
	if err != nil {
		return nil, &Error{What: fmt.Sprintf("open %q", loc.root), Hint: Hint(err), Err: err}
	}
	var root *os.Root
	if !loc.bare(c) {
		if root, err = os.OpenRoot(loc.root); err != nil {
			return nil, err
		}
	}
	s := &Store{loc: loc, root: root, objects: openObjects(loc.common), refs: &refs{loc: loc}, config: c}
	return s.With(Settings{}), nil
}

// checkSupported refuses repositories in a format that would be misread. The
// extensions are those of gitrepository-layout(5) that change nothing here.
func checkSupported(c config) error {
	harmless := []string{"noop", "noop-v1", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees", "objectformat", "refstorage"}
	switch {
	case !slices.Contains([]string{"", "0", "1"}, c.get("core.repositoryformatversion")):
		return &Error{What: "repository format " + quote(c.get("core.repositoryformatversion")), Err: ErrUnsupported}
	case cmp.Or(c.get("extensions.objectformat"), "sha1") != "sha1":
		return &Error{What: "its objects are named by SHA-256", Hint: "archsync reads SHA-1 repositories; put the log in one of those", Err: ErrUnsupported}
	case cmp.Or(c.get("extensions.refstorage"), "files") != "files":
		return &Error{What: "its references are in the format " + quote(c.get("extensions.refstorage")), Hint: "git refs migrate --ref-format=files brings them back to files", Err: ErrUnsupported}
	}
	for _, s := range c {
		name, ok := strings.CutPrefix(s.key, "extensions.")
		if ok && c.get("core.repositoryformatversion") == "1" && !slices.Contains(harmless, name) {
			return &Error{What: "it uses the extension " + quote(name), Err: ErrUnsupported}
		}
	}
	return nil
}

// Close gives files back to the system. It closes every Store made by With too.
func (s *Store) Close() error {
	if s.root == nil {
		return s.objects.Close()
	}
	return errors.Join(s.objects.Close(), s.root.Close())
}

// checkWritable refuses a bare repository.
func (s *Store) checkWritable(verb string) error {
	if s.root != nil {
		return nil
	}
	return &Error{
		What: fmt.Sprintf("%s in %q", verb, s.loc.root), Err: ErrBare,
		Hint: fmt.Sprintf("git clone %q gives a copy to work in; what is written there, git push brings back", s.loc.root),
	}
}

// With is the same repository read with other settings; empty ones get their
// defaults.
func (s *Store) With(set Settings) *Store {
	next := *s
	next.set = Settings{
		Dir:       cmp.Or(set.Dir, DefaultDir),
		Folders:   set.Folders,
		TagPrefix: cmp.Or(set.TagPrefix, DefaultTagPrefix),
		Zone:      cmp.Or(set.Zone, time.UTC),
	}
	if s.places == nil || next.set.Dir != s.set.Dir || next.set.TagPrefix != s.set.TagPrefix {
		next.places, next.lost = &places{none: map[hash]bool{}}, &lost{}
	}
	return &next
}

// Root is the folder of the working tree, or of a bare repository, absolute.
func (s *Store) Root() string { return s.loc.root }

// Head is what is checked out.
type Head struct {
	Branch string // its short name; "" when HEAD is detached
	Commit string // "" when the branch has no commit yet
}

// Head reads what is checked out.
func (s *Store) Head() (Head, error) {
	branch, id, err := s.refs.head()
	if err != nil {
		return Head{}, err
	}
	return Head{strings.TrimPrefix(branch, branchPrefix), text(id)}, nil
}

// PrefixInUse reports whether any tag begins with the prefix, or is in the way of
// tags that do.
func (s *Store) PrefixInUse(prefix string) (bool, error) {
	found, err := s.refs.list(tagPrefix + prefix)
	if err != nil || len(found) > 0 {
		return len(found) > 0, err
	}
	return s.refs.checkFree(tagPrefix+prefix+"2000-01-01") != nil, nil
}

// text is the written form of an object's name; "" for none.
func text(id hash) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func quote(s string) string { return strconv.Quote(s) }
