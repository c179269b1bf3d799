package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) syncShowCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "show [DATE]",
		Short: "a sync at a glance: who was there, how long it took, what it opened",
		Long: `Shows what is recorded of the last sync, or of that of DATE: who was there, how long
each group took, which breakouts it opened and what became of them, and its snapshot.
What it showed stands in its minutes.`,
		Example: `  archsync sync show
  archsync sync show 2026-03-12`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: v.completeMoments,
		RunE:              func(_ *cobra.Command, args []string) error { return v.syncShow(args, at) },
	}
	v.atFlag(cmd, &at)
	v.jsonFlag(cmd)
	return cmd
}

// shownRecord is what is recorded of a sync, beside its minutes.
type shownRecord struct {
	Date      string         `json:"date"`
	Host      *string        `json:"host"`
	Present   []string       `json:"present"`
	Absent    []string       `json:"absent"`
	Timings   map[string]int `json:"timings_seconds"`
	Breakouts []string       `json:"breakouts"`
	Corrected []string       `json:"corrected"`
	Path      string         `json:"path"`
	Tag       *string        `json:"tag"`
	Commit    *string        `json:"commit"` // null for a sync that was not closed
}

func (v *invocation) syncShow(args []string, at string) error {
	l, m, err := v.read(at, synclog.Board|synclog.Meetings)
	if err != nil {
		return err
	}
	r, err := v.recordOf(l, m, args)
	if err != nil {
		return err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	shown := toShownRecord(r, snapshots)
	if v.json {
		return v.printJSON(envelope{Kind: "sync", At: toJSONMoment(m), Data: shown, Problems: l.Problems})
	}
	v.printRecord(l, r, shown)
	return nil
}

func toShownRecord(r meeting.Record, snapshots []chronicle.Snapshot) shownRecord {
	shown := shownRecord{
		Date: r.Date, Host: orNull(r.Host), Present: orEmpty(r.Present), Absent: orEmpty(r.Absent), Timings: map[string]int{},
		Breakouts: orEmpty(r.Breakouts), Corrected: orEmpty(r.Corrected), Path: r.Path,
	}
	for group, took := range r.Timings {
		shown.Timings[group] = wholeSeconds(took)
	}
	if i := slices.IndexFunc(snapshots, func(s chronicle.Snapshot) bool { return s.Date == r.Date }); i >= 0 {
		shown.Tag, shown.Commit = orNull(snapshots[i].Tag), orNull(snapshots[i].Commit)
	}
	return shown
}

func (v *invocation) printRecord(l *synclog.Log, r meeting.Record, shown shownRecord) {
	v.printf("The sync of %s\n\n", meeting.LongDate(r.Date))
	say := func(name, words string) {
		if words != "" {
			v.printf("%-10s %s\n", name, words)
		}
	}
	say("host", r.Host)
	say("present", strings.Join(r.Present, ", "))
	say("absent", strings.Join(r.Absent, ", "))
	say("took", tookWords(r.Timings))
	if shown.Commit != nil {
		say("snapshot", *shown.Commit)
	}
	if shown.Tag != nil {
		say("tag", *shown.Tag)
	}
	say("corrected", strings.Join(r.Corrected, ", "))
	say("minutes", r.Path)
	for i, id := range r.Breakouts {
		if i == 0 {
			v.printf("\nBreakouts\n")
		}
		b, _ := l.FindBreakout(id)
		v.printf("  %s  %s%s\n", id, b.Topic, prefixed(": ", b.Outcome))
	}
}

// tookWords are the times of the groups and their sum.
func tookWords(timings map[string]time.Duration) string {
	if len(timings) == 0 {
		return ""
	}
	var all time.Duration
	var each []string
	for _, group := range slices.Sorted(maps.Keys(timings)) {
		all += timings[group]
		each = append(each, group+" "+meeting.Clock(timings[group]))
	}
	return meeting.Clock(all) + ": " + strings.Join(each, ", ")
}
