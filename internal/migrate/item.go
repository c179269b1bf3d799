package migrate

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/archsync/archsync/internal/board"
)

// sourcePrefix goes before the name of a field that archsync knows under the
// same name in another form.
const sourcePrefix = "source_"

// item makes archsync's item of a source item. id, since and the mapped status
// are the caller's; the item's own since, when it is a date, wins.
func item(src source, id, since string, status board.Status, rawStatus string) board.Item {
	it := board.Item{ID: id, Status: status, Since: since, Ref: src.ref}
	for _, f := range src.fields {
		if !known(&it, f) {
			it.Extra = append(it.Extra, board.Field{Key: f.key, Value: f.value})
		}
	}
	if it.Title == "" {
		it.Title = src.ref // an item without a title would not pass check
	}
	if rawStatus != "" && src.status != string(status) {
		it.Extra = append(it.Extra, board.Field{Key: rawStatus, Value: src.status})
	}
	unclash(&it)
	return it
}

// known puts a field under archsync's key when it has the form of one.
func known(it *board.Item, f field) bool {
	if f.value == nil && reserved(f.key) {
		return true // null is what an absent key means
	}
	if to := textKey(it, f.key); to != nil {
		text, ok := f.value.(string)
		if !ok || !fits(f.key, text) {
			return false
		}
		if f.key != "since" || text != "" {
			*to = text
		}
		return true
	}
	if to := listKey(it, f.key); to != nil {
		list, ok := asTexts(f.value)
		if ok {
			*to = list
		}
		return ok
	}
	return false
}

func textKey(it *board.Item, key string) *string {
	switch key {
	case "title":
		return &it.Title
	case "owner":
		return &it.Owner
	case "since":
		return &it.Since
	case "due":
		return &it.Due
	case "plan":
		return &it.Plan
	case "note":
		return &it.Note
	}
	return nil
}

func listKey(it *board.Item, key string) *[]string {
	switch key {
	case "touches":
		return &it.Touches
	case "decisions":
		return &it.Decisions
	case "blocked_by":
		return &it.BlockedBy
	case "links":
		return &it.Links
	}
	return nil
}

// reserved tells whether archsync has a key of that name in its items.
func reserved(key string) bool {
	var it board.Item
	return key == "id" || key == "status" || key == "ref" || textKey(&it, key) != nil || listKey(&it, key) != nil
}

// fits tells whether a text has the form of a key's values.
func fits(key, text string) bool {
	switch key {
	case "since", "due":
		return text == "" || isDate(text)
	case "plan":
		_, _, err := board.ParsePlan(text)
		return text == "" || err == nil
	}
	return true
}

func asTexts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	texts := make([]string, len(list))
	for i, e := range list {
		if texts[i], ok = e.(string); !ok {
			return nil, false
		}
	}
	return texts, true
}

// unclash renames the fields that may not stay under their own name.
func unclash(it *board.Item) {
	for i := range it.Extra {
		f := &it.Extra[i]
		taken := func(key string) bool {
			return reserved(key) || slices.ContainsFunc(it.Extra, func(o board.Field) bool { return o.Key == key })
		}
		if !reserved(f.Key) {
			continue
		}
		name := sourcePrefix + f.Key
		for taken(name) {
			name = sourcePrefix + name
		}
		f.Key = name
	}
}

// newID makes the id of a source item from its group and ref. With an id that is
// taken it goes on to the next of the same sequence, so that the ids depend on
// the source and on what is there already, and on nothing else.
func newID(group, ref string, taken func(string) bool) (string, error) {
	return board.NewID(&stream{seed: sha256.Sum256(fmt.Appendf(nil, "%q %q", group, ref))}, taken)
}

// stream is an endless sequence of bytes made from a seed: the SHA-256 sums of
// seed and counter.
type stream struct {
	seed  [sha256.Size]byte
	count uint64
	rest  []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		if len(s.rest) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(s.seed[:], s.count))
			s.count++
			s.rest = sum[:]
		}
		used := copy(p[n:], s.rest)
		s.rest = s.rest[used:]
		n += used
	}
	return len(p), nil
}
