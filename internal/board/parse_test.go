package board

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/problem"
)

// TestParseGolden reads the files of testdata/parse: each archive is a file, what
// parsing and checking it complain about, and the board as JSON.
func TestParseGolden(t *testing.T) {
	for _, name := range golden(t, "parse") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, parsed := Parse("board/team.yaml", member(a, "input.yaml"))
			board, err := json.MarshalIndent(f.Group(), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, name, a, []string{"parse", "check", "board.json"}, []txtar.File{
				{Name: "parse", Data: printed(parsed)},
				{Name: "check", Data: printed(Check([]*File{f}, Refs{}))},
				{Name: "board.json", Data: append(board, '\n')},
			})
		})
	}
}

func printed(problems []problem.Problem) []byte {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n  " + p.Hint + "\n")
	}
	return []byte(b.String())
}
