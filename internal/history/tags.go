package history

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Fault is what may be wrong with the tag of a sync.
type Fault string

// The faults of tags.
const (
	FaultLost       Fault = "lost"       // the snapshot has no tag
	FaultMoved      Fault = "moved"      // the tag stands on something else than the snapshot
	FaultRewritten  Fault = "rewritten"  // the snapshot was rewritten, and the tag stands on what it was before
	FaultUnreadable Fault = "unreadable" // the tag names nothing that git has
	FaultTwice      Fault = "twice"      // several commits say that they are the snapshot
	FaultReopened   Fault = "reopened"   // the sync was taken back, and the tag is here still
	FaultUnrecorded Fault = "unrecorded" // a record that no snapshot brought
	FaultDropped    Fault = "dropped"    // neither tag nor record is left of a sync that was closed
	FaultElsewhere  Fault = "elsewhere"  // the snapshot is of another branch: no harm
	FaultAlone      Fault = "alone"      // the tag alone keeps the snapshot: no harm
)

// TagFault is what was found about the tag of one sync.
type TagFault struct {
	Date    string // of the sync
	Tag     string // its tag's short name, whether there is one or not
	Fault   Fault
	Stands  string          // the commit that the tag is on; "" when there is none
	Belongs string          // the snapshot, which [Store.MendTags] puts the tag on; "" when that cannot be known
	Problem problem.Problem // for a person

	object hash // what the tag's reference holds
}

// Harmless tells that nothing is lost and nothing needs to be done.
func (f TagFault) Harmless() bool { return f.Fault == FaultAlone || f.Fault == FaultElsewhere }

// Mendable tells that the snapshot is known and the tag can be put on it.
func (f TagFault) Mendable() bool { return f.Belongs != "" }

// TagAudit is what [Store.AuditTags] found: the faults by date, oldest first.
type TagAudit struct {
	Faults   []TagFault
	Problems []problem.Problem // why not everything could be looked at

	head hash // whose history was looked at
}

// AuditTags compares the tags of all syncs with what the commits of HEAD's history say
// in their trailers, and with the records that HEAD holds. It reads every commit of
// that history once: nothing else finds a snapshot that was rewritten, or one that is
// there twice. An unborn branch has no faults.
func (s *Store) AuditTags(ctx context.Context) (TagAudit, error) {
	a := TagAudit{}
	branch, head, err := s.refs.head()
	if err != nil || head.IsZero() {
		return a, err
	}
	a.head = head
	past, err := s.closings(ctx, head)
	if err != nil {
		return a, err
	}
	if past.cut {
		a.Problems = []problem.Problem{{
			Path: s.set.Dir, What: "this clone is shallow: tags of syncs before its first commit are not compared",
			Hint: unshallow + " brings what is missing",
		}}
	}
	tags, err := s.tagsByDate()
	if err != nil {
		return a, err
	}
	recorded, err := s.recorded(head)
	if err != nil {
		return a, err
	}
	past.branch = strings.TrimPrefix(branch, branchPrefix)
	dates := slices.Concat(slices.Collect(maps.Keys(tags)), slices.Collect(maps.Keys(past.closed)), recorded)
	slices.Sort(dates)
	for _, date := range slices.Compact(dates) {
		t, tagged := tags[date]
		f, err := s.auditTag(past, TagFault{Date: date, Tag: s.set.TagPrefix + date, object: t.id}, tagged, slices.Contains(recorded, date))
		if err != nil {
			return a, err
		}
		if f.Fault != "" {
			f.Problem.Path = s.recordPath(date)
			a.Faults = append(a.Faults, f)
		}
	}
	return a, nil
}

// tagsByDate are the tags of syncs.
func (s *Store) tagsByDate() (map[string]ref, error) {
	all, err := s.refs.list(tagPrefix + s.set.TagPrefix)
	tags := map[string]ref{}
	for _, t := range all {
		if date := strings.TrimPrefix(t.name, tagPrefix+s.set.TagPrefix); isDate(date) {
			tags[date] = t
		}
	}
	return tags, err
}

