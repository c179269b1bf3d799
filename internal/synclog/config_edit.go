package synclog

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
)

// SetExceptions gives archsync.yaml the exceptions (skip, moved) of another cadence,
// and changes no other line of it. config is that file's bytes; the summary words the
// edit. A file that does not say its cadence line by line is for a person to edit: the
// error is a [problem.Problem].
func SetExceptions(l *Log, config []byte, c meeting.Cadence, summary string) (Edit, error) {
	at := path.Join(l.Dir, ConfigName)
	after, err := withExceptions(config, c)
	if err == nil && !sameButExceptions(config, after, c) {
		err = fmt.Errorf("the lines around it do not allow it")
	}
	if err != nil {
		return Edit{}, problem.Problem{
			Path: at, Line: keyLine(config, "cadence"), What: fmt.Sprintf("cannot write the exceptions into the cadence: %v", err),
			Hint: "write them by hand, below cadence: " + exceptionText(c),
		}
	}
	e := Edit{Summary: summary}
	if !bytes.Equal(config, after) {
		e.Files = []FileEdit{{Path: at, Before: config, After: after}}
	}
	return e, nil
}

// exceptionText is the exceptions on one line each, as people can write them.
func exceptionText(c meeting.Cadence) string {
	d, err := frontmatter.New("", []frontmatter.Field{{Key: "skip", Value: c.Skip}, {Key: "moved", Value: c.Moved}}, "")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.Trim(string(d.Bytes()), "-\n"))
}

// withExceptions edits the lines below cadence as if they were a file of their own.
func withExceptions(config []byte, c meeting.Cadence) ([]byte, error) {
	b, err := findBlock(config)
	if err != nil {
		return nil, err
	}
	fence := "---" + b.eol
	d, _ := frontmatter.Parse(ConfigName, []byte(fence+strings.Join(b.bare, "")+fence))
	for _, f := range []frontmatter.Field{{Key: "skip", Value: c.Skip}, {Key: "moved", Value: c.Moved}} {
		if d, err = d.Set(f.Key, f.Value); err != nil {
			return nil, err
		}
	}
	edited := strings.TrimSuffix(strings.TrimPrefix(string(d.Bytes()), fence), fence)
	return []byte(b.head + b.indented(slices.Collect(strings.Lines(edited))) + b.tail), nil
}

// block is the lines below the key cadence, and what stands before and after them.
type block struct {
	head, tail string
	lines      []string // as they are
	bare       []string // without their indentation
	indent     string
	eol        string
}

func findBlock(config []byte) (block, error) {
	lines := slices.Collect(strings.Lines(string(config)))
	b := block{indent: "  ", eol: "\n"}
	if bytes.Contains(config, []byte("\r\n")) {
		b.eol = "\r\n"
	}
	if n := len(lines); n > 0 && !strings.HasSuffix(lines[n-1], "\n") {
		lines[n-1] += b.eol
	}
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "cadence:") })
	if at < 0 {
		b.head = strings.Join(lines, "") + "cadence:" + b.eol
		return b, nil
	}
	if rest, _, _ := strings.Cut(strings.TrimPrefix(lines[at], "cadence:"), " #"); strings.TrimSpace(rest) != "" {
		return b, fmt.Errorf("it stands on the line of its key")
	}
	end := at + 1
	for i := at + 1; i < len(lines) && (isBlank(lines[i]) || indentOf(lines[i]) != "" || strings.HasPrefix(lines[i], "#")); i++ {
		if !isBlank(lines[i]) && indentOf(lines[i]) != "" {
			end = i + 1
		}
	}
	b.head, b.lines, b.tail = strings.Join(lines[:at+1], ""), lines[at+1:end], strings.Join(lines[end:], "")
	for _, line := range b.lines {
		if !isBlank(line) && !strings.HasPrefix(strings.TrimLeft(line, " "), "#") {
			b.indent = indentOf(line)
			break
		}
	}
	for _, line := range b.lines {
		b.bare = append(b.bare, strings.TrimPrefix(line, b.indent))
	}
	return b, nil
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

func indentOf(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

// indented puts edited lines back in their place: those that stayed, at either end,
// as they were, and those between with the indentation.
func (b block) indented(edited []string) string {
	first := 0
	for first < len(b.bare) && first < len(edited) && b.bare[first] == edited[first] {
		first++
	}
	last := 0
	for last < len(b.bare)-first && last < len(edited)-first && b.bare[len(b.bare)-1-last] == edited[len(edited)-1-last] {
		last++
	}
	var out strings.Builder
	out.WriteString(strings.Join(b.lines[:first], ""))
	for _, line := range edited[first : len(edited)-last] {
		if !isBlank(line) {
			out.WriteString(b.indent)
		}
		out.WriteString(line)
	}
	out.WriteString(strings.Join(b.lines[len(b.lines)-last:], ""))
	return out.String()
}

// sameButExceptions tells whether a file says what the other one said, but for the
// exceptions, which are those of the cadence.
func sameButExceptions(before, after []byte, c meeting.Cadence) bool {
	var was, is map[string]any
	if yaml.Unmarshal(before, &was) != nil || yaml.Unmarshal(after, &is) != nil {
		return false
	}
	config, _ := ParseConfig("", after)
	got := config.Cadence
	if !slices.Equal(got.Skip, c.Skip) || len(got.Moved) != len(c.Moved) || len(c.Moved) > 0 && !reflect.DeepEqual(got.Moved, c.Moved) {
		return false
	}
	return reflect.DeepEqual(withoutExceptions(was), withoutExceptions(is))
}

func withoutExceptions(file map[string]any) map[string]any {
	rest := map[string]any{}
	for key, value := range file {
		if key != "cadence" {
			rest[key] = value
		}
	}
	cadence, _ := file["cadence"].(map[string]any)
	for key, value := range cadence {
		if key != "skip" && key != "moved" {
			rest["cadence."+key] = value
		}
	}
	return rest
}
