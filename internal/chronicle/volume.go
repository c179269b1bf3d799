package chronicle

import (
	"github.com/archsync/archsync/internal/synclog"
)

// volume is the texts of neighbouring positions of a timeline. It has few pointers, as
// there are hundreds of thousands of lines in ten years.
type volume struct {
	abouts []Text   // what lines are about: each once, without field and line
	fields []string // of lines, each once
	lines  []byte   // all of them, each with a line end
	lived  []lived
}

// lived is a line that stood at the positions from first to last. Its text is in the
// volume's lines from the end of the one before it.
type lived struct {
	about, field int32
	end          int32
	first, last  int32
}

// at tells whether the line stood at a position.
func (l lived) at(position int32) bool { return l.first <= position && position <= l.last }

// in tells whether the line stood at a position of a span.
func (l lived) in(s span) bool { return int(l.last) >= s.from && int(l.first) < s.to }

// begin is where the line of a number begins.
func (v *volume) begin(i int) int {
	if i == 0 {
		return 0
	}
	return int(v.lived[i-1].end)
}

// line is the line of a number.
func (v *volume) line(i int) string { return string(v.lines[v.begin(i) : v.lived[i].end-1]) }

// text is the text of a number.
func (v *volume) text(i int) Text {
	t := v.abouts[v.lived[i].about]
	t.Field, t.Line = v.fields[v.lived[i].field], v.line(i)
	return t
}

// binder makes a volume of the logs at its positions, in their order.
type binder struct {
	abouts table[Text]
	fields table[string]
	lines  []string
	length int // of all lines, each with a line end
	lived  []lived
	newest map[lineOf]int32 // the number of the last time that a line lived
	pages  map[string]bound // by path: those of the position before
}

// lineOf is a line as a key.
type lineOf struct {
	about, field int32
	line         string
}

// bound is a page that was split.
type bound struct {
	same    any
	numbers []int32 // of its lines
}

func newBinder() *binder {
	return &binder{newest: map[lineOf]int32{}}
}

// put adds the log at a position. Only the pages in which it differs from the one
// before it are split.
func (b *binder) put(l *synclog.Log, at int) {
	pages := map[string]bound{}
	for _, p := range pagesOf(l) {
		known, ok := b.pages[p.path]
		if !ok || known.same != p.same {
			known = bound{same: p.same}
			p.split(&writer{give: func(about *Text, field, line string) {
				known.numbers = append(known.numbers, b.write(about, field, line, at))
			}})
		}
		for _, n := range known.numbers {
			b.lived[n].last = int32(at)
		}
		pages[p.path] = known
	}
	b.pages = pages
}

// add puts in what another volume holds of a position.
func (b *binder) add(v volume, at int) {
	for i, l := range v.lived {
		b.lived[b.write(&v.abouts[l.about], v.fields[l.field], v.line(i), at)].last = int32(at)
	}
	b.pages = nil
}

// write gives the number of a line that stands at a position: a new one where it did
// not stand at the position before. Minutes are no longer there than their sync.
func (b *binder) write(about *Text, field, line string, at int) int32 {
	key, next := lineOf{b.abouts.number(about), b.fields.number(&field), line}, int32(len(b.lived))
	if about.Kind != Minutes {
		if n, known := b.newest[key]; known && int(b.lived[n].last) >= at-1 {
			return n
		}
		b.newest[key] = next
	}
	b.lines = append(b.lines, line)
	b.length += len(line) + 1
	b.lived = append(b.lived, lived{key.about, key.field, int32(b.length), int32(at), int32(at)})
	return next
}

func (b *binder) volume() volume {
	lines := make([]byte, 0, b.length)
	for _, line := range b.lines {
		lines = append(append(lines, line...), '\n')
	}
	return volume{b.abouts.all, b.fields.all, lines, b.lived}
}

// table is values, each once, with their places.
type table[T comparable] struct {
	all     []T
	numbers map[T]int32
	last    int32 // the place that was asked for before, which mostly is asked for again
}

// number gives the place of a value, which is added where it is new.
func (t *table[T]) number(value *T) int32 {
	if len(t.all) > 0 && t.all[t.last] == *value {
		return t.last
	}
	n, known := t.numbers[*value]
	if !known {
		if t.numbers == nil {
			t.numbers = map[T]int32{}
		}
		n = int32(len(t.all))
		t.numbers[*value] = n
		t.all = append(t.all, *value)
	}
	t.last = n
	return n
}
