package synclog

import (
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Words says one change of a component or connection as a person would; name
// dresses keys and labels.
func Words(c change.Change, name func(string) string) string {
	subject, from, to := name(c.Subject), change.Text(c.From), change.Text(c.To)
	switch c.Reason {
	case change.ReasonAdded:
		return "added " + subject
	case change.ReasonRemoved:
		return "removed " + subject
	case change.ReasonRenamed:
		return "renamed " + name(from) + " to " + subject
	case change.ReasonMoved:
		return "moved " + name(from) + " to " + subject
	case change.ReasonRepointed:
		return "repointed " + name(from) + " to " + subject
	case change.ReasonReversed:
		return "reversed " + name(from) + " to " + subject
	case change.ReasonReshaped:
		return "reshaped " + subject + between(name, from, to)
	case change.ReasonRelabelled:
		return "relabelled " + subject + between(name, from, to)
	case change.ReasonRetooltipped:
		return "changed the tooltip of " + subject + between(name, from, to)
	}
	return string(c.Reason) + " " + subject + between(name, from, to)
}

// between words a pair of values that are short enough for a line.
func between(name func(string) string, from, to string) string {
	if len(from)+len(to) > 160 || strings.ContainsAny(from+to, "\r\n") {
		return ""
	}
	switch {
	case from == "":
		return ": " + name(to)
	case to == "":
		return ": no longer " + name(from)
	}
	return ": " + name(to) + ", was " + name(from)
}
