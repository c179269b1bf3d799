// Package synclog is the whole log at one moment: every board file, diagram,
// decision, breakout and record, read from an [fs.FS], checked against each
// other, and compared with another moment.
//
// A moment is only an fs.FS rooted at the repository, so the present, the past
// and a test are read by the same functions. What is parsed is memoised by
// content: a [Reader] that reads a whole history costs as much as its distinct
// files. Nothing here knows git, the operating system or the clock.
package synclog
