package history

import (
	"bytes"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"pgregory.net/rapid"
)

// An index that is read and written is the same, whatever its version, and what
// follows a commit is found again.
func TestIndexRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := &index{version: rapid.SampledFrom([]uint32{2, 3, 4}).Draw(t, "version")}
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[a-c]{1,3}(/[a-c]{1,3}){0,3}`), rapid.ID[string]).Draw(t, "names")
		for _, name := range names {
			if !x.follow(touch{path: name, new: blobID([]byte(name)), mode: filemode.Regular}, nil) {
				t.Fatalf("%q did not follow", name)
			}
		}
		written := x.bytes()
		read, err := parseIndex(written)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read.bytes(), written) {
			t.Fatal("it changed")
		}
		for _, name := range names {
			from, to := read.find(name)
			if to != from+1 || read.entries[from].id() != blobID([]byte(name)) {
				t.Fatalf("%q is not found", name)
			}
			if !read.follow(touch{path: name, old: blobID([]byte(name))}, nil) {
				t.Fatalf("%q did not go", name)
			}
		}
		if len(read.entries) > 0 {
			t.Fatal("entries remain")
		}
	})
}

func FuzzParseIndex(f *testing.F) {
	for _, version := range []uint32{2, 4} {
		x := &index{version: version}
		x.follow(touch{path: "a/b", new: blobID(nil), mode: filemode.Regular}, nil)
		x.follow(touch{path: "a/c", new: blobID(nil), mode: filemode.Regular}, nil)
		f.Add(x.bytes()[:len(x.bytes())-20])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		content := append(bytes.Clone(body), make([]byte, 20)...) // no checksum, as index.skipHash writes it
		x, err := parseIndex(content)
		if err != nil {
			return
		}
		if again, err := parseIndex(x.bytes()); err != nil || len(again.entries) != len(x.entries) {
			t.Errorf("written, it reads as %v, %v", again, err)
		}
	})
}

func TestPrefixLength(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 129, 16_511, 16_512, 100_000} {
		if got, used := prefixLength(appendPrefixLength(nil, n)); got != n || used == 0 {
			t.Errorf("%d is read as %d", n, got)
		}
	}
}
