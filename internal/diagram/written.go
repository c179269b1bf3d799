package diagram

import (
	"slices"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2parser"
)

// written rewrites the keys in a diagram's own file that name the component. D2 lists
// references only of what is there in the end: what a file takes away again with null
// has none.
func (w writer) written(d *Diagram, layers map[string]bool) error {
	file, _ := d2parser.Parse(d.Path, strings.NewReader(w.texts[d.Path]), nil)
	if file == nil {
		return nil
	}
	return walker{w, layers}.block(file, spot{})
}

// walker goes through the blocks of a file.
type walker struct {
	writer
	layers map[string]bool
}

// spot is where a key is read from: a layer and the container in it.
type spot struct {
	layer     string
	kind      string // "layers", "scenarios" or "steps": the next segment names one
	container []string
}

// step goes one written segment further; false where no component can lie.
func (s spot) step(segment *d2ast.StringBox) (spot, bool) {
	text := segment.Unbox().ScalarString()
	plain, unquoted := segment.Unbox().(*d2ast.UnquotedString)
	word := ""
	if unquoted {
		word = strings.ToLower(text)
	}
	switch {
	case s.kind != "":
		return spot{layer: strings.TrimPrefix(s.layer+"."+s.kind+"."+quoteKey(text), ".")}, true
	case unquoted && plain.Pattern != nil:
		return s, false
	case word == "_":
		s.container = s.container[:max(0, len(s.container)-1)]
	case len(s.container) == 0 && slices.Contains([]string{"layers", "scenarios", "steps"}, word):
		s.kind = word
	case unquoted && reserved(text):
		return s, false
	default:
		s.container = append(slices.Clone(s.container), text)
	}
	return s, true
}

func (w walker) block(m *d2ast.Map, at spot) error {
	for _, n := range m.Nodes {
		k := n.MapKey
		if k == nil || k.Ampersand || k.NotAmpersand {
			continue
		}
		if err := w.key(k, at); err != nil {
			return err
		}
	}
	return nil
}

func (w walker) key(k *d2ast.Key, at spot) error {
	in, there, err := w.path(k.Key, at)
	if err != nil || !there {
		return err
	}
	for _, e := range k.Edges {
		for _, end := range []*d2ast.KeyPath{e.Src, e.Dst} {
			if _, _, err := w.path(end, in); err != nil {
				return err
			}
		}
	}
	if k.Value.Map == nil || len(k.Edges) > 0 {
		return nil
	}
	return w.block(k.Value.Map, in)
}

// path rewrites the segment of a key that names the component, and says where the
// key leads.
func (w walker) path(key *d2ast.KeyPath, at spot) (_ spot, there bool, err error) {
	if key == nil {
		return at, true, nil
	}
	for i, segment := range key.Path {
		if at, there = at.step(segment); !there {
			return at, false, nil
		}
		if at.kind == "" && w.layers[at.layer] && equalFold(at.container, w.rekey.old) {
			if err := w.reference(key.Path, i); err != nil {
				return at, false, err
			}
		}
	}
	return at, true, nil
}
