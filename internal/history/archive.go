package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Archive is a log in its repository: every moment of it as values. It joins the
// Store, which knows git, with the Reader, which knows what the files mean, and is
// what the front ends work with.
type Archive struct {
	store     *Store
	limits    synclog.Limits
	reader    *synclog.Reader
	dir       string
	configs   *kept[string, synclog.Config] // by the content of archsync.yaml
	exclusion *exclusion                    // of this working tree
	running   *exclusion                    // of the state of the running sync, for the whole clone
}

// OpenArchive opens the log that lies in dir of the repository at root, as
// [FindLog] found them. Time zone and tag prefix are those of the working tree's
// archsync.yaml, or of HEAD's where there is none. Close it.
func OpenArchive(root, dir string, limits synclog.Limits) (*Archive, error) {
	store, err := Open(root)
	if err != nil {
		return nil, err
	}
	a := &Archive{
		store: store, limits: limits, reader: synclog.NewReader(limits), dir: dir, configs: &kept[string, synclog.Config]{limit: maxConfigs},
		exclusion: newExclusion(filepath.Join(store.loc.gitDir, "archsync.write")),
		running:   newExclusion(filepath.Join(store.loc.common, "archsync.running")),
	}
	a.Reconfigure()
	return a, nil
}

// Reconfigure follows a changed archsync.yaml.
func (a *Archive) Reconfigure() synclog.Config {
	c := a.config(Moment{Kind: Now})
	a.store = a.store.With(Settings{Dir: a.dir, Folders: a.pathsOf(c).folders(), TagPrefix: c.TagPrefix, Zone: c.Location()})
	return c
}

// Close lets go of the repository's files.
func (a *Archive) Close() error { return a.store.Close() }

// Store is the log's repository.
func (a *Archive) Store() *Store { return a.store }

// Dir is the log's folder in the repository.
func (a *Archive) Dir() string { return a.dir }

// Moment finds the moment that an expression means at the given time.
func (a *Archive) Moment(expr string, now time.Time) (Moment, error) {
	return a.store.Moment(expr, now)
}

// maxConfigs is how many versions of archsync.yaml are kept.
const maxConfigs = 100

// config is archsync.yaml as it stood at a moment; the default where it did not.
func (a *Archive) config(m Moment) synclog.Config {
	fsys, err := a.store.FS(m, Paths{Dir: a.dir})
	if err != nil {
		return synclog.DefaultConfig()
	}
	name := path.Join(a.dir, synclog.ConfigName)
	id, known := fsys.(logFS).ContentID(name)
	if c, ok := a.configs.get(id); known && ok {
		return c
	}
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return synclog.DefaultConfig()
	}
	c, _ := synclog.ParseConfig(name, src)
	if known {
		a.configs.put(id, c, 1)
	}
	return c
}

// Paths are the log's paths as archsync.yaml named them at a moment.
func (a *Archive) Paths(m Moment) Paths { return a.pathsOf(a.config(m)) }

func (a *Archive) pathsOf(c synclog.Config) Paths {
	p := Paths{Dir: a.dir, Folders: []string{c.DecisionsPath(a.dir)}}
	if main := c.DiagramPath(a.dir); !within(main, a.dir) {
		p.Diagrams = []string{path.Dir(main)}
	}
	return p
}

// FS is everything of the log at a moment, rooted at the repository.
func (a *Archive) FS(m Moment) (fs.FS, error) { return a.store.FS(m, a.Paths(m)) }

// Read reads parts of the log at a moment. Only a moment that is not there at all
// is an error; what cannot be read in it is a problem of the log.
func (a *Archive) Read(ctx context.Context, m Moment, parts synclog.Part) (*synclog.Log, error) {
	return a.readWith(ctx, a.reader, m, parts)
}

func (a *Archive) readWith(ctx context.Context, reader *synclog.Reader, m Moment, parts synclog.Part) (*synclog.Log, error) {
	fsys, err := a.FS(m)
	if err != nil {
		return nil, err
	}
	return a.read(ctx, reader, m, fsys, parts)
}

