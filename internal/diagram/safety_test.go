package diagram_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/diagram"
)

// Nothing that lies outside a log, and nothing that runs, gets into a picture: each
// case is a diagram that tries. A case without a problem is drawn without what it
// tried; one with a problem may be drawn, too, but says so.
func TestPictureHoldsNothingFromOutside(t *testing.T) {
	const secret = "\x89PNG\r\n\x1a\nSECRET"
	for name, c := range map[string]struct{ source, problem string }{
		"icon above":            {"a.icon: ../secret.png", "outside"},
		"icon far above":        {"a.icon: pics/../../../secret.png", "outside"},
		"icon absolute":         {"a.icon: /etc/passwd", "outside"},
		"icon by file":          {"a.icon: file:///etc/passwd", "nothing is fetched"},
		"icon remote":           {"a.icon: https://evil.example/SECRET.svg", "nothing is fetched"},
		"icon of a share":       {`a.icon: //evil.example/SECRET.svg`, "nothing is fetched"},
		"icon with backslashes": {`a.icon: '..\secret.png'`, "outside"},
		"icon is a page":        {`a.icon: "data:text/html;base64,PHNjcmlwdD4="`, "neither PNG"},
		"icon is a folder":      {"a.icon: pics", "is left out"},
		"icon is a pipe":        {"a.icon: pics/pipe", "not a plain file"},
		"import of a pipe":      {"a: @pics/pipe", "not a plain file"},
		"image above":           {"a: {shape: image; icon: ../secret.png}", "outside"},
		"image remote":          {"a: {shape: image; icon: http://evil.example/SECRET.png}", "nothing is fetched"},
		"icon of an edge":       {"a -> b: {icon: ../secret.png}", "outside"},
		"import above":          {"...@../outside", "outside"},
		"import far above":      {"a: @x/../../outside", "a.d2:1"},
		"import absolute":       {"a: @/etc/passwd", "outside"},
		"import remote":         {`a: @"https://evil.example/SECRET"`, "failed to import"},
		"picture in Markdown":   {"a: |md ![x](https://evil.example/SECRET.png) ![y](../secret.png) |", ""},
		"style in Markdown":     {"a: |md <p style=\"background: url(https://evil.example/SECRET)\">x</p> |", ""},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := files("log/a.d2", c.source, "secret.png", secret, "outside.d2", "SECRET", "log/pics/x.png", "\x89PNG\r\n\x1a\n")
			fsys["log/pics/pipe"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
			fsys["log/pics/pipe.d2"] = fsys["log/pics/pipe"]
			svg, ps := diagram.NewRenderer(nil).Render(t.Context(), must(fs.Sub(fsys, "log")), "a.d2", diagram.RenderOptions{})
			if c.problem != "" && !strings.Contains(fmt.Sprint(ps), c.problem) {
				t.Errorf("problems %v, want %q", ps, c.problem)
			}
			if svg == nil && c.problem == "" {
				t.Fatal(ps)
			}
			checkSVG(t, name, svg)
			for _, bad := range []string{"SECRET", "U0VDUkVU", "evil.example", "root:"} {
				if bytes.Contains(svg, []byte(bad)) {
					t.Errorf("the SVG holds %q", bad)
				}
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Whatever stands in a text, a browser must read it as text.
func TestPictureRunsNothing(t *testing.T) {
	payloads := []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `' onload='alert(1)`,
		`" onload="alert(1)`, `]]><script>alert(1)</script>`, `--><script>alert(1)</script>`, `</text><script>alert(1)</script>`,
		`</style><script>alert(1)</script>`, `<a href="javascript:alert(1)">x</a>`, `<a xlink:href="java&#115;cript:alert(1)">x</a>`,
		`<iframe srcdoc="<script>alert(1)</script>"></iframe>`, `<math><mtext></mtext><script>alert(1)</script></math>`,
		`<set attributeName="onload" to="alert(1)" />`, `<use href="data:image/svg+xml;base64,PHN2Zy8+" />`,
	}
	for place, source := range map[string]string{ // %q is the payload quoted, %r raw, %n its number
		"label":              "a%n: %q",
		"key":                "%q",
		"edge":               "a%n -> b: %q",
		"plain Markdown tip": "a%n: {tooltip: %q}",
		"link":               "a%n: {link: %q}",
		"class":              "a%n: {class: %q}; a%n -> b: {class: %q}",
		"table":              "a%n: {shape: sql_table; %q: %q {constraint: %q}}",
		"method":             "a%n: {shape: class; %q: %q}",
		"sequence":           "a%n: {shape: sequence_diagram; x -> y: %q; x.%q}",
		"grid":               "a%n: {grid-rows: 1; %q; y: %q}",
		"near":               "a%n: %q {near: top-center}",
		"person":             "a%n: %q {shape: person}",
		"title":              "a%n: %q {b -> c}",
		"arrowhead":          "a%n -> b: {target-arrowhead: %q}",
		"legend":             "vars: {d2-legend: {l%n: %q}}; a",
		"code":               "a%n: |||go\n  %r\n|||",
		"Markdown":           "a%n: |||md\n  %r\n|||",
		"Markdown tip":       "a%n: {tooltip: |||md\n  %r\n|||}",
	} {
		var text strings.Builder
		for i, p := range payloads {
			if strings.Contains(place, "Markdown") && !wellFormed(p) {
				continue // D2 refuses it
			}
			quoted := "'" + strings.ReplaceAll(p, "'", "''") + "'"
			fmt.Fprintln(&text, strings.NewReplacer("%q", quoted, "%r", p, "%n", fmt.Sprint(i)).Replace(source))
		}
		svg, ps := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", text.String()), "a.d2", diagram.RenderOptions{})
		if svg == nil {
			t.Errorf("%s: %v", place, ps)
			continue
		}
		checkSVG(t, place, svg)
		checkHarmless(t, place, svg)
	}
}

func wellFormed(markup string) bool {
	return xml.Unmarshal([]byte("<p>"+markup+"</p>"), new(struct{})) == nil
}

// checkHarmless looks for what a lenient reader of the bytes could take for markup
// that runs.
func checkHarmless(t *testing.T, name string, svg []byte) {
	t.Helper()
	low := bytes.ToLower(svg)
	for _, bad := range []string{"<script", "<iframe", "<set ", "href=\"javascript", "href='javascript", "<use href=\"data:"} {
		if bytes.Contains(low, []byte(bad)) {
			t.Errorf("%s: the SVG holds %s", name, bad)
		}
	}
}

// A link on the disk that leads out of the folder is not followed.
func TestLinksOutAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"secret.png": "\x89PNG\r\n\x1a\nSECRET", "secret.d2": "SECRET", "log/a.d2": "a.icon: pic.png", "log/b.d2": "...@inner"} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"pic.png": "../secret.png", "inner.d2": "../secret.d2"} {
		if err := os.Symlink(to, filepath.Join(dir, "log", from)); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	root, err := os.OpenRoot(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"a.d2", "b.d2"} {
		svg, ps := diagram.NewRenderer(nil).Render(t.Context(), root.FS(), name, diagram.RenderOptions{})
		if len(ps) == 0 || bytes.Contains(svg, []byte("U0VDUkVU")) || bytes.Contains(svg, []byte("SECRET")) {
			t.Errorf("%s: a link out was followed; problems %v", name, ps)
		}
	}
}

// A character that turns the reading direction around would show a text as another one.
func TestPictureReadsAsItIsWritten(t *testing.T) {
	for name, source := range map[string]string{
		"label":      "a: \"user\u202egnp.exe\u2066\"",
		"key":        "\"x\u202ey\" -> b",
		"connection": "a -> b: \"one\u2067two\"",
		"tooltip":    "a: {tooltip: \"one\u202dtwo\"}",
		"Markdown":   "a: |md one\u202etwo |",
		"entity":     "a: |md <b>one&#8238;two&#x202E;three&#x0000202e;four</b> |",
		"attribute":  "a: |md <b title=\"one&#8238;two&#x202E;three\">x</b> |",
		"C1":         "a: \"one\u009btwo\"",
	} {
		svg := render(t, diagram.NewRenderer(nil), files("a.d2", source), diagram.RenderOptions{})
		checkSVG(t, name, svg)
		for _, bad := range []string{"\u202d", "\u202e", "\u2066", "\u2067", "\u009b", "&#8238;", "&#x202", "&#x0000202"} {
			if bytes.Contains(svg, []byte(bad)) {
				t.Errorf("%s: the SVG holds %+q", name, bad)
			}
		}
	}
	svg := render(t, diagram.NewRenderer(nil), files("a.d2", "a: |md fish &amp; chips &#8364; |\nb: \"\u0639\u0631\u0628\u064a\u200f\""), diagram.RenderOptions{})
	if !bytes.Contains(svg, []byte("fish &amp; chips")) || !bytes.Contains(svg, []byte("\u0639\u0631\u0628\u064a\u200f")) {
		t.Error("what only reads from the right is gone, or an entity")
	}
}
