package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/synclog"
)

// past makes up episodes: syncs of commits each, every commit changing one board
// of several and sometimes the diagram; with the closing commit tagged.
func past(syncs, commits, groups int) iter.Seq2[Episode, error] {
	return func(yield func(Episode, error) bool) {
		board := func(group, version int) []byte {
			var b bytes.Buffer
			fmt.Fprintf(&b, "name: Group %d\nitems:\n", group)
			for item := range 20 {
				fmt.Fprintf(&b, "  - id: g%02di%02d\n    title: Item %d of the group, with some words\n    status: ongoing\n    note: version %d\n", group, item, item, version/(item+1))
			}
			return b.Bytes()
		}
		for n := range syncs {
			date := start.AddDate(0, 0, 14*n)
			for c := range commits {
				files := map[string][]byte{}
				group := (n*7 + c) % groups
				files[fmt.Sprintf("sync-log/board/group%02d.yaml", group)] = board(group, n*commits+c)
				if n == 0 && c == 0 {
					files["sync-log/archsync.yaml"] = []byte("title: made up\n")
				}
				e := Episode{Author: ada, When: date.Add(time.Duration(c) * time.Minute), Message: fmt.Sprintf("board: change %d of sync %d", c, n), Files: files}
				if c == commits-1 {
					day := date.Format(time.DateOnly)
					files["sync-log/syncs/"+day+".md"] = []byte("# Sync of " + day + "\n")
					files["sync-log/diagrams/architecture.d2"] = bytes.Repeat([]byte("component -> other\n"), n+1)
					e.Tag, e.TagMessage = "sync/"+day, "Sync of "+day
					e.Message = synclog.WithTrailer(e.Message, synclog.SyncTrailer, day)
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func TestReplay(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	got, err := r.Replay(t.Context(), past(12, 5, 4))
	if err != nil || len(got.Notices) > 0 {
		t.Fatal(got, err)
	}
	r.checkSound()
	r.checkStatus("")
	if n := strings.Count(r.git("log", "--format=%H"), "\n"); n != 60 {
		t.Errorf("there are %d commits", n)
	}
	line, problems, err := r.Timeline()
	if err != nil || len(line) != 12 || len(problems) > 0 {
		t.Errorf("Timeline() = %d, %v, %v", len(line), problems, err)
	}
	if packs, _ := filepath.Glob(filepath.Join(r.Root(), ".git/objects/pack/*")); len(packs) != 2 {
		t.Errorf("the pack folder holds %q", packs)
	}
	again := newRepo(t)
	if other, err := again.Replay(t.Context(), past(12, 5, 4)); err != nil || other.Commit != got.Commit {
		t.Errorf("the second time it is %v, %v; want %s", other, err, got.Commit)
	}
	if a, b := r.git("show-ref"), again.git("show-ref"); a != b {
		t.Errorf("the references differ:\n%s\n%s", a, b)
	}
	r.git("gc", "-q")
	r.checkSound()
}

// A past on top of what is there keeps that.
func TestReplayOnTop(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	base := r.commit("before", map[string]string{"src/a": "1\n", "sync-log/archsync.yaml": "title: mine\n"})
	r.git("tag", "v1")
	r.write("src/a", "staged\n")
	r.git("add", "src/a")
	got, err := r.Replay(t.Context(), past(3, 2, 2))
	if err != nil || got.Parent != base {
		t.Fatal(got, err)
	}
	r.checkSound()
	r.checkStatus("M  src/a\n")
	if out := r.git("tag", "--list"); out != "sync/2026-01-01\nsync/2026-01-15\nsync/2026-01-29\nv1\n" {
		t.Errorf("tags are %q", out)
	}
	if out := r.git("rev-parse", "main~6"); out != base+"\n" {
		t.Errorf("the past does not stand on what was there: %q", out)
	}
}

func TestReplayRefuses(t *testing.T) {
	broken := errors.New("broken")
	cases := map[string]struct {
		prepare  func(*repo)
		episodes iter.Seq2[Episode, error]
		want     error
	}{
		"nothing":         {func(*repo) {}, func(func(Episode, error) bool) {}, ErrNothing},
		"broken iterator": {func(*repo) {}, func(yield func(Episode, error) bool) { yield(Episode{}, broken) }, broken},
		"no name":         {func(*repo) {}, func(yield func(Episode, error) bool) { yield(Episode{When: start}, nil) }, ErrNoIdentity},
		"tag exists":      {func(r *repo) { r.write(".git/refs/tags/sync/2026-01-15", strings.Repeat("1", 40)+"\n") }, past(3, 2, 2), ErrTagExists},
		"file in the way": {func(r *repo) { r.write("sync-log/board/group00.yaml", "mine\n") }, past(3, 2, 2), ErrChanged},
		"tag twice": {func(*repo) {}, func(yield func(Episode, error) bool) {
			_ = yield(Episode{Author: ada, When: start, Message: "a", Tag: "t"}, nil) && yield(Episode{Author: ada, When: start, Message: "b", Tag: "t"}, nil)
		}, ErrTagExists},
		"bad tag": {func(*repo) {}, func(yield func(Episode, error) bool) {
			yield(Episode{Author: ada, When: start, Message: "a", Tag: "a..b"}, nil)
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			c.prepare(r)
			_, err := r.Replay(t.Context(), c.episodes)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if head, err := r.Head(); err != nil || head.Commit != "" {
				t.Errorf("the branch moved: %v, %v", head, err)
			}
			left, _ := os.ReadDir(filepath.Join(r.Root(), ".git/objects/pack"))
			for _, f := range left {
				if strings.HasPrefix(f.Name(), "tmp_") {
					t.Errorf("%s remains", f.Name())
				}
			}
		})
	}
}

// Objects above the limits of the format's small numbers: sizes, distances, names.
func TestReplayOddSizes(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	text := bytes.Repeat([]byte("0123456789abcdef\n"), 20_000)
	sizes := []int{0, 1, 15, 16, 63, 64, 2047, 2048, 65_535, 65_536, 65_537, len(text)}
	_, err := r.Replay(t.Context(), func(yield func(Episode, error) bool) {
		for round := range 40 {
			files := map[string][]byte{}
			for _, n := range sizes {
				content := bytes.Clone(text[:n])
				if n > 10 {
					copy(content[n/2:], fmt.Sprintf("%03d", round))
				}
				files[fmt.Sprintf("sync-log/%d", n)] = content
			}
			if !yield(Episode{Author: ada, When: start, Message: fmt.Sprint(round), Files: files}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.checkSound()
	r.checkStatus("")
	for _, n := range sizes {
		if got := r.headFile(fmt.Sprintf("sync-log/%d", n)); len(got) != n {
			t.Errorf("a file of %d bytes has %d", n, len(got))
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	for name, size := range map[string][3]int{"demo": {52, 8, 7}, "decade": {260, 16, 50}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				dir := b.TempDir()
				if err := Init(dir, "main"); err != nil {
					b.Fatal(err)
				}
				s, err := Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Replay(b.Context(), past(size[0], size[1], size[2])); err != nil {
					b.Fatal(err)
				}
				packs, _ := filepath.Glob(filepath.Join(dir, ".git/objects/pack/*.pack"))
				info, _ := os.Stat(packs[0])
				b.ReportMetric(float64(info.Size()), "packbytes")
				s.Close()
			}
		})
	}
}

// decade is the repository that the benchmarks of reading use.
func decade(b *testing.B) *Store {
	dir := b.TempDir()
	if err := Init(dir, "main"); err != nil {
		b.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if _, err := s.Replay(b.Context(), past(260, 16, 50)); err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkRead(b *testing.B) {
	s := decade(b)
	paths := Paths{Dir: "sync-log"}
	b.Run("timeline", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Timeline(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open and timeline", func(b *testing.B) {
		for b.Loop() {
			fresh, err := Open(s.Root())
			if err != nil {
				b.Fatal(err)
			}
			fresh.Timeline()
			fresh.Close()
		}
	})
	b.Run("every file of every snapshot", func(b *testing.B) {
		line, _, _ := s.Timeline()
		for b.Loop() {
			for _, snap := range line {
				readAll(b, s, snap, paths)
			}
		}
	})
	b.Run("distinct files of every snapshot", func(b *testing.B) {
		line, _, _ := s.Timeline()
		for b.Loop() {
			seen := map[string]bool{}
			for _, snap := range line {
				readDistinct(b, s, snap, paths, seen)
			}
		}
	})
	b.Run("stamp", func(b *testing.B) {
		for b.Loop() {
			s.Stamp(paths)
		}
	})
	b.Run("unsaved", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Unsaved(b.Context(), paths); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("commit", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			files := map[string][]byte{"sync-log/board/group00.yaml": fmt.Appendf(nil, "%d\n", n)}
			if _, err := s.Commit(b.Context(), Change{Files: files, Message: "m", Author: ada, When: start}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func readAll(b *testing.B, s *Store, snap Snapshot, paths Paths) {
	readDistinct(b, s, snap, paths, nil)
}

// readDistinct reads the boards of a snapshot, but for contents seen before.
func readDistinct(b *testing.B, s *Store, snap Snapshot, paths Paths, seen map[string]bool) {
	fsys, err := s.FS(Moment{Kind: AtSnapshot, Commit: snap.Commit}, paths)
	if err != nil {
		b.Fatal(err)
	}
	entries, err := fs.ReadDir(fsys, "sync-log/board")
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		name := "sync-log/board/" + e.Name()
		if seen != nil {
			id, _ := fsys.(interface{ ContentID(string) (string, bool) }).ContentID(name)
			if seen[id] {
				continue
			}
			seen[id] = true
		}
		if _, err := fs.ReadFile(fsys, name); err != nil {
			b.Fatal(err)
		}
	}
}
