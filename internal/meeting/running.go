package meeting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Running is a sync that takes place now: whose turn it is, who is there, how much
// time went by. It is a value, and every method that changes something gives the
// next one; whoever holds a sync keeps it where a crash does not reach it, and
// writes it at every change (in the clone's git folder, by history).
//
// # How a screen drives it
//
// Once a second, and before every change, count the time: r.Tick(now, [ScreenGap]).
// Then change it:
//
//	r.Next()                      the turn of the next group; after the last one it is over
//	r.Back()                      the one before
//	r.GoTo(i)                     any one
//	r.Attend(i, meeting.Absent)   who is there
//	r.Open(id)                    a breakout was opened
//	r.Pause(true)                 time stands still
//
// and show [Running.Current], [Turn.Over], [Running.Elapsed] and [Running.ExpectedEnd].
// A tick need not be written each time: what is lost by a crash is the time since the
// last write. A tick every [Beat] must be, since it is also how others see that
// somebody presents ([Running.Live]).
//
// Between any two writes another process may have changed the state. A change is
// therefore a function from the state as it stands to the next one; one that drives
// the sync begins with [Running.Drive], which refuses when another process has
// taken over.
type Running struct {
	Date      string // of the sync, in the log's time zone
	Host      string // who hosts it, by name
	Started   time.Time
	Counted   time.Time     // up to when time has been counted
	Turns     []Turn        // the groups in the order in which they are shown
	On        int           // whose turn it is, in Turns; Before or len(Turns) when nobody's
	Paused    bool          // time is not counted
	Between   time.Duration // of nobody's turn: before the first and after the last
	Length    time.Duration // how long it is planned to take
	Breakouts []string      // ids of those that were opened, in their order
	Holder    Holder
}

// Before is the turn before the first one.
const Before = -1

// Turn is a group's part of a sync.
type Turn struct {
	Group      string // id
	Speaker    string // who speaks for it, by name; "" where nobody is known
	Attendance Attendance
	Shown      bool          // its turn has come
	Elapsed    time.Duration // how long it was on
	Timebox    time.Duration // how long it may be on
}

// Attendance tells whether somebody of a group is there.
type Attendance string

// The attendances. Of a group that was shown and that nobody spoke of, somebody was there.
const (
	Unknown Attendance = ""
	Present Attendance = "present"
	Absent  Attendance = "absent"
)

// Holder is the process that drives a sync.
type Holder struct {
	ID      string // another one for each process
	Machine string // the computer's name
	Process int    // its number there; 0 when no process stays, and each step is a process of its own
	Since   time.Time
}

const (
	// ScreenGap is the longest time between two ticks of a screen that is talk. In a
	// longer one the computer slept or the program was gone: it is not counted at all.
	ScreenGap = 30 * time.Second
	// StepGap is the same where a sync is driven by single steps, with nobody who ticks
	// in between.
	StepGap = 15 * time.Minute
	// Beat is how often a screen writes down that it is there.
	Beat = 10 * time.Second
)

// Begin is a sync that starts now, before its first turn. Attendance, time and Shown
// of the turns are left as they are.
func Begin(date, host string, turns []Turn, length time.Duration, holder Holder, now time.Time) Running {
	now = wall(now)
	holder.Since = wall(holder.Since)
	return Running{
		Date: date, Host: host, Started: now, Counted: now,
		Turns: slices.Clone(turns), On: Before, Length: length, Holder: holder,
	}
}

// wall is a time without the monotonic clock, which stands still on a computer that
// sleeps: what is left says how long ago something was for people.
func wall(t time.Time) time.Time { return t.Round(0) }

// Tick counts the time up to now for whose turn it is. A gap above the given one is
// a pause: nothing of it is counted. Nor is a clock that went back.
func (r Running) Tick(now time.Time, gap time.Duration) Running {
	now = wall(now)
	passed := now.Sub(r.Counted)
	r.Counted = now
	if r.Paused || passed <= 0 || passed > gap {
		return r
	}
	if _, ok := r.Current(); !ok {
		r.Between += passed
		return r
	}
	r.Turns = slices.Clone(r.Turns)
	r.Turns[r.On].Elapsed += passed
	return r
}

// Current is the group whose turn it is; ok is false before the first and after the
// last.
func (r Running) Current() (t Turn, ok bool) {
	if r.On < 0 || r.On >= len(r.Turns) {
		return Turn{}, false
	}
	return r.Turns[r.On], true
}

// Done tells whether the last group's turn is over.
func (r Running) Done() bool { return r.On >= len(r.Turns) }

// Next gives the turn to the next group; after the last one nobody has it.
func (r Running) Next() Running { return r.GoTo(r.On + 1) }

// Back gives the turn to the group before; before the first one nobody has it.
func (r Running) Back() Running { return r.GoTo(r.On - 1) }

// GoTo gives the turn to a group, by its place in Turns. Places beyond either end
// are the end.
func (r Running) GoTo(i int) Running {
	r.On = min(max(i, Before), len(r.Turns))
	if _, ok := r.Current(); ok {
		r.Turns = slices.Clone(r.Turns)
		r.Turns[r.On].Shown = true
	}
	return r
}

