package tui

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
	"github.com/archsync/archsync/internal/plain"
)

// Sizes from which the architecture is drawn, and from which it has its parts side
// by side. Below it is the tree.
const (
	pictureFrom   = 60
	pictureRows   = 8
	asideFrom     = 120 // the details beside the picture
	asideShare    = 33  // percent of the width
	asideLeast    = 38
	asideMost     = 66
	minimapRows   = 10
	panX, panY    = 8, 4
	farthestDepth = 3
)

// drawable tells whether the picture is what a body of w times h cells shows.
func (a *archScreen) drawable(w, h int) bool {
	return !a.asTree && w >= pictureFrom && h >= pictureRows
}

// pictured tells whether the picture is on the screen, and has the keys.
func (a *archScreen) pictured(m *Model) bool { return a.drawnFor(m) && !a.open }

// drawnFor tells whether there is a picture at the size of the screen.
func (a *archScreen) drawnFor(m *Model) bool {
	return a.drawable(m.width, m.bodyRows()) && a.seen != nil
}

// asideWidth is how wide the details beside the picture are; 0 for none.
func asideWidth(w int) int {
	if w < asideFrom {
		return 0
	}
	return min(max(w*asideShare/100, asideLeast), asideMost)
}

// paneSize is what the picture has of the screen.
func (a *archScreen) paneSize(m *Model, s *scene) (w, h int) {
	w, h = m.width, m.bodyRows()-1 // its heading
	if aside := asideWidth(w); aside > 0 {
		w -= aside + 1
	} else {
		h -= 1 + len(a.brokenLines(s, w)) // what is selected, and errors
	}
	return max(w, 1), max(h, 1)
}

// brokenLines say that the diagram does not compile, and why, where there are no
// details beside it.
func (a *archScreen) brokenLines(s *scene, w int) []line {
	t := a.treeOf(s)
	if len(t.errors) == 0 {
		return nil
	}
	lines := append([]line{{say(roleError, " does not compile"), say(roleMuted, "; as it last did:")}}, errorLines(*t, w)...)
	return lines[:min(len(lines), 4)]
}

// window is what the pane shows of the drawing.
func (a *archScreen) window(m *Model) picture.Rect {
	w, h := a.paneSize(m, m.scene)
	return picture.Rect{X: a.eyeX, Y: a.eyeY, Width: w, Height: h}
}

func (a *archScreen) point(window picture.Rect) { a.eyeX, a.eyeY = window.X, window.Y }

// treeOf is the diagram that is looked at, or the architecture where it is not there.
func (a *archScreen) treeOf(s *scene) *tree {
	i := slices.IndexFunc(s.trees, func(t tree) bool { return t.path == a.path })
	return &s.trees[max(i, 0)]
}

// drawnID is what of the drawing is selected: the selected component or connection,
// or the folded container that it is in; "" for nothing.
func (a *archScreen) drawnID(m *Model) string {
	r, ok := a.selected(m)
	if !ok || r.node == nil || r.tree != a.treeOf(m.scene) || a.seen == nil {
		return ""
	}
	for id := r.node.ID; id != ""; id = r.tree.container(id) {
		if _, drawn := a.seen.canvas.Subject(id); drawn {
			return id
		}
	}
	return ""
}

// pick selects what was drawn for an id, and moves the window so that it shows.
func (a *archScreen) pick(m *Model, id string) bool {
	if !a.selectNode(m, a.treeOf(m.scene).path, id) {
		return false
	}
	if a.seen != nil {
		a.point(a.seen.canvas.Reveal(a.window(m), a.drawnID(m)))
	}
	return true
}

// step selects the nearest box in a direction; where there is none the window moves.
func (a *archScreen) step(m *Model, dx, dy int) tea.Cmd {
	if id, ok := a.seen.canvas.Nearest(a.drawnID(m), dx, dy); ok && a.pick(m, id) {
		return nil
	}
	return a.pan(m, dx*panX, dy*panY)
}

// pan moves the window over the drawing.
func (a *archScreen) pan(m *Model, dx, dy int) tea.Cmd {
	if !a.pictured(m) {
		return nil
	}
	window := a.window(m)
	window.X, window.Y = window.X+dx, window.Y+dy
	a.point(a.seen.canvas.Clamp(window))
	return nil
}

