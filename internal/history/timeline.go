package history

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/problem"
)

// Snapshot is one closed sync.
type Snapshot struct {
	Date    string // YYYY-MM-DD
	Tag     string // its tag's short name; "" when it was found by its trailer
	Commit  string
	Author  Author
	When    time.Time // the commit's clock, which may differ from Date
	Message string
	Problem *problem.Problem // why its commit cannot be read; nil when it can
}

// Timeline lists the closed syncs by date, oldest first, with a problem for each
// that cannot be read. Those with a tag cost nothing but reading their commits.
// Those whose tag is missing are found by their record, syncs/DATE.md: the commit
// that brought it says in a trailer that it is the snapshot. Only for these are
// commits walked, back to the one that brought the record.
func (s *Store) Timeline() ([]Snapshot, []problem.Problem, error) {
	line, problems, err := s.named()
	if err != nil {
		return nil, nil, err
	}
	for i := range line {
		s.fill(&line[i])
	}
	return line, slices.Concat(problemsOf(line), s.partialProblems(line), problems), nil
}

// named is the timeline before its commits are read: of a snapshot with a tag only
// date, tag and commit are known until [Store.fill]. The problem is that those without a
// tag cannot be found.
func (s *Store) named() ([]Snapshot, []problem.Problem, error) {
	tags, err := s.refs.list(tagPrefix + s.set.TagPrefix)
	if err != nil {
		return nil, nil, fmt.Errorf("read the timeline: %w", err)
	}
	var line []Snapshot
	tagged := map[string]bool{}
	for _, t := range tags {
		date := strings.TrimPrefix(t.name, tagPrefix+s.set.TagPrefix)
		if isDate(date) {
			tagged[date] = true
			line = append(line, s.tagged(date, t))
		}
	}
	untagged, err := s.untagged(tagged)
	line = append(line, untagged...)
	slices.SortFunc(line, func(a, b Snapshot) int { return strings.Compare(a.Date, b.Date) })
	if err != nil {
		return line, []problem.Problem{{
			Path: s.set.Dir, What: fmt.Sprintf("syncs without a tag cannot be found: %v", err), Hint: "git fsck tells more",
		}}, nil
	}
	return line, nil, nil
}

// partialProblems say so when a partial clone lacks files of snapshots. Only there
// the files are looked for.
func (s *Store) partialProblems(line []Snapshot) []problem.Problem {
	if !isPartial(s.objects.dirs[0]) {
		return nil
	}
	for _, snap := range line {
		dir, err := s.dirOf(hashOf(snap.Commit))
		if err != nil {
			continue
		}
		files, err := s.storedFiles(hashOf(snap.Commit), Paths{Dir: dir})
		if err != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if !s.objects.has(files[name].id) {
				return []problem.Problem{{
					Path: name,
					What: "this clone is partial: of the sync of " + snap.Date + " and perhaps of others it does not have every file",
					Hint: refetch + " brings them",
				}}
			}
		}
	}
	return nil
}

func problemsOf(line []Snapshot) []problem.Problem {
	var problems []problem.Problem
	for _, snap := range line {
		if snap.Problem != nil {
			problems = append(problems, *snap.Problem)
		}
	}
	return problems
}

// tagged is the snapshot that a tag names.
func (s *Store) tagged(date string, t ref) Snapshot {
	snap := Snapshot{Date: date, Tag: strings.TrimPrefix(t.name, tagPrefix)}
	id, err := t.peeled, error(nil)
	if id.IsZero() {
		id, err = s.objects.peel(t.id)
	}
	if err != nil {
		snap.Problem = s.unreadable(date, snap.Tag, err)
		return snap
	}
	snap.Commit = id.String()
	return snap
}

// unreadable is the problem of a snapshot that git cannot give.
func (s *Store) unreadable(date, name string, err error) *problem.Problem {
	p := &problem.Problem{
		Path: s.recordPath(date),
		What: fmt.Sprintf("the snapshot %s cannot be read: %v", name, err),
		Hint: "git fsck tells more",
	}
	if isShallow(s.objects.dirs[0]) && errors.Is(err, plumbing.ErrObjectNotFound) {
		p.Hint = unshallow + " brings it"
	}
	return p
}

