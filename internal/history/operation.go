package history

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// operation is a transition that is written down before it begins, so that the locks
// that it leaves behind when its process is killed can be told from those of others:
// they hold its mark from the moment at which they exist, and never anything else.
type operation struct {
	mark string            // what its locks hold
	dir  string            // git's folder, for files that are not in place yet
	step func(name string) // called after each step on the disk; nil but in tests that kill there
}

type operationKey struct{}

// with is a context in which locks are those of the operation.
func (o operation) with(ctx context.Context) context.Context {
	o.step = operationOf(ctx).step
	return context.WithValue(ctx, operationKey{}, o)
}

// operationOf is the operation of a context; the zero one leaves locks as git does.
func operationOf(ctx context.Context) operation {
	o, _ := ctx.Value(operationKey{}).(operation)
	return o
}

// did tells that a step is done.
func (o operation) did(name string) {
	if o.step != nil {
		o.step(name)
	}
}

// pendingFiles are the names of files that are written before they are put in place.
const pendingFiles = "archsync-pending-"

// pending writes a file that is put in place by a later step.
func (o operation) pending(write func(io.Writer) error) (name string, err error) {
	f, err := os.CreateTemp(o.dir, pendingFiles)
	if err != nil {
		return "", err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	o.did("written " + filepath.Base(f.Name()))
	return f.Name(), nil
}

// create makes a lock file that holds the mark as soon as it exists. Where the disk
// knows no links, it is empty for an instant.
func (o operation) create(name string) error {
	pending, err := o.pending(whole([]byte(o.mark)))
	if err != nil {
		return err
	}
	defer os.Remove(pending)
	err = os.Link(pending, name)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(o.mark)
	return errors.Join(err, file.Close())
}

// sweep removes what a killed operation left behind: those of the locks of the files
// that hold its mark, and files that were not put in place.
func (o operation) sweep(files []string) error {
	for _, name := range files {
		content, err := os.ReadFile(name + ".lock")
		if err != nil || !bytes.Equal(content, []byte(o.mark)) {
			continue // there is none, or it is another's
		}
		if err := os.Remove(name + ".lock"); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(o.dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), pendingFiles) {
			err = errors.Join(err, os.Remove(filepath.Join(o.dir, e.Name())))
		}
	}
	return err
}
