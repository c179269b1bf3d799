package agenda

import (
	"maps"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/plain"
)

// FindingKind says what a finding is about.
type FindingKind string

// The kinds of findings, in the order in which they are listed.
const (
	FindingMissing    FindingKind = "missing"    // an open item touches what no diagram has
	FindingRemoval    FindingKind = "removal"    // a planned removal of what other groups' open items touch
	FindingShared     FindingKind = "shared"     // two groups plan work on one component
	FindingUnseen     FindingKind = "unseen"     // an item is done, and no sync ever had its component
	FindingUnexpected FindingKind = "unexpected" // a component is new, and no item or decision touches it
)

// Finding is something worth a look. It may well be in order.
type Finding struct {
	Kind      FindingKind
	Component string
	Groups    []string // whose items these are
	Items     []string // ids
	Text      string   // in a line, as Markdown
}

// heldItem is an item and the id of the group that it is on the board of now.
type heldItem struct {
	group string
	item  board.Item
}

// Radar finds what is worth a look. Where a diagram or board cannot be read, or there
// is no diagram, nothing is known of components and nothing is found.
func (s *Sync) Radar() []Finding {
	if len(s.Now.Diagrams) == 0 || !s.Now.Whole() {
		return nil
	}
	open := s.openItems()
	return slices.Concat(s.missing(open), s.removals(open), s.shared(open), s.unseen(), s.unexpected())
}

func (s *Sync) openItems() []heldItem {
	var open []heldItem
	for _, g := range s.Now.Active() {
		for _, it := range g.Items {
			if !it.Status.Closed() {
				open = append(open, heldItem{g.ID, it})
			}
		}
	}
	return open
}

// missing are the components that open items touch and no diagram has.
func (s *Sync) missing(open []heldItem) []Finding {
	var found []Finding
	for _, h := range open {
		for _, ref := range h.item.Touches {
			if s.Now.HasComponent(ref) {
				continue
			}
			when := "which no diagram has yet"
			if _, was := s.Past.components[ref]; was {
				when = "which no diagram has any more"
			}
			found = append(found, s.finding(FindingMissing, ref, []heldItem{h}, s.itemName(h)+" touches "+code(ref)+", "+when))
		}
	}
	return found
}

// removalWords begin the title of an item that takes something away.
var removalWords = [...]string{"remove ", "retire ", "drop ", "end of ", "leave "}

// removes tells whether an item takes away what it touches, as far as the first words
// of its title say so. Titles are the only place where people say it.
func removes(it board.Item) bool {
	title := strings.ToLower(strings.TrimSpace(it.Title))
	return slices.ContainsFunc(removalWords[:], func(w string) bool { return strings.HasPrefix(title, w) })
}

// removals are the components that one group takes away while open items of other
// groups, which do not take them away too, touch them or something in them.
func (s *Sync) removals(open []heldItem) []Finding {
	var found []Finding
	for _, h := range open {
		if !removes(h.item) {
			continue
		}
		for _, ref := range h.item.Touches {
			others := touching(open, func(o heldItem, touched string) bool {
				return o.group != h.group && !removes(o.item) && within(touched, ref)
			})
			if len(others) > 0 {
				text := s.itemName(h) + " is to take " + code(ref) + " away, and others build on it: " + s.itemNames(others)
				found = append(found, s.finding(FindingRemoval, ref, append([]heldItem{h}, others...), text))
			}
		}
	}
	return found
}

// shared are the components that planned items of several groups touch. What is worked
// on already, people know of.
func (s *Sync) shared(open []heldItem) []Finding {
	planned := map[string][]heldItem{}
	for _, h := range open {
		for _, ref := range h.item.Touches {
			if h.item.Status == board.Planned && !slices.ContainsFunc(planned[ref], func(o heldItem) bool { return o.item.ID == h.item.ID }) {
				planned[ref] = append(planned[ref], h)
			}
		}
	}
	var found []Finding
	for _, ref := range slices.Sorted(maps.Keys(planned)) {
		if f := s.finding(FindingShared, ref, planned[ref], ""); len(f.Groups) > 1 {
			f.Text = code(ref) + " is in the plans of several groups: " + s.itemNames(planned[ref])
			found = append(found, f)
		}
	}
	return found
}

