package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// remindOptions are the flags of sync remind.
type remindOptions struct {
	markdown, slack bool
	webhook         string
}

func (v *invocation) syncRemindCommand() *cobra.Command {
	var o remindOptions
	cmd := &cobra.Command{
		Use:   "remind",
		Short: "a message for the groups that have not checked in",
		Long: `Prints a message that names the groups which have not checked in since the last sync,
when the next one is and until when updates are due: as text, as Markdown, or as Slack
writes it.

--webhook posts it as JSON, {"text": "..."}, which Slack, Mattermost and others take.
The address is https, or http on this computer. It is a secret: env:NAME takes it from
an environment variable. When every group has checked in, nothing is posted.`,
		Example: `  archsync sync remind
  archsync sync remind --markdown
  archsync sync remind --slack --webhook env:SLACK_WEBHOOK`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.syncRemind(o) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.markdown, "markdown", false, "write Markdown")
	flags.BoolVar(&o.slack, "slack", false, "write Slack's own marks")
	flags.StringVar(&o.webhook, "webhook", "", "post it to this `URL`, or env:NAME")
	v.jsonFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("markdown", "slack")
	return cmd
}

func (v *invocation) syncRemind(o remindOptions) error {
	var hook *webhook
	if o.webhook != "" {
		h, err := v.webhook(o.webhook)
		if err != nil {
			return err
		}
		hook = &h
	}
	l, m, err := v.read("", synclog.Board)
	if err != nil {
		return err
	}
	if len(l.Active()) == 0 {
		return &missingError{what: "there is no group to be reminded", hint: "archsync group new makes one"}
	}
	s, err := v.standing(l, m)
	if err != nil {
		return err
	}
	text := v.reminder(l, s, o.marks())
	posted := hook != nil && len(s.NotCheckedIn) > 0
	if posted {
		if err := hook.post(v.ctx, text); err != nil {
			return err
		}
	}
	if v.json {
		data := map[string]any{"sync": s.NextSync, "due": s.Due, "groups": s.NotCheckedIn, "late": len(s.Late) > 0, "text": text, "posted": posted}
		return v.printJSON(envelope{Kind: "reminder", At: toJSONMoment(m), Data: data, Problems: l.Problems})
	}
	switch {
	case posted:
		v.printf("Posted to %s: %s\n", hook.host(), plural(len(s.NotCheckedIn), "group", "groups"))
	case hook != nil:
		v.printf("Every group has checked in: nothing was posted\n")
	default:
		v.printText(text)
	}
	v.printProblems(l.Problems)
	return nil
}

// marks is how a form of a message writes what stands out.
type marks struct {
	text   func(string) string // other people's words
	strong func(string) string
	code   func(string) string
	link   func(name, url string) string
}

func (o remindOptions) marks() marks {
	switch {
	case o.markdown:
		return marks{
			text:   plain.Markdown,
			strong: func(s string) string { return "**" + s + "**" },
			code:   func(s string) string { return "`" + s + "`" },
			link:   func(name, url string) string { return "[" + name + "](<" + url + ">)" },
		}
	case o.slack:
		return marks{
			text:   slackText,
			strong: func(s string) string { return "*" + s + "*" },
			code:   func(s string) string { return "`" + s + "`" },
			link:   func(name, url string) string { return "<" + slackText(url) + "|" + name + ">" },
		}
	}
	same := func(s string) string { return s }
	return marks{text: plain.Line, strong: same, code: same, link: func(name, url string) string { return name + ": " + url }}
}

// slackText takes from a text what Slack reads as marks: the three characters that it
// wants escaped, and those that would begin bold, italic, struck or code text, which it
// has no escape for.
func slackText(s string) string {
	s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(plain.Line(s))
	return strings.NewReplacer("*", "∗", "`", "ˋ", "~", "∼").Replace(s)
}

// inLink takes from an address what would end it in Markdown or in Slack.
var inLink = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20")

// reminder is the message, in one of its forms.
func (v *invocation) reminder(l *synclog.Log, s standing, w marks) string {
	var b strings.Builder
	b.WriteString(w.strong(w.text(l.Config.Title)))
	if s.Start != nil {
		fmt.Fprintf(&b, " is on %s at %s (%s), %s", meeting.LongDate(*s.NextSync), s.Start.Format("15:04"), l.Config.Timezone, until(v.now(), *s.Start))
	}
	b.WriteString(".\n")
	if len(s.NotCheckedIn) == 0 {
		b.WriteString("Every group has checked in. Thank you!\n")
		return b.String()
	}
	switch {
	case len(s.Late) > 0:
		fmt.Fprintf(&b, "Updates were due by %s. Still missing:\n", s.Due.Format("Monday 15:04"))
	case s.Due != nil:
		fmt.Fprintf(&b, "Updates are due by %s. Not checked in yet:\n", s.Due.Format("Monday 15:04"))
	default:
		b.WriteString("Not checked in yet:\n")
	}
	b.WriteString("\n")
	for _, g := range l.Active() {
		if slices.Contains(s.NotCheckedIn, g.ID) {
			fmt.Fprintf(&b, "- %s\n", waiting(g, w))
		}
	}
	fmt.Fprintf(&b, "\nIt takes two minutes: %s\n", w.code("archsync update"))
	if l.Config.Agenda != "" {
		fmt.Fprintf(&b, "\n%s\n", w.link("Agenda", inLink.Replace(plain.Line(l.Config.Agenda))))
	}
	return b.String()
}

// waiting is a group that has not checked in, with whom to ask.
func waiting(g board.Group, w marks) string {
	name := g.ID
	if g.Name != "" {
		name = g.Name
	}
	return w.strong(w.text(name)) + prefixed(", ", w.text(synclog.PersonName(g.Lead)))
}
