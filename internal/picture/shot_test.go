package picture

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/archsync/archsync/internal/diagram"
)

// shotLength is how many snapshots stand between two keyframes on the screen.
const shotLength = 26

// stillness is how much of what did not change moved from one drawing to the next.
type stillness struct {
	pairs, moved   int // components in two neighbours, and how many moved at all
	dx, dy         float64
	flips          int
	area, alone    float64
	width, height  int
	shots, frames  int
	slowest, draws time.Duration
}

func (s stillness) String() string {
	n := math.Max(1, float64(s.pairs))
	return fmt.Sprintf("%3d frames in %d shots: moved %.3f of the width, %.3f of the height (%d of %d components at all), %d flips; area %.2f of single drawings; largest %dx%d; slowest shot %v, draw %v",
		s.frames, s.shots, s.dx/n, s.dy/n, s.moved, s.pairs, s.flips, s.area/math.Max(1, s.alone), s.width, s.height, s.slowest.Round(time.Millisecond), s.draws.Round(time.Millisecond))
}

// compare adds what happened from one take of a shot to the next.
func (s *stillness) compare(a, b names, p, q *plan) {
	at := map[string]int{}
	for i, name := range a.nodes {
		at[name] = i
	}
	var both [][2]int
	for k, name := range b.nodes {
		i, ok := at[name]
		if !ok {
			continue
		}
		both = append(both, [2]int{i, k})
		was, is := p.boxes[i], q.boxes[k]
		dx := math.Abs(float64(2*was.X+was.Width-2*is.X-is.Width)) / 2
		dy := math.Abs(float64(2*was.Y+was.Height-2*is.Y-is.Height)) / 2
		s.pairs++
		s.dx += dx / float64(is.Width)
		s.dy += dy / float64(is.Height)
		if dx+dy > 0 {
			s.moved++
		}
	}
	for i, one := range both {
		for _, other := range both[:i] {
			if order(p.boxes[one[0]].X, p.boxes[other[0]].X)*order(q.boxes[one[1]].X, q.boxes[other[1]].X) < 0 ||
				order(p.boxes[one[0]].Y, p.boxes[other[0]].Y)*order(q.boxes[one[1]].Y, q.boxes[other[1]].Y) < 0 {
				s.flips++
			}
		}
	}
}

func order(a, b int) int { return sign1(a - b) }

// scenesOf are the scenes of a history, each against the version before it.
func scenesOf(t testing.TB, folder string) []Scene {
	root := os.Getenv("ARCHSYNC_CORPUS")
	if root == "" {
		t.Skip("ARCHSYNC_CORPUS does not name a folder of real files")
	}
	files, _ := filepath.Glob(filepath.Join(root, "compose-architectures", folder, "*.d2"))
	var scenes []Scene
	var before *diagram.Diagram
	for _, f := range files {
		d := compileFile(t, f)
		if before == nil {
			scenes = append(scenes, Of(d))
		} else {
			scenes = append(scenes, Between(before, d))
		}
		before = d
	}
	return scenes
}

// mostMoved is how far a component moves from one drawing to the next on average, in its
// own sizes. mostArea is how large drawings that do not fit the screen may be against
// single ones, on average, when all are placed as one, and mostAreaOn when they are put
// one behind the other.
const (
	mostMoved  = 0.25
	mostArea   = 1.5
	mostAreaOn = 2
)

var historyFolders = []string{"opentelemetry-demo", "appwrite", "getsentry-self-hosted", "govuk-docker", "opencrvs-core", "osf-io"}

// stepped are the zooms that somebody steps with.
var stepped = []struct {
	name string
	Zoom
}{{"merged", Merged}, {"changes", Changes}, {"containers", Containers}}

func TestHistoriesStandStill(t *testing.T) {
	for _, folder := range historyFolders {
		scenes := scenesOf(t, folder)
		for _, zoom := range stepped {
			t.Run(folder+"/"+zoom.name, func(t *testing.T) {
				var s stillness
				for takes := range slices.Chunk(takesOf(scenes, zoom.Zoom), shotLength) {
					s.shoot(t, takes)
				}
				s.check(t, mostArea)
			})
		}
	}
}

