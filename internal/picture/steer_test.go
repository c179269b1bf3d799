package picture_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rivo/uniseg"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/layout"
	"github.com/archsync/archsync/internal/picture"
)

const before = `
west: West {a: Alder; b: Beech; a -> b}
east: East {c: Cedar}
west.b -> east.c: seeds
west.a -> east.c
`

const after = `
west: West {a: Alder; b: Birch; a -> b}
east: East {c: Cedar; d: 白樺}
west.b -> east.c: seeds
east.c -> east.d
`

func scene(t *testing.T) picture.Scene {
	fsys := fstest.MapFS{"before.d2": {Data: []byte(before)}, "after.d2": {Data: []byte(after)}}
	return picture.Between(compile(t, fsys, "before.d2"), compile(t, fsys, "after.d2"))
}

func canvas(t *testing.T) *picture.Canvas {
	c, ps := picture.Draw(t.Context(), scene(t), picture.Choice{}, picture.Paper{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return c
}

func text(rows [][]picture.Run) string {
	var b strings.Builder
	for _, row := range rows {
		for _, r := range row {
			b.WriteString(r.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestWindowShowsTheDrawing(t *testing.T) {
	c := canvas(t)
	whole := text(c.Window(picture.Rect{Width: c.Width, Height: c.Height}, picture.Look{}))
	var trimmed strings.Builder
	for line := range strings.Lines(whole) {
		trimmed.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	if trimmed.String() != c.String() {
		t.Errorf("the window shows\n%s\nand the drawing is\n%s", whole, c)
	}
}

func TestWindowsKeepTheirSize(t *testing.T) {
	c := canvas(t)
	for x := -5; x < c.Width+5; x++ {
		rows := c.Window(picture.Rect{X: x, Y: -1, Width: 9, Height: c.Height + 2}, picture.Look{})
		if len(rows) != c.Height+2 {
			t.Fatalf("%d rows", len(rows))
		}
		for line := range strings.Lines(text(rows)) {
			if n := cells(strings.TrimSuffix(line, "\n")); n != 9 {
				t.Errorf("at %d the row %q is %d wide", x, line, n)
			}
		}
	}
}

// cells counts the cells of the few characters that the test uses.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if n++; r == '白' || r == '樺' {
			n++
		}
	}
	return n
}

func TestEveryBoxIsHit(t *testing.T) {
	c := canvas(t)
	for s := range c.Subjects() {
		if s.Connection {
			continue
		}
		middle, ok := c.Hit(s.Where.X+1, s.Where.Y+1)
		if !ok || (middle.ID() != s.ID() && !strings.HasPrefix(middle.ID(), s.ID())) {
			t.Errorf("in %s %v there is %q", s.ID(), s.Where, middle.ID())
		}
		corner, _ := c.Hit(s.Where.X, s.Where.Y)
		if corner.ID() != s.ID() {
			t.Errorf("the corner of %s belongs to %q", s.ID(), corner.ID())
		}
	}
	if _, ok := c.Hit(-1, 0); ok {
		t.Error("there is something outside")
	}
}

func TestArrowKeysLeadToEveryBox(t *testing.T) {
	c := canvas(t)
	first, ok := c.Nearest("", 1, 0)
	if !ok {
		t.Fatal("nothing to begin with")
	}
	reached, todo := map[string]bool{first: true}, []string{first}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			if next, ok := c.Nearest(id, d[0], d[1]); ok && !reached[next] {
				reached[next] = true
				todo = append(todo, next)
			}
		}
	}
	if len(reached) != 4 {
		t.Errorf("only %v are reached in\n%s", reached, c)
	}
}

func TestChangesAreListedAndMarked(t *testing.T) {
	c := canvas(t)
	got := c.Changes()
	slices.Sort(got)
	want := []string{"east.c -> east.d", "east.d", "west.a -> east.c", "west.b"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	s, _ := c.Subject("west.a -> east.c")
	if s.Mark != change.Removed || !s.Connection {
		t.Errorf("%+v", s)
	}
	if outer, ok := c.Outer("east.d"); !ok || outer.ID() != "east" {
		t.Errorf("around east.d is %q", outer.ID())
	}
}

func TestFindAndReveal(t *testing.T) {
	c := canvas(t)
	if got := c.Find("CEDAR"); !slices.Equal(got, []string{"east.c"}) {
		t.Errorf("%q", got)
	}
	for s := range c.Subjects() {
		w := c.Reveal(picture.Rect{Width: 30, Height: 8}, s.ID())
		if s.Where.Width <= 30 && s.Where.Height <= 8 && (!w.Contains(s.Where.X, s.Where.Y) || !w.Contains(s.Where.X+s.Where.Width-1, s.Where.Y+s.Where.Height-1)) {
			t.Errorf("%s %v is not in %v", s.ID(), s.Where, w)
		}
	}
}

func TestHintsCountWhatIsBeyond(t *testing.T) {
	c := canvas(t)
	d, _ := c.Subject("east.d")
	h := c.Hints(picture.Rect{X: 0, Y: 0, Width: d.Where.X, Height: c.Height})
	if h.Right.Boxes == 0 || h.Right.Changed.Added == 0 || h.Left.Boxes != 0 {
		t.Errorf("%+v", h)
	}
	if h := c.Hints(picture.Rect{Width: c.Width, Height: c.Height}); h != (picture.Hints{}) {
		t.Errorf("beyond everything is %+v", h)
	}
}

func TestSelectionIsEmphasised(t *testing.T) {
	c := canvas(t)
	seen := map[picture.Emphasis]string{}
	for _, row := range c.Window(picture.Rect{Width: c.Width, Height: c.Height}, picture.Look{Selected: "west.b", Recede: true}) {
		for _, r := range row {
			seen[r.Emphasis] += r.Text
		}
	}
	if !strings.Contains(seen[picture.Selected], "Birch") || !strings.Contains(seen[picture.Near], "seeds") ||
		!strings.Contains(seen[picture.Faded], "West") || strings.Contains(seen[picture.Faded], "白樺") {
		t.Errorf("%q", seen)
	}
}

// Corners tell without colours what is selected or was found, and which box it is.
func TestCornersTellWhatIsSelected(t *testing.T) {
	for ascii, want := range map[bool]string{false: "▛ ▜ ▙ ▟ | ◇ ◇ ◇ ◇", true: "@ @ @ @ | * * * *"} {
		c, _ := picture.Draw(t.Context(), scene(t), picture.Choice{}, picture.Paper{ASCII: ascii})
		rows := c.Window(picture.Rect{Width: c.Width, Height: c.Height}, picture.Look{Selected: "west.b", Matched: map[string]bool{"east.d": true}})
		var got []string
		for _, id := range []string{"west.b", "east.d"} {
			s, _ := c.Subject(id)
			r := s.Where
			for _, corner := range [][2]int{{r.X, r.Y}, {r.X + r.Width - 1, r.Y}, {r.X, r.Y + r.Height - 1}, {r.X + r.Width - 1, r.Y + r.Height - 1}} {
				got = append(got, column(rows[corner[1]], corner[0]))
			}
		}
		got = slices.Insert(got, 4, "|")
		if s := strings.Join(got, " "); s != want {
			t.Errorf("ASCII %t: %s, want %s", ascii, s, want)
		}
		if whole := text(rows); strings.Count(whole, strings.Fields(want)[0]) > 4 || cells(whole) != cells(text(c.Window(picture.Rect{Width: c.Width, Height: c.Height}, picture.Look{}))) {
			t.Errorf("more than the corners changed:\n%s", whole)
		}
	}
}

// column is the character in a column of a row.
func column(row []picture.Run, x int) string {
	for _, r := range row {
		for g := uniseg.NewGraphemes(r.Text); g.Next(); x -= g.Width() {
			if x < g.Width() {
				return g.Str()
			}
		}
	}
	return ""
}

func TestMinimap(t *testing.T) {
	c := canvas(t)
	got := text(c.Minimap(24, 6, picture.Rect{X: 0, Y: 0, Width: c.Width / 2, Height: c.Height}))
	for _, sign := range []string{"▪", "~", "+", "┌", "┘"} {
		if !strings.Contains(got, sign) {
			t.Errorf("no %s in\n%s", sign, got)
		}
	}
}

func TestPaintedWhereItWasPlaced(t *testing.T) {
	paper, view := picture.Paper{}, scene(t).View(picture.Choice{})
	placed, err := layout.ELKCells(false)(t.Context(), paper.Graph(view))
	if err != nil {
		t.Fatal(err)
	}
	c, err := paper.Paint(view, placed)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := c.Subject("west.a")
	b, _ := c.Subject("west.b")
	if !strings.Contains(c.String(), "~ Birch") || b.Where.X <= a.Where.X {
		t.Errorf("\n%s", c)
	}
	placed.Boxes = placed.Boxes[1:]
	if _, err := paper.Paint(view, placed); err == nil {
		t.Error("a placement of something else is taken")
	}
}

func TestThereIsAlwaysADrawing(t *testing.T) {
	c, ps := picture.Draw(t.Context(), scene(t), picture.Choice{}, picture.Paper{Time: 1})
	if c == nil || len(ps) != 2 || !strings.Contains(c.String(), "Birch") {
		t.Errorf("%v\n%v", ps, c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, ps := picture.Draw(ctx, scene(t), picture.Choice{}, picture.Paper{}); c != nil || len(ps) != 1 {
		t.Errorf("%v %v", c, ps)
	}
}

func TestEverythingIsGone(t *testing.T) {
	s := scene(t)
	c, ps := picture.Draw(t.Context(), picture.Between(s.Before, nil), picture.Choice{}, picture.Paper{})
	if len(ps) > 0 || !strings.Contains(c.String(), "- Cedar") {
		t.Errorf("%v\n%s", ps, c)
	}
}
