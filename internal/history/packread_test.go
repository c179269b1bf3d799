package history

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// gitPack makes a repository by git whose objects are all in one pack, with an index
// of the version, and with differences that name their base, or say where it lies.
func gitPack(t testing.TB, dir, version string, byName bool) (index, content []byte, ids []hash) {
	t.Helper()
	git := func(args ...string) string {
		out, err := tryGit(dir, args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	git("init", "-q", "-b", "main")
	for i := range 3 {
		text := strings.Repeat("a line that stays\n", 50) + fmt.Sprintf("line %d\n", i)
		if err := os.WriteFile(filepath.Join(dir, "a"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		git("add", "a")
		git("commit", "-q", "-m", fmt.Sprint(i))
	}
	git("-c", "pack.indexVersion="+version, "-c", fmt.Sprintf("repack.useDeltaBaseOffset=%v", !byName), "repack", "-adfq")
	for _, name := range strings.Fields(git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")) {
		ids = append(ids, hashOf(name))
	}
	names := packNames([]string{filepath.Join(dir, ".git", "objects")})
	if len(names) != 1 {
		t.Fatalf("git made the packs %q", names)
	}
	index, err := os.ReadFile(names[0])
	if err == nil {
		content, err = os.ReadFile(strings.TrimSuffix(names[0], ".idx") + ".pack")
	}
	if err != nil {
		t.Fatal(err)
	}
	return index, content, ids
}

// packedObjects are objects that are in one pack alone.
func packedObjects(t testing.TB, index, content []byte) *objects {
	t.Helper()
	common := t.TempDir()
	dir := filepath.Join(common, "objects", "pack")
	err := os.MkdirAll(dir, 0o755)
	for name, b := range map[string][]byte{"pack-1.idx": index, "pack-1.pack": content} {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	o := openObjects(common)
	t.Cleanup(func() { o.Close() })
	return o
}

// Packs as git has made them over the years are read whole.
func TestPacksOfGit(t *testing.T) {
	needGit(t)
	for _, version := range []string{"1", "2"} {
		for _, byName := range []bool{false, true} {
			t.Run(fmt.Sprintf("version %s, bases by name %v", version, byName), func(t *testing.T) {
				index, content, ids := gitPack(t, t.TempDir(), version, byName)
				if old := !bytes.HasPrefix(index, []byte("\xfftOc")); old != (version == "1") {
					t.Fatal("the index is of another version")
				}
				o := packedObjects(t, index, content)
				wanted, deltas := plumbing.OFSDeltaObject, 0
				if byName {
					wanted = plumbing.REFDeltaObject
				}
				for _, id := range ids {
					kind, got, err := o.readAny(id)
					if err != nil || objectID(kind, got) != id {
						t.Errorf("read %s: %v", id, err)
					}
					p, offset, _ := o.current().find(id)
					if h, err := p.head(offset); err == nil && h.kind == wanted {
						deltas++
					}
					if found := o.withPrefix(id.String()[:10]); len(found) != 1 || found[0] != id {
						t.Errorf("%s is found as %v", id, found)
					}
				}
				if deltas == 0 {
					t.Error("there is no difference of the kind in the pack")
				}
			})
		}
	}
}

// checkDamaged reads every object of a pack that may be damaged: each is right or an
// error.
func checkDamaged(t *testing.T, index, content []byte, ids []hash) (failed int) {
	t.Helper()
	o := packedObjects(t, index, content)
	for _, id := range ids {
		kind, got, err := o.readAny(id)
		if err != nil {
			failed++
		} else if objectID(kind, got) != id {
			t.Errorf("read something else as %s", id)
		}
		_, _ = o.size(id)
		o.withPrefix(id.String()[:4])
	}
	return failed
}

func TestDamagedPack(t *testing.T) {
	needGit(t)
	index, content, ids := gitPack(t, t.TempDir(), "2", true)
	if n := checkDamaged(t, index, content[:packHeader], ids); n != len(ids) {
		t.Errorf("of an empty pack %d objects were read", len(ids)-n)
	}
	for i := packHeader; i < len(content)-20; i += 7 {
		damaged := bytes.Clone(content)
		damaged[i] ^= 0x55
		if checkDamaged(t, index, damaged, ids) == 0 {
			t.Errorf("the damage at byte %d was not seen", i)
		}
	}
}

// Damaged bytes never panic and never pass for an object that they are not.
func FuzzPack(f *testing.F) {
	if !hasGit() {
		f.Skip("there is no git program to make packs")
	}
	var ids []hash
	for _, version := range []string{"1", "2"} {
		index, content, all := gitPack(f, f.TempDir(), version, version == "1")
		f.Add(index, content)
		ids = append(ids, all...)
	}
	f.Fuzz(func(t *testing.T, index, content []byte) { checkDamaged(t, index, content, ids) })
}
