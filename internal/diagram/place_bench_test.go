package diagram

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"
)

// BenchmarkPlaceReal places the largest and the densest of the real architectures, from
// sizes to routes, as [Renderer.Render] does.
func BenchmarkPlaceReal(b *testing.B) {
	root := os.Getenv("ARCHSYNC_CORPUS")
	if root == "" {
		b.Skip("ARCHSYNC_CORPUS is not set: real data is not read")
	}
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{
		"govuk-docker/2026-04-02", "getsentry-self-hosted/2024-06-13", "getsentry-self-hosted/2024-10-17",
		"opentelemetry-demo/2026-08-06", "osf-io/2026-07-09",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				d := measured(b, ruler, filepath.Join(root, "compose-architectures", filepath.Dir(name)), filepath.Base(name)+".d2")
				core := NewRenderer(nil).core(d)
				b.StartTimer()
				if err := d.place(log.With(context.Background(), slog.New(slog.DiscardHandler)), core); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// measured is the drawing of a file, ready to be placed.
func measured(b *testing.B, ruler *textmeasure.Ruler, dir, name string) *drawing {
	b.Helper()
	d, ps := open(b.Context(), os.DirFS(dir), name, RenderOptions{})
	if d == nil {
		b.Fatal(ps)
	}
	if err := d.measure(ruler); err != nil {
		b.Fatal(err)
	}
	return d
}
