package diagram_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/archsync/archsync/internal/diagram"
)

// memory is a Memo for tests.
type memory struct {
	mu         sync.Mutex
	kept       map[string][]byte
	hits, puts int
}

func (m *memory) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[key]
	if ok {
		m.hits++
	}
	return v, ok
}

func (m *memory) Put(key string, v []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[key] = v
	m.puts++
}

const small = "user: {shape: person}\nuser -> edge.gateway: https\nedge: {gateway -> cache: warm\ngateway -> gateway: retry}\nedge -> edge.cache"

func render(t *testing.T, r *diagram.Renderer, fsys fstest.MapFS, opt diagram.RenderOptions) []byte {
	t.Helper()
	svg, ps := r.Render(t.Context(), fsys, "a.d2", opt)
	if svg == nil {
		t.Fatal(ps)
	}
	checkSVG(t, "a.d2", svg)
	return svg
}

func TestSameInputSameBytes(t *testing.T) {
	fsys := files("a.d2", small)
	want := render(t, diagram.NewRenderer(nil), fsys, diagram.RenderOptions{})
	r := diagram.NewRenderer(nil)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if got, _ := r.Render(t.Context(), fsys, "a.d2", diagram.RenderOptions{}); !bytes.Equal(got, want) {
				t.Error("another drawing of the same file differs")
			}
		})
	}
	wg.Wait()
}

func TestMemoKeepsDrawingsAndPlacements(t *testing.T) {
	m := &memory{kept: map[string][]byte{}}
	r := diagram.NewRenderer(m)
	first := render(t, r, files("a.d2", small), diagram.RenderOptions{})
	if again := render(t, r, files("a.d2", small), diagram.RenderOptions{}); !bytes.Equal(first, again) || m.hits != 1 {
		t.Errorf("drawn again: %d hits", m.hits)
	}
	puts := m.puts
	render(t, r, files("a.d2", small+"\nuser.style.fill: red"), diagram.RenderOptions{})
	if m.hits != 2 || m.puts != puts+1 {
		t.Errorf("a colour made a new placement: %d hits, %d puts", m.hits, m.puts-puts)
	}
	for k := range m.kept {
		m.kept[k] = []byte("{damaged")
	}
	if fresh := render(t, diagram.NewRenderer(m), files("a.d2", small+" "), diagram.RenderOptions{}); len(fresh) < 1000 {
		t.Error("a damaged placement was used")
	}
}

func TestThemesAndEngines(t *testing.T) {
	r := diagram.NewRenderer(nil)
	seen := map[string]string{}
	for name, opt := range map[string]diagram.RenderOptions{
		"plain": {}, "theme": {Theme: 300}, "dark": {Dark: true}, "dagre": {Layout: diagram.Dagre},
	} {
		svg := string(render(t, r, files("a.d2", small), opt))
		for other, s := range seen {
			if s == svg {
				t.Errorf("%s and %s look the same", name, other)
			}
		}
		seen[name] = svg
	}
	for want, opt := range map[string]diagram.RenderOptions{
		`no layout engine "tala"`: {Layout: "tala"}, "no theme 7777": {Theme: 7777}, `no layer "layers.x"`: {Layer: "layers.x"},
	} {
		svg, ps := r.Render(t.Context(), files("a.d2", small), "a.d2", opt)
		if svg != nil || len(ps) != 1 || !strings.Contains(ps[0].What, want) {
			t.Errorf("got %v, want %s", ps, want)
		}
	}
}

func TestLayersAreDrawnByName(t *testing.T) {
	r := diagram.NewRenderer(nil)
	fsys := files("a.d2", "layers: {one: {first}; two: {second}}")
	if svg := render(t, r, fsys, diagram.RenderOptions{}); !bytes.Contains(svg, []byte(">first<")) {
		t.Error("an empty root is not replaced by its first layer")
	}
	if svg := render(t, r, fsys, diagram.RenderOptions{Layer: "layers.two"}); !bytes.Contains(svg, []byte(">second<")) {
		t.Error("the layer asked for is not drawn")
	}
}

func TestNothingHarmfulReachesTheSVG(t *testing.T) {
	source := `a: {link: "javascript:alert(1)"; tooltip: "<script>1</script>"}
b: {link: https://example.org/x}
c: |md
  <script>alert(1)</script> <b onclick="alert(1)">bold</b> <img src="http://evil.example/x.png" />
  <a href="javascript:alert(1)">one</a> [two](https://good.example) <style>@import url(http://evil.example/s.css);</style>
  <iframe src="http://evil.example"><p>inside</p></iframe> <p style="background: u\72l(http://evil.example)">p</p>
|
d: {icon: https://evil.example/i.svg}
e: {icon: ../../secret.png}
f: {icon: pics/ok.png}
g: {icon: pics/script.svg; shape: image}
h: {icon: pics/none.txt}
i.class: ['x" onload="alert(1)']
j: "\u0001 control"
k -> l: {link: "data:text/html,x"}
`
	svgIcon := `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><image href="http://evil.example/x.png"/><circle r="4"/></svg>`
	fsys := files("a.d2", source, "pics/ok.png", "\x89PNG\r\n\x1a\n rest", "pics/script.svg", svgIcon, "pics/none.txt", "text")
	svg, ps := diagram.NewRenderer(nil).Render(t.Context(), fsys, "a.d2", diagram.RenderOptions{})
	if svg == nil {
		t.Fatal(ps)
	}
	checkSVG(t, "a.d2", svg)
	for _, bad := range []string{"<script", "alert(1)\"", "evil.example\"", "evil.example/", "onclick=", "<iframe", "@import", "data:text"} {
		if bytes.Contains(svg, []byte(bad)) {
			t.Errorf("the SVG holds %q", bad)
		}
	}
	for _, good := range []string{"https://example.org/x", "https://good.example", "data:image/png;base64,", "data:image/svg+xml;base64,"} {
		if !bytes.Contains(svg, []byte(good)) {
			t.Errorf("the SVG lacks %q", good)
		}
	}
	var lines []string
	for _, p := range ps {
		lines = append(lines, fmt.Sprint(p.Line))
	}
	if got := strings.Join(lines, " "); got != "8 9 12" {
		t.Errorf("problems at lines %s: %v", got, ps)
	}
}

func TestDrawingEndsInTime(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "n%d -> n%d\nn%d -> n%d\n", i, (i*7+3)%400, i, (i*13+5)%400)
	}
	svg, ps := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", b.String()), "a.d2", diagram.RenderOptions{Limits: diagram.Limits{Time: 150 * time.Millisecond}})
	if svg != nil || len(ps) == 0 {
		t.Errorf("got %v", ps)
	}
	for _, p := range ps {
		if !strings.Contains(p.What, "within 150ms") { // of compiling too, on a slow machine
			t.Errorf("got %v", p)
		}
	}
}
