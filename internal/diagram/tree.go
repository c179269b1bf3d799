package diagram

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/archsync/archsync/internal/change"
)

// NodeKind is what a line of the tree is about.
type NodeKind string

// The kinds of lines.
const (
	LayerNode      NodeKind = "layer"
	ComponentNode  NodeKind = "component"
	ConnectionNode NodeKind = "connection"
)

// Node is one line of a diagram written as a tree: a layer, under it its
// components, a container's children inside it, and under each component the
// connections written from it.
type Node struct {
	Kind      NodeKind
	Depth     int    // 0 for what stands in the root
	ID        string // of the layer, component or connection
	Name      string // the layer's name, the component's key, the connection's other end
	Label     string // "" when there is none, or when it says the same as Name
	Shape     string // of a component
	Arrows    string // of a connection
	Container bool   // has components inside
	Inside    int    // how many components, at any depth

	Mark    change.Kind     // what happened to it since the base; "" for nothing
	Ghost   bool            // it is no longer there
	Changes []change.Change // its facts, when there was a base
}

// Tree writes the diagram as lines, in the file's order.
func (d *Diagram) Tree() []Node { return (&forest{after: d, before: &Diagram{}}).lines() }

// TreeDiff writes the later diagram as lines marked with what changed since the
// earlier one. What was removed stands as a ghost where it would stand now, behind
// its siblings.
func TreeDiff(before, after *Diagram, diff Difference) []Node {
	f := &forest{after: orEmpty(after), before: orEmpty(before), renamed: diff.Renamed, changes: map[string][]change.Change{}, gone: map[string]change.Change{}}
	for _, c := range diff.All() {
		if c.Kind == change.Removed {
			f.gone[c.Subject] = c
			continue
		}
		f.changes[c.Subject] = append(f.changes[c.Subject], c)
	}
	return f.lines()
}

// forest is what a tree is grown from.
type forest struct {
	before, after *Diagram
	renamed       map[string]string
	changes       map[string][]change.Change // by subject, removals left out
	gone          map[string]change.Change

	children map[string][]Component // by container, or by layer at its top; ghosts last
	outgoing map[string][]Connection
	nodes    []Node
}

func (f *forest) lines() []Node {
	f.children, f.outgoing = map[string][]Component{}, map[string][]Connection{}
	for _, c := range f.after.Components {
		f.put(c, c.Container)
	}
	for _, c := range f.before.Components {
		if _, ok := f.gone[c.ID]; ok {
			f.put(c, f.now(c.Container))
		}
	}
	for _, c := range f.after.Connections {
		f.outgoing[c.From] = append(f.outgoing[c.From], c)
	}
	for _, c := range f.before.Connections {
		if _, ok := f.gone[c.ID]; ok {
			from := f.now(c.From)
			f.outgoing[from] = append(f.outgoing[from], c)
		}
	}
	f.grow("", 0)
	for _, layer := range f.layers() {
		f.nodes = append(f.nodes, Node{Kind: LayerNode, ID: layer, Name: layer})
		f.grow(layerTop(layer), 1)
	}
	return f.nodes
}

// layers are those of now, and behind them those that have only ghosts.
func (f *forest) layers() []string {
	layers := slices.Clone(f.after.Layers)
	for _, l := range f.before.Layers {
		if !slices.Contains(layers, l) && len(f.children[layerTop(l)]) > 0 {
			layers = append(layers, l)
		}
	}
	return layers
}

// layerTop names the place of what lies in no container of a layer.
func layerTop(layer string) string {
	if layer == "" {
		return ""
	}
	return layer + ":"
}

func (f *forest) now(id string) string {
	if to, ok := f.renamed[id]; ok {
		return to
	}
	return id
}

func (f *forest) put(c Component, container string) {
	if container == "" {
		container = layerTop(c.Layer)
	}
	f.children[container] = append(f.children[container], c)
}

