package synclog

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// ConfigName is the file that makes a folder a log.
const ConfigName = "archsync.yaml"

// What archsync.yaml means where it says nothing.
const (
	DefaultTitle     = "Architecture sync"
	DefaultTagPrefix = "sync/"
	DefaultDiagram   = "diagrams/architecture.d2"
	DefaultDecisions = "decisions"
	defaultTimezone  = "UTC"
	defaultTimebox   = "5m"
)

// Config is what archsync.yaml says about a log. The zero value of a key means
// its default, which [ParseConfig] has filled in.
type Config struct {
	Title     string
	Timezone  string // IANA name; a sync's date is a date in it
	Cadence   meeting.Cadence
	Timebox   string            // time for one group, as Go writes durations: 4m
	Timeboxes map[string]string // of groups that have another one, by id
	Agenda    string            // link to where agendas can be read; "" where there is none
	Place     string            // where you meet, such as the link of a call
	Groups    []string          // order of the groups; those not named follow by name
	Diagram   string            // the architecture; a leading slash means from the repository's root
	Decisions string            // folder of the decisions; same
	TagPrefix string            // of the tags that name snapshots
	Remote    string
	Branch    string

	named []orderedGroup // Groups with their places
}

// orderedGroup is an entry of the order of groups, and where it stands.
type orderedGroup struct {
	id           string
	line, column int
}

// UnmarshalYAML takes the text and its place.
func (n *orderedGroup) UnmarshalYAML(node *yaml.Node) error {
	n.line, n.column = node.Line, node.Column
	return node.Decode(&n.id)
}

type configFile struct {
	Title    string `yaml:"title"`
	Timezone string `yaml:"timezone"`
	Cadence  struct {
		Rule     string            `yaml:"rule"`
		First    string            `yaml:"first"`
		Time     string            `yaml:"time"`
		Duration string            `yaml:"duration"`
		Skip     []string          `yaml:"skip"`
		Moved    map[string]string `yaml:"moved"`
		Deadline string            `yaml:"deadline"`
	} `yaml:"cadence"`
	Timebox   string            `yaml:"timebox"`
	Timeboxes map[string]string `yaml:"timeboxes"`
	Agenda    string            `yaml:"agenda"`
	Place     string            `yaml:"place"`
	Groups    []orderedGroup    `yaml:"groups"`
	Diagram   string            `yaml:"diagram"`
	Decisions string            `yaml:"decisions"`
	TagPrefix string            `yaml:"tag_prefix"`
	Remote    string            `yaml:"remote"`
	Branch    string            `yaml:"branch"`
}

// DefaultConfig is what an empty archsync.yaml means.
func DefaultConfig() Config {
	c, _ := ParseConfig(ConfigName, nil)
	return c
}

// ParseConfig reads archsync.yaml. Whatever is wrong is a problem, and the
// default stands in its place; path is only used to say where.
func ParseConfig(path string, src []byte) (Config, []problem.Problem) {
	var file configFile
	var problems []problem.Problem
	if err := yaml.Unmarshal(src, &file); err != nil {
		problems = yamlProblems(path, err)
	}
	c := Config{
		Title:    cmp.Or(file.Title, DefaultTitle),
		Timezone: cmp.Or(file.Timezone, defaultTimezone),
		Cadence: meeting.Cadence{
			Rule:     cmp.Or(file.Cadence.Rule, meeting.DefaultRule),
			First:    file.Cadence.First,
			Time:     file.Cadence.Time,
			Duration: file.Cadence.Duration,
			Skip:     file.Cadence.Skip,
			Moved:    file.Cadence.Moved,
			Deadline: file.Cadence.Deadline,
		},
		Timebox:   cmp.Or(file.Timebox, defaultTimebox),
		Timeboxes: file.Timeboxes,
		Agenda:    file.Agenda,
		Place:     file.Place,
		named:     file.Groups,
		Diagram:   cmp.Or(file.Diagram, DefaultDiagram),
		Decisions: cmp.Or(file.Decisions, DefaultDecisions),
		TagPrefix: cmp.Or(file.TagPrefix, DefaultTagPrefix),
		Remote:    cmp.Or(file.Remote, "origin"),
		Branch:    file.Branch,
	}
	for _, g := range file.Groups {
		c.Groups = append(c.Groups, g.id)
	}
	return c.checked(path, src, problems)
}

