package tui

import (
	"cmp"
	"iter"
	"path"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// treeFrom is the width from which the details stand beside the tree.
const treeFrom = 76

// archScreen is the architecture, drawn or as a tree, and the text of what is
// selected. Both have one selection: a line of the tree.
type archScreen struct {
	id     string // of the line that is wanted
	row    int
	folded map[string]bool // containers whose inside the tree hides
	open   bool
	scroll int

	asTree      bool
	path, layer string // of the diagram that is drawn; "" for the architecture, its root
	zoom        picture.Zoom
	zoomed      bool            // zoom was chosen; else it is what fits
	folds       map[string]bool // containers that were folded (true) or opened by hand
	focus       string          // a component that is drawn with its neighbours only
	depth       int             // how many connections away they may be
	seen        *sketch         // the drawing that is on the screen, which may be of a moment before
	eyeX, eyeY  int             // the upper left of the window on it
	drag        drag
}

// archRow is a line of the tree that is shown.
type archRow struct {
	tree *tree
	node *diagram.Node // nil for the name of a diagram
	at   int           // its position in the tree
}

func (r archRow) id() string {
	if r.node == nil {
		return r.tree.path
	}
	return r.tree.path + " " + string(r.node.Kind) + " " + r.node.ID
}

// from is, of a connection, the component that it is written from.
func (r archRow) from() string {
	if r.node == nil || r.node.Kind != diagram.ConnectionNode {
		return ""
	}
	if i := r.tree.parent(r.at); i >= 0 {
		return r.tree.nodes[i].ID
	}
	return ""
}

func (a *archScreen) title() string { return "Architecture" }

func (a *archScreen) keymap() keymap {
	return keymap{"Architecture", []binding{
		{keys: []string{"left", "h"}, shown: "← h", what: "select the nearest box to the left; in the tree fold the container, or go to the one around it", do: func(m *Model) tea.Cmd { return m.arch.sideways(m, -1) }},
		{keys: []string{"right", "l"}, shown: "→ l", what: "select the nearest box to the right; in the tree unfold the container", do: func(m *Model) tea.Cmd { return m.arch.sideways(m, 1) }},
		{keys: []string{"shift+left", "H"}, shown: "⇧← H", what: "move the picture: look to the left (or drag it with the mouse)", do: func(m *Model) tea.Cmd { return m.arch.pan(m, -panX, 0) }},
		{keys: []string{"shift+right", "L"}, shown: "⇧→ L", what: "look to the right", do: func(m *Model) tea.Cmd { return m.arch.pan(m, panX, 0) }},
		{keys: []string{"shift+up", "K"}, shown: "⇧↑ K", what: "look up", do: func(m *Model) tea.Cmd { return m.arch.pan(m, 0, -panY) }},
		{keys: []string{"shift+down", "J"}, shown: "⇧↓ J", what: "look down", do: func(m *Model) tea.Cmd { return m.arch.pan(m, 0, panY) }},
		{keys: []string{"+", "="}, shown: "+", what: "nearer: from outline to containers to everything", short: "nearer", do: func(m *Model) tea.Cmd { return m.arch.zoomBy(m, -1) }, why: (*Model).noPicture},
		{keys: []string{"-"}, what: "farther away", short: "farther", do: func(m *Model) tea.Cmd { return m.arch.zoomBy(m, 1) }, why: (*Model).noPicture},
		{keys: []string{"z"}, what: "focus: the component with its neighbours; again for theirs, up to three steps", short: "focus", do: func(m *Model) tea.Cmd { return m.arch.focusOn(m) }, why: (*Model).noPicture},
		{keys: []string{" "}, shown: "space", what: "fold the container, or open a folded one", short: "fold", do: func(m *Model) tea.Cmd { return m.arch.foldHere(m) }, why: (*Model).noArchitecture},
		{keys: []string{"0"}, what: "zoom, focus and folds as at first", do: func(m *Model) tea.Cmd { return m.arch.asAtFirst(m) }},
		{keys: []string{"t"}, what: "the tree instead of the picture, and back", short: "tree", now: (*Model).otherForm, do: func(m *Model) tea.Cmd { return m.arch.toggleTree(m) }, why: (*Model).noArchitecture},
		{keys: []string{"v"}, what: "the next layer or diagram", do: func(m *Model) tea.Cmd { return m.arch.nextView(m) }, why: (*Model).noOtherView},
		{keys: []string{"enter", "tab"}, shown: "enter", what: "open the text of what is selected; again to close it", short: "open", now: closes(func(m *Model) bool { return m.arch.open }), do: func(m *Model) tea.Cmd { return m.arch.toggle(m) }},
		{keys: []string{"E"}, what: "edit the diagram in $EDITOR, at the line", short: "edit D2", do: (*Model).editDiagram, why: (*Model).noLiveDiagram},
		{keys: []string{"o"}, what: "open the component's link", do: (*Model).openComponentLink},
	}}
}

// noArchitecture is why there is nothing to look at.
func (m *Model) noArchitecture() string {
	switch {
	case m.scene == nil:
		return "the log is still being read"
	case m.arch.treeOf(m.scene).scene.After == nil:
		return "there is no architecture"
	}
	return ""
}

// noPicture is why there is no picture to look at otherwise.
func (m *Model) noPicture() string {
	if why := m.noArchitecture(); why != "" {
		return why
	}
	switch {
	case m.arch.asTree:
		return "this is the tree: t draws the picture"
	case !m.arch.drawable(m.width, m.bodyRows()):
		return "the window is too small for the picture"
	case m.arch.seen == nil:
		return "the picture is still being drawn"
	}
	return ""
}

// otherForm is what t leads to.
func (m *Model) otherForm() string {
	if m.arch.asTree {
		return "picture"
	}
	return ""
}

// sideways goes left or right.
func (a *archScreen) sideways(m *Model, dx int) tea.Cmd {
	switch {
	case a.pictured(m):
		return a.step(m, dx, 0)
	case dx < 0:
		return a.fold(m)
	}
	return a.unfold(m)
}

// allRows are the lines of every diagram, folded or not.
func (a *archScreen) allRows(m *Model) []archRow { return slices.Collect(a.everyRow(m)) }

func (a *archScreen) everyRow(m *Model) iter.Seq[archRow] {
	return func(yield func(archRow) bool) {
		if m.scene == nil {
			return
		}
		for i := range m.scene.trees {
			if !a.eachOf(m, &m.scene.trees[i], yield) {
				return
			}
		}
	}
}

// eachOf gives the lines of a diagram, and tells whether more are wanted.
func (a *archScreen) eachOf(m *Model, t *tree, yield func(archRow) bool) bool {
	if len(t.nodes) == 0 && len(t.errors) == 0 {
		return true
	}
	if !yield(archRow{tree: t}) {
		return false
	}
	var keep []bool
	if !a.drawnFor(m) { // the picture shows what passes among all else
		keep = m.filter.nodes(m.scene, t)
	}
	for i := range t.nodes {
		if keep != nil && !keep[i] {
			continue
		}
		if !yield(archRow{t, &t.nodes[i], i}) {
			return false
		}
	}
	return true
}

// rows leaves out what is folded away.
func (a *archScreen) rows(m *Model) []archRow { return slices.Collect(a.shownRows(m)) }

func (a *archScreen) shownRows(m *Model) iter.Seq[archRow] {
	return func(yield func(archRow) bool) {
		hidden := -1 // what is deeper than this is folded away
		for r := range a.everyRow(m) {
			if r.node == nil || (hidden >= 0 && r.node.Depth <= hidden) {
				hidden = -1
			}
			if hidden >= 0 {
				continue
			}
			if !yield(r) {
				return
			}
			if r.node != nil && a.isFolded(r) {
				hidden = r.node.Depth
			}
		}
	}
}

func (a *archScreen) isFolded(r archRow) bool { return len(a.folded) > 0 && a.folded[r.id()] }

func (a *archScreen) selected(m *Model) (archRow, bool) {
	i := 0
	for r := range a.shownRows(m) {
		if i == a.row {
			return r, true
		}
		i++
	}
	return archRow{}, false
}

// selectNode selects a component or connection of a diagram, whether the tree shows it
// or not.
func (a *archScreen) selectNode(m *Model, path, id string) bool {
	all := a.allRows(m)
	at := slices.IndexFunc(all, func(r archRow) bool {
		return r.tree.path == path && r.node != nil && r.node.Kind != diagram.LayerNode && r.node.ID == id
	})
	if at < 0 {
		return false
	}
	a.reveal(all, at)
	a.id, a.scroll = all[at].id(), 0
	a.settle(m)
	return true
}

// settle finds the wanted line again after the tree changed.
func (a *archScreen) settle(m *Model) {
	rows := a.rows(m)
	if i := slices.IndexFunc(rows, func(r archRow) bool { return r.id() == a.id }); i >= 0 {
		a.row = i
		return
	}
	a.row = min(max(a.row, 0), max(len(rows)-1, 0))
	if a.id == "" && len(rows) > 0 {
		a.id = rows[a.row].id()
	}
}

func (a *archScreen) move(m *Model, by int) {
	if a.open {
		a.scroll = max(a.scroll+by, 0)
		return
	}
	if a.pictured(m) {
		a.moveDrawn(m, by)
		return
	}
	if rows := a.rows(m); len(rows) > 0 {
		a.row = min(max(a.row+by, 0), len(rows)-1)
		a.id, a.scroll = rows[a.row].id(), 0
	}
}

// moveDrawn is move in the picture: a line is a box, a page a page.
func (a *archScreen) moveDrawn(m *Model, by int) {
	switch _, h := a.paneSize(m, m.scene); {
	case by == 1 || by == -1:
		a.step(m, 0, by)
	case by == m.page() || by == -m.page():
		a.pan(m, 0, by/max(m.page(), 1)*h)
	default:
		a.pan(m, by, by)
	}
}

// change selects the next line that differs from the base, unfolding what is
// around it.
func (a *archScreen) change(m *Model, dir int) {
	if a.pictured(m) {
		a.changeDrawn(m, dir)
		return
	}
	all := a.allRows(m)
	from := slices.IndexFunc(all, func(r archRow) bool { return r.id() == a.id })
	n := len(all)
	for i := range all {
		at := ((from+dir*(i+1))%n + n) % n
		if all[at].node != nil && all[at].node.Mark != "" {
			a.reveal(all, at)
			a.id, a.scroll = all[at].id(), 0
			a.settle(m)
			return
		}
	}
	m.say(roleMuted, "nothing in the architecture differs from "+m.name(m.base()))
}

// reveal unfolds what the line at stands in.
func (a *archScreen) reveal(all []archRow, at int) {
	depth := all[at].node.Depth
	for i := at - 1; i >= 0 && depth > 0 && all[i].node != nil; i-- {
		if all[i].node.Depth < depth {
			depth = all[i].node.Depth
			delete(a.folded, all[i].id())
		}
	}
}

// goTo selects a component of the architecture, and opens what it is folded away in.
func (a *archScreen) goTo(m *Model, path, id string) tea.Cmd {
	i := slices.IndexFunc(m.scene.trees, func(t tree) bool { return t.path == path })
	if i < 0 || !a.selectNode(m, path, id) {
		return nil
	}
	a.uncover(m, &m.scene.trees[i], id)
	if a.seen != nil {
		a.point(a.seen.canvas.Reveal(a.window(m), a.drawnID(m)))
	}
	return m.draw()
}

func (a *archScreen) toggle(m *Model) tea.Cmd {
	_, ok := a.selected(m)
	a.open, a.scroll = !a.open && ok, 0
	return nil
}

func (a *archScreen) fold(m *Model) tea.Cmd {
	r, ok := a.selected(m)
	if !ok || r.node == nil {
		return nil
	}
	rows := a.rows(m)
	inside := a.row+1 < len(rows) && rows[a.row+1].node != nil && rows[a.row+1].node.Depth > r.node.Depth
	if inside {
		if a.folded == nil {
			a.folded = map[string]bool{}
		}
		a.folded[r.id()] = true
		return nil
	}
	for i := a.row - 1; i >= 0 && rows[i].node != nil; i-- {
		if rows[i].node.Depth < r.node.Depth {
			a.move(m, i-a.row)
			return nil
		}
	}
	return nil
}

func (a *archScreen) unfold(m *Model) tea.Cmd {
	if r, ok := a.selected(m); ok {
		delete(a.folded, r.id())
	}
	return nil
}

// selection is the D2 text of the component, or the connection's line.
func (a *archScreen) selection(m *Model) string {
	r, ok := a.selected(m)
	if !ok || r.node == nil {
		return ""
	}
	if text := strings.Join(definition(r.tree.diagram, placeOf(m.scene, r)), "\n"); text != "" {
		return text
	}
	return r.node.ID
}

// Drawing.

func (a *archScreen) view(m *Model, w, h int) []line {
	all := a.allRows(m)
	if !slices.ContainsFunc(all, func(r archRow) bool { return r.node != nil || len(r.tree.errors) > 0 }) {
		return centred(m.emptyArchitecture(), w, h)
	}
	if a.drawable(w, h) && a.treeOf(m.scene).scene.After != nil {
		return a.pictureView(m, w, h)
	}
	if w < treeFrom {
		if a.open {
			return scrolled(a.details(m, w), a.scroll, h)
		}
		return a.tree(m, w, h, true)
	}
	side := min(w/2, 90)
	return beside(h,
		pane{a.tree(m, w-side-1, h, false), w - side - 1},
		pane{scrolled(a.details(m, side), a.scroll, h), side})
}

func (m *Model) emptyArchitecture() []line {
	switch {
	case m.filter.active():
		return []line{{say(roleMuted, "Nothing in the architecture passes the filter.")}, nil, {say(roleKey, "f"), say(roleMuted, " changes it, "), say(roleKey, "q"), say(roleMuted, " takes it off")}}
	case !m.isNow():
		return []line{{say(roleMuted, "There was no architecture then.")}}
	}
	at := m.scene.trees[0].path
	return []line{
		{say(roleStrong, "No architecture is drawn yet.")},
		nil,
		{say(roleMuted, "It is a D2 file: "), quote(roleText, at)},
		{say(roleKey, "E"), say(roleMuted, " opens it in your editor")},
	}
}

// tree draws the lines; with the error of a broken diagram on top where it has no
// place beside.
func (a *archScreen) tree(m *Model, w, h int, errorsToo bool) []line {
	var head []line
	if t := m.scene.trees[0]; len(t.errors) > 0 {
		head = append(head, line{say(roleError, " does not compile"), say(roleMuted, "; as it last did:")})
		if errorsToo {
			head = append(head, errorLines(t, w)...)
			head = height(head, min(len(head), max(h/2, 1)))
		}
	}
	rows := a.rows(m)
	lines := make([]line, len(rows))
	for i, r := range rows {
		lines[i] = a.rowLine(r, w, i == a.row)
	}
	return append(head, window(lines, a.row, h-len(head))...)
}

func (a *archScreen) rowLine(r archRow, w int, chosen bool) line {
	l := line{say(roleAccent, bar(chosen))}
	if r.node == nil {
		l = append(l, say(roleText, "  "), quote(roleMuted, path.Base(r.tree.path)), say(roleFaint, treeCounts(r.tree)))
	} else {
		l = append(l, mark(r.node.Mark), say(roleText, " "+strings.Repeat("  ", r.node.Depth)))
		l = append(l, a.nodeLine(r, chosen)...)
	}
	l = l.fit(w)
	if chosen {
		return l.selected()
	}
	return l
}

// treeCounts is how much of a diagram differs, "" where nothing does.
func treeCounts(t *tree) string {
	var all []change.Change
	for _, n := range t.nodes {
		all = append(all, n.Changes...)
	}
	if s := change.Count(all).String(); s != "" {
		return "  " + s
	}
	return ""
}

func (a *archScreen) nodeLine(r archRow, chosen bool) line {
	n := r.node
	name := roleText
	if chosen || n.Container {
		name = roleStrong
	}
	if n.Mark == change.Added || n.Ghost {
		name = markRole(n.Mark)
	}
	var l line
	switch n.Kind {
	case diagram.ConnectionNode:
		if !chosen && name == roleText {
			name = roleMuted
		}
		l = line{say(roleFaint, arrow(n.Arrows)+" "), quote(name, n.Name)}
		if n.Label != "" {
			l = append(l, quote(roleFaint, "  "+n.Label))
		}
	case diagram.LayerNode:
		l = line{quote(roleMuted, n.Name)}
	default:
		l = line{say(roleMuted, a.glyph(r)+" "), quote(name, cmp.Or(n.Label, n.Name))}
		if n.Shape != "" && n.Shape != "rectangle" {
			l = append(l, quote(roleFaint, "  "+n.Shape))
		}
		if a.isFolded(r) {
			l = append(l, say(roleFaint, "  "+itoa(n.Inside)+" inside"))
		}
	}
	if why := nodeReason(n); why != "" {
		l = append(l, quote(markRole(n.Mark), "  "+why))
	}
	return l
}

// glyph tells containers, folded ones and single components apart.
func (a *archScreen) glyph(r archRow) string {
	switch {
	case a.isFolded(r):
		return "▸"
	case r.node.Container:
		return "▾"
	}
	return "▪"
}

func arrow(arrows string) string {
	switch arrows {
	case "->":
		return "→"
	case "<-":
		return "←"
	case "<->":
		return "↔"
	}
	return "—"
}

// nodeReason says in a few words what happened to a line of the tree.
func nodeReason(n *diagram.Node) string {
	for _, c := range n.Changes {
		switch c.Reason {
		case change.ReasonAdded, change.ReasonRemoved:
			return ""
		case change.ReasonRenamed:
			return "was " + change.Text(c.From)
		case change.ReasonMoved:
			return "moved from " + change.Text(c.From)
		default:
			return strings.ReplaceAll(string(c.Reason), "_", " ")
		}
	}
	return ""
}

// errorLines are the errors of a diagram with the line that each is about.
func errorLines(t tree, w int) []line {
	var lines []line
	for _, p := range t.errors {
		p.Path = path.Base(p.Path)
		for _, part := range wrap(plain.Line(p.String()), w-2) {
			lines = append(lines, line{say(roleError, " "+part)})
		}
		if p.Hint != "" {
			lines = append(lines, line{quote(roleMuted, " "+p.Hint)})
		}
	}
	return lines
}

// details are everything about the selected line, w cells wide.
func (a *archScreen) details(m *Model, w int) []line {
	d := detail{width: w}
	if t := m.scene.trees[0]; len(t.errors) > 0 {
		d.add(errorLines(t, w)...)
		d.add(nil)
	}
	r, ok := a.selected(m)
	switch {
	case !ok:
		return d.lines
	case r.node == nil:
		a.overview(m, &d, r.tree)
		return d.lines
	case r.node.Kind == diagram.ConnectionNode:
		a.connectionDetails(m, &d, r)
	case r.node.Kind == diagram.ComponentNode:
		a.componentDetails(m, &d, r)
	default:
		d.title(r.node.Name, a.open)
	}
	d.changes(m, r.node.Changes)
	if !r.node.Ghost {
		d.worth(m.worthOf(r.node.ID))
	}
	if text := definition(r.tree.diagram, placeOf(m.scene, r)); len(text) > 0 {
		d.head("D2")
		for _, l := range text {
			d.add(line{quote(roleText, " "+strings.ReplaceAll(l, "\t", "  "))})
		}
	}
	return d.lines
}

// overview says how large a diagram is, and all that changed in it.
func (a *archScreen) overview(m *Model, d *detail, t *tree) {
	d.title(path.Base(t.path), a.open)
	d.add(nil)
	if t.diagram != nil {
		d.field("is", roleText, plural(len(t.diagram.Components), "component")+", "+plural(len(t.diagram.Connections), "connection"))
	}
	d.field("file", roleMuted, t.path)
	if m.scene.before == nil {
		return
	}
	d.head("Since " + m.name(m.base()))
	before := len(d.lines)
	for _, n := range t.nodes {
		for _, c := range n.Changes {
			words := plain.Line(synclog.Words(c, func(s string) string { return s }))
			d.add(wrapLine(line{say(roleText, " "), mark(c.Kind), say(roleText, " ")}, roleText, words, d.width)...)
		}
	}
	if len(d.lines) == before {
		d.add(line{say(roleText, " nothing changed")})
	}
}

func (a *archScreen) componentDetails(m *Model, d *detail, r archRow) {
	c, ok := componentOf(m.scene, r)
	d.title(cmp.Or(c.Label, r.node.ID), a.open)
	if r.node.Ghost {
		d.add(line{say(roleRemoved, " - no longer there since "+m.name(m.base()))})
	}
	d.add(nil)
	d.field("key", roleText, r.node.ID)
	if !ok {
		return
	}
	d.field("shape", roleText, c.Shape)
	d.field("in", roleText, c.Container)
	d.field("layer", roleText, c.Layer)
	d.field("tooltip", roleText, c.Tooltip)
	d.field("link", roleText, c.Link)
	d.list("content", strings.FieldsFunc(c.Content, func(r rune) bool { return r == '\n' }))
	d.field("owned by", roleText, strings.Join(owners(m.scene, c.ID), ", "))
	a.neighbours(d, r.tree.diagram, c)
	d.touching(m.scene, c.ID)
}

// neighbours lists the connections of a component.
func (a *archScreen) neighbours(d *detail, in *diagram.Diagram, c diagram.Component) {
	if in == nil {
		return
	}
	n := in.Neighbours(c.ID)
	if len(n.In)+len(n.Out) == 0 {
		return
	}
	d.head("Connections")
	for _, e := range n.Out {
		d.add(endLine(arrow(e.Arrows), e.To, e.Label))
	}
	for _, e := range n.In {
		d.add(endLine(arrow(diagram.Turned(e.Arrows)), e.From, e.Label))
	}
}

func endLine(sign, other, label string) line {
	return line{say(roleFaint, " "+sign+" "), quote(roleText, other), quote(roleMuted, "  "+label)}
}

func (a *archScreen) connectionDetails(m *Model, d *detail, r archRow) {
	d.title(r.node.ID, a.open)
	d.add(nil)
	d.field("from", roleText, r.from())
	d.field("to", roleText, r.node.Name)
	d.field("label", roleText, r.node.Label)
	d.touching(m.scene, r.node.ID)
}

// touching lists the items and decisions that name a component or connection.
func (d *detail) touching(s *scene, id string) {
	var items []line
	for _, l := range s.lanes {
		for i := range l.rows {
			if r := &l.rows[i]; !r.ghost && slices.Contains(r.item.Touches, id) {
				glyph, role := statusGlyph(r.item.Status)
				items = append(items, line{say(roleText, " "), say(role, glyph), quote(roleText, " "+r.item.Title), quote(roleMuted, "  "+laneName(l))})
			}
		}
	}
	if len(items) > 0 {
		d.head("Work on it")
		d.add(items...)
	}
	var decisions []line
	for _, dec := range s.log.Decisions {
		if slices.Contains(dec.Touches, id) {
			decisions = append(decisions, line{quote(roleText, " "+cmp.Or(dec.Number, dec.ID)+" "+dec.Title), quote(roleMuted, "  "+dec.State)})
		}
	}
	if len(decisions) > 0 {
		d.head("Decisions")
		d.add(decisions...)
	}
}

// owners are the groups that own a component, or a container around it.
func owners(s *scene, id string) []string {
	var names []string
	for _, l := range s.lanes {
		if ownsComponent(l.group, id) {
			names = append(names, laneName(l))
		}
	}
	return names
}

func ownsComponent(g board.Group, id string) bool {
	return slices.ContainsFunc(g.Owns, func(o string) bool { return id == o || strings.HasPrefix(id, o+".") })
}

// componentOf is the component of a line; of a ghost, as it was.
func componentOf(s *scene, r archRow) (diagram.Component, bool) {
	if r.tree.diagram != nil {
		if c, ok := r.tree.diagram.Component(r.node.ID); ok {
			return c, true
		}
	}
	if s.before == nil {
		return diagram.Component{}, false
	}
	return s.before.FindComponent(r.node.ID)
}

// placeOf is where a line of the tree is written; the zero Place for a ghost.
func placeOf(s *scene, r archRow) diagram.Place {
	if r.tree.diagram == nil || r.node == nil || r.node.Ghost {
		return diagram.Place{}
	}
	if c, ok := r.tree.diagram.Component(r.node.ID); ok {
		return c.Place
	}
	if c, ok := r.tree.diagram.Connection(r.node.ID); ok {
		return c.Place
	}
	return diagram.Place{}
}

// definition is the D2 text at a place, without the indentation it stands in.
func definition(d *diagram.Diagram, at diagram.Place) []string {
	if d == nil || at.Line == 0 {
		return nil
	}
	for _, src := range d.Sources() {
		if src.Path != at.File {
			continue
		}
		all := strings.Split(strings.ReplaceAll(src.Text, "\r\n", "\n"), "\n")
		from, to := min(at.Line-1, len(all)), min(max(at.EndLine, at.Line), len(all))
		return outdent(all[from:to])
	}
	return nil
}

func outdent(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimPrefix(l, indent)
	}
	return out
}

// Verbs.

func (m *Model) noLiveDiagram() string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if m.scene == nil {
		return "the log is still being read"
	}
	return ""
}

// editDiagram opens the D2 file: at the error, at what is selected, or at its top.
func (m *Model) editDiagram() tea.Cmd {
	t := m.scene.trees[0]
	if i := slices.IndexFunc(t.errors, func(p problem.Problem) bool { return p.Line > 0 }); i >= 0 {
		return m.editAt(t.errors[i].Path, t.errors[i].Line)
	}
	r, ok := m.arch.selected(m)
	if !ok {
		return m.editAt(t.path, 1)
	}
	if at := placeOf(m.scene, r); at.Line > 0 {
		return m.editAt(cmp.Or(at.File, r.tree.path), at.Line)
	}
	return m.editAt(r.tree.path, 1)
}

func (m *Model) openComponentLink() tea.Cmd {
	r, ok := m.arch.selected(m)
	if !ok || r.node == nil {
		m.say(roleWarn, "nothing is selected")
		return nil
	}
	c, _ := componentOf(m.scene, r)
	if c.Link == "" {
		return m.openLinks(nil)
	}
	return m.openLinks([]string{c.Link})
}
