package main

import (
	"path/filepath"

	"github.com/archsync/archsync/internal/cache"
	"github.com/archsync/archsync/internal/diagram"
)

// cacheLimit bounds the user's cache folder, in bytes.
const cacheLimit = 256 << 20

// drawings keeps drawn diagrams and placements in the user's cache folder, by what
// they were drawn from.
type drawings struct{ cache *cache.Cache }

// Get implements [diagram.Memo].
func (d drawings) Get(key string) ([]byte, bool) { return d.cache.Get("drawing", key) }

// Put implements [diagram.Memo]. What cannot be kept is drawn again.
func (d drawings) Put(key string, value []byte) { _ = d.cache.Put("drawing", key, value) }

// openCache opens the user's cache; without one nothing is kept.
func (v *invocation) openCache() *cache.Cache {
	dir := ""
	if v.cacheDir != "" {
		dir = filepath.Join(v.cacheDir, "archsync")
	}
	return cache.Open(dir, cacheLimit)
}

// renderer draws with the user's cache, which the returned function closes.
func (v *invocation) renderer() (*diagram.Renderer, func()) {
	c := v.openCache()
	return diagram.NewRenderer(drawings{c}), func() { _ = c.Close() }
}
