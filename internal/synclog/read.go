package synclog

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/decision"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// Part is a part of the log that can be read alone.
type Part uint8

// The parts of a log. The configuration is always read.
const (
	Board Part = 1 << iota
	Diagrams
	Decisions
	Breakouts
	Records  // of all syncs: the most files of a long history
	Meetings = Breakouts | Records
	Shown    = Board | Diagrams | Decisions | Breakouts // at a sync
	All      = Shown | Records
)

// Log is the whole log at one moment, as far as it could be read. It does not
// change: whoever edits a file reads the log again.
type Log struct {
	Dir       string // the log's folder in the repository; "." when it is the repository
	Config    Config
	Files     []*board.File      // one a group, in the log's order, archived ones last
	Diagrams  []*diagram.Diagram // the architecture first, if it compiles
	Decisions []decision.Decision
	Breakouts []meeting.Breakout
	Records   []meeting.Record
	Problems  []problem.Problem // found while reading, sorted

	broken  map[string][]byte // the text of diagrams that did not compile, by path
	groups  []board.Group     // of Files, in the same order
	partial map[string]string // groups of which items may be missing, with the file's path
}

// Identified is an [fs.FS] that can name a file's content without reading it, as
// git can. Two files with the same id, in any moment, hold the same bytes.
type Identified interface {
	fs.FS
	ContentID(name string) (id string, ok bool)
}

// Limits bound what is read of a log; beyond them stands a problem.
type Limits struct {
	FileSize int64 // bytes of one file
	Files    int   // files of one folder
	Diagram  diagram.Limits
}

// DefaultLimits are far above any log that people keep by hand.
func DefaultLimits() Limits {
	return Limits{FileSize: 4 << 20, Files: 20_000}
}

// Reader reads logs and remembers what it parsed, by content. It may be used
// from several goroutines at once.
type Reader struct {
	limits    Limits
	configs   memo[parsed[Config]]
	boards    memo[parsed[*board.File]]
	decisions memo[parsed[decision.Decision]]
	breakouts memo[parsed[meeting.Breakout]]
	records   memo[parsed[meeting.Record]]
	diagrams  memo[[]compiled]
}

// NewReader gives a reader with an empty memory.
func NewReader(limits Limits) *Reader { return &Reader{limits: limits} }

type parsed[T any] struct {
	value    T
	problems []problem.Problem
}

// compiled is one reading of a diagram; it stands as long as every file that it
// was made from has the same content.
type compiled struct {
	sources  map[string]string // path to content id
	diagram  *diagram.Diagram
	problems []problem.Problem
}

// Forget lets go of everything that was not asked for since it was called the last
// time: whoever walks along a history shares what neighbours share and does not keep
// all of it.
func (r *Reader) Forget() {
	r.configs.forget()
	r.boards.forget()
	r.decisions.forget()
	r.breakouts.forget()
	r.records.forget()
	r.diagrams.forget()
}

// memo keeps values in two generations: those that were asked for since forget was
// called, and those before.
type memo[T any] struct {
	mu            sync.Mutex
	values, older map[string]T
}

func (m *memo[T]) get(key string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	if !ok {
		if v, ok = m.older[key]; ok {
			m.set(key, v)
		}
	}
	return v, ok
}

func (m *memo[T]) put(key string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(key, v)
}

func (m *memo[T]) set(key string, v T) {
	if m.values == nil {
		m.values = map[string]T{}
	}
	m.values[key] = v
}

func (m *memo[T]) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values, m.older = nil, m.values
}

// Read reads the given parts of the log that lies in dir of fsys. It never
// fails: what cannot be read is a problem of the log, and the rest is there.
func (r *Reader) Read(ctx context.Context, fsys fs.FS, dir string, parts Part) *Log {
	l := &Log{Dir: dir, broken: map[string][]byte{}}
	s := &session{reader: r, fsys: fsys, log: l}
	l.Config = s.config()
	if parts&Board != 0 {
		l.Files = readAll(s, path.Join(dir, "board"), ".yaml", &r.boards, board.Parse)
		l.orderGroups()
		l.notePartial()
	}
	if parts&Decisions != 0 {
		l.Decisions = s.readDecisions()
	}
	if parts&Breakouts != 0 {
		l.Breakouts = readAll(s, path.Join(dir, "breakouts"), ".md", &r.breakouts, meeting.ParseBreakout)
	}
	if parts&Records != 0 {
		l.Records = readAll(s, path.Join(dir, "syncs"), ".md", &r.records, meeting.ParseRecord)
	}
	if parts&Diagrams != 0 {
		s.readDiagrams(ctx)
	}
	l.Problems = problem.Sort(l.Problems)
	return l
}

