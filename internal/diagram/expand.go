package diagram

import (
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2parser"
)

// expansion bounds how many keys a diagram has once its variables are written out.
// A variable that holds another one twice, and so on, doubles with each line, and
// D2 fills the memory with it before any deadline. Variables are told apart by the
// last segment of their names only, which makes the bound larger, never smaller.
type expansion struct {
	limit     int
	files     []*d2ast.Map
	variables map[string][]*d2ast.Key
	sizes     map[string]int // of a variable's values together; -1 while it is being counted
}

// add takes another file in and tells whether everything so far stays in bounds.
func (x *expansion) add(name, text string) bool {
	if !strings.Contains(text, "${") {
		return true
	}
	file, _ := d2parser.Parse(name, strings.NewReader(text), nil)
	if file == nil {
		return true
	}
	x.files = append(x.files, file)
	if x.variables == nil {
		x.variables = map[string][]*d2ast.Key{}
	}
	x.define(file, false)
	x.sizes = map[string]int{}
	total := 0
	for _, f := range x.files {
		total = x.plus(total, x.ofMap(f))
	}
	return total < x.limit
}

// define notes every key written inside a vars block, at any depth.
func (x *expansion) define(m *d2ast.Map, inVars bool) {
	for _, n := range m.Nodes {
		k := n.MapKey
		if k == nil || k.Key == nil || len(k.Key.Path) == 0 {
			continue
		}
		name := k.Key.Path[len(k.Key.Path)-1].Unbox().ScalarString()
		if inVars {
			x.variables[name] = append(x.variables[name], k)
		}
		if k.Value.Map != nil {
			x.define(k.Value.Map, inVars || name == "vars")
		}
	}
}

func (x *expansion) plus(a, b int) int { return min(a+b, x.limit) }

func (x *expansion) ofMap(m *d2ast.Map) int {
	total := 0
	for _, n := range m.Nodes {
		switch {
		case n.Substitution != nil:
			total = x.plus(total, x.ofVariable(n.Substitution))
		case n.MapKey != nil:
			total = x.plus(total, 1+x.ofKey(n.MapKey))
		}
	}
	return total
}

func (x *expansion) ofKey(k *d2ast.Key) int {
	total := 0
	if k.Value.Map != nil {
		total = x.ofMap(k.Value.Map)
	}
	var parts []d2ast.InterpolationBox
	if s := k.Value.UnquotedString; s != nil {
		parts = append(parts, s.Value...)
	}
	if s := k.Value.DoubleQuotedString; s != nil {
		parts = append(parts, s.Value...)
	}
	for _, p := range parts {
		if p.Substitution != nil {
			total = x.plus(total, x.ofVariable(p.Substitution))
		}
	}
	return total
}

func (x *expansion) ofVariable(s *d2ast.Substitution) int {
	if len(s.Path) == 0 {
		return 0
	}
	name := s.Path[len(s.Path)-1].Unbox().ScalarString()
	if size, known := x.sizes[name]; known {
		return max(0, size)
	}
	x.sizes[name] = -1
	total := 0
	for _, k := range x.variables[name] {
		total = x.plus(total, 1+x.ofKey(k))
	}
	x.sizes[name] = total
	return total
}
