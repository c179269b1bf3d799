package chronicle

import (
	"strings"
	"testing"
)

func TestGraph(t *testing.T) {
	for _, c := range []struct {
		name, connections string
		cycles, fanIn     int
		of                string
	}{
		{"nothing", "", 0, 0, ""},
		{"a line", "a -> b, b -> c", 0, 1, "b"},
		{"a circle", "a -> b, b -> c, c -> a", 1, 1, "a"},
		{"two circles that share a component", "a -> b, b -> a, b -> c, c -> b", 1, 2, "b"},
		{"two circles apart", "a -> b, b -> a, a -> c, c -> d, d -> c", 2, 2, "c"},
		{"to itself", "a -> a", 0, 0, ""},
		{"both ways", "a <-> b", 1, 1, "a"},
		{"without arrows", "a -- b, b -- a", 0, 0, ""},
		{"twice", "a -> b, a -> b, c -> b", 0, 2, "b"},
	} {
		g := graph{}
		for text := range strings.SplitSeq(c.connections, ", ") {
			if parts := strings.Fields(text); len(parts) == 3 {
				g.add(parts[0], parts[2], parts[1])
			}
		}
		of, fanIn := g.fanIn()
		if n := g.cycles(); n != c.cycles || fanIn != c.fanIn || of != c.of {
			t.Errorf("%s: %d cycles, fan-in %d of %q", c.name, n, fanIn, of)
		}
	}
}
