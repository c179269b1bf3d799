package board

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/archsync/archsync/internal/golden"
	"github.com/archsync/archsync/internal/problem"
)

// TestParseGolden reads the files of testdata/parse: each archive is a file, what
// parsing and checking it complain about, and the board as JSON.
func TestParseGolden(t *testing.T) {
	golden.Cases(t, "testdata/parse/*.txtar", golden.Below("parse", "check", "board.json"), func(t *testing.T, c *golden.Case) {
		f, parsed := Parse("board/team.yaml", c.File("input.yaml"))
		board, err := json.MarshalIndent(f.Group(), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		c.Check(t,
			txtar.File{Name: "parse", Data: printed(parsed)},
			txtar.File{Name: "check", Data: printed(Check([]*File{f}, Refs{}))},
			txtar.File{Name: "board.json", Data: append(board, '\n')})
	})
}

func printed(problems []problem.Problem) []byte {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n  " + p.Hint + "\n")
	}
	return []byte(b.String())
}
