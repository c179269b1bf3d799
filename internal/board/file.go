package board

import (
	"path"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// File is one group's file: its source and what the source means. It does not
// change; an edit gives the next File.
type File struct {
	path     string
	src      string
	group    Group
	partial  bool
	document func() (*document, *problem.Problem) // the full tree, read when an edit or a position asks
}

// Parse reads the source of a group's file. The path is repository-relative and
// slash-separated; the group's id is its base name without .yaml. There is always
// a File: a source that is not YAML gives what could be read of it and problems, a
// bad item is a problem and the others stay. What the values mean is for [Check].
func Parse(path string, src []byte) (*File, []problem.Problem) {
	f := newFile(path, src)
	if group, ok := readPlain(f.src); ok {
		f.group = group
		f.group.ID = f.ID()
		return f, nil
	}
	r := reader{}
	d, p := f.document()
	if p != nil {
		r.recover(d, *p)
		r.partial = true
	} else {
		r.read(d.root)
	}
	f.partial = r.partial
	f.group = r.group
	f.group.ID = f.ID()
	for i := range r.problems {
		r.problems[i].Path = path
	}
	return f, problem.Sort(r.problems)
}

func newFile(path string, src []byte) *File {
	text := string(src)
	return &File{
		path: path,
		src:  text,
		document: sync.OnceValues(func() (*document, *problem.Problem) {
			return readDocument([]byte(text))
		}),
	}
}

// New is a file that holds the group, in archsync's own layout.
func New(path string, g Group) *File {
	lines := canonicalLayout().mapping(groupPairs(g))
	f, _ := Parse(path, []byte(strings.Join(lines, "\n")+"\n"))
	return f
}

// Partial tells that items may be missing, because the file, or an item in it,
// could not be read: what is not there need not be gone.
func (f *File) Partial() bool { return f.partial }

// Path is the file's path in the repository.
func (f *File) Path() string { return f.path }

// ID is the group's id: the file's name without .yaml.
func (f *File) ID() string { return strings.TrimSuffix(path.Base(f.path), ".yaml") }

// Bytes is a copy of the source.
func (f *File) Bytes() []byte { return []byte(f.src) }

// Group is what the file says. The caller may not change what it points to.
func (f *File) Group() Group { return f.group }

// Item is the first item with exactly that id.
func (f *File) Item(id string) (Item, bool) {
	for _, it := range f.group.Items {
		if it.ID == id {
			return it, true
		}
	}
	return Item{}, false
}

// Position is where the value of an item's key stands, its line and column from 1,
// the column in characters. Without the key it is where the item starts; an empty
// id means the group's own keys; 0, 0 when there is no such thing in the file.
func (f *File) Position(id, key string) (line, column int) {
	d, p := f.document()
	if p != nil || d.root == nil || d.root.Kind != yaml.MappingNode {
		return f.roughPosition(id)
	}
	if id == "" {
		return valuePosition(d.root, key, "")
	}
	for _, n := range f.itemNodes() {
		if itemID(resolved(n)) == id {
			return itemPosition(n, key, "")
		}
	}
	return 0, 0
}

// roughPosition serves a file whose tree could not be read whole.
func (f *File) roughPosition(id string) (line, column int) {
	if it, ok := f.Item(id); ok {
		return it.Line, 1
	}
	return 0, 0
}

// itemNodes are the nodes of the group's items, one for each; none for a file whose
// tree could not be read whole.
func (f *File) itemNodes() []*yaml.Node {
	d, p := f.document()
	if p != nil {
		return nil
	}
	var nodes []*yaml.Node
	for _, n := range d.items() {
		if m := resolved(n); m.Kind == yaml.MappingNode && itemID(m) != "" {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func itemPosition(n *yaml.Node, key, entry string) (line, column int) {
	if line, column = valuePosition(resolved(n), key, entry); line > 0 && n.Kind != yaml.AliasNode {
		return line, column
	}
	return n.Line, n.Column
}

// valuePosition is where a key's value stands, or in a list the entry of that text;
// of an empty value, where the key does.
func valuePosition(mapping *yaml.Node, key, entry string) (line, column int) {
	for _, p := range pairsOf(mapping) {
		if keyText(p.key) != key {
			continue
		}
		v := p.value
		if v.Kind == yaml.ScalarNode && v.Value == "" && v.Style == 0 {
			v = p.key
		}
		for _, e := range v.Content {
			if entry != "" && resolved(e).Value == entry {
				v = e
				break
			}
		}
		return v.Line, v.Column
	}
	return 0, 0
}

// itemsNode is the list of items and whether it is one.
func (d *document) itemsNode() (pair, bool) {
	if d.root == nil || d.root.Kind != yaml.MappingNode {
		return pair{}, false
	}
	var found pair
	for _, p := range pairsOf(d.root) {
		if keyText(p.key) == keyItems {
			found = p
		}
	}
	return found, found.key != nil
}

// items are the nodes of the list of items.
func (d *document) items() []*yaml.Node {
	p, ok := d.itemsNode()
	if !ok || resolved(p.value).Kind != yaml.SequenceNode {
		return nil
	}
	return resolved(p.value).Content
}

// itemID is the id as an item's mapping says it.
func itemID(mapping *yaml.Node) string {
	id := ""
	for _, p := range pairsOf(mapping) {
		if keyText(p.key) == keyID {
			id = ""
			if v := resolved(p.value); v.Kind == yaml.ScalarNode && v.ShortTag() != tagNull {
				id = v.Value
			}
		}
	}
	return id
}
