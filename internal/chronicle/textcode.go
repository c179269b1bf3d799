package chronicle

import (
	"encoding/binary"
	"errors"
)

// A remembered step is a list of texts that came, one of the numbers of texts that
// went, and one of texts that were said at other syncs. Numbers are unsigned varints
// ([binary.AppendUvarint]); a list begins with its length. A text is its seven fields
// in their order; a field is its length plus one and its bytes, or 0 where it equals
// that of the text before. Numbers of gone texts are the distances from one to the
// next.

// fields of a text in the order in which they are written.
func (t *Text) fields() [7]*string {
	kind := (*string)(&t.Kind)
	return [7]*string{kind, &t.ID, &t.Group, &t.Status, &t.Path, &t.Field, &t.Line}
}

func (s textStep) encode() []byte {
	out := appendTexts(nil, s.came)
	out = binary.AppendUvarint(out, uint64(len(s.gone)))
	before := 0
	for _, n := range s.gone {
		out = binary.AppendUvarint(out, uint64(n-before))
		before = n
	}
	return appendTexts(out, s.said)
}

func appendTexts(out []byte, texts []Text) []byte {
	out = binary.AppendUvarint(out, uint64(len(texts)))
	var before Text
	for _, t := range texts {
		last := before.fields()
		for i, field := range t.fields() {
			if *field == *last[i] {
				out = append(out, 0)
				continue
			}
			out = binary.AppendUvarint(out, uint64(len(*field))+1)
			out = append(out, *field...)
		}
		before = t
	}
	return out
}

// textReader reads what [textStep.encode] wrote. The strings are parts of one.
type textReader struct {
	rest string
	err  error
}

func decodeTextStep(entry []byte) (textStep, bool) {
	r := textReader{rest: string(entry)}
	s := textStep{came: r.texts()}
	s.gone = make([]int, r.count(1))
	number := 0
	for i := range s.gone {
		number += int(r.number() & (1<<31 - 1))
		s.gone[i] = number
	}
	s.said = r.texts()
	return s, r.err == nil && r.rest == ""
}

func (r *textReader) fail() {
	r.rest, r.err = "", errors.New("this is no step")
}

func (r *textReader) number() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.fail()
	return 0
}

// count is the length of a list of which each element takes at least size bytes.
func (r *textReader) count(size int) int {
	n := r.number()
	if n > uint64(len(r.rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *textReader) texts() []Text {
	texts := make([]Text, r.count(len(new(Text).fields())))
	var t Text
	for i := range texts {
		for _, field := range t.fields() {
			if n := r.number(); n > uint64(len(r.rest))+1 {
				r.fail()
			} else if n > 0 {
				*field, r.rest = r.rest[:n-1], r.rest[n-1:]
			}
		}
		texts[i] = t
	}
	return texts
}
