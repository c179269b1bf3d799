package diagram

import (
	"fmt"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2format"
)

// inLayer spells a key as one of a layer: "layers.x: KEY", or KEY alone in the root.
func inLayer(layer, key string) string {
	if layer == "" {
		return key
	}
	return layer + ": " + key
}

// bare takes the layer off an id.
func bare(layer, id string) string {
	if layer == "" {
		return id
	}
	return strings.TrimPrefix(id, layer+": ")
}

// ends spells a connection without label and number: "FROM -> TO".
func (c Connection) ends() string {
	return inLayer(c.Layer, bare(c.Layer, c.From)+" "+c.Arrows+" "+bare(c.Layer, c.To))
}

// nameConnections gives the connections of one layer their ids: their ends; where
// several have the same ends and arrows, with ": label" after them; and where that
// still names several, the second and later ones with " #2" and so on.
func nameConnections(cs []Connection) {
	ends := map[string]int{}
	for _, c := range cs {
		ends[c.ends()]++
	}
	seen := map[string]int{}
	for i, c := range cs {
		id := c.ends()
		if ends[id] > 1 && c.Label != "" {
			id += ": " + quoteValue(c.Label)
		}
		seen[id]++
		if n := seen[id]; n > 1 {
			id += fmt.Sprintf(" #%d", n)
		}
		cs[i].ID = id
	}
}

// quoteKey spells one segment of a key as D2 reads it back.
func quoteKey(s string) string {
	return d2format.Format(&d2ast.KeyPath{Path: []*d2ast.StringBox{d2ast.RawStringBox(s, true)}})
}

// quoteValue spells a label as D2 reads it back after a colon, on one line.
func quoteValue(s string) string {
	if strings.ContainsAny(s, "\n\r") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "").Replace(s) + `"`
	}
	return d2format.Format(d2ast.RawString(s, false))
}
