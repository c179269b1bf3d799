package history

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// ignoreRules are the .gitignore files that concern the log, and the repository's
// info/exclude. core.excludesFile is the user's and is not read: what he ignores
// everywhere, editors' leftovers, isForeign knows.
type ignoreRules struct{ matcher gitignore.Matcher }

// ignores reads the rules on the way to the log's folders and inside them, down
// to the named files; later ones win.
func (s *Store) ignores(paths Paths, names []string) ignoreRules {
	var patterns []gitignore.Pattern
	add := func(content []byte, dir string) {
		var domain []string
		if dir != "." {
			domain = strings.Split(dir, "/")
		}
		for line := range strings.Lines(string(content)) {
			line = strings.TrimRight(line, "\r\n")
			if line != "" && line[0] != '#' {
				patterns = append(patterns, gitignore.ParsePattern(line, domain))
			}
		}
	}
	exclude, _ := os.ReadFile(filepath.Join(s.loc.common, "info", "exclude"))
	add(exclude, ".")
	for _, dir := range ruleFolders(paths, names) {
		content, err := s.root.ReadFile(filepath.Join(filepath.FromSlash(dir), ".gitignore"))
		if err == nil {
			add(content, dir)
		}
	}
	return ignoreRules{gitignore.NewMatcher(patterns)}
}

// ruleFolders are the folders whose .gitignore counts, each after those above it.
func ruleFolders(paths Paths, names []string) []string {
	seen := map[string]bool{}
	var dirs []string
	var add func(dir string)
	add = func(dir string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		if dir != "." {
			add(path.Dir(dir))
		}
		dirs = append(dirs, dir)
	}
	for _, root := range paths.roots() {
		add(root)
	}
	for _, name := range names {
		add(path.Dir(name))
	}
	return dirs
}

// match reports whether git ignores the file, or a folder that it lies in.
func (r ignoreRules) match(name string) bool {
	elems := strings.Split(name, "/")
	for i := 1; i < len(elems); i++ {
		if r.matcher.Match(elems[:i], true) {
			return true
		}
	}
	return r.matcher.Match(elems, false)
}
