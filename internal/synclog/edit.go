package synclog

import (
	"cmp"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/problem"
)

// Edit is one change that somebody makes to the log: which files become what, and
// how to say it in a commit. It is a value: nothing is written until somebody
// writes it, and it can be taken back by swapping Before and After.
type Edit struct {
	Summary string // reads well as the first line of a commit: storage: start "Shard the index"
	Files   []FileEdit
}

// FileEdit is one file of an edit. A nil Before means that the file is new, a nil
// After that it goes.
type FileEdit struct {
	Path          string // relative to the repository
	Before, After []byte
}

// Empty tells whether the edit changes no byte.
func (e Edit) Empty() bool { return len(e.Files) == 0 }

// Inverse is the edit that takes e back.
func (e Edit) Inverse() Edit {
	inverse := Edit{Summary: "take back: " + e.Summary, Files: slices.Clone(e.Files)}
	for i, f := range inverse.Files {
		inverse.Files[i].Before, inverse.Files[i].After = f.After, f.Before
	}
	slices.Reverse(inverse.Files)
	return inverse
}

// fileEdits lists the files that differ.
func fileEdits(pairs ...[2]*board.File) []FileEdit {
	var edits []FileEdit
	for _, p := range pairs {
		if string(p[0].Bytes()) != string(p[1].Bytes()) {
			edits = append(edits, FileEdit{Path: p[0].Path(), Before: p[0].Bytes(), After: p[1].Bytes()})
		}
	}
	return edits
}

// Find is the item that an id, or an unambiguous beginning of one, names, with
// its group. Its errors list the candidates.
func (l *Log) Find(prefix string) (board.Group, board.Item, error) {
	return board.Resolve(l.groups, prefix)
}

// AddItem puts a new item on a group's board. The item's id must be free.
func AddItem(l *Log, group string, it board.Item) (Edit, error) {
	f, err := l.activeFile(group)
	if err != nil {
		return Edit{}, err
	}
	next, err := f.AddItem(it)
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: fmt.Sprintf("%s: add %q", f.ID(), it.Title), Files: fileEdits([2]*board.File{f, next})}, nil
}

// Setting is a new value for one key of an item: a string, a list, or nil to
// take the key out.
type Setting struct {
	Key   string
	Value any
}

// SetItem gives keys of an item new values. A new status dates since with today,
// unless since is set too.
func SetItem(l *Log, id string, today string, settings ...Setting) (Edit, error) {
	g, it, err := l.Find(id)
	if err != nil {
		return Edit{}, err
	}
	f, _ := l.File(g.ID)
	next, err := apply(f, it.ID, Dated(it, today, settings))
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: g.ID + ": " + verb(it, settings), Files: fileEdits([2]*board.File{f, next})}, nil
}

func apply(f *board.File, id string, settings []Setting) (*board.File, error) {
	for _, s := range settings {
		next, err := f.SetItem(id, s.Key, s.Value)
		if err != nil {
			return nil, fmt.Errorf("set %s of %s: %w", s.Key, id, err)
		}
		f = next
	}
	return f, nil
}

// Dated adds to settings with a new status the date of it, unless that is set too.
func Dated(it board.Item, today string, settings []Setting) []Setting {
	status := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == "status" })
	since := slices.ContainsFunc(settings, func(s Setting) bool { return s.Key == "since" })
	if status < 0 || since || settings[status].Value == string(it.Status) {
		return settings
	}
	return append(slices.Clone(settings), Setting{"since", today})
}

// verb words what settings do to an item.
func verb(it board.Item, settings []Setting) string {
	title := fmt.Sprintf("%q", it.Title)
	for _, s := range settings {
		if s.Key == "status" && s.Value != string(it.Status) {
			return statusVerb(board.Status(fmt.Sprint(s.Value))) + " " + title
		}
	}
	if len(settings) == 1 {
		switch s := settings[0]; {
		case s.Value == nil:
			return fmt.Sprintf("take %s from %s", s.Key, title)
		case s.Key == "title":
			return fmt.Sprintf("retitle %s to %q", title, s.Value)
		case s.Key == "note":
			return "note on " + title
		default:
			return fmt.Sprintf("set %s of %s to %s", s.Key, title, valueWords(s.Value))
		}
	}
	return "edit " + title
}

func valueWords(v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v)
}

