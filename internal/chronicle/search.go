package chronicle

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Hit is a text that was found.
type Hit struct {
	Text
	Marks []Mark // what of the line was looked for, in order, apart from each other
	Lived []Span // when it stood in the log, oldest first; minutes: the syncs that said it
}

// Mark is a part of a line, in bytes: from From to before To.
type Mark struct{ From, To int }

// Span is a time in which a text stood in the log. It began with the sync First, or
// after the last sync where that is the zero Snapshot.
type Span struct {
	First, Last Snapshot
	Now         bool // it still stands; then Last is the last sync that had it, or zero
}

// Found is the answer to a query.
type Found struct {
	Hits  []Hit // the best first
	Total int   // how many there are, without a limit
}

// Search finds the texts that a query asks for: no more than limit, where that is
// not 0. Texts that differ only in where they stand are one hit, with the last place.
//
// What a thing is called comes before what is said about it, and minutes, which
// repeat the board, come last. Then a word comes before a part of one, and what is
// in the log now, or was last, comes first. Equal ones stand in the order of kinds,
// then of ids.
func (x *Texts) Search(q Query, limit int) Found {
	m := newMatcher(q)
	byLine := map[lineKey]int{}
	var all []*found
	for i := range x.all {
		t := &x.all[i]
		if !x.passes(q, t) {
			continue
		}
		marks, rank, ok := m.match(t.Line)
		if !ok || len(q.Words) == 0 && !t.names() {
			continue
		}
		key := lineKey{t.Kind, t.ID, t.Field, t.Line}
		n, known := byLine[key]
		if !known {
			n = len(all)
			byLine[key] = n
			all = append(all, &found{marks: marks, rank: rank})
		}
		all[n].add(t)
	}
	if q.Since != "" {
		since := x.position(q.Since)
		all = slices.DeleteFunc(all, func(f *found) bool {
			return slices.ContainsFunc(f.spans, func(s [2]int) bool { return s[0] <= since })
		})
	}
	all = withoutKeys(all)
	slices.SortStableFunc(all, compareFound)
	total := len(all)
	if limit > 0 {
		all = all[:min(limit, total)]
	}
	hits := make([]Hit, len(all))
	for i, f := range all {
		hits[i] = x.hit(f)
	}
	return Found{hits, total}
}

// lineKey is what makes two texts one hit.
type lineKey struct {
	kind            Kind
	id, field, line string
}

// found is a hit before its times are joined.
type found struct {
	last  lived // of several places, the last one
	spans [][2]int
	marks []Mark
	rank  int
}

// withoutKeys leaves out the key of what was found by its label too, at the same syncs:
// the key stands above the label.
func withoutKeys(all []*found) []*found {
	labels := map[Subject]*found{}
	for _, f := range all {
		if f.last.Field == fieldLabel {
			labels[Subject{f.last.Kind, f.last.ID}] = f
		}
	}
	return slices.DeleteFunc(all, func(f *found) bool {
		label := labels[Subject{f.last.Kind, f.last.ID}]
		return f.last.Field == fieldKey && label != nil && slices.Equal(f.spans, label.spans)
	})
}

func (f *found) add(t *lived) {
	if len(f.spans) == 0 || t.last >= f.last.last {
		f.last = *t
	}
	f.spans = append(f.spans, [2]int{t.first, t.last})
}

// passes tells whether a text is what the filters ask for.
func (x *Texts) passes(q Query, t *lived) bool {
	switch {
	case len(q.Kinds) > 0 && !slices.Contains(q.Kinds, t.Kind),
		len(q.Statuses) > 0 && !slices.Contains(q.Statuses, strings.ToLower(t.Status)),
		len(q.Groups) > 0 && !slices.Contains(q.Groups, strings.ToLower(t.Group)):
		return false
	}
	if q.Moment == "" {
		return true
	}
	at := x.position(q.Moment)
	return t.first <= at && at <= t.last
}

// position is that of the sync of a date, or the last before it; of now, that of the
// present, or the end. It is -1 before the first.
func (x *Texts) position(date string) int {
	if date == "now" && x.present {
		return len(x.snapshots)
	}
	at := -1
	for i, s := range x.snapshots {
		if s.Date <= date {
			at = i
		}
	}
	return at
}

// tier is what kind of hit comes first.
func (t Text) tier() int {
	switch {
	case t.Kind == Minutes:
		return 2
	case t.names():
		return 0
	}
	return 1
}

func compareFound(a, b *found) int {
	return cmp.Or(
		cmp.Compare(a.last.tier(), b.last.tier()),
		cmp.Compare(b.rank, a.rank),
		cmp.Compare(b.last.last, a.last.last),
		cmp.Compare(slices.Index(TextKinds(), a.last.Kind), slices.Index(TextKinds(), b.last.Kind)),
		strings.Compare(a.last.ID, b.last.ID),
		strings.Compare(a.last.Field, b.last.Field),
		strings.Compare(a.last.Line, b.last.Line),
	)
}

// hit joins the times of what was found.
func (x *Texts) hit(f *found) Hit {
	h := Hit{Text: *f.last.Text, Marks: f.marks}
	slices.SortFunc(f.spans, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	joined := f.spans[:1]
	for _, s := range f.spans[1:] {
		if end := &joined[len(joined)-1]; s[0] <= end[1]+1 {
			end[1] = max(end[1], s[1])
			continue
		}
		joined = append(joined, s)
	}
	for _, s := range joined {
		h.Lived = append(h.Lived, x.span(s[0], s[1]))
	}
	if last := h.Lived[len(h.Lived)-1].Last; h.Kind == Minutes && last != (Snapshot{}) {
		h.ID = last.Date
		h.Path = path.Join(h.Path, last.Date+".md")
	}
	return h
}

// span is a pair of positions as syncs.
func (x *Texts) span(first, last int) Span {
	s := Span{Now: x.present && last == len(x.snapshots)}
	if first < len(x.snapshots) {
		s.First = x.snapshots[first]
	}
	if last = min(last, len(x.snapshots)-1); last >= first {
		s.Last = x.snapshots[last]
	}
	return s
}

// Excerpt is the line and its marks; of a line longer than a number of characters the
// part around the first mark, with an ellipsis where something was cut off.
func (h Hit) Excerpt(longest int) (string, []Mark) {
	if utf8.RuneCountInString(h.Line) <= longest {
		return h.Line, h.Marks
	}
	from := 0
	if len(h.Marks) > 0 {
		from = stepBack(h.Line, h.Marks[0].From, longest/3)
	}
	to := len(h.Line)
	if rest := h.Line[from:]; utf8.RuneCountInString(rest) > longest {
		to = from + len(string([]rune(rest)[:longest]))
	} else {
		from = stepBack(h.Line, to, longest)
	}
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if to < len(h.Line) {
		after = "…"
	}
	var marks []Mark
	for _, m := range h.Marks {
		if m.From, m.To = max(m.From, from), min(m.To, to); m.From < m.To {
			marks = append(marks, Mark{m.From - from + len(before), m.To - from + len(before)})
		}
	}
	return before + h.Line[from:to] + after, marks
}

// stepBack is the place a number of characters before another.
func stepBack(line string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(line[:at])
		at -= size
	}
	return at
}
