package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// overview is the page that archsync --help shows.
const overview = `archsync keeps an organisation's architecture sync in git: every group's board
and the architecture diagram, as they stood at every sync, and what changed.

Start here
  archsync demo                        two years of a made-up company, to look around in
  archsync init                        begin a log in this repository
  archsync                             open the log's screens

Before a sync (group leads)
  archsync update                      go over my group's items, one by one
  archsync board --mine                what my group has on the board
  archsync item new "Shard the index"  put something on it
  archsync item move k7f3q done        plan, start, block, finish or drop it
  archsync status                      who has not checked in yet, when you meet, what is unsaved

At the sync (hosts)
  archsync sync remind                 a message for the groups that are late
  archsync check                       is everything in order?
  archsync sync start                  hold it: whose turn it is, who is there, how long it takes
  archsync sync breakout new "Cells?"  park a topic; the sync goes on
  archsync sync close                  record what was shown: commit, tag, minutes, picture

Afterwards (everybody)
  archsync log                         every sync and how much it changed
  archsync search kafka                who ever wrote of it, and when that stood there
  archsync stats --since 1y            how the architecture grew, what became of the plans
  archsync plan --plan 2026-Q4         what was planned for a quarter, and what came of it
  archsync diff @-3 now                what changed by meaning, with the reasons
  archsync board --at 2026-03-12       the board as it stood that day
  archsync diagram show --at @-6       the architecture then
  archsync diagram diff a.d2 b.d2      two D2 files, without any log

A moment is written now, @ (the last sync), @-3 (three syncs before it), 2026-03-12,
90d, 6w, 8mo or 2y (ago), sync/2026-03-12, or as a git revision; git:REV means git's.

ARCHSYNC_TIME_LIMIT=30s allows a diagram more time to compile, and to be placed, than
10 seconds; ARCHSYNC_LOG=DIR is where the log is looked for, as with --chdir.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 differences or problems found
(diff --exit-code, check), 4 refused because something changed underneath.
`

// run is the program: arguments and a world in, an exit code out.
func run(ctx context.Context, args []string, w *world) int {
	gathering, printed := w.gather()
	v := &invocation{world: gathering, outside: w, printed: printed, ctx: ctx}
	root := v.tree()
	root.SetArgs(args)
	err := v.readPatience()
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	err = errors.Join(asUsage(err), v.close(), printed.flush())
	v.report(err)
	return code(err)
}

// asUsage recognises what the flag library calls wrong use: it has no type for it.
func asUsage(err error) error {
	var known *usageError
	if err == nil || errors.As(err, &known) {
		return err
	}
	for _, begin := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs an argument",
		"invalid argument", "accepts ", "requires at least", "required flag", "if any flags in the group", "bad flag syntax"} {
		if strings.HasPrefix(err.Error(), begin) {
			what, suggestion, _ := strings.Cut(err.Error(), "\n")
			if apart := exclusive.FindStringSubmatch(what); apart != nil {
				what = "--" + strings.ReplaceAll(apart[1], " ", " and --") + " do not go together"
			}
			h := "archsync --help lists the verbs; archsync VERB --help explains one"
			if s := strings.Join(strings.Fields(suggestion), " "); s != "" {
				h = s
			}
			return &usageError{what: what, hint: h}
		}
	}
	return err
}

// exclusive finds which flags the library refuses side by side.
var exclusive = regexp.MustCompile(`^if any flags in the group .*; \[(.*)\] were all set$`)

// tree is the tree of verbs. It is made anew for each run: flags belong to an
// invocation, not to the program.
func (v *invocation) tree() *cobra.Command {
	root := &cobra.Command{
		Use:           "archsync",
		Short:         "the architecture sync, kept in git",
		Long:          overview,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v.chooseSigns(cmd)
			return v.screens()
		},
	}
	root.SetIn(v.in)
	root.SetOut(v.out)
	root.SetErr(v.errs)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.SetHelpFunc(help)
	root.SetFlagErrorFunc(wrongFlag)
	flags := root.PersistentFlags()
	flags.StringVarP(&v.chdir, "chdir", "C", "", "look for the log from `DIR` upward (also: ARCHSYNC_LOG)")
	v.asciiFlag(root)
	root.AddCommand(
		v.demoCommand(), v.initCommand(), v.statusCommand(), v.updateCommand(), v.checkCommand(),
		v.boardCommand(), v.groupCommand(), v.itemCommand(),
		v.syncCommand(), v.logCommand(), v.searchCommand(), v.statsCommand(), v.planCommand(), v.whyCommand(), v.whenCommand(),
		v.diffCommand(), v.diagramCommand(),
		v.importCommand(), v.completionCommand(), v.manCommand(), v.versionCommand(),
	)
	return root
}

// noArgs refuses arguments in the house's words.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return unknownVerb(cmd, args[0])
	}
	return &usageError{
		what: cmd.CommandPath() + " takes no arguments, but got " + quoteAll(args),
		hint: cmd.CommandPath() + " --help shows how it is used",
	}
}

