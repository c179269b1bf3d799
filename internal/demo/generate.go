package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
)

// generator makes what a scaled past has beside the story: groups, items and
// parts of the architecture. Without scaling it makes nothing.
type generator struct {
	p      *player
	chance *rand.Rand
	ids    map[string]bool

	target  int     // items on a board at a sync; 0 makes none
	changed int     // boards that change from sync to sync
	round   []*team // the order in which boards change
	next    int     // position in round
	cleared []*team // boards that the last clearing changed
	closers int     // boards on which generated items were closed before this sync
	owners  []*team // groups that got a part of the architecture before this sync

	parts []*part // of the architecture, in the order of their coming
	drawn int     // how many syncs changed the diagram
	shown int     // how many parts are there
}

// part is a generated component with the container it lies in.
type part struct {
	componentKind
	area   area
	detail string // the tooltip
}

func (c *part) id() string { return c.area.id + "." + c.componentKind.id }

// spoken is how people call it in a sentence.
func (c *part) spoken() string {
	if c.label == strings.ToUpper(c.label) {
		return c.area.name + " " + c.label
	}
	return c.area.name + " " + strings.ToLower(c.label)
}

func newGenerator(p *player) *generator {
	g := &generator{
		p:      p,
		chance: rand.New(rand.NewPCG(p.options.Seed, streamGenerated)),
		ids:    map[string]bool{},
		target: p.options.ItemsPerGroup,
	}
	for _, w := range p.lives {
		g.ids[w.ID] = true
	}
	told := len(p.teams)
	for n := told; n < p.options.Groups; n++ {
		p.teams = append(p.teams, g.team(n-told))
	}
	if g.target == 0 && len(p.teams) > told {
		g.target = 6
	}
	g.changed = p.options.ChangedGroups
	if g.changed == 0 && len(p.teams) > told {
		g.changed = max(1, len(p.teams)*3/10)
	} else if g.changed == 0 {
		g.changed = told
	}
	g.round = slices.Clone(p.teams)
	g.chance.Shuffle(len(g.round), func(i, j int) { g.round[i], g.round[j] = g.round[j], g.round[i] })
	g.plan()
	return g
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// oneIn is true once in n times.
func (g *generator) oneIn(n int) bool { return g.chance.IntN(n) == 0 }

// team is the n-th generated group.
func (g *generator) team(n int) *team {
	fields := areas()
	id, name := fields[n%len(fields)].id, fields[n%len(fields)].name
	if again := n / len(fields); again > 0 {
		id, name = fmt.Sprintf("%s-%d", id, again+1), fmt.Sprintf("%s %d", name, again+1)
	}
	t := &team{Group: board.Group{ID: id, Name: name}}
	for len(t.people) < 4 {
		first, last := pick(g.chance, firstNames()), pick(g.chance, lastNames())
		who := history.Author{Name: first + " " + last, Mail: strings.ToLower(first + "." + last + "@lumen.example")}
		if slices.Contains(t.people, who) {
			continue
		}
		t.people = append(t.people, who)
		t.Members = append(t.Members, mailbox(who))
	}
	t.lead, t.Lead = t.people[0], t.Members[0]
	return t
}

// visits are the groups that touch their board before the next sync: those with
// events of the story, those whose file the clearing or a new part changed, and as
// many more as it takes.
func (g *generator) visits(events map[*team][]event) map[*team]bool {
	g.closers = 0
	visits := map[*team]bool{}
	for _, t := range g.p.teams {
		if len(events[t]) > 0 || slices.Contains(g.cleared, t) || slices.Contains(g.owners, t) || g.target == 0 || g.p.index == 0 {
			visits[t] = true
		}
	}
	if g.p.date == nowDate && g.target > 0 {
		return visits
	}
	for range g.round {
		if len(visits) >= min(g.changed, len(g.round)) {
			break
		}
		visits[g.round[g.next%len(g.round)]] = true
		g.next++
	}
	return visits
}

// work is what happens to the generated items of a board on a day, in words.
func (g *generator) work(t *team, day string) []string {
	if g.target == 0 {
		return nil
	}
	var said []string
	tell := func(s string) {
		if s != "" {
			said = append(said, s)
		}
	}
	tell(g.resume(t, day))
	if g.closers < g.changed/3 && !g.oneIn(3) {
		g.closers++
		for range 3 + g.chance.IntN(5) {
			tell(g.finish(t, day))
		}
	}
	for range 1 + g.chance.IntN(3) {
		tell(g.slip(t, day))
		tell(g.start(t, day))
	}
	tell(g.block(t, day))
	for g.room(t) {
		tell(g.add(t, day))
	}
	return said
}

// toldItems is about how many items of the story a board has. A group of the
// story makes room for them in the makeRoom syncs before it begins.
const (
	toldItems = 6
	makeRoom  = 26
)

// room tells whether a board takes another generated item.
func (g *generator) room(t *team) bool {
	if t.told == nil || g.p.index < len(g.p.cal.dates)-storySyncs-makeRoom {
		return len(t.works) < g.target
	}
	made := 0
	for _, w := range t.works {
		if w.told == nil {
			made++
		}
	}
	return made < g.target-toldItems
}

// find is the oldest generated item of a board that the test accepts.
func (t *team) find(accept func(*work) bool) *work {
	i := slices.IndexFunc(t.works, func(w *work) bool { return w.told == nil && accept(w) })
	if i < 0 {
		return nil
	}
	return t.works[i]
}

func with(status board.Status) func(*work) bool {
	return func(w *work) bool { return w.Status == status }
}

func (g *generator) move(w *work, to board.Status, day string) {
	w.Status, w.Since, w.BlockedBy, w.Note = to, day, nil, ""
}

func (g *generator) resume(t *team, day string) string {
	w := t.find(with(board.Blocked))
	if w == nil || g.oneIn(3) {
		return ""
	}
	g.move(w, board.Ongoing, day)
	return fmt.Sprintf("resume %q", w.Title)
}

func (g *generator) slip(t *team, day string) string {
	w := t.find(func(w *work) bool { return w.Due < day && !w.Status.Closed() })
	if w == nil {
		return ""
	}
	w.Due = plus(day, 42+7*g.chance.IntN(12))
	if w.Plan != "" {
		w.Plan = planOf(w.Due, g.oneIn(4))
	}
	w.Note = fmt.Sprintf(pick(g.chance, excuses()), 2+g.chance.IntN(40))
	return fmt.Sprintf("move %q to %s", w.Title, w.Due)
}

// finish closes an item and frees those that it blocked.
func (g *generator) finish(t *team, day string) string {
	verb, w, to := "finish", t.find(with(board.Ongoing)), board.Done
	if w == nil || g.oneIn(9) {
		verb, w, to = "drop", t.find(with(board.Planned)), board.Dropped
	}
	if w == nil {
		return ""
	}
	g.move(w, to, day)
	for _, other := range t.works {
		if slices.Contains(other.BlockedBy, w.ID) {
			g.move(other, board.Ongoing, day)
		}
	}
	return fmt.Sprintf("%s %q", verb, w.Title)
}

func (g *generator) start(t *team, day string) string {
	w := t.find(with(board.Planned))
	if w == nil {
		return ""
	}
	g.move(w, board.Ongoing, day)
	return fmt.Sprintf("start %q", w.Title)
}

func (g *generator) block(t *team, day string) string {
	w := t.find(with(board.Ongoing))
	if w == nil || !g.oneIn(3) {
		return ""
	}
	g.move(w, board.Blocked, day)
	w.BlockedBy = []string{g.blocker(t, w)}
	return fmt.Sprintf("block %q", w.Title)
}

// blocker is another item of the board, another group, or a reason in words.
func (g *generator) blocker(t *team, w *work) string {
	if other := t.find(func(o *work) bool { return o != w && !o.Status.Closed() && g.oneIn(4) }); other != nil && g.oneIn(3) {
		return other.ID
	}
	if other := pick(g.chance, g.p.teams); other != t && other.told == nil && g.oneIn(2) {
		return other.ID
	}
	return pick(g.chance, obstacles())
}

// add puts a new item on a board.
func (g *generator) add(t *team, day string) string {
	id, err := board.NewID(idSource{g.chance}, func(id string) bool { return g.ids[id] })
	if err != nil {
		panic("demo: internal error: " + err.Error())
	}
	g.ids[id] = true
	due := plus(day, 56+7*g.chance.IntN(40))
	w := &work{team: t, Item: board.Item{ID: id, Status: board.Planned, Since: day, Due: due, Owner: pick(g.chance, t.people).Name}}
	w.Title, w.touches = g.task(t)
	g.p.refer(&w.Touches, w.touches)
	if g.oneIn(2) {
		w.Plan = planOf(due, g.oneIn(4))
	}
	if g.oneIn(3) {
		w.Status = board.Ongoing
	}
	if g.oneIn(4) {
		w.Note = fmt.Sprintf(pick(g.chance, remarks()), 2+g.chance.IntN(40))
	}
	t.works = append(t.works, w)
	return fmt.Sprintf("plan %q", w.Title)
}

// planOf is the quarter, or the six weeks, in which a date lies.
func planOf(date string, weeks bool) string {
	d := day(date)
	if weeks {
		year, week := d.AddDate(0, 0, -21).ISOWeek()
		return fmt.Sprintf("%d-W%02d+6", year, week)
	}
	return fmt.Sprintf("%d-Q%d", d.Year(), (int(d.Month())+2)/3)
}

// task is a title that no item of the board has, with what it touches.
func (g *generator) task(t *team) (title string, touches []string) {
	for range 20 {
		subject := t.Name
		if owned := g.within(t); len(owned) > 0 {
			touches = []string{pick(g.chance, owned)}
			subject = g.label(touches[0])
		}
		title = fmt.Sprintf(pick(g.chance, tasks()), subject)
		if !slices.ContainsFunc(t.works, func(w *work) bool { return w.Title == title }) {
			break
		}
	}
	return title, touches
}

// within are the components that a group works on: its own, else anybody's that
// are generated.
func (g *generator) within(t *team) []string {
	if len(t.Owns) > 0 {
		return t.Owns
	}
	var all []string
	for _, c := range g.parts[:g.shown] {
		all = append(all, c.id())
	}
	return all
}

// label is how people call a component in a sentence.
func (g *generator) label(id string) string {
	for _, c := range g.parts[:g.shown] {
		if c.id() == id {
			return "the " + c.spoken()
		}
	}
	return id
}
