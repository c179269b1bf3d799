package tui

import (
	"cmp"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// scene is the log at the cursor beside the log at the base: everything that the
// screens draw, computed once. It does not change.
type scene struct {
	key    sceneKey
	log    *synclog.Log
	before *synclog.Log // nil where there is no base
	today  string       // the cursor's date
	diff   synclog.Difference
	lanes  []lane
	trees  []tree
	rows   map[string]*row // every row of the board by its item's id
}

// lane is a group with its work.
type lane struct {
	group board.Group
	rows  []row
	ghost bool // the group is no longer on the board
	late  bool // it neither checked in nor changed after the last sync
	marks change.Counts

	unread []problem.Problem // why its file could not be read whole: what is missing need not be gone
}

// is tells whether the lane's group has an id, or had it before.
func (l lane) is(id string) bool { return l.group.ID == id || slices.Contains(l.group.Formerly, id) }

// row is an item on the board, or the ghost of one.
type row struct {
	item    *board.Item
	was     *board.Item // at the base; nil where it is new or there is no base
	group   string
	changes []change.Change
	mark    change.Kind // "" where nothing differs
	ghost   bool
	slipped bool
}

// tree is a diagram as lines, with what happened to it.
type tree struct {
	path    string
	nodes   []diagram.Node
	scene   picture.Scene     // to be drawn; without After there is nothing to draw
	diagram *diagram.Diagram  // whose text is shown; nil where none compiled
	errors  []problem.Problem // why it does not compile; then the diagram is an older one
}

// parent is the line that line i stands in: a container, a layer, or the component
// that a connection starts from. It is -1 at the top.
func (t *tree) parent(i int) int {
	for j := i - 1; j >= 0; j-- {
		if t.nodes[j].Depth < t.nodes[i].Depth {
			return j
		}
	}
	return -1
}

// sceneInput is what a scene is made of.
type sceneInput struct {
	key         sceneKey
	log, before *synclog.Log
	lastSync    *synclog.Log     // where the cursor is now: what being late is measured by
	lastDate    string           // its date
	today       string           // the cursor's date
	lastGood    *diagram.Diagram // the architecture when it last compiled, if that is known
}

func newScene(in sceneInput) *scene {
	s := &scene{key: in.key, log: in.log, before: in.before, today: in.today}
	if in.before != nil {
		s.diff = synclog.Diff(in.before, in.log)
	}
	s.buildLanes(in)
	s.buildTrees(in.lastGood)
	return s
}

func (s *scene) buildLanes(in sceneInput) {
	changes := map[string][]change.Change{}
	for _, c := range s.diff.Items {
		changes[c.Subject] = append(changes[c.Subject], c)
	}
	was := itemsOf(in.before)
	for _, g := range s.log.Active() {
		s.lanes = append(s.lanes, lane{group: g, rows: s.laneRows(g, changes, was)})
	}
	s.addGhosts(changes)
	s.noteUnread(in)
	late := lateGroups(in)
	s.rows = map[string]*row{}
	for i := range s.lanes {
		l := &s.lanes[i]
		l.late = late[l.group.ID] && len(l.unread) == 0
		slices.SortStableFunc(l.rows, func(a, b row) int {
			return cmp.Compare(statusRank(a.item.Status), statusRank(b.item.Status))
		})
		for j := range l.rows {
			if r := &l.rows[j]; s.rows[r.item.ID] == nil {
				s.rows[r.item.ID] = r
			}
		}
		l.marks = countRows(l.rows)
	}
}

// itemsOf finds items by id, across all groups.
func itemsOf(l *synclog.Log) map[string]*board.Item {
	items := map[string]*board.Item{}
	if l == nil {
		return items
	}
	for _, g := range l.Groups() {
		for i := range g.Items {
			if it := &g.Items[i]; items[it.ID] == nil {
				items[it.ID] = it
			}
		}
	}
	return items
}

func (s *scene) laneRows(g board.Group, changes map[string][]change.Change, was map[string]*board.Item) []row {
	rows := make([]row, len(g.Items))
	for i := range g.Items {
		it := &g.Items[i]
		rows[i] = row{
			item: it, was: was[it.ID], group: g.ID,
			changes: changes[it.ID], mark: strongest(changes[it.ID]),
			slipped: it.Slipped(was[it.ID], s.today),
		}
	}
	return rows
}

// noteUnread marks the groups whose files could not be read whole. One of which
// nothing could be read keeps its place on the board, and its name, by what it was
// before.
func (s *scene) noteUnread(in sceneInput) {
	for _, l := range []*synclog.Log{in.before, in.lastSync} {
		if l == nil {
			continue
		}
		for _, g := range l.Active() {
			if s.log.Partial(g.ID) {
				s.keepLane(g)
			}
		}
	}
	for i := range s.lanes {
		if l := &s.lanes[i]; s.log.Partial(l.group.ID) {
			file := s.log.BoardPath(l.group.ID)
			l.unread = slices.DeleteFunc(slices.Clone(s.log.Problems), func(p problem.Problem) bool { return p.Path != file })
		}
	}
}

func (s *scene) keepLane(was board.Group) {
	i := slices.IndexFunc(s.lanes, func(l lane) bool { return l.is(was.ID) })
	if i < 0 {
		s.lanes = append(s.lanes, lane{group: was})
		return
	}
	s.lanes[i].ghost = false
	s.lanes[i].group.Name = cmp.Or(s.lanes[i].group.Name, was.Name)
}

// addGhosts puts what is gone where it stood: behind the item that stood before it.
func (s *scene) addGhosts(changes map[string][]change.Change) {
	if s.before == nil {
		return
	}
	for _, g := range s.before.Groups() {
		previous := ""
		for i := range g.Items {
			it := &g.Items[i]
			if cs := changes[it.ID]; strongest(cs) == change.Removed {
				s.addGhost(g, row{item: it, was: it, group: g.ID, changes: cs, mark: change.Removed, ghost: true}, previous)
			}
			previous = it.ID
		}
	}
}

func (s *scene) addGhost(g board.Group, ghost row, behind string) {
	l := s.ghostLane(g)
	at := slices.IndexFunc(l.rows, func(r row) bool { return r.item.ID == behind })
	l.rows = slices.Insert(l.rows, at+1, ghost)
}

// ghostLane is the lane of a group of the base: under the name that it has now, or
// a ghost itself.
func (s *scene) ghostLane(g board.Group) *lane {
	for i := range s.lanes {
		if l := &s.lanes[i]; l.is(g.ID) {
			return l
		}
	}
	s.lanes = append(s.lanes, lane{group: g, ghost: true})
	return &s.lanes[len(s.lanes)-1]
}

// lateGroups are those that did nothing since the last sync; nobody is late in
// the past.
func lateGroups(in sceneInput) map[string]bool {
	late := map[string]bool{}
	if in.lastSync == nil {
		return late
	}
	changed := map[string]bool{}
	for _, c := range board.Diff(in.lastSync.Groups(), in.log.Groups()) {
		changed[c.Place] = changed[c.Place] || c.Kind != change.Removed
	}
	for _, g := range in.log.Late(in.lastDate, changed) {
		late[g.ID] = true
	}
	return late
}

// statusRank is the order of statuses on the screen: what is worked on comes first.
func statusRank(s board.Status) int {
	return slices.Index(shownStatuses(), s)
}

func shownStatuses() []board.Status {
	return []board.Status{board.Ongoing, board.Blocked, board.Planned, board.Done, board.Dropped}
}

func countRows(rows []row) change.Counts {
	var n change.Counts
	for _, r := range rows {
		switch r.mark {
		case change.Added:
			n.Added++
		case change.Removed:
			n.Removed++
		case change.Changed:
			n.Changed++
		case change.Renamed:
			n.Renamed++
		case change.Moved:
			n.Moved++
		}
	}
	return n
}

// strongest is the kind under which a subject with several changes is marked.
func strongest(cs []change.Change) change.Kind {
	for _, k := range []change.Kind{change.Moved, change.Renamed, change.Added, change.Removed, change.Changed} {
		if slices.ContainsFunc(cs, func(c change.Change) bool { return c.Kind == k }) {
			return k
		}
	}
	return ""
}

// buildTrees makes a tree of every diagram, the architecture first. One that does
// not compile is shown as it last did, with its errors.
func (s *scene) buildTrees(lastGood *diagram.Diagram) {
	main := s.log.Config.DiagramPath(s.log.Dir)
	t := tree{path: main, diagram: s.log.Main()}
	before := diagramAt(s.before, s.mainBefore())
	if s.log.Broken(main) {
		t.errors = slices.DeleteFunc(slices.Clone(s.log.Problems), func(p problem.Problem) bool { return p.Path != main })
		if t.diagram = lastGood; t.diagram == nil {
			t.diagram = before
		}
	}
	t.compare(s.before != nil, before)
	s.trees = append(s.trees, t)
	for _, d := range s.log.Diagrams {
		if d.Path != main {
			t := tree{path: d.Path, diagram: d}
			t.compare(s.before != nil, diagramAt(s.before, d.Path))
			s.trees = append(s.trees, t)
		}
	}
}

func (s *scene) mainBefore() string {
	if s.before == nil {
		return ""
	}
	return s.before.Config.DiagramPath(s.before.Dir)
}

func diagramAt(l *synclog.Log, path string) *diagram.Diagram {
	if l == nil {
		return nil
	}
	return l.Diagram(path)
}

// compare makes lines and drawing of a diagram; where there is a base, of what differs.
func (t *tree) compare(based bool, before *diagram.Diagram) {
	switch {
	case t.diagram == nil && before == nil:
		return
	case !based || t.diagram == before:
		t.nodes, t.scene = t.diagram.Tree(), picture.Of(t.diagram)
		return
	}
	t.scene = picture.Between(before, t.diagram)
	t.nodes = diagram.TreeDiff(before, t.diagram, t.scene.Diff)
	if len(t.scene.Diff.All()) == 0 && t.diagram != nil {
		t.scene = picture.Of(t.diagram)
	}
}
