package picture

// reel are plans that share one space: what is in several of them stands in the same
// cells, and all are equally large.
type reel []*plan

// shift moves everything so that the space begins at 0, 0, and measures it.
func (r reel) shift() {
	if len(r) == 0 {
		return
	}
	low, high := r[0].bounds()
	for _, p := range r[1:] {
		l, h := p.bounds()
		low = point{min(low.x, l.x), min(low.y, l.y)}
		high = point{max(high.x, h.x), max(high.y, h.y)}
	}
	if high.x < low.x {
		return
	}
	for _, p := range r {
		p.moveBy(func(x int) int { return x - low.x }, func(y int) int { return y - low.y })
		p.width, p.height = high.x-low.x+1, high.y-low.y+1
	}
}

// squeeze drops repeated rows and columns in which there are only straight lines
// and borders running along in all plans: of several behind each other, one row and a
// few columns stay.
func (r reel) squeeze() {
	if len(r) == 0 {
		return
	}
	rows, columns := make([]bool, r[0].height), make([]bool, r[0].width)
	for _, p := range r {
		p.busy(rows, columns)
	}
	x, width := kept(columns, r[0].manner.idle)
	y, height := kept(rows, 1)
	for _, p := range r {
		p.moveBy(func(i int) int { return x[i] }, func(i int) int { return y[i] })
		p.width, p.height = width, height
	}
}

// busy marks the rows and columns that must stay: borders, texts, corners, ends of
// routes with the cell for an arrowhead.
func (p *plan) busy(rows, columns []bool) {
	mark := func(at []bool, from, to int) {
		for i := max(min(from, to), 0); i <= max(from, to) && i < len(at); i++ {
			at[i] = true
		}
	}
	for i, b := range p.boxes {
		if p.view.Nodes[i].Kind != Frame {
			mark(columns, b.X, b.right())
			mark(rows, b.Y, b.bottom())
			continue
		}
		mark(rows, b.Y, b.Y)
		mark(rows, b.bottom(), b.bottom())
		mark(columns, b.right(), b.right())
		least, _ := p.blocks[i].size(p.view.Nodes[i])
		mark(columns, b.X, b.X+least-1)
	}
	for i, r := range p.routes {
		for k, q := range r {
			mark(columns, q.x, q.x)
			mark(rows, q.y, q.y)
			if k == 1 {
				p.arrowRoom(mark, rows, columns, r[0], q, p.view.Edges[i].tailed())
			}
			if k == len(r)-1 {
				p.arrowRoom(mark, rows, columns, q, r[k-1], p.view.Edges[i].headed())
			}
		}
		if l := p.labels[i]; l != nil {
			lines := p.manner.labelLines(p.view.Edges[i])
			w, h := widest(lines)+2*p.manner.blank, len(lines)
			mark(columns, l.x-w/2, l.x-w/2+w-1)
			mark(rows, l.y-h/2, l.y-h/2+h-1)
		}
	}
}

// arrowRoom keeps the cell next to the end of a route, and one more where that is
// taken by an arrowhead.
func (p *plan) arrowRoom(mark func([]bool, int, int), rows, columns []bool, end, before point, arrow bool) {
	far := 1
	if arrow {
		far = 2
	}
	mark(columns, end.x, end.x+far*sign1(before.x-end.x))
	mark(rows, end.y, end.y+far*sign1(before.y-end.y))
}

func sign1(x int) int { return max(-1, min(1, x)) }

// kept maps every row (or column) to where it comes to lie when of those that are
// not busy only the first few behind each other stay, and none at the ends.
func kept(busy []bool, few int) (to []int, size int) {
	to = make([]int, len(busy))
	idle, last := few, 0
	for i, b := range busy {
		idle++
		if b {
			idle = 0
		}
		if idle <= few {
			size++
		}
		to[i] = max(size-1, 0)
		if b {
			last = size
		}
	}
	return to, last
}
