package markdown

import (
	"fmt"
	"strings"

	"github.com/archsync/archsync/internal/plain"
)

// Slack is Markdown as mrkdwn, the format of Slack's messages
// (https://api.slack.com/reference/surfaces/formatting). Of a picture only its
// title comes along.
func Slack(src string) string {
	var s slackWriter
	s.block(parse(src), "")
	return strings.TrimLeft(s.String(), "\n")
}

type slackWriter struct{ strings.Builder }

func (s *slackWriter) block(n node, indent string) {
	switch n.kind {
	case document:
		for _, c := range n.children {
			s.block(c, indent)
		}
	case heading:
		fmt.Fprintf(s, "\n%s\n", slackSpan("*", n.children))
	case paragraph:
		if line := slackLine(n.children); line != "" {
			fmt.Fprintf(s, "\n%s%s\n", indent, line)
		}
	case list:
		s.list(n, indent)
	case quote:
		for _, c := range n.children {
			s.block(c, "> ")
		}
	case codeBlock:
		fmt.Fprintf(s, "\n```\n%s\n```\n", strings.TrimSuffix(slackCode(plain.Text(n.text)), "\n"))
	}
}

func (s *slackWriter) list(n node, indent string) {
	if indent == "" {
		fmt.Fprintln(s)
	}
	for i, e := range n.children {
		mark := "• "
		if n.level > 0 {
			mark = fmt.Sprintf("%d. ", n.level+i)
		}
		rest := e.children
		line := ""
		if len(rest) > 0 && rest[0].kind == paragraph {
			line, rest = slackLine(rest[0].children), rest[1:]
		}
		fmt.Fprintf(s, "%s%s%s\n", indent, mark, line)
		for _, c := range rest {
			s.block(c, indent+"    ")
		}
	}
}

func slackLine(inlines []node) string {
	var b strings.Builder
	for _, n := range inlines {
		switch n.kind {
		case words:
			b.WriteString(plain.Slack(n.text))
		case code:
			b.WriteString("`" + slackCode(plain.Line(n.text)) + "`")
		case strong:
			b.WriteString(slackSpan("*", n.children))
		case emphasis:
			b.WriteString(slackSpan("_", n.children))
		case link:
			b.WriteString(slackLink(n))
		case lineBreak:
			b.WriteString("\n")
		default:
			b.WriteString(slackLine(n.children))
		}
	}
	return b.String()
}

// slackSpan puts marks around words; blanks at the ends would keep them from being
// marks.
func slackSpan(mark string, children []node) string {
	line := strings.TrimSpace(slackLine(children))
	if line == "" {
		return ""
	}
	return mark + strings.ReplaceAll(line, mark, "") + mark
}

// slackCode is code, in which only the characters that Slack itself uses and the
// quote that would end it have a meaning.
func slackCode(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'").Replace(s)
}

func slackLink(n node) string {
	label := slackLine(n.children)
	if n.dest == "" {
		return label
	}
	target := strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C").Replace(plain.Line(n.dest))
	return "<" + target + "|" + strings.ReplaceAll(label, "|", "/") + ">"
}
