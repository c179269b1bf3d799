package atomicfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func openRoot(t *testing.T) (*os.Root, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, dir
}

func leftovers(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	filepath.WalkDir(dir, func(name string, _ fs.DirEntry, _ error) error {
		if strings.HasSuffix(name, TempSuffix) {
			found = append(found, name)
		}
		return nil
	})
	return found
}

func TestWrite(t *testing.T) {
	root, dir := openRoot(t)
	for _, content := range []string{"first", "", "a much longer third content\r\n"} {
		if err := Write(root, "a/b/file.yaml", []byte(content), Options{}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "a/b/file.yaml"))
		if err != nil || string(got) != content {
			t.Errorf("got %q, %v; want %q", got, err, content)
		}
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("temporary files remain: %v", left)
	}
}

func TestWriteKeepsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	root, dir := openRoot(t)
	name := filepath.Join(dir, "script")
	os.WriteFile(name, []byte("old"), 0o600)
	os.Chmod(name, 0o777)
	if err := Write(root, "script", []byte("new"), Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(name)
	if info.Mode().Perm() != 0o777 {
		t.Errorf("mode is %v, want 0777", info.Mode().Perm())
	}
}

func TestWriteRefuses(t *testing.T) {
	root, dir := openRoot(t)
	os.Mkdir(filepath.Join(dir, "folder"), 0o755)
	os.WriteFile(filepath.Join(dir, "plain"), []byte("x"), 0o644)
	for _, name := range []string{"folder", "../outside", "plain/below"} {
		if err := Write(root, name, []byte("x"), Options{}); err == nil {
			t.Errorf("Write(%q) succeeded", name)
		}
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("temporary files remain: %v", left)
	}
}

func TestWriteRefusesSymlink(t *testing.T) {
	root, dir := openRoot(t)
	if err := os.Symlink("elsewhere", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(root, "link", []byte("x"), Options{}); err == nil {
		t.Error("a symbolic link was replaced")
	}
}

// Readers during writes see one of the contents whole, never a mixture.
func TestWriteWhole(t *testing.T) {
	root, dir := openRoot(t)
	want := map[string]bool{}
	for i := range 4 {
		want[strings.Repeat(fmt.Sprint(i), 1000*(i+1))] = true
	}
	Write(root, "f", []byte(strings.Repeat("0", 1000)), Options{})
	var writers sync.WaitGroup
	for content := range want {
		writers.Go(func() {
			for range 20 {
				if err := Write(root, "f", []byte(content), Options{NoSync: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if got, err := root.ReadFile("f"); err != nil || !want[string(got)] {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("temporary files remain: %v", left)
	}
}

func TestRemove(t *testing.T) {
	root, dir := openRoot(t)
	os.WriteFile(filepath.Join(dir, "f"), nil, 0o644)
	if err := Remove(root, "f"); err != nil {
		t.Fatal(err)
	}
	if err := Remove(root, "f"); err == nil {
		t.Error("removing what is not there succeeded")
	}
}
