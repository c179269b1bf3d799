package agenda

import (
	"time"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/change"
)

// The forms of agenda, minutes and plans in JSON, as docs/json.md has them: absent
// scalars are null, absent lists empty, durations seconds.

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

type jsonAgenda struct {
	Title     string         `json:"title"`
	Date      string         `json:"date"`
	Begin     *string        `json:"begin"`
	Length    int64          `json:"length_seconds"`
	Previous  *string        `json:"previous"`
	Breakouts []jsonBreakout `json:"breakouts"`
	Decisions []jsonDecision `json:"decisions"`
	Turns     []jsonTurn     `json:"turns"`
	Quiet     []jsonTurn     `json:"quiet"`
	Links     []jsonLink     `json:"links"`
	Total     int64          `json:"total_seconds"`
	Overflow  []string       `json:"overflow"`
	Worth     any            `json:"worth"`
}

type jsonBreakout struct {
	ID         string   `json:"id"`
	Topic      string   `json:"topic"`
	People     []string `json:"people"`
	Sync       *string  `json:"sync"`
	Age        *int     `json:"age"`
	Group      *string  `json:"group"`
	Components []string `json:"components"`
	Items      []string `json:"items"`
	State      string   `json:"state"`
	Outcome    *string  `json:"outcome"`
}

type jsonDecision struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	State    *string `json:"state"`
	New      bool    `json:"new"`
	Was      *string `json:"was"`
	Review   *string `json:"review"`
	LastCall *string `json:"last_call"`
}

type jsonTurn struct {
	Group        string          `json:"group"`
	Name         string          `json:"name"`
	Lead         *string         `json:"lead"`
	Timebox      int64           `json:"timebox_seconds"`
	Starts       *int64          `json:"starts_seconds"`
	Items        []jsonItem      `json:"items"`
	Gone         []change.Change `json:"gone"`
	Components   []string        `json:"components"`
	Architecture []change.Change `json:"architecture"`
}

type jsonItem struct {
	Item    board.Item      `json:"item"`
	New     bool            `json:"new"`
	Slipped bool            `json:"slipped"`
	Told    *string         `json:"told"`
	Promise *jsonPromise    `json:"promise"`
	Changes []change.Change `json:"changes"`
}

type jsonPromise struct {
	State     State   `json:"state"`
	Due       *string `json:"due"`
	First     *string `json:"first"`
	Moves     int     `json:"moves"`
	Slips     int     `json:"slips"`
	Days      int     `json:"days"`
	FirstPlan *string `json:"first_plan"`
	PlanMoves int     `json:"plan_moves"`
}

type jsonLink struct {
	Group string  `json:"group"`
	Item  string  `json:"item"`
	On    string  `json:"on"`
	For   *string `json:"for"`
}

// JSON is the data of kind agenda.
func (a Agenda) JSON() any {
	j := jsonAgenda{
		Title: a.Title, Date: a.Date, Length: seconds(a.Length), Previous: orNull(a.Previous),
		Breakouts: make([]jsonBreakout, len(a.Breakouts)), Decisions: make([]jsonDecision, len(a.Decisions)),
		Turns: a.jsonTurns(a.Turns), Quiet: a.jsonTurns(a.Quiet), Links: make([]jsonLink, len(a.Links)),
		Total: seconds(a.Total), Overflow: orEmpty(a.Overflow), Worth: FindingsJSON(a.Worth),
	}
	if !a.Begin.IsZero() {
		j.Begin = orNull(a.Begin.Format(time.RFC3339))
	}
	for i, b := range a.Breakouts {
		j.Breakouts[i] = b.json()
	}
	for i, d := range a.Decisions {
		j.Decisions[i] = d.json()
	}
	for i, l := range a.Links {
		j.Links[i] = jsonLink{Group: l.Group, Item: l.Item.ID, On: l.On}
		if l.For != nil {
			j.Links[i].For = &l.For.ID
		}
	}
	return j
}

func (d DueDecision) json() jsonDecision {
	j := jsonDecision{ID: d.ID, Title: d.Title, State: orNull(stateWord(d.Decision)), New: d.New, Was: orNull(d.Was)}
	if d.ReviewDue {
		j.Review = orNull(d.Review)
	}
	if d.CallEnds || d.CallEnded {
		j.LastCall = orNull(d.LastCall)
	}
	return j
}

func (b OpenBreakout) json() jsonBreakout {
	j := jsonBreakout{
		ID: b.ID, Topic: b.Topic, People: orEmpty(b.People), Sync: orNull(b.Sync), Group: orNull(b.Group),
		Components: orEmpty(b.Components), Items: orEmpty(b.Items), State: b.State, Outcome: orNull(b.Outcome),
	}
	if b.Sync != "" {
		j.Age = &b.Age
	}
	return j
}

