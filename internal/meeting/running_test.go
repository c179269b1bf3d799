package meeting

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var two = time.Date(2026, time.March, 12, 14, 0, 0, 0, time.UTC)

func threeGroups() Running {
	return Begin("2026-03-12", "Helena Strand", []Turn{
		{Group: "storage", Speaker: "Ada Okafor", Timebox: 5 * time.Minute},
		{Group: "web", Speaker: "Ben Ito", Timebox: 4 * time.Minute},
		{Group: "ingest", Timebox: 3 * time.Minute},
	}, 45*time.Minute, Holder{ID: "a", Machine: "laptop", Process: 42, Since: two}, two)
}

// after ticks once a second, as a screen does.
func after(r Running, now time.Time, d time.Duration) (Running, time.Time) {
	for end := now.Add(d); now.Before(end); {
		now = now.Add(time.Second)
		r = r.Tick(now, ScreenGap)
	}
	return r, now
}

func TestRunningCountsTime(t *testing.T) {
	r, now := after(threeGroups(), two, 30*time.Second)
	r, now = after(r.Next(), now, 6*time.Minute)
	r, now = after(r.Next(), now, time.Minute)
	want := map[string]time.Duration{"storage": 6 * time.Minute, "web": time.Minute}
	if got := r.Timings(); !reflect.DeepEqual(got, want) {
		t.Errorf("timings %v, want %v", got, want)
	}
	if over := r.Turns[0].Over(); over != time.Minute {
		t.Errorf("storage is over by %v", over)
	}
	if got := r.Elapsed(); got != 7*time.Minute+30*time.Second {
		t.Errorf("elapsed %v", got)
	}
	if end := r.ExpectedEnd(now); !end.Equal(now.Add(6 * time.Minute)) {
		t.Errorf("ends at %v, want in 6 minutes: three of web, three of ingest", end)
	}
	if end := r.Attend(2, Absent).ExpectedEnd(now); !end.Equal(now.Add(3 * time.Minute)) {
		t.Errorf("ends at %v, want in 3 minutes: ingest is absent", end)
	}
}

func TestRunningPauses(t *testing.T) {
	r, now := after(threeGroups().Next(), two, time.Minute)
	slept := r.Tick(now.Add(time.Hour), ScreenGap)
	if slept.Elapsed() != time.Minute {
		t.Errorf("an hour of sleep was counted: %v", slept.Elapsed())
	}
	if on := slept.Tick(now.Add(time.Hour+time.Second), ScreenGap); on.Elapsed() != time.Minute+time.Second {
		t.Errorf("after the sleep it is %v", on.Elapsed())
	}
	paused, later := after(r.Pause(true), now, time.Minute)
	if paused.Elapsed() != time.Minute {
		t.Errorf("a pause was counted: %v", paused.Elapsed())
	}
	if on, _ := after(paused.Pause(false), later, time.Second); on.Elapsed() != time.Minute+time.Second {
		t.Errorf("after the pause it is %v", on.Elapsed())
	}
	back := r.Tick(now.Add(-time.Hour), ScreenGap)
	if back.Elapsed() != time.Minute {
		t.Errorf("a clock that went back changed the time to %v", back.Elapsed())
	}
	if stepped := r.Tick(now.Add(4*time.Minute), StepGap); stepped.Elapsed() != 5*time.Minute {
		t.Errorf("between two steps %v were counted", stepped.Elapsed())
	}
}

func TestRunningAttendance(t *testing.T) {
	r := threeGroups().Next().Attend(1, Absent).Next().Next()
	present, absent := r.Attended()
	if want := []string{"Helena Strand", "Ada Okafor", "ingest"}; !slices.Equal(present, want) {
		t.Errorf("present %q, want %q", present, want)
	}
	if want := []string{"Ben Ito"}; !slices.Equal(absent, want) {
		t.Errorf("absent %q, want %q", absent, want)
	}
	if unseen := threeGroups().Attend(1, Absent).Next().Unseen(); !slices.Equal(unseen, []string{"ingest"}) {
		t.Errorf("unseen %q", unseen)
	}
	if present, absent := threeGroups().Attended(); len(present) != 1 || absent != nil {
		t.Errorf("before anybody was shown: %q, %q", present, absent)
	}
}

