package history

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// The format is gitformat-pack(5).

const (
	packHeader   = 12
	packLevel    = zlib.DefaultCompression
	maxDeltas    = 24 // in a row: a longer chain is smaller and slower to read
	minDelta     = 64 // bytes below which a delta saves nothing
	packBuffer   = 1 << 20
	maxPackDelta = 4 << 20 // bytes above which a delta costs too much memory
)

// pack writes objects to one new pack, in the order in which they come. An object
// whose older version is known is stored as the difference from it; go-git's
// encoder would search for such pairs, and parse the pack once more to index it.
type pack struct {
	dir     string // objects/pack
	file    *os.File
	out     *packOutput
	deflate *zlib.Writer

	order []packed
	at    map[hash]int    // position in order
	live  map[hash][]byte // contents that may be the base of a delta
}

// packed is one object of a pack.
type packed struct {
	id     hash
	offset int64
	crc    uint32
	deltas int // how many differences lead to it
}

// packOutput counts the bytes of a pack and sums them up as its index wants it.
type packOutput struct {
	w   *bufio.Writer
	n   int64
	crc uint32 // of the bytes since it was last set to zero
}

func (o *packOutput) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.n += int64(n)
	o.crc = crc32.Update(o.crc, crc32.IEEETable, b[:n])
	return n, err
}

// newPack starts a pack in a temporary file, named as git names its own, so that
// git gc removes what a killed process left.
func newPack(common string) (*pack, error) {
	dir := filepath.Join(common, "objects", "pack")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, "tmp_pack_*")
	if err != nil {
		return nil, err
	}
	p := &pack{dir: dir, file: file, out: &packOutput{w: bufio.NewWriterSize(file, packBuffer)}, at: map[hash]int{}, live: map[hash][]byte{}}
	p.deflate, _ = zlib.NewWriterLevel(io.Discard, packLevel) // the level is valid
	_, err = p.out.Write(make([]byte, packHeader))            // filled in at the end
	return p, err
}

// put adds an object, unless the pack has it, and gives its name.
func (p *pack) put(kind plumbing.ObjectType, content []byte, base hash) (hash, error) {
	id := objectID(kind, content)
	if _, ok := p.at[id]; ok {
		return id, nil
	}
	entry := packed{id: id, offset: p.out.n}
	p.out.crc = 0
	head, body := objectHead(kind, len(content)), content
	if delta, deltas := p.delta(content, base); delta != nil {
		head = appendPrefixLength(objectHead(plumbing.OFSDeltaObject, len(delta)), int(entry.offset-p.order[p.at[base]].offset))
		body, entry.deltas = delta, deltas
	}
	if err := p.write(head, body); err != nil {
		return id, fmt.Errorf("write a pack: %w", err)
	}
	entry.crc = p.out.crc
	p.at[id] = len(p.order)
	p.order = append(p.order, entry)
	delete(p.live, base)
	if kind != plumbing.CommitObject && kind != plumbing.TagObject {
		p.live[id] = content
	}
	return id, nil
}

// delta is the difference from base, if that is known, its chain not too long, and
// the difference small.
func (p *pack) delta(content []byte, base hash) ([]byte, int) {
	old, ok := p.live[base]
	if !ok || len(content) < minDelta || len(content) > maxPackDelta {
		return nil, 0
	}
	deltas := p.order[p.at[base]].deltas + 1
	if deltas > maxDeltas {
		return nil, 0
	}
	delta := packfile.DiffDelta(old, content)
	if len(delta) > len(content)/2 {
		return nil, 0
	}
	return delta, deltas
}

func (p *pack) write(head, body []byte) error {
	if _, err := p.out.Write(head); err != nil {
		return err
	}
	p.deflate.Reset(p.out)
	if _, err := p.deflate.Write(body); err != nil {
		return err
	}
	return p.deflate.Close()
}

// objectHead is an object's kind and size: four bits of size in the first byte,
// seven in each that follows, the lowest first.
func objectHead(kind plumbing.ObjectType, size int) []byte {
	b := []byte{byte(kind)<<4 | byte(size&0x0f)}
	for size >>= 4; size > 0; size >>= 7 {
		b[len(b)-1] |= 0x80
		b = append(b, byte(size&0x7f))
	}
	return b
}

// install finishes the pack, makes its index and puts both where git finds them.
func (p *pack) install() error {
	sum, err := p.finish()
	if err != nil {
		return fmt.Errorf("finish a pack: %w", err)
	}
	idx, err := p.index(sum)
	if err != nil {
		return fmt.Errorf("index a pack: %w", err)
	}
	temp, err := writeTemp(p.dir, "tmp_idx_*", idx)
	if err != nil {
		return err
	}
	name := filepath.Join(p.dir, "pack-"+sum.String())
	// The index last: a pack without one is not looked at.
	err = errors.Join(renameFile(p.file.Name(), name+".pack"), renameFile(temp, name+".idx"))
	if err != nil {
		os.Remove(temp)
	}
	return err
}

// finish writes the number of objects, which was not known before, and the sum of
// everything, and closes the file.
func (p *pack) finish() (hash, error) {
	if err := p.out.w.Flush(); err != nil {
		return hash{}, err
	}
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(p.order)))
	if _, err := p.file.WriteAt(head, 0); err != nil {
		return hash{}, err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return hash{}, err
	}
	h := sha1.New()
	if _, err := io.Copy(h, p.file); err != nil {
		return hash{}, err
	}
	sum := hash(h.Sum(nil))
	_, err := p.file.Write(sum[:])
	return sum, errors.Join(err, p.file.Chmod(0o444), p.file.Sync(), p.file.Close())
}

func (p *pack) index(sum hash) ([]byte, error) {
	var w idxfile.Writer
	if err := w.OnHeader(uint32(len(p.order))); err != nil {
		return nil, err
	}
	for _, o := range p.order {
		w.Add(o.id, uint64(o.offset), o.crc)
	}
	if err := w.OnFooter(sum); err != nil {
		return nil, err
	}
	idx, err := w.Index()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = idxfile.NewEncoder(&b).Encode(idx)
	return b.Bytes(), err
}

// discard removes what was not installed. After install it does nothing.
func (p *pack) discard() {
	p.file.Close()
	os.Remove(p.file.Name())
}

// writeTemp writes a read-only temporary file and brings it to the disk.
func writeTemp(dir, pattern string, content []byte) (string, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(0o444), f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}
