package chronicle

import "encoding/binary"

// A remembered volume is the length of its lines and the lines, each with a line end,
// and then what a [packer] wrote: the abouts, each of six texts, and the lines that
// lived, each of four numbers: its about, its length with the line end, the position at
// which it came, from the first of the span, and for how many more it stood.

// encode writes what stood at the positions of a span.
func (v *volume) encode(s span) []byte {
	p := packer{places: make(map[string]uint64, len(v.abouts))}
	p.count(len(v.abouts))
	for _, t := range v.abouts {
		p.texts(string(t.Kind), t.ID, t.Group, t.Status, t.Path, t.Field)
	}
	stood, length := 0, 0
	for i, l := range v.lived {
		if l.in(s) {
			stood++
			length += len(v.line(i)) + 1
		}
	}
	out := binary.AppendUvarint(make([]byte, 0, length+16*len(v.abouts)+6*stood), uint64(length))
	p.count(stood)
	for i, l := range v.lived {
		if !l.in(s) {
			continue
		}
		line := v.line(i)
		out = append(append(out, line...), '\n')
		first, last := max(int(l.first), s.from), min(int(l.last), s.to-1)
		p.count(int(l.about))
		p.count(len(line) + 1)
		p.count(first - s.from)
		p.count(last - first)
	}
	return append(out, p.bytes()...)
}

// decodeVolume reads the volume of a span; false when that is not what the entry is.
func decodeVolume(entry []byte, s span) (volume, bool) {
	n, size := binary.Uvarint(entry)
	if size <= 0 || n > uint64(len(entry)-size) {
		return volume{}, false
	}
	v := volume{lines: string(entry[size : size+int(n)])}
	r := unpack(entry[size+int(n):])
	v.abouts = list(&r, func() Text {
		return Text{Kind: Kind(r.text()), ID: r.text(), Group: r.text(), Status: r.text(), Path: r.text(), Field: r.text()}
	})
	end, whole := uint64(0), true
	v.lived = list(&r, func() lived {
		about, length, first, more := r.number(), r.number(), r.number(), r.number()
		end += length
		whole = whole && about < uint64(len(v.abouts)) && 0 < length && length <= n && end <= n && v.lines[end-1] == '\n' &&
			first < uint64(s.to) && more < uint64(s.to) && first+more < uint64(s.to-s.from)
		if !whole {
			return lived{}
		}
		return lived{int32(about), int32(end), int32(s.from) + int32(first), int32(s.from) + int32(first+more)}
	})
	return v, whole && end == n && !r.bad && len(r.rest) == 0
}
