package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var logFiles = map[string]string{
	"sync-log/archsync.yaml":               "title: x\n",
	"sync-log/.gitattributes":              "* text eol=lf\n",
	"sync-log/board/ingest.yaml":           "name: Ingest\n",
	"sync-log/diagrams/architecture.d2":    "a -> b\n",
	"sync-log/diagrams/parts/queue.d2":     "kafka\n",
	"docs/adr/0001-queue.md":               "# Queue\n",
	"docs/pictures/system.d2":              "a\n",
	"docs/pictures/system.png":             "not of the log",
	"docs/readme.md":                       "not of the log",
	"src/main.go":                          "not of the log",
	"sync-log-2/board/not-of-the-log.yaml": "not of the log",
}

var logPaths = Paths{Dir: "sync-log", Folders: []string{"docs/adr"}, Diagrams: []string{"docs/pictures"}}

func visibleFiles() []string {
	var names []string
	for name, text := range logFiles {
		if text != "not of the log" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Every kind of moment shows the same log and obeys the rules of fs.FS.
func TestFS(t *testing.T) {
	r := newRepo(t)
	commit := r.commit("start", logFiles)
	for name, m := range map[string]Moment{"now": {}, "commit": {Kind: AtCommit, Commit: commit}} {
		t.Run(name, func(t *testing.T) {
			fsys, err := r.FS(m, logPaths)
			if err != nil {
				t.Fatal(err)
			}
			if err := fstest.TestFS(fsys, visibleFiles()...); err != nil {
				t.Error(err)
			}
			var found []string
			fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil {
					t.Error(err)
				} else if !d.IsDir() {
					found = append(found, name)
				}
				return nil
			})
			if !slices.Equal(found, visibleFiles()) {
				t.Errorf("found %q, want %q", found, visibleFiles())
			}
			sub, err := fs.Sub(fsys, "sync-log/diagrams")
			if err != nil {
				t.Fatal(err)
			}
			if got, err := fs.ReadFile(sub, "parts/queue.d2"); err != nil || string(got) != "kafka\n" {
				t.Errorf("read %q, %v", got, err)
			}
			for _, hidden := range []string{"src/main.go", "src", "docs/readme.md", ".git/HEAD", "../x", "sync-log/none", "docs/pictures/system.png"} {
				if _, err := fs.Stat(fsys, hidden); err == nil {
					t.Errorf("%q is visible", hidden)
				}
			}
		})
	}
}

func TestFSOfWholeRepository(t *testing.T) {
	r := newRepo(t)
	commit := r.commit("start", map[string]string{"archsync.yaml": "", "board/a.yaml": "1\n"})
	for _, m := range []Moment{{}, {Kind: AtCommit, Commit: commit}} {
		fsys, err := r.FS(m, Paths{Dir: "."})
		if err != nil {
			t.Fatal(err)
		}
		if err := fstest.TestFS(fsys, "archsync.yaml", "board/a.yaml"); err != nil {
			t.Error(err)
		}
		if _, err := fs.Stat(fsys, ".git"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("git's folder is visible: %v", err)
		}
	}
}

func TestContentID(t *testing.T) {
	r := newRepo(t)
	first := r.commit("start", logFiles)
	second := r.commit("next", map[string]string{"sync-log/board/ingest.yaml": "name: Other\n"})
	id := func(commit, name string) string {
		fsys, err := r.FS(Moment{Kind: AtCommit, Commit: commit}, logPaths)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := fsys.(interface{ ContentID(string) (string, bool) }).ContentID(name)
		return id
	}
	for name, same := range map[string]bool{
		"sync-log/archsync.yaml": true, "sync-log/diagrams": true, "docs/adr": true,
		"sync-log/board/ingest.yaml": false, "sync-log/board": false, "sync-log": false,
	} {
		a, b := id(first, name), id(second, name)
		if a == "" || b == "" || (a == b) != same {
			t.Errorf("ContentID(%q) is %q and then %q", name, a, b)
		}
	}
	for _, name := range []string{".", "docs", "docs/pictures", "src/main.go", "none"} {
		if got := id(first, name); got != "" {
			t.Errorf("ContentID(%q) = %q, want none", name, got)
		}
	}
}