func (a Agenda) jsonTurns(turns []Turn) []jsonTurn {
	list := make([]jsonTurn, len(turns))
	for i, t := range turns {
		list[i] = jsonTurn{
			Group: t.Group.ID, Name: groupName(t.Group), Lead: orNull(t.Group.Lead), Timebox: seconds(t.Timebox),
			Items: make([]jsonItem, len(t.Items)), Gone: orEmpty(t.Gone),
			Components: orEmpty(t.Components), Architecture: orEmpty(t.Architecture),
		}
		if t.Number > 0 {
			starts := seconds(t.Starts)
			list[i].Starts = &starts
		}
		for k, it := range t.Items {
			list[i].Items[k] = jsonItem{it.Item, it.New, it.Slipped, orNull(a.Told(it)), it.Promise.json(), orEmpty(it.Changes)}
		}
	}
	return list
}

func (p *Promise) json() *jsonPromise {
	if p == nil {
		return nil
	}
	return &jsonPromise{p.State, orNull(p.Due), orNull(p.First), p.Moves, p.Slips, p.Days, orNull(p.FirstPlan), p.PlanMoves}
}

type jsonMinutes struct {
	Title    string           `json:"title"`
	Date     string           `json:"date"`
	Previous *string          `json:"previous"`
	Host     *string          `json:"host"`
	Present  []string         `json:"present"`
	Absent   []string         `json:"absent"`
	Timings  map[string]int64 `json:"timings_seconds"`
	Opening  string           `json:"opening"`
	Sections []jsonSection    `json:"sections"`
	Notes    *string          `json:"notes"`
}

type jsonSection struct {
	Kind  string     `json:"kind"`
	Group *string    `json:"group"`
	Title string     `json:"title"`
	Lists []jsonList `json:"lists"`
	Text  *string    `json:"text"`
}

type jsonList struct {
	Title   *string     `json:"title"`
	Entries []jsonEntry `json:"entries"`
}

type jsonEntry struct {
	Text    string          `json:"text"`
	Changes []change.Change `json:"changes"`
}

// JSON is the value of the minutes in data of kind minutes.
func (m Minutes) JSON() any {
	j := jsonMinutes{
		Title: m.Title, Date: m.Date, Previous: orNull(m.Previous), Host: orNull(m.Host),
		Present: orEmpty(m.Present), Absent: orEmpty(m.Absent), Timings: map[string]int64{},
		Opening: m.Opening, Sections: make([]jsonSection, len(m.Sections)), Notes: orNull(m.Notes),
	}
	for group, t := range m.Timings {
		j.Timings[group] = seconds(t)
	}
	for i, s := range m.Sections {
		j.Sections[i] = jsonSection{s.Kind, orNull(s.Group), s.Title, make([]jsonList, len(s.Lists)), orNull(s.Text)}
		for k, l := range s.Lists {
			list := jsonList{orNull(l.Title), make([]jsonEntry, len(l.Entries))}
			for n, e := range l.Entries {
				list.Entries[n] = jsonEntry{e.Text, orEmpty(e.Changes)}
			}
			j.Sections[i].Lists[k] = list
		}
	}
	return j
}

type jsonFinding struct {
	Kind      FindingKind `json:"kind"`
	Component string      `json:"component"`
	Groups    []string    `json:"groups"`
	Items     []string    `json:"items"`
	Text      string      `json:"text"`
}

// FindingsJSON is worth in data of the kinds agenda and check.
func FindingsJSON(found []Finding) any {
	list := make([]jsonFinding, len(found))
	for i, f := range found {
		list[i] = jsonFinding{f.Kind, f.Component, orEmpty(f.Groups), orEmpty(f.Items), f.Text}
	}
	return list
}

type jsonPlan struct {
	Plan     string          `json:"plan"`
	Start    string          `json:"start"`
	End      string          `json:"end"`
	Baseline *string         `json:"baseline"`
	Counts   jsonTally       `json:"counts"`
	Groups   []jsonGroupPlan `json:"groups"`
}

type jsonTally struct {
	Committed int `json:"committed"`
	Added     int `json:"added"`
	Open      int `json:"open"`
	Delivered int `json:"delivered"`
	Slipped   int `json:"slipped"`
	Forward   int `json:"forward"`
	Dropped   int `json:"dropped"`
}

type jsonGroupPlan struct {
	Group string         `json:"group"`
	Name  string         `json:"name"`
	Items []jsonPlanItem `json:"items"`
}

type jsonPlanItem struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Status  board.Status `json:"status"`
	Added   bool         `json:"added"`
	Outcome Outcome      `json:"outcome"`
	Plan    *string      `json:"plan"`
	Done    *string      `json:"done"`
}

// JSON is an entry of plans in data of kind plan.
func (p Plan) JSON() any {
	j := jsonPlan{p.Name, p.Start, p.End, orNull(p.Baseline), jsonTally(p.Tally()), make([]jsonGroupPlan, len(p.Groups))}
	for i, g := range p.Groups {
		j.Groups[i] = jsonGroupPlan{g.Group, g.Name, make([]jsonPlanItem, len(g.Items))}
		for k, it := range g.Items {
			j.Groups[i].Items[k] = jsonPlanItem{it.ID, it.Title, it.Status, it.Added, it.Outcome, orNull(it.Plan), orNull(it.Done)}
		}
	}
	return j
}
