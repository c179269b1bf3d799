package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/agenda"
	"github.com/archsync/archsync/internal/change"
	"github.com/archsync/archsync/internal/synclog"
)

// drawnAt is the text of the newest D2 file up to a date.
func drawnAt(t *testing.T, folder, date string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.d2"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	slices.Sort(files)
	newest := ""
	for _, f := range files {
		if strings.TrimSuffix(filepath.Base(f), ".d2") <= date {
			newest = f
		}
	}
	text, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is the text between a line and the next one that is as little indented.
func block(text, begin string) string {
	_, rest, found := strings.Cut("\n"+text, "\n"+begin)
	if !found {
		return ""
	}
	inside, _, _ := strings.Cut(rest, "\n"+begin[:len(begin)-len(strings.TrimLeft(begin, " "))]+"}")
	return inside
}

// stretchesOf are the stretches of dates at which something holds, as when --json has
// them. The last date holds now too.
func stretchesOf(states []state, holds func(i int) bool) []jsonStretch {
	stretches := []jsonStretch{}
	for i := range states {
		date := states[i].date
		switch {
		case !holds(i):
		case i > 0 && holds(i-1):
			last := &stretches[len(stretches)-1]
			last.To, last.Syncs = &date, last.Syncs+1
		default:
			stretches = append(stretches, jsonStretch{From: &date, To: &date, Syncs: 1})
		}
	}
	if n := len(stretches); n > 0 && holds(len(states)-1) {
		stretches[n-1].To, stretches[n-1].Open = nil, true
	}
	return stretches
}

// TestReasonsOfTenYears holds when and why on the imported boards and architecture
// against what the raw files say, read as text.
func TestReasonsOfTenYears(t *testing.T) {
	data := corpus(t)
	source, drawings := filepath.Join(data, "kep-boards", "boards.jsonl"), filepath.Join(data, "compose-architectures", "getsentry-self-hosted")
	log := t.TempDir()
	args := []string{"import", "history", source, "--diagrams", drawings}
	for word, status := range statusesOfKEPs {
		args = append(args, "--map", word+"="+status)
	}
	if code, _, errs := answer(t, log, args...); code != exitDone {
		t.Fatalf("import: exit code %d\n%s", code, errs)
	}
	states := applyByHand(t, source)
	texts := make([]string, len(states))
	for i, s := range states {
		texts[i] = drawnAt(t, drawings, s.date)
	}
	t.Run("when", func(t *testing.T) { whenByHand(t, log, states, texts) })
	t.Run("component", func(t *testing.T) { whyByHand(t, log, states, texts) })
	t.Run("items", func(t *testing.T) { itemsByHand(t, log, states) })
	t.Run("stats", func(t *testing.T) { statsByHand(t, log, states, texts) })
	t.Run("fold", func(t *testing.T) { foldsTo(t, log) })
	t.Run("minutes", func(t *testing.T) { toldOnce(t, log) })
}

func whenByHand(t *testing.T, log string, states []state, texts []string) {
	items := func(i int) int {
		n := 0
		for _, items := range states[i].items {
			n += len(items)
		}
		return n
	}
	has := func(container, service string) func(int) bool {
		inside := regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(service) + `(:|$)`)
		return func(i int) bool { return inside.MatchString(block(texts[i], container+":")) }
	}
	line := func(begin string) func(int) bool {
		return func(i int) bool { return strings.Contains("\n"+texts[i], "\n"+begin) }
	}
	id, status := oftenTurned(t, log, states)
	for predicate, holds := range map[string]func(int) bool{
		"status " + id + " = ongoing":                  func(i int) bool { return status(i) == "ongoing" },
		"exists component messaging.zookeeper":         has("messaging", "zookeeper"),
		"exists apps.geoipupdate or exists edge.relay": func(i int) bool { return has("apps", "geoipupdate")(i) || has("edge", "relay")(i) },
		"exists snuba.snuba-sessions-consumer and not exists snuba.snuba-cleanup": func(i int) bool {
			return has("snuba", "snuba-sessions-consumer")(i) && !has("snuba", "snuba-cleanup")(i)
		},
		"not (exists messaging.zookeeper or exists snuba.snuba-consumer)": func(i int) bool { return !has("messaging", "zookeeper")(i) && !has("snuba", "snuba-consumer")(i) },
		"messaging.kafka -> messaging.zookeeper":                          line("messaging.kafka -> messaging.zookeeper"),
		"count connections > 380 and exists messaging.zookeeper": func(i int) bool {
			return strings.Count(texts[i], " -> ")+strings.Count(texts[i], " -- ") > 380 && has("messaging", "zookeeper")(i)
		},
		"count items > 400":                      func(i int) bool { return items(i) > 400 },
		"count items of sig-instrumentation > 9": func(i int) bool { return len(states[i].items["sig-instrumentation"]) > 9 },
		"group sig-storage has no update":        func(i int) bool { return !updatedByHand(states, i, "sig-storage") },
	} {
		code, out, errs := answer(t, log, "when", predicate, "--json")
		var got struct{ Data jsonWhen }
		if err := json.Unmarshal(out, &got); err != nil || code != exitDone {
			t.Fatalf("%s: exit %d, %v\n%s", predicate, code, err, errs)
		}
		want, _ := json.Marshal(stretchesOf(states, holds))
		is, _ := json.Marshal(got.Data.Held)
		t.Logf("%s: %s", predicate, is)
		if string(is) != string(want) {
			t.Errorf("%s:\n%s\nby hand\n%s", predicate, is, want)
		}
	}
}

