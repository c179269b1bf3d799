package layout

// Union puts several versions of a graph together as one. Nodes with the same id
// are one node, as large as the largest of them; edges with the same id are one
// edge, with the room of the largest label and a weight for every version it lives
// in. A node's parent must be the same in all versions. Ports stay only at nodes
// that have the same ones in all versions; else edges end anywhere on them.
//
// The order is that of the versions: what is new stands behind what was there,
// so that putting one more version to a union changes no index in it.
func Union(versions ...Graph) Graph {
	var u union
	for _, g := range versions {
		u.add(g)
	}
	return u.graph
}

// Part takes what a version holds out of a placement of the union that it belongs to.
// Boxes are as large as in the union.
func (p Placement) Part(union, version Graph) Placement { return restrict(union, p, version) }

// union is a graph that grows, with its ids.
type union struct {
	graph Graph
	node  map[string]int
	edge  map[string]int
}

func (u *union) add(g Graph) {
	if u.node == nil {
		u.node, u.edge = map[string]int{}, map[string]int{}
		u.graph.Direction = g.Direction
	}
	u.graph.Grid = u.graph.Grid.larger(g.Grid)
	at := make([]int, len(g.Nodes))
	for i, n := range g.Nodes {
		at[i] = u.addNode(n, at)
	}
	for _, e := range g.Edges {
		u.addEdge(e, at)
	}
}

func (u *union) addNode(n Node, at []int) int {
	i, ok := u.node[n.ID]
	if !ok {
		if n.Parent != Root {
			n.Parent = at[n.Parent]
		}
		u.node[n.ID] = len(u.graph.Nodes)
		u.graph.Nodes = append(u.graph.Nodes, n)
		return len(u.graph.Nodes) - 1
	}
	old := &u.graph.Nodes[i]
	old.Width, old.Height = max(old.Width, n.Width), max(old.Height, n.Height)
	old.Least = Size{max(old.Least.Width, n.Least.Width), max(old.Least.Height, n.Least.Height)}
	old.Grid = old.Grid.larger(n.Grid)
	old.Padding = old.Padding.widest(n.Padding)
	if len(old.Ports) > 0 && !equalPorts(old.Ports, n.Ports) {
		u.dropPorts(i)
	}
	return i
}

func equalPorts(a, b []Port) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (u *union) dropPorts(node int) {
	u.graph.Nodes[node].Ports = nil
	for i := range u.graph.Edges {
		e := &u.graph.Edges[i]
		if e.From == node {
			e.FromPort = NoPort
		}
		if e.To == node {
			e.ToPort = NoPort
		}
	}
}

func (u *union) addEdge(e Edge, at []int) {
	if i, ok := u.edge[e.ID]; ok {
		old := &u.graph.Edges[i]
		old.Label = Size{max(old.Label.Width, e.Label.Width), max(old.Label.Height, e.Label.Height)}
		old.Weight++
		return
	}
	e.From, e.To, e.Weight = at[e.From], at[e.To], 1
	if e.FromPort >= len(u.graph.Nodes[e.From].Ports) {
		e.FromPort = NoPort
	}
	if e.ToPort >= len(u.graph.Nodes[e.To].Ports) {
		e.ToPort = NoPort
	}
	u.edge[e.ID] = len(u.graph.Edges)
	u.graph.Edges = append(u.graph.Edges, e)
}

func (in Insets) widest(other Insets) Insets {
	return Insets{
		Top: max(in.Top, other.Top), Right: max(in.Right, other.Right),
		Bottom: max(in.Bottom, other.Bottom), Left: max(in.Left, other.Left),
	}
}