func TestSymlinksAreRefused(t *testing.T) {
	needGit(t)
	r := newRepo(t)
	r.commit("start", logFiles)
	board := filepath.Join(r.Root(), "sync-log", "board")
	if err := errors.Join(os.Symlink("ingest.yaml", filepath.Join(board, "link.yaml")), os.Symlink("../board", filepath.Join(r.Root(), "sync-log", "linked"))); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "links")
	head, _ := r.Head()
	for _, m := range []Moment{{}, {Kind: AtCommit, Commit: head.Commit}} {
		fsys, err := r.FS(m, logPaths)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.ReadFile(fsys, "sync-log/board/link.yaml"); !errors.Is(err, ErrSymlink) {
			t.Errorf("a link was read: %v", err)
		}
		if _, err := fs.ReadFile(fsys, "sync-log/linked/ingest.yaml"); err == nil {
			t.Error("a linked folder was read")
		}
	}
	if err := r.Write("sync-log/linked/ingest.yaml", []byte("name: Ingest\n"), []byte("x")); !errors.Is(err, ErrSymlink) {
		t.Errorf("a file was written through a link: %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	r := newRepo(t)
	r.write("sync-log/a", "")
	if err := os.Truncate(filepath.Join(r.Root(), "sync-log", "a"), MaxFile+1); err != nil {
		t.Skip(err)
	}
	fsys, _ := r.FS(Moment{}, logPaths)
	if _, err := fs.ReadFile(fsys, "sync-log/a"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error is %v", err)
	}
}

func TestPaths(t *testing.T) {
	cases := map[string]struct{ has, leads bool }{
		"sync-log":                     {true, true},
		"sync-log/a":                   {true, true},
		"sync-log/.a.yaml.swp":         {false, false},
		"sync-log/a.yaml~":             {false, false},
		"sync-log/.GIT/config":         {false, false},
		"sync-log/.x.1-0.archsync-tmp": {false, false},
		"sync-log2":                    {false, false},
		"docs":                         {false, true},
		"docs/adr/x.md":                {true, true},
		"docs/pictures/x.d2":           {true, true},
		"docs/pictures/deep/x.d2":      {true, true},
		"docs/pictures/x.png":          {false, true},
		"docs/other":                   {false, false},
		".":                            {false, true},
	}
	for name, want := range cases {
		if got := logPaths.Has(name); got != want.has {
			t.Errorf("Has(%q) = %v", name, got)
		}
		if got := logPaths.MayContain(name); got != want.leads {
			t.Errorf("MayContain(%q) = %v", name, got)
		}
	}
	if (Paths{}).Has("a") || (Paths{}).MayContain(".") {
		t.Error("no paths show something")
	}
}

func TestUnsaved(t *testing.T) {
	r := newRepo(t)
	r.commit("start", logFiles)
	r.commit("rules", map[string]string{".gitignore": "*.bak\nscratch/\n", "sync-log/crlf": "1\n2\n"})
	r.write("sync-log/crlf", "1\r\n2\r\n")
	r.write("sync-log/board/ingest.yaml", "name: Changed\n")
	r.write("sync-log/board/new.yaml", "new\n")
	r.write("sync-log/board/old.bak", "ignored\n")
	r.write("sync-log/scratch/x", "ignored\n")
	r.write("sync-log/board/.ingest.yaml.swp", "an editor's\n")
	r.write("src/main.go", "changed, but not of the log\n")
	os.Remove(filepath.Join(r.Root(), "docs/adr/0001-queue.md"))
	changes, err := r.Unsaved(t.Context(), logPaths)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Path+": "+string(c.Head)+"> "+string(c.Work))
	}
	want := []string{
		"docs/adr/0001-queue.md: # Queue\n> ",
		"sync-log/board/ingest.yaml: name: Ingest\n> name: Changed\n",
		"sync-log/board/new.yaml: > new\n",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrite(t *testing.T) {
	r := newRepo(t)
	steps := []struct {
		name          string
		before, after []byte
		want          error
	}{
		{"new", nil, []byte("1"), nil},
		{"new once more", nil, []byte("2"), ErrChanged},
		{"stale", []byte("0"), []byte("2"), ErrChanged},
		{"next", []byte("1"), []byte("2"), nil},
		{"emptied", []byte("2"), []byte{}, nil},
		{"empty is not missing", nil, []byte("3"), ErrChanged},
		{"removed", []byte{}, nil, nil},
		{"removed once more", []byte{}, nil, ErrChanged},
		{"nothing", nil, nil, nil},
	}
	for _, s := range steps {
		if err := r.Write("sync-log/board/a.yaml", s.before, s.after); !errors.Is(err, s.want) || s.want == nil && err != nil {
			t.Errorf("%s: error is %v, want %v", s.name, err, s.want)
		}
	}
	if _, err := os.Stat(filepath.Join(r.Root(), "sync-log")); err == nil {
		t.Error("empty folders remain")
	}
	for _, name := range []string{"../a", "/a", ".", ".git/config", "a/../b"} {
		if err := r.Write(name, nil, []byte("x")); err == nil {
			t.Errorf("Write(%q) succeeded", name)
		}
	}
}

func TestStamp(t *testing.T) {
	r := newRepo(t)
	r.commit("start", logFiles)
	last := r.Stamp(logPaths)
	changes := map[string]func(){
		"a file changes":   func() { r.write("sync-log/board/ingest.yaml", "name: Other name\n") },
		"a file comes":     func() { r.write("docs/adr/0002.md", "") },
		"a file goes":      func() { os.Remove(filepath.Join(r.Root(), "docs/adr/0002.md")) },
		"the branch moves": func() { r.commit("next", map[string]string{"src/main.go": "2"}) },
		"a snapshot's tag": func() { r.write(".git/refs/tags/sync/2026-01-01", strings.Repeat("1", 40)+"\n") },
	}
	for _, name := range []string{"a file changes", "a file comes", "a file goes", "the branch moves", "a snapshot's tag"} {
		changes[name]()
		if now := r.Stamp(logPaths); now == last {
			t.Errorf("%s: the stamp is the same", name)
		} else {
			last = now
		}
	}
	r.write("src/other.go", "not of the log")
	r.write(".git/refs/tags/sync/2026-01-02.lock", "")
	if r.Stamp(logPaths) != last {
		t.Error("the stamp changed with a file that is not of the log")
	}
}
