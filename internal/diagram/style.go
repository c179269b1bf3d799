package diagram

import (
	"slices"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2format"
	"oss.terrastruct.com/d2/d2graph"
)

// looks collects what changes how a thing looks, by D2's keyword.
type looks map[string]string

// named is one of D2's attributes by its keyword; nil when nothing was said.
type named struct {
	key   string
	value *d2graph.Scalar
}

func (l looks) set(prefix string, attributes ...named) {
	for _, a := range attributes {
		if a.value != nil {
			l[prefix+a.key] = a.value.Value
		}
	}
}

func (l looks) style(prefix string, s d2graph.Style) {
	l.set(prefix,
		named{"opacity", s.Opacity}, named{"stroke", s.Stroke}, named{"fill", s.Fill}, named{"fill-pattern", s.FillPattern},
		named{"stroke-width", s.StrokeWidth}, named{"stroke-dash", s.StrokeDash}, named{"border-radius", s.BorderRadius},
		named{"shadow", s.Shadow}, named{"3d", s.ThreeDee}, named{"multiple", s.Multiple}, named{"font", s.Font},
		named{"font-size", s.FontSize}, named{"font-color", s.FontColor}, named{"animated", s.Animated}, named{"bold", s.Bold},
		named{"italic", s.Italic}, named{"underline", s.Underline}, named{"filled", s.Filled},
		named{"double-border", s.DoubleBorder}, named{"text-transform", s.TextTransform},
	)
}

func (l looks) attributes(a d2graph.Attributes) {
	l.style("", a.Style)
	if a.Icon != nil {
		l["icon"] = a.Icon.String()
		l.style("icon.", a.IconStyle)
	}
	if a.NearKey != nil {
		l["near"] = d2format.Format(a.NearKey)
	}
	l.set("",
		named{"width", a.WidthAttr}, named{"height", a.HeightAttr}, named{"top", a.Top}, named{"left", a.Left},
		named{"grid-rows", a.GridRows}, named{"grid-columns", a.GridColumns}, named{"grid-gap", a.GridGap},
		named{"vertical-gap", a.VerticalGap}, named{"horizontal-gap", a.HorizontalGap},
		named{"label.near", a.LabelPosition}, named{"icon.near", a.IconPosition}, named{"tooltip.near", a.TooltipPosition},
	)
}

func objectStyle(o *d2graph.Object) map[string]string {
	l := looks{}
	l.attributes(o.Attributes)
	if o.Direction.Value != "" {
		l["direction"] = o.Direction.Value
	}
	if o.Language != "" {
		l["language"] = o.Language
	}
	return l.orNil()
}

func edgeStyle(e *d2graph.Edge) map[string]string {
	l := looks{}
	l.attributes(e.Attributes)
	l.set("", named{"link", e.Link}, named{"tooltip", e.Tooltip})
	l.arrowhead("source-arrowhead.", e.SrcArrowhead)
	l.arrowhead("target-arrowhead.", e.DstArrowhead)
	if e.SrcTableColumnIndex != nil {
		l["source-column"] = column(e.Src, *e.SrcTableColumnIndex)
	}
	if e.DstTableColumnIndex != nil {
		l["target-column"] = column(e.Dst, *e.DstTableColumnIndex)
	}
	return l.orNil()
}

func (l looks) arrowhead(prefix string, head *d2graph.Attributes) {
	if head == nil {
		return
	}
	l.style(prefix, head.Style)
	if head.Shape.Value != "" {
		l[prefix+"shape"] = head.Shape.Value
	}
	if head.Label.Value != "" {
		l[prefix+"label"] = head.Label.Value
	}
}

func column(o *d2graph.Object, i int) string {
	if o.SQLTable == nil || i >= len(o.SQLTable.Columns) {
		return ""
	}
	return o.SQLTable.Columns[i].Name.Label
}

func (l looks) orNil() map[string]string {
	if len(l) == 0 {
		return nil
	}
	return l
}

// describe writes the given keys of a style on one line, sorted: "fill: red; shadow: true".
func describe(style map[string]string, keys []string) string {
	var parts []string
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if value, ok := style[key]; ok {
			parts = append(parts, key+": "+d2format.Format(d2ast.RawString(value, false)))
		}
	}
	return strings.Join(parts, "; ")
}