// session is one reading of one moment.
type session struct {
	reader *Reader
	fsys   fs.FS
	log    *Log
}

func (s *session) complain(path, what, hint string) {
	s.log.Problems = append(s.log.Problems, problem.Problem{Path: path, What: what, Hint: hint})
}

func (s *session) config() Config {
	name := path.Join(s.log.Dir, ConfigName)
	c, ok := readOne(s, name, &s.reader.configs, ParseConfig)
	if !ok {
		return DefaultConfig()
	}
	return c
}

// readAll reads every file of a folder whose name ends in ext, in name order. A
// folder that is not there is empty.
func readAll[T any](s *session, dir, ext string, memory *memo[parsed[T]], parse func(string, []byte) (T, []problem.Problem)) []T {
	return readEach(s, s.list(dir, ext), memory, parse)
}

// readEach reads the named files.
func readEach[T any](s *session, names []string, memory *memo[parsed[T]], parse func(string, []byte) (T, []problem.Problem)) []T {
	found := make([]parsed[T], len(names))
	errs := make([]error, len(names))
	var group sync.WaitGroup
	for first := range min(hands, len(names)) {
		group.Go(func() {
			for i := first; i < len(names); i += hands {
				found[i], errs[i] = parseOne(s, names[i], memory, parse)
			}
		})
	}
	group.Wait()
	var all []T
	for i, p := range found {
		if s.note(names[i], p.problems, errs[i]) {
			all = append(all, p.value)
		}
	}
	return all
}

// hands is how many files of a folder are read at once.
const hands = 4

func readOne[T any](s *session, name string, memory *memo[parsed[T]], parse func(string, []byte) (T, []problem.Problem)) (T, bool) {
	p, err := parseOne(s, name, memory, parse)
	return p.value, s.note(name, p.problems, err)
}

// note puts what is wrong with a file among the log's problems, and tells whether it
// could be read.
func (s *session) note(name string, problems []problem.Problem, err error) bool {
	if err != nil {
		s.complain(name, "cannot be read: "+cause(err), "")
		return false
	}
	s.log.Problems = append(s.log.Problems, problems...)
	return true
}

// parseOne gives what stands in a file, from memory where the content is known.
func parseOne[T any](s *session, name string, memory *memo[parsed[T]], parse func(string, []byte) (T, []problem.Problem)) (parsed[T], error) {
	id, src, err := s.identify(name)
	if err != nil {
		return parsed[T]{}, err
	}
	key := name + "\x00" + id
	p, known := memory.get(key)
	if known {
		return p, nil
	}
	if src == nil {
		if src, err = s.read(name); err != nil {
			return p, err
		}
	}
	p.value, p.problems = parse(name, src)
	memory.put(key, p)
	return p, nil
}

// identify names the content of a file. Where that needs reading, it gives the
// bytes too.
func (s *session) identify(name string) (id string, src []byte, err error) {
	if known, ok := s.fsys.(Identified); ok {
		if id, ok := known.ContentID(name); ok {
			return id, nil, nil
		}
	}
	src, err = s.read(name)
	if err != nil {
		return "", nil, err
	}
	return sumOf(src), src, nil
}

// identifyRead names the content that was read of a file: a file of the working
// tree may have another one by now.
func (s *session) identifyRead(name, text string) string {
	if known, ok := s.fsys.(Identified); ok {
		if id, ok := known.ContentID(name); ok {
			return id
		}
	}
	return sumOf([]byte(text))
}

// sumOf is the name that git gives to a file's content, so that a working file and the
// same one in a snapshot are parsed once (git-hash-object(1)).
func sumOf(src []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(src))
	h.Write(src)
	return hex.EncodeToString(h.Sum(nil))
}

