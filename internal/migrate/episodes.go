package migrate

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// Options say where an import goes and in whose name.
type Options struct {
	Dir       string         // the log's folder in the repository; "." when it is the repository
	Title     string         // of a new log; "" when archsync.yaml is there
	Diagram   string         // path of the architecture in the repository; default DIR/diagrams/architecture.d2
	TagPrefix string         // default sync/
	Author    history.Author // of every commit
	Zone      *time.Location // of the log; a sync is recorded at noon there; default UTC
	Map       StatusMap
	RawStatus string        // key under which an item keeps a status that was mapped; "" keeps none
	Board     []*board.File // the groups that the log has; they may hold no items
}

// ErrHasItems says that the log has a present of its own, which an imported past
// would contradict.
var ErrHasItems = errors.New("the log has items already")

// Episodes turns the source into one episode a date, with the files that
// changed: boards, the architecture, the record, and for a new log archsync.yaml.
// A date without any change is a snapshot all the same. diagrams holds the D2
// files that are named by date; nil when there are none.
//
// All that can be wrong with the source is found before the first episode: an
// [*UnknownStatusError], [ErrHasItems], or a diagram that cannot be read.
func (h *History) Episodes(diagrams fs.FS, opt Options) (iter.Seq2[history.Episode, error], error) {
	if unknown := h.Unknown(opt.Map); unknown != nil {
		return nil, unknown
	}
	for _, f := range opt.Board {
		if len(f.Group().Items) > 0 {
			return nil, fmt.Errorf("cannot import into group %q: %w", f.ID(), ErrHasItems)
		}
	}
	drawn, err := readDiagrams(diagrams)
	if err != nil {
		return nil, err
	}
	opt.Dir = cmp.Or(opt.Dir, ".")
	opt.Diagram = cmp.Or(opt.Diagram, path.Join(opt.Dir, synclog.DefaultDiagram))
	opt.TagPrefix = cmp.Or(opt.TagPrefix, synclog.DefaultTagPrefix)
	opt.Zone = cmp.Or(opt.Zone, time.UTC)
	return func(yield func(history.Episode, error) bool) {
		w := newWriter(opt, drawn)
		for i, s := range h.steps {
			e, err := w.episode(s)
			if i == 0 && err == nil && opt.Title != "" {
				e.Files[path.Join(opt.Dir, synclog.ConfigName)] = config(opt.Title, h.Dates())
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}, nil
}

// drawing is the architecture from a date on.
type drawing struct {
	date string
	text []byte
}

var datedDiagram = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})\.d2$`)

// readDiagrams reads the D2 files named by date, in order; others are not part
// of the past.
func readDiagrams(fsys fs.FS) ([]drawing, error) {
	if fsys == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(fsys, ".") // sorted by name, hence by date
	if err != nil {
		return nil, fmt.Errorf("read the folder of diagrams: %w", err)
	}
	var drawn []drawing
	for _, e := range entries {
		m := datedDiagram.FindStringSubmatch(e.Name())
		if m == nil || e.IsDir() {
			continue
		}
		if !isDate(m[1]) {
			return nil, fmt.Errorf("diagram %q is named by no date of the calendar", e.Name())
		}
		text, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, fmt.Errorf("read diagram %q: %w", e.Name(), err)
		}
		drawn = append(drawn, drawing{m[1], text})
	}
	return drawn, nil
}

// config is archsync.yaml of a new log: its title, and the cadence where the
// dates are as far apart as weeks that do not vary.
func config(title string, dates []string) []byte {
	text := fmt.Appendf(nil, "title: %s\n", frontmatter.Quote(title))
	if weeks, day, ok := rhythm(dates); ok {
		text = fmt.Appendf(text, "cadence:\n  rule: FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s\n  first: %s\n", weeks, day, dates[0])
	}
	return text
}

// rhythm finds the number of weeks between all neighbouring dates.
func rhythm(dates []string) (weeks int, day string, ok bool) {
	var last time.Time
	for i, d := range dates {
		t, _ := time.Parse(time.DateOnly, d)
		days := int(t.Sub(last).Hours() / 24)
		if i > 0 && (days%7 != 0 || i > 1 && days/7 != weeks) {
			return 0, "", false
		}
		if i > 0 {
			weeks = days / 7
		}
		last = t
	}
	return weeks, strings.ToUpper(last.Weekday().String()[:2]), weeks > 0
}

// writer applies the steps one after the other.
type writer struct {
	opt    Options
	drawn  []drawing // those that are still to come
	shown  []byte    // the one that applies
	groups map[string]*group
	ids    map[string]bool // of items and groups
}

// group is one group of the source as it stands.
type group struct {
	name  string
	file  *board.File
	kept  bool          // the file was there before the import: its bytes are edited, not made anew
	made  bool          // an episode has the file
	items []*board.Item // in the order of their first appearance
	byRef map[string]*board.Item
	gone  map[string]string // ref -> id of the items that were there once
}

func newWriter(opt Options, drawn []drawing) *writer {
	w := &writer{opt: opt, drawn: drawn, groups: map[string]*group{}, ids: map[string]bool{}}
	for _, f := range opt.Board {
		w.ids[f.ID()] = true
	}
	return w
}

// tally counts what a step did.
type tally struct{ added, changed, removed int }

func (w *writer) episode(s step) (history.Episode, error) {
	e := history.Episode{Author: w.opt.Author, When: w.when(s.date), Files: map[string][]byte{}, Tag: w.opt.TagPrefix + s.date}
	var t tally
	touched := map[*group]bool{}
	for name, refs := range s.removed {
		if g := w.groups[name]; g != nil {
			g.remove(refs, &t)
			touched[g] = true
		}
	}
	for _, gs := range s.groups {
		g := w.group(gs.name)
		touched[g] = true
		for _, src := range gs.items {
			if err := w.put(g, src, s.date, &t); err != nil {
				return e, err
			}
		}
	}
	for g := range touched {
		if err := g.write(e.Files); err != nil {
			return e, err
		}
	}
	if text := w.diagram(s.date); text != nil {
		e.Files[w.opt.Diagram] = text
	}
	return e, w.record(&e, s, t)
}

func (w *writer) when(date string) time.Time {
	day, _ := time.Parse(time.DateOnly, date)
	return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, w.opt.Zone)
}

// diagram is the architecture that begins to apply on a date; nil when the one
// before goes on.
func (w *writer) diagram(date string) []byte {
	var text []byte
	for len(w.drawn) > 0 && w.drawn[0].date <= date {
		text = w.drawn[0].text
		w.drawn = w.drawn[1:]
	}
	if text == nil || bytes.Equal(text, w.shown) {
		return nil
	}
	w.shown = text
	return text
}

// group is the group of a name: one that the log has by that name or id, else a
// new one.
func (w *writer) group(name string) *group {
	if g := w.groups[name]; g != nil {
		return g
	}
	g := &group{name: name, byRef: map[string]*board.Item{}, gone: map[string]string{}}
	w.groups[name] = g
	if f := w.existing(name); f != nil {
		g.file, g.kept = f, true
		return g
	}
	id := slug(name)
	for n := 2; w.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", slug(name), n)
	}
	w.ids[id] = true
	g.file = board.New(path.Join(w.opt.Dir, "board", id+".yaml"), board.Group{ID: id, Name: name})
	return g
}

// existing takes the file of a group that the log has; each is taken once.
func (w *writer) existing(name string) *board.File {
	at := slices.IndexFunc(w.opt.Board, func(f *board.File) bool { return f.Group().Name == name })
	if at < 0 {
		at = slices.IndexFunc(w.opt.Board, func(f *board.File) bool { return f.ID() == slug(name) })
	}
	if at < 0 {
		return nil
	}
	f := w.opt.Board[at]
	w.opt.Board = slices.Delete(slices.Clone(w.opt.Board), at, at+1)
	return f
}

var notInSlug = regexp.MustCompile(`[^\pL\pN]+`)

// slug makes a file's name of a group's name.
func slug(name string) string {
	s := strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return cmp.Or(s, "group")
}

// remove takes items out; one that is not there is gone already.
func (g *group) remove(refs []string, t *tally) {
	for _, ref := range refs {
		it, ok := g.byRef[ref]
		if !ok {
			continue
		}
		t.removed++
		g.gone[ref] = it.ID
		delete(g.byRef, ref)
		g.items = slices.DeleteFunc(g.items, func(o *board.Item) bool { return o == it })
	}
}

// put gives a group an item in its whole new form.
func (w *writer) put(g *group, src source, date string, t *tally) error {
	status, _ := w.opt.Map.of(src.status)
	if old := g.byRef[src.ref]; old != nil {
		since := date
		if old.Status == status {
			since = old.Since
		}
		if it := item(src, old.ID, since, status, w.opt.RawStatus); !reflect.DeepEqual(*old, it) {
			*old = it
			t.changed++
		}
		return nil
	}
	id, err := w.id(g, src.ref)
	if err != nil {
		return fmt.Errorf("import %q of group %q: %w", src.ref, g.name, err)
	}
	it := item(src, id, date, status, w.opt.RawStatus)
	g.items = append(g.items, &it)
	g.byRef[src.ref] = &it
	t.added++
	return nil
}

// id is the id that the item had when it was there, else a new one.
func (w *writer) id(g *group, ref string) (string, error) {
	if id, was := g.gone[ref]; was {
		return id, nil
	}
	id, err := newID(g.name, ref, func(s string) bool { return w.ids[s] })
	w.ids[id] = err == nil
	return id, err
}

// write brings the group's file to its items. A file of ours is made anew, which
// gives an item that did not change the same lines; one that was there keeps its
// bytes.
func (g *group) write(files map[string][]byte) error {
	next := g.file.Group()
	next.Items = make([]board.Item, len(g.items))
	for i, it := range g.items {
		next.Items[i] = *it
	}
	var err error
	f := g.file
	if g.kept {
		f, err = edited(f, next.Items)
	} else {
		f = board.New(f.Path(), next)
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", g.file.Path(), err)
	}
	if !bytes.Equal(f.Bytes(), g.file.Bytes()) || !g.kept && !g.made {
		files[f.Path()] = f.Bytes()
	}
	g.file, g.made = f, true
	return nil
}

// edited is a file with the given items, written item by item.
func edited(f *board.File, items []board.Item) (*board.File, error) {
	var err error
	for _, old := range f.Group().Items {
		stays := slices.ContainsFunc(items, func(it board.Item) bool { return it.ID == old.ID })
		if !stays {
			if f, err = f.RemoveItem(old.ID); err != nil {
				return nil, err
			}
		}
	}
	for _, it := range items {
		if f, err = editedItem(f, it); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// editedItem is a file with one item in its new form: added, or key by key.
func editedItem(f *board.File, it board.Item) (*board.File, error) {
	old, there := f.Item(it.ID)
	if !there {
		return f.AddItem(it)
	}
	values, before := pairs(it), pairs(old)
	for _, p := range before {
		if _, stays := valueOf(values, p.key); !stays {
			values = append(values, field{p.key, nil})
		}
	}
	var err error
	for _, p := range values {
		if was, _ := valueOf(before, p.key); reflect.DeepEqual(was, p.value) {
			continue
		}
		if f, err = f.SetItem(it.ID, p.key, p.value); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func valueOf(fields []field, key string) (value any, there bool) {
	for _, f := range fields {
		if f.key == key {
			return f.value, true
		}
	}
	return nil, false
}

// pairs are the keys of an item but its id.
func pairs(it board.Item) []field {
	fields := []field{
		{"title", it.Title}, {"status", string(it.Status)}, {"owner", it.Owner}, {"since", it.Since},
		{"due", it.Due}, {"plan", it.Plan}, {"touches", it.Touches}, {"decisions", it.Decisions},
		{"blocked_by", it.BlockedBy}, {"links", it.Links}, {"ref", it.Ref}, {"note", it.Note},
	}
	for _, f := range it.Extra {
		fields = append(fields, field{f.Key, f.Value})
	}
	return fields
}

// record writes the record of the sync and words the snapshot.
func (w *writer) record(e *history.Episode, s step, t tally) error {
	r := meeting.Record{Path: path.Join(w.opt.Dir, meeting.RecordPath(s.date)), Date: s.date}
	for _, f := range s.extra {
		if !slices.Contains([]string{"sync", "host", "present", "absent", "breakouts", "timings"}, f.key) {
			r.Extra = append(r.Extra, frontmatter.Field{Key: f.key, Value: f.value})
		}
	}
	r.Body = w.body(s, t)
	text, err := r.Bytes()
	if err != nil {
		return fmt.Errorf("write the record of %s: %w", s.date, err)
	}
	e.Files[r.Path] = text
	e.Message = fmt.Sprintf("Architecture sync %s\n\nImported items: %s.\n\n%s: %s\n", s.date, t, synclog.SyncTrailer, s.date)
	e.TagMessage = fmt.Sprintf("Architecture sync %s\n\nImported items: %s.\n", s.date, t)
	return nil
}

func (t tally) String() string {
	if t == (tally{}) {
		return "no change"
	}
	return fmt.Sprintf("%d new, %d changed, %d removed", t.added, t.changed, t.removed)
}

// body is the text of a record: counts, and which words of the source became
// which statuses on this date.
func (w *writer) body(s step, t tally) string {
	items := 0
	for _, g := range w.groups {
		items += len(g.items)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Imported.\n\n- items: %d, %s\n- groups: %d\n", items, t, len(w.groups))
	for _, line := range w.mapped(s) {
		b.WriteString(line)
	}
	return b.String()
}

// mapped lists the words of a step's items that were mapped to another one, in
// the order of their first appearance.
func (w *writer) mapped(s step) []string {
	counts := map[string]int{}
	var words []string
	for _, g := range s.groups {
		for _, it := range g.items {
			if status, _ := w.opt.Map.of(it.status); string(status) == it.status {
				continue
			}
			if counts[it.status]++; counts[it.status] == 1 {
				words = append(words, it.status)
			}
		}
	}
	lines := make([]string, len(words))
	for i, word := range words {
		status, _ := w.opt.Map.of(word)
		lines[i] = fmt.Sprintf("- %s of the source became %s (%d)\n", plain.Markdown(strconv.Quote(word)), status, counts[word])
	}
	return lines
}
