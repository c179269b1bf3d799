package picture

import (
	"strings"
	"testing"
)

// FuzzProse: whatever Markdown says, no line of it breaks, and the columns of a table
// stand under each other.
func FuzzProse(f *testing.F) {
	for _, s := range []string{"", "# a\n- **b**", "| a | b |\n|--|-:|\n| 東 | 1 |", "a|b\n-|-\n|||\n\\||x", "|\n|-\n|", "||||\n|:-:|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		rule := ""
		for _, l := range prose(markdown) {
			switch {
			case strings.Contains(l.Text, "\n"):
				t.Errorf("%q has a line break", l.Text)
			case !l.whole:
				rule = ""
			case strings.Trim(l.Text, "─┼") == "":
				rule = l.Text
			case rule != "" && width(l.Text) > width(rule):
				t.Errorf("%q is wider than its table in %q", l.Text, markdown)
			}
		}
	})
}