// oftenTurned is the item that is there in the end and whose status was ongoing again
// most often, with what the source says of it.
func oftenTurned(t *testing.T, log string, states []state) (id string, status func(i int) string) {
	t.Helper()
	most := 0
	for _, g := range boardAt(t, log, states[len(states)-1].date).Data.Groups {
		for _, it := range g.Items {
			ref, _ := it["ref"].(string)
			of := func(i int) string {
				text, _ := states[i].items[g.Name][ref]["status"].(string)
				return text
			}
			turns := 0
			for i := range states {
				if of(i) == "ongoing" && i > 0 && of(i-1) != "ongoing" {
					turns++
				}
			}
			if turns > most {
				id, status, most = it["id"].(string), of, turns
			}
		}
	}
	if most == 0 {
		t.Fatal("no item has a past")
	}
	return id, status
}

// updatedByHand tells whether anything of a group's items differs from the date before,
// other than that finished ones are gone.
func updatedByHand(states []state, i int, group string) bool {
	now := states[i].items[group]
	if i == 0 {
		return len(now) > 0
	}
	before := states[i-1].items[group]
	for ref, it := range now {
		if !reflect.DeepEqual(it, before[ref]) {
			return true
		}
	}
	for ref, it := range before {
		if status := it["status"]; now[ref] == nil && status != "done" && status != "dropped" {
			return true
		}
	}
	return false
}

func biographyOf(t *testing.T, log string, args ...string) jsonBiography {
	t.Helper()
	code, out, errs := answer(t, log, append([]string{"why", "--json"}, args...)...)
	var got struct{ Data jsonBiography }
	if err := json.Unmarshal(out, &got); err != nil || code != exitDone {
		t.Fatalf("why %v: exit %d, %v\n%s", args, code, err, errs)
	}
	return got.Data
}

// whyByHand finds in the texts when data.clickhouse came and when its block changed.
func whyByHand(t *testing.T, log string, states []state, texts []string) {
	var want []string
	before := ""
	for i, s := range states {
		now := block(block(texts[i], "data:"), "  clickhouse:")
		if now != before {
			want = append(want, s.date)
		}
		before = now
	}
	b := biographyOf(t, log, "data.clickhouse")
	var got []string
	for _, ch := range b.Story {
		got = append(got, ch.Sync.Date)
		if len(ch.Commits) == 0 {
			t.Errorf("%s: nobody wrote it", ch.Sync.Date)
		}
	}
	t.Logf("data.clickhouse changed at %v", got)
	if !slices.Equal(got, want) {
		t.Errorf("changed at %v, by hand %v", got, want)
	}
}

// itemsByHand follows the status of five items that had several through the source.
func itemsByHand(t *testing.T, log string, states []state) {
	type turn struct{ date, status string }
	turns := map[string][]turn{}
	for _, s := range states {
		for group, items := range s.items {
			for ref, it := range items {
				key, status := group+"\x00"+ref, it["status"].(string)
				if ts := turns[key]; len(ts) == 0 || ts[len(ts)-1].status != status {
					turns[key] = append(ts, turn{s.date, status})
				}
			}
		}
	}
	ids := map[string]string{}
	for _, g := range boardAt(t, log, states[len(states)-1].date).Data.Groups {
		for _, it := range g.Items {
			if ref, ok := it["ref"].(string); ok {
				ids[g.Name+"\x00"+ref] = it["id"].(string)
			}
		}
	}
	checked := 0
	for _, key := range sortedKeysOf(turns) {
		if checked == 5 || len(turns[key]) < 3 || ids[key] == "" {
			continue
		}
		checked++
		var got []turn
		for _, ch := range biographyOf(t, log, ids[key], "--kind", "item").Story {
			for _, c := range ch.Changes {
				switch {
				case c.Change.Kind == "added":
					got = append(got, turn{ch.Sync.Date, turns[key][0].status})
				case c.Reason == "status":
					got = append(got, turn{ch.Sync.Date, *c.To})
				}
			}
		}
		t.Logf("%q: %v", key, got)
		if !slices.Equal(got, turns[key]) {
			t.Errorf("%q: %v, by hand %v", key, got, turns[key])
		}
	}
	if checked != 5 {
		t.Errorf("only %d items had three statuses", checked)
	}
}

