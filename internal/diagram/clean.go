package diagram

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean takes out of an SVG whatever could run, fetch or lead elsewhere: scripts,
// event handlers, frames, forms, animations of attributes, style sheets from
// people's HTML, and references that are neither inside the document nor embedded
// pictures; links keep http, https and mailto. D2 puts raw HTML of Markdown labels
// and some names unescaped into its output, so this reads the result and trusts
// nothing before it.
func clean(svg []byte) []byte {
	c := cleaner{in: svg, out: make([]byte, 0, len(svg)), number: regexp.MustCompile(`&#[0-9xX][0-9a-fA-F]*;?`)}
	for c.next() {
	}
	return c.out
}

// cleaner copies markup piece by piece.
type cleaner struct {
	in      []byte
	out     []byte
	foreign int            // depth in foreignObject, where people's HTML stands
	number  *regexp.Regexp // a character spelt as its number
}

func (c *cleaner) next() bool {
	i := bytes.IndexByte(c.in, '<')
	if i < 0 {
		c.text(c.in)
		return false
	}
	c.text(c.in[:i])
	c.in = c.in[i:]
	switch {
	case bytes.HasPrefix(c.in, []byte("<![CDATA[")):
		c.text(c.take("]]>"))
	case bytes.HasPrefix(c.in, []byte("<!--")):
		c.take("-->")
	case bytes.HasPrefix(c.in, []byte("<!")):
		c.take(">")
	case bytes.HasPrefix(c.in, []byte("<?xml ")):
		c.out = append(c.out, c.take("?>")...)
	case bytes.HasPrefix(c.in, []byte("<?")):
		c.take("?>")
	default:
		c.tag()
	}
	return true
}

// take cuts the input behind the given mark, or at its end.
func (c *cleaner) take(mark string) []byte {
	i := bytes.Index(c.in, []byte(mark))
	if i < 0 {
		i = len(c.in)
	} else {
		i += len(mark)
	}
	piece := c.in[:i]
	c.in = c.in[i:]
	return piece
}

// text copies characters that XML allows and that are read as they are written, also
// where they are spelt as numbers.
func (c *cleaner) text(b []byte) {
	if bytes.Contains(b, []byte("&#")) { // else it would be copied for nothing, and fonts are large
		b = c.number.ReplaceAllFunc(b, func(entity []byte) []byte {
			if strings.ContainsFunc(html.UnescapeString(string(entity)), forbidden) {
				return nil
			}
			return entity
		})
	}
	if utf8.Valid(b) && bytes.IndexFunc(b, forbidden) < 0 {
		c.out = append(c.out, b...)
		return
	}
	c.out = append(c.out, bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, b)...)
}

// forbidden characters are controls, which XML does not allow or nobody can see, and
// those that turn the reading direction around (Unicode TR #36). The marks of a direction,
// which people's languages need, turn nothing around.
func forbidden(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return false
	case '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
		return true
	}
	return unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF'
}

// dropped elements go with everything inside them.
func dropped(name string) bool {
	switch name {
	case "script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "template",
		"audio", "video", "source", "track", "link", "meta", "base", "form", "input", "button",
		"textarea", "select", "dialog", "set", "animate", "animatemotion", "animatetransform", "handler", "listener":
		return true
	}
	return false
}

func (c *cleaner) tag() {
	tag := c.in[:tagEnd(c.in)]
	c.in = c.in[len(tag):]
	name, rest := tagName(tag)
	closing := strings.HasPrefix(name, "/")
	local := localName(strings.TrimPrefix(name, "/"))
	if local == "" {
		c.out = append(c.out, "&lt;"...)
		c.text(tag[1:])
		return
	}
	if dropped(local) || local == "style" && c.foreign > 0 {
		if !closing && !bytes.HasSuffix(tag, []byte("/>")) {
			c.skip(local)
		}
		return
	}
	if local == "foreignobject" && !bytes.HasSuffix(tag, []byte("/>")) {
		if closing {
			c.foreign = max(0, c.foreign-1)
		} else {
			c.foreign++
		}
	}
	if closing {
		c.text(tag)
		return
	}
	c.open(name, local, rest)
}

// skip drops everything up to the end of the element just opened.
func (c *cleaner) skip(local string) {
	if voidElement(local) {
		return
	}
	for depth := 1; depth > 0 && len(c.in) > 0; {
		i := bytes.IndexByte(c.in, '<')
		if i < 0 {
			c.in = nil
			return
		}
		c.in = c.in[i:]
		tag := c.in[:tagEnd(c.in)]
		c.in = c.in[len(tag):]
		name, _ := tagName(tag)
		switch {
		case localName(strings.TrimPrefix(name, "/")) != local:
		case strings.HasPrefix(name, "/"):
			depth--
		case !bytes.HasSuffix(tag, []byte("/>")):
			depth++
		}
	}
}

