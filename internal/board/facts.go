package board

import (
	"slices"

	"github.com/archsync/archsync/internal/change"
)

// Facts are what the item says beside its id: the known keys in the order in which
// an item is written, then the unknown ones. Absent values are left out.
func (it *Item) Facts() []change.Fact {
	facts := said(it, itemKeys[1:])
	for _, f := range it.Extra {
		facts = append(facts, change.Fact{Key: f.Key, Values: []string{flowText(f.Value)}})
	}
	return facts
}

// Facts are what the group says beside its id and its items. Absent values are left
// out.
func (g *Group) Facts() []change.Fact { return said(g, groupKeys[:]) }

func said(r record, keys []string) []change.Fact {
	var facts []change.Fact
	for _, key := range keys {
		if list := r.list(key); list != nil {
			if len(*list) > 0 {
				facts = append(facts, change.Fact{Key: key, Values: *list})
			}
		} else if text := *r.scalar(key); text != "" {
			facts = append(facts, change.Fact{Key: key, Values: []string{text}})
		}
	}
	return facts
}

// DiffGroups lists what differs between the groups of two moments, their items
// apart, one change for each fact; check-ins are among them. A group is the same
// under another id when the new one says so ([Group.Formerly]). The order is that of
// the groups after, then what is gone.
func DiffGroups(before, after []Group) []change.Change {
	was, is := idsOf(before), idsOf(after)
	var changes []change.Change
	known := map[string]bool{}
	for i := range after {
		now := &after[i]
		j := slices.IndexFunc(before, func(old Group) bool { return sameGroup(&old, now, was, is) })
		if j < 0 {
			changes = append(changes, now.told(change.Added, change.ReasonAdded, "", now.ID))
			continue
		}
		known[before[j].ID] = true
		if before[j].ID != now.ID {
			changes = append(changes, now.told(change.Renamed, change.ReasonRenamed, before[j].ID, now.ID))
		}
		changes = append(changes, groupFacts(&before[j], now)...)
	}
	for i := range before {
		if old := &before[i]; !known[old.ID] {
			changes = append(changes, old.told(change.Removed, change.ReasonRemoved, old.ID, ""))
		}
	}
	return changes
}

func (g *Group) told(kind change.Kind, reason change.Reason, from, to string) change.Change {
	return change.Change{Kind: kind, Subject: g.ID, Reason: reason, From: change.Present(from), To: change.Present(to), Title: g.Name, Place: g.ID}
}

// groupFacts lists what differs between two states of a group. What it was called
// before is told by its renaming.
func groupFacts(old, now *Group) []change.Change {
	var changes []change.Change
	for _, key := range groupKeys {
		from, to := joined(old, key), joined(now, key)
		if key == keyFormerly || from == to {
			continue
		}
		c := now.told(change.Changed, groupReason(key), from, to)
		c.Field = key
		changes = append(changes, c)
	}
	return changes
}

func groupReason(key string) change.Reason {
	switch key {
	case keyName:
		return change.ReasonRetitled
	case keyLead:
		return change.ReasonReowned
	case keyCheckedIn:
		return change.ReasonCheckedIn
	}
	return change.ReasonNoted
}
