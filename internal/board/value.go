package board

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The tags of the YAML core schema, in their short form.
const (
	tagText  = "!!str"
	tagNull  = "!!null"
	tagBool  = "!!bool"
	tagInt   = "!!int"
	tagFloat = "!!float"
	tagMerge = "!!merge"
	tagDate  = "!!timestamp"
)

// nodeOf makes a node of a value: nil, bool, an integer, float64, string, or a
// list or map of these.
func nodeOf(value any) (*yaml.Node, error) {
	switch v := value.(type) {
	case nil:
		return scalarNode(tagNull, "null"), nil
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("%q is not UTF-8", v)
		}
		return textNode(v), nil
	case bool:
		return scalarNode(tagBool, strconv.FormatBool(v)), nil
	case int:
		return scalarNode(tagInt, strconv.Itoa(v)), nil
	case int64:
		return scalarNode(tagInt, strconv.FormatInt(v, 10)), nil
	case uint64:
		return scalarNode(tagInt, strconv.FormatUint(v, 10)), nil
	case float64:
		return scalarNode(tagFloat, floatText(v)), nil
	case []string:
		return listNode(v)
	case []any:
		return listNode(v)
	case map[string]any:
		return mapNode(v)
	}
	return nil, fmt.Errorf("a value of type %T has no form in the file", value)
}

func scalarNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func listNode[T any](values []T) (*yaml.Node, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, v := range values {
		n, err := nodeOf(v)
		if err != nil {
			return nil, err
		}
		list.Content = append(list.Content, n)
	}
	return list, nil
}

// mapNode puts the keys in order of the alphabet.
func mapNode(values map[string]any) (*yaml.Node, error) {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		k, err := nodeOf(key)
		if err != nil {
			return nil, err
		}
		v, err := nodeOf(values[key])
		if err != nil {
			return nil, err
		}
		m.Content = append(m.Content, k, v)
	}
	return m, nil
}

// floatText is a float as every YAML reader takes it: with a point or an
// exponent, so that it does not come back as an integer.
func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return ".nan"
	case math.IsInf(f, 1):
		return ".inf"
	case math.IsInf(f, -1):
		return "-.inf"
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// valueOf is a node's value in Go: nil, bool, int64, uint64, float64, string,
// []any or map[string]any. A timestamp is its text; a key that is no text is
// spelled as in the file.
func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return valueOf(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, e := range n.Content {
			list[i] = valueOf(e)
		}
		return list
	case yaml.MappingNode:
		m := map[string]any{}
		for _, p := range pairsOf(n) {
			m[keyText(p.key)] = valueOf(p.value)
		}
		return m
	}
	return scalarValue(n)
}

func scalarValue(n *yaml.Node) any {
	switch n.ShortTag() {
	case tagNull:
		return nil
	case tagBool:
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case tagInt:
		var i int64
		if n.Decode(&i) == nil {
			return i
		}
		var u uint64
		if n.Decode(&u) == nil {
			return u
		}
	case tagFloat:
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	}
	return n.Value
}

// keyText is how a key is called; one that is a collection is written in flow style.
func keyText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return flowNode(n)
}
