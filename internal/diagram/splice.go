package diagram

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"oss.terrastruct.com/d2/d2ast"
	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2parser"

	"github.com/archsync/archsync/internal/problem"
)

// edits are pieces of text to be replaced, by the path of their file.
type edits map[string]splices

// splices are the pieces of one file, each once: D2 lists a reference again for
// every layer that takes it over.
type splices map[splice]bool

type splice struct {
	start, end int
	text       string
}

// apply replaces the pieces. They do not overlap: each stands for one key.
func (s splices) apply(text string) string {
	var b strings.Builder
	at := 0
	for _, p := range slices.SortedFunc(maps.Keys(s), func(a, b splice) int { return cmp.Compare(a.start, b.start) }) {
		b.WriteString(text[at:p.start])
		b.WriteString(p.text)
		at = p.end
	}
	b.WriteString(text[at:])
	return b.String()
}

func (e edits) add(file string, p splice) {
	if e[file] == nil {
		e[file] = splices{}
	}
	e[file][p] = true
}

// touch tells whether a diagram reads one of the files.
func (e edits) touch(d *Diagram) bool {
	return slices.ContainsFunc(d.sources, func(s Source) bool { return len(e[s.Path]) > 0 })
}

// collect finds every piece of a diagram's files that names the component.
func (e edits) collect(c *compiled, k rekey) error {
	layers := k.layers(c.diagram)
	w := writer{edits: e, rekey: k, texts: c.reader.texts}
	for b := range boards(c.graph) {
		if !layers[b.layer] {
			continue
		}
		for _, o := range b.graph.Objects {
			if err := w.object(o); err != nil {
				return err
			}
		}
	}
	for _, source := range c.diagram.sources {
		w.values(source)
	}
	return w.written(c.diagram, layers)
}

// writer finds what has to be rewritten for one key.
type writer struct {
	edits edits
	rekey rekey
	texts map[string]string
}

func (w writer) object(o *d2graph.Object) error {
	if o.NearKey != nil {
		w.value(o.NearKey.Range, texts(o.NearKey.Path))
	}
	if !w.rekey.is(o) {
		return nil
	}
	for _, r := range o.References {
		if err := w.reference(r.Key.Path, r.KeyPathIndex); err != nil {
			return err
		}
	}
	return nil
}

// reference rewrites the part of a written key that differs. It ends in the segment
// at index, which names the component.
func (w writer) reference(key []*d2ast.StringBox, index int) error {
	k := w.rekey
	if !names(key[index], k.old[len(k.old)-1]) {
		return nil // a pattern
	}
	last := key[index].Unbox().GetRange()
	first := index - (len(k.old) - 1 - k.kept)
	if first < 0 || !k.spells(key[first:index]) {
		return w.inBlock(last)
	}
	from := key[first].Unbox().GetRange()
	raw, ok := cut(w.texts[last.Path], last)
	if !ok || !isSpelled(raw, k.old[len(k.old)-1]) {
		return problem.Problem{Path: last.Path, Line: last.Start.Line + 1, What: "the place of the key is not known", Hint: "save the file as UTF-8"}
	}
	text := quotePath(k.new[k.kept : len(k.new)-1])
	if text != "" {
		text += "."
	}
	w.edits.add(last.Path, splice{from.Start.Byte, last.End.Byte, text + like(raw, k.new[len(k.new)-1])})
	return nil
}

// spells tells whether segments are those of the old key before its last, from the
// first that differs.
func (k rekey) spells(segments []*d2ast.StringBox) bool {
	return slices.EqualFunc(segments, k.old[k.kept:len(k.old)-1], names)
}

// names tells whether a written segment is a text: _ and patterns are none.
func names(s *d2ast.StringBox, text string) bool {
	if u, ok := s.Unbox().(*d2ast.UnquotedString); ok && (u.Pattern != nil || u.ScalarString() == "_") {
		return false
	}
	return strings.EqualFold(s.Unbox().ScalarString(), text)
}

