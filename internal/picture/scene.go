package picture

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
	"github.com/archsync/archsync/internal/plain"
)

// Scene is what can be drawn: a diagram, or the difference between two.
type Scene struct {
	Before *diagram.Diagram // nil where nothing is compared
	After  *diagram.Diagram
	Diff   diagram.Difference
}

// Of is the scene of one diagram.
func Of(d *diagram.Diagram) Scene { return Scene{After: d} }

// Between is the scene of what changed; either may be nil for an empty diagram.
func Between(before, after *diagram.Diagram) Scene {
	s := Scene{Before: before, After: after, Diff: diagram.Diff(before, after)}
	if s.Before == nil {
		s.Before = &diagram.Diagram{}
	}
	if s.After == nil {
		s.After = &diagram.Diagram{}
	}
	return s
}

// Layers names what can be chosen to be drawn: "" for the root, then every layer of
// now, then those that are gone.
func (s Scene) Layers() []string {
	layers := append([]string{""}, s.After.Layers...)
	if s.Before == nil {
		return layers
	}
	for _, l := range s.Before.Layers {
		if !slices.Contains(layers, l) {
			layers = append(layers, l)
		}
	}
	return layers
}

// gatherer makes the graph of one whole layer, with what is gone as ghosts.
type gatherer struct {
	scene Scene
	marks map[string]change.Kind // by subject of now
	gone  map[string]bool        // subjects of before
	view  View
	now   map[string]int // component's id to its node
	was   map[string]int // of those that are gone
}

// whole gathers a layer.
func (s Scene) whole(layer string) View {
	g := gatherer{scene: s, marks: map[string]change.Kind{}, gone: map[string]bool{}, now: map[string]int{}, was: map[string]int{}}
	g.sortChanges()
	board := s.After.Board(layer)
	g.view.board = board
	for _, c := range s.After.Components {
		if c.Layer == layer {
			g.now[c.ID] = g.add(c, at(g.now, c.Container), g.marks[c.ID])
		}
	}
	if s.Before != nil {
		g.addGone(layer)
	}
	for _, c := range s.After.Connections {
		if c.Layer == layer {
			g.connect(c, g.now[c.From], g.now[c.To], g.marks[c.ID])
		}
	}
	if s.Before != nil {
		g.connectGone(layer)
	}
	return g.view
}

func (g *gatherer) sortChanges() {
	for _, c := range g.scene.Diff.All() {
		if c.Kind == change.Removed {
			g.gone[c.Subject] = true
			continue
		}
		if old, ok := g.marks[c.Subject]; !ok || rank(c.Kind) < rank(old) {
			g.marks[c.Subject] = c.Kind
		}
	}
}

// rank orders the kinds by which a subject with several changes is marked.
func rank(k change.Kind) int {
	return slices.Index([]change.Kind{change.Moved, change.Renamed, change.Added, change.Removed, change.Changed}, k)
}

func at(nodes map[string]int, id string) int {
	if i, ok := nodes[id]; ok {
		return i
	}
	return layout.Root
}

func (g *gatherer) addGone(layer string) {
	for _, c := range g.scene.Before.Components {
		if c.Layer != layer || !g.gone[c.ID] {
			continue
		}
		g.was[c.ID] = g.add(c, g.formerly(c.Container), change.Removed)
	}
}

func (g *gatherer) connectGone(layer string) {
	for _, c := range g.scene.Before.Connections {
		if c.Layer != layer || !g.gone[c.ID] {
			continue
		}
		from, to := g.formerly(c.From), g.formerly(c.To)
		if from != layout.Root && to != layout.Root {
			g.connect(c, from, to, change.Removed)
		}
	}
}

// formerly finds the node of a component of before: its ghost, or what became of it.
func (g *gatherer) formerly(id string) int {
	if i, ok := g.was[id]; ok {
		return i
	}
	if now, ok := g.scene.Diff.Renamed[id]; ok {
		id = now
	}
	return at(g.now, id)
}

func (g *gatherer) add(c diagram.Component, parent int, mark change.Kind) int {
	n := Node{ID: c.ID, Parent: parent, Kind: Box, Shape: c.Shape, Label: tidy(c.Label), Mark: mark, style: c.Style}
	n.describe(c)
	if parent != layout.Root {
		g.view.Nodes[parent].enclose()
	}
	g.view.Nodes = append(g.view.Nodes, n)
	return len(g.view.Nodes) - 1
}

// enclose makes a node the frame around others; a text in it becomes its name.
func (n *Node) enclose() {
	if n.Kind == Text {
		for _, l := range n.Lines {
			n.Label = join(" ", n.Label, l.Text)
		}
		n.Lines, n.flows = nil, false
	}
	n.Kind = Frame
}

// describe gives a node the lines that stand in it besides its name.
func (n *Node) describe(c diagram.Component) {
	switch language := c.Style["language"]; {
	case c.Shape == "sql_table" || c.Shape == "class":
		n.Kind = Table
		for line := range strings.Lines(c.Content) {
			n.Lines = append(n.Lines, Line{Text: plain.Line(strings.TrimRight(line, "\n"))})
		}
	case language == "markdown":
		n.Kind, n.Lines, n.flows = Text, prose(c.Label), true
	case c.Shape == "code" || language != "":
		n.Kind, n.Lines = Text, verbatim(c.Label)
	case c.Shape == "text":
		n.Kind, n.Lines, n.flows = Text, verbatim(n.Label), true
	}
	if n.Kind == Text {
		n.Label = ""
	}
}

func (g *gatherer) connect(c diagram.Connection, from, to int, mark change.Kind) {
	g.view.Edges = append(g.view.Edges, Edge{
		IDs: []string{c.ID}, From: from, To: to, Arrows: c.Arrows, Label: tidy(c.Label), Mark: mark,
		Head: c.Style["target-arrowhead.shape"], Tail: c.Style["source-arrowhead.shape"],
		HeadLabel: tidy(c.Style["target-arrowhead.label"]), TailLabel: tidy(c.Style["source-arrowhead.label"]),
		Dashed: dashed(c.Style["stroke-dash"]),
		place:  c.Place, group: c.Group,
		fromRow: plain.Line(c.Style["source-column"]), toRow: plain.Line(c.Style["target-column"]),
	})
}

func dashed(dash string) bool { return dash != "" && dash != "0" }
