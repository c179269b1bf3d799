package picture

import "strings"

// sign is the one-cell symbol by which a D2 shape is told from a plain box; "" for
// those that their frame tells.
func sign(shape string) string {
	switch shape {
	case "cylinder":
		return "⛁"
	case "stored_data":
		return "⛃"
	case "queue":
		return "⇉"
	case "person", "c4-person":
		return "☺"
	case "cloud":
		return "☁"
	case "page":
		return "▤"
	case "document":
		return "▧"
	case "package":
		return "▣"
	case "image":
		return "▨"
	case "diamond":
		return "◇"
	case "hexagon":
		return "⬡"
	case "parallelogram":
		return "▱"
	case "step":
		return "▷"
	case "callout":
		return "❝"
	case "circle":
		return "○"
	case "sequence_diagram":
		return "⇄"
	}
	return ""
}

// asciiSign is [sign] for terminals that have only ASCII: D2's word itself.
func asciiSign(shape string) string {
	if sign(shape) == "" {
		return ""
	}
	return "(" + strings.ReplaceAll(shape, "_", " ") + ")"
}

// round tells whether a shape has round corners.
func round(shape string) bool {
	switch shape {
	case "oval", "circle", "cylinder", "queue", "stored_data", "cloud", "person", "c4-person":
		return true
	}
	return false
}
