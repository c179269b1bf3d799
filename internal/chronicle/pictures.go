package chronicle

import (
	"context"
	"fmt"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// Pictures says where everything stood in the pictures of the architecture that the
// syncs of a timeline took.
//
// A sync that was closed with its picture kept the placement, and that is what counts:
// no later engine moves it. For those that did not (tags alone, an imported past) it
// is computed, and remembered by the lens: all that come before the first one kept
// are placed as one, later ones each from the one before.
type Pictures struct {
	Lens      diagram.Lens
	Snapshots []Snapshot // oldest first

	// Read reads at least a snapshot's diagrams. Snapshots with the same diagram should
	// share its value.
	Read func(context.Context, Snapshot) (*synclog.Log, error)

	// Kept is the placement that was stored with a snapshot, and its path; nil when
	// there is none.
	Kept func(Snapshot) (text []byte, path string, err error)
}

// shot is one picture of the timeline.
type shot struct {
	snapshot Snapshot
	diagram  *diagram.Diagram
	kept     diagram.Camera // when it was stored
	stored   bool
}

// At gives the camera as it stood when the i-th sync was closed, or, where that had no
// architecture, the last one before it that had; false when none had. A stored
// placement that cannot be used is a problem, and computed as if it were not there.
func (p Pictures) At(ctx context.Context, i int) (c diagram.Camera, found bool, problems []problem.Problem, err error) {
	s := album{Pictures: p, ctx: ctx, shots: map[int]*shot{}}
	for ; i >= 0; i-- {
		if x := s.shot(i); x != nil {
			c, err = s.camera(i)
			return c, err == nil, s.problems, err
		}
		if ctx.Err() != nil {
			return c, false, nil, ctx.Err()
		}
	}
	return c, false, s.problems, nil
}

// album is what was looked at for one question.
type album struct {
	Pictures
	ctx      context.Context
	shots    map[int]*shot
	problems []problem.Problem
}

// shot reads a snapshot's architecture and the placement stored with it; nil where there
// is no architecture to be read.
func (a *album) shot(i int) *shot {
	if s, known := a.shots[i]; known {
		return s
	}
	var s *shot
	if l, err := a.Read(a.ctx, a.Snapshots[i]); err == nil && l.Main() != nil {
		s = &shot{snapshot: a.Snapshots[i], diagram: l.Main()}
		a.unpack(s)
	}
	a.shots[i] = s
	return s
}

// unpack reads the placement stored with a snapshot.
func (a *album) unpack(s *shot) {
	text, path, err := a.Kept(s.snapshot)
	if text == nil && err == nil {
		return
	}
	if err == nil {
		s.kept, err = diagram.UnmarshalCamera(a.Lens, text, s.diagram)
	}
	if err == nil {
		err = s.kept.Check(a.ctx)
	}
	if s.stored = err == nil; !s.stored && a.ctx.Err() == nil {
		a.problems = append(a.problems, problem.Problem{
			Path: path, What: fmt.Sprintf("the placement of %s is set aside: %v", s.snapshot.Date, err),
			Hint: "its picture is placed anew",
		})
	}
}

func (a *album) camera(i int) (diagram.Camera, error) {
	if a.shots[i].stored {
		return a.shots[i].kept, nil
	}
	for j := i - 1; j >= 0; j-- {
		if s := a.shot(j); s != nil && s.stored {
			return a.extend(s.kept, j, i)
		}
	}
	return a.together(i)
}

// extend goes on from the picture of one sync to that of another.
func (a *album) extend(c diagram.Camera, from, to int) (diagram.Camera, error) {
	last := a.shots[from].diagram
	for j := from + 1; j <= to; j++ {
		s := a.shot(j)
		if s == nil || s.diagram == last {
			continue
		}
		next, err := c.Extend(a.ctx, s.diagram)
		if err != nil && (j == to || a.ctx.Err() != nil) {
			return c, err
		}
		if err == nil { // one that cannot be placed is passed over
			c, last = next, s.diagram
		}
	}
	return c, nil
}

// together places the syncs before the first stored placement as one.
func (a *album) together(i int) (diagram.Camera, error) {
	var versions []*diagram.Diagram
	at := 0
	for j := range a.Snapshots {
		s := a.shot(j)
		if s != nil && s.stored {
			break
		}
		if s != nil && (len(versions) == 0 || s.diagram != versions[len(versions)-1]) {
			versions = append(versions, s.diagram)
		}
		if j <= i {
			at = len(versions) - 1
		}
	}
	return a.Lens.CameraAt(a.ctx, versions, at)
}
