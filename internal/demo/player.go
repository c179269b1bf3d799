package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/history"
)

// player plays the story: it holds the company as it is at one moment, lets
// people change it and hands on every change as a commit.
type player struct {
	options Options
	story   *story
	closer  Closer
	yield   func(history.Episode, error) bool
	cal     calendar
	zone    *time.Location
	chance  *rand.Rand // of times of day and who is there

	teams     []*team
	works     map[string]*work     // the story's items that have a key, living or not
	lives     map[*itemStory]*work // all of them
	decided   map[string]state     // decisions by id: the day and the name of their state
	opened    map[string]bool      // breakouts by id
	names     map[string]bool      // components and connections of the architecture
	renames   [][2]string          // of components, so far
	files     map[string]*blob     // the repository as it stands
	pending   map[string][]byte    // written since the last commit; nil deletes
	shown     *tree                // the last snapshot
	generated *generator

	date   string // of the sync that is prepared
	index  int    // of it in the calendar
	silent bool   // while what happens is not told yet
}

// errStopped ends the play because nobody listens any more.
var errStopped = errors.New("stopped")

// Streams of chance. They are apart so that the story draws the same whatever is
// generated around it.
const (
	streamIDs = iota + 1
	streamChance
	streamGenerated
)

func newPlayer(o Options, closer Closer, yield func(history.Episode, error) bool) (*player, error) {
	if o.Dir == "" {
		o.Dir = history.DefaultDir
	}
	s, err := readStory()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, fmt.Errorf("make the demo's past: %w", err)
	}
	p := &player{
		options: o, story: s, closer: closer, yield: yield, zone: zone,
		cal:     newCalendar(o.Syncs),
		chance:  rand.New(rand.NewPCG(o.Seed, streamChance)),
		works:   map[string]*work{},
		lives:   map[*itemStory]*work{},
		decided: map[string]state{},
		opened:  map[string]bool{},
		files:   map[string]*blob{},
		pending: map[string][]byte{},
	}
	if err := p.hire(); err != nil {
		return nil, err
	}
	p.generated = newGenerator(p)
	return p, nil
}

// play goes through all syncs and what came after the last one.
func (p *player) play(ctx context.Context) error {
	for i, date := range p.cal.dates {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.index, p.date, p.silent = i, date, i < p.cal.start
		if i == p.cal.start && i > 0 {
			if err := p.tellSoFar(); err != nil {
				return err
			}
		}
		if err := p.perform(p.steps(date), date); err != nil {
			return err
		}
		if err := p.meet(ctx, date); err != nil {
			return err
		}
	}
	p.index, p.date = len(p.cal.dates), nowDate
	return p.perform(p.steps(nowDate), p.cal.next)
}

// tellSoFar makes one commit of all that happened in silence.
func (p *player) tellSoFar() error {
	for name, b := range p.files {
		p.pending[name] = b.data
	}
	host := p.story.people["helena"]
	return p.commit(host, p.at(plus(p.date, -10), 9*time.Hour), "Start the sync log\n\nBoards, diagrams and decisions as they are today.\n")
}

// path is a path of the log in the repository.
func (p *player) path(elem ...string) string {
	return path.Join(append([]string{p.options.Dir}, elem...)...)
}

// write puts a file into the next commit, if it changes.
func (p *player) write(name string, data []byte) {
	if old, ok := p.files[name]; ok && bytes.Equal(old.data, data) {
		return
	}
	p.files[name] = newBlob(data)
	p.pending[name] = data
}

// remove takes a file away with the next commit.
func (p *player) remove(name string) {
	delete(p.files, name)
	p.pending[name] = nil
}

// commit hands on what was written; nothing when that is nothing.
func (p *player) commit(who history.Author, when time.Time, message string) error {
	return p.emit(history.Episode{Author: who, When: when, Message: message})
}

func (p *player) emit(e history.Episode) error {
	if len(p.pending) == 0 {
		return nil
	}
	e.Files, p.pending = p.pending, map[string][]byte{}
	if p.silent {
		return nil
	}
	if !p.yield(e, nil) {
		return errStopped
	}
	return nil
}

// step is something that somebody does between two syncs. It writes files and
// gives the message of the commit.
type step struct {
	author history.Author
	do     func(day string) (message string)
}