// wrongFlag is a flag that a verb does not take, or not so.
func wrongFlag(cmd *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return wrongValue(cmd, invalid)
	}
	e := &usageError{what: err.Error(), hint: cmd.CommandPath() + " --help shows its flags"}
	switch {
	case err.Error() != "unknown flag: --at":
	case cmd.Flags().Lookup("author") != nil:
		e.hint = "only verbs that read take --at: the past is not written to"
	case cmd.Name() == "diff":
		e.hint = "the moments are its arguments: " + usageLine(cmd)
	}
	return e
}

// wrongValue is a value that a flag cannot have.
func wrongValue(cmd *cobra.Command, err *pflag.InvalidValueError) error {
	flag := err.GetFlag()
	e := &usageError{hint: cmd.CommandPath() + " --help shows its flags"}
	switch flag.Value.Type() {
	case "int", "int64", "uint64":
		e.what = fmt.Sprintf("--%s %q is not a whole number", flag.Name, err.GetValue())
	case "bool":
		e.what = fmt.Sprintf("--%s %q is neither true nor false", flag.Name, err.GetValue())
	case momentType:
		e.what, e.hint = fmt.Sprintf("--%s names no moment", flag.Name), "write now, @, @-3, 2026-03-12, 90d or a git revision, or leave it out"
	default:
		e.what = fmt.Sprintf("--%s %q: %v", flag.Name, err.GetValue(), err.Unwrap())
	}
	return e
}

func unknownVerb(cmd *cobra.Command, name string) error {
	e := &usageError{
		what: "unknown verb " + quoteAll([]string{name}) + " of " + cmd.CommandPath(),
		hint: cmd.CommandPath() + " --help lists the verbs",
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		e.hint = "did you mean " + cmd.CommandPath() + " " + near[0] + "?"
	}
	return e
}

// argsBetween wants a number of arguments, named as in the usage line.
func argsBetween(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{what: cmd.CommandPath() + " needs more: " + usageLine(cmd), hint: cmd.CommandPath() + " --help shows how it is used"}
		case len(args) > most:
			return &usageError{what: cmd.CommandPath() + " does not take " + quoteAll(args[most:]), hint: cmd.CommandPath() + " --help shows how it is used"}
		}
		return nil
	}
}

func quoteAll(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = `"` + a + `"`
	}
	return strings.Join(quoted, " ")
}

// help prints the page that somebody wrote for a verb, then its flags.
func help(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	if !cmd.HasParent() {
		b.WriteString(cmd.Long)
	} else {
		b.WriteString("Usage: " + usageLine(cmd) + "\n\n")
		b.WriteString(strings.TrimSpace(longOrShort(cmd)) + "\n")
	}
	if verbs := listVerbs(cmd); verbs != "" && cmd.HasParent() {
		b.WriteString("\nVerbs\n" + verbs)
	}
	if cmd.HasAvailableLocalFlags() {
		b.WriteString("\nFlags\n" + cmd.LocalFlags().FlagUsages())
	}
	if cmd.HasAvailableInheritedFlags() {
		b.WriteString("\nFlags of every verb\n" + cmd.InheritedFlags().FlagUsages())
	}
	if cmd.Example != "" {
		b.WriteString("\nExamples\n" + strings.TrimRight(cmd.Example, "\n") + "\n")
	}
	cmd.Print(b.String())
}

func usageLine(cmd *cobra.Command) string { return strings.TrimSuffix(cmd.UseLine(), " [flags]") }

func longOrShort(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short
}

func listVerbs(cmd *cobra.Command) string {
	var b strings.Builder
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			b.WriteString("  " + c.Name() + strings.Repeat(" ", max(1, 14-len(c.Name()))) + c.Short + "\n")
		}
	}
	return b.String()
}

// atFlag is --at of a reading verb.
func (v *invocation) atFlag(cmd *cobra.Command, at *string) {
	v.momentFlag(cmd, at, "at", "as of `MOMENT`: now, @, @-3, 2026-03-12, 90d, a git revision")
}

// momentFlag is a flag that names a moment, if it is given.
func (v *invocation) momentFlag(cmd *cobra.Command, expr *string, name, usage string) {
	cmd.Flags().Var((*momentValue)(expr), name, usage)
	_ = cmd.RegisterFlagCompletionFunc(name, v.completeMoments)
}

// momentValue is a moment expression that somebody wrote: an empty one is what is
// left of a variable that a script forgot to set, and not the present.
type momentValue string

const momentType = "moment"

func (m *momentValue) String() string { return string(*m) }

// Type is how the flag library calls it.
func (m *momentValue) Type() string { return momentType }

// Set takes the expression; what it means is looked up later.
func (m *momentValue) Set(expr string) error {
	if strings.TrimSpace(expr) == "" {
		return errors.New("it is empty")
	}
	*m = momentValue(expr)
	return nil
}

// jsonFlag is --json of a reading verb.
func (v *invocation) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON (documented in docs/json.md)")
}

// writingFlags are those of every verb that changes the log.
func (v *invocation) writingFlags(cmd *cobra.Command, noCommit *bool) {
	cmd.PreRun = func(*cobra.Command, []string) { v.writes = true }
	cmd.Flags().StringVar(&v.author, "author", "", "commit as `\"NAME <MAIL>\"` instead of whom git names")
	if noCommit != nil {
		cmd.Flags().BoolVar(noCommit, "no-commit", false, "only write the file; commit it yourself later")
	}
}
