package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// statusesOfKEPs is what the words of the Kubernetes enhancement proposals mean.
// Some are slips of the pen; one is the template's own line.
var statusesOfKEPs = map[string]string{
	"provisional": "planned", "deferred": "planned",
	"provisional|implementable|implemented|deferred|rejected|withdrawn|replaced": "planned",
	"implementable": "ongoing", "implementeable": "ongoing", "alpha": "ongoing",
	"implemented (alpha)": "ongoing", "implemented (beta)": "ongoing",
	"implemented": "done", "imlpemented": "done",
	"withdrawn": "dropped", "rejected": "dropped", "replaced": "dropped", "removed": "dropped", "superseded": "dropped",
}

// corpus is the folder of real data.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ARCHSYNC_CORPUS")
	if dir == "" {
		t.Skip("ARCHSYNC_CORPUS names no folder of real data")
	}
	return dir
}

// answer runs the program in a folder, in the summer after the last date of the
// corpus.
func answer(t *testing.T, dir string, args ...string) (code int, out []byte, errs string) {
	t.Helper()
	return answerAt(t, dir, func() time.Time { return time.Date(2026, time.July, 20, 9, 0, 0, 0, time.UTC) }, args...)
}

// TestImportOfTenYears imports the boards of 171 dates with 615 items and an
// architecture that changed beside them, and holds ten dates against the source,
// applied by hand.
func TestImportOfTenYears(t *testing.T) {
	data := corpus(t)
	source := filepath.Join(data, "kep-boards", "boards.jsonl")
	log := t.TempDir()
	args := []string{"import", "history", source, "--diagrams", filepath.Join(data, "compose-architectures", "getsentry-self-hosted")}
	if code, _, errs := answer(t, log, args...); code != exitFailed || !strings.Contains(errs, `unknown status "implementable" line 1 (1221 times)`) {
		t.Fatalf("without a mapping: exit code %d\n%s", code, errs)
	}
	if entries, err := os.ReadDir(log); err != nil || len(entries) > 0 {
		t.Fatalf("a refused import left %v, %v", entries, err)
	}
	for word, status := range statusesOfKEPs {
		args = append(args, "--map", word+"="+status)
	}
	begun := time.Now()
	if code, _, errs := answer(t, log, args...); code != exitDone || errs != "" {
		t.Fatalf("import: exit code %d\n%s", code, errs)
	}
	t.Logf("imported in %v", time.Since(begun))

	states := applyByHand(t, source)
	if len(states) != 171 {
		t.Fatalf("%d dates", len(states))
	}
	t.Run("boards", func(t *testing.T) { compareBoards(t, log, states) })
	t.Run("verbs", func(t *testing.T) { tryVerbs(t, log, states) })
	t.Run("git", func(t *testing.T) { fsck(t, log) })
}

// state is the source as it stands on one date: the fields of every item, by group
// and id.
type state struct {
	date  string
	items map[string]map[string]map[string]any
}

// applyByHand applies the lines of the source one after the other. since, which
// the source does not have, is the date at which an item got its present status.
func applyByHand(t *testing.T, source string) []state {
	t.Helper()
	f, err := os.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var states []state
	present := map[string]map[string]map[string]any{}
	lines := bufio.NewReader(f)
	for {
		text, _ := lines.ReadBytes('\n')
		if len(text) == 0 {
			return states
		}
		var line struct {
			Date    string                      `json:"date"`
			Groups  map[string][]map[string]any `json:"groups"`
			Removed map[string][]string         `json:"removed"`
		}
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatal(err)
		}
		next := map[string]map[string]map[string]any{}
		for group, items := range present {
			next[group] = map[string]map[string]any{}
			for id, it := range items {
				if !slices.Contains(line.Removed[group], id) {
					next[group][id] = it
				}
			}
		}
		for group, items := range line.Groups {
			if next[group] == nil {
				next[group] = map[string]map[string]any{}
			}
			for _, it := range items {
				id := it["id"].(string)
				next[group][id] = asBoardItem(it, next[group][id], line.Date)
			}
		}
		present = next
		states = append(states, state{line.Date, next})
	}
}

// asBoardItem is an item of the source with the names that archsync has for its
// fields; before is the same item on the date before, nil when it was not there.
func asBoardItem(it, before map[string]any, date string) map[string]any {
	want := map[string]any{"ref": it["id"], "status": statusesOfKEPs[it["status"].(string)], "since": date}
	for key, v := range it {
		if key != "id" && key != "status" && v != "" {
			want[key] = v
		}
	}
	if before != nil && before["status"] == want["status"] {
		want["since"] = before["since"]
	}
	return want
}

// shownBoard is what board --json prints.
type shownBoard struct {
	Data struct {
		Groups []shownGroup `json:"groups"`
	} `json:"data"`
	Problems []any `json:"problems"`
}

type shownGroup struct {
	ID    string           `json:"id"`
	Name  string           `json:"name"`
	Items []map[string]any `json:"items"`
}

func boardAt(t *testing.T, log, date string) shownBoard {
	t.Helper()
	code, out, errs := answer(t, log, "board", "--at", date, "--json")
	var b shownBoard
	if err := json.Unmarshal(out, &b); err != nil || code != exitDone || len(b.Problems) > 0 {
		t.Fatalf("board --at %s: exit code %d, %v, problems %v\n%s", date, code, err, b.Problems, errs)
	}
	return b
}

