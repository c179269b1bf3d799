package picture

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// violations lists everything in which a drawing of a plan is not what a reader may
// rely on.
func violations(p plan, c *Canvas) []string {
	l := &lawyer{p: p, c: c}
	for i := range p.view.Nodes {
		l.box(i)
	}
	for i := range p.view.Edges {
		l.route(i)
		l.label(i)
	}
	l.rows()
	return l.found
}

type lawyer struct {
	p     plan
	c     *Canvas
	found []string
}

func (l *lawyer) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

// box: it lies in its frame, touches no other box, and shows its whole name and
// nothing of a connection.
func (l *lawyer) box(i int) {
	n, r := l.p.view.Nodes[i], l.p.boxes[i]
	if n.Parent != layout.Root && !within(r, l.p.boxes[n.Parent]) {
		l.say("%q %v is not inside %v", n.ID, r, l.p.boxes[n.Parent])
	}
	for k := range i {
		if l.p.view.Nodes[k].Parent == n.Parent && overlap(r, l.p.boxes[k]) {
			l.say("%q and %q overlap", n.ID, l.p.view.Nodes[k].ID)
		}
	}
	if n.Kind == Frame {
		return
	}
	text := ""
	for y := r.Y; y <= r.bottom(); y++ {
		for x := r.X; x <= r.right(); x++ {
			k := l.c.cells[y*l.c.Width+x]
			if k.role == EdgeLine || k.role == EdgeHead || k.role == EdgeName {
				l.say("a connection is drawn in %q", n.ID)
			}
			text += k.text
		}
		text += "\n"
	}
	for _, line := range l.p.blocks[i].name {
		if n.Kind != Grid && !strings.Contains(text, strings.TrimSpace(line)) {
			l.say("%q does not show %q", n.ID, line)
		}
	}
}

func within(r, outer Rect) bool {
	return r.X > outer.X && r.Y > outer.Y && r.right() < outer.right() && r.bottom() < outer.bottom()
}

func overlap(a, b Rect) bool {
	return a.X <= b.right() && b.X <= a.right() && a.Y <= b.bottom() && b.Y <= a.bottom()
}

// route: it leads from side to side, and through no box that is not one of its ends.
func (l *lawyer) route(i int) {
	e, r := l.p.view.Edges[i], l.p.routes[i]
	for _, end := range []struct {
		node int
		at   point
	}{{e.From, r[0]}, {e.To, r[len(r)-1]}} {
		if !l.p.boxes[end.node].onSide(end.at) {
			l.say("%q ends at %v, which is not on %q %v", e.IDs[0], end.at, l.p.view.Nodes[end.node].ID, l.p.boxes[end.node])
		}
	}
	for k := 1; k < len(r); k++ {
		if r[k].x != r[k-1].x && r[k].y != r[k-1].y {
			l.say("%q slants", e.IDs[0])
		}
		piece := around([]point{r[k-1], r[k]})
		for b, box := range l.p.boxes {
			ends := l.p.view.isIn(e.From, b) || l.p.view.isIn(e.To, b)
			if !ends && l.p.view.Nodes[b].Kind != Frame && overlap(piece, box) {
				l.say("%q runs through %q", e.IDs[0], l.p.view.Nodes[b].ID)
			}
		}
	}
}

// label: all of it is to be read, in its place or as a note.
func (l *lawyer) label(i int) {
	want := strings.Join(l.p.manner.labelLines(l.p.view.Edges[i]), "")
	if want == "" {
		return
	}
	got := ""
	for _, k := range l.c.cells {
		if k.subject == int32(len(l.p.view.Nodes)+i) && k.role == EdgeName {
			got += k.text
		}
	}
	if got == want {
		return
	}
	id := l.p.view.Edges[i].IDs[0]
	if !slices.ContainsFunc(l.c.Notes, func(n string) bool { return strings.Contains(n, id) }) {
		l.say("%q shows %q instead of %q", id, got, want)
	}
}