func statusVerb(to board.Status) string {
	switch to {
	case board.Planned:
		return "plan"
	case board.Ongoing:
		return "start"
	case board.Blocked:
		return "block"
	case board.Done:
		return "finish"
	case board.Dropped:
		return "drop"
	}
	return "set status of"
}

// Regroup moves an item to another group, with its comments and unknown keys, and
// gives keys of it new values on the way; a new status has its since among them.
func Regroup(l *Log, id, group string, settings ...Setting) (Edit, error) {
	g, it, err := l.Find(id)
	if err != nil {
		return Edit{}, err
	}
	to, err := l.activeFile(group)
	if err != nil {
		return Edit{}, err
	}
	from, _ := l.File(g.ID)
	if from == to {
		return SetItem(l, id, it.Since, settings...)
	}
	changed, err := apply(from, it.ID, settings)
	if err != nil {
		return Edit{}, err
	}
	right, err := bring(to, changed, it.ID)
	if err != nil {
		return Edit{}, err
	}
	left, err := from.RemoveItem(it.ID)
	if err != nil {
		return Edit{}, err
	}
	return Edit{ // added before it is taken away: a process killed in between loses nothing
		Summary: fmt.Sprintf("%s: take over %q from %s", to.ID(), it.Title, from.ID()),
		Files:   fileEdits([2]*board.File{to, right}, [2]*board.File{from, left}),
	}, nil
}

// bring adds another file's item to a file by its own lines, so that comments and
// quoting come along; where they cannot stand alone, by its values.
func bring(to, from *board.File, id string) (*board.File, error) {
	if raw, ok := from.Raw(id); ok {
		if next, err := to.AddRaw(raw); err == nil {
			return next, nil
		}
	}
	it, _ := from.Item(id)
	return to.AddItem(it)
}

// RemoveItem takes an item off the board without a word in the minutes but
// "removed"; to drop it is the usual way.
func RemoveItem(l *Log, id string) (Edit, error) {
	g, it, err := l.Find(id)
	if err != nil {
		return Edit{}, err
	}
	f, _ := l.File(g.ID)
	next, err := f.RemoveItem(it.ID)
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: fmt.Sprintf("%s: remove %q", g.ID, it.Title), Files: fileEdits([2]*board.File{f, next})}, nil
}

// Restore brings an item of an earlier moment back with its id: into the board
// where it is gone, or over its present form. The group is the one that it had
// then, under the id that the group has now.
func Restore(now, then *Log, id string) (Edit, error) {
	g, old, err := then.Find(id)
	if err != nil {
		return Edit{}, err
	}
	if currentGroup, current, err := now.Find(old.ID); err == nil && current.ID == old.ID {
		return overwrite(now, currentGroup, current, old)
	}
	f, ok := now.successor(g)
	if !ok {
		return Edit{}, now.UnknownGroup(g.ID)
	}
	past, _ := then.File(g.ID)
	next, err := bring(f, past, old.ID)
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: fmt.Sprintf("%s: restore %q", f.ID(), old.Title), Files: fileEdits([2]*board.File{f, next})}, nil
}

// overwrite gives an item that is still there the values that it had, where it stands.
func overwrite(now *Log, g board.Group, current, old board.Item) (Edit, error) {
	if current.Same(old) {
		return Edit{}, ErrNothingToRestore
	}
	f, _ := now.File(g.ID)
	next, err := apply(f, current.ID, settingsOf(current, old))
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: fmt.Sprintf("%s: restore %q", g.ID, old.Title), Files: fileEdits([2]*board.File{f, next})}, nil
}

// settingsOf make one item of another: all that the old one had, and nothing that
// it had not.
func settingsOf(current, old board.Item) []Setting {
	settings := []Setting{
		{"title", old.Title}, {"status", string(old.Status)}, {"owner", old.Owner}, {"since", old.Since},
		{"due", old.Due}, {"plan", old.Plan}, {"touches", old.Touches}, {"decisions", old.Decisions},
		{"blocked_by", old.BlockedBy}, {"links", old.Links}, {"ref", old.Ref}, {"note", old.Note},
	}
	for _, field := range current.Extra {
		if !slices.ContainsFunc(old.Extra, func(f board.Field) bool { return f.Key == field.Key }) {
			settings = append(settings, Setting{field.Key, nil})
		}
	}
	for _, field := range old.Extra {
		settings = append(settings, Setting{field.Key, field.Value})
	}
	return settings
}