// unseen are components that no sync ever had though an item that touches them is
// done: on the board, or at the sync before. Connections are not remembered.
func (s *Sync) unseen() []Finding {
	var found []Finding
	for _, h := range s.lastDone() {
		for _, ref := range h.item.Touches {
			if _, was := s.Past.components[ref]; was || s.Now.HasComponent(ref) || strings.ContainsAny(ref, "<>") || strings.Contains(ref, "--") {
				continue
			}
			found = append(found, s.finding(FindingUnseen, ref, []heldItem{h}, s.itemName(h)+" is done, and "+code(ref)+", which it touches, was never on a diagram"))
		}
	}
	return found
}

// lastDone are the items that were done lately: those on the board, and those that
// the sync before was the last to show.
func (s *Sync) lastDone() []heldItem {
	var done []heldItem
	onBoard := map[string]bool{}
	for _, g := range s.Now.Active() {
		for _, it := range g.Items {
			onBoard[it.ID] = true
			if it.Status == board.Done {
				done = append(done, heldItem{g.ID, it})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Past.items)) {
		if l := s.Past.items[id]; !onBoard[id] && l.Status == string(board.Done) && l.Last == s.Past.Last() {
			done = append(done, heldItem{l.Group, board.Item{ID: id, Title: l.Title, Status: board.Done, Touches: l.Touches}})
		}
	}
	return done
}

// unexpected are the components that are new since the sync before, the outermost of
// those inside each other, and that no item or decision touches: neither them, nor
// what they are in, nor what is in them.
func (s *Sync) unexpected() []Finding {
	if s.first {
		return nil
	}
	var refs []string
	for _, g := range s.Now.Groups() {
		for _, it := range g.Items {
			refs = append(refs, it.Touches...)
		}
	}
	for _, d := range s.Now.Decisions {
		refs = append(refs, d.Touches...)
	}
	var fresh []string
	for _, c := range s.difference.Components {
		told := slices.ContainsFunc(refs, func(ref string) bool { return within(c.Subject, ref) || within(ref, c.Subject) })
		if c.Kind == change.Added && !told {
			fresh = append(fresh, c.Subject)
		}
	}
	var found []Finding
	for _, name := range fresh {
		if !slices.ContainsFunc(fresh, func(o string) bool { return o != name && within(name, o) }) {
			found = append(found, Finding{Kind: FindingUnexpected, Component: name, Text: code(name) + " is new, and no item or decision touches it"})
		}
	}
	return found
}

// touching are the items for which yes holds with something that they touch.
func touching(items []heldItem, yes func(heldItem, string) bool) []heldItem {
	var found []heldItem
	for _, h := range items {
		if slices.ContainsFunc(h.item.Touches, func(ref string) bool { return yes(h, ref) }) {
			found = append(found, h)
		}
	}
	return found
}

// finding gathers whose items a finding is about.
func (s *Sync) finding(kind FindingKind, component string, items []heldItem, text string) Finding {
	f := Finding{Kind: kind, Component: component, Text: text}
	for _, h := range items {
		f.Items = append(f.Items, h.item.ID)
		if !slices.Contains(f.Groups, h.group) {
			f.Groups = append(f.Groups, h.group)
		}
	}
	return f
}

// itemName names an item with its group.
func (s *Sync) itemName(h heldItem) string {
	return plain.Markdown(h.item.Title) + " " + code(h.item.ID) + enclosed(plain.Markdown(s.nameOf(h.group)))
}

func (s *Sync) itemNames(items []heldItem) string {
	names := make([]string, len(items))
	for i, h := range items {
		names[i] = s.itemName(h)
	}
	return strings.Join(names, ", ")
}

// WorthALook is the section of findings in Markdown; "" for none.
func WorthALook(found []Finding) string {
	var p page
	p.section("Worth a look", findingTexts(found))
	return p.String()
}

func findingTexts(found []Finding) []string {
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Text
	}
	return texts
}
