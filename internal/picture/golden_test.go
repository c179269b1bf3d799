package picture_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/picture"
)

// TestCases reads every archive of testdata. Its files before.d2 and after.d2, or
// only after.d2, are the input; every file whose name begins with "draw" is a
// drawing of it, in the way that the words behind it say: "draw 80 zoom=changes".
func TestCases(t *testing.T) {
	drawn := func(name string) bool { return strings.HasPrefix(name, "draw") }
	golden.Cases(t, "testdata/*.txtar", drawn, runCase)
}

func runCase(t *testing.T, c *golden.Case) {
	fsys := fstest.MapFS{}
	for _, f := range c.Given {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	s := picture.Of(compile(t, fsys, "after.d2"))
	if fsys["before.d2"] != nil {
		s = picture.Between(compile(t, fsys, "before.d2"), s.After)
	}
	var got []txtar.File
	for _, f := range c.Want {
		how := strings.TrimPrefix(f.Name, "draw")
		got = append(got, txtar.File{Name: f.Name, Data: []byte(drawing(t, s, strings.Fields(how)))})
	}
	if len(got) == 0 {
		t.Fatal("nothing is drawn")
	}
	c.Check(t, got...)
}

func compile(t *testing.T, fsys fstest.MapFS, name string) *diagram.Diagram {
	d, ps := diagram.Compile(t.Context(), fsys, name, diagram.Limits{})
	if d == nil {
		t.Fatal(ps)
	}
	return d
}

// drawing draws as the words tell, and writes notes and problems below.
func drawing(t *testing.T, s picture.Scene, words []string) string {
	c, p := s.Default(), picture.Paper{Time: time.Minute}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "zoom":
			c.Zoom = map[string]picture.Zoom{
				"all": picture.All, "merged": picture.Merged, "changes": picture.Changes,
				"containers": picture.Containers, "outline": picture.Outline,
			}[value]
		case "focus":
			c.Focus = value
		case "among":
			c.Among = strings.Split(value, ",")
		case "depth":
			fmt.Sscan(value, &c.Depth)
		case "fold", "open":
			if c.Folded == nil {
				c.Folded = map[string]bool{}
			}
			c.Folded[value] = key == "fold"
		case "layer":
			c.Layer = value
		case "most":
			fmt.Sscan(value, &p.Most)
		case "ascii":
			p.ASCII = true
		default:
			if _, err := fmt.Sscan(w, &p.Width); err != nil {
				t.Fatalf("%q is no way to draw", w)
			}
		}
	}
	canvas, ps := picture.Draw(t.Context(), s, c, p)
	if canvas == nil {
		t.Fatal(ps)
	}
	var b strings.Builder
	b.WriteString(canvas.String())
	for _, n := range canvas.Notes {
		fmt.Fprintln(&b, n)
	}
	for _, p := range ps {
		fmt.Fprintln(&b, p.What)
	}
	return b.String()
}

// TestASCIIIsASCII draws the cases whose texts are ASCII.
func TestASCIIIsASCII(t *testing.T) {
	for name, archive := range golden.Archives(t, "testdata/*.txtar") {
		for _, f := range archive.Files {
			if !strings.HasSuffix(f.Name, ".d2") || !ascii(string(f.Data)) || strings.Contains(string(f.Data), `\u`) {
				continue
			}
			s := picture.Of(compile(t, fstest.MapFS{f.Name: {Data: f.Data}}, f.Name))
			for _, zoom := range []picture.Zoom{picture.All, picture.Containers, picture.Outline} {
				c, _ := picture.Draw(t.Context(), s, picture.Choice{Zoom: zoom}, picture.Paper{Width: 40, ASCII: true})
				if !ascii(c.String()) {
					t.Errorf("%s:\n%s", name, c)
				}
			}
		}
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
