package synclog

import (
	"slices"

	"github.com/archsync/archsync/internal/board"
)

// Mended is the log with what cannot be read in it as an earlier moment had it:
// diagrams that do not compile, and items that may be missing because the file of
// their group could not be read whole. It is the same log where nothing is amiss.
func (l *Log) Mended(before *Log) *Log {
	if l.Whole() {
		return l
	}
	mended := *l
	mended.broken, mended.partial = nil, nil
	mended.Diagrams = slices.Clone(l.Diagrams)
	for path := range l.broken {
		if d := before.Diagram(path); d != nil {
			mended.Diagrams = append(mended.Diagrams, d)
		}
	}
	mended.groups = slices.Clone(l.groups)
	for id := range l.partial {
		mended.keepItems(before, id)
	}
	return &mended
}

// Whole tells whether every diagram compiles and every group's file could be read.
func (l *Log) Whole() bool { return len(l.broken)+len(l.partial) == 0 }

// keepItems gives a group the items back that stand nowhere now and did before.
func (l *Log) keepItems(before *Log, id string) {
	i := slices.IndexFunc(before.groups, func(g board.Group) bool { return g.ID == id })
	if i < 0 {
		return
	}
	at := slices.IndexFunc(l.groups, func(g board.Group) bool { return g.ID == id })
	if at < 0 {
		l.groups = append(l.groups, before.groups[i])
		return
	}
	for _, it := range before.groups[i].Items {
		if !slices.ContainsFunc(l.groups, func(g board.Group) bool { return has(&g, it.ID) }) {
			l.groups[at].Items = append(slices.Clip(l.groups[at].Items), it)
		}
	}
}
