package chronicle

import (
	"cmp"
	"strings"

	"github.com/archsync/archsync/internal/change"
)

// Words say an event to somebody who knows what it is about, in a few words without a
// full stop: "status: planned → ongoing". Other people's text in them is as it was.
func (e Event) Words() string {
	from, to := change.Text(e.From), change.Text(e.To)
	switch e.Reason {
	case change.ReasonAdded:
		return "added"
	case change.ReasonRemoved, change.ReasonDelivered, change.ReasonDropped:
		return e.gone()
	case change.ReasonRenamed:
		if e.About == Item {
			return "imported again: was " + from
		}
		return "renamed from " + from
	case change.ReasonMoved:
		return "moved from " + from
	case change.ReasonRegrouped:
		return "moved from group " + from + " to " + to
	case change.ReasonReversed, change.ReasonRepointed:
		return string(e.Reason) + ": was " + from
	case change.ReasonCheckedIn:
		return "checked in on " + to
	case change.ReasonDueMoved:
		return slipped(from, to) + values("due", from, to)
	}
	return values(e.aspect(), from, to)
}

func (e Event) gone() string {
	switch e.Reason {
	case change.ReasonDelivered:
		return "left the board: delivered"
	case change.ReasonDropped:
		return "left the board: dropped"
	}
	if e.About == Item {
		return "left the board, neither done nor dropped"
	}
	return "removed"
}

func slipped(from, to string) string {
	if from != "" && to > from {
		return "slipped, "
	}
	return ""
}

// aspect is what of the subject changed.
func (e Event) aspect() string {
	switch e.Reason {
	case change.ReasonReshaped:
		return "shape"
	case change.ReasonRelabelled:
		return "label"
	case change.ReasonRestyled:
		return "style"
	case change.ReasonRetooltipped:
		return "tooltip"
	case change.ReasonStatus:
		if e.About == Decision {
			return "state"
		}
		return "status"
	case change.ReasonReowned:
		if e.About == Group {
			return "lead"
		}
		return "owner"
	case change.ReasonRetitled:
		return "title"
	case change.ReasonReplanned:
		return "plan"
	}
	return strings.ReplaceAll(cmp.Or(e.Field, string(e.Reason)), "_", " ")
}

// values are a fact's value before and after, in one line.
func values(aspect, from, to string) string {
	from, to = strings.Join(strings.Fields(from), " "), strings.Join(strings.Fields(to), " ")
	switch {
	case from == "":
		return aspect + ": " + to
	case to == "":
		return aspect + " taken out: was " + from
	}
	return aspect + ": " + from + " → " + to
}
