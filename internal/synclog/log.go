package synclog

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/meeting"
)

// orderGroups puts the files in the log's order, archived groups last.
func (l *Log) orderGroups() {
	byID := map[string]*board.File{}
	var ids []string
	for _, f := range l.Files {
		byID[f.ID()] = f
		ids = append(ids, f.ID())
	}
	files := make([]*board.File, 0, len(ids))
	for _, id := range l.Config.Order(ids) {
		files = append(files, byID[id])
	}
	slices.SortStableFunc(files, func(a, b *board.File) int {
		return cmp.Compare(archived(a), archived(b))
	})
	l.Files = files
	l.groups = make([]board.Group, len(files))
	for i, f := range files {
		l.groups[i] = f.Group()
	}
}

func archived(f *board.File) int {
	if f.Group().Archived != "" {
		return 1
	}
	return 0
}

// notePartial remembers the groups of which items may be missing: their file says
// something that cannot be read, or cannot be read at all.
func (l *Log) notePartial() {
	l.partial = map[string]string{}
	read := map[string]bool{}
	for _, f := range l.Files {
		read[f.Path()] = true
		if f.Partial() {
			l.partial[f.ID()] = f.Path()
		}
	}
	for _, p := range l.Problems {
		if path.Dir(p.Path) == path.Join(l.Dir, "board") && !read[p.Path] {
			l.partial[strings.TrimSuffix(path.Base(p.Path), ".yaml")] = p.Path
		}
	}
}

// Partial tells whether items of a group may be missing, because its file could
// not be read whole: what is not there need not be gone.
func (l *Log) Partial(group string) bool { return l.partial[group] != "" }

// Groups are all groups in the log's order, archived ones last.
func (l *Log) Groups() []board.Group { return l.groups }

// Active are the groups that stand on board and agenda.
func (l *Log) Active() []board.Group {
	for i, g := range l.groups {
		if g.Archived != "" {
			return l.groups[:i]
		}
	}
	return l.groups
}

// File is the board file of a group, by its id or one that it had before.
func (l *Log) File(id string) (*board.File, bool) {
	for i, g := range l.groups {
		if g.ID == id {
			return l.Files[i], true
		}
	}
	for i, g := range l.groups {
		if slices.Contains(g.Formerly, id) {
			return l.Files[i], true
		}
	}
	return nil, false
}

// BoardPath is where the board file of a group lies in the repository.
func (l *Log) BoardPath(id string) string { return path.Join(l.Dir, "board", id+".yaml") }

// Path is where a file of the log lies in the repository.
func (l *Log) Path(elements ...string) string {
	return path.Join(append([]string{l.Dir}, elements...)...)
}

// Main is the architecture, or nil when there is none or it does not compile.
func (l *Log) Main() *diagram.Diagram {
	return l.Diagram(l.Config.DiagramPath(l.Dir))
}

// Diagram is the diagram at a path of the repository, or nil.
func (l *Log) Diagram(path string) *diagram.Diagram {
	for _, d := range l.Diagrams {
		if d.Path == path {
			return d
		}
	}
	return nil
}

// About is the log with one diagram as its architecture and without the others, as
// if it had been written around that one.
func (l *Log) About(d *diagram.Diagram) *Log {
	about := *l
	about.Config.Diagram, about.Diagrams, about.broken = "/"+d.Path, []*diagram.Diagram{d}, nil
	return &about
}

// Broken tells whether the diagram at a path is there but does not compile.
func (l *Log) Broken(path string) bool { _, broken := l.broken[path]; return broken }

// FindComponent finds a component by its absolute key, in any diagram; a key of
// another diagram than the architecture may be written FILE.d2: KEY.
func (l *Log) FindComponent(key string) (diagram.Component, bool) {
	for _, d := range l.Diagrams {
		if c, ok := d.Component(strings.TrimPrefix(key, l.prefix(d))); ok {
			return c, true
		}
	}
	return diagram.Component{}, false
}

// Name is what a component or connection of a diagram is called in the log.
func (l *Log) Name(d *diagram.Diagram, key string) string { return l.prefix(d) + key }

// ComponentRefs are the components of all diagrams, by the references that items and
// decisions name them with, in the diagrams' order.
func (l *Log) ComponentRefs() []string {
	var refs []string
	for _, d := range l.Diagrams {
		for _, c := range d.Components {
			refs = append(refs, l.Name(d, c.ID))
		}
	}
	return refs
}

// prefix is what names of other diagrams than the architecture begin with.
func (l *Log) prefix(d *diagram.Diagram) string {
	if d.Path == l.Config.DiagramPath(l.Dir) {
		return ""
	}
	return path.Base(d.Path) + ": "
}

// FindDecision finds a decision by id, number or path.
func (l *Log) FindDecision(ref string) (decision.Decision, bool) {
	for _, d := range l.Decisions {
		if d.Ref(ref) {
			return d, true
		}
	}
	return decision.Decision{}, false
}

// FindBreakout finds a breakout by id.
func (l *Log) FindBreakout(id string) (meeting.Breakout, bool) {
	for _, b := range l.Breakouts {
		if b.ID == id {
			return b, true
		}
	}
	return meeting.Breakout{}, false
}

// Record is the record of the sync on a date.
func (l *Log) Record(date string) (meeting.Record, bool) {
	for _, r := range l.Records {
		if r.Date == date {
			return r, true
		}
	}
	return meeting.Record{}, false
}

// Late are the active groups that neither checked in nor changed after the sync
// of the given date; changed says which did.
func (l *Log) Late(lastSync string, changed map[string]bool) []board.Group {
	var late []board.Group
	for _, g := range l.Active() {
		if g.CheckedIn <= lastSync && !changed[g.ID] {
			late = append(late, g)
		}
	}
	return late
}

// GroupsOf are the active groups that have a person as lead or member, known by
// name or by mail address, with which capitals does not matter.
func (l *Log) GroupsOf(name, mail string) []board.Group {
	var groups []board.Group
	for _, g := range l.Active() {
		if slices.ContainsFunc(append([]string{g.Lead}, g.Members...), func(person string) bool {
			return IsPerson(person, name, mail)
		}) {
			groups = append(groups, g)
		}
	}
	return groups
}

// PersonName is the name in "Name <mail>", or all of it where there is none.
func PersonName(person string) string {
	name, _, _ := strings.Cut(person, "<")
	return cmp.Or(strings.TrimSpace(name), person)
}

// IsPerson compares "Name <mail>", or either part alone, with a name and an address.
func IsPerson(text, name, mail string) bool {
	said, address, both := strings.Cut(strings.TrimSpace(text), "<")
	said, address = strings.TrimSpace(said), strings.TrimSuffix(strings.TrimSpace(address), ">")
	if !both && strings.Contains(said, "@") && !strings.HasPrefix(said, "@") {
		said, address = "", said
	}
	if address != "" && mail != "" {
		return strings.EqualFold(address, mail)
	}
	return said != "" && strings.EqualFold(said, name)
}
