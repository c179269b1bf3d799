package board

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/archsync/archsync/internal/problem"
)

// Refs tells what the rest of the log has; a nil function is not asked.
type Refs struct {
	Component func(ref string) bool   // a component or a connection of any diagram
	Decision  func(ref string) bool   // a decision by id, number or path
	Lost      func(ref string) string // a hint on a component that is not there, or ""
}

// Check reports what the values of all groups' files get wrong: ids malformed or
// given twice, unknown statuses, dates and plans that are none, missing titles, and
// references to what is not there. It adds to what [Parse] complained about and
// repeats nothing of it.
func Check(groups []*File, refs Refs) []problem.Problem {
	c := checker{refs: refs, groups: map[string]bool{}, items: map[string]standing{}}
	for _, f := range groups {
		c.groups[f.ID()] = true
		for i, it := range f.group.Items {
			if _, taken := c.items[it.ID]; !taken {
				c.items[it.ID] = standing{f, i}
			}
		}
	}
	for _, f := range groups {
		c.group(f)
		for i := range f.group.Items {
			c.item(f, i)
		}
	}
	return problem.Sort(c.problems)
}

// CheckValue tells whether a key of an item may have a value, alone: whether a
// status, a date, a plan or an id is one, and a title is not empty. The error is a
// [problem.Problem] without a place. An absent value ("") of other keys is fine.
func CheckValue(key, value string) error {
	if what, hint := fault(key, value); what != "" {
		return problem.Problem{What: what, Hint: hint}
	}
	return nil
}

// maxTitle is how many characters a title may have: it is one line wherever it stands.
const maxTitle = 500

func fault(key, value string) (what, hint string) {
	switch {
	case key == keyTitle && strings.TrimSpace(value) == "":
		return "the item has no title", `add "title: ..." with a few words`
	case key == keyTitle && utf8.RuneCountInString(value) > maxTitle:
		return fmt.Sprintf("the title has %d characters, more than the %d that a line holds", utf8.RuneCountInString(value), maxTitle),
			"say it in a few words; note has room for more"
	case key == keyStatus && value == "":
		return "the item has no status", "use " + statusList()
	case key == keyStatus && !Status(value).Valid():
		return fmt.Sprintf("unknown status %q", value), statusHint(value)
	case key == keyID && !ValidID(value):
		return fmt.Sprintf("id %q is not five characters of 0-9 and a-z without i, l, o, u", value), `ids look like "k7m2p"; the id it had elsewhere goes to ref`
	case value == "":
		return "", ""
	case dateKey(key) && !validDate(value):
		return fmt.Sprintf("%s %q is not a date", key, value), "write year, month and day, such as 2026-03-12"
	case key == keyPlan && !validPlan(value):
		return fmt.Sprintf("plan %q is neither a quarter nor a span of weeks", value), "write 2026-Q4, or 2026-W40+6 for six weeks from week 40 on"
	}
	return "", ""
}

func dateKey(key string) bool {
	return key == keySince || key == keyDue || key == keyCheckedIn || key == keyArchived
}

func validPlan(s string) bool {
	_, _, err := ParsePlan(s)
	return err == nil
}

func statusList() string {
	names := make([]string, 0, len(Statuses()))
	for _, s := range Statuses() {
		names = append(names, string(s))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// statusHint names the status that was meant, when the spelling tells.
func statusHint(value string) string {
	for _, s := range Statuses() {
		if distance(strings.ToLower(strings.TrimSpace(value)), string(s)) <= 2 {
			return fmt.Sprintf("did you mean %q? use %s", string(s), statusList())
		}
	}
	return "use " + statusList()
}

// checker holds what one item's check needs to know of all the others.
type checker struct {
	refs     Refs
	groups   map[string]bool
	items    map[string]standing
	problems []problem.Problem

	nodesOf *File // whose nodes are known
	known   []*yaml.Node
}

// standing is where an id stands first.
type standing struct {
	file  *File
	index int
}

func (c *checker) group(f *File) {
	for _, key := range groupKeys {
		if text := f.group.scalar(key); text != nil && dateKey(key) {
			if what, hint := fault(key, *text); what != "" {
				c.complain(f, -1, key, "", what, hint)
			}
		}
	}
	for _, ref := range f.group.Owns {
		c.component(f, -1, keyOwns, ref)
	}
}

func (c *checker) item(f *File, index int) {
	it := &f.group.Items[index]
	if first := c.items[it.ID]; first != (standing{f, index}) {
		what := fmt.Sprintf("id %q is taken by the item at %s:%d", it.ID, first.file.Path(), first.file.group.Items[first.index].Line)
		c.complain(f, index, keyID, "", what, "give one of the two another id")
	}
	for _, key := range itemKeys {
		if text := it.scalar(key); text != nil {
			if what, hint := fault(key, *text); what != "" {
				c.complain(f, index, key, "", what, hint)
			}
		}
	}
	c.references(f, index)
}

func (c *checker) references(f *File, index int) {
	it := &f.group.Items[index]
	for _, ref := range it.Touches {
		c.component(f, index, keyTouches, ref)
	}
	for _, ref := range it.Decisions {
		if c.refs.Decision != nil && !c.refs.Decision(ref) {
			c.complain(f, index, keyDecisions, ref, fmt.Sprintf("there is no decision %q", ref), "name a decision by its id, number or path")
		}
	}
	for _, ref := range it.BlockedBy {
		switch {
		case ref == it.ID:
			c.complain(f, index, keyBlockedBy, ref, fmt.Sprintf("item %q is blocked by itself", ref), "name what it waits for")
		case !c.exists(ref) && looksLikeID(ref):
			c.complain(f, index, keyBlockedBy, ref, fmt.Sprintf("blocked by %q, but no item has that id", ref),
				"it may have been cleared after it was done: take it out, or name what the item waits for now")
		}
	}
}

// exists tells whether a reference names an item or a group.
func (c *checker) exists(ref string) bool {
	_, item := c.items[ref]
	return item || c.groups[ref]
}

func (c *checker) component(f *File, index int, key, ref string) {
	if c.refs.Component == nil || c.refs.Component(ref) {
		return
	}
	hint := `name a component by its whole key ("storage.kafka"), a connection as "a -> b"`
	if c.refs.Lost != nil {
		hint = cmp.Or(c.refs.Lost(ref), hint)
	}
	c.complain(f, index, key, ref, fmt.Sprintf("no diagram has %q", ref), hint)
}

// complain places a problem at a key of the item with that index, or of the group
// when it is -1; in a list at the given entry.
func (c *checker) complain(f *File, index int, key, entry, what, hint string) {
	p := problem.Problem{Path: f.path, What: what, Hint: hint}
	d, fault := f.document()
	switch {
	case index < 0 && fault == nil && d.root != nil:
		p.Line, p.Column = valuePosition(d.root, key, entry)
	case index >= 0:
		p.Line, p.Column = f.group.Items[index].Line, 1
		if nodes := c.nodes(f); index < len(nodes) {
			p.Line, p.Column = itemPosition(nodes[index], key, entry)
		}
	}
	c.problems = append(c.problems, p)
}

// nodes are the nodes of a file's items; none for a file that could not be read whole.
func (c *checker) nodes(f *File) []*yaml.Node {
	if c.nodesOf != f {
		c.nodesOf, c.known = f, f.itemNodes()
	}
	return c.known
}
