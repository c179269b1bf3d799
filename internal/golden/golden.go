// Package golden is for tests that compare with kept files. Cases are files or
// archives ([txtar]) in a folder below testdata, named by what they show; with
// -update, what comes out is written in place of what is expected.
//
// It imports testing, so only tests may import it.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the tests expect with what comes out")

// Update tells whether the tests are to rewrite what they expect.
func Update() bool { return *update }

// Files are the files that match a pattern of [filepath.Glob]. A folder of cases
// that is empty fails the test.
func Files(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no cases: nothing matches %s", pattern)
	}
	return files
}

// Archives are the archives that match a pattern, by path.
func Archives(t testing.TB, pattern string) map[string]*txtar.Archive {
	t.Helper()
	archives := map[string]*txtar.Archive{}
	for _, file := range Files(t, pattern) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archives[file] = a
	}
	return archives
}

// Case is an archive of which some files are what is expected, and all others, with
// the comment, what the test is given.
type Case struct {
	Comment string
	Given   []txtar.File
	Want    []txtar.File // what is expected now, in the archive's order
	path    string
}

// Cases runs a test on every archive that matches a pattern, each under its name
// without the ending. The function want tells which files of an archive, by their
// names, are what is expected.
func Cases(t *testing.T, pattern string, want func(name string) bool, run func(*testing.T, *Case)) {
	t.Helper()
	for _, path := range Files(t, pattern) {
		t.Run(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c := &Case{Comment: string(a.Comment), path: path}
			for _, f := range a.Files {
				if want(f.Name) {
					c.Want = append(c.Want, f)
				} else {
					c.Given = append(c.Given, f)
				}
			}
			run(t, c)
		})
	}
}

// Below tells whether a file is one of the given names, or in a folder of that name.
func Below(names ...string) func(name string) bool {
	return func(name string) bool {
		folder, _, _ := strings.Cut(name, "/")
		return slices.Contains(names, folder)
	}
}

// File is the content of a given file, nil where the case has none of that name.
func (c *Case) File(name string) []byte {
	for _, f := range c.Given {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// Check compares what came out with what is expected, in this order, or writes it
// behind the files that were given.
func (c *Case) Check(t *testing.T, got ...txtar.File) {
	t.Helper()
	made := txtar.Format(&txtar.Archive{Files: got})
	if *update {
		all := &txtar.Archive{Comment: []byte(c.Comment), Files: slices.Concat(c.Given, got)}
		write(t, c.path, txtar.Format(all))
		return
	}
	compare(t, c.path, txtar.Format(&txtar.Archive{Files: c.Want}), made)
}

// Check compares what came out with a file, or writes it.
func Check(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	compare(t, path, want, got)
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func compare(t testing.TB, path string, want, got []byte) {
	t.Helper()
	if difference := diff.Diff("want", want, "got", got); difference != nil {
		t.Errorf("%s; -update accepts it\n%s", path, difference)
	}
}
