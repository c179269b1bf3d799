package chronicle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
	"github.com/archsync/archsync/internal/synclog"
)

// gallery is a timeline of architectures with what is kept of their pictures.
type gallery struct {
	texts  []string       // D2; "" is a sync without an architecture
	kept   map[int]string // placements by sync
	placed int            // how often the engine was asked
	memo   map[string][]byte
	reader *synclog.Reader
}

func newGallery(texts ...string) *gallery {
	return &gallery{texts: texts, kept: map[int]string{}, memo: map[string][]byte{}, reader: synclog.NewReader(synclog.DefaultLimits())}
}

func (g *gallery) Get(key string) ([]byte, bool) { v, ok := g.memo[key]; return v, ok }
func (g *gallery) Put(key string, value []byte)  { g.memo[key] = value }
func (g *gallery) snapshot(i int) Snapshot {
	return Snapshot{Date: fmt.Sprintf("2026-03-%02d", i+1), Commit: fmt.Sprint(i)}
}
func (g *gallery) pictures() Pictures {
	p := Pictures{Lens: g.lens(), Read: g.read, Kept: g.keptWith}
	for i := range g.texts {
		p.Snapshots = append(p.Snapshots, g.snapshot(i))
	}
	return p
}

// lens measures without fonts, every component alike.
func (g *gallery) lens() diagram.Lens {
	elk := layout.ELK(layout.Pixels())
	return diagram.Lens{
		Engine: func(ctx context.Context, graph layout.Graph) (layout.Placement, error) {
			g.placed++
			return elk(ctx, graph)
		},
		Spacing: layout.Pixels(), Memo: g, Name: "test",
		Measure: func(_ context.Context, d *diagram.Diagram) (layout.Graph, error) {
			var graph layout.Graph
			at := map[string]int{}
			for i, c := range d.Components {
				if c.Key == "unmeasurable" {
					return layout.Graph{}, errors.New("it is not to be measured")
				}
				at[c.ID] = i
				graph.Nodes = append(graph.Nodes, layout.Node{ID: c.ID, Parent: layout.Root, Width: 60, Height: 40})
			}
			for _, c := range d.Connections {
				graph.Edges = append(graph.Edges, layout.Edge{ID: c.ID, From: at[c.From], To: at[c.To], FromPort: layout.NoPort, ToPort: layout.NoPort})
			}
			return graph, nil
		},
	}
}

func (g *gallery) read(ctx context.Context, s Snapshot) (*synclog.Log, error) {
	var i int
	fmt.Sscan(s.Commit, &i)
	fsys := fstest.MapFS{"log/archsync.yaml": {Data: []byte("title: Test\n")}}
	if g.texts[i] != "" {
		fsys["log/diagrams/architecture.d2"] = &fstest.MapFile{Data: []byte(g.texts[i])}
	}
	return g.reader.Read(ctx, fsys, "log", synclog.Diagrams), nil
}

func (g *gallery) keptWith(s Snapshot) ([]byte, string, error) {
	var i int
	fmt.Sscan(s.Commit, &i)
	if text, ok := g.kept[i]; ok {
		return []byte(text), "log/syncs/" + s.Date + ".place.json", nil
	}
	return nil, "", nil
}

// at is the picture of a sync, as it would be stored.
func (g *gallery) at(t *testing.T, i int) (placement string, complaints []string) {
	t.Helper()
	c, found, problems, err := g.pictures().At(t.Context(), i)
	if err != nil || !found {
		t.Fatalf("picture %d: found %v, %v", i, found, err)
	}
	text, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		complaints = append(complaints, p.String())
	}
	return string(text), complaints
}

// close closes one sync more, as sync close does: from the last picture.
func (g *gallery) close(t *testing.T, text string) {
	t.Helper()
	c, found, _, err := g.pictures().At(t.Context(), len(g.texts)-1)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		c = diagram.NewCamera(g.lens())
	}
	g.texts = append(g.texts, text)
	log, _ := g.read(t.Context(), g.snapshot(len(g.texts)-1))
	if c, err = c.Extend(t.Context(), log.Main()); err != nil {
		t.Fatal(err)
	}
	placement, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	g.kept[len(g.texts)-1] = string(placement)
}

func TestPictureIsTheOneThatWasKept(t *testing.T) {
	g := newGallery()
	for _, text := range []string{"a -> b", "a -> b; b -> c", "a -> b; x -> b"} {
		g.close(t, text)
	}
	g.placed, g.memo = 0, map[string][]byte{}
	for i := range g.texts {
		if got, complaints := g.at(t, i); got != g.kept[i] || complaints != nil {
			t.Errorf("picture %d is %s, %q, and was kept as %s", i, got, complaints, g.kept[i])
		}
	}
	if g.placed > 0 {
		t.Errorf("what was kept was placed %d times", g.placed)
	}
}

