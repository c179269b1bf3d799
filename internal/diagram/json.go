package diagram

import (
	"bytes"
	"encoding/json"

	"github.com/archsync/archsync/internal/change"
)

// marshal is json.Marshal that leaves the > of an arrow as it is.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// MarshalJSON writes the diagram as the data of "diagram show --json": components
// and connections in the file's order, absent texts null.
func (d *Diagram) MarshalJSON() ([]byte, error) {
	data := struct {
		Components  []Component  `json:"components"`
		Connections []Connection `json:"connections"`
	}{[]Component{}, []Connection{}}
	data.Components = append(data.Components, d.Components...)
	data.Connections = append(data.Connections, d.Connections...)
	return marshal(data)
}

// MarshalJSON writes id, label, shape, container and layer.
func (c Component) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		ID        string  `json:"id"`
		Label     *string `json:"label"`
		Shape     string  `json:"shape"`
		Container *string `json:"container"`
		Layer     *string `json:"layer"`
	}{c.ID, change.Present(c.Label), c.Shape, change.Present(c.Container), change.Present(c.Layer)})
}

// MarshalJSON writes id, from, to, label, arrows and layer.
func (c Connection) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		ID     string  `json:"id"`
		From   string  `json:"from"`
		To     string  `json:"to"`
		Label  *string `json:"label"`
		Arrows string  `json:"arrows"`
		Layer  *string `json:"layer"`
	}{c.ID, c.From, c.To, change.Present(c.Label), c.Arrows, change.Present(c.Layer)})
}