// ByHand is what somebody made of a group's file in an editor; the file is
// written already. The problems are those of the text as it is now.
func ByHand(f *board.File, after []byte) (Edit, []problem.Problem) {
	next, problems := board.Parse(f.Path(), after)
	e := Edit{Summary: f.ID() + ": edit the board by hand", Files: fileEdits([2]*board.File{f, next})}
	changes := board.Diff([]board.Group{f.Group()}, []board.Group{next.Group()})
	subjects := map[string]string{}
	for _, c := range changes {
		subjects[c.Subject] = c.Title
	}
	if len(subjects) == 1 {
		e.Summary = fmt.Sprintf("%s: edit %q", f.ID(), changes[0].Title)
	}
	return e, problems
}

// successor is the file that a group of another moment has in this one, whichever
// of the two moments is earlier.
func (l *Log) successor(g board.Group) (*board.File, bool) {
	for _, id := range append([]string{g.ID}, g.Formerly...) {
		if f, ok := l.File(id); ok {
			return f, true
		}
	}
	return nil, false
}

// CheckIn dates a group's pass over its items.
func CheckIn(l *Log, group, today string) (Edit, error) {
	f, ok := l.File(group)
	if !ok {
		return Edit{}, l.UnknownGroup(group)
	}
	next, err := f.SetField("checked_in", today)
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: f.ID() + ": check in", Files: fileEdits([2]*board.File{f, next})}, nil
}

// UnknownGroupError says that no group has an id, and which ids there are.
type UnknownGroupError struct {
	ID    string
	Known []string
}

func (e *UnknownGroupError) Error() string { return fmt.Sprintf("no group %q", e.ID) }

// Hint names the groups that there are.
func (e *UnknownGroupError) Hint() string {
	if len(e.Known) == 0 {
		return "make one: archsync group new " + cmp.Or(e.ID, "ID")
	}
	return "the groups are " + strings.Join(e.Known, ", ")
}

// ArchivedGroupError says that a group takes no more work.
type ArchivedGroupError struct {
	ID, Path string
	Date     string // on which it was archived
}

func (e *ArchivedGroupError) Error() string {
	return fmt.Sprintf("group %q is archived since %s", e.ID, e.Date)
}

// Hint says how to bring the group back.
func (e *ArchivedGroupError) Hint() string {
	return "choose another group, or take the line archived: out of " + e.Path
}

// GroupTakenError says that an id names a group already, or did once.
type GroupTakenError struct {
	ID     string
	Holder string // the id that the group has now
	Path   string // of its file
}

func (e *GroupTakenError) Error() string {
	if e.ID != e.Holder {
		return fmt.Sprintf("group %q is what %q was called before", e.ID, e.Holder)
	}
	return fmt.Sprintf("group %q exists already in %s", e.ID, e.Path)
}

// Hint says what else to do.
func (e *GroupTakenError) Hint() string {
	return "choose another id; archsync group show " + e.Holder + " shows the group that has this one"
}

// activeFile is the file of a group that is not archived.
func (l *Log) activeFile(id string) (*board.File, error) {
	f, ok := l.File(id)
	if !ok {
		return nil, l.UnknownGroup(id)
	}
	if date := f.Group().Archived; date != "" {
		return nil, &ArchivedGroupError{ID: f.ID(), Path: f.Path(), Date: date}
	}
	return f, nil
}

func (l *Log) ids() []string {
	ids := make([]string, len(l.groups))
	for i, g := range l.groups {
		ids[i] = g.ID
	}
	return ids
}

// AddGroup makes the board file of a new group.
func AddGroup(l *Log, g board.Group) (Edit, error) {
	if err := l.checkFree(g.ID); err != nil {
		return Edit{}, err
	}
	at := l.BoardPath(g.ID)
	return Edit{
		Summary: fmt.Sprintf("board: add group %s", g.ID),
		Files:   []FileEdit{{Path: at, After: board.New(at, g).Bytes()}},
	}, nil
}

// checkFree refuses an id that is none, or that a group has or had.
func (l *Log) checkFree(id string) error {
	if err := CheckGroupID(id); err != nil {
		return err
	}
	if f, taken := l.File(id); taken {
		return &GroupTakenError{ID: id, Holder: f.ID(), Path: f.Path()}
	}
	return nil
}

