package tui

import (
	"context"
	"slices"

	"github.com/archsync/archsync/internal/picture"
)

// Films are kept in the user's cache, so that a picture stands in the same cells when the
// program is started again: all takes of a film, and its snapshots alone, because the
// present changes. They are found by the contents of their takes.

// keys name the films of the first take, of the first two and so on.
func (f filming) keys(takes []picture.Take) []string {
	how := "film-"
	if f.key.fit {
		how = "film-fit-"
	}
	keys := picture.ShotKeys(takes, f.paper)
	for i, k := range keys {
		keys[i] = how + k
	}
	return keys
}

// recall finds the film with most of the takes that was kept; nil where there is none.
func (f filming) recall(ctx context.Context, takes []picture.Take) (*picture.Shot, picture.Zoom) {
	if f.memo == nil {
		return nil, 0
	}
	zooms := []picture.Zoom{f.choice.Zoom}
	if f.key.fit && f.choice.Zoom != picture.Changes {
		zooms = append(zooms, picture.Changes)
	}
	keys := make([][]string, len(zooms))
	for i, zoom := range zooms {
		keys[i] = f.keys(zoomed(takes, zoom))
	}
	for n := range slices.Backward(takes) {
		for i, zoom := range zooms {
			text, ok := f.memo.Get(keys[i][n])
			if !ok {
				continue
			}
			if shot, err := picture.UnmarshalShot(ctx, text, zoomed(takes, zoom)[:n+1], f.paper); err == nil {
				return shot, zoom
			}
		}
	}
	return nil, 0
}

// keep keeps a film, of which the first takes are known already.
func (f filming) keep(out *film, takes []picture.Take, known int) {
	if f.memo == nil {
		return
	}
	keys := f.keys(takes)
	for _, n := range slices.Compact([]int{out.snapshots, len(takes)}) {
		if n <= known || n == 0 {
			continue
		}
		if text, err := out.shot.First(n).Marshal(); err == nil {
			f.memo.Put(keys[n-1], text)
		}
	}
}