// TestExtendedHistoriesStandStill shoots the first half of every 26 takes and goes on one
// by one from there.
func TestExtendedHistoriesStandStill(t *testing.T) {
	for _, folder := range historyFolders {
		scenes := scenesOf(t, folder)
		for _, zoom := range stepped {
			t.Run(folder+"/"+zoom.name, func(t *testing.T) {
				var s stillness
				for takes := range slices.Chunk(takesOf(scenes, zoom.Zoom), shotLength) {
					s.extend(t, takes)
				}
				s.check(t, mostAreaOn)
			})
		}
	}
}

func (s stillness) check(t *testing.T, mostArea float64) {
	t.Log(s)
	n := float64(s.pairs)
	if s.flips > 0 || s.dx >= mostMoved*n || s.dy >= mostMoved*n || s.area > mostArea*s.alone {
		t.Errorf("it may move %g of its size, and be %g as large: %v", mostMoved, mostArea, s)
	}
}

func takesOf(scenes []Scene, zoom Zoom) []Take {
	takes := make([]Take, len(scenes))
	for i, sc := range scenes {
		takes[i] = Take{sc, Choice{Zoom: zoom}}
	}
	return takes
}

var wideScreen = Paper{Width: 134, Height: 52, Time: 10 * time.Minute}

func (s *stillness) shoot(t *testing.T, takes []Take) {
	begun := time.Now()
	shot, err := Shoot(t.Context(), takes, wideScreen)
	if err != nil {
		t.Error(err)
		return
	}
	s.slowest = max(s.slowest, time.Since(begun))
	s.see(t, takes, shot)
}

func (s *stillness) extend(t *testing.T, takes []Take) {
	known := min(len(takes), 13)
	shot, err := Shoot(t.Context(), takes[:known], wideScreen)
	for i := known; i < len(takes) && err == nil; i++ {
		before := shot
		begun := time.Now()
		shot, err = shot.Extend(t.Context(), takes[i])
		s.slowest = max(s.slowest, time.Since(begun))
		if err == nil {
			keepsCells(t, before, shot)
		}
	}
	if err != nil {
		t.Error(err)
		return
	}
	s.see(t, takes, shot)
}

// keepsCells asserts that a longer shot shows everything where the one before did, but
// that all of it may have moved on together.
func keepsCells(t *testing.T, before, after *Shot) {
	t.Helper()
	if len(before.plans[0].boxes) == 0 {
		return
	}
	x, y := after.plans[0].boxes[0].X-before.plans[0].boxes[0].X, after.plans[0].boxes[0].Y-before.plans[0].boxes[0].Y
	for i, p := range before.plans {
		p, q := p.moved(x, y), after.plans[i]
		if x < 0 || y < 0 || !slices.Equal(p.boxes, q.boxes) || !slices.EqualFunc(p.routes, q.routes, slices.Equal) {
			t.Errorf("take %d of %d changed with one more", i, len(before.plans))
		}
	}
}

// see adds all takes of a shot.
func (s *stillness) see(t *testing.T, takes []Take, shot *Shot) {
	s.shots++
	s.frames += len(takes)
	s.width, s.height = max(s.width, shot.Width), max(s.height, shot.Height)
	for i := range takes {
		if i > 0 {
			s.compare(shot.names[i-1], shot.names[i], shot.plans[i-1], shot.plans[i])
		}
		begun := time.Now()
		c := shot.Draw(i)
		s.draws = max(s.draws, time.Since(begun))
		if i%5 != 0 {
			continue
		}
		if found := violations(*shot.plans[i], c); len(found) > 0 {
			t.Errorf("take %d: %s", i, strings.Join(found[:min(3, len(found))], "\n\t"))
		}
		own, err := place(t.Context(), shot.names[i].view, shot.plans[i].attempt, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if wideScreen.fits(*shot.plans[i]) {
			continue // it takes no more of the screen than it has
		}
		low, high := shot.plans[i].bounds()
		s.area += float64((high.x - low.x + 1) * (high.y - low.y + 1))
		s.alone += float64(own.width * own.height)
	}
}
