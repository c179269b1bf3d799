package chronicle

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/archsync/archsync/internal/problem"
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

	UnknownGroups []string // those that the query asks for and that no text ever stood in
}

// Search finds the texts that a query asks for: no more than limit, where that is
// not 0. Texts that differ only in where they stand are one hit, with the last place.
//
// What a thing is called comes before what is said about it, and minutes, which
// repeat the board, come last. Then a word comes before a part of one, and what is
// in the log now, or was last, comes first. Equal ones stand in the order of kinds,
// then of ids.
func (x *Texts) Search(q Query, limit int) Found {
	s := newSearch(x.dates, q)
	inChunks(len(x.volumes), 1, func(i int) { s.look(&x.volumes[i]) })
	return s.found(limit)
}

// Search is [Texts.Search] of a timeline that is asked once: nothing is held in memory
// but what is found, unless snapshots cannot be read, which are the problems.
func (t Timeline) Search(ctx context.Context, q Query, limit int) (Found, []problem.Problem, error) {
	s := newSearch(t.dates(), q)
	failed, err := t.eachVolume(ctx, func(_ int, v volume) { s.look(&v) })
	if err != nil {
		return Found{}, nil, err
	}
	if len(failed) == 0 {
		return s.found(limit), nil, nil
	}
	x, err := NewTexts(ctx, t)
	if err != nil {
		return Found{}, nil, err
	}
	return x.Search(q, limit), x.Problems, nil
}

// search is one query while volumes are looked through, in any order.
type search struct {
	dates
	query   Query
	matcher matcher
	moment  int

	mu     sync.Mutex
	all    []*found
	byLine map[lineKey]*found
	groups map[string]bool // in which anything stood, in lower case
}

func newSearch(d dates, q Query) *search {
	return &search{dates: d, query: q, matcher: newMatcher(q), moment: d.position(q.Moment), byLine: map[lineKey]*found{}, groups: map[string]bool{}}
}

// look takes what a volume has. It may be called from several goroutines.
func (s *search) look(v *volume) {
	places := v.search(s.matcher)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.query.Groups) > 0 {
		for _, about := range v.abouts {
			s.groups[strings.ToLower(about.Group)] = true
		}
	}
	for _, p := range places {
		t := v.text(p.number)
		f := s.byLine[keyOf(t)]
		if f == nil {
			f = &found{marks: p.marks, rank: p.rank}
			s.byLine[keyOf(t)] = f
			s.all = append(s.all, f)
		}
		f.add(t, v.lived[p.number], s.moment)
	}
}

// found is the answer once all volumes were looked through.
func (s *search) found(limit int) Found {
	all := s.all
	for _, f := range all {
		f.join()
	}
	if s.query.Moment != "" {
		all = slices.DeleteFunc(all, func(f *found) bool { return !f.only(s.moment) })
	}
	if s.query.Since != "" {
		since := s.position(s.query.Since)
		all = slices.DeleteFunc(all, func(f *found) bool { return f.spans[0][0] <= since })
	}
	all = withoutKeys(all)
	slices.SortFunc(all, compareFound)
	total := len(all)
	if limit > 0 {
		all = all[:min(limit, total)]
	}
	hits := make([]Hit, len(all))
	for i, f := range all {
		hits[i] = s.hit(f)
	}
	unknown := slices.DeleteFunc(slices.Clone(s.query.Groups), func(group string) bool { return s.groups[group] })
	return Found{hits, total, unknown}
}

// place is where a volume has what was looked for.
type place struct {
	number int // of the line
	marks  []Mark
	rank   int
}

// search finds the lines of a volume that a query asks for, at whatever moment.
func (v *volume) search(m matcher) []place {
	wanted, named := make([]bool, len(v.abouts)), make([]bool, len(v.fields))
	for i, about := range v.abouts {
		wanted[i] = m.query.passes(about)
	}
	for i, field := range v.fields { // without words, only what a thing is called
		named[i] = len(m.query.Words) > 0 || Text{Field: field}.names()
	}
	var places []place
	scan := m.scan(v.lines)
	for i := v.next(scan, 0); i < len(v.lived); i = v.next(scan, i+1) {
		if l := v.lived[i]; !wanted[l.about] || !named[l.field] {
			continue
		}
		if marks, rank, ok := m.match(v.line(i)); ok {
			places = append(places, place{i, marks, rank})
		}
	}
	return places
}

