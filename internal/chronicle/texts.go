package chronicle

import (
	"cmp"
	"context"
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

	dates
	volumes []volume
}

// dates are the positions of a timeline: its snapshots, and behind them the present where
// it has one.
type dates struct {
	snapshots []Snapshot
	present   bool
}

// NewTexts collects the texts of a timeline. A snapshot that cannot be read is a
// problem, and what stands before it is taken to have stood in it too. It stops with
// the context's error.
//
// Where the timeline's reading of a snapshot leaves out records of syncs that the
// snapshot before has as they are, nothing is lost: minutes belong to their sync.
func NewTexts(ctx context.Context, t Timeline) (*Texts, error) {
	x := &Texts{dates: t.dates(), volumes: make([]volume, t.volumes())}
	failed, err := t.eachVolume(ctx, func(i int, v volume) { x.volumes[i] = v })
	if err != nil {
		return nil, err
	}
	for _, at := range failed {
		x.Problems = append(x.Problems, at.problem)
		x.carry(at.position)
	}
	return x, nil
}

func (t Timeline) dates() dates { return dates{t.Snapshots, t.Now != nil} }

// volumes is how many there are: one for each span, and one for the present.
func (t Timeline) volumes() int {
	n := len(t.spans())
	if t.Now != nil {
		n++
	}
	return n
}

// unread is a position of a timeline that cannot be read.
type unread struct {
	position int
	problem  problem.Problem
}

// eachVolume hands over the volumes of a timeline with their places, from several
// goroutines at once, the present last in place. It gives the positions that cannot be
// read, in order.
func (t Timeline) eachVolume(ctx context.Context, take func(place int, v volume)) ([]unread, error) {
	spans, d := t.spans(), t.dates()
	var mu sync.Mutex
	var failed []unread
	var failure error
	n := t.volumes()
	inChunks(n, 1, func(i int) {
		place := n - 1 - i // the present first: it has to be read, which takes longest
		if place == len(spans) {
			now, err := t.Now.Read(ctx)
			if err != nil {
				failure = err
				return
			}
			take(place, d.presentVolume(now))
			return
		}
		v, errs := t.volume(ctx, spans[place])
		d.dateMinutes(v, len(t.Snapshots)-1)
		take(place, v)
		mu.Lock()
		defer mu.Unlock()
		for at, err := range errs {
			failed = append(failed, unread{at, unreadable(t.Snapshots[at], err)})
		}
	})
	slices.SortFunc(failed, func(a, b unread) int { return cmp.Compare(a.position, b.position) })
	return failed, cmp.Or(ctx.Err(), failure)
}

// With is the texts of the same past with another present.
func (x *Texts) With(now *synclog.Log) *Texts {
	volumes := x.volumes
	if x.present {
		volumes = volumes[:len(volumes)-1]
	}
	return &Texts{x.Problems, dates{x.snapshots, true}, append(volumes[:len(volumes):len(volumes)], x.presentVolume(now))}
}

// presentVolume is that of the log as it is.
func (d dates) presentVolume(now *synclog.Log) volume {
	b := newBinder()
	b.put(now, len(d.snapshots))
	v := b.volume()
	d.dateMinutes(v, len(d.snapshots))
	return v
}

// dateMinutes puts the minutes of a volume where they belong: at their sync; those of
// one that has no snapshot at the first after it, up to a last position.
func (d dates) dateMinutes(v volume, last int) {
	at := make([]int32, len(v.abouts)) // -1 for what are no minutes
	for i, about := range v.abouts {
		at[i] = -1
		if about.Kind == Minutes {
			at[i] = int32(min(last, sort.Search(len(d.snapshots), func(i int) bool { return d.snapshots[i].Date >= about.ID })))
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