// Place is where a group stands in Turns.
func (r Running) Place(group string) (int, bool) {
	i := slices.IndexFunc(r.Turns, func(t Turn) bool { return t.Group == group })
	return i, i >= 0
}

// Attend notes whether somebody of a group is there, by its place in Turns; a place
// that is none changes nothing.
func (r Running) Attend(i int, a Attendance) Running {
	if i < 0 || i >= len(r.Turns) {
		return r
	}
	r.Turns = slices.Clone(r.Turns)
	r.Turns[i].Attendance = a
	return r
}

// Open notes that a breakout was opened; one that was noted already stays.
func (r Running) Open(id string) Running {
	if !slices.Contains(r.Breakouts, id) {
		r.Breakouts = append(slices.Clone(r.Breakouts), id)
	}
	return r
}

// Pause stops the time, or lets it run again.
func (r Running) Pause(on bool) Running {
	r.Paused = on
	return r
}

// Over is by how much a turn is over its timebox; 0 as long as it is not, or without
// a timebox.
func (t Turn) Over() time.Duration {
	if t.Timebox <= 0 {
		return 0
	}
	return max(t.Elapsed-t.Timebox, 0)
}

// Elapsed is the time that the sync took up to its last tick, without pauses.
func (r Running) Elapsed() time.Duration {
	sum := r.Between
	for _, t := range r.Turns {
		sum += t.Elapsed
	}
	return sum
}

// ExpectedEnd is when the sync ends if everybody who has not been on, and is not
// absent, takes the whole timebox, and who is on the rest of it.
func (r Running) ExpectedEnd(now time.Time) time.Time {
	left := time.Duration(0)
	for i, t := range r.Turns {
		switch {
		case i == r.On:
			left += max(t.Timebox-t.Elapsed, 0)
		case !t.Shown && t.Attendance != Absent:
			left += t.Timebox
		}
	}
	return now.Add(left)
}

// TakenOverError says that another process drives the sync.
type TakenOverError struct{ Holder Holder }

func (e *TakenOverError) Error() string {
	return "another process presents the sync: " + e.Holder.String()
}

// Hint says how to drive it from here.
func (e *TakenOverError) Hint() string { return "archsync sync start --take-over goes on from here" }

// String is a holder as people are told of one.
func (h Holder) String() string {
	s := h.Machine
	if h.Process > 0 {
		s += fmt.Sprintf(", process %d", h.Process)
	}
	return strings.TrimPrefix(s, ", ")
}

// Drive refuses with a [TakenOverError] unless the process with this id holds the
// sync, or nobody does any more: no process stays, or it was not seen for [ScreenGap].
func (r Running) Drive(id string, now time.Time) error {
	if r.Holder.ID != id && r.Live(now) {
		return &TakenOverError{r.Holder}
	}
	return nil
}

// Step makes a process the holder, for one change where it does not stay, and counts
// the time since the last one. It refuses as [Running.Drive] does. What passed since a
// screen was gone is not counted.
func (r Running) Step(h Holder, now time.Time) (Running, error) {
	if err := r.Drive(h.ID, now); err != nil {
		return r, err
	}
	if r.Holder.Process == 0 {
		r = r.Tick(now, StepGap)
	}
	return r.Take(h, now), nil
}

// Live tells whether a process presents the sync, as far as its ticks show.
func (r Running) Live(now time.Time) bool {
	silent := wall(now).Sub(r.Counted)
	return r.Holder.Process > 0 && silent <= ScreenGap && silent >= -ScreenGap
}

// Take makes a process the holder. What passed since the last tick is not counted.
func (r Running) Take(h Holder, now time.Time) Running {
	h.Since = wall(h.Since)
	r.Holder, r.Counted = h, wall(now)
	return r
}

// Attended lists who was there and who was not, for the record: the host, then the
// groups' speakers in the order of their turns; of a group without one, its id. A
// group that was neither shown nor marked is in neither list.
func (r Running) Attended() (present, absent []string) {
	add := func(to []string, name string) []string {
		if name == "" || slices.Contains(present, name) || slices.Contains(to, name) {
			return to
		}
		return append(to, name)
	}
	present = add(present, r.Host)
	for _, t := range r.Turns {
		if t.Attendance == Present || t.Attendance == Unknown && t.Shown {
			present = add(present, t.name())
		}
	}
	for _, t := range r.Turns {
		if t.Attendance == Absent {
			absent = add(absent, t.name())
		}
	}
	return present, absent
}

// Unseen are the ids of the groups whose turn has not come, but for those that are
// absent.
func (r Running) Unseen() []string {
	var ids []string
	for _, t := range r.Turns {
		if !t.Shown && t.Attendance != Absent {
			ids = append(ids, t.Group)
		}
	}
	return ids
}