// checked puts defaults in the place of values that cannot be used.
func (c Config) checked(path string, src []byte, problems []problem.Problem) (Config, []problem.Problem) {
	complain := func(key, what, hint string) {
		line := keyLine(src, key)
		problems = append(problems, problem.Problem{Path: path, Line: line, Column: min(line, 1), What: what, Hint: hint})
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
		complain("timezone", fmt.Sprintf("unknown time zone %q", c.Timezone), "use an IANA name such as Europe/Berlin")
		c.Timezone = defaultTimezone
	}
	if _, err := parseTimebox(c.Timebox); err != nil {
		complain("timebox", fmt.Sprintf("timebox %q is not a duration", c.Timebox), "write it as 4m or 90s")
		c.Timebox = defaultTimebox
	}
	for _, group := range slices.Sorted(maps.Keys(c.Timeboxes)) {
		if _, err := parseTimebox(c.Timeboxes[group]); err != nil {
			complain("timeboxes", fmt.Sprintf("timebox %q of %s is not a duration", c.Timeboxes[group], group), "write it as 4m or 90s")
		}
	}
	if c.Agenda != "" && !isWebLink(c.Agenda) {
		complain("agenda", fmt.Sprintf("agenda %q is not a link", c.Agenda), "write an address that begins with https://")
		c.Agenda = ""
	}
	for _, place := range []struct {
		key   string
		value *string
		other string
	}{{"diagram", &c.Diagram, DefaultDiagram}, {"decisions", &c.Decisions, DefaultDecisions}} {
		if err := checkPlace(*place.value); err != nil {
			complain(place.key, fmt.Sprintf("%s %q: %v", place.key, *place.value, err),
				"name it from the log's folder, or with a leading slash from the repository's root")
			*place.value = place.other
		}
	}
	if err := checkTagPrefix(c.TagPrefix); err != nil {
		complain("tag_prefix", fmt.Sprintf("tag prefix %q: %v", c.TagPrefix, err), "use something like sync/")
		c.TagPrefix = DefaultTagPrefix
	}
	for _, f := range c.Cadence.Check() {
		complain("cadence", "cadence: "+f.Key+": "+f.What, f.Hint)
	}
	return c, problems
}

// longestTimebox is far above what a group may take.
const longestTimebox = 24 * time.Hour

func parseTimebox(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && (d <= 0 || d > longestTimebox) {
		err = errors.New("not the time that a group may take")
	}
	return d, err
}

// TimeboxOf is how long a group may take.
func (c Config) TimeboxOf(group string) time.Duration {
	if d, err := parseTimebox(c.Timeboxes[group]); err == nil {
		return d
	}
	d, _ := parseTimebox(c.Timebox) // which ParseConfig has checked
	return d
}

func isWebLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func checkPlace(p string) error {
	inner := strings.TrimPrefix(p, "/")
	if inner == "" || strings.HasPrefix(inner, "/") || path.Clean(inner) != strings.TrimSuffix(inner, "/") ||
		p == "/." || inner == ".." || strings.HasPrefix(inner, "../") {
		return errors.New("not a path inside the repository")
	}
	return nil
}

