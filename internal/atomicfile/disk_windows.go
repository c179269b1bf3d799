package atomicfile

import (
	"io/fs"
	"os"
	"time"
)

// rename tries for a second: a virus scanner or an indexer that looks at either
// file makes Windows refuse the rename for a moment.
func rename(root *os.Root, from, to string) error {
	err := root.Rename(from, to)
	for wait := time.Millisecond; err != nil && wait < time.Second; wait *= 2 {
		time.Sleep(wait)
		err = root.Rename(from, to)
	}
	return err
}

// keepMode does nothing: Windows has one permission bit, and OpenFile set it.
func keepMode(*os.File, fs.FileMode) error { return nil }

// syncDir does nothing: a folder cannot be brought to the disk on Windows.
func syncDir(*os.Root, string, Options) error { return nil }
