package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/migrate"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) importCommand() *cobra.Command {
	return noun("import", "bring in what was kept elsewhere",
		`Brings what was kept in another tool into the log.`,
		v.importHistoryCommand(),
	)
}

// importOptions are the flags of import history.
type importOptions struct {
	diagrams, title, keepStatus string
	maps                        []string
}

func (v *invocation) importHistoryCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "history FILE.jsonl",
		Short: "turn boards written down by date into snapshots",
		Long: `Brings an existing past into a log, as snapshots with their own dates: into a
folder without a log (it is made, with a git repository where there is none), or
into a log that has no items and no syncs yet.

FILE.jsonl has one JSON object a line, one line a date:

  {"date": "2026-03-12",
   "groups": {"ingest": [{"id": "42", "title": "...", "status": "open", "owner": "..."}]},
   "removed": {"ingest": ["41"]}}

The first line is complete; a later one has only the items that are new or
changed, always whole, and under removed the ids that are gone. removed applies
first. --diagrams names a folder with the architecture as D2 files named by date
(2026-03-12.d2); the newest one that is not later than a date applies to it.

A status that archsync does not know must be mapped, or nothing is written. What
stands before the last = is the word of the source, and may hold anything; several
mappings may stand in one --map, separated by commas. The id of the source becomes
ref; a field that archsync does not know stays under its own name. An item leaves
the board only where the source removes it.`,
		Example: `  archsync import history boards.jsonl --diagrams diagrams/
  archsync import history boards.jsonl --map 'in progress=ongoing,closed=done' --map '=planned'`,
		Args: argsBetween(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return v.importHistory(args[0], o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.diagrams, "diagrams", "", "the `FOLDER` with the D2 files named by date")
	flags.StringArrayVar(&o.maps, "map", nil, "what a status means: `STATUS=status`; may be repeated")
	flags.StringVar(&o.title, "title", "", "what a new log is called (default \"Architecture sync\")")
	flags.StringVar(&o.keepStatus, "keep-status", "", "keep the source's own status under this `KEY` of the item")
	_ = cmd.MarkFlagDirname("diagrams")
	v.writingFlags(cmd, nil)
	return cmd
}

func (v *invocation) importHistory(file string, o importOptions) error {
	statuses, err := migrate.ParseMap(o.maps)
	if err != nil {
		return &usageError{what: "--map: " + err.Error(), hint: "write --map 'in progress=ongoing'"}
	}
	past, err := v.readPast(file)
	if err != nil {
		return err
	}
	if unknown := past.Unknown(statuses); unknown != nil {
		return unknown
	}
	diagrams, err := v.diagramFolder(o.diagrams)
	if err != nil {
		return err
	}
	into, err := v.importTarget(o)
	if err != nil {
		return err
	}
	into.options.Map, into.options.RawStatus = statuses, o.keepStatus
	err = inRepository(into.site, v.defaultBranch(), func() error {
		if into.options.Author, err = v.authorAt(into.site); err != nil {
			return err
		}
		episodes, err := past.Episodes(diagrams, into.options)
		if err != nil {
			return err
		}
		return v.replay(into.site, episodes)
	})
	if err != nil {
		return err
	}
	return v.printImport(file, into.site, len(past.Dates()))
}

// readPast reads the source; its problems are printed.
func (v *invocation) readPast(file string) (*migrate.History, error) {
	f, err := os.Open(v.path(file))
	if err != nil {
		return nil, &usageError{what: fmt.Sprintf("no file %q", file), hint: "archsync import history --help shows what stands in it"}
	}
	defer f.Close()
	past, problems := migrate.Read(file, f)
	if past != nil { // where the log is, it may be tomorrow already
		problems = past.After(v.now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	if past == nil || len(problems) > 0 {
		v.printProblems(problems)
		return nil, &history.Error{What: fmt.Sprintf("import %q: nothing was written", file), Hint: "archsync import history --help shows what stands in it"}
	}
	return past, nil
}

func (v *invocation) diagramFolder(dir string) (fs.FS, error) {
	if dir == "" {
		return nil, nil
	}
	if info, err := os.Stat(v.path(dir)); err != nil || !info.IsDir() {
		return nil, &usageError{what: fmt.Sprintf("--diagrams: no folder %q", dir), hint: "it holds D2 files named by date, such as 2026-03-12.d2"}
	}
	return os.DirFS(v.path(dir)), nil
}

// importTarget is the log that an import goes to: a new one, or one that has no
// items and no syncs.
type importTarget struct {
	site    site
	options migrate.Options
}

func (v *invocation) importTarget(o importOptions) (importTarget, error) {
	at, err := v.start()
	if err != nil {
		return importTarget{}, err
	}
	root, dir, err := history.FindLog(at)
	if errors.Is(err, history.ErrNoLog) || errors.Is(err, history.ErrNoRepository) {
		return v.newTarget(o)
	}
	if err != nil {
		return importTarget{}, err
	}
	if o.title != "" {
		return importTarget{}, &usageError{
			what: fmt.Sprintf("--title is for a new log, and there is one in %q", filepath.Join(root, filepath.FromSlash(dir))),
			hint: "leave --title out; the title stands in archsync.yaml",
		}
	}
	return v.emptyTarget(site{root: root, dir: dir})
}

// newTarget is a log that the import begins.
func (v *invocation) newTarget(o importOptions) (importTarget, error) {
	s, err := v.site()
	if err != nil {
		return importTarget{}, err
	}
	return importTarget{s, migrate.Options{Dir: s.dir, Title: cmp.Or(o.title, synclog.DefaultConfig().Title)}}, nil
}

// authorAt is who imports, also where there is no log yet.
func (v *invocation) authorAt(s site) (history.Author, error) {
	if v.author != "" {
		return v.who()
	}
	store, err := history.Open(s.root)
	if err != nil {
		return history.Author{}, err
	}
	defer store.Close()
	return store.Identity(v.getenv, v.home)
}

// emptyTarget is a log that is there, if it is empty.
func (v *invocation) emptyTarget(s site) (importTarget, error) {
	l, _, err := v.read("now", synclog.Board)
	if err != nil {
		return importTarget{}, err
	}
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return importTarget{}, err
	}
	if len(snapshots) > 0 {
		return importTarget{}, &history.Error{
			What: fmt.Sprintf("import into %q: it has syncs already, the first of %s", filepath.Join(s.root, filepath.FromSlash(s.dir)), snapshots[0].Date),
			Hint: "a past is imported into a log without syncs; in an empty folder, a new log is made for it",
		}
	}
	return importTarget{s, migrate.Options{
		Dir: l.Dir, Diagram: l.Config.DiagramPath(l.Dir), TagPrefix: l.Config.TagPrefix,
		Zone: l.Config.Location(), Board: l.Files,
	}}, nil
}

// printImport says what is in the log now.
func (v *invocation) printImport(file string, s site, dates int) error {
	l, _, err := v.read("now", synclog.All)
	if err != nil {
		return err
	}
	items := 0
	for _, g := range l.Groups() {
		items += len(g.Items)
	}
	v.printf("Imported %s into %s: %s\n", file, filepath.Join(s.root, filepath.FromSlash(s.dir)), plural(dates, "snapshot", "snapshots"))
	v.printf("On the board now: %s of %s\n", plural(items, "item", "items"), plural(len(l.Groups()), "group", "groups"))
	v.printProblems(l.Problems)
	return nil
}