func sortedKeysOf[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// toldOnce computes the minutes of every sync of a log, and of it against the tenth
// before it, and holds that each change between the two is told exactly once.
func toldOnce(t *testing.T, root string) {
	line := pastOf(t, root)
	past, total := &agenda.Past{}, 0
	var logs []*synclog.Log
	for i, s := range line.Snapshots {
		now, err := line.Read(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, now)
		for _, back := range []int{1, 10} {
			if i >= back {
				total += toldBetween(t, agenda.NewSync(s.Date, now, logs[i-back], past))
			}
		}
		past.Add(s.Date, now)
	}
	t.Logf("%d changes in the minutes of %d syncs", total, len(logs))
	if total < 1000 {
		t.Errorf("only %d changes in ten years", total)
	}
}

// toldBetween compares what the minutes tell with what a diff of the two logs finds,
// and gives how many changes these are.
func toldBetween(t *testing.T, s *agenda.Sync) int {
	t.Helper()
	keys := func(changes []change.Change) []string {
		var keys []string
		for _, c := range changes {
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, string(text))
		}
		slices.Sort(keys)
		return keys
	}
	d := synclog.Diff(s.Before, s.Now)
	want := keys(slices.Concat(d.Items, d.Components, d.Connections, d.Decisions))
	if got := keys(s.Minutes(agenda.Held{}).Changes()); !slices.Equal(got, want) {
		t.Errorf("%s: the minutes tell %d changes of %d", s.Date, len(got), len(want))
	}
	return len(want)
}

// statsByHand counts in the source what stats says of the groups over one year, and of
// the size of the architecture.
func statsByHand(t *testing.T, log string, states []state, texts []string) {
	const since, end = "2022-01-01", "2022-12-31"
	first, last := 0, 0
	for i, s := range states {
		if s.date <= since {
			first = i + 1
		}
		if s.date <= end {
			last = i
		}
	}
	code, out, errs := answer(t, log, "stats", "--since", since, "--at", states[last].date, "--json")
	var got struct{ Data jsonStats }
	if err := json.Unmarshal(out, &got); err != nil || code != exitDone {
		t.Fatalf("stats: exit %d, %v\n%s", code, err, errs)
	}
	if len(got.Data.Points) != last-first+1 {
		t.Errorf("%d points, by hand %d", len(got.Data.Points), last-first+1)
	}
	for i, p := range got.Data.Points {
		open := 0
		for _, items := range states[first+i].items {
			for _, it := range items {
				if !closedByHand(it) {
					open++
				}
			}
		}
		drawn := strings.Count(texts[first+i], " -> ") + strings.Count(texts[first+i], " -- ")
		if p.OpenItems != open || p.Connections != drawn {
			t.Errorf("%s: %d open items and %d connections, by hand %d and %d", states[first+i].date, p.OpenItems, p.Connections, open, drawn)
		}
	}
	for _, g := range got.Data.Groups {
		if want := groupByHand(states, first, last, g.ID); g.Planned != want.Planned || g.Delivered != want.Delivered || g.Dropped != want.Dropped || g.Open != want.Open {
			t.Errorf("%+v, by hand %+v", g, want)
		}
	}
	t.Logf("%d points, %d groups, %+v", len(got.Data.Points), len(got.Data.Groups), got.Data.Groups[len(got.Data.Groups)-1])
}

func closedByHand(it map[string]any) bool { return it["status"] == "done" || it["status"] == "dropped" }

// groupByHand counts the items of a group that were open before the first date or there
// at a later one, and what became of them up to the last.
func groupByHand(states []state, first, last int, group string) jsonGroupStats {
	planned, delivered, dropped := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for ref, it := range states[first-1].items[group] {
		if !closedByHand(it) {
			planned[ref] = true
		}
	}
	for _, s := range states[first : last+1] {
		for ref, it := range s.items[group] {
			planned[ref] = true
			delivered[ref] = delivered[ref] || it["status"] == "done"
			dropped[ref] = dropped[ref] || it["status"] == "dropped"
		}
	}
	var want jsonGroupStats
	for ref := range planned {
		switch {
		case delivered[ref]:
			want.Delivered++
		case dropped[ref]:
			want.Dropped++
		}
	}
	for _, it := range states[last].items[group] {
		if !closedByHand(it) {
			want.Open++
		}
	}
	want.Planned = len(planned)
	return want
}
