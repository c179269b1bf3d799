package history

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/archsync/archsync/internal/atomicfile"
	"github.com/archsync/archsync/internal/meeting"
)

// maxRunning bounds the state of a running sync, in bytes.
const maxRunning = 1 << 20

// Running is the sync that takes place in this clone, in whichever of its working
// trees; nil when none does. It lies in the git folder that linked working trees
// share, not in the log: it is nobody else's until the sync is closed.
func (a *Archive) Running() (*meeting.Running, error) {
	common, err := os.OpenRoot(a.store.loc.common)
	if err != nil {
		return nil, fmt.Errorf("read the running sync: %w", err)
	}
	defer common.Close()
	return a.readRunning(common)
}

// UpdateRunning changes the state of the running sync. The function gets the state
// as it stands, nil when no sync runs, and gives the next one, nil when it is over;
// meanwhile no other process changes it. When it is back without an error, the next
// state is on the disk: whatever ends the program, the old one is there or the new
// one. An error of the function is given as it is, and nothing changes.
func (a *Archive) UpdateRunning(change func(*meeting.Running) (*meeting.Running, error)) (*meeting.Running, error) {
	if err := a.store.checkWritable("run a sync"); err != nil {
		return nil, err
	}
	leave, err := a.running.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	common, err := os.OpenRoot(a.store.loc.common)
	if err != nil {
		return nil, fmt.Errorf("change the running sync: %w", err)
	}
	defer common.Close()
	old, err := a.readRunning(common)
	if err != nil {
		return nil, err
	}
	next, err := change(old)
	if err != nil {
		return nil, err
	}
	switch {
	case next == nil && old == nil:
		return nil, nil
	case next == nil:
		return nil, atomicfile.Remove(common, a.runningName())
	}
	return next, atomicfile.Write(common, a.runningName(), next.Bytes(), atomicfile.Options{})
}

// DropRunning removes the state of the running sync, also one that cannot be read.
func (a *Archive) DropRunning() error {
	leave, err := a.running.enter()
	if err != nil {
		return err
	}
	defer leave()
	common, err := os.OpenRoot(a.store.loc.common)
	if err != nil {
		return fmt.Errorf("drop the running sync: %w", err)
	}
	defer common.Close()
	err = atomicfile.Remove(common, a.runningName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// runningName is the file of this log's state: a repository may have several logs.
func (a *Archive) runningName() string {
	return "archsync.running." + url.PathEscape(a.dir) + ".json"
}

func (a *Archive) readRunning(common *os.Root) (*meeting.Running, error) {
	file := filepath.Join(a.store.loc.common, a.runningName())
	refuse := func(err error) error {
		return &Error{
			What: fmt.Sprintf("read the running sync from %q", file),
			Hint: "archsync sync stop drops it; nothing of the log is lost", Err: err,
		}
	}
	info, err := lstat(common, a.runningName())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, refuse(err)
	case !info.Mode().IsRegular() || info.Size() > maxRunning:
		return nil, refuse(errors.New("it is not a file of archsync's"))
	}
	src, err := common.ReadFile(a.runningName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refuse(err)
	}
	r, err := meeting.ParseRunning(src)
	if err != nil {
		return nil, refuse(err)
	}
	return &r, nil
}
