package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// statsOptions say of what figures are wanted.
type statsOptions struct {
	at, since, group string
}

func (v *invocation) statsCommand() *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "how the log went: size, changes, plans and what became of them",
		Long: `Prints figures over time, each with its first and last value and a line that shows
how it went from sync to sync: components and connections of the architecture, its
cycles (sets of components that all lead to each other), the greatest fan-in (how many
components have an arrow to one), open items, and what changed.

Then, for each group: the items it had planned (open at the beginning, or new since),
how many of these were delivered and how many dropped, how many are open in the end,
how often a due date was moved to a later one, how many are overdue, and the median age
of the open ones in days. Then the components that changed most, by the number of
changes of them and of their connections, and the items that are open longest.

What came with the first sync of the log is no change.`,
		Example: `  archsync stats
  archsync stats --since 1y
  archsync stats --group storage --since 2026-01-01 --at @
  archsync stats --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.stats(o) },
	}
	v.atFlag(cmd, &o.at)
	v.momentFlag(cmd, &o.since, "since", "only what happened after `MOMENT`")
	cmd.Flags().StringVar(&o.group, "group", "", "only the items of the group `ID` and the components that it owns")
	_ = cmd.RegisterFlagCompletionFunc("group", v.completeGroups)
	v.jsonFlag(cmd)
	return cmd
}

func (v *invocation) stats(o statsOptions) error {
	_, m, problems, err := v.until(o.at)
	if err != nil {
		return err
	}
	want := chronicle.StatsOptions{Group: o.group, End: m.Date}
	if o.since != "" {
		since, err := v.moment(o.since)
		if err != nil {
			return err
		}
		want.Since = since.Date
	}
	if o.group != "" {
		l, err := v.archive.Read(v.ctx, m, synclog.Board)
		if err != nil {
			return err
		}
		f, ok := v.file(l, o.group)
		if !ok {
			return l.UnknownGroup(o.group)
		}
		want.Group = f.ID()
	}
	t, err := v.archive.Past(v.ctx, m, v.memo())
	if err != nil {
		return err
	}
	s, err := t.Stats(v.ctx, want)
	if err != nil {
		return err
	}
	if len(problems) == 0 { // else they tell of the same snapshots
		problems = s.Problems
	}
	if v.json {
		return v.printJSON(envelope{Kind: "stats", At: toJSONMoment(m), Data: toJSONStats(s), Problems: problems})
	}
	v.printStats(s)
	v.printProblems(problems)
	return nil
}

// listed is how many components and items the text lists.
const listed = 10

func (v *invocation) printStats(s chronicle.Stats) {
	if len(s.Points) == 0 {
		v.printf("Nothing to count: no sync lies in that time.\n")
		return
	}
	v.printTable(v.overTime(s.Points))
	if len(s.Groups) > 0 {
		v.printf("\n")
		v.printTable(groupRows(s.Groups))
	}
	if n := min(len(s.Components), listed); n > 0 {
		rows := [][]string{{"changed most", "changes", "syncs", "items"}}
		for _, c := range s.Components[:n] {
			name := c.ID
			if c.Gone {
				name += " (gone)"
			}
			rows = append(rows, []string{name, itoa(c.Changes), itoa(c.Syncs), itoa(c.Items)})
		}
		v.printf("\n")
		v.printTable(rows)
	}
	if n := min(len(s.Items), listed); n > 0 {
		rows := [][]string{{"open longest", "days", "status", "group", ""}}
		for _, it := range s.Items[:n] {
			rows = append(rows, []string{it.ID, itoa(it.Days), it.Status, it.Group, plain.Line(it.Title)})
		}
		v.printf("\n")
		v.printTable(rows)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func groupRows(groups []chronicle.GroupStats) [][]string {
	rows := [][]string{{"group", "planned", "delivered", "dropped", "open", "slips", "overdue", "median age"}}
	for _, g := range groups {
		rows = append(rows, []string{g.ID, itoa(g.Planned), itoa(g.Delivered), itoa(g.Dropped), itoa(g.Open), itoa(g.Slips), itoa(g.Overdue), itoa(g.MedianAge)})
	}
	return rows
}

// overTime is a line for each figure that has a course.
func (v *invocation) overTime(points []chronicle.Point) [][]string {
	first, last := points[0], points[len(points)-1]
	rows := [][]string{{spanOf(dateOfPoint(first), dateOfPoint(last)), "first", "last", "most", ""}}
	for _, figure := range []struct {
		name string
		of   func(chronicle.Point) int
	}{
		{"components", func(p chronicle.Point) int { return p.Components }},
		{"connections", func(p chronicle.Point) int { return p.Connections }},
		{"cycles", func(p chronicle.Point) int { return p.Cycles }},
		{"greatest fan-in", func(p chronicle.Point) int { return p.FanIn }},
		{"open items", func(p chronicle.Point) int { return p.Open }},
		{"changed in the architecture", func(p chronicle.Point) int { return p.Drawn }},
		{"changed items", func(p chronicle.Point) int { return p.Worked }},
	} {
		values := make([]int, len(points))
		most := 0
		for i, p := range points {
			values[i] = figure.of(p)
			most = max(most, values[i])
		}
		rows = append(rows, []string{figure.name, itoa(values[0]), itoa(values[len(values)-1]), itoa(most), v.sparkline(values)})
	}
	if last.FanInOf != "" {
		rows[4] = append(rows[4], "now "+last.FanInOf)
	}
	return rows
}

// spanOf is the heading of figures from one sync to another.
func spanOf(first, last string) string {
	if first == last {
		return first + " only"
	}
	return first + " to " + last
}

func dateOfPoint(p chronicle.Point) string {
	if p.At.Date == "" {
		return "now"
	}
	return p.At.Date
}

// sparkline draws numbers as bars, the greatest the highest and 0 the lowest. Where
// there is no room for all, each bar is the greatest of its neighbours.
func (v *invocation) sparkline(values []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	room := 30
	if v.width > 0 {
		room = min(max(v.width-60, 8), 60)
	}
	per := (len(values) + room - 1) / room
	most := 1
	for _, n := range values {
		most = max(most, n)
	}
	var b strings.Builder
	for i := 0; i < len(values); i += per {
		n := 0
		for _, value := range values[i:min(i+per, len(values))] {
			n = max(n, value)
		}
		b.WriteRune(bars[n*(len(bars)-1)/most])
	}
	return b.String()
}

// The data of the kind stats.

type jsonStats struct {
	Points     []jsonPoint          `json:"points"`
	Groups     []jsonGroupStats     `json:"groups"`
	Components []jsonComponentStats `json:"components"`
	Items      []jsonItemAge        `json:"items"`
}

type jsonPoint struct {
	Date         *string `json:"date"`
	Components   int     `json:"components"`
	Connections  int     `json:"connections"`
	Cycles       int     `json:"cycles"`
	FanIn        int     `json:"fan_in"`
	FanInOf      *string `json:"fan_in_of"`
	OpenItems    int     `json:"open_items"`
	Changed      int     `json:"changed"`
	ChangedItems int     `json:"changed_items"`
}

type jsonGroupStats struct {
	ID        string `json:"id"`
	Planned   int    `json:"planned"`
	Delivered int    `json:"delivered"`
	Dropped   int    `json:"dropped"`
	Open      int    `json:"open"`
	Slips     int    `json:"slips"`
	Overdue   int    `json:"overdue"`
	MedianAge int    `json:"median_age"`
}

type jsonComponentStats struct {
	ID      string `json:"id"`
	Changes int    `json:"changes"`
	Syncs   int    `json:"syncs"`
	Items   int    `json:"items"`
	Gone    bool   `json:"gone"`
}

type jsonItemAge struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Group  string `json:"group"`
	Status string `json:"status"`
	First  string `json:"first"`
	Days   int    `json:"days"`
}

func toJSONStats(s chronicle.Stats) jsonStats {
	data := jsonStats{[]jsonPoint{}, []jsonGroupStats{}, []jsonComponentStats{}, []jsonItemAge{}}
	for _, p := range s.Points {
		data.Points = append(data.Points, jsonPoint{orNull(p.At.Date), p.Components, p.Connections, p.Cycles, p.FanIn, orNull(p.FanInOf), p.Open, p.Drawn, p.Worked})
	}
	for _, g := range s.Groups {
		data.Groups = append(data.Groups, jsonGroupStats(g))
	}
	for _, c := range s.Components {
		data.Components = append(data.Components, jsonComponentStats(c))
	}
	for _, it := range s.Items {
		data.Items = append(data.Items, jsonItemAge(it))
	}
	return data
}
