package picture

import "github.com/archsync/archsync/internal/change"

// arms are the four half lines of a cell from its middle outwards, each with a
// weight, two bits an arm: up, right, down, left from the highest.
type arms uint8

// The weights of lines.
const (
	none uint8 = iota
	light
	heavy
	double
)

// The directions in which an arm points, as shifts in arms.
const (
	left  = 0
	down  = 2
	right = 4
	up    = 6
)

// toward is the direction of a step, of which dx or dy is 0.
func toward(dx, dy int) int {
	switch {
	case dx > 0:
		return right
	case dx < 0:
		return left
	case dy > 0:
		return down
	}
	return up
}

func arm(direction int, weight uint8) arms { return arms(weight) << direction }

func (a arms) weight(direction int) uint8 { return uint8(a>>direction) & 3 }

// with adds the arms of b; where both have one, the heavier stays.
func (a arms) with(b arms) arms {
	var out arms
	for d := left; d <= up; d += 2 {
		out |= arm(d, max(a.weight(d), b.weight(d)))
	}
	return out
}

// only tells whether no arm has another weight.
func (a arms) only(weight uint8) bool {
	for d := left; d <= up; d += 2 {
		if w := a.weight(d); w != none && w != weight {
			return false
		}
	}
	return true
}

// shape is the arms without their weights, a bit each in the same order.
func (a arms) shape() int {
	s := 0
	for d := left; d <= up; d += 2 {
		if a.weight(d) != none {
			s |= 1 << (d / 2)
		}
	}
	return s
}

// The shapes that get signs of their own.
const (
	level     = 0b0101
	upright   = 0b1010
	upLeft    = 0b1001
	upRight   = 0b1100
	downLeft  = 0b0011
	downRight = 0b0110
)

// withHeavy and withDouble are Unicode's box drawing characters (U+2500 to U+257F)
// by the weights of up, right, down and left, counted in base 3: none, light, and
// heavy or double. A blank stands where there is no such character.
const (
	withHeavy  = " ╴╸╷┐┑╻┒┓╶─╾┌┬┭┎┰┱╺╼━┍┮┯┏┲┳╵┘┙│┤┥╽┧┪└┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋"
	withDouble = " ╴ ╷┐╕ ╖╗╶─ ┌┬ ╓╥   ═╒ ╤╔ ╦╵┘╛│┤╡   └┴ ├┼    ╘ ╧╞ ╪    ╜╝   ║╢╣╙╨    ╟╫ ╚ ╩   ╠ ╬"
)

// font turns arms into characters.
type font struct {
	ascii         bool
	heavy, double []rune
}

func newFont(ascii bool) font {
	return font{ascii: ascii, heavy: []rune(withHeavy), double: []rune(withDouble)}
}

// corner is how the bend of a line or the corner of a box looks.
type corner int

const (
	square corner = iota
	rounded
)

// glyph is the character of a cell with lines in it.
func (f font) glyph(a arms, c corner, dash change.Kind) string {
	if f.ascii {
		return asciiGlyph(a, dash)
	}
	if a.only(light) {
		if c == rounded {
			if g := roundCorner(a.shape()); g != "" {
				return g
			}
		}
		if g := dashedLine(a.shape(), dash); g != "" {
			return g
		}
	}
	return string(f.lines(a))
}

// lines finds the box drawing character. Weights that no character mixes are made
// equal: heavy beside double, and double where it is not straight.
func (f font) lines(a arms) rune {
	if !a.has(double) || a.has(heavy) {
		return f.heavy[a.index()]
	}
	if r := f.double[a.index()]; r != ' ' {
		return r
	}
	return f.double[a.all(double).index()]
}

func (a arms) has(weight uint8) bool {
	for d := left; d <= up; d += 2 {
		if a.weight(d) == weight {
			return true
		}
	}
	return false
}

// all gives every arm one weight.
func (a arms) all(weight uint8) arms {
	var out arms
	for d := left; d <= up; d += 2 {
		if a.weight(d) != none {
			out |= arm(d, weight)
		}
	}
	return out
}

// index counts the weights in base 3: none, light, and whatever is more.
func (a arms) index() int {
	i := 0
	for d := up; d >= left; d -= 2 {
		i = 3*i + int(min(a.weight(d), heavy))
	}
	return i
}

func roundCorner(shape int) string {
	switch shape {
	case downRight:
		return "╭"
	case downLeft:
		return "╮"
	case upLeft:
		return "╯"
	case upRight:
		return "╰"
	}
	return ""
}

// faint marks lines that the diagram itself wants dashed; it is no kind of change.
const faint change.Kind = "dashed"

func dashedLine(shape int, dash change.Kind) string {
	switch {
	case dash == change.Removed && shape == level:
		return "╌"
	case dash == change.Removed && shape == upright:
		return "╎"
	case dash == faint && shape == level:
		return "┄"
	case dash == faint && shape == upright:
		return "┆"
	}
	return ""
}

// asciiGlyph draws with what every terminal has.
func asciiGlyph(a arms, dash change.Kind) string {
	switch a.shape() {
	case level:
		switch {
		case dash == change.Removed || dash == faint:
			return "."
		case a.has(heavy):
			return "#"
		case a.has(double):
			return "="
		}
		return "-"
	case upright:
		switch {
		case dash == change.Removed || dash == faint:
			return ":"
		case a.has(heavy):
			return "#"
		case a.has(double):
			return "H"
		}
		return "|"
	}
	if a.has(heavy) {
		return "#"
	}
	return "+"
}

// weights are the line styles that tell what happened: heavy for added, double for
// changed, double on two sides for renamed and moved. Removed is light and dashed.
func weights(mark change.Kind) (level, upright uint8) {
	switch mark {
	case change.Added:
		return heavy, heavy
	case change.Changed:
		return double, double
	case change.Renamed, change.Moved:
		return double, light
	}
	return light, light
}

// head is an arrowhead that points in a direction.
func (f font) head(shape string, dx, dy int) string {
	signs := []string{"▶", "◀", "▼", "▲"}
	if f.ascii {
		signs = []string{">", "<", "v", "^"}
	}
	switch shape {
	case "diamond":
		return f.either("◆", "*")
	case "circle":
		return f.either("●", "o")
	case "box":
		return f.either("■", "#")
	case "cross":
		return f.either("✕", "x")
	case "cf-one", "cf-one-required", "line":
		return f.either("┼", "+")
	case "cf-many", "cf-many-required": // a crow's foot opens towards its end
		dx, dy = -dx, -dy
		signs = []string{">", "<", "v", "^"}
	}
	switch {
	case dx > 0:
		return signs[0]
	case dx < 0:
		return signs[1]
	case dy > 0:
		return signs[2]
	}
	return signs[3]
}

func (f font) either(unicode, ascii string) string {
	if f.ascii {
		return ascii
	}
	return unicode
}
