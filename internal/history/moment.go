package history

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what a moment is.
type Kind int

// The kinds of moments.
const (
	Now        Kind = iota // the working tree
	AtSnapshot             // a closed sync
	AtCommit               // any other commit
)

// Moment is a state of the log that can be read. The zero Moment is now.
type Moment struct {
	Expr   string // as it was written
	Kind   Kind
	Date   string    // YYYY-MM-DD: of the sync, else the day of When in the log's zone, but never before the last sync that it holds
	Commit string    // "" for now
	Tag    string    // of a snapshot that has one
	When   time.Time // the commit's clock
	Notice string    // what would make finding it quicker; "" when it was quick
}

// form is how an expression was understood.
type form int

const (
	formNow form = iota
	formSyncs
	formDate
	formAgo
	formRevision
)

// Expr is a moment expression that was understood, but not yet looked up.
type Expr struct {
	text     string
	form     form
	count    int    // of syncs or units back
	unit     string // d, w, mo or y
	date     string
	revision string // as git reads it; a tag of a snapshot too
	forced   bool   // written git:REV
}

// String is the expression as it was written.
func (e Expr) String() string { return e.text }

// maxAgo bounds how many units an expression may go back.
const maxAgo = 100_000

// ParseMoment reads a moment expression: now; @ (the last sync) and @-3 (three
// before it); 2026-03-12; 90d, 6w, 8mo, 2y (ago); anything else is a git revision,
// the tag of a snapshot included. They are tried in this order, the first that
// fits wins, and git:REV is always git's. Errors are *MomentError.
func ParseMoment(text string) (Expr, error) {
	e := Expr{text: text}
	trimmed := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(trimmed, "git:"); ok {
		e.forced = true
		return e.asRevision(rest)
	}
	switch {
	case trimmed == "now":
		return e, nil
	case trimmed == "@":
		e.form = formSyncs
		return e, nil
	case strings.HasPrefix(trimmed, "@-"):
		return e.asSyncs(trimmed[len("@-"):])
	case isDate(trimmed):
		e.form, e.date = formDate, trimmed
		return e, nil
	case looksLikeDate(trimmed):
		return e, &MomentError{Expr: text, What: "there is no such day", Hint: "dates are written YYYY-MM-DD; git:" + trimmed + " is git's meaning"}
	}
	if count, unit, ok := parseAgo(trimmed); ok {
		e.form, e.count, e.unit = formAgo, count, unit
		return e, nil
	}
	return e.asRevision(trimmed)
}

func (e Expr) asSyncs(digits string) (Expr, error) {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || strings.HasPrefix(digits, "+") {
		return e, &MomentError{Expr: e.text, What: "after @- comes a number of syncs", Hint: "@-3 is three syncs before the last"}
	}
	e.form, e.count = formSyncs, n
	return e, nil
}

func (e Expr) asRevision(rev string) (Expr, error) {
	bad := func(r rune) bool { return r <= ' ' || r == 0x7f }
	if rev == "" || strings.ContainsFunc(rev, bad) || strings.HasPrefix(rev, "-") || len(rev) > 1000 {
		return e, &MomentError{Expr: e.text, What: "it is not a moment", Hint: momentHint}
	}
	e.form, e.revision = formRevision, rev
	return e, nil
}

const momentHint = "write now, @, @-3, 2026-03-12, 90d, 6w, 8mo, a tag or a git revision"

// looksLikeDate reports digits in the shape of a date, which no branch should have.
func looksLikeDate(text string) bool {
	if len(text) != len(time.DateOnly) {
		return false
	}
	for i, ch := range []byte(text) {
		dash := i == 4 || i == 7
		if dash != (ch == '-') || !dash && (ch < '0' || ch > '9') {
			return false
		}
	}
	return true
}

func parseAgo(text string) (count int, unit string, ok bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, " ago"))
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	unit = text[len(digits):]
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, "", false
	}
	count, err := strconv.Atoi(digits)
	return count, unit, err == nil && count <= maxAgo && (unit == "d" || unit == "w" || unit == "mo" || unit == "y")
}