// zoomBy goes to the next level of detail: 1 is farther away.
func (a *archScreen) zoomBy(m *Model, by int) tea.Cmd {
	if a.seen == nil {
		return nil
	}
	levels := []picture.Zoom{picture.All, picture.Merged, picture.Changes, picture.Containers, picture.Outline}
	if a.treeOf(m.scene).scene.Before == nil {
		levels = slices.DeleteFunc(levels, func(z picture.Zoom) bool { return z == picture.Changes })
	}
	now := a.seen.zoom
	if a.zoomed {
		now = a.zoom
	}
	if now == picture.Changes && !slices.Contains(levels, now) {
		now = picture.Containers // nothing changed: it looks the same
	}
	at := slices.Index(levels, now) + by
	if at < 0 || at >= len(levels) {
		m.say(roleMuted, "that is "+zoomName(now)+" already")
		return nil
	}
	a.zoom, a.zoomed, a.folds = levels[at], true, nil
	m.say(roleMuted, zoomName(a.zoom))
	return m.draw()
}

func zoomName(z picture.Zoom) string {
	switch z {
	case picture.All:
		return "everything"
	case picture.Merged:
		return "everything, parallel connections as one"
	case picture.Changes:
		return "what changed, the rest folded"
	case picture.Containers:
		return "containers, folded"
	case picture.Outline:
		return "the outline"
	}
	return ""
}

// asAtFirst forgets zoom, focus and folds.
func (a *archScreen) asAtFirst(m *Model) tea.Cmd {
	a.zoomed, a.zoom, a.focus, a.folds, a.folded = false, 0, "", nil, nil
	return m.draw()
}

// focusOn shows the selected component with its neighbours only; once more goes one
// connection farther, and after the farthest everything is there again.
func (a *archScreen) focusOn(m *Model) tea.Cmd {
	if !a.pictured(m) {
		m.say(roleMuted, "the tree shows the neighbours in the details")
		return nil
	}
	id := a.drawnID(m)
	if ends, _, ok := strings.Cut(id, " "); ok && ends != "" { // of a connection, where it starts
		if c, found := a.treeOf(m.scene).connection(id); found {
			id = c.From
		}
	}
	switch {
	case id == "":
		m.say(roleWarn, "select a component first")
		return nil
	case id != a.focus:
		a.focus, a.depth = id, 1
	case a.depth < farthestDepth:
		a.depth++
	default:
		a.focus = ""
	}
	return m.draw()
}

// foldHere folds the selected container, or the one around what is selected, or opens
// a folded one, or one of which only a part is drawn.
func (a *archScreen) foldHere(m *Model) tea.Cmd {
	if !a.pictured(m) {
		if r, ok := a.selected(m); ok && a.isFolded(r) {
			return a.unfold(m)
		}
		return a.fold(m)
	}
	canvas, t, id := a.seen.canvas, a.treeOf(m.scene), a.drawnID(m)
	if folded(canvas, t, id) {
		return a.setFold(m, id, false)
	}
	if !isFrame(canvas, id) {
		outer, ok := canvas.Outer(id)
		if id = ""; ok {
			id = outer.ID()
		}
	}
	switch {
	case partly(canvas, t, id, a.layer):
		return a.setFold(m, id, false)
	case id == "":
		m.say(roleWarn, "it stands in no container")
		return nil
	}
	a.pick(m, id)
	return a.setFold(m, id, true)
}

// setFold folds or opens a container. The folds are a new map: drawings in the
// background hold the old one.
func (a *archScreen) setFold(m *Model, id string, fold bool) tea.Cmd {
	folds := maps.Clone(a.folds)
	if folds == nil {
		folds = map[string]bool{}
	}
	folds[id] = fold
	a.folds = folds
	return m.draw()
}

// partly tells whether a container, or for "" the whole, has components in it that are
// drawn as one box with others.
func partly(c *picture.Canvas, t *tree, id, layer string) bool {
	if t.scene.After == nil {
		return false
	}
	return slices.ContainsFunc(t.scene.After.Components, func(in diagram.Component) bool {
		s, drawn := c.Subject(in.ID)
		return in.Container == id && in.Layer == layer && (!drawn || s.ID() != in.ID)
	})
}

// isFrame tells whether something is drawn inside of a component.
func isFrame(c *picture.Canvas, id string) bool {
	for s := range c.Subjects() {
		if outer, ok := c.Outer(s.ID()); ok && outer.ID() == id {
			return true
		}
	}
	return false
}

// folded tells whether a container is drawn as one box.
func folded(c *picture.Canvas, t *tree, id string) bool {
	holds := slices.ContainsFunc(t.nodes, func(n diagram.Node) bool { return n.ID == id && n.Container })
	return holds && !isFrame(c, id)
}

