package main

import (
	"errors"
	"iter"
	"os"
	"path/filepath"

	"github.com/archsync/archsync/internal/history"
)

// inRepository makes the repository that a site does not have yet and does
// something in it; when that fails, nothing of the repository remains.
func inRepository(s site, branch string, do func() error) error {
	if !s.fresh {
		return do()
	}
	if err := history.Init(s.root, branch); err != nil {
		return err
	}
	if err := do(); err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Join(s.root, ".git")))
	}
	return nil
}

func (v *invocation) defaultBranch() string { return history.DefaultBranch(v.getenv, v.home) }

// replay writes a past into the log at a site and leaves that log open.
func (v *invocation) replay(s site, episodes iter.Seq2[history.Episode, error]) error {
	if v.archive == nil {
		a, err := history.OpenArchive(s.root, s.dir, v.logLimits())
		if err != nil {
			return err
		}
		v.archive, v.root = a, s.root
	}
	done, err := v.archive.Store().Replay(v.ctx, episodes)
	if err != nil {
		return err
	}
	v.notices(done.Notices)
	v.archive.Reconfigure()
	return nil
}
