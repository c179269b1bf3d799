package history

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/archsync/archsync/internal/synclog"
)

// commit is one commit, parsed as far as archsync needs it.
type commit struct {
	id        hash
	tree      hash
	parents   []hash
	author    signature
	committer signature
	message   string
}

// bytes is the object as git stores it.
func (c commit) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.tree)
	for _, p := range c.parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s", c.author, c.committer, message(c.message))
	return b.Bytes()
}

// message is a commit message as git stores it: valid UTF-8 that ends in one
// line break.
func message(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
	return strings.TrimRight(text, "\n \t\r") + "\n"
}

// tagBytes is an annotated tag as git stores it.
func tagBytes(target hash, name string, tagger signature, text string) []byte {
	return fmt.Appendf(nil, "object %s\ntype commit\ntag %s\ntagger %s\n\n%s", target, name, tagger, message(text))
}

// commit reads one commit.
func (o *objects) commit(id hash) (commit, error) {
	if id.IsZero() { // of a snapshot that is not here
		return commit{}, o.missing()
	}
	content, err := o.read(plumbing.CommitObject, id)
	if err != nil {
		return commit{}, err
	}
	return parseCommit(id, content)
}

func parseCommit(id hash, content []byte) (commit, error) {
	c := commit{id: id}
	head, text, _ := bytes.Cut(content, []byte("\n\n"))
	c.message = strings.ToValidUTF8(string(text), "\ufffd")
	for line := range bytes.SplitSeq(head, []byte("\n")) {
		key, value, _ := strings.Cut(string(line), " ")
		switch key {
		case "tree":
			c.tree = plumbing.NewHash(value)
		case "parent":
			c.parents = append(c.parents, plumbing.NewHash(value))
		case "author":
			c.author = parseSignature(value)
		case "committer":
			c.committer = parseSignature(value)
		}
	}
	if c.tree.IsZero() {
		return commit{}, fmt.Errorf("read commit %s: it names no tree", id)
	}
	return c, nil
}

func parseSignature(text string) signature {
	var s object.Signature
	s.Decode([]byte(text))
	return signature{Author{strings.ToValidUTF8(s.Name, "\ufffd"), strings.ToValidUTF8(s.Email, "\ufffd")}, s.When}
}

// peel follows annotated tags to the commit they name.
func (o *objects) peel(id hash) (hash, error) {
	for range 10 {
		kind, content, err := o.readAny(id)
		switch {
		case err != nil:
			return hash{}, fmt.Errorf("read object %s: %w", id, err)
		case kind == plumbing.CommitObject:
			return id, nil
		case kind != plumbing.TagObject:
			return hash{}, fmt.Errorf("%s is a %s, not a commit", id, kind)
		}
		line, _, _ := strings.Cut(string(content), "\n")
		id = plumbing.NewHash(strings.TrimPrefix(line, "object "))
	}
	return hash{}, fmt.Errorf("%s: too many tags of tags", id)
}

// trailer gives the values of the trailers with the key, for instance those of
// "Archsync-Sync: 2026-03-12". Every line counts, not only the last paragraph's:
// forges that squash put the messages of several commits in one.
func trailer(text, key string) []string {
	var values []string
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, key+": "); ok {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
}

// snapshotOf is the date of the sync whose snapshot the commit says to be; "" when it
// says nothing of the kind. A commit that several were squashed into holds the log as
// the last of them left it, and no other.
func (c commit) snapshotOf() string {
	dates := slices.DeleteFunc(trailer(c.message, synclog.SyncTrailer), func(d string) bool { return !isDate(d) })
	if len(dates) == 0 {
		return ""
	}
	return slices.Max(dates)
}

// entry is one line of a tree.
type entry struct {
	name string
	mode filemode.FileMode
	id   hash
}

// tree reads one tree. The caller must not change it.
func (o *objects) tree(id hash) ([]entry, error) {
	if entries, ok := o.trees.get(id); ok {
		return entries, nil
	}
	content, err := o.read(plumbing.TreeObject, id)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(content)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", id, err)
	}
	o.trees.put(id, entries, len(entries))
	return entries, nil
}

// maxEntries is how many lines of trees are kept: neighbouring moments share most of
// theirs.
const maxEntries = 50_000

func parseTree(content []byte) ([]entry, error) {
	var entries []entry
	for len(content) > 0 {
		head, rest, ok := bytes.Cut(content, []byte{0})
		mode, name, named := strings.Cut(string(head), " ")
		if !ok || !named || len(rest) < len(hash{}) {
			return nil, errors.New("it is damaged")
		}
		m, err := filemode.New(mode)
		if err != nil {
			return nil, fmt.Errorf("mode of %q: %w", name, err)
		}
		entries = append(entries, entry{name, m, hash(rest[:len(hash{})])})
		content = rest[len(hash{}):]
	}
	return entries, nil
}

// treeBytes is a tree as git stores it: sorted as if folders' names ended in a
// slash. It sorts its argument.
func treeBytes(entries []entry) []byte {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.sortName(), b.sortName()) })
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%o %s\x00", uint32(e.mode), e.name)
		b.Write(e.id[:])
	}
	return b.Bytes()
}

func (e entry) sortName() string {
	if e.mode == filemode.Dir {
		return e.name + "/"
	}
	return e.name
}

// find looks a path up below a tree; ok is false when it is not there.
func (o *objects) find(tree hash, name string) (found entry, ok bool, err error) {
	if name == "." {
		return entry{".", filemode.Dir, tree}, true, nil
	}
	found = entry{mode: filemode.Dir, id: tree}
	for elem := range strings.SplitSeq(name, "/") {
		if found.mode != filemode.Dir {
			return entry{}, false, nil
		}
		entries, err := o.tree(found.id)
		if err != nil {
			return entry{}, false, err
		}
		i := slices.IndexFunc(entries, func(e entry) bool { return e.name == elem })
		if i < 0 {
			return entry{}, false, nil
		}
		found = entries[i]
	}
	return found, true, nil
}
