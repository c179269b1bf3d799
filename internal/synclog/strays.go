package synclog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/problem"
)

// CheckFiles complains about what is in the folders of a log beside what is read, and
// about what should be there and is not: files on the board that are no group's,
// pictures that minutes show, and placements that no picture can be drawn from. fsys is
// what the log was read from.
func CheckFiles(fsys fs.FS, l *Log) []problem.Problem {
	problems := append(checkStrays(fsys, l), checkPlacements(fsys, l)...)
	for _, r := range l.Records {
		line, column, shown := r.ShowsPicture()
		picture := strings.TrimSuffix(r.Path, ".md") + ".svg"
		if _, err := fs.Stat(fsys, picture); !shown || err == nil {
			continue
		}
		problems = append(problems, problem.Problem{
			Path: r.Path, Line: line, Column: column,
			What: fmt.Sprintf("the minutes show %s, which is not there", path.Base(picture)),
			Hint: "git log -- " + picture + " finds the commit that took it away; or take the line out of the minutes",
		})
	}
	return problem.Sort(problems)
}

// checkStrays are the files of board/ that are nobody's board. Names that begin with a
// dot are the system's.
func checkStrays(fsys fs.FS, l *Log) []problem.Problem {
	entries, err := fs.ReadDir(fsys, l.Path("board"))
	if err != nil {
		return nil // reading the log has said so
	}
	var problems []problem.Problem
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		p := problem.Problem{Path: l.Path("board", e.Name())}
		id, isGroup := strings.CutSuffix(e.Name(), ".yaml")
		stem, isYAML := strings.CutSuffix(e.Name(), ".yml")
		switch {
		case e.IsDir():
			p.What, p.Hint = "a folder on the board is not read", "one file a group lies in board/ itself"
		case isYAML:
			p.What, p.Hint = "the file is not read: a group's file ends in .yaml", fmt.Sprintf("rename it to %s.yaml", stem)
		case strings.EqualFold(e.Name(), "README.md"):
			continue
		case !isGroup:
			p.What, p.Hint = "the file is not read: it is no group's", "board/ has one ID.yaml a group; move it elsewhere"
		default:
			if p.What, p.Hint = badGroupID(id); p.What == "" {
				continue
			}
		}
		problems = append(problems, p)
	}
	return problems
}

// badGroupID says what is wrong with the name of a group's file; it is read all the same.
func badGroupID(id string) (what, hint string) {
	if CheckGroupID(id) == nil {
		return "", ""
	}
	what = fmt.Sprintf("%q is no group's id: only a-z, 0-9, - and _ may stand in it", id)
	if near := groupIDOf(id); near != "" {
		return what, fmt.Sprintf("rename the file to %s.yaml, with formerly: [%q] in it", near, id)
	}
	return what, "give the file another name"
}

// checkPlacements are those kept with the syncs that cannot be read.
func checkPlacements(fsys fs.FS, l *Log) []problem.Problem {
	var problems []problem.Problem
	for _, r := range l.Records {
		name := strings.TrimSuffix(r.Path, ".md") + ".place.json"
		text, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = diagram.CheckPlacement(text)
		}
		if err != nil {
			problems = append(problems, problem.Problem{
				Path: name, What: "the placement cannot be used: " + cause(err),
				Hint: "git log -- " + name + " finds the commit that changed it; without it the picture is placed anew",
			})
		}
	}
	return problems
}