// closings is what the commits of a history say of syncs.
type closings struct {
	head     hash
	branch   string // its short name, for a person
	all      map[hash]bool
	closed   map[string][]commit // the snapshots by date
	reopened map[string]bool     // dates that were taken back at some time
	cut      bool                // the history goes on where this clone ends
	others   map[hash]string     // commits of other branches alone, by one of them; nil until somebody asks
}

// closings reads all commits that head leads to.
func (s *Store) closings(ctx context.Context, head hash) (*closings, error) {
	past := &closings{head: head, all: map[hash]bool{head: true}, closed: map[string][]commit{}, reopened: map[string]bool{}}
	for open := []hash{head}; len(open) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id := open[len(open)-1]
		open = open[:len(open)-1]
		content, err := s.objects.read(plumbing.CommitObject, id)
		if err != nil {
			if id != head && isShallow(s.objects.dirs[0]) {
				past.cut = true
				continue
			}
			return nil, fmt.Errorf("read the history: %w", err)
		}
		if err := past.note(id, content); err != nil {
			return nil, err
		}
		for _, p := range parentsIn(content) {
			if !past.all[p] {
				past.all[p] = true
				open = append(open, p)
			}
		}
	}
	return past, nil
}

// note keeps what a commit says of syncs. Most say nothing and are not parsed.
func (p *closings) note(id hash, content []byte) error {
	if !bytes.Contains(content, []byte("\n"+synclog.SyncTrailer+": ")) && !bytes.Contains(content, []byte("\n"+synclog.ReopenTrailer+": ")) {
		return nil
	}
	c, err := parseCommit(id, content)
	if err != nil {
		return err
	}
	if date := c.snapshotOf(); date != "" {
		p.closed[date] = append(p.closed[date], c)
	}
	for _, date := range trailer(c.message, synclog.ReopenTrailer) {
		p.reopened[date] = true
	}
	return nil
}

// parentsIn are the parents that a commit's object names.
func parentsIn(content []byte) []hash {
	var parents []hash
	for line := range bytes.Lines(content) {
		id, ok := bytes.CutPrefix(line, []byte("parent "))
		switch {
		case ok:
			parents = append(parents, hashOf(string(bytes.TrimSpace(id))))
		case len(parents) > 0 || len(line) == 1:
			return parents
		}
	}
	return parents
}

// auditTag completes a fault that has date and tag; one without a fault is in order.
func (s *Store) auditTag(past *closings, f TagFault, tagged, recorded bool) (TagFault, error) {
	home, err := s.home(past, f.Date, recorded)
	if err != nil {
		return f, err
	}
	if !tagged {
		return s.auditUntagged(past, f, home, recorded), nil
	}
	on, err := s.objects.peel(f.object)
	var c commit
	if err == nil {
		c, err = s.objects.commit(on)
	}
	if err != nil {
		if home.IsZero() || isShallow(s.objects.dirs[0]) {
			return f, nil // among the problems of the timeline
		}
		return f.mend(FaultUnreadable, home, "the tag %s names nothing that this clone has", f.Tag), nil
	}
	f.Stands = on.String()
	return s.auditTagged(past, f, c, home, recorded)
}

// home is the snapshot of a date in the history; zero when it cannot be told. Where
// several commits say that they are, it is the one that brought the record.
func (s *Store) home(past *closings, date string, recorded bool) (hash, error) {
	found := past.closed[date]
	switch {
	case len(found) == 0 || !recorded:
		return hash{}, nil
	case len(found) == 1 && !past.reopened[date]:
		return found[0].id, nil
	}
	c, ok, err := s.broughtBy(past.head, s.recordPath(date))
	if err != nil || !ok || c.snapshotOf() != date {
		return hash{}, err
	}
	return c.id, nil
}