// daysBack is the date that lies the count of units before the day of now. A month
// before the 31st is the last day of a shorter month.
func daysBack(now time.Time, count int, unit string) string {
	year, month, day := now.Date()
	switch unit {
	case "d":
		day -= count
	case "w":
		day -= 7 * count
	default:
		months := count
		if unit == "y" {
			months *= 12
		}
		first := time.Date(year, month-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		year, month, day = first.Year(), first.Month(), min(day, last)
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Moment looks up what the expression names. now is the present time; dates are
// days in the log's time zone. Errors are *MomentError.
func (s *Store) Moment(expr string, now time.Time) (Moment, error) {
	e, err := ParseMoment(expr)
	if err != nil {
		return Moment{}, err
	}
	now = now.In(s.set.Zone)
	switch e.form {
	case formNow:
		return Moment{Expr: expr, Kind: Now, Date: now.Format(time.DateOnly), When: now}, nil
	case formSyncs:
		return s.bySyncs(e)
	case formDate:
		return s.byDate(e, e.date)
	case formAgo:
		return s.byDate(e, daysBack(now, e.count, e.unit))
	}
	return s.byRevision(e)
}

// line is the timeline as it is named, or a MomentError about the expression: to find
// one sync not all have to be read.
func (s *Store) line(e Expr) ([]Snapshot, error) {
	line, _, err := s.named()
	if err != nil {
		return nil, &MomentError{Expr: e.text, What: err.Error(), Hint: Hint(err), Err: err}
	}
	return line, nil
}

func (s *Store) bySyncs(e Expr) (Moment, error) {
	line, err := s.line(e)
	if err != nil {
		return Moment{}, err
	}
	switch i := len(line) - 1 - e.count; {
	case len(line) == 0:
		return Moment{}, &MomentError{Expr: e.text, What: "no sync was closed yet", Hint: "archsync sync close closes the first", Err: ErrNoSnapshot}
	case i < 0:
		return Moment{}, &MomentError{
			Expr: e.text, What: fmt.Sprintf("there are only %d syncs", len(line)),
			Hint: fmt.Sprintf("the first is @-%d, of %s", len(line)-1, line[0].Date), Err: ErrNoSnapshot,
		}
	default:
		return s.snapshotMoment(e, line[i])
	}
}

// snapshotMoment refuses a snapshot that cannot be read.
func (s *Store) snapshotMoment(e Expr, snap Snapshot) (Moment, error) {
	if s.fill(&snap); snap.Problem != nil {
		return Moment{}, &MomentError{Expr: e.text, What: snap.Problem.What, Hint: snap.Problem.Hint, Err: *snap.Problem}
	}
	return Moment{Expr: e.text, Kind: AtSnapshot, Date: snap.Date, Commit: snap.Commit, Tag: snap.Tag, When: snap.When}, nil
}

// commitMoment is a commit; if it is a snapshot, it is that.
func (s *Store) commitMoment(e Expr, c commit, line []Snapshot) (Moment, error) {
	for _, snap := range line {
		if snap.Commit == c.id.String() {
			return s.snapshotMoment(e, snap)
		}
	}
	when := c.committer.when.In(s.set.Zone)
	held, err := s.lastHeld(c, line)
	if err != nil {
		return Moment{}, &MomentError{Expr: e.text, What: err.Error(), Hint: Hint(err), Err: err}
	}
	return Moment{Expr: e.text, Kind: AtCommit, Date: max(when.Format(time.DateOnly), held), Commit: c.id.String(), When: when}, nil
}

// lastHeld is the date of the last sync that a commit holds: it is not older, whatever
// its clock says. "" when it holds none.
func (s *Store) lastHeld(c commit, line []Snapshot) (string, error) {
	dates, err := s.recorded(c.id)
	if err != nil {
		return "", err
	}
	for _, snap := range slices.Backward(line) {
		if !slices.Contains(dates, snap.Date) {
			continue
		}
		if s.fill(&snap); snap.Problem != nil {
			continue
		}
		held, err := s.comesAfter(context.Background(), c, snap.Commit, snap.Date)
		if err != nil || held {
			return snap.Date, err
		}
	}
	return "", nil
}

// byDate is the snapshot of the date; else the newest commit up to the end of that
// day that comes after the snapshot before it, which is that snapshot itself when
// nothing was committed in between.
func (s *Store) byDate(e Expr, date string) (m Moment, err error) {
	line, err := s.line(e)
	if err != nil {
		return Moment{}, err
	}
	var before, after *Snapshot
	for i := range line {
		switch {
		case line[i].Date == date:
			return s.snapshotMoment(e, line[i])
		case line[i].Date < date:
			before = &line[i]
		case after == nil:
			if s.fill(&line[i]); line[i].Problem == nil { // from one that cannot be read nothing can be walked
				after = &line[i]
			}
		}
	}
	if before != nil {
		s.fill(before)
	}
	c, steps, err := s.newestBetween(before, after, date)
	defer func() { m.Notice = slowWalk(steps) }()
	found := false
	if err == nil && !c.id.IsZero() {
		found, err = s.follows(c, before)
	}
	switch {
	case err != nil:
		return Moment{}, &MomentError{Expr: e.text, What: err.Error(), Hint: Hint(err), Err: err}
	case found:
		m, err = s.commitMoment(e, c, line)
		if before != nil && m.Kind == AtCommit {
			m.Date = max(m.Date, before.Date)
		}
		return m, err
	case before != nil:
		return s.snapshotMoment(e, *before)
	}
	return Moment{}, &MomentError{
		Expr: e.text, What: "the log does not go back to " + date, Hint: s.beginHint(line), Err: ErrNoSnapshot,
	}
}

// newestBetween walks first parents back from the snapshot after the day (or
// HEAD) to the one before it, and gives the first commit not newer than the day. A
// snapshot that was closed on a branch and merged later does not lie on the way:
// then only a commit that holds it comes after it.
//
// Clocks are asked last. The sync before and the sync after are known by tags and
// records; between them a commit whose clock is behind the day of the sync that it
// follows counts with the commit before it, and one whose clock is ahead of the day is
// passed over, which those that follow it are not. Where hundreds in a row are behind,
// the newest of them counts by its own clock: nobody walks a monorepo for that.
//
// The commit is the zero one where there is none; steps is how many were read.
func (s *Store) newestBetween(before, after *Snapshot, date string) (found commit, steps int, err error) {
	id, err := s.walkStart(after)
	if err != nil || id.IsZero() {
		return commit{}, 0, err
	}
	end := s.day(date).AddDate(0, 0, 1)
	stop, begin := hash{}, time.Time{}
	if before != nil {
		stop, begin = hashOf(before.Commit), s.day(before.Date)
	}
	var behind commit // the newest of those in a row whose clock is behind
	row := 0
	for steps = 1; !id.IsZero() && (before == nil || id != stop); steps++ {
		if steps == plainSteps && !isShallow(s.objects.dirs[0]) { // what a shallow clone leaves out git's table may still name
			if older := readCommitGraph(s.objects.dirs[0]).firstOlder(id, end.Unix(), stop); older != id {
				id, behind = older, commit{}
			}
		}
		c, err := s.objects.commit(id)
		if err != nil {
			return commit{}, steps, err
		}
		switch when := c.committer.when; {
		case !when.Before(end):
			behind = commit{}
		case !when.Before(begin):
			if !behind.id.IsZero() {
				c = behind
			}
			return c, steps, nil
		case behind.id.IsZero():
			behind, row = c, 0
		case row == plainSteps: // so many are no accident: the sync was closed under a later date
			return behind, steps, nil
		}
		row++
		id = firstParent(c)
	}
	return behind, steps, nil
}

// slowWalk says what spares the next one the walk over so many commits; "" when they
// were few.
func slowWalk(steps int) string {
	if steps < longWalk {
		return ""
	}
	return fmt.Sprintf("%d commits were read to find this day; git commit-graph write --reachable makes that quick", steps)
}

// day is when a date begins in the log's zone.
func (s *Store) day(date string) time.Time {
	day, _ := time.ParseInLocation(time.DateOnly, date, s.set.Zone)
	return day
}

// follows tells whether a commit has the log and, where there is a snapshot before,
// holds that.
func (s *Store) follows(c commit, before *Snapshot) (bool, error) {
	has, err := s.hasLog(c)
	if has && before != nil && before.Problem == nil {
		has, err = s.comesAfter(context.Background(), c, before.Commit, before.Date)
	}
	return has, err
}

// longWalk is how many commits somebody notices.
const longWalk = 5000

// plainSteps is how many commits are read one by one before git's table of them is.
const plainSteps = 200

// comesAfter tells whether a commit holds the snapshot of a date: the record that the
// sync wrote stands in it, or it is reached from it.
func (s *Store) comesAfter(ctx context.Context, c commit, snapshot, date string) (bool, error) {
	then, err := s.objects.commit(hashOf(snapshot))
	if err != nil {
		return false, err
	}
	name := s.recordPath(date)
	wrote, had, err := s.find(then.tree, name)
	if err != nil {
		return false, err
	}
	if had {
		is, has, err := s.find(c.tree, name)
		if err != nil || has && is.id == wrote.id {
			return has, err
		}
	}
	return s.reaches(ctx, []hash{c.id}, then.id)
}

// walkStart is the newest commit that may lie before the snapshot: its parent, or
// HEAD when there is no snapshot.
func (s *Store) walkStart(after *Snapshot) (hash, error) {
	if after == nil {
		_, head, err := s.refs.head()
		return head, err
	}
	c, err := s.objects.commit(hashOf(after.Commit))
	return firstParent(c), err
}

func firstParent(c commit) hash {
	if len(c.parents) == 0 {
		return hash{}
	}
	return c.parents[0]
}

// hasLog reports whether the log was there at the commit.
func (s *Store) hasLog(c commit) (bool, error) {
	return s.has(c.tree, s.set.Dir)
}

// beginHint says when the log begins.
func (s *Store) beginHint(line []Snapshot) string {
	if len(line) > 0 {
		return "the first sync is of " + line[0].Date
	}
	_, head, err := s.refs.head()
	if err != nil || head.IsZero() {
		return "the log has no commit yet; now is the working tree"
	}
	c, ok, err := s.broughtBy(head, s.set.Dir)
	if err != nil || !ok {
		return "the log is not committed yet; now is the working tree"
	}
	return "the log begins on " + c.committer.when.In(s.set.Zone).Format(time.DateOnly)
}

// byRevision is a snapshot by its tag, or what git makes of the text.
func (s *Store) byRevision(e Expr) (Moment, error) {
	line, err := s.line(e)
	if err != nil {
		return Moment{}, err
	}
	date, ok := strings.CutPrefix(e.revision, s.set.TagPrefix)
	if ok && isDate(date) && !e.forced {
		for _, snap := range line {
			if snap.Date == date {
				return s.snapshotMoment(e, snap)
			}
		}
		return Moment{}, &MomentError{Expr: e.text, What: "no sync was closed on " + date, Hint: nearestHint(line, date), Err: ErrNoSnapshot}
	}
	id, err := s.revision(e.revision)
	if err != nil {
		return Moment{}, &MomentError{Expr: e.text, What: err.Error(), Hint: momentHint, Err: err}
	}
	c, err := s.objects.commit(id)
	if err != nil {
		return Moment{}, &MomentError{Expr: e.text, What: err.Error(), Err: err}
	}
	return s.commitMoment(e, c, line)
}

// nearestHint names the syncs around a date.
func nearestHint(line []Snapshot, date string) string {
	before, after := "", ""
	for _, snap := range line {
		if snap.Date < date {
			before = snap.Date
		} else if after == "" {
			after = snap.Date
		}
	}
	switch {
	case before != "" && after != "":
		return fmt.Sprintf("the nearest are of %s and %s", before, after)
	case before+after != "":
		return "the nearest is of " + before + after
	}
	return "no sync was closed yet"
}
