package chronicle

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
)

// ParsePredicate reads a predicate; docs/predicates.md has the grammar. Errors are
// [*SyntaxError].
func ParsePredicate(text string) (Predicate, error) {
	tokens, err := scan(text)
	if err != nil {
		return Predicate{}, err
	}
	p := parser{tokens: tokens, end: utf8.RuneCountInString(text) + 1}
	root := p.either()
	if p.err == nil && len(p.tokens) > 0 {
		p.fail(`here "and", "or" or the end is expected`, "")
	}
	if p.err != nil {
		return Predicate{}, p.err
	}
	return Predicate{root}, nil
}

type tokenKind int

const (
	wordToken tokenKind = iota
	quotedToken
	signToken // arrows, comparisons, parentheses, colon
)

// token is one word, quoted text or sign of a predicate.
type token struct {
	kind   tokenKind
	text   string
	column int
}

// signs are tried in this order: the longest first.
func signs() []string {
	return []string{"<->", "->", "<-", "--", "<=", ">=", "!=", "==", "<", ">", "=", "(", ")"}
}

// scan cuts a predicate into tokens. A word goes on through quotes, as in
// hosts."a.example", and a colon ends it only before a space.
func scan(text string) ([]token, error) {
	var tokens []token
	column := 1
	for text != "" {
		var t token
		size := 0
		switch r, n := utf8.DecodeRuneInString(text); {
		case unicode.IsSpace(r):
			text, column = text[n:], column+1
			continue
		case r == '"' || r == '\'':
			content, length, ok := quotedText(text)
			if !ok {
				return nil, &SyntaxError{Column: column, What: "the quote is never closed", hint: `a quote in quotes is written \"`}
			}
			t, size = token{quotedToken, content, column}, length
		default:
			t, size = wordOrSign(text)
			t.column = column
		}
		tokens = append(tokens, t)
		column += utf8.RuneCountInString(text[:size])
		text = text[size:]
	}
	return tokens, nil
}

func quotedText(text string) (content string, length int, ok bool) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] == quote:
			return b.String(), i + 1, true
		default:
			b.WriteByte(text[i])
		}
	}
	return "", 0, false
}

func wordOrSign(text string) (token, int) {
	if sign := signAt(text); sign != "" {
		return token{kind: signToken, text: sign}, len(sign)
	}
	if text[0] == ':' {
		return token{kind: signToken, text: ":"}, 1
	}
	quote := rune(0)
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case i > 0 && (unicode.IsSpace(r) || signAt(text[i:]) != "" || r == ':' && endsWord(text[i+1:])):
			return token{text: text[:i]}, i
		}
	}
	return token{text: text}, len(text)
}

func endsWord(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || r == '"' || r == '\''
}

func signAt(text string) string {
	for _, s := range signs() {
		if strings.HasPrefix(text, s) {
			return s
		}
	}
	return ""
}

// reserved are the words that are no names where a test begins.
func reserved() []string {
	return []string{"and", "or", "not", "exists", "status", "state", "count", "group", "has", "of", "no", "update"}
}

// parser reads tokens from the left. After an error it reads nothing more.
type parser struct {
	tokens []token
	end    int // the column behind the last token
	depth  int
	err    error
}

func (p *parser) fail(what, hint string) {
	if p.err != nil {
		return
	}
	column := p.end
	if len(p.tokens) > 0 {
		column = p.tokens[0].column
		what += fmt.Sprintf(", not %q", p.tokens[0].text)
	}
	p.err = &SyntaxError{Column: column, What: what, hint: hint}
	p.tokens = nil
}

// word takes the next token if it is one of the words.
func (p *parser) word(words ...string) (string, bool) {
	return p.take(func(t token) bool { return t.kind == wordToken && slices.Contains(words, t.text) })
}

func (p *parser) sign(signs ...string) (string, bool) {
	return p.take(func(t token) bool { return t.kind == signToken && slices.Contains(signs, t.text) })
}

func (p *parser) take(wanted func(token) bool) (string, bool) {
	if len(p.tokens) == 0 || !wanted(p.tokens[0]) {
		return "", false
	}
	text := p.tokens[0].text
	p.tokens = p.tokens[1:]
	return text, true
}

// name takes a name, whatever word or quoted text it is.
func (p *parser) name(of string) string {
	text, ok := p.take(func(t token) bool { return t.kind != signToken && t.text != "" })
	if !ok {
		p.fail("here the name of "+of+" is expected", `names with spaces stand in quotes: exists "Shard the index"`)
	}
	return text
}

