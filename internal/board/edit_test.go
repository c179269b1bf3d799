package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/problem"
)

// TestEditGolden runs the edits of testdata/edit: each archive is a file, edits of
// it and the file then, or the error. The comment may name crlf, bom and no-newline,
// which a text archive cannot show.
func TestEditGolden(t *testing.T) {
	golden.Cases(t, "testdata/edit/*.txtar", golden.Below("output.yaml", "error"), func(t *testing.T, c *golden.Case) {
		f, problems := Parse("board/team.yaml", disguise(c.Comment, c.File("input.yaml")))
		if len(problems) > 0 {
			t.Fatalf("the input has problems: %v", problems)
		}
		next, err := runEdits(f, string(c.File("edit")))
		if err != nil {
			c.Check(t, txtar.File{Name: "error", Data: []byte(failure(err))})
		} else {
			c.Check(t, txtar.File{Name: "output.yaml", Data: undisguise(t, c.Comment, next.Bytes())})
		}
	})
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
