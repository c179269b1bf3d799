package diagram

import (
	"math"
	"strings"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2renderers/d2fonts"
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/d2themes/d2themescatalog"
	"oss.terrastruct.com/d2/lib/color"
	"oss.terrastruct.com/d2/lib/label"
	"oss.terrastruct.com/d2/lib/textmeasure"

	"github.com/archsync/archsync/internal/change"
)

// Of a theme's colours the picture of a difference uses the neutral ones. The other
// ones, which nothing is drawn in any more, hold the colours of the marks, so that
// they too follow whoever asks for a dark picture.
type ink struct{ strong, pale string }

func inkOf(k change.Kind) ink {
	switch k {
	case change.Added:
		return ink{color.B1, color.B3}
	case change.Removed:
		return ink{color.B4, color.B5}
	case change.Changed:
		return ink{color.B6, color.AB4}
	}
	return ink{color.AA4, color.AA5}
}

// inks are the colours of the marks on light or on dark ground.
func inks(dark bool, base *d2target.ThemeOverrides) *d2target.ThemeOverrides {
	next := d2target.ThemeOverrides{}
	if base != nil {
		next = *base
	}
	set := func(slot **string, light, dim string) {
		if dark {
			light = dim
		}
		*slot = &light
	}
	set(&next.B1, "#1A7F37", "#57D37C")
	set(&next.B3, "#DDF6E3", "#173724")
	set(&next.B4, "#C8252F", "#FF8B84")
	set(&next.B5, "#FDEDEC", "#3C1F22")
	set(&next.B6, "#9A5B00", "#F0B849")
	set(&next.AB4, "#FFF1D0", "#3D2F12")
	set(&next.AA4, "#0B5FC4", "#7DB7FF")
	set(&next.AA5, "#E0EEFF", "#18304F")
	return &next
}

// mixInks puts the colours of the marks into the themes that are drawn.
func (d *drawing) mixInks() {
	theme := d2themescatalog.Find(d.theme)
	d.svg.ThemeOverrides = inks(theme.IsDark(), d.svg.ThemeOverrides)
	if d.svg.DarkThemeID != nil {
		d.svg.DarkThemeOverrides = inks(true, d.svg.DarkThemeOverrides)
	}
}

// above is where the signs are drawn: over everything.
const above = 1 << 20

// paintDifference colours a placed picture, and puts signs and legend on it.
func (u *union) paintDifference(target *d2target.Diagram, ruler *textmeasure.Ruler) {
	u.mixInks()
	var signs []d2target.Shape
	for i := range target.Shapes {
		s, obj := &target.Shapes[i], u.board.Objects[i]
		s.Link, s.Tooltip, s.Animated, s.FillPattern, s.Shadow = "", "", false, "", false
		p := u.objects[obj]
		if unseen(obj) || p == nil || p.kind == "" {
			recede(s, obj)
			continue
		}
		paintShape(s, p)
		if !p.former {
			signs = append(signs, badge(ruler, p.kind, s.Pos.X+s.Width, s.Pos.Y, 1))
		}
	}
	for i := range target.Connections {
		c := &target.Connections[i]
		c.Link, c.Tooltip, c.Animated = "", "", false
		paintConnection(c, u.edges[u.board.Edges[i]])
	}
	target.Shapes = append(target.Shapes, signs...)
	target.Shapes = append(target.Shapes, u.legend(target, ruler)...)
}

// recede takes the colours off what did not change.
func recede(s *d2target.Shape, obj *d2graph.Object) {
	if unseen(obj) {
		return
	}
	s.Stroke, s.Color = color.N4, color.N2
	switch {
	case s.Type == d2target.ShapeSQLTable || s.Type == d2target.ShapeClass:
		s.Fill, s.Stroke, s.Color = color.N3, color.N7, color.N7
		s.PrimaryAccentColor, s.SecondaryAccentColor, s.NeutralAccentColor = color.N2, color.N3, color.N3
	case s.Type == d2target.ShapeImage || s.Type == d2target.ShapeCode || s.Language != "" || s.Icon != nil:
		s.Opacity = min(s.Opacity, 0.5)
	case s.Type == d2target.ShapeText:
	case len(obj.ChildrenArray) > 0:
		s.Fill, s.Stroke = color.N7, color.N5
	case s.Fill != "transparent":
		s.Fill = color.N6
	}
}

func paintShape(s *d2target.Shape, p *piece) {
	of := inkOf(p.kind)
	s.Opacity, s.StrokeDash = 1, 0
	s.Color = color.N1
	switch s.Type {
	case d2target.ShapeSQLTable, d2target.ShapeClass:
		s.Fill, s.Stroke, s.Color = of.strong, color.N7, color.N7
		s.PrimaryAccentColor, s.SecondaryAccentColor, s.NeutralAccentColor = color.N1, of.strong, color.N2
	case d2target.ShapeText:
		s.Color = of.strong
	default:
		s.Fill, s.Stroke, s.StrokeWidth = of.pale, of.strong, 3
	}
	if p.kind == change.Removed || p.former {
		s.StrokeDash, s.Opacity = 4, 0.75
		s.ThreeDee, s.Multiple = false, false
		if s.Type != d2target.ShapeSQLTable && s.Type != d2target.ShapeClass {
			s.Color = of.strong
		}
	}
}

