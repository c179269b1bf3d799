package demo

import (
	"bufio"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
)

//go:embed story
var storyFiles embed.FS

// story is all that was written by hand.
type story struct {
	people    map[string]history.Author
	groups    []*groupStory // in the order of the log
	diagrams  []*chronicled // the architecture first
	turns     map[string]turn
	decisions []*document
	breakouts []*document
}

// groupOrder is the order in which groups have their turn in a sync.
func groupOrder() []string {
	return []string{"ingest", "storage", "query", "alerting", "agents", "platform", "web"}
}

const architecture = "diagrams/architecture.d2"

func readStory() (*story, error) {
	s := &story{}
	for _, read := range []func() error{s.readPeople, s.readGroups, s.readDiagrams, s.readTurns, s.readDocuments} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("read the demo's story: %w", err)
		}
	}
	return s, nil
}

// lines gives the lines of a story file that say something, with their numbers.
func lines(name string) ([]string, error) {
	f, err := storyFiles.Open(path.Join("story", name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var said []string
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line != "" && line[0] != '#' {
			said = append(said, line)
		}
	}
	return said, scanner.Err()
}

// readPeople reads lines such as "jun  Jun Takahashi  <jun@lumen.example>".
func (s *story) readPeople() error {
	said, err := lines("people.txt")
	s.people = map[string]history.Author{}
	for _, line := range said {
		short, rest, _ := strings.Cut(line, " ")
		name, mail, _ := strings.Cut(rest, "<")
		s.people[short] = history.Author{Name: strings.TrimSpace(name), Mail: strings.TrimSuffix(mail, ">")}
	}
	return err
}

func (s *story) person(short string) (history.Author, error) {
	who, ok := s.people[short]
	if !ok {
		return who, fmt.Errorf("nobody is called %q", short)
	}
	return who, nil
}

func (s *story) readDiagrams() error {
	for _, name := range []string{architecture, "diagrams/regions.d2", "diagrams/parts/classes.d2"} {
		src, err := storyFiles.ReadFile(path.Join("story", name))
		if err != nil {
			return err
		}
		c, err := parseChronicled(name, string(src))
		if err != nil {
			return err
		}
		s.diagrams = append(s.diagrams, c)
	}
	return nil
}

// turn is one commit that changes the diagrams.
type turn struct {
	author  history.Author
	message string
	rfds    []string    // decisions whose move belongs to the commit
	renames [][2]string // components that got another key
}

// readTurns reads lines "DATE WHO MESSAGE", each followed by "rfd NUMBER" and
// "rename OLD NEW".
func (s *story) readTurns() error {
	said, err := lines("turns.txt")
	s.turns = map[string]turn{}
	date := ""
	for _, line := range said {
		word, rest, _ := strings.Cut(line, " ")
		t := s.turns[date]
		switch word {
		case "rfd":
			t.rfds = append(t.rfds, rest)
		case "rename":
			old, new, _ := strings.Cut(rest, " ")
			t.renames = append(t.renames, [2]string{old, new})
		default:
			date = word
			who, message, _ := strings.Cut(rest, " ")
			t.message = message
			if t.author, err = s.person(who); err != nil {
				return fmt.Errorf("turn of %s: %w", date, err)
			}
		}
		s.turns[date] = t
	}
	return err
}

// groupStory is one group's part of the story.
type groupStory struct {
	id      string
	head    []clause            // how the group was at first
	changes map[string][]clause // of the group, by the date of the sync
	skips   []string            // syncs before which it did not check in
	items   []*itemStory
}

// itemStory is the life of an item.
type itemStory struct {
	key   string // by which the story refers to it; may be empty
	title string
	life  []chapter
}

// chapter is what changed in an item before a sync.
type chapter struct {
	date    string
	status  board.Status // "" when it stayed
	clauses []clause
}

// clause is a key with its new value.
type clause struct{ key, value string }

// list is the value of a clause as a list: its elements stand between commas.
func (c clause) list() []string {
	if c.value == "" {
		return nil
	}
	return strings.Split(c.value, ", ")
}

func (s *story) readGroups() error {
	for _, id := range groupOrder() {
		said, err := lines("board/" + id + ".txt")
		if err != nil {
			return err
		}
		g := &groupStory{id: id, changes: map[string][]clause{}}
		for _, line := range said {
			if err := g.read(line); err != nil {
				return fmt.Errorf("board/%s.txt: %q: %w", id, line, err)
			}
		}
		s.groups = append(s.groups, g)
	}
	return nil
}

// read takes one line of a group's story; story/board/ingest.txt explains them.
func (g *groupStory) read(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case word == "*":
		g.items = append(g.items, newItemStory(rest))
	case word == "skips":
		g.skips = strings.Split(rest, ", ")
	case !isStoryDate(word):
		g.head = append(g.head, clause{word, rest})
	case len(g.items) == 0:
		g.changes[word] = append(g.changes[word], clauses(rest)...)
	default:
		it := g.items[len(g.items)-1]
		return it.read(word, rest)
	}
	return nil
}

func isStoryDate(word string) bool {
	return word == nowDate || len(word) == len(isoDate) && word[4] == '-'
}

func newItemStory(title string) *itemStory {
	title, key, _ := strings.Cut(title, " #")
	return &itemStory{key: key, title: title}
}

func (it *itemStory) read(date, rest string) error {
	c := chapter{date: date, clauses: clauses(rest)}
	if first := c.clauses[0]; board.Status(first.key).Valid() {
		c.status, c.clauses = board.Status(first.key), c.clauses[1:]
	}
	if n := len(it.life); n > 0 && it.life[n-1].date >= date {
		return fmt.Errorf("%s does not come after %s", date, it.life[n-1].date)
	}
	it.life = append(it.life, c)
	return nil
}

// clauses takes apart "due 2025-01-16; touches a, b; note all the rest; really".
func clauses(text string) []clause {
	const note = "note "
	if !strings.HasPrefix(text, note) {
		if head, tail, ok := strings.Cut(text, "; "+note); ok {
			return append(clauses(head), clause{"note", tail})
		}
	} else {
		return []clause{{"note", strings.TrimPrefix(text, note)}}
	}
	var cs []clause
	for part := range strings.SplitSeq(text, "; ") {
		key, value, _ := strings.Cut(part, " ")
		cs = append(cs, clause{key, value})
	}
	return cs
}

// chapterAt is what changes before the sync of a date.
func (it *itemStory) chapterAt(date string) (chapter, bool) {
	i := slices.IndexFunc(it.life, func(c chapter) bool { return c.date == date })
	if i < 0 {
		return chapter{}, false
	}
	return it.life[i], true
}
