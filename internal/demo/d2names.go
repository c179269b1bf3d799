package demo

import "strings"

// names are the components and connections of a D2 text, as items and decisions
// refer to them. It reads D2 only as the story writes it: one thing a line.
func names(d2 string) map[string]bool {
	found := map[string]bool{}
	var path []string
	for line := range strings.Lines(d2) {
		line = strings.TrimSpace(line)
		key, _, _ := strings.Cut(line, ":")
		key = strings.TrimSuffix(key, " {")
		full := strings.Join(append(path, key), ".")
		switch {
		case line == "}":
			path = path[:max(0, len(path)-1)]
			continue
		case line == "" || line[0] == '#' || line[0] == '.' || keyword(key) || len(path) > 0 && path[0] == "classes":
		default:
			found[full] = true
		}
		if strings.HasSuffix(line, "{") {
			path = append(path, key)
		}
	}
	return found
}

// keyword tells D2's own words from keys of components.
func keyword(key string) bool {
	switch key {
	case "direction", "shape", "tooltip", "class", "classes":
		return true
	}
	return strings.HasPrefix(key, "style.")
}

// connection takes a reference apart; ok is false for a component.
func connection(ref string) (from, arrow, to string, ok bool) {
	for _, arrow := range []string{" <-> ", " -> ", " -- "} {
		if from, to, ok := strings.Cut(ref, arrow); ok {
			return from, arrow, to, true
		}
	}
	return "", "", "", false
}
