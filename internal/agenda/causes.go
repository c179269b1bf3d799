package agenda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
	"github.com/archsync/archsync/internal/synclog"
)

// causes knows for what work the architecture changed: which group owns a component,
// and which items touch it.
type causes struct {
	sync   *Sync
	groups []board.Group
}

func (s *Sync) causes() causes { return causes{s, slices.Concat(s.Now.Active(), s.Before.Active())} }

// maxCauses is how many items are named as the cause of one change.
const maxCauses = 2

// words names the owner of what changed and the items that touch it; "" where nobody
// is known.
func (c causes) words(fact change.Change) string {
	l := c.sync.Now
	if fact.Kind == change.Removed {
		l = c.sync.Before
	}
	parts := endsOf(l, fact.Subject)
	var words []string
	if owner := c.owner(parts[0]); owner != "" {
		words = append(words, plain.Markdown(c.sync.nameOf(owner)))
	}
	items := c.items(fact.Subject, parts)
	for i, it := range items {
		if i == maxCauses {
			words = append(words, fmt.Sprintf("%d more", len(items)-i))
			break
		}
		words = append(words, plain.Markdown(it.Title)+" "+code(it.ID))
	}
	return strings.Join(words, ", ")
}

// endsOf are the two ends of a connection, or the component alone, by reference.
func endsOf(l *synclog.Log, subject string) []string {
	for _, d := range l.Diagrams {
		key := strings.TrimPrefix(subject, l.Name(d, ""))
		if c, ok := d.Connection(key); ok {
			return []string{l.Name(d, c.From), l.Name(d, c.To)}
		}
	}
	return []string{subject}
}

// owner is the group that owns a component, the nearest container counting.
func (c causes) owner(component string) string {
	owner, nearest := "", ""
	for _, g := range c.groups {
		for _, ref := range g.Owns {
			if within(component, ref) && len(ref) > len(nearest) {
				owner, nearest = g.ID, ref
			}
		}
	}
	return owner
}

// items are those that touch what changed, each once, those of the present first.
func (c causes) items(subject string, parts []string) []board.Item {
	var items []board.Item
	for _, g := range c.groups {
		for _, it := range g.Items {
			touches := slices.ContainsFunc(it.Touches, func(ref string) bool {
				return ref == subject || slices.ContainsFunc(parts, func(part string) bool { return within(part, ref) })
			})
			known := slices.ContainsFunc(items, func(other board.Item) bool { return other.ID == it.ID })
			if touches && !known {
				items = append(items, it)
			}
		}
	}
	return items
}

// within tells whether a component is another one or lies in it.
func within(component, container string) bool {
	return component == container || strings.HasPrefix(component, container+".")
}
