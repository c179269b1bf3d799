package chronicle

import "slices"

// reel winds through the states of a timeline. The memo keeps one now and then, so that
// to see what the log said at a sync costs no more than the few intervals before it.
type reel struct {
	line      Timeline
	intervals []Interval
	at        int // the place of the interval at whose end the state is
	state     *State
}

// stateForm is the version of what the memo keeps of states; those of intervals it is
// made from.
const stateForm = "state 1 of " + form

// stateEvery is how many intervals lie between two states that are kept.
const stateEvery = 2 * spanLength

// to is the state at the end of an interval, the empty one before the first. It is good
// until the next call.
func (r *reel) to(i int) *State {
	if r.state == nil || i < r.at {
		r.state, r.at = &State{}, -1
	}
	r.jump(i)
	for r.at < i {
		r.at++
		r.state.Apply(r.intervals[r.at])
		r.keep()
	}
	return r.state
}

// jump goes to the last state that is kept of those from here to the end of an interval.
func (r *reel) jump(i int) {
	for at := (i+1)/stateEvery*stateEvery - 1; at > r.at; at -= stateEvery {
		if s, ok := r.recall(at); ok {
			r.state, r.at = s, at
			return
		}
	}
}

func (r *reel) recall(at int) (*State, bool) {
	if r.line.Memo == nil || !r.whole(at) {
		return nil, false
	}
	content, ok := r.line.Memo.Get(r.key(at))
	if !ok {
		return nil, false
	}
	s, ok := decodeState(content)
	s.At = r.intervals[at].At
	return s, ok
}

func (r *reel) keep() {
	if r.line.Memo != nil && (r.at+1)%stateEvery == 0 && r.at < len(r.line.Snapshots) && r.whole(r.at) {
		r.line.Memo.Put(r.key(r.at), encodeState(r.state))
	}
}

func (r *reel) key(at int) string { return r.line.key(stateForm, span{0, at + 1}) }

// whole tells whether everything up to the end of an interval depends on nothing but the
// snapshots.
func (r *reel) whole(at int) bool {
	return !slices.ContainsFunc(r.intervals[:at+1], func(in Interval) bool { return !in.whole })
}

// encodeState is an entry of the memo: how many subjects there are, and what all of them
// say.
func encodeState(s *State) []byte {
	w := newPacker()
	var all []Saying
	for _, kind := range Kinds() {
		for _, subject := range s.Subjects(kind) {
			all = append(all, Saying{subject, s.record(subject)})
		}
	}
	section := w.sayings(slices.Values(all))
	w.count(len(all))
	w.numbers = append(w.numbers, section...)
	return w.bytes()
}

func decodeState(content []byte) (*State, bool) {
	r := unpack(content)
	n := r.number()
	var s State
	s.begin()
	for said := range (Interval{told: account{table: r.table, sayings: r.rest}}).Sayings() {
		s.set(said.Subject, said.Facts)
		n--
	}
	return &s, n == 0 && !r.bad
}
