package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/muesli/termenv"
	"pgregory.net/rapid"
)

func TestFuzzyPutsTheBestFirst(t *testing.T) {
	for typed, want := range map[string][]string{
		"kaf":  {"storage.kafka", "keep a fork"},
		"si":   {"Shard the index"},
		"none": nil,
	} {
		var all []choice
		for _, label := range []string{"noisy", "keep a fork", "storage.kafka", "Shard the index"} {
			all = append(all, choice{label: label})
		}
		var got []string
		for _, c := range matches(all, typed) {
			got = append(got, c.label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

func TestInput(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want string
	}{
		"typed":        {[]string{"a", "b", "space", "c"}, "ab c"},
		"in between":   {[]string{"a", "c", "left", "b"}, "abc"},
		"backspace":    {[]string{"a", "b", "backspace"}, "a"},
		"delete":       {[]string{"a", "b", "home", "delete"}, "b"},
		"word":         {[]string{"a", "space", "b", "c", "ctrl+w"}, "a "},
		"all":          {[]string{"a", "b", "ctrl+u"}, ""},
		"at the edges": {[]string{"backspace", "left", "right", "delete", "a", "right"}, "a"},
		"no text":      {[]string{"a", "f5", "pgup"}, "a"},
	} {
		in := newInput("", "")
		for _, k := range c.keys {
			in.update(keyMsg(k))
		}
		if in.value() != c.want {
			t.Errorf("%s: %q, want %q", name, in.value(), c.want)
		}
	}
}

// TestFitLaw: a line that was fitted has exactly the width that was asked for,
// whatever stands in it.
func TestFitLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line
		for _, s := range rapid.SliceOfN(rapid.String(), 0, 5).Draw(t, "texts") {
			l = append(l, quote(roleText, s))
		}
		w := rapid.IntRange(0, 60).Draw(t, "width")
		if got := l.fit(w).width(); got != w {
			t.Fatalf("%q fitted to %d has %d cells", l.text(), w, got)
		}
		right := line{quote(roleText, rapid.String().Draw(t, "right"))}
		if got := spread(w, l, right, 5).width(); got != w {
			t.Fatalf("spread over %d has %d cells", w, got)
		}
	})
}

// TestWrapLaw: no line is too wide, and no word is lost.
func TestWrapLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z>\- \n東京e]{0,80}`).Draw(t, "text")
		w := rapid.IntRange(2, 30).Draw(t, "width")
		lines := wrap(text, w)
		for _, l := range lines {
			if cells(l) > w {
				t.Fatalf("%q has %d cells, more than %d", l, cells(l), w)
			}
		}
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := letters(strings.Join(lines, "")); got != letters(text) {
			t.Fatalf("%q wrapped has %q", text, got)
		}
	})
}

func TestWrapKeepsArrows(t *testing.T) {
	want := []string{"repointed", "a.b -> c.d"}
	if got := wrap("repointed a.b -> c.d", 11); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestListsInForms(t *testing.T) {
	for _, list := range [][]string{nil, {"a"}, {"a", "b c"}, {"the review, part 2", "k7f3q"}} {
		if got := splitList(joinList(list)); !slices.Equal(got, list) {
			t.Errorf("%q becomes %q", list, got)
		}
	}
}

// TestDrawIsWhatTheStylesRender: colouring a line is what Lip Gloss makes of it.
func TestDrawIsWhatTheStylesRender(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
		theme := newTheme(Options{Profile: profile, Dark: true})
		for r := range roles {
			for _, on := range []role{r, r | onSelection} {
				got := theme.draw(line{{"a ", on}, {"b", on}, {"c", roleText}})
				if want := theme.style(on).Render("a b") + theme.style(roleText).Render("c"); got != want && r != roleText {
					t.Errorf("role %d is %q, want %q", on, got, want)
				}
			}
		}
	}
}
