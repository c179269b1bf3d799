package board

import (
	"bytes"
	"encoding/json"
	"math"
)

// MarshalJSON writes the item with its file's keys: all known ones, an absent
// scalar as null and an absent list as [], then the unknown ones with their values.
func (it Item) MarshalJSON() ([]byte, error) {
	var o object
	for _, key := range itemKeys {
		if list := it.list(key); list != nil {
			o.add(key, orEmpty(*list))
		} else {
			o.add(key, orNull(*it.scalar(key)))
		}
	}
	for _, f := range it.Extra {
		o.add(f.Key, finite(f.Value))
	}
	return o.bytes()
}

// MarshalJSON writes the group as the board shows it: id, name, lead, checked_in
// and items.
func (g Group) MarshalJSON() ([]byte, error) {
	var o object
	o.add("id", g.ID)
	o.add(keyName, orNull(g.Name))
	o.add(keyLead, orNull(g.Lead))
	o.add(keyCheckedIn, orNull(g.CheckedIn))
	o.add(keyItems, orEmpty(g.Items))
	return o.bytes()
}

// object writes a JSON object whose keys keep their order.
type object struct {
	buf bytes.Buffer
	err error
}

func (o *object) add(key string, value any) {
	if o.buf.Len() > 0 {
		o.buf.WriteByte(',')
	}
	o.write(key)
	o.buf.WriteByte(':')
	o.write(value)
}

// write leaves < and > as they are: connections are full of them, and whoever puts
// JSON into a page escapes it there.
func (o *object) write(value any) {
	enc := json.NewEncoder(&o.buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil && o.err == nil {
		o.err = err
		return
	}
	o.buf.Truncate(o.buf.Len() - 1) // Encode ends the line
}

func (o *object) bytes() ([]byte, error) {
	return append(append([]byte{'{'}, o.buf.Bytes()...), '}'), o.err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// finite replaces what YAML has and JSON has not, infinities and NaN, by its YAML text.
func finite(value any) any {
	switch v := value.(type) {
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return flowText(v)
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = finite(e)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for k, e := range v {
			object[k] = finite(e)
		}
		return object
	}
	return value
}
