package chronicle

import (
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// Commits is how a log got from one sync to the next.
type Commits struct {
	// Between are the commits after one snapshot up to another that changed the log,
	// oldest first. The zero Snapshot is the time before the first, or the present.
	Between func(ctx context.Context, older, newer Snapshot) ([]Commit, error)

	// Read reads parts of the log at a commit.
	Read func(ctx context.Context, commit string, parts synclog.Part) (*synclog.Log, error)
}

// Attribute finds for every chapter of a biography the commits that made its events.
// Only the commits of those intervals are looked at, and only those are read that
// changed a file which may hold the subject, where there are several of them.
func (c *Chronicle) Attribute(ctx context.Context, b *Biography, commits Commits) error {
	for i := range b.Story {
		if err := c.attribute(ctx, &b.Story[i], commits); err != nil {
			return err
		}
	}
	return nil
}

// attribution is what the memo keeps of a chapter.
type attribution struct {
	Commits []Commit
	Made    []string
}

func (c *Chronicle) attribute(ctx context.Context, ch *Chapter, commits Commits) error {
	key := ""
	if memo := c.line.Memo; memo != nil && ch.At != (Snapshot{}) {
		subject := ch.Events[0].Subject()
		key = "attribution 1 " + ch.Before.Commit + " " + ch.At.Commit + " " + string(subject.Kind) + " " + subject.ID
		var known attribution
		if kept, ok := memo.Get(key); ok && json.Unmarshal(kept, &known) == nil && len(known.Made) == len(ch.Events) {
			ch.Commits, ch.Made = known.Commits, known.Made
			return nil
		}
	}
	if err := c.ask(ctx, ch, commits); err != nil {
		return err
	}
	if key != "" {
		if kept, err := json.Marshal(attribution{ch.Commits, ch.Made}); err == nil {
			c.line.Memo.Put(key, kept)
		}
	}
	return nil
}

// ask looks at the commits of an interval.
func (c *Chronicle) ask(ctx context.Context, ch *Chapter, commits Commits) error {
	all, err := commits.Between(ctx, ch.Before, ch.At)
	if err != nil {
		return err
	}
	relevant := slices.DeleteFunc(slices.Clone(all), func(commit Commit) bool {
		return !slices.ContainsFunc(commit.Paths, func(name string) bool { return mayHold(name, ch.Events) })
	})
	ch.Made = make([]string, len(ch.Events))
	switch {
	case len(relevant) == 0:
	case len(relevant) == 1 && ch.At != (Snapshot{}): // else it may not be committed
		for i := range ch.Made {
			ch.Made[i] = relevant[0].ID
		}
	default:
		if err := c.search(ctx, ch, relevant, commits); err != nil {
			return err
		}
	}
	for _, commit := range relevant {
		if slices.Contains(ch.Made, commit.ID) {
			ch.Commits = append(ch.Commits, commit)
		}
	}
	return nil
}

// mayHold tells whether events may come from a file.
func mayHold(name string, events []Event) bool {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return slices.ContainsFunc(events, func(e Event) bool {
		switch e.About {
		case Component, Connection:
			return path.Ext(name) == ".d2"
		case Decision:
			return stem == e.Change.Subject || path.Base(path.Dir(name)) == e.Change.Subject
		}
		return path.Base(path.Dir(name)) == "board" && (stem == e.Place || e.Kind == change.Moved && stem == change.Text(e.From))
	})
}

// search reads the log at one commit after the other, and finds for each event the last
// one that made it.
func (c *Chronicle) search(ctx context.Context, ch *Chapter, relevant []Commit, commits Commits) error {
	parts := partsOf(ch.Events[0].About)
	before := &synclog.Log{}
	if ch.Before != (Snapshot{}) {
		log, err := commits.Read(ctx, ch.Before.Commit, parts)
		if err != nil {
			return ctx.Err() // what cannot be compared is nobody's
		}
		before = log
	}
	for _, commit := range relevant {
		log, err := commits.Read(ctx, commit.ID, parts)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // the log was not there yet, or somewhere else
		}
		log = log.Mended(before)
		for made := range between(before, log, Snapshot{}).Events() {
			for i, e := range ch.Events {
				if e.same(made) {
					ch.Made[i] = commit.ID
				}
			}
		}
		before = log
	}
	return nil
}

// same tells whether another event makes the same fact of the same subject.
func (e Event) same(o Event) bool {
	return e.About == o.About && e.Change.Subject == o.Change.Subject && e.Reason == o.Reason && e.Field == o.Field &&
		change.Text(e.To) == change.Text(o.To)
}

func partsOf(kind Kind) synclog.Part {
	switch kind {
	case Component, Connection:
		return synclog.Diagrams
	case Decision:
		return synclog.Decisions
	}
	return synclog.Board
}
