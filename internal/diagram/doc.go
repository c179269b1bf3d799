// Package diagram reads D2 files as graphs of components, compares them by meaning
// and draws them. It is the only package that knows D2.
//
// [Compile] gives a [Diagram]: our own values, read from an fs.FS and nothing else.
// [Diff] compares two of them, [Diagram.Tree] and [TreeDiff] write them as lines for
// terminals and plain text, and a [Renderer] draws one as SVG on a placement of
// package layout. What people wrote is never trusted to be small, to end, or to be
// harmless in a browser or a terminal.
//
// # Names
//
// A component is named by its absolute D2 key, quoted where D2 wants quotes:
// storage.kafka, hosts."a.example". A connection is named by its ends as they were
// written, storage.kafka -> ingest.filler, with the arrows ->, <-, -- or <->. Where
// several have the same ends and arrows, those with a label carry it behind a
// colon, a -> b: reads; where that is still not enough, the second is a -> b #2.
// What stands in a layer, scenario or step has its path before it:
// layers.detail: a -> b, or layers.detail.steps.1: a.
//
// # Quirks of D2 v0.7.2
//
//   - Without the FS option imports are read from the working directory of the
//     process, so that a diagram of the past compiles against files of today. The
//     option is always given, with a reader of our own.
//   - Imports are joined to the folder of the importing file by their text; absolute
//     paths and those that leave the root arrive at the reader, which refuses them.
//   - It has no limits and no context: nested blocks recurse until the stack ends,
//     which cannot be recovered; depth is looked at before. What runs too long is left
//     behind, for there is no way to stop it.
//   - Lines and columns count from 0, columns in bytes. Messages repeat the place.
//   - Ids of connections are positional: (a -> b)[0] becomes [1] when another one is
//     written above. None of them is used.
//   - A scenario or step holds copies of everything in the board it extends.
//   - Objects are sorted by place alone, so a container may come after its children,
//     and places of an imported file are compared with those of the importing one.
//   - The label of a component defaults to its key; only a comparison of the two tells
//     whether somebody wrote it.
//   - A sequence diagram gets its lifelines, as further connections, when it is laid
//     out. They are no connections here.
//   - The layout plug-in must set where labels and icons stand before anything else:
//     tracing a route to a shape's outline reads them unchecked. It is called for every
//     plain graph: the board, each grid cell with children, each near container.
//     Edges across those borders go to a router of their own, while what stands around
//     them has no place yet; edges between the cells of a grid are drawn as straight
//     lines without asking. Both are led around boxes when all is placed.
//   - Tracing a route to an outline joins end segments under 10 pixels.
//   - d2lib reads an environment variable, changes its options and draws every layer.
//     It is not used: what it does between compiling and drawing is done here for one
//     board. Some packages log; the context carries a logger that discards.
//   - A text ruler costs tens of milliseconds to make and is not safe for two at once.
//   - sketch: true and LaTeX run JavaScript in an interpreter, for seconds. The first
//     is not drawn; the second is, once, within the limit of time.
//   - Markdown may hold any HTML, and some names reach the SVG unescaped, such as those
//     of classes and the constraints of tables: these are quoted or taken off before,
//     and the output is cleaned as a whole.
//   - The font is embedded, and labels have the room that it needs. A program that
//     does not read embedded fonts, such as rsvg-convert, draws them too wide.
package diagram
