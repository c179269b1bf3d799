package diagram_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
		if rapid.IntRange(0, 3).Draw(t, name+" stroke") == 0 {
			line += " {style.stroke: " + rapid.SampledFrom([]string{"red", "blue"}).Draw(t, name+" colour") + "}"
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
		there, back := diagram.Diff(x, y), diagram.Diff(y, x)
		if odd := mirrored(there, back); odd != "" {
			t.Fatalf("%s\nbetween\n%s\nand\n%s", odd, a, b)
		}
		if !maps.Equal(turnedRound(there.Renamed), back.Renamed) || !maps.Equal(turnedRound(there.Joined), back.Joined) {
			t.Fatalf("what stands for what:\n%v %v\nand back\n%v %v\nbetween\n%s\nand\n%s",
				there.Renamed, there.Joined, back.Renamed, back.Joined, a, b)
		}
	})
}

func turnedRound(pairs map[string]string) map[string]string {
	back := make(map[string]string, len(pairs))
	for from, to := range pairs {
		back[to] = from
	}
	return back
}

func TestDiffAppliedToTheEarlierGivesTheLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawSketch(t, "a").text() + "layers: { l: {\n" + drawSketch(t, "a inside").text() + "} }\n"
		b := drawSketch(t, "b").text() + "layers: { l: {\n" + drawSketch(t, "b inside").text() + "} }\n"
		x, y := compileText(t, a), compileText(t, b)
		got, want := applied(x, y, diagram.Diff(x, y)), graphOf(y)
		if !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q\nbetween\n%s\nand\n%s", got, want, a, b)
		}
	})
}

// Law: whatever part of the diagrams is looked at, a part of the difference is seen,
// and all of it is the whole difference. What one moment sees the other one sees too.
func TestPartsOfADifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSketch(t, "a").with(drawSketch(t, "a inside")), drawSketch(t, "b").with(drawSketch(t, "b inside"))
		x, y := compileText(t, a), compileText(t, b)
		d := diagram.Diff(x, y)
		var inX, inY []string
		for _, c := range x.Components {
			inX = append(inX, c.ID)
		}
		for _, c := range y.Components {
			inY = append(inY, c.ID)
		}
		if all := d.Within(d.Part(x, y, inX, inY)); !slices.Equal(all.All(), d.All()) {
			t.Fatalf("all of %v is %v", d.All(), all.All())
		}
		if none := d.Within(d.Part(x, y, nil, nil)); len(none.All()) > 0 {
			t.Fatalf("nothing of %v is %v", d.All(), none.All())
		}
		if len(inX) == 0 {
			return
		}
		id := rapid.SampledFrom(inX).Draw(t, "component")
		before := 0
		for depth := range 4 {
			seen := len(d.Within(d.Near(x, y, id, depth)).All())
			if seen < before {
				t.Fatalf("at depth %d %d changes, nearer %d", depth, seen, before)
			}
			before = seen
		}
		there, back := d.Within(d.Part(x, y, []string{id}, nil)), diagram.Diff(y, x)
		if odd := mirrored(there, back.Within(back.Part(y, x, nil, []string{id}))); odd != "" {
			t.Fatalf("%s\nof %q between\n%s\nand\n%s", odd, id, a, b)
		}
	})
}

// Law: the references of a diagram, carried over and back, are what they were.
func TestRefsThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := compileText(t, drawSketch(t, "a").text()), compileText(t, drawSketch(t, "b").text())
		there, back := diagram.Diff(x, y), diagram.Diff(y, x)
		for _, c := range x.Components {
			if now, ok := there.Ref(x, y, c.ID); ok {
				if then, ok := back.Ref(y, x, now); !ok || then != c.ID {
					t.Fatalf("%q became %q, and that %q", c.ID, now, then)
				}
			}
		}
		for _, c := range x.Connections {
			if now, ok := there.Ref(x, y, c.ID); ok && !y.Has(now) {
				t.Fatalf("%q became %q, which is not there", c.ID, now)
			}
		}
	})
}

// graphOf is what a diagram says, sorted: its components and its connections.
func graphOf(d *diagram.Diagram) []string {
	var lines []string
	for _, c := range d.Components {
		lines = append(lines, componentLine(c))
	}
	for _, c := range d.Connections {
		lines = append(lines, connectionLine(c))
	}
	slices.Sort(lines)
	return lines
}

func componentLine(c diagram.Component) string {
	label := c.Label
	if c.Default {
		label = "(default)"
	}
	return fmt.Sprintf("%s in %q|%s|%s|%s|%s", c.ID, c.Container, label, c.Shape, c.Tooltip, c.Style["fill"])
}

