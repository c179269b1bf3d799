package diagram

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2sequence"
	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"github.com/archsync/archsync/internal/layout"
)

// qualitySets are the diagrams whose placements are measured: D2's own examples, what
// else was found in the wild, and every so many of the versions of real architectures.
var qualitySets = []struct {
	name, folder string
	every        int
}{
	{"d2's examples", "d2-wild/terrastruct+d2", 1},
	{"d2's documentation", "d2-wild/terrastruct+d2-docs", 2},
	{"wild", "d2-wild", 5},
	{"appwrite", "compose-architectures/appwrite", 9},
	{"getsentry-self-hosted", "compose-architectures/getsentry-self-hosted", 10},
	{"govuk-docker", "compose-architectures/govuk-docker", 26},
	{"opencrvs-core", "compose-architectures/opencrvs-core", 20},
	{"opentelemetry-demo", "compose-architectures/opentelemetry-demo", 10},
	{"osf-io", "compose-architectures/osf-io", 5},
}

const qualityFile = "testdata/quality.tsv"

// quality is what is compared of a set of drawings; less is better in all of it.
type quality struct {
	files int
	layout.Metrics
	titles int // pairs of an edge and a container's title that it crosses
}

// TestQuality holds the drawings of real diagrams against the figures in
// testdata/quality.tsv: none may be worse by more than a hundredth. With -update it
// writes them anew, which a change for the better deserves.
func TestQuality(t *testing.T) {
	root := os.Getenv("ARCHSYNC_CORPUS")
	if root == "" {
		t.Skip("ARCHSYNC_CORPUS is not set: real data is not read")
	}
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("set\tfiles\tcrossings\tthrough\tforeign\thidden\ttitles\tbends\tlength\tarea\n")
	for _, set := range qualitySets {
		q := measureSet(t, ruler, filepath.Join(root, set.folder), set.every)
		fmt.Fprintf(&table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f\t%.0f\n", set.name, q.files,
			q.Crossings, q.Through, q.Foreign, q.Hidden, q.titles, q.Bends, q.Length, q.Area)
		if q.Through > 0 {
			t.Errorf("%s: %d edges run through boxes", set.name, q.Through)
		}
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(qualityFile, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	compareQuality(t, table.String())
}

func compareQuality(t *testing.T, table string) {
	stored, err := os.ReadFile(qualityFile)
	if err != nil {
		t.Fatal(err)
	}
	before, after := strings.Split(string(stored), "\n"), strings.Split(table, "\n")
	if len(before) != len(after) {
		t.Fatalf("%d lines, not %d: -update writes the figures anew", len(before), len(after))
	}
	names := strings.Split(after[0], "\t")
	for i := range after {
		old, now := strings.Split(before[i], "\t"), strings.Split(after[i], "\t")
		for k := 1; k < len(now) && i > 0; k++ {
			var a, b float64
			if _, err := fmt.Sscan(old[k]+" "+now[k], &a, &b); err != nil {
				t.Fatalf("%s: %v", now[0], err)
			}
			if names[k] == "files" && a != b || b > math.Ceil(a*1.01) {
				t.Errorf("%s: %s is %s, was %s", now[0], names[k], now[k], old[k])
			}
		}
	}
}

func measureSet(t *testing.T, ruler *textmeasure.Ruler, dir string, every int) quality {
	var sum quality
	r := NewRenderer(nil)
	for i, name := range d2Files(t, dir) {
		if i%every != 0 {
			continue
		}
		d, _ := open(t.Context(), os.DirFS(dir), name, RenderOptions{})
		if d == nil || d.measure(ruler) != nil {
			continue // what does not compile is another test's business
		}
		if err := d.place(log.With(context.Background(), slog.New(slog.DiscardHandler)), r.core(d)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		q := measureBoard(d.board)
		if testing.Verbose() && (q.Through > 0 || q.Foreign > 0 || q.Hidden > 0 || q.titles > 0) {
			t.Logf("%s: %d through boxes, %d through containers, %d hidden labels, %d crossed titles", name, q.Through, q.Foreign, q.Hidden, q.titles)
		}
		sum.files++
		sum.Metrics = sum.Add(q.Metrics)
		sum.titles += q.titles
	}
	if sum.files == 0 {
		t.Fatalf("nothing to draw in %s", dir)
	}
	return sum
}

func d2Files(t *testing.T, dir string) []string {
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".d2") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// measureBoard measures a placed board as it is drawn. What stands in sequence
// diagrams, where lines lie on boxes by rule, is left out.
func measureBoard(g *d2graph.Graph) quality {
	var q quality
	var graph layout.Graph
	var p layout.Placement
	node := map[*d2graph.Object]int{g.Root: layout.Root}
	var titled []layout.Box
	for _, o := range parentsFirst(g) {
		if o.OuterSequenceDiagram() != nil {
			continue
		}
		node[o] = len(graph.Nodes)
		graph.Nodes = append(graph.Nodes, layout.Node{ID: o.AbsID(), Parent: node[o.Parent]})
		box := boxOf(o)
		if unseen(o) {
			box.Width, box.Height = 0, 0
		}
		p.Boxes = append(p.Boxes, box)
		if title, ok := titleBox(o); ok && len(o.ChildrenArray) > 0 {
			titled = append(titled, title)
		}
	}
	for _, e := range g.Edges {
		from, ok := node[e.Src]
		to, too := node[e.Dst]
		if !ok || !too || d2sequence.IsLifelineEnd(e.Dst) {
			continue
		}
		edge, route := layout.Edge{ID: e.AbsID(), From: from, To: to}, layout.Route{ID: e.AbsID(), Points: line(e)}
		if b, ok := edgeLabelBox(e); ok {
			edge.Label = layout.Size{Width: b.Width, Height: b.Height}
			route.Label = &layout.Point{X: b.X + b.Width/2, Y: b.Y + b.Height/2}
		}
		graph.Edges = append(graph.Edges, edge)
		p.Routes = append(p.Routes, route)
		for _, b := range titled {
			if b.CutBy(route.Points) {
				q.titles++
			}
		}
	}
	q.Metrics = layout.Measure(graph, p)
	return q
}
