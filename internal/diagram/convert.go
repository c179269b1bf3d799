package diagram

import (
	"fmt"
	"iter"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2target"
)

// board is one of D2's boards with the name we give it as a layer.
type board struct {
	layer string
	graph *d2graph.Graph
}

// boards walks a graph and its layers, scenarios and steps, outermost first.
func boards(g *d2graph.Graph) iter.Seq[board] {
	return func(yield func(board) bool) { walkBoards("", g, yield) }
}

func walkBoards(layer string, g *d2graph.Graph, yield func(board) bool) bool {
	if !yield(board{layer, g}) {
		return false
	}
	for _, kind := range []struct {
		word   string
		boards []*d2graph.Graph
	}{{"layers", g.Layers}, {"scenarios", g.Scenarios}, {"steps", g.Steps}} {
		for _, b := range kind.boards {
			name := kind.word + "." + quoteKey(b.Name)
			if layer != "" {
				name = layer + "." + name
			}
			if !walkBoards(name, b, yield) {
				return false
			}
		}
	}
	return true
}

// convert makes our own values of D2's graph.
func convert(path string, g *d2graph.Graph, r *reader) *Diagram {
	d := &Diagram{Path: path}
	for b := range boards(g) {
		if b.layer != "" {
			d.Layers = append(d.Layers, b.layer)
		}
		d.boards = append(d.boards, boardOf(b))
		ids := d.addComponents(b, r)
		d.addConnections(b, ids, r)
	}
	d.sources = r.sources()
	d.index()
	return d
}

func (d *Diagram) addComponents(b board, r *reader) map[*d2graph.Object]string {
	ids := make(map[*d2graph.Object]string, len(b.graph.Objects))
	keys := map[*d2graph.Object]string{b.graph.Root: ""}
	for _, o := range parentsFirst(b.graph) {
		key := o.ID
		if outer := keys[o.Parent]; outer != "" {
			key = outer + "." + o.ID
		}
		keys[o] = key
		ids[o] = inLayer(b.layer, key)
		d.Components = append(d.Components, component(o, ids[o], ids[o.Parent], b.layer, r))
	}
	return ids
}

// parentsFirst lists the objects in the file's order, each after its container:
// D2 sorts by place alone, and a container may be styled after its first child.
func parentsFirst(g *d2graph.Graph) []*d2graph.Object {
	seen := make(map[*d2graph.Object]bool, len(g.Objects))
	ordered := make([]*d2graph.Object, 0, len(g.Objects))
	var add func(o *d2graph.Object)
	add = func(o *d2graph.Object) {
		if o == nil || o == g.Root || seen[o] {
			return
		}
		add(o.Parent)
		seen[o] = true
		ordered = append(ordered, o)
	}
	for _, o := range g.Objects {
		add(o)
	}
	return ordered
}

func component(o *d2graph.Object, id, container, layer string, r *reader) Component {
	c := Component{
		ID: id, Key: o.ID, Container: container, Layer: layer,
		Label:   o.Label.Value,
		Default: o.Label.Value == o.IDVal,
		Shape:   o.Shape.Value,
		Tooltip: scalar(o.Tooltip),
		Link:    scalar(o.Link),
		Content: content(o),
		Style:   objectStyle(o),
	}
	if c.Shape == "" {
		c.Shape = d2target.ShapeRectangle
	}
	if len(o.References) > 0 {
		ref := o.References[0]
		if ref.Key != nil && ref.KeyPathIndex < len(ref.Key.Path) {
			c.Place = place(ref.Key.Path[ref.KeyPathIndex].Unbox().GetRange(), ref.MapKey, r)
		}
	}
	return c
}

func (d *Diagram) addConnections(b board, ids map[*d2graph.Object]string, r *reader) {
	first := len(d.Connections)
	for _, e := range b.graph.Edges {
		c := Connection{
			From: ids[e.Src], To: ids[e.Dst], Arrows: e.ArrowString(),
			Label: e.Label.Value, Layer: b.layer, Style: edgeStyle(e),
		}
		if len(e.References) > 0 && e.References[0].Edge != nil {
			c.Place = place(e.References[0].Edge.Range, e.References[0].MapKey, r)
			if scope := e.References[0].ScopeObj; scope.IsSequenceDiagramGroup() {
				c.Group = ids[scope]
			}
		}
		d.Connections = append(d.Connections, c)
	}
	nameConnections(d.Connections[first:])
}

func place(at d2ast.Range, whole *d2ast.Key, r *reader) Place {
	p := Place{
		File:   at.Path,
		Line:   at.Start.Line + 1,
		Column: r.column(at.Path, at.Start.Line, at.Start.Column),
	}
	p.EndLine = at.End.Line + 1
	if whole != nil && whole.Range.Path == at.Path {
		p.EndLine = max(p.EndLine, whole.Range.End.Line+1)
	}
	return p
}

func scalar(s *d2graph.Scalar) string {
	if s == nil {
		return ""
	}
	return s.Value
}

// content is what a table or a class says, one column or member a line.
func content(o *d2graph.Object) string {
	var lines []string
	if o.SQLTable != nil {
		for _, c := range o.SQLTable.Columns {
			lines = append(lines, strings.TrimSpace(c.Name.Label+" "+c.Type.Label+" "+strings.Join(c.Constraint, " ")))
		}
	}
	if o.Class != nil {
		for _, f := range o.Class.Fields {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s%s %s", f.VisibilityToken(), f.Name, f.Type)))
		}
		for _, m := range o.Class.Methods {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s%s %s", m.VisibilityToken(), m.Name, m.Return)))
		}
	}
	return strings.Join(lines, "\n")
}
