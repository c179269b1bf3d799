package diagram_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/archsync/archsync/internal/diagram"
)

// Real files written by hand: of each, a few components get another key. Either only
// that changes, which Rename itself compares, or it is refused with a reason.
func TestRenameInRealFiles(t *testing.T) {
	fsys := os.DirFS(corpus(t, "d2-wild"))
	renamed, refused := 0, 0
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".d2" {
			return err
		}
		d, _ := diagram.Compile(t.Context(), fsys, name, diagram.Limits{})
		if d == nil {
			return nil
		}
		for i := 0; i < len(d.Components); i += 1 + len(d.Components)/4 {
			c := d.Components[i]
			to := strings.TrimSuffix(c.ID, c.Key) + `"a name that nothing has"`
			r, err := diagram.Rename(t.Context(), fsys, []string{name}, c.ID, to, diagram.Limits{})
			if err != nil {
				refused++
				t.Logf("%s: %v", name, err)
				continue
			}
			renamed++
			if len(r.Files) == 0 {
				t.Errorf("%s: %s: no file changed", name, c.ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if renamed == 0 || refused*20 > renamed {
		t.Errorf("%d renamed, %d refused", renamed, refused)
	}
	t.Logf("%d renamed, %d refused", renamed, refused)
}
