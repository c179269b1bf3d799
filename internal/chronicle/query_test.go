package chronicle

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseQuery(t *testing.T) {
	for text, want := range map[string]Query{
		"shard":                          {Words: []string{"shard"}},
		"  shard  the\tindex ":           {Words: []string{"shard", "the", "index"}},
		`"the index" shard`:              {Words: []string{"the index", "shard"}},
		`"a \"b\" \\ \n"`:                {Words: []string{`a "b" \ \n`}},
		`""`:                             {}, // fails
		"group:storage,Web":              {Groups: []string{"storage", "web"}},
		"KIND:item kind:decision x":      {Words: []string{"x"}, Kinds: []Kind{Item, Decision}},
		"status:blocked,":                {Statuses: []string{"blocked"}},
		`x at:"6 mo ago"`:                {Words: []string{"x"}, At: "6 mo ago"},
		"https://lumen.example":          {Words: []string{"https://lumen.example"}},
		"layers.x: a::b 12:30 ab":        {Words: []string{"layers.x:", "a::b", "12:30", "ab"}},
		"ÜBER":                           {Words: []string{"ÜBER"}},
		"a -> b":                         {Words: []string{"a", "->", "b"}},
		`"group:storage" status:ongoing`: {Words: []string{"group:storage"}, Statuses: []string{"ongoing"}},
	} {
		got, err := ParseQuery(text, Substring)
		if failed := err != nil; failed != (len(want.Words)+len(want.Kinds)+len(want.Groups)+len(want.Statuses) == 0) {
			t.Errorf("%q: %v", text, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestQueryErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		mode   Mode
		column int
		what   string
	}{
		{"", Substring, 1, "nothing to look for"},
		{"at:@", Substring, 5, "nothing to look for"},
		{"ü owner:ada", Substring, 3, `no filter "owner"`},
		{"kind:item,box", Substring, 6, `no kind "box"`},
		{"x status:late", Substring, 10, `no status "late"`},
		{"group: x", Substring, 7, "group: names nothing"},
		{`x "y`, Substring, 3, "does not end"},
		{`kind:"item`, Substring, 6, "does not end"},
		{"at:@ x at:@-1", Substring, 8, "there twice"},
		{"a b(", Regexp, 3, "missing closing )"},
		{"ä[z-a]", Regexp, 3, "invalid character class range: z-a"},
		{"x+**", Regexp, 2, "invalid nested repetition operator: +*"},
	} {
		_, err := ParseQuery(c.text, c.mode)
		wrong, ok := errors.AsType[*QueryError](err)
		if !ok || wrong.Column != c.column || !strings.Contains(wrong.What, c.what) || wrong.Hint == "" {
			t.Errorf("%q: %v, want column %d, %q", c.text, err, c.column, c.what)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, text := range []string{`shard "the index" group:storage`, `kind:item,decision status:blocked at:@-3`, `(a|b)+ [x`, `"\"`, "\xff:a", "ä:"} {
		for mode := range Regexp + 1 {
			f.Add(text, int(mode))
		}
	}
	line := "Shard the Index of ingest.kafka: «ÄÖ» \xff K"
	f.Fuzz(func(t *testing.T, text string, mode int) {
		q, err := ParseQuery(text, Mode(mode))
		if wrong, ok := errors.AsType[*QueryError](err); ok {
			if wrong.Column < 1 || wrong.Column > utf8.RuneCountInString(text)+1 {
				t.Errorf("%q: column %d", text, wrong.Column)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v is no QueryError", text, err)
		}
		marks, _, _ := newMatcher(q).match(line)
		last := 0
		for _, m := range marks {
			if m.From < last || m.To <= m.From || m.To > len(line) {
				t.Errorf("%q marks %v", text, marks)
			}
			last = m.To
		}
	})
}