// nextView goes to the next layer, or the next diagram.
func (a *archScreen) nextView(m *Model) tea.Cmd {
	type view struct{ path, layer string }
	var views []view
	for _, t := range m.scene.trees {
		if t.scene.After == nil {
			continue
		}
		for _, layer := range t.scene.Layers() {
			views = append(views, view{t.path, layer})
		}
	}
	if len(views) < 2 {
		m.say(roleMuted, "there is one diagram, and it has one layer")
		return nil
	}
	now := slices.Index(views, view{a.treeOf(m.scene).path, a.layer})
	next := views[(now+1)%len(views)]
	a.path, a.layer, a.focus, a.folds, a.id = next.path, next.layer, "", nil, next.path
	a.seen, a.eyeX, a.eyeY = nil, 0, 0
	a.settle(m)
	return m.draw()
}

// noOtherView is why there is no other layer or diagram to go to.
func (m *Model) noOtherView() string {
	if m.scene == nil {
		return "the log is still being read"
	}
	n := 0
	for _, t := range m.scene.trees {
		if t.scene.After != nil {
			n += len(t.scene.Layers())
		}
	}
	if n < 2 {
		return "there is one diagram, and it has one layer"
	}
	return ""
}

// toggleTree changes between picture and tree.
func (a *archScreen) toggleTree(m *Model) tea.Cmd {
	a.asTree = !a.asTree
	if !a.asTree && !a.drawable(m.width, m.bodyRows()) {
		m.say(roleMuted, "the window is too small for the picture: this is the tree")
	}
	return m.draw()
}

// changeDrawn selects the next change as the drawing is read.
func (a *archScreen) changeDrawn(m *Model, dir int) {
	ids := slices.DeleteFunc(a.seen.canvas.Changes(), func(id string) bool { return !a.treeOf(m.scene).has(id) })
	if len(ids) == 0 {
		m.say(roleMuted, "nothing that is drawn here differs from "+m.name(m.base()))
		return
	}
	at := slices.Index(ids, a.drawnID(m)) + dir
	if at == -2 || at == -1 && dir < 0 { // from nothing, or from the first
		at = len(ids) - 1
	}
	if at >= len(ids) {
		at = 0
		m.say(roleMuted, "that was the last change; this is the first again")
	}
	a.pick(m, ids[at])
}

// uncover opens what a component is folded away in.
func (a *archScreen) uncover(m *Model, t *tree, id string) {
	if a.path = t.path; a.seen == nil {
		return
	}
	if _, drawn := a.seen.canvas.Subject(id); drawn && a.treeOf(m.scene) == t {
		return
	}
	a.focus, a.layer = "", t.layerOf(id)
	open := maps.Clone(a.folds)
	if open == nil {
		open = map[string]bool{}
	}
	for outer := t.container(id); outer != ""; outer = t.container(outer) {
		open[outer] = false
	}
	a.folds = open
	if a.zoomed && a.zoom == picture.Outline {
		a.zoom = picture.Containers
	}
}

// onMouse drags the drawing, selects what is clicked, and moves with the wheel.
func (a *archScreen) onMouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	switch msg.Button {
	case tea.MouseButtonWheelUp, tea.MouseButtonWheelDown, tea.MouseButtonWheelLeft, tea.MouseButtonWheelRight:
		return a.onWheel(m, msg)
	}
	switch {
	case msg.Action == tea.MouseActionPress && msg.Button == tea.MouseButtonLeft:
		a.drag = drag{on: true, x: msg.X, y: msg.Y}
	case msg.Action == tea.MouseActionMotion && a.drag.on:
		dx, dy := a.drag.x-msg.X, a.drag.y-msg.Y
		a.drag = drag{on: true, moved: true, x: msg.X, y: msg.Y}
		return a.pan(m, dx, dy)
	case msg.Action == tea.MouseActionRelease && a.drag.on:
		moved := a.drag.moved
		a.drag = drag{}
		if !moved {
			a.click(m, msg.X, msg.Y)
		}
	}
	return nil
}

func (a *archScreen) onWheel(m *Model, msg tea.MouseMsg) tea.Cmd {
	by := 1
	if msg.Button == tea.MouseButtonWheelUp || msg.Button == tea.MouseButtonWheelLeft {
		by = -1
	}
	sideways := msg.Button == tea.MouseButtonWheelLeft || msg.Button == tea.MouseButtonWheelRight || msg.Shift
	switch {
	case msg.Ctrl:
		return a.zoomBy(m, by)
	case sideways:
		return a.pan(m, by*panX, 0)
	}
	return a.pan(m, 0, by*panY)
}

