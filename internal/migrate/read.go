// Package migrate brings an existing past into a log: boards written down date
// by date become back-dated snapshots, as if the log had been kept all along.
//
// The source is one JSON object a line, one line a date, in delta form:
//
//	{"date": "2026-03-12", "groups": {"ingest": [{"id": "42", "title": "...", "status": "open", ...}]}, "removed": {"ingest": ["41"]}}
//
// The first line is complete. A later one has under groups only the items that
// are new or changed, always whole, and under removed the ids that are gone;
// removed applies first. Beside it lie D2 files named by date (2026-03-12.d2);
// the newest one not later than a date applies to it.
//
// What becomes of a source item:
//
//   - id becomes ref; archsync's own id is made from the group and the ref, so
//     that it is the same in every run and for an item that comes back;
//   - status is mapped; the words of the source can be kept under a key of the
//     caller's choice ([Options.RawStatus]), and each record says which became what;
//   - since is the date at which the status was first seen, unless it is given;
//   - a field with the name and the form of one of archsync's keys becomes it; one
//     with the name and another form stays as source_NAME; every other field stays
//     under its own name with its value.
//
// An item leaves the board only where the source removes it: nothing is cleared.
// [Read] reads the source, [History.Episodes] turns it into episodes for
// history's Replay. Both are deterministic and ask no clock.
package migrate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/archsync/archsync/internal/problem"
)

// maxLine bounds one line of the source, in bytes.
const maxLine = 64 << 20

// History is a source that was read without problems.
type History struct {
	path  string
	steps []step
}

// step is one line of the source.
type step struct {
	line    int
	date    string
	groups  []groupStep
	removed map[string][]string
	extra   []field // further texts of the line, such as a commit
}

// groupStep is what one line says of one group.
type groupStep struct {
	name  string
	items []source
}

// source is one item as the source has it.
type source struct {
	ref, status string
	fields      []field // all others, in order
}

type field struct {
	key   string
	value any // nil, bool, int64, uint64, float64, string, []any or map[string]any
}

// Dates are the dates of the source, in order.
func (h *History) Dates() []string {
	dates := make([]string, len(h.steps))
	for i, s := range h.steps {
		dates[i] = s.date
	}
	return dates
}

// After lists, as problems, the lines whose date lies after the given one.
func (h *History) After(date string) []problem.Problem {
	var ps []problem.Problem
	for _, s := range h.steps {
		if s.date > date {
			ps = append(ps, h.problem(s.line, 1, fmt.Sprintf("date %s is in the future", s.date), "a past ends today; write the date on which the board stood so"))
		}
	}
	return ps
}

