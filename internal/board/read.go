package board

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// reader takes a group out of a YAML tree and collects what it has to complain about.
type reader struct {
	group    Group
	problems []problem.Problem
	seen     map[*yaml.Node]bool // nodes complained about: an alias shows one several times
	partial  bool                // something was left out that may be an item
}

func (r *reader) complain(n *yaml.Node, what, hint string) {
	if r.seen[n] {
		return
	}
	if r.seen == nil {
		r.seen = map[*yaml.Node]bool{}
	}
	r.seen[n] = true
	r.problems = append(r.problems, *at(n, what, hint))
}

func (r *reader) read(root *yaml.Node) {
	if root == nil {
		return
	}
	if root.Kind != yaml.MappingNode {
		if root.Kind != yaml.ScalarNode || root.ShortTag() != tagNull {
			r.complain(root, "a group is written as keys with values, this is "+kindOf(root), `start with "name: ..." and "items:"`)
		}
		return
	}
	r.twice(root)
	for _, p := range pairsOf(root) {
		if key := keyText(p.key); key == keyItems {
			r.items(p.value)
		} else {
			r.field(&r.group, key, p.value)
		}
	}
}

// field reads one key of a record and tells whether the key is known.
func (r *reader) field(rec record, key string, value *yaml.Node) bool {
	if to := rec.scalar(key); to != nil {
		*to = r.text(key, value)
		return true
	}
	if to := rec.list(key); to != nil {
		*to = r.texts(key, value)
		return true
	}
	return false
}

// text reads a scalar as it is spelled; null is "".
func (r *reader) text(key string, n *yaml.Node) string {
	value := resolved(n)
	if value.Kind != yaml.ScalarNode {
		r.complain(n, fmt.Sprintf("%s is %s, not a text", key, kindOf(value)), "write one value, in quotes if it has brackets")
		return ""
	}
	if value.ShortTag() == tagNull {
		return ""
	}
	return value.Value
}

// texts reads a list of scalars; a single one is a list of one.
func (r *reader) texts(key string, n *yaml.Node) []string {
	value := resolved(n)
	switch value.Kind {
	case yaml.MappingNode:
		r.complain(n, fmt.Sprintf("%s is %s, not a list", key, kindOf(value)), `write each entry on a line of its own, as "- entry", in quotes if it holds ": "`)
		return nil
	case yaml.ScalarNode:
		if value.ShortTag() == tagNull {
			return nil
		}
		return []string{value.Value}
	}
	var list []string
	for _, e := range value.Content {
		entry := resolved(e)
		if entry.Kind != yaml.ScalarNode {
			r.complain(e, fmt.Sprintf("an entry of %s is %s, not a text", key, kindOf(entry)), `put the entry in quotes`)
		} else if entry.ShortTag() != tagNull {
			list = append(list, entry.Value)
		}
	}
	return list
}

func (r *reader) items(n *yaml.Node) {
	list := resolved(n)
	if list.Kind == yaml.ScalarNode && list.ShortTag() == tagNull {
		return
	}
	if list.Kind != yaml.SequenceNode {
		r.complain(n, "items is "+kindOf(list)+", not a list", `start every item with "- id: ..."`)
		r.partial = true
		return
	}
	nodes := list.Content
	if len(nodes) > maxItems {
		r.complain(nodes[maxItems], fmt.Sprintf("more than %d items", maxItems), "split the group; the items from here on are left out")
		nodes = nodes[:maxItems]
		r.partial = true
	}
	r.group.Items = make([]Item, 0, len(nodes))
	for _, node := range nodes {
		if it, ok := r.item(node); ok {
			r.group.Items = append(r.group.Items, it)
		} else {
			r.partial = true
		}
	}
}

// item reads one item; one without an id cannot be named and is left out.
func (r *reader) item(n *yaml.Node) (Item, bool) {
	mapping := resolved(n)
	if mapping.Kind != yaml.MappingNode {
		r.complain(n, "an item is written as keys with values, this is "+kindOf(mapping), `start it with "- id: ..."`)
		return Item{}, false
	}
	r.twice(mapping)
	it := Item{Line: n.Line}
	for _, p := range pairsOf(mapping) {
		if key := keyText(p.key); !r.field(&it, key, p.value) {
			it.Extra = append(it.Extra, Field{key, valueOf(p.value)})
		}
	}
	if it.ID == "" {
		r.complain(n, "the item has no id", `give it one of five characters, such as "id: k7m2p", that no other item has`)
		return it, false
	}
	return it, true
}

// twice complains about keys that stand twice in a mapping; the last one counts.
func (r *reader) twice(mapping *yaml.Node) {
	first := map[string]*yaml.Node{}
	for _, p := range ownPairs(mapping) {
		key := keyText(p.key)
		if old, ok := first[key]; ok {
			r.complain(p.key, fmt.Sprintf("the key %q stands twice, first in line %d", key, old.Line), "keep one of the two")
			continue
		}
		first[key] = p.key
	}
}

// kindOf says what a node is, for a sentence.
func kindOf(n *yaml.Node) string {
	switch resolved(n).Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.ShortTag() == tagNull {
		return "nothing"
	}
	if text := []rune(strings.ReplaceAll(n.Value, "\n", " ")); len(text) > 30 {
		return fmt.Sprintf("the text %q", string(text[:30])+"...")
	}
	return fmt.Sprintf("the text %q", n.Value)
}
