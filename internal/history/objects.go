package history

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5"
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

// objectStore is what is used of go-git's storages.
type objectStore interface {
	EncodedObject(plumbing.ObjectType, hash) (plumbing.EncodedObject, error)
	EncodedObjectSize(hash) (int64, error)
	HasEncodedObject(hash) error
	SetEncodedObject(plumbing.EncodedObject) (hash, error)
}

// objects is the object database of a repository. It may be used from many
// goroutines.
type objects struct {
	mu     sync.Mutex
	stores []objectStore // the repository's own first, then its alternates
	disk   *diskStores   // nil when the objects are in memory
}

// diskStores opens the folders of objects again when another process repacked.
type diskStores struct {
	dirs   []string // objects folders, the repository's own first
	listed string   // the packs there were when the stores were opened
}

// openObjects opens the objects of the repository common and its alternates.
func openObjects(common string) *objects {
	o := &objects{disk: &diskStores{dirs: objectDirs(filepath.Join(common, "objects"))}}
	o.reopen()
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

// onlyOwn hides the list of alternates from go-git, which would open each of them
// again for every object.
type onlyOwn struct{ billy.Filesystem }

func (f onlyOwn) Open(name string) (billy.File, error) {
	if filepath.Base(name) == "alternates" {
		return nil, os.ErrNotExist
	}
	return f.Filesystem.Open(name)
}

func (o *objects) reopen() {
	o.close()
	o.stores = nil
	o.disk.listed = o.disk.packs()
	for _, dir := range o.disk.dirs {
		git := dotgit.New(onlyOwn{osfs.New(filepath.Dir(dir))})
		opt := filesystem.Options{KeepDescriptors: true, LargeObjectThreshold: MaxFile}
		o.stores = append(o.stores, filesystem.NewObjectStorageWithOptions(git, cache.NewObjectLRUDefault(), opt))
	}
}

// packs lists the packs that are there now.
func (d *diskStores) packs() string {
	var names []string
	for _, dir := range d.dirs {
		entries, _ := os.ReadDir(filepath.Join(dir, "pack"))
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, "\n")
}

func (o *objects) close() error {
	var errs []error
	for _, s := range o.stores {
		if c, ok := s.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// Close gives the open packs back to the system.
func (o *objects) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.close()
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
func (o *objects) readAny(id hash) (plumbing.ObjectType, []byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kind, content, err := o.fetch(id)
	if err != nil && !errors.Is(err, ErrTooLarge) && o.refresh() {
		kind, content, err = o.fetch(id)
	}
	return kind, content, err
}

// refresh opens the stores anew when the packs differ, and tells whether it did.
func (o *objects) refresh() bool {
	if o.disk == nil || o.disk.listed == o.disk.packs() {
		return false
	}
	o.reopen()
	return true
}

func (o *objects) fetch(id hash) (plumbing.ObjectType, []byte, error) {
	err := plumbing.ErrObjectNotFound
	for _, s := range o.stores {
		var object plumbing.EncodedObject
		object, err = s.EncodedObject(plumbing.AnyObject, id)
		if err == nil {
			content, err := contentOf(object)
			return object.Type(), content, err
		}
	}
	return plumbing.InvalidObject, nil, err
}

func contentOf(object plumbing.EncodedObject) ([]byte, error) {
	if object.Size() > MaxFile {
		return nil, fmt.Errorf("%d bytes: %w", object.Size(), ErrTooLarge)
	}
	r, err := object.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content := make([]byte, object.Size())
	_, err = io.ReadFull(r, content)
	return content, err
}

// size is the length of a blob in bytes; cheaper than reading it.
func (o *objects) size(id hash) (int64, error) {
	if n, ok := o.knownSize(id); ok {
		return n, nil
	}
	content, err := o.read(plumbing.BlobObject, id)
	return int64(len(content)), err
}

func (o *objects) knownSize(id hash) (n int64, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.stores {
		if n, err := s.EncodedObjectSize(id); err == nil {
			return n, true
		}
	}
	return 0, false
}

// put stores an object, unless it is there already, and gives its name. The base,
// an older version of it, is of use to packs only.
func (o *objects) put(kind plumbing.ObjectType, content []byte, _ hash) (hash, error) {
	id := objectID(kind, content)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.stores {
		if s.HasEncodedObject(id) == nil {
			return id, nil
		}
	}
	object := &plumbing.MemoryObject{}
	object.SetType(kind)
	if _, err := object.Write(content); err != nil {
		return id, err
	}
	if _, err := o.stores[0].SetEncodedObject(object); err != nil {
		return id, fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	return id, nil
}

// withPrefix lists the objects whose name begins with the hexadecimal digits.
func (o *objects) withPrefix(digits string) []hash {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refresh()
	type finder interface {
		HashesWithPrefix([]byte) ([]hash, error)
	}
	padded := plumbing.NewHash(digits + strings.Repeat("0", 40-len(digits)))
	var found []hash
	for _, s := range o.stores {
		f, ok := s.(finder)
		if !ok {
			continue
		}
		ids, err := f.HashesWithPrefix(padded[:len(digits)/2])
		if err != nil {
			continue
		}
		for _, id := range ids {
			if strings.HasPrefix(id.String(), digits) && !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
	}
	return found
}

// objectID is the name git gives to a content.
func objectID(kind plumbing.ObjectType, content []byte) hash {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	return hash(h.Sum(nil))
}

func blobID(content []byte) hash { return objectID(plumbing.BlobObject, content) }