func (a *Archive) read(ctx context.Context, reader *synclog.Reader, m Moment, fsys fs.FS, parts synclog.Part) (*synclog.Log, error) {
	_, err := fs.Stat(fsys, path.Join(a.dir, synclog.ConfigName))
	switch {
	case err == nil || m.Kind == Now:
	case !errors.Is(err, fs.ErrNotExist):
		return nil, &Error{What: fmt.Sprintf("read the log of %s", m.Expr), Err: err}
	default:
		return nil, &Error{
			What: fmt.Sprintf("read the log of %s", m.Expr),
			Hint: "archsync log lists the syncs that there are",
			Err:  errors.New("it has no " + path.Join(a.dir, synclog.ConfigName)),
		}
	}
	return reader.Read(ctx, fsys, a.dir, parts), nil
}

// Snapshots is the timeline, oldest first. A snapshot that git cannot give is in
// it all the same, with its problem among the problems.
func (a *Archive) Snapshots() ([]chronicle.Snapshot, []problem.Problem, error) {
	found, problems, err := a.store.Timeline()
	if err != nil {
		return nil, nil, err
	}
	return snapshotsOf(found), problems, nil
}

// Dates is Snapshots without a look at what may be wrong with each, where that costs as
// much as an answer: it will come out when the snapshot is read. Of a clone that lacks a
// part of the history it tells all the same.
func (a *Archive) Dates() ([]chronicle.Snapshot, []problem.Problem, error) {
	if dir := a.store.objects.dirs[0]; isShallow(dir) || isPartial(dir) {
		return a.Snapshots()
	}
	found, problems, err := a.store.named()
	return snapshotsOf(found), problems, err
}

func snapshotsOf(found []Snapshot) []chronicle.Snapshot {
	snapshots := make([]chronicle.Snapshot, len(found))
	for i, s := range found {
		snapshots[i] = chronicle.Snapshot{Date: s.Date, Tag: s.Tag, Commit: s.Commit}
	}
	return snapshots
}

// ReadSnapshot reads a snapshot whole.
func (a *Archive) ReadSnapshot(ctx context.Context, s chronicle.Snapshot) (*synclog.Log, error) {
	return a.Read(ctx, At(s), synclog.All)
}

// At is the moment of a snapshot.
func At(s chronicle.Snapshot) Moment {
	return Moment{Expr: s.Date, Kind: AtSnapshot, Date: s.Date, Commit: s.Commit, Tag: s.Tag}
}

// Lock keeps other archsync processes from writing to this working tree, from
// reading the log to the commit that was made from it. It waits for them; Write and
// Commit do it by themselves for as long as they take.
func (a *Archive) Lock() (unlock func(), err error) {
	if err := a.store.checkWritable("write to the log"); err != nil {
		return nil, err
	}
	return a.exclusion.enter()
}

// Write carries an edit out in the working tree, all files or, as far as the disk
// allows, none: what was written before one was refused is put back. It fails with
// [ErrChanged] when a file no longer holds what the edit was made from.
func (a *Archive) Write(e synclog.Edit) error {
	unlock, err := a.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	for i, f := range e.Files {
		if err := a.store.Write(f.Path, f.Before, f.After); err != nil {
			for _, done := range e.Files[:i] {
				err = errors.Join(err, a.store.Write(done.Path, done.After, done.Before))
			}
			return err
		}
	}
	return nil
}

// Unsaved are the log's files that are not as HEAD has them.
func (a *Archive) Unsaved(ctx context.Context) ([]FileChange, error) {
	return a.store.Unsaved(ctx, a.Paths(Moment{Kind: Now}))
}

// Commit records the working files at the given paths as they are; one that is
// not there is recorded as removed.
func (a *Archive) Commit(ctx context.Context, paths []string, message string, author Author, when time.Time) (Committed, error) {
	unlock, err := a.Lock()
	if err != nil {
		return Committed{}, err
	}
	defer unlock()
	files := map[string][]byte{}
	for _, name := range paths {
		src, err := a.store.ReadFile(Moment{Kind: Now}, name)
		if errors.Is(err, fs.ErrNotExist) {
			files[name] = nil
			continue
		}
		if err != nil {
			return Committed{}, err
		}
		files[name] = src
	}
	return a.store.Commit(ctx, Change{Files: files, Message: message, Author: author, When: when})
}

// CanCommit fails when no commit can be made now, so that nothing is written that
// could not be recorded: [ErrDetached], or a branch that cannot be read.
func (a *Archive) CanCommit() error {
	_, _, err := a.store.branch("commit")
	return err
}

// Stamp changes when the log's working files or HEAD do.
func (a *Archive) Stamp() uint64 { return a.store.Stamp(a.Paths(Moment{Kind: Now})) }