// connectionLine does not say which end was written first.
func connectionLine(c diagram.Connection) string {
	from, to, arrow := c.From, c.To, c.Arrows
	if arrow == "<-" || arrow != "->" && to < from {
		from, to, arrow = to, from, strings.ReplaceAll(arrow, "<-", "->")
	}
	if c.Arrows == "<->" {
		arrow = "<->"
	}
	return fmt.Sprintf("%s %s %s|%s|%s", from, arrow, to, c.Label, c.Style["stroke"])
}

// facts are the values that a difference gives a subject, by their reasons.
func facts(changes []change.Change) map[string]map[change.Reason]*string {
	all := map[string]map[change.Reason]*string{}
	for _, c := range changes {
		if c.Reason == change.ReasonRemoved {
			continue
		}
		if all[c.Subject] == nil {
			all[c.Subject] = map[change.Reason]*string{}
		}
		all[c.Subject][c.Reason] = c.To
	}
	return all
}

func removed(changes []change.Change) map[string]bool {
	gone := map[string]bool{}
	for _, c := range changes {
		if c.Reason == change.ReasonRemoved {
			gone[c.Subject] = true
		}
	}
	return gone
}

// applied does to d what a difference says. What was added, and where to a connection
// was pointed, is looked up in the later diagram: a difference only names it.
func applied(d, later *diagram.Diagram, diff diagram.Difference) []string {
	lines := slices.Concat(appliedComponents(d, later, diff), appliedConnections(d, later, diff))
	slices.Sort(lines)
	return lines
}

func appliedComponents(d, later *diagram.Diagram, diff diagram.Difference) []string {
	known, gone := facts(diff.Components), removed(diff.Components)
	var lines []string
	for _, c := range d.Components {
		if gone[c.ID] {
			continue
		}
		c.ID = renamedTo(diff, c.ID)
		c.Container = renamedTo(diff, c.Container)
		for reason, to := range known[c.ID] {
			switch reason {
			case change.ReasonMoved:
				now, _ := later.Component(*to)
				c.Container = now.Container
			case change.ReasonRelabelled:
				c.Label = str(to)
				c.Default = c.Label == c.ID[strings.LastIndexAny(c.ID, ". ")+1:]
			case change.ReasonReshaped:
				c.Shape = str(to)
			case change.ReasonRetooltipped:
				c.Tooltip = strings.TrimSuffix(str(to), "nil")
			case change.ReasonRestyled:
				c.Style = map[string]string{"fill": styleValue("fill", to)}
			}
		}
		lines = append(lines, componentLine(c))
	}
	for _, c := range later.Components {
		if _, added := known[c.ID][change.ReasonAdded]; added {
			lines = append(lines, componentLine(c))
		}
	}
	return lines
}

func appliedConnections(d, later *diagram.Diagram, diff diagram.Difference) []string {
	known, gone := facts(diff.Connections), removed(diff.Connections)
	var lines []string
	for _, c := range d.Connections {
		if gone[c.ID] {
			continue
		}
		c.From, c.To = renamedTo(diff, c.From), renamedTo(diff, c.To)
		for reason, to := range known[diff.Joined[c.ID]] {
			switch reason {
			case change.ReasonRepointed, change.ReasonReversed:
				now, _ := later.Connection(*to)
				c.From, c.To, c.Arrows = now.From, now.To, now.Arrows
			case change.ReasonRelabelled:
				c.Label = strings.TrimSuffix(str(to), "nil")
			case change.ReasonRestyled:
				c.Style = map[string]string{"stroke": styleValue("stroke", to)}
			}
		}
		lines = append(lines, connectionLine(c))
	}
	for _, c := range later.Connections {
		if _, added := known[c.ID][change.ReasonAdded]; added {
			lines = append(lines, connectionLine(c))
		}
	}
	return lines
}

func renamedTo(diff diagram.Difference, id string) string {
	if to, ok := diff.Renamed[id]; ok {
		return to
	}
	return id
}

func styleValue(key string, described *string) string {
	if described == nil {
		return ""
	}
	return strings.TrimPrefix(*described, key+": ")
}

// mirrored tells how the changes on the way back differ from those on the way
// there, turned round; "" when they do not.
func mirrored(there, back diagram.Difference) string {
	fact := func(subject string, r change.Reason, from, to *string) string {
		return fmt.Sprintf("%s %s %s => %s", subject, r, str(from), str(to))
	}
	earlier := turnedRound(there.Joined)
	maps.Copy(earlier, turnedRound(there.Renamed))
	var want, got []string
	for _, c := range there.All() {
		r := c.Reason
		switch r {
		case change.ReasonAdded:
			r = change.ReasonRemoved
		case change.ReasonRemoved:
			r = change.ReasonAdded
		}
		want = append(want, fact(cmp.Or(earlier[c.Subject], c.Subject), r, c.To, c.From))
	}
	for _, c := range back.All() {
		got = append(got, fact(c.Subject, c.Reason, c.From, c.To))
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
