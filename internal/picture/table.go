package picture

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/layout"
)

// joinedByRow tells of every node whether it is a table with a row at which a connection
// ends.
func (v View) joinedByRow() []bool {
	joined := make([]bool, len(v.Nodes))
	for _, e := range v.Edges {
		joined[e.From] = joined[e.From] || v.row(e.From, e.fromRow) >= 0
		joined[e.To] = joined[e.To] || v.row(e.To, e.toRow) >= 0
	}
	return joined
}

// row finds a column of a table among the rows of a node; -1 if it is not there.
func (v View) row(node int, column string) int {
	if column == "" || v.Nodes[node].Kind != Table {
		return -1
	}
	return slices.IndexFunc(v.Nodes[node].Lines, func(l Line) bool {
		return l.Text == column || strings.HasPrefix(l.Text, column+" ")
	})
}

// ports are the ends at the sides of a table: for the table as a whole, beside its name,
// then for each row; where connections leave, and where they come in.
func (b block) ports(width float64) []layout.Port {
	var ports []layout.Port
	add := func(y int) {
		ports = append(ports, layout.Port{X: width, Y: float64(y), Side: layout.East}, layout.Port{Y: float64(y), Side: layout.West})
	}
	first := 1 + len(b.name)
	if b.rule {
		first++
	}
	add(1)
	for k := range b.rows {
		add(first + k)
	}
	return ports
}

// port is where a connection ends at node i, at its start (0) or its end (1).
func (v View) port(n layout.Node, i int, column string, end int) int {
	if len(n.Ports) == 0 {
		return layout.NoPort
	}
	return 2*(v.row(i, column)+1) + end
}

// tableRows are the rows, cell by cell, of the table that lines of Markdown begin with;
// nil where they begin with none. It is a table as GitHub's Markdown has them
// (https://github.github.com/gfm/#tables-extension-): a second row of dashes makes it
// one, and it ends before a blank line.
func tableRows(lines []string) [][]string {
	if len(lines) < 2 || !strings.Contains(lines[0], "|") || !strings.Contains(lines[1], "|") || strings.Trim(lines[1], "|:- ") != "" || !strings.Contains(lines[1], "-") {
		return nil
	}
	var rows [][]string
	for _, l := range lines {
		if !strings.Contains(l, "|") {
			break
		}
		rows = append(rows, tableCells(l))
	}
	return rows
}

func tableCells(line string) []string {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(strings.TrimSuffix(line, "|"), "|")
	cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(unmarked(c)), "\x00", "|")
	}
	return cells
}

// lineUp sets a table: its head, a rule, and its rows, cells under each other on the
// side that the row of dashes says. Rows have as many cells as the head.
func lineUp(rows [][]string) []Line {
	columns := make([]int, len(rows[0]))
	for i, row := range rows {
		for k, c := range row[:min(len(row), len(columns))] {
			if i != 1 {
				columns[k] = max(columns[k], width(c))
			}
		}
	}
	var lines []Line
	for i, row := range rows {
		between, parts := " │ ", make([]string, len(columns))
		for k, w := range columns {
			switch {
			case i == 1:
				between, parts[k] = "─┼─", strings.Repeat("─", w)
			case k < len(row):
				parts[k] = aligned(row[k], w, rows[1], k)
			default:
				parts[k] = strings.Repeat(" ", w)
			}
		}
		lines = append(lines, Line{Text: strings.TrimRight(strings.Join(parts, between), " "), whole: true})
	}
	return lines
}

// aligned fills a cell of column k to a width, as the row of dashes says.
func aligned(text string, w int, dashes []string, k int) string {
	free := strings.Repeat(" ", w-width(text))
	if k < len(dashes) && strings.HasSuffix(dashes[k], ":") && !strings.HasPrefix(dashes[k], ":") {
		return free + text
	}
	return text + free
}