// RenameGroup gives a group another id; the file remembers the one it had, so
// that its history follows. The order in archsync.yaml follows too; config is
// that file's bytes. A group may go back to an id that it had before.
func RenameGroup(l *Log, from, to string, config []byte) (Edit, error) {
	f, ok := l.File(from)
	if !ok {
		return Edit{}, l.UnknownGroup(from)
	}
	if err := l.checkFree(to); err != nil && (f.ID() == to || !slices.Contains(f.Group().Formerly, to)) {
		return Edit{}, err
	}
	former := slices.DeleteFunc(append(slices.Clone(f.Group().Formerly), f.ID()), func(id string) bool { return id == to })
	next, err := f.SetField("formerly", slices.Compact(former))
	if err != nil {
		return Edit{}, err
	}
	e := Edit{Summary: fmt.Sprintf("board: rename group %s to %s", f.ID(), to), Files: []FileEdit{
		{Path: l.BoardPath(to), After: next.Bytes()},
		{Path: f.Path(), Before: f.Bytes()},
	}}
	if strings.EqualFold(f.ID(), to) { // one file to some disks: it has to go first
		slices.Reverse(e.Files)
	}
	ordered := renameInOrder(config, f.ID(), to)
	if string(ordered) != string(config) {
		e.Files = append(e.Files, FileEdit{Path: path.Join(l.Dir, ConfigName), Before: config, After: ordered})
	}
	return e, nil
}

// ArchiveGroup takes a group from board and agenda; its past stays.
func ArchiveGroup(l *Log, id, today string) (Edit, error) {
	f, ok := l.File(id)
	if !ok {
		return Edit{}, l.UnknownGroup(id)
	}
	next, err := f.SetField("archived", today)
	if err != nil {
		return Edit{}, err
	}
	return Edit{Summary: "board: archive group " + f.ID(), Files: fileEdits([2]*board.File{f, next})}, nil
}

// CheckGroupID tells whether a text may be a group's id: it is the name of a file
// and is typed a lot. The error is a [problem.Problem] without a place.
func CheckGroupID(id string) error {
	complain := func(what string) error {
		p := problem.Problem{What: fmt.Sprintf("group id %q: %s", id, what), Hint: "ids are short, like storage or data-platform; --name has room for more"}
		if plain := groupIDOf(id); plain != "" {
			p.Hint = fmt.Sprintf("use %s, and --name %q", plain, id)
		}
		return p
	}
	if strings.ContainsFunc(id, func(r rune) bool { return !strings.ContainsRune(groupIDBytes, r) }) {
		return complain("only a-z, 0-9, - and _ may stand in it")
	}
	if id == "" || strings.HasPrefix(id, "-") {
		return complain("it begins with a letter or a digit")
	}
	return nil
}

const groupIDBytes = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// groupIDOf is the id nearest to a text: its ASCII letters and digits, lower case.
func groupIDOf(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case strings.ContainsRune(groupIDBytes, r):
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// UnknownGroup is the error for a group that is not there.
func (l *Log) UnknownGroup(id string) error {
	return &UnknownGroupError{ID: id, Known: l.ids()}
}

// ChangedSince tells which of a log's groups say something else than what a snapshot
// left: its board without the items that were cleared after it. before is nil when
// no sync was closed yet; then a group with items has changed.
func ChangedSince(before, now *Log) map[string]bool {
	changed := map[string]bool{}
	for _, g := range now.groups {
		if before == nil {
			changed[g.ID] = len(g.Items) > 0
			continue
		}
		f, ok := before.successor(g)
		if !ok {
			changed[g.ID] = true
			continue
		}
		shown := f.Group()
		changed[g.ID] = !sameGroup(g, shown) && !sameGroup(g, withoutClosed(shown))
	}
	return changed
}

// sameGroup compares values, wherever they stand in their files and however the
// group is called.
func sameGroup(a, b board.Group) bool {
	a.ID, a.Formerly, b.ID, b.Formerly = "", nil, "", nil
	itemsA, itemsB := a.Items, b.Items
	a.Items, b.Items = nil, nil
	return reflect.DeepEqual(a, b) && slices.EqualFunc(itemsA, itemsB, board.Item.Same)
}

func withoutClosed(g board.Group) board.Group {
	g.Items = slices.DeleteFunc(slices.Clone(g.Items), func(it board.Item) bool { return it.Status.Closed() })
	return g
}
