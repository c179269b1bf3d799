package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// The turns that the story promises, each at its date: what the diagram of that
// sync changed against the one before.
func TestTurns(t *testing.T) {
	p := read(t, Options{})
	for _, turn := range []struct {
		name, date string
		want       []string
	}{
		{"a queue is introduced", "2024-12-05", []string{"added ingest.kafka", "added ingest.gateway -> ingest.kafka", "removed ingest.gateway -> lumend"}},
		{"the monolith is split: metrics", "2025-01-30", []string{"added ingest.writer"}},
		{"the monolith is split: query", "2025-03-27", []string{"added query.engine", "added query.api"}},
		{"the monolith is split: alerting", "2025-05-08", []string{"added alerting.evaluator"}},
		{"the monolith is split: the rest", "2025-06-05", []string{"removed lumend", "added control.api"}},
		{"a store comes beside another", "2025-08-28", []string{"added storage.scylla", "restyled storage.cassandra"}},
		{"and replaces it", "2025-11-06", []string{"removed storage.cassandra"}},
		{"a service is renamed", "2025-12-04", []string{"renamed alerting.dispatcher"}},
		{"a service is moved", "2026-02-12", []string{"moved platform.identity"}},
		{"a service is removed", "2026-04-23", []string{"removed ingest.statsd"}},
		{"only tooltips", "2025-04-24", []string{"retooltipped storage.cassandra"}},
		{"a label", "2026-07-16", []string{"added ingest.sampler"}},
	} {
		t.Run(turn.name, func(t *testing.T) {
			i := slices.Index(p.dates, turn.date)
			if i < 1 {
				t.Fatalf("no sync on %s", turn.date)
			}
			got := facts(synclog.Diff(p.logs[p.dates[i-1]], p.logs[turn.date]))
			for _, want := range turn.want {
				if !slices.Contains(got, want) {
					t.Errorf("%s: no %q in\n%s", turn.date, want, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func architectureOf(l *synclog.Log) *diagram.Diagram { return l.Diagram("sync-log/" + architecture) }

func facts(d synclog.Difference) []string {
	var facts []string
	for _, c := range slices.Concat(d.Components, d.Connections) {
		facts = append(facts, string(c.Reason)+" "+c.Subject)
	}
	return facts
}

// Every date at which a diagram's text changes has a turn that says who changed
// it, and the other way round; nothing is drawn that was not declared.
func TestTurnsAndDiagramsAgree(t *testing.T) {
	s, err := readStory()
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, c := range s.diagrams {
		drawn = append(drawn, c.turns...)
	}
	slices.Sort(drawn)
	drawn = slices.Compact(drawn)
	var told []string
	for date := range s.turns {
		told = append(told, date)
	}
	slices.Sort(told)
	if !slices.Equal(drawn, told) {
		t.Errorf("diagrams change on\n%v, turns are on\n%v", drawn, told)
	}
	p := read(t, Options{})
	for _, date := range p.dates {
		known := names(source(p.logs[date]))
		for _, c := range architectureOf(p.logs[date]).Components {
			if !known[c.ID] {
				t.Errorf("%s: %s is drawn and not declared", date, c.ID)
			}
		}
	}
}

func TestGrowth(t *testing.T) {
	p := read(t, Options{})
	for _, at := range []struct {
		date     string
		min, max int
	}{{p.dates[0], 8, 8}, {p.dates[25], 22, 32}, {p.dates[51], 38, 42}} {
		n := 0
		d := architectureOf(p.logs[at.date])
		for _, c := range d.Components {
			if !slices.ContainsFunc(d.Components, func(o diagram.Component) bool { return o.Container == c.ID }) {
				n++
			}
		}
		if n < at.min || n > at.max {
			t.Errorf("%s: %d components that hold no others, want %d to %d", at.date, n, at.min, at.max)
		}
	}
	shapes := map[string]bool{}
	for _, c := range architectureOf(p.last).Components {
		shapes[c.Shape] = true
	}
	for _, want := range []string{"rectangle", "cylinder", "queue", "person", "cloud", "page", "stored_data"} {
		if !shapes[want] {
			t.Errorf("no shape %s", want)
		}
	}
}

// What happens to items: each kind of event occurs, and often enough to be met.
func TestLives(t *testing.T) {
	p := read(t, Options{})
	seen := map[change.Reason]int{}
	statuses := map[board.Status]int{}
	blockers := map[string]int{}
	for i, date := range p.dates[1:] {
		before, now := p.logs[p.dates[i]], p.logs[date]
		for _, c := range board.Diff(before.Groups(), now.Groups()) {
			seen[c.Reason]++
			if c.Reason == change.ReasonStatus {
				statuses[board.Status(*c.To)]++
			}
		}
		for _, g := range now.Groups() {
			for _, it := range g.Items {
				for _, by := range it.BlockedBy {
					blockers[kindOf(now, by)]++
				}
			}
		}
	}
	for reason, least := range map[change.Reason]int{
		change.ReasonAdded: 120, change.ReasonStatus: 250, change.ReasonDueMoved: 60, change.ReasonNoted: 100,
		change.ReasonDelivered: 100, change.ReasonDropped: 8, change.ReasonRegrouped: 2,
	} {
		if seen[reason] < least {
			t.Errorf("%d times %s, want at least %d", seen[reason], reason, least)
		}
	}
	for status, least := range map[board.Status]int{board.Ongoing: 130, board.Blocked: 25, board.Done: 100, board.Dropped: 8} {
		if statuses[status] < least {
			t.Errorf("%d items became %s, want at least %d", statuses[status], status, least)
		}
	}
	for _, kind := range []string{"item", "group", "text"} {
		if blockers[kind] == 0 {
			t.Errorf("nothing is blocked by a %s", kind)
		}
	}
}

func kindOf(l *synclog.Log, by string) string {
	for _, g := range l.Groups() {
		if g.ID == by {
			return "group"
		}
		if slices.ContainsFunc(g.Items, func(it board.Item) bool { return it.ID == by }) {
			return "item"
		}
	}
	return "text"
}

// The last sync and what came after it show something of everything.
func TestPresent(t *testing.T) {
	p := read(t, Options{})
	last := p.logs[p.dates[51]]
	if date := p.dates[51]; date != "2026-10-22" {
		t.Errorf("the last sync was on %s", date)
	}
	for _, g := range last.Groups() {
		for _, status := range []board.Status{board.Ongoing, board.Planned, board.Blocked, board.Done} {
			if !slices.ContainsFunc(g.Items, func(it board.Item) bool { return it.Status == status }) {
				t.Errorf("%s has nothing %s on the last board", g.ID, status)
			}
		}
	}
	d := synclog.Diff(last, p.last)
	if len(d.Items) == 0 || len(d.Components) == 0 || len(d.Decisions) == 0 {
		t.Errorf("after the last sync: %d items, %d components, %d decisions changed", len(d.Items), len(d.Components), len(d.Decisions))
	}
}

func TestRenamedGroup(t *testing.T) {
	p := read(t, Options{})
	if _, ok := p.logs["2025-07-03"].File("collectors"); !ok {
		t.Error("there is no group collectors on 2025-07-03")
	}
	f, ok := p.logs["2025-07-17"].File("agents")
	if !ok || !slices.Equal(f.Group().Formerly, []string{"collectors"}) {
		t.Error("the group agents does not remember collectors on 2025-07-17")
	}
	if p.files["sync-log/board/collectors.yaml"] != nil {
		t.Error("the group collectors is still there")
	}
}

func TestDecisionsMove(t *testing.T) {
	p := read(t, Options{})
	states := map[string][]string{}
	for _, date := range p.dates {
		for _, d := range p.logs[date].Decisions {
			if said := states[d.Number]; len(said) == 0 || said[len(said)-1] != d.State {
				states[d.Number] = append(said, d.State)
			}
		}
	}
	for number, want := range map[string]string{
		"0002": "done replaced", "0003": "drafting open agreed done", "0008": "drafting open agreed done",
		"0009": "drafting open declined", "0013": "drafting open agreed", "0015": "drafting open", "0016": "drafting",
	} {
		if got := strings.Join(states[number], " "); got != want {
			t.Errorf("RFD %s went %q, want %q", number, got, want)
		}
	}
	if n := len(p.last.Decisions); n < 12 {
		t.Errorf("%d decisions, want a dozen", n)
	}
}

func TestBreakouts(t *testing.T) {
	p := read(t, Options{})
	named := 0
	for _, r := range p.last.Records {
		named += len(r.Breakouts)
	}
	open := 0
	for _, b := range p.last.Breakouts {
		if b.State == meeting.Open {
			open++
		}
	}
	if named != len(p.last.Breakouts) || open == 0 || open == named {
		t.Errorf("%d breakouts, %d named by records, %d open", len(p.last.Breakouts), named, open)
	}
}

// The syncs took place when the log's own cadence says.
func TestCadence(t *testing.T) {
	for _, o := range []Options{{}, {Syncs: 120}} {
		p := read(t, o)
		next := ""
		for i, date := range p.dates {
			if i > 0 && date != next {
				t.Errorf("the sync after %s was on %s, the cadence says %s", p.dates[i-1], date, next)
			}
			var err error
			if next, err = p.last.Config.Cadence.Next(date); err != nil {
				t.Fatal(err)
			}
		}
		if next != "2026-11-05" {
			t.Errorf("the next sync is on %s", next)
		}
	}
}

// What the player would leave out or cannot know is a mistake of the writer.
func TestStoryIsSound(t *testing.T) {
	s, err := readStory()
	if err != nil {
		t.Fatal(err)
	}
	cal := newCalendar(0)
	keys := map[string]bool{}
	titles := map[string]bool{}
	for _, g := range s.groups {
		for _, it := range g.items {
			if titles[it.title] || it.key != "" && keys[it.key] {
				t.Errorf("%s: %q #%s is there twice", g.id, it.title, it.key)
			}
			titles[it.title], keys[it.key] = true, true
		}
	}
	for _, g := range s.groups {
		for date := range g.changes {
			if !slices.Contains(cal.dates, date) {
				t.Errorf("%s: %s is no sync", g.id, date)
			}
		}
		for _, date := range g.skips {
			if !slices.Contains(cal.dates, date) {
				t.Errorf("%s skips %s, which is no sync", g.id, date)
			}
		}
		for _, it := range g.items {
			checkLife(t, s, g, it, keys)
		}
	}
	for _, d := range slices.Concat(s.decisions, s.breakouts) {
		for _, short := range slices.Concat(d.list("authors"), d.list("people")) {
			if _, err := s.person(short); err != nil {
				t.Errorf("%s: %v", d.id, err)
			}
		}
		for _, id := range d.list("breakouts") {
			if !slices.ContainsFunc(s.breakouts, func(b *document) bool { return b.id == id }) {
				t.Errorf("%s: no breakout %s", d.id, id)
			}
		}
		dates := []string{d.fields["opened"], d.fields["closed"]}
		for _, moved := range d.life {
			dates = append(dates, moved.date)
		}
		for _, date := range dates {
			if date != "" && date != nowDate && !slices.Contains(cal.dates, date) {
				t.Errorf("%s: %s is no sync", d.id, date)
			}
		}
	}
}

// checkLife checks one item: its dates, people, references, and that its statuses
// follow each other.
func checkLife(t *testing.T, s *story, g *groupStory, it *itemStory, keys map[string]bool) {
	t.Helper()
	complain := func(c chapter, format string, operands ...any) {
		t.Helper()
		t.Errorf("%s: %q, %s: %s", g.id, it.title, c.date, fmt.Sprintf(format, operands...))
	}
	if len(it.title) > 72 {
		t.Errorf("%s: the title %q is long", g.id, it.title)
	}
	cal := newCalendar(0)
	status, owner := board.Status(""), ""
	for _, c := range it.life {
		if c.date != nowDate && !slices.Contains(cal.dates, c.date) {
			complain(c, "no sync")
		}
		if status.Closed() || c.status != "" && c.status == status || c.status == "" && len(c.clauses) == 0 {
			complain(c, "%s after %s", c.status, status)
		}
		if c.status != "" {
			status = c.status
		}
		for _, cl := range c.clauses {
			if cl.key == "owner" {
				owner = cl.value
			}
			if what := fault(s, c.date, status, cl, keys); what != "" {
				complain(c, "%s", what)
			}
		}
	}
	if _, err := s.person(owner); err != nil {
		t.Errorf("%s: %q: owner: %v", g.id, it.title, err)
	}
	if last := it.life[len(it.life)-1].date; !status.Closed() && last < "2026-01-01" {
		t.Errorf("%s: %q has been %s since %s", g.id, it.title, status, last)
	}
}

// fault is what is wrong with a clause, or "".
func fault(s *story, date string, status board.Status, c clause, keys map[string]bool) string {
	switch {
	case c.key == "due" && (c.value < date && date != nowDate || plus(c.value, 0) != c.value):
		return "due " + c.value
	case c.key == "by" && status != board.Blocked:
		return string(status) + " and blocked by " + c.value
	}
	there := names(s.diagrams[0].at(date))
	for _, ref := range c.list() {
		switch c.key {
		case "touches":
			if !there[ref] {
				return "there is no " + ref
			}
		case "by":
			if key, ok := strings.CutPrefix(ref, "#"); ok && !keys[key] {
				return "nothing is called " + ref
			}
		case "decisions":
			i := slices.IndexFunc(s.decisions, func(d *document) bool { return d.number() == ref })
			if i < 0 {
				return "there is no RFD " + ref
			}
			if _, ok := s.decisions[i].at(date); !ok {
				return "there is no RFD " + ref + " yet"
			}
		}
	}
	return ""
}

func TestChronicled(t *testing.T) {
	const src = "a\nb   #@ 2024-01-02..2024-03-01\n#@ 2024-02-01.. {\nc\nd   #@ ..2024-03-01\n#@ }\ne   #@ now..\n"
	c, err := parseChronicled("test", src)
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{
		"2024-01-01": "a ", "2024-01-02": "a b ", "2024-02-01": "a b c d ", "2024-03-01": "a c ", "now": "a c e ",
	} {
		if got := strings.ReplaceAll(c.at(date), "\n", " "); got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
	for _, bad := range []string{"#@ }", "#@ 2024-01-01.. {\na", "a   #@ 2024-01-01"} {
		if _, err := parseChronicled("test", bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestTree(t *testing.T) {
	files := map[string][]byte{"a": []byte("1"), "b/c/d": []byte("22"), "b/e": nil, "b/c/f": []byte("22")}
	tree := treeOf(files)
	if err := fstest.TestFS(tree, "a", "b/c/d", "b/e", "b/c/f"); err != nil {
		t.Error(err)
	}
	d, _ := tree.ContentID("b/c/d")
	f, _ := tree.ContentID("b/c/f")
	a, _ := tree.ContentID("a")
	if d != f || a == d {
		t.Errorf("ids do not follow contents: %s", fmt.Sprint(a, d, f))
	}
	if _, ok := tree.ContentID("b"); ok {
		t.Error("a folder has an id")
	}
}
