package diagram_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/diagram"
)

func TestLargeDiagramIsDrawnClosed(t *testing.T) {
	source := `edge -> shop.api.v1; edge -> shop.api.v2: twice; shop.api.v1 -> shop.store.db
shop: Shop {api: API {v1; v2; v1 -> v2}; store: Store}`
	lim := diagram.Limits{Drawn: 4}
	svg, ps := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", source), "a.d2", diagram.RenderOptions{Limits: lim})
	if svg == nil || len(ps) != 1 || !strings.Contains(ps[0].What, "7 components, more than 4: inner containers are drawn closed, which leaves 4") {
		t.Fatalf("got %v", ps)
	}
	for _, want := range []string{">API (2)<", ">Store (1)<", ">2 connections<"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("the SVG lacks %s", want)
		}
	}
	if bytes.Contains(svg, []byte(">v1<")) {
		t.Error("a closed container is drawn open")
	}
	if again, _ := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", source), "a.d2", diagram.RenderOptions{Limits: lim}); !bytes.Equal(svg, again) {
		t.Error("another drawing differs")
	}
}

func TestLargeDiagramWithoutContainersIsRefused(t *testing.T) {
	svg, ps := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", "a; b; c"), "a.d2", diagram.RenderOptions{Limits: diagram.Limits{Drawn: 2}})
	if svg != nil || len(ps) != 1 || !strings.Contains(ps[0].What, "3 components, more than 2, and no containers") {
		t.Errorf("got %v", ps)
	}
}

// tangle is a diagram that takes seconds to place: n components in containers of
// fifty, tangled inside and in a row outside.
func tangle(n int) string {
	var b strings.Builder
	for i := range n {
		group, at := i/50, i%50
		fmt.Fprintf(&b, "g%d: {n%d -> n%d; n%d -> n%d; n%d -> n%d}\n", group, at, (at*7+3)%50, at, (at*13+5)%50, at, (at*3+1)%50)
		fmt.Fprintf(&b, "g%d.n%d -> g%d.n%d\n", group, at, min(group+1, n/50-1), at)
	}
	return b.String()
}

func TestDiagramThatTakesTooLongIsDrawnClosed(t *testing.T) {
	lim := diagram.Limits{Time: time.Second}
	svg, ps := diagram.NewRenderer(nil).Render(t.Context(), files("a.d2", tangle(1000)), "a.d2", diagram.RenderOptions{Limits: lim})
	if len(ps) > 0 && strings.Contains(ps[0].What, "did not compile within") {
		t.Skipf("this machine is too slow to compile in the time there is for drawing: %v", ps)
	}
	if svg == nil || len(ps) != 1 || !strings.Contains(ps[0].What, "not drawn within 1s: inner containers are drawn closed, which leaves 20 of 1020 components") {
		t.Fatalf("got %v", ps)
	}
	if !bytes.Contains(svg, []byte(">g3 (50)<")) {
		t.Error("a container is not closed")
	}
}
