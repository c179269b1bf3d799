package decision

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/problem"
)

// Parse reads one record; path is repository-relative. Whatever it does not
// find is empty. A file without a recognisable format gets its title from its
// first heading, else from its name; only when its name says that it is a
// decision is that a problem.
func Parse(file string, src []byte) (Decision, []problem.Problem) {
	front, ps := frontmatter.Parse(file, src)
	d := Decision{ID: idOf(file), Path: file, Body: front.Body(), Format: Markdown}
	d.Number = numberOf(d.ID)
	t := newText(front)
	switch {
	case hasState(front):
		ps = append(ps, d.readFront(front, t)...)
	case t.header("PEP") != "":
		d.readPEP(t)
	case t.bullet("Feature Name", "RFC PR", "RFC PR #") != "":
		d.readRust(t)
	case t.section("status") != nil:
		d.readNygard(t)
	case t.bullet("Status") != "":
		d.readBullets(t)
	case t.attribute("state") != "":
		d.readAttributes(t)
	default:
		d.readPlain(front, t)
	}
	ps = append(ps, d.readAhead(front)...)
	d.finish(t)
	if d.Format == Markdown && d.RawState == "" && d.Number != "" {
		ps = append(ps, problem.Problem{Path: file, Line: 1, What: "decision has no state that can be read", Hint: "begin the file with front matter that holds state: open, or any state that archsync decision lists"})
	}
	return d, ps
}

// usualSection holds headings that stand in many records and are no title of one.
var usualSection = map[string]bool{
	"summary": true, "status": true, "context": true, "overview": true, "introduction": true,
	"abstract": true, "motivation": true, "context and problem statement": true,
}

func hasState(front *frontmatter.Document) bool {
	return front.Has("state") || front.Has("status")
}

// finish fills in what any format may leave out.
func (d *Decision) finish(t *text) {
	if heading := t.title(); d.Title == "" && !usualSection[strings.ToLower(heading)] {
		d.Title = cleanTitle(heading)
	}
	if d.Title == "" {
		d.Title = titleOfID(d.ID)
	}
	if d.Number == "" {
		if m := headedNumber.FindStringSubmatch(t.title()); m != nil {
			d.Number = padded(m[1])
		}
	}
	if d.Date == "" {
		d.Date = dateOf(d.ID)
	}
	d.Review = cmp.Or(d.Review, t.date(reviewNames[:]))
	d.LastCall = cmp.Or(d.LastCall, t.date(lastCallNames[:]))
	d.State = stateOf(d.Format, d.RawState)
}

// readFront reads front matter: our own, MADR 3 and 4, Oxide and Triton, which
// differ in their keys.
func (d *Decision) readFront(f *frontmatter.Document, t *text) []problem.Problem {
	ps := f.Expect(map[string]frontmatter.Shape{
		"number": frontmatter.Scalar, "title": frontmatter.Scalar, "date": frontmatter.Scalar,
		"touches": frontmatter.List, "supersedes": frontmatter.List, "breakouts": frontmatter.List,
	})
	d.Format = formatOf(f)
	key := "state"
	if !f.Has(key) {
		key = "status"
	}
	d.RawState = rawState(f, key)
	d.Title = f.Text("title")
	d.Date = isoDate(f.Text("date"))
	d.Authors = authors(f)
	d.Touches, d.Supersedes, d.Breakouts = f.List("touches"), f.List("supersedes"), f.List("breakouts")
	d.SupersededBy = append(f.List("superseded_by"), f.List("superseded-by")...)
	if stateOf(d.Format, d.RawState) == Replaced && len(d.SupersededBy) == 0 {
		d.SupersededBy = references(d.RawState)
	}
	for at, k := range map[string]string{
		atState: key, atNumber: "number", atTouches: "touches", atSupersedes: "supersedes", atBreakouts: "breakouts",
	} {
		line, column := f.Position(k)
		d.place(at, line, column)
	}
	return append(ps, append(d.readNumber(f), d.badDate(f)...)...)
}

// The names under which records give the dates that lie ahead, with a space, - or _
// between the words. No format prescribes any of them.
var (
	reviewNames   = [...]string{"review", "review date", "review by", "review on", "next review"}
	lastCallNames = [...]string{"last call", "last call ends", "last call until"}
)

// spaced is a name in lower case with spaces between its words.
func spaced(name string) string {
	return strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(strings.Trim(name, "*_ ")))
}

