package diagram

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2target"

	"github.com/archsync/archsync/internal/problem"
)

// maxIcon is how large one picture may be, in bytes.
const maxIcon = 1 << 20

// Why an icon is left out.
var (
	errRemoteIcon = errors.New("it is not part of the log, and nothing is fetched")
	errIconKind   = errors.New("it is neither PNG, JPEG, GIF, WebP nor SVG")
	errIconSize   = fmt.Errorf("it is larger than %d bytes", maxIcon)
)

// embedIcons replaces every icon of the board by its bytes, read from fsys by a
// path relative to the diagram, and takes off what must not be in an SVG: other
// icons, with a problem, links that are neither http, https nor mailto, and names of
// classes that are markup.
func (d *drawing) embedIcons(fsys fs.FS) []problem.Problem {
	var ps []problem.Problem
	embed := func(a *d2graph.Attributes, refs []d2graph.Reference) {
		keepLink(a)
		a.Classes = slices.DeleteFunc(a.Classes, oddClass)
		if a.Icon == nil {
			return
		}
		name := a.Icon.String()
		data, err := readIcon(fsys, d.diagram.Path, a.Icon)
		if err != nil {
			ps = append(ps, d.iconProblem(name, refs, err))
			dropIcon(a)
			return
		}
		a.Icon = data
		d.icons = append(d.icons, name, data.Opaque)
	}
	objects := d.board.Objects
	if d.board.Legend != nil {
		objects = append(objects[:len(objects):len(objects)], d.board.Legend.Objects...)
	}
	for _, o := range objects {
		embed(&o.Attributes, o.References)
		quoteConstraints(o)
	}
	for _, e := range d.board.Edges {
		embed(&e.Attributes, nil)
	}
	return problem.Sort(ps)
}

// oddClass tells whether D2 would write a class into the SVG that is not one: it does
// not quote them.
func oddClass(name string) bool { return strings.ContainsAny(name, "<>&'\"") }

// quoteConstraints quotes the one text of a table that D2 writes as it is.
func quoteConstraints(o *d2graph.Object) {
	if o.SQLTable == nil {
		return
	}
	for i := range o.SQLTable.Columns {
		column := &o.SQLTable.Columns[i]
		column.Constraint = slices.Clone(column.Constraint)
		for k, c := range column.Constraint {
			column.Constraint[k] = html.EscapeString(c)
		}
	}
}

func dropIcon(a *d2graph.Attributes) {
	a.Icon = nil
	if a.Shape.Value == d2target.ShapeImage {
		a.Shape.Value = d2target.ShapeRectangle
	}
}

func keepLink(a *d2graph.Attributes) {
	if a.Link == nil {
		return
	}
	if !safeLink(a.Link.Value) {
		a.Link = nil
	}
}

func (d *drawing) iconProblem(name string, refs []d2graph.Reference, err error) problem.Problem {
	if len(name) > 120 {
		name = name[:120] + "..."
	}
	p := problem.Problem{
		Path: d.diagram.Path,
		What: fmt.Sprintf("icon %q is left out: %v", name, err),
		Hint: "put the picture beside the diagram and name it by its path",
	}
	if len(refs) > 0 && refs[0].MapKey != nil {
		at := refs[0].MapKey.Range
		p.Path, p.Line = at.Path, at.Start.Line+1
		p.Column = d.reader.column(at.Path, at.Start.Line, at.Start.Column)
	}
	return p
}

// readIcon gives an icon as a data URI.
func readIcon(fsys fs.FS, diagram string, icon *url.URL) (*url.URL, error) {
	if icon.Scheme == "data" {
		return inlineIcon(icon)
	}
	if icon.Scheme != "" || icon.Host != "" || icon.Path == "" {
		return nil, errRemoteIcon
	}
	name := path.Join(path.Dir(diagram), icon.Path)
	if path.IsAbs(icon.Path) || !fs.ValidPath(name) || strings.Contains(name, `\`) {
		return nil, errOutside
	}
	data, err := readUpTo(fsys, name, maxIcon+1)
	if err != nil {
		return nil, err
	}
	return dataURI(data)
}

// inlineIcon takes a picture that is already in the diagram's text.
func inlineIcon(icon *url.URL) (*url.URL, error) {
	_, text, ok := strings.Cut(icon.Opaque, ";base64,")
	if !ok {
		return nil, errIconKind
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errIconKind
	}
	return dataURI(data)
}

// dataURI wraps a picture; its kind is told by its bytes, not by its name.
func dataURI(data []byte) (*url.URL, error) {
	if len(data) > maxIcon {
		return nil, errIconSize
	}
	kind := ""
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		kind = "png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		kind = "jpeg"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		kind = "gif"
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		kind = "webp"
	case isSVG(data):
		kind, data = "svg+xml", clean(data)
	default:
		return nil, errIconKind
	}
	return &url.URL{Scheme: "data", Opaque: "image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)}, nil
}

func isSVG(data []byte) bool {
	head := bytes.ToLower(data[:min(len(data), 1024)])
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), []byte("<")) && bytes.Contains(head, []byte("<svg"))
}
