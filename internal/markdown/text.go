package markdown

import (
	"fmt"
	"strings"

	"github.com/archsync/archsync/internal/plain"
)

// Text is Markdown as lines for a terminal, with nothing in them that steers one:
// headings and labels stand alone, the entries of lists begin with a dash, links show
// where they lead.
func Text(src string) string {
	var t textWriter
	t.block(parse(src), "")
	return strings.TrimLeft(t.String(), "\n")
}

type textWriter struct{ strings.Builder }

// block writes a block whose lines begin with an indent, after an empty line where
// it needs one.
func (t *textWriter) block(n node, indent string) {
	switch n.kind {
	case document:
		for _, c := range n.children {
			t.block(c, indent)
		}
	case heading, paragraph:
		fmt.Fprintf(t, "\n%s%s\n", indent, textLine(n.children, "\n"+indent))
	case list:
		t.list(n, indent)
	case quote:
		for _, c := range n.children {
			t.block(c, indent+"  | ")
		}
	case codeBlock:
		fmt.Fprintln(t)
		for line := range strings.Lines(plain.Text(n.text)) {
			fmt.Fprintf(t, "%s    %s\n", indent, strings.TrimSuffix(line, "\n"))
		}
	case rule:
		fmt.Fprintf(t, "\n%s%s\n", indent, strings.Repeat("-", 40))
	}
}

// list writes the entries below each other; what follows the first line of one is
// indented further.
func (t *textWriter) list(n node, indent string) {
	if indent == "" || !tight(n) {
		fmt.Fprintln(t)
	}
	for i, e := range n.children {
		mark := "  - "
		if n.level > 0 {
			mark = fmt.Sprintf("  %d. ", n.level+i)
		}
		fmt.Fprint(t, indent, mark)
		deeper := indent + strings.Repeat(" ", len(mark))
		rest := e.children
		if len(rest) > 0 && rest[0].kind == paragraph {
			fmt.Fprint(t, textLine(rest[0].children, "\n"+deeper))
			rest = rest[1:]
		}
		fmt.Fprintln(t)
		for _, c := range rest {
			t.block(c, deeper)
		}
	}
}

// tight tells whether a list's entries are lines without space between them.
func tight(n node) bool {
	for _, e := range n.children {
		for _, c := range e.children {
			if c.kind == paragraph && !c.tight {
				return false
			}
		}
	}
	return true
}

func textLine(inlines []node, newline string) string {
	var b strings.Builder
	for _, n := range inlines {
		switch n.kind {
		case words, code:
			b.WriteString(plain.Line(n.text))
		case lineBreak:
			b.WriteString(newline)
		case link:
			label := textLine(n.children, newline)
			b.WriteString(label)
			if n.dest != "" && n.dest != label {
				b.WriteString(" <" + plain.Line(n.dest) + ">")
			}
		case image:
			b.WriteString(textLine(n.children, newline) + ": " + plain.Line(n.dest))
		default:
			b.WriteString(textLine(n.children, newline))
		}
	}
	return b.String()
}