// checkTagPrefix keeps to the part of git's rules on ref names (git-check-ref-format)
// that a prefix can break.
func checkTagPrefix(prefix string) error {
	if strings.HasPrefix(prefix, "/") || strings.HasPrefix(prefix, "-") || strings.Contains(prefix, "//") {
		return errors.New("not the beginning of a tag's name")
	}
	for _, bad := range []string{"..", "@{", " ", "~", "^", ":", "?", "*", "[", "\\", "/.", ".lock/"} {
		if strings.Contains(prefix, bad) {
			return fmt.Errorf("%q may not stand in a tag's name", bad)
		}
	}
	return nil
}

// Location is the log's time zone.
func (c Config) Location() *time.Location {
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// DiagramPath is where the architecture lies in the repository, for a log in dir.
func (c Config) DiagramPath(dir string) string { return place(dir, c.Diagram) }

// DecisionsPath is the folder of the decisions in the repository, for a log in dir.
func (c Config) DecisionsPath(dir string) string { return place(dir, c.Decisions) }

func place(dir, p string) string {
	if inner, ok := strings.CutPrefix(p, "/"); ok {
		return path.Clean(inner)
	}
	return path.Join(dir, p)
}

// Order sorts ids of groups as the log wants them shown.
func (c Config) Order(ids []string) []string {
	rank := map[string]int{}
	for i, id := range c.Groups {
		rank[id] = i + 1
	}
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b string) int {
		ra, rb := rank[a], rank[b]
		if (ra == 0) != (rb == 0) {
			return cmp.Compare(rb, ra) // the named ones first
		}
		return cmp.Or(cmp.Compare(ra, rb), strings.Compare(a, b))
	})
	return sorted
}

func keyLine(src []byte, key string) int {
	for i, line := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(line, key+":") {
			return i + 1
		}
	}
	return 0
}

// yamlProblems locates what the YAML library complains about: it names lines in
// its texts.
func yamlProblems(path string, err error) []problem.Problem {
	complaints := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		complaints = wrong.Errors
	}
	var problems []problem.Problem
	for _, c := range complaints {
		p := problem.Problem{Path: path, What: c, Hint: "archsync.yaml takes the keys that archsync init wrote into it"}
		if n, _ := fmt.Sscanf(c, "line %d:", &p.Line); n == 1 {
			_, p.What, _ = strings.Cut(c, ": ")
		}
		problems = append(problems, p)
	}
	return problems
}

// renameInOrder gives a group another name in the list that archsync.yaml orders
// groups by, and changes no other byte of it.
func renameInOrder(src []byte, from, to string) []byte {
	lines := strings.SplitAfter(string(src), "\n")
	inside := false
	for i, line := range lines {
		key := strings.TrimLeft(line, " -")
		switch {
		case strings.HasPrefix(line, "groups:"):
			inside = true
			lines[i] = "groups:" + renameWord(strings.TrimPrefix(line, "groups:"), from, to)
		case inside && line != "" && key == line && !strings.HasPrefix(strings.TrimSpace(line), "]"):
			inside = false // another key at the margin
		case inside:
			lines[i] = renameWord(line, from, to)
		}
	}
	renamed := []byte(strings.Join(lines, ""))
	if c, problems := ParseConfig(ConfigName, renamed); len(problems) > 0 || slices.Contains(c.Groups, from) {
		return src // written in a way that is not understood: check names the group that is missing
	}
	return renamed
}

// renameWord replaces a name where it stands alone, not as a part of another or
// in a comment.
func renameWord(line, from, to string) string {
	text, comment, commented := strings.Cut(line, " #")
	var b strings.Builder
	for rest := text; ; {
		i := strings.Index(rest, from)
		if i < 0 {
			b.WriteString(rest)
			break
		}
		end := i + len(from)
		alone := (i == 0 || !nameByte(rest[i-1])) && (end == len(rest) || !nameByte(rest[end]))
		b.WriteString(rest[:i])
		if alone {
			b.WriteString(to)
		} else {
			b.WriteString(from)
		}
		rest = rest[end:]
	}
	if commented {
		b.WriteString(" #" + comment)
	}
	return b.String()
}

func nameByte(c byte) bool {
	return c == '-' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
