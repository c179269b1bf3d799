package diagram

import (
	"slices"
	"strings"
)

// Diagram is one D2 file as a graph of components: what stands in it, by its
// meaning, without positions. It does not change once it was compiled.
type Diagram struct {
	Path        string       // the file it was compiled from, as it was asked for
	Layers      []string     // every layer below the root: "layers.x", "layers.x.steps.1"; in the file's order
	Components  []Component  // containers included, a container before its children; root first, then layer by layer
	Connections []Connection // in the file's order, layer by layer like the components

	boards     []Board // the root first
	sources    []Source
	component  map[string]int   // id to position in Components
	connection map[string]int   // id to position in Connections
	touching   map[string][]int // component id to positions in Connections
}

// Source is one file that a diagram was compiled from.
type Source struct {
	Path string // relative to the file system it was read from
	Text string
}

// Place is where something was first written.
type Place struct {
	File    string // "" when the language gives no place
	Line    int    // from 1
	Column  int    // from 1, in characters
	EndLine int    // the last line of the definition, its block included
}

// Component is a D2 shape. Absent texts are "".
type Component struct {
	ID        string // the absolute D2 key, quoted where D2 wants quotes; "layers.x: KEY" in a layer
	Key       string // the last segment of the absolute key, as it is spelled in it
	Label     string // defaults to the key's own text
	Default   bool   // the label is the key's own text
	Shape     string // D2's word; "rectangle" when nothing was said
	Container string // the id of the component it lies in
	Layer     string // "" for the root
	Tooltip   string
	Link      string
	Content   string            // columns of a table, members of a class: one a line
	Style     map[string]string // whatever else changes how it looks, by D2's keyword
	Place     Place
}

// Connection is a D2 edge. Absent texts are "".
type Connection struct {
	ID     string // see the package documentation
	From   string // the id of the component it was written first
	To     string
	Arrows string // "->", "<-", "--" or "<->"
	Label  string
	Layer  string
	Group  string            // of a message in a sequence diagram, the id of the innermost group that it was written in
	Style  map[string]string // as in Component; of the arrowheads with "source-arrowhead." before it
	Place  Place
}

// index makes the look-up tables; the last step of compiling.
func (d *Diagram) index() {
	d.component = make(map[string]int, len(d.Components))
	for i, c := range d.Components {
		d.component[c.ID] = i
	}
	d.connection = make(map[string]int, len(d.Connections))
	d.touching = map[string][]int{}
	for i, c := range d.Connections {
		d.connection[c.ID] = i
		d.touching[c.From] = append(d.touching[c.From], i)
		if c.To != c.From {
			d.touching[c.To] = append(d.touching[c.To], i)
		}
	}
}

// Sources lists every file that was read, the diagram's own first, then its
// imports in the order in which they were met. Two diagrams compiled with the same
// limits from equal sources are equal: whoever memoises compares these.
func (d *Diagram) Sources() []Source { return slices.Clone(d.sources) }

// Text is the diagram's own source, without its imports.
func (d *Diagram) Text() string {
	if len(d.sources) == 0 {
		return ""
	}
	return d.sources[0].Text
}

// Component finds a component by its id.
func (d *Diagram) Component(id string) (Component, bool) {
	i, ok := d.component[id]
	if !ok {
		return Component{}, false
	}
	return d.Components[i], true
}

// Connection finds a connection by its id, or by "FROM -> TO" alone where that
// names exactly one although its id carries a label.
func (d *Diagram) Connection(id string) (Connection, bool) {
	if i, ok := d.connection[id]; ok {
		return d.Connections[i], true
	}
	found := -1
	for i, c := range d.Connections {
		if c.ends() != id {
			continue
		}
		if found >= 0 {
			return Connection{}, false
		}
		found = i
	}
	if found < 0 {
		return Connection{}, false
	}
	return d.Connections[found], true
}

// Has tells whether ref names a component or a connection of the diagram.
func (d *Diagram) Has(ref string) bool {
	if _, ok := d.Component(ref); ok {
		return true
	}
	_, ok := d.Connection(ref)
	return ok
}

// Connections of one component, by the part it plays in them.
type Neighbours struct {
	Out []Connection // from it, as written
	In  []Connection // to it; one from a component to itself is only in Out
}

// Neighbours lists the connections that start or end at the component itself, not
// at what it contains, in the file's order.
func (d *Diagram) Neighbours(id string) Neighbours {
	var n Neighbours
	for _, i := range d.touching[id] {
		if c := d.Connections[i]; c.From == id {
			n.Out = append(n.Out, c)
		} else {
			n.In = append(n.In, c)
		}
	}
	return n
}

// Children lists the components directly in a container; of the root layer for "".
func (d *Diagram) Children(container string) []Component {
	var children []Component
	for _, c := range d.Components {
		if c.Container == container && (container != "" || c.Layer == "") {
			children = append(children, c)
		}
	}
	return children
}

// Resolve finds the components that a person may have meant: the one with exactly
// this id; else those whose id, key or label equals it but for case; else those
// whose id or label contains it. The ids come in the file's order.
func (d *Diagram) Resolve(text string) []string {
	if _, ok := d.component[text]; ok {
		return []string{text}
	}
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		return nil
	}
	var equal, near []string
	for _, c := range d.Components {
		id, label := strings.ToLower(c.ID), strings.ToLower(c.Label)
		switch {
		case id == want || label == want || strings.ToLower(c.Key) == want:
			equal = append(equal, c.ID)
		case strings.Contains(id, want) || strings.Contains(label, want):
			near = append(near, c.ID)
		}
	}
	if len(equal) > 0 {
		return equal
	}
	return near
}
