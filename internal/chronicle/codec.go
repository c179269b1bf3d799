package chronicle

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/problem"
)

// What intervals tell is kept packed, in memory as in the memo, and read from there by
// whoever asks: nobody asks for all of a long history. It is a table of texts, each
// once, and sequences of unsigned varints: lengths, numbers, and places in the table. An
// absent text is 0, one that is there its place and 1. An event or saying begins with a
// byte for what it is and the length of the rest, so that what is not wanted is passed
// over. The snapshots are not in it: the key names them.

// account is what an interval tells, packed.
type account struct {
	table   []string
	events  []byte
	sayings []byte
}

// pack gives an account of events and sayings.
func pack(events iter.Seq[Event], sayings iter.Seq[Saying]) account {
	w := newPacker()
	a := account{events: w.events(events), sayings: w.sayings(sayings)}
	a.table = w.table
	return a
}

// encodeIntervals is an entry of the memo: the texts, then for each interval its
// renames, counts and problems, and its events and sayings, each as a length in bytes
// and so many.
func encodeIntervals(intervals []Interval) []byte {
	w := newPacker()
	for i := range intervals {
		w.interval(&intervals[i])
	}
	return w.bytes()
}

func (p *packer) interval(in *Interval) {
	p.count(len(in.Renames))
	for _, r := range in.Renames {
		p.texts(string(r.Kind), r.From, r.To)
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
	for _, section := range [][]byte{p.events(in.Events()), p.sayings(in.Sayings())} {
		p.count(len(section))
		p.numbers = append(p.numbers, section...)
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

// whats are the kinds of changes, by their numbers in packed events.
func whats() []change.Kind {
	return []change.Kind{change.Added, change.Removed, change.Changed, change.Renamed, change.Moved}
}

// heading is what a packed event or saying begins with: the number of its subject's kind,
// and of what happened.
type heading byte

func headingOf(about Kind, what change.Kind) heading {
	return heading(slices.Index(Kinds(), about)<<4 | max(0, slices.Index(whats(), what)))
}

func (h heading) about() int { return int(h >> 4) }
func (h heading) what() int  { return int(h & 0xf) }

// known is false for what no packer writes.
func (h heading) known() bool { return h.about() < len(Kinds()) && h.what() < len(whats()) }

func (p *packer) events(events iter.Seq[Event]) []byte {
	var packed []byte
	for e := range events {
		packed = p.part(packed, headingOf(e.About, e.Kind), func() {
			p.texts(e.Change.Subject, string(e.Reason), e.Title, e.Place, e.Field)
			p.value(e.From)
			p.value(e.To)
		})
	}
	return packed
}

func (p *packer) sayings(sayings iter.Seq[Saying]) []byte {
	var packed []byte
	for s := range sayings {
		packed = p.part(packed, headingOf(s.Kind, ""), func() {
			p.texts(s.ID)
			p.count(len(s.Facts))
			for _, f := range s.Facts {
				p.texts(f.Key)
				p.count(len(f.Values))
				p.texts(f.Values...)
			}
		})
	}
	return packed
}

// part appends what write packs, behind its heading and length.
func (p *packer) part(packed []byte, h heading, write func()) []byte {
	before := p.numbers
	p.numbers = p.scratch[:0]
	write()
	packed = append(binary.AppendUvarint(append(packed, byte(h)), uint64(len(p.numbers))), p.numbers...)
	p.scratch, p.numbers = p.numbers, before
	return packed
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
	in.Renames = list(r, func() Rename { return Rename{Kind(r.text()), r.text(), r.text()} })
	for _, n := range counts(&in) {
		*n = int(r.number())
	}
	in.Problems = list(r, func() problem.Problem {
		return problem.Problem{Path: r.text(), What: r.text(), Hint: r.text(), Line: int(r.number()), Column: int(r.number())}
	})
	in.told = account{r.table, r.section(), r.section()}
	return in
}

// section is a length in bytes and so many.
func (r *unpacker) section() []byte {
	n := r.length()
	section := r.rest[:n:n]
	r.rest = r.rest[n:]
	return section
}

// parts are the packed events or sayings in a section, each with a reader of the rest of
// it. It ends where no packer wrote what is there.
func (a account) parts(section []byte) iter.Seq2[heading, *unpacker] {
	return func(yield func(heading, *unpacker) bool) {
		all := unpacker{rest: section, table: a.table}
		one := unpacker{table: a.table}
		for len(all.rest) > 0 {
			h := heading(all.rest[0])
			all.rest = all.rest[1:]
			one.rest = all.section()
			if all.bad || !h.known() || !yield(h, &one) || one.bad {
				return
			}
		}
	}
}

// Events are what happened, by kind, in the order of the log.
func (in Interval) Events() iter.Seq[Event] {
	return in.events(func(Kind, change.Kind) bool { return true })
}

// comings are the events by which subjects came or went.
func (in Interval) comings() iter.Seq[Event] {
	return in.events(func(_ Kind, what change.Kind) bool { return what == change.Added || what == change.Removed })
}

// events are those that are wanted.
func (in Interval) events(wanted func(about Kind, what change.Kind) bool) iter.Seq[Event] {
	kinds, whats := Kinds(), whats()
	return func(yield func(Event) bool) {
		for h, r := range in.told.parts(in.told.events) {
			e := Event{About: kinds[h.about()], At: in.At}
			if e.Kind = whats[h.what()]; wanted(e.About, e.Kind) && !(r.event(&e) && yield(e)) {
				return
			}
		}
	}
}

func (r *unpacker) event(e *Event) bool {
	e.Change.Subject, e.Reason = r.text(), change.Reason(r.text())
	e.Title, e.Place, e.Field = r.text(), r.text(), r.text()
	e.From, e.To = r.value(), r.value()
	return !r.bad
}

// Sayings are what of its facts each subject says newly or otherwise. They belong to the
// caller.
func (in Interval) Sayings() iter.Seq[Saying] {
	return in.sayings(func(Kind, string) bool { return true })
}

// sayings are those with the facts that are wanted, of the kinds of which any are: that
// is asked with no fact.
func (in Interval) sayings(wanted func(kind Kind, fact string) bool) iter.Seq[Saying] {
	kinds := Kinds()
	return func(yield func(Saying) bool) {
		var facts slab[change.Fact]
		var values slab[string]
		for h, r := range in.told.parts(in.told.sayings) {
			if !wanted(kinds[h.about()], "") {
				continue
			}
			s := Saying{Subject: Subject{kinds[h.about()], r.text()}}
			said := facts.take(r.length())
			for range cap(said) {
				if key := r.text(); wanted(s.Kind, key) {
					said = append(said, change.Fact{Key: key, Values: values.list(r, r.text)})
				} else {
					r.skip(r.length())
				}
			}
			if len(said) > 0 {
				s.Facts = said
			}
			if r.bad || !yield(s) {
				return
			}
		}
	}
}

// subjects are those of which an interval tells anything, as they are called behind it;
// some more than once.
func (in Interval) subjects() iter.Seq[Subject] {
	kinds := Kinds()
	return func(yield func(Subject) bool) {
		for _, section := range [][]byte{in.told.events, in.told.sayings} {
			for h, r := range in.told.parts(section) {
				if id := r.text(); r.bad || !yield(Subject{kinds[h.about()], id}) {
					return
				}
			}
		}
		for _, r := range in.Renames {
			if !yield(Subject{r.Kind, cmp.Or(r.To, r.From)}) {
				return
			}
		}
	}
}

// packer gathers numbers, and the texts that they speak of.
type packer struct {
	places           map[string]uint64
	table            []string
	numbers, scratch []byte
}

func newPacker() *packer { return &packer{places: map[string]uint64{}} }

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
	rest  []byte
	table []string
	bad   bool
}

func unpack(content []byte) unpacker {
	r := unpacker{rest: content}
	r.table = make([]string, r.length())
	lengths := r // read twice: how long all texts are, then each
	total := 0
	for range r.table {
		total += r.length()
	}
	if r.bad || total > len(r.rest) {
		return unpacker{bad: true}
	}
	texts := string(r.rest[:total])
	r.rest = r.rest[total:]
	for i := range r.table {
		n := lengths.length()
		r.table[i], texts = texts[:n], texts[n:]
	}
	return r
}

func (r *unpacker) number() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 && !r.bad { // as most are
		n := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return n
	}
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || r.bad {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// skip passes over n numbers.
func (r *unpacker) skip(n int) {
	for range n {
		r.number()
	}
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

// take gives an empty list with room for n elements.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, 256))
	}
	all := s.free[:0:n]
	s.free = s.free[n:]
	return all
}

// list is like the function.
func (s *slab[T]) list(r *unpacker, element func() T) []T {
	n := r.length()
	if n == 0 {
		return nil
	}
	all := s.take(n)
	for range n {
		all = append(all, element())
	}
	return all
}
