package tui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// answers are what the fields of an item's form hold, lists with commas.
type answers struct {
	title, group, status, owner, due, plan string
	touches, blockedBy, decisions, links   string
	note                                   string
}

// answersOf fills a form. What would steer a terminal stands in it made visible;
// it is written back only where the field was changed.
func answersOf(group string, it board.Item) answers {
	return answers{
		title: plain.Line(it.Title), group: group, status: string(it.Status),
		owner: plain.Line(it.Owner), due: plain.Line(it.Due), plan: plain.Line(it.Plan),
		touches: joinList(it.Touches), blockedBy: joinList(it.BlockedBy), decisions: joinList(it.Decisions), links: joinList(it.Links),
		note: plain.Text(it.Note),
	}
}

// joinList writes a list with commas, or with semicolons where a value has a comma.
func joinList(l []string) string {
	separator := ", "
	if slices.ContainsFunc(l, func(v string) bool { return strings.Contains(v, ",") }) {
		separator = "; "
	}
	return plain.Line(strings.Join(l, separator))
}

// settings are the keys that differ from what they were, in the order of the form.
func (a answers) settings(was answers) []synclog.Setting {
	var set []synclog.Setting
	for _, f := range []struct{ key, from, to string }{
		{"title", was.title, a.title}, {"status", was.status, a.status}, {"owner", was.owner, a.owner},
		{"due", was.due, a.due}, {"plan", was.plan, a.plan}, {"note", was.note, a.note},
	} {
		if to := strings.TrimSpace(f.to); to != strings.TrimSpace(f.from) {
			set = append(set, synclog.Setting{Key: f.key, Value: orNil(to)})
		}
	}
	for _, f := range []struct{ key, from, to string }{
		{"touches", was.touches, a.touches}, {"blocked_by", was.blockedBy, a.blockedBy},
		{"decisions", was.decisions, a.decisions}, {"links", was.links, a.links},
	} {
		if from, to := splitList(f.from), splitList(f.to); !slices.Equal(from, to) {
			set = append(set, synclog.Setting{Key: f.key, Value: listOrNil(to)})
		}
	}
	return set
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func listOrNil(l []string) any {
	if len(l) == 0 {
		return nil
	}
	return l
}

func splitList(s string) []string {
	separator := ","
	if strings.Contains(s, ";") {
		separator = ";"
	}
	var list []string
	for part := range strings.SplitSeq(s, separator) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// item is the item that the answers describe.
func (a answers) item(id, since string) board.Item {
	return board.Item{
		ID: id, Title: strings.TrimSpace(a.title), Status: board.Status(a.status), Since: since,
		Owner: strings.TrimSpace(a.owner), Due: strings.TrimSpace(a.due), Plan: strings.TrimSpace(a.plan),
		Touches: splitList(a.touches), BlockedBy: splitList(a.blockedBy), Decisions: splitList(a.decisions), Links: splitList(a.links),
		Note: strings.TrimSpace(a.note),
	}
}

// check is why the answers cannot be written; nil when they can.
func (a answers) check() error {
	for _, f := range []struct{ key, value string }{
		{"title", a.title}, {"status", a.status}, {"due", a.due}, {"plan", a.plan},
	} {
		if err := checkField(f.key)(f.value); err != nil {
			return err
		}
	}
	return nil
}

func checkField(key string) func(string) error {
	return func(v string) error {
		err := board.CheckValue(key, strings.TrimSpace(v))
		if p, ok := errors.AsType[problem.Problem](err); ok && p.Hint != "" {
			return errors.New(p.What + ": " + p.Hint)
		}
		return err
	}
}

// form is the form of a new or an edited item.
type form struct {
	heading string
	huh     *huh.Form
	fields  []huh.Field
	width   int // that the fields were last told
	answers *answers
	was     answers
	save    func(m *Model, now, was answers) tea.Cmd
	warned  bool // that esc would lose what was written
	problem string
}

// fieldLabel is how wide the names of fields stand before what is written.
const fieldLabel = 12

func (m *Model) openForm(heading string, was answers, save func(*Model, answers, answers) tea.Cmd) tea.Cmd {
	a := was
	f := &form{heading: heading, answers: &a, was: was, save: save, fields: m.fields(&a)}
	f.huh = huh.NewForm(huh.NewGroup(f.fields...)).
		WithTheme(m.theme.form()).WithKeyMap(formKeys()).WithShowHelp(false).WithShowErrors(false)
	f.resize(m.width)
	m.overlay = f
	return f.huh.Init()
}

func (m *Model) fields(a *answers) []huh.Field {
	text := func(name, key string, value *string, hint string, known []string) huh.Field {
		in := huh.NewInput().Title(fitText(name, fieldLabel)).Inline(true).Prompt("").Placeholder(hint).Value(value).Suggestions(known)
		return in.Validate(checkField(key))
	}
	return []huh.Field{
		text("Title", "title", &a.title, "what is to be done", nil),
		m.choose("Group", &a.group, m.groupOptions(a.group)),
		m.choose("Status", &a.status, statusOptions()),
		text("Owner", "owner", &a.owner, "a name", filterPeople(m.scene)),
		text("Due", "due", &a.due, "YYYY-MM-DD", nil),
		text("Plan", "plan", &a.plan, "2026-Q4 or 2026-W40+6", nil),
		text("Touches", "touches", &a.touches, "components, with commas", filterValues(m.scene, "component")),
		text("Blocked by", "blocked_by", &a.blockedBy, "items, groups or words, with commas", nil),
		text("Decisions", "decisions", &a.decisions, "numbers, with commas", nil),
		text("Links", "links", &a.links, "https://…, with commas", nil),
		huh.NewText().Title("Note").Lines(4).ShowLineNumbers(false).ExternalEditor(false).Value(&a.note),
	}
}

// choose is a field with a few known values, changed with the arrows.
func (m *Model) choose(name string, value *string, values [][2]string) huh.Field {
	var options []huh.Option[string]
	label := m.theme.style(roleMuted).Render(fitText(name, fieldLabel))
	for _, v := range values {
		options = append(options, huh.NewOption(label+plain.Line(v[0]), v[1]))
	}
	return huh.NewSelect[string]().Inline(true).Options(options...).Value(value)
}

func statusOptions() [][2]string {
	var options [][2]string
	for _, s := range board.Statuses() {
		options = append(options, [2]string{string(s), string(s)})
	}
	return options
}

func (m *Model) groupOptions(own string) [][2]string {
	var options [][2]string
	for _, g := range m.scene.log.Active() {
		options = append(options, [2]string{cmp.Or(g.Name, g.ID), g.ID})
	}
	if len(options) == 0 {
		options = append(options, [2]string{own, own})
	}
	return options
}

// filterPeople are the people that the board knows.
func filterPeople(s *scene) []string {
	var people []string
	add := func(p string) {
		if p = plain.Line(p); p != "" && !slices.Contains(people, p) {
			people = append(people, p)
		}
	}
	for _, l := range s.lanes {
		for i := range l.rows {
			add(l.rows[i].item.Owner)
		}
		for _, p := range l.group.Members {
			add(shortPerson(p))
		}
	}
	slices.Sort(people)
	return people
}

func formKeys() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	k.Input.AcceptSuggestion = key.NewBinding(key.WithKeys("right"), key.WithHelp("→", "complete"))
	k.Input.Next = key.NewBinding(key.WithKeys("tab", "down", "enter"))
	k.Input.Prev = key.NewBinding(key.WithKeys("shift+tab", "up"))
	k.Select.Next = key.NewBinding(key.WithKeys("tab", "down", "enter"))
	k.Select.Prev = key.NewBinding(key.WithKeys("shift+tab", "up"))
	k.Select.Filter = key.NewBinding(key.WithDisabled())
	k.Text.Next = key.NewBinding(key.WithKeys("tab"))
	k.Text.NewLine = key.NewBinding(key.WithKeys("enter", "ctrl+j"))
	return k
}

func (f *form) hints() []hint {
	return []hint{{"ctrl+s", "write it"}, {"esc", "cancel"}, {"tab", "next field"}, {"shift+tab", "field before"}, {"← →", "choose"}}
}

// resize tells the fields their width, as the one thing on the screen that has to
// know it beforehand.
func (f *form) resize(w int) {
	if inside := formWidth(w); inside != f.width {
		f.width = inside
		f.huh.WithWidth(max(inside-1, 1)) // huh draws its mark of the focus outside of it
	}
}

func formWidth(w int) int { return max(min(78, w-4), 1) }

func (f *form) update(m *Model, msg tea.Msg) tea.Cmd {
	f.resize(m.width)
	if k, ok := msg.(tea.KeyMsg); ok {
		f.problem = ""
		switch k.String() {
		case "ctrl+s":
			return f.submit(m)
		case "esc", "ctrl+c":
			return f.cancel(m)
		}
		f.warned = false
	}
	next, cmd := f.huh.Update(msg)
	if form, ok := next.(*huh.Form); ok {
		f.huh = form
	}
	if f.huh.State == huh.StateCompleted {
		return f.submit(m)
	}
	return cmd
}

func (f *form) cancel(m *Model) tea.Cmd {
	if *f.answers != f.was && !f.warned {
		f.warned = true
		f.problem = "esc again throws away what you wrote; ctrl+s writes it"
		return nil
	}
	m.overlay = nil
	return nil
}

func (f *form) submit(m *Model) tea.Cmd {
	if err := f.answers.check(); err != nil {
		f.problem = plain.Line(err.Error())
		return nil
	}
	m.overlay = nil
	return f.save(m, *f.answers, f.was)
}

func (f *form) view(m *Model, w, h int) box {
	inside := formWidth(w)
	rows, at := f.rows()
	rows = windowRows(rows, at, max(h-3, 1))
	last := line{say(roleFaint, "  ctrl+s writes the item")}
	if f.problem != "" {
		last = line{say(roleError, "  "+f.problem)}
	} else if err := f.huh.GetFocusedField().Error(); err != nil {
		last = line{quote(roleError, "  "+err.Error())}
	}
	for i, r := range rows {
		rows[i] = cutRow(r, inside)
	}
	return box{title: f.heading, drawn: append(rows, m.theme.draw(last.fit(inside))), width: inside}
}

// rows are all fields as they are drawn, and the row that has the cursor.
func (f *form) rows() (rows []string, at int) {
	focused := f.huh.GetFocusedField()
	for _, field := range f.fields {
		drawn := strings.Split(field.View(), "\n")
		if field == focused {
			at = len(rows) + len(drawn) - 1
		}
		rows = append(rows, drawn...)
	}
	return rows, at
}

// form is the look of forms in this theme. Every style is of the theme's own
// renderer: huh's would look at the terminal by itself.
func (t *theme) form() *huh.Theme {
	s := t.renderer.NewStyle()
	var h huh.Theme
	h.FieldSeparator = s.SetString("\n")
	f := &h.Focused
	f.Base = s.PaddingLeft(1).Border(lipgloss.ThickBorder(), false, false, false, true).BorderForeground(t.palette.accent)
	f.Title, f.Description = t.style(roleMuted), t.style(roleFaint)
	f.ErrorIndicator, f.ErrorMessage = t.style(roleError).SetString(" !"), t.style(roleError)
	f.SelectSelector, f.Option = t.style(roleAccent).SetString("› "), t.style(roleText)
	f.SelectedOption, f.UnselectedOption = t.style(roleText), t.style(roleText)
	f.NextIndicator, f.PrevIndicator = t.style(roleKey).SetString("  ← →"), s
	f.TextInput.Cursor, f.TextInput.CursorText = t.style(roleAccent), t.style(roleText)
	f.TextInput.Placeholder, f.TextInput.Prompt, f.TextInput.Text = t.style(roleFaint), t.style(roleAccent), t.style(roleText)
	h.Blurred = h.Focused
	h.Blurred.Base = s.PaddingLeft(1).Border(lipgloss.HiddenBorder(), false, false, false, true)
	h.Blurred.NextIndicator = s
	return &h
}

// Verbs.

func (m *Model) newItem() tea.Cmd {
	group := cmp.Or(m.board.target(m), m.scene.log.Active()[0].ID)
	return m.openForm("New item", answersOf(group, board.Item{Status: board.Planned}), (*Model).saveNew)
}

func (m *Model) saveNew(a, _ answers) tea.Cmd {
	newID := m.host.NewID
	return m.edit("", func(l *synclog.Log, today string) (synclog.Edit, error) {
		id, err := freeID(l, newID)
		if err != nil {
			return synclog.Edit{}, err
		}
		return synclog.AddItem(l, a.group, a.item(id, today))
	})
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

func (m *Model) editItem() tea.Cmd {
	r := m.board.selected(m)
	id := r.item.ID
	save := func(m *Model, now, was answers) tea.Cmd { return m.saveEdited(id, now, was) }
	return m.openForm("Edit "+id, answersOf(r.group, *r.item), save)
}

// saveEdited writes the fields that were changed in the form, over whatever the
// item is by now, and then the group.
func (m *Model) saveEdited(id string, now, was answers) tea.Cmd {
	var cmds []tea.Cmd
	set := now.settings(was)
	if len(set) > 0 {
		about := ""
		if len(set) == 1 {
			about = set[0].Key + " " + id
		}
		cmds = append(cmds, m.edit(about, func(l *synclog.Log, today string) (synclog.Edit, error) {
			return synclog.SetItem(l, id, today, set...)
		}))
	}
	if now.group != was.group {
		cmds = append(cmds, m.edit("group "+id, func(l *synclog.Log, _ string) (synclog.Edit, error) {
			return synclog.Regroup(l, id, now.group)
		}))
	}
	if len(cmds) == 0 {
		m.say(roleMuted, "nothing was changed")
	}
	return tea.Batch(cmds...)
}