// Closing a sync costs one placement by the engine at most, and the past stays.
func TestClosingNeverMovesThePast(t *testing.T) {
	g := newGallery("a -> b", "a -> b; a -> c", "a -> b; a -> c; c -> d")
	var before []string
	for i := range g.texts {
		text, _ := g.at(t, i)
		before = append(before, text)
	}
	g.placed = 0
	g.close(t, "a -> b; a -> c; c -> d; x: {y}; x.y -> a")
	if g.placed > 1 {
		t.Errorf("closing a sync placed %d times", g.placed)
	}
	g.close(t, "a -> b; x: {y}; x.y -> a")
	for i, want := range before {
		if got, _ := g.at(t, i); got != want {
			t.Errorf("picture %d was %s and is %s", i, want, got)
		}
	}
	if got, _ := g.at(t, 3); got != g.kept[3] {
		t.Errorf("picture 3 is %s", got)
	}
}

func TestPicturesThatWereNotKept(t *testing.T) {
	g := newGallery("a -> b", "", "a -> b; a -> c", "unmeasurable", "a -> b; a -> c; c -> d")
	first, _ := g.at(t, 0)
	if g.placed != 1 {
		t.Errorf("five syncs were placed %d times instead of as one", g.placed)
	}
	third, _ := g.at(t, 2)
	if without, _ := g.at(t, 1); without != first {
		t.Errorf("a sync without an architecture has the picture %s", without)
	}
	g.at(t, 4)
	if g.placed != 1 {
		t.Errorf("what was remembered was placed again, %d times in all", g.placed)
	}
	if _, _, _, err := g.pictures().At(t.Context(), 3); err == nil || !strings.Contains(err.Error(), "not to be measured") {
		t.Errorf("what cannot be measured gives the error %v", err)
	}
	g.memo = map[string][]byte{}
	if again, _ := g.at(t, 2); again != third {
		t.Errorf("without what was remembered, the picture is %s instead of %s", again, third)
	}
	for key := range g.memo {
		g.memo[key] = []byte("{}")
	}
	if again, _ := g.at(t, 2); again != third {
		t.Errorf("from what cannot be read back, the picture is %s instead of %s", again, third)
	}
}

// Somebody closes syncs with an archsync that kept nothing: from the last one kept on.
func TestPicturesAfterOneThatWasKept(t *testing.T) {
	g := newGallery()
	g.close(t, "a -> b")
	kept := g.kept[0]
	g.texts = append(g.texts, "a -> b; b -> c", "a -> b; b -> c", "a -> b; b -> c; c -> d")
	last, _ := g.at(t, 3)
	for id := range strings.FieldsSeq("a b") {
		if was, is := boxIn(t, kept, id), boxIn(t, last, id); was != is {
			t.Errorf("%s stood at %s and stands at %s", id, was, is)
		}
	}
	g.texts = append(g.texts, "a")
	if again, _ := g.at(t, 3); again != last {
		t.Error("one sync more moved the past")
	}
}

// boxIn is the text of a component's box in a stored placement.
func boxIn(t *testing.T, placement, id string) string {
	t.Helper()
	_, after, found := strings.Cut(placement, `{"id":"`+id+`","box":`)
	box, _, _ := strings.Cut(after, "]")
	if !found {
		t.Fatalf("there is no %s in %s", id, placement)
	}
	return box
}

func TestDamagedPlacementIsSetAside(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":            "{",
		"empty":              "",
		"newer":              `{"version": 2}`,
		"of another diagram": `{"version": 1, "components": [{"id": "z", "box": [0,0,1,1]}]}`,
		"not the whole":      `{"version": 1, "components": [{"id": "a", "box": [0,0,1,1]}]}`,
		"beyond all bounds":  `{"version": 1, "components": [{"id": "a", "box": [1e300,0,1,1]}, {"id": "b", "box": [0,0,1,1]}]}`,
	} {
		g := newGallery("a; b")
		want, _ := g.at(t, 0)
		g.kept[0] = text
		got, complaints := g.at(t, 0)
		if got != want {
			t.Errorf("%s: the picture is %s instead of %s", name, got, want)
		}
		if len(complaints) != 1 || !strings.HasPrefix(complaints[0], "log/syncs/2026-03-01.place.json: the placement of 2026-03-01 is set aside") {
			t.Errorf("%s: complaints %q", name, complaints)
		}
	}
}

func TestPicturesStop(t *testing.T) {
	g := newGallery("a -> b", "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, found, problems, err := g.pictures().At(ctx, 1); found || len(problems) > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("found %v, problems %v, error %v", found, problems, err)
	}
	if _, found, _, err := newGallery("", "").pictures().At(t.Context(), 1); found || err != nil {
		t.Errorf("without any architecture: found %v, error %v", found, err)
	}
}
