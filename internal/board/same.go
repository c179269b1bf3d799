package board

import "go.yaml.in/yaml/v3"

// same tells whether two trees mean the same: anchors, merge keys, quoting and
// the order of keys aside.
func same(a, b *yaml.Node) bool {
	a, b = resolved(a), resolved(b)
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return a.Value == b.Value
	case yaml.MappingNode:
		return samePairs(pairsOf(a), pairsOf(b))
	}
	if len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// tagOf is a node's type as archsync takes it: a date is a text.
func tagOf(n *yaml.Node) string {
	tag := n.ShortTag()
	if tag == tagDate && n.Style&yaml.TaggedStyle == 0 {
		return tagText
	}
	return tag
}

func samePairs(a, b []pair) bool {
	if len(a) != len(b) {
		return false
	}
	others := map[string][]*yaml.Node{}
	for _, p := range b {
		key := keyIdentity(p.key)
		others[key] = append(others[key], p.value)
	}
	for _, p := range a {
		key := keyIdentity(p.key)
		if len(others[key]) == 0 || !same(p.value, others[key][0]) {
			return false
		}
		others[key] = others[key][1:]
	}
	return true
}

// keyIdentity tells keys apart that are spelled alike but of different types.
func keyIdentity(n *yaml.Node) string {
	n = resolved(n)
	return n.ShortTag() + " " + keyText(n)
}

// without are the pairs of a mapping that do not have a key.
func without(pairs []pair, key string) []pair {
	var rest []pair
	for _, p := range pairs {
		if keyText(p.key) != key {
			rest = append(rest, p)
		}
	}
	return rest
}

// lookup is the value of a mapping's key, nil when it has none.
func lookup(mapping *yaml.Node, key string) *yaml.Node {
	for _, p := range pairsOf(mapping) {
		if keyText(p.key) == key {
			return p.value
		}
	}
	return nil
}
