package tui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/archsync/archsync/internal/chronicle"
	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/meeting"
	"github.com/archsync/archsync/internal/problem"
	"github.com/archsync/archsync/internal/synclog"
)

// memoryLog is a log whose repository is a few maps: a real one, but small.
type memoryLog struct {
	mu        sync.Mutex
	reader    *synclog.Reader
	snapshots []chronicle.Snapshot
	moments   map[string]fstest.MapFS // by commit
	work      fstest.MapFS
	head      fstest.MapFS
	commits   []string // messages, oldest first
	stamp     uint64
	failures  map[string]error // by commit, or nowKey
	running   *meeting.Running
}

func newMemoryLog(files map[string]string) *memoryLog {
	l := &memoryLog{
		reader: synclog.NewReader(synclog.DefaultLimits()), moments: map[string]fstest.MapFS{},
		work: fstest.MapFS{}, head: fstest.MapFS{}, failures: map[string]error{},
	}
	l.set(files)
	l.head = maps.Clone(l.work)
	return l
}

// set writes working files, as an editor would; an empty text removes one.
func (l *memoryLog) set(files map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stamp++
	l.work = maps.Clone(l.work)
	for name, text := range files {
		if text == "" {
			delete(l.work, name)
			continue
		}
		l.work[name] = &fstest.MapFile{Data: []byte(text)}
	}
}

// close makes a snapshot of the working files.
func (l *memoryLog) close(date string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stamp++
	commit := fmt.Sprintf("%07d", len(l.snapshots)+1)
	l.moments[commit] = l.work
	l.head = l.work
	l.snapshots = append(l.snapshots, chronicle.Snapshot{Date: date, Tag: "sync/" + date, Commit: commit})
}

func (l *memoryLog) file(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.work[name]; f != nil {
		return string(f.Data)
	}
	return ""
}

func (l *memoryLog) Read(ctx context.Context, m history.Moment, parts synclog.Part) (*synclog.Log, error) {
	l.mu.Lock()
	fsys, key := l.work, nowKey
	if m.Kind != history.Now {
		fsys, key = l.moments[m.Commit], m.Commit
	}
	err := l.failures[key]
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return l.reader.Read(ctx, fsys, "sync-log", parts), nil
}

func (l *memoryLog) Running() (*meeting.Running, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running, nil
}

func (l *memoryLog) UpdateRunning(change func(*meeting.Running) (*meeting.Running, error)) (*meeting.Running, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next, err := change(l.running)
	if err == nil {
		l.running = next
	}
	return next, err
}

func (l *memoryLog) Snapshots() ([]chronicle.Snapshot, []problem.Problem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.snapshots), nil, nil
}

func (l *memoryLog) Moment(expr string, now time.Time) (history.Moment, error) {
	if expr == nowKey {
		return history.Moment{Kind: history.Now}, nil
	}
	if _, err := time.Parse(time.DateOnly, expr); err != nil {
		return history.Moment{}, fmt.Errorf("moment %q: no such moment", expr)
	}
	return history.Moment{Kind: history.AtSnapshot, Date: expr}, nil
}

func (l *memoryLog) Written(snapshots []chronicle.Snapshot, m history.Moment, memo chronicle.Memo) chronicle.Timeline {
	t := l.Timeline(snapshots, memo)
	t.Now = &chronicle.Present{Read: func(ctx context.Context) (*synclog.Log, error) { return l.Read(ctx, m, synclog.All) }}
	return t
}

func (l *memoryLog) Past(ctx context.Context, m history.Moment, memo chronicle.Memo) (chronicle.Timeline, error) {
	snapshots, _, err := l.Snapshots()
	return l.Written(snapshots, m, memo), err
}

func (l *memoryLog) Timeline(snapshots []chronicle.Snapshot, memo chronicle.Memo) chronicle.Timeline {
	return chronicle.Timeline{
		Snapshots: snapshots, Memo: memo,
		Read: func(ctx context.Context, s chronicle.Snapshot) (*synclog.Log, error) {
			return l.Read(ctx, history.At(s), synclog.All)
		},
	}
}

func (l *memoryLog) Commits(history.Moment) chronicle.Commits {
	return chronicle.Commits{
		Between: func(_ context.Context, _, newer chronicle.Snapshot) ([]chronicle.Commit, error) {
			if newer == (chronicle.Snapshot{}) {
				return nil, nil
			}
			return []chronicle.Commit{{ID: newer.Commit, Author: "Ada", Summary: "Sync", Paths: []string{"log/board/storage.yaml", "log/diagrams/architecture.d2"}}}, nil
		},
	}
}

func (l *memoryLog) Write(e synclog.Edit) error {
	files := map[string]string{}
	for _, f := range e.Files {
		if l.file(f.Path) != string(f.Before) {
			return fmt.Errorf("write %s: %w", f.Path, history.ErrChanged)
		}
		files[f.Path] = string(f.After)
	}
	l.set(files)
	return nil
}

