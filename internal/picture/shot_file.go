package picture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/layout"
)

// shotVersion changes whenever [Shoot] or [Shot.Extend] may place the same graphs
// otherwise while [layout.CellsVersion] and [layout.StillVersion] stay as they are.
const shotVersion = "shot 1"

// A shot that was taken can be kept and read back, because placing it takes long. What is
// kept are the cells of everything in the order of each take's view, which is made anew;
// a take's graph is kept as a digest, so that cells are only used for what was placed.
type shotFile struct {
	Version string          `json:"version"`
	Attempt int             `json:"attempt"`         // which of the paper's
	Open    map[string]bool `json:"open,omitempty"`  // what the stage decided
	Aside   map[string]bool `json:"aside,omitempty"` // likewise
	Above   int             `json:"above,omitempty"`
	Width   int             `json:"width"`
	Height  int             `json:"height"`
	Takes   []takeFile      `json:"takes"`
}

type takeFile struct {
	Graph  string   `json:"graph"`
	Boxes  [][4]int `json:"boxes"`  // x, y, width, height
	Routes [][]int  `json:"routes"` // x and y in turn
	Labels [][]int  `json:"labels"` // x and y of the middle, or nothing
}

// ShotKeys name the shots of the first take, of the first two and so on, by all that they
// are made of but the engine that p may name.
func ShotKeys(takes []Take, p Paper) []string {
	h := sha256.New()
	fmt.Fprintf(h, "%s, %s, %s, %d, %d, %t, %s\n", layout.CellsVersion, layout.StillVersion, shotVersion, p.Width, p.Height, p.ASCII, p.Direction)
	keys := make([]string, len(takes))
	for i, t := range takes {
		writeVersion(h, t.Before)
		writeVersion(h, t.After)
		fmt.Fprintf(h, "%q %d %q %q %d %v\n", t.Layer, t.Zoom, t.Focus, t.Among, t.Depth, t.Folded) // maps are written in order
		keys[i] = "shot-" + hex.EncodeToString(h.Sum(nil))
	}
	return keys
}

// writeVersion writes a diagram so that no two of them run together.
func writeVersion(w io.Writer, d *diagram.Diagram) {
	if d == nil {
		fmt.Fprintln(w, "none")
		return
	}
	fmt.Fprintf(w, "%q %d\n", d.Path, len(d.Sources()))
	for _, s := range d.Sources() {
		fmt.Fprintf(w, "%q %q\n", s.Path, s.Text)
	}
}

// Marshal gives what [UnmarshalShot] reads back.
func (s *Shot) Marshal() ([]byte, error) {
	a := s.plans[0].attempt
	f := shotFile{
		Version: shotVersion, Open: s.stage.open, Aside: s.stage.aside, Above: s.above, Width: s.Width, Height: s.Height,
		Attempt: slices.IndexFunc(s.paper.attempts(), func(b attempt) bool { return a.manner == b.manner && a.direction == b.direction }),
	}
	for i, p := range s.plans {
		graph, err := s.names[i].digest(a)
		if err != nil {
			return nil, fmt.Errorf("write a shot: %w", err)
		}
		f.Takes = append(f.Takes, p.file(graph))
	}
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write a shot: %w", err)
	}
	return text, nil
}

func (p *plan) file(graph string) takeFile {
	f := takeFile{Graph: graph}
	for _, b := range p.boxes {
		f.Boxes = append(f.Boxes, [4]int{b.X, b.Y, b.Width, b.Height})
	}
	for i, r := range p.routes {
		f.Routes = append(f.Routes, numbers(r...))
		var label []int
		if l := p.labels[i]; l != nil {
			label = numbers(*l)
		}
		f.Labels = append(f.Labels, label)
	}
	return f
}

func numbers(points ...point) []int {
	var at []int
	for _, q := range points {
		at = append(at, q.x, q.y)
	}
	return at
}

// points are those that [numbers] wrote; none where they are not pairs.
func points(numbers []int) []point {
	if len(numbers)%2 != 0 {
		return nil
	}
	var at []point
	for i := 0; i < len(numbers); i += 2 {
		at = append(at, point{numbers[i], numbers[i+1]})
	}
	return at
}

