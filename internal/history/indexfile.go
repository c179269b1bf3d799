package history

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	hashes "hash"
	"io"
	"io/fs"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// The format is gitformat-index(5). In a large repository the index has millions of
// bytes of which a commit to the log changes some hundred, so it is never in memory
// whole: it is read from front to back, what changes is noted as splices, and these are
// put in while it is copied. Nothing about other entries is lost: assume-valid and
// skip-worktree bits, the stages of a conflict, intent to add.

const (
	indexHeader  = 12
	entryFixed   = 62 // bytes of an entry before its name
	flagExtended = 0x4000
	flagStage    = 0x3000
	flagValid    = 0x8000
	flagName     = 0x0fff
	bitIntent    = 0x2000 // in the extended flags
	bitSkip      = 0x4000 // in the extended flags: skip-worktree

	offMtime = 8
	offDev   = 16
	offMode  = 24
	offUID   = 28
	offSize  = 36
	offID    = 40
	offFlags = 60
)

// errIndexKind says that only git itself can write an index of this kind.
var errIndexKind = errors.New("an index of this kind is left to git")

// indexEntry is one path of the index: head is everything before the name.
type indexEntry struct {
	head []byte
	name string
}

// indexStat is what an entry remembers of its file, times and size apart.
type indexStat struct {
	ctimeSec, ctimeNsec uint32
	dev, ino, uid, gid  uint32
}

func (e indexEntry) flags() uint16 { return binary.BigEndian.Uint16(e.head[offFlags:]) }
func (e indexEntry) stage() int    { return int(e.flags()&flagStage) >> 12 }
func (e indexEntry) id() hash      { return hash(e.head[offID : offID+20]) }
func (e indexEntry) mtime() uint32 { return binary.BigEndian.Uint32(e.head[offMtime:]) }

// intended reports whether the entry only says that the file will be added.
func (e indexEntry) intended() bool {
	return e.extended(bitIntent)
}

// skipped reports whether a sparse checkout leaves the file out.
func (e indexEntry) skipped() bool { return e.extended(bitSkip) }

func (e indexEntry) extended(bit uint16) bool {
	return e.flags()&flagExtended != 0 && binary.BigEndian.Uint16(e.head[entryFixed:])&bit != 0
}

// newEntry is an entry that knows nothing about the file on disk.
func newEntry(name string, mode filemode.FileMode, id hash) indexEntry {
	e := indexEntry{make([]byte, entryFixed), name}
	binary.BigEndian.PutUint32(e.head[offMode:], uint32(mode))
	copy(e.head[offID:], id[:])
	binary.BigEndian.PutUint16(e.head[offFlags:], uint16(min(len(name), flagName)))
	return e
}

// pointTo gives the entry another content. What it knew about the file is
// forgotten, so that git looks at the file again.
func (e indexEntry) pointTo(id hash) indexEntry {
	head := bytes.Clone(e.head)
	mode := binary.BigEndian.Uint32(head[offMode:])
	clear(head[:offID])
	binary.BigEndian.PutUint32(head[offMode:], mode)
	copy(head[offID:], id[:])
	binary.BigEndian.PutUint16(head[offFlags:], e.flags()&^flagValid)
	return indexEntry{head, e.name}
}

// remember notes that the file on disk, as info describes it, has the content.
func (e indexEntry) remember(info fs.FileInfo) indexEntry {
	head := bytes.Clone(e.head)
	s, mtime := statOf(info), info.ModTime()
	words := []uint32{s.ctimeSec, s.ctimeNsec, uint32(mtime.Unix()), uint32(mtime.Nanosecond()), s.dev, s.ino}
	for i, w := range words {
		binary.BigEndian.PutUint32(head[4*i:], w)
	}
	binary.BigEndian.PutUint32(head[offUID:], s.uid)
	binary.BigEndian.PutUint32(head[offUID+4:], s.gid)
	binary.BigEndian.PutUint32(head[offSize:], uint32(info.Size()))
	return indexEntry{head, e.name}
}

