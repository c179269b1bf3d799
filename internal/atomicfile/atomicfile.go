// Package atomicfile replaces a file whole or not at all.
//
// The new content is written to a temporary file beside the old one, brought to
// the disk, and renamed over it; the folder is then brought to the disk too.
// Whatever happens in between, a reader sees the old bytes or the new ones, and
// after a failure the temporary file is removed. Everything happens under an
// os.Root, so no path leads out of the folder that the caller chose.
//
// What it leaves out: it does not lock. Who must not overwrite another's change
// compares before it writes.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
)

// TempSuffix ends the name of every temporary file, so that whoever lists a
// folder can leave out what a killed process left behind.
const TempSuffix = ".archsync-tmp"

// attempts bounds the search for a free temporary name: one is taken only by a
// write to the same file at the same time, or by a process that was killed.
const attempts = 1000

// Options change how a file is written. The zero value is what most want.
type Options struct {
	Mode   fs.FileMode // permission of a new file; 0 means 0644. An existing file keeps its own
	NoSync bool        // leave it to the system when the bytes reach the disk
}

// Write makes content the whole content of the file name, a slash-separated
// path under root, and makes the folders that lead to it.
func Write(root *os.Root, name string, content []byte, opt Options) (err error) {
	mode, existed, err := modeFor(root, name, opt)
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	dir := path.Dir(name)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	temp, file, err := createTemp(root, name, mode)
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	defer func() {
		if err != nil {
			root.Remove(temp)
			err = fmt.Errorf("write %q: %w", name, err)
		}
	}()
	if existed {
		err = keepMode(file, mode)
	}
	if err := errors.Join(err, fill(file, content, opt)); err != nil {
		return err
	}
	if err := rename(root, temp, name); err != nil {
		return err
	}
	return syncDir(root, dir, opt)
}

// Remove deletes the file name under root and brings its folder to the disk.
func Remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil {
		return fmt.Errorf("remove %q: %w", name, err)
	}
	return syncDir(root, path.Dir(name), Options{})
}

// modeFor is the permission the new file gets, and whether it replaces another.
func modeFor(root *os.Root, name string, opt Options) (fs.FileMode, bool, error) {
	info, err := root.Lstat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		return info.Mode().Perm(), true, nil
	case err == nil:
		return 0, false, fmt.Errorf("it is not a regular file (%s)", info.Mode().Type())
	case !errors.Is(err, fs.ErrNotExist):
		return 0, false, err
	case opt.Mode == 0:
		return 0o644, false, nil
	}
	return opt.Mode, false, nil
}

func createTemp(root *os.Root, name string, mode fs.FileMode) (string, *os.File, error) {
	dir, base := path.Split(name)
	prefix := dir + "." + base + "." + strconv.Itoa(os.Getpid()) + "-"
	for i := range attempts {
		temp := prefix + strconv.Itoa(i) + TempSuffix
		file, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return temp, file, err
		}
	}
	return "", nil, fmt.Errorf("%d temporary files are in the way", attempts)
}

// fill writes content to file, brings it to the disk and closes it.
func fill(file *os.File, content []byte, opt Options) error {
	_, err := file.Write(content)
	if err == nil && !opt.NoSync {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
