package diagram

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Refusals of the reader below; d2 puts their text behind "failed to import".
var (
	errOutside  = errors.New("it lies outside the diagram's own file tree")
	errNoFile   = errors.New("it is not a plain file")
	errTooMany  = errors.New("too many files are imported")
	errTooLarge = errors.New("the files together are too large")
	errTooDeep  = errors.New("blocks or keys are nested too deeply")
	errTooWide  = errors.New("variables are written out too often")
)

// reader is the file system that D2 sees: the moment's own, read whole and within
// limits, remembering what was read. The disk is never reached through it.
type reader struct {
	fsys fs.FS
	lim  Limits

	mu      sync.Mutex
	opened  int
	read    int64 // bytes, a file counted every time it is opened
	order   []string
	texts   map[string]string
	expands expansion
	refused error // the first limit that was hit: D2 would report only its consequences
}

func newReader(fsys fs.FS, lim Limits) *reader {
	return &reader{fsys: fsys, lim: lim, texts: map[string]string{}, expands: expansion{limit: 10 * lim.Components}}
}

// Open gives the named file. It implements fs.FS for D2's imports.
func (r *reader) Open(name string) (fs.File, error) {
	text, err := r.text(name)
	if err != nil {
		return nil, err
	}
	return &memFile{Reader: bytes.NewReader([]byte(text)), name: path.Base(name), size: int64(len(text))}, nil
}

func (r *reader) text(name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !fs.ValidPath(name) || strings.Contains(name, `\`) {
		return "", errOutside
	}
	if r.opened++; r.opened > r.lim.Files {
		return "", r.refuse(errTooMany)
	}
	if text, ok := r.texts[name]; ok {
		return text, r.count(len(text))
	}
	text, err := r.load(name)
	if err != nil {
		return "", err
	}
	r.order = append(r.order, name)
	r.texts[name] = text
	return text, nil
}

func (r *reader) load(name string) (string, error) {
	text, err := readUpTo(r.fsys, name, r.lim.Bytes-r.read+1)
	if err != nil {
		return "", err
	}
	if err := r.count(len(text)); err != nil {
		return "", err
	}
	if depth(text) > r.lim.Depth {
		return "", r.refuse(errTooDeep)
	}
	if !r.expands.add(name, string(text)) {
		return "", r.refuse(errTooWide)
	}
	return string(text), nil
}

// readUpTo reads the first bytes of a file. It does not open what is none: of a pipe, that
// would wait until somebody writes into it.
func readUpTo(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, plain(err)
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, plain(err)
	}
	return text, nil
}

// count adds to what was read: D2 parses a file again each time it is imported.
func (r *reader) count(bytes int) error {
	if r.read += int64(bytes); r.read > r.lim.Bytes {
		return r.refuse(errTooLarge)
	}
	return nil
}

func (r *reader) refuse(err error) error {
	if r.refused == nil {
		r.refused = err
	}
	return err
}

// refusal is the first limit that was hit; nil when none was.
func (r *reader) refusal() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused
}

// plain takes operation and path off a file error; the complaint names the path.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (r *reader) sources() []Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	sources := make([]Source, len(r.order))
	for i, name := range r.order {
		sources[i] = Source{name, r.texts[name]}
	}
	return sources
}

// column turns D2's column, in bytes from 0, into one in characters from 1.
func (r *reader) column(name string, line, bytesBefore int) int {
	r.mu.Lock()
	text := r.texts[name]
	r.mu.Unlock()
	for ; line > 0; line-- {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return bytesBefore + 1
		}
		text = rest
	}
	return utf8.RuneCountInString(text[:min(bytesBefore, len(text))]) + 1
}

// depth is how deep blocks and the segments of a key go, read as letters: quoted
// text counts too, which errs on the safe side. D2 recurses once a level, and a
// stack that overflows cannot be recovered from.
func depth(text []byte) int {
	open, segments, deepest := 0, 0, 0
	var before byte
	for _, b := range text {
		switch b {
		case '{', '[', '(', '|':
			open++
			segments = 0
		case '}', ']', ')':
			open = max(0, open-1)
			segments = 0
		case '\n', ';', ':':
			segments = 0
		case '.':
			if before != '.' {
				segments++
			}
		}
		if b == '|' {
			open-- // opens and closes block strings alike, which do not nest
		}
		deepest = max(deepest, open, segments)
		if b != ' ' {
			before = b
		}
	}
	return deepest
}

// memFile is a file read whole.
type memFile struct {
	*bytes.Reader
	name string
	size int64
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Size() int64                { return f.size }
func (f *memFile) Mode() fs.FileMode          { return 0o444 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }

// limitText is a refusal in words that name the limit, with what to do about it.
func limitText(err error, lim Limits) (what, hint string) {
	switch {
	case errors.Is(err, errTooMany):
		return fmt.Sprintf("more than %d files are imported", lim.Files), "look for files that import each other"
	case errors.Is(err, errTooLarge):
		return fmt.Sprintf("the diagram and its imports are larger than %d bytes", lim.Bytes), "split it into several diagrams"
	case errors.Is(err, errTooWide):
		return fmt.Sprintf("with its variables written out the diagram has more than %d keys", 10*lim.Components), "look for variables that hold each other several times"
	default:
		return fmt.Sprintf("blocks or keys are nested more than %d deep", lim.Depth), "look for a bracket that is not closed"
	}
}
