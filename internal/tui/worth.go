package tui

import (
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/markdown"
	"github.com/archsync/archsync/internal/plain"
)

// worthSign marks what is worth a look: it may well be in order.
const worthSign = "◆"

// worth are the findings about an item. Only the present has any, once it was
// compared with the past.
func (m *Model) worth(item string) []agenda.Finding {
	return m.findings(func(f agenda.Finding) bool { return slices.Contains(f.Items, item) })
}

// worthOf are the findings about a component, by its reference.
func (m *Model) worthOf(component string) []agenda.Finding {
	return m.findings(func(f agenda.Finding) bool { return f.Component == component })
}

func (m *Model) findings(about func(agenda.Finding) bool) []agenda.Finding {
	if !m.isNow() || m.sync.prepared == nil {
		return nil
	}
	var found []agenda.Finding
	for _, f := range m.sync.agenda.Worth {
		if about(f) {
			found = append(found, f)
		}
	}
	return found
}

// worth says what of the thing is worth a look.
func (d *detail) worth(found []agenda.Finding) {
	if len(found) == 0 {
		return
	}
	d.head("Worth a look")
	for _, f := range found {
		text := plain.Line(strings.TrimSpace(markdown.Text(f.Text)))
		d.add(wrapLine(line{say(roleWarn, " "+worthSign+" ")}, roleText, text, d.width-1)...)
	}
}