// inBlock refuses what would have to move from one pair of braces to another.
func (w writer) inBlock(at d2ast.Range) error {
	k := w.rekey
	home := quotePath(k.new[:len(k.new)-1])
	hint := fmt.Sprintf("cut these lines out and put them into the block of %s; archsync check names the references that are left", home)
	if home == "" {
		hint = "keys are absolute: to keep its container, write " + quotePath(append(slices.Clone(k.old[:len(k.old)-1]), k.new...))
	}
	return problem.Problem{
		Path: at.Path, Line: at.Start.Line + 1, Column: at.Start.Column + 1,
		What: fmt.Sprintf("%q cannot move to %q: here it stands in the block of %s", k.id(), k.text(), quotePath(k.old[:len(k.old)-1])),
		Hint: hint,
	}
}

// cut is the text of a place.
func cut(text string, at d2ast.Range) (string, bool) {
	if at.Start.Byte < 0 || at.End.Byte > len(text) || at.Start.Byte > at.End.Byte {
		return "", false
	}
	return text[at.Start.Byte:at.End.Byte], true
}

// texts are segments as people read them.
func texts(path []*d2ast.StringBox) []string {
	plain := make([]string, len(path))
	for i, s := range path {
		plain[i] = s.Unbox().ScalarString()
	}
	return plain
}

// isSpelled tells whether raw text is a segment with this text, quoted or not.
func isSpelled(raw, text string) bool {
	path, err := d2parser.ParseKey(raw)
	return err == nil && len(path.Path) == 1 && strings.EqualFold(path.Path[0].Unbox().ScalarString(), text)
}

// like spells a segment in the quotes that another one had, and with the quotes that
// it needs.
func like(raw, segment string) string {
	for _, quote := range []string{`"`, `'`} {
		if strings.HasPrefix(raw, quote) && !strings.ContainsAny(segment, quote+"\\$\n") {
			return quote + segment + quote
		}
	}
	return quoteKey(segment)
}

// value rewrites a value that is a whole key.
func (w writer) value(at d2ast.Range, segments []string) {
	next, named := w.rekey.rewrite(segments)
	raw, ok := cut(w.texts[at.Path], at)
	if !named || !ok || at.Path == "" {
		return
	}
	text := quotePath(next)
	if quote := raw[:min(1, len(raw))]; (quote == `"` || quote == `'`) && !strings.ContainsAny(text, quote+"\\$") {
		text = quote + text + quote
	} else {
		text = quoteValue(text)
	}
	w.edits.add(at.Path, splice{at.Start.Byte, at.End.Byte, text})
}

// values rewrites what names the component without being a key of D2's graph: the
// values of &src and &dst, and the path of what is imported out of a file.
func (w writer) values(source Source) {
	if !strings.ContainsAny(source.Text, "&@") {
		return
	}
	file, _ := d2parser.Parse(source.Path, strings.NewReader(source.Text), nil)
	d2ast.Walk(file, func(n d2ast.Node) bool {
		switch n := n.(type) {
		case *d2ast.Key:
			w.filter(n)
		case *d2ast.Import:
			w.imported(source.Path, n)
		}
		return true
	})
}

// filter rewrites &src and &dst, whose values D2 compares with whole keys, unquoted.
func (w writer) filter(k *d2ast.Key) {
	if !k.Ampersand && !k.NotAmpersand || k.Key == nil || len(k.Key.Path) != 1 {
		return
	}
	word := k.Key.Path[0].Unbox().ScalarString()
	if value := k.Value.ScalarBox().Unbox(); (word == "src" || word == "dst") && value != nil {
		w.value(value.GetRange(), strings.Split(value.ScalarString(), "."))
	}
}

// imported rewrites @file.KEY where the file is one of those that name the component,
// and KEY, or the beginning of it, ends as the component's does.
func (w writer) imported(in string, i *d2ast.Import) {
	k := w.rekey
	from := path.Join(path.Dir(in), i.PathWithPre()+".d2")
	if k.kept < len(k.old)-1 || len(w.edits[from]) == 0 {
		return
	}
	for n := 1; n < len(i.Path) && n <= len(k.old); n++ {
		at := i.Path[n].Unbox().GetRange()
		raw, ok := cut(w.texts[in], at)
		if ok && slices.EqualFunc(i.Path[1:n+1], k.old[len(k.old)-n:], names) {
			w.edits.add(in, splice{at.Start.Byte, at.End.Byte, like(raw, k.new[len(k.new)-1])})
		}
	}
}
