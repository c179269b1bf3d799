package demo

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
)

// team is a group with its board as it stands.
type team struct {
	board.Group // but for Items, which are in works
	lead        history.Author
	people      []history.Author
	owns        []string    // also what does not exist now
	works       []*work     // on the board, in its order
	told        *groupStory // nil for a generated group
}

// work is an item with what the file does not say.
type work struct {
	board.Item
	touches []string // also what does not exist now
	told    *itemStory
	team    *team
}

// hire makes the groups of the story as they are at first, and gives the ids of
// all its items, so that these do not depend on what else there is.
func (p *player) hire() error {
	random := idSource{rand.New(rand.NewPCG(p.options.Seed, streamIDs))}
	ids := map[string]bool{}
	for _, g := range p.story.groups {
		t := &team{Group: board.Group{ID: g.id}, told: g}
		if err := p.setGroup(t, g.head); err != nil {
			return fmt.Errorf("group %s: %w", g.id, err)
		}
		if p.options.Groups <= 0 || len(p.teams) < p.options.Groups {
			p.teams = append(p.teams, t)
		}
		for _, it := range g.items {
			id, err := board.NewID(random, func(id string) bool { return ids[id] })
			if err != nil {
				return err
			}
			ids[id] = true
			w := &work{Item: board.Item{ID: id, Title: it.title}, told: it, team: t}
			if it.key != "" {
				p.works[it.key] = w
			}
			p.lives[it] = w
		}
	}
	return nil
}

// idSource makes ids out of chance.
type idSource struct{ *rand.Rand }

var _ io.Reader = idSource{}

// Read fills b; it never fails.
func (r idSource) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return len(b), nil
}

// setGroup applies clauses to a group.
func (p *player) setGroup(t *team, cs []clause) error {
	for _, c := range cs {
		switch c.key {
		case "id":
			if t.ID != c.value && t.Name != "" {
				t.Formerly = append(t.Formerly, t.ID)
			}
			t.ID = c.value
		case "name":
			t.Name = c.value
		case "lead":
			who, err := p.story.person(c.value)
			if err != nil {
				return err
			}
			t.lead, t.Lead = who, mailbox(who)
		case "members":
			t.people, t.Members = nil, nil
			for _, short := range c.list() {
				who, err := p.story.person(short)
				if err != nil {
					return err
				}
				t.people, t.Members = append(t.people, who), append(t.Members, mailbox(who))
			}
		case "owns":
			t.owns = c.list()
			p.refer(&t.Owns, t.owns)
		default:
			return fmt.Errorf("unknown key %q", c.key)
		}
	}
	return nil
}

// writeBoard writes the file of a group.
func (p *player) writeBoard(t *team) {
	g := t.Group
	for _, w := range t.works {
		g.Items = append(g.Items, w.Item)
	}
	name := p.path("board", t.ID+".yaml")
	p.write(name, board.New(name, g).Bytes())
}

// event is what one item goes through before a sync.
type event struct {
	work    *work
	chapter chapter
}

// boards is what the groups do to their boards before the sync of a date.
func (p *player) boards(date string) []step {
	events := p.events(date)
	visits := p.generated.visits(events)
	var steps []step
	for _, i := range p.chance.Perm(len(p.teams)) {
		t := p.teams[i]
		steps = append(steps, p.reorganise(t, date)...)
		switch {
		case visits[t] && t.told != nil && p.generated.target == 0:
			steps = append(steps, p.update(t, events[t], date)...)
		case visits[t]:
			steps = append(steps, p.bundle(t, t.lead, events[t], true))
		}
	}
	return steps
}

// events are the chapters of the story's items, by the group that has them now.
func (p *player) events(date string) map[*team][]event {
	events := map[*team][]event{}
	for _, t := range p.teams {
		if t.told == nil {
			continue
		}
		for _, it := range t.told.items {
			if c, ok := it.chapterAt(date); ok {
				w := p.lives[it]
				events[w.team] = append(events[w.team], event{w, c})
			}
		}
	}
	return events
}

// reorganise changes the group itself, when the story does.
func (p *player) reorganise(t *team, date string) []step {
	if t.told == nil || t.told.changes[date] == nil {
		return nil
	}
	return []step{{t.lead, func(string) string {
		before := t.Group
		if err := p.setGroup(t, t.told.changes[date]); err != nil {
			panic("demo: internal error: " + err.Error())
		}
		message := t.ID + ": " + changedGroup(before, t.Group)
		if before.ID != t.ID {
			message = fmt.Sprintf("Rename the group %s to %s", before.ID, t.ID)
			p.remove(p.path("board", before.ID+".yaml"))
			p.writeConfig()
		}
		p.writeBoard(t)
		return message
	}}}
}

func changedGroup(before, after board.Group) string {
	switch {
	case before.Lead != after.Lead:
		name, _, _ := strings.Cut(after.Lead, " <")
		return "the lead is " + name + " from now on"
	case !slices.Equal(before.Members, after.Members):
		return "who is in the group"
	}
	return "what we own"
}