func TestRunningHolder(t *testing.T) {
	r := threeGroups()
	taken := new(TakenOverError)
	if err := r.Drive("b", two.Add(time.Second)); !errors.As(err, &taken) || taken.Holder.Process != 42 {
		t.Errorf("another process drives: %v", err)
	}
	if err := r.Drive("a", two); err != nil {
		t.Error(err)
	}
	if err := r.Drive("b", two.Add(ScreenGap+time.Second)); err != nil {
		t.Errorf("the holder is gone: %v", err)
	}
	stepped := r.Take(Holder{ID: "c", Machine: "laptop"}, two)
	if err := stepped.Drive("b", two); err != nil {
		t.Errorf("no process stays: %v", err)
	}
	if later := r.Take(Holder{ID: "b", Process: 7}, two.Add(time.Hour)).Tick(two.Add(time.Hour+time.Second), ScreenGap); later.Elapsed() != time.Second {
		t.Errorf("taking over counted %v", later.Elapsed())
	}
}

// TestRunningLaws: whatever happens, time is counted once and for one, never more of
// it than went by; places stay in range; and the file says all of it.
func TestRunningLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now := threeGroups(), two
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			before := r
			switch rapid.IntRange(0, 7).Draw(t, "what") {
			case 0:
				r = r.Next()
			case 1:
				r = r.Back()
			case 2:
				r = r.GoTo(rapid.IntRange(-3, 9).Draw(t, "place"))
			case 3:
				r = r.Attend(rapid.IntRange(-1, 4).Draw(t, "who"), rapid.SampledFrom([]Attendance{Unknown, Present, Absent}).Draw(t, "there"))
			case 4:
				r = r.Open(rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "breakout"))
			case 5:
				r = r.Pause(rapid.Bool().Draw(t, "paused"))
			default:
				passed := time.Duration(rapid.Int64Range(0, int64(2*ScreenGap)).Draw(t, "passed"))
				now = now.Add(passed)
				counted := r.Tick(now, ScreenGap).Elapsed() - r.Elapsed()
				if want := passed; counted != 0 && counted != want || counted == 0 && !r.Paused && passed <= ScreenGap && passed > 0 {
					t.Fatalf("of %v %v were counted", passed, counted)
				}
				r = r.Tick(now, ScreenGap)
			}
			if before.Elapsed() > r.Elapsed() || r.Elapsed() > now.Sub(two) {
				t.Fatalf("%v elapsed after %v, before it was %v", r.Elapsed(), now.Sub(two), before.Elapsed())
			}
			back, err := ParseRunning(r.Bytes())
			if err != nil || !reflect.DeepEqual(back, r) {
				t.Fatalf("read back as\n%+v\nnot\n%+v\n%v", back, r, err)
			}
		}
	})
}

func TestParseRunningRefuses(t *testing.T) {
	for name, src := range map[string]string{
		"nothing":      ``,
		"half":         string(threeGroups().Bytes()[:200]),
		"no schema":    `{}`,
		"newer":        `{"schema": 2, "date": "2026-03-12"}`,
		"no date":      `{"schema": 1, "date": "soon"}`,
		"no such turn": `{"schema": 1, "date": "2026-03-12", "on": 1}`,
		"attendance":   `{"schema": 1, "date": "2026-03-12", "turns": [{"attendance": "late"}]}`,
		"duration":     `{"schema": 1, "date": "2026-03-12", "between": "soon"}`,
		"too long":     `{"schema": 1, "date": "2026-03-12", "between": "2000000h"}`,
	} {
		if r, err := ParseRunning([]byte(src)); err == nil {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
}

func FuzzParseRunning(f *testing.F) {
	f.Add(threeGroups().Next().Open("kxa2f").Bytes())
	f.Add([]byte(`{"schema": 1, "date": "2026-03-12"}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := ParseRunning(src)
		if err != nil {
			return
		}
		r.Tick(two, ScreenGap).Next().ExpectedEnd(two)
		if back, err := ParseRunning(r.Bytes()); err != nil || back.Date != r.Date || back.On != r.On || len(back.Turns) != len(r.Turns) {
			t.Errorf("%+v is read back as %+v: %v", r, back, err)
		}
	})
}
