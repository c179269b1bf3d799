package migrate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/board"
	"github.com/archsync/archsync/internal/history"
)

// keps is what the statuses of the Kubernetes enhancements mean.
var keps = []string{
	"provisional=planned,implementable=ongoing,implementeable=ongoing,alpha=ongoing",
	"implemented (alpha)=ongoing,implemented (beta)=ongoing,deferred=planned",
	"implemented=done,imlpemented=done",
	"withdrawn=dropped,replaced=dropped,rejected=dropped,removed=dropped,superseded=dropped",
	"provisional|implementable|implemented|deferred|rejected|withdrawn|replaced=planned",
}

func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ARCHSYNC_CORPUS")
	if dir == "" {
		t.Skip("ARCHSYNC_CORPUS names no folder of real data")
	}
	return dir
}

// importCorpus imports the real boards and gives the tree of files after each
// date.
func importCorpus(t testing.TB) (dates []string, trees map[string]map[string][]byte) {
	dir := corpus(t)
	f, err := os.Open(filepath.Join(dir, "kep-boards", "boards.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, ps := Read("boards.jsonl", f)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	m, err := ParseMap(keps)
	if err != nil {
		t.Fatal(err)
	}
	episodes, err := h.Episodes(os.DirFS(filepath.Join(dir, "compose-architectures", "getsentry-self-hosted")), Options{
		Dir: "sync-log", Title: "Kubernetes enhancements", Author: history.Author{Name: "Ada", Mail: "ada@example.com"}, Map: m,
	})
	if err != nil {
		t.Fatal(err)
	}
	trees = map[string]map[string][]byte{}
	tree := map[string][]byte{}
	for e, err := range episodes {
		if err != nil {
			t.Fatal(err)
		}
		for path, text := range e.Files {
			if bytes.Equal(tree[path], text) {
				t.Errorf("%s: %s is in the episode and has not changed", e.Tag, path)
			}
			tree[path] = text
		}
		date := strings.TrimPrefix(e.Tag, "sync/")
		dates = append(dates, date)
		now := map[string][]byte{}
		for path, text := range tree {
			now[path] = text
		}
		trees[date] = now
	}
	return dates, trees
}

// appliedByHand applies the source line by line, without any code of the
// package: group -> id -> field -> value.
func appliedByHand(t *testing.T) map[string]map[string]map[string]map[string]any {
	f, err := os.Open(filepath.Join(corpus(t), "kep-boards", "boards.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	states := map[string]map[string]map[string]map[string]any{}
	state := map[string]map[string]map[string]any{}
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var line struct {
			Date    string
			Groups  map[string][]map[string]any
			Removed map[string][]string
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		next := map[string]map[string]map[string]any{}
		for g, items := range state {
			next[g] = map[string]map[string]any{}
			for id, it := range items {
				if !slices.Contains(line.Removed[g], id) {
					next[g][id] = it
				}
			}
		}
		for g, items := range line.Groups {
			if next[g] == nil {
				next[g] = map[string]map[string]any{}
			}
			for _, it := range items {
				next[g][it["id"].(string)] = it
			}
		}
		state = next
		states[line.Date] = state
	}
	return states
}

// compare lists what differs between the source's items and the board's, in both
// directions, and says how many fields it compared.
func compare(want map[string]map[string]map[string]any, files map[string][]byte, m StatusMap) (fields int, differences []string) {
	differ := func(format string, operands ...any) {
		differences = append(differences, fmt.Sprintf(format, operands...))
	}
	items := 0
	for path, text := range files {
		if !strings.HasPrefix(path, "sync-log/board/") {
			continue
		}
		f, ps := board.Parse(path, text)
		if len(ps) > 0 {
			differ("%v", ps)
		}
		for _, it := range f.Group().Items {
			items++
			src, ok := want[f.Group().Name][it.Ref]
			if !ok {
				differ("%s %s is on the board only", f.ID(), it.Ref)
				continue
			}
			got := map[string]any{"id": it.Ref, "title": it.Title, "status": string(it.Status)}
			if it.Owner != "" {
				got["owner"] = it.Owner
			}
			for _, x := range it.Extra {
				got[x.Key] = x.Value
			}
			for k, v := range src {
				fields++
				if k == "status" {
					v = string(m[v.(string)])
				}
				if !reflect.DeepEqual(got[k], v) {
					differ("%s %s: %s is %#v, not %#v", f.ID(), it.Ref, k, got[k], v)
				}
			}
			for k := range got {
				if _, ok := src[k]; !ok {
					differ("%s %s: %s is on the board only", f.ID(), it.Ref, k)
				}
			}
			if it.Since == "" || it.Since > "2026-07-09" || !board.ValidID(it.ID) {
				differ("%s %s: since %q, id %q", f.ID(), it.Ref, it.Since, it.ID)
			}
		}
	}
	for _, group := range want {
		items -= len(group)
	}
	if items != 0 {
		differ("the board has %d items more than the source", items)
	}
	return fields, differences
}

// TestRealPast imports the boards of the Kubernetes enhancements with the
// architectures of Sentry.
func TestRealPast(t *testing.T) {
	dates, trees := importCorpus(t)
	t.Run("diagrams", func(t *testing.T) { checkDiagrams(t, dates, trees) })
	t.Run("ids", func(t *testing.T) { checkIDs(t, dates, trees) })
	t.Run("fields", func(t *testing.T) { checkFields(t, dates, trees) })
}

// checkFields compares every field at ten dates, and that an altered one shows.
func checkFields(t *testing.T, dates []string, trees map[string]map[string][]byte) {
	states := appliedByHand(t)
	if len(dates) != 171 || len(states) != 171 {
		t.Fatalf("%d dates imported, %d by hand", len(dates), len(states))
	}
	m, _ := ParseMap(keps)
	for _, i := range []int{0, 1, 19, 40, 73, 100, 120, 140, 160, 170} {
		fields, differences := compare(states[dates[i]], trees[dates[i]], m)
		if len(differences) > 0 || fields < 1000 {
			t.Errorf("%s: %d fields compared, %d differ: %v", dates[i], fields, len(differences), differences[:min(5, len(differences))])
		}
	}
	last := trees[dates[170]]
	altered := "sync-log/board/sig-node.yaml"
	last[altered] = bytes.Replace(last[altered], []byte("latest_milestone"), []byte("latest_milestones"), 1)
	if _, differences := compare(states[dates[170]], last, m); len(differences) != 2 {
		t.Errorf("an altered field gives the differences %q", differences)
	}
}

func checkDiagrams(t *testing.T, dates []string, trees map[string]map[string][]byte) {
	for _, c := range []struct{ date, file string }{{"2020-01-02", "2020-01-02"}, {"2020-03-26", "2020-01-02"}, {"2026-07-09", "2024-10-17"}} {
		want, err := os.ReadFile(filepath.Join(corpus(t), "compose-architectures", "getsentry-self-hosted", c.file+".d2"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(dates, c.date) || !bytes.Equal(trees[c.date]["sync-log/diagrams/architecture.d2"], want) {
			t.Errorf("at %s the architecture is not that of %s", c.date, c.file)
		}
	}
}

// checkIDs holds that an item keeps its id over all dates, and no other has it.
func checkIDs(t *testing.T, dates []string, trees map[string]map[string][]byte) {
	ids, owners := map[string]string{}, map[string]string{}
	for _, date := range dates {
		for path, text := range trees[date] {
			if !strings.HasPrefix(path, "sync-log/board/") {
				continue
			}
			f, _ := board.Parse(path, text)
			for _, it := range f.Group().Items {
				key := f.ID() + " " + it.Ref
				if old, seen := ids[key]; seen && old != it.ID {
					t.Fatalf("%s: %s was %s and is %s", date, key, old, it.ID)
				}
				if old, seen := owners[it.ID]; seen && old != key {
					t.Fatalf("id %s is that of %s and of %s", it.ID, old, key)
				}
				ids[key], owners[it.ID] = it.ID, key
			}
		}
	}
	if len(ids) != 615 {
		t.Errorf("%d items over time, want 615", len(ids))
	}
}

func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		importCorpus(b)
	}
}