func (s *Store) auditUntagged(past *closings, f TagFault, home hash, recorded bool) TagFault {
	found := past.closed[f.Date]
	switch {
	case !home.IsZero():
		return f.mend(FaultLost, home, "the tag %s is lost; the snapshot is %s", f.Tag, short(home))
	case recorded && len(found) > 0:
		return f.say(FaultTwice, s.compareHint(f, found), "%d commits say that they are the snapshot of %s, and there is no tag", len(found), f.Date)
	case recorded && !past.cut:
		return f.say(FaultUnrecorded, "git fetch --tags brings the tag if another clone has it; where the history was squashed, the snapshot is gone and the minutes are what is left",
			"the sync of %s has minutes, but no commit says that it is its snapshot", f.Date)
	case !recorded && len(found) > 0 && !past.reopened[f.Date]:
		return f.say(FaultDropped, fmt.Sprintf("git restore --source=%s -- %s brings the record back, archsync check --history --fix then the tag", short(found[0].id), s.recordPath(f.Date)),
			"the sync of %s was closed, but neither its record nor its tag is there", f.Date)
	}
	return f
}

func (s *Store) auditTagged(past *closings, f TagFault, on commit, home hash, recorded bool) (TagFault, error) {
	own, here := on.snapshotOf() == f.Date, past.all[on.id]
	found := past.closed[f.Date]
	switch {
	case own && here && len(found) > 1 && !past.reopened[f.Date]:
		return f.say(FaultTwice, s.compareHint(f, found), "%d commits say that they are the snapshot of %s; the tag stands on %s", len(found), f.Date, short(on.id)), nil
	case on.id == home:
		return f, nil
	case own && here && !recorded && past.reopened[f.Date]:
		return f.say(FaultReopened, fmt.Sprintf("git tag -d %s takes it away; git push REMOTE :%s%s there too", f.Tag, tagPrefix, f.Tag),
			"the sync of %s was reopened, but its tag %s is still there", f.Date, f.Tag), nil
	case own && !here:
		return s.auditAstray(past, f, on, home)
	case !home.IsZero():
		return f.mend(FaultMoved, home, "the tag %s stands on %s, which is not the snapshot of that sync: that is %s", f.Tag, short(on.id), short(home)), nil
	}
	return f, nil // no record, or no snapshot that is known: said by those who look at the records
}

// auditAstray is of a tag on a commit that calls itself the snapshot, and that HEAD's
// history does not have; home is what it has instead. While another branch holds the
// commit, the tag is right there.
func (s *Store) auditAstray(past *closings, f TagFault, on commit, home hash) (TagFault, error) {
	branch, err := s.otherBranch(past, on.id)
	this := cmp.Or(past.branch, "HEAD")
	switch {
	case err != nil:
		return f, err
	case !home.IsZero() && branch != "":
		return f.say(FaultRewritten, fmt.Sprintf("bring the branches together, or delete %q; then archsync check --history --fix moves the tag", branch),
			"the tag %s stands on %s, of the branch %q; the snapshot of %s is %s", f.Tag, short(on.id), branch, this, short(home)), nil
	case !home.IsZero():
		return f.mend(FaultRewritten, home, "the history was rewritten: the tag %s stands on %s, which is now %s", f.Tag, short(on.id), short(home)), nil
	case past.cut:
		return f, nil
	case branch != "":
		return f.say(FaultElsewhere, fmt.Sprintf("git merge %s brings it", branch), "the snapshot %s is of the branch %q, not of %s", f.Tag, branch, this), nil
	}
	return f.say(FaultAlone, fmt.Sprintf("keep the tag: git push REMOTE %s shares it", f.Tag),
		"the snapshot %s is not in the history of %s: its tag alone keeps it", f.Tag, this), nil
}

