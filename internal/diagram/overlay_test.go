package diagram_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/golden"
)

// overlaid draws the difference of two texts.
func overlaid(t interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}, before, after string, opt diagram.OverlayOptions) []byte {
	t.Helper()
	svg, ps := diagram.NewRenderer(nil).Overlay(context.Background(), side(compileText(t, before), "<before>"), side(compileText(t, after), "after"), opt)
	if svg == nil {
		t.Fatal(ps)
	}
	return svg
}

func side(d *diagram.Diagram, name string) diagram.Side { return diagram.Side{Diagram: d, Name: name} }

// TestOverlay draws the difference of before.d2 and after.d2 of every archive of
// testdata/overlay, light, and compares what stands in the picture.
func TestOverlay(t *testing.T) {
	golden.Cases(t, "testdata/overlay/*.txtar", golden.Below("picture"), func(t *testing.T, c *golden.Case) {
		before, after := string(c.File("before.d2")), string(c.File("after.d2"))
		opt := diagram.OverlayOptions{RenderOptions: diagram.RenderOptions{Layer: strings.TrimSpace(string(c.File("layer")))}}
		svg := overlaid(t, before, after, opt)
		checkSVG(t, t.Name(), svg)
		if again := overlaid(t, before, after, opt); !bytes.Equal(svg, again) {
			t.Error("the same input gives another picture")
		}
		c.Check(t, txtar.File{Name: "picture", Data: []byte(contents(t, svg))})
	})
}

var dashed = regexp.MustCompile(`stroke-dasharray: ?[1-9]`)

// contents lists what stands in a picture: for every thing its id, the colours that it
// is first drawn in, whether it is dashed, and its text.
func contents(t *testing.T, svg []byte) string {
	d := xml.NewDecoder(bytes.NewReader(svg))
	var b strings.Builder
	depth, style := 0, ""
	var words []string
	for {
		token, err := d.Token()
		if err != nil {
			return b.String()
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth++; depth == 3 && x.Name.Local == "g" {
				id, _ := base64.URLEncoding.DecodeString(strings.Fields(attr(x, "class") + " .")[0])
				style, words = fmt.Sprintf("%-28q", string(id)), nil
			}
			if fill, stroke := attr(x, "fill"), attr(x, "stroke"); depth > 3 && x.Name.Local != "text" && fill+stroke != "" && !strings.Contains(style, "#") {
				style += " " + stroke + " on " + fill
			}
			if depth > 3 && dashed.MatchString(attr(x, "style")) && !strings.Contains(style, "dashed") {
				style += " dashed"
			}
		case xml.EndElement:
			if depth == 3 && x.Name.Local == "g" {
				fmt.Fprintf(&b, "%s %q\n", style, strings.Join(words, " | "))
			}
			depth--
		case xml.CharData:
			if w := strings.TrimSpace(string(x)); w != "" && depth > 3 {
				words = append(words, w)
			}
		}
	}
}

func attr(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestOverlayFollowsTheTheme(t *testing.T) {
	light := overlaid(t, "a -> b", "a -> c", diagram.OverlayOptions{})
	for name, opt := range map[string]diagram.RenderOptions{
		"dark too": {Dark: true}, "dark theme": {Theme: 200}, "neutral": {Theme: 4}, "terminal": {Theme: 300}, "c4": {Theme: 303},
	} {
		svg := overlaid(t, "a -> b", "a -> c", diagram.OverlayOptions{RenderOptions: opt})
		checkSVG(t, name, svg)
		if bytes.Equal(svg, light) {
			t.Errorf("%s: it is the light picture", name)
		}
		bright, dim := bytes.Contains(svg, []byte("#1A7F37")), bytes.Contains(svg, []byte("#57D37C"))
		if bright == (opt.Theme == 200) || dim != (opt.Dark || opt.Theme == 200) {
			t.Errorf("%s: green on light ground %v, on dark ground %v", name, bright, dim)
		}
	}
}

func TestOverlayShowsAPart(t *testing.T) {
	before, after := compileText(t, "x: {a; b}\nx.a -> x.b -> c; d -> e"), compileText(t, "x: {a; b2}\nx.a -> x.b2 -> c; e; f")
	part := diagram.Diff(before, after).Near(before, after, "x.a", 1)
	svg, ps := diagram.NewRenderer(nil).Overlay(context.Background(), side(before, ""), side(after, ""), diagram.OverlayOptions{Shows: part.Has})
	got := contents(t, svg)
	for id, want := range map[string]bool{`"x"`: true, `"x.a"`: true, `"x.b2"`: true, `"c"`: false, `"d"`: false, `"e"`: false, `"f"`: false} {
		if strings.Contains(got, id+" ") != want {
			t.Errorf("%s is there: %v\n%s%v", id, !want, got, ps)
		}
	}
	for _, text := range []string{">added: 1 component<", ">removed: 1 component<"} {
		if !bytes.Contains(svg, []byte(text)) {
			t.Errorf("the legend does not say %s", text)
		}
	}
}

func TestOverlayThatCannotBeDrawn(t *testing.T) {
	before, after := compileText(t, "a; b; c"), compileText(t, "d; e; f")
	for want, opt := range map[string]diagram.RenderOptions{
		`no layer "layers.none"`:             {Layer: "layers.none"},
		"together have 6 components":         {Limits: diagram.Limits{Drawn: 5}},
		"there is no theme 12345":            {Theme: 12345},
		`there is no layout engine "magnet"`: {Layout: "magnet"},
	} {
		svg, ps := diagram.NewRenderer(nil).Overlay(context.Background(), side(before, ""), side(after, ""), diagram.OverlayOptions{RenderOptions: opt})
		if svg != nil || len(ps) != 1 || !strings.Contains(ps[0].What, want) {
			t.Errorf("drew %d bytes, problems %v, want %q", len(svg), ps, want)
		}
	}
}

// Law: whatever two versions are, their difference can be drawn, says how much there is
// of it, and has no sign where there is none.
func TestOverlayLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := compileText(t, drawSketch(t, "a").text()), compileText(t, drawSketch(t, "b").text())
		pair := rapid.SampledFrom([][2]*diagram.Diagram{{a, b}, {a, b}, {a, b}, {a, a}, {nil, b}, {b, nil}}).Draw(t, "pair")
		svg, ps := diagram.NewRenderer(nil).Overlay(context.Background(), side(pair[0], "a"), side(pair[1], "b"), diagram.OverlayOptions{})
		if svg == nil {
			t.Fatal(ps)
		}
		differs := len(diagram.Diff(pair[0], pair[1]).All()) > 0
		if says := !bytes.Contains(svg, []byte("Nothing differs.")); says != differs {
			t.Fatalf("the two differ: %v, the picture says so: %v", differs, says)
		}
	})
}