// digest tells whether the same was to be placed.
func (n names) digest(a attempt) (string, error) {
	type side struct {
		ID   string
		Size [2]int
	}
	var near []side
	for _, node := range n.near {
		w, h := a.manner.block(node).size(node)
		near = append(near, side{node.ID, [2]int{w, h}})
	}
	text, err := json.Marshal(struct {
		Graph layout.Graph
		Near  []side
	}{n.graph(a.manner.graph(n.view, a.manner.blocks(n.view), a.direction, nil)), near})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// UnmarshalShot gives back a shot that was kept, of the takes and on the paper that it was
// taken with. What is damaged, or one of other takes, is an error: the shot is then to be
// taken anew.
func UnmarshalShot(ctx context.Context, text []byte, takes []Take, p Paper) (*Shot, error) {
	var f shotFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("read a shot: it is damaged: %w", err)
	}
	s, err := f.shot(ctx, takes, p)
	if err != nil {
		return nil, fmt.Errorf("read a shot: %w", err)
	}
	return s, nil
}

var errOther = errors.New("it is one of something else")

func (f shotFile) shot(ctx context.Context, takes []Take, p Paper) (*Shot, error) {
	attempts := p.attempts()
	if f.Version != shotVersion || len(f.Takes) == 0 || len(f.Takes) != len(takes) || f.Attempt < 0 || f.Attempt >= len(attempts) || f.Width < 0 || f.Height < 0 {
		return nil, errOther
	}
	s := Shot{Width: f.Width, Height: f.Height, paper: p, takes: slices.Clone(takes), stage: newStage(p), above: f.Above}
	maps.Copy(s.stage.open, f.Open)
	maps.Copy(s.stage.aside, f.Aside)
	s.names = nameAll(ctx, takes, 0, s.stage)
	for i, t := range f.Takes {
		plan, err := t.plan(s.names[i], attempts[f.Attempt])
		if err != nil {
			return nil, err
		}
		plan.width, plan.height = f.Width, f.Height
		if err := plan.check(); err != nil {
			return nil, err
		}
		s.plans = append(s.plans, plan)
	}
	if !f.holds(s.plans) {
		return nil, errors.New("something lies outside of the drawing")
	}
	return &s, nil
}

// plan is a take's, when it is one of what has these names.
func (t takeFile) plan(n names, a attempt) (*plan, error) {
	if graph, err := n.digest(a); err != nil || graph != t.Graph {
		return nil, errOther
	}
	p := &plan{attempt: a, view: n.view}
	above, below := sides(n.near)
	p.view.Nodes = slices.Concat(p.view.Nodes, above, below)
	p.blocks = a.manner.blocks(p.view)
	if len(t.Boxes) != len(p.view.Nodes) || len(t.Routes) != len(p.view.Edges) || len(t.Labels) != len(p.view.Edges) {
		return nil, errOther
	}
	for _, b := range t.Boxes {
		p.boxes = append(p.boxes, Rect{b[0], b[1], b[2], b[3]})
	}
	for i, r := range t.Routes {
		route, label := points(r), points(t.Labels[i])
		if len(route) < 2 || len(label) > 1 {
			return nil, errors.New("a connection's route is none")
		}
		p.routes, p.labels = append(p.routes, route), append(p.labels, nil)
		if len(label) == 1 {
			p.labels[i] = &label[0]
		}
	}
	return p, nil
}

// holds tells whether everything lies in the drawing.
func (f shotFile) holds(plans []*plan) bool {
	inside := Rect{Width: f.Width, Height: f.Height}
	for _, p := range plans {
		for _, b := range p.boxes {
			if b.Width < 1 || b.Height < 1 || !inside.Contains(b.X, b.Y) || !inside.Contains(b.right(), b.bottom()) {
				return false
			}
		}
		for i, r := range p.routes {
			if l := p.labels[i]; l != nil {
				r = append(r[:len(r):len(r)], *l)
			}
			if slices.ContainsFunc(r, func(q point) bool { return !inside.Contains(q.x, q.y) }) {
				return false
			}
		}
	}
	return true
}
