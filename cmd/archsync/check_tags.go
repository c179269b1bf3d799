package main

import (
	"slices"

	"github.com/archsync/archsync/internal/history"
	"github.com/archsync/archsync/internal/problem"
)

// tagCheck is what check --history found out about the tags of the syncs; the zero one
// is of a check that did not look.
type tagCheck struct {
	audit  history.TagAudit
	mended bool // the tags that can be put on their snapshots are there now
	asked  bool // only what would be done is to be said
}

// checkTags compares the tags with the commits, and mends them if it is told to.
func (v *invocation) checkTags(o checkOptions) (tagCheck, error) {
	store := v.archive.Store()
	audit, err := store.AuditTags(v.ctx)
	t := tagCheck{audit: audit, mended: o.fix && !o.dryRun, asked: o.dryRun}
	if err != nil || !t.mended || !slices.ContainsFunc(audit.Faults, history.TagFault.Mendable) {
		return t, err
	}
	return t, store.MendTags(v.ctx, audit)
}

// left tells whether a fault is a problem that is still there.
func (t tagCheck) left(f history.TagFault) bool {
	return !f.Harmless() && !(t.mended && f.Mendable())
}

func (t tagCheck) problems() []problem.Problem {
	problems := slices.Clone(t.audit.Problems)
	for _, f := range t.audit.Faults {
		if t.left(f) {
			problems = append(problems, f.Problem)
		}
	}
	return problems
}

// covers tells whether a problem is of a sync of whose tag there is more to say.
func (t tagCheck) covers(p problem.Problem) bool {
	return slices.ContainsFunc(t.audit.Faults, func(f history.TagFault) bool {
		return (t.left(f) || f.Fault == history.FaultElsewhere) && f.Problem.Path == p.Path
	})
}

// jsonTag is one sync in the tags of the kind check.
type jsonTag struct {
	Date    string  `json:"date"`
	Tag     string  `json:"tag"`
	Fault   string  `json:"fault"`
	Stands  *string `json:"stands"`
	Belongs *string `json:"belongs"`
	Mended  bool    `json:"mended"`
}

func (t tagCheck) json() []jsonTag {
	tags := []jsonTag{}
	for _, f := range t.audit.Faults {
		tags = append(tags, jsonTag{f.Date, f.Tag, string(f.Fault), orNull(f.Stands), orNull(f.Belongs), t.mended && f.Mendable()})
	}
	return tags
}

// printMended says of each tag what was done, or would be.
func (v *invocation) printMended(t tagCheck) {
	if !t.mended && !t.asked {
		return
	}
	made, moved := "made", "moved"
	if t.asked {
		made, moved = "would be made", "would be moved"
	}
	count := 0
	for _, f := range t.audit.Faults {
		switch {
		case !f.Mendable():
			continue
		case f.Stands == "":
			v.printf("%s %s on %s\n", f.Tag, made, f.Belongs[:7])
		default:
			v.printf("%s %s from %s to %s\n", f.Tag, moved, f.Stands[:7], f.Belongs[:7])
		}
		count++
	}
	switch {
	case count == 0:
		v.printf("No tag to mend.\n")
	case t.mended:
		v.printf("Only this clone has them so; git push --force REMOTE TAG shares one.\n")
	}
	v.printf("\n")
}

// printHarmless says of snapshots what is in order but good to know.
func (v *invocation) printHarmless(t tagCheck) {
	for _, f := range t.audit.Faults {
		if f.Harmless() {
			v.printf("note: %s\n    hint: %s\n", f.Problem.What, f.Problem.Hint)
		}
	}
}