// indexReader reads the entries of an index of version 2, 3 or 4 one after the other.
type indexReader struct {
	from    *bufio.Reader // all but the checksum
	sum     hashes.Hash   // of what was read
	file    io.ReaderAt
	size    int64 // where the checksum begins
	version uint32
	left    int   // entries to come
	at      int64 // where the next entry begins
	name    []byte
}

// indexBuffer is how much of an index is in memory. No entry may be larger.
const indexBuffer = 256 << 10

func newIndexReader(file io.ReaderAt, size int64) (*indexReader, error) {
	r := &indexReader{sum: sha1.New(), file: file, size: size - sha1.Size, at: indexHeader}
	if r.size < indexHeader {
		return nil, errNoIndex
	}
	r.from = bufio.NewReaderSize(io.TeeReader(io.NewSectionReader(file, 0, r.size), r.sum), indexBuffer)
	var head [indexHeader]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return nil, err
	}
	if string(head[:4]) != "DIRC" {
		return nil, errNoIndex
	}
	r.version, r.left = binary.BigEndian.Uint32(head[4:]), int(binary.BigEndian.Uint32(head[8:]))
	if r.version < 2 || r.version > 4 {
		return nil, fmt.Errorf("version %d: %w", r.version, errIndexKind)
	}
	return r, nil
}

var (
	errNoIndex      = errors.New("it is not an index")
	errIndexDamaged = errors.New("it is damaged")
)

// storedEntry is an entry as it lies in the file from at to end. Its bytes are those of
// the reader and hold until the next one is read.
type storedEntry struct {
	at, end    int64
	head, name []byte
}

// entry is the stored entry with bytes of its own.
func (e storedEntry) entry() indexEntry { return indexEntry{bytes.Clone(e.head), string(e.name)} }

// next is the next entry; io.EOF after the last one.
func (r *indexReader) next() (storedEntry, error) {
	if r.left == 0 {
		return storedEntry{}, io.EOF
	}
	for want := 2 * entryFixed; ; want *= 2 {
		b, err := r.from.Peek(max(want, r.from.Buffered()))
		if err != nil && err != io.EOF {
			return storedEntry{}, errors.Join(errIndexDamaged, err)
		}
		e, whole, damaged := r.parse(b)
		if whole {
			r.left--
			r.at = e.end
			_, err := r.from.Discard(int(e.end - e.at))
			return e, err
		}
		if damaged || err == io.EOF {
			return storedEntry{}, errIndexDamaged
		}
	}
}

// parse reads an entry from the bytes that begin with it, if it is whole in them.
func (r *indexReader) parse(b []byte) (e storedEntry, whole, damaged bool) {
	size := entryFixed
	if len(b) > size && binary.BigEndian.Uint16(b[offFlags:])&flagExtended != 0 {
		size += 2
	}
	if len(b) <= size {
		return e, false, false
	}
	at, keep := size, 0
	if r.version == 4 {
		strip, n := prefixLength(b[size:])
		if n == 0 || strip > len(r.name) {
			return e, false, len(b) > size+4
		}
		at, keep = size+n, len(r.name)-strip
	}
	end := bytes.IndexByte(b[at:], 0)
	used := at + end + 1
	if r.version < 4 {
		used = padded(at + end)
	}
	if end < 0 || used > len(b) {
		return e, false, false
	}
	e = storedEntry{at: r.at, end: r.at + int64(used), head: b[:size:size], name: b[at : at+end]}
	if r.version == 4 {
		r.name = append(r.name[:keep], e.name...)
		e.name = r.name
	}
	return e, true, false
}

// rest gives what stands behind the entries, and checks the sum of it all.
func (r *indexReader) rest() ([]byte, error) {
	extensions, err := io.ReadAll(r.from)
	if err != nil {
		return nil, err
	}
	var want [sha1.Size]byte
	if _, err := r.file.ReadAt(want[:], r.size); err != nil && err != io.EOF {
		return nil, err
	}
	if want != [sha1.Size]byte{} && !bytes.Equal(want[:], r.sum.Sum(nil)) {
		return nil, errors.New("its checksum is wrong")
	}
	return extensions, nil
}

// padded is the size of an entry of n bytes with the one to eight zeros after it.
func padded(n int) int { return n + 8 - n%8 }

