package tui

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// save queues what a form says as one edit. When it fails the form comes back.
func (m *Model) save(f *form) tea.Cmd {
	if f.opened.item.ID != "" && len(f.answers.settings(f.was)) == 0 && f.answers.group == f.was.group {
		m.say(roleMuted, "nothing was changed")
		return nil
	}
	w := formWrite{
		ctx: m.ctx, log: m.log, now: m.host.Now, author: m.host.Author, newID: m.host.NewID,
		answers: *f.answers, was: f.was, opened: f.opened,
	}
	return m.enqueue(func(*Model) tea.Cmd {
		return func() tea.Msg {
			msg := w.write()
			msg.from, msg.stamp = f, w.log.Stamp()
			return msg
		}
	})
}

// formWrite holds the values that a form is written from.
type formWrite struct {
	ctx    context.Context
	log    Log
	now    func() time.Time
	author func() (history.Author, error)
	newID  func() (string, error)

	answers, was answers
	opened       opened
}

func (w formWrite) write() writtenMsg {
	if strings.TrimSpace(w.answers.owner) == "me" {
		who, err := w.author()
		if err != nil {
			return writtenMsg{err: err}
		}
		w.answers.owner = who.String()
	}
	before, err := w.read()
	if err != nil {
		return writtenMsg{err: err}
	}
	w.answers.touches = joinList(spelled(before, splitList(w.answers.touches)))
	var msg writtenMsg
	if msg.deed, err = w.plan(before); err == nil && !msg.deed.edit.Empty() {
		err = w.log.Write(msg.deed.edit)
	}
	if msg.err = err; err == nil && w.answers.refers() {
		msg.notices = w.notices(before)
	}
	return msg
}

func (w formWrite) read() (*synclog.Log, error) {
	return w.log.Read(w.ctx, history.Moment{Expr: nowKey, Kind: history.Now}, synclog.All)
}

// spelled are components as the diagram spells them where a part of the name says
// enough.
func spelled(l *synclog.Log, refs []string) []string {
	whole := slices.Clone(refs)
	for i, ref := range refs {
		if main := l.Main(); main != nil && !l.HasComponent(ref) {
			if keys := main.Resolve(ref); len(keys) == 1 {
				whole[i] = keys[0]
			}
		}
	}
	return whole
}

// plan makes the edit: of a new item, or of the fields that were changed in the form,
// over whatever the item is by now.
func (w formWrite) plan(l *synclog.Log) (deed, error) {
	today := w.now().In(l.Config.Location()).Format(time.DateOnly)
	id := w.opened.item.ID
	if id == "" {
		id, err := freeID(l, w.newID)
		if err != nil {
			return deed{}, err
		}
		e, err := synclog.AddItem(l, w.answers.group, w.answers.item(id, today))
		return deed{edit: e}, err
	}
	g, it, err := l.Find(id)
	if err != nil {
		return deed{}, err
	}
	set := w.answers.settings(w.was)
	if err := w.collisions(g.ID, it, set); err != nil {
		return deed{}, err
	}
	if w.answers.group != w.was.group && w.answers.group != g.ID {
		e, err := synclog.Regroup(l, id, w.answers.group, synclog.Dated(it, today, set)...)
		return deed{edit: e}, err
	}
	about := ""
	if len(set) == 1 {
		about = set[0].Key + " " + id
	}
	e, err := synclog.SetItem(l, id, today, set...)
	return deed{edit: e, about: about}, err
}

// collisionError says that fields which were changed in a form were given other
// values meanwhile.
type collisionError struct {
	now    opened // the item as it is
	fields []collision
}

type collision struct{ key, mine, theirs string }

func (e *collisionError) Error() string {
	return fmt.Sprintf("%s of %q was changed meanwhile", e.fields[0].key, e.now.item.Title)
}

