package main

import (
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/archsync/archsync"
)

// TestNoticeNamesAllModules holds NOTICE against the modules that are linked into
// the program, on every system.
func TestNoticeNamesAllModules(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	named := map[string]bool{}
	for path := range strings.FieldsSeq(string(out)) {
		if named[path] || path == "github.com/archsync/archsync" {
			continue
		}
		named[path] = true
		if !strings.Contains(archsync.Notice, path) {
			t.Errorf("NOTICE does not name %s", path)
		}
	}
	if len(named) == 0 {
		t.Fatal("go list gives no modules")
	}
}

func TestProgramVersion(t *testing.T) {
	for _, c := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"installed", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{"from a folder", debug.BuildInfo{}, "built from source"},
		{"from a checkout", debug.BuildInfo{
			Main:     debug.Module{Version: "(devel)"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}},
		}, "built from source, commit abc with changes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := programVersion(&c.info); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
