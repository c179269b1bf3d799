package diagram

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/archsync/archsync/internal/layout"
)

// What a camera saw last is kept beside the picture that it took: syncs/DATE.place.json
// beside syncs/DATE.svg. It is not in the picture, because that is made for browsers and
// may be drawn again, in another theme, from this. The keys:
//
//	version      1
//	engine       what made the placement: name, version, option profile
//	keyframe     the picture was placed anew, not from the one before
//	age          pictures since the last keyframe, itself counted; absent: none yet
//	watch        area for a unit of content from which a fresh placement is compared
//	components   [{id, line, box}]: box is x, y, width and height in pixels; line is the
//	             id that the component had when it came, when that is another one
//	connections  [{id, strand, route, label}]: the points of the route, x and y in
//	             turn; the middle of the label; a number among several between the
//	             same two components, when it is not 1
//	lines        {id: line} of components that are not drawn in this layer
//	strands      {id: strand} of such connections
//
// The same camera gives the same bytes. A reader that knows the diagram of that date
// can draw the picture again, and go on from it, whatever its engine would do today.

const cameraVersion = 1

type cameraFile struct {
	Version     int                `json:"version"`
	Engine      string             `json:"engine"`
	Keyframe    bool               `json:"keyframe,omitempty"`
	Age         int                `json:"age,omitempty"`
	Watch       float64            `json:"watch,omitempty"`
	Components  []storedComponent  `json:"components"`
	Connections []storedConnection `json:"connections"`
	Lines       map[string]string  `json:"lines,omitempty"`
	Strands     map[string]int     `json:"strands,omitempty"`
}

type storedComponent struct {
	ID   string     `json:"id"`
	Line string     `json:"line,omitempty"`
	Box  [4]float64 `json:"box"`
}

type storedConnection struct {
	ID     string      `json:"id"`
	Strand int         `json:"strand,omitempty"`
	Route  []float64   `json:"route"`
	Label  *[2]float64 `json:"label,omitempty"`
}

// Marshal gives what [UnmarshalCamera] reads back: all but the lens and the diagram
// seen last. A camera that has seen nothing is an error.
func (c Camera) Marshal() ([]byte, error) {
	if c.last == nil {
		return nil, errors.New("write placement: nothing is placed yet")
	}
	lines, strands := c.places.known()
	f := cameraFile{
		Version: cameraVersion, Engine: c.frame.Engine, Keyframe: c.frame.Keyframe, Age: c.still.Key, Watch: c.still.Watch,
		Components: []storedComponent{}, Connections: []storedConnection{}, Lines: lines, Strands: strands,
	}
	for _, b := range c.frame.Boxes {
		f.Components = append(f.Components, storedComponent{b.ID, lines[b.ID], [4]float64{b.X, b.Y, b.Width, b.Height}})
		delete(lines, b.ID)
	}
	for _, r := range c.frame.Routes {
		f.Connections = append(f.Connections, storeRoute(r, strands[r.ID]))
		delete(strands, r.ID)
	}
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write placement of %q: %w", c.last.Path, err)
	}
	return append(text, '\n'), nil
}

func storeRoute(r layout.Route, strand int) storedConnection {
	s := storedConnection{ID: r.ID, Strand: strand}
	for _, p := range r.Points {
		s.Route = append(s.Route, p.X, p.Y)
	}
	if r.Label != nil {
		s.Label = &[2]float64{r.Label.X, r.Label.Y}
	}
	return s
}

// UnmarshalCamera gives back a camera that was stored when it had seen d last, to
// go on with. What does not fit d, or is damaged, is an error: the picture is then to
// be placed anew.
func UnmarshalCamera(l Lens, text []byte, d *Diagram) (Camera, error) {
	f, err := parseCamera(text)
	if err != nil {
		return Camera{}, fmt.Errorf("read placement of %q: %w", d.Path, err)
	}
	frame, err := f.frame(d)
	if err != nil {
		return Camera{}, fmt.Errorf("read placement of %q: %w", d.Path, err)
	}
	p := recalled(d, f.lines(), f.strands())
	still := layout.Camera{Key: f.Age, Watch: f.Watch, Last: newFrame(layout.Graph{}, frame.Placement, false).Placement}
	for i, b := range still.Last.Boxes {
		still.Last.Boxes[i].ID = p.component[b.ID]
	}
	for i, r := range still.Last.Routes {
		still.Last.Routes[i].ID = p.connection[r.ID]
	}
	return Camera{lens: l, still: still, places: p, last: d, frame: frame}, nil
}

