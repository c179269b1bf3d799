package history

import (
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

const (
	maxChain      = 10_000   // differences that may lead to one object; git makes at most 4095
	maxKept       = 24 << 20 // bytes of objects that are kept for those that differ from them
	maxKeptObject = 1 << 20  // and of each
)

// packReader is one pack with its index. Both files are opened when the pack is asked
// first.
type packReader struct {
	name string // of the index
	kept *keptObjects

	once  sync.Once
	index *packIndex
	pages *pages
	err   error
}

func (p *packReader) open() error {
	p.once.Do(func() {
		if p.index, p.err = openPackIndex(p.name); p.err != nil {
			return
		}
		var file *os.File
		if file, p.err = os.Open(strings.TrimSuffix(p.name, ".idx") + ".pack"); p.err == nil {
			p.pages = newPages(file, packPage)
		}
	})
	return p.err
}

// close gives the files back; a reader that still has the pack gets an error.
func (p *packReader) close() error {
	p.once.Do(func() { p.err = os.ErrClosed })
	var errs []error
	if p.index != nil {
		errs = append(errs, p.index.pages.file.Close())
	}
	if p.pages != nil {
		errs = append(errs, p.pages.file.Close())
	}
	return errors.Join(errs...)
}

// offset tells where an object begins; idxNotThere when it is not in the pack.
func (p *packReader) offset(id hash) (int64, error) {
	if err := p.open(); err != nil {
		return idxNotThere, err
	}
	return p.index.offset(id)
}

// packedHead is what stands before an object's bytes.
type packedHead struct {
	kind   plumbing.ObjectType
	size   int64 // of the object, or of the difference
	base   int64 // of a difference: where in the pack the other object begins
	stream *pageReader
}

// head reads what stands at an offset.
func (p *packReader) head(offset int64) (packedHead, error) {
	h := packedHead{stream: p.pages.from(offset)}
	c, err := h.stream.ReadByte()
	if err != nil {
		return h, err
	}
	h.kind, h.size = plumbing.ObjectType(c>>4&7), int64(c&0x0f)
	for shift := 4; c&0x80 != 0; shift += 7 {
		if c, err = h.stream.ReadByte(); err != nil {
			return h, err
		}
		if shift > 56 {
			return h, errPackDamaged
		}
		h.size |= int64(c&0x7f) << shift
	}
	switch h.kind {
	case plumbing.OFSDeltaObject:
		h.base, err = offsetBack(h.stream, offset)
	case plumbing.REFDeltaObject:
		h.base, err = p.baseByName(h.stream)
	}
	return h, err
}

// offsetBack reads how far before an object the one lies that it differs from.
func offsetBack(r io.ByteReader, offset int64) (int64, error) {
	back := int64(-1)
	for {
		c, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		back = (back+1)<<7 | int64(c&0x7f)
		if back > offset || back < 0 {
			return 0, errPackDamaged
		}
		if c&0x80 == 0 {
			return offset - back, nil
		}
	}
}

func (p *packReader) baseByName(r io.Reader) (int64, error) {
	var id hash
	if _, err := io.ReadFull(r, id[:]); err != nil {
		return 0, err
	}
	at, err := p.offset(id)
	if err == nil && at == idxNotThere {
		err = fmt.Errorf("%w: %s is not in it", errPackDamaged, id)
	}
	return at, err
}

func (h packedHead) isDelta() bool {
	return h.kind == plumbing.OFSDeltaObject || h.kind == plumbing.REFDeltaObject
}

// read gives the object that begins at an offset. The caller must not change it.
func (p *packReader) read(offset int64) (plumbing.ObjectType, []byte, error) {
	whole, deltas, err := p.chain(offset)
	if err != nil {
		return plumbing.InvalidObject, nil, err
	}
	for _, d := range slices.Backward(deltas) {
		if n := deltaTarget(d.content); n > MaxFile {
			return plumbing.InvalidObject, nil, fmt.Errorf("%d bytes: %w", n, ErrTooLarge)
		}
		if whole.content, err = packfile.PatchDelta(whole.content, d.content); err != nil {
			return plumbing.InvalidObject, nil, err
		}
		p.keep(d.offset, whole)
	}
	return whole.kind, whole.content, nil
}

// packedDelta is a difference as it is stored.
type packedDelta struct {
	offset  int64
	content []byte
}

// chain follows the differences, the last one first, to the whole object that they
// begin with.
func (p *packReader) chain(offset int64) (keptObject, []packedDelta, error) {
	var deltas []packedDelta
	for len(deltas) < maxChain {
		if whole, ok := p.kept.get(keptPlace{p, offset}); ok {
			return whole, deltas, nil
		}
		h, err := p.head(offset)
		if err == nil && h.size > MaxFile {
			err = fmt.Errorf("%d bytes: %w", h.size, ErrTooLarge)
		}
		if err != nil {
			return keptObject{}, nil, err
		}
		content, err := inflate(h.stream, h.size)
		if err != nil {
			return keptObject{}, nil, err
		}
		if !h.isDelta() {
			whole := keptObject{h.kind, content}
			p.keep(offset, whole)
			return whole, deltas, nil
		}
		deltas = append(deltas, packedDelta{offset, content})
		offset = h.base
	}
	return keptObject{}, nil, errPackDamaged
}

// size is the length in bytes of the object at an offset, for which a difference
// need not be applied.
func (p *packReader) size(offset int64) (int64, error) {
	h, err := p.head(offset)
	if err != nil || !h.isDelta() {
		return h.size, err
	}
	z, err := inflater(h.stream)
	if err != nil {
		return 0, err
	}
	defer inflaters.Put(z)
	b := make([]byte, min(h.size, 20)) // two numbers of at most ten bytes
	if _, err := io.ReadFull(z, b); err != nil {
		return 0, err
	}
	return deltaTarget(b), nil
}

// deltaTarget is the size of what a difference makes: the second of the two numbers
// that it begins with, seven bits in each byte, the lowest first.
func deltaTarget(delta []byte) int64 {
	var n int64
	for range 2 {
		n = 0
		for shift := 0; len(delta) > 0 && shift < 63; shift += 7 {
			c := delta[0]
			delta = delta[1:]
			n |= int64(c&0x7f) << shift
			if c&0x80 == 0 {
				break
			}
		}
	}
	return n
}

// inflaters are zlib readers that are used again: a new one costs more than what it
// reads.
var inflaters sync.Pool

func inflater(r io.Reader) (io.ReadCloser, error) {
	if z, ok := inflaters.Get().(io.ReadCloser); ok {
		return z, z.(zlib.Resetter).Reset(r, nil)
	}
	return zlib.NewReader(r)
}

// inflate reads exactly size bytes and compares their sum.
func inflate(r io.Reader, size int64) ([]byte, error) {
	z, err := inflater(r)
	if err != nil {
		return nil, err
	}
	defer inflaters.Put(z)
	content := make([]byte, size)
	return content, rest(z, content)
}

// rest fills b with what is left of a stream, which must be all of it.
func rest(z io.Reader, b []byte) error {
	if _, err := io.ReadFull(z, b); err != nil {
		return err
	}
	if n, err := z.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return errPackDamaged
	}
	return nil
}

// keptObjects are objects that others are stored as a difference from: a chain is
// walked once and not for each of them.
type keptObjects = kept[keptPlace, keptObject]

type keptPlace struct {
	pack   *packReader
	offset int64
}

type keptObject struct {
	kind    plumbing.ObjectType
	content []byte
}

// keep keeps an object that is not too large.
func (p *packReader) keep(offset int64, o keptObject) {
	if len(o.content) <= maxKeptObject {
		p.kept.put(keptPlace{p, offset}, o, len(o.content))
	}
}
