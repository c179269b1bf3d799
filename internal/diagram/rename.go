package diagram

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/problem"
)

// Renaming is a component under another key: the text of the files that say so, and
// what references to anything in the diagrams become.
type Renaming struct {
	From, To string            // the id of the component, before and after
	Files    map[string][]byte // every file that changes, as it is afterwards, by its path

	views map[string]view // by the path of a diagram
}

// view is a diagram before a renaming, and as it should be after it: with the same
// components and connections in the same order, under the new names.
type view struct {
	before, after *Diagram
	names         map[string]string // of the components that are called otherwise
}

// Rename gives the component from of the diagram at paths[0] the key to, which is
// absolute as well. Where another container is named, the component moves there, as
// long as no block has to be taken out of braces for that. The further paths are
// diagrams that may import some of the same files: those that do are renamed too.
//
// Only the segments of keys that name the component are rewritten, wherever they
// stand: in blocks, in connections, in imported files, in scenarios and steps that
// extend its layer, as a value of near, &src or &dst. Every other byte stays. Patterns
// stay too. The result is compiled and compared with what it should be: when anything
// else would change, nothing is renamed.
//
// An error is a [problem.Problem]. It has no path when the names are none that a
// component can have, and the path of a file when that has no such component or its text
// stands in the way.
func Rename(ctx context.Context, fsys fs.FS, paths []string, from, to string, lim Limits) (*Renaming, error) {
	s := &shelf{ctx: ctx, fsys: fsys, lim: lim.filled()}
	first, ps := compile(ctx, fsys, paths[0], s.lim)
	if first == nil {
		return nil, ps[0]
	}
	k, err := newRekey(first.diagram, from, to)
	if err != nil {
		return nil, err
	}
	e := edits{}
	if err := e.collect(first, k); err != nil {
		return nil, err
	}
	others, err := s.others(paths[1:], e, k)
	if err != nil {
		return nil, err
	}
	r := &Renaming{From: from, To: inLayer(k.layer, k.text()), Files: map[string][]byte{}, views: map[string]view{}}
	for _, c := range append([]*compiled{first}, others...) {
		for _, source := range c.diagram.Sources() {
			if spans := e[source.Path]; len(spans) > 0 {
				r.Files[source.Path] = []byte(spans.apply(source.Text))
			}
		}
	}
	for _, c := range append([]*compiled{first}, others...) {
		if err := s.verify(r, c.diagram, k); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Ref is what a reference to a component or connection of the diagram in a file
// becomes; false when it stays as it is.
func (r *Renaming) Ref(file, ref string) (string, bool) {
	v, ok := r.views[file]
	if !ok {
		return ref, false
	}
	if id, ok := v.names[ref]; ok {
		return id, true
	}
	c, ok := v.before.Connection(ref)
	if !ok {
		return ref, false
	}
	now := v.after.Connections[v.before.connection[c.ID]]
	next := now.ID
	if ref != c.ID {
		next = now.ends()
	}
	return next, next != ref
}

// shelf is where the diagrams of a renaming come from.
type shelf struct {
	ctx  context.Context
	fsys fs.FS
	lim  Limits
}

// others are the diagrams that read one of the files that are edited. Where such a
// diagram has the component itself, it is renamed all through it, which may lead to
// further files.
func (s *shelf) others(paths []string, e edits, k rekey) ([]*compiled, error) {
	var waiting, found []*compiled
	for _, name := range paths {
		if c, _ := compile(s.ctx, s.fsys, name, s.lim); c != nil {
			waiting = append(waiting, c)
		}
	}
	for {
		i := slices.IndexFunc(waiting, func(c *compiled) bool { return e.touch(c.diagram) })
		if i < 0 {
			return found, nil
		}
		c := waiting[i]
		waiting, found = slices.Delete(waiting, i, i+1), append(found, c)
		if _, has := c.diagram.Component(inLayer(k.layer, k.id())); has {
			if err := e.collect(c, k); err != nil {
				return nil, err
			}
		}
	}
}

// verify compiles a diagram with the edited files and compares it with what it
// should be.
func (s *shelf) verify(r *Renaming, before *Diagram, k rekey) error {
	got, ps := Compile(s.ctx, overlay{s.fsys, r.Files}, before.Path, s.lim)
	if got == nil {
		p := ps[0]
		p.What = fmt.Sprintf("renaming %q to %q would break the diagram here: %s", r.From, r.To, p.What)
		p.Hint = renameByHand
		return p
	}
	v := k.view(before, got)
	if d := Diff(v.after, got); len(d.All()) > 0 {
		return problem.Problem{
			Path: before.Path,
			What: fmt.Sprintf("renaming %q to %q would change more than its name: %s", r.From, r.To, sideEffects(d)),
			Hint: renameByHand,
		}
	}
	r.views[before.Path] = v
	return nil
}

const renameByHand = "a pattern, an import or another diagram has a part in it: change that by hand first"

// sideEffects words the first changes of a difference.
func sideEffects(d Difference) string {
	const several = 3
	var words []string
	for _, c := range d.All() {
		words = append(words, fmt.Sprintf("%q %s", c.Subject, c.Reason))
	}
	if more := len(words) - several; more > 0 {
		words = append(words[:several], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}

// overlay is a file system with other bytes in some of its files.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// Open gives the named file.
func (o overlay) Open(name string) (fs.File, error) {
	if text, ok := o.files[name]; ok {
		return &memFile{Reader: bytes.NewReader(text), name: path.Base(name), size: int64(len(text))}, nil
	}
	return o.FS.Open(name)
}
