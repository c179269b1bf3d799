package diagram_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/diagram"
)

// architecture writes a diagram of n components in containers of ten, with about
// one and a half connections a component.
func architecture(n int) string {
	var b strings.Builder
	name := func(i int) string { return fmt.Sprintf("group%d.service%d", i/10, i) }
	for i := range n {
		fmt.Fprintf(&b, "%s: Service %d {tooltip: image/%d; shape: %s}\n", name(i), i, i, []string{"rectangle", "cylinder", "queue"}[i%3])
	}
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "%s -> %s: calls\n", name(i/2), name(i))
		if i%2 == 0 {
			fmt.Fprintf(&b, "%s -> %s {style.stroke-dash: 3}\n", name(i), name(i/3))
		}
	}
	return b.String()
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{40, 150} {
		fsys := files("a.d2", architecture(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if d, ps := diagram.Compile(b.Context(), fsys, "a.d2", diagram.Limits{}); d == nil {
					b.Fatal(ps)
				}
			}
		})
	}
}

func BenchmarkDiff(b *testing.B) {
	text := architecture(150)
	before := compileText(b, text)
	after := compileText(b, strings.ReplaceAll(text, "group3.service3", "group3.worker3")+"fresh -> group1.service11")
	b.ReportAllocs()
	for b.Loop() {
		if diff := diagram.Diff(before, after); len(diff.Components) != 11 {
			b.Fatal(diff)
		}
	}
}

func BenchmarkTreeDiff(b *testing.B) {
	text := architecture(150)
	before := compileText(b, text)
	after := compileText(b, text+"fresh -> group1.service11")
	diff := diagram.Diff(before, after)
	for b.Loop() {
		diagram.TreeDiff(before, after, diff)
	}
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{40, 150} {
		fsys := files("a.d2", architecture(n))
		r := diagram.NewRenderer(nil)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if svg, ps := r.Render(b.Context(), fsys, "a.d2", diagram.RenderOptions{}); svg == nil {
					b.Fatal(ps)
				}
			}
		})
	}
}
