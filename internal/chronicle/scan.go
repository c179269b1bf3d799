package chronicle

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// scanner finds a word in a text whatever its capitals, by way of the byte of it that
// texts hold least often: processors look for one byte at many places at a time.
type scanner struct {
	text  []byte
	word  string  // in lower case
	rare  int     // the place of that byte in the word
	cases [2]byte // it as a small letter and as a capital
	found [2]int  // where each of the two is next in the text
}

// commonBytes are those of English notes, the most common first.
const commonBytes = " etaoinsrhldcu-m./fpg0123456789wybvkxjqz"

// scan gives a scanner of a text for the longest word of a query. It is nil where lines
// have to be looked at one by one: the word is no plain one, or the text has a character
// that is folded to one of its letters ([foldRune]).
func (m matcher) scan(text []byte) *scanner {
	s := &scanner{text: text, found: [2]int{-1, -1}}
	for _, w := range m.words {
		if len(w) > len(s.word) {
			s.word = w
		}
	}
	if m.query.Mode != Substring || s.word == "" || strings.ContainsFunc(s.word, func(r rune) bool { return r >= utf8.RuneSelf || r == '\n' }) ||
		strings.Contains(s.word, "i") && bytes.Contains(text, []byte("\u0130")) || strings.Contains(s.word, "k") && bytes.Contains(text, []byte("\u212a")) {
		return nil
	}
	rarity := func(i int) int {
		if at := strings.IndexByte(commonBytes, s.word[i]); at >= 0 {
			return at
		}
		return len(commonBytes)
	}
	for i := range len(s.word) {
		if rarity(i) > rarity(s.rare) {
			s.rare = i
		}
	}
	c := s.word[s.rare]
	s.cases = [2]byte{c, c}
	if 'a' <= c && c <= 'z' {
		s.cases[1] = c - 'a' + 'A'
	}
	return s
}

// next is the first place of the word in the text from one on. Places may only grow.
func (s *scanner) next(from int) (int, bool) {
	for ; ; from++ {
		for i, c := range s.cases {
			if s.found[i] >= from+s.rare {
				continue
			}
			s.found[i] = len(s.text)
			if from+s.rare < len(s.text) {
				if n := bytes.IndexByte(s.text[from+s.rare:], c); n >= 0 {
					s.found[i] = from + s.rare + n
				}
			}
		}
		from = min(s.found[0], s.found[1]) - s.rare
		if from+len(s.word) > len(s.text) {
			return 0, false
		}
		if s.here(from) {
			return from, true
		}
	}
}

// here tells whether the word stands at a place.
func (s *scanner) here(at int) bool {
	for i := range len(s.word) {
		if foldRune(rune(s.text[at+i])) != rune(s.word[i]) {
			return false
		}
	}
	return true
}
