package board

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

func canonicalLayout() layout { return layout{style: canonical()} }

// groupPairs is a group as keys and values in the order of a new file.
func groupPairs(g Group) []*yaml.Node {
	var pairs []*yaml.Node
	for _, key := range groupKeys {
		pairs = appendField(pairs, &g, key)
	}
	items := &yaml.Node{Kind: yaml.SequenceNode}
	for _, it := range g.Items {
		items.Content = append(items.Content, itemNode(it))
	}
	return append(pairs, textNode(keyItems), items)
}

// itemNode is an item as a mapping in the order of a new one; what is absent is left out.
func itemNode(it Item) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range itemKeys {
		m.Content = appendField(m.Content, &it, key)
	}
	for _, f := range it.Extra {
		value, err := nodeOf(f.Value)
		if err != nil {
			continue // a value that no file can have held
		}
		m.Content = append(m.Content, textNode(f.Key), value)
	}
	return m
}

func appendField(pairs []*yaml.Node, rec record, key string) []*yaml.Node {
	if text := rec.scalar(key); text != nil {
		if *text == "" {
			return pairs
		}
		return append(pairs, textNode(key), textNode(*text))
	}
	list := *rec.list(key)
	if len(list) == 0 {
		return pairs
	}
	values := &yaml.Node{Kind: yaml.SequenceNode}
	for _, e := range list {
		values.Content = append(values.Content, textNode(e))
	}
	return append(pairs, textNode(key), values)
}

// textNode is a text; a date is of the type that YAML gives a plain one. Bytes that
// are not UTF-8, which no file may hold, are replaced.
func textNode(s string) *yaml.Node {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	if validDate(s) {
		return scalarNode(tagDate, s)
	}
	return scalarNode(tagText, s)
}
