package decision

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/frontmatter"
)

// headerLines is how many lines at the beginning of a text may be its header.
const headerLines = 60

// text is the body of a record as far as formats look at it: its header and its
// headings.
type text struct {
	lines []string // without endings
	first int      // the file's line on which the body starts
	found map[string]int
}

// section is what stands below a heading, up to the next one.
type section struct {
	line  int // of the file: the first line that says something
	lines []string
}

func newText(f *frontmatter.Document) *text {
	t := &text{first: f.BodyLine(), found: map[string]int{}}
	for line := range strings.Lines(strings.TrimPrefix(f.Body(), "\ufeff")) {
		t.lines = append(t.lines, strings.TrimRight(line, " \t\r\n"))
	}
	return t
}

// lineOf is the file's line on which a bullet, attribute or header was found.
func (t *text) lineOf(name string) int { return t.found[strings.ToLower(name)] }

// head is the lines in which a header may stand.
func (t *text) head() []string { return t.lines[:min(len(t.lines), headerLines)] }

// header is a field of an RFC 822 header at the very beginning, with its
// continuation lines.
func (t *text) header(name string) string {
	value, inside := "", false
	for i, line := range t.lines {
		if line == "" {
			break
		}
		if inside && (line[0] == ' ' || line[0] == '\t') {
			value += " " + strings.TrimSpace(line)
			continue
		}
		key, rest, ok := strings.Cut(line, ":")
		if !ok || strings.ContainsAny(key, " \t#") {
			if !inside && (line[0] == ' ' || line[0] == '\t') && i > 0 {
				continue
			}
			break
		}
		if inside {
			break
		}
		if inside = strings.EqualFold(key, name); inside {
			value = strings.TrimSpace(rest)
			t.found[strings.ToLower(name)] = t.first + i
		}
	}
	return value
}

// bullet is the value of the first of the named bullets in the header: `- Status:
// accepted`, also with the name in bold.
func (t *text) bullet(names ...string) string {
	for i, line := range t.head() {
		item := listMarker.ReplaceAllString(line, "")
		if item == line {
			continue
		}
		key, rest, ok := strings.Cut(item, ":")
		if !ok {
			continue
		}
		for _, name := range names {
			if strings.EqualFold(strings.Trim(key, "*_ "), name) {
				t.found[strings.ToLower(name)] = t.first + i
				return strings.TrimSpace(strings.TrimLeft(rest, "*_ "))
			}
		}
	}
	return ""
}

// attribute is the value of a line `name: value` or `:name: value` in the header.
func (t *text) attribute(name string) string {
	for i, line := range t.head() {
		key, rest, ok := strings.Cut(strings.TrimPrefix(line, ":"), ":")
		if ok && strings.EqualFold(key, name) {
			t.found[strings.ToLower(name)] = t.first + i
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// date is the first date that the header gives under one of these names: in a bullet,
// an attribute or a field. What is no date says something else.
func (t *text) date(names []string) string {
	for _, line := range t.head() {
		key, rest, ok := strings.Cut(strings.TrimPrefix(listMarker.ReplaceAllString(line, ""), ":"), ":")
		if !ok || !slices.Contains(names, spaced(key)) {
			continue
		}
		if date := isoDate(strings.Trim(rest, "*_ ")); date != "" {
			return date
		}
	}
	return ""
}

// section finds a heading of the second level by its text in lower case.
func (t *text) section(name string) *section {
	var found *section
	for i, line := range t.unfenced() {
		level, heading := headingOf(line)
		if level > 0 && found != nil {
			break
		}
		if level == 2 && strings.ToLower(heading) == name {
			found = &section{line: t.first + i}
			continue
		}
		if found == nil {
			continue
		}
		if len(found.lines) == 0 && line == "" {
			continue
		}
		if len(found.lines) == 0 {
			found.line = t.first + i
		}
		found.lines = append(found.lines, line)
	}
	return found
}

// title is the first heading of the first level, else the first of any.
func (t *text) title() string {
	lower, before := "", ""
	for _, line := range t.unfenced() {
		level, heading := headingOf(line)
		if level == 0 && before != "" && len(line) >= 3 && strings.Trim(line, "=") == "" {
			level, heading = 1, before
		}
		if level == 1 {
			return heading
		}
		if level > 1 && lower == "" {
			lower = heading
		}
		before = line
	}
	return lower
}

// headingOf reads a heading `## Status ##`; the level of another line is 0.
func headingOf(line string) (level int, heading string) {
	for level < len(line) && line[level] == '#' {
		level++
	}
	if level == 0 || level > 6 || level < len(line) && line[level] != ' ' && line[level] != '\t' {
		return 0, ""
	}
	return level, strings.TrimSpace(strings.TrimRight(strings.TrimSpace(line[level:]), "#"))
}

// unfenced gives the lines with their numbers, without those of code blocks and
// comments, which hold what only looks like a heading.
func (t *text) unfenced() func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		fence, comment := "", false
		for i, line := range t.lines {
			trimmed := strings.TrimLeft(line, " ")
			switch {
			case comment:
				comment = !strings.Contains(line, "-->")
				continue
			case fence != "":
				if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "" {
					fence = ""
				}
				continue
			case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
				if trimmed[:3] != "~~~" || !strings.HasSuffix(trimmed, "~~~") || len(trimmed) == 3 {
					fence = trimmed[:3]
					continue
				}
			case strings.HasPrefix(trimmed, "<!--"):
				comment = !strings.Contains(line, "-->")
				continue
			}
			if !yield(i, line) {
				return
			}
		}
	}
}