// collisions compares what is to be written over with what the form was opened on.
func (w formWrite) collisions(group string, it board.Item, set []synclog.Setting) error {
	e := &collisionError{now: opened{it, group}}
	theirs := answersOf(group, it)
	for _, s := range set {
		now := valueOf(it, s.Key)
		if !reflect.DeepEqual(now, valueOf(w.opened.item, s.Key)) && !reflect.DeepEqual(now, s.Value) {
			e.fields = append(e.fields, collision{s.Key, *w.answers.field(s.Key), *theirs.field(s.Key)})
		}
	}
	if mine := w.answers.group; mine != w.was.group && group != w.opened.group && group != mine {
		e.fields = append(e.fields, collision{"group", mine, group})
	}
	if len(e.fields) > 0 {
		return e
	}
	return nil
}

// notices are what the log complains about that it did not complain about before.
func (w formWrite) notices(before *synclog.Log) []string {
	after, err := w.read()
	if err != nil {
		return nil
	}
	known := map[string]bool{}
	for _, p := range synclog.Check(before) {
		known[p.Path+p.What] = true
	}
	var found []string
	for _, p := range synclog.Check(after) {
		if !known[p.Path+p.What] {
			found = append(found, p.What)
		}
	}
	if len(found) > 0 {
		found[0] = "written, but " + found[0]
	}
	return found
}

// freeID is an id that no item has.
func freeID(l *synclog.Log, newID func() (string, error)) (string, error) {
	for range 100 {
		id, err := newID()
		if err != nil {
			return "", err
		}
		taken := slices.ContainsFunc(l.Groups(), func(g board.Group) bool {
			return slices.ContainsFunc(g.Items, func(it board.Item) bool { return it.ID == id })
		})
		if !taken {
			return id, nil
		}
	}
	return "", errors.New("no free id was found for the item")
}

// backToForm shows a form again that could not be written, or asks what is to
// become of the fields that two people changed. What stands there stays behind it.
func (m *Model) backToForm(f *form, err error) {
	f.behind, f.problem = m.overlay, failure(err)
	m.overlay = f
	if c, ok := errors.AsType[*collisionError](err); ok {
		f.problem = ""
		m.overlay, m.note = &collisionDialog{f, c}, note{}
	}
}

// collisionDialog asks whose values stand.
type collisionDialog struct {
	form *form
	with *collisionError
}

func (*collisionDialog) hints() []hint {
	return []hint{{"m", "keep mine"}, {"t", "keep theirs"}, {"esc", "back to the form"}}
}

func (d *collisionDialog) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	f := d.form
	switch k.String() {
	case "m": // over what was seen here; another change meanwhile asks again
		m.overlay, f.opened = f.behind, d.with.now
		return m.save(f)
	case "t":
		m.overlay = f.behind
		for _, c := range d.with.fields {
			*f.answers.field(c.key) = *f.was.field(c.key)
		}
		return m.save(f)
	case "esc", "q":
		m.overlay = f
	}
	return nil
}

func (d *collisionDialog) view(_ *Model, w, _ int) box {
	inside := min(72, w-4)
	lines := wrapLine(nil, roleText, "Somebody changed the same meanwhile. Nothing of yours is written yet.", inside)
	for _, c := range d.with.fields {
		lines = append(lines, nil, line{say(roleMuted, strings.ReplaceAll(c.key, "_", " "))})
		lines = append(lines, wrapLine(line{say(roleFaint, "  mine    ")}, roleText, plain.Line(oneOf(c.mine)), inside)...)
		lines = append(lines, wrapLine(line{say(roleFaint, "  theirs  ")}, roleText, plain.Line(oneOf(c.theirs)), inside)...)
	}
	return box{title: "Whose shall stand?", width: inside, lines: append(lines, nil,
		line{say(roleKey, "m"), say(roleText, "    keep mine")},
		line{say(roleKey, "t"), say(roleText, "    keep theirs; my other fields are written")},
		line{say(roleKey, "esc"), say(roleText, "  back to the form")},
	)}
}

func oneOf(value string) string {
	if strings.TrimSpace(value) == "" {
		return "none"
	}
	return value
}
