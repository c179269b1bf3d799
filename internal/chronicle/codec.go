package chronicle

import (
	"encoding/binary"
	"slices"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// Intervals in the memo are a table of texts, each once, and then a sequence of
// unsigned varints: lengths, numbers, and places in the table. An absent text is 0, one
// that is there its place and 1. The snapshots are not in it: the key names them.

func encodeIntervals(intervals []Interval) []byte {
	w := packer{places: map[string]uint64{}}
	for i := range intervals {
		w.interval(&intervals[i])
	}
	return w.bytes()
}

func (p *packer) interval(in *Interval) {
	p.count(len(in.Events))
	for _, e := range in.Events {
		p.texts(string(e.About), string(e.Kind), e.Change.Subject, string(e.Reason), e.Title, e.Place, e.Field)
		p.value(e.From)
		p.value(e.To)
	}
	p.count(len(in.Renames))
	for _, r := range in.Renames {
		p.texts(string(r.Kind), r.From, r.To)
	}
	p.count(len(in.Sayings))
	for _, s := range in.Sayings {
		p.texts(string(s.Kind), s.ID)
		p.count(len(s.Facts))
		for _, f := range s.Facts {
			p.texts(f.Key)
			p.count(len(f.Values))
			p.texts(f.Values...)
		}
	}
	for _, n := range counts(in) {
		p.count(*n)
	}
	p.count(len(in.Problems))
	for _, w := range in.Problems {
		p.texts(w.Path, w.What, w.Hint)
		p.count(w.Line)
		p.count(w.Column)
	}
}

// counts are the numbers of an interval in a fixed order.
func counts(in *Interval) []*int {
	var all []*int
	for _, c := range []*change.Counts{&in.Counts.Items, &in.Counts.Components, &in.Counts.Connections, &in.Counts.Decisions} {
		all = append(all, &c.Added, &c.Removed, &c.Changed, &c.Renamed, &c.Moved)
	}
	return all
}

// decodeIntervals fills in the intervals that were encoded, one for each snapshot;
// false when that is not what the bytes are.
func decodeIntervals(content []byte, snapshots []Snapshot, intervals []Interval) bool {
	r := unpack(content)
	for i, at := range snapshots {
		intervals[i] = r.interval(at)
	}
	return !r.bad && len(r.rest) == 0
}

func (r *unpacker) interval(at Snapshot) Interval {
	in := Interval{At: at}
	in.Events = list(r, func() Event {
		e := Event{About: Kind(r.text()), At: at}
		e.Kind, e.Change.Subject, e.Reason = change.Kind(r.text()), r.text(), change.Reason(r.text())
		e.Title, e.Place, e.Field = r.text(), r.text(), r.text()
		e.From, e.To = r.value(), r.value()
		return e
	})
	in.Renames = list(r, func() Rename { return Rename{Kind(r.text()), r.text(), r.text()} })
	in.Sayings = list(r, func() Saying {
		s := Saying{Subject: Subject{Kind(r.text()), r.text()}}
		s.Facts = r.facts.list(r, func() change.Fact { return change.Fact{Key: r.text(), Values: r.values.list(r, r.text)} })
		return s
	})
	for _, n := range counts(&in) {
		*n = int(r.number())
	}
	in.Problems = list(r, func() problem.Problem {
		return problem.Problem{Path: r.text(), What: r.text(), Hint: r.text(), Line: int(r.number()), Column: int(r.number())}
	})
	return in
}

// packer gathers numbers, and the texts that they speak of.
type packer struct {
	places  map[string]uint64
	table   []string
	numbers []byte
}

func (p *packer) number(n uint64) { p.numbers = binary.AppendUvarint(p.numbers, n) }

func (p *packer) count(n int) { p.number(uint64(n)) }

func (p *packer) place(text string) uint64 {
	at, known := p.places[text]
	if !known {
		at = uint64(len(p.table))
		p.places[text] = at
		p.table = append(p.table, text)
	}
	return at
}

func (p *packer) texts(texts ...string) {
	for _, t := range texts {
		p.number(p.place(t) + 1)
	}
}

func (p *packer) value(text *string) {
	if text == nil {
		p.number(0)
		return
	}
	p.texts(*text)
}

func (p *packer) bytes() []byte {
	out := binary.AppendUvarint(nil, uint64(len(p.table)))
	for _, t := range p.table {
		out = binary.AppendUvarint(out, uint64(len(t)))
	}
	for _, t := range p.table {
		out = append(out, t...)
	}
	return slices.Concat(out, p.numbers)
}

// unpacker reads what a packer wrote. Once bad, it gives nothing but zeros.
type unpacker struct {
	rest   []byte
	table  []string
	bad    bool
	facts  slab[change.Fact]
	values slab[string]
}

func unpack(content []byte) unpacker {
	r := unpacker{rest: content}
	lengths := list(&r, func() uint64 { return r.number() })
	texts := string(r.rest)
	for _, n := range lengths {
		if n > uint64(len(texts)) {
			r.bad = true
			return r
		}
		r.table = append(r.table, texts[:n])
		texts = texts[n:]
	}
	r.rest = r.rest[len(r.rest)-len(texts):]
	return r
}

func (r *unpacker) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || r.bad {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *unpacker) value() *string {
	n := r.number()
	if n == 0 || n > uint64(len(r.table)) {
		r.bad = r.bad || n != 0
		return nil
	}
	return &r.table[n-1]
}

func (r *unpacker) text() string {
	if t := r.value(); t != nil {
		return *t
	}
	r.bad = true
	return ""
}

// list reads a length and so many elements.
func list[T any](r *unpacker, element func() T) []T {
	n := r.length()
	if n == 0 {
		return nil
	}
	all := make([]T, n)
	for i := range all {
		all[i] = element()
	}
	return all
}

// length is that of a list. There are never more elements than bytes are left.
func (r *unpacker) length() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad = true
	}
	if r.bad {
		return 0
	}
	return int(n)
}

// slab is memory for many short lists at once.
type slab[T any] struct{ free []T }

// list is like the function.
func (s *slab[T]) list(r *unpacker, element func() T) []T {
	n := r.length()
	if n == 0 {
		return nil
	}
	if n > len(s.free) {
		s.free = make([]T, max(n, 256))
	}
	all := s.free[:n:n]
	s.free = s.free[n:]
	for i := range all {
		all[i] = element()
	}
	return all
}