// readAhead reads the dates that lie ahead from front matter. Only our own format
// promises that they are dates.
func (d *Decision) readAhead(f *frontmatter.Document) []problem.Problem {
	var ps []problem.Problem
	for _, key := range f.Keys() {
		ahead := &d.Review
		switch name := spaced(key); {
		case slices.Contains(lastCallNames[:], name):
			ahead = &d.LastCall
		case !slices.Contains(reviewNames[:], name):
			continue
		}
		text := f.Text(key)
		*ahead = cmp.Or(*ahead, isoDate(text))
		if d.Format == RFD && text != "" && isoDate(text) == "" {
			ps = append(ps, f.Problem(key, fmt.Sprintf("%q is not a date", text), "write "+key+": 2026-03-12"))
		}
	}
	return ps
}

// formatOf tells formats with front matter apart: only MADR says status, and
// only we have a number, a title or one of our own words beside the state.
func formatOf(f *frontmatter.Document) string {
	if !f.Has("state") {
		return MADR
	}
	if f.Has("number") || f.Has("title") || f.Has("touches") {
		return RFD
	}
	if raw := f.Text("state"); raw != "" && stateOf(RFD, raw) == raw {
		return RFD
	}
	return Oxide
}

// rawState is the state as it is written; `{ accepted }`, which the template of
// MADR suggests and YAML takes for a mapping, is read as its text.
func rawState(f *frontmatter.Document, key string) string {
	raw := f.Text(key)
	if raw == "" {
		raw = f.Source(key)
	}
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(raw), "{}"))
}

