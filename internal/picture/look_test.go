package picture_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/picture"
)

func TestLook(t *testing.T) {
	if os.Getenv("LOOK") == "" {
		t.Skip()
	}
	w, _ := strconv.Atoi(os.Getenv("W"))
	h, _ := strconv.Atoi(os.Getenv("H"))
	for _, f := range strings.Fields(os.Getenv("LOOK")) {
		f, before, _ := strings.Cut(f, ",")
		d, ps := diagram.Compile(t.Context(), os.DirFS(filepath.Dir(f)), filepath.Base(f), diagram.Limits{})
		if d == nil {
			t.Log(f, ps)
			continue
		}
		s := picture.Of(d)
		if before != "" {
			b, _ := diagram.Compile(t.Context(), os.DirFS(filepath.Dir(before)), filepath.Base(before), diagram.Limits{})
			s = picture.Between(b, d)
		}
		c := s.Default()
		if z := os.Getenv("Z"); z != "" {
			n, _ := strconv.Atoi(z)
			c.Zoom = picture.Zoom(n)
		}
		c.Focus = os.Getenv("FOCUS")
		canvas, ps := picture.Draw(t.Context(), s, c, picture.Paper{Width: w, Height: h, ASCII: os.Getenv("ASCII") != ""})
		if canvas == nil {
			t.Log(f, ps)
			continue
		}
		os.Stdout.WriteString(f + " " + strconv.Itoa(canvas.Width) + "x" + strconv.Itoa(canvas.Height) + "\n" + canvas.String() + strings.Join(canvas.Notes, "\n") + "\n")
	}
}
