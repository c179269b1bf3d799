package diagram_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/archsync/archsync/internal/diagram"
)

func files(nameAndText ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(nameAndText); i += 2 {
		fsys[nameAndText[i]] = &fstest.MapFile{Data: []byte(nameAndText[i+1])}
	}
	return fsys
}

func TestCompileRefusesWhatGoesBeyondALimit(t *testing.T) {
	doubling := "vars: {v0: {a; b}\n"
	for i := 1; i < 30; i++ {
		doubling += fmt.Sprintf("v%d: {x: {...${v%d}}; y: {...${v%d}}}\n", i, i-1, i-1)
	}
	doubling += "}\nroot: {...${v29}}\n"
	for name, c := range map[string]struct {
		fsys fstest.MapFS
		lim  diagram.Limits
		want string
	}{
		"no file":             {files(), diagram.Limits{}, "there is no such diagram"},
		"too large":           {files("a.d2", strings.Repeat("a\n", 100)), diagram.Limits{Bytes: 99}, "larger than 99 bytes"},
		"too large by import": {files("a.d2", "...@b", "b.d2", strings.Repeat("a\n", 100)), diagram.Limits{Bytes: 99}, "larger than 99 bytes"},
		"too many components": {files("a.d2", "a; b; c; layers: {x: {d}}"), diagram.Limits{Components: 3}, "4 components, more than 3"},
		"blocks too deep":     {files("a.d2", strings.Repeat("a: {", 100000)), diagram.Limits{}, "nested more than 200 deep"},
		"keys too deep":       {files("a.d2", strings.Repeat("a.", 100000)+"b"), diagram.Limits{}, "nested more than 200 deep"},
		"too long":            {files("a.d2", strings.Repeat("a -> b\n", 20000)), diagram.Limits{Time: time.Millisecond}, "did not compile within 1ms"},
		"variables double":    {files("a.d2", doubling), diagram.Limits{}, "more than 100000 keys"},
		"same file again":     {files("a.d2", strings.Repeat("x: @b\n", 10), "b.d2", strings.Repeat("a\n", 10)), diagram.Limits{Bytes: 200}, "larger than 200 bytes"},
		"too many imports":    {files("a.d2", "a: @b\nc: @d", "b.d2", "x", "d.d2", "x"), diagram.Limits{Files: 2}, "more than 2 files are imported"},
	} {
		t.Run(name, func(t *testing.T) {
			d, ps := diagram.Compile(t.Context(), c.fsys, "a.d2", c.lim)
			if d != nil || len(ps) != 1 || ps[0].Path != "a.d2" || !strings.Contains(ps[0].What, c.want) {
				t.Errorf("got %v, want a problem with %q", ps, c.want)
			}
		})
	}
}

func TestCompileEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, ps := diagram.Compile(ctx, files("a.d2", strings.Repeat("a -> b\n", 5000)), "a.d2", diagram.Limits{})
	if d != nil || len(ps) != 1 {
		t.Errorf("got %v, %v", d, ps)
	}
}

func TestImportsSeeTheirOwnFileTreeOnly(t *testing.T) {
	fsys := files(
		"sync-log/diagrams/a.d2", "x: @../shared\ny: @../../top\nz: @../../../out",
		"sync-log/shared.d2", "one", "top.d2", "two", "out.d2", "wrong")
	_, ps := diagram.Compile(t.Context(), fsys, "sync-log/diagrams/a.d2", diagram.Limits{})
	if len(ps) != 1 || ps[0].Line != 3 || !strings.Contains(ps[0].What, "outside") {
		t.Errorf("got %v", ps)
	}
}

func TestSourcesAreWhatWasRead(t *testing.T) {
	fsys := files("d/a.d2", "x: @b\ny: @b\nz: @c/c", "d/b.d2", "one", "d/c/c.d2", "two", "d/unused.d2", "three")
	d, ps := diagram.Compile(t.Context(), fsys, "d/a.d2", diagram.Limits{})
	if d == nil {
		t.Fatal(ps)
	}
	var names []string
	for _, s := range d.Sources() {
		names = append(names, s.Path)
	}
	if got := strings.Join(names, " "); got != "d/a.d2 d/b.d2 d/c/c.d2" {
		t.Errorf("sources %s", got)
	}
	if d.Text() != "x: @b\ny: @b\nz: @c/c" {
		t.Errorf("text %q", d.Text())
	}
}

