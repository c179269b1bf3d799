package main

import (
	"fmt"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// elsewhere is a sync that was begun in this clone and that another one closed: its
// snapshot came with what was pulled or fetched. What was held here is kept until
// sync stop forgets it.
type elsewhere struct {
	date string
	host string // who hosted the one that was closed; "" where the record is not here yet
}

// closedElsewhere is what became of the running sync in another clone; nil where there
// is nothing to tell.
func (v *invocation) closedElsewhere(snapshots []chronicle.Snapshot) (*elsewhere, error) {
	r, err := v.archive.Running()
	if err != nil || r == nil || !chronicle.HasSync(snapshots, r.Date) {
		return nil, err
	}
	l, _, err := v.read("", synclog.Records)
	if err != nil {
		return nil, err
	}
	record, ok := l.Record(r.Date)
	if ok && r.Became(record) {
		return nil, nil // closed here; only the end of that was not reached
	}
	return &elsewhere{r.Date, record.Host}, nil
}

func (e elsewhere) words() string {
	words := fmt.Sprintf("the sync of %s, which was begun here, was closed elsewhere", e.date)
	return words + prefixed(", hosted by ", e.host)
}

func (e elsewhere) hint() string {
	return "archsync sync minutes " + e.date + " shows what was recorded, and --edit corrects it; breakouts opened here stay in the log; archsync sync stop forgets the rest"
}

// refuse is the error of a verb that would go on with it.
func (e elsewhere) refuse() error {
	return &history.Error{What: e.words(), Hint: e.hint(), Err: history.ErrChanged}
}

// noneRunning is why nothing can be done to a running sync.
func (v *invocation) noneRunning(snapshots []chronicle.Snapshot) error {
	e, err := v.closedElsewhere(snapshots)
	if err != nil {
		return err
	}
	if e != nil {
		return e.refuse()
	}
	return errNoneRunning()
}

// refuseClosedElsewhere ends the start or close of a sync of that date.
func (v *invocation) refuseClosedElsewhere(snapshots []chronicle.Snapshot, date string) error {
	e, err := v.closedElsewhere(snapshots)
	if err == nil && e != nil && e.date == date {
		err = e.refuse()
	}
	return err
}

func errNoneRunning() error {
	return &history.Error{What: "no sync is running", Hint: "archsync sync start starts today's"}
}

// running is the running sync, nil when none is. What is left of one that was closed
// already is none.
func (v *invocation) running(snapshots []chronicle.Snapshot) (*meeting.Running, error) {
	r, err := v.archive.Running()
	if err != nil || r == nil || chronicle.HasSync(snapshots, r.Date) {
		return nil, err
	}
	return r, nil
}