// update is what a group of the story does before a sync: one commit for each of
// one or two events, by whoever does the work; one of the lead's for more; a mere
// check-in for none.
func (p *player) update(t *team, events []event, date string) []step {
	checkIn := !slices.Contains(t.told.skips, date) && (date != nowDate || len(events) > 0)
	first := p.date == storyFirst || len(t.works) == 0
	var steps []step
	for len(events) > 0 && len(events) <= 2 && !first {
		e := events[0]
		events = events[1:]
		if len(events) == 0 {
			return append(steps, p.bundle(t, p.doer(t, e), []event{e}, checkIn))
		}
		steps = append(steps, p.bundle(t, p.doer(t, e), []event{e}, false))
	}
	if len(events) == 0 && !checkIn {
		return steps
	}
	return append(steps, p.bundle(t, t.lead, events, checkIn))
}

// doer is the owner of an item if the group has them, else the lead.
func (p *player) doer(t *team, e event) history.Author {
	owner := e.work.Owner
	for _, c := range e.chapter.clauses {
		if c.key == "owner" {
			owner = p.story.people[c.value].Name
		}
	}
	for _, who := range t.people {
		if who.Name == owner {
			return who
		}
	}
	return t.lead
}

// bundle is one commit to a board: events of the story, what is generated, and
// the check-in.
func (p *player) bundle(t *team, who history.Author, events []event, checkIn bool) step {
	return step{who, func(day string) string {
		first := t.CheckedIn == "" && len(t.works) == 0
		var said []string
		note := ""
		for _, e := range events {
			said = append(said, p.live(e, day))
			note = e.work.Note
		}
		said = append(said, p.generated.work(t, day)...)
		if checkIn {
			t.CheckedIn = day
		}
		p.writeBoard(t)
		return p.boardMessage(t, said, note, first)
	}}
}

func (p *player) boardMessage(t *team, said []string, note string, first bool) string {
	until := "before " + p.date
	if p.date == nowDate {
		until = "after the sync"
	}
	switch {
	case first:
		return t.ID + ": first board"
	case len(said) == 0:
		return t.ID + ": check in " + until
	case len(said) == 1 && note != "":
		return t.ID + ": " + said[0] + "\n\n" + note
	case len(said) == 1:
		return t.ID + ": " + said[0]
	}
	return t.ID + ": update " + until + "\n\n- " + strings.Join(said, "\n- ")
}

// live lets an item go through a chapter on a day and says what happened.
func (p *player) live(e event, day string) string {
	w, before := e.work, e.work.Item
	if before.Status == "" {
		w.team.works = append(w.team.works, w)
	}
	w.Note = ""
	if e.chapter.status == "" {
		w.Note = before.Note
	} else {
		w.Status, w.Since, w.BlockedBy = e.chapter.status, day, nil
	}
	for _, c := range e.chapter.clauses {
		p.set(w, c)
	}
	return happened(before, w.Item, e.chapter)
}

// set applies one clause to an item.
func (p *player) set(w *work, c clause) {
	switch c.key {
	case "owner":
		w.Owner = p.story.people[c.value].Name
	case "due":
		w.Due = c.value
	case "plan":
		w.Plan = c.value
	case "note":
		w.Note = c.value
	case "touches":
		w.touches = c.list()
		p.refer(&w.Touches, w.touches)
	case "decisions":
		w.Decisions = p.decisionIDs(c.list())
	case "by":
		w.BlockedBy = p.blockers(c.list())
	case "to":
		p.regroup(w, c.value)
	default:
		panic(fmt.Sprintf("demo: internal error: %s: unknown key %q", w.Title, c.key))
	}
}

// blockers are what blocks an item; an item that is not on a board is named by
// its title.
func (p *player) blockers(refs []string) []string {
	by := slices.Clone(refs)
	for i, ref := range refs {
		key, ok := strings.CutPrefix(ref, "#")
		if !ok {
			continue
		}
		if w := p.works[key]; slices.Contains(w.team.works, w) {
			by[i] = w.ID
		} else {
			by[i] = w.Title
		}
	}
	return by
}

// regroup hands an item to another group, if that exists.
func (p *player) regroup(w *work, to string) {
	i := slices.IndexFunc(p.teams, func(t *team) bool { return t.ID == to })
	if i < 0 {
		return
	}
	from := w.team
	from.works = slices.DeleteFunc(from.works, func(o *work) bool { return o == w })
	w.team = p.teams[i]
	w.team.works = append(w.team.works, w)
	p.writeBoard(w.team)
}

// happened says in words what a chapter did, for the commit's message.
func happened(before, after board.Item, c chapter) string {
	title := fmt.Sprintf("%q", after.Title)
	if to := slices.IndexFunc(c.clauses, func(c clause) bool { return c.key == "to" }); to >= 0 {
		return "hand " + title + " to " + c.clauses[to].value
	}
	switch after.Status {
	case before.Status:
		if before.Due != after.Due {
			return "move " + title + " to " + after.Due
		}
		if before.Note != after.Note {
			return "a word on " + title
		}
		return "update " + title
	case board.Ongoing:
		if before.Status == board.Blocked {
			return "resume " + title
		}
		return "start " + title
	}
	return map[board.Status]string{board.Planned: "plan ", board.Blocked: "block ", board.Done: "finish ", board.Dropped: "drop "}[after.Status] + title
}
