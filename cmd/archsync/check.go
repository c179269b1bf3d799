package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// checkOptions say what check looks at, and whether it mends what it finds.
type checkOptions struct {
	at                   string
	history, fix, dryRun bool
}

func (v *invocation) checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "is everything in order? all problems, each with its place",
		Long: `Reads the whole log and prints everything that is wrong with it, sorted by file and
line, each with a hint: text that cannot be read, unknown statuses and dates,
references to what is not there, diagrams that do not compile, files on the board
that are no group's, syncs that git cannot give, records that are missing, tags
that stand elsewhere. Of a component that was renamed or removed, the hint says so;
of a slip of the pen it names what is called much like it.

Ends with exit code 3 when there is something to complain about. Under "Worth a look"
follows what may well be in order and changes no exit code: a planned removal (an item
whose title begins with remove, retire, drop, leave or end of) of
what open items of other groups touch; one component in the plans of several groups;
items that are done though no diagram ever had what they touch; and components that are
new since the last sync without any item or decision that touches them.

With --history also the tags of the syncs are compared with the commits, each of which
says in a trailer which sync it is the snapshot of: tags that are lost, as in a clone
without tags; that stand on another commit; that were left behind when the history was
rewritten; two commits for one sync; minutes without any snapshot. Every commit of the
branch is read for that. --fix puts the tags on their snapshots, and says which; with
--dry-run it only says so. Exit code 3 then means that something is left.`,
		Example: `  archsync check
  archsync check --at @-6
  archsync check --history
  archsync check --history --fix --dry-run
  archsync check --json`,
		Args:   noArgs,
		PreRun: func(*cobra.Command, []string) { v.writes = o.fix && !o.dryRun },
		RunE: func(*cobra.Command, []string) error {
			if err := o.wrong(); err != nil {
				return err
			}
			return v.check(o)
		},
	}
	v.atFlag(cmd, &o.at)
	cmd.Flags().BoolVar(&o.history, "history", false, "also compare the tags of the syncs with the commits")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "with --history: put the tags on their snapshots")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "with --fix: only say what would be done")
	v.jsonFlag(cmd)
	return cmd
}

// wrong refuses flags that make no sense together.
func (o checkOptions) wrong() error {
	switch {
	case o.fix && !o.history:
		return &usageError{what: "--fix mends tags, and without --history they are not looked at", hint: "archsync check --history --fix"}
	case o.dryRun && !o.fix:
		return &usageError{what: "--dry-run without --fix: check changes nothing", hint: "archsync check --history --fix --dry-run"}
	case o.history && o.at != "" && o.at != "now":
		return &usageError{what: "--history is of now, and --at of the past", hint: "leave one of them out"}
	}
	return nil
}

func (v *invocation) check(o checkOptions) error {
	l, m, err := v.read(o.at, synclog.All)
	if err != nil {
		return err
	}
	problems := synclog.CheckWith(l, v.lost(l, m))
	fsys, err := v.archive.FS(m)
	if err != nil {
		return err
	}
	problems = append(problems, synclog.CheckFiles(fsys, l)...)
	var tags tagCheck
	if o.history {
		if tags, err = v.checkTags(o); err != nil {
			return err
		}
	}
	if m.Kind == history.Now {
		lost, err := v.checkTimeline(l, tags)
		if err != nil {
			return err
		}
		problems = append(problems, lost...)
	}
	problems = problem.Sort(problems)
	worth, err := v.worthALook(l, m)
	if err != nil {
		return err
	}
	if err := v.printCheck(m, problems, worth, tags); err != nil {
		return err
	}
	if len(problems) > 0 {
		return foundError{}
	}
	return nil
}

// worthALook is what may well be in order. Items that touch what is not there are
// left out: they are among the problems, with their places.
func (v *invocation) worthALook(l *synclog.Log, m history.Moment) ([]agenda.Finding, error) {
	found, err := v.radar(l, m)
	return slices.DeleteFunc(found, func(f agenda.Finding) bool { return f.Kind == agenda.FindingMissing }), err
}

// radar is all that is worth a look in a log that was read whole.
func (v *invocation) radar(l *synclog.Log, m history.Moment) ([]agenda.Finding, error) {
	t, err := v.timeline(m)
	if err != nil {
		return nil, err
	}
	s, err := agenda.ReadSync(v.ctx, t, l, m.Date)
	if err != nil {
		return nil, err
	}
	return s.Radar(), nil
}

