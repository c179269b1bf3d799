package tui

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// changes are those of a difference that pass the filter, as far as a change can tell:
// who owns an item, what it is planned for and whether it is late it cannot.
func (f filter) changes(m *Model, d synclog.Difference) synclog.Difference {
	if !f.active() {
		return d
	}
	d.Items = f.keep(m, chronicle.Item, d.Items)
	d.Components = f.keep(m, chronicle.Component, d.Components)
	d.Connections = f.keep(m, chronicle.Connection, d.Connections)
	d.Decisions = f.keep(m, chronicle.Decision, d.Decisions)
	if f.has("group") || f.has("status") || f.has(keyKind) {
		d.Texts = nil
	}
	return d
}

func (f filter) keep(m *Model, kind chronicle.Kind, changes []change.Change) []change.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c change.Change) bool {
		return slices.ContainsFunc(f.terms, func(t term) bool { return !t.change(m, kind, c) })
	})
}

// change tells whether a change passes.
func (t term) change(m *Model, kind chronicle.Kind, c change.Change) bool {
	drawn := kind == chronicle.Component || kind == chronicle.Connection
	switch t.key {
	case keyKind:
		return t.begins(string(kind))
	case "group":
		if drawn {
			return m.scene != nil && slices.ContainsFunc(m.scene.lanes, func(l lane) bool {
				return (t.in(l.group.ID) || t.in(l.group.Name)) && ownsComponent(l.group, firstEnd(c.Subject))
			})
		}
		return kind == chronicle.Item && (t.in(c.Place) || t.in(m.groupTitle(c.Place)))
	case "component":
		return drawn && (t.in(c.Subject) || t.in(change.Text(c.From)))
	case "status":
		return !drawn && c.Reason == change.ReasonStatus && (t.begins(change.Text(c.To)) || t.begins(change.Text(c.From)))
	case "":
		return t.in(c.Subject) || t.in(c.Title) || t.in(change.Text(c.From)) || t.in(change.Text(c.To))
	}
	return true
}

// firstEnd is the component that a connection was written from; a component itself.
func firstEnd(id string) string {
	for _, arrow := range []string{" -> ", " <- ", " <-> ", " -- "} {
		if from, _, ok := strings.Cut(id, arrow); ok {
			return from
		}
	}
	return id
}
