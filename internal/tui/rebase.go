package tui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/synclog"
)

// overtakenError says that somebody else changed what an edit set.
type overtakenError struct{ what string }

func (e *overtakenError) Error() string { return e.what }

// rebase makes an edit of older files once more of the present ones, by what it
// means: items come and go, keys of items get the values that the edit gave them.
// What is so already is left alone; what somebody else gave another value is an
// *overtakenError, and nothing is to be written.
func rebase(l *synclog.Log, e synclog.Edit) (synclog.Edit, error) {
	next := synclog.Edit{Summary: e.Summary}
	for _, f := range e.Files {
		at := slices.IndexFunc(l.Files, func(now *board.File) bool { return now.Path() == f.Path })
		if at < 0 {
			return e, &overtakenError{fmt.Sprintf("%q is no longer there: %s", f.Path, e.Summary)}
		}
		from, _ := board.Parse(f.Path, f.Before)
		to, _ := board.Parse(f.Path, f.After)
		made, err := rebaseFile(l.Files[at], from, to)
		if err != nil {
			return e, fmt.Errorf("%s: %w", e.Summary, err)
		}
		if before := l.Files[at].Bytes(); string(before) != string(made.Bytes()) {
			next.Files = append(next.Files, synclog.FileEdit{Path: f.Path, Before: before, After: made.Bytes()})
		}
	}
	return next, nil
}

// rebaseFile does to now what makes to of from.
func rebaseFile(now, from, to *board.File) (*board.File, error) {
	var err error
	if set := to.Group().CheckedIn; set != from.Group().CheckedIn { // the one key of a group that is set here
		if now, err = now.SetField("checked_in", orNil(set)); err != nil {
			return nil, err
		}
	}
	for _, it := range from.Group().Items {
		if _, stays := to.Item(it.ID); !stays {
			if now, err = takeOut(now, it); err != nil {
				return nil, err
			}
		}
	}
	for _, it := range to.Group().Items {
		old, was := from.Item(it.ID)
		if was {
			now, err = setLike(now, old, it)
		} else {
			now, err = putIn(now, to, it)
		}
		if err != nil {
			return nil, err
		}
	}
	return now, nil
}

func takeOut(now *board.File, it board.Item) (*board.File, error) {
	present, there := now.Item(it.ID)
	switch {
	case !there:
		return now, nil
	case !present.Same(it):
		return nil, &overtakenError{fmt.Sprintf("%s %q was changed meanwhile", it.ID, it.Title)}
	}
	return now.RemoveItem(it.ID)
}

// putIn adds an item by its own lines, as its file has them.
func putIn(now, its *board.File, it board.Item) (*board.File, error) {
	if present, there := now.Item(it.ID); there {
		if present.Same(it) {
			return now, nil
		}
		return nil, &overtakenError{fmt.Sprintf("%s %q was changed meanwhile", it.ID, present.Title)}
	}
	if raw, ok := its.Raw(it.ID); ok {
		if next, err := now.AddRaw(raw); err == nil {
			return next, nil
		}
	}
	return now.AddItem(it)
}

// setLike gives the keys of an item that differ between two forms of it the values
// of the second.
func setLike(now *board.File, from, to board.Item) (*board.File, error) {
	for _, key := range itemKeys() {
		old, set := valueOf(from, key), valueOf(to, key)
		if reflect.DeepEqual(old, set) {
			continue
		}
		present, there := now.Item(to.ID)
		switch value := valueOf(present, key); {
		case !there:
			return nil, &overtakenError{fmt.Sprintf("%s %q is no longer there", to.ID, to.Title)}
		case reflect.DeepEqual(value, set):
			continue
		case !reflect.DeepEqual(value, old):
			return nil, &overtakenError{fmt.Sprintf("%s of %q was changed meanwhile", strings.ReplaceAll(key, "_", " "), present.Title)}
		}
		var err error
		if now, err = now.SetItem(to.ID, key, set); err != nil {
			return nil, err
		}
	}
	return now, nil
}

// itemKeys are the keys that the screens give values, and since, which comes with a
// status.
func itemKeys() []string {
	return []string{"title", "status", "owner", "since", "due", "plan", "touches", "blocked_by", "decisions", "links", "note"}
}

// valueOf is the value of a key of an item, as it is set: nil for none, a text or a
// list.
func valueOf(it board.Item, key string) any {
	switch key {
	case "title":
		return orNil(it.Title)
	case "status":
		return orNil(string(it.Status))
	case "owner":
		return orNil(it.Owner)
	case "since":
		return orNil(it.Since)
	case "due":
		return orNil(it.Due)
	case "plan":
		return orNil(it.Plan)
	case "touches":
		return listOrNil(it.Touches)
	case "blocked_by":
		return listOrNil(it.BlockedBy)
	case "decisions":
		return listOrNil(it.Decisions)
	case "links":
		return listOrNil(it.Links)
	case "note":
		return orNil(it.Note)
	}
	return nil
}
