package picture

import (
	"strings"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// text draws the lines of a tree, each with its mark in front when there are any.
func text(nodes []diagram.Node) *Canvas {
	marked := false
	for _, n := range nodes {
		marked = marked || n.Mark != ""
	}
	var lines []string
	widest := 1
	for _, n := range nodes {
		line := strings.Repeat("  ", n.Depth) + n.String()
		if marked {
			line = n.Mark.Mark() + " " + line
		}
		lines = append(lines, line)
		widest = max(widest, width(line))
	}
	s := newSheet(plan{width: widest, height: len(lines)})
	for i, n := range nodes {
		s.outlineRow(i, lines[i], n)
	}
	return s.Canvas
}

func (s *sheet) outlineRow(y int, line string, n diagram.Node) {
	at := len(s.subjects)
	s.addSubject(Subject{
		IDs: []string{n.ID}, Connection: n.Kind == diagram.ConnectionNode, Label: n.String(),
		Mark: n.Mark, Changed: counted(n.Mark), Where: Rect{0, y, width(line), 1}, leaf: true, outer: layout.Root,
	})
	role := BoxText
	switch {
	case n.Kind == diagram.LayerNode || n.Container:
		role = FrameName
	case n.Kind == diagram.ComponentNode:
		role = BoxName
	case n.Mark == "":
		role = EdgeName
	}
	s.write(0, y, line, int32(at), role, n.Mark)
}
