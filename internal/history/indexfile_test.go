package history

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"pgregory.net/rapid"
)

// followed is the index that has followed the touches, knowing nothing of files.
func followed(old []byte, touches ...touch) ([]byte, error) {
	r, err := newIndexReader(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		return nil, err
	}
	edit, err := r.edit(touches, func(touch) fs.FileInfo { return nil }, func(storedEntry) bool { return false })
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = edit.write(&b, bytes.NewReader(old))
	return b.Bytes(), err
}

// indexOf is an index of a version with files.
func indexOf(version uint32, files map[string]hash) []byte {
	var touches []touch
	for name, id := range files {
		touches = append(touches, touch{path: name, new: id, mode: filemode.Regular})
	}
	empty := emptyIndex()
	binary.BigEndian.PutUint32(empty[4:], version)
	made, err := followed(withoutSum(empty), touches...)
	if err != nil {
		panic(err)
	}
	return made
}

// withoutSum is an index as it is written with index.skipHash.
func withoutSum(x []byte) []byte { return append(slices.Clone(x[:len(x)-20]), make([]byte, 20)...) }

// filesOf reads the files of an index, in their order.
func filesOf(t interface{ Fatal(...any) }, stored []byte) (names []string, files map[string]hash) {
	r, err := newIndexReader(bytes.NewReader(stored), int64(len(stored)))
	x := &index{}
	if err == nil {
		err = x.read(r, func([]byte) bool { return true })
	}
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]hash{}
	for _, e := range x.entries {
		names = append(names, e.name)
		files[e.name] = e.id()
	}
	return names, files
}

