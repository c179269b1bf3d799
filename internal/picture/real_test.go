package picture_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata" // the demo's zone, wherever the tests run

	"github.com/archsync/archsync/internal/demo"
	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/picture"
)

// TestArchitecturesDraw compares the drawings of two architectures with
// testdata/architectures: archsync's own, which changes with the house, and that of
// the demo after its last sync.
func TestArchitecturesDraw(t *testing.T) {
	own := picture.Of(picture.CompileFile(t, "../../sync-log/diagrams/architecture.d2"))
	lumen := picture.Of(compile(t, demoLog(t), "sync-log/diagrams/architecture.d2"))
	for _, c := range []struct {
		name  string
		scene picture.Scene
		how   string
	}{
		{"archsync-80", own, "80"},
		{"archsync-120", own, "120"},
		{"demo-80-containers", lumen, "80 zoom=containers"},
		{"demo-120", lumen, "120"},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden.Check(t, filepath.Join("testdata/architectures", c.name+".txt"), []byte(drawing(t, c.scene, strings.Fields(c.how))))
		})
	}
}

// demoLog is the demo's repository after its last sync, without what closing adds.
func demoLog(t *testing.T) fstest.MapFS {
	closer := func(context.Context, fs.FS, fs.FS, string, string) (demo.Closing, error) {
		return demo.Closing{}, nil
	}
	files := fstest.MapFS{}
	for e, err := range demo.Past(t.Context(), demo.Options{}, closer) {
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range e.Files {
			files[name] = &fstest.MapFile{Data: data}
			if data == nil {
				delete(files, name)
			}
		}
	}
	return files
}

// takesOfHistory is how many files of a history TestRealFilesDrawTheSame draws.
const takesOfHistory = 10

// TestRealFilesDrawTheSame compares the drawings of real files, in 120 columns, with
// the digests in testdata/corpus.tsv: nobody looks at hundreds of drawings, but a
// change of any of them has to be meant.
func TestRealFilesDrawTheSame(t *testing.T) {
	got := map[string]string{}
	for _, path := range realFiles(t) {
		name, err := filepath.Rel(os.Getenv("ARCHSYNC_CORPUS"), path)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.ToSlash(name)] = digest(t, path)
	}
	var digests strings.Builder
	for _, name := range slices.Sorted(maps.Keys(got)) {
		fmt.Fprintf(&digests, "%s\t%s\n", name, got[name])
	}
	golden.Check(t, "testdata/corpus.tsv", []byte(digests.String()))
	t.Logf("%d drawings", len(got))
}

// realFiles are all diagrams of the wild, and some of every history.
func realFiles(t *testing.T) []string {
	files := picture.CorpusFiles(t, "d2-wild")
	histories := map[string][]string{}
	for _, path := range picture.CorpusFiles(t, "compose-architectures") {
		histories[filepath.Dir(path)] = append(histories[filepath.Dir(path)], path)
	}
	for _, h := range histories {
		n := min(takesOfHistory, len(h))
		for i := range n {
			files = append(files, h[i*(len(h)-1)/max(1, n-1)])
		}
	}
	return files
}

// digest tells drawings apart. What does not compile has none.
func digest(t *testing.T, path string) string {
	d := picture.CompileFile(t, path)
	if d == nil {
		return "unread"
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(drawing(t, picture.Of(d), []string{"120"}))))
}