func (f *forest) grow(container string, depth int) {
	for _, c := range f.children[container] {
		at := len(f.nodes)
		n := Node{Kind: ComponentNode, Depth: depth, ID: c.ID, Name: c.Key, Shape: c.Shape}
		if !c.Default {
			n.Label = c.Label
		}
		f.mark(&n, f.after.component, c.ID)
		f.nodes = append(f.nodes, n)
		f.grow(c.ID, depth+1)
		for _, inner := range f.nodes[at+1:] {
			if inner.Kind == ComponentNode {
				f.nodes[at].Inside++
			}
		}
		f.nodes[at].Container = f.nodes[at].Inside > 0
		for _, e := range f.outgoing[c.ID] {
			f.connection(e, depth+1)
		}
	}
}

func (f *forest) connection(c Connection, depth int) {
	n := Node{Kind: ConnectionNode, Depth: depth, ID: c.ID, Name: bare(c.Layer, c.To), Label: c.Label, Arrows: c.Arrows}
	f.mark(&n, f.after.connection, c.ID)
	f.nodes = append(f.nodes, n)
}

// mark puts the changes of a subject on its line; what is not in present is gone.
func (f *forest) mark(n *Node, present map[string]int, id string) {
	if _, ok := present[id]; !ok {
		n.Ghost, n.Mark, n.Changes = true, change.Removed, []change.Change{f.gone[id]}
		return
	}
	n.Changes = f.changes[id]
	n.Mark = strongest(n.Changes)
}

// strongest is the kind under which a subject with several changes is shown.
func strongest(cs []change.Change) change.Kind {
	for _, k := range []change.Kind{change.Moved, change.Renamed, change.Added, change.Removed, change.Changed} {
		if slices.ContainsFunc(cs, func(c change.Change) bool { return c.Kind == k }) {
			return k
		}
	}
	return ""
}

// WriteTree writes the lines of a tree as plain text, two columns of marks in front
// when any line has one. Control characters in people's text are made visible.
func WriteTree(w io.Writer, nodes []Node) error {
	marked := slices.ContainsFunc(nodes, func(n Node) bool { return n.Mark != "" })
	b := bufio.NewWriter(w)
	for _, n := range nodes {
		if marked {
			fmt.Fprintf(b, "%s ", n.Mark.Mark())
		}
		fmt.Fprintln(b, strings.Repeat("  ", n.Depth)+n.String())
	}
	return b.Flush()
}

// String is the line without its mark and indentation, fit for a terminal.
func (n Node) String() string {
	var s string
	switch n.Kind {
	case LayerNode:
		s = n.Name + ":"
	case ConnectionNode:
		s = n.Arrows + " " + n.Name
		if n.Label != "" {
			s += ": " + n.Label
		}
	default:
		s = n.Name
		if n.Label != "" {
			s += ": " + n.Label
		}
		if n.Shape != "rectangle" {
			s += " (" + n.Shape + ")"
		}
	}
	if why := n.why(); why != "" {
		s += "  [" + why + "]"
	}
	return printable(s)
}

// why says what changed, where the line does not show it.
func (n Node) why() string {
	var facts []string
	for _, c := range n.Changes {
		switch c.Reason {
		case change.ReasonAdded, change.ReasonRemoved:
		case change.ReasonMoved, change.ReasonRenamed, change.ReasonRepointed, change.ReasonReversed, change.ReasonReshaped, change.ReasonRelabelled:
			facts = append(facts, fmt.Sprintf("%s from %s", c.Reason, orNone(c.From)))
		default:
			facts = append(facts, fmt.Sprintf("%s: %s -> %s", c.Reason, orNone(c.From), orNone(c.To)))
		}
	}
	return strings.Join(facts, "; ")
}

func orNone(s *string) string {
	if s == nil {
		return "nothing"
	}
	return *s
}

// printable puts text on one line and takes from it what could move a cursor,
// start an escape sequence or turn the reading direction.
func printable(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