// Whatever comes, changes and goes, an index of any version has exactly the files that
// it should have, in git's order; and what follows nothing stays as it is.
func TestIndexFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-c]{1,3}(/[a-c]{1,3}){0,3}`)
		id := rapid.Map(rapid.ByteRange(1, 5), func(b byte) hash { return blobID([]byte{b}) })
		version := rapid.SampledFrom([]uint32{2, 3, 4}).Draw(t, "version")
		want := rapid.MapOf(name, id).Draw(t, "files")
		stored := indexOf(version, want)
		if again, err := followed(stored); err != nil || !bytes.Equal(again, stored) {
			t.Fatalf("it changed: %v", err)
		}
		var touches []touch
		for name, next := range rapid.MapOf(name, rapid.OneOf(id, rapid.Just(hash{}))).Draw(t, "touches") {
			touches = append(touches, touch{path: name, old: want[name], new: next, mode: filemode.Regular})
			if want[name] = next; next.IsZero() {
				delete(want, name)
			}
		}
		stored, err := followed(stored, touches...)
		if err != nil {
			t.Fatal(err)
		}
		names, got := filesOf(t, stored)
		if len(got) != len(want) || !slices.IsSortedFunc(names, cmp.Compare[string]) {
			t.Fatalf("it has %q, want %v", names, want)
		}
		for name, id := range want {
			if got[name] != id {
				t.Fatalf("%q is %s, want %s", name, got[name], id)
			}
		}
	})
}

// What a close did twice to a path is followed as one.
func TestIndexFollowsTwice(t *testing.T) {
	a, b := blobID([]byte("a")), blobID([]byte("b"))
	stored, err := followed(indexOf(2, map[string]hash{"x": a}), touch{"x", a, b, filemode.Regular}, touch{"y", hash{}, a, filemode.Regular}, touch{"x", b, b, filemode.Regular}, touch{"y", a, a, filemode.Regular})
	if err != nil {
		t.Fatal(err)
	}
	if names, files := filesOf(t, stored); !slices.Equal(names, []string{"x", "y"}) || files["x"] != b {
		t.Errorf("it has %v", files)
	}
}

// Names longer than what is read at once, and a name that no entry may have.
func TestIndexLongNames(t *testing.T) {
	id := blobID(nil)
	for _, version := range []uint32{2, 4} {
		files := map[string]hash{"a": id, strings.Repeat("b", 5000): id, strings.Repeat("b", 5000) + "c": id, strings.Repeat("d", 100_000): id}
		if _, got := filesOf(t, indexOf(version, files)); len(got) != len(files) {
			t.Errorf("version %d: %d files, want %d", version, len(got), len(files))
		}
	}
	long := indexOf(2, map[string]hash{strings.Repeat("b", 2*indexBuffer): id})
	if _, err := followed(long); err == nil {
		t.Error("an entry of more than is read at once is taken")
	}
}

func FuzzFollowIndex(f *testing.F) {
	for _, version := range []uint32{2, 4} {
		x := indexOf(version, map[string]hash{"a/b": blobID(nil), "a/c": blobID(nil)})
		f.Add(x[:len(x)-20])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		content := append(bytes.Clone(body), make([]byte, 20)...) // no checksum, as index.skipHash writes it
		written, err := followed(content, touch{path: "a/bb", new: blobID(nil), mode: filemode.Regular}, touch{path: "a/c", old: blobID(nil), mode: filemode.Regular})
		if err != nil {
			return
		}
		if again, err := followed(written); err != nil || !bytes.Equal(again, written) {
			t.Errorf("written, it reads as %v", err)
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

// Cached trees are forgotten on the way to what changed and nowhere else.
func TestForgetTrees(t *testing.T) {
	id := strings.Repeat("\x11", 20)
	node := func(name string, entries, folders int) string {
		if entries < 0 {
			return fmt.Sprintf("%s\x00-1 %d\n", name, folders)
		}
		return fmt.Sprintf("%s\x00%d %d\n%s", name, entries, folders, id)
	}
	trees := node("", 9, 2) + node("log", 5, 1) + node("board", 3, 0) + node("src", 4, 0)
	cases := map[string]struct {
		trees string
		paths []string
		want  string // "" for trees that are not understood
	}{
		"nothing":          {trees, nil, trees},
		"a file":           {trees, []string{"log/board/x"}, node("", -1, 2) + node("log", -1, 1) + node("board", -1, 0) + node("src", 4, 0)},
		"at the top":       {trees, []string{"readme"}, node("", -1, 2) + node("log", 5, 1) + node("board", 3, 0) + node("src", 4, 0)},
		"a new folder":     {trees, []string{"log/new/x"}, node("", -1, 2) + node("log", -1, 1) + node("board", 3, 0) + node("src", 4, 0)},
		"unknown before":   {node("", -1, 1) + node("log", 5, 0), []string{"log/x"}, node("", -1, 1) + node("log", -1, 0)},
		"folder to a file": {trees, []string{"log/board"}, ""},
		"cut off":          {trees[:len(trees)-1], nil, ""},
		"no end of line":   {"\x009 2", nil, ""},
		"no number":        {"\x00 \n", nil, ""},
		"more behind":      {trees + "x", nil, ""},
	}
	for name, c := range cases {
		got, ok := forgetTrees([]byte(c.trees), c.paths)
		if ok != (c.want != "") || ok && string(got) != c.want {
			t.Errorf("%s: %v, %q, want %q", name, ok, got, c.want)
		}
	}
}

func FuzzForgetTrees(f *testing.F) {
	f.Add([]byte("\x00-1 1\na\x00-1 0\n"), "a/b")
	f.Fuzz(func(t *testing.T, trees []byte, name string) {
		kept, ok := forgetTrees(trees, []string{name})
		if !ok {
			return
		}
		if again, ok := forgetTrees(kept, []string{name}); !ok || !bytes.Equal(again, kept) {
			t.Errorf("forgotten twice, %q is %q", kept, again)
		}
	})
}

// BenchmarkFollowIndex follows a commit in the index of a large repository.
func BenchmarkFollowIndex(b *testing.B) {
	files := map[string]hash{}
	for i := range 100_000 {
		files[fmt.Sprintf("services/team%02d/module%02d/source_file_%06d.go", i%50, i%40, i)] = blobID(nil)
	}
	files["sync-log/board/storage.yaml"] = blobID(nil)
	old := indexOf(2, files)
	for b.Loop() {
		r, err := newIndexReader(bytes.NewReader(old), int64(len(old)))
		if err != nil {
			b.Fatal(err)
		}
		edit, err := r.edit([]touch{{"sync-log/board/storage.yaml", blobID(nil), blobID([]byte("x")), filemode.Regular}}, func(touch) fs.FileInfo { return nil }, func(storedEntry) bool { return false })
		if err != nil {
			b.Fatal(err)
		}
		file, err := os.CreateTemp(b.TempDir(), "index")
		if err != nil {
			b.Fatal(err)
		}
		if err := edit.write(file, bytes.NewReader(old)); err != nil {
			b.Fatal(err)
		}
		file.Close()
	}
}
