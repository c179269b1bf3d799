package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	lockPatience = 2 * time.Second       // how long another's lock is waited for
	lockFirst    = time.Millisecond      // the first pause
	lockLongest  = 50 * time.Millisecond // and the longest
)

// lockFile is git's way to change a file: NAME.lock, made only where there is none,
// takes the new content and is renamed over NAME. Whoever cannot make it waits.
//
// That of an operation holds its mark, and the new content is written beside it.
type lockFile struct {
	target  string
	file    *os.File // nil when it is closed
	held    bool
	op      operation
	pending string // the new content, of an operation
}

// acquire takes the lock of the file name. A lock that is not released within two
// seconds is reported by name: a process may have been killed while it held it.
func acquire(ctx context.Context, name string) (*lockFile, error) {
	pause, op := lockFirst, operationOf(ctx)
	for waited := time.Duration(0); ; {
		lock, err := openLock(name, op)
		switch {
		case err == nil:
			op.did("locked " + filepath.Base(name))
			return lock, nil
		case errors.Is(err, fs.ErrNotExist):
			err = os.MkdirAll(filepath.Dir(name), 0o755)
			if err != nil {
				return nil, fmt.Errorf("lock %q: %w", name, err)
			}
		case !errors.Is(err, fs.ErrExist) && !isBusy(err):
			return nil, fmt.Errorf("lock %q: %w", name, err)
		}
		if waited >= lockPatience {
			return nil, &Error{
				What: fmt.Sprintf("lock %q", name),
				Hint: fmt.Sprintf("if no git or archsync is running, delete %q", name+".lock"),
				Err:  ErrLocked,
			}
		}
		wait := pause/2 + rand.N(pause) // so that those who wait do not meet again
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
		waited += wait
		pause = min(2*pause, lockLongest)
	}
}

func openLock(name string, op operation) (*lockFile, error) {
	if op.mark != "" {
		return &lockFile{target: name, held: true, op: op}, op.create(name + ".lock")
	}
	file, err := os.OpenFile(name+".lock", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	return &lockFile{target: name, file: file, held: true}, err
}

// write fills the lock file and brings it to the disk.
func (l *lockFile) write(content []byte) error { return l.fill(whole(content)) }

// whole writes all of the content.
func whole(content []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}
}

// fill has the content written into the lock file and brings it to the disk.
func (l *lockFile) fill(write func(io.Writer) error) (err error) {
	if l.op.mark != "" {
		l.pending, err = l.op.pending(write)
		return err
	}
	err = write(l.file)
	if err == nil {
		err = l.file.Sync()
	}
	err = errors.Join(err, l.file.Close())
	l.file = nil
	return err
}

// commit makes what was written the content of the file, and releases the lock.
func (l *lockFile) commit() error {
	if l.op.mark == "" {
		if err := renameFile(l.target+".lock", l.target); err != nil {
			return err
		}
		l.held = false
		return nil
	}
	if err := renameFile(l.pending, l.target); err != nil {
		return err
	}
	l.pending = ""
	l.op.did("moved " + filepath.Base(l.target))
	l.release()
	return nil
}

// release gives the lock up without a change. After commit, and on nil, it does
// nothing.
func (l *lockFile) release() {
	if l == nil || !l.held {
		return
	}
	if l.file != nil {
		l.file.Close()
	}
	if l.pending != "" {
		os.Remove(l.pending)
	}
	os.Remove(l.target + ".lock")
	l.held = false
	l.op.did("released " + filepath.Base(l.target))
}
