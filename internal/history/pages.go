package history

import (
	"io"
	"os"
)

// Objects that belong together lie side by side in a pack; names in its index never do.
const (
	packPage  = 32 << 10
	indexPage = 4 << 10
	maxPaged  = 8 << 20 // bytes that are kept of one file
)

// pages is a file that does not change, read in pages of which the last ones asked for
// are kept: each object asks for a few bytes here and there. It may be used from many goroutines.
type pages struct {
	file *os.File
	size int64 // of a page
	kept *kept[int64, []byte]
}

func newPages(file *os.File, size int64) *pages {
	return &pages{file, size, &kept[int64, []byte]{limit: maxPaged}}
}

// page gives the bytes from an offset to the end of the page it lies in; none at the
// end of the file. The caller must not change them.
func (p *pages) page(offset int64) ([]byte, error) {
	number := offset / p.size
	content, ok := p.kept.get(number)
	if !ok {
		content = make([]byte, p.size)
		n, err := p.file.ReadAt(content, number*p.size)
		if err != nil && err != io.EOF {
			return nil, err
		}
		content = content[:n]
		p.kept.put(number, content, len(content))
	}
	return content[min(offset%p.size, int64(len(content))):], nil
}

// ReadAt fills b from an offset; less is an error.
func (p *pages) ReadAt(b []byte, offset int64) (int, error) {
	return io.ReadFull(p.from(offset), b)
}

// from reads the file from an offset on.
func (p *pages) from(offset int64) *pageReader { return &pageReader{pages: p, next: offset} }

// pageReader is a place in a file. It implements [io.ByteReader], so that nothing is
// read ahead of it.
type pageReader struct {
	pages *pages
	rest  []byte // of the page
	next  int64  // where the rest ends
}

func (r *pageReader) fill() error {
	if len(r.rest) > 0 {
		return nil
	}
	page, err := r.pages.page(r.next)
	if err == nil && len(page) == 0 {
		err = io.EOF
	}
	r.rest = page
	r.next += int64(len(page))
	return err
}

// Read implements [io.Reader].
func (r *pageReader) Read(b []byte) (int, error) {
	if err := r.fill(); err != nil {
		return 0, err
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// ReadByte implements [io.ByteReader].
func (r *pageReader) ReadByte() (byte, error) {
	if err := r.fill(); err != nil {
		return 0, err
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c, nil
}
