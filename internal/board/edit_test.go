package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/problem"
)

var update = flag.Bool("update", false, "write the expected parts of the golden files anew")

// TestEditGolden runs the edits of testdata/edit: each archive is a file, edits of
// it and the file then, or the error. The comment may name crlf, bom and no-newline,
// which a text archive cannot show.
func TestEditGolden(t *testing.T) {
	for _, name := range golden(t, "edit") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			flags := string(a.Comment)
			f, problems := Parse("board/team.yaml", disguise(flags, member(a, "input.yaml")))
			if len(problems) > 0 {
				t.Fatalf("the input has problems: %v", problems)
			}
			got := txtar.File{Name: "output.yaml"}
			next, err := runEdits(f, string(member(a, "edit")))
			if err != nil {
				got = txtar.File{Name: "error", Data: []byte(failure(err))}
			} else {
				got.Data = undisguise(t, flags, next.Bytes())
			}
			compareGolden(t, name, a, []string{"output.yaml", "error"}, []txtar.File{got})
		})
	}
}

// golden lists the archives of a folder of cases, which may not be empty.
func golden(t *testing.T, folder string) []string {
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in testdata/%s (%v)", folder, err)
	}
	return names
}

func member(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// compareGolden compares the members named results with what came out, or writes it.
func compareGolden(t *testing.T, name string, a *txtar.Archive, results []string, got []txtar.File) {
	t.Helper()
	if *update {
		a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return slices.Contains(results, f.Name) })
		a.Files = append(a.Files, got...)
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, result := range results {
		want := string(member(a, result))
		is := string(member(&txtar.Archive{Files: got}, result))
		if strings.TrimSuffix(is, "\n") != strings.TrimSuffix(want, "\n") {
			t.Errorf("%s:\ngot:\n%s\nwant:\n%s", result, is, want)
		}
	}
}

func disguise(flags string, src []byte) []byte {
	if strings.Contains(flags, "no-newline") {
		src = bytes.TrimSuffix(src, []byte("\n"))
	}
	if strings.Contains(flags, "crlf") {
		src = bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))
	}
	if strings.Contains(flags, "bom") {
		src = append([]byte(byteOrderMark), src...)
	}
	return src
}

func undisguise(t *testing.T, flags string, src []byte) []byte {
	if strings.Contains(flags, "bom") && !bytes.HasPrefix(src, []byte(byteOrderMark)) {
		t.Error("the byte order mark is gone")
	}
	if strings.Contains(flags, "no-newline") == bytes.HasSuffix(src, []byte("\n")) {
		t.Errorf("the file's end changed: %q", src[max(0, len(src)-20):])
	}
	plain := bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	if strings.Contains(flags, "crlf") && bytes.Count(plain, []byte("\n")) != bytes.Count(src, []byte("\r\n")) {
		t.Errorf("a line ends in LF alone: %q", src)
	}
	return bytes.TrimPrefix(plain, []byte(byteOrderMark))
}

func failure(err error) string {
	var p problem.Problem
	if errors.As(err, &p) {
		return p.String() + "\n" + p.Hint + "\n"
	}
	return err.Error() + "\n"
}

// runEdits runs one edit a line: set ID KEY JSON, field KEY JSON, add JSON,
// remove ID, move ID (out, and by its own lines in again).
func runEdits(f *File, script string) (*File, error) {
	for line := range strings.Lines(script) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		next, err := runEdit(f, verb, rest)
		if err != nil {
			return nil, err
		}
		f = next
	}
	return f, nil
}

func runEdit(f *File, verb, rest string) (*File, error) {
	switch verb {
	case "set":
		id, rest, _ := strings.Cut(rest, " ")
		key, rest, _ := strings.Cut(rest, " ")
		return f.SetItem(id, key, jsonValue(rest))
	case "field":
		key, rest, _ := strings.Cut(rest, " ")
		return f.SetField(key, jsonValue(rest))
	case "add":
		return f.AddItem(jsonItem(rest))
	case "remove":
		return f.RemoveItem(rest)
	case "move":
		raw, ok := f.Raw(rest)
		if !ok {
			return nil, fmt.Errorf("no lines of %q", rest)
		}
		without, err := f.RemoveItem(rest)
		if err != nil {
			return nil, err
		}
		return without.AddRaw(raw)
	}
	return nil, fmt.Errorf("unknown edit %q", verb)
}

func jsonValue(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(fmt.Sprintf("%q: %v", text, err))
	}
	return value
}

func jsonItem(text string) Item {
	var it Item
	fields := jsonValue(text).(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case it.scalar(key) != nil:
			*it.scalar(key) = fields[key].(string)
		case it.list(key) != nil:
			for _, e := range fields[key].([]any) {
				*it.list(key) = append(*it.list(key), e.(string))
			}
		default:
			it.Extra = append(it.Extra, Field{key, fields[key]})
		}
	}
	return it
}
