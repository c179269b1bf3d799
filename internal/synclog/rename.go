package synclog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// RenameComponent gives a component of the diagram at path another key, everywhere
// at once: in the diagram and what it imports ([diagram.Rename]), and wherever a
// group, an item, a decision or a breakout names it, something in it or a connection
// of either. The log was read whole from fsys. Records of syncs stay as they were
// written.
//
// Errors are those of [diagram.Rename], and of files that cannot be edited.
func RenameComponent(ctx context.Context, fsys fs.FS, l *Log, path, from, to string) (Edit, error) {
	paths := []string{path}
	for _, d := range l.Diagrams {
		if d.Path != path {
			paths = append(paths, d.Path)
		}
	}
	found, err := diagram.Rename(ctx, fsys, paths, from, to, diagram.Limits{})
	if err != nil {
		return Edit{}, err
	}
	r := renaming{log: l, fsys: fsys, found: found}
	e := Edit{Summary: fmt.Sprintf("diagram: rename %s to %s", found.From, found.To)}
	for _, part := range []func() ([]FileEdit, error){r.diagrams, r.boards, r.decisions, r.breakouts} {
		files, err := part()
		if err != nil {
			return Edit{}, err
		}
		e.Files = append(e.Files, files...)
	}
	return e, nil
}

// renaming is a component that is being renamed in the log that names it.
type renaming struct {
	log   *Log
	fsys  fs.FS
	found *diagram.Renaming
}

func (r renaming) diagrams() ([]FileEdit, error) {
	var files []FileEdit
	for _, name := range slices.Sorted(maps.Keys(r.found.Files)) {
		edit, err := r.edit(name, r.found.Files[name])
		if err != nil {
			return nil, err
		}
		files = append(files, edit)
	}
	return files, nil
}

func (r renaming) edit(name string, after []byte) (FileEdit, error) {
	before, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return FileEdit{}, problem.Problem{Path: name, What: "cannot be read: " + cause(err)}
	}
	return FileEdit{Path: name, Before: before, After: after}, nil
}

// refs rewrites a list of references; the same list when none of them changes.
func (r renaming) refs(refs []string) []string {
	next := slices.Clone(refs)
	for i, ref := range next {
		next[i] = r.ref(ref)
	}
	return next
}

// ref is what a reference becomes. It keeps the name of the file before it, and
// gets one where the new key alone would mean a component of another diagram.
func (r renaming) ref(ref string) string {
	d, key, ok := r.log.resolve(ref)
	if !ok {
		return ref
	}
	next, renamed := r.found.Ref(d.Path, key)
	if !renamed {
		return ref
	}
	if found, _, taken := r.log.resolve(next); key != ref || taken && found != d {
		return r.log.prefix(d) + next
	}
	return next
}

func (r renaming) boards() ([]FileEdit, error) {
	var pairs [][2]*board.File
	for _, f := range r.log.Files {
		next, err := r.board(f)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, [2]*board.File{f, next})
	}
	return fileEdits(pairs...), nil
}

// board sets one reference after the other: a list of which one entry changes keeps
// the lines and comments of all others.
func (r renaming) board(f *board.File) (*board.File, error) {
	g, next := f.Group(), f
	each := func(refs []string, set func(refs []string) (*board.File, error)) error {
		refs = slices.Clone(refs)
		for i, ref := range refs {
			if refs[i] = r.ref(ref); refs[i] == ref {
				continue
			}
			edited, err := set(refs)
			if err != nil {
				return err
			}
			next = edited
		}
		return nil
	}
	err := each(g.Owns, func(refs []string) (*board.File, error) { return next.SetField("owns", refs) })
	for _, it := range g.Items {
		set := func(refs []string) (*board.File, error) { return next.SetItem(it.ID, "touches", refs) }
		err = errors.Join(err, each(it.Touches, set))
	}
	return next, err
}

func (r renaming) decisions() ([]FileEdit, error) {
	var files []FileEdit
	for _, d := range r.log.Decisions {
		touches := r.refs(d.Touches)
		if slices.Equal(touches, d.Touches) {
			continue
		}
		edit, err := r.decision(d, touches)
		if err != nil {
			return nil, err
		}
		files = append(files, edit)
	}
	return files, nil
}

func (r renaming) decision(d decision.Decision, touches []string) (FileEdit, error) {
	edit, err := r.edit(d.Path, nil)
	if err != nil {
		return edit, err
	}
	doc, _ := frontmatter.Parse(d.Path, edit.Before)
	next, err := doc.Set("touches", touches)
	if err != nil {
		return edit, doc.Problem("touches", err.Error(), "change touches by hand first")
	}
	edit.After = next.Bytes()
	return edit, nil
}

func (r renaming) breakouts() ([]FileEdit, error) {
	var files []FileEdit
	for _, b := range r.log.Breakouts {
		components := r.refs(b.Components)
		if slices.Equal(components, b.Components) {
			continue
		}
		edit, err := r.breakout(b, components)
		if err != nil {
			return nil, err
		}
		files = append(files, edit)
	}
	return files, nil
}

func (r renaming) breakout(b meeting.Breakout, components []string) (FileEdit, error) {
	edit, err := r.edit(b.Path, nil)
	if err != nil {
		return edit, err
	}
	b.Components = components
	if edit.After, err = b.Bytes(); err != nil {
		return edit, problem.Problem{Path: b.Path, What: err.Error(), Hint: "change components by hand first"}
	}
	return edit, nil
}

// resolve finds the diagram that has a component or connection, and its name there;
// the first diagram that has it, as [Log.HasComponent] looks for it.
func (l *Log) resolve(ref string) (d *diagram.Diagram, key string, ok bool) {
	for _, d := range l.Diagrams {
		if key := strings.TrimPrefix(ref, l.prefix(d)); d.Has(key) {
			return d, key, true
		}
	}
	return nil, "", false
}
