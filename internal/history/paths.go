package history

import (
	"path"
	"slices"
	"strings"
)

// Paths says which files of a repository belong to the log. All paths are
// slash-separated and relative to the repository; "." is the repository itself.
type Paths struct {
	Dir      string   // the log's folder: everything in it
	Folders  []string // folders elsewhere of which everything counts (decisions)
	Diagrams []string // folders elsewhere of which only the .d2 files count; of ".", those right in it
}

// Has reports whether the file belongs to the log. Git's own folder, and the
// leftovers of editors and of interrupted writes, never do.
func (p Paths) Has(file string) bool {
	if isForeign(file) {
		return false
	}
	if p.covers(file) {
		return true
	}
	return path.Ext(file) == ".d2" && slices.ContainsFunc(p.Diagrams, func(dir string) bool {
		if dir == "." { // not the .d2 files of the whole repository: nobody can look at all of it twice a second
			return path.Dir(file) == "."
		}
		return within(file, dir)
	})
}

// MayContain reports whether the folder is one of the log's or leads to one.
func (p Paths) MayContain(dir string) bool {
	if isForeign(dir) {
		return false
	}
	return slices.ContainsFunc(p.folders(), func(root string) bool {
		return within(dir, root) || within(root, dir)
	})
}

// covers reports whether everything below name belongs to the log.
func (p Paths) covers(name string) bool {
	return within(name, p.Dir) || slices.ContainsFunc(p.Folders, func(dir string) bool { return within(name, dir) })
}

// roots are where a walk over the log's files begins; MayContain says where it goes.
func (p Paths) roots() []string {
	if slices.Contains(p.Diagrams, ".") {
		return []string{"."}
	}
	return p.folders()
}

// folders are those that the log consists of, none inside another, without the
// repository itself where only its .d2 files count.
func (p Paths) folders() []string {
	all := slices.Concat([]string{p.Dir}, p.Folders, slices.DeleteFunc(slices.Clone(p.Diagrams), func(dir string) bool { return dir == "." }))
	all = slices.DeleteFunc(all, func(dir string) bool { return dir == "" })
	slices.Sort(all)
	var roots []string
	for _, dir := range all {
		if !slices.ContainsFunc(roots, func(root string) bool { return within(dir, root) }) {
			roots = append(roots, dir)
		}
	}
	return roots
}

// within reports whether name is dir or lies below it. An empty dir holds nothing.
func within(name, dir string) bool {
	if dir == "" {
		return false
	}
	if dir == "." || name == dir {
		return true
	}
	return strings.HasPrefix(name, dir) && name[len(dir)] == '/'
}

// isForeign reports whether any element of the path is git's own folder or a
// leftover: of an editor (vi, emacs), of the system, or of an interrupted write.
func isForeign(name string) bool {
	for elem := range strings.SplitSeq(name, "/") {
		switch {
		case strings.EqualFold(elem, ".git"), elem == ".DS_Store":
			return true
		case strings.HasSuffix(elem, "~"), strings.HasPrefix(elem, ".#"):
			return true
		case strings.HasPrefix(elem, "#") && strings.HasSuffix(elem, "#"):
			return true
		case strings.HasPrefix(elem, ".") && strings.HasSuffix(elem, ".swp"):
			return true
		case strings.HasPrefix(elem, ".") && strings.HasSuffix(elem, ".archsync-tmp"):
			return true
		}
	}
	return false
}
