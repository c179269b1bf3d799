package demo

import (
	"fmt"
	"slices"
	"strings"
)

// A text of the story says of its lines from which sync until before which sync
// they stood. One line:
//
//	tooltip: 3 brokers   #@ 2024-12-05..2025-09-11
//
// Several, nested as one likes:
//
//	#@ 2024-12-05.. {
//	…
//	#@ }
//
// Either date may be missing, and "now" is later than every date. So one file
// holds every version of it, and neighbours differ by few lines.
type chronicled struct {
	name  string
	lines []chronicledLine
	turns []string // the dates at which the text changes, sorted
}

type chronicledLine struct {
	text  string
	spans []span // it stands when all of them hold
}

// span is from a date until before another one; "" is open.
type span struct{ from, to string }

func (s span) holds(date string) bool {
	return date >= s.from && (s.to == "" || date < s.to)
}

const lifetimeMark = "#@ "

// parseChronicled reads a text of the story.
func parseChronicled(name, src string) (*chronicled, error) {
	c := &chronicled{name: name}
	var open []span
	for i, line := range strings.Split(strings.TrimSuffix(src, "\n"), "\n") {
		text, mark, marked := strings.Cut(line, lifetimeMark)
		switch {
		case !marked:
			c.add(line, open)
		case mark == "}":
			if len(open) == 0 {
				return nil, fmt.Errorf("%s:%d: nothing to close", name, i+1)
			}
			open = open[:len(open)-1]
		default:
			from, to, ok := strings.Cut(strings.TrimSuffix(mark, " {"), "..")
			if !ok {
				return nil, fmt.Errorf("%s:%d: %q is not FROM..TO", name, i+1, mark)
			}
			within := append(slices.Clone(open), span{from, to})
			c.turns = append(c.turns, from, to)
			if strings.HasSuffix(mark, " {") {
				open = within
			} else {
				c.add(strings.TrimRight(text, " "), within)
			}
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%s: %d lifetimes are not closed", name, len(open))
	}
	slices.Sort(c.turns)
	c.turns = slices.DeleteFunc(slices.Compact(c.turns), func(date string) bool { return date == "" })
	return c, nil
}

func (c *chronicled) add(text string, spans []span) {
	c.lines = append(c.lines, chronicledLine{text, spans})
}

// at is the text as it stood at a date; "" when it did not stand yet.
func (c *chronicled) at(date string) string {
	var b strings.Builder
	for _, l := range c.lines {
		if !slices.ContainsFunc(l.spans, func(s span) bool { return !s.holds(date) }) {
			b.WriteString(l.text)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
