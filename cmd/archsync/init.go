package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

func (v *invocation) initCommand() *cobra.Command {
	var b synclog.Beginning
	var noCommit bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "begin a log in this folder",
		Long: `Makes the folder sync-log/ here: its configuration (archsync.yaml, with a comment
on every key), a board, and a first small architecture diagram to be written over.
They are committed as you, and nothing else of the repository is touched. Where
there is no git repository yet, one is made first.

A diagram or a folder of decisions that the repository has already is adopted
where it is, with --diagram and --decisions.`,
		Example: `  archsync init
  archsync init --title "Lumen architecture sync" --timezone Europe/Berlin
  archsync init --group ingest --group storage
  archsync init --diagram docs/architecture.d2 --decisions docs/adr`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.init(b, !noCommit) },
	}
	flags := cmd.Flags()
	flags.StringVar(&b.Title, "title", "", "what the log is called, as `TEXT` (default \"Architecture sync\")")
	flags.StringArrayVar(&b.Groups, "group", nil, "make a group with this `ID`; may be repeated")
	flags.StringVar(&b.Diagram, "diagram", "", "the D2 `FILE` in the repository that shows the architecture")
	flags.StringVar(&b.Decisions, "decisions", "", "the `FOLDER` in the repository that has the RFDs or ADRs")
	flags.StringVar(&b.TagPrefix, "tag-prefix", "", "what the tags of syncs begin with, as `TEXT` (default \"sync/\")")
	flags.StringVar(&b.Timezone, "timezone", "", "the `ZONE` in which dates are meant, such as Europe/Berlin (default UTC)")
	_ = cmd.MarkFlagFilename("diagram", "d2")
	_ = cmd.MarkFlagDirname("decisions")
	v.writingFlags(cmd, &noCommit)
	return cmd
}

func (v *invocation) init(b synclog.Beginning, commit bool) error {
	site, err := v.site()
	if err != nil {
		return err
	}
	e, err := v.beginning(site, b)
	if err != nil {
		return err
	}
	prefix := cmp.Or(b.TagPrefix, history.DefaultTagPrefix)
	if err := inRepository(site, v.defaultBranch(), func() error { return v.begin(site, prefix, e, commit) }); err != nil {
		return err
	}
	return v.welcome(site, commit)
}

// site is where a new log goes.
type site struct {
	root  string // of the repository
	dir   string // the log's folder in it
	fresh bool   // there is no repository yet
}

// site finds the place for a new log: sync-log/ in the folder that the user is in.
func (v *invocation) site() (site, error) {
	at, err := v.start()
	if err != nil {
		return site{}, err
	}
	root, dir, err := history.FindLog(at)
	switch {
	case err == nil:
		return site{}, &history.Error{
			What: fmt.Sprintf("begin a log in %q: there is one already, %s", at, filepath.Join(root, filepath.FromSlash(dir))),
			Hint: "archsync status shows how it stands",
		}
	case errors.Is(err, history.ErrNoRepository):
		return v.free(site{root: at, dir: history.DefaultDir, fresh: true})
	case !errors.Is(err, history.ErrNoLog):
		return site{}, err
	}
	store, err := history.Open(at)
	if err != nil {
		return site{}, err
	}
	defer store.Close()
	rel, err := filepath.Rel(store.Root(), at)
	if err != nil {
		return site{}, fmt.Errorf("begin a log in %q: %w", at, err)
	}
	return v.free(site{root: store.Root(), dir: path.Join(filepath.ToSlash(rel), history.DefaultDir)})
}

// free refuses a folder that holds something else.
func (v *invocation) free(s site) (site, error) {
	folder := filepath.Join(s.root, filepath.FromSlash(s.dir))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("begin a log in %q: %w", folder, err)
	}
	return s, &history.Error{
		What: fmt.Sprintf("begin a log in %q: the folder is not empty, and not a log", folder),
		Hint: "move it away, or begin the log in another folder: archsync -C DIR init",
	}
}

