package synclog

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// breakoutIDLength bounds the ids that are made of topics: they are names of files.
const breakoutIDLength = 48

// OpenBreakout takes a topic out of a sync: a new file, open, with an id made of the
// topic where b has none. It fails for a topic that says nothing.
func OpenBreakout(l *Log, b meeting.Breakout) (Edit, meeting.Breakout, error) {
	b.Topic = strings.TrimSpace(b.Topic)
	if b.Topic == "" {
		return Edit{}, b, problem.Problem{What: "a breakout needs a topic", Hint: "say in a few words what is to be discussed"}
	}
	b.ID = l.freeBreakout(cmp.Or(b.ID, breakoutIDOf(b.Topic)))
	b.Path = l.Path(meeting.BreakoutPath(b.ID))
	b.State = meeting.Open
	src, err := b.Bytes()
	if err != nil {
		return Edit{}, b, fmt.Errorf("write the breakout %q: %w", b.Topic, err)
	}
	return Edit{
		Summary: fmt.Sprintf("%s: take out %q", cmp.Or(b.Group, "breakouts"), b.Topic),
		Files:   []FileEdit{{Path: b.Path, After: src}},
	}, b, nil
}

// breakoutIDOf is a file's name made of a topic: its first words.
func breakoutIDOf(topic string) string {
	id := strings.ReplaceAll(groupIDOf(topic), "_", "-")
	if len(id) > breakoutIDLength {
		id = id[:breakoutIDLength]
		if cut := strings.LastIndexByte(id, '-'); cut > 0 {
			id = id[:cut]
		}
	}
	return cmp.Or(strings.Trim(id, "-"), "breakout")
}

// freeBreakout is the id, or with a number behind it one that no breakout has.
func (l *Log) freeBreakout(id string) string {
	free := id
	for n := 2; slices.ContainsFunc(l.Breakouts, func(b meeting.Breakout) bool { return path.Base(b.Path) == free+".md" }); n++ {
		free = fmt.Sprintf("%s-%d", id, n)
	}
	return free
}

// Concerned are the people to ask about items and components of a group, each once:
// the owners of the items, the leads of the groups that own the components or have
// open work on them, then the group's own lead. Items are named by id, components and
// connections by reference.
func (l *Log) Concerned(group string, items, components []string) []string {
	var people []string
	add := func(person string) {
		if person != "" && !slices.Contains(people, person) {
			people = append(people, person)
		}
	}
	for _, id := range items {
		if _, it, err := l.Find(id); err == nil && it.ID == id {
			add(it.Owner)
		}
	}
	for _, g := range l.Active() {
		if l.worksOn(g, components) {
			add(g.Lead)
		}
	}
	if f, ok := l.File(group); ok {
		add(f.Group().Lead)
	}
	return people
}

// worksOn tells whether a group owns one of the components, or something around or in
// it, or has open items that touch one.
func (l *Log) worksOn(g board.Group, components []string) bool {
	refs := slices.Clone(g.Owns)
	for _, it := range g.Items {
		if !it.Status.Closed() {
			refs = append(refs, it.Touches...)
		}
	}
	return slices.ContainsFunc(components, func(c string) bool {
		return slices.ContainsFunc(refs, func(ref string) bool {
			return ref == c || strings.HasPrefix(c, ref+".") || strings.HasPrefix(ref, c+".")
		})
	})
}
