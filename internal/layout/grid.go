package layout

import "context"

// Grid says how the children of a node stand, in their order: row by row in so many
// columns, or else column by column in so many rows. The zero value leaves it to the
// engine.
type Grid struct {
	Columns int `json:"columns,omitempty"`
	Rows    int `json:"rows,omitempty"`
}

func (g Grid) isSet() bool { return g.Columns > 0 || g.Rows > 0 }

// cell is where child number k stands.
func (g Grid) cell(k int) (row, column int) {
	if g.Columns > 0 {
		return k / g.Columns, k % g.Columns
	}
	return k % g.Rows, k / g.Rows
}

// larger has room for what either grid has room for.
func (g Grid) larger(h Grid) Grid { return Grid{max(g.Columns, h.Columns), max(g.Rows, h.Rows)} }

// Gridded makes an engine that keeps the order of grids, which no layered layout does:
// what stands in one cell is placed by the engine on its own, the cells are put in rows
// and columns, and the grid is one box for what is around it. Edges that leave a cell
// are led last, as a [Camera] leads new ones, with the spacing of its direction.
func Gridded(engine Engine, spacing func(Direction) Spacing) Engine {
	return func(ctx context.Context, g Graph) (Placement, error) {
		if !g.hasGrid() || g.Check() != nil {
			return engine(ctx, g)
		}
		l := &gridding{graph: g, engine: engine, spacing: spacing}
		return l.place(ctx)
	}
}

func (g Graph) hasGrid() bool {
	for _, n := range g.Nodes {
		if n.Grid.isSet() {
			return true
		}
	}
	return g.Grid.isSet()
}

// gridding places one graph with grids in it.
type gridding struct {
	graph   Graph
	engine  Engine
	spacing func(Direction) Spacing
	boxes   []Box
	routes  []Route // those without points are still to come
}

func (l *gridding) place(ctx context.Context) (Placement, error) {
	g := l.graph
	l.boxes, l.routes = make([]Box, len(g.Nodes)), make([]Route, len(g.Edges))
	var p Placement
	if g.Grid.isSet() {
		if _, err := l.arrange(ctx, Root, g.Grid); err != nil {
			return Placement{}, err
		}
	} else {
		outer, err := l.placeOuter(ctx)
		if err != nil {
			return Placement{}, err
		}
		p.Engine = outer.Engine
	}
	p.Boxes = l.boxes
	for _, r := range l.routes {
		if len(r.Points) > 0 {
			p.Routes = append(p.Routes, r)
		}
	}
	if len(p.Routes) == len(g.Edges) {
		return p, nil
	}
	return l.lead(ctx, p)
}

// lead gives the edges that leave cells their routes.
func (l *gridding) lead(ctx context.Context, p Placement) (Placement, error) {
	g := l.graph
	g.Nodes = append([]Node(nil), g.Nodes...)
	for i, b := range p.Boxes {
		g.Nodes[i].Width, g.Nodes[i].Height = b.Width, b.Height
	}
	const within = 1 // no keyframe
	c, _, err := Camera{Last: p, Key: within}.Next(ctx, l.engine, l.spacing(g.Direction), g)
	return c.Last, err
}

// grid finds the outermost grid that a node stands in, or [Root].
func (l *gridding) grid(node int) int {
	found := Root
	for i := l.graph.Nodes[node].Parent; i != Root; i = l.graph.Nodes[i].Parent {
		if l.graph.Nodes[i].Grid.isSet() {
			found = i
		}
	}
	return found
}

// placeOuter arranges the outermost grids, and has the engine place what is around them.
func (l *gridding) placeOuter(ctx context.Context) (Placement, error) {
	g := l.graph
	outer := part{at: make([]int, len(g.Nodes)), graph: Graph{Direction: g.Direction}}
	within := make([]Box, len(g.Nodes))
	for i, n := range g.Nodes {
		if in := l.grid(i); in != Root {
			outer.at[i] = outer.at[in]
			continue
		}
		if n.Grid.isSet() {
			size, err := l.arrange(ctx, i, n.Grid)
			if err != nil {
				return Placement{}, err
			}
			n.Width, n.Height, n.Grid = size.Width, size.Height, Grid{}
			copy(within, l.boxes)
		}
		outer.add(i, n)
	}
	for i, e := range g.Edges {
		outer.join(i, e)
	}
	p, err := l.engine(ctx, outer.graph)
	if err != nil {
		return Placement{}, err
	}
	for i := range g.Nodes {
		b := p.Boxes[outer.at[i]]
		if l.grid(i) == Root {
			l.boxes[i] = b
			continue
		}
		l.boxes[i].X, l.boxes[i].Y = within[i].X+b.X, within[i].Y+b.Y
	}
	for i, r := range l.routes {
		if in := l.grid(g.Edges[i].From); len(r.Points) > 0 && in != Root {
			b := p.Boxes[outer.at[in]]
			l.routes[i] = r.moved(b.X, b.Y)
		}
	}
	for k, i := range outer.edges {
		if e := g.Edges[i]; l.grid(e.From) == Root && l.grid(e.To) == Root {
			l.routes[i] = p.Routes[k]
		}
	}
	return p, nil
}

