package layout

// axis is one of the two, as the way to its coordinates.
type axis int

const (
	horizontal axis = iota
	vertical
)

func (a axis) other() axis { return 1 - a }

func (a axis) of(p *Point) *float64 {
	if a == horizontal {
		return &p.X
	}
	return &p.Y
}

func (a axis) at(p Point) float64 { return *a.of(&p) }

func (a axis) box(b Box) (low, high float64) {
	if a == horizontal {
		return b.X, b.X + b.Width
	}
	return b.Y, b.Y + b.Height
}

func (a axis) setBox(b *Box, low, high float64) {
	if a == horizontal {
		b.X, b.Width = low, high-low
	} else {
		b.Y, b.Height = low, high-low
	}
}

func (a axis) size(s Size) float64 {
	if a == horizontal {
		return s.Width
	}
	return s.Height
}

func (a axis) padding(in Insets) (low, high float64) {
	if a == horizontal {
		return in.Left, in.Right
	}
	return in.Top, in.Bottom
}

// along tells whether edges of a drawing run mostly along the axis.
func (a axis) along(d Direction) bool { return d.Horizontal() == (a == horizontal) }
