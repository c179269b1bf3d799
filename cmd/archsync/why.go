package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
)

// whyOptions say of what why tells, and how far.
type whyOptions struct {
	kind, at, since string
	all             bool
}

func (v *invocation) whyCommand() *cobra.Command {
	var o whyOptions
	cmd := &cobra.Command{
		Use:   "why NAME",
		Short: "the story of a component, connection, item, decision or group",
		Long: `Tells why something is there: since when, everything that happened to it, sync by
sync, who wrote it in which commit, and which items and decisions have to do with
it. What is gone tells its story too.

NAME is a component by its key (storage.kafka), a connection ("api -> store"), an
item by its id or the beginning of it, a decision by its number or id, or a group
by its id. A name that it had before will do, and so will a title or label; --kind
says which is meant where several things have one name.

It is the same thing through all of this: a component that is renamed or moved to
another container, an item that moves to another group or is imported again under
another id (its ref is the same), a group that gets another id (formerly).

"with" names what the log itself says: an item or decision that touches it. "perhaps"
is a guess: it changed between the same two syncs, and its words name it, its group
owns it, or it touches something next to it. --all lists also what changed in the
same time and nothing else speaks for.

--at tells the story up to a moment; --since only what came after one.`,
		Example: `  archsync why storage.kafka
  archsync why "api -> store"
  archsync why k7f3q
  archsync why 0007 --kind decision
  archsync why storage.kafka --since 1y --json`,
		Args:              argsBetween(1, 1),
		ValidArgsFunction: v.completeSubjects,
		RunE:              func(_ *cobra.Command, args []string) error { return v.why(args[0], o) },
	}
	cmd.Flags().StringVar(&o.kind, "kind", "", "what NAME is: `KIND` is "+kindList())
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kindNames(), noFiles))
	cmd.Flags().BoolVar(&o.all, "all", false, "list everything that changed in the same time")
	v.atFlag(cmd, &o.at)
	v.momentFlag(cmd, &o.since, "since", "only what happened after `MOMENT`")
	v.jsonFlag(cmd)
	return cmd
}

func kindNames() []string {
	var names []string
	for _, k := range chronicle.Kinds() {
		names = append(names, string(k))
	}
	return names
}