// perform lets the steps happen one after the other on the working days before
// the sync of a date.
func (p *player) perform(steps []step, date string) error {
	times := p.times(len(steps), date)
	for i, s := range steps {
		message := s.do(times[i].Format(isoDate))
		if err := p.commit(s.author, times[i], message+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// times draws n times of day, in order, on the working days before a sync and on
// its morning, but after the sync before.
func (p *player) times(n int, date string) []time.Time {
	days := p.workdays(date)
	times := make([]time.Time, n)
	for i := range times {
		at := days[p.chance.IntN(len(days))]
		hours := 9
		if at == date {
			hours = 4
		}
		times[i] = p.at(at, 8*time.Hour+time.Duration(p.chance.IntN(hours*3600))*time.Second)
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// workdays are the days on which things happen before the sync of a date: those
// of its week and the Friday before, after the sync before. After the last sync
// it is the three days after its weekend.
func (p *player) workdays(date string) []string {
	first, last := plus(date, -6), date
	if p.index > 0 {
		first = max(first, plus(p.cal.dates[p.index-1], 1))
	}
	if p.date == nowDate {
		first, last = plus(p.cal.dates[p.index-1], 4), plus(p.cal.dates[p.index-1], 6)
	}
	var days []string
	for d := first; d <= last; d = day(d).AddDate(0, 0, 1).Format(isoDate) {
		if plus(d, 0) == d {
			days = append(days, d)
		}
	}
	return days
}

// at is a time of day in the company's zone.
func (p *player) at(date string, clock time.Duration) time.Time {
	d := day(date)
	seconds := int(clock / time.Second)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, seconds, 0, p.zone)
}

// steps are all that happens before the sync of a date, in an order in which
// nothing refers to what is not there yet.
func (p *player) steps(date string) []step {
	var steps []step
	if p.index == 0 {
		steps = append(steps, p.kickoff())
	}
	steps = append(steps, p.notices(date)...)
	steps = append(steps, p.closings(date)...)
	steps = append(steps, p.decisions(date)...)
	steps = append(steps, p.turn(date)...)
	steps = append(steps, p.generated.drawing()...)
	return append(steps, p.boards(date)...)
}

// kickoff is the first commit: all files, the boards without items.
func (p *player) kickoff() step {
	return step{p.story.people["helena"], func(day string) string {
		p.write("README.md", []byte(readme))
		p.writeConfig()
		p.draw(p.date)
		for _, t := range p.teams {
			p.writeBoard(t)
		}
		for _, d := range p.story.decisions {
			if s, ok := d.at(p.date); ok {
				p.decide(d, s, day)
			}
		}
		return "Start the sync log\n\nOne file a group, one diagram, one file a decision. See the README."
	}}
}

const readme = `# Lumen: how we keep our architecture together

The folder sync-log is the log of our architecture sync: the board of every
group, the architecture and the decisions. It is read and written with archsync,
or with any editor.

    archsync                              look around, also in the past
    archsync log                          every sync, and how much changed
    archsync diff 2025-08-14 2025-11-06   how Cassandra went

Groups update their board in the days before a sync. No discussions in it: what
needs one becomes a breakout.
`

// notices tell of syncs that are moved or skipped.
func (p *player) notices(date string) []step {
	var steps []step
	for _, e := range p.cal.exceptions {
		if e.notice != date {
			continue
		}
		message := "No sync on " + e.date
		if e.moved != "" {
			message = fmt.Sprintf("Move the sync of %s to %s", e.date, e.moved)
		}
		steps = append(steps, step{p.story.people["helena"], func(string) string {
			p.writeConfig()
			return message
		}})
	}
	return steps
}

// writeConfig writes archsync.yaml as everybody knows it before the next sync.
func (p *player) writeConfig() {
	var b bytes.Buffer
	fmt.Fprintf(&b, "title: Lumen architecture sync\ntimezone: %s\n", zoneName)
	fmt.Fprintf(&b, "cadence:\n  rule: FREQ=WEEKLY;INTERVAL=2;BYDAY=TH\n  first: %s\n  time: \"14:00\"\n  duration: 45m\n", p.cal.dates[0])
	var skips, moves string
	for _, e := range p.cal.known(p.date) {
		if e.moved == "" {
			skips += "    - " + e.date + "\n"
		} else {
			moves += fmt.Sprintf("    %s: %s\n", e.date, e.moved)
		}
	}
	if skips != "" {
		b.WriteString("  skip:\n" + skips)
	}
	if moves != "" {
		b.WriteString("  moved:\n" + moves)
	}
	b.WriteString("timebox: 4m\ngroups:\n")
	for _, t := range p.teams {
		b.WriteString("  - " + t.ID + "\n")
	}
	b.WriteString("diagram: diagrams/architecture.d2\ndecisions: decisions\ntag_prefix: sync/\nremote: origin\nbranch: main\n")
	p.write(p.path("archsync.yaml"), b.Bytes())
}

// snapshot is the repository with a few files more.
func (p *player) snapshot(more map[string][]byte) *tree {
	files := maps.Clone(p.files)
	for name, data := range more {
		files[name] = newBlob(data)
	}
	return newTree(files)
}
