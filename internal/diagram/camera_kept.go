package diagram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/archsync/archsync/internal/layout"
)

// CameraAt gives the camera as it stood at one of several versions of a diagram,
// oldest first, that are placed as one ([Lens.Timeline]). Versions that cannot be
// measured, such as one that is too large, are passed over; where the wanted one is
// such, that is the error. Where the lens remembers the versions it costs nothing.
func (l Lens) CameraAt(ctx context.Context, versions []*Diagram, at int) (Camera, error) {
	key := func(i int) string { return l.key(fmt.Sprintf("together %d", i), versions...) }
	if known, ok := l.recall(key(at), versions[at]); ok {
		return known, nil
	}
	seen, which, err := l.seeMost(ctx, versions, at)
	if err != nil {
		return Camera{}, err
	}
	placed := make(chan []Camera, 1)
	err = within(ctx, l.limit(), func(ctx context.Context) error {
		cameras, err := l.together(ctx, seen)
		placed <- cameras
		return err
	})
	if err != nil {
		return Camera{}, err
	}
	var wanted Camera
	for i, c := range <-placed {
		l.keep(key(which[i]), c)
		if which[i] == at {
			wanted = c
		}
	}
	return wanted, nil
}

// seeMost looks at all versions that can be measured, and tells which those are.
func (l Lens) seeMost(ctx context.Context, versions []*Diagram, wanted int) (seen []sight, which []int, err error) {
	last := sight{}
	measured := l.measureEach(ctx, versions)
	for i, d := range versions {
		next, err := sight{}, measured[i].err
		if err == nil {
			next, err = last.then(d, measured[i].graph)
		}
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil && i == wanted:
			return nil, nil, err
		case err == nil:
			seen, which, last = append(seen, next), append(which, i), next
		}
	}
	return seen, which, nil
}

type measurement struct {
	graph layout.Graph
	err   error
}

// measureEach measures versions, two at a time: of a long history that takes as long as
// to place it.
func (l Lens) measureEach(ctx context.Context, versions []*Diagram) []measurement {
	found := make([]measurement, len(versions))
	next := make(chan int)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for i := range next {
				found[i].graph, found[i].err = l.Measure(ctx, versions[i])
			}
		})
	}
	for i := range versions {
		next <- i
	}
	close(next)
	workers.Wait()
	return found
}

func (l Lens) limit() time.Duration { return Limits{Time: l.Time}.filled().Time }

// key names a camera by how it came about: everything that it depends on is in it.
func (l Lens) key(how string, versions ...*Diagram) string {
	h := sha256.New()
	writeParts(h, l.Name, layout.ELKVersion, layout.StillVersion, fmt.Sprint(cameraVersion), how)
	for _, d := range versions {
		writeParts(h, d.Path, fmt.Sprint(len(d.sources)))
		for _, s := range d.sources {
			writeParts(h, s.Path, s.Text)
		}
	}
	return "camera-" + hex.EncodeToString(h.Sum(nil))
}

// extensionKey names the camera that has seen d after all the others; "" where
// nothing is kept.
func (c Camera) extensionKey(d *Diagram) string {
	if c.lens.Memo == nil {
		return ""
	}
	if c.last == nil {
		return c.lens.key("first", d)
	}
	text, err := c.Marshal()
	if err != nil {
		return ""
	}
	return c.lens.key("after "+string(text), c.last, d)
}

func (l Lens) recall(key string, d *Diagram) (Camera, bool) {
	if l.Memo == nil || key == "" {
		return Camera{}, false
	}
	text, ok := l.Memo.Get(key)
	if !ok {
		return Camera{}, false
	}
	c, err := UnmarshalCamera(l, text, d)
	return c, err == nil
}

func (l Lens) keep(key string, c Camera) {
	if l.Memo == nil || key == "" {
		return
	}
	if text, err := c.Marshal(); err == nil {
		l.Memo.Put(key, text)
	}
}

// Check tells whether the camera's picture shows its version whole. One that was
// stored may not: somebody may have edited it, and another release of D2 may see
// something else in the same text.
func (c Camera) Check(ctx context.Context) error {
	if c.last == nil {
		return errors.New("nothing is placed yet")
	}
	g, err := c.lens.Measure(ctx, c.last)
	if err != nil {
		return err
	}
	_, err = c.frame.of(g)
	return err
}
