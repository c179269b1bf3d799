package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
)

// benchFloor is how many components a file must have to count in the median: in
// smaller ones the start of an interpreter is all that is measured.
const benchFloor = 20

// benchOptions are the flags of diagram bench.
type benchOptions struct {
	against []string
	limit   time.Duration
}

func (v *invocation) diagramBenchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench DIR|FILE.d2...",
		Short: "how long diagrams take to compile, place and draw",
		Long: `Draws D2 files, those of a folder and below, and prints for each how many
components and connections it has and how long it took to compile, to place, and to
draw the rest: the fastest of three times.

--against times the placement of the engines that come with D2 as well: dagre and
elk. Each runs in a process of its own that is killed at the limit. A run that fails
or does not end is listed as such and left out of the ratio, which is D2's time for
the placement over ours; the last lines have its median over the files with 20
components or more, by folder. Interrupted, it prints what was measured so far.`,
		Example: `  archsync diagram bench sync-log/diagrams
  archsync diagram bench some.d2 other.d2 --against dagre,elk --limit 30s
  archsync diagram bench examples --json`,
		Args:              argsBetween(1, 1<<20),
		ValidArgsFunction: completeD2,
		RunE:              func(_ *cobra.Command, args []string) error { return v.diagramBench(args, o) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.against, "against", nil, "compare with these `ENGINES` of D2: dagre, elk")
	flags.DurationVar(&o.limit, "limit", time.Minute, "the `TIME` that a run of another engine may take")
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) diagramBench(args []string, o benchOptions) error {
	for _, rival := range o.against {
		if !slices.Contains(diagram.Rivals(), rival) {
			return &usageError{what: fmt.Sprintf("D2 has no engine %q", rival), hint: "there are " + strings.Join(diagram.Rivals(), " and ")}
		}
	}
	if o.limit <= 0 {
		return &usageError{what: fmt.Sprintf("a limit of %v leaves no time", o.limit), hint: "--limit 60s"}
	}
	slices.Sort(o.against)
	o.against = slices.Compact(o.against)
	files, err := v.benchFiles(args)
	if err != nil {
		return err
	}
	trials, err := diagram.NewTrials(v.now)
	if err != nil {
		return err
	}
	b := &bench{invocation: v, options: o, trials: trials}
	return b.run(files)
}

// benchFile is one file to be drawn: imports are read from root and below.
type benchFile struct {
	folder string // as the user named it; the median is taken by it
	root   string
	path   string // in root
}

func (f benchFile) shown() string { return filepath.Join(f.folder, filepath.FromSlash(f.path)) }

// benchFiles are the D2 files that arguments name.
func (v *invocation) benchFiles(args []string) ([]benchFile, error) {
	var files []benchFile
	for _, arg := range args {
		at := v.path(arg)
		info, err := os.Stat(at)
		switch {
		case err != nil || arg == "":
			return nil, &usageError{what: fmt.Sprintf("no file or folder %q", arg), hint: "name a D2 file or a folder with D2 files"}
		case info.IsDir():
			found, err := filesBelow(arg, at)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		case isD2(arg):
			files = append(files, benchFile{folder: filepath.Dir(arg), root: filepath.Dir(at), path: filepath.Base(at)})
		default:
			return nil, &usageError{what: fmt.Sprintf("%q is not a D2 file", arg), hint: "files end in .d2"}
		}
	}
	return files, nil
}

func filesBelow(shown, dir string) ([]benchFile, error) {
	var files []benchFile
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && isD2(path) {
			files = append(files, benchFile{folder: shown, root: dir, path: path})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for D2 files in %q: %w", shown, err)
	}
	if len(files) == 0 {
		return nil, &usageError{what: fmt.Sprintf("no D2 file in %q", shown), hint: "name a D2 file or a folder with D2 files"}
	}
	return files, nil
}

// bench is one run of the verb.
type bench struct {
	*invocation
	options benchOptions
	trials  *diagram.Trials
	results []benchResult
}

// benchResult is what was measured of a file, as JSON has it. Times are in
// milliseconds, and null where there is none.
type benchResult struct {
	File        string       `json:"file"`
	Components  *int         `json:"components"`
	Connections *int         `json:"connections"`
	Compile     *float64     `json:"compile_ms"`
	Place       *float64     `json:"place_ms"`
	Draw        *float64     `json:"draw_ms"`
	Against     []benchRival `json:"against"`
	folder      string
	problems    []problem.Problem
}

