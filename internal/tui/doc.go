// Package tui is archsync on a terminal: the board, the architecture and the
// history of a log, all as of one moment, the cursor, and compared with another,
// the base.
//
// The rules of this package, and what they prevent:
//
//   - There is one Bubble Tea model, [Model]. Screens and overlays are plain parts
//     with verbs, not models in a tree, so that there is one place where a message
//     is routed and one where time is kept.
//   - Update does no I/O and View changes nothing. What reads or writes is a
//     command, and a command closes over values, never over the model: it runs in
//     another goroutine while keys go on being pressed.
//   - Every question about the present carries a generation. An answer of an older
//     generation is dropped: it would show a file as it no longer is.
//   - Writes stand in one queue and are made of the log as it is when their turn
//     comes, so that keys pressed faster than a disk writes lose nothing.
//   - Size is an argument. Nothing remembers how large it was drawn.
//   - The picture of the architecture is drawn by one command at a time, and a part
//     of the timeline placed as one by another, so that stepping stands still
//     (paint.go, film.go). Both are given up when something else is wanted. What a
//     drawing is made of is its key; until it is there the one before stays, and says so.
//   - Lines are made of spans with roles and become colours at the very end
//     (theme.go). Marks and words carry every meaning that a colour carries.
//   - Text of a log is other people's: it passes through plain.Line or plain.Text
//     where a span is made of it, and cells are counted with an ANSI- and
//     width-aware measure, never with len.
//
// The package knows no git, no D2, no disk, no clock: these come in as [Log] and
// [Host].
package tui
