package markdown

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/archsync/archsync/internal/plain"
)

// pageStyle is all that makes the page look like one, in light and dark.
const pageStyle = `:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid #8886 }
p, ul, ol { margin: .5rem 0 } code { font-size: .9em; background: #8882; padding: .1em .3em; border-radius: 3px }
pre { overflow-x: auto; background: #8882; padding: .5rem } pre code { background: none; padding: 0 }
img { max-width: 100%; background: #fff } blockquote { border-left: 3px solid #8886; margin-left: 0; padding-left: 1rem }`

// HTML is Markdown as a whole page that needs nothing beside it: no script, no style,
// font or picture from elsewhere, which its Content-Security-Policy also forbids.
// svg gives the pictures that the text shows, as SVG, by their paths in it; one that
// it does not have stands there in words.
func HTML(title, src string, svg func(path string) []byte) string {
	h := htmlWriter{svg: svg}
	h.block(parse(src))
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>%s</title>
<style>
%s
</style>
</head>
<body>
%s</body>
</html>
`, escaped(title), pageStyle, h.String())
}

type htmlWriter struct {
	strings.Builder
	svg func(path string) []byte
}

func escaped(s string) string { return html.EscapeString(plain.Line(s)) }

func (h *htmlWriter) block(n node) {
	switch n.kind {
	case document:
		h.blocks(n.children)
	case heading:
		h.element(fmt.Sprintf("h%d", n.level), n.children)
	case paragraph:
		if n.tight {
			h.inlines(n.children)
			return
		}
		h.element("p", n.children)
	case list:
		h.list(n)
	case entry:
		h.WriteString("<li>")
		h.blocks(n.children)
		h.WriteString("</li>\n")
	case quote:
		h.WriteString("<blockquote>\n")
		h.blocks(n.children)
		h.WriteString("</blockquote>\n")
	case codeBlock:
		fmt.Fprintf(h, "<pre><code>%s</code></pre>\n", html.EscapeString(plain.Text(n.text)))
	case rule:
		h.WriteString("<hr>\n")
	}
}

func (h *htmlWriter) blocks(blocks []node) {
	for _, b := range blocks {
		h.block(b)
	}
}

func (h *htmlWriter) element(name string, inlines []node) {
	fmt.Fprintf(h, "<%s>", name)
	h.inlines(inlines)
	fmt.Fprintf(h, "</%s>\n", name)
}

func (h *htmlWriter) list(n node) {
	begin, end := "<ul>", "</ul>"
	if n.level > 0 {
		begin, end = fmt.Sprintf(`<ol start="%d">`, n.level), "</ol>"
	}
	h.WriteString(begin + "\n")
	h.blocks(n.children)
	h.WriteString(end + "\n")
}

func (h *htmlWriter) inlines(inlines []node) {
	for _, n := range inlines {
		switch n.kind {
		case words:
			h.WriteString(escaped(n.text))
		case code:
			fmt.Fprintf(h, "<code>%s</code>", escaped(n.text))
		case strong:
			h.around("strong", n.children)
		case emphasis:
			h.around("em", n.children)
		case lineBreak:
			h.WriteString("<br>\n")
		case link:
			h.link(n)
		case image:
			h.image(n)
		default:
			h.inlines(n.children)
		}
	}
}

func (h *htmlWriter) around(name string, inlines []node) {
	fmt.Fprintf(h, "<%s>", name)
	h.inlines(inlines)
	fmt.Fprintf(h, "</%s>", name)
}

func (h *htmlWriter) link(n node) {
	if n.dest == "" {
		h.inlines(n.children)
		return
	}
	fmt.Fprintf(h, `<a href="%s" rel="noreferrer">`, escaped(n.dest))
	h.inlines(n.children)
	h.WriteString("</a>")
}

// image shows a picture as data: as an image, an SVG runs no script and loads nothing.
func (h *htmlWriter) image(n node) {
	label := textLine(n.children, " ")
	if svg := h.svg(n.dest); svg != nil {
		fmt.Fprintf(h, `<img alt="%s" src="data:image/svg+xml;base64,%s">`, html.EscapeString(label), base64.StdEncoding.EncodeToString(svg))
		return
	}
	fmt.Fprintf(h, "%s: %s", html.EscapeString(label), escaped(n.dest))
}
