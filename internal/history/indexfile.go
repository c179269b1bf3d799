package history

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// The format is gitformat-index(5). Entries are kept as they were read, so that
// nothing about the others is lost: assume-valid and skip-worktree bits, the
// stages of a conflict, intent to add.

const (
	indexHeader  = 12
	entryFixed   = 62 // bytes of an entry before its name
	flagExtended = 0x4000
	flagStage    = 0x3000
	flagValid    = 0x8000
	flagName     = 0x0fff
	bitIntent    = 0x2000 // in the extended flags

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

// index is git's staging area.
type index struct {
	version uint32
	entries []indexEntry
	undo    []byte // the REUC extension with its header: what conflicts were resolved
}

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
	return e.flags()&flagExtended != 0 && binary.BigEndian.Uint16(e.head[entryFixed:])&bitIntent != 0
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

// parseIndex reads an index of version 2, 3 or 4. Split and sparse ones, and those
// with another extension that must be understood, are an errIndexKind.
func parseIndex(content []byte) (*index, error) {
	if len(content) < indexHeader+sha1.Size || string(content[:4]) != "DIRC" {
		return nil, errors.New("it is not an index")
	}
	body, sum := content[:len(content)-sha1.Size], content[len(content)-sha1.Size:]
	if want := sha1.Sum(body); !bytes.Equal(sum, want[:]) && !bytes.Equal(sum, make([]byte, sha1.Size)) {
		return nil, errors.New("its checksum is wrong")
	}
	x := &index{version: binary.BigEndian.Uint32(content[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, fmt.Errorf("version %d: %w", x.version, errIndexKind)
	}
	rest, err := x.parseEntries(body[indexHeader:], int(binary.BigEndian.Uint32(content[8:])))
	if err != nil {
		return nil, err
	}
	return x, x.parseExtensions(rest)
}

func (x *index) parseEntries(b []byte, count int) ([]byte, error) {
	previous := ""
	x.entries = make([]indexEntry, 0, min(count, len(b)/entryFixed))
	for range count {
		e, n, err := x.parseEntry(b, previous)
		if err != nil {
			return nil, err
		}
		x.entries = append(x.entries, e)
		previous, b = e.name, b[n:]
	}
	return b, nil
}

var errIndexDamaged = errors.New("it is damaged")

func (x *index) parseEntry(b []byte, previous string) (indexEntry, int, error) {
	size := entryFixed
	if len(b) > size && binary.BigEndian.Uint16(b[offFlags:])&flagExtended != 0 {
		size += 2
	}
	if len(b) <= size {
		return indexEntry{}, 0, errIndexDamaged
	}
	at, keep := size, 0
	if x.version == 4 {
		strip, n := prefixLength(b[size:])
		if n == 0 || strip > len(previous) {
			return indexEntry{}, 0, errIndexDamaged
		}
		at, keep = size+n, len(previous)-strip
	}
	end := bytes.IndexByte(b[at:], 0)
	if end < 0 {
		return indexEntry{}, 0, errIndexDamaged
	}
	used := at + end + 1
	if x.version < 4 {
		used = padded(at + end)
	}
	if used > len(b) {
		return indexEntry{}, 0, errIndexDamaged
	}
	return indexEntry{b[:size:size], previous[:keep] + string(b[at:at+end])}, used, nil
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

// parseExtensions keeps what was resolved in conflicts, which concerns git alone.
// The others describe the entries by position or sum them up (cached trees,
// untracked files, the monitor's bitmap); they are optional and git makes them again.
func (x *index) parseExtensions(b []byte) error {
	for len(b) >= 8 {
		name, size := string(b[:4]), int(binary.BigEndian.Uint32(b[4:]))
		if size < 0 || size > len(b)-8 {
			return errIndexDamaged
		}
		if name[0] < 'A' || name[0] > 'Z' {
			return fmt.Errorf("extension %q: %w", name, errIndexKind)
		}
		if name == "REUC" {
			x.undo = b[:8+size]
		}
		b = b[8+size:]
	}
	return nil
}

// bytes is the index as git stores it.
func (x *index) bytes() []byte {
	b := append(make([]byte, 0, x.room()), "DIRC"...)
	b = binary.BigEndian.AppendUint32(b, x.version)
	b = binary.BigEndian.AppendUint32(b, uint32(len(x.entries)))
	previous := ""
	for _, e := range x.entries {
		start := len(b)
		b = append(b, e.head...)
		if x.version == 4 {
			same := commonPrefix(previous, e.name)
			b = appendPrefixLength(b, len(previous)-same)
			b = append(append(b, e.name[same:]...), 0)
			previous = e.name
			continue
		}
		b = append(b, e.name...)
		b = append(b, make([]byte, padded(len(b)-start)-(len(b)-start))...)
	}
	b = append(b, x.undo...)
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

// room is as many bytes as the index may take: those of a large repository take long
// to be moved.
func (x *index) room() int {
	n := indexHeader + len(x.undo) + sha1.Size
	for _, e := range x.entries {
		n += padded(len(e.head) + len(e.name))
	}
	return n
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// find gives the positions of the entries of a path: several in a conflict.
func (x *index) find(name string) (from, to int) {
	from, _ = slices.BinarySearchFunc(x.entries, name, func(e indexEntry, name string) int { return cmp.Compare(e.name, name) })
	to = from
	for to < len(x.entries) && x.entries[to].name == name {
		to++
	}
	return from, to
}

// follow brings the entry of one path from the old HEAD to the new one, if it
// still is what the old HEAD had; else the user staged something, which stays.
// known, if not nil, describes a file on disk that has the new content.
func (x *index) follow(t touch, known fs.FileInfo) (followed bool) {
	from, to := x.find(t.path)
	present := to > from
	switch {
	case to-from > 1 || present && x.entries[from].stage() != 0:
		return false // a conflict
	case present && x.entries[from].intended():
		if !t.old.IsZero() || t.new.IsZero() {
			return false
		}
		x.entries[from] = newEntry(t.path, t.mode, t.new) // the intended addition has come
	case present && x.entries[from].id() != t.old && x.entries[from].id() != t.new:
		return false // staged by the user
	case !present && !t.old.IsZero() && !t.new.IsZero():
		return false // the user staged its removal
	}
	if t.new.IsZero() {
		x.entries = slices.Delete(x.entries, from, to)
		return true
	}
	if !present {
		x.entries = slices.Insert(x.entries, from, newEntry(t.path, t.mode, t.new))
	} else if x.entries[from].id() != t.new {
		x.entries[from] = x.entries[from].pointTo(t.new)
	}
	if known != nil {
		x.entries[from] = x.entries[from].remember(known)
	}
	return true
}

// distrust makes git look again at files that may have changed in the second in
// which the index was last written: it knows them by that coincidence only, which
// a new time of the index would hide (git's "racy" entries,
// Documentation/technical/racy-git.txt). unchanged tells for a path whether its
// file still has the time in the entry, to the nanosecond.
func (x *index) distrust(written uint32, unchanged func(indexEntry) bool) {
	for i, e := range x.entries {
		if e.stage() != 0 || e.mtime() < written || unchanged(e) {
			continue
		}
		head := bytes.Clone(e.head)
		binary.BigEndian.PutUint32(head[offSize:], 0)
		x.entries[i] = indexEntry{head, e.name}
	}
}