// fill reads what the commit of a snapshot says, unless that is known.
func (s *Store) fill(snap *Snapshot) {
	if snap.Problem != nil || !snap.When.IsZero() {
		return
	}
	c, err := s.objects.commit(hashOf(snap.Commit))
	if err != nil {
		snap.Problem = s.unreadable(snap.Date, snap.Tag, err)
		return
	}
	snap.Author, snap.When, snap.Message = c.author.Author, c.author.when, c.message
}

// untagged finds the snapshots whose record HEAD holds and whose tag is missing,
// the newest first: each is looked for from the one after it. One for which a commit
// is missing on the way, as in a shallow clone, has a problem.
func (s *Store) untagged(tagged map[string]bool) ([]Snapshot, error) {
	_, head, err := s.refs.head()
	if err != nil || head.IsZero() {
		return nil, err
	}
	dates, err := s.recorded(head)
	if err != nil {
		return nil, err
	}
	dates = slices.DeleteFunc(dates, func(date string) bool { return tagged[date] })
	return s.lost.under(head.String()+strings.Join(dates, " "), func() ([]Snapshot, bool) { return s.walkTo(head, dates) }), nil
}

// lost are snapshots without a tag, which took a walk to find.
type lost struct {
	mu    sync.Mutex
	key   string // of the history and the dates for which they were found
	found []Snapshot
}

// under gives what was found under a key before, or finds it. Only what is whole is
// kept: what was missing may come.
func (l *lost) under(key string, find func() (found []Snapshot, whole bool)) []Snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.key == key {
		return slices.Clone(l.found)
	}
	found, whole := find()
	if whole {
		l.key, l.found = key, found
	}
	return slices.Clone(found)
}

// walkTo finds the commits that brought the records of the dates and say that they are
// their snapshots; whole tells that nothing was missing on the way.
func (s *Store) walkTo(head hash, dates []string) (found []Snapshot, whole bool) {
	from := head
	whole = true
	for _, date := range slices.Backward(dates) {
		c, ok, err := s.broughtBy(from, s.recordPath(date))
		if err == nil && !ok && from != head {
			c, ok, err = s.broughtBy(head, s.recordPath(date))
		}
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			found = append(found, Snapshot{Date: date, Problem: s.unreadable(date, "of "+date, err)})
		}
		whole = whole && err == nil
		if err != nil || !ok {
			continue
		}
		from = c.id
		if c.snapshotOf() == date {
			found = append(found, Snapshot{
				Date: date, Commit: c.id.String(), Author: c.author.Author, When: c.author.when, Message: c.message,
			})
		}
	}
	return found, whole
}

func (s *Store) recordPath(date string) string { return path.Join(s.set.Dir, "syncs", date+".md") }

// recorded lists the dates of the records that a commit holds, oldest first.
func (s *Store) recorded(id hash) ([]string, error) {
	c, err := s.objects.commit(id)
	if err != nil {
		return nil, err
	}
	dir, err := s.dirAt(c.tree)
	if err != nil {
		return nil, err
	}
	folder, ok, err := s.objects.find(c.tree, path.Join(dir, "syncs"))
	if err != nil || !ok {
		return nil, err
	}
	entries, err := s.objects.tree(folder.id)
	var dates []string
	for _, e := range entries {
		if date, ok := strings.CutSuffix(e.name, ".md"); ok && isDate(date) {
			dates = append(dates, date)
		}
	}
	return dates, err
}

// broughtBy finds the commit that brought a file of the log, or its folder, into the
// history of from: going back, always to the first parent that has it, until none has.
// It goes through a commit that moved the whole log.
func (s *Store) broughtBy(from hash, name string) (commit, bool, error) {
	c, err := s.objects.commit(from)
	if err != nil {
		return commit{}, false, err
	}
	if has, err := s.has(c.tree, name); err != nil || !has {
		return commit{}, false, err
	}
	for {
		next, ok, err := s.parentWith(c, name)
		if err != nil || !ok {
			return c, err == nil, err
		}
		c = next
	}
}

func (s *Store) parentWith(c commit, name string) (commit, bool, error) {
	for _, id := range c.parents {
		parent, err := s.objects.commit(id)
		if err != nil {
			return commit{}, false, err
		}
		if parent.tree == c.tree {
			return parent, true, nil
		}
		has, err := s.has(parent.tree, name)
		if err != nil || has {
			return parent, has, err
		}
	}
	return commit{}, false, nil
}

// isDate reports whether text is a day of the calendar, written YYYY-MM-DD.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