func compareBoards(t *testing.T, log string, states []state) {
	for _, i := range []int{0, 1, 19, 40, 73, 100, 120, 140, 160, 170} {
		shown := boardAt(t, log, states[i].date)
		fields, differences := compareBoard(shown, states[i].items)
		if len(differences) > 0 || fields < 500 {
			t.Errorf("%s: %d fields compared, %d differ: %q", states[i].date, fields, len(differences), differences[:min(5, len(differences))])
		}
		for _, alter := range alterations(shown) {
			if _, differences := compareBoard(shown, states[i].items); len(differences) != 0 {
				t.Fatal("an alteration was not taken back")
			}
			name, undo := alter()
			if _, differences := compareBoard(shown, states[i].items); len(differences) == 0 {
				t.Errorf("%s: nobody notices that %s", states[i].date, name)
			}
			undo()
		}
	}
}

// alterations are changes of one value of a board, each with the way back.
func alterations(b shownBoard) []func() (name string, undo func()) {
	g := slices.IndexFunc(b.Data.Groups, func(g shownGroup) bool { return len(g.Items) > 1 })
	items := &b.Data.Groups[g].Items
	it := (*items)[1]
	set := func(key string, v any) (string, func()) {
		old, had := it[key]
		it[key] = v
		return fmt.Sprintf("%s is %v", key, v), func() {
			if it[key] = old; !had {
				delete(it, key)
			}
		}
	}
	return []func() (string, func()){
		func() (string, func()) { return set("title", it["title"].(string)+"!") },
		func() (string, func()) { return set("path", nil) },
		func() (string, func()) { return set("colour", "red") },
		func() (string, func()) { return set("links", []any{"x"}) },
		func() (string, func()) { return set("since", "2019-12-31") },
		func() (string, func()) {
			all := *items
			*items = all[1:]
			return "an item is missing", func() { *items = all }
		},
		func() (string, func()) {
			all := *items
			*items = append(slices.Clone(all), map[string]any{"id": "aaaaa", "ref": "kep-none"})
			return "there is an item more", func() { *items = all }
		},
	}
}

var itemID = regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{5}$`)

// compareBoard lists what differs between a board and the source's items, in both
// directions, and counts the fields that it compared.
func compareBoard(b shownBoard, want map[string]map[string]map[string]any) (fields int, differences []string) {
	differ := func(format string, operands ...any) {
		differences = append(differences, fmt.Sprintf(format, operands...))
	}
	ids := map[string]bool{}
	shown := 0
	for _, g := range b.Data.Groups {
		for _, it := range g.Items {
			shown++
			id, _ := it["id"].(string)
			if !itemID.MatchString(id) || ids[id] {
				differ("%s: id %q", g.ID, id)
			}
			ids[id] = true
			ref, _ := it["ref"].(string)
			wanted, ok := want[g.Name][ref]
			if !ok {
				differ("%s: %q is on the board only", g.ID, ref)
				continue
			}
			for key, v := range wanted {
				fields++
				if !reflect.DeepEqual(it[key], v) {
					differ("%s %s: %s is %v, want %v", g.ID, ref, key, it[key], v)
				}
			}
			for key, v := range it {
				list, isList := v.([]any)
				absent := v == nil || isList && len(list) == 0
				if _, ok := wanted[key]; !ok && key != "id" && !absent {
					differ("%s %s: %s is on the board only", g.ID, ref, key)
				}
			}
		}
	}
	for _, items := range want {
		shown -= len(items)
	}
	if shown != 0 {
		differ("%d items more than in the source", shown)
	}
	return fields, differences
}

// tryVerbs runs every reading verb on what was imported.
func tryVerbs(t *testing.T, log string, states []state) {
	first, last := states[0].date, states[len(states)-1].date
	id := boardAt(t, log, last).Data.Groups[0].Items[0]["id"].(string)
	for _, line := range []string{
		"check", "status", "log", "log --json", "log --since 1y", "board", "group list", "item list", "item list --status done --json",
		"item show " + id, "diff " + first + " " + last, "diff @-1 @ --json", "diff",
		"diagram show", "diagram show --at " + first + " --json", "diagram diff " + first + " " + last, "diagram render -o -",
	} {
		begun := time.Now()
		code, out, errs := answer(t, log, strings.Fields(line)...)
		if code != exitDone || errs != "" || len(out) == 0 {
			t.Errorf("%s: exit code %d, %d bytes\n%s", line, code, len(out), errs)
		}
		t.Logf("%-45s %v", line, time.Since(begun).Round(time.Millisecond))
	}
	_, out, _ := answer(t, log, "log", "--json")
	if n := bytes.Count(out, []byte(`"tag": "sync/`)); n != len(states) {
		t.Errorf("log lists %d syncs, want %d", n, len(states))
	}
	refs := map[string]bool{}
	for _, s := range states {
		for group, items := range s.items {
			for ref := range items {
				refs[group+" "+ref] = true
			}
		}
	}
	if len(refs) != 615 {
		t.Errorf("%d items over time, want 615", len(refs))
	}
}

// fsck asks git, where there is one, whether the repository is in order.
func fsck(t *testing.T, log string) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git program")
	}
	for _, args := range [][]string{{"fsck", "--strict"}, {"status", "--porcelain"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = log
		out, err := cmd.CombinedOutput()
		if err != nil || bytes.Contains(out, []byte("error")) || args[0] == "status" && len(out) > 0 {
			t.Errorf("git %v: %v\n%s", args, err, out)
		}
	}
}
