package layout

import (
	"cmp"
	"slices"
)

// separate takes the high side of every box without children that lies in line with
// those of others a hair back, with the ends of routes there: what lies at one
// coordinate moves as one, and boxes that are in line by chance would stretch each
// other. Low sides stay in line. It gives last with the new coordinates.
func (p *Placement) separate(g Graph, a axis, last fold) fold {
	const hair, most = 1. / 1024, 0.5 / grid
	back := map[float64]float64{}
	was := make([]float64, len(p.Boxes))
	var more []stop
	for i, parent := range g.parents() {
		low, high := a.box(p.Boxes[i])
		was[i] = high
		if parent || high-low <= most || back[high]+hair >= most {
			continue
		}
		back[high] += hair
		a.setBox(&p.Boxes[i], low, high-back[high])
		if to, known := last.find(high); known {
			more = append(more, stop{high - back[high], to})
		}
	}
	for i, e := range g.Edges {
		r := p.Routes[i].Points
		p.follow(a, e.From, was, &r[0], r[1])
		p.follow(a, e.To, was, &r[len(r)-1], r[len(r)-2])
	}
	return last.with(more)
}

// follow takes the end of a route after the high side of its box, if it ends there.
func (p *Placement) follow(a axis, node int, was []float64, end *Point, next Point) {
	if at := a.of(end); *at == was[node] && a.at(next) != was[node] {
		_, *at = a.box(p.Boxes[node])
	}
}

// stop is a coordinate and where a fold takes it.
type stop struct{ from, to float64 }

// with is the fold that knows more stops.
func (f fold) with(more []stop) fold {
	for i, x := range f.from {
		more = append(more, stop{x, f.to[i]})
	}
	slices.SortStableFunc(more, func(s, t stop) int { return cmp.Compare(s.from, t.from) })
	var all fold
	for _, s := range more {
		all.from, all.to = append(all.from, s.from), append(all.to, s.to)
	}
	return all
}
