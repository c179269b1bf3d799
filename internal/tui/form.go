package tui

import (
	"cmp"
	"errors"
	"reflect"
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

// field is where the answer for a key is; nil for a key that the form has not.
func (a *answers) field(key string) *string {
	switch key {
	case "title":
		return &a.title
	case "group":
		return &a.group
	case "status":
		return &a.status
	case "owner":
		return &a.owner
	case "due":
		return &a.due
	case "plan":
		return &a.plan
	case "touches":
		return &a.touches
	case "blocked_by":
		return &a.blockedBy
	case "decisions":
		return &a.decisions
	case "links":
		return &a.links
	case "note":
		return &a.note
	}
	return nil
}

// settings are the keys that differ from what they were.
func (a answers) settings(was answers) []synclog.Setting {
	var set []synclog.Setting
	for _, key := range itemKeys() {
		to, from := a.field(key), was.field(key)
		if to == nil {
			continue
		}
		if value := answered(key, *to); !reflect.DeepEqual(value, answered(key, *from)) {
			set = append(set, synclog.Setting{Key: key, Value: value})
		}
	}
	return set
}

// answered is the value that an answer means: nil, a text or a list.
func answered(key, text string) any {
	switch key {
	case "touches", "blocked_by", "decisions", "links":
		return listOrNil(splitList(text))
	}
	return orNil(strings.TrimSpace(text))
}

// refers tells whether the answers name anything else of the log.
func (a answers) refers() bool {
	return len(splitList(a.touches))+len(splitList(a.blockedBy))+len(splitList(a.decisions)) > 0
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
	opened  opened
	behind  overlay // what it stands in front of
	warned  bool    // that esc would lose what was written
	problem string
}

// opened is the item as the form found it; without an id it is a new one.
type opened struct {
	item  board.Item
	group string
}

// fieldLabel is how wide the names of fields stand before what is written.
const fieldLabel = 12

func (m *Model) openForm(heading string, from opened) tea.Cmd {
	was := answersOf(from.group, from.item)
	a := was
	f := &form{heading: heading, answers: &a, was: was, opened: from, fields: m.fields(&a)}
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
		text("Owner", "owner", &a.owner, "a name, or me", filterPeople(m.scene)),
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
	k.Text.Next, k.Text.Submit = key.NewBinding(), key.NewBinding() // it is the last one, and ctrl+s writes
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
		case "tab":
			if f.atNote() {
				f.problem = "this is the last field: ctrl+s writes the item, shift+tab goes back"
				return nil
			}
		}
		f.warned = false
	}
	next, cmd := f.huh.Update(msg)
	if form, ok := next.(*huh.Form); ok {
		f.huh = form
	}
	return cmd
}

// atNote tells whether the note is being written, which takes enter for itself.
func (f *form) atNote() bool { return f.huh.GetFocusedField() == f.fields[len(f.fields)-1] }

func (f *form) cancel(m *Model) tea.Cmd {
	if *f.answers != f.was && !f.warned {
		f.warned = true
		f.problem = "esc again throws away what you wrote; ctrl+s writes it"
		return nil
	}
	m.overlay = f.behind
	return nil
}

func (f *form) submit(m *Model) tea.Cmd {
	if err := f.answers.check(); err != nil {
		f.problem = plain.Line(err.Error())
		return nil
	}
	m.overlay = f.behind
	return m.save(f)
}

func (f *form) view(m *Model, w, h int) box {
	inside := formWidth(w)
	rows, at := f.rows()
	rows = windowRows(rows, at, max(h-3, 1))
	last := line{say(roleFaint, "  ctrl+s writes the item")}
	if f.atNote() {
		last = line{say(roleFaint, "  enter begins a new line; ctrl+s writes the item")}
	}
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
	focus := lipgloss.ThickBorder()
	if t.ascii {
		focus.Left = ">"
	}
	f.Base = s.PaddingLeft(1).Border(focus, false, false, false, true).BorderForeground(t.palette.accent)
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
	return m.openForm("New item", opened{board.Item{Status: board.Planned}, group})
}

func (m *Model) editItem() tea.Cmd {
	r := m.board.selected(m)
	return m.openForm("Edit "+r.item.ID, opened{*r.item, r.group})
}
