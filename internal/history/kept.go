package history

import "sync"

// kept remembers values up to a total size, whatever that counts. When there would be
// more, all go: what is asked for in the order of the history is rarely asked for again
// much later. It may be used from many goroutines.
type kept[K comparable, V any] struct {
	limit int

	mu   sync.Mutex
	size int
	at   map[K]V
}

func (k *kept[K, V]) get(key K) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	value, ok := k.at[key]
	return value, ok
}

func (k *kept[K, V]) put(key K, value V, size int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at == nil || k.size+size > k.limit {
		k.at, k.size = map[K]V{}, 0
	}
	k.at[key] = value
	k.size += size
}