func (l *memoryLog) Unsaved(context.Context) ([]history.FileChange, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var changes []history.FileChange
	names := slices.Sorted(maps.Keys(l.work))
	for name := range l.head {
		if l.work[name] == nil {
			names = append(names, name)
		}
	}
	for _, name := range names {
		c := history.FileChange{Path: name}
		if f := l.work[name]; f != nil {
			c.Work = f.Data
		}
		if f := l.head[name]; f != nil {
			c.Head = f.Data
		}
		if string(c.Work) != string(c.Head) {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

func (l *memoryLog) Commit(_ context.Context, paths []string, message string, author history.Author, _ time.Time) (history.Committed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if author.Name == "" {
		return history.Committed{}, errors.New("commit: no author")
	}
	l.stamp++
	l.head = maps.Clone(l.head)
	for _, p := range paths {
		if f := l.work[p]; f != nil {
			l.head[p] = f
		} else {
			delete(l.head, p)
		}
	}
	l.commits = append(l.commits, message)
	return history.Committed{Commit: fmt.Sprintf("c%06d", len(l.commits))}, nil
}

func (l *memoryLog) Stamp() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stamp
}

// The log of most tests: three syncs of a small company, and work since.

const lumenConfig = "title: Lumen architecture sync\ntimezone: Europe/Berlin\ngroups: [ingest, storage, query]\n"

func lumenFiles() map[string]string {
	return map[string]string{
		"sync-log/archsync.yaml": lumenConfig,
		"sync-log/board/ingest.yaml": `name: Ingest
lead: Grace Hopper <grace@lumen.example>
members: [grace@lumen.example, linus@lumen.example]
owns: [ingest]
checked_in: 2026-02-10
items:
  - id: a1b2c
    title: Accept OpenTelemetry over HTTP
    status: ongoing
    since: 2026-01-15
    owner: Grace Hopper
    due: 2026-03-20
    touches: [ingest.gateway]
  - id: a3d4e
    title: Drop the old syslog listener
    status: planned
    owner: Linus
    plan: 2026-Q2
`,
		"sync-log/board/storage.yaml": `name: Storage
lead: Ada Okafor <ada@lumen.example>
owns: [storage]
checked_in: 2026-02-11
items:
  - id: k7f3q # the big one
    title: Shard the index
    status: ongoing
    since: 2026-01-29
    owner: Ada Okafor
    due: 2026-02-28
    touches: [storage.index]
    decisions: ["0007"]
    links: [https://lumen.example/shard, https://lumen.example/plan]
    note: |
      Two shards first, then eight. The router stays
      as it is until the summer.
    colour: red
  - id: m2x9d
    title: Retire Cassandra
    status: done
    since: 2026-02-12
    owner: Ben
  - id: p5r8t
    title: Encrypt backups
    status: blocked
    since: 2026-02-01
    owner: Ben
    blocked_by: [k7f3q, the security review]
`,
		"sync-log/board/query.yaml": `name: Query
lead: ines@lumen.example
owns: [query]
items:
  - id: q9w8e
    title: Cache the results of dashboards
    status: planned
    owner: Ines
    due: 2026-04-30
    touches: [query.engine]
`,
		"sync-log/diagrams/architecture.d2": `# the whole of it
ingest: Ingest {
  gateway: Gateway
  syslog: Syslog listener
}
storage: Storage {
  index: Index {
    shape: cylinder
    tooltip: what is looked up first
    link: https://lumen.example/index
  }
  cassandra: {shape: cylinder}
}
query: Query {
  engine: Query engine
}
ingest.gateway -> storage.index: writes
ingest.gateway -> storage.cassandra
query.engine -> storage.index: reads
`,
		"sync-log/decisions/0007-shards.md": "---\nnumber: 7\ntitle: Shards\nstate: agreed\ndate: 2026-01-15\ntouches: [storage.index]\n---\n\n# Shards\n\nBecause.\n",
	}
}

// edited is a text with pairs of old and new replaced; it panics where an old one
// is not there, so that no test tests nothing.
func edited(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("not in the text: " + pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// lumen is the log of most tests.
func lumen() *memoryLog {
	const storage, diagram = "sync-log/board/storage.yaml", "sync-log/diagrams/architecture.d2"
	files := lumenFiles()
	now := maps.Clone(files)
	files[storage] = edited(files[storage], "status: ongoing", "status: planned", "due: 2026-02-28", "due: 2026-02-14",
		"status: done\n    since: 2026-02-12", "status: ongoing\n    since: 2026-01-15")
	l := newMemoryLog(files)
	l.close("2026-01-15")
	l.set(map[string]string{storage: edited(files[storage], "status: planned", "status: ongoing")})
	l.close("2026-01-29")
	l.set(now)
	l.close("2026-02-12")
	at := strings.Index(now[storage], "  - id: m2x9d")
	to := strings.Index(now[storage], "  - id: p5r8t")
	l.set(map[string]string{
		storage: edited(now[storage][:at]+now[storage][to:], "due: 2026-02-28", "due: 2026-03-27", "checked_in: 2026-02-11", "checked_in: 2026-02-24"),
		diagram: edited(now[diagram], "  cassandra: {shape: cylinder}\n", "", "ingest.gateway -> storage.cassandra\n", "ingest.gateway -> ingest.queue\ningest.queue -> storage.index\n",
			"  gateway: Gateway\n", "  gateway: Gateway\n  queue: Kafka {shape: queue}\n", "ingest.gateway -> storage.index: writes\n", ""),
		"sync-log/board/ingest.yaml": edited(now["sync-log/board/ingest.yaml"], "owner: Linus\n", "owner: Grace Hopper\n") +
			"  - id: z6y7x\n    title: Put a queue before the index\n    status: ongoing\n    since: 2026-02-20\n    owner: Linus\n    touches: [ingest.queue]\n",
	})
	l.mu.Lock()
	l.head = l.work
	l.mu.Unlock()
	return l
}
