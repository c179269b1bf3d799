package history

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// MaxFile is the size, in bytes, above which a file of the log is not read.
const MaxFile = 32 << 20

// hash is the name of an object.
type hash = plumbing.Hash

// objects is the object database of a repository. It may be used from many
// goroutines.
type objects struct {
	dirs  []string // objects folders, the repository's own first, then its alternates
	write func(plumbing.EncodedObject) (hash, error)
	trees *kept[hash, []entry]

	mu   sync.Mutex
	open *openPacks
}

// openPacks are the packs of all folders as they were listed at one time.
type openPacks struct {
	listed string
	packs  []*packReader
	last   atomic.Int32 // the pack that had the object asked for before
}

// openObjects opens the objects of the repository common and its alternates.
func openObjects(common string) *objects {
	own := filesystem.NewObjectStorage(dotgit.New(osfs.New(common)), cache.NewObjectLRU(0))
	o := &objects{dirs: objectDirs(filepath.Join(common, "objects")), write: own.SetEncodedObject, trees: &kept[hash, []entry]{limit: maxEntries}}
	o.open = listPacks(o.dirs)
	return o
}

// objectDirs is the folder and its alternates, and theirs. A relative alternate
// is relative to the objects folder that names it.
func objectDirs(dir string) []string {
	dirs := []string{dir}
	for i := 0; i < len(dirs) && len(dirs) < 100; i++ {
		content, err := os.ReadFile(filepath.Join(dirs[i], "info", "alternates"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(content)) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if other := absoluteFrom(dirs[i], line); !slices.Contains(dirs, other) {
				dirs = append(dirs, other)
			}
		}
	}
	return dirs
}

// packNames lists the indexes of the packs that are there now.
func packNames(dirs []string) []string {
	var names []string
	for _, dir := range dirs {
		entries, _ := os.ReadDir(filepath.Join(dir, "pack"))
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "pack-") && strings.HasSuffix(e.Name(), ".idx") {
				names = append(names, filepath.Join(dir, "pack", e.Name()))
			}
		}
	}
	return names
}

func listPacks(dirs []string) *openPacks {
	names := packNames(dirs)
	set, kept := &openPacks{listed: strings.Join(names, "\n")}, &keptObjects{limit: maxKept}
	for _, name := range names {
		set.packs = append(set.packs, &packReader{name: name, kept: kept})
	}
	return set
}