// CheckPlacement tells whether a stored camera can be read at all, without the diagram
// that it had seen.
func CheckPlacement(text []byte) error {
	_, err := parseCamera(text)
	return err
}

func parseCamera(text []byte) (f cameraFile, err error) {
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("it is damaged: %w", err)
	}
	if f.Version != cameraVersion {
		return f, fmt.Errorf("its version is %d, and this archsync knows %d", f.Version, cameraVersion)
	}
	return f, nil
}

// frame is the picture that is stored, when it can be one of d.
func (f cameraFile) frame(d *Diagram) (Frame, error) {
	frame := Frame{layout.Placement{Engine: f.Engine}, f.Keyframe}
	var g layout.Graph
	for _, c := range f.Components {
		if _, ok := d.component[c.ID]; !ok {
			return Frame{}, fmt.Errorf("there is no component %q", c.ID)
		}
		g.Nodes = append(g.Nodes, layout.Node{ID: c.ID})
		frame.Boxes = append(frame.Boxes, layout.Box{ID: c.ID, X: c.Box[0], Y: c.Box[1], Width: c.Box[2], Height: c.Box[3]})
	}
	for _, c := range f.Connections {
		if _, ok := d.connection[c.ID]; !ok {
			return Frame{}, fmt.Errorf("there is no connection %q", c.ID)
		}
		if c.Strand < 0 || c.Strand > maxStrand {
			return Frame{}, fmt.Errorf("connection %q has the number %d", c.ID, c.Strand)
		}
		g.Edges = append(g.Edges, layout.Edge{ID: c.ID})
		frame.Routes = append(frame.Routes, c.route())
	}
	if !frame.Fits(g) || !frame.bounded() {
		return Frame{}, errors.New("a route or a box is none")
	}
	return frame, nil
}

// farthest is how far from the middle of a picture anything can stand, in pixels.
const farthest = 1e7

// bounded tells whether a frame can be drawn with numbers as browsers have them.
func (f Frame) bounded() bool {
	inside := func(x, y float64) bool { return math.Abs(x) <= farthest && math.Abs(y) <= farthest }
	for _, b := range f.Boxes {
		if b.Width < 0 || b.Height < 0 || !inside(b.X, b.Y) || !inside(b.Width, b.Height) {
			return false
		}
	}
	for _, r := range f.Routes {
		if slices.ContainsFunc(r.Points, func(p layout.Point) bool { return !inside(p.X, p.Y) }) || r.Label != nil && !inside(r.Label.X, r.Label.Y) {
			return false
		}
	}
	return true
}

// maxStrand bounds what a damaged file may make the reader allocate.
const maxStrand = 10_000

func (c storedConnection) route() layout.Route {
	r := layout.Route{ID: c.ID}
	for i := 1; i < len(c.Route); i += 2 {
		r.Points = append(r.Points, layout.Point{X: c.Route[i-1], Y: c.Route[i]})
	}
	if c.Label != nil {
		r.Label = &layout.Point{X: c.Label[0], Y: c.Label[1]}
	}
	return r
}

func (f cameraFile) lines() map[string]string {
	lines := map[string]string{}
	for id, line := range f.Lines {
		lines[id] = line
	}
	for _, c := range f.Components {
		lines[c.ID] = c.Line
	}
	return lines
}

func (f cameraFile) strands() map[string]int {
	strands := map[string]int{}
	for id, n := range f.Strands {
		if n > 0 && n <= maxStrand {
			strands[id] = n
		}
	}
	for _, c := range f.Connections {
		strands[c.ID] = c.Strand
	}
	return strands
}
