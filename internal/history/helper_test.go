package history

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	ada   = Author{"Ada Lovelace", "ada@example.com"}
	start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
)

// repo is a repository in a temporary folder, opened.
type repo struct {
	*Store
	t    *testing.T
	when time.Time
}

// newRepo makes an empty repository with the log in sync-log.
func newRepo(t *testing.T) *repo {
	t.Helper()
	return newRepoIn(t, filepath.Join(t.TempDir(), "repo"))
}

func newRepoIn(t *testing.T, dir string) *repo {
	t.Helper()
	if err := Init(dir, "main"); err != nil {
		t.Fatal(err)
	}
	return openRepo(t, dir)
}

func openRepo(t *testing.T, dir string) *repo {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &repo{s, t, start}
}

// commit commits files, as they are in the working tree too, a day after the last.
func (r *repo) commit(message string, files map[string]string) string {
	r.t.Helper()
	r.when = r.when.Add(24 * time.Hour)
	content := map[string][]byte{}
	for name, text := range files {
		content[name] = []byte(text)
		r.write(name, text)
	}
	c, err := r.Commit(context.Background(), Change{Files: content, Message: message, Author: ada, When: r.when})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(c.Notices) > 0 {
		r.t.Fatal(c.Notices)
	}
	return c.Commit
}

// write puts a file in the working tree, whatever is there.
func (r *repo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.Root(), filepath.FromSlash(name))
	os.MkdirAll(filepath.Dir(file), 0o755)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// read gives a working file; "(none)" when there is none.
func (r *repo) read(name string) string {
	content, err := os.ReadFile(filepath.Join(r.Root(), filepath.FromSlash(name)))
	if err != nil {
		return "(none)"
	}
	return string(content)
}

// git runs the git program in the working tree and gives what it prints.
func (r *repo) git(args ...string) string {
	r.t.Helper()
	return runGit(r.t, r.Root(), args...)
}

// needGit skips a test that compares with the git program where there is none.
func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git program to compare with")
	}
}

// gitEnv keeps the machine's configuration out of a test.
func gitEnv(dir string) []string {
	return append(os.Environ(),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir,
		"GIT_AUTHOR_NAME=Git", "GIT_AUTHOR_EMAIL=git@example.com", "GIT_COMMITTER_NAME=Git", "GIT_COMMITTER_EMAIL=git@example.com")
}

func tryGit(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "gc.auto=0", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir, cmd.Env = dir, gitEnv(dir)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return out.String(), nil
}

func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkSound fails unless git finds the repository sound.
func (r *repo) checkSound() {
	r.t.Helper()
	out, err := tryGit(r.Root(), "fsck", "--strict", "--no-dangling")
	if err != nil || strings.TrimSpace(out) != "" {
		r.t.Errorf("git fsck: %v\n%s", err, out)
	}
}

// checkStatus compares git status, one line a file.
func (r *repo) checkStatus(want string) {
	r.t.Helper()
	if got := r.git("status", "--porcelain=v1", "--untracked-files=all"); got != want {
		r.t.Errorf("git status:\n%swant:\n%s", got, want)
	}
}

// headFile is what HEAD has of a file; "(none)" when nothing.
func (r *repo) headFile(name string) string {
	r.t.Helper()
	_, head, err := r.refs.head()
	if err != nil {
		r.t.Fatal(err)
	}
	id, err := r.blobAt(head, name)
	if err != nil {
		r.t.Fatal(err)
	}
	if id.IsZero() {
		return "(none)"
	}
	_, content, err := r.objects.readAny(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

func bytesOf(files map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range files {
		out[name] = []byte(text)
	}
	return out
}

func hasGit() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

func gitWith(dir string, env []string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	return string(out), err
}
