package chronicle

import "encoding/binary"

// A remembered volume is the length of its lines and the lines, each with a line end,
// and then what a [packer] wrote: the abouts, each of five texts, the fields, and the
// lines that lived, each of five numbers: its about, its field, its length with the line
// end, the position at which it came, from the first of the span, and for how many more
// it stood.

// encode writes what stood at the positions of a span.
func (v *volume) encode(s span) []byte {
	p := packer{places: make(map[string]uint64, len(v.abouts))}
	p.count(len(v.abouts))
	for _, t := range v.abouts {
		p.texts(string(t.Kind), t.ID, t.Group, t.Status, t.Path)
	}
	p.count(len(v.fields))
	p.texts(v.fields...)
	stood, length := v.stood(s)
	out := binary.AppendUvarint(make([]byte, 0, length+32*len(v.abouts)+6*stood), uint64(length))
	p.count(stood)
	for i, l := range v.lived {
		if !l.in(s) {
			continue
		}
		line := v.lines[v.begin(i):l.end]
		out = append(out, line...)
		first, last := max(int(l.first), s.from), min(int(l.last), s.to-1)
		for _, n := range []int{int(l.about), int(l.field), len(line), first - s.from, last - first} {
			p.count(n)
		}
	}
	return append(out, p.bytes()...)
}

// stood is how many lines stood at a position of a span, and their length.
func (v *volume) stood(s span) (lines, length int) {
	for i, l := range v.lived {
		if l.in(s) {
			lines++
			length += int(l.end) - v.begin(i)
		}
	}
	return lines, length
}

// decodeVolume reads the volume of a span, which holds on to the entry; false when that
// is not what the entry is.
func decodeVolume(entry []byte, s span) (volume, bool) {
	n, size := binary.Uvarint(entry)
	if size <= 0 || n > uint64(len(entry)-size) {
		return volume{}, false
	}
	v := volume{lines: entry[size : size+int(n)]}
	r := unpack(entry[size+int(n):])
	v.abouts = list(&r, func() Text {
		return Text{Kind: Kind(r.text()), ID: r.text(), Group: r.text(), Status: r.text(), Path: r.text()}
	})
	v.fields = list(&r, r.text)
	end, whole := uint64(0), true
	v.lived = list(&r, func() lived {
		about, field, length, first, more := r.number(), r.number(), r.number(), r.number(), r.number()
		end += length
		whole = whole && about < uint64(len(v.abouts)) && field < uint64(len(v.fields)) &&
			0 < length && length <= n && end <= n && v.lines[end-1] == '\n' &&
			first < uint64(s.to) && more < uint64(s.to) && first+more < uint64(s.to-s.from)
		if !whole {
			return lived{}
		}
		from := uint64(s.from)
		return lived{int32(about), int32(field), int32(end), int32(from + first), int32(from + first + more)}
	})
	return v, whole && end == n && !r.bad && len(r.rest) == 0
}