// Became tells whether closing this sync, and not one of the same date that was held
// elsewhere, made a record.
func (r Running) Became(rec Record) bool {
	return rec.Host == r.Host && !slices.ContainsFunc(r.Breakouts, func(id string) bool { return !slices.Contains(rec.Breakouts, id) })
}

func (t Turn) name() string {
	if t.Speaker == "" {
		return t.Group
	}
	return t.Speaker
}

// Timings is how long the groups took that were shown, by id, in whole seconds.
func (r Running) Timings() map[string]time.Duration {
	timings := map[string]time.Duration{}
	for _, t := range r.Turns {
		if t.Shown && t.Elapsed >= time.Second {
			timings[t.Group] = t.Elapsed.Truncate(time.Second)
		}
	}
	return timings
}

// Clock is a duration as a clock shows it, in minutes and seconds: 4:05, 61:00.
func Clock(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// runningSchema is the version of the file; it grows when an older archsync would
// misread it.
const runningSchema = 1

// The form of the file: durations as Go writes them, so that people can read it.
type (
	jsonRunning struct {
		Schema    int        `json:"schema"`
		Date      string     `json:"date"`
		Host      string     `json:"host"`
		Started   time.Time  `json:"started"`
		Counted   time.Time  `json:"counted"`
		Turns     []jsonTurn `json:"turns"`
		On        int        `json:"on"`
		Paused    bool       `json:"paused"`
		Between   jsonSpan   `json:"between"`
		Length    jsonSpan   `json:"length"`
		Breakouts []string   `json:"breakouts"`
		Holder    jsonHolder `json:"holder"`
	}
	jsonTurn struct {
		Group      string     `json:"group"`
		Speaker    string     `json:"speaker"`
		Attendance Attendance `json:"attendance"`
		Shown      bool       `json:"shown"`
		Elapsed    jsonSpan   `json:"elapsed"`
		Timebox    jsonSpan   `json:"timebox"`
	}
	jsonHolder struct {
		ID      string    `json:"id"`
		Machine string    `json:"machine"`
		Process int       `json:"process"`
		Since   time.Time `json:"since"`
	}
)

// jsonSpan is a duration in JSON: a text such as "3m40.5s".
type jsonSpan time.Duration

// MarshalText writes the duration.
func (s jsonSpan) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads a duration that is not negative and not above a week, so that
// sums of them stay durations.
func (s *jsonSpan) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 || d > 7*24*time.Hour {
		return fmt.Errorf("%q is not a duration", text)
	}
	*s = jsonSpan(d)
	return nil
}

// Bytes is the file that keeps the sync while it runs.
func (r Running) Bytes() []byte {
	file := jsonRunning{
		Schema: runningSchema, Date: r.Date, Host: r.Host, Started: r.Started, Counted: r.Counted,
		On: r.On, Paused: r.Paused, Between: jsonSpan(r.Between), Length: jsonSpan(r.Length),
		Turns: []jsonTurn{}, Breakouts: append([]string{}, r.Breakouts...), Holder: jsonHolder(r.Holder),
	}
	for _, t := range r.Turns {
		file.Turns = append(file.Turns, jsonTurn{t.Group, t.Speaker, t.Attendance, t.Shown, jsonSpan(t.Elapsed), jsonSpan(t.Timebox)})
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	_ = enc.Encode(file) // of these types it cannot fail
	return out.Bytes()
}

// ParseRunning reads what [Running.Bytes] wrote. It fails on anything else: a state
// that is not whole is none.
func ParseRunning(src []byte) (Running, error) {
	var file jsonRunning
	if err := json.Unmarshal(src, &file); err != nil {
		return Running{}, fmt.Errorf("read the state of the running sync: %w", err)
	}
	r := Running{
		Date: file.Date, Host: file.Host, Started: file.Started, Counted: file.Counted,
		On: file.On, Paused: file.Paused, Between: time.Duration(file.Between), Length: time.Duration(file.Length),
		Breakouts: file.Breakouts, Holder: Holder(file.Holder),
	}
	for _, t := range file.Turns {
		r.Turns = append(r.Turns, Turn{t.Group, t.Speaker, t.Attendance, t.Shown, time.Duration(t.Elapsed), time.Duration(t.Timebox)})
	}
	if len(r.Breakouts) == 0 {
		r.Breakouts = nil
	}
	return r, r.check(file.Schema)
}

func (r Running) check(schema int) error {
	bad := func(what string) error { return fmt.Errorf("read the state of the running sync: %s", what) }
	switch {
	case schema > runningSchema:
		return bad("a newer archsync wrote it")
	case schema < 1:
		return bad("it has no schema")
	case !isDate(r.Date):
		return bad(fmt.Sprintf("%q is not a date", r.Date))
	case r.On < Before || r.On > len(r.Turns):
		return bad(fmt.Sprintf("there is no turn %d", r.On))
	}
	for _, t := range r.Turns {
		if !slices.Contains([]Attendance{Unknown, Present, Absent}, t.Attendance) {
			return bad(fmt.Sprintf("unknown attendance %q", t.Attendance))
		}
	}
	return nil
}
