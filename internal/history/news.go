package history

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// Timeline is the log's past as a value, with what the memo remembers of it. It has no
// present: that is read at the moment at which a question ends.
func (a *Archive) Timeline(snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline {
	t := chronicle.Timeline{Snapshots: snapshots, Read: a.ReadSnapshot}
	if memo != nil {
		t.Memo = ownMemo{memo, a.dir + "\n"}
	}
	return t
}

// Texts is everything that was written in the given snapshots, which are the timeline
// up to a moment, and at that moment.
func (a *Archive) Texts(ctx context.Context, snapshots []chronicle.Snapshot, m Moment, memo chronicle.Memo) (*chronicle.Texts, error) {
	before := map[chronicle.Snapshot]chronicle.Snapshot{}
	var last chronicle.Snapshot
	for _, s := range snapshots {
		before[s] = last
		last = s
	}
	t := a.Timeline(snapshots, memo)
	t.Read = func(ctx context.Context, s chronicle.Snapshot) (*synclog.Log, error) {
		return a.readNew(ctx, At(s), before[s])
	}
	if m.Kind != AtSnapshot {
		now, err := a.readNew(ctx, m, last)
		if err != nil {
			return nil, err
		}
		t.Now = now
	}
	return chronicle.NewTexts(ctx, t)
}

// ownMemo keeps the logs of a repository apart: a commit names the content of all.
type ownMemo struct {
	chronicle.Memo
	prefix string
}

func (m ownMemo) Get(key string) ([]byte, bool)  { return m.Memo.Get(m.prefix + key) }
func (m ownMemo) Put(key string, content []byte) { m.Memo.Put(m.prefix+key, content) }

// readNew is [Archive.Read] of the whole log without the records of syncs that an
// earlier snapshot has as they are: a log of many syncs is mostly minutes. With the
// zero Snapshot it has all.
func (a *Archive) readNew(ctx context.Context, m Moment, earlier chronicle.Snapshot) (*synclog.Log, error) {
	fsys, err := a.FS(m)
	if err != nil {
		return nil, err
	}
	known, err := a.knownRecords(ctx, m, earlier)
	if err != nil {
		return nil, err
	}
	return a.read(ctx, m, withoutFiles{fsys.(logFS), known}, synclog.All)
}

// logFS is what the file systems of all moments can do.
type logFS interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
	synclog.Identified
}

// withoutFiles does not list some files.
type withoutFiles struct {
	logFS
	hidden map[string]bool
}

func (w withoutFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := w.logFS.ReadDir(name)
	var kept []fs.DirEntry
	for _, e := range entries {
		if !w.hidden[path.Join(name, e.Name())] {
			kept = append(kept, e)
		}
	}
	return kept, err
}

// knownRecords are the records that a moment has exactly as an earlier snapshot. Those
// of the working tree are compared by way of HEAD.
func (a *Archive) knownRecords(ctx context.Context, m Moment, earlier chronicle.Snapshot) (map[string]bool, error) {
	var unsaved []FileChange
	if m.Kind == Now {
		_, head, err := a.store.refs.head()
		if err != nil || head.IsZero() {
			return nil, err
		}
		if unsaved, err = a.store.Unsaved(ctx, Paths{Dir: a.records()}); err != nil {
			return nil, err
		}
		m = Moment{Kind: AtCommit, Commit: head.String()}
	}
	before, err := a.recordIDs(At(earlier))
	if err != nil {
		return nil, nil // what cannot be compared is read
	}
	now, err := a.recordIDs(m)
	known := map[string]bool{}
	for name, id := range now {
		known[name] = before[name] == id
	}
	for _, f := range unsaved {
		delete(known, f.Path)
	}
	return known, err
}

// records is the folder of the records of syncs.
func (a *Archive) records() string { return path.Join(a.dir, "syncs") }

// recordIDs are the files in the folder of the records at a commit, with the names of
// their content.
func (a *Archive) recordIDs(m Moment) (map[string]string, error) {
	fsys, err := a.store.FS(m, Paths{Dir: a.records()})
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, a.records())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	ids := make(map[string]string, len(entries))
	for _, e := range entries {
		name := path.Join(a.records(), e.Name())
		if id, ok := fsys.(logFS).ContentID(name); ok {
			ids[name] = id
		}
	}
	return ids, err
}
