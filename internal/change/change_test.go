package change

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCount(t *testing.T) {
	changes := []Change{
		{Kind: Added, Subject: "a"},
		{Kind: Changed, Subject: "b"}, {Kind: Changed, Subject: "b"}, // two facts of one subject
		{Kind: Changed, Subject: "c"}, {Kind: Renamed, Subject: "c"}, // the rename says more
		{Kind: Moved, Subject: "d"},
		{Kind: Removed, Subject: "e"},
	}
	n := Count(changes)
	if want := (Counts{Added: 1, Removed: 1, Changed: 1, Renamed: 1, Moved: 1}); n != want {
		t.Errorf("counts %+v, want %+v", n, want)
	}
	if got, want := n.String(), "+1 -1 ~1 >2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Counts{}).String(); got != "" {
		t.Errorf("nothing is written %q", got)
	}
}

// Every subject is counted exactly once, in whatever order its facts come.
func TestCountCountsSubjects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Change {
			return Change{
				Kind:    rapid.SampledFrom([]Kind{Added, Removed, Changed, Renamed, Moved}).Draw(t, "kind"),
				Subject: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "subject"),
			}
		})).Draw(t, "changes")
		subjects := map[string]bool{}
		for _, c := range changes {
			subjects[c.Subject] = true
		}
		n := Count(changes)
		if n.Total() != len(subjects) {
			t.Fatalf("%d subjects counted as %+v", len(subjects), n)
		}
		shuffled := rapid.Permutation(changes).Draw(t, "shuffled")
		if Count(shuffled) != n {
			t.Fatalf("the order of facts changes the counts: %+v, %+v", n, Count(shuffled))
		}
	})
}
