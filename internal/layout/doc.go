// Package layout places a compound graph: boxes inside boxes, joined by edges,
// go in with their sizes; positions and routes come out. It knows no diagram
// language, no file and no screen. Lengths are in whatever unit the caller
// measures in (pixels of an SVG, cells of a terminal), as long as the [Spacing]
// is in the same one.
//
// An [Engine] is a function. [ELK] makes the one that archsync uses, out of
// github.com/d2lang/elk-go, which no other package imports. A [Placement] is a
// value: it says by which engine it was made, can be written as JSON and be read
// back a year later, when the engine would decide otherwise.
//
// # Still pictures
//
// The versions of a graph are drawn so that what they share stays where it is. [Still]
// knows all of them: their union is placed once, and folded for each version (fold.go).
// A [Camera] knows only the one before: what is new is put between what stands
// (insert.go), gets routes (wire.go), and the rest makes room. Both end in the same
// step: on each axis every box, route and label keeps its distance from what it
// faces (rules.go), and among the places that allow it takes those nearest to where
// it was (solve.go). The order of boxes, by their left and upper sides, never changes
// outside of keyframes. Ports are only where the engine begins: an edge may come to end
// beside its column of a table.
//
// # Quirks of elk-go v0.2.0
//
//   - It ports the layered algorithm of Eclipse ELK 0.12 as D2 calls it. Options
//     outside D2's profile are accepted and may do nothing (mergeEdges), panic
//     (post-compaction) or give useless drawings (INTERACTIVE crossing
//     minimisation with containers). The options set here are the tried ones.
//   - Layout changes its argument in place, knows no context and may panic on odd
//     graphs. It runs in its own goroutine here, recovered; past the deadline it is
//     left behind to finish alone, because nothing can stop it.
//   - Edges across containers need hierarchyHandling INCLUDE_CHILDREN on the root
//     and on every container, and all edges listed at the root.
//   - nodeSize.minimum of a container is read as (height, width) when the direction
//     is DOWN or UP, but for one that is laid out by itself (SEPARATE_CHILDREN).
//   - Node positions are relative to their container. Edge coordinates are relative
//     to the container that the engine names in the edge, which need not be the
//     common container of its ends; those of an edge from a container to something
//     inside it lack the place of what the container stands in (origin.go).
//   - Node and edge ids share one name space. Ids made from positions in the graph
//     are used, so that no text of a diagram can collide or need quoting.
//   - Where a route crosses the border of a container it may be off by a unit or
//     less, and slants.
//   - A self loop's label gets no room of its own: the loop's distance is widened.
//   - It is deterministic and safe to call from several goroutines.
package layout
