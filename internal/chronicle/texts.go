package chronicle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Texts is everything that was ever written in a log, each line once, with when it
// stood there. It does not change, and may be searched from several goroutines.
//
// It is made of what each snapshot brought and took away, which the timeline's memo
// keeps: a log of which all but the last sync is remembered costs the reading of
// that one. What a step says counts on all steps before it, so its key names them
// all. Only the files in which a snapshot differs from the one before are split.
type Texts struct {
	Problems []problem.Problem // the snapshots that cannot be read

	snapshots []Snapshot
	present   bool // the timeline has a present
	all       []lived
}

// lived is a text with the positions in the timeline at which it stood in the log,
// the last one included. The present is the position behind the last snapshot.
type lived struct {
	*Text
	first, last int
}

// NewTexts collects the texts of a timeline. A snapshot that cannot be read is a
// problem, and what stands before and after it is taken to have stood in it too. It
// stops with the context's error.
//
// Where the timeline's reading of a snapshot leaves out records of syncs that the
// snapshot before has as they are, nothing is lost: minutes belong to their sync.
func NewTexts(ctx context.Context, t Timeline) (*Texts, error) {
	c := newCollector(&Texts{snapshots: t.Snapshots})
	steps := t.recallTexts()
	for i, s := range t.Snapshots {
		if err := c.advance(ctx, t, i, steps[s]); err != nil {
			return nil, err
		}
	}
	c.finish(len(t.Snapshots) - 1)
	if t.Now != nil {
		return c.texts.With(t.Now), nil
	}
	return c.texts, nil
}

// With is the texts of the same past with another present.
func (x *Texts) With(now *synclog.Log) *Texts {
	last := len(x.snapshots) - 1
	c := newCollector(&Texts{Problems: x.Problems, snapshots: x.snapshots, present: true, all: slices.Clone(x.all)})
	for i := range c.texts.all {
		if t := &c.texts.all[i]; t.last == last {
			t.last = stands
		}
	}
	c.take(c.compare(now, ""), last+1)
	c.finish(last + 1)
	return c.texts
}

// textForm is the version of what is remembered of a step.
const textForm = "texts 2"

// chained is the key of a step: the names of all snapshots up to it.
func chained(before string, s Snapshot) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s %s", before, s.Date, s.Commit))
	return textForm + " " + hex.EncodeToString(sum[:])
}

// recallTexts are the steps that the memo has, as if every snapshot could be read.
func (t Timeline) recallTexts() map[Snapshot]*textStep {
	found := map[Snapshot]*textStep{}
	if t.Memo == nil {
		return found
	}
	keys := make([]string, len(t.Snapshots))
	key := textForm
	for i, s := range t.Snapshots {
		key = chained(key, s)
		keys[i] = key
	}
	steps := make([]*textStep, len(keys))
	inChunks(len(keys), neighbours, func(i int) { steps[i] = t.recallStep(keys[i]) })
	for i, s := range t.Snapshots {
		found[s] = steps[i]
	}
	return found
}

// recallStep is a step from the memo; nil where it does not have it.
func (t Timeline) recallStep(key string) *textStep {
	if t.Memo == nil {
		return nil
	}
	entry, ok := t.Memo.Get(key)
	if !ok {
		return nil
	}
	s, ok := decodeTextStep(entry)
	if s.key = key; !ok {
		return nil
	}
	return &s
}

// collector folds the steps of a timeline.
type collector struct {
	texts *Texts
	dates map[string]int // of the snapshots, to their positions
	chain string         // the key of the last step

	open map[string]map[Text]int      // by path: the texts that stand there, to their numbers; nil until it is needed
	same map[string]any               // what the pages of the last log that was read were known by
	said map[string][sha256.Size]byte // the minutes that were split, by date
}

func newCollector(x *Texts) *collector {
	c := &collector{texts: x, dates: map[string]int{}, said: map[string][sha256.Size]byte{}, chain: textForm}
	for i, s := range x.snapshots {
		c.dates[s.Date] = i
	}
	return c
}

