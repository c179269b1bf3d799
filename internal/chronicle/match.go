package chronicle

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// matcher finds the words of a query in lines.
type matcher struct {
	query Query
	words []string // folded
}

func newMatcher(q Query) matcher {
	m := matcher{query: q}
	for _, w := range q.Words {
		m.words = append(m.words, fold(w))
	}
	return m
}

// match tells whether all words stand in a line, and where. The rank, that of the
// word that fits worst, is higher the better it fits.
func (m matcher) match(line string) (marks []Mark, rank int, ok bool) {
	rank = math.MaxInt
	for i := range m.words {
		found := m.find(i, line)
		if found == (Mark{}) {
			return nil, 0, false
		}
		marks = append(marks, found)
		rank = min(rank, m.rank(i, line, found))
	}
	return joined(marks), rank, true
}

// rank is how well a word fits: whether its letters stand together, then whether it
// is a whole word of the line or at least begins one.
func (m matcher) rank(i int, line string, at Mark) int {
	rank := fit(line, at)
	if m.query.Mode == Fuzzy && fold(line[at.From:at.To]) != m.words[i] {
		rank -= fitWhole + 1
	}
	return rank
}

// find is the best place of a word; the zero Mark where it is not there.
func (m matcher) find(i int, line string) Mark {
	switch m.query.Mode {
	case Regexp:
		if at := m.query.patterns[i].FindStringIndex(line); at != nil && at[0] < at[1] {
			return Mark{at[0], at[1]}
		}
		return Mark{}
	case Fuzzy:
		if found := fuzzyIndex(line, m.words[i]); found != (Mark{}) {
			return found
		}
		return slipIndex(line, m.words[i])
	}
	var best Mark
	for from := 0; from < len(line); {
		at := foldIndex(line[from:], m.words[i])
		if at == (Mark{}) {
			break
		}
		at = Mark{from + at.From, from + at.To}
		if best == (Mark{}) || fit(line, at) > fit(line, best) {
			best = at
		}
		from = at.To
	}
	return best
}

// How a part of a line fits its words.
const (
	fitPart  = iota // it begins inside a word
	fitBegin        // it begins with one
	fitWhole        // it is one or more
)

func fit(line string, at Mark) int {
	before, _ := utf8.DecodeLastRuneInString(line[:at.From])
	after, _ := utf8.DecodeRuneInString(line[at.To:])
	switch {
	case at.From > 0 && inWord(before):
		return fitPart
	case at.To < len(line) && inWord(after):
		return fitBegin
	}
	return fitWhole
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// joined are marks in order, without overlaps.
func joined(marks []Mark) []Mark {
	slices.SortFunc(marks, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var apart []Mark
	for _, m := range marks {
		if n := len(apart); n > 0 && m.From <= apart[n-1].To {
			apart[n-1].To = max(apart[n-1].To, m.To)
			continue
		}
		apart = append(apart, m)
	}
	return apart
}

// foldRune is a character without regard to capitals.
func foldRune(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	if r < utf8.RuneSelf {
		return r
	}
	return unicode.ToLower(r)
}

func fold(s string) string { return strings.Map(foldRune, s) }

// foldIndex is the first place in a line where a folded word stands; the zero Mark
// where there is none.
func foldIndex(line, word string) Mark {
	if word == "" {
		return Mark{}
	}
	first, _ := utf8.DecodeRuneInString(word)
	for i := 0; i < len(line); {
		r, size := rune(line[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(line[i:])
		}
		if foldRune(r) == first {
			if n := foldPrefix(line[i:], word); n > 0 {
				return Mark{i, i + n}
			}
		}
		i += size
	}
	return Mark{}
}

// foldPrefix is how many bytes of a line a folded word at its beginning takes; 0
// where it does not begin so.
func foldPrefix(line, word string) int {
	at := 0
	for _, want := range word {
		r, size := utf8.DecodeRuneInString(line[at:])
		if size == 0 || foldRune(r) != want {
			return 0
		}
		at += size
	}
	return at
}

// spread is how many times longer than the word the place of its letters may be.
const spread = 2

// fuzzyIndex is the shortest place in a line where the letters of a folded word stand
// in their order, the first of several; the zero Mark where there is none that is
// short enough to be meant.
func fuzzyIndex(line, word string) Mark {
	want := []rune(word)
	var best Mark
	shortest := spread*len(want) + 1
	for i, r := range line {
		if len(want) == 0 || foldRune(r) != want[0] {
			continue
		}
		if n, runes := fuzzyPrefix(line[i:], want, shortest); n > 0 {
			best, shortest = Mark{i, i + n}, runes
		}
	}
	return best
}

// fuzzyPrefix is how many bytes and characters the letters take at the beginning of
// a line, if these are less than limit.
func fuzzyPrefix(line string, want []rune, limit int) (bytes, runes int) {
	for bytes < len(line) {
		r, size := utf8.DecodeRuneInString(line[bytes:])
		bytes += size
		if runes++; runes >= limit {
			break
		}
		if foldRune(r) != want[0] {
			continue
		}
		if want = want[1:]; len(want) == 0 {
			return bytes, runes
		}
	}
	return 0, 0
}

// fewForSlip is how many letters a word has at least in which a slip of the pen is
// looked for: with fewer, too much is one letter away.
const fewForSlip = 4

// slipIndex is the first beginning of a word in a line that a folded word becomes when
// one slip of the pen is taken back: two neighbours the wrong way round, a wrong letter,
// or one too many (the edits of Damerau, Comm. ACM 7(3), 1964; a letter that is missing
// is found by [fuzzyIndex]). The zero Mark where there is none.
func slipIndex(line, word string) Mark {
	want := []rune(word)
	if len(want) < fewForSlip {
		return Mark{}
	}
	inside := false
	for i, r := range line {
		if inWord(r) && !inside {
			if n := slipPrefix(line[i:], want); n > 0 {
				return Mark{i, i + n}
			}
		}
		inside = inWord(r)
	}
	return Mark{}
}

// mistyped reports whether a name was meant by a text, but for one slip of the pen.
func mistyped(name, text string) bool {
	n, t := fold(name), fold(text)
	return utf8.RuneCountInString(t) >= fewForSlip && (slipPrefix(n, []rune(t)) == len(n) || slipPrefix(t, []rune(n)) == len(t))
}

// slipPrefix is how many bytes at the beginning of a line the letters take but for one
// slip; 0 where the line does not begin so.
func slipPrefix(line string, want []rune) int {
	at := 0
	for i, w := range want {
		r, size := utf8.DecodeRuneInString(line[at:])
		if foldRune(r) == w && size > 0 {
			at += size
			continue
		}
		next, more := utf8.DecodeRuneInString(line[at+size:])
		rest := want[i+1:]
		if len(rest) > 0 && foldRune(r) == rest[0] && foldRune(next) == w {
			if n, ok := lettersPrefix(line[at+size+more:], rest[1:]); ok {
				return at + size + more + n
			}
		}
		if n, ok := lettersPrefix(line[at+size:], rest); ok && inWord(r) {
			return at + size + n
		}
		if n, ok := lettersPrefix(line[at:], rest); ok {
			return at + n
		}
		return 0
	}
	return at
}

// lettersPrefix is how many bytes the letters take at the beginning of a line.
func lettersPrefix(line string, letters []rune) (bytes int, ok bool) {
	bytes = foldPrefix(line, string(letters))
	return bytes, bytes > 0 || len(letters) == 0
}
