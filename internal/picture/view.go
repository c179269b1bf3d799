package picture

import (
	"strconv"

	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/diagram"
)

// View is the graph that is drawn: what is left of a layer after folding and
// focusing. It does not change once it was made.
type View struct {
	Nodes []Node // a container before what stands in it
	Edges []Edge

	board diagram.Board
}

// Kind is how a node is drawn.
type Kind int

// The kinds of nodes.
const (
	Box    Kind = iota // a name in a box
	Frame              // around other nodes, the name on its border
	Folded             // a container as a box, with counts of what is in it
	Table              // a name, a line, and rows: SQL tables and classes
	Text               // lines without a name: markdown, code, plain text
	List               // a name and rows: a sequence diagram's messages
	Grid               // boxes in rows and columns
)

// Node is a component as it is drawn.
type Node struct {
	ID     string // of the component; "" for a layer that is drawn as one node
	Parent int    // position in View.Nodes of the frame around it, or [layout.Root]
	Kind   Kind
	Shape  string // D2's word
	Label  string // one or more lines, safe to print
	Lines  []Line // what stands in it besides the label; of a grid, its cells
	Loops  []Line // connections from it to itself
	Across int    // of a grid: cells in a row

	Mark   change.Kind   // what happened to it; "" for nothing
	Inside int           // of a folded one: components in it, at any depth
	Hidden []string      // the ids of what it stands for besides itself
	Counts change.Counts // of a folded one: what happened in it

	style map[string]string
	talk  *talk // of a sequence diagram: what the first of its lines say
	flows bool  // its lines are prose, and are broken where they are too long
	alone bool  // no connection ends at it

	others bool // it stands for several bystanders
}

// bare tells whether a node has no border.
func (n Node) bare() bool {
	return n.Mark == "" && (n.Kind == Text && n.Shape == "text" || n.Kind != Folded && n.Label == "" && len(n.Lines) == 0 && n.unseen())
}

// unseen tells whether the diagram wants nothing painted of a node itself: it keeps room.
func (n Node) unseen() bool {
	return n.style["opacity"] == "0" || n.style["fill"] == "transparent" && (n.style["stroke"] == "transparent" || n.style["stroke-width"] == "0")
}

// Line is a line of text inside a node, with the subject it tells of.
type Line struct {
	Text    string
	Subject string // "" for the node itself
	Mark    change.Kind

	whole bool   // it is not broken, however narrow lines are wanted
	bare  bool   // of a grid: the cell has no border
	shape string // of a grid: D2's word for the cell
}

// Edge is a connection as it is drawn, or several that are drawn as one.
type Edge struct {
	IDs      []string // of the connections, the first stands for all
	From, To int      // positions in View.Nodes
	Arrows   string   // "->", "<-", "--" or "<->"
	Label    string
	Dashed   bool
	Mark     change.Kind

	Head, Tail           string // D2's words for arrowheads that are no plain arrows
	HeadLabel, TailLabel string

	place          diagram.Place
	group          string // of a message, the id of the group that it stands in
	fromRow, toRow string // the columns of tables that it joins; "" where it joins the whole
}

// text is the label without the mark and, of several connections, with how many.
func (e Edge) text() string {
	s := e.Label
	if e.TailLabel != "" || e.HeadLabel != "" {
		s = join(" ", e.TailLabel, s, e.HeadLabel)
	}
	if len(e.IDs) > 1 {
		s = join(" ", s, "×"+strconv.Itoa(len(e.IDs)))
	}
	return s
}

// headed and tailed tell whether there is an arrowhead at the second and the first
// end.
func (e Edge) headed() bool {
	return e.Arrows != "" && e.Arrows[len(e.Arrows)-1] == '>' && e.Head != "none"
}
func (e Edge) tailed() bool { return e.Arrows != "" && e.Arrows[0] == '<' && e.Tail != "none" }

// badge is what a folded container says of its inside: "▸4 +1 ~1".
func (n Node) badge() string {
	if n.Kind != Folded {
		return ""
	}
	return join(" ", "▸"+strconv.Itoa(n.Inside), n.Counts.String())
}

// join puts the parts that are not empty together.
func join(between string, parts ...string) string {
	s := ""
	for _, p := range parts {
		if p != "" && s != "" {
			s += between
		}
		s += p
	}
	return s
}