// beginning is the new log as files, with what it adopts named from the repository.
func (v *invocation) beginning(s site, b synclog.Beginning) (synclog.Edit, error) {
	var err error
	if b.Diagram, err = v.adopted(s, "diagram", b.Diagram); err != nil {
		return synclog.Edit{}, err
	}
	if b.Decisions, err = v.adopted(s, "decisions", b.Decisions); err != nil {
		return synclog.Edit{}, err
	}
	zone, err := time.LoadLocation(b.Timezone)
	if err != nil {
		zone = time.UTC // which the configuration's own check explains
	}
	b.Today = v.now().In(zone).Format(time.DateOnly)
	e, err := synclog.Begin(s.dir, b)
	return e, asUse(err)
}

// adopted is the path in the repository of a file or folder that a flag names.
func (v *invocation) adopted(s site, flag, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	wrong := func(what, hint string) (string, error) {
		return "", &usageError{what: fmt.Sprintf("--%s %q: %s", flag, name, what), hint: hint}
	}
	rel, err := filepath.Rel(s.root, v.path(name))
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return wrong("not inside the repository "+s.root, "a log can only keep what its own repository has")
	}
	info, err := os.Stat(v.path(name))
	folder := flag == "decisions"
	switch {
	case err != nil:
		return wrong("there is no such thing", "leave the flag out, and the log gets its own in "+s.dir)
	case folder != info.IsDir() && folder:
		return wrong("not a folder", "name the folder that has the decisions, one Markdown file each")
	case folder != info.IsDir() || !folder && filepath.Ext(rel) != ".d2":
		return wrong("not a D2 file", "name the file, such as docs/architecture.d2")
	}
	return filepath.ToSlash(rel), nil
}

// begin writes the new log.
func (v *invocation) begin(s site, prefix string, e synclog.Edit, commit bool) error {
	a, err := history.OpenArchive(s.root, s.dir, v.logLimits())
	if err != nil {
		return err
	}
	v.archive, v.root = a, s.root
	if err := v.checkPrefix(prefix); err != nil {
		return err
	}
	return v.save(e, commit)
}

// checkPrefix refuses a tag prefix under which other tags stand: they would be
// taken for syncs, or be in their way.
func (v *invocation) checkPrefix(prefix string) error {
	used, err := v.archive.Store().PrefixInUse(prefix)
	if err != nil || !used {
		return err
	}
	e := &usageError{what: fmt.Sprintf("the repository has tags that begin with %q", prefix), hint: "choose another one with --tag-prefix"}
	for _, other := range []string{"sync/", "archsync/", "architecture-sync/", strings.TrimRight(prefix, "/") + "-log/"} {
		if used, err := v.archive.Store().PrefixInUse(other); err == nil && !used {
			e.hint = "choose another one: archsync init --tag-prefix " + other
			break
		}
	}
	return e
}

// welcome says what was made and what to do with it.
func (v *invocation) welcome(s site, commit bool) error {
	v.archive.Reconfigure()
	l, _, err := v.read("", synclog.All)
	if err != nil {
		return err
	}
	v.changed(commit, "Began the log %q in %s/", l.Config.Title, s.dir)
	first, err := l.Config.Cadence.Next(v.today(l))
	if err == nil {
		v.printf("The first sync is on %s; %s says when you meet.\n", meeting.LongDate(first), l.Path(synclog.ConfigName))
	}
	v.printf("\nNext\n")
	group := "storage"
	if active := l.Active(); len(active) > 0 {
		group = active[0].ID
	} else {
		v.printf("  archsync group new storage --lead me     a group, and who leads it\n")
	}
	v.printf("  archsync item new \"Shard the index\" --group %s\n", group)
	v.printf("  archsync board                           what every group is working on\n")
	v.printf("  archsync sync close                      when you have met: record what was shown\n")
	v.printf("\nThe architecture is %s, to be edited as you like.\n", l.Config.DiagramPath(l.Dir))
	v.printProblems(synclog.Check(l))
	return nil
}
