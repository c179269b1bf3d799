// Package cache keeps what was expensive to compute in a folder, by the content
// it was computed from.
//
// It promises that what Get returns is exactly what Put was given under the same
// kind and key: every entry carries a checksum, and one that fails it counts as
// not there. Several processes may use one folder at once, and the folder or any
// file in it may be deleted at any moment. Nothing is ever lost with it but time.
// It leaves out invalidation: a key must name everything its value depends on,
// versions of engines included.
package cache

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/archsync/archsync/internal/atomicfile"
)

// magic opens every entry; another number makes all older entries unknown.
const magic = "archsync cache 1\n"

// Cache is a folder of entries. Its methods may be called from many goroutines.
type Cache struct {
	dir   string
	limit int64

	mu      sync.Mutex
	root    *os.Root // nil until the folder is needed
	written int64    // since the last trim
	trimmed bool     // whether this process has trimmed yet
}

// Open uses the folder dir, which is made when something is first put in it, and
// keeps it at about limit bytes. With dir "" nothing is kept and nothing found.
func Open(dir string, limit int64) *Cache {
	return &Cache{dir: dir, limit: limit}
}

// Close gives the folder back to the system.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root == nil {
		return nil
	}
	err := c.root.Close()
	c.root = nil
	return err
}

// Get finds what was put under kind and key. A missing, unreadable or damaged
// entry is not found.
func (c *Cache) Get(kind, key string) ([]byte, bool) {
	root, err := c.open(false)
	if err != nil {
		return nil, false
	}
	entry, err := root.ReadFile(fileName(kind, key))
	if err != nil {
		return nil, false
	}
	return unseal(kind, key, entry)
}

// Put keeps content under kind and key. A failure is only worth a note: the next
// Get does not find it. Without a folder it does nothing.
func (c *Cache) Put(kind, key string, content []byte) error {
	if c.dir == "" {
		return nil
	}
	root, err := c.open(true)
	if err != nil {
		return fmt.Errorf("open the cache %q: %w", c.dir, err)
	}
	entry := seal(kind, key, content)
	if err := atomicfile.Write(root, fileName(kind, key), entry, atomicfile.Options{Mode: 0o600, NoSync: true}); err != nil {
		return fmt.Errorf("cache %s: %w", kind, err)
	}
	c.trimAfter(root, int64(len(entry)))
	return nil
}

// open gives the folder, making it when asked to.
func (c *Cache) open(create bool) (*os.Root, error) {
	if c.dir == "" {
		return nil, fs.ErrNotExist
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root != nil && (!create || c.alive()) {
		return c.root, nil
	}
	if create {
		if err := os.MkdirAll(c.dir, 0o700); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return nil, err
	}
	if c.root != nil {
		c.root.Close()
	}
	c.root = root
	return root, nil
}

// alive reports whether the open folder is still the one at its path: a handle
// of a deleted folder takes no new files.
func (c *Cache) alive() bool {
	opened, err := c.root.Stat(".")
	if err != nil {
		return false
	}
	named, err := os.Stat(c.dir)
	return err == nil && os.SameFile(opened, named)
}

// fileName spreads the entries over 256 folders, since some systems are slow
// with many files in one.
func fileName(kind, key string) string {
	name := hex.EncodeToString(identity(kind, key))
	return name[:2] + "/" + name[2:]
}

// identity is the hash of kind and key; no two pairs run together.
func identity(kind, key string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", len(kind), kind, key))
	return sum[:]
}

// seal is the file of an entry: magic, checksum, content. The checksum covers
// the identity too, so that a file under a wrong name is not believed.
func seal(kind, key string, content []byte) []byte {
	entry := append([]byte(magic), checksum(kind, key, content)...)
	return append(entry, content...)
}

func unseal(kind, key string, entry []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(entry, []byte(magic))
	if !ok || len(rest) < sha256.Size {
		return nil, false
	}
	sum, content := rest[:sha256.Size], rest[sha256.Size:]
	return content, bytes.Equal(sum, checksum(kind, key, content))
}

func checksum(kind, key string, content []byte) []byte {
	h := sha256.New()
	h.Write(identity(kind, key))
	h.Write(content)
	return h.Sum(nil)
}

// trimAfter counts what was written and trims now and then: at the first Put of
// a process and after every eighth of the limit.
func (c *Cache) trimAfter(root *os.Root, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written += n
	if c.trimmed && c.written < c.limit/8 {
		return
	}
	c.trimmed, c.written = true, 0
	trim(root, c.limit)
}

// stored is one file of the cache.
type stored struct {
	name string
	size int64
	when time.Time
}

// trim deletes the oldest entries, and what killed processes left half-written,
// until three quarters of limit remain. Another process may trim at the same
// time; what is gone already does not matter.
func trim(root *os.Root, limit int64) {
	entries, total := list(root)
	if total <= limit {
		return
	}
	slices.SortFunc(entries, func(a, b stored) int { return cmp.Or(a.when.Compare(b.when), strings.Compare(a.name, b.name)) })
	for _, e := range entries {
		if total <= limit*3/4 {
			return
		}
		root.Remove(e.name)
		total -= e.size
	}
}

func list(root *os.Root) (entries []stored, total int64) {
	fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			entries = append(entries, stored{name, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	return entries, total
}
