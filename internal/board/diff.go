package board

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Diff lists what differs between the items of two moments, one change for each
// fact. Items are matched by id across all groups, where an id stands twice the
// first; what is left over by the id that it was imported with ([Item.Ref]), where one
// item has that on either side: it was imported again, and is renamed. The order is
// that of the board after, then what is gone in the order of the board before.
//
// An item in another group has moved, unless the group was only renamed
// ([Group.Formerly]). An item that is gone was delivered, dropped or removed, as
// its last status says. The date of a status is part of that status: it is a
// change of its own only when the status stayed.
func Diff(before, after []Group) []change.Change {
	was, is := placeTwo(before, after)
	again := reimported(was, is)
	var changes []change.Change
	for _, now := range is.order {
		old, known := was.byID[now.item.ID]
		if !known {
			if old, known = again[now.item.ID]; !known {
				changes = append(changes, now.change(change.Added, change.ReasonAdded, "", now.item.Title))
				continue
			}
			is.byID[old.item.ID] = now
			changes = append(changes, now.change(change.Renamed, change.ReasonRenamed, old.item.ID, now.item.ID))
		}
		if !sameGroup(old.group, now.group, was.groups, is.groups) {
			changes = append(changes, now.change(change.Moved, change.ReasonRegrouped, old.group.ID, now.group.ID))
		}
		changes = append(changes, facts(old.item, now)...)
	}
	for _, old := range was.order {
		if _, stays := is.byID[old.item.ID]; !stays {
			changes = append(changes, old.change(change.Removed, goneReason(old.item.Status), old.item.Title, ""))
		}
	}
	return changes
}

// reimported finds for new items those that are gone and had the same ref, by the new
// id.
func reimported(was, is moment) map[string]placed {
	type pair struct{ old, now []placed }
	byRef := map[string]*pair{}
	for _, p := range was.order {
		if _, stays := is.byID[p.item.ID]; !stays && p.item.Ref != "" {
			if byRef[p.item.Ref] == nil {
				byRef[p.item.Ref] = &pair{}
			}
			byRef[p.item.Ref].old = append(byRef[p.item.Ref].old, p)
		}
	}
	for _, p := range is.order {
		if _, stood := was.byID[p.item.ID]; !stood && byRef[p.item.Ref] != nil {
			byRef[p.item.Ref].now = append(byRef[p.item.Ref].now, p)
		}
	}
	again := map[string]placed{}
	for _, p := range byRef {
		if len(p.old) == 1 && len(p.now) == 1 {
			again[p.now[0].item.ID] = p.old[0]
		}
	}
	return again
}

// placed is an item together with the group it stands in.
type placed struct {
	item  *Item
	group *Group
}

func (p placed) change(kind change.Kind, reason change.Reason, from, to string) change.Change {
	return change.Change{
		Kind: kind, Subject: p.item.ID, Reason: reason, From: change.Present(from), To: change.Present(to),
		Title: p.item.Title, Place: p.group.ID,
	}
}

// fact is a change of one field.
func (p placed) fact(key string, reason change.Reason, from, to string) change.Change {
	c := p.change(change.Changed, reason, from, to)
	c.Field = key
	return c
}

// moment is all the items of one moment, each id once.
type moment struct {
	order  []placed
	byID   map[string]placed
	groups map[string]bool
}

// placeTwo places the items of two moments, without those in which they cannot differ:
// of groups that are the same reading of the same file. Where the order of these is
// another, or one of their items stands in another file too, all count.
func placeTwo(before, after []Group) (was, is moment) {
	shared, order := map[string]bool{}, 0
	for _, g := range after {
		i := slices.IndexFunc(before, func(old Group) bool { return old.ID == g.ID })
		if i < 0 || !sameReading(before[i].Items, g.Items) {
			continue
		}
		if i < order {
			return place(before, nil), place(after, nil)
		}
		shared[g.ID], order = true, i
	}
	was, is = place(before, shared), place(after, shared)
	for _, g := range after {
		if shared[g.ID] && (was.hasAny(g.Items) || is.hasAny(g.Items)) {
			return place(before, nil), place(after, nil)
		}
	}
	return was, is
}

// sameReading tells whether two lists of items are one in memory.
func sameReading(a, b []Item) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (m moment) has(id string) bool {
	_, ok := m.byID[id]
	return ok
}

func (m moment) hasAny(items []Item) bool {
	for i := range items {
		if m.has(items[i].ID) {
			return true
		}
	}
	return false
}

// place places the items of all groups but those to leave out.
func place(groups []Group, without map[string]bool) moment {
	count := 0
	for _, g := range groups {
		if !without[g.ID] {
			count += len(g.Items)
		}
	}
	m := moment{byID: make(map[string]placed, count), groups: idsOf(groups), order: make([]placed, 0, count)}
	for i := range groups {
		g := &groups[i]
		if without[g.ID] {
			continue
		}
		for j := range g.Items {
			p := placed{&g.Items[j], g}
			if !m.has(p.item.ID) {
				m.byID[p.item.ID] = p
				m.order = append(m.order, p)
			}
		}
	}
	return m
}

func idsOf(groups []Group) map[string]bool {
	ids := make(map[string]bool, len(groups))
	for _, g := range groups {
		ids[g.ID] = true
	}
	return ids
}

// sameGroup tells whether a and b, of two moments with the given groups, are one
// group: by id, or because one took over the other's name and neither moment has both.
func sameGroup(a, b *Group, inA, inB map[string]bool) bool {
	if a.ID == b.ID {
		return true
	}
	if inA[b.ID] || inB[a.ID] {
		return false
	}
	return slices.Contains(b.Formerly, a.ID) || slices.Contains(a.Formerly, b.ID)
}

func goneReason(last Status) change.Reason {
	switch last {
	case Done:
		return change.ReasonDelivered
	case Dropped:
		return change.ReasonDropped
	}
	return change.ReasonRemoved
}

// facts lists what differs between two states of one item, in the order of its keys.
func facts(old *Item, now placed) []change.Change {
	var changes []change.Change
	for _, key := range itemKeys {
		if key == keyID || key == keySince && old.Status != now.item.Status {
			continue
		}
		from, to := joined(old, key), joined(now.item, key)
		if from != to {
			changes = append(changes, now.fact(key, reasonOf(key), from, to))
		}
	}
	for _, key := range extraKeys(old.Extra, now.item.Extra) {
		from, to := extraText(old.Extra, key), extraText(now.item.Extra, key)
		if from != to {
			changes = append(changes, now.fact(key, change.ReasonNoted, from, to))
		}
	}
	return changes
}

func reasonOf(key string) change.Reason {
	switch key {
	case keyTitle:
		return change.ReasonRetitled
	case keyStatus:
		return change.ReasonStatus
	case keyOwner:
		return change.ReasonReowned
	case keyDue:
		return change.ReasonDueMoved
	case keyPlan:
		return change.ReasonReplanned
	}
	return change.ReasonNoted
}

// joined is a field's value in one string, "" when it is absent: a list with commas.
func joined(r record, key string) string {
	if list := r.list(key); list != nil {
		return strings.Join(*list, ", ")
	}
	return *r.scalar(key)
}

// extraKeys is every unknown key of two states of an item, each once.
func extraKeys(a, b []Field) []string {
	var keys []string
	for _, f := range slices.Concat(a, b) {
		if !slices.Contains(keys, f.Key) {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

func extraText(fields []Field, key string) string {
	for _, f := range fields {
		if f.Key == key {
			return flowText(f.Value)
		}
	}
	return ""
}
