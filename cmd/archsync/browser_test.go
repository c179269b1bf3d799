package main

import (
	"context"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestPictureInBrowser opens the picture of the last sync in a real browser, as
// somebody does who reads the minutes on a forge, and looks at what it painted.
func TestPictureInBrowser(t *testing.T) {
	require(t, "chromium")
	pictures, err := filepath.Glob(filepath.Join(makeDemo(t), "sync-log", "syncs", "*.svg"))
	if err != nil || len(pictures) == 0 {
		t.Fatalf("no pictures: %v", err)
	}
	shot := screenshot(t, pictures[len(pictures)-1])
	if n := colours(shot); n < 16 {
		t.Errorf("the browser painted %d colours of %s: there is no picture", n, pictures[len(pictures)-1])
	}
	empty := filepath.Join(t.TempDir(), "empty.svg")
	if err := os.WriteFile(empty, []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>`), 0o644); err != nil {
		t.Fatal(err)
	}
	if n := colours(screenshot(t, empty)); n != 1 {
		t.Errorf("an empty picture has %d colours: the test would pass on nothing", n)
	}
}

// screenshot is what the browser paints of a file.
func screenshot(t *testing.T, file string) image.Image {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "shot.png")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--window-size=1200,1600", "--screenshot="+out, "file://"+file)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, text)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		t.Fatalf("decode the screenshot: %v", err)
	}
	return picture
}

// colours counts the colours of a picture.
func colours(picture image.Image) int {
	seen := map[string]bool{}
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := picture.At(x, y).RGBA()
			seen[fmt.Sprint(r, g, bl)] = true
		}
	}
	return len(seen)
}
