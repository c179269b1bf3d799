package problem

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestString(t *testing.T) {
	for want, p := range map[string]Problem{
		"a.yaml:3:5: unknown status": {Path: "a.yaml", Line: 3, Column: 5, What: "unknown status"},
		"a.yaml:3: unknown status":   {Path: "a.yaml", Line: 3, What: "unknown status"},
		"a.yaml: is not there":       {Path: "a.yaml", Column: 5, What: "is not there"},
		"no file at all":             {What: "no file at all"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSort(t *testing.T) {
	given := []Problem{{Path: "b", What: "x"}, {Path: "a", Line: 10, What: "x"}, {Path: "a", Line: 9, What: "x"}, {Path: "b", What: "x"}}
	kept := slices.Clone(given)
	want := []Problem{{Path: "a", Line: 9, What: "x"}, {Path: "a", Line: 10, What: "x"}, {Path: "b", What: "x"}}
	if got := Sort(given); !slices.Equal(got, want) {
		t.Errorf("sorted %v, want %v", got, want)
	}
	if !slices.Equal(given, kept) {
		t.Error("the argument was changed")
	}
}

func TestJSON(t *testing.T) {
	for want, p := range map[string]Problem{
		`{"path":"a.yaml","line":3,"column":5,"what":"unknown status","hint":"use done"}`: {Path: "a.yaml", Line: 3, Column: 5, What: "unknown status", Hint: "use done"},
		`{"path":null,"line":null,"column":null,"what":"no file at all","hint":null}`:     {What: "no file at all"},
	} {
		got, err := json.Marshal([]Problem{p})
		if err != nil || string(got) != "["+want+"]" {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
