package picture

import (
	"os"
	"path/filepath"
	"testing"
)

// largest is the drawing of the largest real architecture there is.
func largest(b *testing.B) (Scene, *Canvas) {
	root := os.Getenv("ARCHSYNC_CORPUS")
	if root == "" {
		b.Skip("ARCHSYNC_CORPUS does not name a folder of real files")
	}
	d := compileFile(b, filepath.Join(root, "compose-architectures", "govuk-docker", "2026-04-02.d2"))
	if d == nil {
		b.Fatal("it does not compile")
	}
	s := Of(d)
	c, ps := Draw(b.Context(), s, Choice{}, Paper{Width: 200, Height: 60})
	if c == nil || len(ps) > 0 {
		b.Fatal(ps)
	}
	return s, c
}

// BenchmarkWindow is one frame while panning: 60 a second leave 16 ms for each.
func BenchmarkWindow(b *testing.B) {
	_, c := largest(b)
	subject := c.subjects[len(c.subjects)/2].ID()
	x := 0
	for b.Loop() {
		r := c.Clamp(Rect{x, x / 3, 200, 60})
		c.Window(r, Look{Selected: subject})
		c.Hints(r)
		c.Minimap(30, 10, r)
		x = (x + 3) % c.Width
	}
}

func BenchmarkDraw(b *testing.B) {
	s, c := largest(b)
	for _, way := range []struct {
		name string
		Choice
	}{{"all", Choice{}}, {"containers", Choice{Zoom: Containers}}, {"outline", Choice{Zoom: Outline}}} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				c, _ = Draw(b.Context(), s, way.Choice, Paper{Width: 200, Height: 60})
			}
			b.ReportMetric(float64(c.Width), "columns")
			b.ReportMetric(float64(c.Height), "rows")
		})
	}
}

// BenchmarkShoot places a year of a real history as one, BenchmarkExtend one more sync
// behind it.
func BenchmarkShoot(b *testing.B) {
	takes := takesOf(scenesOf(b, "opentelemetry-demo"), Changes)[:shotLength]
	for b.Loop() {
		if _, err := Shoot(b.Context(), takes, wideScreen); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExtend(b *testing.B) {
	takes := takesOf(scenesOf(b, "opentelemetry-demo"), Changes)[:shotLength]
	shot, err := Shoot(b.Context(), takes[:shotLength-1], wideScreen)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := shot.Extend(b.Context(), takes[shotLength-1]); err != nil {
			b.Fatal(err)
		}
	}
}
