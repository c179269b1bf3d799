package diagram_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
)

// sketch is a small diagram that a law is tried on, written as D2 by text.
type sketch struct {
	lines []string
}

func (s sketch) text() string { return strings.Join(s.lines, "\n") + "\n" }

// with puts another sketch in a scenario and in a layer.
func (s sketch) with(inner sketch) string {
	return s.text() + "scenarios: { s: {\n" + inner.text() + "} }\nlayers: { l: {\n" + inner.text() + "} }\n"
}

// compileText compiles source that is expected to be right.
func compileText(t interface{ Fatalf(string, ...any) }, source string) *diagram.Diagram {
	d, ps := diagram.Compile(context.Background(), fstest.MapFS{"a.d2": {Data: []byte(source)}}, "a.d2", diagram.Limits{})
	if d == nil {
		t.Fatalf("%v in\n%s", ps, source)
	}
	return d
}

// drawSketch draws a random diagram of few names, so that two of them share some.
func drawSketch(t *rapid.T, name string) sketch {
	names := []string{"api", "api-gateway", "kafka", "ingest", "ingestor", "store", "scylla", "ui"}
	containers := []string{"", "core.", "edge.", "core.inner.", "ed-ge."}
	key := func() string {
		return rapid.SampledFrom(containers).Draw(t, name+" in") + rapid.SampledFrom(names).Draw(t, name+" key")
	}
	var s sketch
	for range rapid.IntRange(0, 9).Draw(t, name+" components") {
		line := key()
		switch rapid.IntRange(0, 4).Draw(t, name+" kind") {
		case 0:
			line += ": " + rapid.SampledFrom([]string{"One", "Two"}).Draw(t, name+" label")
		case 1:
			line += ".shape: " + rapid.SampledFrom([]string{"cylinder", "queue"}).Draw(t, name+" shape")
		case 2:
			line += ".tooltip: " + rapid.SampledFrom([]string{"t1", "t2"}).Draw(t, name+" tooltip")
		case 3:
			line += ".style.fill: " + rapid.SampledFrom([]string{"red", "blue"}).Draw(t, name+" fill")
		}
		s.lines = append(s.lines, line)
	}
	for range rapid.IntRange(0, 8).Draw(t, name+" connections") {
		from, to := key(), key()
		if strings.HasPrefix(from, to+".") || strings.HasPrefix(to, from+".") {
			continue
		}
		line := from + " " + rapid.SampledFrom([]string{"->", "->", "<-", "--", "<->"}).Draw(t, name+" arrow") + " " + to
		if rapid.Bool().Draw(t, name+" labelled") {
			line += ": " + rapid.SampledFrom([]string{"reads", "writes"}).Draw(t, name+" text")
		}
		s.lines = append(s.lines, line)
	}
	return s
}

func TestDiffOfTheSameIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawSketch(t, "a").text()
		if diff := diagram.Diff(compileText(t, text), compileText(t, text)); len(diff.All()) > 0 || len(diff.Renamed) > 0 {
			t.Fatalf("%v in\n%s", diff, text)
		}
	})
}

func TestDiffIsMirroredByTheWayBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawSketch(t, "a").with(drawSketch(t, "a inside"))
		b := drawSketch(t, "b").with(drawSketch(t, "b inside"))
		x, y := compileText(t, a), compileText(t, b)
		if odd := mirrored(diagram.Diff(x, y), diagram.Diff(y, x)); odd != "" {
			t.Fatalf("%s\nbetween\n%s\nand\n%s", odd, a, b)
		}
	})
}

func TestDiffAppliedToTheEarlierGivesTheLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSketch(t, "a").text(), drawSketch(t, "b").text()
		x, y := compileText(t, a), compileText(t, b)
		got, want := applied(x, y, diagram.Diff(x, y)), ids(y)
		if !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q\nbetween\n%s\nand\n%s", got, want, a, b)
		}
	})
}

// ids lists the components of a diagram and what is said of them.
func ids(d *diagram.Diagram) []string {
	var lines []string
	for _, c := range d.Components {
		label := c.Label
		if c.Default {
			label = "(default)"
		}
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%s|%s", c.ID, label, c.Shape, c.Tooltip, c.Style["fill"]))
	}
	slices.Sort(lines)
	return lines
}

// applied does to the components of d what a difference says. What was added is
// looked up in the later diagram: a difference only names it.
func applied(d, later *diagram.Diagram, diff diagram.Difference) []string {
	facts := map[string]map[change.Reason]*string{}
	gone := map[string]bool{}
	var lines []string
	for _, c := range diff.Components {
		switch c.Reason {
		case change.ReasonRemoved:
			gone[c.Subject] = true
		default:
			if facts[c.Subject] == nil {
				facts[c.Subject] = map[change.Reason]*string{}
			}
			facts[c.Subject][c.Reason] = c.To
		}
	}
	for _, c := range d.Components {
		if gone[c.ID] {
			continue
		}
		id := c.ID
		if to, ok := diff.Renamed[id]; ok {
			id = to
		}
		label, shape, tooltip, fill := c.Label, c.Shape, c.Tooltip, c.Style["fill"]
		if c.Default {
			label = "(default)"
		}
		for reason, to := range facts[id] {
			switch reason {
			case change.ReasonRelabelled:
				if label = str(to); label == id[strings.LastIndexByte(id, '.')+1:] {
					label = "(default)"
				}
			case change.ReasonReshaped:
				shape = str(to)
			case change.ReasonRetooltipped:
				tooltip = strings.TrimSuffix(str(to), "nil")
			case change.ReasonRestyled:
				fill = strings.TrimPrefix(strings.TrimSuffix(str(to), "nil"), "fill: ")
			}
		}
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%s|%s", id, label, shape, tooltip, fill))
	}
	for _, line := range ids(later) {
		id, _, _ := strings.Cut(line, "|")
		if _, added := facts[id][change.ReasonAdded]; added {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// mirrored tells how the changes on the way back differ from those on the way
// there, turned round; "" when they do not.
func mirrored(there, back diagram.Difference) string {
	fact := func(r change.Reason, from, to *string) string {
		return fmt.Sprintf("%s %s => %s", r, str(from), str(to))
	}
	var want, got []string
	for _, c := range there.All() {
		r := c.Reason
		switch r {
		case change.ReasonAdded:
			r = change.ReasonRemoved
		case change.ReasonRemoved:
			r = change.ReasonAdded
		}
		want = append(want, fact(r, c.To, c.From))
	}
	for _, c := range back.All() {
		got = append(got, fact(c.Reason, c.From, c.To))
	}
	slices.Sort(want)
	slices.Sort(got)
	if slices.Equal(want, got) {
		return ""
	}
	return fmt.Sprintf("there and turned round %q, back %q", want, got)
}

func str(s *string) string {
	if s == nil {
		return "nil"
	}
	return *s
}