// part is a graph made of some nodes and edges of another.
type part struct {
	graph Graph
	at    []int // by node of the whole: its node here
	edges []int // by edge here: its edge of the whole
}

func (p *part) add(node int, n Node) {
	if n.Parent != Root {
		n.Parent = p.at[n.Parent]
	}
	p.at[node] = len(p.graph.Nodes)
	p.graph.Nodes = append(p.graph.Nodes, n)
}

// join adds an edge between what its ends are here, unless that is one and the same.
func (p *part) join(edge int, e Edge) {
	from, to := p.at[e.From], p.at[e.To]
	if from == to && e.From != e.To {
		return
	}
	e.From, e.To = from, to
	p.graph.Edges, p.edges = append(p.graph.Edges, e), append(p.edges, edge)
}

// arrange places the cells of a grid, each on its own, in rows and columns. Boxes and
// routes are measured from the grid's upper left corner; its size is given.
func (l *gridding) arrange(ctx context.Context, grid int, form Grid) (Size, error) {
	const least = 1 // of a cell: edges find no way around a box without a size
	var cells []int
	for i, n := range l.graph.Nodes {
		if n.Parent == grid {
			cells = append(cells, i)
		}
	}
	columns, rows := map[int]float64{}, map[int]float64{}
	parts := make([]part, len(cells))
	placed := make([]Placement, len(cells))
	for k, c := range cells {
		row, column := form.cell(k)
		parts[k] = l.cut(c)
		p, err := Gridded(l.engine, l.spacing)(ctx, parts[k].graph)
		if err != nil {
			return Size{}, err
		}
		placed[k] = p
		columns[column] = max(columns[column], p.Boxes[0].Width, least)
		rows[row] = max(rows[row], p.Boxes[0].Height, least)
	}
	var outer Node
	if grid != Root {
		outer = l.graph.Nodes[grid]
	}
	gap := l.spacing(Right).Nodes // the smallest there is
	xs, right := edgesOf(columns, outer.Padding.Left, gap)
	ys, bottom := edgesOf(rows, outer.Padding.Top, gap)
	for k, c := range cells {
		row, column := form.cell(k)
		l.settle(c, parts[k], placed[k], Box{X: xs[column], Y: ys[row], Width: columns[column], Height: rows[row]})
	}
	return Size{max(outer.Width, right+outer.Padding.Right), max(outer.Height, bottom+outer.Padding.Bottom)}, nil
}

// edgesOf gives where the columns (or rows) of these sizes begin, and where the last ends.
func edgesOf(sizes map[int]float64, at, gap float64) (begin []float64, end float64) {
	for i := range len(sizes) {
		if i > 0 {
			at += gap
		}
		begin = append(begin, at)
		at += sizes[i]
	}
	return begin, at
}

// cut takes a node with all that is in it and joined in it out of the graph.
func (l *gridding) cut(node int) part {
	p := part{at: make([]int, len(l.graph.Nodes)), graph: Graph{Direction: l.graph.Direction}}
	for i, n := range l.graph.Nodes {
		if i == node {
			n.Parent = Root
		}
		if l.graph.Contains(node, i) {
			p.add(i, n)
		}
	}
	for i, e := range l.graph.Edges {
		if l.graph.Contains(node, e.From) && l.graph.Contains(node, e.To) {
			p.join(i, e)
		}
	}
	return p
}

// settle puts a cell, which is stretched to fill its box, and centres what is in it.
func (l *gridding) settle(node int, p part, placed Placement, in Box) {
	first := placed.Boxes[0]
	dx, dy := in.X-first.X, in.Y-first.Y
	inside := dx + float64(int((in.Width-first.Width)/2))
	for i := range l.graph.Nodes {
		if i != node && l.graph.Contains(node, i) {
			b := placed.Boxes[p.at[i]]
			b.X, b.Y = b.X+inside, b.Y+dy
			l.boxes[i] = b
		}
	}
	first.X, first.Y, first.Width, first.Height = in.X, in.Y, in.Width, in.Height
	l.boxes[node] = first
	for k, r := range placed.Routes {
		e := l.graph.Edges[p.edges[k]]
		if e.From != node && e.To != node {
			l.routes[p.edges[k]] = r.moved(inside, dy)
		}
	}
}