// read reads a file within the limit. How large one is costs git as much as its bytes.
func (s *session) read(name string) ([]byte, error) {
	src, err := fs.ReadFile(s.fsys, name)
	if err == nil && int64(len(src)) > s.reader.limits.FileSize {
		return nil, fmt.Errorf("%d bytes, more than the limit of %d", len(src), s.reader.limits.FileSize)
	}
	return src, err
}

func (s *session) list(dir, ext string) []string {
	entries, err := fs.ReadDir(s.fsys, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.complain(dir, "cannot be listed: "+cause(err), "")
		}
		return nil
	}
	if len(entries) > s.reader.limits.Files {
		s.complain(dir, fmt.Sprintf("%d files, more than the limit of %d", len(entries), s.reader.limits.Files), "the rest was not read")
		entries = entries[:s.reader.limits.Files]
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ext) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names
}

// readDecisions takes NNNN-slug.md files and, as RFD repositories have them,
// numbered folders with a README.md.
func (s *session) readDecisions() []decision.Decision {
	dir := s.log.Config.DecisionsPath(s.log.Dir)
	names := slices.DeleteFunc(s.list(dir, ".md"), func(name string) bool { return !isDecision(name) })
	entries, _ := fs.ReadDir(s.fsys, dir) // list has complained
	for _, e := range entries {
		if !e.IsDir() || strings.Trim(e.Name(), "0123456789") != "" {
			continue
		}
		name := path.Join(dir, e.Name(), "README.md")
		if _, err := fs.Stat(s.fsys, name); err == nil {
			names = append(names, name)
		}
	}
	return readEach(s, names, &s.reader.decisions, decision.Parse)
}

// isDecision leaves out what a folder of decisions holds besides them.
func isDecision(name string) bool {
	switch base := strings.ToLower(path.Base(name)); base {
	case "readme.md", "index.md", "template.md", "adr-template.md", "0000-template.md":
		return false
	}
	return true
}

// readDiagrams compiles the architecture and what lies beside it; subfolders
// hold imports.
func (s *session) readDiagrams(ctx context.Context) {
	main := s.log.Config.DiagramPath(s.log.Dir)
	names := []string{main}
	for _, name := range s.list(path.Join(s.log.Dir, "diagrams"), ".d2") {
		if name != main {
			names = append(names, name)
		}
	}
	for i, name := range names {
		if _, err := fs.Stat(s.fsys, name); errors.Is(err, fs.ErrNotExist) && i == 0 {
			continue // a log may begin without an architecture
		}
		d, problems := s.compile(ctx, name)
		s.log.Problems = append(s.log.Problems, problems...)
		if d == nil {
			s.log.broken[name], _ = s.read(name)
			continue
		}
		s.log.Diagrams = append(s.log.Diagrams, d)
	}
}

// compile memoises what compiled. What did not is tried again each time: which
// files it would have read is not known.
func (s *session) compile(ctx context.Context, name string) (*diagram.Diagram, []problem.Problem) {
	id, _, err := s.identify(name)
	if err != nil {
		return nil, []problem.Problem{{Path: name, What: "cannot be read: " + cause(err)}}
	}
	key := name + "\x00" + id
	known, _ := s.reader.diagrams.get(key)
	for _, c := range known {
		if s.unchanged(c.sources) {
			return c.diagram, c.problems
		}
	}
	d, problems := diagram.Compile(ctx, s.fsys, name, s.reader.limits.Diagram)
	if d == nil || ctx.Err() != nil {
		return d, problems
	}
	c := compiled{sources: map[string]string{}, diagram: d, problems: problems}
	for _, source := range d.Sources() {
		c.sources[source.Path] = s.identifyRead(source.Path, source.Text)
	}
	s.reader.diagrams.put(key, append(slices.Clone(known), c))
	return d, problems
}

func (s *session) unchanged(sources map[string]string) bool {
	for name, want := range sources {
		if id, _, err := s.identify(name); err != nil || id != want {
			return false
		}
	}
	return true
}

// cause is the part of a file error that says why; the path stands elsewhere.
func cause(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}