// next is the number of the first line, from one on, that may hold what is scanned for;
// that of the end where there is none. Without a scanner any line may.
func (v *volume) next(s *scanner, from int) int {
	if s == nil || from >= len(v.lived) {
		return from
	}
	at, ok := s.next(v.begin(from))
	if !ok {
		return len(v.lived)
	}
	for int(v.lived[from].end) <= at {
		from++
	}
	return from
}

// passes tells whether a line about something is what the filters ask for.
func (q Query) passes(about Text) bool {
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, about.Kind)) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, strings.ToLower(about.Status))) &&
		(len(q.Groups) == 0 || slices.Contains(q.Groups, strings.ToLower(about.Group)))
}

// lineKey is what makes two texts one hit. What stands in the minutes of several syncs
// is one.
type lineKey struct {
	kind            Kind
	id, field, line string
}

func keyOf(t Text) lineKey {
	if t.Kind == Minutes {
		t.ID = ""
	}
	return lineKey{t.Kind, t.ID, t.Field, t.Line}
}

// found is a hit with its times as positions.
type found struct {
	Text        // of several places, the last one
	place lived // that
	spans [][2]int
	marks []Mark
	rank  int
}

// add notes where and when the text stood. What stood at the moment that is asked for
// comes before what stood last; of two places at one time one is taken by name, so that
// it does not matter in which order they came.
func (f *found) add(t Text, l lived, moment int) {
	if len(f.spans) == 0 || cmp.Or(compareAt(moment, l, f.place), cmp.Compare(l.last, f.place.last), comparePlaces(t, f.Text)) > 0 {
		f.Text, f.place = t, l
	}
	f.spans = append(f.spans, [2]int{int(l.first), int(l.last)})
}

// compareAt prefers what stands at a position.
func compareAt(position int, a, b lived) int {
	switch at := int32(position); {
	case a.at(at) == b.at(at):
		return 0
	case a.at(at):
		return 1
	}
	return -1
}

func comparePlaces(a, b Text) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.ID, b.ID), strings.Compare(a.Group, b.Group), strings.Compare(a.Status, b.Status))
}

// join makes one of times that overlap or follow on each other.
func (f *found) join() {
	slices.SortFunc(f.spans, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	joined := f.spans[:1]
	for _, s := range f.spans[1:] {
		if end := &joined[len(joined)-1]; s[0] <= end[1]+1 {
			end[1] = max(end[1], s[1])
			continue
		}
		joined = append(joined, s)
	}
	f.spans = joined
}

// only leaves the time around a position; false where there is none.
func (f *found) only(position int) bool {
	f.spans = slices.DeleteFunc(f.spans, func(s [2]int) bool { return position < s[0] || s[1] < position })
	return len(f.spans) > 0
}

// ended is the last position of all.
func (f *found) ended() int { return f.spans[len(f.spans)-1][1] }

// withoutKeys leaves out the key of what was found by its label too, at the same syncs:
// the key stands above the label.
func withoutKeys(all []*found) []*found {
	labels := map[Subject]*found{}
	for _, f := range all {
		if f.Field == fieldLabel {
			labels[Subject{f.Kind, f.ID}] = f
		}
	}
	return slices.DeleteFunc(all, func(f *found) bool {
		label := labels[Subject{f.Kind, f.ID}]
		return f.Field == fieldKey && label != nil && slices.Equal(f.spans, label.spans)
	})
}

// position is that of the sync of a date, or the last before it; of now, that of the
// present, or the end. It is -1 before the first, and where no date is given.
func (d dates) position(date string) int {
	if date == "now" && d.present {
		return len(d.snapshots)
	}
	at := -1
	for i, s := range d.snapshots {
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
		cmp.Compare(a.tier(), b.tier()),
		cmp.Compare(b.rank, a.rank),
		cmp.Compare(b.ended(), a.ended()),
		cmp.Compare(slices.Index(TextKinds(), a.Kind), slices.Index(TextKinds(), b.Kind)),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.Field, b.Field),
		strings.Compare(a.Line, b.Line),
	)
}

// hit is what was found with its times as syncs.
func (d dates) hit(f *found) Hit {
	h := Hit{Text: f.Text, Marks: f.marks}
	for _, s := range f.spans {
		h.Lived = append(h.Lived, d.span(s[0], s[1]))
	}
	return h
}

// span is a pair of positions as syncs.
func (d dates) span(first, last int) Span {
	s := Span{Now: d.present && last == len(d.snapshots)}
	if first < len(d.snapshots) {
		s.First = d.snapshots[first]
	}
	if last = min(last, len(d.snapshots)-1); last >= first {
		s.Last = d.snapshots[last]
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
