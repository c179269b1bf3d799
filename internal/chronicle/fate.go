package chronicle

import (
	"context"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// Fates says of items that are gone what became of them: an item that left the
// board between two moments was delivered or dropped when the last sync that
// showed it says so, however long that is before the later moment. It gives the
// changes of items with their reasons set right; between are the snapshots after
// the earlier moment up to the later one, oldest first, and read reads at least
// their boards.
//
// A snapshot that cannot be read is left out. It stops with the context's error.
func Fates(ctx context.Context, changes []change.Change, between []Snapshot, read func(Snapshot) (*synclog.Log, error)) ([]change.Change, error) {
	told := slices.Clone(changes)
	open := map[string]int{} // items without a known end, by id
	for i, c := range told {
		if c.Kind == change.Removed && c.Reason == change.ReasonRemoved {
			open[c.Subject] = i
		}
	}
	for _, s := range slices.Backward(between) {
		if err := ctx.Err(); err != nil || len(open) == 0 {
			return told, err
		}
		log, err := read(s)
		if err != nil {
			continue
		}
		for id, status := range lastStatus(log, open) {
			told[open[id]].Reason = endReason(status)
			delete(open, id)
		}
	}
	return told, ctx.Err()
}

// lastStatus is the status of those of the wanted items that a log shows.
func lastStatus(l *synclog.Log, wanted map[string]int) map[string]board.Status {
	found := map[string]board.Status{}
	for _, g := range l.Groups() {
		for _, it := range g.Items {
			if _, ok := wanted[it.ID]; ok {
				found[it.ID] = it.Status
			}
		}
	}
	return found
}

func endReason(last board.Status) change.Reason {
	switch last {
	case board.Done:
		return change.ReasonDelivered
	case board.Dropped:
		return change.ReasonDropped
	}
	return change.ReasonRemoved
}