func (p *parser) either() node {
	left := p.both()
	for {
		if _, more := p.word("or"); !more {
			return left
		}
		left = either{left, p.both()}
	}
}

func (p *parser) both() node {
	left := p.negation()
	for {
		if _, more := p.word("and"); !more {
			return left
		}
		left = both{left, p.negation()}
	}
}

// deepestPredicate bounds how many "not" and parentheses stand around a test.
const deepestPredicate = 100

func (p *parser) negation() node {
	if p.depth++; p.depth > deepestPredicate {
		p.fail(fmt.Sprintf("more than %d parentheses and negations around a test", deepestPredicate), "")
	}
	defer func() { p.depth-- }()
	if _, negated := p.word("not"); negated {
		return not{p.negation()}
	}
	if _, opened := p.sign("("); opened {
		inner := p.either()
		if _, closed := p.sign(")"); !closed {
			p.fail(`here ")" is expected`, "")
		}
		return inner
	}
	return p.test()
}

func (p *parser) test() node {
	if len(p.tokens) > 1 && p.tokens[1].kind == signToken && slices.Contains([]string{"->", "<-", "--", "<->"}, p.tokens[1].text) {
		return p.connects()
	}
	word, _ := p.word("exists", "status", "state", "count", "group")
	switch word {
	case "exists":
		return p.exists()
	case "status":
		return p.standing(Item, "an item", itemStatuses())
	case "state":
		return p.standing(Decision, "a decision", decision.States())
	case "count":
		return p.counting()
	case "group":
		return p.updated()
	}
	p.fail(`here a test is expected: exists, FROM -> TO, status, state, count or group`, "")
	return exists{}
}

func itemStatuses() []string {
	var all []string
	for _, s := range board.Statuses() {
		all = append(all, string(s))
	}
	return all
}

// exists takes a kind before the name, unless that is all there is.
func (p *parser) exists() node {
	if len(p.tokens) > 1 && p.tokens[1].kind != signToken && !slices.Contains([]string{"and", "or"}, p.tokens[1].text) {
		for _, kind := range Kinds() {
			if _, ok := p.word(string(kind)); ok {
				return exists{kind, p.name("a " + string(kind))}
			}
		}
	}
	name := p.name("something")
	return exists{name: name}
}

func (p *parser) connects() node {
	n := connects{from: p.name("a component")}
	n.arrow, _ = p.sign("->", "<-", "--", "<->")
	n.to = p.name("a component")
	if _, labelled := p.sign(":"); labelled {
		n.label = p.name("a connection's label")
	}
	return n
}

func (p *parser) standing(kind Kind, of string, values []string) node {
	n := standing{kind: kind, name: p.name(of)}
	op, ok := p.sign("=", "==", "!=")
	if !ok {
		p.fail(`here "=" or "!=" is expected`, "")
	}
	n.equal = op != "!="
	value, ok := p.take(func(t token) bool { return t.kind != signToken && slices.Contains(values, t.text) })
	if !ok {
		p.fail("here one of "+strings.Join(values, ", ")+" is expected", "")
	}
	n.value = value
	return n
}

func (p *parser) counting() node {
	kinds := map[string]Kind{}
	var plurals []string
	for _, kind := range Kinds() {
		kinds[string(kind)+"s"] = kind
		plurals = append(plurals, string(kind)+"s")
	}
	what, ok := p.word(plurals...)
	if !ok {
		p.fail("here one of "+strings.Join(plurals, ", ")+" is expected", "count components > 40")
	}
	n := counting{kind: kinds[what]}
	if n.kind == Item {
		if _, of := p.word("of"); of {
			n.group = p.name("a group")
		}
	}
	if n.op, ok = p.sign("=", "==", "!=", "<", "<=", ">", ">="); !ok {
		p.fail("here a comparison is expected: = != < <= > >=", "only items are counted of a group: count items of storage > 5")
	}
	if n.op == "==" {
		n.op = "="
	}
	number, _ := p.take(func(t token) bool { _, ok := unquoted(t.text); return t.kind == wordToken && ok })
	if n.number, ok = unquoted(number); !ok {
		p.fail("here a whole number is expected", "")
	}
	return n
}

func (p *parser) updated() node {
	n := updated{group: p.name("a group")}
	if _, ok := p.word("has"); !ok {
		p.fail(`here "has" is expected`, "group storage has no update; group storage has update")
	}
	_, n.none = p.word("no")
	if _, ok := p.word("update"); !ok {
		p.fail(`here "update" is expected`, "group storage has no update; group storage has update")
	}
	return n
}
