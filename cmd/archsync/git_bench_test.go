package main

import (
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// BenchmarkBesideGit asks archsync, warm, and right after it git for the nearest thing
// that git can say, and gives the times in milliseconds and git's as a multiple of
// archsync's. Git's answer is the raw material of one: commits, not what they mean.
func BenchmarkBesideGit(b *testing.B) {
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("there is no git program to compare with")
	}
	for name, pair := range map[string][2][]string{
		"why":    {{"why", "ingest.kafka"}, {"log", "-S", "kafka", "--format=%h %an %s", "--", "sync-log"}},
		"when":   {{"when", "exists ingest.kafka"}, {"log", "-S", "kafka", "--format=%h %cs", "--", "sync-log/diagrams"}},
		"search": {{"search", "kafka"}, {"log", "-p", "-G", "kafka", "--format=%h", "--", "sync-log"}},
		"stats":  {{"stats"}, {"log", "-p", "--format=%h", "--", "sync-log/board", "sync-log/diagrams"}},
		"log":    {{"log"}, {"log", "--first-parent", "--stat", "--format=%h %cs", "--", "sync-log"}},
		"board":  {{"board", "--at", "@-20"}, {"grep", "title:", "HEAD~40", "--", "sync-log/board"}},
	} {
		b.Run(name, func(b *testing.B) {
			onLogs(b, func(b *testing.B, root string) { besideGit(b, root, pair[0], pair[1]) })
		})
	}
}

func besideGit(b *testing.B, root string, ours, gits []string) {
	w := scripted()
	w.out, w.errs, w.cwd, w.cacheDir = io.Discard, io.Discard, root, b.TempDir()
	ask := func() {
		if code := run(b.Context(), ours, w); code != exitDone {
			b.Fatalf("%q: exit %d", ours, code)
		}
	}
	ask()
	var archsync, git time.Duration
	for b.Loop() {
		begun := time.Now()
		ask()
		archsync += time.Since(begun)
		begun = time.Now()
		cmd := exec.Command("git", gits...)
		cmd.Dir = root
		if out, err := cmd.Output(); err != nil {
			b.Fatalf("git %s: %v\n%s", strings.Join(gits, " "), err, out)
		}
		git += time.Since(begun)
	}
	b.ReportMetric(float64(archsync.Milliseconds())/float64(b.N), "archsync-ms")
	b.ReportMetric(float64(git.Milliseconds())/float64(b.N), "git-ms")
	b.ReportMetric(float64(git)/float64(archsync), "git/archsync")
}
