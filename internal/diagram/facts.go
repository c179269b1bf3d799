package diagram

import "github.com/archsync/archsync/internal/change"

// Facts are what the component says beside its name and place. Absent values are
// left out.
func (c Component) Facts() []change.Fact {
	style := withLink(c)
	return present([]change.Fact{
		{Key: "label", Values: []string{c.Label}}, {Key: "shape", Values: []string{c.Shape}},
		{Key: "container", Values: []string{c.Container}}, {Key: "tooltip", Values: []string{c.Tooltip}},
		{Key: "content", Values: []string{c.Content}}, {Key: "style", Values: []string{describe(style, sortedKeys(style))}},
	})
}

// Facts are what the connection says: from, to and arrows as if it had been written
// along its arrow, label and style. Absent values are left out.
func (c Connection) Facts() []change.Fact {
	l := newLink(&c, func(id string) string { return id })
	style := l.upright()
	return present([]change.Fact{
		{Key: "from", Values: []string{l.from}}, {Key: "to", Values: []string{l.to}},
		{Key: "arrows", Values: []string{l.arrow}}, {Key: "label", Values: []string{c.Label}},
		{Key: "style", Values: []string{describe(style, sortedKeys(style))}},
	})
}

func present(facts []change.Fact) []change.Fact {
	var kept []change.Fact
	for _, f := range facts {
		if f.Values[0] != "" {
			kept = append(kept, f)
		}
	}
	return kept
}
