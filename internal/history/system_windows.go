package history

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// renameFile tries for a second: Windows refuses while anybody looks at the file.
func renameFile(from, to string) error {
	err := os.Rename(from, to)
	for wait := time.Millisecond; err != nil && wait < time.Second; wait *= 2 {
		time.Sleep(wait)
		err = os.Rename(from, to)
	}
	return err
}

// isBusy reports whether the file is just being deleted: Windows then denies
// access to its name.
func isBusy(err error) bool { return errors.Is(err, fs.ErrPermission) }
