//go:build !windows

package atomicfile

import (
	"io/fs"
	"os"
)

func rename(root *os.Root, from, to string) error { return root.Rename(from, to) }

// keepMode gives the new file the old one's permission, whatever the umask says.
func keepMode(file *os.File, mode fs.FileMode) error { return file.Chmod(mode) }

// syncDir brings a folder's entries to the disk: without it a rename may be lost
// in a power cut although the file's bytes are there.
func syncDir(root *os.Root, dir string, opt Options) error {
	if opt.NoSync {
		return nil
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