func voidElement(local string) bool {
	switch local {
	case "link", "meta", "base", "input", "embed", "source", "track", "frame":
		return true
	}
	return false
}

// tagEnd is the length of the tag at the start of b, quotes respected.
func tagEnd(b []byte) int {
	quote := byte(0)
	for i := 1; i < len(b); i++ {
		switch {
		case quote != 0:
			if b[i] == quote {
				quote = 0
			}
		case b[i] == '"' || b[i] == '\'':
			quote = b[i]
		case b[i] == '>':
			return i + 1
		}
	}
	return len(b)
}

func tagName(tag []byte) (name string, rest []byte) {
	body := bytes.TrimSuffix(tag[1:], []byte(">"))
	i := bytes.IndexAny(body[min(1, len(body)):], " \t\r\n/")
	if i < 0 {
		return string(body), nil
	}
	i += min(1, len(body))
	return string(body[:i]), body[i:]
}

// localName is a name without its prefix, lower case.
func localName(name string) string {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToLower(name)
}

// open writes a tag with those of its attributes that are harmless.
func (c *cleaner) open(name, local string, rest []byte) {
	c.out = append(c.out, '<')
	c.text([]byte(name))
	closed := bytes.HasSuffix(bytes.TrimRight(rest, " \t\r\n"), []byte("/"))
	for {
		key, value, raw, more := attribute(&rest)
		if !more {
			break
		}
		if key != "" && c.harmless(local, localName(key), value) {
			c.out = append(c.out, ' ')
			c.text(raw)
		}
	}
	if closed {
		c.out = append(c.out, " /"...)
	}
	c.out = append(c.out, '>')
}

// attribute cuts the next attribute off b: its name, its value with entities
// resolved, and its own bytes.
func attribute(b *[]byte) (key, value string, raw []byte, more bool) {
	s := bytes.TrimLeft(*b, " \t\r\n/")
	if len(s) == 0 {
		return "", "", nil, false
	}
	i := bytes.IndexAny(s, "= \t\r\n/")
	if i < 0 || s[i] != '=' || i+1 >= len(s) || (s[i+1] != '"' && s[i+1] != '\'') {
		// not XML: neither browsers nor D2 need it
		*b = s[max(i, 0)+1:]
		return "", "", nil, true
	}
	end := bytes.IndexByte(s[i+2:], s[i+1])
	if end < 0 {
		*b = nil
		return "", "", nil, true
	}
	stop := i + 2 + end
	*b = s[stop+1:]
	return string(s[:i]), html.UnescapeString(string(s[i+2 : stop])), s[:stop+1], true
}

func (c *cleaner) harmless(element, attribute, value string) bool {
	switch attribute {
	case "href":
		switch element {
		case "a":
			return safeLink(value) || strings.HasPrefix(value, "#")
		case "image", "img":
			return embedded(value)
		}
		return strings.HasPrefix(value, "#")
	case "src":
		return embedded(value)
	case "srcset", "poster", "data", "action", "formaction", "background", "ping", "cite", "base", "srcdoc", "attributename":
		return false
	}
	return !strings.HasPrefix(attribute, "on") && harmlessStyle(value, attribute == "style" && c.foreign > 0)
}

// embedded tells whether a reference stays in the document.
func embedded(ref string) bool {
	if strings.HasPrefix(ref, "#") {
		return true
	}
	for _, kind := range []string{"png", "jpeg", "gif", "webp", "svg+xml"} {
		if strings.HasPrefix(ref, "data:image/"+kind+";base64,") {
			return true
		}
	}
	return false
}

// harmlessStyle tells whether a value that may be a style refers only to the
// document itself. CSS escapes could spell anything, so people's styles have none.
func harmlessStyle(value string, people bool) bool {
	low := strings.ToLower(value)
	if people && strings.ContainsAny(low, `\@`) || strings.Contains(low, "image-set(") || strings.Contains(low, "javascript:") {
		return false
	}
	for rest := low; ; {
		_, after, found := strings.Cut(rest, "url(")
		if !found {
			return true
		}
		if !strings.HasPrefix(strings.TrimLeft(after, ` '"`), "#") {
			return false
		}
		rest = after
	}
}

// safeLink tells whether an address may be made clickable.
func safeLink(address string) bool {
	low := strings.ToLower(address)
	for _, scheme := range []string{"http://", "https://", "mailto:"} {
		if strings.HasPrefix(low, scheme) {
			return true
		}
	}
	return false
}
