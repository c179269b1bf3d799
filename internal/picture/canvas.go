package picture

import (
	"github.com/archsync/archsync/internal/change"
)

// Role is what a cell is part of. Whoever shows a drawing gives roles and marks
// their colours; a drawing that is shown without any says everything by its signs.
type Role uint8

// The roles.
const (
	Blank     Role = iota
	FrameLine      // the border of a container
	FrameName      // and its name
	BoxLine        // the border of a component
	BoxName        // its name
	BoxText        // rows of a table, messages, prose
	EdgeLine       // a connection
	EdgeName       // its label
	EdgeHead       // its arrowhead
)

// Cell is one character of a drawing.
type Cell struct {
	Text    string      // one grapheme; "" for the right half of the one before it
	Role    Role        // what it is part of
	Mark    change.Kind // what happened to that
	Subject string      // the component or connection; "" for none
}

// Subject is something of the diagram that was drawn.
type Subject struct {
	IDs        []string // of the component, or of the connections that are drawn as one
	Connection bool
	Label      string
	Mark       change.Kind
	Changed    change.Counts // it and what is folded into it
	Where      Rect          // the box, or the rectangle around the route

	leaf     bool // nothing else that can be selected stands in it
	outer    int  // of a component: the frame around it, or [layout.Root]
	from, to int  // of a connection: its ends, as positions in Canvas.subjects
}

// ID is the id that stands for all.
func (s Subject) ID() string { return s.IDs[0] }

// cell is how a canvas keeps a character. The texts are shared, so it is small.
type cell struct {
	text    string
	subject int32 // position in subjects; -1 for none
	role    Role
	mark    uint8 // position in kinds()
}

// Canvas is a drawing in terminal cells. It does not change once it was drawn; a
// screen shows a window of it.
type Canvas struct {
	Width, Height int
	Notes         []string // labels for which there was no room, by number

	cells    []cell
	subjects []Subject
	byID     map[string]int
	compared bool // whether anything may be marked
	ascii    bool // it is drawn with the signs of ASCII
}

func kinds() [6]change.Kind {
	return [6]change.Kind{"", change.Added, change.Removed, change.Changed, change.Renamed, change.Moved}
}

func kindIndex(k change.Kind) uint8 {
	for i, known := range kinds() {
		if known == k {
			return uint8(i)
		}
	}
	return 0
}

// At gives a cell; outside of the drawing everything is blank.
func (c *Canvas) At(x, y int) Cell {
	if x < 0 || y < 0 || x >= c.Width || y >= c.Height {
		return Cell{Text: " "}
	}
	k := c.cells[y*c.Width+x]
	out := Cell{Text: k.text, Role: k.role, Mark: kinds()[k.mark]}
	if k.subject >= 0 {
		out.Subject = c.subjects[k.subject].ID()
	}
	return out
}