func authors(f *frontmatter.Document) []string {
	for _, key := range []string{"authors", "decision-makers", "deciders"} {
		list := f.List(key)
		if len(list) == 1 {
			list = splitNames(list[0])
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// splitNames takes a line of names apart at semicolons, else at commas.
func splitNames(s string) []string {
	separator := ","
	if strings.Contains(s, ";") {
		separator = ";"
	}
	var names []string
	for name := range strings.SplitSeq(s, separator) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// readNumber takes the number of the front matter where the name has none, and
// complains where both differ.
func (d *Decision) readNumber(f *frontmatter.Document) []problem.Problem {
	number := f.Text("number")
	switch {
	case number == "":
		return nil
	case padded(number) == "":
		return []problem.Problem{f.Problem("number", fmt.Sprintf("number is %q, not a number", number), "write number: 7")}
	case d.Number == "":
		d.Number = padded(number)
	case significant(number) != significant(d.Number):
		return []problem.Problem{f.Problem("number", fmt.Sprintf("number is %s in the file of %s", number, d.Number), "the key and the file's name must have the same number")}
	}
	return nil
}

func (d *Decision) badDate(f *frontmatter.Document) []problem.Problem {
	if text := f.Text("date"); d.Format == RFD && text != "" && d.Date == "" {
		return []problem.Problem{f.Problem("date", fmt.Sprintf("%q is not a date", text), "write date: 2026-03-12")}
	}
	return nil
}

// readPlain is for front matter without a state and for files without any.
// Headings tell MADR, whose state is optional.
func (d *Decision) readPlain(f *frontmatter.Document, t *text) {
	d.Title = f.Text("title")
	d.Date = isoDate(f.Text("date"))
	d.Authors = authors(f)
	if t.section("context and problem statement") != nil {
		d.Format = MADR
	}
}

// readBullets reads MADR 2 and Log4brains: bullets below the title.
func (d *Decision) readBullets(t *text) {
	d.Format = MADR
	d.RawState = t.bullet("Status")
	d.Date = isoDate(t.bullet("Date"))
	d.Authors = splitNames(t.bullet("Deciders"))
	if stateOf(MADR, d.RawState) == Replaced {
		d.SupersededBy = references(d.RawState)
	}
	d.place(atState, t.lineOf("status"), 1)
}

// readAttributes reads Oxide's bare lines, `state: x` or `:state: x`.
func (d *Decision) readAttributes(t *text) {
	d.Format = Oxide
	d.RawState = t.attribute("state")
	d.Authors = splitNames(t.attribute("authors"))
	d.place(atState, t.lineOf("state"), 1)
}

// readRust reads a Rust RFC. Such a file has no state: it is there because it
// was merged, and thereby agreed.
func (d *Decision) readRust(t *text) {
	d.Format = Rust
	d.RawState = "active"
	d.Date = isoDate(t.bullet("Start Date"))
	name := strings.Trim(t.bullet("Feature Name"), "` ")
	if featureName.MatchString(name) && !strings.EqualFold(name, "NA") && !strings.EqualFold(name, "none") {
		d.Title = name
		return
	}
	d.Title = titleOfID(d.ID)
}

var featureName = regexp.MustCompile(`^[\w-]+$`)

// readPEP reads the header of a PEP.
func (d *Decision) readPEP(t *text) {
	d.Format = PEP
	d.Title = t.header("Title")
	d.RawState = t.header("Status")
	d.Date = isoDate(t.header("Created"))
	d.Authors = splitNames(t.header("Author"))
	d.Supersedes = splitNames(t.header("Replaces"))
	d.SupersededBy = splitNames(t.header("Superseded-By"))
	if number := padded(t.header("PEP")); number != "" {
		d.Number = number
	}
	d.place(atState, t.lineOf("status"), 1)
}

// readNygard reads the section "Status": the state, then the links to other
// records, of which adr-tools writes both sides.
func (d *Decision) readNygard(t *text) {
	d.Format = Nygard
	d.Date = isoDate(t.attribute("Date"))
	section := t.section("status")
	d.place(atState, section.line, 1)
	for _, line := range section.lines {
		if line = strings.TrimSpace(strings.Trim(strings.TrimSpace(line), "*_")); line == "" {
			continue
		}
		label, link := linkLabel(line)
		switch {
		case label == "supersedes" || label == "supercedes":
			d.Supersedes = append(d.Supersedes, link...)
			continue
		case stateOf(Nygard, line) == Replaced:
			d.RawState = line
			d.SupersededBy = append(d.SupersededBy, link...)
		}
		if d.RawState == "" {
			d.RawState = line
		}
	}
}

// linkLabel takes a line `Supersedes [7. Title](0007-title.md)` apart.
func linkLabel(line string) (label string, refs []string) {
	label, _, found := strings.Cut(line, " [")
	if !found {
		return "", references(line)
	}
	return strings.ToLower(label), references(line)
}

var (
	linked     = regexp.MustCompile(`\]\(([^)\s#]+)[^)]*\)`)
	mentioned  = regexp.MustCompile(`(?i)\b(?:adr|rfd|rfc|pep)[- ]?([0-9]+)\b|\bby ([0-9]+)\b`)
	listMarker = regexp.MustCompile(`^[-*+]\s+`)
)

// references are the decisions that a text names: by links, else by number.
func references(s string) []string {
	var refs []string
	for _, m := range linked.FindAllStringSubmatch(s, -1) {
		refs = append(refs, idOf(m[1]))
	}
	if len(refs) > 0 {
		return refs
	}
	for _, m := range mentioned.FindAllStringSubmatch(s, -1) {
		refs = append(refs, m[1]+m[2])
	}
	return refs
}

// isoDate reads the ways in which the formats write dates: ISO, also with a time
// behind; 23/03/2020, day first; 12-Aug-2002.
func isoDate(s string) string {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006", "2-Jan-2006", "02-Jan-2006", "2006/01/02", "January 2, 2006", "2 January 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	if len(s) > len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)]); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

var (
	headedNumber = regexp.MustCompile(`^(?i:(?:adr|rfd|rfc|pep)[-: ]*)?#?([0-9]+)(?:[.:]\s|\s[-–:]?\s*)`)
	struckOut    = regexp.MustCompile(`^~~(.*)~~$`)
	untold       = strings.NewReplacer("-", " ", "_", " ")
)

// cleanTitle takes the number off a heading, "7. Use Kafka" or "RFD 7 Use
// Kafka", and the strokes through an abandoned one.
func cleanTitle(s string) string {
	s = strings.TrimSpace(s)
	if m := struckOut.FindStringSubmatch(s); m != nil {
		s = strings.TrimSpace(m[1])
	}
	if m := headedNumber.FindString(s); m != "" && len(m) < len(s) {
		s = strings.TrimSpace(s[len(m):])
	}
	return s
}

// titleOfID makes a title of a name: 0092-struct-grammar is "Struct grammar".
func titleOfID(id string) string {
	name := id
	for _, lead := range []*regexp.Regexp{leadingDate, leadingNumber} {
		if m := lead.FindStringIndex(id); m != nil && m[1] < len(id) {
			name = id[m[1]:]
		}
	}
	name = strings.TrimSpace(untold.Replace(name))
	if name == "" {
		return path.Base(id)
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