// rows: every row is as wide as the drawing.
func (l *lawyer) rows() {
	for y := range l.c.Height {
		row := ""
		for _, k := range l.c.cells[y*l.c.Width : (y+1)*l.c.Width] {
			row += k.text
		}
		if width(row) != l.c.Width {
			l.say("row %d is %d wide instead of %d: %q", y, width(row), l.c.Width, row)
		}
	}
}

func corpusFiles(t testing.TB, patterns ...string) []string {
	root := os.Getenv("ARCHSYNC_CORPUS")
	if root == "" {
		t.Skip("ARCHSYNC_CORPUS does not name a folder of real files")
	}
	var files []string
	for _, sub := range patterns {
		err := filepath.WalkDir(filepath.Join(root, sub), func(path string, d os.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".d2") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatal("no files")
	}
	return files
}

func compileFile(t testing.TB, path string) *diagram.Diagram {
	d, _ := diagram.Compile(t.Context(), os.DirFS(filepath.Dir(path)), filepath.Base(path), diagram.Limits{})
	return d
}

// TestRealFilesDraw draws every layer of every real file in every way, and holds the
// drawings to the laws.
func TestRealFilesDraw(t *testing.T) {
	drawn, notes, cut, small, fit, broken := 0, 0, 0, 0, 0, 0
	for i, path := range corpusFiles(t, "d2-wild", "compose-architectures") {
		if strings.Contains(path, "compose-architectures") && i%20 != 0 {
			continue // neighbours in a history differ little
		}
		d := compileFile(t, path)
		if d == nil {
			continue
		}
		s := Of(d)
		for _, layer := range s.Layers() {
			v := s.View(Choice{Layer: layer})
			for _, a := range (Paper{Width: 1}).attempts()[:4] {
				if len(v.Nodes)+len(v.Edges) > 3*large && a.manner.blank == 0 {
					continue
				}
				p, err := place(t.Context(), v, a, nil)
				if err != nil {
					t.Errorf("%s %s: %v", path, layer, err)
					continue
				}
				c, short := draw(p)
				drawn, notes, cut = drawn+1, notes+len(c.Notes), cut+len(short)
				if found := violations(p, c); len(found) > 0 {
					broken++
					t.Errorf("%s %s %v %s: %s", path, layer, a.manner, a.direction, strings.Join(found[:min(3, len(found))], "\n\t"))
				}
			}
		}
		if n := len(s.View(Choice{}).Nodes); n <= 12 {
			small++
			c, ps := Draw(t.Context(), s, Choice{}, Paper{Width: 120})
			if c.Width <= 120 && len(ps) == 0 {
				fit++
			} else {
				t.Logf("%s: %d components are %d wide %v", path, n, c.Width, ps)
			}
		}
	}
	t.Logf("%d drawings, %d not as they should be; %d labels as notes, %d names of frames cut; of %d small files %d fit in 120 columns", drawn, broken, notes, cut, small, fit)
	if fit*100 < small*95 {
		t.Errorf("only %d of %d small files fit", fit, small)
	}
}

// TestRealDifferencesDraw draws what changed between neighbours in every history, as
// it is shown at first.
func TestRealDifferencesDraw(t *testing.T) {
	drawn, widest, tallest := 0, 0, 0
	files := corpusFiles(t, "compose-architectures")
	for i, path := range files {
		if i == 0 || i%4 != 0 || filepath.Dir(files[i-1]) != filepath.Dir(path) {
			continue
		}
		s := Between(compileFile(t, files[i-1]), compileFile(t, path))
		for _, a := range (Paper{Width: 1}).attempts()[:2] {
			p, err := place(t.Context(), s.View(s.Default()), a, nil)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			c, _ := draw(p)
			drawn, widest, tallest = drawn+1, max(widest, c.Width), max(tallest, c.Height)
			if found := violations(p, c); len(found) > 0 {
				t.Errorf("%s: %s", path, strings.Join(found[:min(3, len(found))], "\n\t"))
			}
		}
	}
	t.Logf("%d drawings, at most %d columns and %d rows", drawn, widest, tallest)
}

// TestFilesThatCrashDagreDraw draws what D2's own engine cannot place.
func TestFilesThatCrashDagreDraw(t *testing.T) {
	for _, path := range corpusFiles(t, "compose-architectures/govuk-docker") {
		switch strings.TrimSuffix(filepath.Base(path), ".d2") {
		case "2025-10-30", "2025-11-13", "2025-11-27", "2025-12-11", "2026-01-08", "2026-02-19", "2026-04-16":
			s := Of(compileFile(t, path))
			c, ps := Draw(t.Context(), s, Choice{}, Paper{Width: 200, Time: time.Hour})
			if c == nil || len(ps) > 0 || len(c.subjects) < len(s.After.Components) {
				t.Errorf("%s: %v", path, ps)
			}
		}
	}
}

func TestRandomGraphsDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := randomView(t)
		a := rapid.SampledFrom((Paper{Width: 1}).attempts()).Draw(t, "attempt")
		p, err := place(context.Background(), v, a, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := draw(p)
		if found := violations(p, c); len(found) > 0 {
			t.Errorf("%s\n%s", strings.Join(found, "\n"), c)
		}
	})
}

