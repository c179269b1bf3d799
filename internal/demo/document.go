package demo

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// document is a decision or a breakout of the story: front matter, in which the
// values are plain text, and Markdown.
type document struct {
	id     string
	fields map[string]string
	body   string
	life   []state
}

// state is where a document stood from a sync on.
type state struct{ date, name string }

func (s *story) readDocuments() error {
	for dir, into := range map[string]*[]*document{"decisions": &s.decisions, "breakouts": &s.breakouts} {
		files, err := storyFiles.ReadDir(path.Join("story", dir))
		if err != nil {
			return err
		}
		for _, f := range files {
			src, err := storyFiles.ReadFile(path.Join("story", dir, f.Name()))
			if err != nil {
				return err
			}
			d, err := parseDocument(strings.TrimSuffix(f.Name(), ".md"), string(src))
			if err != nil {
				return fmt.Errorf("%s/%s: %w", dir, f.Name(), err)
			}
			*into = append(*into, d)
		}
	}
	return nil
}

func parseDocument(id, src string) (*document, error) {
	head, body, ok := strings.Cut(strings.TrimPrefix(src, "---\n"), "---\n")
	if !ok {
		return nil, fmt.Errorf("no front matter")
	}
	d := &document{id: id, fields: map[string]string{}, body: body}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		d.fields[key] = value
	}
	for moved := range strings.SplitSeq(d.fields["life"], ", ") {
		if date, name, ok := strings.Cut(moved, " "); ok {
			d.life = append(d.life, state{date, name})
		}
	}
	return d, nil
}

// list is a field whose elements stand between commas.
func (d *document) list(key string) []string { return clause{key, d.fields[key]}.list() }

// at is the state on a date, and since when; ok is false before the first one.
func (d *document) at(date string) (state, bool) {
	i := slices.IndexFunc(d.life, func(s state) bool { return s.date > date })
	if i < 0 {
		i = len(d.life)
	}
	if i == 0 {
		return state{}, false
	}
	return d.life[i-1], true
}

// during is a field that says something only while the document is in one state.
func (d *document) during(s state, name, field string) string {
	if s.name != name {
		return ""
	}
	return d.fields[field]
}

// number is a decision's number as its file's name begins: "0003".
func (d *document) number() string {
	number, _, _ := strings.Cut(d.id, "-")
	return number
}

// bodyIn is the text as far as it was written in a state: a draft ends with its
// context, and how it came out is told at the end.
func (d *document) bodyIn(state string) string {
	body := d.body
	if state == "drafting" {
		body, _, _ = strings.Cut(body, "\n## Decision\n")
	}
	if state == "drafting" || state == "open" || state == "agreed" {
		body, _, _ = strings.Cut(body, "\n## Outcome\n")
	}
	return strings.TrimRight(body, "\n") + "\n"
}

// bodyWhileOpen is the text of a breakout before it took place.
func (d *document) bodyWhileOpen() string {
	if strings.HasPrefix(d.body, "## Notes") {
		return ""
	}
	before, _, _ := strings.Cut(d.body, "\n## Notes")
	return strings.TrimRight(before, "\n") + "\n"
}
