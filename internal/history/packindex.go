package history

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// packIndex is the .idx file of a pack, which names its objects in order, as
// gitformat-pack(5) describes it. It stays on the disk: a name is found with a few
// short reads, where a parsed index of a large repository takes a tenth of a second
// before the first answer.
type packIndex struct {
	pages  *pages
	fanout [256]uint32 // how many names begin with at most this byte
	names  int64       // where the first name stands
	stride int64       // from one name to the next
	old    bool        // version 1: the offset stands before each name
}

const (
	idxFanout   = 4 * 256
	idxHead     = 8           // magic and version, of version 2
	idxBlock    = 64          // names that are read at once
	idxLarge    = 0x8000_0000 // marks an offset that stands in the table of large ones
	idxNotThere = -1
)

var errPackDamaged = errors.New("the pack is damaged")

// openPackIndex reads the first kilobyte of an index.
func openPackIndex(name string) (*packIndex, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	x := &packIndex{pages: newPages(file, indexPage), names: idxHead + idxFanout, stride: int64(len(hash{}))}
	head := make([]byte, idxHead+idxFanout)
	if _, err := io.ReadFull(file, head); err != nil {
		file.Close()
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	table := head[idxHead:]
	if !bytes.HasPrefix(head, []byte("\xfftOc")) {
		x.old, x.names, x.stride, table = true, idxFanout, 4+int64(len(hash{})), head
	} else if version := binary.BigEndian.Uint32(head[4:]); version != 2 {
		file.Close()
		return nil, fmt.Errorf("read %q: version %d is not known", name, version)
	}
	for i := range x.fanout {
		x.fanout[i] = binary.BigEndian.Uint32(table[4*i:])
		if i > 0 && x.fanout[i] < x.fanout[i-1] {
			file.Close()
			return nil, fmt.Errorf("read %q: %w", name, errPackDamaged)
		}
	}
	return x, nil
}

func (x *packIndex) count() int64 { return int64(x.fanout[255]) }

// between are the positions of the names that begin with the byte.
func (x *packIndex) between(first byte) (from, to int64) {
	if first > 0 {
		from = int64(x.fanout[first-1])
	}
	return from, int64(x.fanout[first])
}

// lines reads the names from one position to another, with what stands beside them.
func (x *packIndex) lines(from, to int64) ([]byte, error) {
	b := make([]byte, (to-from)*x.stride)
	_, err := x.pages.ReadAt(b, x.names+from*x.stride)
	return b, err
}

// name is the one at a position of the lines.
func (x *packIndex) name(lines []byte, at int64) []byte {
	end := (at + 1) * x.stride
	return lines[end-int64(len(hash{})) : end]
}

// find gives the position of the first name that is not smaller than what is looked
// for, among those that begin with the same byte.
func (x *packIndex) find(wanted []byte) (at, end int64, err error) {
	from, to := x.between(wanted[0])
	end = to
	for to-from > idxBlock {
		middle := from + (to-from)/2
		line, err := x.lines(middle, middle+1)
		if err != nil {
			return 0, 0, err
		}
		if bytes.Compare(x.name(line, 0), wanted) < 0 {
			from = middle + 1
		} else {
			to = middle
		}
	}
	lines, err := x.lines(from, to)
	if err != nil {
		return 0, 0, err
	}
	for ; from < to; from++ {
		if bytes.Compare(x.name(lines, 0), wanted) >= 0 {
			break
		}
		lines = lines[x.stride:]
	}
	return from, end, nil
}

// offset tells where in the pack an object begins; idxNotThere when it is not in it.
func (x *packIndex) offset(id hash) (int64, error) {
	at, end, err := x.find(id[:])
	if err != nil || at == end {
		return idxNotThere, err
	}
	line, err := x.lines(at, at+1)
	if err != nil || !bytes.Equal(x.name(line, 0), id[:]) {
		return idxNotThere, err
	}
	if x.old {
		return int64(binary.BigEndian.Uint32(line)), nil
	}
	return x.offsetAt(at)
}

// offsetAt reads the tables that stand behind the names: sums, offsets, and the
// offsets too large for four bytes.
func (x *packIndex) offsetAt(at int64) (int64, error) {
	offsets := x.names + x.count()*(x.stride+4)
	b := make([]byte, 8)
	if _, err := x.pages.ReadAt(b[:4], offsets+4*at); err != nil {
		return 0, err
	}
	short := binary.BigEndian.Uint32(b)
	if short&idxLarge == 0 {
		return int64(short), nil
	}
	if _, err := x.pages.ReadAt(b, offsets+4*x.count()+8*int64(short&^idxLarge)); err != nil {
		return 0, err
	}
	long := binary.BigEndian.Uint64(b)
	if long > math.MaxInt64 {
		return 0, errPackDamaged
	}
	return int64(long), nil
}

// withPrefix lists the names that begin with the hexadecimal digits, at least two.
func (x *packIndex) withPrefix(digits string) ([]hash, error) {
	least := hashOf(digits + strings.Repeat("0", 2*len(hash{})-len(digits)))
	at, end, err := x.find(least[:])
	var found []hash
	for ; err == nil && at < end; at++ {
		var line []byte
		if line, err = x.lines(at, at+1); err != nil {
			break
		}
		name := x.name(line, 0)
		if !strings.HasPrefix(hex.EncodeToString(name), digits) {
			break
		}
		found = append(found, hash(slices.Clone(name)))
	}
	return found, err
}