// prefixLength reads the number that version 4 puts before a name: how many bytes
// of the name before it to drop (the offset encoding of packs).
func prefixLength(b []byte) (value, n int) {
	for n < len(b) && n < 4 {
		c := b[n]
		if n > 0 {
			value++
		}
		value = value<<7 | int(c&0x7f)
		n++
		if c&0x80 == 0 {
			return value, n
		}
	}
	return 0, 0
}

func appendPrefixLength(b []byte, value int) []byte {
	digits := []byte{byte(value & 0x7f)}
	for value >>= 7; value > 0; value >>= 7 {
		value--
		digits = append(digits, 0x80|byte(value&0x7f))
	}
	slices.Reverse(digits)
	return append(b, digits...)
}

// append puts the entry into an index of a version, behind the entry with another name.
func (e indexEntry) append(b []byte, version uint32, previous string) []byte {
	start := len(b)
	b = append(b, e.head...)
	if version == 4 {
		same := commonPrefix(previous, e.name)
		b = appendPrefixLength(b, len(previous)-same)
		return append(append(b, e.name[same:]...), 0)
	}
	b = append(b, e.name...)
	return append(b, make([]byte, padded(len(b)-start)-(len(b)-start))...)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// splice puts other bytes in the place of those of the file from at to end.
type splice struct {
	at, end int64
	with    []byte
}

// indexEdit is what a commit to the log makes of an index.
type indexEdit struct {
	version uint32
	count   int   // entries in the end
	body    int64 // where the entries end in the file
	splices []splice
	tail    []byte // the extensions that hold in the end
}

// indexEditor goes through an index and notes where it changes.
type indexEditor struct {
	indexEdit
	touches  []touch                  // those that lie ahead, by path
	known    func(touch) fs.FileInfo  // a file on disk that has a touch's new content; may be nil
	distrust func(e storedEntry) bool // git has to look at the file again
	group    []indexEntry             // those of the first touch's path: several in a conflict
	at       int64                    // where the group begins
	read     []byte                   // the name of the last entry of the file,
	wrote    []byte                   // and of the last one of what it becomes
	changed  []string                 // paths with other content
	renamed  bool                     // paths came or went
}

// edit reads the whole index and tells what following the touches makes of it.
func (r *indexReader) edit(touches []touch, known func(touch) fs.FileInfo, distrust func(storedEntry) bool) (indexEdit, error) {
	touches = slices.SortedStableFunc(slices.Values(touches), func(a, b touch) int { return cmp.Compare(a.path, b.path) })
	x := &indexEditor{indexEdit: indexEdit{version: r.version, count: r.left}, touches: touches, known: known, distrust: distrust}
	for {
		e, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return x.indexEdit, err
		}
		x.pass(e)
	}
	for len(x.touches) > 0 {
		x.settle(r.at)
	}
	extensions, err := r.rest()
	if err == nil {
		x.body = r.at
		x.tail, err = x.extensions(extensions)
	}
	return x.indexEdit, err
}

// pass goes over one entry of the file.
func (x *indexEditor) pass(e storedEntry) {
	for len(x.touches) > 0 && x.touches[0].path < string(e.name) {
		x.settle(e.at)
	}
	unsure := x.distrust(e)
	switch {
	case len(x.touches) > 0 && x.touches[0].path == string(e.name):
		if len(x.group) == 0 {
			x.at = e.at
		}
		x.group = append(x.group, e.entry().distrusted(unsure))
		return
	case x.version == 4 && !bytes.Equal(x.read, x.wrote): // names are told by the one before
		x.put(e.at, e.end, e.entry().distrusted(unsure))
	case unsure:
		x.splices = append(x.splices, splice{e.at + offSize, e.at + offSize + 4, make([]byte, 4)})
	}
	x.read, x.wrote = append(x.read[:0], e.name...), append(x.wrote[:0], e.name...)
}