// advance takes the snapshot at a position: as it is remembered, else as it is read.
func (c *collector) advance(ctx context.Context, t Timeline, at int, known *textStep) error {
	s := t.Snapshots[at]
	key := chained(c.chain, s)
	if known == nil || known.key != key { // a snapshot before it cannot be read
		known = t.recallStep(key)
	}
	if known == nil || !c.fits(known) {
		log, err := t.Read(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.texts.Problems = append(c.texts.Problems, unreadable(s, err))
			return nil
		}
		step := c.compare(log, s.Date)
		entry := step.encode()
		if compact, ok := decodeTextStep(entry); ok { // its lines hold on to no files
			step = compact
		}
		if known = &step; t.Memo != nil {
			t.Memo.Put(key, entry)
		}
	} else {
		c.same = nil // it speaks of a log before this one
	}
	c.take(*known, at)
	c.chain = key
	return nil
}

// fits tells whether a remembered step can follow on those before it.
func (c *collector) fits(s *textStep) bool {
	for _, n := range s.gone {
		if n >= len(c.texts.all) || c.texts.all[n].last != stands {
			return false
		}
	}
	return true
}

// textStep is what one snapshot changed.
type textStep struct {
	key  string // under which it is remembered
	came []Text
	gone []int  // numbers of texts, in the order in which all came
	said []Text // lines of the minutes of other syncs, with the sync's date as ID
}

// stands is the last position of a text that is still there.
const stands = -1

// take adds a step at a position.
func (c *collector) take(s textStep, at int) {
	for _, n := range s.gone {
		t := &c.texts.all[n]
		t.last = at - 1
		if c.open != nil {
			delete(c.open[t.Path], *t.Text)
		}
	}
	for i := range s.came {
		c.note(s.came[i], len(c.texts.all))
		c.texts.all = append(c.texts.all, lived{&s.came[i], at, stands})
	}
	for i := range s.said {
		p, known := c.dates[s.said[i].ID]
		if !known {
			p = at
		}
		s.said[i].ID = ""
		c.texts.all = append(c.texts.all, lived{&s.said[i], p, p})
	}
}

func (c *collector) note(t Text, number int) {
	if c.open == nil {
		return
	}
	if c.open[t.Path] == nil {
		c.open[t.Path] = map[Text]int{}
	}
	c.open[t.Path][t] = number
}

// compare finds what a log changed against the texts that stand; date is that of its
// sync, "" for the present.
func (c *collector) compare(l *synclog.Log, date string) textStep {
	if c.open == nil {
		c.open = map[string]map[Text]int{}
		for i, t := range c.texts.all {
			if t.last == stands {
				c.note(*t.Text, i)
			}
		}
	}
	var s textStep
	same, there := map[string]any{}, map[string]bool{}
	for _, p := range pages(l) {
		there[p.path], same[p.path] = true, p.same
		if known, seen := c.same[p.path]; !seen || known != p.same {
			s.replace(c.open[p.path], p.texts())
		}
	}
	if minutes := c.minutes(l, date, &s); len(minutes) > 0 {
		folder := minutes[0].Path
		there[folder] = true
		s.replace(c.open[folder], minutes)
	}
	for path, texts := range c.open {
		if !there[path] {
			s.replace(texts, nil)
		}
	}
	slices.Sort(s.gone)
	c.same = same
	return s
}

// replace notes what differs between the texts that stand in a file and its new ones.
func (s *textStep) replace(open map[Text]int, texts []Text) {
	now := make(map[Text]bool, len(texts))
	for _, t := range texts {
		if _, stands := open[t]; !stands && !now[t] {
			s.came = append(s.came, t)
		}
		now[t] = true
	}
	for t, n := range open {
		if !now[t] {
			s.gone = append(s.gone, n)
		}
	}
}

// minutes are the lines of a sync's own minutes. Those of other syncs that are new
// or were corrected go into the step.
func (c *collector) minutes(l *synclog.Log, date string, s *textStep) []Text {
	var own []Text
	for _, r := range l.Records {
		sum := sha256.Sum256([]byte(r.Body))
		if said, known := c.said[r.Date]; known && said == sum {
			continue
		}
		c.said[r.Date] = sum
		texts := minutesTexts(r)
		if r.Date == date {
			own = texts
			continue
		}
		for i := range texts {
			texts[i].ID = r.Date
		}
		s.said = append(s.said, texts...)
	}
	return own
}

// finish gives what still stands its last position.
func (c *collector) finish(last int) {
	for i := range c.texts.all {
		if t := &c.texts.all[i]; t.last == stands {
			t.last = last
		}
	}
}
