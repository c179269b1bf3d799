package board

import "slices"

// The keys of an item.
const (
	keyID        = "id"
	keyTitle     = "title"
	keyStatus    = "status"
	keyOwner     = "owner"
	keySince     = "since"
	keyDue       = "due"
	keyPlan      = "plan"
	keyTouches   = "touches"
	keyDecisions = "decisions"
	keyBlockedBy = "blocked_by"
	keyLinks     = "links"
	keyRef       = "ref"
	keyNote      = "note"
)

// The keys of a group.
const (
	keyName      = "name"
	keyLead      = "lead"
	keyMembers   = "members"
	keyOwns      = "owns"
	keyCheckedIn = "checked_in"
	keyFormerly  = "formerly"
	keyArchived  = "archived"
	keyItems     = "items"
)

// itemKeys are the keys of an item in the order in which a new one is written.
var itemKeys = [...]string{
	keyID, keyTitle, keyStatus, keyOwner, keySince, keyDue, keyPlan,
	keyTouches, keyDecisions, keyBlockedBy, keyLinks, keyRef, keyNote,
}

// groupKeys are the keys of a group, items apart, in the order in which a new one
// is written; the items come last.
var groupKeys = [...]string{keyName, keyLead, keyMembers, keyOwns, keyCheckedIn, keyFormerly, keyArchived}

// scalar is the place of a known key that holds one text, nil for any other key.
func (it *Item) scalar(key string) *string {
	switch key {
	case keyID:
		return &it.ID
	case keyTitle:
		return &it.Title
	case keyStatus:
		return (*string)(&it.Status)
	case keyOwner:
		return &it.Owner
	case keySince:
		return &it.Since
	case keyDue:
		return &it.Due
	case keyPlan:
		return &it.Plan
	case keyRef:
		return &it.Ref
	case keyNote:
		return &it.Note
	}
	return nil
}

// list is the place of a known key that holds a list, nil for any other key.
func (it *Item) list(key string) *[]string {
	switch key {
	case keyTouches:
		return &it.Touches
	case keyDecisions:
		return &it.Decisions
	case keyBlockedBy:
		return &it.BlockedBy
	case keyLinks:
		return &it.Links
	}
	return nil
}

func (g *Group) scalar(key string) *string {
	switch key {
	case keyName:
		return &g.Name
	case keyLead:
		return &g.Lead
	case keyCheckedIn:
		return &g.CheckedIn
	case keyArchived:
		return &g.Archived
	}
	return nil
}

func (g *Group) list(key string) *[]string {
	switch key {
	case keyMembers:
		return &g.Members
	case keyOwns:
		return &g.Owns
	case keyFormerly:
		return &g.Formerly
	}
	return nil
}

// record is what an item and a group have in common: named texts and lists.
type record interface {
	scalar(key string) *string
	list(key string) *[]string
}

// rank is where a key stands in an order of keys; an unknown one comes last.
func rank(order []string, key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}
