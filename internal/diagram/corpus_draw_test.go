package diagram_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/diagram"
)

func TestWildFilesDraw(t *testing.T) {
	dir, files := wildFiles(t)
	r := diagram.NewRenderer(nil)
	slowest, name := time.Duration(0), ""
	for _, f := range files {
		if !f.ok {
			continue
		}
		start := time.Now()
		svg, ps := r.Render(t.Context(), os.DirFS(dir), f.name, diagram.RenderOptions{})
		if took := time.Since(start); took > slowest {
			slowest, name = took, f.name
		}
		if svg == nil && importIsMissing(dir, ps) {
			continue
		}
		if svg == nil {
			t.Errorf("%s: %v", f.name, ps)
			continue
		}
		checkSVG(t, f.name, svg)
	}
	t.Logf("slowest: %s, %v", name, slowest)
}

// checkSVG asserts that an SVG is XML, runs nothing and fetches nothing.
func checkSVG(t *testing.T, name string, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "script" {
			t.Errorf("%s: a script", name)
		}
		for _, a := range start.Attr {
			remote := strings.Contains(a.Value, "://") && a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && start.Name.Local != "a"
			if strings.HasPrefix(a.Name.Local, "on") || remote && (a.Name.Local == "href" || a.Name.Local == "src" || a.Name.Local == "style") {
				t.Errorf("%s: <%s %s=%q>", name, start.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

// Files that crash D2's own engine.
var dagreCrashes = []string{"2025-10-30", "2025-11-13", "2025-11-27", "2025-12-11", "2026-01-08", "2026-02-19", "2026-04-16"}

func TestFilesThatCrashDagreDraw(t *testing.T) {
	dir := filepath.Join(corpus(t, "compose-architectures"), "govuk-docker")
	r := diagram.NewRenderer(nil)
	for _, date := range dagreCrashes {
		start := time.Now()
		svg, ps := r.Render(t.Context(), os.DirFS(dir), date+".d2", diagram.RenderOptions{})
		if svg == nil {
			t.Errorf("%s: %v", date, ps)
			continue
		}
		checkSVG(t, date, svg)
		t.Logf("%s: %v", date, time.Since(start))
	}
}