// benchRival is how another engine placed a file.
type benchRival struct {
	Engine string   `json:"engine"`
	Place  *float64 `json:"place_ms"`
	Ratio  *float64 `json:"ratio"` // its time over ours
	Error  *string  `json:"error"` // why there is no time
}

// benchMedian is the median ratio of one engine in one folder.
type benchMedian struct {
	Folder string   `json:"folder"`
	Engine string   `json:"engine"`
	Files  int      `json:"files"` // with as many components as count, where the engine came to an end
	Ratio  *float64 `json:"median_ratio"`
}

func (b *bench) run(files []benchFile) error {
	b.header()
	measured := false
	for _, f := range files {
		r := b.measure(f)
		if b.ctx.Err() != nil {
			break
		}
		b.results = append(b.results, r)
		measured = measured || r.Place != nil
		b.row(r)
	}
	if err := b.summary(); err != nil {
		return err
	}
	if err := b.ctx.Err(); err != nil {
		return fmt.Errorf("measured %d of %d files: %w", len(b.results), len(files), err)
	}
	if !measured {
		return failedError{}
	}
	return nil
}

// measure draws a file, and has the rivals place it.
func (b *bench) measure(f benchFile) benchResult {
	r := benchResult{File: f.shown(), Against: []benchRival{}, folder: f.folder}
	times, problems := b.fastest(f)
	if problems != nil {
		for i := range problems {
			problems[i].Path = path.Join(filepath.ToSlash(f.folder), problems[i].Path)
		}
		r.problems = problems
		return r
	}
	r.Components, r.Connections = &times.Components, &times.Connections
	r.Compile, r.Place, r.Draw = milliseconds(times.Compile), milliseconds(times.Place), milliseconds(times.Draw)
	for _, rival := range b.options.against {
		r.Against = append(r.Against, b.rival(f, rival, times.Place))
	}
	return r
}

// fastest draws a file three times. A placement takes milliseconds, which whatever
// else runs on the machine easily doubles.
func (b *bench) fastest(f benchFile) (diagram.Times, []problem.Problem) {
	best, problems := b.trial(b.trials, f, "", b.limits())
	for range 2 {
		if problems != nil || b.ctx.Err() != nil {
			break
		}
		var next diagram.Times
		if next, problems = b.trial(b.trials, f, "", b.limits()); next.Place < best.Place {
			best = next
		}
	}
	return best, problems
}

func (v *invocation) trial(trials *diagram.Trials, f benchFile, rival string, lim diagram.Limits) (diagram.Times, []problem.Problem) {
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return diagram.Times{}, []problem.Problem{{Path: f.path, What: fmt.Sprintf("read: %v", err)}}
	}
	defer root.Close()
	return trials.Run(v.ctx, root.FS(), f.path, rival, lim)
}

func milliseconds(d time.Duration) *float64 {
	ms := float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
	return &ms
}

// rival has another engine place a file, in a process of its own.
func (b *bench) rival(f benchFile, engine string, ours time.Duration) benchRival {
	r := benchRival{Engine: engine}
	took, err := b.apart(f, engine)
	if err != nil {
		r.Error = orNull(err.Error())
		return r
	}
	r.Place = milliseconds(took)
	if ours > 0 {
		ratio := float64(took) / float64(ours)
		r.Ratio = &ratio
	}
	return r
}

// apart runs [invocation.diagramTrial] in another process.
func (b *bench) apart(f benchFile, engine string) (time.Duration, error) {
	self, err := b.self()
	if err != nil {
		return 0, fmt.Errorf("start a process: %w", err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, b.options.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "diagram", "trial", engine, filepath.Join(f.root, filepath.FromSlash(f.path)), "--root", f.root)
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return 0, fmt.Errorf("did not end in %v", b.options.limit)
	case err != nil:
		return 0, errors.New(lastWords(err))
	}
	var answer trialAnswer
	if err := json.Unmarshal(out, &answer); err != nil {
		return 0, fmt.Errorf("crashed: %w", err)
	}
	return time.Duration(answer.Nanoseconds), nil
}

// lastWords is the first line that a failed process said.
func lastWords(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "crashed: " + err.Error()
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n")
	first = strings.TrimPrefix(first, "archsync: ")
	const most = 200
	if len(first) > most {
		first = first[:most] + "..."
	}
	return "crashed: " + cmp.Or(first, err.Error())
}

// trialAnswer is what the process apart prints.
type trialAnswer struct {
	Nanoseconds int64 `json:"place_ns"`
}