// Read reads a source; path is only used in problems, which are all reported.
// With problems there is no History.
func Read(path string, r io.Reader) (*History, []problem.Problem) {
	h := &History{path: path}
	var ps []problem.Problem
	in := bufio.NewReaderSize(r, 64<<10)
	for line := 1; ; line++ {
		text, err := readLine(in)
		if len(bytes.TrimSpace(text)) > 0 {
			s, bad := h.readStep(line, text)
			h.steps = append(h.steps, s)
			ps = append(ps, bad...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			ps = append(ps, h.problem(line, 0, err.Error(), ""))
			break
		}
	}
	if len(ps) == 0 && len(h.steps) == 0 {
		ps = append(ps, h.problem(0, 0, "the file holds no date", "write one JSON object a line"))
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return h, nil
}

// readLine reads up to and with a line feed. The error is io.EOF at the end,
// also beside a last line.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxLine {
			return nil, fmt.Errorf("the line is longer than %d bytes", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (h *History) problem(line, column int, what, hint string) problem.Problem {
	return problem.Problem{Path: h.path, Line: line, Column: column, What: what, Hint: hint}
}

func (h *History) readStep(line int, text []byte) (step, []problem.Problem) {
	s := step{line: line}
	if line == 1 {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	if column, err := valid(text); err != nil {
		return s, []problem.Problem{h.problem(line, column, "malformed JSON: "+err.Error(), "write one JSON object a line")}
	}
	fields, err := object(text)
	if err != nil {
		return s, []problem.Problem{h.problem(line, 0, err.Error(), lineHint)}
	}
	var ps []problem.Problem
	for _, f := range fields {
		switch f.key {
		case "date":
			s.date, err = decoded[string](f.raw)
		case "removed":
			s.removed, err = readRemoved(f.raw)
		case "groups":
			var bad []problem.Problem
			bad, err = h.readGroups(&s, f.raw)
			ps = append(ps, bad...)
		default:
			s.further(f)
		}
		if err != nil {
			ps = append(ps, h.problem(line, 0, fmt.Sprintf("%s: %v", f.key, err), lineHint))
		}
	}
	return s, append(ps, h.checkDate(s)...)
}

const lineHint = `a line is {"date": "2026-03-12", "groups": {"NAME": [{...}]}, "removed": {"NAME": ["id"]}}`

// further keeps a text of the line that an import has no use for.
func (s *step) further(f rawField) {
	if text, err := decoded[string](f.raw); err == nil && text != "" && f.key != "" {
		s.extra = append(s.extra, field{f.key, text})
	}
}

// checkDate compares a line's date with that of the line before.
func (h *History) checkDate(s step) []problem.Problem {
	if s.date == "" {
		return []problem.Problem{h.problem(s.line, 0, "the line has no date", `write "date": "2026-03-12"`)}
	}
	if !isDate(s.date) {
		return []problem.Problem{h.problem(s.line, 0, fmt.Sprintf("%q is not a date", s.date), `write "date": "2026-03-12"`)}
	}
	if len(h.steps) == 0 {
		return nil
	}
	last := h.steps[len(h.steps)-1]
	if isDate(last.date) && s.date <= last.date {
		return []problem.Problem{h.problem(s.line, 0, fmt.Sprintf("date %s does not come after %s of line %d", s.date, last.date, last.line), "sort the lines by date, one line a date")}
	}
	return nil
}

func (h *History) readGroups(s *step, raw json.RawMessage) ([]problem.Problem, error) {
	groups, err := object(raw)
	if err != nil {
		return nil, err
	}
	var ps []problem.Problem
	for _, g := range groups {
		if strings.TrimSpace(g.key) == "" {
			return ps, errors.New("a group has no name")
		}
		raws, err := decoded[[]json.RawMessage](g.raw)
		if err != nil {
			return ps, fmt.Errorf("group %q: %w", g.key, err)
		}
		items, bad := h.readItems(s.line, g.key, raws)
		s.groups = append(s.groups, groupStep{g.key, items})
		ps = append(ps, bad...)
	}
	return ps, nil
}

// readRemoved reads the ids that are gone from each group.
func readRemoved(raw json.RawMessage) (map[string][]string, error) {
	groups, err := object(raw)
	if err != nil {
		return nil, err
	}
	removed := map[string][]string{}
	for _, g := range groups {
		ids, err := decoded[[]any](g.raw)
		if err != nil {
			return nil, fmt.Errorf("group %q: %w", g.key, err)
		}
		for _, v := range ids {
			id, err := asID(goValue(v))
			if err != nil {
				return nil, fmt.Errorf("group %q: %w", g.key, err)
			}
			removed[g.key] = append(removed[g.key], id)
		}
	}
	return removed, nil
}

func (h *History) readItems(line int, group string, raws []json.RawMessage) ([]source, []problem.Problem) {
	var ps []problem.Problem
	items := make([]source, 0, len(raws))
	seen := map[string]bool{}
	for i, raw := range raws {
		it, err := readItem(raw)
		switch {
		case err != nil:
			ps = append(ps, h.problem(line, 0, fmt.Sprintf("item %d of group %q: %v", i+1, group, err), `an item is {"id": "...", "title": "...", "status": "..."} with any further fields`))
		case seen[it.ref]:
			ps = append(ps, h.problem(line, 0, fmt.Sprintf("id %q stands twice in group %q", it.ref, group), "an id is unique within its group"))
		default:
			seen[it.ref] = true
			items = append(items, it)
		}
	}
	return items, ps
}

// readItem reads an item with its fields in order.
func readItem(raw json.RawMessage) (source, error) {
	var it source
	fields, err := object(raw)
	if err != nil {
		return it, err
	}
	for _, f := range fields {
		value, err := decoded[any](f.raw)
		value = goValue(value)
		switch f.key {
		case "":
			err = errors.New("a field has no name")
		case "id":
			it.ref, err = asID(value)
		case "status":
			it.status, err = asStatus(value)
		default:
			it.fields = append(it.fields, field{f.key, value})
		}
		if err != nil {
			return it, err
		}
	}
	if strings.TrimSpace(it.ref) == "" {
		return it, errors.New("it has no id")
	}
	return it, nil
}

type rawField struct {
	key string
	raw json.RawMessage
}

// object reads a JSON object with its fields in order; a field that stands twice
// is an error.
func object(raw json.RawMessage) ([]rawField, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	var fields []rawField
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		f := rawField{key: t.(string)} // the text was validated, so that a key is a string
		if seen[f.key] {
			return nil, fmt.Errorf("field %q stands twice", f.key)
		}
		seen[f.key] = true
		if err := dec.Decode(&f.raw); err != nil {
			return nil, fmt.Errorf("field %q: %w", f.key, err)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// decoded is a JSON value as T.
func decoded[T any](raw json.RawMessage) (T, error) {
	var v T
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err := dec.Decode(&v)
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		err = fmt.Errorf("a JSON %s does not fit here", kind.Value)
	}
	return v, err
}

// goValue turns JSON's numbers into Go's; one that no Go number holds stays text.
func goValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = goValue(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = goValue(v[k])
		}
	}
	return v
}

func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil && strings.ContainsAny(string(n), ".eE") {
		return f
	}
	return string(n)
}

func asID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64, uint64:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("an id is neither text nor a whole number")
}

func asStatus(v any) (string, error) {
	text, ok := v.(string)
	if !ok && v != nil {
		return "", errors.New("status is not a text")
	}
	return text, nil
}

// valid tells where and why a text is not JSON; the column counts characters.
func valid(text []byte) (column int, err error) {
	var raw json.RawMessage
	err = json.Unmarshal(text, &raw)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := min(max(int(syntax.Offset)-1, 0), len(text))
		return len([]rune(string(text[:at]))) + 1, err
	}
	return 0, err
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