func kindList() string {
	names := kindNames()
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func (v *invocation) why(name string, o whyOptions) error {
	if strings.TrimSpace(name) == "" {
		return &usageError{what: "archsync why needs a name", hint: `for example: archsync why storage.kafka, or archsync why "api -> store"`}
	}
	if o.kind != "" && !slices.Contains(kindNames(), o.kind) {
		return &usageError{what: fmt.Sprintf("--kind %q is none", o.kind), hint: "it is " + kindList()}
	}
	c, m, err := v.chronicle(o.at)
	if err != nil {
		return err
	}
	since, err := v.sinceDate(o.since)
	if err != nil {
		return err
	}
	subject, err := v.meant(c, name, chronicle.Kind(o.kind))
	if missing, ok := errors.AsType[*missingError](err); ok && o.at != "" {
		return v.elsewhere(missing, m, name, chronicle.Kind(o.kind))
	}
	if err != nil {
		return err
	}
	b, _ := c.Biography(subject)
	b.Story = slices.DeleteFunc(b.Story, func(ch chronicle.Chapter) bool {
		return ch.At != (chronicle.Snapshot{}) && ch.At.Date <= since
	})
	if err := c.Attribute(v.ctx, &b, v.archive.Commits(m)); err != nil {
		return err
	}
	problems, err := v.pastProblems(c)
	if err != nil {
		return err
	}
	if v.json {
		return v.printJSON(envelope{Kind: "biography", At: toJSONMoment(m), Data: toJSONBiography(b), Problems: problems})
	}
	v.printBiography(b, m, o)
	v.printProblems(problems)
	return nil
}

// chronicle is everything that happened up to a moment.
func (v *invocation) chronicle(at string) (*chronicle.Chronicle, history.Moment, error) {
	m, err := v.moment(at)
	if err != nil {
		return nil, m, err
	}
	t, err := v.archive.Past(v.ctx, m, v.memo())
	if err != nil {
		return nil, m, err
	}
	c, err := t.Chronicle(v.ctx)
	return c, m, err
}

// sinceDate is the date that --since names; "" when it is not given.
func (v *invocation) sinceDate(since string) (string, error) {
	if since == "" {
		return "", nil
	}
	m, err := v.moment(since)
	return m.Date, err
}

// pastProblems is what keeps a chronicle from being the whole truth: what the timeline
// lacks, else what came out when it was read.
func (v *invocation) pastProblems(c *chronicle.Chronicle) ([]problem.Problem, error) {
	_, problems, err := v.archive.Dates()
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	for _, in := range c.Intervals {
		problems = append(problems, in.Problems...)
	}
	return problems, nil
}

// meant is the one subject that a name means.
func (v *invocation) meant(c *chronicle.Chronicle, name string, kind chronicle.Kind) (chronicle.Subject, error) {
	found := c.Find(name, kind)
	switch len(found) {
	case 1:
		return found[0].Subject, nil
	case 0:
		e := &missingError{what: fmt.Sprintf("nothing was ever called %q", name), hint: "archsync diagram show and archsync item list show what there is"}
		if kind != "" {
			e.what = fmt.Sprintf("no %s was ever called %q", kind, name)
		}
		if near := c.Nearest(name, kind); len(near) > 0 {
			e.hint = "did you mean one of these?\n" + foundLines(near)
		}
		return chronicle.Subject{}, e
	}
	return chronicle.Subject{}, &missingError{
		what: fmt.Sprintf("%q means %d things", name, len(found)),
		hint: "give the name of one of these, and --kind where two have the same:\n" + foundLines(found[:min(len(found), mostListed)]) + furtherLine(len(found)-mostListed),
	}
}

// elsewhere says of a name that is not known at a moment when what has it was there,
// where the log as it is now knows it.
func (v *invocation) elsewhere(missing *missingError, at history.Moment, name string, kind chronicle.Kind) error {
	c, now, err := v.chronicle("")
	if err != nil {
		return err
	}
	found := c.Find(name, kind)
	if len(found) == 0 {
		return missing
	}
	lines := strings.Split(foundLines(found[:min(len(found), mostListed)]), "\n")
	for i := range lines {
		if b, ok := c.Biography(found[i].Subject); ok {
			lines[i] += ": there " + strings.Join(lifeWords(b, now), ", ")
		}
	}
	return &missingError{
		what: fmt.Sprintf("nothing was called %q up to %s", name, at.Date),
		hint: "at other times there was:\n" + strings.Join(lines, "\n") + furtherLine(len(found)-mostListed),
	}
}

// mostListed is how many things are listed that a name may mean.
const mostListed = 20

func furtherLine(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("\n  and %d more", n)
}

func foundLines(found []chronicle.Meaning) string {
	lines := make([]string, len(found))
	for i, f := range found {
		lines[i] = fmt.Sprintf("  %-10s  %s", f.Kind, f.ID)
		if f.Title != f.ID {
			lines[i] += "  " + f.Title
		}
		switch {
		case f.Now != "":
			lines[i] += " (now " + f.Now + ")"
		case !f.There:
			lines[i] += " (gone)"
		}
	}
	return strings.Join(lines, "\n")
}

// printBiography prints a biography for people.
func (v *invocation) printBiography(b chronicle.Biography, m history.Moment, o whyOptions) {
	heading := string(b.Subject.Kind) + " " + b.Subject.ID
	if b.Title != b.Subject.ID {
		heading += "  " + b.Title
	}
	v.printf("%s\n", heading)
	v.printRows(biographyRows(b, m))
	if len(b.Story) == 0 {
		v.printf("\nNothing happened to it since %s.\n", v.dateOf(o.since))
		return
	}
	v.printf("\n")
	told := map[chronicle.Subject]bool{}
	for i := 0; i < len(b.Story); i++ {
		if n := checkIns(b.Story[i:]); n > 1 && !o.all {
			v.printf("%-10s  ~ checked in before %s, the last time before that of %s\n", b.Story[i].At.Date, plural(n, "sync", "syncs"), cmp.Or(b.Story[i+n-1].At.Date, "now"))
			i += n - 1
			continue
		}
		v.printChapter(b.Story[i], told, o.all)
	}
}

// checkIns is how many chapters at the beginning tell of nothing but a check-in.
func checkIns(story []chronicle.Chapter) int {
	n := 0
	for n < len(story) && len(story[n].Events) == 1 && story[n].Events[0].Reason == change.ReasonCheckedIn {
		n++
	}
	return n
}

// biographyRows are what is known of a subject in the end, by name.
func biographyRows(b chronicle.Biography, m history.Moment) [][2]string {
	var rows [][2]string
	add := func(name string, values ...string) {
		for i, value := range values {
			if i > 0 {
				name = ""
			}
			rows = append(rows, [2]string{name, value})
		}
	}
	add("there", lifeWords(b, m)...)
	add("called", nameWords(b)...)
	if b.Shown != (chronicle.Snapshot{}) {
		add("last shown", "at the sync of "+b.Shown.Date)
	} else {
		add("last shown", "at no sync yet")
	}
	for _, f := range inOrder(b.Facts) {
		if told := factWords(b.Subject.Kind, f); told != "" {
			add(strings.ReplaceAll(f.Key, "_", " "), told)
		}
	}
	add("owned by", linkNames(b.Owners)...)
	add("waits for", linkNames(b.Waits)...)
	force, touched := "in force", "touches"
	if !b.Present {
		force = "in force then"
	}
	add(force, linkNames(b.InForce())...)
	if b.Subject.Kind == chronicle.Group {
		touched = "owns"
	}
	add(touched, linkNames(slices.DeleteFunc(slices.Clone(b.Links), func(l chronicle.Link) bool { return l.Kind == chronicle.Decision || l.Kind == chronicle.Item }))...)
	add("items", linkNames(slices.DeleteFunc(slices.Clone(b.Links), func(l chronicle.Link) bool { return l.Kind != chronicle.Item }))...)
	return rows
}

// inOrder are facts as people look for them: how it stands, who, by when, the rest.
func inOrder(facts []change.Fact) []change.Fact {
	order := []string{"status", "state", "since", "group", "lead", "owner", "due", "plan", "date"}
	rank := func(f change.Fact) int {
		if i := slices.Index(order, f.Key); i >= 0 {
			return i
		}
		return len(order)
	}
	sorted := slices.Clone(facts)
	slices.SortStableFunc(sorted, func(a, b change.Fact) int { return cmp.Compare(rank(a), rank(b)) })
	return sorted
}

// factWords is a fact in one line; "" where it is told elsewhere or says nothing.
func factWords(kind chronicle.Kind, f change.Fact) string {
	switch f.Key {
	case "title", "touches", "decisions", "blocked_by", "raw_state", "formerly", "from", "to", "arrows", "number", "owns", "supersedes":
		return ""
	case "label":
		if kind == chronicle.Component {
			return ""
		}
	case "shape":
		if len(f.Values) == 1 && f.Values[0] == "rectangle" {
			return ""
		}
	}
	return short(strings.Join(f.Values, ", "))
}

// lifeWords say when a subject was there, one line for each time.
func lifeWords(b chronicle.Biography, m history.Moment) []string {
	var lines []string
	for _, l := range b.Lives {
		from := "since the last sync"
		if l.From != (chronicle.Snapshot{}) {
			from = "since the sync of " + l.From.Date
		}
		switch {
		case l.Open && m.Kind == history.Now:
			lines = append(lines, from)
		case l.Open:
			lines = append(lines, from+", and still at "+m.Date)
		case l.To == (chronicle.Snapshot{}):
			lines = append(lines, from+"; gone since the last sync")
		default:
			lines = append(lines, from+"; gone at that of "+l.To.Date)
		}
	}
	return lines
}

// nameWords are the names that a subject had before, with when it got the next one.
func nameWords(b chronicle.Biography) []string {
	var lines []string
	for i, n := range b.Names[:len(b.Names)-1] {
		until := "since the last sync no longer"
		if next := b.Names[i+1].Since; next != (chronicle.Snapshot{}) {
			until = "until " + next.Date
		}
		lines = append(lines, n.ID+" "+until)
	}
	if len(lines) > 0 {
		lines = append(lines, b.Names[len(b.Names)-1].ID)
	}
	return lines
}

func linkNames(links []chronicle.Link) []string {
	names := make([]string, len(links))
	for i, l := range links {
		names[i] = linkWords(l)
	}
	return names
}

// linkWords name a linked subject.
func linkWords(l chronicle.Link) string {
	words := l.Title
	if l.Kind != "" {
		name := l.ID
		if l.Kind == chronicle.Decision {
			name = decision.Short(l.ID)
		}
		words = string(l.Kind) + " " + name
		if l.Title != l.ID {
			words += " " + l.Title
		}
	}
	if l.State != "" {
		words += " (" + l.State + ")"
	}
	return words
}

// printChapter prints what happened from one sync to the next. What touches the
// subject is listed when it first does, and when something happened to it.
func (v *invocation) printChapter(ch chronicle.Chapter, told map[chronicle.Subject]bool, all bool) {
	for i, e := range ch.Events {
		date := cmp.Or(ch.At.Date, "now")
		if i > 0 {
			date = ""
		}
		words := e.Words()
		if came := cameWords(ch.Came); e.Kind == change.Added && came != "" {
			words += ": " + came
		}
		v.printf("%-10s  %s %s\n", date, e.Kind.Mark(), words)
	}
	for _, c := range ch.Commits {
		v.printf("              by %s, %s %s\n", c.Author, c.ID[:min(len(c.ID), 7)], c.Summary)
	}
	if ch.At == (chronicle.Snapshot{}) && slices.Contains(ch.Made, "") {
		v.printf("              not committed yet\n")
	}
	guesses, others := 0, 0
	for _, l := range ch.Links {
		switch {
		case l.Sure() && !all && told[l.Subject] && len(l.Change) == 0:
		case l.Sure():
			told[l.Subject] = true
			v.printf("              with %s%s\n", linkWords(l), prefixed(": ", linkChange(l)))
		case all, l.Basis != chronicle.BasisSync && guesses < mostGuesses:
			v.printf("              perhaps %s: %s (%s)\n", linkWords(l), linkChange(l), basisWords(l.Basis))
			guesses++
		default:
			others++
		}
	}
	if others > 0 {
		v.printf("              and %s in the same time (--all lists them)\n", plural(others, "other change", "other changes"))
	}
}

// mostGuesses is how many guesses are listed of a chapter unless all are asked for.
const mostGuesses = 3

// cameWords are the first facts of a subject that came.
func cameWords(facts []change.Fact) string {
	var words []string
	for _, f := range inOrder(facts) {
		switch f.Key {
		case "status", "group", "due", "owner", "state", "lead":
			words = append(words, f.Key+" "+strings.Join(f.Values, ", "))
		}
	}
	return strings.Join(words, ", ")
}

// linkChange is what happened to a linked subject in the same time.
func linkChange(l chronicle.Link) string {
	var words []string
	for _, c := range l.Change {
		words = append(words, short(chronicle.Event{Change: c, About: l.Kind}.Words()))
	}
	if len(words) > 2 {
		words = append(words[:2], "...")
	}
	return strings.Join(words, "; ")
}

func basisWords(b chronicle.Basis) string {
	switch b {
	case chronicle.BasisNames:
		return "its words name it"
	case chronicle.BasisOwner:
		return "of the group that owns it"
	case chronicle.BasisNear:
		return "it touches what is next to it"
	}
	return "nothing else speaks for it"
}

// jsonBiography is the data of the kind biography.
type jsonBiography struct {
	Subject   chronicle.Subject `json:"subject"`
	Title     string            `json:"title"`
	Present   bool              `json:"present"`
	Names     []jsonCalled      `json:"names"`
	Lives     []jsonLife        `json:"lives"`
	LastShown *string           `json:"last_shown"`
	Facts     []change.Fact     `json:"facts"`
	Owners    []jsonLink        `json:"owners"`
	Links     []jsonLink        `json:"links"`
	InForce   []jsonLink        `json:"in_force"`
	WaitsFor  []jsonLink        `json:"waits_for"`
	Story     []jsonChapter     `json:"story"`
}

type jsonCalled struct {
	ID    string  `json:"id"`
	Since *string `json:"since"`
}

type jsonLife struct {
	From *string `json:"from"`
	To   *string `json:"to"`
	Open bool    `json:"open"`
}

type jsonLink struct {
	Kind    *string         `json:"kind"`
	ID      *string         `json:"id"`
	Title   string          `json:"title"`
	State   *string         `json:"state"`
	Basis   chronicle.Basis `json:"basis"`
	Sure    bool            `json:"sure"`
	Changes []change.Change `json:"changes"`
}

type jsonChapter struct {
	Sync    *jsonShownAt `json:"sync"`
	After   *string      `json:"after"`
	Changes []jsonMade   `json:"changes"`
	Commits []jsonCommit `json:"commits"`
	Links   []jsonLink   `json:"links"`
}

// jsonMade is a change with the commit that made it.
type jsonMade struct {
	change.Change
	Commit *string `json:"commit"`
}

type jsonShownAt struct {
	Date   string  `json:"date"`
	Tag    *string `json:"tag"`
	Commit string  `json:"commit"`
}

type jsonCommit struct {
	Commit  string `json:"commit"`
	Author  string `json:"author"`
	Mail    string `json:"mail"`
	When    string `json:"when"`
	Summary string `json:"summary"`
}

func toJSONBiography(b chronicle.Biography) jsonBiography {
	data := jsonBiography{
		Subject: b.Subject, Title: b.Title, Present: b.Present, Names: []jsonCalled{}, Lives: []jsonLife{},
		LastShown: orNull(b.Shown.Date), Facts: append([]change.Fact{}, b.Facts...),
		Owners: toJSONLinks(b.Owners), Links: toJSONLinks(b.Links), InForce: toJSONLinks(b.InForce()), WaitsFor: toJSONLinks(b.Waits),
		Story: []jsonChapter{},
	}
	for _, n := range b.Names {
		data.Names = append(data.Names, jsonCalled{n.ID, orNull(n.Since.Date)})
	}
	for _, l := range b.Lives {
		data.Lives = append(data.Lives, jsonLife{orNull(l.From.Date), orNull(l.To.Date), l.Open})
	}
	for _, ch := range b.Story {
		data.Story = append(data.Story, toJSONChapter(ch))
	}
	return data
}

func toJSONChapter(ch chronicle.Chapter) jsonChapter {
	data := jsonChapter{After: orNull(ch.Before.Date), Changes: []jsonMade{}, Commits: []jsonCommit{}, Links: toJSONLinks(ch.Links)}
	if ch.At != (chronicle.Snapshot{}) {
		data.Sync = &jsonShownAt{ch.At.Date, orNull(ch.At.Tag), ch.At.Commit}
	}
	for i, e := range ch.Events {
		data.Changes = append(data.Changes, jsonMade{e.Change, orNull(ch.Made[i])})
	}
	for _, c := range ch.Commits {
		data.Commits = append(data.Commits, jsonCommit{c.ID, c.Author, c.Mail, c.When.Format(time.RFC3339), c.Summary})
	}
	return data
}

func toJSONLinks(links []chronicle.Link) []jsonLink {
	data := make([]jsonLink, len(links))
	for i, l := range links {
		data[i] = jsonLink{orNull(string(l.Kind)), orNull(l.ID), l.Title, orNull(l.State), l.Basis, l.Sure(), append([]change.Change{}, l.Change...)}
	}
	return data
}
