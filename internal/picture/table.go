package picture

import "strings"

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
