package chronicle

import (
	"context"
	"maps"
	"slices"
	"sort"
	"sync"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Texts is everything that was ever written in a log, each line with when it stood
// there. It does not change, and may be searched from several goroutines.
//
// It is made of volumes, which the timeline's memo keeps as it does intervals. A volume
// holds whatever stood at its syncs and depends on no other, so that any that is lost or
// mangled is read again alone, and a new sync costs only itself.
type Texts struct {
	Problems []problem.Problem // the snapshots that cannot be read

	snapshots []Snapshot
	present   bool // the timeline has a present, which is the position behind the last snapshot
	volumes   []volume
}

// NewTexts collects the texts of a timeline. A snapshot that cannot be read is a
// problem, and what stands before it is taken to have stood in it too. It stops with
// the context's error.
//
// Where the timeline's reading of a snapshot leaves out records of syncs that the
// snapshot before has as they are, nothing is lost: minutes belong to their sync.
func NewTexts(ctx context.Context, t Timeline) (*Texts, error) {
	spans := t.spans()
	x := &Texts{snapshots: t.Snapshots, volumes: make([]volume, len(spans))}
	var mu sync.Mutex
	failed := map[int]error{}
	inChunks(len(spans), 1, func(i int) {
		v, unread := t.volume(ctx, spans[i])
		x.dateMinutes(v, len(t.Snapshots)-1)
		x.volumes[i] = v
		mu.Lock()
		defer mu.Unlock()
		for at, err := range unread {
			failed[at] = err
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, at := range slices.Sorted(maps.Keys(failed)) {
		x.Problems = append(x.Problems, unreadable(t.Snapshots[at], failed[at]))
		x.carry(at)
	}
	if t.Now == nil {
		return x, nil
	}
	now, err := t.Now.Read(ctx)
	if err != nil {
		return nil, err
	}
	return x.With(now), nil
}

// With is the texts of the same past with another present.
func (x *Texts) With(now *synclog.Log) *Texts {
	n := len(x.snapshots)
	b := newBinder()
	b.put(now, n)
	v := b.volume()
	x.dateMinutes(v, n)
	volumes := x.volumes
	if x.present {
		volumes = volumes[:len(volumes)-1]
	}
	return &Texts{Problems: x.Problems, snapshots: x.snapshots, present: true, volumes: append(volumes[:len(volumes):len(volumes)], v)}
}

// dateMinutes puts the minutes of a volume where they belong: at their sync; those of
// one that has no snapshot at the first after it, up to a last position.
func (x *Texts) dateMinutes(v volume, last int) {
	at := make([]int32, len(v.abouts)) // -1 for what are no minutes
	for i, about := range v.abouts {
		at[i] = -1
		if about.Kind == Minutes {
			at[i] = int32(min(last, sort.Search(len(x.snapshots), func(i int) bool { return x.snapshots[i].Date >= about.ID })))
		}
	}
	for i := range v.lived {
		if l := &v.lived[i]; at[l.about] >= 0 {
			l.first, l.last = at[l.about], at[l.about]
		}
	}
}

// carry lets what stood before a position that cannot be read stand at it too.
func (x *Texts) carry(at int) {
	for _, v := range x.volumes {
		for i := range v.lived {
			if l := &v.lived[i]; l.last == int32(at)-1 && v.abouts[l.about].Kind != Minutes {
				l.last++
			}
		}
	}
}

// textForm is the version of what is remembered of texts.
const textForm = "texts 4 "

// volume is that of a span: as it is remembered, else as it is read, with why syncs of
// it cannot be. It is of no use when the context is done.
func (t Timeline) volume(ctx context.Context, s span) (volume, map[int]error) {
	if v, ok := t.recallVolume(s); ok {
		return v, nil
	}
	b := newBinder()
	failed := map[int]error{}
	var fresh []span
	for i := s.from; i < s.to && ctx.Err() == nil; i++ {
		one := span{i, i + 1}
		if one != s {
			if v, ok := t.recallVolume(one); ok {
				b.add(v, i)
				continue
			}
		}
		log, err := t.Read(ctx, t.Snapshots[i])
		if err != nil {
			failed[i] = err
			continue
		}
		b.put(log, i)
		fresh = append(fresh, one)
	}
	if ctx.Err() != nil { // what was read meanwhile may be half of it
		return volume{}, nil
	}
	v := b.volume()
	if len(failed) == 0 {
		return t.keepVolume(v, s), nil
	}
	for _, s := range fresh {
		t.keepVolume(v, s)
	}
	return v, failed
}

// recallVolume is that of a span, if the memo has it.
func (t Timeline) recallVolume(s span) (volume, bool) {
	if t.Memo == nil {
		return volume{}, false
	}
	entry, ok := t.Memo.Get(t.key(textForm, s))
	if !ok {
		return volume{}, false
	}
	return decodeVolume(entry, s)
}

// keepVolume keeps what stood at the syncs of a span, and gives it as one that holds on
// to no files.
func (t Timeline) keepVolume(v volume, s span) volume {
	entry := v.encode(s)
	if t.Memo != nil {
		t.Memo.Put(t.key(textForm, s), entry)
	}
	if compact, ok := decodeVolume(entry, s); ok {
		return compact
	}
	return v
}