// checkTimeline looks at every sync that was closed, and at what its snapshot has. Of
// one whose tag is at fault, that is what there is to say.
func (v *invocation) checkTimeline(l *synclog.Log, tags tagCheck) ([]problem.Problem, error) {
	snapshots, problems, err := v.archive.Store().Timeline()
	if err != nil {
		return nil, err
	}
	problems = slices.DeleteFunc(problems, tags.covers)
	syncs := make([]synclog.Closed, 0, len(snapshots))
	for _, s := range snapshots {
		if s.Problem != nil || tags.covers(problem.Problem{Path: l.Path(meeting.RecordPath(s.Date))}) {
			continue // among the problems of the timeline, or of the tags
		}
		c := synclog.Closed{Date: s.Date, Tag: s.Tag, Commit: s.Commit, Message: s.Message}
		c.Record, c.Err = v.brings(s, l.Path(meeting.RecordPath(s.Date)))
		syncs = append(syncs, c)
	}
	return slices.Concat(problems, tags.problems(), synclog.CheckTimeline(l, syncs)), nil
}

// brings tells whether a snapshot has its record, and the commit before it not: a
// commit after the snapshot has it too.
func (v *invocation) brings(s history.Snapshot, record string) (bool, error) {
	found, err := v.holds(s.Commit, record)
	if !found || err != nil || strings.Contains(s.Message, synclog.SyncTrailer+": "+s.Date) {
		return found, err
	}
	before, err := v.moment("git:" + s.Commit + "^")
	if err != nil {
		return true, nil // it is the first one
	}
	older, err := v.holds(before.Commit, record)
	return !older, err
}

func (v *invocation) holds(commit, name string) (bool, error) {
	_, err := v.archive.Store().ReadFile(history.Moment{Kind: history.AtCommit, Commit: commit}, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// lost asks the syncs around a moment what became of components that its diagrams do
// not have. They are read at the first question: a log in order costs nothing.
func (v *invocation) lost(l *synclog.Log, m history.Moment) func(ref string) string {
	names := sync.OnceValue(func() [2]*chronicle.Names {
		snapshots, _, _ := v.archive.Snapshots() // without them nothing is found, which check says elsewhere
		read := func(s chronicle.Snapshot) (*synclog.Log, error) {
			return v.archive.Read(v.ctx, history.At(s), synclog.Diagrams)
		}
		after := slices.IndexFunc(snapshots, func(s chronicle.Snapshot) bool { return m.Kind != history.Now && s.Date > m.Date })
		if after < 0 {
			after = len(snapshots)
		}
		before := slices.Clone(snapshots[:after])
		slices.Reverse(before)
		return [2]*chronicle.Names{
			chronicle.NewNames(v.ctx, l, before, read),
			chronicle.NewNames(v.ctx, l, snapshots[after:], read),
		}
	})
	known := sync.OnceValue(func() *chronicle.Chronicle {
		c, _, _ := v.chronicle(m.Expr) // without it nothing is like a name
		return c
	})
	return func(ref string) string {
		return cmp.Or(lostHint(names(), m, ref), slipHint(known(), ref))
	}
}

// slipHint names what is there and is called much like a reference: of connections
// where the reference is one.
func slipHint(c *chronicle.Chronicle, ref string) string {
	if c == nil {
		return ""
	}
	kind := chronicle.Component
	if _, _, ok := cutConnection(ref); ok {
		kind = chronicle.Connection
	}
	for _, near := range c.Nearest(ref, kind) {
		if near.There {
			return fmt.Sprintf("did you mean %q?", near.ID)
		}
	}
	return ""
}

// lostHint says what became of a component: it has another name, or is gone. The
// names are those of the syncs before a moment, and of those after it.
func lostHint(names [2]*chronicle.Names, m history.Moment, ref string) string {
	then, was := names[0].Find(ref)
	found := then.Here
	if found == "" {
		later, _ := names[1].Find(ref)
		found = later.Here
	}
	switch {
	case found != "" && m.Kind == history.Now:
		return fmt.Sprintf("it is called %q now", found)
	case found != "":
		return fmt.Sprintf("at %s it is called %q", m.Expr, found)
	case was:
		return fmt.Sprintf("it was there until %s: take it out, or name what took its place", then.Known.Date)
	}
	return ""
}

func (v *invocation) printCheck(m history.Moment, problems []problem.Problem, worth []agenda.Finding, tags tagCheck) error {
	if v.json {
		data := map[string]any{"count": len(problems), "worth": agenda.FindingsJSON(worth), "tags": tags.json()}
		return v.printJSON(envelope{Kind: "check", At: toJSONMoment(m), Data: data, Problems: problems})
	}
	v.printMended(tags)
	writeProblems(v.out, problems)
	if len(problems) == 0 {
		v.printf("Nothing to complain about.\n")
	} else {
		v.printf("\n%s\n", plural(len(problems), "problem", "problems"))
	}
	v.printHarmless(tags)
	if len(worth) > 0 {
		v.printf("\n")
		v.printText(markdown.Text(agenda.WorthALook(worth)))
	}
	return nil
}
