package main

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// minutesOptions are the flags of sync minutes.
type minutesOptions struct {
	at                          string
	markdown, html, slack, edit bool
}

func (v *invocation) syncMinutesCommand() *cobra.Command {
	var o minutesOptions
	cmd := &cobra.Command{
		Use:   "minutes [DATE]",
		Short: "what a sync showed and what came of it",
		Long: `Prints the minutes of the last sync, or of that of DATE, as they are recorded in
syncs/DATE.md: as text, as Markdown, as a whole page that needs nothing beside it,
as a message for Slack, or as JSON with every change that they tell.

Minutes stay as they were recorded. --edit corrects them in your editor, in a commit
of its own; the minutes say then when they were corrected.`,
		Example: `  archsync sync minutes
  archsync sync minutes 2026-03-12 --html > minutes.html
  archsync sync minutes @-1 --slack
  archsync sync minutes 2026-03-12 --edit`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: v.completeMoments,
		RunE:              func(_ *cobra.Command, args []string) error { return v.syncMinutes(args, o) },
	}
	v.atFlag(cmd, &o.at)
	flags := cmd.Flags()
	flags.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	flags.BoolVar(&o.html, "html", false, "print a page")
	flags.BoolVar(&o.slack, "slack", false, "print a message for Slack")
	flags.BoolVarP(&o.edit, "edit", "e", false, "correct the minutes in $EDITOR")
	flags.StringVar(&v.author, "author", "", "with --edit: commit as `\"NAME <MAIL>\"` instead of whom git names")
	v.jsonFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "markdown", "html", "slack", "edit")
	return cmd
}

func (v *invocation) syncMinutes(args []string, o minutesOptions) error {
	if o.edit {
		return v.correctMinutes(args, o)
	}
	l, m, err := v.read(o.at, synclog.Meetings)
	if err != nil {
		return err
	}
	r, err := v.recordOf(l, m, args)
	if err != nil {
		return err
	}
	text := agenda.Corrected(r.Body, r.Corrected)
	switch {
	case v.json:
		return v.minutesJSON(l, m, r)
	case o.html:
		v.printText(markdown.HTML(l.Config.Title+", "+r.Date, text, v.pictureOf(m, r)))
	case o.slack:
		v.printText(markdown.Slack(text))
	case o.markdown:
		v.printText(text)
	default:
		v.printText(markdown.Text(text))
	}
	return nil
}

// recordOf is the record that an argument names, or the newest one at a moment.
func (v *invocation) recordOf(l *synclog.Log, m history.Moment, args []string) (meeting.Record, error) {
	date := ""
	if len(args) > 0 {
		var err error
		if date, err = v.syncDate(args[0]); err != nil {
			return meeting.Record{}, err
		}
	} else {
		last, err := v.moment("@")
		if m.Kind == history.AtSnapshot {
			last, err = m, nil
		} else if m.Kind != history.Now {
			last, err = v.earlierSync(m)
		}
		if err != nil {
			return meeting.Record{}, err
		}
		date = last.Date
	}
	r, found := l.Record(date)
	if !found {
		return r, &history.Error{
			What: fmt.Sprintf("there are no minutes of %s", date),
			Hint: "archsync log lists the syncs that were closed; archsync sync close --dry-run shows the minutes of the next one",
		}
	}
	return r, nil
}

// pictureOf gives the drawing that the minutes show; no other file.
func (v *invocation) pictureOf(m history.Moment, r meeting.Record) func(name string) []byte {
	return func(name string) []byte {
		if name != path.Base(meeting.PicturePath(r.Date)) {
			return nil
		}
		fsys, err := v.archive.FS(m)
		if err != nil {
			return nil
		}
		svg, err := fs.ReadFile(fsys, path.Join(path.Dir(r.Path), name))
		if err != nil {
			return nil // the minutes name it all the same
		}
		return svg
	}
}

// recordedMinutes is a record in JSON: the text that stands in it, and what the
// snapshot gives of the minutes as a value.
type recordedMinutes struct {
	Date      string   `json:"date"`
	Path      string   `json:"path"`
	Corrected []string `json:"corrected"`
	Breakouts []string `json:"breakouts"`
	Markdown  string   `json:"markdown"`
	Computed  any      `json:"computed"` // null where the sync was not closed
}

func (v *invocation) minutesJSON(l *synclog.Log, m history.Moment, r meeting.Record) error {
	data := recordedMinutes{Date: r.Date, Path: r.Path, Corrected: []string{}, Breakouts: []string{}, Markdown: r.Body}
	data.Corrected = append(data.Corrected, r.Corrected...)
	data.Breakouts = append(data.Breakouts, r.Breakouts...)
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return err
	}
	for _, s := range snapshots {
		if s.Date != r.Date {
			continue
		}
		shown, err := v.archive.ReadSnapshot(v.ctx, s)
		if err != nil {
			return err
		}
		t, err := v.timeline(history.At(s))
		if err != nil {
			return err
		}
		held, err := agenda.ReadSync(v.ctx, t, shown, s.Date)
		if err != nil {
			return err
		}
		_, _, picture := r.ShowsPicture()
		data.Computed = held.Recorded(agenda.Held{Picture: picture}).JSON()
	}
	return v.printJSON(envelope{Kind: "minutes", At: toJSONMoment(m), Data: data, Problems: l.Problems})
}

// correctMinutes opens the minutes in the editor and commits what was saved.
func (v *invocation) correctMinutes(args []string, o minutesOptions) error {
	if o.at != "" {
		return &usageError{what: "--edit goes without --at: the past is not written to", hint: "leave one of the two out"}
	}
	if err := v.canEdit("edit syncs/DATE.md yourself and commit it"); err != nil {
		return err
	}
	v.writes = true
	l, m, err := v.read("", synclog.Meetings)
	if err != nil {
		return err
	}
	r, err := v.recordOf(l, m, args)
	if err != nil {
		return err
	}
	before, err := v.working(r.Path)
	if err != nil {
		return err
	}
	body, text, err := v.editKept("minutes-"+r.Date, r.Body)
	if err != nil {
		return err
	}
	if body == r.Body {
		text.discard()
		v.printf("Nothing changed.\n")
		return nil
	}
	r.Body = body
	if today := v.today(l); !slices.Contains(r.Corrected, today) {
		r.Corrected = append(slices.Clip(r.Corrected), today)
	}
	after, err := r.Bytes()
	if err != nil {
		return text.keep(err)
	}
	summary := "Correct the minutes of " + r.Date
	if err := v.save(synclog.Edit{Summary: summary, Files: []synclog.FileEdit{{Path: r.Path, Before: before, After: after}}}, true); err != nil {
		return text.keep(err)
	}
	text.discard()
	v.printf("%s\n", strings.Replace(summary, "Correct", "Corrected", 1))
	return nil
}
