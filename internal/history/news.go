package history

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// Timeline is the log's past as a value, with what the memo remembers of it: what each
// sync showed. It has no present: that is read at the moment at which a question ends.
func (a *Archive) Timeline(snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline {
	return a.TimelineOf(synclog.Shown, snapshots, memo)
}

// TimelineOf is [Archive.Timeline] with only some parts of each snapshot.
func (a *Archive) TimelineOf(parts synclog.Part, snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline {
	return a.timeline(newStretch(a.limits), parts, snapshots, memo)
}

func (a *Archive) timeline(s *stretch, parts synclog.Part, snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline {
	t := chronicle.Timeline{Snapshots: snapshots}
	t.Read = func(ctx context.Context, snapshot chronicle.Snapshot) (*synclog.Log, error) {
		return a.readWith(ctx, s.reader(), At(snapshot), parts)
	}
	if memo != nil {
		t.Memo = ownMemo{memo, a.dir + "\n"}
	}
	return t
}

// stretch is a reader for a way along a timeline: neighbours share what was parsed, and
// what lies far behind is forgotten. All of a long history would not fit in memory.
type stretch struct {
	whole *synclog.Reader

	mu   sync.Mutex
	left int // readings until it forgets
}

func newStretch(limits synclog.Limits) *stretch {
	return &stretch{whole: synclog.NewReader(limits), left: stretchLength}
}

// stretchLength is how many snapshots are read until something is forgotten.
const stretchLength = 16

func (s *stretch) reader() *synclog.Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left < 0 {
		s.whole.Forget()
		s.left = stretchLength
	}
	return s.whole
}

// Written is everything that was written in the given snapshots, which are the timeline
// up to a moment, and at that moment, for [chronicle.NewTexts] and
// [chronicle.Timeline.Search].
func (a *Archive) Written(snapshots []chronicle.Snapshot, m Moment, memo chronicle.Memo) chronicle.Timeline {
	before := map[chronicle.Snapshot]chronicle.Snapshot{}
	var last chronicle.Snapshot
	for _, s := range snapshots {
		before[s] = last
		last = s
	}
	t := a.Timeline(snapshots, memo)
	past := newStretch(a.limits)
	t.Read = func(ctx context.Context, s chronicle.Snapshot) (*synclog.Log, error) {
		return a.readNew(ctx, past.reader(), At(s), before[s])
	}
	if m.Kind != AtSnapshot {
		t.Now = &chronicle.Present{Read: func(ctx context.Context) (*synclog.Log, error) {
			return a.readNew(ctx, past.reader(), m, last)
		}}
	}
	return t
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
func (a *Archive) readNew(ctx context.Context, reader *synclog.Reader, m Moment, earlier chronicle.Snapshot) (*synclog.Log, error) {
	fsys, err := a.FS(m)
	if err != nil {
		return nil, err
	}
	known, err := a.knownRecords(m, earlier)
	if err != nil {
		return nil, err
	}
	return a.read(ctx, reader, m, withoutFiles{fsys.(logFS), known}, synclog.All)
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
func (a *Archive) knownRecords(m Moment, earlier chronicle.Snapshot) (map[string]bool, error) {
	same := func(string, string) bool { return true }
	if m.Kind == Now {
		_, head, err := a.store.refs.head()
		if err != nil || head.IsZero() {
			return nil, err
		}
		m, same = Moment{Kind: AtCommit, Commit: head.String()}, a.store.asInHead()
	}
	before, err := a.recordIDs(At(earlier))
	if err != nil {
		return nil, nil // what cannot be compared is read
	}
	now, err := a.recordIDs(m)
	known := map[string]bool{}
	for name, id := range now {
		known[name] = before[name] == id && same(name, id)
	}
	return known, err
}

// asInHead tells whether a working file still has the content that HEAD has.
func (s *Store) asInHead() func(name, id string) bool {
	untouched := s.untouched()
	return func(name, id string) bool {
		if untouched(name, hashOf(id)) {
			return true
		}
		work, err := s.workFile(name)
		return err == nil && work != nil && sameContent(work, hashOf(id))
	}
}

// untouched tells of a working file, without reading it, that it has the content of a
// blob. As git does, it knows by time and size a file that the index knows, unless the
// file is as new as the index itself. False means that the file has to be read.
func (s *Store) untouched() func(name string, id hash) bool {
	x, err := s.readIndex()
	if err != nil { // of a kind that only git reads
		x = &index{}
	}
	written := s.indexWritten()
	return func(name string, id hash) bool {
		from, to := x.find(name)
		if to != from+1 {
			return false
		}
		e := x.entries[from]
		return e.stage() == 0 && e.id() == id && e.nanoseconds() < written && s.unchangedSince(e)
	}
}

// indexWritten is when the index was last written, in nanoseconds since 1970; 0 where
// there is none.
func (s *Store) indexWritten() int64 {
	info, err := os.Stat(filepath.Join(s.loc.gitDir, "index"))
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

// nanoseconds is the time of the file that the entry remembers, since 1970.
func (e indexEntry) nanoseconds() int64 {
	return int64(e.mtime())*1e9 + int64(binary.BigEndian.Uint32(e.head[offMtime+4:]))
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