// drag is a movement of the mouse with its button held.
type drag struct {
	on, moved bool
	x, y      int
}

func (a *archScreen) click(m *Model, x, y int) {
	window := a.window(m)
	y -= m.bodyTop() + 1 // the heading
	if asideWidth(m.width) == 0 {
		y -= len(a.brokenLines(m.scene, m.width))
	}
	if x < 0 || y < 0 || x >= window.Width || y >= window.Height {
		return
	}
	if s, ok := a.seen.canvas.Hit(window.X+x, window.Y+y); ok {
		a.pick(m, s.ID())
	}
}

// What a tree knows of its components.

func (t *tree) has(id string) bool {
	return id != "" && slices.ContainsFunc(t.nodes, func(n diagram.Node) bool { return n.Kind != diagram.LayerNode && n.ID == id })
}

// component is a component as it is, or as it was.
func (t *tree) component(id string) (diagram.Component, bool) {
	for _, d := range []*diagram.Diagram{t.scene.After, t.scene.Before} {
		if d != nil {
			if c, ok := d.Component(id); ok {
				return c, true
			}
		}
	}
	return diagram.Component{}, false
}

func (t *tree) connection(id string) (diagram.Connection, bool) {
	for _, d := range []*diagram.Diagram{t.scene.After, t.scene.Before} {
		if d != nil {
			if c, ok := d.Connection(id); ok {
				return c, true
			}
		}
	}
	return diagram.Connection{}, false
}

// container is what a component stands in, or of a connection the component that it
// starts from; "" for nothing.
func (t *tree) container(id string) string {
	if c, ok := t.component(id); ok {
		return c.Container
	}
	c, _ := t.connection(id)
	return c.From
}

func (t *tree) layerOf(id string) string {
	if c, ok := t.component(id); ok {
		return c.Layer
	}
	c, _ := t.connection(id)
	return c.Layer
}

// heading is the line above the picture: which diagram, how much of it, and whether
// it is the right one already.
func (a *archScreen) heading(m *Model, w int) line {
	t := a.treeOf(m.scene)
	left := line{say(roleText, " "), quote(roleStrong, path.Base(t.path))}
	if a.layer != "" {
		left = append(left, quote(roleMuted, " › "+a.layer))
	}
	left = append(left, say(roleMuted, treeCounts(t)))
	if len(t.errors) > 0 && asideWidth(m.width) > 0 {
		left = append(left, say(roleError, "  does not compile; as it last did"))
	}
	if a.focus != "" {
		words := "  focus: " + a.focus + ", " + plural(a.depth, "step")
		if !t.has(a.focus) {
			words = "  focus: " + a.focus + " is not there"
		}
		left = append(left, quote(roleAccent, words))
	}
	if m.filter.active() {
		left = append(left, say(roleWarn, "  "+itoa(len(a.matched(m)))+" pass"))
	}
	var right line
	switch wanted := a.sketch(m); {
	case wanted == nil:
		right = line{say(roleWarn, "drawing … ")}
	case len(wanted.problems) > 0:
		right = line{quote(roleWarn, wanted.problems[0].What+" ")}
	default:
		right = line{say(roleFaint, zoomName(wanted.zoom)+" ")}
	}
	return spread(w, left, right, min(left.width(), w/2))
}

// caption is the line under the picture: what is selected.
func (a *archScreen) caption(m *Model, w int) line {
	r, ok := a.selected(m)
	if !ok || r.node == nil {
		return line{say(roleFaint, " arrows select, enter reads, + - zooms, z focuses")}
	}
	l := line{say(roleAccent, " ▌"), mark(r.node.Mark), say(roleText, " "), quote(roleStrong, r.node.ID)}
	if label := plain.Line(r.node.Label); label != "" && label != r.node.Name {
		l = append(l, say(roleMuted, "  "+label))
	}
	if r.node.Shape != "" && r.node.Shape != "rectangle" {
		l = append(l, quote(roleFaint, "  "+r.node.Shape))
	}
	if why := cmp.Or(nodeReason(r.node), string(r.node.Mark)); why != "" {
		l = append(l, quote(markRole(r.node.Mark), "  "+why))
	}
	return l.fit(w)
}
