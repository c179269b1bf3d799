package history

import (
	"container/heap"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// Commits say who wrote what happened up to a moment.
func (a *Archive) Commits(m Moment) chronicle.Commits {
	return chronicle.Commits{
		Between: func(ctx context.Context, older, newer chronicle.Snapshot) ([]chronicle.Commit, error) {
			return a.between(ctx, m, older, newer)
		},
		Read: func(ctx context.Context, commit string, parts synclog.Part) (*synclog.Log, error) {
			return a.Read(ctx, Moment{Expr: commit, Kind: AtCommit, Commit: commit}, parts)
		},
	}
}

// mostWalked bounds how many commits are looked at between two snapshots. Where there
// are more, as before the first sync of an old repository, the newest ones are.
const mostWalked = 5000

// between are the commits after one snapshot up to another, or to the moment, that
// changed the log, oldest first: those that are reached from the one and not from the
// other, on all branches, whose log differs from that of every parent. So a merge that
// only brings together is none of them, and who wrote on a branch is found there.
func (a *Archive) between(ctx context.Context, m Moment, older, newer chronicle.Snapshot) ([]chronicle.Commit, error) {
	tip := hashOf(newer.Commit)
	if newer == (chronicle.Snapshot{}) {
		tip = hashOf(m.Commit)
	}
	if tip.IsZero() {
		_, head, err := a.store.refs.head()
		if err != nil || head.IsZero() {
			return nil, err
		}
		tip = head
	}
	walked, err := a.store.walkBetween(ctx, hashOf(older.Commit), tip)
	if err != nil {
		return nil, err
	}
	paths := a.Paths(Moment{Kind: AtCommit, Commit: tip.String()})
	var commits []chronicle.Commit
	for _, c := range slices.Backward(walked) {
		touched, err := a.store.touched(c, paths)
		if err != nil {
			return nil, err
		}
		if len(touched) > 0 {
			summary, _, _ := strings.Cut(c.message, "\n")
			commits = append(commits, chronicle.Commit{
				ID: c.id.String(), Author: c.author.Name, Mail: c.author.Mail, When: c.author.when, Summary: summary, Paths: touched,
			})
		}
	}
	return commits, nil
}

// walkBetween are the commits that are reached from the tip and not from base, the
// newest first. What base reaches is walked beside it as far as the clocks say that it
// may still meet the other (git-rev-list(1) does it so), and farther where a commit on
// the way is older than its parent.
func (s *Store) walkBetween(ctx context.Context, base, tip hash) ([]commit, error) {
	w := walk{objects: s.objects, old: map[hash]bool{}, queued: map[hash]bool{}}
	if !base.IsZero() {
		w.old[base] = true
		w.add(base, endOfTime)
		for i := range w.queue {
			w.queue[i].committer.when = endOfTime // its own clock keeps nobody from what lies behind it
		}
	}
	w.add(tip, endOfTime)
	var found []commit
	for beyond := 0; w.queue.Len() > 0 && len(found) < mostWalked; {
		if w.fresh == 0 {
			if beyond++; !w.skewed || beyond > len(found)+clockSlop {
				break
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := heap.Pop(&w.queue).(commit)
		old := w.old[c.id]
		if !old {
			w.fresh--
			found = append(found, c)
		}
		for _, p := range c.parents {
			if old {
				w.age(p)
			}
			w.add(p, c.committer.when)
		}
	}
	return slices.DeleteFunc(found, func(c commit) bool { return w.old[c.id] }), nil
}

// clockSlop is how many more commits are walked than were found where clocks are known
// to be wrong.
const clockSlop = 100

// endOfTime is later than any clock.
var endOfTime = time.Unix(1<<40, 0)

// walk goes through commits by their clocks, the newest first.
type walk struct {
	objects *objects
	queue   byTime
	queued  map[hash]bool
	old     map[hash]bool // reached from the base
	fresh   int           // in the queue and not old
	skewed  bool          // a commit was older than its parent
}

// add queues a commit once, of which a child was made at some time. One that is not
// there ends the walk on that side: a shallow clone has no more.
func (w *walk) add(id hash, child time.Time) {
	if w.queued[id] {
		return
	}
	w.queued[id] = true
	c, err := w.objects.commit(id)
	if err != nil {
		return
	}
	w.skewed = w.skewed || c.committer.when.After(child)
	if !w.old[id] {
		w.fresh++
	}
	heap.Push(&w.queue, c)
}

// age marks a commit as reached from the base, in the queue or not yet. One that was
// taken for fresh comes once more, for its parents.
func (w *walk) age(id hash) {
	if w.old[id] {
		return
	}
	w.old[id] = true
	switch {
	case slices.ContainsFunc(w.queue, func(c commit) bool { return c.id == id }):
		w.fresh--
	case w.queued[id]:
		if c, err := w.objects.commit(id); err == nil {
			heap.Push(&w.queue, c)
		}
	}
}

// touched are the log's files that differ from every parent's.
func (s *Store) touched(c commit, paths Paths) ([]string, error) {
	if len(c.parents) == 0 {
		return s.differing(hash{}, c.tree, paths)
	}
	var common []string
	for i, id := range c.parents {
		parent, err := s.objects.commit(id)
		if err != nil {
			return nil, nil // a shallow clone does not know what it changed
		}
		found, err := s.differing(parent.tree, c.tree, paths)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		if i == 0 {
			common = found
		}
		common = slices.DeleteFunc(common, func(name string) bool { return !slices.Contains(found, name) })
	}
	return common, nil
}

// differing are the log's files in which two trees differ. Folders that are equal are
// not read.
func (s *Store) differing(a, b hash, paths Paths) ([]string, error) {
	if a == b {
		return nil, nil
	}
	var touches []touch
	for _, root := range paths.roots() {
		was, is, err := s.foldersAt(a, b, root)
		if err != nil {
			return nil, err
		}
		prefix := root + "/"
		if root == "." {
			prefix = ""
		}
		if err := s.objects.diffFolders(prefix, was, is, &touches); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, t := range touches {
		if paths.Has(t.path) {
			names = append(names, t.path)
		}
	}
	slices.Sort(names)
	return names, nil
}

// foldersAt are a folder of the log in two trees. When they differ, it may be because
// the whole log lay elsewhere.
func (s *Store) foldersAt(a, b hash, name string) (was, is hash, err error) {
	if was, err = s.folderAt(a, name); err != nil {
		return was, is, err
	}
	if is, err = s.folderAt(b, name); err != nil || was == is && !was.IsZero() || !within(name, s.set.Dir) {
		return was, is, err
	}
	if was, err = s.movedFolderAt(a, name, was); err != nil {
		return was, is, err
	}
	is, err = s.movedFolderAt(b, name, is)
	return was, is, err
}

// movedFolderAt is a folder of the log in a tree in which the log may lie elsewhere;
// else it is here.
func (s *Store) movedFolderAt(tree hash, name string, here hash) (hash, error) {
	dir, found, err := s.knownDirAt(tree)
	if err != nil || !found || dir == s.set.Dir {
		return here, err
	}
	return s.folderAt(tree, s.nameIn(dir, name))
}

// folderAt is a folder of a tree; zero where there is none.
func (s *Store) folderAt(tree hash, name string) (hash, error) {
	if tree.IsZero() {
		return hash{}, nil
	}
	e, ok, err := s.objects.find(tree, name)
	if err != nil || !ok {
		return hash{}, err
	}
	return e.folder(), nil
}
