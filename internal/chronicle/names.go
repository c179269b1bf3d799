package chronicle

import (
	"context"

	"github.com/archsync/archsync/internal/synclog"
)

// Names finds out what became of components and connections that a moment names and
// its diagrams do not have: renamed since, renamed later, or gone. It reads no more
// snapshots than it takes, and each of them once.
type Names struct {
	ctx     context.Context
	outward []Snapshot // those not read yet
	read    func(Snapshot) (*synclog.Log, error)
	nearest *synclog.Log // the last one that was read
	known   []past
}

// past is a snapshot with what its things are called in the one nearer by.
type past struct {
	Snapshot
	log    *synclog.Log
	nearer synclog.Identity
}

// NewNames asks the snapshots outward of a moment, the nearest first: those before
// it for names that it no longer has, those after it for names that it does not have
// yet. read reads at least their diagrams. A snapshot that cannot be read is left
// out; when ctx is done, nothing more is found.
func NewNames(ctx context.Context, here *synclog.Log, outward []Snapshot, read func(Snapshot) (*synclog.Log, error)) *Names {
	return &Names{ctx: ctx, nearest: here, outward: outward, read: read}
}

// Name is what became of something that a moment does not have under a name.
type Name struct {
	Here  string   // what it is called in the moment; "" when it is not there at all
	Known Snapshot // the nearest snapshot that has it under the name that was asked for
}

// Find follows a reference from the nearest snapshot in which it leads somewhere,
// step by step, to the moment; false when no snapshot has it.
func (n *Names) Find(ref string) (Name, bool) {
	for i := 0; i < len(n.known) || n.more(); i++ {
		if !n.known[i].log.HasComponent(ref) {
			continue
		}
		found := Name{Here: ref, Known: n.known[i].Snapshot}
		for there := true; i >= 0 && there; i-- {
			if found.Here, there = n.known[i].nearer.Ref(found.Here); !there {
				found.Here = ""
			}
		}
		return found, true
	}
	return Name{}, false
}

// more reads one snapshot further out.
func (n *Names) more() bool {
	for len(n.outward) > 0 && n.ctx.Err() == nil {
		s := n.outward[0]
		n.outward = n.outward[1:]
		log, err := n.read(s)
		if err != nil || n.ctx.Err() != nil {
			continue
		}
		n.known = append(n.known, past{s, log, synclog.Identify(log, n.nearest)})
		n.nearest = log
		return true
	}
	return false
}