// settle follows the touches of the first path; its entries end here.
func (x *indexEditor) settle(end int64) {
	name, next, from := x.touches[0].path, x.group, end
	if len(x.group) > 0 {
		from = x.at
		x.read = append(x.read[:0], name...)
	}
	for len(x.touches) > 0 && x.touches[0].path == name {
		next = follow(next, x.touches[0], x.known)
		x.touches = x.touches[1:]
	}
	if !slices.EqualFunc(x.group, next, indexEntry.stands) {
		x.changed = append(x.changed, name)
		x.renamed = x.renamed || len(next) != len(x.group) || next[0].intended() != x.group[0].intended()
	}
	x.put(from, end, next...)
	x.count += len(next) - len(x.group)
	x.group = nil
}

// stands reports whether both entries give the same content of a path to a commit.
func (e indexEntry) stands(other indexEntry) bool {
	return e.id() == other.id() && e.stage() == other.stage() && e.intended() == other.intended()
}

// put has entries in the place of what stands in the file from at to end.
func (x *indexEditor) put(at, end int64, entries ...indexEntry) {
	s := splice{at: at, end: end}
	for _, e := range entries {
		s.with = e.append(s.with, x.version, string(x.wrote))
		x.wrote = append(x.wrote[:0], e.name...)
	}
	x.splices = append(x.splices, s)
}

// follow brings the entries of one path from the old HEAD to the new one, if they
// still are what the old HEAD had; else the user staged something, which stays.
func follow(group []indexEntry, t touch, known func(touch) fs.FileInfo) []indexEntry {
	var e indexEntry
	switch {
	case len(group) > 1 || len(group) == 1 && group[0].stage() != 0:
		return group // a conflict
	case len(group) == 0 && !t.old.IsZero() && !t.new.IsZero():
		return group // the user staged its removal
	case len(group) == 0:
		e = newEntry(t.path, t.mode, t.new)
	case group[0].intended():
		if !t.old.IsZero() || t.new.IsZero() {
			return group
		}
		e = newEntry(t.path, t.mode, t.new) // the intended addition has come
	case group[0].id() == t.new:
		e = group[0]
	case group[0].id() == t.old:
		e = group[0].pointTo(t.new)
	default:
		return group // staged by the user
	}
	if t.new.IsZero() {
		return nil
	}
	if info := known(t); info != nil {
		e = e.remember(info)
	}
	return []indexEntry{e}
}

// distrusted is the entry with a size that makes git look at the file again, if unsure.
func (e indexEntry) distrusted(unsure bool) indexEntry {
	if unsure {
		binary.BigEndian.PutUint32(e.head[offSize:], 0)
	}
	return e
}

// extensions gives those that hold for the new entries: what was resolved in conflicts,
// the cached trees of folders that stay as they are, and, while no path comes or goes,
// what is known of untracked files. The others describe entries by position; they are
// optional, and git makes them again.
func (x *indexEditor) extensions(b []byte) (kept []byte, err error) {
	for len(b) >= 8 {
		name, size := string(b[:4]), int(binary.BigEndian.Uint32(b[4:]))
		if size < 0 || size > len(b)-8 {
			return nil, errIndexDamaged
		}
		if name[0] < 'A' || name[0] > 'Z' {
			return nil, fmt.Errorf("extension %q: %w", name, errIndexKind)
		}
		content := b[8 : 8+size]
		switch {
		case name == "REUC", name == "UNTR" && !x.renamed:
			kept = append(kept, b[:8+size]...)
		case name == "TREE":
			if trees, ok := forgetTrees(content, x.changed); ok {
				kept = binary.BigEndian.AppendUint32(append(kept, name...), uint32(len(trees)))
				kept = append(kept, trees...)
			}
		}
		b = b[8+size:]
	}
	return kept, nil
}

// write writes the index that the edit makes of the old one.
func (x indexEdit) write(w io.Writer, old io.ReaderAt) error {
	sum := sha1.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), indexBuffer)
	head := binary.BigEndian.AppendUint32([]byte("DIRC"), x.version)
	if _, err := out.Write(binary.BigEndian.AppendUint32(head, uint32(x.count))); err != nil {
		return err
	}
	at := int64(indexHeader)
	for _, s := range append(x.splices, splice{at: x.body, end: x.body, with: x.tail}) {
		if _, err := io.Copy(out, io.NewSectionReader(old, at, s.at-at)); err != nil {
			return err
		}
		if _, err := out.Write(s.with); err != nil {
			return err
		}
		at = s.end
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}
