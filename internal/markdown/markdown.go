// Package markdown gives what the log holds as Markdown the forms that other readers
// want: lines for a terminal ([Text]), a page for a browser ([HTML]), a message for a
// chat ([Slack]). Whatever stands in it stays text: no markup of the source other
// than CommonMark's means anything in the target, HTML is shown as it is written, and
// only links to http, https and mailto are links.
//
// The source is read as CommonMark (https://spec.commonmark.org/0.31.2/) by goldmark,
// which no other room knows. Quirks of goldmark: the text of a node still has its
// backslashes and character references; a comment is HTML like any other.
package markdown

import (
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

type kind int

const (
	document kind = iota
	heading
	paragraph
	list
	entry
	codeBlock
	quote
	rule
	words
	code
	emphasis
	strong
	link
	image
	lineBreak
)

// node is a part of a text, with everything that the forms need to know.
type node struct {
	kind     kind
	level    int    // of a heading, from 1; the first number of a list, 0 where it has none
	text     string // of words and code
	dest     string // of a link that may be followed, and of an image
	tight    bool   // a paragraph that is only the text of a list's entry
	children []node
}

// parse reads CommonMark.
func parse(src string) node {
	source := []byte(src)
	return convert(goldmark.DefaultParser().Parse(text.NewReader(source)), source)
}

func convert(n ast.Node, source []byte) node {
	made := node{children: children(n, source)}
	switch n := n.(type) {
	case *ast.Document:
		made.kind = document
	case *ast.Heading:
		made.kind, made.level = heading, n.Level
	case *ast.Paragraph:
		made.kind = paragraph
	case *ast.TextBlock:
		made.kind, made.tight = paragraph, true
	case *ast.List:
		made.kind, made.level = list, n.Start
	case *ast.ListItem:
		made.kind = entry
	case *ast.Blockquote:
		made.kind = quote
	case *ast.ThematicBreak:
		made.kind = rule
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		made.kind, made.text = codeBlock, lines(n, source)
	case *ast.HTMLBlock:
		made = htmlBlock(n, source)
	default:
		return inline(n, made, source)
	}
	return made
}

func inline(n ast.Node, made node, source []byte) node {
	switch n := n.(type) {
	case *ast.CodeSpan:
		made = node{kind: code, text: plainText(n, source)}
	case *ast.Emphasis:
		made.kind = emphasis
		if n.Level > 1 {
			made.kind = strong
		}
	case *ast.Link:
		made.kind, made.dest = link, followed(string(n.Destination))
	case *ast.Image:
		made.kind, made.dest = image, literal(n.Destination)
	case *ast.AutoLink:
		made.kind, made.dest = link, followed(string(n.URL(source)))
		if n.AutoLinkType == ast.AutoLinkEmail {
			made.dest = followed("mailto:" + string(n.URL(source)))
		}
		made.children = []node{{kind: words, text: string(n.Label(source))}}
	case *ast.RawHTML:
		made = node{kind: words, text: rawHTML(n, source)}
	case *ast.String:
		made = node{kind: words, text: string(n.Value)}
	}
	return made
}

// children converts the nodes in a node. A text that ends its line is followed by a
// break; texts beside each other, as goldmark splits one at characters that might have
// been markup, are one.
func children(n ast.Node, source []byte) []node {
	var made []node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, isText := c.(*ast.Text)
		if !isText {
			made = append(made, convert(c, source))
			continue
		}
		made = appendWords(made, textOf(t, source))
		switch {
		case t.HardLineBreak():
			made = append(made, node{kind: lineBreak})
		case t.SoftLineBreak():
			made = appendWords(made, " ")
		}
	}
	return made
}

func appendWords(nodes []node, text string) []node {
	if n := len(nodes); n > 0 && nodes[n-1].kind == words {
		nodes[n-1].text += text
		return nodes
	}
	return append(nodes, node{kind: words, text: text})
}

func textOf(t *ast.Text, source []byte) string {
	if t.IsRaw() {
		return string(t.Segment.Value(source))
	}
	return literal(t.Segment.Value(source))
}

// literal is a text without backslashes and character references.
func literal(src []byte) string {
	var b strings.Builder
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\' && i+1 < len(src) && util.IsPunct(src[i+1]):
			i++
			b.WriteByte(src[i])
		case c == '&':
			end := strings.IndexByte(string(src[i:]), ';')
			if end < 0 {
				b.WriteByte(c)
				continue
			}
			b.WriteString(html.UnescapeString(string(src[i : i+end+1])))
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

func lines(n ast.Node, source []byte) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(source))
	}
	return b.String()
}

// htmlBlock shows HTML as it is written; a comment is for those who edit the source.
func htmlBlock(n *ast.HTMLBlock, source []byte) node {
	raw := lines(n, source)
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(source))
	}
	if raw = strings.TrimSpace(withoutComments(raw)); raw == "" {
		return node{kind: document}
	}
	return node{kind: paragraph, children: []node{{kind: words, text: raw}}}
}

func rawHTML(n *ast.RawHTML, source []byte) string {
	var b strings.Builder
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		b.Write(segment.Value(source))
	}
	return withoutComments(b.String())
}

func withoutComments(s string) string {
	for {
		before, rest, found := strings.Cut(s, "<!--")
		if !found {
			return s
		}
		_, after, _ := strings.Cut(rest, "-->")
		s = before + after
	}
}

// followed is where a link leads that may be followed; "" for any other.
func followed(dest string) string {
	dest = literal([]byte(dest))
	u, err := url.Parse(dest)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https", "mailto":
		return u.String()
	}
	return ""
}
