package chronicle

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/diagram"
)

// Meaning is a subject that somebody may have meant.
type Meaning struct {
	Subject
	Title string
	There bool   // it is there in the end
	Now   string // what it is called now, or was called last, where that is something else
}

// Find lists what a text may mean, of the given kind or, with "", of any: everything
// that has, or in the past had, exactly this name; else the items whose ids begin with
// it; else what has it as its id, its title or the last part of its key, whatever the
// case; else what has it anywhere in its id or title. What is there comes before what
// is gone: where anything there fits, nothing else is listed.
func (c *Chronicle) Find(text string, kind Kind) []Meaning {
	text = spacedFile.ReplaceAllString(strings.TrimSpace(text), "$1: $2")
	if text == "" {
		return nil
	}
	if found := c.there(text, kind); len(found) > 0 {
		return found
	}
	names := c.everything(kind)
	for _, fits := range []func(Meaning) bool{
		func(f Meaning) bool { return f.ID == text },
		func(f Meaning) bool { return c.exactly(f, text) },
		func(f Meaning) bool { return f.Kind == Item && strings.HasPrefix(f.ID, strings.ToLower(text)) },
		func(f Meaning) bool {
			return strings.EqualFold(f.ID, text) || strings.EqualFold(f.Title, text) || strings.EqualFold(lastName(f.Subject), text)
		},
		func(f Meaning) bool { return contains(f.ID, text) || contains(f.Title, text) },
	} {
		for _, there := range []bool{true, false} {
			if found := c.distinct(names, func(f Meaning) bool { return f.There == there && fits(f) }); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// there is what has exactly a name in the end.
func (c *Chronicle) there(id string, kind Kind) []Meaning {
	var found []Meaning
	for _, k := range Kinds() {
		if s := (Subject{k, id}); (kind == "" || k == kind) && c.End().Has(s) {
			found = append(found, Meaning{Subject: s, Title: c.End().Title(s), There: true})
		}
	}
	return found
}

// spacedFile finds a component of another diagram than the architecture that is written
// without the blank that belongs after the file's name.
var spacedFile = regexp.MustCompile(`^(\S+\.d2):(\S)`)

// exactly tells whether a text names a subject although it is not its id: the number
// of a decision, or the ends of a connection.
func (c *Chronicle) exactly(f Meaning, text string) bool {
	switch {
	case f.Kind == Decision && f.There:
		d, ok := c.End().Decision(text)
		return ok && d == f.Subject
	case f.Kind == Connection:
		other := turned(text)
		return joins(f.ID, text) || f.ID == other || joins(f.ID, other) || c.End().Has(f.Subject) && c.End().along(f.Subject) == text
	}
	return false
}

// turned is a connection as it is written from its other end: b <- a for a -> b. A text
// without an arrow stays as it is.
func turned(connection string) string {
	for _, arrow := range []string{"->", "<-", "<->", "--"} {
		from, rest, ok := strings.Cut(connection, " "+arrow+" ")
		if !ok {
			continue
		}
		file := from[:strings.LastIndex(from, ": ")+1]
		if file != "" {
			file += " "
		}
		to := rest
		if i := strings.IndexAny(rest, ":#"); i >= 0 {
			to = strings.TrimRight(rest[:i], " ")
		}
		return file + to + " " + diagram.Turned(arrow) + " " + from[len(file):] + rest[len(to):]
	}
	return connection
}

// along is a connection without its label, written along its arrow.
func (s *State) along(c Subject) string {
	return s.Text(c, "from") + " " + s.Text(c, "arrows") + " " + s.Text(c, "to")
}

// lastName is the last part of a component's key, and the whole id of anything else: a
// connection is not called what its far end is called.
func lastName(s Subject) string {
	if s.Kind == Component {
		return lastKey(s.ID)
	}
	return s.ID
}

func contains(text, part string) bool {
	return len(part) > 1 && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// everything is every name of the kind that there is or was; present ones first.
func (c *Chronicle) everything(kind Kind) []Meaning {
	var all []Meaning
	known := map[Subject]bool{}
	add := func(f Meaning) {
		if (kind == "" || f.Kind == kind) && !known[f.Subject] && f.ID != "" {
			known[f.Subject] = true
			all = append(all, f)
		}
	}
	for _, k := range Kinds() {
		for _, s := range c.End().Subjects(k) {
			add(Meaning{Subject: s, Title: c.End().Title(s), There: true})
		}
	}
	for _, in := range slices.Backward(c.Intervals) {
		for e := range in.comings() {
			add(Meaning{Subject: e.Subject(), Title: cmp.Or(e.Title, e.Change.Subject)})
		}
		for _, r := range in.Renames {
			add(Meaning{Subject: Subject{r.Kind, r.From}, Title: r.From})
		}
	}
	return all
}

// distinct are those that fit, each subject once: former names lead to what they became.
func (c *Chronicle) distinct(names []Meaning, fits func(Meaning) bool) []Meaning {
	var found []Meaning
	seen := map[Subject]bool{}
	for _, f := range names {
		if !fits(f) {
			continue
		}
		end := f.Subject
		if !f.There {
			if t, ok := c.tracer.trace(f.Subject); ok {
				if s, there := t.At(t.Last()); there && s != end {
					end, f.Now = s, s.ID
				}
			}
		}
		if !seen[end] {
			seen[end] = true
			found = append(found, f)
		}
	}
	return found
}

// Nearest are up to three names of what is there that are much like a text.
func (c *Chronicle) Nearest(text string, kind Kind) []Meaning {
	type near struct {
		Meaning
		like float64
	}
	var all []near
	for _, f := range c.everything(kind) {
		like := max(alike(f.ID, text), alike(lastName(f.Subject), text), alike(f.Title, text))
		if mistyped(lastName(f.Subject), lastKey(text)) {
			like = 1
		}
		if like >= 0.4 {
			all = append(all, near{f, like})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(b.like, a.like) })
	var found []Meaning
	for _, n := range all[:min(3, len(all))] {
		found = append(found, n.Meaning)
	}
	return found
}

// alike is the share of letter pairs that two texts have in common, whatever the case
// (the Sørensen-Dice coefficient).
func alike(a, b string) float64 {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	pairs := map[string]int{}
	for i := range len(a) - 1 {
		pairs[a[i:i+2]]++
	}
	common := 0
	for i := range len(b) - 1 {
		if pairs[b[i:i+2]] > 0 {
			pairs[b[i:i+2]]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b)-2)
}
