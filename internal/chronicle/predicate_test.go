package chronicle

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

func spanText(spans []Stretch) string {
	text := ""
	for _, s := range spans {
		text += fmt.Sprintf("[%s %s]", s.From.Date, s.To.Date)
	}
	return text
}

func TestWhen(t *testing.T) {
	c, err := story().Chronicle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		predicate, want string
		follow          bool
	}{
		{predicate: "exists data.store", want: "[2026-03-01 2026-03-01]"},
		{predicate: "exists storage.store", want: "[2026-03-02 2026-03-04]"},
		{predicate: "exists storage.store", follow: true, want: "[2026-03-01 2026-03-04]"},
		{predicate: "exists component storage", want: "[2026-03-02 2026-03-04]"},
		{predicate: "exists group storage", want: "[2026-03-01 2026-03-02]"},
		{predicate: "exists group data", follow: true, want: "[2026-03-01 2026-03-05]"},
		{predicate: "exists nothing", want: ""},
		{predicate: "exists aaaa", want: "[2026-03-01 2026-03-02]"},
		{predicate: "exists item bbbb2", follow: true, want: "[2026-03-01 2026-03-04]"},
		{predicate: "api -> storage.store", want: "[2026-03-02 2026-03-03]"},
		{predicate: "storage.store <- api: reads", want: "[2026-03-02 2026-03-03]"},
		{predicate: "api <-> storage.store", want: ""},
		{predicate: `status aaaa1 = ongoing`, want: "[2026-03-02 2026-03-02]"},
		{predicate: `status aaaa1 != ongoing`, want: "[2026-03-01 2026-03-01]"},
		{predicate: `not status aaaa1 = ongoing`, want: "[2026-03-01 2026-03-01][2026-03-03 2026-03-05]"},
		{predicate: `state 1 = agreed`, want: "[2026-03-04 2026-03-04]"},
		{predicate: `state 0001 != agreed`, want: "[2026-03-05 2026-03-05]"},
		{predicate: "count components > 4", want: "[2026-03-04 2026-03-04]"},
		{predicate: "count connections = 2 or count components <= 1", want: "[2026-03-01 2026-03-01][2026-03-04 2026-03-05]"},
		{predicate: "count items of data >= 1", want: "[2026-03-03 2026-03-04]"},
		{predicate: "count decisions != 0 and (exists queue or exists api)", want: "[2026-03-04 2026-03-05]"},
		{predicate: "group data has no update", want: "[2026-03-05 2026-03-05]"},
		{predicate: "group data has update", want: "[2026-03-03 2026-03-04]"},
	} {
		p, err := ParsePredicate(test.predicate)
		if err != nil {
			t.Errorf("%s: %v", test.predicate, err)
			continue
		}
		if got := spanText(c.When(p, "", test.follow)); got != test.want {
			t.Errorf("%s: %s, want %s", test.predicate, got, test.want)
		}
	}
}

func TestPredicateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "column 1: here a test is expected: exists, FROM -> TO, status, state, count or group",
		"exists":                  "column 7: here the name of something is expected",
		"exists a b":              `column 10: here "and", "or" or the end is expected, not "b"`,
		"exists a and":            "column 13: here a test is expected: exists, FROM -> TO, status, state, count or group",
		"(exists a":               `column 10: here ")" is expected`,
		`exists "a`:               "column 8: the quote is never closed",
		"status k7f3q":            `column 13: here "=" or "!=" is expected`,
		"status k7f3q = finished": `column 16: here one of planned, ongoing, blocked, done, dropped is expected, not "finished"`,
		"count boxes > 4":         `column 7: here one of items, components, connections, decisions, groups is expected, not "boxes"`,
		"count items > many":      `column 15: here a whole number is expected, not "many"`,
		"count groups of a > 4":   `column 14: here a comparison is expected: = != < <= > >=, not "of"`,
		"group storage is late":   `column 15: here "has" is expected, not "is"`,
		"größe -> ":               "column 10: here the name of a component is expected",
	} {
		_, err := ParsePredicate(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Hint() == "" {
			t.Errorf("%q: no hint", text)
		}
	}
}

// Law: what is read and written again is read the same.
func FuzzParsePredicate(f *testing.F) {
	for _, seed := range []string{
		"exists storage.kafka", "checkout -> billing: 'a b'", "status k7f3q = blocked", "count items of a >= 4", "group a has no update",
		"not (exists a or exists item b) and a--b", `exists "and" or exists hosts."a.b"`, "state 0007 != agreed",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePredicate(text)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Column < 1 || syntax.Column > len([]rune(text))+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := ParsePredicate(p.String())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%q is written %q, and that is read as %q, %v", text, p, again, err)
		}
	})
}

// Law: where the truth changes once, bisecting finds what asking every sync finds, and
// where it changes more often something, if it holds at either end.
func TestBisect(t *testing.T) {
	line := story()
	c, err := line.Chronicle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"exists data.store", "exists decision 1", "exists storage.store", "exists api", "exists nothing", "exists group data", "count items > 0", "group data has update",
	} {
		p, err := ParsePredicate(text)
		if err != nil {
			t.Fatal(err)
		}
		spans := c.When(p, "", false)
		first, err1 := line.First(t.Context(), p, "")
		last, err2 := line.Last(t.Context(), p, "")
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		n := len(spans)
		want := n > 0 && (spans[n-1].Open || spans[0].From == line.Snapshots[0])
		if first.Found != want || want && n == 1 && first.At != spans[0].From {
			t.Errorf("%s: first %+v, %v", text, first, spans)
		}
		if last.Found != want || want && n == 1 && last.At != spans[0].To {
			t.Errorf("%s: last %+v, %v", text, last, spans)
		}
		if first.Asked > 4 || last.Asked > 4 {
			t.Errorf("%s: asked %d and %d of 5", text, first.Asked, last.Asked)
		}
	}
}
