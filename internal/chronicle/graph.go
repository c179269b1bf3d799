package chronicle

import (
	"maps"
	"slices"
	"strings"
)

// graph is the connections of a moment: from each component to those that its arrows
// lead to.
type graph map[string]map[string]bool

// add takes a connection as its facts have it: along its arrow. One without arrowheads
// leads nowhere, one with two leads both ways.
func (g graph) add(from, to, arrows string) {
	if from == "" || to == "" || arrows == "--" {
		return
	}
	g.lead(from, to)
	if arrows == "<->" {
		g.lead(to, from)
	}
}

func (g graph) lead(from, to string) {
	if g[from] == nil {
		g[from] = map[string]bool{}
	}
	g[from][to] = true
}

// fanIn is the component that the most others have an arrow to, and how many these
// are; the first by name of several.
func (g graph) fanIn() (id string, most int) {
	in := map[string]int{}
	for from, tos := range g {
		for to := range tos {
			if to != from {
				in[to]++
			}
		}
	}
	for _, to := range sortedKeys(in) {
		if in[to] > most {
			id, most = to, in[to]
		}
	}
	return id, most
}

// cycles is the number of strongly connected components of more than one: sets in which
// every component leads to every other, by arrows of the set. It is Tarjan's algorithm
// (R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1, 1972).
func (g graph) cycles() int {
	t := tarjan{graph: g, index: map[string]int{}, low: map[string]int{}, on: map[string]bool{}}
	for _, v := range sortedKeys(g) {
		if _, seen := t.index[v]; !seen {
			t.visit(v)
		}
	}
	return t.count
}

type tarjan struct {
	graph
	index, low map[string]int
	on         map[string]bool
	stack      []string
	count      int
}

func (t *tarjan) visit(v string) {
	t.index[v], t.low[v] = len(t.index), len(t.index)
	t.stack, t.on[v] = append(t.stack, v), true
	for w := range t.graph[v] {
		if _, seen := t.index[w]; !seen {
			t.visit(w)
			t.low[v] = min(t.low[v], t.low[w])
		} else if t.on[w] {
			t.low[v] = min(t.low[v], t.index[w])
		}
	}
	if t.low[v] < t.index[v] {
		return
	}
	at := slices.Index(t.stack, v)
	for _, w := range t.stack[at:] {
		t.on[w] = false
	}
	if len(t.stack)-at > 1 {
		t.count++
	}
	t.stack = t.stack[:at]
}

// elsewhere tells whether a component stands in another diagram than the architecture.
func elsewhere(id string) bool { return strings.Contains(id, ".d2: ") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// sortedValues are the values of a map in the order of its keys.
func sortedValues[V any](m map[string]V) []V {
	values := make([]V, 0, len(m))
	for _, key := range sortedKeys(m) {
		values = append(values, m[key])
	}
	return values
}