func (set *openPacks) close() error {
	var errs []error
	for _, p := range set.packs {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// find gives the pack that has an object, and where in it; nil when none has. A
// pack that cannot be read may be one that another process has just taken away.
func (set *openPacks) find(id hash) (*packReader, int64, error) {
	var failed error
	last := int(set.last.Load())
	for i := range set.packs {
		i = (last + i) % len(set.packs)
		offset, err := set.packs[i].offset(id)
		if err == nil && offset != idxNotThere {
			set.last.Store(int32(i))
			return set.packs[i], offset, nil
		}
		failed = cmp.Or(failed, err)
	}
	return nil, 0, failed
}

// Close gives the open packs back to the system.
func (o *objects) Close() error { return o.current().close() }

func (o *objects) current() *openPacks {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open
}

// refresh gives the packs that are there now, when they are others than those used.
func (o *objects) refresh(used *openPacks) (*openPacks, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open != used {
		return o.open, true
	}
	if strings.Join(packNames(o.dirs), "\n") == used.listed {
		return used, false
	}
	o.open = listPacks(o.dirs)
	_ = used.close() // they were only read
	return o.open, true
}

// read gives the whole content of an object of the kind. The caller must not
// change it.
func (o *objects) read(kind plumbing.ObjectType, id hash) ([]byte, error) {
	got, content, err := o.readAny(id)
	if err == nil && got != kind {
		err = fmt.Errorf("it is a %s, not a %s", got, kind)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	return content, nil
}

// readAny reads an object of any kind. After another process has repacked, the
// open packs no longer tell the truth, so they are opened anew and tried once more.
func (o *objects) readAny(id hash) (kind plumbing.ObjectType, content []byte, err error) {
	err = o.retry(func(set *openPacks) error {
		kind, content, err = o.fetch(set, id)
		return err
	})
	return kind, content, err
}

// retry does something with the packs, and once more with those that are there by
// then when it failed.
func (o *objects) retry(do func(*openPacks) error) error {
	set := o.current()
	err := do(set)
	for range readAttempts {
		if err == nil || errors.Is(err, ErrTooLarge) {
			break
		}
		next, changed := o.refresh(set)
		if !changed {
			break
		}
		set, err = next, do(next)
	}
	return err
}

func (o *objects) fetch(set *openPacks, id hash) (plumbing.ObjectType, []byte, error) {
	p, offset, packErr := set.find(id)
	if p != nil {
		kind, content, err := p.read(offset)
		if err == nil && objectID(kind, content) != id {
			err = fmt.Errorf("%w: another object stands at its place", errPackDamaged)
		}
		return kind, content, err
	}
	kind, content, err := o.readLoose(id)
	if errors.Is(err, fs.ErrNotExist) {
		err = cmp.Or(packErr, o.missing())
	}
	return kind, content, err
}

// missing says that an object is not there, and how git brings it where the clone
// was made without it.
func (o *objects) missing() error {
	switch {
	case isShallow(o.dirs[0]):
		return fmt.Errorf("%w: this clone is shallow, %s brings the rest", plumbing.ErrObjectNotFound, unshallow)
	case isPartial(o.dirs[0]):
		return fmt.Errorf("%w: this clone is partial, %s brings the rest", plumbing.ErrObjectNotFound, refetch)
	}
	return plumbing.ErrObjectNotFound
}

// The commands that bring what a clone was made without.
const (
	unshallow = "git fetch --unshallow --tags"
	refetch   = "git fetch --refetch --no-filter"
)

// isShallow reports whether the repository of an objects folder was cloned without
// the older commits.
func isShallow(objects string) bool {
	info, err := os.Stat(filepath.Join(filepath.Dir(objects), "shallow"))
	return err == nil && info.Size() > 0
}

// isPartial reports whether git left objects out of a pack that it promised to fetch
// when they are needed.
func isPartial(objects string) bool {
	entries, _ := os.ReadDir(filepath.Join(objects, "pack"))
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".promisor" })
}

// size is the length of a blob in bytes; cheaper than reading it.
func (o *objects) size(id hash) (size int64, err error) {
	err = o.retry(func(set *openPacks) error {
		p, offset, packErr := set.find(id)
		if p != nil {
			size, err = p.size(offset)
			return err
		}
		if size, err = o.looseSize(id); errors.Is(err, fs.ErrNotExist) {
			err = cmp.Or(packErr, o.missing())
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read blob %s: %w", id, err)
	}
	return size, nil
}

// has reports whether the object is there.
func (o *objects) has(id hash) bool {
	p, _, _ := o.current().find(id)
	if p != nil {
		return true
	}
	f, err := o.openLoose(id)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// put stores an object, unless it is there already, and gives its name. The base,
// an older version of it, is of use to packs only.
func (o *objects) put(kind plumbing.ObjectType, content []byte, _ hash) (hash, error) {
	id := objectID(kind, content)
	if o.has(id) {
		return id, nil
	}
	object := &plumbing.MemoryObject{}
	object.SetType(kind)
	if _, err := object.Write(content); err != nil {
		return id, err
	}
	_, err := o.write(object)
	for range readAttempts {
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		_, err = o.write(object) // git took the folder away, empty as it was, before the file came
	}
	if err != nil {
		return id, fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	return id, nil
}

// withPrefix lists the objects whose name begins with the hexadecimal digits.
func (o *objects) withPrefix(digits string) []hash {
	set, _ := o.refresh(o.current())
	var found []hash
	for _, p := range set.packs {
		if p.open() == nil {
			ids, _ := p.index.withPrefix(digits)
			found = append(found, ids...)
		}
	}
	found = append(found, o.looseWithPrefix(digits)...)
	slices.SortFunc(found, func(a, b hash) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(found)
}

// objectID is the name git gives to a content.
func objectID(kind plumbing.ObjectType, content []byte) hash {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	return hash(h.Sum(nil))
}

func blobID(content []byte) hash { return objectID(plumbing.BlobObject, content) }
