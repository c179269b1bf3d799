package picture

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/archsync/archsync/internal/diagram"
)

// versionsText are diagrams that have lines of one text in common.
const versionsText = `title: Lumen {near: top-center}
legend: what is dashed is planned {near: bottom-left}
ingest: Ingest {gateway: Gateway; syslog: Syslog; queue: Queue {shape: queue}}
storage: Storage {index: Index; cold: Cold store {shape: cylinder}; cassandra: Cassandra}
query: Query {engine: Engine; cache}
ingest.gateway -> ingest.queue: batches
ingest.syslog -> ingest.queue
ingest.queue -> storage.index: writes
storage.index -> storage.cold
query.engine -> storage.index: reads
query.engine -> query.cache
alerts -> query.engine`

func compileText(t interface{ Fatal(...any) }, text string) *diagram.Diagram {
	d, ps := diagram.Compile(context.Background(), fstest.MapFS{"a.d2": {Data: []byte(text)}}, "a.d2", diagram.Limits{})
	if d == nil {
		t.Fatal(ps)
	}
	return d
}

// drawTakes draws versions, each against the one before.
func drawTakes(t *rapid.T) []Take {
	zoom := rapid.SampledFrom([]Zoom{All, Merged, Changes, Containers}).Draw(t, "zoom")
	var takes []Take
	var before *diagram.Diagram
	for i := range rapid.IntRange(2, 5).Draw(t, "takes") {
		var lines []string
		for line := range strings.Lines(versionsText) {
			if rapid.IntRange(0, 4).Draw(t, "line") > 0 {
				lines = append(lines, line)
			}
		}
		d := compileText(t, strings.Join(lines, ""))
		s := Between(before, d)
		if i == 0 {
			s = Of(d)
		}
		takes, before = append(takes, Take{s, Choice{Zoom: zoom}}), d
	}
	return takes
}

func drawings(s *Shot) string {
	var all strings.Builder
	for i := range s.Len() {
		fmt.Fprintln(&all, s.Draw(i))
	}
	return all.String()
}

func TestShotIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		takes, ctx := drawTakes(t), context.Background()
		paper := Paper{Width: rapid.SampledFrom([]int{40, 120}).Draw(t, "width"), Height: 40}
		kept, last := takes[:len(takes)-1], takes[len(takes)-1]
		shot, err := Shoot(ctx, kept[:1], paper)
		for _, take := range kept[1:] {
			if err == nil {
				shot, err = shot.Extend(ctx, take)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := shot.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := UnmarshalShot(ctx, text, kept, paper)
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := again.Marshal(); !bytes.Equal(back, text) {
			t.Errorf("%s\nread back is\n%s", text, back)
		}
		if got, want := drawings(again), drawings(shot); got != want {
			t.Errorf("read back it draws\n%s\nwant\n%s", got, want)
		}
		next, err := shot.Extend(ctx, last)
		if err != nil {
			t.Fatal(err)
		}
		nextAgain, err := again.Extend(ctx, last)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := drawings(nextAgain), drawings(next); got != want {
			t.Errorf("a shot that was kept goes on to\n%s\none that was not to\n%s", got, want)
		}
		if _, err := UnmarshalShot(ctx, text, takes, paper); err == nil {
			t.Error("it is read as the shot of more takes")
		}
	})
}

func TestShotKeysNameWhatAShotIsMadeOf(t *testing.T) {
	one, two := compileText(t, "a -> b"), compileText(t, "a -> b; c")
	takes := func(c Choice) []Take { return []Take{{Of(one), c}, {Between(one, two), c}} }
	paper := Paper{Width: 80, Height: 24}
	base := ShotKeys(takes(Choice{}), paper)
	if again := ShotKeys([]Take{{Of(compileText(t, "a -> b")), Choice{}}}, paper); again[0] != base[0] {
		t.Error("the same text has another key, or the key depends on what comes later")
	}
	seen := map[string]string{base[0]: "one take", base[1]: "two takes"}
	for name, keys := range map[string][]string{
		"zoom":  ShotKeys(takes(Choice{Zoom: Merged}), paper),
		"folds": ShotKeys(takes(Choice{Folded: map[string]bool{"a": true}}), paper),
		"focus": ShotKeys(takes(Choice{Focus: "a", Depth: 2}), paper),
		"paper": ShotKeys(takes(Choice{}), Paper{Width: 81, Height: 24}),
		"ascii": ShotKeys(takes(Choice{}), Paper{Width: 80, Height: 24, ASCII: true}),
		"base":  ShotKeys([]Take{{Of(one), Choice{}}, {Of(two), Choice{}}}, paper)[1:],
	} {
		for _, k := range keys {
			if other, taken := seen[k]; taken {
				t.Errorf("%s has the key of %s", name, other)
			}
			seen[k] = name
		}
	}
}

// FuzzUnmarshalShot: whatever stands in a file, it is refused or can be drawn.
func FuzzUnmarshalShot(f *testing.F) {
	d := compileText(f, "title: T {near: top-center}\na: {b -> c: calls}\na.b -> d")
	takes, paper := []Take{{Of(d), Choice{}}}, Paper{Width: 80, Height: 24}
	shot, err := Shoot(f.Context(), takes, paper)
	if err != nil {
		f.Fatal(err)
	}
	text, err := shot.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(bytes.ReplaceAll(text, []byte("1"), []byte("-1")))
	f.Add([]byte(`{"version": "shot 1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := UnmarshalShot(t.Context(), text, takes, paper); err == nil {
			s.Draw(0)
		}
	})
}