func paintConnection(c *d2target.Connection, p *piece) {
	if p == nil || p.kind == "" {
		c.Stroke, c.Color = color.N4, color.N3
		return
	}
	of := inkOf(p.kind)
	c.Stroke, c.Color, c.StrokeWidth, c.StrokeDash, c.Opacity = of.strong, of.strong, 3, 0, 1
	for _, end := range []*d2target.Text{c.SrcLabel, c.DstLabel} {
		if end != nil {
			end.Color = of.strong
		}
	}
	c.ZIndex = 1
	if p.kind == change.Removed || p.former {
		c.StrokeDash, c.StrokeWidth = 5, 2
	}
	if p.former {
		c.Opacity = 0.6
	}
}

// disc is how large a sign is drawn, in pixels.
const disc = 26

// badge is a sign in a disc around a point.
func badge(ruler *textmeasure.Ruler, k change.Kind, x, y int, scale float64) d2target.Shape {
	of, size := inkOf(k), scaled(disc, scale)
	s := written(ruler, sign(k), scaled(22, scale), true)
	s.SetType(d2target.ShapeOval)
	s.Pos = d2target.NewPoint(x-size/2, y-size/2)
	s.Width, s.Height = size, size
	s.Fill, s.Stroke, s.Color, s.StrokeWidth = of.strong, color.N7, color.N7, 2
	s.LabelPosition = label.InsideMiddleCenter.String()
	return s
}

// written is a line of text over the picture, in a box of its own size.
func written(ruler *textmeasure.Ruler, words string, size int, bold bool) d2target.Shape {
	s := d2target.BaseShape()
	s.SetType(d2target.ShapeRectangle)
	s.ID = " " + words // no component's: their keys are trimmed
	s.Label, s.FontSize, s.Bold, s.Color = words, size, bold, color.N1
	dims := d2graph.GetTextDimensions(nil, ruler, &d2target.MText{Text: words, FontSize: size, IsBold: bold}, nil)
	s.LabelWidth, s.LabelHeight = dims.Width, dims.Height
	s.Width, s.Height = dims.Width, dims.Height
	s.Fill, s.Stroke, s.StrokeWidth = "transparent", "transparent", 0
	s.LabelPosition = label.InsideMiddleLeft.String()
	s.ZIndex = above
	return *s
}

func scaled(n int, scale float64) int { return int(math.Round(float64(n) * scale)) }

// legend says below the picture what the signs mean and how often they stand in it. It
// is written larger below a larger picture, which is looked at from further away.
func (u *union) legend(target *d2target.Diagram, ruler *textmeasure.Ruler) []d2target.Shape {
	topLeft, bottomRight := target.BoundingBox()
	scale := max(1, min(8, float64(max(bottomRight.X-topLeft.X, bottomRight.Y-topLeft.Y))/1600))
	l := legend{ruler: ruler, scale: scale, left: topLeft.X, y: bottomRight.Y, right: bottomRight.X}
	if len(target.Shapes) > 0 {
		l.y += l.px(48)
	}
	if u.names != [2]string{} {
		l.title("From " + u.names[0] + " to " + u.names[1])
	}
	l.x, l.right = l.left, max(l.right, l.left+l.px(640))
	for _, entry := range []struct {
		word  string
		kinds []change.Kind
	}{
		{"added", []change.Kind{change.Added}}, {"removed", []change.Kind{change.Removed}},
		{"changed", []change.Kind{change.Changed}}, {"renamed or moved", []change.Kind{change.Renamed, change.Moved}},
	} {
		if count := u.tally(entry.kinds...); count != "" {
			l.entry(entry.kinds[0], entry.word+": "+count)
		}
	}
	if l.x == l.left {
		l.title("Nothing differs.")
	}
	return l.shapes
}

// legend is one on its way, from left to right in lines.
type legend struct {
	ruler             *textmeasure.Ruler
	scale             float64
	left, right, x, y int
	shapes            []d2target.Shape
}

func (l *legend) px(n int) int { return scaled(n, l.scale) }

func (l *legend) title(words string) {
	s := written(l.ruler, strings.Join(strings.Fields(words), " "), l.px(d2fonts.FONT_SIZE_L), true)
	s.Pos = d2target.NewPoint(l.left, l.y)
	l.shapes = append(l.shapes, s)
	l.right = max(l.right, l.left+s.Width)
	l.y += s.Height + l.px(12)
}

func (l *legend) entry(k change.Kind, words string) {
	s := written(l.ruler, words, l.px(d2fonts.FONT_SIZE_M), false)
	width := l.px(disc+8) + s.Width
	if l.x > l.left && l.x+width > l.right {
		l.x, l.y = l.left, l.y+l.px(disc+10)
	}
	s.Pos = d2target.NewPoint(l.x+l.px(disc+8), l.y+(l.px(disc)-s.Height)/2)
	l.shapes = append(l.shapes, badge(l.ruler, k, l.x+l.px(disc)/2, l.y+l.px(disc)/2, l.scale), s)
	l.x += width + l.px(28)
}
