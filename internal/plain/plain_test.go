package plain

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain text stays":       {"Größe 木 ok", "Größe 木 ok"},
		"escape sequence":        {"a\x1b[31mred", `a\x1b[31mred`},
		"operating system":       {"\x1b]0;title\x07", `\x1b]0;title\x07`},
		"C1 control":             {"a\u009b31m", `a\u009b31m`},
		"right to left override": {"abc\u202ecba", `abc\u202ecba`},
		"line break and tab":     {"a\nb\tc\r\nd", "a b c d"},
		"line separator":         {"a\u2028b", `a\u2028b`},
		"not UTF-8":              {"a\xffb", `a\xffb`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Line(c.in); got != c.want {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestTextKeepsLines(t *testing.T) {
	if got, want := Text("a\r\nb\n\tc\r"), "a\nb\n    c\\x0d"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"Move QUOTE_ADDR":   "Move QUOTE_ADDR",
		"_emphasis_":        `\_emphasis\_`,
		"<script>":          `\<script\>`,
		"[x](javascript:1)": `\[x\](javascript:1)`,
		"# heading":         `\# heading`,
		"- list":            `\- list`,
		"a - b":             "a - b",
		"one\n# two":        "one # two",
		"AT&amp;T":          `AT\&amp;T`,
		"a -> b":            `a -\> b`,
		"1. first":          `1\. first`,
		"12) twelfth":       `12\) twelfth`,
		"2.5 times":         "2.5 times",
		"version 1. of C":   "version 1. of C",
		"Port to C #":       `Port to C \#`,
		"~~old~~ new":       `\~\~old\~\~ new`,
		"from $5 to $6":     `from \$5 to \$6`,
		"    code  ":        "code",
	} {
		if got := Markdown(in); got != want {
			t.Errorf("Markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "a\x1b[31m", "\u202e", "\xff\xfe", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, safe := range []string{Line(s), strings.ReplaceAll(Text(s), "\n", "")} {
			if !utf8.ValidString(safe) || strings.IndexFunc(safe, steers) >= 0 {
				t.Fatalf("%q is not safe", safe)
			}
		}
		raw, err := json.Marshal(s)
		if err != nil {
			t.Skip()
		}
		var before, after string
		if json.Unmarshal(raw, &before) != nil || json.Unmarshal(JSON(raw), &after) != nil || before != after {
			t.Fatalf("JSON changed %q to %q", before, after)
		}
	})
}
