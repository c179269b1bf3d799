package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/synclog"
)

// cameraAt gives the camera that takes the picture of the architecture at a moment, d:
// that of a closed sync as it was taken then, any other as the next one after the last
// sync before it. Where there is none, which the user is told, the picture is placed
// for itself.
func (v *invocation) cameraAt(r *diagram.Renderer, m history.Moment, d *diagram.Diagram) (diagram.Camera, bool) {
	c, err := v.takePicture(r.Lens(diagram.RenderOptions{Limits: v.limits()}), m, d)
	if err != nil {
		if v.ctx.Err() == nil {
			v.notices([]string{fmt.Sprintf("the picture is placed for itself, not from the one before: %v", err)})
		}
		return diagram.Camera{}, false
	}
	return c, true
}

func (v *invocation) takePicture(lens diagram.Lens, m history.Moment, d *diagram.Diagram) (diagram.Camera, error) {
	snapshots, _, err := v.archive.Snapshots()
	if err != nil {
		return diagram.Camera{}, err
	}
	last := len(snapshots) - 1
	if m.Kind != history.Now {
		last = lastUntil(snapshots, m.Date)
	}
	c, found, problems, err := v.pictures(lens, snapshots).At(v.ctx, last)
	v.printProblems(problems)
	switch {
	case err != nil || found && m.Kind == history.AtSnapshot:
		return c, err
	case !found:
		c = diagram.NewCamera(lens)
	}
	return c.Extend(v.ctx, d)
}

// lastUntil is the position of the last sync up to a date; -1 when all come after it.
func lastUntil(snapshots []chronicle.Snapshot, date string) int {
	for i, s := range slices.Backward(snapshots) {
		if s.Date <= date {
			return i
		}
	}
	return -1
}

// pictures are those of the log's syncs.
func (v *invocation) pictures(lens diagram.Lens, snapshots []chronicle.Snapshot) chronicle.Pictures {
	return chronicle.Pictures{
		Lens: lens, Snapshots: snapshots,
		Read: func(ctx context.Context, s chronicle.Snapshot) (*synclog.Log, error) {
			return v.archive.Read(ctx, history.At(s), synclog.Diagrams)
		},
		Kept: func(s chronicle.Snapshot) ([]byte, string, error) {
			name := path.Join(v.archive.Dir(), meeting.PlacementPath(s.Date))
			text, err := v.archive.Store().ReadFile(history.At(s), name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, name, nil
			}
			return text, name, err
		},
	}
}
