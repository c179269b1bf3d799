package layout_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/layout"
)

func gridded(t interface {
	Fatalf(string, ...any)
}, g layout.Graph) layout.Placement {
	p, err := layout.Gridded(layout.ELKCells(false), layout.Cells)(context.Background(), g)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if !p.Fits(g) {
		t.Fatalf("the placement is not one of the graph: %+v", p)
	}
	return p
}

// order lists the children of a grid, "a b / c d": rows from above, each from the left.
func order(g layout.Graph, p layout.Placement, parent int) string {
	var out strings.Builder
	last := -1
	for i, n := range g.Nodes {
		if n.Parent != parent {
			continue
		}
		if last >= 0 && p.Boxes[last].Y+p.Boxes[last].Height <= p.Boxes[i].Y {
			out.WriteString("/ ")
		} else if last >= 0 && p.Boxes[last].X+p.Boxes[last].Width > p.Boxes[i].X {
			out.WriteString("!! ")
		}
		fmt.Fprintf(&out, "%s ", n.ID)
		last = i
	}
	return strings.TrimSpace(out.String())
}

func TestGridsKeepTheirOrder(t *testing.T) {
	for _, c := range []struct{ name, nodes, edges, want string }{
		{"boxes", "g g/a g/b g/c g/d", "", "g/a g/b / g/c g/d"},
		{"an edge against the order", "g g/a g/b g/c g/d", "g/d>g/a g/c>g/b", "g/a g/b / g/c g/d"},
		{"containers", "g g/a g/a/x g/a/y g/b g/c g/c/z", "g/a/x>g/a/y g/c/z>g/b", "g/a g/b / g/c"},
		{"edges from outside", "x g g/a g/b g/c y", "x>g/c g/a>y g>y", "g/a g/b / g/c"},
		{"a grid in a grid", "g g/a g/a/x g/a/y g/b", "g/a/y>g/b", "g/a g/b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph(c.nodes, c.edges)
			for i := range g.Nodes {
				if g.Nodes[i].ID == "g" || c.name == "a grid in a grid" && g.Nodes[i].ID == "g/a" {
					g.Nodes[i].Grid = layout.Grid{Columns: 2}
				}
			}
			p := gridded(t, g)
			top := 0
			for g.Nodes[top].ID != "g" {
				top++
			}
			if got := order(g, p, top); got != c.want {
				t.Errorf("the order is %q, want %q", got, c.want)
			}
			checkPlacement(t, g, p)
		})
	}
}

// TestGridOfTheWhole has the nodes that lie in no other stand in columns.
func TestGridOfTheWhole(t *testing.T) {
	g := graph("a b b/x c", "a>c b/x>c")
	g.Grid = layout.Grid{Rows: 2}
	p := gridded(t, g)
	a, b, c := p.Boxes[0], p.Boxes[1], p.Boxes[3]
	if a.Y+a.Height > b.Y || a.X+a.Width > c.X {
		t.Errorf("two rows, filled column by column, are a %+v, b %+v, c %+v", a, b, c)
	}
}

// TestGridsOfAnything places grids of any shape: each child inside its grid, no two on
// each other.
func TestGridsOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		for i := range g.Nodes {
			if rapid.Bool().Draw(t, "is a grid") {
				g.Nodes[i].Grid = layout.Grid{Columns: rapid.IntRange(1, 3).Draw(t, "columns")}
			}
		}
		checkPlacement(t, g, gridded(t, g))
	})
}
