package frontmatter

// go test ./internal/frontmatter -update rewrites the expectations in testdata/edits.

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/golden"
)

// TestEdits makes the edits of each archive, with LF and with CRLF endings, and
// compares the file and what is read of it.
func TestEdits(t *testing.T) {
	golden.Cases(t, "testdata/edits/*.txtar", golden.Below("edited", "read"), func(t *testing.T, c *golden.Case) {
		edits, file := string(c.Given[0].Data), c.Given[1].Data
		edited, read := edit(file, edits)
		crlf, _ := edit(bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")), edits)
		if want := strings.ReplaceAll(string(edited), "\n", "\r\n"); string(crlf) != want {
			t.Errorf("with CRLF got %q, want %q", crlf, want)
		}
		c.Check(t, txtar.File{Name: "edited", Data: edited}, txtar.File{Name: "read", Data: []byte(read)})
	})
}

// edit makes edits of the form `key = value`; a value with a comma is a list, one
// with a colon too a mapping.
func edit(file []byte, edits string) (edited []byte, read string) {
	d, ps := Parse("x.md", file)
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintln(&b, p)
	}
	for _, key := range d.Keys() {
		fmt.Fprintf(&b, "%s: %q %q %q\n", key, d.Text(key), d.List(key), d.Map(key))
	}
	for line := range strings.Lines(edits) {
		key, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " =")
		text = strings.TrimSpace(text)
		var value any = text
		if list := strings.Split(text, ", "); len(list) > 1 || key == "people" {
			value = list
			if pairs := map[string]string{}; strings.Contains(text, ":") {
				for _, p := range list {
					k, v, _ := strings.Cut(p, ":")
					pairs[k] = v
				}
				value = pairs
			}
		}
		next, err := d.Set(key, value)
		if err != nil {
			fmt.Fprintln(&b, err)
			continue
		}
		d = next
	}
	return d.Bytes(), b.String()
}

func TestValues(t *testing.T) {
	d, ps := Parse("x.md", []byte("\xef\xbb\xbf---\nn: 0007\nd: 2026-03-12\nb: yes\nt: !!str 5\na: &x [1, two]\nc: *x\nm: {k: v, n: 1.5}\nz:\nl: |\n  a\n  b\n---\nBody"))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	for key, want := range map[string]string{"n": "0007", "d": "2026-03-12", "b": "yes", "t": "5", "z": "", "l": "a\nb\n", "absent": "", "m": ""} {
		if got := d.Text(key); got != want {
			t.Errorf("Text(%q) = %q, want %q", key, got, want)
		}
	}
	if got := d.List("c"); !slices.Equal(got, []string{"1", "two"}) {
		t.Errorf("List of an alias = %q", got)
	}
	extra := d.Extra("n", "d", "b", "t", "a", "z", "l")
	want := []Field{{"c", []any{int64(1), "two"}}, {"m", map[string]any{"k": "v", "n": 1.5}}}
	if !reflect.DeepEqual(extra, want) {
		t.Errorf("Extra = %#v", extra)
	}
	if d.Body() != "Body" || d.BodyLine() != 14 {
		t.Errorf("body %q on line %d", d.Body(), d.BodyLine())
	}
	if line, column := d.Position("d"); line != 3 || column != 1 {
		t.Errorf("position %d:%d", line, column)
	}
}

func TestLimits(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", 'a'+i), 10), ", "))
	}
	for name, src := range map[string]string{
		"aliases of aliases": "---\n" + bomb + "---\n",
		"large front matter": "---\n" + strings.Repeat("a: b\n", MaxYAML/5+1) + "---\n",
		"large file":         strings.Repeat("x", MaxSize+1),
		"deep":               "---\na: " + strings.Repeat("[", 5000) + "\n---\n",
	} {
		if _, ps := Parse("x.md", []byte(src)); len(ps) == 0 {
			t.Errorf("%s is no problem", name)
		}
	}
}

// TestQuote is the law that what is written is read as the same text.
func TestQuote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"yes", "null", "~", "0x1f", "1e3", "14:00", "a: b", "a #b", "- a", "[a", "{a}", "@a", "*a", "&a", "!a", "|", ">", "'", "\"", "%a", "`a", "a:", " a ", "...", "---", "<<", "=", "é", "\u2028", "a, b", "?", "? a", ":",
		})).Draw(t, "text")
		s = strings.ToValidUTF8(s, "\uFFFD")
		d, err := New("x.md", []Field{{"k", s}, {"l", []string{s, "x"}}, {"m", map[string]string{"a": s}}}, "")
		if err != nil {
			t.Fatal(err)
		}
		if d.Text("k") != s || !slices.Equal(d.List("l"), []string{s, "x"}) || d.Map("m")["a"] != s {
			t.Fatalf("%q is read from\n%s", s, d.Bytes())
		}
	})
}

// FuzzEdit holds the law of the package: nothing changes without an edit, and an
// edit changes its own key and no byte outside the front matter.
func FuzzEdit(f *testing.F) {
	for _, a := range golden.Archives(f, "testdata/edits/*.txtar") {
		f.Add(a.Files[1].Data, "state", "closed")
	}
	f.Add([]byte("\xef\xbb\xbf---\r\na: 1\r\n---\r\nx"), "a", "b\nc")
	f.Fuzz(func(t *testing.T, src []byte, key, text string) {
		d, _ := Parse("x.md", src)
		if len(src) <= MaxSize && !bytes.Equal(d.Bytes(), src) {
			t.Fatalf("parsed %q gives %q", src, d.Bytes())
		}
		for _, value := range []any{text, []string{text, "x"}, nil} {
			next, err := d.Set(key, value)
			if err != nil {
				continue
			}
			if next.Body() != d.Body() {
				t.Fatalf("the body became %q", next.Body())
			}
			for _, k := range d.Keys() {
				if k != key && !reflect.DeepEqual(next.find(k).value, d.find(k).value) {
					t.Fatalf("setting %q changed %q:\n%s\n%s", key, k, src, next.Bytes())
				}
			}
			if again, err := next.Set(key, value); err != nil || again != next {
				t.Fatalf("setting %q to %q twice changes %q: %v", key, value, next.Bytes(), err)
			}
		}
	})
}

// A fence that ends the file keeps its line when a body is written below it.
func TestBodyBelowLastLine(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"---\na: 1\n---", "---\na: 1\n---\nText\n"},
		{"---\r\na: 1\r\n---", "---\r\na: 1\r\n---\r\nText\n"},
		{"---\na: 1\n---\n", "---\na: 1\n---\nText\n"},
		{"", "Text\n"},
	} {
		d, _ := Parse("f.md", []byte(c.src))
		next := d.SetBody("Text\n")
		if got := string(next.Bytes()); got != c.want || next.Body() != "Text\n" {
			t.Errorf("%q becomes %q with the body %q, want %q", c.src, got, next.Body(), c.want)
		}
	}
}