// otherBranch is a branch that holds a commit which HEAD's history does not have; ""
// when none does.
func (s *Store) otherBranch(past *closings, id hash) (string, error) {
	if past.others != nil {
		return past.others[id], nil
	}
	branches, err := s.refs.list(branchPrefix)
	if err != nil {
		return "", err
	}
	past.others = map[hash]string{}
	for _, b := range branches {
		for open := []hash{b.id}; len(open) > 0; {
			id := open[len(open)-1]
			open = open[:len(open)-1]
			if past.all[id] || past.others[id] != "" {
				continue
			}
			past.others[id] = strings.TrimPrefix(b.name, branchPrefix)
			content, err := s.objects.read(plumbing.CommitObject, id)
			if err == nil { // else it ends here: a shallow clone, or a broken branch
				open = append(open, parentsIn(content)...)
			}
		}
	}
	return past.others[id], nil
}

func (f TagFault) say(fault Fault, hint, what string, operands ...any) TagFault {
	f.Fault, f.Problem.Hint, f.Problem.What = fault, hint, fmt.Sprintf(what, operands...)
	return f
}

// mend is a fault that MendTags can do something about.
func (f TagFault) mend(fault Fault, home hash, what string, operands ...any) TagFault {
	f.Belongs = home.String()
	verb := "moves it there"
	if fault == FaultLost {
		verb = "makes it anew"
	}
	return f.say(fault, "archsync check --history --fix "+verb, what, operands...)
}

func (s *Store) compareHint(f TagFault, found []commit) string {
	return fmt.Sprintf("git diff %s %s -- %s compares two of them; git tag -f -a %s COMMIT says which one counts",
		short(found[len(found)-1].id), short(found[0].id), s.set.Dir, f.Tag)
}

// short is how people write a commit's name.
func short(id hash) string { return id.String()[:7] }

// MendTags puts the tags of all mendable faults on their snapshots, all or none: as
// annotated tags that are what closing the sync wrote, byte for byte where the commits
// are the same. It fails with [ErrChanged] when a tag is not as the audit found it, or
// when HEAD no longer holds the history that was looked at, and with [ErrDetached]
// when no branch is checked out.
func (s *Store) MendTags(ctx context.Context, a TagAudit) error {
	if _, _, err := s.branch("mend the tags"); err != nil {
		return err
	}
	var updates []refUpdate
	var who signature
	for _, f := range a.Faults {
		if !f.Mendable() {
			continue
		}
		snap, err := s.objects.commit(hashOf(f.Belongs))
		if err != nil {
			return err
		}
		tag, err := s.putTag(snap, f.Date)
		if err != nil {
			return err
		}
		who = snap.committer
		updates = append(updates, refUpdate{tagPrefix + f.Tag, f.object, tag, "archsync: put back"})
	}
	err := s.refs.update(ctx, who, updates, func() error { return s.checkStillHeld(ctx, a.head) })
	if errors.Is(err, errMoved) {
		return &Error{What: "mend the tags: one of them moved meanwhile", Hint: "look at it and do it again", Err: ErrChanged}
	}
	if err != nil {
		return fmt.Errorf("mend the tags: %w", err)
	}
	return nil
}

// checkStillHeld refuses when HEAD no longer leads to a commit.
func (s *Store) checkStillHeld(ctx context.Context, id hash) error {
	_, head, err := s.refs.head()
	if err != nil || head == id {
		return err
	}
	held, err := s.holds(ctx, []hash{head}, id)
	if err == nil && !held {
		err = &Error{What: "the branch moved meanwhile", Hint: "look at it and do it again", Err: ErrChanged}
	}
	return err
}

// putTag writes the tag of a snapshot as closing the sync wrote it.
func (s *Store) putTag(snap commit, date string) (hash, error) {
	text := synclog.WithoutTrailer(snap.message, synclog.SyncTrailer, date)
	return s.objects.put(plumbing.TagObject, tagBytes(snap.id, s.set.TagPrefix+date, snap.committer, text), hash{})
}