// diagramTrialCommand is the verb of the process apart. Nobody else needs it.
func (v *invocation) diagramTrialCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use: "trial ENGINE FILE.d2", Hidden: true, Args: argsBetween(2, 2),
		RunE: func(_ *cobra.Command, args []string) error { return v.diagramTrial(args[0], args[1], root) },
	}
	cmd.Flags().StringVar(&root, "root", "", "read imports from this `DIR` and below")
	return cmd
}

func (v *invocation) diagramTrial(engine, file, root string) error {
	at := v.path(file)
	root = v.path(cmp.Or(root, filepath.Dir(at)))
	path, err := filepath.Rel(root, at)
	if err != nil {
		return asUse(err)
	}
	trials, err := diagram.NewTrials(v.now)
	if err != nil {
		return err
	}
	f := benchFile{root: root, path: filepath.ToSlash(path)}
	times, problems := v.trial(trials, f, engine, diagram.Limits{Time: 24 * time.Hour})
	if problems != nil {
		return errors.New(problems[0].What)
	}
	return json.NewEncoder(v.out).Encode(trialAnswer{times.Place.Nanoseconds()})
}

func (b *bench) header() {
	if b.json {
		return
	}
	b.printf("%10s %11s %11s %11s %11s", "components", "connections", "compile", "place", "draw")
	for _, rival := range b.options.against {
		b.printf(" %11s %7s", rival, "ratio")
	}
	b.printf("  file\n")
}

func (b *bench) row(r benchResult) {
	if b.json {
		return
	}
	if r.Place == nil {
		b.printf("%58s", "not drawn")
		b.printf("  %s\n", r.File)
		b.printProblems(r.problems[:1])
		return
	}
	b.printf("%10d %11d %11s %11s %11s", *r.Components, *r.Connections, spent(r.Compile), spent(r.Place), spent(r.Draw))
	for _, rival := range r.Against {
		b.printf(" %11s %7s", spent(rival.Place), times(rival.Ratio))
	}
	b.printf("  %s\n", r.File)
	for _, rival := range r.Against {
		if rival.Error != nil {
			b.printf("%58s  %s %s\n", "", rival.Engine, *rival.Error)
		}
	}
}

func spent(ms *float64) string {
	if ms == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f ms", *ms)
}

func times(ratio *float64) string {
	if ratio == nil {
		return "-"
	}
	return fmt.Sprintf("%.0fx", *ratio)
}

// summary prints the medians, or everything as JSON.
func (b *bench) summary() error {
	medians := b.medians()
	if b.json {
		var problems []problem.Problem
		for _, r := range b.results {
			problems = append(problems, r.problems...)
		}
		return b.printJSON(envelope{Kind: "bench", Data: struct {
			Files   []benchResult `json:"files"`
			Medians []benchMedian `json:"medians"`
		}{b.results, medians}, Problems: problems})
	}
	for _, m := range medians {
		if m.Ratio == nil {
			b.printf("%s: no file with %d components or more that %s placed\n", m.Folder, benchFloor, m.Engine)
			continue
		}
		b.printf("%s: %s takes %.0f times as long, the median of %s with %d components or more\n",
			m.Folder, m.Engine, *m.Ratio, plural(m.Files, "file", "files"), benchFloor)
	}
	return nil
}

// medians are the median ratios by folder and engine, in the order of the files.
func (b *bench) medians() []benchMedian {
	medians := []benchMedian{}
	var folders []string
	for _, r := range b.results {
		if !slices.Contains(folders, r.folder) {
			folders = append(folders, r.folder)
		}
	}
	for _, folder := range folders {
		for _, engine := range b.options.against {
			ratios := b.ratios(folder, engine)
			m := benchMedian{Folder: folder, Engine: engine, Files: len(ratios)}
			if len(ratios) > 0 {
				middle := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
				m.Ratio = &middle
			}
			medians = append(medians, m)
		}
	}
	return medians
}

// ratios are those that count, sorted.
func (b *bench) ratios(folder, engine string) []float64 {
	var ratios []float64
	for _, r := range b.results {
		if r.folder != folder || r.Components == nil || *r.Components < benchFloor {
			continue
		}
		for _, rival := range r.Against {
			if rival.Engine == engine && rival.Ratio != nil {
				ratios = append(ratios, *rival.Ratio)
			}
		}
	}
	slices.Sort(ratios)
	return ratios
}
