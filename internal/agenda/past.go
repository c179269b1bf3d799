package agenda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/synclog"
)

// Past is what the closed syncs tell of items and components: which dates and plans
// an item promised and when, how it ended, and which components there ever were. It
// grows sync by sync with [Past.Add]. The zero value is a log without a closed sync.
type Past struct {
	syncs      []string          // their dates, oldest first
	items      map[string]life   // by id
	components map[string]string // the first sync that shows a component, by its reference
}

// life is an item from the first sync that shows it to the last.
type life struct {
	Title   string   `json:"t"`
	Group   string   `json:"g"`
	Status  string   `json:"s"` // in the last sync that shows it, as what follows
	Since   string   `json:"a,omitempty"`
	Touches []string `json:"x,omitempty"`
	First   string   `json:"f"` // dates of syncs
	Last    string   `json:"l"`
	Dues    []dated  `json:"d,omitempty"` // every value that due had, oldest first; "" where it was taken away
	Plans   []dated  `json:"p,omitempty"`
}

// dated is a value and the sync that shows it first.
type dated struct {
	Sync  string `json:"s"`
	Value string `json:"v,omitempty"`
}

// Add tells what the sync of a date shows. Syncs are added oldest first.
func (p *Past) Add(date string, l *synclog.Log) {
	if p.items == nil {
		p.items, p.components = map[string]life{}, map[string]string{}
	}
	p.syncs = append(p.syncs, date)
	for _, g := range l.Groups() {
		for _, it := range g.Items {
			p.items[it.ID] = p.items[it.ID].at(date, g.ID, it)
		}
	}
	for _, ref := range l.ComponentRefs() {
		if _, known := p.components[ref]; !known {
			p.components[ref] = date
		}
	}
}

// at is the life with one more sync that shows the item.
func (l life) at(date, group string, it board.Item) life {
	if l.First == "" {
		l.First = date
	}
	l.Title, l.Group, l.Status, l.Since, l.Touches, l.Last = it.Title, group, string(it.Status), it.Since, it.Touches, date
	l.Dues, l.Plans = recorded(l.Dues, date, it.Due), recorded(l.Plans, date, it.Plan)
	return l
}

// recorded is the list with a value that stands at a date, if it is another one.
func recorded(values []dated, date, value string) []dated {
	if n := len(values); n > 0 && values[n-1].Value == value || n == 0 && value == "" {
		return values
	}
	return append(slices.Clip(values), dated{date, value})
}

// Last is the date of the last closed sync; "" when there is none.
func (p *Past) Last() string {
	if len(p.syncs) == 0 {
		return ""
	}
	return p.syncs[len(p.syncs)-1]
}

// Syncs is how many closed syncs there are from a date on, that day included.
func (p *Past) Syncs(since string) int {
	i, _ := slices.BinarySearch(p.syncs, since)
	return len(p.syncs) - i
}

// ReadPast gathers the past of a timeline. What it learns it leaves in the memo, so
// that the next question reads only the syncs that came since. A snapshot that
// cannot be read is left out; the error is the context's.
func ReadPast(ctx context.Context, t chronicle.Timeline) (*Past, error) {
	keys := pastKeys(t.Snapshots)
	p, known := recall(t.Memo, keys)
	whole := true
	for _, s := range t.Snapshots[known:] {
		l, err := t.Read(ctx, s)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil {
			whole = false
			continue
		}
		p.Add(s.Date, l)
	}
	if whole && known < len(keys) && t.Memo != nil {
		if text, err := json.Marshal(p); err == nil {
			t.Memo.Put(keys[len(keys)-1], text)
		}
	}
	return p, nil
}

// pastKeys name the past up to each of the snapshots: by all of them, in order.
func pastKeys(snapshots []chronicle.Snapshot) []string {
	keys := make([]string, len(snapshots))
	chain := "agenda/past/1"
	for i, s := range snapshots {
		sum := sha256.Sum256([]byte(chain + "\n" + s.Date + "\n" + s.Commit))
		chain = hex.EncodeToString(sum[:])
		keys[i] = chain
	}
	return keys
}

// recall finds the longest past that is remembered, and how many snapshots it holds.
func recall(memo chronicle.Memo, keys []string) (p *Past, known int) {
	for i := len(keys); i > 0 && memo != nil; i-- {
		text, ok := memo.Get(keys[i-1])
		if !ok {
			continue
		}
		if p := (&Past{}); json.Unmarshal(text, p) == nil && len(p.syncs) == i {
			return p, i
		}
	}
	return &Past{}, 0
}

// pastFile is a past as the memo keeps it.
type pastFile struct {
	Syncs      []string            `json:"syncs"`
	Items      map[string]life     `json:"items"`
	Components map[string][]string `json:"components"` // by the sync that shows them first
}

// MarshalJSON is for the memo; the form is nobody else's business.
func (p *Past) MarshalJSON() ([]byte, error) {
	f := pastFile{Syncs: p.syncs, Items: p.items, Components: map[string][]string{}}
	for _, ref := range slices.Sorted(maps.Keys(p.components)) {
		f.Components[p.components[ref]] = append(f.Components[p.components[ref]], ref)
	}
	return json.Marshal(f)
}

// UnmarshalJSON is for the memo.
func (p *Past) UnmarshalJSON(text []byte) error {
	var f pastFile
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	*p = Past{syncs: f.Syncs, items: f.Items, components: map[string]string{}}
	for date, refs := range f.Components {
		for _, ref := range refs {
			p.components[ref] = date
		}
	}
	return nil
}
