package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
)

// meet holds the sync: breakouts are opened, and the host closes it.
func (p *player) meet(ctx context.Context, date string) error {
	host := p.host()
	opened := p.open(date)
	if len(opened) > 0 {
		if err := p.commit(host, p.at(date, 14*time.Hour+31*time.Minute), breakoutMessage(opened)); err != nil {
			return err
		}
	}
	if p.silent {
		p.clear()
		return p.commit(host, time.Time{}, "")
	}
	record, err := p.record(date, host, opened)
	if err != nil {
		return fmt.Errorf("make the record of %s: %w", date, err)
	}
	name := p.path(meeting.RecordPath(date))
	closing, err := p.close(ctx, date, host, map[string][]byte{name: record})
	if err != nil {
		return fmt.Errorf("close the sync of %s: %w", date, err)
	}
	return p.snap(date, host, closing)
}

// close asks the Closer. The first sync has no snapshot before it.
func (p *player) close(ctx context.Context, date string, host history.Author, record map[string][]byte) (Closing, error) {
	if p.shown == nil {
		return p.closer(ctx, nil, p.snapshot(record), date, host.Name)
	}
	return p.closer(ctx, p.shown, p.snapshot(record), date, host.Name)
}

// snap makes the snapshot and the commit that clears what was shown.
func (p *player) snap(date string, host history.Author, c Closing) error {
	end := p.at(date, 14*time.Hour+38*time.Minute+time.Duration(p.chance.IntN(420))*time.Second)
	p.writeAll(c.Files)
	err := p.emit(history.Episode{Author: host, When: end, Message: c.Message, Tag: history.DefaultTagPrefix + date, TagMessage: c.TagMessage})
	if err != nil {
		return err
	}
	p.shown = newTree(p.files)
	p.forget()
	p.writeAll(c.Clear)
	return p.commit(host, end.Add(2*time.Second), c.ClearMessage)
}

func (p *player) writeAll(files map[string][]byte) {
	for name, data := range files {
		if data == nil {
			p.remove(name)
		} else {
			p.write(name, data)
		}
	}
}

// forget takes the items off the boards that were done or dropped; the files
// follow by the Closer's clearing. It gives the groups that this changed.
func (p *player) forget() []*team {
	var changed []*team
	for _, t := range p.teams {
		left := slices.DeleteFunc(slices.Clone(t.works), func(w *work) bool { return w.Status.Closed() })
		if len(left) != len(t.works) {
			t.works = left
			changed = append(changed, t)
		}
	}
	p.generated.cleared = changed
	return changed
}

// clear does in silence what a Closer does.
func (p *player) clear() {
	for _, t := range p.forget() {
		p.writeBoard(t)
	}
}

// host is who closes the sync: the architect, and every fourth time a lead.
func (p *player) host() history.Author {
	if p.index%4 == 3 {
		return p.teams[p.index/4%len(p.teams)].lead
	}
	return p.story.people["helena"]
}

// record says who was there and how long each group took. Now and then a member
// stands in for a lead.
func (p *player) record(date string, host history.Author, opened []meeting.Breakout) ([]byte, error) {
	r := meeting.Record{
		Path: p.path(meeting.RecordPath(date)), Date: date, Host: host.Name,
		Present: []string{host.Name}, Timings: map[string]time.Duration{},
	}
	for _, t := range p.teams {
		there := t.lead
		if p.chance.IntN(8) == 0 && t.lead != host {
			r.Absent = append(r.Absent, there.Name)
			there = t.people[1+p.chance.IntN(len(t.people)-1)]
		}
		if !slices.Contains(r.Present, there.Name) {
			r.Present = append(r.Present, there.Name)
		}
		r.Timings[t.ID] = time.Duration(70+p.chance.IntN(190)) * time.Second
	}
	for _, b := range opened {
		r.Breakouts = append(r.Breakouts, b.ID)
	}
	return r.Bytes()
}

// open writes the breakouts that a sync gives rise to.
func (p *player) open(date string) []meeting.Breakout {
	var opened []meeting.Breakout
	for _, d := range p.story.breakouts {
		if d.fields["opened"] == date {
			opened = append(opened, p.writeBreakout(d, meeting.Open))
			p.opened[d.id] = true
		}
	}
	return opened
}

func breakoutMessage(opened []meeting.Breakout) string {
	message := ""
	for i, b := range opened {
		if i > 0 {
			message += "\n\n"
		}
		message += fmt.Sprintf("Break out %q", b.Topic)
	}
	return message + "\n"
}

// closings end breakouts before the sync of a date. Decisions name them from then on.
func (p *player) closings(date string) []step {
	var steps []step
	for _, d := range p.story.breakouts {
		if d.fields["closed"] != date {
			continue
		}
		steps = append(steps, step{p.story.people[d.list("people")[0]], func(string) string {
			b := p.writeBreakout(d, meeting.Closed)
			p.follow()
			return fmt.Sprintf("Close the breakout %q\n\n%s", b.Topic, b.Outcome)
		}})
	}
	return steps
}

func (p *player) writeBreakout(d *document, state string) meeting.Breakout {
	b := meeting.Breakout{
		Path: p.path(meeting.BreakoutPath(d.id)), ID: d.id,
		Topic: d.fields["topic"], People: p.full(d.list("people")), Sync: d.fields["opened"],
		Components: p.existing(d.list("components")), State: state, Notes: d.body,
	}
	if slices.ContainsFunc(p.teams, func(t *team) bool { return t.ID == d.fields["group"] }) {
		b.Group = d.fields["group"]
	}
	for _, key := range d.list("items") {
		if w := p.works[key]; slices.Contains(w.team.works, w) && w.Status != board.Dropped {
			b.Items = append(b.Items, w.ID)
		}
	}
	if state == meeting.Closed {
		b.Outcome = d.fields["outcome"]
	} else {
		b.Notes = d.bodyWhileOpen()
	}
	src, err := b.Bytes()
	if err != nil {
		panic("demo: internal error: " + err.Error())
	}
	p.write(b.Path, src)
	return b
}
