// Package agenda is what a sync is about and what came of it: the agenda before it,
// the minutes after it, the promises that items make with their dates and plans, and
// the radar, which finds where board and architecture say different things.
//
// All of it is computed from a timeline: from the log as it stands, the sync before,
// and what the earlier ones tell ([Past]). Nothing here reads a clock, a file or git.
// The results are values; Markdown is their one written form, from which package
// markdown makes the others.
package agenda
