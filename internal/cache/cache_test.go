package cache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, dir string, limit int64) *Cache {
	t.Helper()
	c := Open(dir, limit)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestGetPut(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "made", "on", "demand"), 1<<20)
	if _, ok := c.Get("layout", "k"); ok {
		t.Error("found something in an empty cache")
	}
	pairs := [][2]string{{"layout", "k"}, {"layout", "k2"}, {"lay", "outk"}, {"svg", "k"}, {"", ""}}
	for i, p := range pairs {
		if err := c.Put(p[0], p[1], fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range pairs {
		if got, ok := c.Get(p[0], p[1]); !ok || string(got) != fmt.Sprint(i) {
			t.Errorf("Get(%q, %q) = %q, %v", p[0], p[1], got, ok)
		}
	}
}

func TestWithoutFolder(t *testing.T) {
	c := open(t, "", 1<<20)
	if err := c.Put("a", "b", []byte("c")); err != nil {
		t.Error(err)
	}
	if _, ok := c.Get("a", "b"); ok {
		t.Error("found something without a folder")
	}
}

func TestDamaged(t *testing.T) {
	damage := map[string]func([]byte) []byte{
		"flipped":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"truncated": func(b []byte) []byte { return b[:len(b)-1] },
		"longer":    func(b []byte) []byte { return append(b, 'x') },
		"empty":     func([]byte) []byte { return nil },
		"foreign":   func([]byte) []byte { return []byte("something else entirely, and long enough to hold a checksum") },
		"misplaced": func([]byte) []byte { return seal("kind", "another key", []byte("content")) },
	}
	for name, change := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := open(t, dir, 1<<20)
			c.Put("kind", "key", []byte("content"))
			file := filepath.Join(dir, fileName("kind", "key"))
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile(file, change(b), 0o600)
			if got, ok := c.Get("kind", "key"); ok {
				t.Errorf("a damaged entry was believed: %q", got)
			}
		})
	}
}

func TestDeletedFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c := open(t, dir, 1<<20)
	c.Put("a", "b", []byte("c"))
	if err := os.RemoveAll(dir); err != nil {
		t.Skip("the system keeps an open folder:", err)
	}
	if _, ok := c.Get("a", "b"); ok {
		t.Error("found something in a deleted folder")
	}
	if err := c.Put("a", "b", []byte("d")); err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Get("a", "b"); string(got) != "d" {
		t.Errorf("got %q", got)
	}
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, 10_000)
	start := time.Date(2026, 3, 12, 14, 0, 0, 0, time.UTC)
	for i := range 30 {
		key := fmt.Sprint(i)
		c.Put("k", key, bytes.Repeat([]byte("x"), 1000))
		os.Chtimes(filepath.Join(dir, fileName("k", key)), time.Time{}, start.Add(time.Duration(i)*time.Minute))
	}
	root, _ := os.OpenRoot(dir)
	defer root.Close()
	if _, total := list(root); total > 12_000 {
		t.Errorf("%d bytes remain of a limit of 10000", total)
	}
	if _, ok := c.Get("k", "29"); !ok {
		t.Error("the newest entry is gone")
	}
	if _, ok := c.Get("k", "0"); ok {
		t.Error("the oldest entry is still there")
	}
}

// Two caches on one folder stand for two processes.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	var users sync.WaitGroup
	for range 2 {
		c := open(t, dir, 20_000)
		users.Go(func() {
			for i := range 100 {
				key := fmt.Sprint(i % 20)
				want := bytes.Repeat([]byte(key), 500)
				if err := c.Put("k", key, want); err != nil {
					t.Error(err)
				}
				if got, ok := c.Get("k", key); ok && !bytes.Equal(got, want) {
					t.Errorf("key %s gives another's content", key)
				}
			}
		})
	}
	users.Wait()
}
