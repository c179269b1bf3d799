package history

import (
	"fmt"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// exclusion keeps archsync processes from writing the same thing at the same time.
// Of a working tree, git's locks guard the branch and the index; this one guards the
// way from reading a board file to the commit that changes it, on which two processes
// would each take the other's edit back. The operating system frees it when its
// holder dies.
type exclusion struct {
	file *lockedfile.Mutex

	mu     sync.Mutex
	depth  int
	unlock func()
}

// newExclusion is one that is known by a file, which is made.
func newExclusion(file string) *exclusion { return &exclusion{file: lockedfile.MutexAt(file)} }

// enter waits for the others; leave lets them in again. Whoever has entered may
// enter again.
func (x *exclusion) enter() (leave func(), err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.depth == 0 {
		if x.unlock, err = x.acquire(); err != nil {
			return nil, err
		}
	}
	x.depth++
	return sync.OnceFunc(x.leave), nil
}

// patience is how long one waits for others: each holds the lock for a moment only.
const patience = 15 * time.Second

// acquire takes the lock, or gives up: the library can only wait.
func (x *exclusion) acquire() (unlock func(), err error) {
	type outcome struct {
		unlock func()
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		unlock, err := x.file.Lock()
		done <- outcome{unlock, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, fmt.Errorf("wait for other archsync processes: %w", o.err)
		}
		return o.unlock, nil
	case <-time.After(patience):
		go func() {
			if o := <-done; o.err == nil {
				o.unlock()
			}
		}()
		return nil, &Error{
			What: "write to the log: another archsync process is writing to it",
			Hint: "try again when it is done", Err: ErrLocked,
		}
	}
}

func (x *exclusion) leave() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.depth--; x.depth == 0 {
		x.unlock()
	}
}
