// Package picture draws diagrams in terminal cells: boxes and frames of box drawing
// characters, connections with arrowheads and labels, differences in three signs.
//
// A [Scene] is a diagram, or the difference between two; what was removed stands in
// it as a ghost, so that both moments share one placement. A [Choice] says what of it
// is to be seen: a layer, a [Zoom], which containers are folded, the neighbourhood of
// one component. [Scene.View] makes the graph that is left, a pure function. [Draw]
// places it on [Paper] and gives a [Canvas], a value: [Canvas.Window] shows a part of
// it, and costs as much as the part is large; other methods find what is where.
//
// # How a drawing comes about
//
// The graph is measured in lines between the middles of cells, so that borders and
// routes both lie on whole numbers, and placed by package layout to the right; if it
// does not fit downwards; if that does not fit either with narrower texts and less
// room. What is chosen is rounded, and rows and columns that hold nothing but lines
// running along are dropped. Then frames, boxes, connections, arrowheads and texts
// are drawn in this order. A label stands in a gap of its own line where room was
// kept for it, else beside it; where neither is possible the label is a numbered
// note below the drawing.
//
// What no layered layout can draw is one node: a sequence diagram is its lifelines with
// the messages between them, in frames where they are grouped, or where that is too wide
// the list of its messages; a table or class its rows, at which connections to its columns
// end; a grid of plain boxes its cells. In other grids [layout.Gridded] keeps the order. A
// connection from a component to itself is a line in its box.
//
// # Cells
//
// A cell has a [Role] and a kind of change, never a colour. Every change is told
// three times: by its kind, by its lines (added heavy, removed dashed, changed double,
// renamed and moved double on two sides) and by its mark (+ - ~ >), so that a drawing
// without any colour says the same. Widths are those of Unicode's East Asian width
// and emoji rules, by graphemes. What people wrote comes through package plain.
package picture
