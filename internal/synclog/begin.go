package synclog

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// Beginning is what a new log starts with. Empty values get their defaults.
type Beginning struct {
	Title     string
	Timezone  string   // IANA name
	Groups    []string // ids, in their order
	Diagram   string   // an architecture that the repository has already, from its root
	Decisions string   // a folder of decisions that it has already, from its root
	TagPrefix string
	Today     string // ISO date; the first sync is after it
}

// Begin is a new log in dir of a repository. The errors of values that cannot be
// used are [problem.Problem] values.
func Begin(dir string, b Beginning) (Edit, error) {
	config, err := b.config()
	if err != nil {
		return Edit{}, err
	}
	e := Edit{Summary: fmt.Sprintf("begin the log %q", cmp.Or(b.Title, DefaultTitle))}
	add := func(name, text string) {
		e.Files = append(e.Files, FileEdit{Path: path.Join(dir, name), After: []byte(text)})
	}
	add(ConfigName, config)
	add(".gitattributes", "# The same bytes on every system: what git stores is what archsync compares.\n* text eol=lf\n")
	for _, id := range b.Groups {
		if err := CheckGroupID(id); err != nil {
			return Edit{}, err
		}
		name := path.Join("board", id+".yaml")
		add(name, string(board.New(path.Join(dir, name), board.Group{ID: id}).Bytes()))
	}
	if len(b.Groups) == 0 {
		add("board/.gitkeep", "") // git keeps no empty folders
	}
	if b.Diagram == "" {
		add(DefaultDiagram, firstDiagram)
	}
	return e, nil
}

// firstDiagram shows the three things that a diagram consists of, to be written over.
const firstDiagram = `# The architecture, in D2 (https://d2lang.com). It is kept with every sync, and
# changes are found by meaning: rename, move and reconnect as you like.

direction: right

users: Users {shape: person}

product: Product {
  web: Web
  api: API
  store: Store {shape: cylinder}

  web -> api
  api -> store
}

users -> product.web
`

// config is a commented archsync.yaml.
func (b Beginning) config() (string, error) {
	first, err := meeting.Cadence{Rule: "FREQ=WEEKLY;BYDAY=TH", First: b.Today}.Next(b.Today)
	if err != nil {
		return "", fmt.Errorf("find the first sync: %w", err)
	}
	values := []struct{ comment, key, value string }{
		{"What the log is called.", "title", cmp.Or(b.Title, DefaultTitle)},
		{"The dates of syncs are dates in this time zone (an IANA name).", "timezone", cmp.Or(b.Timezone, defaultTimezone)},
		{"When you meet: a recurrence of RFC 5545, counted from the first sync.", "cadence", ""},
		{"How long one group may take; \"timeboxes: {storage: 8m}\" says it for one.", "timebox", defaultTimebox},
		{"The order of the groups; those not named follow by name.", "groups", ""},
		{"The architecture, from this folder; with a leading slash from the repository's.", "diagram", rooted(b.Diagram, DefaultDiagram)},
		{"The folder of RFDs and ADRs, likewise.", "decisions", rooted(b.Decisions, DefaultDecisions)},
		{"Every sync gets a git tag: this and its date.", "tag_prefix", cmp.Or(b.TagPrefix, DefaultTagPrefix)},
	}
	var text strings.Builder
	text.WriteString("# This folder is a log of architecture syncs, kept by archsync. All of it is plain\n# text: read it, review it and edit it as you like.\n")
	for _, v := range values {
		fmt.Fprintf(&text, "\n# %s\n", v.comment)
		switch v.key {
		case "cadence":
			fmt.Fprintf(&text, cadenceText, meeting.DefaultRule, first)
		case "groups":
			fmt.Fprintf(&text, "groups: [%s]\n", strings.Join(b.Groups, ", "))
		default:
			fmt.Fprintf(&text, "%s: %s\n", v.key, scalar(v.value))
		}
	}
	text.WriteString("\n# For invitations: where agendas can be read, and where you meet.\n# agenda: https://\n# place: https://\n")
	text.WriteString("\n# With whom the log is exchanged; without these lines as git has it.\n# remote: origin\n# branch: main\n")
	return text.String(), checkBeginning(text.String())
}

const cadenceText = `cadence:
  rule: %s
  first: %s
  time: "14:00"
  duration: 45m
  # deadline: 1d                      # how long before it updates are due
  # skip: [2025-12-25]                # no sync on this date
  # moved: {2026-01-01: 2026-01-08}   # a week later
`

func rooted(adopted, own string) string {
	if adopted == "" {
		return own
	}
	return "/" + adopted
}

// scalar is a text as YAML writes it on one line.
func scalar(s string) string { return frontmatter.Quote(strings.Join(strings.Fields(s), " ")) }

// checkBeginning gives the first problem of what a configuration was asked to say.
func checkBeginning(text string) error {
	if _, problems := ParseConfig("", []byte(text)); len(problems) > 0 {
		return problem.Problem{What: problems[0].What, Hint: problems[0].Hint}
	}
	return nil
}
