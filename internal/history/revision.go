package history

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// minPrefix is the fewest digits of a hash that git takes for one.
const minPrefix = 4

func hashOf(text string) hash { return plumbing.NewHash(text) }

// revision looks up a git revision: a reference, a hash or the beginning of one,
// followed by any number of ~N, ^N, ^{commit} and ^{} (gitrevisions(7)). Reflogs,
// searches and ranges are not understood.
func (s *Store) revision(text string) (hash, error) {
	end := strings.IndexAny(text, "~^:")
	if end < 0 {
		end = len(text)
	}
	id, err := s.baseRevision(text[:end])
	if err != nil {
		return hash{}, err
	}
	if id, err = s.objects.peel(id); err != nil {
		return hash{}, err
	}
	for rest := text[end:]; rest != ""; {
		if id, rest, err = s.step(id, rest); err != nil {
			return hash{}, fmt.Errorf("%s: %w", text, err)
		}
	}
	return id, nil
}

// baseRevision is a name without suffixes, in git's order: the reference comes
// before the hash.
func (s *Store) baseRevision(name string) (hash, error) {
	if name == "@" {
		name = "HEAD"
	}
	if plumbing.IsHash(name) {
		return plumbing.NewHash(name), nil
	}
	for _, pattern := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := fmt.Sprintf(pattern, name)
		if !strings.HasPrefix(full, "refs/") && !isPseudoRef(full) {
			continue
		}
		id, err := s.refs.resolve(full)
		if !errors.Is(err, fs.ErrNotExist) {
			return id, err
		}
	}
	return s.byPrefix(name)
}

// isPseudoRef keeps other files of git's folder from being read as references.
func isPseudoRef(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// byPrefix finds the one commit whose hash begins with the digits. The part after
// -g in what git describe prints counts too.
func (s *Store) byPrefix(name string) (hash, error) {
	digits := strings.ToLower(name)
	if i := strings.LastIndex(digits, "-g"); i >= 0 {
		digits = digits[i+2:]
	}
	if len(digits) < minPrefix || len(digits) > 40 || strings.Trim(digits, "0123456789abcdef") != "" {
		return hash{}, fmt.Errorf("no commit, tag or branch is named %q", name)
	}
	var commits []hash
	for _, id := range s.objects.withPrefix(digits) {
		if _, err := s.objects.commit(id); err == nil {
			commits = append(commits, id)
		}
	}
	switch len(commits) {
	case 0:
		return hash{}, fmt.Errorf("no commit, tag or branch is named %q", name)
	case 1:
		return commits[0], nil
	}
	return hash{}, fmt.Errorf("%d commits begin with %q", len(commits), digits)
}

// step takes one suffix off rest and follows it from the commit.
func (s *Store) step(id hash, rest string) (hash, string, error) {
	kind := rest[0]
	rest = rest[1:]
	if kind == '^' && strings.HasPrefix(rest, "{") {
		for _, same := range []string{"{commit}", "{}", "{commit^{}}"} {
			if after, ok := strings.CutPrefix(rest, same); ok {
				return id, after, nil
			}
		}
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	n := 1
	if digits != "" {
		var err error
		if n, err = strconv.Atoi(digits); err != nil {
			return hash{}, "", fmt.Errorf("%s is too far", digits)
		}
	}
	rest = rest[len(digits):]
	switch kind {
	case '~':
		id, err := s.ancestor(id, n)
		return id, rest, err
	case '^':
		id, err := s.parent(id, n)
		return id, rest, err
	}
	return hash{}, "", fmt.Errorf("%q names a file, not a commit", string(kind)+rest)
}

func (s *Store) ancestor(id hash, n int) (hash, error) {
	for range n {
		var err error
		if id, err = s.parent(id, 1); err != nil {
			return hash{}, err
		}
	}
	return id, nil
}

// parent is the nth parent of a commit, from 1; the 0th is the commit.
func (s *Store) parent(id hash, n int) (hash, error) {
	c, err := s.objects.commit(id)
	switch {
	case err != nil || n == 0:
		return id, err
	case len(c.parents) < n:
		return hash{}, errors.New("the history does not go back that far")
	}
	return c.parents[n-1], nil
}
