package decision

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words maps the words that formats use for their states to ours, by the first
// letters of the raw state. Longer words come before their beginnings.
var words = []struct{ word, state string }{
	{"superseded", Replaced}, {"superceded", Replaced}, {"replaced", Replaced}, {"supplanted", Replaced},
	{"partly superseded", Agreed}, {"partially superseded", Agreed}, {"partly superceded", Agreed}, {"partially superceded", Agreed},
	{"accepted", Agreed}, {"approved", Agreed}, {"agreed", Agreed}, {"published", Agreed}, {"publish", Agreed},
	{"implementable", Agreed}, {"active", Agreed}, {"decided", Agreed}, {"adopted", Agreed}, {"amended", Agreed},
	{"committed", Done}, {"implemented", Done}, {"final", Done}, {"done", Done},
	{"rejected", Declined}, {"declined", Declined}, {"abandoned", Declined}, {"withdrawn", Declined}, {"april fool", Declined},
	{"deprecated", Retired}, {"retired", Retired}, {"obsolete", Retired},
	{"deferred", Parked}, {"parked", Parked}, {"on hold", Parked}, {"on-hold", Parked}, {"postponed", Parked},
	{"proposed", Open}, {"discussion", Open}, {"open", Open}, {"pending", Open}, {"in review", Open}, {"under review", Open}, {"review", Open},
	{"prediscussion", Drafting}, {"drafting", Drafting}, {"draft", Drafting}, {"provisional", Drafting},
	{"in progress", Drafting}, {"in-progress", Drafting}, {"wip", Drafting},
	{"predraft", Idea}, {"ideation", Idea}, {"idea", Idea},
}

// meanings are the words that mean something else in one format.
var meanings = map[string]map[string]string{
	MADR: {"draft": Idea},
	PEP:  {"provisional": Agreed},
}

// stateOf maps a raw state to ours, "" where it is unknown. Emoji, braces and
// markup before the word do not count, nor does what follows it: "✅ Accepted
// (documenting an existing thing)" is agreed. A template's list of choices is no
// state.
func stateOf(format, raw string) string {
	text := strings.ToLower(strings.TrimLeftFunc(raw, func(r rune) bool { return !unicode.IsLetter(r) }))
	if choices.MatchString(text) {
		return ""
	}
	for word, state := range meanings[format] {
		if startsWith(text, word) {
			return state
		}
	}
	for _, w := range words {
		if startsWith(text, w.word) {
			return w.state
		}
	}
	return ""
}

var choices = regexp.MustCompile(`[a-z]\s*\|\s*[a-z]`)

// startsWith tells whether text begins with a word as a whole.
func startsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(next)
}