func randomView(t *rapid.T) View {
	label := rapid.SampledFrom([]string{"a", "Gateway", "a much longer name than others", "日本語", "two\nlines", "", "👩‍👩‍👧 family"})
	var v View
	for i := range rapid.IntRange(1, 12).Draw(t, "nodes") {
		n := Node{ID: fmt.Sprint("n", i), Parent: rapid.IntRange(-4, i-1).Draw(t, "parent"), Label: label.Draw(t, "label")}
		n.Shape = rapid.SampledFrom([]string{"rectangle", "cylinder", "oval"}).Draw(t, "shape")
		if n.Parent < 0 {
			n.Parent = layout.Root
		} else {
			v.Nodes[n.Parent].Kind = Frame
		}
		v.Nodes = append(v.Nodes, n)
	}
	end := rapid.IntRange(0, len(v.Nodes)-1)
	for i := range rapid.IntRange(0, 16).Draw(t, "edges") {
		from, to := end.Draw(t, "from"), end.Draw(t, "to")
		if from == to {
			continue // it is part of the node
		}
		v.Edges = append(v.Edges, Edge{
			IDs: []string{fmt.Sprint("edge ", i)}, From: from, To: to, Label: label.Draw(t, "text"),
			Arrows: rapid.SampledFrom([]string{"->", "<-", "--", "<->"}).Draw(t, "arrows"),
		})
	}
	return v
}

// TestFoldingLosesNothing: every connection is drawn, or folded into a box with both
// ends; every change is drawn or counted.
func TestFoldingLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := randomView(t)
		for i := range v.Nodes {
			v.Nodes[i].Mark = rapid.SampledFrom([]change.Kind{"", change.Added, change.Changed}).Draw(t, "mark")
		}
		closed := make([]bool, len(v.Nodes))
		for i := range closed {
			closed[i] = v.Nodes[i].Kind == Frame && rapid.Bool().Draw(t, "closed")
		}
		folded := v.fold(closed, make([]bool, len(v.Nodes)), rapid.Bool().Draw(t, "merge"))
		drawn, changed := 0, 0
		for _, e := range folded.Edges {
			drawn += len(e.IDs)
		}
		for _, n := range folded.Nodes {
			drawn += len(n.Loops)
			changed += n.Counts.Plus(counted(n.Mark)).Total()
		}
		inside := 0
		for _, e := range v.Edges {
			for i := range closed {
				if closed[i] && v.isIn(e.From, i) && v.isIn(e.To, i) {
					inside++
					break
				}
			}
		}
		want := 0
		for _, n := range v.Nodes {
			want += counted(n.Mark).Total()
		}
		if drawn+inside != len(v.Edges) || changed != want {
			t.Errorf("%d connections drawn, %d folded away of %d; %d changes of %d", drawn, inside, len(v.Edges), changed, want)
		}
	})
}
