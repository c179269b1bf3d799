package picture

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
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

// mostMoved is how far a component moves from one drawing to the next on average, in
// its own sizes.
const mostMoved = 0.4

func TestHistoriesStandStill(t *testing.T) {
	for _, folder := range []string{"opentelemetry-demo", "appwrite", "getsentry-self-hosted", "govuk-docker", "opencrvs-core", "osf-io"} {
		scenes := scenesOf(t, folder)
		for _, zoom := range []Zoom{Merged, Containers} {
			var s stillness
			for from := 0; from < len(scenes); from += shotLength {
				s.shoot(t, scenes[from:min(from+shotLength, len(scenes))], zoom)
			}
			t.Logf("%-22s zoom %d: %v", folder, zoom, s)
			if n := float64(s.pairs); s.flips > 0 || s.dx > mostMoved*n || s.dy > mostMoved*n {
				t.Errorf("%s, zoom %d, moves too much: %v", folder, zoom, s)
			}
		}
	}
}

func (s *stillness) shoot(t *testing.T, scenes []Scene, zoom Zoom) {
	takes := make([]Take, len(scenes))
	for i, sc := range scenes {
		takes[i] = Take{sc, Choice{Zoom: zoom}}
	}
	paper := Paper{Width: 134, Height: 52, Time: time.Minute}
	begun := time.Now()
	shot, err := Shoot(t.Context(), takes, paper)
	if err != nil {
		t.Error(err)
		return
	}
	s.slowest = max(s.slowest, time.Since(begun))
	s.shots++
	s.frames += len(takes)
	s.width, s.height = max(s.width, shot.Width), max(s.height, shot.Height)
	for i := range takes {
		if i > 0 {
			s.compare(shot.names[i-1], shot.names[i], shot.plans[i-1], shot.plans[i])
		}
		begun = time.Now()
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
		low, high := shot.plans[i].bounds()
		s.area += float64((high.x - low.x + 1) * (high.y - low.y + 1))
		s.alone += float64(own.width * own.height)
	}
}