func TestPlacesAreWhereThingsAreFirstWritten(t *testing.T) {
	fsys := files("a.d2", "ä.b -> c\nc: C {\n  d\n}\nx: @b", "b.d2", "\n  inner")
	d, ps := diagram.Compile(t.Context(), fsys, "a.d2", diagram.Limits{})
	if d == nil {
		t.Fatal(ps)
	}
	for id, want := range map[string]string{
		"ä": "a.d2:1:1-1", "ä.b": "a.d2:1:3-1", "c": "a.d2:1:8-1", "c.d": "a.d2:3:3-3", "x": "a.d2:5:1-5", "x.inner": "b.d2:2:3-2",
	} {
		c, ok := d.Component(id)
		p := c.Place
		if got := fmt.Sprintf("%s:%d:%d-%d", p.File, p.Line, p.Column, p.EndLine); !ok || got != want {
			t.Errorf("%s is at %s, want %s", id, got, want)
		}
	}
}

func TestLookups(t *testing.T) {
	d := compileText(t, "storage: {kafka: Kafka; redis}\napi -> storage.kafka: spans\napi -> storage.kafka\nui <- api\nweb -> api: x\nweb -> api: y\nui -> ui")
	for text, want := range map[string]string{
		"storage.kafka": "[storage.kafka]", "KAFKA": "[storage.kafka]", "stor": "[storage storage.kafka storage.redis]", "none": "[]", " ": "[]",
	} {
		if got := fmt.Sprint(d.Resolve(text)); got != want {
			t.Errorf("Resolve(%q) = %s, want %s", text, got, want)
		}
	}
	for ref, want := range map[string]bool{
		"api": true, "api -> storage.kafka: spans": true, "ui <- api": true, "web -> api: x": true,
		"web -> api": false, "api -> ui": false, "nothing": false,
	} {
		if d.Has(ref) != want {
			t.Errorf("Has(%q) = %v", ref, !want)
		}
	}
	n := d.Neighbours("api")
	if len(n.Out) != 2 || len(n.In) != 3 {
		t.Errorf("neighbours of api: %v", n)
	}
	if n := d.Neighbours("ui"); len(n.Out) != 2 || len(n.In) != 0 {
		t.Errorf("neighbours of ui: %v", n)
	}
	if cs := d.Children("storage"); len(cs) != 2 || cs[0].Key != "kafka" {
		t.Errorf("children of storage: %v", cs)
	}
}

func TestSpelledKeysAreReadBack(t *testing.T) {
	d := compileText(t, `"a.b": {"c -> d"; 'e "f"'; "g: h"; "{"; "x#y"; " "}`+"\nz -> \"a.b\".\"g: h\"")
	for _, c := range d.Components {
		again := compileText(t, c.ID)
		if last := again.Components[len(again.Components)-1]; last.ID != c.ID {
			t.Errorf("%s is read back as %s", c.ID, last.ID)
		}
	}
	for _, c := range d.Connections {
		if again := compileText(t, c.ID); again.Connections[0].ID != c.ID {
			t.Errorf("%s is read back as %s", c.ID, again.Connections[0].ID)
		}
	}
}

// FuzzCompile tries any text as a diagram that imports itself, a good file and a
// missing one: it ends, does not panic, and gives either a diagram that keeps its
// laws or a problem.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		"", "a", "a -> b -> c: x", "a: {b: {c}}", "...@a", "x: @b", "x: @../b", "*: {y}", "** -> **", "a.*.b: {shape: queue}",
		"vars: {a: ${b}; b: ${a}}\nx: ${a}", "layers: {x: {a; layers: {y: @b}}}", "a: |md # x |", "(a -> b)[*].style.stroke: red",
		"a: null", "a <-> b <- c -- d", "classes: {c: {shape: sql_table}}\nt.class: c\nt.id: int", "\x00\xff", "a: {", "steps: {1: {a}; 2: {b}}",
		"scenarios: {s: {a: {shape: sequence_diagram; b -> c}}}", "a\\\nb", "&shape: x", "a: {_.b -> c}", "'''", "a: '", "a[0]: b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip("long texts only take long")
		}
		lim := diagram.Limits{Time: 2 * time.Second, Components: 200, Files: 50}
		d, ps := diagram.Compile(t.Context(), files("a.d2", text, "b.d2", "one -> two"), "a.d2", lim)
		if (d == nil) != (len(ps) > 0) {
			t.Fatalf("diagram %v and problems %v", d, ps)
		}
		if d != nil {
			checkDiagram(t, text, d)
		}
	})
}
