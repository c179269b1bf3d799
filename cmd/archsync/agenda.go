package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// agendaOptions are the flags of sync agenda.
type agendaOptions struct {
	at, date string
	markdown bool
}

func (v *invocation) syncAgendaCommand() *cobra.Command {
	var o agendaOptions
	cmd := &cobra.Command{
		Use:   "agenda",
		Short: "what the next sync goes through",
		Long: `Prints the agenda of the next sync, computed from the log: breakouts of earlier
syncs that are still open, decisions that are due (new, in another state, to be
reviewed, or with a last call that ends before the next sync: the record's keys review
and last_call), then every group in turn with its
work, what changed since the last sync, and the part of the architecture that it owns
or touches; who waits for whom; and whether the time is enough. Groups without any
change come last, in one line, and then what is worth a look (archsync check --help).

The order of the groups is that of archsync.yaml, begun one group later from sync to
sync, so that nobody is always last. The same text is the invitation before the sync.

With --at it is the agenda as it stood then; that of a sync which was closed is the
one that it had.`,
		Example: `  archsync sync agenda
  archsync sync agenda --date 2026-03-12
  archsync sync agenda --markdown > agenda.md
  archsync sync agenda --at @`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncAgenda(o) },
	}
	v.atFlag(cmd, &o.at)
	cmd.Flags().StringVar(&o.date, "date", "", "the `DATE` of the sync (default: the next one of the cadence)")
	cmd.Flags().BoolVar(&o.markdown, "markdown", false, "print Markdown")
	v.jsonFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	return cmd
}

func (v *invocation) syncAgenda(o agendaOptions) error {
	s, m, problems, err := v.syncOf(o.at, o.date)
	if err != nil {
		return err
	}
	a := s.Agenda()
	if v.json {
		return v.printJSON(envelope{Kind: "agenda", At: toJSONMoment(m), Data: a.JSON(), Problems: problems})
	}
	text := a.Markdown()
	if !o.markdown {
		text = markdown.Text(text)
	}
	v.printText(text)
	v.printProblems(problems)
	return nil
}

// syncOf is the sync of a date, or the one that comes after a moment, as far as that
// moment knows it.
func (v *invocation) syncOf(at, date string) (*agenda.Sync, history.Moment, []problem.Problem, error) {
	l, m, err := v.read(at, synclog.All)
	if err != nil {
		return nil, m, nil, err
	}
	t, err := v.timeline(m)
	if err != nil {
		return nil, m, nil, err
	}
	if date, err = v.dateOfSync(date, m, t.Snapshots, l.Config); err != nil {
		return nil, m, nil, err
	}
	s, err := agenda.ReadSync(v.ctx, t, l, date)
	return s, m, l.Problems, err
}

// timeline is the syncs before a moment. A snapshot is not before itself.
func (v *invocation) timeline(m history.Moment) (chronicle.Timeline, error) {
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return chronicle.Timeline{}, err
	}
	snapshots = slices.DeleteFunc(snapshots, func(s chronicle.Snapshot) bool {
		return m.Kind != history.Now && (s.Date > m.Date || s.Date == m.Date && m.Kind == history.AtSnapshot)
	})
	return v.archive.Timeline(snapshots, v.memo()), nil
}

// dateOfSync is the date of the sync that a moment leads to: its own where it is one,
// else the next of the cadence, else the day of the moment.
func (v *invocation) dateOfSync(date string, m history.Moment, closed []chronicle.Snapshot, c synclog.Config) (string, error) {
	if date != "" {
		if parsed, err := time.Parse(time.DateOnly, date); err != nil || parsed.Format(time.DateOnly) != date {
			return "", &usageError{what: fmt.Sprintf("%q is not a date", date), hint: "dates are written YYYY-MM-DD"}
		}
		return date, nil
	}
	if m.Kind == history.AtSnapshot {
		return m.Date, nil
	}
	return agenda.Next(closed, c.Cadence, m.Date), nil
}
